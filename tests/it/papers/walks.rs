//! Random walks over everything that can happen to a few nodes: any message under way is delivered
//! next, twice or never, any timer goes off, anybody crashes. No network is as bad as this one, and
//! the claims of safety have to hold in it.

use quorate::check::{Monitor, monitor};
use quorate::kernel::{Change, Choices as _, Expect, KnobValue, Node, NodeId, Op, Span};
use quorate::protocol::multi_paxos::MultiPaxos;
use quorate::protocol::paxos::Paxos;
use quorate::protocol::primary_backup::PrimaryBackup;
use quorate::protocol::raft::Raft;
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::{Happening, Input, Occurrence, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, request, word};

/// Most messages under way; beyond, the oldest are lost.
const FLIGHTS: usize = 40;

struct Walk<N: Node> {
    bench: Bench<N>,
    monitors: Vec<Box<dyn Monitor>>,
    stream: Stream,
    event: u64,
    serial: u64,
    /// The entry's members can change.
    operated: bool,
}

impl<N: Node> Walk<N> {
    fn new(nodes: usize, knobs: &[(&str, KnobValue)], seed: u64) -> Self {
        let claims = N::ABOUT.claims.iter().filter(|claim| claim.expect == Expect::Holds);
        let monitors = claims.map(|claim| monitor(claim.property, N::ABOUT.era)).collect();
        let stream = Stream::new(seed, Concern::Faults, 0);
        let operated = N::ABOUT.knobs.iter().any(|knob| knob.name == "members");
        let bench = Bench::new(nodes, knobs);
        let mut walk = Walk { bench, monitors, stream, event: 0, serial: 0, operated };
        walk.judge(Happening::Started);
        walk
    }

    fn below(&mut self, count: usize) -> usize {
        self.stream.below(count as u64) as usize
    }

    fn step(&mut self) {
        self.event += 1;
        let node = NodeId::at(self.below(self.bench.nodes.len()));
        let up = self.bench.nodes[node.index()].is_some();
        let what = match self.below(100) {
            0..72 => self.move_a_flight(),
            72..86 if up => self.fire(node),
            94..96 if up && self.operated => self.operate(node),
            86..96 if up => self.ask(node),
            96..98 if up => {
                self.bench.crash(node);
                Happening::Input { index: 0, input: crash(node), struck: vec![node] }
            }
            _ if !up => {
                self.bench.restart(node);
                Happening::Input { index: 0, input: restart(node), struck: vec![node] }
            }
            _ => Happening::Started,
        };
        let surplus = self.bench.flights.len().saturating_sub(FLIGHTS);
        self.bench.flights.drain(..surplus);
        self.judge(what);
    }

    /// Delivered, delivered and kept for another time, or lost.
    fn move_a_flight(&mut self) -> Happening {
        if !self.bench.flights.is_empty() {
            let place = self.below(self.bench.flights.len());
            let fate = self.below(10);
            let flight = self.bench.flights[place].clone();
            if fate > 1 {
                self.bench.flights.remove(place);
            }
            if fate > 0 && self.bench.nodes[flight.to.index()].is_some() {
                self.bench.receive(flight.from, flight.to, flight.msg);
            }
        }
        Happening::Started
    }

    fn fire(&mut self, node: NodeId) -> Happening {
        let armed: Vec<N::Timer> = self.bench.armed[node.index()].keys().cloned().collect();
        if !armed.is_empty() {
            let timer = armed[self.below(armed.len())].clone();
            self.bench.fire(node, timer);
        }
        Happening::Started
    }

    /// A new request, or one that was made before.
    fn ask(&mut self, node: NodeId) -> Happening {
        if self.below(3) > 0 {
            self.serial += 1;
        }
        let op = Op::Put(word("x"), word(&self.serial.to_string()));
        self.bench.ask(node, request(0, self.serial, op));
        Happening::Started
    }

    /// An operator's wish, which may be absurd; or time passes.
    fn operate(&mut self, node: NodeId) -> Happening {
        let about = NodeId::at(self.below(self.bench.nodes.len()));
        let change = match self.below(8) {
            0 => Change::Add(about),
            1 => Change::Learner(about),
            2 => Change::Remove(about),
            3 => Change::Transfer(about),
            4 => Change::Members([about, node].into_iter().collect()),
            5 => {
                self.bench.compact(node);
                return Happening::Started;
            }
            _ => {
                let span = Span::millis(self.stream.below(100));
                self.bench.pass(span);
                return Happening::Started;
            }
        };
        self.serial += 1;
        self.bench.ask(node, request(1, self.serial, Op::Change(change)));
        Happening::Started
    }

    fn judge(&mut self, what: Happening) {
        let facts = std::mem::take(&mut self.bench.facts);
        let occurrence = Occurrence { index: self.event, what, facts, ..Occurrence::default() };
        for monitor in &mut self.monitors {
            monitor.watch(&occurrence);
            let verdict = monitor.verdict();
            assert!(!verdict.is_violated(), "step {}: {verdict:?}", self.event);
        }
    }
}

fn crash(node: NodeId) -> Input {
    Input::Crash(Target::Node(node))
}

fn restart(node: NodeId) -> Input {
    Input::Restart(Target::Node(node))
}

/// Walks with each of `walks` seeds; returns how many answers clients got in all.
fn walk<N: Node>(nodes: usize, knobs: &[(&str, KnobValue)], walks: u64, steps: u64) -> usize {
    let mut answers = 0;
    for seed in 0..walks {
        let mut walk: Walk<N> = Walk::new(nodes, knobs, seed);
        for _ in 0..steps {
            walk.step();
        }
        answers += walk.bench.replies.len();
    }
    answers
}

#[wasm_bindgen_test(unsupported = test)]
fn paxos_is_safe_whatever_happens() {
    for nodes in [2, 3, 4, 5] {
        assert!(walk::<Paxos>(nodes, &[], 60, 400) > 100, "{nodes} nodes");
    }
    let duel = [("backoff", KnobValue::Switch(false))];
    assert!(walk::<Paxos>(3, &duel, 60, 400) > 100);
}

#[wasm_bindgen_test(unsupported = test)]
fn raft_is_safe_whatever_happens() {
    let on = KnobValue::Switch(true);
    let knobs: [&[(&str, KnobValue)]; 6] = [
        &[],
        &[("prevote", on), ("checkquorum", on), ("reads", KnobValue::Choice("index"))],
        &[("pipeline", KnobValue::Count(4)), ("snapshot", KnobValue::Count(3))],
        &[("members", KnobValue::Count(2)), ("reads", KnobValue::Choice("lease"))],
        &[("noop", KnobValue::Switch(false)), ("backup", KnobValue::Choice("one"))],
        &[("batch", KnobValue::Count(1))],
    ];
    for knobs in knobs {
        for nodes in [2, 3, 4, 5] {
            assert!(walk::<Raft>(nodes, knobs, 40, 600) > 100, "{nodes} nodes, {knobs:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn multi_paxos_is_safe_whatever_happens() {
    let count = KnobValue::Count;
    let knobs: [&[(&str, KnobValue)]; 5] = [
        &[],
        &[("learn", KnobValue::Choice("all")), ("batch", count(1))],
        &[("q2", count(2)), ("alpha", count(1))],
        &[("quorum", KnobValue::Choice("grid")), ("rows", count(2))],
        &[("alpha", count(3)), ("q1", count(2))],
    ];
    for knobs in knobs {
        for nodes in [2, 3, 4, 5] {
            assert!(walk::<MultiPaxos>(nodes, knobs, 40, 600) > 100, "{nodes} nodes, {knobs:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn multi_paxos_is_safe_while_members_come_and_go() {
    let count = KnobValue::Count;
    let knobs: [&[(&str, KnobValue)]; 4] = [
        &[("alpha", count(1))],
        &[("alpha", count(3)), ("members", count(3))],
        &[("alpha", count(2)), ("members", count(1)), ("learn", KnobValue::Choice("all"))],
        &[("alpha", count(2)), ("quorum", KnobValue::Choice("grid"))],
    ];
    for knobs in knobs {
        for nodes in [3, 4, 5] {
            let answers = walk::<MultiPaxos>(nodes, knobs, 60, 800);
            assert!(answers > 100, "{nodes} nodes, {knobs:?}: {answers}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn views_of_primaries_are_safe_whatever_happens() {
    let knobs: [&[(&str, KnobValue)]; 3] = [
        &[],
        &[("fencing", KnobValue::Switch(false))],
        &[("replication", KnobValue::Choice("async"))],
    ];
    for knobs in knobs {
        for nodes in [2, 3, 5] {
            assert!(walk::<PrimaryBackup>(nodes, knobs, 40, 600) > 100, "{nodes} nodes, {knobs:?}");
        }
    }
}
