//! Feeds the statistics of a pool from what happens in a world.

use rustc_hash::FxHashMap;

use crate::kernel::{Fact, NodeId, Outcome, RequestId, SimTime, Span};
use crate::sim::{Occurrence, OpNote};

use super::measure::{Measure, Summary};

/// What the examiner has to know of a pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PoolShape {
    /// The first so many nodes are balancers, the others servers.
    pub doors: u32,
    /// How many servers there are.
    pub servers: u32,
    /// How many requests a server works on at once (one, if all share).
    pub slots: u32,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    arrived_at: SimTime,
    server: u32,
    wait: Span,
    /// Time at the server, served or waiting.
    stay: Span,
}

/// Measures a pool while it runs.
#[derive(Clone, Debug)]
pub struct PoolWatch {
    doors: u32,
    open: FxHashMap<RequestId, Open>,
    measure: Measure,
}

impl PoolWatch {
    /// Nothing seen yet. Requests that arrive before `warmup` will not count.
    pub fn new(shape: PoolShape, warmup: SimTime) -> PoolWatch {
        let measure = Measure::new(shape.servers, shape.slots, warmup);
        PoolWatch { doors: shape.doors, open: FxHashMap::default(), measure }
    }

    /// Position of a node among the servers; out of range for a balancer, which has no statistics.
    fn server(&self, node: NodeId) -> u32 {
        node.0.checked_sub(self.doors).unwrap_or(u32::MAX)
    }

    /// Sees one event.
    pub fn watch(&mut self, occurrence: &Occurrence) {
        let at = occurrence.at;
        for &(node, fact) in &occurrence.facts {
            match fact {
                Fact::Picked { request, server } => {
                    let server = self.server(server);
                    self.measure.picked(at, server);
                    if let Some(open) = self.open.get_mut(&request) {
                        open.server = server;
                    }
                }
                Fact::Served { request, waited, served } => {
                    let server = self.server(node);
                    if let Some(open) = self.open.get_mut(&request) {
                        (open.server, open.wait, open.stay) = (server, waited, waited + served);
                    }
                }
                Fact::Load { length, served } => {
                    self.measure.load(at, self.server(node), length, served);
                }
                _ => {} // Other facts are not about pools.
            }
        }
        for note in &occurrence.ops {
            match *note {
                OpNote::Invoked(id, _) => {
                    let (server, wait, stay) = (u32::MAX, Span::ZERO, Span::ZERO);
                    self.open.insert(id, Open { arrived_at: at, server, wait, stay });
                    self.measure.arrived(at);
                }
                OpNote::Completed(id, _, outcome) => self.ended(at, id, outcome),
                OpNote::GaveUp(id, _) => self.ended(at, id, Outcome::Refused),
            }
        }
    }

    fn ended(&mut self, at: SimTime, id: RequestId, outcome: Outcome) {
        let Some(open) = self.open.remove(&id) else { return };
        let Open { arrived_at, server, wait, stay } = open;
        match outcome {
            Outcome::Done(_) => {
                self.measure.completed(arrived_at, server, wait, at.since(arrived_at));
                self.measure.stayed(arrived_at, stay);
            }
            // A pool redirects nobody; if it did, the client would have got nothing.
            Outcome::Refused | Outcome::Unmet | Outcome::Redirect(_) => {
                self.measure.failed(arrived_at, at);
            }
        }
    }

    /// What the run amounts to up to `end`.
    pub fn summary(&self, end: SimTime) -> Summary {
        self.measure.summary(end)
    }

    /// How many numbers are kept: bounded by the requests in flight, not by those that are over.
    pub fn kept(&self) -> usize {
        self.open.len() + self.measure.kept()
    }

    /// The statistics themselves.
    pub fn measure(&self) -> &Measure {
        &self.measure
    }
}
