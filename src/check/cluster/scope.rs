//! How far a search goes.

use crate::kernel::{ClientId, NodeId, Op};

/// How messages between nodes travel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Order {
    /// In any order.
    #[default]
    Unordered,
    /// Those of one link in the order they were sent, as on one connection.
    Ordered,
}

/// How far a search goes: how often each thing may happen on one path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// Most steps of a path; `None` as far as the rest allows.
    pub depth: Option<u32>,
    /// Crashes of nodes.
    pub crashes: u16,
    /// Restarts of crashed nodes, which keep what their disks hold.
    pub restarts: u16,
    /// Messages lost.
    pub losses: u16,
    /// Messages delivered once more.
    pub duplicates: u16,
    /// Timers that go off.
    pub timers: u16,
    /// Partitions of the nodes into two groups; each may be healed.
    pub cuts: u16,
    /// Saves stay in the memory of a disk: a crash takes them.
    pub unsynced: bool,
    /// How messages travel.
    pub order: Order,
    /// Whether nodes that are alike trade places: verdicts are the same, states fewer.
    pub symmetry: bool,
    /// What clients may ask.
    pub asks: Vec<Ask>,
    /// How many of these may be asked.
    pub requests: u16,
}

impl Default for Scope {
    fn default() -> Self {
        Scope {
            depth: None,
            crashes: 0,
            restarts: 0,
            losses: 0,
            duplicates: 0,
            timers: 0,
            cuts: 0,
            unsynced: false,
            order: Order::Unordered,
            symmetry: false,
            asks: Vec::new(),
            requests: 0,
        }
    }
}

/// Something a client may ask, at any moment at which it does not wait for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ask {
    /// Which client. What one client asks, it asks in the order of the list.
    pub client: ClientId,
    /// What it asks.
    pub op: Op,
    /// Whom it asks first; any node if not given.
    pub via: Option<NodeId>,
}
