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
