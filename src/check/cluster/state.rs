//! States and steps of a search over nodes, as small values.

use crate::kernel::NodeId;

/// A state of a cluster, in numbers: how many nodes, what the judges make of it, what clients wait
/// for, what of the scope is used up; then what each node is; then what flies. Equal numbers, equal
/// parts.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct State(pub(super) Box<[u32]>);

/// Numbers before those of the nodes.
const HEAD: usize = 4;
const NODES: usize = 0;
const BENCH: usize = 1;
const CLIENTS: usize = 2;
const USED: usize = 3;

impl State {
    pub(super) fn bench(&self) -> u32 {
        self.0[BENCH]
    }

    pub(super) fn clients(&self) -> u32 {
        self.0[CLIENTS]
    }

    pub(super) fn used(&self) -> u32 {
        self.0[USED]
    }

    pub(super) fn seats(&self) -> &[u32] {
        &self.0[HEAD..HEAD + self.0[NODES] as usize]
    }

    /// Messages in flight, in a canonical order: of an unordered network by content, of an ordered
    /// one by link, and there as sent.
    pub(super) fn flying(&self) -> &[u32] {
        &self.0[HEAD + self.0[NODES] as usize..]
    }

    /// A copy to change.
    pub(super) fn draft(&self) -> Draft {
        // Few handlers send more.
        let mut parts = Vec::with_capacity(self.0.len() + 8);
        parts.extend_from_slice(&self.0);
        Draft(parts)
    }
}

/// A state that is being made.
#[derive(Debug)]
pub(super) struct Draft(Vec<u32>);

impl Draft {
    /// A state in which nothing flies.
    pub(super) fn new(seats: &[u32], bench: u32, clients: u32, used: u32) -> Draft {
        let mut parts = vec![seats.len() as u32, bench, clients, used];
        parts.extend_from_slice(seats);
        Draft(parts)
    }

    pub(super) fn done(self) -> State {
        State(self.0.into())
    }

    fn seats(&self) -> usize {
        self.0[NODES] as usize
    }

    pub(super) fn seat(&self, node: NodeId) -> u32 {
        self.0[HEAD + node.index()]
    }

    pub(super) fn sit(&mut self, node: NodeId, seat: u32) {
        self.0[HEAD + node.index()] = seat;
    }

    pub(super) fn bench(&self) -> u32 {
        self.0[BENCH]
    }

    pub(super) fn set_bench(&mut self, bench: u32) {
        self.0[BENCH] = bench;
    }

    pub(super) fn clients(&self) -> u32 {
        self.0[CLIENTS]
    }

    pub(super) fn set_clients(&mut self, clients: u32) {
        self.0[CLIENTS] = clients;
    }

    pub(super) fn set_used(&mut self, used: u32) {
        self.0[USED] = used;
    }

    pub(super) fn flying(&self) -> &[u32] {
        &self.0[HEAD + self.seats()..]
    }

    /// A message takes off, at that place of those in flight.
    pub(super) fn insert(&mut self, place: usize, message: u32) {
        let first = HEAD + self.seats();
        self.0.insert(first + place, message);
    }

    /// The message at that place comes down.
    pub(super) fn remove(&mut self, place: usize) {
        let first = HEAD + self.seats();
        self.0.remove(first + place);
    }

    /// Keeps these of the messages in flight.
    pub(super) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        let first = HEAD + self.seats();
        let mut place = 0;
        self.0.retain(|it| {
            place += 1;
            place <= first || keep(*it)
        });
    }
}

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
