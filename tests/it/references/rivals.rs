//! Candidates that wait for less than followers do [howard15 §4.1]: rivals part sooner.
//!
//! It is no rule of Raft's, so the nodes run outside the world and the test draws their timers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use quorate::kernel::{Fact, KnobValue, NodeId, Role, Span, Window};
use quorate::protocol::raft::{Raft, Timer};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::papers::bench::{Bench, Flight};
use super::{Row, Sample, Tolerance, assert_agree};

enum Event {
    Arrives(Flight<Raft>),
    /// The timer of the node, if it was not armed again since.
    Fires(NodeId, u32),
}

/// Four survivors of five with equal logs, and what is due.
struct Race {
    bench: Bench<Raft>,
    due: BTreeMap<(u64, u64), Event>,
    /// How often each timer was armed.
    armed: [u32; 5],
    now: u64,
    /// Events so far: those at one instant happen in the order they were caused.
    events: u64,
    dice: Stream,
    candidates: Window,
}

impl Race {
    fn new(followers: Window, candidates: Window, seed: u64) -> Race {
        let knobs = [("election", KnobValue::Range(followers))];
        let mut bench: Bench<Raft> = Bench::new(5, &knobs);
        bench.crash(NodeId(0));
        let dice = Stream::new(seed, Concern::Network, 0);
        let (due, armed) = (BTreeMap::new(), [0; 5]);
        let mut race = Race { bench, due, armed, now: 0, events: 0, dice, candidates };
        for id in 1..5 {
            // Their timers start when each hears the last heartbeat.
            race.now = race.delay();
            race.after(NodeId(id));
        }
        race
    }

    /// One way, in nanoseconds.
    fn delay(&mut self) -> u64 {
        Window::between(Span::millis(2), Span::millis(5)).draw(&mut self.dice).0
    }

    fn at(&mut self, later: u64, event: Event) {
        self.events += 1;
        self.due.insert((self.now + later, self.events), event);
    }

    /// Takes what a handler of `id` sent and armed.
    fn after(&mut self, id: NodeId) {
        for flight in std::mem::take(&mut self.bench.flights) {
            let delay = self.delay();
            self.at(delay, Event::Arrives(flight));
        }
        let Some((window, _)) = self.bench.armed[id.index()].remove(&Timer::Election) else {
            return;
        };
        let rival = self.bench.role(id) == Role::Candidate;
        let window = if rival { self.candidates } else { window };
        self.armed[id.index()] += 1;
        let wait = window.draw(&mut self.dice);
        self.at(wait.0, Event::Fires(id, self.armed[id.index()]));
    }

    /// When somebody is elected, in milliseconds.
    fn run(mut self) -> f64 {
        while let Some(((now, _), event)) = self.due.pop_first() {
            self.now = now;
            match event {
                Event::Arrives(flight) => {
                    if self.bench.nodes[flight.to.index()].is_some() {
                        self.bench.receive(flight.from, flight.to, flight.msg);
                        self.after(flight.to);
                    }
                }
                Event::Fires(id, armed) if armed == self.armed[id.index()] => {
                    self.bench.fire(id, Timer::Election);
                    self.after(id);
                }
                Event::Fires(..) => {} // Armed again since.
            }
            if self.bench.facts.drain(..).any(|fact| matches!(fact.1, Fact::Elected { .. })) {
                return Span(now).as_millis_f64();
            }
        }
        panic!("somebody is elected in the end");
    }
}

fn mean(followers: Window, candidates: Window) -> Sample {
    // The crash is in the middle of half a shortest timeout, on average.
    let crash = Span(followers.min.0 / 4).as_millis_f64();
    Sample::of(120, |seed| Race::new(followers, candidates, seed).run() - crash)
}

fn compute() -> Vec<Row> {
    let short = Window::between(Span::millis(23), Span::millis(46));
    let mut rows = Vec::new();
    let table = [
        (151, 5.0, Tolerance::AtLeast),
        (155, 2.5, Tolerance::AtLeast),
        (300, 1.0, Tolerance::Absolute(0.1)),
    ];
    for (high, expected, tolerance) in table {
        let followers = Window::between(Span::millis(150), Span::millis(high));
        let (usual, shorter) = (mean(followers, followers), mean(followers, short));
        rows.push(Row {
            name: format!("150 to {high} ms: mean without over mean with"),
            expected,
            ours: usual.mean() / shorter.mean(),
            tolerance,
            source: "[howard15 §4.1]",
        });
    }
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[wasm_bindgen_test(unsupported = test)]
fn rivals_that_wait_for_less_part_sooner() {
    assert_agree(rows());
}
