//! Driven by hand: nothing moves by itself.

use quorate::kernel::{Op, Outcome, Word};
use quorate::sim::{
    ClusterSpec, Drive, HAND_PAUSE, HAND_TRANSIT, Happening, Input, Matcher, OpNote,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, N3, events, facts, heard, node, pings, with};

fn by_hand(inputs: Vec<Input>) -> ClusterSpec {
    let inputs = inputs.into_iter().map(|input| (0, input)).collect();
    ClusterSpec { drive: Drive::Hand, ..with(inputs) }
}

fn fire(id: quorate::kernel::NodeId) -> Input {
    Input::Fire(node(id), "tick".to_owned())
}

fn some(name: &str, count: Option<u32>) -> Matcher {
    Matcher { name: Some(name.to_owned()), count, ..Matcher::default() }
}

#[wasm_bindgen_test(unsupported = test)]
fn no_timer_rings_and_no_message_moves() {
    assert_eq!(events(by_hand(vec![]), 60_000).len(), 0);
    let events = events(by_hand(vec![fire(N1)]), 60_000);
    assert_eq!(events.len(), 2, "the input and the tick");
    assert!(matches!(events[1].what, Happening::TimerFired { .. }));
}

#[wasm_bindgen_test(unsupported = test)]
fn messages_move_one_at_a_time_as_told() {
    let inputs = vec![
        fire(N1),
        Input::Deliver(some("Ping", Some(1))),
        Input::Drop(some("Ping", None)),
        Input::Deliver(some("Pong", None)),
    ];
    let events = events(by_hand(inputs), 60_000);
    assert_eq!((pings(&events, N2).len(), pings(&events, N3).len()), (1, 0));
    let pongs = facts(&events, N1, |fact| matches!(fact, quorate::kernel::Fact::Proposed { .. }));
    assert_eq!(pongs.len(), 1);
    // Each input waits until the one before has settled.
    let (pause, transit) = (HAND_PAUSE.0, HAND_TRANSIT.0);
    let starts: Vec<u64> = events
        .iter()
        .filter(|event| matches!(event.what, Happening::Input { .. }))
        .map(|event| event.at.0)
        .collect();
    assert_eq!(starts, [pause, 2 * pause, 3 * pause + transit, 4 * pause + transit]);
}

#[wasm_bindgen_test(unsupported = test)]
fn settle_delivers_everything_and_what_that_causes() {
    let events = events(by_hand(vec![fire(N1), fire(N2), Input::Settle, fire(N3)]), 60_000);
    assert_eq!(heard(&events, N1, 0), [N2]);
    assert_eq!(heard(&events, N2, 0), [N1]);
    assert_eq!(heard(&events, N3, 0), [N1, N2]);
    let pongs = facts(&events, N1, |fact| matches!(fact, quorate::kernel::Fact::Proposed { .. }));
    assert_eq!(pongs.len(), 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_settled_does_not_settle_what_comes_after() {
    let events = events(by_hand(vec![fire(N1), Input::Settle, fire(N3)]), 60_000);
    assert_eq!(heard(&events, N1, 0), [], "the tick of N3 is still in flight");
}

#[wasm_bindgen_test(unsupported = test)]
fn clients_are_served_without_a_hand() {
    let op = Op::Put(Word::default(), Word::default());
    let via = Some(node(N2));
    let events = events(by_hand(vec![Input::Request { op, via, client: None }]), 60_000);
    let done = events
        .iter()
        .flat_map(|event| &event.ops)
        .filter(|op| matches!(op, OpNote::Completed(_, _, Outcome::Done(None))));
    assert_eq!(done.count(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_to_a_crashed_node_is_lost_by_hand_too() {
    let inputs = vec![fire(N1), Input::Crash(node(N2)), Input::Deliver(some("Ping", None))];
    let events = events(by_hand(inputs), 60_000);
    assert_eq!((pings(&events, N2).len(), pings(&events, N3).len()), (0, 1));
    assert!(events.iter().any(|event| matches!(event.what, Happening::Lost(_))));
}
