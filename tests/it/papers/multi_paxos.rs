//! Sentences on Multi-Paxos, one test each: *Paxos Made Simple* [lamport01 §3], *Flexible Paxos*
//! [howard16 §3], *Paxos Made Live* [chandra07 §5.2].

use std::sync::Arc;

use quorate::kernel::{Change, Fact, KnobValue, NodeId, Op, Outcome, Role, Word};
use quorate::protocol::multi_paxos::{Command, Msg, MultiPaxos, Timer, Vote};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, Flight, n, request, word};

type Settings<'a> = &'a [(&'a str, KnobValue)];

fn bench(nodes: usize, knobs: Settings<'_>) -> Bench<MultiPaxos> {
    Bench::new(nodes, knobs)
}

fn count(number: u64) -> KnobValue {
    KnobValue::Count(number)
}

/// Makes `id` leader with whoever answers.
fn elect(bench: &mut Bench<MultiPaxos>, id: NodeId) {
    bench.fire(id, Timer::Election);
    bench.settle(&bench.all());
    assert_eq!(bench.role(id), Role::Leader);
}

fn put(bench: &mut Bench<MultiPaxos>, id: NodeId, serial: u64, value: &str) {
    bench.ask(id, request(0, serial, Op::Put(word("x"), word(value))));
}

fn change(bench: &mut Bench<MultiPaxos>, id: NodeId, serial: u64, change: Change) {
    bench.ask(id, request(9, serial, Op::Change(change)));
}

fn kind(flight: &Flight<MultiPaxos>) -> &'static str {
    quorate::kernel::Payload::face(&flight.msg).name
}

fn kinds(bench: &Bench<MultiPaxos>) -> Vec<&'static str> {
    bench.flights.iter().map(kind).collect()
}

/// Slots and words of the commands that `to` is asked to accept.
fn asked(bench: &Bench<MultiPaxos>, to: NodeId) -> Vec<(u64, Word)> {
    let mut found = Vec::new();
    for flight in bench.flights.iter().filter(|flight| flight.to == to) {
        if let Msg::Accept { proposals, .. } = &flight.msg {
            found.extend(proposals.iter().map(|(slot, command)| (*slot, command.word())));
        }
    }
    found
}

fn words(values: &[(u64, &str)]) -> Vec<(u64, Word)> {
    values.iter().map(|(slot, value)| (*slot, word(value))).collect()
}

fn applied(bench: &Bench<MultiPaxos>, id: NodeId) -> Vec<(u64, Word)> {
    let facts = bench.facts.iter().filter(|(node, _)| *node == id);
    facts
        .filter_map(|(_, fact)| match fact {
            Fact::Applied { slot, value } => Some((*slot, *value)),
            _ => None,
        })
        .collect()
}

/// Reference: [lamport01 §3]: the leader executes phase 1 for infinitely many instances with one
/// short message; each command then needs phase 2 only.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_one_phase_1_serves_all_slots() {
    let mut bench = bench(5, &[]);
    bench.fire(n(1), Timer::Election);
    assert_eq!(kinds(&bench), ["Prepare"; 4]);
    bench.settle(&bench.all());
    for serial in 1..=3 {
        put(&mut bench, n(1), serial, "v");
        let prepares = kinds(&bench).iter().filter(|kind| **kind == "Prepare").count();
        assert_eq!((prepares, asked(&bench, n(2)).len()), (0, 1), "command {serial}");
        bench.settle(&bench.all());
    }
    assert_eq!(applied(&bench, n(5)).len(), 3);
}

/// Reference: [lamport01 §3], the example of the new leader that knows commands 1-134, 138 and 139
/// (here 1, 5 and 6), finds proposals constraining 135 and 140 (here 2 and 7), and closes 136 and
/// 137 (here 3 and 4) with no-ops.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_a_new_leader_adopts_what_is_reported_and_fills_gaps_with_no_ops() {
    let knows: &[(&str, &str)] = &[("log", "3*.-.-.-.3*.3*")];
    let other: &[(&str, &str)] = &[("log", "3*.3.-.-.3.3.3")];
    let mut bench: Bench<MultiPaxos> = Bench::given(&[knows, other, other], &[]);
    bench.fire(n(1), Timer::Election);
    let Msg::Prepare { from, .. } = bench.flights[0].msg else { panic!("no Prepare") };
    assert_eq!(from, 2);
    bench.deliver(|flight| flight.to == n(2));
    bench.deliver(|flight| flight.from == n(2));
    let expected = words(&[(2, "e2b3"), (3, "no-op"), (4, "no-op"), (7, "e7b3")]);
    assert_eq!(asked(&bench, n(2)), expected);
    bench.settle(&bench.all());
    put(&mut bench, n(1), 1, "new");
    assert_eq!(asked(&bench, n(2)), words(&[(8, "x=new")]));
    bench.settle(&bench.all());
    assert_eq!(applied(&bench, n(3)), applied(&bench, n(1)));
}

/// Reference: [lamport01 §2.2], applied per slot: of all reports the highest ballot counts.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_2_the_highest_ballot_counts_for_each_slot() {
    for order in [[2, 3], [3, 2]] {
        let disks: [&[(&str, &str)]; 5] =
            [&[], &[("log", "6.8")], &[("log", "9.7")], &[("log", "-")], &[("log", "-")]];
        let mut bench: Bench<MultiPaxos> = Bench::given(&disks, &[]);
        bench.fire(n(1), Timer::Election);
        // A ballot above all promises, so that nobody refuses.
        bench.settle(&bench.all());
        bench.flights.clear();
        bench.fire(n(1), Timer::Election);
        for from in order {
            bench.deliver(|flight| flight.to == n(from));
            bench.deliver(|flight| flight.from == n(from));
        }
        assert_eq!(asked(&bench, n(4)), words(&[(1, "e1b9"), (2, "e2b8")]), "{order:?}");
    }
}

/// Reference: [lamport01 §2.2]: accepting in one slot promises for all of them.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_2_accepting_promises_too_in_every_slot() {
    let mut bench = bench(3, &[]);
    let proposals: Arc<[(u64, Command)]> = Arc::new([(1, Command::Noop)]);
    bench.receive(n(3), n(1), Msg::Accept { ballot: 8, proposals });
    bench.flights.clear();
    let proposals: Arc<[(u64, Command)]> = Arc::new([(2, Command::Noop)]);
    bench.receive(n(2), n(1), Msg::Accept { ballot: 7, proposals });
    bench.receive(n(2), n(1), Msg::Prepare { ballot: 7, from: 2 });
    let refused = Msg::Nack { ballot: 7, promised: 8 };
    assert_eq!(bench.between(n(1), n(2)), [&refused, &refused]);
}

/// Reference: [lamport01 §2.2], phase 1b: promises and acceptances survive a crash.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_2_an_acceptor_remembers_through_a_crash() {
    let mut bench = bench(3, &[]);
    bench.receive(n(2), n(1), Msg::Prepare { ballot: 4, from: 1 });
    let proposals: Arc<[(u64, Command)]> = Arc::new([(2, Command::Noop)]);
    bench.receive(n(2), n(1), Msg::Accept { ballot: 4, proposals });
    bench.crash(n(1));
    bench.restart(n(1));
    bench.flights.clear();
    bench.receive(n(3), n(1), Msg::Prepare { ballot: 3, from: 1 });
    bench.receive(n(3), n(1), Msg::Prepare { ballot: 5, from: 1 });
    let vote = Vote { slot: 2, ballot: 4, command: Command::Noop, chosen: false };
    let promise = Msg::Promise { ballot: 5, votes: Arc::new([vote]) };
    assert_eq!(bench.between(n(1), n(3)), [&Msg::Nack { ballot: 3, promised: 4 }, &promise]);
}

/// Reference: [lamport01 §2.3]: a value is chosen when a majority accepted it in one ballot; the
/// same value in two ballots is not.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_3_acceptances_are_counted_by_ballot_and_by_acceptor() {
    let mut bench = bench(5, &[]);
    elect(&mut bench, n(1));
    let Msg::Commit { ballot, .. } = commit_of(&mut bench, n(1)) else { panic!("no Commit") };
    put(&mut bench, n(1), 1, "v");
    let accepted = |ballot| Msg::Accepted { ballot, slots: Arc::new([1]) };
    for _ in 0..3 {
        bench.receive(n(2), n(1), accepted(ballot));
        bench.receive(n(3), n(1), accepted(ballot - 1));
    }
    assert_eq!(bench.chosen(n(1)), []);
    bench.receive(n(3), n(1), accepted(ballot));
    assert_eq!(bench.chosen(n(1)), words(&[(1, "x=v")]));
}

fn commit_of(bench: &mut Bench<MultiPaxos>, id: NodeId) -> Msg {
    bench.flights.clear();
    bench.fire(id, Timer::Heartbeat);
    let msg = bench.flights.last().expect("a heartbeat").msg.clone();
    bench.flights.clear();
    msg
}

/// Reference: [lamport01 §3]: a leader can get at most alpha commands ahead.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_the_leader_is_at_most_alpha_slots_ahead() {
    let mut bench = bench(3, &[("alpha", count(2))]);
    elect(&mut bench, n(1));
    for client in 0..4 {
        bench.ask(n(1), request(client, 1, Op::Put(word("x"), word("v"))));
    }
    let slots = |bench: &Bench<MultiPaxos>| -> Vec<u64> {
        asked(bench, n(2)).iter().map(|(slot, _)| *slot).collect()
    };
    assert_eq!(slots(&bench), [1, 2]);
    bench.deliver(|flight| flight.to == n(2));
    bench.deliver(|flight| flight.from == n(2));
    assert_eq!(slots(&bench), [3, 4]);
}

/// Reference: [lamport01 §3]: slots are chosen in any order, and executed in the order of the log.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_commands_are_executed_in_order_though_chosen_in_any() {
    let mut bench = bench(3, &[]);
    elect(&mut bench, n(1));
    put(&mut bench, n(1), 1, "a");
    let first = bench.flights.clone();
    bench.flights.clear();
    bench.ask(n(1), request(1, 1, Op::Put(word("x"), word("b"))));
    bench.settle(&bench.all());
    assert_eq!(bench.chosen(n(1)), words(&[(2, "x=b")]));
    assert_eq!(applied(&bench, n(1)), []);
    bench.flights = first;
    bench.settle(&bench.all());
    assert_eq!(applied(&bench, n(1)), words(&[(1, "x=a"), (2, "x=b")]));
    assert_eq!(bench.replies.len(), 2);
}

/// Reference: [lamport01 §3]: the servers that execute instance i + alpha are decided by the state
/// after command i; before, the old ones count, and afterwards only the new ones.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_a_change_of_members_is_in_force_alpha_slots_later() {
    let mut bench = bench(4, &[("members", count(3)), ("alpha", count(3))]);
    elect(&mut bench, n(1));
    assert_eq!(bench.field(n(1), "acceptors"), "n1 n2 n3");
    change(&mut bench, n(1), 1, Change::Add(n(4)));
    // The first three acceptors decide slots 1 to 3; the leader hurries there with no-ops.
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(1), "chosen"), "3");
    assert_eq!(bench.field(n(1), "acceptors"), "n1 n2 n3 n4");
    assert_eq!(bench.replies.last().map(|it| it.2), Some(Outcome::Done(None)));
    // Three of four are a majority now, and two are none.
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    put(&mut bench, n(1), 1, "v");
    bench.deliver(|flight| flight.to == n(4));
    bench.deliver(|flight| flight.from == n(4));
    assert_eq!(bench.field(n(1), "chosen"), "3");
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(4), "chosen"), "4");
    assert_eq!(applied(&bench, n(4)), applied(&bench, n(1)));
}

/// Reference: [lamport01 §3] with [lamport01 §2.2]: a slot needs the promises of its own acceptors,
/// also of those who joined after the election.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_acceptors_that_join_have_to_promise_first() {
    let knobs = [("members", count(1)), ("alpha", count(1))];
    let mut bench = bench(2, &knobs);
    bench.fire(n(1), Timer::Election);
    change(&mut bench, n(1), 1, Change::Add(n(2)));
    bench.flights.clear();
    assert_eq!(bench.field(n(1), "acceptors"), "n1 n2");
    put(&mut bench, n(1), 1, "v");
    assert_eq!(asked(&bench, n(2)), [], "n2 has not promised");
    bench.fire(n(1), Timer::Heartbeat);
    assert!(kinds(&bench).contains(&"Prepare"));
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(2), "chosen"), "2");
}

/// Reference: [lamport01 §3]: whoever is removed leads no longer, and the others go on.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_a_leader_that_is_removed_retires() {
    let mut bench = bench(3, &[("alpha", count(2))]);
    elect(&mut bench, n(1));
    change(&mut bench, n(1), 1, Change::Remove(n(1)));
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(1)), Role::Follower);
    bench.fire(n(1), Timer::Election);
    assert!(kinds(&bench).iter().all(|kind| *kind == "Learn"), "it does not campaign");
    bench.settle(&bench.all());
    assert!(bench.flights.is_empty(), "and whoever is not behind leaves it at that");
    elect(&mut bench, n(2));
    put(&mut bench, n(2), 1, "v");
    bench.settle(&[n(2), n(3)]);
    assert_eq!(bench.field(n(2), "acceptors"), "n2 n3");
    assert_eq!(applied(&bench, n(3)).last(), Some(&(3, word("x=v"))));
}

/// A change that changes nothing, or leaves nobody, is refused by everyone alike.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_an_empty_change_is_refused() {
    let mut bench = bench(2, &[]);
    elect(&mut bench, n(1));
    for (serial, asked, outcome) in [
        (1, Change::Add(n(2)), Outcome::Refused),
        (2, Change::Learner(n(2)), Outcome::Done(None)),
        (3, Change::Remove(n(1)), Outcome::Refused),
        (4, Change::Transfer(n(1)), Outcome::Done(None)),
    ] {
        change(&mut bench, n(1), serial, asked);
        bench.settle(&bench.all());
        assert_eq!(bench.replies.last().map(|it| it.2), Some(outcome), "{asked}");
    }
    assert_eq!(bench.field(n(1), "acceptors"), "n1");
    // A learner votes on nothing and hears of everything.
    put(&mut bench, n(1), 1, "v");
    bench.settle(&bench.all());
    assert_eq!(applied(&bench, n(2)), applied(&bench, n(1)));
}

/// Leadership moves at once when the leader asks for it.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s3_a_leader_may_ask_another_to_lead() {
    let mut bench = bench(3, &[]);
    elect(&mut bench, n(1));
    change(&mut bench, n(1), 1, Change::Transfer(n(3)));
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(3)), Role::Leader);
    assert_eq!(bench.role(n(1)), Role::Follower);
}

/// Reference: [howard16 §3]: only quorums of different phases have to meet, so two of five may
/// accept if four promise.
#[wasm_bindgen_test(unsupported = test)]
fn howard16_s3_a_small_quorum_accepts_if_a_large_one_prepares() {
    let mut bench = bench(5, &[("q2", count(2))]);
    assert_eq!(bench.field(n(1), "quorums"), "4+2 of 5");
    bench.fire(n(1), Timer::Election);
    let three = [n(1), n(2), n(3)];
    bench.settle(&three);
    assert_eq!(bench.role(n(1)), Role::Candidate, "three promises are not enough");
    elect(&mut bench, n(1));
    put(&mut bench, n(1), 1, "v");
    bench.settle(&[n(1), n(2)]);
    assert_eq!(bench.chosen(n(1)), words(&[(1, "x=v")]), "two acceptances are");
}

/// Reference: [howard16 §3]: quorums that do not meet break agreement: nobody who promises has seen
/// what was chosen.
#[wasm_bindgen_test(unsupported = test)]
fn howard16_s3_quorums_that_do_not_meet_choose_two_values() {
    let mut bench = bench(4, &[("q1", count(2)), ("q2", count(2))]);
    assert_eq!(bench.field(n(1), "quorums"), "2+2 of 4 unsafe");
    for (leader, other, value) in [(n(1), n(2), "a"), (n(3), n(4), "b")] {
        bench.fire(leader, Timer::Election);
        bench.settle(&[leader, other]);
        put(&mut bench, leader, 1, value);
        bench.settle(&[leader, other]);
    }
    assert_eq!(bench.chosen(n(1)), words(&[(1, "x=a")]));
    assert_eq!(bench.chosen(n(3)), words(&[(1, "x=b")]));
}

/// Reference: [howard16 §5]: in a grid a column prepares and a row accepts; each column meets each
/// row.
#[wasm_bindgen_test(unsupported = test)]
fn howard16_s5_a_column_prepares_and_a_row_accepts() {
    // n1 n2 n3
    // n4 n5 n6
    let grid = [("quorum", KnobValue::Choice("grid")), ("rows", count(2))];
    let mut bench = bench(6, &grid);
    bench.fire(n(2), Timer::Election);
    bench.settle(&[n(1), n(2), n(3)]);
    assert_eq!(bench.role(n(2)), Role::Candidate, "a row is no quorum of this phase");
    bench.fire(n(2), Timer::Election);
    bench.settle(&[n(2), n(5)]);
    assert_eq!(bench.role(n(2)), Role::Leader);
    put(&mut bench, n(2), 1, "v");
    let accepts = bench.flights.clone();
    bench.settle(&[n(1), n(2), n(4), n(5)]);
    assert_eq!(bench.chosen(n(2)), [], "no row is whole");
    bench.flights = accepts;
    bench.settle(&[n(1), n(2), n(3)]);
    assert_eq!(bench.chosen(n(2)), words(&[(1, "x=v")]));
}

/// A last row that is not full meets not every column, so it is no quorum.
#[wasm_bindgen_test(unsupported = test)]
fn howard16_s5_a_row_with_a_hole_is_no_quorum() {
    // n1 n2 n3
    // n4 n5
    let grid = [("quorum", KnobValue::Choice("grid")), ("rows", count(2))];
    let mut bench = bench(5, &grid);
    bench.fire(n(4), Timer::Election);
    bench.settle(&[n(1), n(4)]);
    assert_eq!(bench.role(n(4)), Role::Leader);
    put(&mut bench, n(4), 1, "v");
    let accepts = bench.flights.clone();
    bench.settle(&[n(4), n(5)]);
    assert_eq!(bench.chosen(n(4)), []);
    bench.flights = accepts;
    bench.settle(&[n(1), n(2), n(3), n(4)]);
    assert_eq!(bench.chosen(n(4)), words(&[(1, "x=v")]));
}

/// Reference: [lamport01 §3] with [renesse15 §2]: two leaders may get one command chosen in two
/// slots; it is executed once.
#[wasm_bindgen_test(unsupported = test)]
fn renesse15_s2_a_command_in_two_slots_is_executed_once() {
    let mut bench = bench(3, &[]);
    elect(&mut bench, n(1));
    let twice = request(0, 1, Op::Add(word("x"), 1));
    let proposals: Arc<[(u64, Command)]> =
        Arc::new([(1, Command::Client(twice)), (2, Command::Client(twice))]);
    bench.receive(n(2), n(3), Msg::Accept { ballot: 10, proposals });
    bench.flights.clear();
    bench.receive(n(2), n(3), Msg::Commit { ballot: 10, upto: 2, round: 0 });
    assert_eq!(applied(&bench, n(3)).len(), 2);
    assert_eq!(bench.field(n(3), "store"), "x=1");
    assert!(bench.marks.contains(&(n(3), "skip-repeated")));
}

/// A request that was executed is answered again, and one at a node that does not lead is sent on.
#[wasm_bindgen_test(unsupported = test)]
fn renesse15_s2_repeated_and_misplaced_requests() {
    let mut bench = bench(3, &[]);
    bench.ask(n(2), request(0, 1, Op::Get(word("x"))));
    assert_eq!(bench.replies.last().map(|it| it.2), Some(Outcome::Redirect(None)));
    elect(&mut bench, n(1));
    bench.ask(n(2), request(0, 1, Op::Get(word("x"))));
    assert_eq!(bench.replies.last().map(|it| it.2), Some(Outcome::Redirect(Some(n(1)))));
    put(&mut bench, n(1), 1, "v");
    bench.settle(&bench.all());
    put(&mut bench, n(1), 1, "v");
    assert!(bench.flights.is_empty(), "it gets no second slot");
    let answers = bench.replies.iter().filter(|it| it.0 == n(1)).count();
    assert_eq!(answers, 2);
    bench.ask(n(1), request(0, 2, Op::Propose(word("A"))));
    assert_eq!(bench.replies.last().map(|it| it.2), Some(Outcome::Refused));
}

/// Reference: [lamport01 §2.3]: with acceptances sent to all learners everyone learns without being
/// told by the leader.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_3_every_learner_may_count() {
    let mut bench = bench(3, &[("learn", KnobValue::Choice("all"))]);
    elect(&mut bench, n(1));
    put(&mut bench, n(1), 1, "v");
    bench.deliver(|flight| kind(flight) == "Accept");
    bench.deliver(|flight| kind(flight) == "Accepted" && flight.to != n(1));
    assert_eq!(bench.chosen(n(2)), words(&[(1, "x=v")]));
    assert_eq!(bench.chosen(n(1)), []);
}

/// Reference: [lamport01 §2.3]: a learner that missed a choice finds out by asking.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_3_a_node_that_was_away_asks_for_what_it_missed() {
    let mut bench = bench(3, &[("batch", count(2))]);
    elect(&mut bench, n(1));
    for serial in 1..=5 {
        put(&mut bench, n(1), serial, "v");
        bench.settle(&[n(1), n(2)]);
    }
    assert_eq!(bench.field(n(3), "chosen"), "0");
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(3), "chosen"), "5");
    let told = bench.marks.iter().filter(|mark| **mark == (n(1), "tell")).count();
    assert_eq!(told, 3, "two slots at a time");
}

/// What was chosen is on disk: a node that restarts executes it again without asking anybody.
#[wasm_bindgen_test(unsupported = test)]
fn lamport98_s3_1_a_ledger_survives_a_crash() {
    let mut bench = bench(3, &[]);
    elect(&mut bench, n(1));
    put(&mut bench, n(1), 1, "v");
    bench.settle(&bench.all());
    bench.crash(n(2));
    bench.restart(n(2));
    assert_eq!(bench.field(n(2), "chosen"), "1");
    assert_eq!(bench.field(n(2), "store"), "x=v");
}

/// Reference: [chandra07 §5.2]: while it has the lease the leader reads its own copy; the lease
/// needs a quorum.
#[wasm_bindgen_test(unsupported = test)]
fn chandra07_s5_2_a_leader_with_the_lease_reads_alone() {
    let mut bench = bench(3, &[("lease", KnobValue::Switch(true))]);
    elect(&mut bench, n(1));
    put(&mut bench, n(1), 1, "v");
    bench.settle(&bench.all());
    bench.replies.clear();
    bench.ask(n(1), request(0, 2, Op::Get(word("x"))));
    assert!(bench.flights.is_empty());
    assert_eq!(bench.replies[0].2, Outcome::Done(Some(word("v"))));
}

/// Reference: [chandra07 §5.2]: as long as the lease lasts other replicas do not answer another
/// proposer.
#[wasm_bindgen_test(unsupported = test)]
fn chandra07_s5_2_nobody_promises_another_ballot_during_the_lease() {
    let mut bench = bench(3, &[("lease", KnobValue::Switch(true))]);
    elect(&mut bench, n(1));
    bench.receive(n(3), n(2), Msg::Prepare { ballot: 20, from: 1 });
    let promised = bench.field(n(2), "promised").parse().expect("a number");
    assert_eq!(bench.between(n(2), n(3)), [&Msg::Nack { ballot: 20, promised }]);
    bench.flights.clear();
    bench.fire(n(2), Timer::Election);
    assert!(bench.flights.is_empty(), "whoever granted it does not campaign");
    // One that restarts does not know any more, and keeps to it.
    bench.crash(n(2));
    bench.restart(n(2));
    bench.receive(n(3), n(2), Msg::Prepare { ballot: 20, from: 1 });
    assert_eq!(bench.between(n(2), n(3)), [&Msg::Nack { ballot: 20, promised }]);
}

/// A leader without a quorum of grants puts reads into the log like everything else.
#[wasm_bindgen_test(unsupported = test)]
fn chandra07_s5_2_without_a_quorum_of_grants_reads_go_through_the_log() {
    let mut bench = bench(3, &[("lease", KnobValue::Switch(true))]);
    bench.fire(n(1), Timer::Election);
    bench.deliver(|flight| kind(flight) == "Prepare");
    bench.deliver(|flight| kind(flight) == "Promise");
    assert_eq!(bench.role(n(1)), Role::Leader);
    bench.ask(n(1), request(0, 1, Op::Get(word("x"))));
    assert_eq!(bench.replies, []);
    assert_eq!(asked(&bench, n(2)), words(&[(1, "get x")]));
}

/// Reference: [lamport01 §2.5]: one process plays every role, so a cluster of one decides alone.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_5_one_node_chooses_without_a_message() {
    let mut bench = bench(1, &[]);
    bench.fire(n(1), Timer::Election);
    put(&mut bench, n(1), 1, "v");
    assert!(bench.flights.is_empty());
    assert_eq!(bench.replies[0].2, Outcome::Done(None));
}

/// Reference: [lamport01 §2.4]: a leader that learns of a higher ballot abandons its own.
#[wasm_bindgen_test(unsupported = test)]
fn lamport01_s2_4_a_leader_that_is_outrun_gives_up() {
    let mut bench = bench(3, &[]);
    elect(&mut bench, n(1));
    let Msg::Commit { ballot, .. } = commit_of(&mut bench, n(1)) else { panic!("no Commit") };
    bench.receive(n(2), n(1), Msg::Nack { ballot: ballot - 1, promised: 99 });
    assert_eq!(bench.role(n(1)), Role::Leader, "the refusal of an earlier ballot");
    bench.receive(n(2), n(1), Msg::Nack { ballot, promised: 99 });
    assert_eq!(bench.role(n(1)), Role::Follower);
    bench.fire(n(1), Timer::Election);
    let Msg::Prepare { ballot, .. } = bench.flights[0].msg else { panic!("no Prepare") };
    assert!(ballot > 99);
}
