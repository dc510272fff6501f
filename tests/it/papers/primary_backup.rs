//! Sentences about primaries and backups [alsberg76], [budhiraja93 §8], [oki88 §4], one test each.

use quorate::kernel::{Fact, KnobValue, NodeId, Op, Outcome, Role};
use quorate::protocol::primary_backup::{Msg, PrimaryBackup, Timer, owner};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, n, request, word};

type Table = Bench<PrimaryBackup>;

const ASYNC: (&str, KnobValue) = ("replication", KnobValue::Choice("async"));
const UNFENCED: (&str, KnobValue) = ("fencing", KnobValue::Switch(false));

/// So many nodes that all have heard of the first primary.
fn table(nodes: usize, knobs: &[(&str, KnobValue)]) -> Table {
    let mut bench = Bench::new(nodes, knobs);
    let all = bench.all();
    bench.settle(&all);
    bench
}

fn put(bench: &mut Table, node: u32, serial: u64, value: &str) {
    bench.ask(n(node), request(node, serial, Op::Put(word("x"), word(value))));
}

fn get(bench: &mut Table, node: u32, serial: u64) {
    bench.ask(n(node), request(node, serial, Op::Get(word("x"))));
}

fn name(msg: &Msg) -> &'static str {
    quorate::kernel::Payload::face(msg).name
}

fn found(bench: &Table) -> Vec<Outcome> {
    bench.replies.iter().map(|reply| reply.2).collect()
}

fn value(text: &str) -> Outcome {
    Outcome::Done(Some(word(text)))
}

fn marked(bench: &Table, node: NodeId, rule: &str) -> bool {
    bench.marks.iter().any(|mark| mark.0 == node && mark.1 == rule)
}

/// Reference: [budhiraja93 §8]: the primary sends the update to the backups before it answers, and
/// answers when enough have it.
#[wasm_bindgen_test(unsupported = test)]
fn the_answer_waits_for_copies() {
    for (nodes, fenced, needed) in [(3, true, 1), (5, true, 2), (3, false, 2), (5, false, 4)] {
        let mut bench = table(nodes, &[("fencing", KnobValue::Switch(fenced))]);
        put(&mut bench, 1, 1, "A");
        for backup in 2..=nodes as u32 {
            let enough = backup - 2 >= needed;
            assert_eq!(!bench.replies.is_empty(), enough, "{nodes} nodes, {backup}");
            bench.deliver(|flight| name(&flight.msg) == "Update" && flight.to == n(backup));
            bench.deliver(|flight| name(&flight.msg) == "Ack" && flight.from == n(backup));
        }
        assert_eq!(found(&bench), [Outcome::Done(None)]);
        // A backup answers nobody.
        get(&mut bench, 2, 1);
        assert_eq!(found(&bench)[1], Outcome::Redirect(Some(n(1))));
    }
}

/// Reference: [alsberg76]: an answer before the copy is stored is an answer that may be lost.
#[wasm_bindgen_test(unsupported = test)]
fn asynchronous_copies_lose_acknowledged_writes() {
    for (replication, lost) in [("async", true), ("sync", false)] {
        let mut bench = table(3, &[("replication", KnobValue::Choice(replication))]);
        put(&mut bench, 1, 1, "A");
        if !lost {
            bench.settle(&bench.all());
        }
        assert_eq!(found(&bench), [Outcome::Done(None)]);
        bench.crash(n(1));
        bench.fire(n(2), Timer::Takeover);
        bench.settle(&[n(2), n(3)]);
        get(&mut bench, 2, 1);
        bench.settle(&[n(2), n(3)]);
        assert_eq!(found(&bench)[1], if lost { Outcome::Done(None) } else { value("A") });
    }
}

/// Reference: [oki88 §4]: the primary of a view is determined by its number.
#[wasm_bindgen_test(unsupported = test)]
fn nodes_own_the_views_in_turn() {
    let owners: Vec<NodeId> = (1..=7).map(|view| owner(view, 3)).collect();
    assert_eq!(owners, [n(1), n(2), n(3), n(1), n(2), n(3), n(1)]);
    let mut bench = table(3, &[]);
    bench.crash(n(1));
    for (node, other, view) in [(3, 2, 3), (2, 3, 5), (3, 2, 6)] {
        bench.fire(n(node), Timer::Takeover);
        bench.settle(&[n(node), n(other)]);
        assert_eq!(bench.role(n(node)), Role::Leader);
        assert!(bench.facts.contains(&(n(node), Fact::Elected { era: view })));
        assert_eq!(bench.role(n(other)), Role::Follower);
    }
}

/// Reference: [oki88 §4]: a new view needs a majority, so two cannot be formed apart.
#[wasm_bindgen_test(unsupported = test)]
fn a_minority_forms_no_view() {
    let mut bench = table(5, &[]);
    bench.fire(n(2), Timer::Takeover);
    bench.settle(&[n(2), n(3)]);
    for _ in 0..3 {
        bench.fire(n(2), Timer::Takeover);
        bench.settle(&[n(2), n(3)]);
    }
    assert_eq!((bench.role(n(2)), bench.card(n(2)).era), (Role::Candidate, 2));
    bench.fire(n(2), Timer::Takeover);
    bench.settle(&[n(2), n(3), n(4)]);
    assert_eq!(bench.role(n(2)), Role::Leader);
}

/// Reference: [oki88 §4]: the new primary takes the newest state of those that form the view.
#[wasm_bindgen_test(unsupported = test)]
fn the_newest_state_is_taken_over() {
    let mut bench = table(5, &[]);
    put(&mut bench, 1, 1, "A");
    // A majority has it: n1, n4 and n5.
    bench.settle(&[n(1), n(4), n(5)]);
    assert_eq!(bench.replies.len(), 1);
    bench.crash(n(1));
    bench.fire(n(2), Timer::Takeover);
    bench.settle(&[n(2), n(3), n(5)]);
    get(&mut bench, 2, 1);
    bench.settle(&[n(2), n(3), n(5)]);
    assert_eq!(found(&bench)[1], value("A"));
}

/// Reference: [oki88 §4]: who has entered a view takes no part in an earlier one. That is what
/// fences the old primary off.
#[wasm_bindgen_test(unsupported = test)]
fn an_old_primary_is_fenced_off() {
    let mut bench = table(3, &[]);
    put(&mut bench, 1, 1, "A");
    bench.settle(&bench.all());
    // n1 hears nothing of the take-over.
    bench.fire(n(2), Timer::Takeover);
    bench.settle(&[n(2), n(3)]);
    put(&mut bench, 2, 1, "B");
    bench.settle(&[n(2), n(3)]);
    bench.replies.clear();
    get(&mut bench, 1, 2);
    put(&mut bench, 1, 3, "C");
    assert!(bench.replies.is_empty(), "it does not know, and still cannot answer");
    bench.deliver(|flight| flight.to == n(3));
    assert!(marked(&bench, n(3), "refuse-stale"));
    bench.settle(&bench.all());
    assert!(bench.replies.is_empty());
    assert_eq!(bench.role(n(1)), Role::Follower);
    assert!(bench.facts.contains(&(n(1), Fact::SteppedDown { era: 1 })));
    bench.fire(n(2), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(1), "store"), "x=B");
}

/// Without fencing both halves serve, and what one of them wrote is dropped when they meet.
#[wasm_bindgen_test(unsupported = test)]
fn without_fencing_the_brain_is_split() {
    let mut bench = table(3, &[UNFENCED]);
    bench.fire(n(2), Timer::Takeover);
    bench.settle(&[n(2), n(3)]);
    assert_eq!((bench.role(n(1)), bench.role(n(2))), (Role::Leader, Role::Leader));
    put(&mut bench, 1, 1, "A");
    bench.flights.clear();
    for _ in 0..=5 {
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&[n(1)]);
        bench.fire(n(2), Timer::Heartbeat);
        bench.settle(&[n(2), n(3)]);
    }
    assert!(marked(&bench, n(1), "drop-backup"));
    put(&mut bench, 2, 1, "B");
    bench.settle(&[n(2), n(3)]);
    assert_eq!(found(&bench), [Outcome::Done(None), Outcome::Done(None)]);
    bench.fire(n(1), Timer::Heartbeat);
    bench.settle(&bench.all());
    bench.fire(n(2), Timer::Heartbeat);
    bench.settle(&bench.all());
    assert!(marked(&bench, n(1), "discard"));
    for id in bench.all() {
        assert_eq!(bench.field(id, "store"), "x=B");
    }
}

/// A request asked of two primaries is executed once: what was done travels with the state.
#[wasm_bindgen_test(unsupported = test)]
fn a_repeated_request_is_executed_once() {
    let mut bench = table(3, &[]);
    let add = request(7, 1, Op::Add(word("x"), 1));
    bench.ask(n(1), add);
    bench.ask(n(1), add);
    // n2 stores it; the answer is lost with n1.
    bench.deliver(|flight| flight.to == n(2));
    bench.crash(n(1));
    bench.fire(n(2), Timer::Takeover);
    bench.settle(&[n(2), n(3)]);
    bench.ask(n(2), add);
    bench.settle(&[n(2), n(3)]);
    assert_eq!(found(&bench), [Outcome::Done(None)]);
    assert!(marked(&bench, n(2), "repeat-answer"));
    for id in [n(2), n(3)] {
        assert_eq!(bench.field(id, "store"), "x=1");
    }
}

/// A primary that restarts does not take its view up again: it waits like a backup.
#[wasm_bindgen_test(unsupported = test)]
fn a_restarted_primary_begins_as_a_backup() {
    for nodes in [1, 3] {
        let mut bench = table(nodes, &[ASYNC]);
        put(&mut bench, 1, 1, "A");
        bench.crash(n(1));
        bench.restart(n(1));
        assert_eq!(bench.role(n(1)), Role::Follower);
        get(&mut bench, 1, 2);
        assert_eq!(found(&bench)[1], Outcome::Redirect(None));
        bench.fire(n(1), Timer::Takeover);
        bench.settle(&bench.all());
        assert_eq!(bench.role(n(1)), Role::Leader);
        assert_eq!(bench.card(n(1)).era, 1 + nodes as u64);
        assert_eq!(bench.field(n(1), "store"), "x=A");
    }
}
