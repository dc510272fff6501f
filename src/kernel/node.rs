//! A protocol: a value with four handlers and no surroundings.

use std::fmt::Debug;
use std::hash::Hash;

use super::{
    About, Choices, Ctx, Face, Flaw, Knobs, NodeCard, NodeId, NodeSet, Order, Ratio, Request, Risk,
    Role, SimTime, Weighing,
};

/// A message of a protocol: an enum with one variant per message of the paper.
pub trait Payload: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// How this message looks; one of the entry's `About::faces`.
    fn face(&self) -> Face;

    /// What the label says beside the name: `T4`, `4: x=1`. Made only for messages on screen.
    fn detail(&self) -> String;
}

/// A timer of a protocol. Arming an equal value again replaces the earlier one.
pub trait Tag: Clone + Ord + Hash + Debug + Send + Sync + 'static {
    /// Those that a scenario may fire by hand; their names differ.
    const BY_HAND: &'static [Self];

    /// As written in the scenario (`fire n1 election`).
    fn name(&self) -> &'static str;
}

/// Words and values of a `given` line of a scenario: what a node's disk held before the run.
pub type Settings<'a> = [(&'a str, &'a str)];

/// A protocol, as one participant runs it.
///
/// The same code runs in the seeded world and under the explorer. A handler may only use its
/// `Ctx`; it must not keep anything between calls but `self`, and every message, also a stale or
/// an impossible one, has to be answered for by name.
pub trait Node: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// Its messages.
    type Msg: Payload;
    /// Its timers.
    type Timer: Tag;
    /// What survives a crash, and nothing else.
    type Disk: Clone + Eq + Hash + Debug + Default + Send + Sync + 'static;

    /// What the entry says of itself.
    const ABOUT: About;

    /// First start and restart: `disk` is the default on the first start, unless the scenario gave
    /// one.
    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Self::Disk) -> Self;

    /// A message arrived from another node.
    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Self::Msg);

    /// An armed timer went off. It is no longer armed.
    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Self::Timer);

    /// A client's request arrived. It may arrive more than once.
    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request);

    /// The part it plays now. Cheap: asked after every event.
    fn role(&self) -> Role;

    /// The era it is in; zero if the protocol has none. Cheap: asked after every event.
    fn era(&self) -> u64;

    /// What the inspector shows. Made for every frame on screen.
    fn card(&self) -> NodeCard;

    /// A disk as written in a `given` line. The error names the word that is not understood and
    /// what would be.
    fn given(settings: &Settings<'_>) -> Result<Self::Disk, String>;

    /// Whom a disk names: a `given` line may name only nodes of its cluster.
    fn named(_disk: &Self::Disk) -> NodeSet {
        NodeSet::EMPTY
    }

    /// The settings of these that give up a promise in a cluster of `nodes`.
    fn risks(_knobs: &Knobs, _nodes: u32) -> Vec<Risk> {
        Vec::new()
    }

    /// Its wrong variants: which rule each lacks, and what that breaks.
    fn flaws() -> Vec<Flaw> {
        Vec::new()
    }

    /// By how much one clock may run faster than another before a promise is given up that rests
    /// on clocks; such a clock must not be set either. `None` if nothing rests on clocks.
    fn trusted_drift(_knobs: &Knobs) -> Option<Ratio> {
        None
    }

    /// Why it would send a request with this key where it would, when its clock says `now`. With
    /// the same choices, this is what its handler does. `None` for nodes that do not distribute
    /// requests.
    fn weigh(&self, _now: SimTime, _key: u64, _choices: &mut dyn Choices) -> Option<Weighing> {
        None
    }

    /// An operator's wish: replace what was applied by a snapshot of what came of it. Nodes that
    /// keep no log ignore it.
    fn on_compact(&mut self, _ctx: &mut Ctx<Self>) {}

    /// An outside change of pace: a server of a pool works at `speed_milli` thousandths from now
    /// on. Consensus nodes have no pace and ignore it.
    fn on_pace(&mut self, _ctx: &mut Ctx<Self>, _speed_milli: u32) {}

    /// An order from outside. Consensus nodes take none and ignore it.
    fn on_order(&mut self, _ctx: &mut Ctx<Self>, _order: Order) {}
}
