//! Sentences of *Paxos Made Simple* [lamport01], one test each.

use quorate::kernel::{Fact, KnobValue, Node, NodeId, Op, Outcome, Role, Word};
use quorate::protocol::paxos::{Msg, Paxos, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, n, request, word};

fn bench(nodes: usize) -> Bench<Paxos> {
    Bench::new(nodes, &[])
}

fn propose(bench: &mut Bench<Paxos>, node: NodeId, value: &str) {
    bench.ask(node, request(node.0, 1, Op::Propose(word(value))));
}

fn kind(msg: &Msg) -> &'static str {
    quorate::kernel::Payload::face(msg).name
}

fn chosen_everywhere(bench: &Bench<Paxos>) -> Vec<Word> {
    let mut values: Vec<Word> =
        bench.all().into_iter().flat_map(|id| bench.chosen(id)).map(|(_, value)| value).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Reference: section 2.2, phases 1 and 2, and section 2.3: a lone proposer gets its value chosen.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_a_lone_proposal_is_chosen_and_everyone_learns_it() {
    let mut bench = bench(5);
    propose(&mut bench, n(2), "A");
    bench.settle(&bench.all());
    for id in bench.all() {
        assert_eq!(bench.chosen(id), [(1, word("A"))]);
    }
    let done = Outcome::Done(Some(word("A")));
    assert_eq!(bench.replies.iter().map(|reply| reply.2).collect::<Vec<_>>(), [done]);
}

/// Reference: section 2.5: one process may play every role, so a cluster of one decides alone.
#[wasm_bindgen_test(unsupported = test)]
fn s2_5_one_node_chooses_without_a_message() {
    let mut bench = bench(1);
    propose(&mut bench, n(1), "A");
    assert!(bench.flights.is_empty());
    assert_eq!(bench.chosen(n(1)), [(1, word("A"))]);
    assert_eq!(bench.replies[0].2, Outcome::Done(Some(word("A"))));
}

/// Reference: section 2.2, P1b: an acceptor answers a prepare request only above what it promised.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_promise_only_upwards() {
    let mut bench = bench(3);
    for (ballot, answer) in [(7, "Promise"), (4, "Nack"), (7, "Promise"), (10, "Promise")] {
        bench.receive(n(2), n(1), Msg::Prepare { ballot });
        let sent = bench.flights.pop().expect("an answer");
        assert_eq!(kind(&sent.msg), answer, "ballot {ballot}");
    }
    assert_eq!(bench.field(n(1), "promised"), "10");
}

/// Reference: section 2.2, P1a and phase 2b: an acceptor accepts unless it promised a higher
/// number.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_accept_unless_a_higher_ballot_is_promised() {
    let mut bench = bench(3);
    bench.receive(n(2), n(1), Msg::Prepare { ballot: 7 });
    bench.flights.clear();
    bench.receive(n(3), n(1), Msg::Accept { ballot: 5, value: word("old") });
    assert_eq!(bench.flights[0].msg, Msg::Nack { ballot: 5, promised: 7 });
    assert_eq!(bench.field(n(1), "accepted"), "-");
    bench.receive(n(2), n(1), Msg::Accept { ballot: 7, value: word("new") });
    assert_eq!(bench.field(n(1), "accepted"), "7: new");
}

/// Reference: section 2.2: accepting a proposal numbered n also means never to accept less than n.
/// An acceptor that forgets this lets a late, lower proposal overwrite a newer one.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_accepting_promises_too() {
    let mut bench = bench(3);
    bench.receive(n(3), n(1), Msg::Accept { ballot: 8, value: word("B") });
    assert_eq!(bench.field(n(1), "promised"), "8");
    bench.flights.clear();
    bench.receive(n(2), n(1), Msg::Accept { ballot: 7, value: word("A") });
    assert_eq!(bench.flights[0].msg, Msg::Nack { ballot: 7, promised: 8 });
    bench.receive(n(2), n(1), Msg::Prepare { ballot: 7 });
    assert_eq!(bench.flights[1].msg, Msg::Nack { ballot: 7, promised: 8 });
    assert_eq!(bench.field(n(1), "accepted"), "8: B");
}

/// Reference: section 2.2, phase 2a: the value is that of the highest-numbered proposal reported,
/// not the newest report and not the lowest.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_the_highest_reported_proposal_is_adopted() {
    for order in [[2, 3], [3, 2]] {
        let mut bench = bench(5);
        propose(&mut bench, n(1), "mine");
        let Msg::Prepare { ballot } = bench.flights[0].msg else { panic!("no Prepare") };
        bench.flights.clear();
        for from in order {
            let accepted = [None, None, Some((2, word("low"))), Some((3, word("high")))][from];
            bench.receive(n(from as u32), n(1), Msg::Promise { ballot, accepted });
        }
        assert_eq!(bench.flights[0].msg, Msg::Accept { ballot, value: word("high") });
        assert!(bench.marks.contains(&(n(1), "adopt")));
        let own = Fact::Proposed { slot: 1, value: word("mine") };
        assert!(!bench.facts.contains(&(n(1), own)));
    }
}

/// Reference: section 2.2, phase 2a: only if the responses report no proposals is any value free.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_a_free_proposer_proposes_its_own_value() {
    let mut bench = bench(3);
    propose(&mut bench, n(1), "mine");
    bench.deliver(|flight| flight.to == n(2));
    bench.deliver(|flight| flight.from == n(2));
    let accept = bench.flights.iter().rfind(|flight| kind(&flight.msg) == "Accept");
    let Some(Msg::Accept { value, .. }) = accept.map(|flight| flight.msg.clone()) else {
        panic!("no Accept")
    };
    assert_eq!(value, word("mine"));
}

/// Reference: section 2.2: a majority of *acceptors* must answer; a repeated answer is one
/// acceptor.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_promises_are_counted_by_acceptor_and_by_ballot() {
    let mut bench = bench(5);
    propose(&mut bench, n(1), "A");
    let Msg::Prepare { ballot } = bench.flights[0].msg else { panic!("no Prepare") };
    for _ in 0..3 {
        bench.receive(n(2), n(1), Msg::Promise { ballot, accepted: None });
        bench.receive(n(3), n(1), Msg::Promise { ballot: ballot - 1, accepted: None });
    }
    assert_eq!(bench.role(n(1)), Role::Candidate);
    bench.receive(n(4), n(1), Msg::Promise { ballot, accepted: None });
    assert_eq!(bench.role(n(1)), Role::Leader);
}

/// Reference: section 2.2, one value per proposal number: promises after the majority change
/// nothing.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_a_late_promise_does_not_change_the_value() {
    let mut bench = bench(5);
    propose(&mut bench, n(1), "A");
    let Msg::Prepare { ballot } = bench.flights[0].msg else { panic!("no Prepare") };
    bench.flights.clear();
    bench.receive(n(2), n(1), Msg::Promise { ballot, accepted: None });
    bench.receive(n(3), n(1), Msg::Promise { ballot, accepted: None });
    assert_eq!(bench.flights.len(), 4);
    bench.receive(n(4), n(1), Msg::Promise { ballot, accepted: Some((2, word("B"))) });
    assert_eq!(bench.flights.len(), 4);
    assert!(
        bench
            .flights
            .iter()
            .all(|flight| { flight.msg == Msg::Accept { ballot, value: word("A") } })
    );
}

/// Reference: section 2.3: a value is chosen when a majority accepted the same proposal. The same
/// value in two ballots is not one.
#[wasm_bindgen_test(unsupported = test)]
fn s2_3_learners_count_one_ballot() {
    let mut bench = bench(5);
    let value = word("A");
    for (from, ballot) in [(2, 6), (3, 7), (4, 8), (2, 6)] {
        bench.receive(n(from), n(1), Msg::Accepted { ballot, value });
    }
    assert!(bench.chosen(n(1)).is_empty());
    bench.receive(n(2), n(1), Msg::Accepted { ballot: 8, value });
    assert!(bench.chosen(n(1)).is_empty());
    // An old report that comes late does not take the newer one back.
    bench.receive(n(4), n(1), Msg::Accepted { ballot: 5, value });
    bench.receive(n(3), n(1), Msg::Accepted { ballot: 8, value });
    assert_eq!(bench.chosen(n(1)), [(1, value)]);
}

/// Reference: section 2.1, P2: once a value is chosen, every higher proposal has it, whoever makes
/// it.
#[wasm_bindgen_test(unsupported = test)]
fn s2_1_a_later_proposer_keeps_the_chosen_value() {
    let mut bench = bench(5);
    propose(&mut bench, n(1), "A");
    // A is accepted by n1, n2, n3, but nobody outside hears of it.
    bench.deliver(|flight| flight.to == n(2) || flight.to == n(3));
    bench.deliver(|flight| flight.to == n(1));
    bench.deliver(|flight| {
        kind(&flight.msg) == "Accept" && (flight.to == n(2) || flight.to == n(3))
    });
    bench.flights.clear();
    bench.crash(n(1));
    bench.crash(n(2));
    propose(&mut bench, n(5), "B");
    bench.settle(&[n(3), n(4), n(5)]);
    if bench.chosen(n(5)).is_empty() {
        // It was outrun by the ballot of n1 and pauses first.
        bench.fire(n(5), Timer::Retry);
        bench.settle(&[n(3), n(4), n(5)]);
    }
    assert_eq!(chosen_everywhere(&bench), [word("A")]);
    assert_eq!(bench.replies.last().map(|reply| reply.2), Some(Outcome::Done(Some(word("A")))));
}

/// Reference: section 2.5: an acceptor remembers promises and proposals through a failure.
#[wasm_bindgen_test(unsupported = test)]
fn s2_5_promise_and_acceptance_survive_a_crash() {
    let mut bench = bench(3);
    bench.receive(n(3), n(1), Msg::Accept { ballot: 5, value: word("A") });
    bench.receive(n(2), n(1), Msg::Prepare { ballot: 7 });
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(bench.field(n(1), "promised"), "7");
    bench.flights.clear();
    bench.receive(n(2), n(1), Msg::Prepare { ballot: 10 });
    let accepted = Some((5, word("A")));
    assert_eq!(bench.flights[0].msg, Msg::Promise { ballot: 10, accepted });
}

/// Reference: section 2.5: proposals of different proposers have different numbers, and a proposer
/// begins above every number it used, also before a crash.
#[wasm_bindgen_test(unsupported = test)]
fn s2_5_ballots_are_disjoint_and_never_reused() {
    let mut seen = Vec::new();
    let mut bench = bench(3);
    for round in 0..4 {
        for id in bench.all() {
            bench.crash(id);
            bench.restart(id);
            bench.flights.clear();
            bench.ask(id, request(id.0, round + 1, Op::Propose(word("A"))));
            let Msg::Prepare { ballot } = bench.flights[0].msg else { panic!("no Prepare") };
            assert_eq!(ballot % 3, u64::from(id.0));
            seen.push(ballot);
            // The question is lost.
            bench.flights.clear();
        }
    }
    let mut distinct = seen.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), seen.len());
}

/// Reference: section 2.4: two proposers that keep outrunning each other get nothing chosen.
/// Delivery in the order of sending is enough if neither backs off.
#[wasm_bindgen_test(unsupported = test)]
fn s2_4_duelling_proposers_without_back_off_do_not_end() {
    let mut bench: Bench<Paxos> = Bench::new(3, &[("backoff", KnobValue::Switch(false))]);
    propose(&mut bench, n(1), "A");
    propose(&mut bench, n(2), "B");
    for _ in 0..200 {
        assert!(bench.deliver(|_| true) > 0);
    }
    assert!(chosen_everywhere(&bench).is_empty());
    let ballot: u64 = bench.field(n(1), "promised").parse().expect("a number");
    assert!(ballot > 200, "the ballots keep growing: {ballot}");
}

/// Reference: section 2.4: progress needs one proposer to be left alone for a while, which
/// back-off gives.
#[wasm_bindgen_test(unsupported = test)]
fn s2_4_a_proposer_that_backs_off_lets_the_other_finish() {
    let mut bench = bench(3);
    propose(&mut bench, n(1), "A");
    propose(&mut bench, n(2), "B");
    bench.settle(&bench.all());
    if chosen_everywhere(&bench).is_empty() {
        bench.fire(n(1), Timer::Retry);
        bench.settle(&bench.all());
    }
    assert_eq!(chosen_everywhere(&bench).len(), 1);
    assert_eq!(bench.replies.len(), 2);
}

/// Reference: section 2.2: a proposer may abandon a proposal; the refusal of an old one is no
/// reason.
#[wasm_bindgen_test(unsupported = test)]
fn s2_2_a_stale_refusal_is_ignored() {
    let mut bench = bench(3);
    propose(&mut bench, n(1), "A");
    bench.fire(n(1), Timer::Retry);
    let Some(Msg::Prepare { ballot }) = bench.flights.last().map(|flight| flight.msg.clone())
    else {
        panic!("no Prepare")
    };
    bench.receive(n(2), n(1), Msg::Nack { ballot: 3, promised: 4 });
    assert_eq!(bench.role(n(1)), Role::Candidate);
    bench.receive(n(2), n(1), Msg::Nack { ballot, promised: 100 });
    assert_eq!(bench.role(n(1)), Role::Follower);
    bench.flights.clear();
    bench.fire(n(1), Timer::Retry);
    let Msg::Prepare { ballot } = bench.flights[0].msg else { panic!("no Prepare") };
    assert!(ballot > 100, "the next ballot passes the one that refused: {ballot}");
}

/// Reference: section 2.3: a learner that missed the acceptances finds out by asking.
#[wasm_bindgen_test(unsupported = test)]
fn s2_3_a_restarted_learner_asks() {
    let mut bench = bench(3);
    propose(&mut bench, n(1), "A");
    bench.settle(&bench.all());
    bench.crash(n(3));
    bench.restart(n(3));
    bench.settle(&bench.all());
    assert_eq!(bench.chosen(n(3)), [(1, word("A")), (1, word("A"))]);
}

/// Reference: section 2.3: reports of acceptors that do not know the choice themselves are enough
/// together.
#[wasm_bindgen_test(unsupported = test)]
fn s2_3_a_choice_nobody_remembers_is_learned_again() {
    let mut bench = bench(3);
    propose(&mut bench, n(1), "A");
    bench.settle(&bench.all());
    for id in bench.all() {
        bench.crash(id);
    }
    bench.flights.clear();
    for id in bench.all() {
        bench.restart(id);
    }
    assert!(bench.all().into_iter().all(|id| bench.field(id, "chosen") == "-"));
    bench.settle(&bench.all());
    for id in bench.all() {
        assert_eq!(bench.field(id, "chosen"), "A");
    }
}

/// Reference: section 2.3: a learner may have a proposer issue a proposal to find out. Here A is
/// chosen in ballot 3 by n1 and n2, n2 went on to ballot 5, and no report shows a majority any
/// more.
#[wasm_bindgen_test(unsupported = test)]
fn s2_3_a_learner_finds_out_with_a_ballot_of_its_own() {
    let disks: [&[(&str, &str)]; 3] = [&[("accepted", "3:A")], &[("accepted", "5:A")], &[]];
    let mut bench: Bench<Paxos> = Bench::given(&disks, &[]);
    bench.settle(&bench.all());
    assert!(chosen_everywhere(&bench).is_empty());
    bench.fire(n(2), Timer::Ask);
    bench.settle(&bench.all());
    for id in bench.all() {
        assert_eq!(bench.chosen(id), [(1, word("A"))]);
    }
    // With nothing accepted anywhere there is nothing to find out, and no value is invented.
    let mut bench: Bench<Paxos> = Bench::new(3, &[]);
    bench.receive(n(3), n(1), Msg::Accepted { ballot: 5, value: word("gone") });
    bench.fire(n(1), Timer::Ask);
    bench.settle(&[n(1), n(2)]);
    assert!(chosen_everywhere(&bench).is_empty());
    assert_eq!(bench.role(n(1)), Role::Follower);
}

/// A node that was cut off all the time asks somebody now and then, and is told.
#[wasm_bindgen_test(unsupported = test)]
fn a_node_that_heard_nothing_learns_by_asking() {
    let mut bench = bench(3);
    propose(&mut bench, n(1), "A");
    bench.settle(&[n(1), n(2)]);
    assert!(bench.chosen(n(3)).is_empty());
    bench.fire(n(3), Timer::Ask);
    bench.settle(&bench.all());
    assert_eq!(bench.chosen(n(3)), [(1, word("A"))]);
}

/// A request may be repeated, before the choice and after it.
#[wasm_bindgen_test(unsupported = test)]
fn a_repeated_request_is_answered_once_before_and_again_after() {
    let mut bench = bench(3);
    let ask = request(0, 1, Op::Put(word("x"), word("A")));
    bench.ask(n(1), ask);
    bench.ask(n(1), ask);
    bench.settle(&bench.all());
    assert_eq!(bench.replies.len(), 1);
    bench.ask(n(1), ask);
    bench.ask(n(2), request(1, 1, Op::Propose(word("B"))));
    bench.ask(n(2), request(1, 2, Op::Get(word("x"))));
    let outcomes: Vec<Outcome> = bench.replies.iter().map(|reply| reply.2).collect();
    let done = Outcome::Done(Some(word("A")));
    assert_eq!(outcomes, [done, done, done, Outcome::Refused]);
}

/// A `given` disk is read, told once, and refused with a reason.
#[wasm_bindgen_test(unsupported = test)]
fn a_given_disk_is_what_the_acceptor_remembers() {
    let bench: Bench<Paxos> =
        Bench::given(&[&[("promised", "4"), ("accepted", "3:A")], &[], &[]], &[]);
    assert_eq!(bench.field(n(1), "promised"), "4");
    assert_eq!(bench.field(n(1), "accepted"), "3: A");
    assert_eq!(bench.facts[0], (n(1), Fact::Entered { era: 4 }));
    assert!(bench.facts.contains(&(n(1), Fact::Proposed { slot: 1, value: word("A") })));
    for bad in [("promised", "x"), ("accepted", "3"), ("accepted", "3:"), ("vote", "n1")] {
        assert!(Paxos::given(&[bad]).is_err(), "{bad:?}");
    }
}
