//! Changes of who takes part [ongaro14 §6], [ongaro14phd §4], [ongaro15].

use std::sync::Arc;

use quorate::kernel::{Change, KnobValue, NodeId, NodeSet, Outcome, Role, Span};
use quorate::protocol::raft::{Command, Config, Entry, Msg, Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n};
use super::{CHECKQUORUM, change, commit, elect, name, put};

fn set(numbers: &[u32]) -> NodeSet {
    numbers.iter().map(|&number| n(number)).collect()
}

fn joint(nodes: &[u32]) -> Change {
    Change::Members(set(nodes))
}

/// `nodes` nodes, of which the first `members` take part, led by n1, with everything delivered.
fn led(nodes: usize, members: u64, knobs: &[(&str, KnobValue)]) -> Bench<Raft> {
    let all = [&[("members", KnobValue::Count(members))][..], knobs].concat();
    let mut bench = Bench::new(nodes, &all);
    bench.fire(n(1), Timer::Election);
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(1)), Role::Leader);
    bench
}

fn config(bench: &Bench<Raft>, id: NodeId) -> String {
    bench.field(id, "configuration")
}

/// What was answered last.
fn answer(bench: &Bench<Raft>) -> Option<Outcome> {
    bench.replies.last().map(|reply| reply.2)
}

fn marked(bench: &Bench<Raft>, id: NodeId, rule: &'static str) -> bool {
    bench.marks.contains(&(id, rule))
}

/// A `given` log may change the members: its last such entry is in force from the start.
#[wasm_bindgen_test(unsupported = test)]
fn a_given_entry_changes_who_votes() {
    let members = |log| config(&Bench::given(&[&[("log", log)], &[], &[], &[]], &[]), n(1));
    assert_eq!(members("1[n1,n3,n4].2"), "n1 n3 n4");
    assert_eq!(members("1[n1,n3,n4].2[n3]"), "n3");
    assert_eq!(members("1[n1,n2/n1,n3+n4]"), "n1 n2 > n1 n3 + n4");
    let mut bench: Bench<Raft> = Bench::given(&[&[("log", "1[n1,n3]")], &[], &[], &[]], &[]);
    bench.fire(n(1), Timer::Election);
    bench.settle(&[n(1), n(3)]);
    assert_eq!(bench.role(n(1)), Role::Leader, "a majority of two is two");
}

/// Nodes that are no members at first wait to be asked, and have no voice until then.
#[wasm_bindgen_test(unsupported = test)]
fn s4_1_spares_wait() {
    let mut bench = led(5, 3, &[]);
    assert!(bench.armed[3].is_empty() && bench.armed[0].contains_key(&Timer::Heartbeat));
    bench.fire(n(4), Timer::Election);
    assert!(bench.flights.is_empty());
    assert_eq!(bench.card(n(4)).title, "Spare");
    put(&mut bench, n(1), 1, "1");
    assert!(bench.flights.iter().all(|flight| flight.to.0 < 3));
    bench.settle(&[n(1), n(2)]);
    assert_eq!(commit(&bench, n(1)), 2, "two of three");
}

/// Reference: section 4.2.1: a new server first gets the log as a non-voting member; then it
/// counts, and who asked is told once that is committed.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_1_a_new_server_catches_up_and_then_counts() {
    let mut bench = led(4, 3, &[]);
    for serial in 1..5 {
        put(&mut bench, n(1), serial, "v");
    }
    bench.settle(&bench.all());
    bench.replies.clear();
    change(&mut bench, n(1), 1, Change::Add(n(4)));
    assert_eq!(config(&bench, n(1)), "n1 n2 n3", "not yet");
    assert!(bench.flights.iter().all(|flight| flight.to == n(4)));
    while config(&bench, n(1)) == "n1 n2 n3" {
        assert!(bench.deliver(|flight| flight.to == n(4) || flight.from == n(4)) > 0);
    }
    assert_eq!(bench.eras(n(4)).len(), 5, "it has what there was");
    assert_eq!(answer(&bench), None, "in force, and not committed");
    bench.settle(&bench.all());
    assert_eq!(answer(&bench), Some(Outcome::Done(None)));
    for id in [n(1), n(2), n(3), n(4)] {
        assert_eq!(config(&bench, id), "n1 n2 n3 n4");
    }
    // Now three of four are needed.
    put(&mut bench, n(1), 5, "v");
    bench.settle(&[n(1), n(2)]);
    assert_eq!(commit(&bench, n(1)), 6);
    put(&mut bench, n(1), 6, "v");
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&[n(1), n(2), n(4)]);
    assert_eq!(commit(&bench, n(1)), 8);
}

/// Reference: section 4.2.1: ten rounds, the last of them shorter than an election timeout; a
/// server too slow, or silent, is not added.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_1_a_server_that_is_too_slow_is_not_added() {
    for (slow, rounds) in [(200, 10), (100, 1)] {
        let mut bench = led(4, 3, &[]);
        change(&mut bench, n(1), 1, Change::Add(n(4)));
        let mut acknowledged = 0;
        for _ in 0..12 {
            if answer(&bench).is_some() || config(&bench, n(1)) != "n1 n2 n3" {
                break;
            }
            bench.pass(Span::millis(slow));
            acknowledged += 1;
            put(&mut bench, n(1), acknowledged, "v");
            bench.flights.clear();
            let upto = acknowledged;
            bench.receive(n(4), n(1), Msg::Appended { term: 1, upto });
        }
        assert_eq!(acknowledged, rounds);
        let refused = (slow > 150).then_some(Outcome::Refused);
        assert_eq!(answer(&bench), refused);
    }
    let mut bench = led(4, 3, &[]);
    change(&mut bench, n(1), 1, Change::Add(n(4)));
    bench.pass(Span::secs(4));
    bench.fire(n(1), Timer::Heartbeat);
    assert_eq!(answer(&bench), Some(Outcome::Refused));
}

/// Reference: section 4.1: a server uses the latest configuration in its log, committed or not;
/// it goes back if that entry is deleted.
#[wasm_bindgen_test(unsupported = test)]
fn s4_1_a_configuration_is_in_force_when_appended_and_undone_when_deleted() {
    let mut bench = led(3, 3, &[]);
    let members = Config::of(set(&[1, 2]));
    let entries: Arc<[Entry]> = [Entry { term: 1, command: Command::Members(members) }].into();
    let append = Msg::AppendEntries { term: 1, prev_index: 1, prev_term: 1, entries, commit: 1 };
    bench.receive(n(1), n(2), append);
    assert_eq!(config(&bench, n(2)), "n1 n2");
    // It campaigns by it.
    bench.flights.clear();
    bench.fire(n(2), Timer::Election);
    assert!(bench.flights.iter().all(|flight| flight.to == n(1)));
    // Another leader has another entry there.
    let entries: Arc<[Entry]> = [Entry { term: 3, command: Command::Noop }].into();
    let append = Msg::AppendEntries { term: 3, prev_index: 1, prev_term: 1, entries, commit: 1 };
    bench.receive(n(3), n(2), append);
    assert_eq!(config(&bench, n(2)), "n1 n2 n3");
    assert!(marked(&bench, n(2), "adopt-members") && marked(&bench, n(2), "undo-members"));
    // Also a restart finds it in the log.
    bench.crash(n(2));
    bench.restart(n(2));
    assert_eq!(config(&bench, n(2)), "n1 n2 n3");
}

/// Reference: section 4.1: one change at a time: the next waits until the first is committed.
#[wasm_bindgen_test(unsupported = test)]
fn s4_1_changes_are_made_one_after_the_other() {
    let mut bench = led(5, 5, &[]);
    change(&mut bench, n(1), 1, Change::Remove(n(5)));
    change(&mut bench, n(1), 2, Change::Remove(n(4)));
    change(&mut bench, n(1), 2, Change::Remove(n(4)));
    assert_eq!(config(&bench, n(1)), "n1 n2 n3 n4");
    assert_eq!(bench.eras(n(1)).len(), 2);
    bench.settle(&bench.all());
    assert_eq!(config(&bench, n(1)), "n1 n2 n3");
    assert_eq!(bench.replies.len(), 2);
    assert_eq!(bench.eras(n(1)).len(), 3);
}

/// Reference: [ongaro15]: a leader may not append a configuration before an entry of its own term
/// is committed. Without that, S1 and S2 each remove the other, and what S2 committed is lost.
#[wasm_bindgen_test(unsupported = test)]
fn y2015_two_leaders_remove_each_other() {
    for safe in [true, false] {
        let mut bench: Bench<Raft> = Bench::new(4, &[("own-term", KnobValue::Switch(safe))]);
        // S1 leads term 1 and reaches nobody.
        elect(&mut bench, n(1), &[n(3), n(4)]);
        bench.flights.clear();
        // S2 leads term 2 with the votes of S3 and S4.
        bench.fire(n(2), Timer::Election);
        bench.flights.clear();
        elect(&mut bench, n(2), &[n(3), n(4)]);
        assert_eq!(bench.card(n(2)).era, 2);
        bench.flights.clear();
        change(&mut bench, n(1), 1, Change::Remove(n(2)));
        change(&mut bench, n(2), 1, Change::Remove(n(1)));
        let removed = bench.eras(n(1)).len() == 2;
        assert_eq!(removed, !safe);
        if safe {
            assert!(marked(&bench, n(1), "wait-change") && marked(&bench, n(2), "wait-change"));
            continue;
        }
        // S2 commits with S3: a majority of S2, S3, S4.
        bench.settle(&[n(2), n(3)]);
        assert_eq!(commit(&bench, n(2)), 2);
        let lost = bench.chosen(n(2));
        // S1 restarts, and wins term 3 with S4: a majority of S1, S3, S4.
        bench.crash(n(1));
        bench.restart(n(1));
        for _ in 0..2 {
            elect(&mut bench, n(1), &[n(4)]);
        }
        assert_eq!((bench.role(n(1)), bench.card(n(1)).era), (Role::Leader, 3));
        bench.settle(&[n(1), n(3), n(4)]);
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&[n(1), n(3), n(4)]);
        assert!(commit(&bench, n(1)) >= 2);
        assert_ne!(bench.chosen(n(1))[1], lost[1], "the committed configuration is gone");
    }
}

/// Reference: section 6, joint consensus: from the entry of both configurations on, votes and
/// copies need majorities of both; then of the new one alone.
#[wasm_bindgen_test(unsupported = test)]
fn s6_joint_consensus_needs_both_majorities() {
    let mut bench = led(6, 3, &[]);
    change(&mut bench, n(1), 1, joint(&[4, 5, 6]));
    while config(&bench, n(1)) == "n1 n2 n3" {
        assert!(bench.deliver(|_| true) > 0);
    }
    assert_eq!(config(&bench, n(1)), "n1 n2 n3 > n4 n5 n6");
    let before = commit(&bench, n(1));
    bench.settle(&[n(1), n(4), n(5), n(6)]);
    assert_eq!(commit(&bench, n(1)), before, "no majority of the old one");
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&[n(1), n(2), n(3)]);
    assert_eq!(config(&bench, n(1)), "n4 n5 n6", "both agree, so the new one begins");
    assert!(marked(&bench, n(1), "enter-joint") && marked(&bench, n(1), "leave-joint"));
    // The leader goes on, does not count itself, and steps down at the end.
    assert_eq!(bench.role(n(1)), Role::Leader);
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&[n(1), n(4)]);
    assert_eq!(bench.role(n(1)), Role::Leader, "one of three");
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&[n(1), n(5), n(4)]);
    assert_eq!(bench.role(n(1)), Role::Follower);
    assert_eq!(answer(&bench), Some(Outcome::Done(None)));
    elect(&mut bench, n(4), &[n(5)]);
    assert_eq!(bench.role(n(4)), Role::Leader);
}

/// Reference: section 6: in a joint configuration an election, too, needs both.
#[wasm_bindgen_test(unsupported = test)]
fn s6_joint_elections_need_both_majorities() {
    let rows =
        [(&[2, 4][..], true), (&[2, 3][..], false), (&[4, 5, 6][..], false), (&[3, 6][..], true)];
    for (voters, wins) in rows {
        let mut bench = led(6, 3, &[]);
        change(&mut bench, n(1), 1, joint(&[1, 4, 5, 6]));
        while config(&bench, n(1)) == "n1 n2 n3" {
            bench.deliver(|_| true);
        }
        bench.flights.clear();
        for &id in voters {
            // The entry itself need not have reached them: the candidate's configuration counts.
            bench.receive(
                n(1),
                n(id),
                Msg::Heartbeat { term: 1, commit: 0, round: <_>::default() },
            );
        }
        bench.crash(n(1));
        bench.restart(n(1));
        let mut all: Vec<NodeId> = voters.iter().map(|&id| n(id)).collect();
        all.extend(if voters == [2, 4] || voters == [3, 6] { vec![n(5)] } else { vec![] });
        elect(&mut bench, n(1), &all);
        assert_eq!(bench.role(n(1)) == Role::Leader, wins, "{voters:?}");
    }
}

/// Reference: section 4.2.2: a leader that removes itself replicates without counting itself and
/// steps down when that is committed.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_2_a_leader_removes_itself() {
    let mut bench = led(3, 3, &[]);
    change(&mut bench, n(1), 1, Change::Remove(n(1)));
    assert_eq!(config(&bench, n(1)), "n2 n3");
    bench.deliver(|flight| flight.to == n(2));
    bench.deliver(|flight| flight.to == n(1));
    assert_eq!(commit(&bench, n(1)), 1, "one of two, without itself");
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 2);
    assert_eq!(bench.role(n(1)), Role::Follower);
    assert!(marked(&bench, n(1), "leave"));
    bench.flights.clear();
    bench.fire(n(1), Timer::Election);
    assert!(bench.flights.is_empty(), "it knows that it has left");
}

/// Reference: section 4.2.2: a server may have to campaign though its own log says that it is
/// removed: as long as that is not committed it may be the only one who can be elected.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_2_who_is_being_removed_may_still_campaign() {
    let mut bench = led(2, 2, &[]);
    change(&mut bench, n(1), 1, Change::Remove(n(1)));
    bench.flights.clear();
    bench.crash(n(1));
    bench.restart(n(1));
    bench.fire(n(2), Timer::Election);
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(2)), Role::Candidate, "its log is behind");
    elect(&mut bench, n(1), &[n(2)]);
    assert_eq!(bench.role(n(1)), Role::Leader);
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(1)), Role::Follower);
    bench.fire(n(2), Timer::Election);
    assert_eq!(bench.role(n(2)), Role::Leader, "alone");
}

/// Reference: section 4.2.2: receivers process requests of servers outside their own configuration,
/// for entries as for votes [etcd-raft §campaign learner must vote].
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_2_the_callers_configuration_counts() {
    let mut bench = led(4, 3, &[]);
    let ask = Msg::RequestVote { term: 2, last_index: 9, last_term: 1, transfer: false };
    bench.receive(n(4), n(2), ask.clone());
    let granted = Msg::RequestVoteResponse { term: 2, granted: true };
    assert_eq!(bench.between(n(2), n(4)), [&granted]);
    bench.receive(n(1), n(4), ask);
    assert_eq!(bench.between(n(4), n(1)), [&granted], "a spare votes, too");
}

/// Reference: section 4.2.3: a removed server disturbs nobody if CheckQuorum protects the leader.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_3_a_removed_server_disturbs_nobody() {
    for (knobs, stays) in [(&[][..], false), (&[CHECKQUORUM][..], true)] {
        let mut bench = led(4, 4, knobs);
        change(&mut bench, n(1), 1, Change::Remove(n(4)));
        bench.settle(&[n(1), n(2), n(3)]);
        assert_eq!(commit(&bench, n(1)), 2);
        // It has not heard of it.
        bench.fire(n(4), Timer::Election);
        bench.settle(&bench.all());
        assert_eq!(bench.role(n(1)) == Role::Leader, stays, "{knobs:?}");
    }
}

/// A server that leaves is told so, and asks for no votes.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_who_leaves_is_told() {
    let mut bench = led(4, 4, &[]);
    change(&mut bench, n(1), 1, Change::Remove(n(4)));
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(4)), 2);
    bench.fire(n(4), Timer::Election);
    assert!(bench.flights.is_empty());
    assert_eq!(bench.card(n(4)).title, "Spare");
}

/// Learners get the log and count for nothing; they can be promoted, and voters demoted.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_1_learners_store_and_do_not_count() {
    let mut bench = led(4, 3, &[]);
    change(&mut bench, n(1), 1, Change::Learner(n(4)));
    bench.settle(&bench.all());
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(config(&bench, n(4)), "n1 n2 n3 + n4");
    assert_eq!(bench.card(n(4)).title, "Learner");
    assert_eq!(bench.eras(n(4)).len(), 2);
    bench.fire(n(4), Timer::Election);
    assert!(bench.flights.is_empty());
    let before = commit(&bench, n(1));
    put(&mut bench, n(1), 1, "1");
    bench.settle(&[n(1), n(4)]);
    assert_eq!(commit(&bench, n(1)), before, "its copy is none");
    change(&mut bench, n(1), 2, Change::Add(n(4)));
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(config(&bench, n(1)), "n1 n2 n3 n4");
    change(&mut bench, n(1), 3, Change::Learner(n(2)));
    bench.settle(&bench.all());
    assert_eq!(config(&bench, n(1)), "n1 n3 n4 + n2");
}

/// Changes that change nothing are done, and impossible ones are refused.
#[wasm_bindgen_test(unsupported = test)]
fn changes_that_need_nothing_or_cannot_be_made() {
    let rows = [
        (Change::Add(n(2)), Outcome::Done(None)),
        (Change::Remove(n(3)), Outcome::Done(None)),
        (joint(&[1, 2]), Outcome::Done(None)),
        (Change::Add(n(8)), Outcome::Refused),
        (Change::Learner(n(8)), Outcome::Refused),
        (joint(&[]), Outcome::Refused),
        (joint(&[1, 8]), Outcome::Refused),
    ];
    for (wish, outcome) in rows {
        let mut bench = led(3, 2, &[]);
        change(&mut bench, n(1), 1, wish);
        assert_eq!(answer(&bench), Some(outcome), "{wish}");
        assert!(bench.flights.is_empty());
    }
    let mut bench = led(1, 1, &[]);
    change(&mut bench, n(1), 1, Change::Remove(n(1)));
    assert_eq!(answer(&bench), Some(Outcome::Refused), "nobody would be left");
    // A leader without a no-op makes one when it has to know its term.
    let mut bench = led(3, 3, &[super::NO_NOOP]);
    change(&mut bench, n(1), 1, Change::Remove(n(3)));
    bench.settle(&bench.all());
    assert_eq!(answer(&bench), Some(Outcome::Done(None)));
}

/// A snapshot carries the configuration [ongaro14 §7], and what a log goes back to is kept.
#[wasm_bindgen_test(unsupported = test)]
fn s7_a_snapshot_carries_the_configuration() {
    let mut bench = led(4, 3, &[]);
    change(&mut bench, n(1), 1, Change::Remove(n(3)));
    bench.settle(&bench.all());
    bench.compact(n(1));
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(config(&bench, n(1)), "n1 n2");
    elect(&mut bench, n(1), &[n(2)]);
    bench.settle(&bench.all());
    change(&mut bench, n(1), 2, Change::Add(n(4)));
    for _ in 0..3 {
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&bench.all());
    }
    assert_eq!(config(&bench, n(4)), "n1 n2 n4");
    assert!(bench.marks.contains(&(n(4), "install-snapshot")));
    assert!(bench.flights.iter().all(|flight| name(&flight.msg) != "RequestVote"));
}
