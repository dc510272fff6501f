//! What is allowed and unsafe is said, at its line; what is safe is left in peace.

use quorate::script;
use wasm_bindgen_test::wasm_bindgen_test;

/// The lines with cautions, and their words.
fn cautions(text: &str) -> Vec<(u32, String)> {
    let plan = script::plan(text).expect("it is allowed");
    plan.cautions.iter().map(|caution| (caution.line, caution.says.en.clone())).collect()
}

/// No line.
const NONE: [u32; 0] = [];

fn lines(text: &str) -> Vec<u32> {
    cautions(text).into_iter().map(|(line, _)| line).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn quorums_that_do_not_meet() {
    assert_eq!(lines("cluster multi-paxos nodes=5 q1=2 q2=3\n"), [1]);
    assert_eq!(lines("cluster multi-paxos nodes=5 q1=3 q2=3\n"), NONE);
    assert_eq!(lines("cluster multi-paxos nodes=5 q1=4\n"), NONE);
    assert_eq!(lines("cluster multi-paxos nodes=9 quorum=grid rows=3\n"), NONE);
    assert_eq!(lines("cluster multi-paxos nodes=9 members=4 q1=2 q2=2\n"), [1]);
    assert_eq!(lines("cluster dynamo nodes=3 r=1 w=2\n"), [1]);
    assert_eq!(lines("cluster dynamo nodes=3 r=2 w=2\n"), NONE);
    // There are no more replicas than nodes.
    assert_eq!(lines("cluster dynamo nodes=2 n=3 r=1 w=2\n"), NONE);
}

#[wasm_bindgen_test(unsupported = test)]
fn clocks_beyond_the_bound_of_a_lease() {
    let head = "cluster raft nodes=3 reads=lease drift=10%\n";
    let with = |lines: &str| self::lines(&format!("{head}{lines}"));
    assert_eq!(with(""), NONE);
    assert_eq!(with("at 1s drift n2 +10%\n"), NONE);
    assert_eq!(with("at 1s drift n2 +11%\n"), [2]);
    assert_eq!(with("at 1s drift n2 +6%\nat 2s drift n3 -6%\n"), [3]);
    assert_eq!(with("at 1s skew n2 +5ms\n"), [2]);
    // Without a lease nothing rests on clocks.
    assert_eq!(lines("cluster raft nodes=3\nat 1s drift n2 +50%\nat 2s skew n1 +9s\n"), NONE);
    let lease = "cluster multi-paxos nodes=3 lease=on bound=1%\nat 1s drift n2 +2%\n";
    assert_eq!(lines(lease), [2]);
}

#[wasm_bindgen_test(unsupported = test)]
fn rules_that_are_off() {
    assert_eq!(lines("cluster raft nodes=3 own-term=off\n"), [1]);
    assert_eq!(lines("cluster abd nodes=3 write-back=off\n"), [1]);
    assert_eq!(lines("cluster primary-backup nodes=3 replication=async fencing=off\n"), [1, 1]);
    assert_eq!(lines("cluster dynamo nodes=3 versions=last-writer\n"), [1]);
}

#[wasm_bindgen_test(unsupported = test)]
fn load_that_never_settles() {
    let text = |load| format!("balance random servers=2\narrivals poisson load={load}\nrun 1s\n");
    assert_eq!(lines(&text("99%")), NONE);
    let found = cautions(&text("120%"));
    assert_eq!(found.len(), 1);
    assert!(found[0].0 == 2 && found[0].1.contains("120%"), "{found:?}");
}

/// Every entry as it is by default keeps what it promises.
#[wasm_bindgen_test(unsupported = test)]
fn defaults_are_safe() {
    for entry in quorate::catalog::entries() {
        let id = entry.about.id;
        let head = if id == "pool" {
            "balance random servers=3".to_owned()
        } else {
            format!("cluster {id}")
        };
        assert_eq!(lines(&format!("{head}\n")), NONE, "{id}");
    }
}
