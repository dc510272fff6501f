//! A world of nodes of one kind: its [`Core`] and its [`Troupe`].

use std::rc::Rc;

use crate::kernel::{Node, NodeId, NodeSet, Party, SimTime, Weighing};

use super::cast::Troupe;
use super::core::Core;
use super::digest::Digest;
use super::input::Input;
use super::occurrence::Occurrence;
use super::snapshot::{Cards, Snapshot};
use super::spec::ClusterSpec;

/// A deterministic world of nodes of one kind.
#[derive(Clone)]
pub struct World<N: Node> {
    core: Core,
    troupe: Troupe<N>,
}

/// A recipe that cannot be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecError {
    /// Position in `ClusterSpec::given` of the line that is not understood.
    pub given: usize,
    /// What is wrong with it.
    pub message: String,
}

/// What every node's disk holds before the run.
///
/// # Errors
/// If a `given` line is not understood by the protocol.
pub fn disks<N: Node>(spec: &ClusterSpec) -> Result<Vec<N::Disk>, SpecError> {
    let mut disks = vec![N::Disk::default(); spec.nodes as usize];
    for (index, given) in spec.given.iter().enumerate() {
        let words: Vec<(&str, &str)> =
            given.settings.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let wrong = |message| SpecError { given: index, message };
        let disk = N::given(&words).map_err(wrong)?;
        if let Some(node) = N::named(&disk).minus(NodeSet::first(spec.nodes)).iter().next() {
            return Err(wrong(format!("{node} is not among the {} nodes", spec.nodes)));
        }
        match given.node {
            Some(node) if node.index() < disks.len() => disks[node.index()] = disk,
            Some(_) => {}
            None => disks.fill(disk),
        }
    }
    Ok(disks)
}

impl<N: Node> World<N> {
    /// Builds the world and boots every node, as event 0.
    ///
    /// # Errors
    /// If a `given` line is not understood by the protocol.
    pub fn new(spec: Rc<ClusterSpec>) -> Result<Self, SpecError> {
        let disks = disks::<N>(&spec)?;
        let mut world = World { core: Core::new(spec), troupe: Troupe::new(disks) };
        world.core.start(&mut world.troupe);
        Ok(world)
    }

    /// Handles one event. False if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.core.step(&mut self.troupe)
    }

    /// The instant of the next event, if one is scheduled.
    ///
    /// May name an instant at which nothing happens (a timer armed again since).
    pub fn next_at(&self) -> Option<SimTime> {
        self.core.next_at()
    }

    /// What the last event was.
    pub fn last(&self) -> &Occurrence {
        &self.core.last
    }

    /// The instant of the last event.
    pub fn now(&self) -> SimTime {
        self.core.now
    }

    /// The digest of every event so far.
    pub fn digest(&self) -> u64 {
        self.core.digest.value()
    }

    /// The digest of what the nodes are now, whatever brought them here.
    pub fn state_digest(&self) -> u64 {
        let mut digest = Digest::default();
        for (node, disk) in self.troupe.states() {
            digest.add(node);
            digest.add(disk);
        }
        digest.value()
    }

    /// Adds an input that strikes now, after everything that already happened at this instant.
    ///
    /// The recipe of this world changes with it; copies made before keep theirs.
    pub fn inject(&mut self, input: Input) {
        self.core.inject(input);
    }

    /// The recipe.
    pub fn spec(&self) -> &Rc<ClusterSpec> {
        &self.core.spec
    }

    /// The node `id`, unless it is crashed or does not exist. For tests; the screen reads
    /// snapshots.
    pub fn node(&self, id: NodeId) -> Option<&N> {
        self.troupe.node(id)
    }

    /// Why a node would send a request with this key where it would at `at`, from what it is now.
    pub fn weigh(&self, id: NodeId, at: SimTime, key: u64) -> Option<Weighing> {
        let seat = self.core.seats.get(id.index())?;
        self.node(id)?.weigh(seat.clock.local(at), key, &mut seat.choices.clone())
    }

    /// The world as the outside sees it now.
    pub fn snapshot(&self, cards: Cards) -> Snapshot {
        self.core.snapshot(&self.troupe, cards)
    }

    /// What the label says of a message that the last event sent, by its position there.
    pub fn sent_detail(&self, sent: usize) -> String {
        self.core.sent_detail(&self.troupe, sent)
    }

    /// True if a message between these two would be lost on a cut.
    pub fn severed(&self, from: NodeId, to: NodeId) -> bool {
        self.core.network.severs(Party::Node(from), Party::Node(to))
    }
}
