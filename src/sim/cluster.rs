//! The type-erased face of a world.

use std::rc::Rc;

use crate::kernel::{About, Node, NodeId, Role, SimTime, Weighing};

use super::input::Input;
use super::occurrence::Occurrence;
use super::snapshot::{Cards, Snapshot};
use super::spec::ClusterSpec;
use super::world::World;

/// A world with the kind of its nodes forgotten.
pub trait Cluster {
    /// Handles one event. False if nothing is left to happen.
    fn step(&mut self) -> bool;
    /// What the last event was.
    fn last(&self) -> &Occurrence;
    /// The instant of the last event.
    fn now(&self) -> SimTime;
    /// The instant of the next event, if one is scheduled.
    fn next_at(&self) -> Option<SimTime>;
    /// The digest of every event so far.
    fn digest(&self) -> u64;
    /// The digest of what the nodes are now.
    fn state_digest(&self) -> u64;
    /// What the outside may see now.
    fn snapshot(&self, cards: Cards) -> Snapshot;
    /// What the label says of a message that the last event sent, by its position in
    /// [`Occurrence::sent`].
    fn sent_detail(&self, sent: usize) -> String;
    /// The era a node is in; `None` while it is crashed.
    fn era(&self, node: NodeId) -> Option<u64>;
    /// The part a node plays, and the era it is in; `None` while it is crashed.
    fn part(&self, node: NodeId) -> Option<(Role, u64)>;
    /// Why a node would send a request with this key where it would at `at`, from what it is now;
    /// `None` if it distributes none, or is crashed.
    fn weigh(&self, node: NodeId, at: SimTime, key: u64) -> Option<Weighing>;
    /// A copy that goes its own way.
    fn fork(&self) -> Box<dyn Cluster>;
    /// Adds an input that strikes now, after everything that already happened at this instant.
    fn inject(&mut self, input: Input);
    /// The recipe, injected inputs included.
    fn spec(&self) -> &Rc<ClusterSpec>;
    /// What the entry says of itself.
    fn about(&self) -> &'static About;
}

impl<N: Node> Cluster for World<N> {
    fn step(&mut self) -> bool {
        World::step(self)
    }

    fn last(&self) -> &Occurrence {
        World::last(self)
    }

    fn now(&self) -> SimTime {
        World::now(self)
    }

    fn next_at(&self) -> Option<SimTime> {
        World::next_at(self)
    }

    fn digest(&self) -> u64 {
        World::digest(self)
    }

    fn state_digest(&self) -> u64 {
        World::state_digest(self)
    }

    fn snapshot(&self, cards: Cards) -> Snapshot {
        World::snapshot(self, cards)
    }

    fn sent_detail(&self, sent: usize) -> String {
        World::sent_detail(self, sent)
    }

    fn era(&self, node: NodeId) -> Option<u64> {
        World::node(self, node).map(Node::era)
    }

    fn part(&self, node: NodeId) -> Option<(Role, u64)> {
        World::node(self, node).map(|node| (node.role(), node.era()))
    }

    fn weigh(&self, node: NodeId, at: SimTime, key: u64) -> Option<Weighing> {
        World::weigh(self, node, at, key)
    }

    fn fork(&self) -> Box<dyn Cluster> {
        Box::new(self.clone())
    }

    fn inject(&mut self, input: Input) {
        World::inject(self, input);
    }

    fn spec(&self) -> &Rc<ClusterSpec> {
        World::spec(self)
    }

    fn about(&self) -> &'static About {
        const { &N::ABOUT }
    }
}
