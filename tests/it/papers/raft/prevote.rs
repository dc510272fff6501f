//! Elections that disturb nobody [ongaro14phd §4.2.3, §6.2, §9.6], and a preferred leader.

use quorate::kernel::{KnobValue, NodeId, Role, Span};
use quorate::protocol::raft::{Msg, Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n};
use super::{CHECKQUORUM, PREVOTE, elect, logs, name, put};

/// The bench of `nodes`, led by n1, with everything delivered.
fn led(nodes: usize, knobs: &[(&str, KnobValue)]) -> Bench<Raft> {
    let mut bench = Bench::new(nodes, knobs);
    bench.fire(n(1), Timer::Election);
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(1)), Role::Leader);
    bench
}

fn era(bench: &Bench<Raft>, id: NodeId) -> u64 {
    bench.card(id).era
}

/// Reference: section 9.6: a candidate only increments its term once a majority would vote for it.
#[wasm_bindgen_test(unsupported = test)]
fn s9_6_a_node_that_is_cut_off_does_not_raise_its_term() {
    for (knobs, term) in [(&[][..], 6), (&[PREVOTE][..], 1)] {
        let mut bench = led(3, knobs);
        for _ in 0..5 {
            bench.fire(n(3), Timer::Election);
            bench.flights.clear();
        }
        assert_eq!(era(&bench, n(3)), term, "{knobs:?}");
        assert_eq!(bench.role(n(3)), Role::Candidate);
        // It comes back and hears the leader (V25): with PreVote nobody notices.
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&bench.all());
        let still = bench.role(n(1)) == Role::Leader && era(&bench, n(1)) == 1;
        assert_eq!(still, !knobs.is_empty());
    }
}

/// Reference: section 9.6: a node would vote for a log as up to date as its own, in a term it is
/// not in yet, and keeps its own term.
#[wasm_bindgen_test(unsupported = test)]
fn s9_6_who_would_get_a_vote() {
    let rows = [
        ((5, 4, 3), true),
        ((5, 3, 3), true),
        ((5, 1, 4), true),
        ((5, 2, 3), false),
        ((5, 9, 2), false),
        ((4, 4, 3), false),
    ];
    for ((term, last_index, last_term), granted) in rows {
        let mut bench = logs("4", &["1.2.3", "-"], &[PREVOTE]);
        bench.receive(n(2), n(1), Msg::PreVote { term, last_index, last_term });
        let answer = bench.flights.pop().expect("an answer").msg;
        let term = if granted { term } else { 4 };
        assert_eq!(answer, Msg::PreVoteResponse { term, granted });
        assert_eq!(era(&bench, n(1)), 4, "nothing is promised");
        assert_eq!(bench.field(n(1), "votedFor"), "-");
    }
}

/// Reference: section 9.6: a majority that would vote for it makes it a candidate of the next term,
/// and the election goes on as ever.
#[wasm_bindgen_test(unsupported = test)]
fn s9_6_a_majority_of_prevotes_begins_the_election() {
    let mut bench: Bench<Raft> = Bench::new(5, &[PREVOTE]);
    bench.fire(n(1), Timer::Election);
    assert!(bench.flights.iter().all(|flight| name(&flight.msg) == "PreVote"));
    assert_eq!((bench.role(n(1)), era(&bench, n(1))), (Role::Candidate, 0));
    let yes = Msg::PreVoteResponse { term: 1, granted: true };
    bench.receive(n(2), n(1), yes.clone());
    bench.receive(n(2), n(1), yes.clone());
    // About another election.
    bench.receive(n(3), n(1), Msg::PreVoteResponse { term: 2, granted: true });
    assert_eq!(era(&bench, n(1)), 0, "one voter is one voter");
    bench.flights.clear();
    bench.receive(n(3), n(1), yes);
    assert_eq!(era(&bench, n(1)), 1);
    assert!(bench.flights.iter().all(|flight| name(&flight.msg) == "RequestVote"));
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(1)), Role::Leader);
}

/// A majority that would not ends it: the node follows, and asks again when its timer says so.
#[wasm_bindgen_test(unsupported = test)]
fn s9_6_a_majority_against_it_ends_the_campaign() {
    let mut bench = logs("1", &["-", "1", "1"], &[PREVOTE]);
    bench.fire(n(1), Timer::Election);
    bench.settle(&bench.all());
    assert_eq!((bench.role(n(1)), era(&bench, n(1))), (Role::Follower, 1));
    assert!(bench.armed[0].contains_key(&Timer::Election));
}

/// Reference: section 6.2: a leader steps down if an election timeout passes without a round of
/// heartbeats to a majority.
#[wasm_bindgen_test(unsupported = test)]
fn s6_2_a_leader_without_a_majority_steps_down() {
    for (heard, leads) in [(&[][..], false), (&[2][..], false), (&[2, 4][..], true)] {
        let mut bench = led(5, &[CHECKQUORUM]);
        // What was heard up to here counts for the first time span.
        bench.fire(n(1), Timer::Quorum);
        assert_eq!(bench.role(n(1)), Role::Leader);
        bench.fire(n(1), Timer::Heartbeat);
        let mut among: Vec<NodeId> = heard.iter().map(|&number| n(number)).collect();
        among.push(n(1));
        bench.settle(&among);
        bench.fire(n(1), Timer::Quorum);
        assert_eq!(bench.role(n(1)) == Role::Leader, leads, "{heard:?}");
        assert_eq!(era(&bench, n(1)), 1, "the term stays");
    }
    // Without the rule it leads for ever.
    let mut bench = led(5, &[]);
    assert!(!bench.armed[0].contains_key(&Timer::Quorum));
    bench.fire(n(1), Timer::Quorum);
    assert_eq!(bench.role(n(1)), Role::Leader);
}

/// Reference: section 4.2.3: who has heard a leader within the minimum election timeout does not
/// update its term or grant its vote.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_3_who_hears_a_leader_ignores_candidates() {
    let asks = |transfer| Msg::RequestVote { term: 9, last_index: 9, last_term: 9, transfer };
    let rows = [
        (&[CHECKQUORUM][..], 149, false, 1),
        (&[CHECKQUORUM][..], 150, false, 9),
        (&[CHECKQUORUM][..], 0, true, 9),
        (&[][..], 0, false, 9),
    ];
    for (knobs, later, transfer, term) in rows {
        let mut bench = led(3, knobs);
        bench.pass(Span::millis(later));
        bench.receive(n(3), n(2), asks(transfer));
        assert_eq!(era(&bench, n(2)), term, "{knobs:?} {later} ms {transfer}");
        assert_eq!(bench.flights.is_empty(), term == 1, "ignored, not refused");
    }
    // The leader hears itself.
    let mut bench = led(3, &[CHECKQUORUM]);
    bench.pass(Span::secs(9));
    bench.receive(n(3), n(1), asks(false));
    assert_eq!((bench.role(n(1)), era(&bench, n(1))), (Role::Leader, 1));
}

/// Reference: [etcd-raft §checkquorum]: a node stuck in a later term is heard all the same: its
/// refusal deposes the leader, and an election brings it back.
#[wasm_bindgen_test(unsupported = test)]
fn s6_2_a_later_term_gets_through_by_refusals() {
    let mut bench = led(3, &[CHECKQUORUM]);
    elect(&mut bench, n(3), &[]);
    assert_eq!(era(&bench, n(3)), 2);
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!((bench.role(n(1)), era(&bench, n(1))), (Role::Follower, 2));
}

/// Reference: [etcd-raft §prevote with checkquorum]: who hears a leader would not vote either; with
/// PreVote alone it would.
#[wasm_bindgen_test(unsupported = test)]
fn s9_6_a_heard_leader_counts_with_checkquorum_only() {
    for (knobs, term) in [(&[PREVOTE][..], 2), (&[PREVOTE, CHECKQUORUM][..], 1)] {
        let mut bench = led(3, knobs);
        bench.fire(n(3), Timer::Election);
        bench.settle(&[n(2), n(3)]);
        assert_eq!(era(&bench, n(3)), term, "{knobs:?}");
    }
}

/// The preferred node goes first; the others let it once, and not for ever.
#[wasm_bindgen_test(unsupported = test)]
fn others_give_way_to_the_preferred_node_once() {
    let mut bench: Bench<Raft> = Bench::new(3, &[("prefer", KnobValue::Count(2))]);
    bench.fire(n(1), Timer::Election);
    assert!(bench.flights.is_empty());
    assert!(bench.marks.contains(&(n(1), "give-way")));
    assert!(bench.armed[0].contains_key(&Timer::Election));
    bench.fire(n(1), Timer::Election);
    assert_eq!(bench.flights.len(), 2);
    bench.flights.clear();
    bench.fire(n(2), Timer::Election);
    bench.settle(&bench.all());
    // It has heard a leader since: it gives way again.
    bench.flights.clear();
    bench.fire(n(1), Timer::Election);
    assert!(bench.flights.is_empty());
    put(&mut bench, n(2), 1, "1");
    assert!(!bench.flights.is_empty());
}
