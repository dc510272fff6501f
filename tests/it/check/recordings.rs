//! Histories read from text: both forms, what is wrong with them, and recordings of a real cluster.

use std::fmt::Write as _;

use quorate::check::Examiner;
use quorate::check::consistency::{Explained, Kind, Model, explain};
use quorate::check::recording::{Flaw, Proof, Recording, read, rule, write};
use quorate::kernel::{Choices, Op, Outcome};
use quorate::scene::history::of_recording;
use quorate::scene::list::List;
use quorate::scene::palette::Theme;
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::Lang;
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

const STEPS: u64 = 4_000_000;

fn good(text: &str) -> Recording {
    read(text).unwrap_or_else(|flaw| panic!("{flaw}\n{text}"))
}

fn says(recording: &Recording, model: Model) -> String {
    let kind = recording.kind.unwrap_or(Kind::Any);
    rule(recording, kind, model, STEPS).says(model).en
}

#[wasm_bindgen_test(unsupported = test)]
fn every_history_of_the_documentation_has_its_verdict() {
    let docs = include_str!("../../../docs/histories.md");
    let mut judged = 0;
    for block in docs.split("```history\n").skip(1) {
        let text = block.split("```").next().expect("a block ends");
        let (head, body) = text.split_once('\n').expect("a block has lines");
        let expected = head.trim_start_matches("# ");
        let model =
            if expected.contains("sequential") { Model::Sequential } else { Model::Linearizable };
        assert_eq!(says(&good(body), model), expected, "{body}");
        judged += 1;
    }
    assert!(judged >= 7, "{judged}");
}

fn flaw(text: &str) -> Flaw {
    read(text).expect_err(text)
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_wrong_is_named_at_its_place() {
    let long = format!("c1 call put x={}\n", "1".repeat(5_000));
    let cases: &[(&str, usize, usize, &str)] = &[
        ("", 1, 1, "the history has no operation"),
        ("# nothing\n", 1, 1, "the history has no operation"),
        ("c1\n", 1, 1, "`c1` is no line: `c1 call put x=1` and `c1 ok` are"),
        ("n1 call get x\n", 1, 1, "`n1` is no client: `c1` is"),
        ("c0 call get x\n", 1, 1, "`c0` is no client: `c1` is"),
        ("c9999999 call get x\n", 1, 1, "`c9999999` is no client: `c1` is"),
        ("c1 call\n", 1, 4, "nothing is called"),
        ("c1 call jump x\n", 1, 9, "`jump` is no operation of a store"),
        ("c1 call put x\n", 1, 13, "`x` is no key with a value: `x=1` is"),
        ("c1 call put x=\n", 1, 15, "something is missing here"),
        ("c1 call put x=1 2\n", 1, 17, "`put` is not written like this; see docs/histories.md"),
        ("c1 call add x=1.5\n", 1, 13, "`add` is not written like this; see docs/histories.md"),
        (
            "c1 call put 键=0123456789abcdef\n",
            1,
            15,
            "`0123456789abcdef` is too long: keys and values have at most 15 bytes",
        ),
        ("c1 ok\n", 1, 1, "c1 is told something, but has asked nothing"),
        (
            "c1 call get x\n\nc1 call get x\n",
            3,
            1,
            "c1 asks again, but its operation of line 1 is still open",
        ),
        ("c1 call get x\nc1 ok\n", 2, 4, "`get x` found something: `ok 1`, or `ok -` for nothing"),
        ("c1 call put x=1\nc1 ok 1\n", 2, 7, "`put x=1` is not told so much"),
        ("c1 call get x\nc1 unmet x\n", 2, 10, "nothing stands behind `unmet`"),
        (
            "c1 call get x\nc1 yes\n",
            2,
            4,
            "`yes` is no step; known are call, ok, unmet, refused, lost",
        ),
        ("c1 call get x", 1, 14, "the last line does not end: the file may have been cut off"),
        (&long, 1, 1, "the line has 5014 bytes; at most 4096 are read"),
    ];
    for (text, line, column, what) in cases {
        let found = flaw(text);
        assert_eq!((found.line, found.column, found.what.en.as_str()), (*line, *column, *what));
        assert!(!found.what.zh.is_ascii(), "{found}");
    }
    let model = flaw("c1 call get x\nmodel lock\n");
    assert_eq!((model.line, model.column), (2, 7));
    assert_eq!(flaw("model sponge\n").column, 7);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_log_of_jepsen_is_read_whole_or_not_at_all() {
    let first = "INFO  jepsen.util - 0\t:invoke\t:write\t3\n";
    let cases: &[(&str, usize, &str)] = &[
        ("c1 call get x\n", 1, "this is no line of Jepsen's"),
        ("INFO  jepsen.util - 0\t:ok\n", 26, "the line is cut off"),
        ("INFO  jepsen.util - x\t:ok\t:write\t3\n", 21, "`x` is no process"),
        ("INFO  jepsen.util - 0\t:ok\t:write\t4\n", 34, "this is not the end of the operation"),
        ("INFO  jepsen.util - 0\t:ok\t:read\t3\n", 27, "this is not the end of the operation"),
        ("INFO  jepsen.util - 0\t:maybe\t:write\t3\n", 23, "`:maybe` is none of"),
        ("INFO  jepsen.util - 1\t:invoke\t:swap\t3\n", 31, "`:swap` is none of"),
        ("INFO  jepsen.util - 1\t:invoke\t:cas\t[3 \n", 31, "a value is a number"),
        ("INFO  jepsen.util - 1\t:invoke\t:cas\t[3 x]\n", 39, "a value is a number"),
        ("INFO  jepsen.util - 1\t:invoke\t:write\tnil\n", 38, "a value is a number"),
        ("INFO  jepsen.util - 1\t:ok\t:write\t3\n", 21, "c2 is told something"),
    ];
    for (line, column, what) in cases {
        let found = flaw(&format!("{first}{line}"));
        assert_eq!((found.line, found.column), (2, *column), "{line}{found}");
        assert!(found.what.en.starts_with(what), "{found}");
    }
    let nemesis = format!("{first}INFO  jepsen.util - :nemesis\t:info\t:start\tnil\n");
    assert_eq!(good(&nemesis).entries.len(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn objects_have_to_know_their_operations() {
    let recording = good("c1 call put x=1\nc1 ok\nc1 call push x=2\nc1 unmet\n");
    assert!(recording.foreign(Kind::Any).is_none());
    let found = recording.foreign(Kind::Register).expect("a register cannot be pushed");
    assert_eq!((found.line, found.what.en.as_str()), (3, "a register does not know `push x=2`"));
}

/// A cluster that keeps one register, with the shape of Jepsen's logs: five processes that read,
/// write and swap small numbers, operations that time out, and processes that take the place of
/// those. Each operation takes effect right before its last line, so the log is linearizable. A
/// `lie` is a read told a number that was never written.
fn log(seed: u64, operations: u64, lie: bool) -> String {
    let mut dice = Stream::new(seed, Concern::Clients, 0);
    let mut value: Option<u64> = None;
    // The number of each process, and what it has asked.
    let mut processes = [0, 1, 2, 3, 4].map(|it| (it, None::<(&str, u64, u64)>));
    let (mut text, mut begun, mut fresh, mut lied) = (String::new(), 0, 5, false);
    let show = |value: Option<u64>| value.map_or("nil".to_owned(), |it| it.to_string());
    while begun < operations || processes.iter().any(|it| it.1.is_some()) || lied != lie {
        let seat = dice.below(5) as usize;
        let process = processes[seat].0;
        let head = |kind: &str| format!("INFO  jepsen.util - {process}\t:{kind}\t");
        let Some((function, a, b)) = processes[seat].1 else {
            if begun >= operations && lied == lie {
                continue;
            }
            begun += 1;
            let (a, b) = (dice.below(5), dice.below(5));
            let function = [":read", ":write", ":cas"][dice.below(3) as usize];
            let shown = match function {
                ":read" => "nil".to_owned(),
                ":write" => a.to_string(),
                _ => format!("[{a} {b}]"),
            };
            let _ = writeln!(text, "{}{function}\t{shown}", head("invoke"));
            processes[seat].1 = Some((function, a, b));
            continue;
        };
        let slow = dice.below(12) == 0;
        let fits = value == Some(a);
        if function != ":read" && !(slow && dice.below(2) == 0) && (function == ":write" || fits) {
            value = Some(if function == ":write" { a } else { b });
        }
        processes[seat].1 = None;
        if slow {
            let _ = writeln!(text, "{}{function}\t:timed-out", head("info"));
            processes[seat].0 = fresh;
            fresh += 1;
            continue;
        }
        let line = match function {
            ":read" if lie && !lied && begun > operations / 2 => {
                lied = true;
                // A number that nobody ever writes cannot be explained by anything.
                format!("{}:read\t77\n", head("ok"))
            }
            ":read" => format!("{}:read\t{}\n", head("ok"), show(value)),
            ":write" => format!("{}:write\t{a}\n", head("ok")),
            _ if fits => format!("{}:cas\t[{a} {b}]\n", head("ok")),
            _ => format!("{}:cas\t[{a} {b}]\n", head("fail")),
        };
        text += &line;
    }
    text
}

#[wasm_bindgen_test(unsupported = test)]
fn logs_of_the_shape_of_jepsens_are_judged() {
    for seed in 0..30 {
        let recording = good(&log(seed, 85, false));
        assert!(recording.entries.len() >= 80);
        assert_eq!(says(&recording, Model::Linearizable), "linearizable", "seed {seed}");
        let recording = good(&log(seed, 85, true));
        let found = rule(&recording, Kind::CasRegister, Model::Linearizable, STEPS);
        let Proof::Core { entries, minimal } = found.proof else { panic!("seed {seed}") };
        assert!(minimal && entries.len() == 1, "the lie alone is impossible: {entries:?}");
    }
}

/// What is written reads back as the same history.
#[wasm_bindgen_test(unsupported = test)]
fn runs_can_be_written_down() {
    let text = "cluster raft nodes=3 seed=3\nclients 3 every=20ms keys=2\nat 700ms crash leader\n\
                run 2s\n";
    let plan = quorate::script::plan(text).expect("a good scenario");
    let mut cluster = plan.build().expect("nothing is given");
    let mut examiner = Examiner::new(&quorate::check::Questions::default());
    examiner.watch(cluster.last());
    while cluster.next_at().is_some_and(|at| at <= plan.until) && cluster.step() {
        examiner.watch(cluster.last());
    }
    let history = examiner.history();
    let recording = good(&write(history));
    assert_eq!(recording.entries.len(), history.operations().len());
    for (entry, operation) in recording.entries.iter().zip(history.operations()) {
        assert_eq!((entry.client, entry.op), (operation.id.client, operation.op));
    }
    let of = |calls: &[_]| explain(Kind::Any, Model::Linearizable, calls, &mut 1_000_000);
    let read: Vec<_> = recording.calls().into_iter().map(|it| it.1).collect();
    assert!(read.len() > 50);
    assert!(matches!(of(&read), Explained::Order(_)));
    let reads = recording.entries.iter().filter(|it| matches!(it.op, Op::Get(_)));
    let told = reads.filter(|it| matches!(it.end, Some((_, Outcome::Done(Some(_))))));
    assert!(told.count() > 10);
}

#[wasm_bindgen_test(unsupported = test)]
fn pictures_show_the_proof() {
    let stale = good("c1 call put x=1\nc1 ok\nc1 call put x=2\nc1 ok\nc2 call get x\nc2 ok 1\n");
    let found = rule(&stale, Kind::Any, Model::Linearizable, STEPS);
    let scene = of_recording(&stale, &found, "a stale read");
    assert_eq!(scene.clients, ["c1", "c2"]);
    assert_eq!(scene.bars.iter().filter(|bar| bar.core).count(), 3);
    let words = "Impossible together: c1 put x=1; c1 put x=2; c2 get x → 1";
    assert_eq!(scene.describe(Lang::En), words);
    assert!(scene.describe(Lang::Zh).starts_with("无法同时成立"));
    let mut list = List::new();
    scene.draw(&mut list, scene.width());
    let size = (scene.width(), scene.height());
    let picture = svg::write(&[&list], size, &scene.title, Colours::Of(Theme::Light));
    assert!(picture.contains("get x → 1") && picture.contains("a stale read"));

    let fine = good("c1 call put x=1\nc2 call get x\nc2 ok -\nc1 ok\nc2 call get x\nc2 ok 1\n");
    let found = rule(&fine, Kind::Any, Model::Linearizable, STEPS);
    let scene = of_recording(&fine, &found, "");
    let points: Vec<_> = scene.bars.iter().filter_map(|bar| bar.point).collect();
    // The first read before the write, the second behind it.
    assert_eq!(points, [(2.0, 2), (2.0, 1), (5.0, 3)]);
    let words = "An order that explains it: c2 get x → -; c1 put x=1; c2 get x → 1";
    assert_eq!(scene.describe(Lang::En), words);
}

/// Any bytes may come in.
#[cfg(not(target_arch = "wasm32"))]
mod any {
    use proptest::prelude::*;

    use super::read;

    proptest! {
        #[test]
        fn nothing_panics(
            text in "(c[0-9]{1,3}|call|ok|put|x=1|cas|\\[|INFO jepsen.util -|:[a-z]+| |\n|.){0,60}"
        ) {
            let _ = read(&text);
        }
    }
}

/// Recordings of an etcd cluster under faults, with verdicts known since [horn15 §5]. They are not
/// ours to copy: `QUORATE_HISTORIES` says where they are.
#[cfg(not(target_arch = "wasm32"))]
mod recorded {
    use super::{Model, good, says};

    const LINEARIZABLE: [u32; 23] = [
        2, 5, 7, 18, 25, 31, 38, 45, 48, 49, 51, 53, 56, 67, 75, 76, 80, 87, 92, 98, 100, 101, 102,
    ];

    #[test]
    fn recordings_of_a_real_cluster_get_their_known_verdicts() {
        let Some(folder) = std::env::var_os("QUORATE_HISTORIES") else {
            eprintln!("skipped: QUORATE_HISTORIES does not say where the recordings are");
            return;
        };
        let mut judged = 0;
        for number in 0..=102 {
            let path = std::path::Path::new(&folder).join(format!("etcd_{number:03}.log"));
            // 95 is a recording of a cluster that did not start.
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            if number == 95 {
                continue;
            }
            let linearizable = LINEARIZABLE.contains(&number);
            let wanted = if linearizable { "linearizable" } else { "not linearizable" };
            assert_eq!(says(&good(&text), Model::Linearizable), wanted, "etcd_{number:03}.log");
            judged += 1;
        }
        assert!(judged > 0, "no recordings in {folder:?}");
    }
}
