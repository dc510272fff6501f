//! Why a node chose as it did: what it saw of each candidate.

use super::{NodeId, Span};

/// One candidate, as the node that chose saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Which node.
    pub node: NodeId,
    /// It was believed to be up.
    pub up: bool,
    /// It was looked at before the choice. Not all are where some are drawn.
    pub looked_at: bool,
    /// Its weight.
    pub weight: u32,
    /// Requests sent to it that had not ended.
    pub in_flight: u32,
    /// Smoothed time to an answer; `None` before the first one.
    pub latency: Option<Span>,
    /// How busy it said it was, in thousandths.
    pub utilisation_milli: u32,
    /// What spoke for it: the larger, the sooner its turn. `None` if no score is kept.
    pub score: Option<i64>,
}

/// A choice among candidates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weighing {
    /// Every candidate, in order.
    pub candidates: Vec<Candidate>,
    /// The order of preference, best first: the first one is the choice.
    pub order: Vec<NodeId>,
}
