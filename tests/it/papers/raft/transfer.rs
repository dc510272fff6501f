//! Leadership transfer [ongaro14phd §3.10].

use quorate::kernel::{Change, KnobValue, NodeId, Op, Outcome, Role};
use quorate::protocol::raft::{Msg, Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n, request};
use super::{CHECKQUORUM, change, name, put};

fn led(knobs: &[(&str, KnobValue)]) -> Bench<Raft> {
    let mut bench = Bench::new(3, knobs);
    bench.fire(n(1), Timer::Election);
    bench.settle(&bench.all());
    bench
}

fn told(bench: &Bench<Raft>, id: NodeId) -> usize {
    bench.between(n(1), id).iter().filter(|msg| name(msg) == "TimeoutNow").count()
}

/// Reference: section 3.10: the prior leader brings the target up to date, and then tells it to
/// start an election, which it does at once.
#[wasm_bindgen_test(unsupported = test)]
fn s3_10_the_target_takes_over_once_it_has_everything() {
    for knobs in [&[][..], &[CHECKQUORUM][..], &[("prevote", KnobValue::Switch(true))][..]] {
        let mut bench = led(knobs);
        put(&mut bench, n(1), 1, "1");
        bench.flights.retain(|flight| flight.to != n(3));
        bench.settle(&bench.all());
        change(&mut bench, n(1), 1, Change::Transfer(n(3)));
        assert_eq!(told(&bench, n(3)), 0, "it lacks an entry");
        bench.deliver(|flight| flight.to == n(3));
        bench.deliver(|flight| flight.to == n(1));
        assert_eq!(told(&bench, n(3)), 1);
        bench.settle(&bench.all());
        assert_eq!(bench.role(n(3)), Role::Leader, "{knobs:?}");
        assert_eq!(bench.role(n(1)), Role::Follower);
        assert_eq!(bench.card(n(3)).era, 2, "at the first attempt");
        let answer = bench.replies.last().map(|reply| (reply.0, reply.2));
        assert_eq!(answer, Some((n(1), Outcome::Done(None))), "who asked is told");
    }
}

/// Reference: section 3.10: the prior leader stops accepting new client requests.
#[wasm_bindgen_test(unsupported = test)]
fn s3_10_clients_wait_while_the_lead_is_handed_over() {
    let mut bench = led(&[]);
    bench.crash(n(3));
    put(&mut bench, n(1), 1, "1");
    bench.settle(&bench.all());
    bench.replies.clear();
    change(&mut bench, n(1), 1, Change::Transfer(n(3)));
    let length = bench.eras(n(1)).len();
    put(&mut bench, n(1), 2, "2");
    assert_eq!(bench.eras(n(1)).len(), length, "nothing enters the log");
    assert_eq!(bench.replies[0].2, Outcome::Redirect(None));
    // Reference: section 3.10: if it does not complete within an election timeout, the prior
    // leader aborts it and resumes accepting requests.
    assert!(bench.armed[0].contains_key(&Timer::Transfer));
    bench.fire(n(1), Timer::Transfer);
    put(&mut bench, n(1), 2, "2");
    assert_eq!(bench.eras(n(1)).len(), length + 1);
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(1)), Role::Leader);
}

/// What cannot lead is refused, and who leads already is done.
#[wasm_bindgen_test(unsupported = test)]
fn s3_10_the_target_has_to_be_another_voter() {
    let rows = [(n(1), Outcome::Done(None)), (n(9), Outcome::Refused)];
    for (target, outcome) in rows {
        let mut bench = led(&[]);
        change(&mut bench, n(1), 1, Change::Transfer(target));
        assert_eq!(bench.replies.last().map(|reply| reply.2), Some(outcome));
        assert!(bench.flights.is_empty());
    }
    let mut bench = led(&[]);
    change(&mut bench, n(2), 1, Change::Transfer(n(3)));
    assert_eq!(bench.replies.last().map(|reply| reply.2), Some(Outcome::Redirect(Some(n(1)))));
}

/// A late message of an earlier leader makes nobody campaign.
#[wasm_bindgen_test(unsupported = test)]
fn s3_10_an_old_leader_hands_nothing_over() {
    let mut bench = led(&[]);
    bench.fire(n(2), Timer::Election);
    bench.settle(&bench.all());
    assert_eq!(bench.card(n(3)).era, 2);
    bench.receive(n(1), n(3), Msg::TimeoutNow { term: 1 });
    assert_eq!(bench.role(n(3)), Role::Follower);
    assert!(bench.flights.is_empty());
    // A wish repeated while it is being fulfilled is one wish.
    bench.crash(n(3));
    for serial in [1, 1, 2] {
        bench.ask(n(2), request(5, serial, Op::Change(Change::Transfer(n(3)))));
    }
    assert_eq!(bench.marks.iter().filter(|mark| mark.1 == "transfer").count(), 1);
}
