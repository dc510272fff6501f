//! Sentences about epidemics and mergeable data [demers87], [shapiro11], one test each.

use quorate::kernel::{Choices as _, KnobValue, NodeId, Op, Outcome, Payload as _};
use quorate::protocol::gossip_kv::{Content, GossipKv, Msg, Timer};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, n, request, word};

type Table = Bench<GossipKv>;

fn mode(word: &'static str) -> [(&'static str, KnobValue); 1] {
    [("mode", KnobValue::Choice(word))]
}

fn ask(bench: &mut Table, node: NodeId, serial: u64, op: Op) -> Outcome {
    bench.ask(node, request(node.0, serial, op));
    bench.replies.last().expect("an answer at once").2
}

fn found(text: &str) -> Outcome {
    Outcome::Done(Some(word(text)))
}

/// Both nodes tell each other what they have.
fn meet(bench: &mut Table) {
    for id in bench.all() {
        bench.fire(id, Timer::Gossip);
        bench.settle(&bench.all());
    }
}

/// Reference: [demers87 §1.3]: push, pull and push-pull differ in who learns from whom.
#[wasm_bindgen_test(unsupported = test)]
fn s1_3_push_tells_pull_asks_push_pull_does_both() {
    for (how, n1_learns, n2_learns, messages) in
        [("push", false, true, 1), ("pull", true, false, 2), ("push-pull", true, true, 2)]
    {
        let mut bench: Table = Bench::new(2, &mode(how));
        ask(&mut bench, n(1), 1, Op::Put(word("x"), word("A")));
        ask(&mut bench, n(2), 1, Op::Put(word("y"), word("B")));
        bench.fire(n(1), Timer::Gossip);
        let mut sent = 0;
        while !bench.flights.is_empty() {
            sent += bench.deliver(|_| true);
        }
        assert_eq!(bench.field(n(1), "store").contains("y=B"), n1_learns, "{how}");
        assert_eq!(bench.field(n(2), "store").contains("x=A"), n2_learns, "{how}");
        assert_eq!(sent, messages, "{how}");
    }
}

/// Reference: [demers87 §1.3]: a round turns to others at random, to none of them twice.
#[wasm_bindgen_test(unsupported = test)]
fn s1_3_the_fan_out_is_of_different_others() {
    for (nodes, fan_out, sent) in [(2, 1, 1), (5, 3, 3), (5, 4, 4), (5, 9, 4), (1, 3, 0)] {
        let mut bench: Table = Bench::new(nodes, &[("fan-out", KnobValue::Count(fan_out))]);
        bench.fire(n(1), Timer::Gossip);
        let mut to: Vec<NodeId> = bench.flights.iter().map(|flight| flight.to).collect();
        to.sort_unstable();
        to.dedup();
        assert_eq!(to.len(), sent, "{fan_out} of {nodes}");
        assert!(!to.contains(&n(1)));
        assert!(bench.flights.iter().all(|flight| flight.msg.face().name == "Push"));
    }
}

/// Reference: [shapiro11 §3.2]: of two values the one with the larger stamp is kept.
#[wasm_bindgen_test(unsupported = test)]
fn s3_2_the_last_writer_wins() {
    let mut bench: Table = Bench::new(2, &[]);
    for (serial, value) in [(1, "A"), (2, "B")] {
        ask(&mut bench, n(1), serial, Op::Put(word("x"), word(value)));
    }
    ask(&mut bench, n(2), 1, Op::Put(word("x"), word("C")));
    meet(&mut bench);
    // B is the second write that n1 had seen, C the first of n2.
    for id in bench.all() {
        assert_eq!(ask(&mut bench, id, 9, Op::Get(word("x"))), found("B"));
    }
    ask(&mut bench, n(2), 10, Op::Put(word("x"), word("D")));
    meet(&mut bench);
    assert_eq!(ask(&mut bench, n(1), 11, Op::Get(word("x"))), found("D"));
}

/// Reference: [shapiro11 §3.1]: a counter adds up what each replica has added and subtracted; to
/// merge it twice changes nothing.
#[wasm_bindgen_test(unsupported = test)]
fn s3_1_counters_add_up() {
    let mut bench: Table = Bench::new(2, &[]);
    ask(&mut bench, n(1), 1, Op::Add(word("c"), 5));
    ask(&mut bench, n(2), 1, Op::Add(word("c"), -7));
    ask(&mut bench, n(2), 2, Op::Add(word("c"), 1));
    // A request that is repeated at its node is not counted twice.
    ask(&mut bench, n(2), 2, Op::Add(word("c"), 1));
    for _ in 0..3 {
        meet(&mut bench);
    }
    for id in bench.all() {
        assert_eq!(ask(&mut bench, id, 9, Op::Get(word("c"))), found("-1"));
    }
}

/// Reference: [shapiro11 §3.3]: an addition wins over a removal at the same time, for the removal
/// only takes away the additions it had seen.
#[wasm_bindgen_test(unsupported = test)]
fn s3_3_an_addition_wins_over_a_removal_that_had_not_seen_it() {
    let mut bench: Table = Bench::new(2, &[]);
    let (key, member) = (word("s"), word("a"));
    ask(&mut bench, n(1), 1, Op::Include(key, member));
    meet(&mut bench);
    ask(&mut bench, n(1), 2, Op::Exclude(key, member));
    ask(&mut bench, n(2), 2, Op::Include(key, member));
    meet(&mut bench);
    for id in bench.all() {
        assert_eq!(ask(&mut bench, id, 9, Op::Contains(key, member)), found("yes"));
    }
    ask(&mut bench, n(1), 10, Op::Exclude(key, member));
    meet(&mut bench);
    assert_eq!(ask(&mut bench, n(2), 11, Op::Contains(key, member)), found("no"));
}

/// Reference: [shapiro11 §2]: states that merge to a least upper bound converge: any order, any
/// number of repetitions.
#[wasm_bindgen_test(unsupported = test)]
fn s2_merging_is_a_join() {
    let mut dice = Stream::new(5, Concern::Faults, 0);
    for round in 0..200 {
        let mut replicas = vec![Content::default(); 3];
        let mut seen: Vec<Content> = Vec::new();
        for step in 0..12 {
            let at = dice.below(3) as usize;
            let node = NodeId::at(at);
            let (key, member) = (word("k"), word(["a", "b"][dice.below(2) as usize]));
            match dice.below(5) {
                0 => replicas[at].put(node, key, word(&format!("v{step}"))),
                1 => replicas[at].add(node, key, dice.below(9) as i32 - 4),
                2 => replicas[at].include((node, step), key, member),
                3 => replicas[at].exclude(key, member),
                _ => {
                    let other = replicas[dice.below(3) as usize].clone();
                    replicas[at].merge(&other);
                }
            }
            seen.push(replicas[at].clone());
        }
        let mut merged: Vec<Content> = Vec::new();
        for _ in 0..4 {
            let mut order: Vec<usize> = (0..seen.len()).collect();
            let mut all = Content::default();
            while !order.is_empty() {
                let at = order.swap_remove(dice.below(order.len() as u64) as usize);
                all.merge(&seen[at]);
                all.merge(&seen[dice.below(seen.len() as u64) as usize].clone());
            }
            let whole = all.clone();
            assert!(!all.merge(&whole), "round {round}");
            merged.push(all);
        }
        assert!(merged.windows(2).all(|pair| pair[0] == pair[1]), "round {round}");
        assert!(merged.windows(2).all(|pair| pair[0].digest() == pair[1].digest()));
    }
}

/// A node that has nothing new to tell is not answered with what the other one knows.
#[wasm_bindgen_test(unsupported = test)]
fn equal_contents_cost_one_message() {
    let mut bench: Table = Bench::new(2, &[]);
    ask(&mut bench, n(1), 1, Op::Put(word("x"), word("A")));
    meet(&mut bench);
    bench.fire(n(1), Timer::Gossip);
    assert!(matches!(bench.flights[0].msg, Msg::Push { ask: true, .. }));
    bench.deliver(|_| true);
    assert!(bench.flights.is_empty());
}
