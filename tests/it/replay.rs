//! A run that a program moves and listens to.

use quorate::kernel::{Fact, SimTime};
use quorate::lab::{Replay, Status};
use quorate::script;
use wasm_bindgen_test::wasm_bindgen_test;

const CRASH: &str = "cluster raft nodes=5 seed=7 network=wan\nat 1s request put y=3\n\
                     at 1.5s crash leader\nrun 3s\nexpect one leader per term\n";

fn replay(text: &str) -> Replay {
    let plan = script::plan(text).expect("the text is understood");
    Replay::new(plan).expect("a compiled plan builds")
}

#[wasm_bindgen_test(unsupported = test)]
pub fn every_event_is_heard_once_on_the_way_forward() {
    let mut one = replay(CRASH);
    let mut heard = Vec::new();
    while one.step(1, &mut |event| heard.push((event.index, event.facts.len()))) == 1 {}
    assert_eq!(heard.len() as u64, one.events());
    assert!(heard.iter().zip(1..).all(|((index, _), place)| *index == place));
    assert!(one.is_over() && one.is_complete());
    // In one leap over all key frames, and in two with a way back between them.
    let mut other = replay(CRASH);
    let mut again = Vec::new();
    other.seek(SimTime::MAX, &mut |event| again.push((event.index, event.facts.len())));
    assert_eq!(heard, again);
    assert_eq!((other.at(), other.digest()), (one.end(), one.digest()));
    other.seek(SimTime(1_000_000_000), &mut |_| panic!("nothing happens on the way back"));
    let event = other.event();
    let mut rest = Vec::new();
    other.step(i32::MAX, &mut |event| rest.push((event.index, event.facts.len())));
    assert_eq!(rest[..], heard[event as usize..]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_place_is_the_same_from_both_sides() {
    let mut one = replay(CRASH);
    one.step(100, &mut |_| {});
    let (at, digest, world) = (one.at(), one.digest(), one.snapshot());
    one.step(57, &mut |_| {});
    assert_ne!(one.digest(), digest);
    assert_eq!(one.step(-57, &mut |_| {}), 57);
    assert_eq!((one.at(), one.digest(), one.snapshot()), (at, digest, world));
    assert_eq!(one.step(i32::MIN, &mut |_| {}), 100);
    assert_eq!((one.event(), one.at()), (0, SimTime::ZERO));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_run_is_the_headless_run() {
    let plan = script::plan(CRASH).expect("the text is understood");
    let report = script::run::run(&plan);
    let mut one = replay(CRASH);
    one.seek(SimTime::MAX, &mut |_| {});
    assert_eq!(format!("{:016x}", one.digest()), report.digest);
    assert_eq!((one.events(), one.end().0), (report.events, report.time_ns));
    assert_eq!(one.checks()[0].status, Status::Holds);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_violation_is_told_where_it_happens() {
    let mut one = replay(include_str!("../../www/scenarios/raft-article/copies.quorate"));
    let mut leaders = 0;
    one.seek(SimTime::MAX, &mut |event| {
        leaders +=
            event.facts.iter().filter(|(_, fact)| matches!(fact, Fact::Elected { .. })).count();
    });
    let violations = one.violations(0);
    assert!(!violations.is_empty());
    let first = &violations[0];
    assert!(violations.iter().all(|other| other.event >= first.event));
    assert_eq!(first.check.status, Status::Violated);
    assert!(!first.check.because.en.is_empty() && !first.check.because.zh.is_empty());
    let event = first.event;
    one.step(event as i32 - one.event() as i32 - 1, &mut |_| {});
    assert_eq!(one.violations(0), Vec::new());
    one.step(1, &mut |_| {});
    assert_eq!(one.violations(event - 1)[0].event, event);
    assert_eq!(one.violations(event), Vec::new());
}
