//! Log replication and commitment [ongaro14 §5.3, §5.4.2].

use std::sync::Arc;

use quorate::kernel::{Fact, KnobValue, Node, Role};
use quorate::protocol::raft::{Command, Entry, Msg, Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n, word};
use super::{NO_NOOP, commit, elect, logs, name, put, stated};

fn entry(index: u64, term: u64) -> Entry {
    Entry { term, command: Command::Given(word(&format!("e{index}t{term}"))) }
}

/// An `AppendEntries` of `term` that puts entries of these terms behind `prev`.
fn append(term: u64, prev: (u64, u64), terms: &[u64], commit: u64) -> Msg {
    let entries: Arc<[Entry]> =
        terms.iter().zip(prev.0 + 1..).map(|(&term, index)| entry(index, term)).collect();
    Msg::AppendEntries { term, prev_index: prev.0, prev_term: prev.1, entries, commit }
}

fn answer(bench: &mut Bench<Raft>) -> Msg {
    bench.flights.pop().expect("an answer").msg
}

/// Reference: section 5.3, the four rows of what a follower's log becomes in
/// [etcd-raft §paper tests].
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_follower_takes_over_the_leaders_entries() {
    /// The entry before those sent, their terms, and the terms of the resulting log.
    type Row = ((u64, u64), &'static [u64], &'static [u64]);
    let rows: [Row; 4] = [
        ((2, 2), &[3], &[1, 2, 3]),
        ((1, 1), &[3, 4], &[1, 3, 4]),
        ((0, 0), &[1], &[1, 2]),
        ((0, 0), &[3], &[3]),
    ];
    for (prev, entries, log) in rows {
        let mut bench = logs("4", &["1.2", "-", "-"], &[]);
        bench.receive(n(2), n(1), append(4, prev, entries, 0));
        assert_eq!(bench.eras(n(1)), log, "{entries:?} behind {prev:?}");
        let upto = prev.0 + entries.len() as u64;
        assert_eq!(answer(&mut bench), Msg::Appended { term: 4, upto });
    }
}

/// Reference: section 5.3, the consistency check: no entry before, no entries after.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_follower_refuses_entries_behind_one_it_lacks() {
    for (prev, retry_at) in [((3, 3), 3), ((2, 3), 2), ((9, 4), 3)] {
        let mut bench = logs("4", &["1.2", "-", "-"], &[]);
        bench.receive(n(2), n(1), append(4, prev, &[4], 9));
        assert_eq!(answer(&mut bench), Msg::Rejected { term: 4, prev_index: prev.0, retry_at });
        assert_eq!(bench.eras(n(1)), [1, 2]);
        assert_eq!(commit(&bench, n(1)), 0);
    }
}

/// Reference: section 5.3: a refusal skips all entries of the conflicting term, or one entry by
/// choice.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_the_hint_skips_a_conflicting_term() {
    for (rule, retry_at) in [("term", 3), ("one", 5)] {
        let mut bench = logs("4", &["1.1.2.2.2", "-"], &[("backup", KnobValue::Choice(rule))]);
        bench.receive(n(2), n(1), append(4, (5, 3), &[4], 0));
        assert_eq!(answer(&mut bench), Msg::Rejected { term: 4, prev_index: 5, retry_at });
    }
}

/// Reference: Figure 2, receiver rule 3: only a *conflicting* entry deletes what follows. An old
/// message that covers less must not.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_an_overtaken_message_truncates_nothing() {
    let mut bench = logs("4", &["1", "-", "-"], &[]);
    bench.receive(n(2), n(1), append(4, (1, 1), &[4, 4, 4], 0));
    bench.receive(n(2), n(1), append(4, (1, 1), &[4], 0));
    bench.receive(n(2), n(1), append(4, (0, 0), &[1], 0));
    bench.receive(n(2), n(1), append(4, (2, 4), &[], 0));
    assert_eq!(bench.eras(n(1)), [1, 4, 4, 4]);
    assert!(!bench.facts.iter().any(|(_, fact)| matches!(fact, Fact::Truncated { .. })));
}

/// Reference: Figure 2: an acknowledgement is about the entries of its message, not about the
/// log's end.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_an_acknowledgement_covers_the_message_only() {
    let mut bench = logs("4", &["1.2.2.2", "-", "-"], &[]);
    bench.receive(n(2), n(1), append(4, (0, 0), &[1], 0));
    assert_eq!(answer(&mut bench), Msg::Appended { term: 4, upto: 1 });
    bench.receive(n(2), n(1), append(4, (1, 1), &[], 0));
    assert_eq!(answer(&mut bench), Msg::Appended { term: 4, upto: 1 });
}

/// Reference: Figure 2, receiver rule 5: the commit index goes up to the last *new* entry at most.
/// A follower may hold entries behind it that nobody committed.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_follower_commits_what_the_message_covers() {
    let mut bench = logs("4", &["1.2.2.2", "-", "-"], &[]);
    bench.receive(n(2), n(1), append(4, (1, 1), &[], 4));
    assert_eq!(commit(&bench, n(1)), 1);
    bench.receive(n(2), n(1), append(4, (1, 1), &[3], 9));
    assert_eq!(commit(&bench, n(1)), 2);
    // An old message does not take it back.
    bench.receive(n(2), n(1), append(4, (1, 1), &[], 1));
    assert_eq!(commit(&bench, n(1)), 2);
    assert_eq!(bench.chosen(n(1)), [(1, word("e1t1")), (2, word("e2t3"))]);
}

/// Reference: Figure 2: entries are durable before they are acknowledged.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_entries_survive_a_crash() {
    let mut bench = logs("4", &["1.2.2", "-", "-"], &[]);
    bench.receive(n(2), n(1), append(4, (1, 1), &[4, 4], 2));
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(bench.eras(n(1)), [1, 4, 4]);
    assert_eq!(commit(&bench, n(1)), 0, "the commit index is volatile");
}

/// Reference: section 5.3: entries are applied in the order of the log, each once, and again from
/// the start after a restart.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_entries_are_applied_in_order() {
    let mut bench = logs("4", &["1.2", "-", "-"], &[]);
    let applied = |bench: &Bench<Raft>| -> Vec<u64> {
        let facts = bench.facts.iter().filter(|(node, _)| *node == n(1));
        let slots = facts.filter_map(|(_, fact)| match fact {
            Fact::Applied { slot, .. } => Some(*slot),
            _ => None,
        });
        slots.collect()
    };
    bench.receive(n(2), n(1), append(4, (2, 2), &[4, 4], 1));
    bench.receive(n(2), n(1), append(4, (2, 2), &[4, 4], 4));
    bench.receive(n(2), n(1), append(4, (2, 2), &[4, 4], 4));
    assert_eq!(applied(&bench), [1, 2, 3, 4]);
    bench.crash(n(1));
    bench.restart(n(1));
    bench.receive(n(2), n(1), append(4, (4, 4), &[], 4));
    assert_eq!(applied(&bench), [1, 2, 3, 4, 1, 2, 3, 4]);
}

/// Reference: section 5.4.2, the commit rule of [etcd-raft §paper tests]: with entries of
/// terms 1 and 2 and a leader of term 3, copies of old entries commit nothing.
#[wasm_bindgen_test(unsupported = test)]
fn s5_4_2_only_entries_of_the_current_term_are_counted() {
    for (upto, committed) in [(1, 0), (2, 0), (3, 3)] {
        let mut bench = logs("2", &["1.2", "1.2", "1.2"], &[]);
        elect(&mut bench, n(1), &[n(2)]);
        bench.receive(n(2), n(1), Msg::Appended { term: 3, upto });
        assert_eq!(commit(&bench, n(1)), committed, "acknowledged up to {upto}");
    }
}

/// Reference: section 5.3: a majority of servers, the leader included, each counted once.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_an_entry_is_committed_by_a_majority() {
    for (size, needed) in [(2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3)] {
        let mut bench: Bench<Raft> = Bench::new(size, &[]);
        let everyone = bench.all();
        elect(&mut bench, n(1), &everyone);
        for _ in 0..size {
            // The same acknowledgement many times is one server.
            bench.receive(n(2), n(1), Msg::Appended { term: 1, upto: 1 });
        }
        for follower in 2..=size as u32 {
            let enough = follower > needed;
            bench.receive(n(follower), n(1), Msg::Appended { term: 1, upto: 1 });
            assert_eq!(commit(&bench, n(1)), u64::from(enough), "{size} nodes, n{follower}");
        }
    }
}

/// Reference: section 8: a leader commits an empty entry at the start of its term, and by that
/// everything before it.
#[wasm_bindgen_test(unsupported = test)]
fn s8_a_no_op_commits_what_earlier_leaders_left() {
    let mut bench = logs("2", &["1.2", "1.2", "1"], &[]);
    elect(&mut bench, n(1), &[n(2)]);
    bench.settle(&bench.all());
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    for id in bench.all() {
        assert_eq!(bench.eras(id), [1, 2, 3]);
        assert_eq!(commit(&bench, id), 3);
    }
    assert_eq!(stated(&bench, n(1), Fact::Proposed { slot: 3, value: word("no-op") }), 1);
    // Without it the old entries wait for a client.
    let mut bench = logs("2", &["1.2", "1.2", "1"], &[NO_NOOP]);
    elect(&mut bench, n(1), &[n(2)]);
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 0);
    put(&mut bench, n(1), 1, "1");
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 3);
}

/// Reference: section 5.3: the leader repeats what is not acknowledged, so a lost message costs a
/// heartbeat.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_lost_message_is_repeated_with_the_heartbeat() {
    let mut bench: Bench<Raft> = Bench::new(3, &[]);
    elect(&mut bench, n(1), &[n(2)]);
    bench.settle(&bench.all());
    put(&mut bench, n(1), 1, "1");
    bench.flights.clear();
    assert_eq!(commit(&bench, n(1)), 1);
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(commit(&bench, n(1)), 2);
}

/// Reference: section 5.3: a follower far behind catches up batch by batch, without waiting for
/// heartbeats.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_long_logs_travel_in_batches() {
    let long = ["1"; 50].join(".");
    let mut bench = logs("1", &[&long, "-", &long], &[("batch", KnobValue::Count(8))]);
    elect(&mut bench, n(1), &[n(3)]);
    let mut widest = 0;
    while !bench.flights.is_empty() {
        for flight in &bench.flights {
            if let Msg::AppendEntries { entries, .. } = &flight.msg {
                widest = widest.max(entries.len());
            }
        }
        bench.deliver(|_| true);
    }
    assert_eq!(widest, 8);
    assert_eq!(bench.eras(n(2)).len(), 51);
    assert_eq!(bench.card(n(1)).peers[0], (n(2), 51, 52));
}

/// Reference: section 5.5: requests and answers may be repeated and reordered; nothing a leader
/// knows goes back.
#[wasm_bindgen_test(unsupported = test)]
fn s5_5_stale_answers_do_not_move_a_leader_back() {
    let mut bench = logs("1", &["1.1.1.1", "1.1.1.1", "-"], &[NO_NOOP]);
    elect(&mut bench, n(1), &[n(2)]);
    let refusal = Msg::Rejected { term: 2, prev_index: 4, retry_at: 1 };
    bench.receive(n(2), n(1), Msg::Appended { term: 2, upto: 4 });
    bench.receive(n(2), n(1), refusal.clone());
    bench.receive(n(2), n(1), Msg::Appended { term: 2, upto: 2 });
    assert_eq!(bench.card(n(1)).peers[0], (n(2), 4, 5));
    bench.flights.clear();
    bench.receive(n(3), n(1), refusal.clone());
    assert_eq!(bench.flights.len(), 1, "the first refusal is answered");
    bench.receive(n(3), n(1), refusal);
    assert_eq!(bench.flights.len(), 1, "its duplicate is not");
    assert_eq!(bench.card(n(1)).peers[1], (n(3), 0, 1));
}

/// Reference: section 5.4 and Figure 3, Leader Append-Only: nobody makes a leader change its own
/// entries.
#[wasm_bindgen_test(unsupported = test)]
fn s5_4_a_leader_does_not_listen_to_entries_of_its_own_term() {
    let mut bench: Bench<Raft> = Bench::new(3, &[]);
    elect(&mut bench, n(1), &[n(2)]);
    put(&mut bench, n(1), 1, "1");
    bench.flights.clear();
    bench.receive(n(3), n(1), append(1, (0, 0), &[1], 1));
    assert_eq!(bench.role(n(1)), Role::Leader);
    assert_eq!(bench.eras(n(1)).len(), 2);
    assert!(bench.flights.is_empty());
}

/// Reference: Figure 3, Log Matching: whatever happened, logs that were repaired are equal.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_leader_repairs_every_kind_of_log() {
    for rule in ["term", "one"] {
        let knobs = [("backup", KnobValue::Choice(rule))];
        let mut bench = logs("4", &["1.1.3", "-", "1.2.2.2.2", "1.1.3", "4.4"], &knobs);
        elect(&mut bench, n(1), &[n(2), n(3), n(4)]);
        assert_eq!(bench.role(n(1)), Role::Leader);
        bench.settle(&bench.all());
        for id in bench.all() {
            assert_eq!(bench.card(id).log.len(), 4);
            let values = |id| bench.card(id).log.iter().map(|cell| cell.value).collect::<Vec<_>>();
            assert_eq!(values(id), values(n(1)), "{rule}: {id}");
        }
    }
}

/// A `given` disk is read, told once, and refused with a reason.
#[wasm_bindgen_test(unsupported = test)]
fn a_given_disk_is_told_once() {
    let words = [("term", "7"), ("vote", "n2"), ("log", "1.1.4")];
    let mut bench: Bench<Raft> = Bench::given(&[&words, &[]], &[]);
    assert_eq!(bench.card(n(1)).era, 7);
    assert_eq!(bench.field(n(1), "votedFor"), "n2");
    let third = Fact::Appended { slot: 3, era: 4, value: word("e3t4") };
    assert_eq!(stated(&bench, n(1), third), 1);
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(stated(&bench, n(1), third), 1);
    assert_eq!(stated(&bench, n(1), Fact::Entered { era: 7 }), 2);
    let bad: [&[(&str, &str)]; 12] = [
        &[("term", "0")],
        &[("term", "3"), ("log", "1.4")],
        &[("log", "2.1")],
        &[("log", "1..2")],
        &[("vote", "2")],
        &[("snapshot", "1")],
        &[("log", "1[n1")],
        &[("log", "1[]")],
        &[("log", "1[n1,]")],
        &[("log", "1[n0]")],
        &[("log", "1[n129]")],
        &[("log", "1[n1+n1]")],
    ];
    for words in bad {
        assert!(Raft::given(words).is_err(), "{words:?}");
    }
}

/// A heartbeat looks like one; a message with entries does not.
#[wasm_bindgen_test(unsupported = test)]
fn every_message_looks_like_a_declared_one() {
    use quorate::kernel::Payload as _;
    let mut messages = vec![
        append(1, (0, 0), &[], 0),
        append(1, (0, 0), &[1], 0),
        append(1, (0, 0), &[1, 1], 0),
        Msg::RequestVote { term: 1, last_index: 0, last_term: 0, transfer: false },
        Msg::Appended { term: 1, upto: 1 },
        Msg::Rejected { term: 1, prev_index: 1, retry_at: 1 },
    ];
    for granted in [true, false] {
        messages.push(Msg::RequestVoteResponse { term: 1, granted });
    }
    for msg in messages {
        assert!(Raft::ABOUT.faces.contains(&msg.face()), "{}", name(&msg));
        assert!(msg.detail().starts_with("T1"));
    }
}
