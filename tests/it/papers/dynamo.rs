//! Sentences of *Dynamo* [decandia07], one test each.

use std::collections::BTreeSet;

use quorate::kernel::{Fact, KnobValue, NodeId, Op, Outcome, Payload as _};
use quorate::protocol::dynamo::{Dynamo, Msg, Rule, Timer, Version, Versions, descends};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, n, request, word};

type Table = Bench<Dynamo>;

fn count(name: &'static str, value: u64) -> (&'static str, KnobValue) {
    (name, KnobValue::Count(value))
}

fn off(name: &'static str) -> (&'static str, KnobValue) {
    (name, KnobValue::Switch(false))
}

fn put(bench: &mut Table, node: NodeId, serial: u64, value: &str) {
    bench.ask(node, request(node.0, serial, Op::Put(word("x"), word(value))));
}

fn get(bench: &mut Table, node: NodeId, serial: u64) -> Option<Outcome> {
    let before = bench.replies.len();
    bench.ask(node, request(node.0, serial, Op::Get(word("x"))));
    bench.settle(&bench.all());
    bench.replies.get(before).map(|reply| reply.2)
}

fn value(text: &str) -> Outcome {
    Outcome::Done(Some(word(text)))
}

fn is(msg: &Msg, name: &str) -> bool {
    msg.face().name == name
}

/// The nodes that keep x among so many, in the order of the ring; found by asking all.
fn homes(nodes: u32, copies: u64) -> Vec<NodeId> {
    let mut bench: Table = Bench::new(nodes as usize, &[count("n", copies)]);
    let mut found = BTreeSet::new();
    for id in bench.all() {
        bench.ask(id, request(id.0, 1, Op::Get(word("x"))));
        if bench.replies.last().is_none_or(|reply| reply.0 != id) || copies == 1 {
            found.insert(id);
        }
    }
    let first = *found
        .iter()
        .find(|id| !found.contains(&NodeId((id.0 + nodes - 1) % nodes)))
        .unwrap_or(&NodeId(0));
    (0..copies as u32).map(|step| NodeId((first.0 + step) % nodes)).collect()
}

/// Reference: [decandia07 §4.2]: a key is kept by N successive nodes of the ring; the others send
/// clients to one of those.
#[wasm_bindgen_test(unsupported = test)]
fn s4_2_a_key_has_n_homes() {
    let homes = homes(7, 3);
    let mut bench: Table = Bench::new(7, &[]);
    for id in bench.all() {
        put(&mut bench, id, 1, "A");
        let last = bench.replies.last().map(|reply| (reply.0, reply.2));
        let sent_away = last == Some((id, Outcome::Redirect(Some(homes[0]))));
        assert_eq!(sent_away, !homes.contains(&id), "{id}");
    }
    bench.settle(&bench.all());
    for id in bench.all() {
        assert_eq!(bench.field(id, "store") != "-", homes.contains(&id), "{id}");
    }
}

/// Reference: [decandia07 §4.5]: a write is done when W nodes stored it, a read when R answered,
/// the coordinator included.
#[wasm_bindgen_test(unsupported = test)]
fn s4_5_the_coordinator_counts_to_w_and_to_r() {
    for needed in 1..=3 {
        let mut bench: Table = Bench::new(3, &[count("w", needed), count("r", needed)]);
        put(&mut bench, n(1), 1, "A");
        for (reached, node) in [(1, n(1)), (2, n(2)), (3, n(3))] {
            bench.deliver(|flight| flight.to == node);
            bench.deliver(|flight| flight.from == node);
            assert_eq!(!bench.replies.is_empty(), reached >= needed, "W={needed}: {reached}");
        }
        bench.replies.clear();
        bench.ask(n(1), request(0, 2, Op::Get(word("x"))));
        for (reached, node) in [(1, n(1)), (2, n(2)), (3, n(3))] {
            bench.deliver(|flight| flight.to == node);
            bench.deliver(|flight| flight.from == node);
            assert_eq!(!bench.replies.is_empty(), reached >= needed, "R={needed}: {reached}");
        }
    }
}

/// Reference: [decandia07 §4.5]: with R + W > N a read meets the last write; with less it need not.
#[wasm_bindgen_test(unsupported = test)]
fn s4_5_quorums_that_meet_see_the_last_write() {
    for (r, w, seen) in [(2, 2, true), (1, 1, false), (1, 2, false), (1, 3, true), (3, 1, true)] {
        let mut bench: Table = Bench::new(3, &[count("r", r), count("w", w)]);
        put(&mut bench, n(1), 1, "A");
        // n1 and as many more as are needed store it.
        for node in [n(1), n(2), n(3)].into_iter().take(w as usize) {
            bench.deliver(|flight| flight.to == node);
        }
        bench.deliver(|flight| is(&flight.msg, "PutAck"));
        assert_eq!(bench.replies.len(), 1);
        bench.flights.clear();
        // The reader has the answers of those that lack it, if that is enough.
        bench.ask(n(3), request(9, 1, Op::Get(word("x"))));
        bench.deliver(|flight| flight.to == n(2));
        bench.deliver(|flight| flight.from == n(2));
        if bench.replies.len() < 2 {
            bench.settle(&bench.all());
        }
        let found = bench.replies[1].2;
        assert_eq!(found == value("A"), seen, "R={r} W={w}: {found:?}");
    }
}

/// Reference: [decandia07 §4.4]: versions on different branches are both kept; a write on top of
/// both replaces both.
#[wasm_bindgen_test(unsupported = test)]
fn s4_4_concurrent_versions_are_siblings_until_somebody_writes_on_top() {
    let mut bench: Table = Bench::new(3, &[count("w", 1)]);
    put(&mut bench, n(1), 1, "A");
    put(&mut bench, n(2), 1, "B");
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(3), "store"), "x=A@1.n1|B@1.n2");
    assert_eq!(get(&mut bench, n(3), 1), Some(value("A|B")));
    assert!(bench.marks.contains(&(n(3), "siblings")));
    put(&mut bench, n(3), 2, "C");
    bench.settle(&bench.all());
    assert_eq!(get(&mut bench, n(1), 2), Some(value("C")));
}

/// Reference: [decandia07 §4.4]: "last write wins" instead drops one of them.
#[wasm_bindgen_test(unsupported = test)]
fn s4_4_the_last_writer_wins_and_the_other_loses() {
    let knobs = [count("w", 1), ("versions", KnobValue::Choice("last-writer"))];
    let mut bench: Table = Bench::new(3, &knobs);
    put(&mut bench, n(1), 1, "A");
    put(&mut bench, n(2), 1, "B");
    assert_eq!(bench.replies.len(), 2, "both are acknowledged");
    bench.settle(&bench.all());
    assert_eq!(get(&mut bench, n(1), 2), Some(value("B")));
}

/// Reference: [decandia07 §4.4]: the example of Figure 3: D1, D2 by Sx; D3 by Sy and D4 by Sz on
/// top of D2; D5 by Sx reconciles both.
#[wasm_bindgen_test(unsupported = test)]
fn s4_4_figure_3() {
    let (x, y, z) = (n(1), n(2), n(3));
    let next = |of: &[&Version], node, value| {
        let mut all = Versions::default();
        for version in of {
            all.join(&Versions::one((*version).clone()), Rule::Clocks);
        }
        all.next(node, word(value))
    };
    let d1 = next(&[], x, "D1");
    let d2 = next(&[&d1], x, "D2");
    let (d3, d4) = (next(&[&d2], y, "D3"), next(&[&d2], z, "D4"));
    let d5 = next(&[&d3, &d4], x, "D5");
    let clock = |version: &Version| version.clock.clone().into_iter().collect::<Vec<_>>();
    assert_eq!(clock(&d2), [(x, 2)]);
    assert_eq!(clock(&d3), [(x, 2), (y, 1)]);
    assert_eq!(clock(&d4), [(x, 2), (z, 1)]);
    assert_eq!(clock(&d5), [(x, 3), (y, 1), (z, 1)]);
    assert!(descends(&d2.clock, &d1.clock) && !descends(&d1.clock, &d2.clock));
    assert!(!descends(&d3.clock, &d4.clock) && !descends(&d4.clock, &d3.clock));
    let mut all = Versions::default();
    for version in [&d3, &d1, &d4, &d2, &d3] {
        all.join(&Versions::one(version.clone()), Rule::Clocks);
    }
    assert_eq!(all.values().collect::<Vec<_>>(), [word("D3"), word("D4")]);
    all.join(&Versions::one(d5), Rule::Clocks);
    assert_eq!(all.values().collect::<Vec<_>>(), [word("D5")]);
}

/// Taking versions in is a join: neither order nor repetition matters.
#[wasm_bindgen_test(unsupported = test)]
fn joining_is_commutative_associative_and_idempotent() {
    let mut dice = Stream::new(3, Concern::Faults, 0);
    let mut below =
        move |count: usize| quorate::kernel::Choices::below(&mut dice, count as u64) as usize;
    for round in 0..200 {
        // A history of three nodes that write and now and then learn of each other.
        let mut stores = vec![Versions::default(); 3];
        let mut written: Vec<Versions> = Vec::new();
        for step in 0..8 {
            let (node, other) = (below(3), below(3));
            if below(2) == 0 {
                let heard = stores[other].clone();
                stores[node].join(&heard, Rule::Clocks);
            }
            let version = stores[node].next(NodeId::at(node), word(&format!("v{step}")));
            stores[node].join(&Versions::one(version), Rule::Clocks);
            written.push(stores[node].clone());
        }
        for rule in [Rule::Clocks, Rule::LastWriter] {
            let mut all: Vec<Versions> = Vec::new();
            for _ in 0..4 {
                let mut joined = Versions::default();
                let mut order: Vec<usize> = (0..written.len()).collect();
                while !order.is_empty() {
                    let at = order.swap_remove(below(order.len()));
                    joined.join(&written[at], rule);
                    joined.join(&written[below(written.len())].clone(), rule);
                }
                for version in &written {
                    joined.join(version, rule);
                }
                assert!(!joined.clone().join(&joined, rule));
                all.push(joined);
            }
            assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "round {round}, {rule:?}");
        }
    }
}

/// Reference: [decandia07 §4.6]: the next node of the ring stores for one that is down, counts for
/// the quorum, and hands over when it is back.
#[wasm_bindgen_test(unsupported = test)]
fn s4_6_a_stand_in_keeps_a_hint_and_hands_it_over() {
    let homes = homes(5, 3);
    let (first, second, third) = (homes[0], homes[1], homes[2]);
    let stand_in = NodeId((third.0 + 1) % 5);
    for sloppy in [true, false] {
        let mut bench: Table =
            Bench::new(5, &[count("w", 3), ("sloppy", KnobValue::Switch(sloppy))]);
        bench.crash(third);
        put(&mut bench, first, 1, "A");
        bench.settle(&bench.all());
        assert!(bench.replies.is_empty(), "two of three have it");
        bench.fire(first, Timer::Retry);
        bench.settle(&bench.all());
        assert_eq!(bench.replies.len(), usize::from(sloppy));
        assert_eq!(bench.field(second, "store"), "x=A@1.".to_owned() + &first.to_string());
        if !sloppy {
            continue;
        }
        assert!(bench.field(stand_in, "hints").starts_with(&format!("{third}: x=A")));
        assert_eq!(bench.field(stand_in, "store"), "-", "it is not a home of the key");
        bench.restart(third);
        bench.fire(stand_in, Timer::Handoff);
        bench.settle(&bench.all());
        assert_eq!(bench.field(third, "store"), bench.field(second, "store"));
        assert_eq!(bench.field(stand_in, "hints"), "-");
    }
}

/// Reference: [decandia07 §5]: a read that saw old versions updates the nodes that had them.
#[wasm_bindgen_test(unsupported = test)]
fn s5_a_read_repairs_what_it_saw() {
    for repair in [true, false] {
        let mut bench: Table =
            Bench::new(3, &[off("sloppy"), ("read-repair", KnobValue::Switch(repair))]);
        put(&mut bench, n(1), 1, "A");
        bench.settle(&[n(1), n(2)]);
        assert_eq!(bench.field(n(3), "store"), "-");
        assert_eq!(get(&mut bench, n(2), 1), Some(value("A")));
        assert_eq!(bench.field(n(3), "store") != "-", repair);
    }
}

/// Reference: [decandia07 §4.7]: replicas become the same by comparing, without any request.
#[wasm_bindgen_test(unsupported = test)]
fn s4_7_anti_entropy_makes_replicas_equal() {
    let mut bench: Table = Bench::new(2, &[count("w", 1), count("n", 2), off("sloppy")]);
    put(&mut bench, n(1), 1, "A");
    put(&mut bench, n(2), 1, "B");
    bench.flights.clear();
    bench.fire(n(1), Timer::Exchange);
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(1), "store"), bench.field(n(2), "store"));
    let digests = |id| {
        let facts = bench.facts.iter().filter(move |(node, _)| *node == id);
        facts.filter_map(|(_, fact)| match fact {
            Fact::Replica { digest } => Some(*digest),
            _ => None,
        })
    };
    assert_eq!(digests(n(1)).next_back(), digests(n(2)).next_back());
    assert!(digests(n(1)).count() >= 3);
}
