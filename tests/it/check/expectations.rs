//! What scenarios expect, ruled on in order and at every moment.

use quorate::check::{
    End, Examiner, Expectation, Figure, Moment, PoolShape, Questions, Ruling, Status, Verdict,
};
use quorate::kernel::{
    ClientId, Fact, NodeId, Op, Outcome, Property, Ratio, RequestId, SimTime, Span, holds,
};
use quorate::sim::OpNote;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, Tale, chosen, ms, word};

fn examine(expectation: Expectation, tale: &Tale, end: Option<SimTime>) -> Ruling {
    let expectations = vec![expectation];
    let mut examiner = Examiner::new(&Questions { expectations, ..Questions::default() });
    tale.events().iter().for_each(|event| examiner.watch(event));
    if let Some(end) = end {
        examiner.finish(end);
    }
    examiner.rulings().remove(0)
}

fn at(millis: u64) -> Moment {
    Moment { at: ms(millis), event: millis }
}

fn id(serial: u64) -> RequestId {
    RequestId { client: ClientId(0), serial }
}

const ELECTED: Fact = Fact::Elected { era: 1 };

#[wasm_bindgen_test(unsupported = test)]
fn a_leader_within() {
    let expectation = Expectation::LeaderWithin(Span::millis(5));
    let in_time = examine(expectation, &Tale::new().wait(4).says(N1, &[ELECTED]), None);
    assert_eq!((&in_time.verdict, in_time.decided), (&Verdict::Holds, Some(at(5))));
    assert_eq!(in_time.status_at(at(4)), Status::Undecided);
    assert_eq!(in_time.status_at(at(5)), Status::Holds);
    let late = examine(expectation, &Tale::new().wait(5).says(N1, &[ELECTED]), None);
    let Verdict::Violated { at: when, event, because } = &late.verdict else { panic!("{late:?}") };
    assert_eq!((*when, *event), (ms(5), 5), "at the deadline, not at the event after it");
    assert_eq!(because.en, "No node had been elected by 5ms.");
    assert_eq!(late.status_at(at(4)), Status::Undecided);
    assert_eq!(late.status_at(at(6)), Status::Violated);
    let quiet = examine(expectation, &Tale::new(), Some(ms(5)));
    assert!(quiet.verdict.is_violated(), "nothing happened until the end");
    let short = examine(expectation, &Tale::new(), Some(ms(4)));
    assert!(matches!(short.verdict, Verdict::Undecided { .. }));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_choice_within_and_its_value() {
    let tale = Tale::new().wait(2).says(N1, &[chosen(1, "A")]).says(N2, &[chosen(1, "B")]);
    let within = |millis| examine(Expectation::ChosenWithin(Span::millis(millis)), &tale, None);
    assert!(within(3).verdict.holds() && within(2).verdict.is_violated());
    let value = |text| examine(Expectation::ChosenValue(word(text)), &tale, None);
    assert_eq!((value("A").verdict, value("A").decided), (Verdict::Holds, Some(at(3))));
    let Verdict::Violated { event: 3, because, .. } = value("B").verdict else { panic!() };
    assert_eq!(because.en, "n1 learned that A is chosen, not B.");
    let nothing = examine(Expectation::ChosenValue(word("A")), &Tale::new(), Some(ms(9)));
    assert!(matches!(nothing.verdict, Verdict::Undecided { .. }));
}

fn put(serial: u64) -> (RequestId, Op) {
    (id(serial), Op::Put(word("x"), word("1")))
}

fn invoke(serial: u64) -> OpNote {
    let (id, op) = put(serial);
    OpNote::Invoked(id, op)
}

fn answer(serial: u64, outcome: Outcome) -> OpNote {
    let (id, op) = put(serial);
    OpNote::Completed(id, op, outcome)
}

#[wasm_bindgen_test(unsupported = test)]
fn writes_are_answered_within() {
    let expectation = Expectation::CommitWithin(Span::millis(3));
    let done = Outcome::Done(None);
    let good = Tale::new().ops(&[invoke(1)]).wait(2).ops(&[answer(1, done), invoke(2)]);
    let open = examine(expectation, &good, Some(ms(5)));
    assert!(matches!(open.verdict, Verdict::Undecided { .. }), "{open:?}");
    let good = good.ops(&[answer(2, done)]);
    assert!(examine(expectation, &good, Some(ms(9))).verdict.holds(), "answered at its deadline");
    let slow = Tale::new().wait(1).ops(&[invoke(1)]).wait(4).ops(&[answer(1, done)]);
    let late = examine(expectation, &slow, None);
    let Verdict::Violated { at: when, event, because } = late.verdict else { panic!("{late:?}") };
    assert_eq!((when, event), (ms(5), 5), "three milliseconds after its invocation at 2");
    assert_eq!(because.en, "c1 waited longer than 3ms for the answer to put x=1.");
    let pending = examine(expectation, &Tale::new().ops(&[invoke(1)]), Some(ms(9)));
    assert!(matches!(pending.verdict, Verdict::Violated { at, .. } if at == ms(4)), "{pending:?}");
    let refused = Tale::new().ops(&[invoke(1)]).ops(&[answer(1, Outcome::Refused)]);
    let refused = examine(expectation, &refused, None);
    assert_eq!(refused.verdict.because().map(|it| it.en.as_str()), Some("c1 was refused put x=1."));
    let read = OpNote::Invoked(id(1), Op::Get(word("x")));
    let reads = examine(expectation, &Tale::new().ops(&[read]), Some(ms(100)));
    assert!(matches!(reads.verdict, Verdict::Undecided { .. }), "nothing was written");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_property_may_be_expected_to_break() {
    let tale = Tale::new().wait(1).says(N1, &[chosen(1, "A")]).says(N2, &[chosen(1, "B")]);
    let broken = examine(Expectation::Broken(Property::Agreement), &tale, Some(ms(9)));
    assert_eq!((&broken.verdict, broken.decided), (&Verdict::Holds, Some(at(3))));
    assert_eq!(broken.status_at(at(2)), Status::Undecided);
    let sound = Tale::new().says(N1, &[chosen(1, "A")]);
    let open = examine(Expectation::Broken(Property::Agreement), &sound, None);
    assert!(matches!(open.verdict, Verdict::Undecided { .. }));
    let held = examine(Expectation::Broken(Property::Agreement), &sound, Some(ms(9)));
    assert!(matches!(held.verdict, Verdict::Violated { at, .. } if at == ms(9)));
    let kept = examine(Expectation::Holds(Property::Agreement), &tale, None);
    assert_eq!((kept.status_at(at(2)), kept.status_at(at(3))), (Status::Holds, Status::Violated));
}

#[wasm_bindgen_test(unsupported = test)]
fn termination_is_open_until_something_is_chosen() {
    let expectation = Expectation::Holds(Property::Termination);
    let tale = Tale::new().ops(&[invoke(1)]).wait(2).says(N1, &[Fact::Committed { slot: 1 }]);
    let reached = examine(expectation, &tale, Some(ms(9)));
    assert_eq!(
        (reached.status_at(at(3)), reached.status_at(at(4))),
        (Status::Undecided, Status::Holds)
    );
    let stalled = Tale::new().ops(&[invoke(1)]).wait(5);
    assert!(examine(expectation, &stalled, Some(ms(9))).verdict.is_violated());
    assert!(!examine(expectation, &stalled, None).verdict.is_violated());
    let idle = examine(expectation, &Tale::new(), Some(ms(9)));
    assert!(matches!(idle.verdict, Verdict::Undecided { .. }), "nobody asked");
}

#[wasm_bindgen_test(unsupported = test)]
fn rulings_come_in_the_order_of_the_text_and_standings_in_their_own() {
    let expectations =
        vec![Expectation::Broken(Property::Agreement), Expectation::LeaderWithin(Span::millis(1))];
    let claims = const { &[holds(Property::MonotonicEras), holds(Property::Agreement)] };
    let questions =
        Questions { expectations: expectations.clone(), claims, ..Questions::default() };
    let mut examiner = Examiner::new(&questions);
    let tale = Tale::new().says(N1, &[chosen(1, "A")]).says(N2, &[chosen(1, "B")]);
    tale.events().iter().for_each(|event| examiner.watch(event));
    let ruled: Vec<_> = examiner.rulings().iter().map(|it| it.expectation).collect();
    assert_eq!(ruled, expectations);
    let standings = examiner.standings();
    let order: Vec<_> = standings.iter().map(|it| it.property).collect();
    assert_eq!(order, [Property::Agreement, Property::MonotonicEras]);
    assert_eq!(standings[0].status_at(at(1)), Status::Holds);
    assert_eq!(standings[0].status_at(at(2)), Status::Violated);
}

#[wasm_bindgen_test(unsupported = test)]
fn histories_keep_every_operation() {
    let mut examiner = Examiner::new(&Questions::default());
    let done = Outcome::Done(None);
    let tale = Tale::new()
        .ops(&[invoke(1)])
        .ops(&[answer(1, done), invoke(2)])
        .ops(&[OpNote::GaveUp(id(2), put(2).1), invoke(3)]);
    tale.events().iter().for_each(|event| examiner.watch(event));
    let history = examiner.history();
    let ends: Vec<End> = history.operations().iter().map(|it| it.end).collect();
    assert_eq!(ends, [End::Answered(at(2), done), End::GivenUp(at(3)), End::Pending]);
    assert_eq!((history.open(), history.open_at(1), history.open_at(0)), (1, 1, 0));
}

fn work(serial: u64) -> (RequestId, Op) {
    (id(serial), Op::Work { key: 0, size: Span::millis(1) })
}

/// Two servers behind one balancer; ten requests, of which one is refused and one given up.
fn pool() -> Tale {
    let mut tale = Tale::new();
    for serial in 1..=10 {
        let (id, op) = work(serial);
        let server = NodeId(1 + (serial % 2) as u32);
        let load = |length| Fact::Load { length, served: length };
        tale = tale.ops(&[OpNote::Invoked(id, op)]);
        tale = tale.says(NodeId(0), &[Fact::Picked { request: id, server }]);
        tale = tale.says(server, &[load(1)]).wait(serial);
        let (waited, served) = (Span::ZERO, Span::millis(serial));
        tale = tale.says(server, &[load(0), Fact::Served { request: id, waited, served }]);
        tale = tale.ops(&[match serial {
            3 => OpNote::Completed(id, op, Outcome::Refused),
            7 => OpNote::GaveUp(id, op),
            _ => OpNote::Completed(id, op, Outcome::Done(None)),
        }]);
    }
    tale
}

fn examine_pool(expectation: Expectation, end: Option<SimTime>) -> Verdict {
    let questions = Questions { expectations: vec![expectation], ..Questions::default() };
    let shape = PoolShape { doors: 1, servers: 2, slots: 1 };
    let mut examiner = Examiner::new(&questions).with_pool(shape);
    pool().events().iter().for_each(|event| examiner.watch(event));
    if let Some(end) = end {
        examiner.finish(end);
    }
    examiner.rulings().remove(0).verdict
}

#[wasm_bindgen_test(unsupported = test)]
fn figures_of_a_pool_are_compared_at_the_end() {
    let below = |figure, millis| Expectation::Response(figure, Span::millis(millis));
    let open = examine_pool(below(Figure::Max, 15), None);
    assert!(matches!(open, Verdict::Undecided { .. }));
    let end = Some(ms(100));
    // Served in 1 to 10 ms, without 3 and 7, and four steps of one millisecond around.
    assert!(examine_pool(below(Figure::Max, 15), end).holds());
    let Verdict::Violated { because, .. } = examine_pool(below(Figure::Max, 14), end) else {
        panic!("14 ms is not below 14 ms");
    };
    assert_eq!(because.en, "max was 14ms, not below 14ms.");
    // 5, 6, 8, 9, 10, 12, 13, 14: the fourth of eight is the median.
    assert!(examine_pool(below(Figure::P50, 10), end).holds());
    assert!(examine_pool(below(Figure::P50, 9), end).is_violated());
    assert!(examine_pool(Expectation::Failures(Ratio::percent(21)), end).holds());
    assert!(examine_pool(Expectation::Failures(Ratio::percent(20)), end).is_violated());
    assert!(examine_pool(Expectation::Utilisation(Ratio::percent(60)), end).holds());
    assert!(examine_pool(Expectation::Utilisation(Ratio::percent(20)), end).is_violated());
}
