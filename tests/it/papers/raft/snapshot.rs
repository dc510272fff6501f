//! Log compaction [ongaro14 §7], [ongaro14phd §5].

use quorate::kernel::{Fact, KnobValue, NodeId, Op, Outcome, Role};
use quorate::protocol::raft::{Msg, Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n, request, word};
use super::{commit, elect, name, put, stated};

/// Three nodes led by n1; n3 has missed `entries` writes, and n1 has compacted its log.
fn compacted(entries: u64, knobs: &[(&str, KnobValue)]) -> Bench<Raft> {
    let mut bench = Bench::new(3, knobs);
    bench.fire(n(1), Timer::Election);
    bench.settle(&bench.all());
    for serial in 1..=entries {
        put(&mut bench, n(1), serial, &serial.to_string());
        bench.settle(&[n(1), n(2)]);
    }
    bench.compact(n(1));
    bench
}

fn sends_snapshot(bench: &Bench<Raft>, to: NodeId) -> usize {
    bench.between(n(1), to).iter().filter(|msg| name(msg) == "InstallSnapshot").count()
}

fn get(bench: &mut Bench<Raft>, at: NodeId, key: &str) -> Option<Outcome> {
    bench.replies.clear();
    bench.ask(at, request(9, 1, Op::Get(word(key))));
    bench.settle(&bench.all());
    bench.replies.last().map(|reply| reply.2)
}

/// Reference: section 7: the snapshot replaces the entries it stands for.
#[wasm_bindgen_test(unsupported = test)]
fn s7_a_snapshot_replaces_entries() {
    let mut bench = compacted(4, &[]);
    assert!(bench.eras(n(1)).is_empty());
    assert_eq!(bench.field(n(1), "lastIncludedIndex"), "5");
    put(&mut bench, n(1), 5, "5");
    bench.settle(&[n(1), n(2)]);
    let slots: Vec<u64> = bench.card(n(1)).log.iter().map(|cell| cell.slot).collect();
    assert_eq!(slots, [6], "indices go on");
    assert_eq!(commit(&bench, n(1)), 6);
    // Nothing is applied since: there is nothing to compact.
    let marks = bench.marks.len();
    bench.compact(n(2));
    bench.compact(n(2));
    assert_eq!(bench.marks.len(), marks + 1);
}

/// Reference: section 7: servers take snapshots independently, when the log has reached a size.
#[wasm_bindgen_test(unsupported = test)]
fn s7_snapshots_are_taken_when_enough_is_applied() {
    let knobs = [("snapshot", KnobValue::Count(3)), ("keep", KnobValue::Count(1))];
    let mut bench: Bench<Raft> = Bench::new(1, &knobs);
    bench.fire(n(1), Timer::Election);
    for (serial, included, kept) in [(1, None, 2), (2, Some("3"), 1), (4, Some("3"), 3)] {
        put(&mut bench, n(1), serial, "v");
        if serial == 4 {
            put(&mut bench, n(1), 3, "v");
        }
        let card = bench.card(n(1));
        let field = card.fields.iter().find(|field| field.name == "lastIncludedIndex");
        assert_eq!(field.map(|field| field.value.as_str()), included, "{serial}");
        assert_eq!(card.log.len(), kept, "{serial}");
    }
    put(&mut bench, n(1), 5, "v");
    assert_eq!(bench.field(n(1), "lastIncludedIndex"), "6");
}

/// Reference: section 7 and Figure 13: a leader that has dropped the next entry a follower needs
/// sends its snapshot; the follower takes over state, sessions and membership, and goes on.
#[wasm_bindgen_test(unsupported = test)]
fn s7_a_follower_far_behind_installs_the_snapshot() {
    for pipeline in [0, 8] {
        let mut bench = compacted(4, &[("pipeline", KnobValue::Count(pipeline))]);
        put(&mut bench, n(1), 5, "5");
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&bench.all());
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&bench.all());
        let installed = stated(&bench, n(3), Fact::Installed { slot: 5, era: 1 });
        assert_eq!(installed, 1, "pipeline={pipeline}");
        assert_eq!(commit(&bench, n(3)), 6);
        let chosen = bench.chosen(n(3));
        assert!(chosen.iter().all(|(slot, _)| ![2, 3, 4, 5].contains(slot)), "{chosen:?}");
        assert_eq!(chosen.last(), Some(&(6, word("x=5"))));
        // It can lead, knows the state, and executes nothing a second time.
        elect(&mut bench, n(3), &[n(1), n(2)]);
        bench.settle(&bench.all());
        assert_eq!(bench.role(n(3)), Role::Leader);
        bench.replies.clear();
        put(&mut bench, n(3), 2, "again");
        assert_eq!(bench.replies.len(), 1, "the session came with the snapshot");
        assert_eq!(get(&mut bench, n(3), "x"), Some(Outcome::Done(Some(word("5")))));
    }
}

/// Reference: Figure 13, rule 6: an entry with the snapshot's last index and term keeps what
/// follows it; rule 7: otherwise the whole log goes.
#[wasm_bindgen_test(unsupported = test)]
fn s7_what_follows_a_matching_entry_is_kept() {
    let mut bench = compacted(2, &[]);
    put(&mut bench, n(1), 3, "3");
    bench.fire(n(1), Timer::Heartbeat);
    let snapshot = bench.between(n(1), n(3)).pop().cloned();
    let snapshot: Msg = snapshot.expect("a snapshot");
    assert_eq!(name(&snapshot), "InstallSnapshot");
    // n2 has entries 1 to 3 and does not know that 3 is committed; its log goes on to 4.
    bench.deliver(|flight| flight.to == n(2));
    bench.crash(n(2));
    bench.restart(n(2));
    assert_eq!((commit(&bench, n(2)), bench.eras(n(2)).len()), (0, 4));
    bench.receive(n(1), n(2), snapshot.clone());
    assert_eq!(bench.card(n(2)).log.iter().map(|cell| cell.slot).collect::<Vec<_>>(), [4]);
    // n3 has only the no-op.
    bench.receive(n(1), n(3), snapshot);
    assert!(bench.card(n(3)).log.is_empty());
    assert_eq!((commit(&bench, n(2)), commit(&bench, n(3))), (3, 3));
}

/// Reference: Figure 13, and [ongaro14phd §5.3]: a snapshot that stands for less than what is
/// committed is overtaken: nothing changes.
#[wasm_bindgen_test(unsupported = test)]
fn s7_a_stale_snapshot_is_ignored() {
    let mut bench = compacted(2, &[]);
    bench.fire(n(1), Timer::Heartbeat);
    let old = bench.between(n(1), n(3)).into_iter().next_back().cloned().expect("a snapshot");
    bench.settle(&bench.all());
    put(&mut bench, n(1), 3, "3");
    bench.settle(&bench.all());
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    let before = bench.card(n(3));
    bench.receive(n(1), n(3), old.clone());
    assert_eq!(bench.card(n(3)), before);
    assert_eq!(
        bench.flights.pop().map(|flight| flight.msg),
        Some(Msg::Installed { term: 1, upto: 4 })
    );
    // From the leader of an earlier term it is refused.
    elect(&mut bench, n(2), &[n(3)]);
    bench.flights.clear();
    bench.receive(n(1), n(3), old);
    assert_eq!(
        bench.flights.pop().map(|flight| flight.msg),
        Some(Msg::Installed { term: 2, upto: 0 })
    );
}

/// Reference: [ongaro14phd §5.1]: a server restarts from its snapshot and the entries behind it;
/// what was truncated stays away [etcd-raft §issue 22442].
#[wasm_bindgen_test(unsupported = test)]
fn s5_1_a_server_restarts_from_its_snapshot() {
    let mut bench = compacted(3, &[]);
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!((commit(&bench, n(1)), bench.eras(n(1)).len()), (4, 0));
    assert_eq!(bench.field(n(1), "store"), "x=3");
    // n1 appends what nobody else gets, and crashes; n2 overwrites it; n1 keeps nothing of it.
    elect(&mut bench, n(1), &[n(2)]);
    put(&mut bench, n(1), 4, "lost");
    bench.flights.clear();
    assert_eq!(bench.eras(n(1)), [2, 2]);
    elect(&mut bench, n(2), &[n(3)]);
    elect(&mut bench, n(2), &[n(3)]);
    bench.settle(&bench.all());
    bench.fire(n(2), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(bench.eras(n(1)), [3]);
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(bench.eras(n(1)), [3]);
}

/// A lost snapshot is sent again with the next heartbeat, and not with every request before.
#[wasm_bindgen_test(unsupported = test)]
fn s7_a_lost_snapshot_is_repeated() {
    let mut bench = compacted(3, &[]);
    for serial in 4..8 {
        put(&mut bench, n(1), serial, "v");
    }
    assert!(sends_snapshot(&bench, n(3)) <= 1);
    bench.flights.clear();
    bench.fire(n(1), Timer::Heartbeat);
    assert_eq!(sends_snapshot(&bench, n(3)), 1);
    bench.settle(&bench.all());
    assert_eq!(bench.eras(n(3)).len(), 4);
}
