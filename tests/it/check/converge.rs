//! Replicas that come to hold the same, and those that do not.

use quorate::check::{Examiner, Expectation, Questions, Ruling, Verdict, monitor};
use quorate::kernel::{ClientId, Fact, Op, Outcome, Property, RequestId, Span};
use quorate::sim::{Input, Matcher, OpNote, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, N3, Tale, ms, word};

fn holds(digest: u64) -> [Fact; 1] {
    [Fact::Replica { digest }]
}

fn note(asked: bool) -> OpNote {
    let (id, op) = (RequestId { client: ClientId(0), serial: 1 }, Op::Put(word("x"), word("1")));
    if asked { OpNote::Invoked(id, op) } else { OpNote::Completed(id, op, Outcome::Done(None)) }
}

/// A write that n1 and n2 have at 4 ms, answered at 5 ms.
fn written() -> Tale {
    Tale::new()
        .says(N3, &holds(0))
        .ops(&[note(true)])
        .says(N1, &holds(1))
        .says(N2, &holds(1))
        .ops(&[note(false)])
}

fn finished(tale: &Tale, end: u64) -> Verdict {
    let mut monitor = monitor(Property::Convergence, "");
    tale.events().iter().for_each(|event| monitor.watch(event));
    monitor.finish(ms(end));
    monitor.verdict()
}

fn undecided(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Undecided { .. })
}

#[wasm_bindgen_test(unsupported = test)]
fn at_the_end_all_hold_the_same() {
    assert_eq!(finished(&written().says(N3, &holds(1)), 10), Verdict::Holds);
    let Verdict::Violated { at, because, .. } = finished(&written(), 2_000) else { panic!() };
    assert_eq!(at, ms(2_000));
    let reason = "n1 and n3 still held different content 1.995s after the last write and fault.";
    assert_eq!(because.en, reason);
    assert!(undecided(&finished(&written(), 1_004)), "too soon");
    assert!(finished(&written(), 1_005).is_violated(), "a second is enough");
    assert!(undecided(&finished(&Tale::new(), 5_000)), "nobody holds anything");
}

#[wasm_bindgen_test(unsupported = test)]
fn it_is_not_judged_while_anything_is_going_on() {
    let target = |node| Target::Node(node);
    let trouble = [
        written().ops(&[note(true)]),
        written().done(N1, Input::Partition(vec![vec![N1], vec![N2, N3]])),
        written().done(N1, Input::Isolate(target(N3))),
        written().done(N1, Input::Cut(vec![N1], vec![N3])),
        written().done(N3, Input::Pause(target(N3))),
        written().done(N1, Input::Hold(Matcher::default())),
    ];
    for tale in trouble {
        assert!(undecided(&finished(&tale, 9_000)), "{:?}", tale.events().last());
    }
    let healed = [
        written().done(N1, Input::Isolate(target(N3))).done(N1, Input::Heal),
        written().done(N3, Input::Pause(target(N3))).done(N3, Input::Resume(target(N3))),
        written()
            .done(N1, Input::Hold(Matcher::default()))
            .done(N1, Input::Release(Matcher::default())),
    ];
    for tale in healed {
        assert!(finished(&tale, 9_000).is_violated());
        assert_eq!(finished(&tale.says(N3, &holds(1)), 9_000), Verdict::Holds);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn who_is_down_does_not_count() {
    let down = written().crash(N3);
    assert_eq!(finished(&down, 9_000), Verdict::Holds);
    assert!(finished(&down.restart(N3, &[]), 9_000).is_violated());
}

/// By hand hardly any time passes: what has been settled is quiet.
#[wasm_bindgen_test(unsupported = test)]
fn a_settled_run_is_quiet() {
    let settled = written().done(N1, Input::Settle);
    assert!(finished(&settled, 20).is_violated());
    assert_eq!(finished(&settled.says(N3, &holds(1)), 20), Verdict::Holds);
    let fresh = written().done(N1, Input::Settle).done(N1, Input::Heal);
    assert!(undecided(&finished(&fresh, 20)), "something was done since");
}

fn within(span: u64, tale: &Tale, end: Option<u64>) -> Ruling {
    let expectations = vec![Expectation::ConvergesWithin(Span::millis(span))];
    let mut examiner = Examiner::new(&Questions { expectations, ..Questions::default() });
    tale.events().iter().for_each(|event| examiner.watch(event));
    if let Some(end) = end {
        examiner.finish(ms(end));
    }
    examiner.rulings().remove(0)
}

#[wasm_bindgen_test(unsupported = test)]
fn in_time() {
    // Quiet since 5 ms; n3 follows at 9 ms.
    let tale = written().wait(3).says(N3, &holds(1));
    assert!(within(4, &tale, Some(50)).verdict.holds(), "at the very end of the time");
    let late = within(3, &tale, Some(50));
    let Verdict::Violated { at, event, because } = &late.verdict else { panic!("{late:?}") };
    assert_eq!((*at, *event), (ms(8), 8));
    let reason = "n1 and n3 still held different content 3ms after the last write and fault.";
    assert_eq!(because.en, reason);
    assert!(undecided(&within(4, &tale, None).verdict), "the time is not over");
    assert!(undecided(&within(60, &tale, Some(50)).verdict), "never quiet for so long");
    assert!(within(45, &written(), Some(50)).verdict.is_violated(), "until the end of the run");
}

/// Writing goes on before the time is over: that quiet does not count.
#[wasm_bindgen_test(unsupported = test)]
fn every_quiet_counts_by_itself() {
    let busy = written().wait(2).ops(&[note(true)]).ops(&[note(false)]).says(N3, &holds(1));
    assert!(within(5, &busy, Some(50)).verdict.holds());
    let again = busy.says(N1, &holds(2)).wait(10).ops(&[note(true)]).ops(&[note(false)]);
    assert!(within(5, &again, Some(30)).verdict.is_violated());
}
