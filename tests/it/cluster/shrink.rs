//! Failing scenarios made small.

use quorate::script;
use quorate::script::shrink::{Shrinking, Shrunk, Unshrunk, shrink};
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

/// Made small by slices of so many events.
fn by_slices(text: &str, events: u64) -> Result<Shrunk, Unshrunk> {
    let mut shrinking = Shrinking::new(text)?;
    let (mut schedules, mut slices) = (0, 0);
    while !shrinking.progress().over {
        shrinking.advance(events);
        let progress = shrinking.progress();
        assert!(progress.schedules >= schedules, "{progress:?}");
        (schedules, slices) = (progress.schedules, slices + 1);
        // What is known so far fails already, whenever it is asked for.
        if slices % 50 == 0
            && let Ok(so_far) = shrinking.outcome()
        {
            let known = !so_far.check.is_empty();
            assert!(!known || fails(&so_far.text, &so_far.check), "{}", so_far.text);
            assert!(known || so_far.text == text, "{}", so_far.text);
        }
    }
    assert!(schedules > 1 && slices > 1, "{schedules} {slices}");
    shrinking.outcome()
}

/// The slices do not change what comes of it, and the meter counts the lines that are left.
#[wasm_bindgen_test(unsupported = test)]
fn by_slices_the_same_comes_of_it() {
    for text in [TIMED, BY_HAND] {
        assert_eq!(by_slices(text, 7), shrink(text));
        let mut shrinking = Shrinking::new(text).expect("it is understood");
        let lines = shrinking.progress().actions.len();
        assert!(shrinking.progress().actions.iter().all(|left| *left));
        shrinking.advance(u64::MAX);
        let (shrunk, progress) = (shrinking.outcome().expect("it fails"), shrinking.progress());
        assert_eq!(progress.actions.len(), lines);
        let kept = shrunk.kept.lines().filter(|line| text.lines().any(|own| own == *line));
        let acts = |line: &&str| {
            ["at ", "request ", "deliver ", "drop ", "skew ", "crash "]
                .iter()
                .any(|word| line.starts_with(word))
        };
        let left = progress.actions.iter().filter(|left| **left).count();
        assert!(left >= kept.filter(acts).count() && left < lines, "{left} of {lines}");
    }
}

/// What was driven by time is driven by hand, as far as what fails is not about time.
#[wasm_bindgen_test(unsupported = test)]
fn time_goes_where_nothing_is_about_it() {
    let shrunk = shrink(TIMED).expect("it fails");
    assert!(shrunk.text.contains("drive=hand"), "{}", shrunk.text);
    assert!(!shrunk.text.contains("\nat ") && !shrunk.text.contains("\nrun "), "{}", shrunk.text);
    assert!(shrunk.kept.contains("\nat ") && fails(&shrunk.kept, "agreement"), "{}", shrunk.kept);
    assert!(shrunk.struck.iter().any(|(line, text)| *line == 11 && text.contains("crash n4")));
    let late = "cluster raft nodes=3 network=wan\nrun 3s\nexpect leader within 2ms\n";
    let shrunk = shrink(late).expect("it fails");
    assert_eq!(shrunk.text, shrunk.kept);
    assert!(!shrunk.text.contains("drive=hand"), "{}", shrunk.text);
}

/// Answers come late by asking for nothing: that shows nothing, so somebody still asks.
#[wasm_bindgen_test(unsupported = test)]
fn somebody_still_asks_for_what_comes_too_late() {
    let text = "cluster raft nodes=3 network=wan\nat 1s crash n1\nat 2s request put x=1\n\
                at 2500ms request put x=2 from c2\nrun 5s\nexpect commit within 1ms\n";
    let shrunk = shrink(text).expect("it fails");
    assert_eq!(shrunk.text.matches("request").count(), 1, "{}", shrunk.text);
    assert!(!shrunk.text.contains("crash"), "{}", shrunk.text);
}

/// A promise of the entry needs no line that expects it.
#[wasm_bindgen_test(unsupported = test)]
fn own_promises_are_made_small_too() {
    let shrunk = shrink(&TIMED.replace("expect agreement\n", "")).expect("it fails");
    assert_eq!(shrunk.check, "agreement");
    assert!(fails(&shrunk.text, "agreement"), "{}", shrunk.text);
}

/// Every scenario of the gallery that breaks a promise as expected is made small, and what is left
/// still breaks it.
#[wasm_bindgen_test(unsupported = test)]
fn broken_promises_of_the_gallery_stay_broken() {
    let mut by_hand = 0;
    for scenario in quorate::script::gallery::GALLERY {
        if !scenario.text.contains("broken") || scenario.text.contains("balance ") {
            continue;
        }
        let shrunk = shrink(scenario.text).unwrap_or_else(|it| panic!("{}: {it:?}", scenario.path));
        let report = script::run::run(&script::plan(&shrunk.text).expect("it is understood"));
        let check = report.checks.iter().find(|it| it.text == shrunk.check);
        assert!(check.is_some_and(script::run::Check::holds), "{}\n{}", scenario.path, shrunk.text);
        assert!(shrunk.text.lines().count() <= scenario.text.lines().count() + 30);
        by_hand += usize::from(shrunk.text.contains("drive=hand"));
    }
    assert!(by_hand >= 3, "{by_hand}");
}
