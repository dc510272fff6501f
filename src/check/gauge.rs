//! Reads the measures of a pool off the events of its run.

use crate::kernel::{Fact, NodeId, Outcome, SimTime, Span};
use crate::sim::{ClusterSpec, Occurrence, OpNote};

use super::measure::{Measure, Summary};

/// A request on its way.
#[derive(Clone, Copy, Debug)]
struct Pending {
    arrived_at: SimTime,
    server: Option<u32>,
    waited: Span,
}

/// Watches a run of the pool and measures it.
#[derive(Clone, Debug)]
pub struct Gauge {
    measure: Measure,
    balancers: u32,
    /// By serial, from 1.
    requests: Vec<Pending>,
}

impl Gauge {
    /// A gauge for the pool of a recipe: its doors are its balancers, its other nodes serve.
    pub fn new(spec: &ClusterSpec, warm_up: Span) -> Gauge {
        let fifo = spec.knobs.choice("queue") == "fifo";
        let slots = if fifo { spec.knobs.count("concurrency") as u32 } else { 1 };
        let servers = spec.nodes.saturating_sub(spec.doors);
        let measure = Measure::new(servers, slots, SimTime::ZERO + warm_up);
        Gauge { measure, balancers: spec.doors, requests: Vec::new() }
    }

    /// Sees one event.
    pub fn watch(&mut self, occurrence: &Occurrence) {
        let at = occurrence.at;
        for (node, fact) in &occurrence.facts {
            self.fact(at, *node, *fact);
        }
        for op in &occurrence.ops {
            match op {
                OpNote::Invoked(..) => {
                    let pending = Pending { arrived_at: at, server: None, waited: Span::ZERO };
                    self.requests.push(pending);
                    self.measure.arrived(at);
                }
                OpNote::Completed(id, _, outcome) => self.ended(at, id.serial, Some(*outcome)),
                OpNote::GaveUp(id, _) => self.ended(at, id.serial, None),
            }
        }
    }

    fn fact(&mut self, at: SimTime, node: NodeId, fact: Fact) {
        match fact {
            Fact::Picked { request, server } => {
                let server = server.0.saturating_sub(self.balancers);
                if let Some(pending) = self.request(request.serial) {
                    pending.server = Some(server);
                }
                self.measure.picked(at, server);
            }
            Fact::Served { request, waited, .. } => {
                if let Some(pending) = self.request(request.serial) {
                    pending.waited = waited;
                }
            }
            Fact::Load { length, served } => {
                self.measure.load(at, node.0.saturating_sub(self.balancers), length, served);
            }
            _ => {} // Every other fact is about agreement.
        }
    }

    fn request(&mut self, serial: u64) -> Option<&mut Pending> {
        let place = usize::try_from(serial.checked_sub(1)?).ok()?;
        self.requests.get_mut(place)
    }

    fn ended(&mut self, at: SimTime, serial: u64, outcome: Option<Outcome>) {
        let Some(&mut pending) = self.request(serial) else { return };
        match (outcome, pending.server) {
            (Some(Outcome::Done(_)), Some(server)) => {
                let response = at.since(pending.arrived_at);
                self.measure.completed(pending.arrived_at, server, pending.waited, response);
            }
            _ => self.measure.failed(pending.arrived_at, at),
        }
    }

    /// What the run amounts to at `end`.
    pub fn summary(&self, end: SimTime) -> Summary {
        self.measure.summary(end)
    }
}
