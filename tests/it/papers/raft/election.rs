//! Terms, votes and election timers [ongaro14 §5.1, §5.2, §5.4.1].

use std::sync::Arc;

use quorate::kernel::{Fact, KnobValue, NodeId, Role, Span, Window};
use quorate::protocol::raft::{Msg, Raft, Timer};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n};
use super::{commit, elect, logs, name, stated};

fn bench(nodes: usize) -> Bench<Raft> {
    Bench::new(nodes, &[])
}

fn vote(term: u64, last_index: u64, last_term: u64) -> Msg {
    Msg::RequestVote { term, last_index, last_term, transfer: false }
}

fn beat(term: u64) -> Msg {
    let entries = Arc::from([]);
    Msg::AppendEntries { term, prev_index: 0, prev_term: 0, entries, commit: 0 }
}

/// The answer under way from the first node.
fn granted(bench: &mut Bench<Raft>) -> bool {
    let flight = bench.flights.pop().expect("an answer");
    let Msg::RequestVoteResponse { granted, .. } = flight.msg else { panic!("not a vote") };
    granted
}

/// Reference: section 5.2, and the thirteen rows of one round in [etcd-raft §paper tests].
/// There a candidate refused by a majority follows; the paper's waits for its timer, and so does
/// ours.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_one_round_of_an_election() {
    let rows: [(usize, &[u32], &[u32], Role); 13] = [
        (1, &[], &[], Role::Leader),
        (3, &[2, 3], &[], Role::Leader),
        (3, &[2], &[], Role::Leader),
        (5, &[2, 3, 4, 5], &[], Role::Leader),
        (5, &[2, 3, 4], &[], Role::Leader),
        (5, &[2, 3], &[], Role::Leader),
        (3, &[], &[2, 3], Role::Candidate),
        (5, &[], &[2, 3, 4, 5], Role::Candidate),
        (5, &[2], &[3, 4, 5], Role::Candidate),
        (3, &[], &[], Role::Candidate),
        (5, &[2], &[], Role::Candidate),
        (5, &[], &[2, 3], Role::Candidate),
        (5, &[], &[], Role::Candidate),
    ];
    for (size, yes, no, role) in rows {
        let mut bench = bench(size);
        bench.fire(n(1), Timer::Election);
        for (voters, granted) in [(yes, true), (no, false)] {
            for &from in voters {
                bench.receive(n(from), n(1), Msg::RequestVoteResponse { term: 1, granted });
            }
        }
        assert_eq!(bench.role(n(1)), role, "{size} nodes, {yes:?} for, {no:?} against");
        assert_eq!(bench.card(n(1)).era, 1);
    }
}

/// Reference: section 5.2, first come, first served: six rows of [etcd-raft §paper tests].
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_one_vote_per_term_first_come_first_served() {
    let rows = [
        (None, 2, true),
        (None, 3, true),
        (Some("n2"), 2, true),
        (Some("n3"), 3, true),
        (Some("n2"), 3, false),
        (Some("n3"), 2, false),
    ];
    for (before, asker, expected) in rows {
        let words: Vec<(&str, &str)> =
            [("term", "1")].into_iter().chain(before.map(|who| ("vote", who))).collect();
        let mut bench: Bench<Raft> = Bench::given(&[&words, &[], &[]], &[]);
        bench.receive(n(asker), n(1), vote(1, 0, 0));
        assert_eq!(granted(&mut bench), expected, "voted {before:?}, asked by n{asker}");
    }
}

/// Reference: section 5.4.1, who is more up to date: the rows of [etcd-raft §paper tests],
/// with two of our own (the empty logs) for one that no log can have.
#[wasm_bindgen_test(unsupported = test)]
fn s5_4_1_a_voter_refuses_a_log_behind_its_own() {
    let rows = [
        // Same last term: the longer log wins, and a tie is good enough.
        ("1", 1, 1, true),
        ("1", 1, 2, true),
        ("1.1", 1, 1, false),
        // A later last term wins, however short the log.
        ("1", 2, 1, true),
        ("1", 2, 2, true),
        ("1.1", 2, 1, true),
        // An earlier last term loses, however long the log.
        ("2", 1, 1, false),
        ("2", 1, 2, false),
        // Nothing is up to date with nothing, and behind everything else.
        ("-", 0, 0, true),
        ("1", 0, 0, false),
    ];
    for (log, last_term, last_index, expected) in rows {
        let mut bench = logs("2", &[log, "-", "-"], &[]);
        bench.receive(n(2), n(1), vote(3, last_index, last_term));
        assert_eq!(granted(&mut bench), expected, "{log} asked with {last_index}/{last_term}");
    }
}

/// Reference: Figure 2, rules for all servers: a later term is adopted, whatever the message.
#[wasm_bindgen_test(unsupported = test)]
fn s5_1_every_message_of_a_later_term_makes_a_follower() {
    let messages = [
        vote(9, 0, 0),
        Msg::RequestVoteResponse { term: 9, granted: false },
        beat(9),
        Msg::Appended { term: 9, upto: 0 },
        Msg::Rejected { term: 9, prev_index: 0, retry_at: 1 },
    ];
    for msg in messages {
        let mut bench = bench(3);
        elect(&mut bench, n(1), &[n(2)]);
        assert_eq!(bench.role(n(1)), Role::Leader);
        bench.receive(n(3), n(1), msg.clone());
        assert_eq!(bench.role(n(1)), Role::Follower, "{msg:?}");
        assert_eq!(bench.card(n(1)).era, 9);
        assert_eq!(stated(&bench, n(1), Fact::SteppedDown { era: 1 }), 1);
        // It waits for a leader again, and beats no more.
        assert!(bench.armed[0].contains_key(&Timer::Election));
        assert!(!bench.armed[0].contains_key(&Timer::Heartbeat));
    }
}

/// Reference: section 5.1: requests of an earlier term are refused with the current one.
#[wasm_bindgen_test(unsupported = test)]
fn s5_1_stale_requests_are_refused_and_stale_answers_dropped() {
    let mut bench = logs("5", &["-", "-", "-"], &[]);
    bench.receive(n(2), n(1), vote(4, 9, 4));
    assert_eq!(bench.flights[0].msg, Msg::RequestVoteResponse { term: 5, granted: false });
    bench.receive(n(2), n(1), beat(4));
    let refusal = Msg::Rejected { term: 5, prev_index: 0, retry_at: 0 };
    assert_eq!(bench.flights[1].msg, refusal);
    assert_eq!(bench.field(n(1), "leader"), "-");
    bench.fire(n(1), Timer::Election);
    let sent = bench.flights.len();
    for from in [n(2), n(3)] {
        bench.receive(from, n(1), Msg::RequestVoteResponse { term: 5, granted: true });
        bench.receive(from, n(1), Msg::Appended { term: 5, upto: 3 });
        bench.receive(from, n(1), Msg::Rejected { term: 5, prev_index: 3, retry_at: 3 });
    }
    assert_eq!(bench.role(n(1)), Role::Candidate, "votes of an earlier term elect nobody");
    assert_eq!(bench.flights.len(), sent);
}

/// Reference: section 5.1 and Figure 2: term and vote are on stable storage before the answer.
#[wasm_bindgen_test(unsupported = test)]
fn s5_1_a_vote_survives_a_crash() {
    let mut bench = bench(3);
    bench.receive(n(2), n(1), vote(4, 0, 0));
    assert!(granted(&mut bench));
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(bench.field(n(1), "currentTerm"), "4");
    bench.receive(n(3), n(1), vote(4, 0, 0));
    assert!(!granted(&mut bench), "the vote of term 4 is cast");
    bench.receive(n(2), n(1), vote(4, 0, 0));
    assert!(granted(&mut bench), "for the same candidate it may be repeated");
    assert_eq!(stated(&bench, n(1), Fact::Voted { era: 4, candidate: n(2) }), 1);
}

/// Reference: section 5.1: a term adopted is remembered, also without a vote.
#[wasm_bindgen_test(unsupported = test)]
fn s5_1_a_term_survives_a_crash() {
    let mut bench = bench(3);
    bench.receive(n(2), n(1), beat(6));
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(bench.card(n(1)).era, 6);
    bench.fire(n(1), Timer::Election);
    bench.crash(n(1));
    bench.restart(n(1));
    bench.fire(n(1), Timer::Election);
    assert_eq!(bench.card(n(1)).era, 8, "no term is campaigned in twice");
}

/// Reference: section 5.2: votes are counted by server; a duplicate is one vote, and a vote that
/// comes back after a restart elects nobody.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_votes_are_counted_by_server() {
    let mut bench = bench(5);
    bench.fire(n(1), Timer::Election);
    let yes = Msg::RequestVoteResponse { term: 1, granted: true };
    for _ in 0..4 {
        bench.receive(n(2), n(1), yes.clone());
    }
    assert_eq!(bench.role(n(1)), Role::Candidate);
    let mut restarted = bench.clone();
    bench.receive(n(3), n(1), yes.clone());
    assert_eq!(bench.role(n(1)), Role::Leader);
    restarted.crash(n(1));
    restarted.restart(n(1));
    restarted.receive(n(2), n(1), yes.clone());
    restarted.receive(n(3), n(1), yes);
    assert_eq!(restarted.role(n(1)), Role::Follower);
}

/// Reference: section 5.2: a candidate starts from nothing in its next term.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_votes_do_not_carry_over_to_the_next_term() {
    let mut bench = bench(5);
    bench.fire(n(1), Timer::Election);
    bench.receive(n(2), n(1), Msg::RequestVoteResponse { term: 1, granted: true });
    bench.fire(n(1), Timer::Election);
    bench.receive(n(3), n(1), Msg::RequestVoteResponse { term: 2, granted: true });
    assert_eq!(bench.role(n(1)), Role::Candidate);
    bench.receive(n(4), n(1), Msg::RequestVoteResponse { term: 2, granted: true });
    assert_eq!(bench.role(n(1)), Role::Leader);
}

/// Reference: section 5.2: a candidate follows a leader of its own term, and ignores one of an
/// earlier.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_a_candidate_concedes_to_the_leader_of_its_term() {
    let mut bench = logs("3", &["-", "-", "-"], &[]);
    bench.fire(n(1), Timer::Election);
    bench.receive(n(2), n(1), beat(3));
    assert_eq!(bench.role(n(1)), Role::Candidate);
    bench.receive(n(2), n(1), beat(4));
    assert_eq!(bench.role(n(1)), Role::Follower);
    assert_eq!(bench.field(n(1), "leader"), "n2");
    assert_eq!(bench.field(n(1), "votedFor"), "n1", "its own vote of the term stays cast");
}

/// Reference: section 5.2 and Figure 2: the timer is reset by the current leader, by a vote
/// granted and by an election started, and by nothing else.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_what_resets_the_election_timer() {
    let rows = [
        (beat(5), true),
        (beat(4), false),
        (vote(5, 9, 4), true),
        (vote(4, 9, 4), false),
        // The candidate's log is behind: the term is adopted, the timer goes on.
        (vote(6, 0, 0), false),
        (Msg::Appended { term: 7, upto: 1 }, false),
    ];
    for (msg, resets) in rows {
        let mut bench = logs("5", &["4.4", "-", "-"], &[]);
        let before = bench.armed[0][&Timer::Election].1;
        bench.receive(n(2), n(1), msg.clone());
        let after = bench.armed[0][&Timer::Election].1;
        assert_eq!(after > before, resets, "{msg:?}");
    }
    let mut bench = bench(3);
    bench.fire(n(1), Timer::Election);
    assert!(bench.armed[0].contains_key(&Timer::Election), "also a candidate waits");
}

/// Reference: section 5.2: timeouts are drawn from a fixed interval, 150 to 300 ms; heartbeats are
/// regular.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_timers_take_their_windows_from_the_parameters() {
    let mut bench = bench(3);
    let window = Window::between(Span::millis(150), Span::millis(300));
    assert_eq!(bench.armed[0][&Timer::Election].0, window);
    elect(&mut bench, n(1), &[n(2)]);
    assert_eq!(bench.armed[0][&Timer::Heartbeat].0, Window::exactly(Span::millis(50)));
    assert!(!bench.armed[0].contains_key(&Timer::Election), "a leader does not wait for itself");
    let own = Window::between(Span::millis(12), Span::millis(24));
    let bench: Bench<Raft> = Bench::new(3, &[("election", KnobValue::Range(own))]);
    assert_eq!(bench.armed[2][&Timer::Election].0, own);
}

/// Reference: section 5.2, and the spread asked for in [etcd-raft §paper tests]: with T = 10
/// every value of [T, 2T) occurs in 500 draws.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_timeouts_are_spread_over_the_whole_interval() {
    let window = Window::between(Span(10), Span(19));
    let mut stream = Stream::new(1, Concern::Timers, 0);
    let mut seen = [0; 20];
    for _ in 0..500 {
        seen[window.draw(&mut stream).0 as usize] += 1;
    }
    assert!(seen[..10].iter().all(|&count| count == 0));
    assert!(seen[10..].iter().all(|&count| count > 0), "{seen:?}");
}

/// Reference: section 5.2: that the first of five timeouts is shared is rare; with ten possible
/// values its probability is 1 - 5 * sum(j^4, j = 1..9) / 10^5 = 23.335 %.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_few_first_timeouts_coincide() {
    const ROUNDS: u64 = 20_000;
    let window = Window::between(Span(10), Span(19));
    let mut shared = 0;
    for seed in 0..ROUNDS {
        let draws: Vec<Span> =
            (0..5).map(|id| window.draw(&mut Stream::new(seed, Concern::Timers, id))).collect();
        let first = draws.iter().min().expect("five draws");
        shared += u64::from(draws.iter().filter(|draw| *draw == first).count() > 1);
    }
    // Four standard deviations of the binomial are 1.2 percentage points.
    let percent = shared as f64 * 100.0 / ROUNDS as f64;
    assert!((percent - 23.335).abs() < 1.2, "{percent} %");
}

/// Reference: section 5.2: a leader announces itself to everyone at once.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_a_new_leader_tells_everyone() {
    let mut bench = bench(5);
    elect(&mut bench, n(3), &[n(1), n(2)]);
    let told: Vec<NodeId> = bench.flights.iter().map(|flight| flight.to).collect();
    assert_eq!(told, [n(1), n(2), n(4), n(5)]);
    assert!(bench.flights.iter().all(|flight| name(&flight.msg) == "AppendEntries"));
    bench.settle(&bench.all());
    assert!(bench.all().into_iter().all(|id| bench.field(id, "leader") == "n3"));
}

/// Reference: section 5.2: one node is a majority of one, and commits alone.
#[wasm_bindgen_test(unsupported = test)]
fn s5_2_one_node_leads_and_commits_alone() {
    let mut bench = bench(1);
    bench.fire(n(1), Timer::Election);
    assert_eq!(bench.role(n(1)), Role::Leader);
    super::put(&mut bench, n(1), 1, "1");
    assert_eq!(commit(&bench, n(1)), 2);
    assert_eq!(bench.replies.len(), 1);
    assert!(bench.flights.is_empty());
}

/// A timer that only a hand can fire does nothing.
#[wasm_bindgen_test(unsupported = test)]
fn timers_of_other_roles_do_nothing() {
    let mut bench = bench(3);
    bench.fire(n(2), Timer::Heartbeat);
    assert!(bench.flights.is_empty());
    elect(&mut bench, n(1), &[n(2)]);
    bench.flights.clear();
    bench.fire(n(1), Timer::Election);
    assert_eq!(bench.role(n(1)), Role::Leader);
    assert!(bench.flights.is_empty());
}
