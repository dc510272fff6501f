//! States and steps of a search over nodes, as small values.

use crate::kernel::NodeId;

/// A state of a cluster, in numbers: what each node is, what flies, what the judges make of it,
/// what clients wait for, and what of the scope is used up. Equal numbers, equal parts.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State(pub(super) Box<[u32]>);

/// Numbers behind those of the nodes.
pub(super) const TAIL: usize = 4;

impl State {
    fn at(&self, back: usize) -> u32 {
        self.0[self.0.len() - back]
    }

    pub(super) fn seats(&self) -> &[u32] {
        &self.0[..self.0.len() - TAIL]
    }

    pub(super) fn net(&self) -> u32 {
        self.at(4)
    }

    pub(super) fn bench(&self) -> u32 {
        self.at(3)
    }

    pub(super) fn clients(&self) -> u32 {
        self.at(2)
    }

    pub(super) fn used(&self) -> u32 {
        self.at(1)
    }

    pub(super) fn set(&mut self, back: usize, number: u32) {
        let place = self.0.len() - back;
        self.0[place] = number;
    }
}

/// Where the number of the network stands, counted from the end; see [`State::set`].
pub(super) const NET: usize = 4;
pub(super) const BENCH: usize = 3;
pub(super) const CLIENTS: usize = 2;
pub(super) const USED: usize = 1;

/// One step: what happens, and which of the possible outcomes it has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    pub(super) event: Event,
    /// Per call of a handler that has a choice, which outcome: eight bits each, the first lowest.
    pub(super) picks: u64,
}

/// What may happen. Messages, timers and asks by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Event {
    /// A client asks a node.
    Request(u32, NodeId),
    Deliver(u32),
    Fire(NodeId, u32),
    Crash(NodeId),
    Restart(NodeId),
    Lose(u32),
    Duplicate(u32),
    /// The nodes of this set no longer reach the others.
    Cut(u64),
    Heal,
}

/// What of the scope is used up on a path, and how the network is cut now.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Used {
    pub(super) crashes: u16,
    pub(super) restarts: u16,
    pub(super) losses: u16,
    pub(super) duplicates: u16,
    pub(super) timers: u16,
    pub(super) cuts: u16,
    pub(super) requests: u16,
    /// Nodes that do not reach the others; none if the network is whole.
    pub(super) cut: u64,
}

impl Used {
    /// True if messages between the two are lost on the cut.
    pub(super) fn severs(&self, from: NodeId, to: NodeId) -> bool {
        let side = |node: NodeId| self.cut >> node.0.min(63) & 1;
        self.cut != 0 && side(from) != side(to)
    }

    /// True if nothing was done to the cluster but asking.
    pub(super) fn is_faultless(&self) -> bool {
        self.crashes == 0 && self.losses == 0 && self.cuts == 0
    }
}

/// How far one ask of the scope has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Phase {
    /// Not asked yet.
    Not,
    /// The client waits; this node was asked last.
    Open(NodeId),
    /// Answered.
    Done,
}
