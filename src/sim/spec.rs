//! The recipe of a run in typed form. The script room makes it from text.

use crate::kernel::{Knobs, NodeId, Ratio, SimTime, Span};

use super::arrivals::Arrivals;
use super::input::Input;
use super::network::NetworkSpec;
use super::sizes::Sizes;

/// What drives time.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Drive {
    /// The seeded world runs: delays and timers are drawn.
    #[default]
    Seeded,
    /// Nothing moves by itself: each input is done when the one before has settled.
    Hand,
}

/// What clients ask for by themselves, beside the requests of the scenario.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Workload {
    /// Nothing.
    #[default]
    None,
    /// Sessions that put and get, one operation at a time each.
    Sessions(Sessions),
    /// A stream of work for a pool.
    Stream(Stream),
}

/// Sessions of clients of a replicated store.
#[derive(Clone, PartialEq, Debug)]
pub struct Sessions {
    /// How many clients.
    pub clients: u32,
    /// From one invocation of a client to its next, if the first has been answered by then.
    pub every: Span,
    /// How many keys they use.
    pub keys: u32,
    /// Share of operations that read.
    pub reads: Ratio,
}

/// A stream of requests to a pool.
#[derive(Clone, PartialEq, Debug)]
pub struct Stream {
    /// Over how many clients on screen the stream is spread, in turn.
    pub clients: u32,
    /// When requests arrive.
    pub arrivals: Arrivals,
    /// How much work each brings.
    pub sizes: Sizes,
    /// Which keys requests carry.
    pub keys: Keys,
}

/// The law of keys, counted from zero.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Keys {
    /// So many, each as often as the others.
    Even(u64),
    /// So many, the `k`-th in proportion to `k^(-exponent)`.
    Zipf {
        /// How many.
        count: u64,
        /// Positive; 1 is the classical law.
        exponent: f64,
    },
}

impl Keys {
    /// How many different keys there are.
    pub fn count(&self) -> u64 {
        match *self {
            Keys::Even(count) | Keys::Zipf { count, .. } => count,
        }
    }
}

/// A line `given`: what a node's disk holds before the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// The node, or every node.
    pub node: Option<NodeId>,
    /// Words and values, as written.
    pub settings: Vec<(String, String)>,
}

/// The recipe: same recipe, same digest after every event, on every target.
#[derive(Clone, PartialEq, Debug)]
pub struct ClusterSpec {
    /// How many nodes.
    pub nodes: u32,
    /// Clients begin at the first so many nodes (the balancers of a pool, the members of a
    /// cluster with spares); at any if equal to `nodes`.
    pub doors: u32,
    /// Parameters of the entry.
    pub knobs: Knobs,
    /// The seed of every stream.
    pub seed: u64,
    /// What disks hold before the run.
    pub given: Vec<Given>,
    /// Delay, loss, duplication, reordering.
    pub network: NetworkSpec,
    /// What clients do by themselves.
    pub workload: Workload,
    /// A session asks again, elsewhere, after so long; a streamed request is given up.
    pub patience: Option<Span>,
    /// Seeded or by hand.
    pub drive: Drive,
    /// What is done from outside, and when; in the order written. Times are ignored by hand.
    pub inputs: Vec<(SimTime, Input)>,
}

impl ClusterSpec {
    /// A cluster of `nodes` with default network, no clients and no inputs.
    pub fn new(nodes: u32, knobs: Knobs, seed: u64) -> ClusterSpec {
        ClusterSpec {
            nodes,
            doors: nodes,
            knobs,
            seed,
            given: Vec::new(),
            network: NetworkSpec::default(),
            workload: Workload::None,
            patience: Some(Span::millis(500)),
            drive: Drive::Seeded,
            inputs: Vec::new(),
        }
    }
}
