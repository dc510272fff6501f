//! Monitors of what clients saw: accepted where it is consistent, and named where it is not.

use quorate::check::{Because, Verdict, monitor};
use quorate::kernel::{ClientId, Op, Outcome, Property, RequestId, SimTime, Word};
use quorate::sim::OpNote;
use wasm_bindgen_test::wasm_bindgen_test;

use super::monitors::{breaks, holds};
use super::{Tale, word};

/// Operations told in the order of their calls and answers, one event each.
#[derive(Clone, Default)]
struct Talk {
    notes: Vec<OpNote>,
    open: Vec<(u32, RequestId, Op)>,
    serial: u64,
}

impl Talk {
    fn calls(&self, client: u32, op: Op) -> Talk {
        let mut talk = self.clone();
        talk.serial += 1;
        let id = RequestId { client: ClientId(client - 1), serial: talk.serial };
        talk.open.push((client, id, op));
        talk.notes.push(OpNote::Invoked(id, op));
        talk
    }

    fn told(&self, client: u32, outcome: Outcome) -> Talk {
        let mut talk = self.clone();
        let place = talk.open.iter().position(|it| it.0 == client).expect("it asked");
        let (_, id, op) = talk.open.remove(place);
        talk.notes.push(OpNote::Completed(id, op, outcome));
        talk
    }

    fn does(&self, client: u32, op: Op, outcome: Outcome) -> Talk {
        self.calls(client, op).told(client, outcome)
    }

    fn puts(&self, client: u32, value: &str) -> Talk {
        self.does(client, put(value), Outcome::Done(None))
    }

    fn gets(&self, client: u32, value: &str) -> Talk {
        self.does(client, get(), found(value))
    }

    fn tale(&self) -> Tale {
        self.notes.iter().fold(Tale::new(), |tale, note| tale.ops(&[*note]))
    }
}

fn put(value: &str) -> Op {
    Op::Put(word("x"), word(value))
}

fn get() -> Op {
    Op::Get(word("x"))
}

fn found(value: &str) -> Outcome {
    Outcome::Done((value != "-").then(|| word(value)))
}

/// The verdict when the run is over.
fn finished(property: Property, tale: &Tale) -> Verdict {
    let mut monitor = monitor(property, "term");
    tale.events().iter().for_each(|event| monitor.watch(event));
    monitor.finish(SimTime::MAX);
    monitor.verdict()
}

fn reason(verdict: &Verdict) -> &str {
    verdict.because().map_or("", |Because { en, .. }| en)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_stale_read_is_named_at_once() {
    let talk = Talk::default().puts(1, "1").puts(1, "2").gets(2, "2");
    holds(Property::Linearizability, &talk.tale());
    let stale = talk.gets(2, "1").gets(2, "2");
    let reason = "c2 asked get x at 7ms and got 1: no order of all operations allows it. \
                  Impossible together: c1 put x=1 (1ms–2ms), c2 get x → 2 (5ms–6ms), c2 get \
                  x → 1 (7ms–8ms).";
    breaks(Property::Linearizability, &stale.tale(), 8, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_nobody_saw_the_end_of_may_have_happened() {
    let lost = Talk::default().puts(1, "1").calls(1, put("2")).gets(2, "1").gets(2, "2");
    holds(Property::Linearizability, &lost.tale());
    let back = lost.gets(2, "1");
    assert!(finished(Property::Linearizability, &back.tale()).is_violated());
    let refused = Talk::default().calls(1, put("2")).told(1, Outcome::Refused).gets(2, "-");
    holds(Property::Linearizability, &refused.tale());
    let seen = Talk::default().calls(1, put("2")).told(1, Outcome::Refused).gets(2, "2");
    assert!(finished(Property::Linearizability, &seen.tale()).is_violated());
}

/// With forty writes at once an object cannot be followed: it is searched as a whole.
#[wasm_bindgen_test(unsupported = test)]
fn crowds_are_searched() {
    let mut talk = Talk::default();
    for client in 1..=40 {
        talk = talk.calls(client, put(&client.to_string()));
    }
    for client in 1..=40 {
        talk = talk.told(client, Outcome::Done(None));
    }
    let good = talk.gets(50, "17").gets(51, "17");
    assert_eq!(finished(Property::Linearizability, &good.tale()), Verdict::Holds);
    let bad = good.gets(50, "18");
    let verdict = finished(Property::Linearizability, &bad.tale());
    assert!(matches!(verdict, Verdict::Violated { event: 86, .. }), "{verdict:?}");
    assert!(reason(&verdict).starts_with("c50 asked get x at 85ms and got 18"), "{verdict:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_stale_replica_is_sequential_until_it_goes_back() {
    let stale = Talk::default().puts(1, "1").puts(1, "2").gets(2, "1").gets(3, "2").gets(2, "2");
    let linear = finished(Property::Linearizability, &stale.tale());
    assert!(matches!(linear, Verdict::Violated { event: 6, .. }), "{linear:?}");
    assert_eq!(finished(Property::SequentialConsistency, &stale.tale()), Verdict::Holds);
    let back = stale.gets(2, "1");
    let verdict = finished(Property::SequentialConsistency, &back.tale());
    assert!(matches!(verdict, Verdict::Violated { event: 12, .. }), "{verdict:?}");
    assert_eq!(
        reason(&verdict),
        "c2 asked get x at 11ms and got 1: no order that keeps that of each client allows it. \
         Impossible together: c2 get x → 1 (5ms–6ms), c2 get x → 2 (9ms–10ms), c2 get x → 1 \
         (11ms–12ms)."
    );
}

/// It is judged while it runs: when the history has doubled, not only at the end.
#[wasm_bindgen_test(unsupported = test)]
fn sequential_histories_are_judged_on_the_way() {
    let mut talk = Talk::default().puts(1, "1").puts(1, "2").gets(2, "2").gets(2, "1");
    for round in 0..70 {
        talk = talk.puts(1, &format!("v{round}"));
    }
    let mut monitor = monitor(Property::SequentialConsistency, "term");
    let mut seen = None;
    for event in talk.tale().events() {
        monitor.watch(event);
        if monitor.verdict().is_violated() {
            seen.get_or_insert(event.index);
        }
    }
    assert_eq!(seen, Some(64), "with the thirty-second answer");
    assert!(matches!(monitor.verdict(), Verdict::Violated { event: 8, .. }));
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_to_judge_is_undecided() {
    for property in [
        Property::Linearizability,
        Property::SequentialConsistency,
        Property::ReadYourWrites,
        Property::MonotonicReads,
    ] {
        let verdict = finished(property, &Tale::new());
        assert!(matches!(verdict, Verdict::Undecided { .. }), "{property:?}");
        let work =
            OpNote::Invoked(RequestId { client: ClientId(0), serial: 1 }, Op::Propose(word("A")));
        let verdict = finished(property, &Tale::new().ops(&[work]));
        assert!(matches!(verdict, Verdict::Undecided { .. }), "{property:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn read_your_writes() {
    let good = Talk::default().puts(1, "1").gets(1, "1").puts(2, "2").gets(1, "1").gets(1, "2");
    holds(Property::ReadYourWrites, &good.tale());
    let old = Talk::default().puts(2, "2").puts(1, "1").gets(1, "2");
    let reason = "c1 had done put x=1 by 4ms, but get x at 6ms found 2, which is older.";
    breaks(Property::ReadYourWrites, &old.tale(), 6, reason);
    let nothing = Talk::default().puts(1, "1").gets(1, "-");
    let reason = "c1 had done put x=1 by 2ms, but get x at 4ms found -, which is older.";
    breaks(Property::ReadYourWrites, &nothing.tale(), 4, reason);
    // Writes at once may come in either order, and other clients have no claim.
    let both = Talk::default().calls(2, put("2")).puts(1, "1").told(2, found("-")).gets(1, "2");
    holds(Property::ReadYourWrites, &both.tale());
    let other = Talk::default().puts(1, "1").gets(2, "-");
    holds(Property::ReadYourWrites, &other.tale());
    // A write that was refused, or is not answered yet, is no promise.
    let refused = Talk::default()
        .calls(1, put("1"))
        .told(1, Outcome::Refused)
        .gets(1, "-")
        .calls(1, put("2"));
    holds(Property::ReadYourWrites, &refused.tale());
}

#[wasm_bindgen_test(unsupported = test)]
fn read_your_memberships() {
    let (include, exclude) = (Op::Include(word("s"), word("m")), Op::Exclude(word("s"), word("m")));
    let has = Op::Contains(word("s"), word("m"));
    let done = Outcome::Done(None);
    let talk = Talk::default().does(1, include, done).does(1, has, found("yes"));
    holds(Property::ReadYourWrites, &talk.tale());
    let lost = Talk::default().does(1, include, done).does(1, has, found("no"));
    assert!(finished(Property::ReadYourWrites, &lost.tale()).is_violated());
    let taken = Talk::default().does(1, include, done).does(2, exclude, done);
    holds(Property::ReadYourWrites, &taken.does(1, has, found("no")).tale());
    let before = Talk::default().does(2, exclude, done).does(1, include, done);
    let verdict = finished(Property::ReadYourWrites, &before.does(1, has, found("no")).tale());
    assert!(verdict.is_violated());
}

#[wasm_bindgen_test(unsupported = test)]
fn monotonic_reads() {
    let talk = Talk::default().puts(1, "1").puts(1, "2");
    let good = talk.gets(2, "1").gets(2, "1").gets(2, "2").gets(3, "1");
    holds(Property::MonotonicReads, &good.tale());
    let back = good.gets(2, "1");
    let reason = "c2 had read 2, but get x at 14ms found 1, which is older.";
    breaks(Property::MonotonicReads, &back.tale(), 14, reason);
    let fresh = Talk::default().gets(2, "-").gets(2, "-").puts(1, "1").gets(2, "-").gets(2, "1");
    holds(Property::MonotonicReads, &fresh.tale());
    let blank = Talk::default().puts(1, "1").gets(2, "1").gets(2, "-");
    assert!(finished(Property::MonotonicReads, &blank.tale()).is_violated());
}

/// Of writes at once nobody knows which is older, but not each older than the other.
#[wasm_bindgen_test(unsupported = test)]
fn monotonic_reads_of_writes_at_once() {
    let talk = Talk::default().calls(1, put("1")).calls(2, put("2"));
    let talk = talk.told(1, found("-")).told(2, found("-"));
    let one_way = talk.gets(3, "1").gets(3, "2");
    holds(Property::MonotonicReads, &one_way.tale());
    let and_back = one_way.gets(3, "1");
    assert!(finished(Property::MonotonicReads, &and_back.tale()).is_violated());
    // Unless it was written again.
    let again = Talk::default().calls(1, put("1")).calls(2, put("2")).told(1, found("-"));
    let again = again.told(2, found("-")).gets(3, "1").gets(3, "2").puts(1, "1").gets(3, "1");
    holds(Property::MonotonicReads, &again.tale());
}

/// Counters and queues do not show which writes they contain.
#[wasm_bindgen_test(unsupported = test)]
fn sums_make_no_promise_to_sessions() {
    let talk = Talk::default().does(1, Op::Add(word("x"), 3), Outcome::Done(None)).gets(1, "-");
    for property in [Property::ReadYourWrites, Property::MonotonicReads] {
        let verdict = finished(property, &talk.tale());
        assert!(matches!(verdict, Verdict::Undecided { .. }), "{verdict:?}");
    }
    assert!(finished(Property::Linearizability, &talk.tale()).is_violated());
}

/// Long runs cost what they are long.
#[wasm_bindgen_test(unsupported = test)]
fn long_runs_are_quick() {
    let properties = [
        Property::Linearizability,
        Property::SequentialConsistency,
        Property::ReadYourWrites,
        Property::MonotonicReads,
    ];
    let mut monitors = properties.map(|property| monitor(property, "term"));
    let mut event = quorate::sim::Occurrence::default();
    let mut last: Option<Word> = None;
    for index in 0..30_000_u64 {
        let client = ClientId((index % 3) as u32);
        let id = RequestId { client, serial: index };
        let value = Word::number(index);
        let (op, outcome) = match index % 2 {
            0 => (Op::Put(word("x"), value), Outcome::Done(None)),
            _ => (get(), Outcome::Done(last)),
        };
        last = if index % 2 == 0 { Some(value) } else { last };
        event.index = index + 1;
        event.ops = vec![OpNote::Invoked(id, op), OpNote::Completed(id, op, outcome)];
        for monitor in &mut monitors {
            monitor.watch(&event);
        }
    }
    for monitor in &mut monitors {
        monitor.finish(SimTime::MAX);
        assert_eq!(monitor.verdict(), Verdict::Holds, "{:?}", monitor.property());
    }
}
