//! Failing scenarios made small.

use quorate::script;
use quorate::script::shrink::{Unshrunk, shrink};
use wasm_bindgen_test::wasm_bindgen_test;

/// True if the check of these words is violated.
fn fails(text: &str, check: &str) -> bool {
    let Ok(plan) = script::plan(text) else { return false };
    let report = script::run::run(&plan);
    report.checks.iter().any(|it| it.text == check && it.verdict == "violated")
}

const TIMED: &str = "\
# Two values
cluster paxos-article nodes=5 vote=always seed=3
patience 200ms
run 5s
expect agreement
expect termination
at 10ms skew n2 +40ms
at 20ms request put x=1 via n1 from c1
at 20ms request put x=2 via n2 from c2
at 21ms request put x=3 via n3 from c3
at 30ms crash n4
at 50ms restart n4
at 1s   crash n3
";

const BY_HAND: &str = "\
cluster paxos-article nodes=3 drive=hand
expect agreement

skew n3 +40ms
request put x=0 via n3 from c3
request put x=1 via n1 from c1
request put x=2 via n1 from c2
deliver vote #8 n1 -> n2
drop vote #2 n3 -> n1
deliver vote #6 n1 -> n3
deliver True #11 n3 -> n1
deliver True #10 n2 -> n1
crash n3
";

#[wasm_bindgen_test(unsupported = test)]
fn what_is_left_fails_alike_and_nothing_more_can_go() {
    for text in [TIMED, BY_HAND] {
        assert!(fails(text, "agreement"), "{text}");
        let shrunk = shrink(text).expect("it fails");
        assert_eq!(shrunk.check, "agreement");
        assert!(fails(&shrunk.text, "agreement"), "{}", shrunk.text);
        assert!(shrunk.after < shrunk.before && !shrunk.struck.is_empty(), "{shrunk:?}");
        assert!(fails(&shrunk.annotated(), "agreement"), "{}", shrunk.annotated());
        let lines: Vec<&str> = shrunk.text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            // How long it lasts is no part of what fails.
            if line.is_empty() || line.starts_with('#') || line.starts_with("run") {
                continue;
            }
            let mut fewer = lines.clone();
            fewer.remove(place);
            assert!(!fails(&fewer.join("\n"), "agreement"), "without {line}:\n{}", shrunk.text);
        }
        assert_eq!(shrink(&shrunk.text).map(|again| again.text), Ok(shrunk.text));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_does_not_fail_is_not_made_small() {
    assert_eq!(shrink("cluster raft\nexpect agreement\n"), Err(Unshrunk::Unbroken));
    assert!(matches!(shrink("cluster raft\nexpect x\n"), Err(Unshrunk::Wrong(_))));
}
