//! The command line: what it prints and how it ends.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs the program with `input` on its standard input.
fn quorate(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_quorate"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A program that does not read its input closes it early; that is its right.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const HOLDS: &str = "cluster raft nodes=3 seed=1\nrun 2s\nexpect leader within 1s\n";
const BREAKS: &str = "cluster raft nodes=3 seed=1\nrun 2s\nexpect leader within 1ms\n";
const OPEN: &str = "cluster raft nodes=3 seed=1\nlimit 1 events\nexpect leader within 1s\n";
const WRONG: &str = "cluster raft nodes=3 seed=1\nat 1s crash n7\n";

#[test]
fn the_exit_status_says_how_it_went() {
    for (scenario, status) in [(HOLDS, 0), (BREAKS, 1), (OPEN, 1), (WRONG, 2)] {
        for arguments in [&["run", "-"][..], &["run", "-", "--json"][..]] {
            let output = quorate(arguments, scenario);
            assert_eq!(output.status.code(), Some(status), "{arguments:?} {scenario}");
            assert_eq!(output.stderr.is_empty(), status != 2, "only wrong input is an error");
        }
    }
    assert_eq!(quorate(&["run", "no-such-file"], "").status.code(), Some(2));
    assert_eq!(quorate(&["run", "--jsn", "-"], "").status.code(), Some(2));
    assert_eq!(quorate(&["list"], "").status.code(), Some(0));
}

#[test]
fn a_check_is_one_clear_line() {
    let output = text(&quorate(&["run", "-"], BREAKS).stdout);
    let first = output.lines().next().expect("a line");
    assert!(first.starts_with("✗ line 3   leader within 1ms at 1ms, event "), "{first}");
    let chinese = text(&quorate(&["run", "-", "--lang", "zh"], WRONG).stderr);
    assert!(chinese.contains("未知的节点 n7"), "{chinese}");
}

#[test]
fn json_is_one_object_and_the_seed_can_be_changed() {
    let read = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&quorate(arguments, HOLDS).stdout).expect("JSON")
    };
    let own = read(&["run", "-", "--json"]);
    assert_eq!(
        (own["seed"].as_u64(), own["checks"][0]["verdict"].as_str()),
        (Some(1), Some("holds"))
    );
    let other = read(&["run", "-", "--json", "--seed", "9"]);
    assert_eq!(other["seed"].as_u64(), Some(9));
    assert_ne!(own["digest"], other["digest"]);
    assert_eq!(own, read(&["run", "--json", "--seed", "1", "-"]));
}

#[test]
fn formatting_prints_checks_and_writes() {
    let messy = "cluster   raft\nrun 1000ms\n";
    let output = quorate(&["fmt", "-"], messy);
    assert_eq!(
        (text(&output.stdout).as_str(), output.status.code()),
        ("cluster raft\nrun 1s\n", Some(0))
    );
    assert_eq!(quorate(&["fmt", "--check", "-"], messy).status.code(), Some(1));
    assert_eq!(quorate(&["fmt", "--check", "-"], "cluster raft\n").status.code(), Some(0));
    assert_eq!(quorate(&["fmt", "-"], WRONG).status.code(), Some(2));
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("messy.quorate");
    std::fs::write(&path, messy).expect("a file of our own");
    let name = path.to_string_lossy().into_owned();
    assert_eq!(quorate(&["fmt", "--write", &name], "").status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "cluster raft\nrun 1s\n");
}

#[test]
fn the_list_names_every_entry_and_strategy() {
    let output = text(&quorate(&["list"], "").stdout);
    for entry in quorate::catalog::entries() {
        let found = output.contains(&format!("cluster {} ", entry.about.id));
        assert!(found || entry.about.id == "pool", "{}", entry.about.id);
    }
    for strategy in quorate::catalog::strategies() {
        assert!(output.contains(&format!("  {} ", strategy.id)), "{}", strategy.id);
    }
}

const POOL: &str = "balance random servers=2 seed=3\narrivals poisson load=50%\nwarmup 1s\n\
                    run 8s\ncompare random round-robin\n";

#[test]
fn strategies_are_compared_as_a_table_and_as_data() {
    let table = text(&quorate(&["compare", "-"], POOL).stdout);
    let words = ["strategy", "random", "round-robin", "✓ M/M/1 stay: 20ms", "Eₙ/M/1"];
    assert!(words.iter().all(|word| table.contains(word)), "{table}");

    let csv = text(&quorate(&["compare", "-", "--csv"], POOL).stdout);
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(
        (rows.len(), rows[0][0], rows[1][0], rows[2][0]),
        (3, "strategy", "random", "round-robin")
    );
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{csv}");
    assert_eq!(rows[1][1], rows[2][1], "the same requests");

    let json: serde_json::Value =
        serde_json::from_slice(&quorate(&["compare", "-", "--json"], POOL).stdout).expect("JSON");
    let random = &json["strategies"][0];
    assert_eq!(random["theory"][0]["expected"].as_u64(), Some(20_000_000));
    assert_eq!(random["requests"].to_string(), rows[1][1]);

    let status = |arguments: &[&str], input| quorate(arguments, input).status.code();
    assert_eq!(status(&["compare", "-"], HOLDS), Some(2), "no pool");
    assert_eq!(status(&["compare", "-", "--json", "--csv"], POOL), Some(2));
}

#[test]
fn a_sweep_is_a_curve_for_each_strategy() {
    let arguments = ["sweep", "-", "--loads", "30,60%", "--replications", "2"];
    let with = |more: &'static str| [&arguments[..], &[more][..]].concat();
    let table = text(&quorate(&arguments, POOL).stdout);
    assert!(table.contains("theory M/M/1") && table.contains("14.29ms"), "{table}");

    let csv = text(&quorate(&with("--csv"), POOL).stdout);
    assert_eq!(csv.lines().count(), 5, "{csv}");
    let columns = |line: &str| line.split(',').count();
    assert!(csv.lines().all(|line| columns(line) == columns(&csv[..csv.find('\n').unwrap_or(0)])));

    let json: serde_json::Value =
        serde_json::from_slice(&quorate(&with("--json"), POOL).stdout).expect("JSON");
    let point = &json["curves"][1]["points"][1];
    assert_eq!(point["load_ppm"].as_u64(), Some(600_000));
    let [low, mean, high] = ["low", "mean", "high"].map(|end| point["mean"][end].as_u64());
    assert!(low < mean && mean < high, "{point}");

    let status = |arguments: &[&str], input| quorate(arguments, input).status.code();
    assert_eq!(status(&["sweep", "-"], HOLDS), Some(2), "no pool");
    assert_eq!(status(&["sweep", "-", "--loads", "x"], POOL), Some(2));
}

#[test]
fn recorded_requests_are_poured_over_a_pool() {
    let path = |name| std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let (good, bad) = (path("good.csv"), path("bad.csv"));
    std::fs::write(&good, "at,size,key\n0.1,5ms,1\n0.2,5ms,2\n0.2,5ms,1\n").expect("our own");
    std::fs::write(&bad, "at,size,key\n0.1,5ms,1\n0.05,5ms,2\n").expect("our own");
    let pool = "balance round-robin servers=2\n";
    let run = |trace: &std::path::Path| {
        quorate(&["run", "-", "--json", "--trace", &trace.to_string_lossy()], pool)
    };
    let json: serde_json::Value = serde_json::from_slice(&run(&good).stdout).expect("JSON");
    assert_eq!(json["strategies"][0]["completed"].as_u64(), Some(3));
    let wrong = run(&bad);
    assert_eq!(wrong.status.code(), Some(2));
    let says = text(&wrong.stderr);
    assert!(says.contains("bad.csv:3:1") && says.contains("50ms is earlier than 100ms"), "{says}");
}

#[test]
fn a_trace_is_written_and_checked() {
    let trace = text(&quorate(&["trace", "-"], HOLDS).stdout);
    let same = quorate(&["check-trace", "-"], &trace);
    assert_eq!(same.status.code(), Some(0), "{}", text(&same.stderr));
    assert!(text(&same.stdout).contains("all as the trace says"));
    let row = trace.lines().find(|line| line.starts_with("[5,")).expect("five events");
    let bent = trace.replace(row, &row.replace("\"timer\"", "\"lose\"").replace("deliver", "lose"));
    let other = quorate(&["check-trace", "-"], &bent);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stdout).starts_with("✗ Event 5 at "), "{}", text(&other.stdout));
    let cut = quorate(&["check-trace", "-"], &trace[..trace.len() / 2]);
    assert_eq!(cut.status.code(), Some(2));
    assert!(text(&cut.stderr).contains("cut off at line"), "{}", text(&cut.stderr));
    assert_eq!(quorate(&["check-trace", "-"], HOLDS).status.code(), Some(2));
    assert_eq!(quorate(&["trace", "-"], WRONG).status.code(), Some(2));
}

/// However a search ends, what it covered is told.
#[test]
fn a_search_that_may_not_go_on_says_what_it_covered() {
    let scenario = "cluster raft nodes=5\nexplore requests=2 timers=4 crashes=2 losses=2\n\
                    expect one leader per term\n";
    let spec = "spec=paxos-register servers=3 clients=3";
    for (word, input) in [("-", scenario), (spec, "")] {
        let mut words = vec!["explore", "--json", "--max-seconds", "0.2"];
        words.extend(word.split(' '));
        let ran = quorate(&words, input);
        assert_eq!(ran.status.code(), Some(1), "{}", text(&ran.stderr));
        let found: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("JSON");
        assert_eq!(found["complete"], false);
        assert_eq!(found["diameter"], serde_json::Value::Null);
        assert!(found["unique"].as_u64() > Some(0) && found["frontier"].as_u64() > Some(0));
        // What was seen is seen; what holds of everything is not.
        let checks = found["checks"].as_array().expect("checks");
        assert_eq!(checks[0]["verdict"], "undecided", "{checks:?}");
        assert_eq!(text(&ran.stderr), "", "nobody watches");
    }
}
