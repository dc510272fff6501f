//! Reads that do not go through the log [ongaro14phd §6.4], and a leader that runs ahead
//! [ongaro14phd §10.2].

use quorate::kernel::{Change, KnobValue, NodeId, Op, Outcome, Ratio, Role, Span};
use quorate::protocol::raft::{Msg, Raft, Round, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n, request, word};
use super::{NO_NOOP, change, commit, elect, logs, name, put};

const INDEX: (&str, KnobValue) = ("reads", KnobValue::Choice("index"));
const LEASE: (&str, KnobValue) = ("reads", KnobValue::Choice("lease"));

fn led(nodes: usize, knobs: &[(&str, KnobValue)]) -> Bench<Raft> {
    let mut bench = Bench::new(nodes, knobs);
    bench.pass(Span::secs(1));
    bench.fire(n(1), Timer::Election);
    bench.settle(&bench.all());
    put(&mut bench, n(1), 1, "1");
    bench.settle(&bench.all());
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    bench.replies.clear();
    bench
}

fn get(bench: &mut Bench<Raft>, at: NodeId, serial: u64) {
    bench.ask(at, request(9, serial, Op::Get(word("x"))));
}

fn answers(bench: &Bench<Raft>) -> Vec<(NodeId, Outcome)> {
    bench.replies.iter().map(|(node, _, outcome)| (*node, *outcome)).collect()
}

fn found(value: &str) -> Outcome {
    Outcome::Done(Some(word(value)))
}

/// Reference: section 6.4, steps 1 to 4: the leader remembers what is committed, hears a majority,
/// and answers; nothing enters the log.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_a_read_waits_for_a_majority() {
    let mut bench = led(5, &[INDEX]);
    let length = bench.eras(n(1)).len();
    get(&mut bench, n(1), 1);
    assert!(answers(&bench).is_empty());
    bench.deliver(|flight| flight.to == n(2));
    bench.deliver(|flight| flight.from == n(2));
    assert!(answers(&bench).is_empty(), "two of five");
    bench.deliver(|flight| flight.to == n(3));
    bench.deliver(|flight| flight.from == n(3));
    assert_eq!(answers(&bench), [(n(1), found("1"))]);
    assert_eq!(bench.eras(n(1)).len(), length);
}

/// Reference: section 6.4, step 3: the round has to be a new one: echoes of an earlier round prove
/// nothing about now.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_an_earlier_round_proves_nothing() {
    let mut bench = led(3, &[INDEX]);
    get(&mut bench, n(1), 1);
    bench.deliver(|_| true);
    let echoes: Vec<_> = std::mem::take(&mut bench.flights);
    bench.ask(n(1), request(8, 1, Op::Get(word("x"))));
    bench.flights.clear();
    for flight in echoes {
        bench.receive(flight.from, flight.to, flight.msg);
    }
    assert_eq!(answers(&bench).len(), 1, "the first read only");
    // A lost round is repeated with the heartbeat.
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(answers(&bench).len(), 2);
}

/// Reference: section 6.4: a leader that was deposed and does not know it hears no majority, and
/// answers nothing.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_a_deposed_leader_answers_no_read() {
    let mut bench = led(3, &[INDEX]);
    elect(&mut bench, n(2), &[n(3)]);
    bench.settle(&[n(2), n(3)]);
    put(&mut bench, n(2), 2, "2");
    bench.settle(&[n(2), n(3)]);
    bench.replies.clear();
    get(&mut bench, n(1), 1);
    bench.settle(&bench.all());
    assert!(answers(&bench).is_empty());
    assert_eq!(bench.role(n(1)), Role::Follower);
}

/// Reference: section 6.4, step 1: a new leader first has to commit an entry of its term.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_a_new_leader_first_commits() {
    for knobs in [&[INDEX][..], &[INDEX, NO_NOOP][..]] {
        let mut bench = led(3, knobs);
        elect(&mut bench, n(2), &[n(3)]);
        bench.flights.clear();
        get(&mut bench, n(2), 1);
        let heartbeat = |msg: &Msg| name(msg) == "Heartbeat";
        assert!(!bench.flights.iter().any(|flight| heartbeat(&flight.msg)));
        for _ in 0..2 {
            bench.fire(n(2), Timer::Heartbeat);
            bench.settle(&[n(2), n(3)]);
        }
        assert_eq!(answers(&bench), [(n(2), found("1"))]);
    }
}

/// Reference: section 6.4: followers can serve reads: they ask the leader for its commit index, and
/// wait until they have applied as much.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_a_follower_asks_the_leader_and_answers_itself() {
    let mut bench = led(3, &[INDEX]);
    put(&mut bench, n(1), 2, "2");
    bench.settle(&bench.all());
    assert_eq!((commit(&bench, n(1)), commit(&bench, n(2))), (3, 2), "it does not know yet");
    bench.replies.clear();
    get(&mut bench, n(2), 1);
    assert_eq!(name(bench.between(n(2), n(1))[0]), "ReadIndex");
    bench.deliver(|_| true);
    bench.deliver(|_| true);
    bench.deliver(|_| true);
    assert_eq!(name(bench.between(n(1), n(2)).last().expect("an answer")), "ReadIndexResponse");
    bench.deliver(|flight| name(&flight.msg) == "ReadIndexResponse");
    let early = answers(&bench).first() == Some(&(n(2), found("1")));
    assert!(!early, "it has not applied what was committed");
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(answers(&bench), [(n(2), found("2"))]);
    // Who knows no leader sends the client away.
    bench.crash(n(3));
    bench.restart(n(3));
    get(&mut bench, n(3), 2);
    assert_eq!(answers(&bench).last(), Some(&(n(3), Outcome::Redirect(None))));
    // Writes are still the leader's.
    put(&mut bench, n(2), 3, "3");
    assert_eq!(answers(&bench).last(), Some(&(n(2), Outcome::Redirect(Some(n(1))))));
}

/// Reference: section 6.4.1: as long as a majority echoed a heartbeat less than an election timeout
/// over the drift bound ago, the leader answers at once.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_1_a_lease_lasts_for_an_election_time_over_the_bound() {
    // 150 ms over 1.0, 1.25 and 2.
    for (drift, lasts) in [(0, 150), (25, 120), (100, 75)] {
        let knobs = [LEASE, ("drift", KnobValue::Share(Ratio::percent(drift)))];
        for (later, at_once) in [(lasts - 1, true), (lasts, false)] {
            let mut bench = led(3, &knobs);
            bench.pass(Span::millis(later));
            get(&mut bench, n(1), 1);
            assert_eq!(answers(&bench).len() == 1, at_once, "{drift}% after {later} ms");
            bench.settle(&bench.all());
            assert_eq!(answers(&bench), [(n(1), found("1"))], "else by a round");
        }
    }
}

/// Reference: section 6.4.1: the lease begins when the heartbeat was sent, not when it was echoed.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_1_a_lease_begins_with_the_sending() {
    let mut bench = led(3, &[LEASE, ("drift", KnobValue::Share(Ratio::ZERO))]);
    bench.pass(Span::millis(100));
    bench.fire(n(1), Timer::Heartbeat);
    bench.pass(Span::millis(149));
    bench.settle(&bench.all());
    bench.pass(Span::millis(1));
    get(&mut bench, n(1), 1);
    assert!(answers(&bench).is_empty());
}

/// Reference: section 6.4.1 and section 3.10: a lease is given up before leadership is handed over,
/// since that makes servers vote early.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_1_no_lease_outlives_a_transfer() {
    let mut bench = led(3, &[LEASE]);
    change(&mut bench, n(1), 1, Change::Transfer(n(3)));
    bench.fire(n(1), Timer::Transfer);
    get(&mut bench, n(1), 1);
    assert!(answers(&bench).is_empty(), "the message may still arrive");
    bench.deliver(|flight| name(&flight.msg) == "TimeoutNow");
    bench.settle(&[n(2), n(3)]);
    assert_eq!(bench.role(n(3)), Role::Leader);
}

/// Reference: section 6.4.1: leases rest on voters that ignore candidates while they hear a leader;
/// a server that restarts may have heard one.
#[wasm_bindgen_test(unsupported = test)]
fn s6_4_1_voters_keep_the_promise_leases_rest_on() {
    let ask = Msg::RequestVote { term: 9, last_index: 9, last_term: 9, transfer: false };
    let mut bench = led(3, &[LEASE]);
    bench.receive(n(3), n(2), ask.clone());
    assert!(bench.flights.is_empty());
    bench.crash(n(2));
    bench.restart(n(2));
    bench.pass(Span::millis(149));
    bench.receive(n(3), n(2), ask.clone());
    assert!(bench.flights.is_empty());
    bench.pass(Span::millis(1));
    bench.receive(n(3), n(2), ask);
    assert_eq!(bench.flights.len(), 1);
}

/// Reference: section 10.2.2: a leader sends further entries without waiting, up to a bound, and
/// repeats nothing that is on its way.
#[wasm_bindgen_test(unsupported = test)]
fn s10_2_a_pipeline_runs_ahead_up_to_its_bound() {
    let mut bench = led(2, &[("pipeline", KnobValue::Count(3))]);
    for serial in 2..8 {
        put(&mut bench, n(1), serial, "v");
    }
    let sent: Vec<(u64, usize)> = bench
        .between(n(1), n(2))
        .into_iter()
        .filter_map(|msg| match msg {
            Msg::AppendEntries { prev_index, entries, .. } => Some((*prev_index, entries.len())),
            _ => None,
        })
        .collect();
    assert_eq!(sent, [(2, 1), (3, 1), (4, 1)], "each entry once, three on the way");
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 8);
}

/// Reference: [etcd-raft §progress]: a refusal makes the leader probe, one message at a time; a
/// lost message is found out by the echo of a heartbeat.
#[wasm_bindgen_test(unsupported = test)]
fn s10_2_a_lost_message_makes_it_probe() {
    let mut bench = led(2, &[("pipeline", KnobValue::Count(8)), ("batch", KnobValue::Count(1))]);
    put(&mut bench, n(1), 2, "2");
    bench.flights.clear();
    put(&mut bench, n(1), 3, "3");
    bench.deliver(|flight| flight.to == n(2));
    assert!(matches!(bench.flights[0].msg, Msg::Rejected { prev_index: 3, .. }));
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 4);
    assert!(bench.marks.contains(&(n(1), "probe")));
    // Nothing follows: only the echo tells.
    put(&mut bench, n(1), 4, "4");
    bench.flights.clear();
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 5);
}

/// Reference: section 10.2.2: while a leader does not know where the logs meet, one message is on
/// the way.
#[wasm_bindgen_test(unsupported = test)]
fn s10_2_a_probe_waits_for_its_answer() {
    let mut bench = logs("2", &["1.1.2", "1"], &[("pipeline", KnobValue::Count(9))]);
    elect(&mut bench, n(1), &[n(2)]);
    for serial in 1..5 {
        put(&mut bench, n(1), serial, "v");
    }
    assert_eq!(bench.between(n(1), n(2)).len(), 1);
    bench.settle(&bench.all());
    assert_eq!(bench.eras(n(2)), bench.eras(n(1)));
    assert_eq!(commit(&bench, n(1)), 8);
}

/// Reference: [etcd-raft §lagging commit]: a heartbeat without a check of the entry before carries
/// no commit index beyond what is known to match; without that a follower would commit an entry of
/// its own that nobody else has.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_bare_heartbeat_commits_what_matches() {
    let mut bench = logs("2", &["1", "1", "1.2"], &[INDEX]);
    elect(&mut bench, n(1), &[n(2)]);
    bench.receive(n(2), n(1), Msg::Appended { term: 3, upto: 2 });
    assert_eq!(commit(&bench, n(1)), 2);
    bench.flights.clear();
    get(&mut bench, n(1), 1);
    bench.deliver(|flight| flight.to == n(3));
    assert_eq!(commit(&bench, n(3)), 0, "its entry of term 2 is nobody's");
    let round = Round { number: 1, ..Round::default() };
    bench.receive(n(1), n(2), Msg::Heartbeat { term: 3, commit: 2, round });
    assert_eq!(commit(&bench, n(2)), 1, "no more than it has");
}
