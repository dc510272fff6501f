//! Changing a text in place.

use quorate::kernel::{SimTime, Span};
use quorate::script::{self, edit};
use wasm_bindgen_test::wasm_bindgen_test;

const TEXT: &str = "\
# Two halves
cluster raft nodes=5 seed=7   # five of them

at 250ms  request put y=3
at 400ms  crash leader
at 3s     heal

run 10s
expect one leader per term
";

fn ms(ms: u64) -> SimTime {
    SimTime(ms * 1_000_000)
}

/// The lines of `new` that are not in `old`, and their number.
fn added(old: &str, new: &str, line: u32) -> String {
    let mut lines: Vec<&str> = new.split_inclusive('\n').collect();
    let extra = lines.remove(line as usize - 1).to_owned();
    assert_eq!(lines.concat(), old, "everything else stays byte for byte");
    extra
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fault_is_written_in_the_order_of_time() {
    for (at, line, wanted) in [
        (ms(100), 4, "at 100ms  crash n1\n"),
        (ms(250), 5, "at 250ms  crash n1\n"),
        (ms(900), 6, "at 900ms  crash n1\n"),
        (SimTime(1_280_000_001), 6, "at 1.280000001s crash n1\n"),
        (ms(5000), 7, "at 5s     crash n1\n"),
    ] {
        let (text, found) = edit::insert_timed(TEXT, at, "crash n1");
        assert_eq!(found, line, "{at}");
        assert_eq!(added(TEXT, &text, line), wanted);
        let plan = script::plan(&text).expect("it still compiles");
        let times: Vec<SimTime> = plan.spec.inputs.iter().map(|(at, _)| *at).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_first_fault_stands_before_the_end() {
    let (text, line) =
        edit::insert_timed("cluster raft\n\nrun 2s\nexpect agreement\n", ms(5), "heal");
    assert_eq!(text, "cluster raft\n\nat 5ms heal\n\nrun 2s\nexpect agreement\n");
    assert_eq!(line, 3);
    let (text, line) = edit::insert_timed("cluster raft", ms(5), "heal");
    assert_eq!((text.as_str(), line), ("cluster raft\nat 5ms heal\n", 2));
    let (text, line) = edit::insert_timed("cluster raft\n\n\n", ms(5), "heal");
    assert_eq!((text.as_str(), line), ("cluster raft\nat 5ms heal\n\n\n", 2));
    let (text, _) =
        edit::insert_timed("cluster raft\r\nat 1s heal\r\nrun 3s\r\n", ms(2000), "heal");
    assert_eq!(text, "cluster raft\r\nat 1s heal\r\nat 2s heal\r\nrun 3s\r\n");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_word_is_set_in_its_place() {
    let seed = edit::set_word(TEXT, 2, "seed", "8");
    assert_eq!(seed, TEXT.replace("seed=7", "seed=8"));
    let network = edit::set_word(TEXT, 2, "network", "wan");
    assert_eq!(network, TEXT.replace("seed=7", "seed=7 network=wan"));
    let run = edit::set_word(TEXT, 8, "", "12s");
    assert_eq!(run, TEXT.replace("run 10s", "run 12s"));
    let pool = "balance  servers=6 seed=11\nrun 1s\n";
    assert_eq!(
        edit::set_word(pool, 1, "strategy", "p2c"),
        "balance p2c  servers=6 seed=11\nrun 1s\n"
    );
    let pool = "balance random servers=6\n";
    assert_eq!(edit::set_word(pool, 1, "strategy", "p2c"), "balance p2c servers=6\n");
    for line in [0, 1, 3, 99] {
        assert_eq!(edit::set_word(TEXT, line, "seed", "8"), TEXT, "line {line}");
    }
    assert_eq!(edit::set_run(TEXT, Span::secs(3)), TEXT.replace("run 10s", "run 3s"));
    assert_eq!(edit::set_run("cluster raft\n", Span::secs(3)), "cluster raft\nrun 3s\n");
}
