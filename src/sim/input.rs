//! Everything that may be done to a world from outside: a closed list.

use crate::kernel::{ClientId, NodeId, Op, Order, Party, Ratio, Span};

use super::network::Delay;

/// Whom an input is meant for; named when the input strikes, not when it is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// This node.
    Node(NodeId),
    /// The node that leads the latest era; nobody while there is none.
    Leader,
    /// A node that is up and does not lead, drawn from the fault stream.
    Follower,
    /// Any node that is up, drawn from the fault stream.
    Any,
    /// Every node.
    All,
}

/// Which messages an input is meant for. Every part that is given has to match.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Matcher {
    /// The flight of this number.
    pub id: Option<u64>,
    /// Messages of this name (`RequestVote`).
    pub name: Option<String>,
    /// Messages from here.
    pub from: Option<Party>,
    /// Messages to there.
    pub to: Option<Party>,
    /// At most so many, earliest first; all of them without a number.
    pub count: Option<u32>,
}

/// What a disk does with a `save`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DiskMode {
    /// Every save is durable before the messages of the same handler leave.
    #[default]
    Synced,
    /// Saves stay in memory; a crash loses all since the disk was last synced.
    Unsynced,
}

/// Settings of one direction of one link that differ from the network's.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LinkChange {
    /// Share of messages lost.
    pub loss: Option<Ratio>,
    /// Share of messages delivered twice.
    pub duplicate: Option<Ratio>,
    /// Share of messages that fall behind later ones.
    pub reorder: Option<Ratio>,
    /// The law of the one-way delay.
    pub delay: Option<Delay>,
}

impl LinkChange {
    /// Adds a later change: what it names is replaced, the rest stays.
    pub(super) fn update(&mut self, later: &LinkChange) {
        self.loss = later.loss.or(self.loss);
        self.duplicate = later.duplicate.or(self.duplicate);
        self.reorder = later.reorder.or(self.reorder);
        if later.delay.is_some() {
            self.delay.clone_from(&later.delay);
        }
    }
}

/// Something done to the world from outside.
#[derive(Clone, PartialEq, Debug)]
pub enum Input {
    /// The node stops and loses everything but its disk.
    Crash(Target),
    /// A crashed node boots from its disk.
    Restart(Target),
    /// The node stands still (a long garbage collection): what is due waits.
    Pause(Target),
    /// A paused node goes on and handles what waited, in order.
    Resume(Target),
    /// The node's clock jumps by so many nanoseconds.
    Skew(Target, i64),
    /// The node's clock runs faster by so many parts per million from now on (negative: slower).
    Drift(Target, i32),
    /// The node's disk changes its mode. Going back to synced syncs what is in memory.
    Disk(Target, DiskMode),
    /// Nodes of different groups no longer reach each other. Nodes not named form one more group.
    /// Replaces an earlier partition.
    Partition(Vec<Vec<NodeId>>),
    /// Messages from the first to the second set are lost; the other direction works.
    Cut(Vec<NodeId>, Vec<NodeId>),
    /// The node reaches nobody and nobody reaches it.
    Isolate(Target),
    /// Every partition, cut, isolation and change of a link or of the whole network is undone.
    Heal,
    /// What [`Input::Cut`] and [`Input::Link`] did to one link is undone; to both its directions if
    /// `both`. Partitions, isolations and wider cuts are healed as a whole, not link by link.
    Mend {
        /// The sender.
        from: Party,
        /// The receiver.
        to: Party,
        /// Also the way back.
        both: bool,
    },
    /// One direction of a link changes; both if `both`.
    Link {
        /// The sender.
        from: Party,
        /// The receiver.
        to: Party,
        /// Also the way back.
        both: bool,
        /// What changes.
        change: LinkChange,
    },
    /// The whole network changes.
    Network(LinkChange),
    /// Matching messages, also later ones, stay in flight until released.
    Hold(Matcher),
    /// Held messages that match go on, and nothing that matches is held any more.
    Release(Matcher),
    /// Matching messages in flight are lost.
    Drop(Matcher),
    /// Matching messages in flight are delivered twice.
    Duplicate(Matcher),
    /// Matching messages in flight arrive so much later.
    Delay(Matcher, Span),
    /// Matching messages in flight arrive now (driven by hand: after the hand's transit time).
    Deliver(Matcher),
    /// The node's armed timer of that name goes off now.
    Fire(Target, String),
    /// Driven by hand: deliver everything in flight, and what that causes, until nothing is left.
    Settle,
    /// A client asks for an operation.
    Request {
        /// What it asks.
        op: Op,
        /// Whom it asks first; its usual choice if not given.
        via: Option<Target>,
        /// Which client; the first if not given.
        client: Option<ClientId>,
    },
    /// A server works at this speed from now on, in thousandths of its own speed.
    Pace(Target, u32),
    /// The node replaces what it has applied by a snapshot, if it keeps a log.
    Compact(Target),
    /// The node is told something.
    Order(Target, Order),
    /// The node crashes and restarts in turn, and ends up running. What happens is told as crashes
    /// and restarts.
    Flap {
        /// Which node.
        node: NodeId,
        /// From one crash to the next; down for half of it.
        every: Span,
        /// For how long, from the first crash; then it runs.
        lasting: Span,
    },
}
