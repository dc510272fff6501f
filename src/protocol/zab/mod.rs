//! Zab: the atomic broadcast of ZooKeeper. A leader's transactions are delivered in the order it
//! broadcast them, and a new leader first makes good what the old one left.
//!
//! # The idea
//!
//! A primary turns requests into *transactions* that depend on each other, so they must be
//! delivered in order and without gaps, also across leaders. Each leader has an *epoch*, and each
//! transaction a *zxid*: the epoch and a counter. A leader may broadcast only after a quorum has
//! its history; from then on it works like a two-phase commit with a quorum instead of everyone.
//!
//! # Phases, easiest first
//!
//! - **Broadcast** (`broadcast.rs`, [junqueira11 §IV]). The leader proposes, followers log and
//!   acknowledge in order, a quorum of acknowledgements commits.
//! - **Election** (`election.rs`, \[zab10\]). Nodes exchange votes and adopt the best: the later
//!   current epoch, then the later zxid, then the higher id.
//! - **Discovery** (`discovery.rs`, \[zab10\], [junqueira11 §V]). The leader asks a quorum for the
//!   epochs they accepted, and opens a later one. A follower accepts an epoch once.
//! - **Synchronisation** (`sync.rs`, \[zab10\]). Each follower gets the history of the leader: what
//!   it lacks (DIFF), after cutting what the leader does not have (TRUNC), or all of it (SNAP).
//!   With NEWLEADER acknowledged by a quorum the history is committed, and UPTODATE lets followers
//!   serve.
//! - **Clients** (`client.rs`). Every node serves: writes go to the leader, reads are answered from
//!   what the node has delivered, unless `sync` is on.
//!
//! Three sentences of the paper are read as its formal specification does \[zab-tla\]: a proposal
//! goes to whoever acknowledged the epoch, a follower tolerates a proposal that its history holds
//! already, and UPTODATE commits up to the leader's *latest* committed transaction.
//!
//! # Why it is safe
//!
//! 1. *One leader per epoch.* An epoch is accepted once by each node, durably, and needs a quorum.
//! 2. *Histories match.* A leader appends only to its own history, and a follower's history is made
//!    equal to a beginning of the leader's before it acknowledges anything; so equal zxids mean
//!    equal beginnings.
//! 3. *Nothing committed is lost.* A committed transaction of epoch *e* is in the history of a
//!    quorum whose `currentEpoch` is at least *e*. A later leader has a history at least as late
//!    as everyone in a quorum, by (`currentEpoch`, zxid), or it gives up; so it holds the
//!    transaction, by 2. `currentEpoch` is written together with the history it speaks for, never
//!    before.
//! 4. *Primary order.* A leader delivers its whole initial history before it broadcasts.
//!
//! # What clients may rely on
//!
//! Writes are linearizable. A read answered by a node that lags is old, so reads are not; but each
//! client sees one order of everything and never goes back in it (sequential consistency). With
//! `sync=on` a read is broadcast like a write, and is linearizable.
//!
//! # Simplifications
//!
//! - Zab relies on channels that keep order. Here a proposal names the place before it, what is not
//!   acknowledged is repeated at each tick, and DIFF, TRUNC or SNAP travels in one message with
//!   the NEWLEADER that ends it.
//! - Histories are never cut: SNAP carries the history, since the state is what it makes of
//!   nothing.
//! - A leader that hears of an accepted epoch above its own starts a new election; ZooKeeper lets
//!   the follower wait for one.
//! - ZooKeeper's clients tell a new server the last zxid they saw. Clients here cannot, so the
//!   first request of a client at a server that did not answer its last one is broadcast.

mod about;
mod broadcast;
mod client;
mod discovery;
mod election;
mod history;
mod sync;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kernel::{
    About, Cell, ClientId, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, NodeSet, Payload,
    Request, RequestId, Role, Settings, Span, Tag, Vote as CardVote, Window,
};
use crate::protocol::shared::{sessions::Sessions, store::Store};
use history::parse_epoch;
pub use history::{Command, History, Txn, Zxid};

/// Whom a node wants to lead, in the order votes are compared \[zab10\].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Vote {
    /// The current epoch of the node voted for.
    pub epoch: u64,
    /// Its last zxid.
    pub zxid: Zxid,
    /// The node.
    pub leader: NodeId,
}

/// What a node says of itself in an election.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// It looks for a leader.
    Looking,
    /// It follows one.
    Following,
    /// It leads, or is about to.
    Leading,
}

/// How a follower gets the history of its leader.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Sync {
    /// Its history is a beginning of the leader's, up to `after`: these follow.
    Diff {
        /// The place before the first.
        after: u64,
        /// What it lacks.
        txns: Arc<[Txn]>,
    },
    /// It has to forget what is behind `after`; then these follow.
    Trunc {
        /// The last place kept.
        after: u64,
        /// What it lacks then.
        txns: Arc<[Txn]>,
    },
    /// All of it.
    Snap(History),
}

/// The messages, by their names in ZooKeeper \[zab10\].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// A vote.
    Notification {
        /// The round of the election.
        round: u64,
        /// Whom the sender votes for, or follows.
        vote: Vote,
        /// What the sender does.
        state: State,
    },
    /// A follower finds its leader.
    FollowerInfo {
        /// The epoch it accepted last.
        accepted: u64,
    },
    /// The leader opens an epoch.
    LeaderInfo {
        /// The epoch.
        epoch: u64,
    },
    /// A follower accepts it.
    AckEpoch {
        /// The epoch.
        epoch: u64,
        /// Its current epoch; `None` if it had accepted this one before.
        current: Option<u64>,
        /// Its last zxid.
        last: Zxid,
    },
    /// The history of the leader, and the demand to follow it.
    NewLeader {
        /// The epoch.
        epoch: u64,
        /// The history.
        sync: Sync,
    },
    /// The follower has the history of the leader, durably.
    AckLeader {
        /// The epoch.
        epoch: u64,
        /// The place of the last transaction it has.
        upto: u64,
    },
    /// The follower may serve.
    UpToDate {
        /// The epoch.
        epoch: u64,
        /// The leader's latest committed place.
        commit: u64,
    },
    /// The leader broadcasts transactions.
    Propose {
        /// The epoch.
        epoch: u64,
        /// The place before the first.
        after: u64,
        /// The transactions.
        txns: Arc<[Txn]>,
    },
    /// The follower has logged everything up to there.
    Ack {
        /// The epoch.
        epoch: u64,
        /// The place.
        upto: u64,
    },
    /// A quorum has logged everything up to there.
    Commit {
        /// The epoch.
        epoch: u64,
        /// The place.
        upto: u64,
    },
    /// The leader lives.
    Ping {
        /// The epoch.
        epoch: u64,
        /// Its latest committed place.
        commit: u64,
    },
    /// A follower passes on the request of a client.
    Request {
        /// The request.
        request: Request,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Notification { state: State::Looking, .. } => about::NOTIFICATION,
            Msg::Notification { state: State::Following | State::Leading, .. } => about::TOLD,
            Msg::FollowerInfo { .. } => about::FOLLOWER_INFO,
            Msg::LeaderInfo { .. } => about::LEADER_INFO,
            Msg::AckEpoch { .. } => about::ACK_EPOCH,
            Msg::NewLeader { .. } => about::NEW_LEADER,
            Msg::AckLeader { .. } => about::ACK_LEADER,
            Msg::UpToDate { .. } => about::UP_TO_DATE,
            Msg::Propose { .. } => about::PROPOSE,
            Msg::Ack { .. } => about::ACK,
            Msg::Commit { .. } => about::COMMIT,
            Msg::Ping { .. } => about::PING,
            Msg::Request { .. } => about::PASSED_ON,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Notification { round, vote, .. } => format!("{round}: {}", vote.leader),
            Msg::FollowerInfo { accepted } => format!("E{accepted}"),
            Msg::AckEpoch { epoch, last, .. } => format!("E{epoch}: {last}"),
            Msg::NewLeader { epoch, sync } => match sync {
                Sync::Diff { txns, .. } => format!("E{epoch}: DIFF +{}", txns.len()),
                Sync::Trunc { after, txns } => format!("E{epoch}: TRUNC {after} +{}", txns.len()),
                Sync::Snap(history) => format!("E{epoch}: SNAP {}", history.len()),
            },
            Msg::LeaderInfo { epoch } | Msg::AckLeader { epoch, .. } => format!("E{epoch}"),
            Msg::UpToDate { epoch, commit } | Msg::Ping { epoch, commit } => {
                format!("E{epoch}: {commit}")
            }
            Msg::Propose { txns, .. } => match txns.as_ref() {
                [] => String::new(),
                [only] => format!("{} {}", only.zxid, only.command.word()),
                [first, rest @ ..] => {
                    format!("{} {} +{}", first.zxid, first.command.word(), rest.len())
                }
            },
            Msg::Ack { epoch, upto } | Msg::Commit { epoch, upto } => format!("E{epoch}: {upto}"),
            Msg::Request { request } => request.op.to_string(),
        }
    }
}

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// A quorum agrees; if nobody better turns up, the election is over.
    Settle,
    /// Time to repeat what may be lost.
    Tick,
    /// The leader was silent, or a quorum of followers was, for so long.
    Timeout,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Settle, Timer::Tick, Timer::Timeout];

    fn name(&self) -> &'static str {
        match self {
            Timer::Settle => "settle",
            Timer::Tick => "tick",
            Timer::Timeout => "timeout",
        }
    }
}

/// What survives a crash. The two epochs are two files in ZooKeeper.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    pub(super) accepted_epoch: u64,
    pub(super) current_epoch: u64,
    pub(super) history: History,
    /// It came from a `given` line and nobody has been told of it yet.
    pub(super) untold: bool,
}

/// How far the work of a leader and its followers has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Stage {
    /// The epoch is being found.
    Discovery,
    /// The epoch is open, and being accepted.
    Accepting,
    /// Histories are being made equal.
    Synchronising,
    /// Transactions are being broadcast.
    Broadcast,
}

/// What a leader knows of a follower.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Peer {
    /// It found this leader.
    connected: bool,
    /// Its last zxid, if it accepted the epoch.
    last: Option<Zxid>,
    /// It acknowledged NEWLEADER in this connection.
    synced: bool,
    /// It has logged so much of the leader's history.
    upto: u64,
}

/// The part a node plays.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Phase {
    Looking {
        /// Votes of this round, its own included.
        votes: BTreeMap<NodeId, Vote>,
        /// Whom those follow who do not look any more, and whether that one is itself.
        settled: BTreeMap<NodeId, (Vote, bool)>,
    },
    Following {
        leader: NodeId,
        stage: Stage,
        /// It accepted the epoch of this leader just now, and had not before.
        fresh: bool,
    },
    Leading {
        stage: Stage,
        epoch: u64,
        /// Who sent FOLLOWERINFO, and who accepted the epoch, itself included.
        infos: NodeSet,
        accepted: NodeSet,
        /// Who was heard of since the last check.
        heard: NodeSet,
        /// Indexed by node.
        peers: Vec<Peer>,
        /// Requests that are proposed and not delivered.
        open: BTreeSet<RequestId>,
    },
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    tick: Span,
    settle: Window,
    init: Window,
    timeout: Window,
    diff: u64,
    sync: bool,
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Zab {
    tuning: Tuning,

    // Persistent: as on disk whenever a message leaves.
    accepted_epoch: u64,
    current_epoch: u64,
    pub(super) history: History,

    // Volatile.
    phase: Phase,
    /// The round of its election, and its vote in it.
    round: u64,
    vote: Vote,
    /// The highest accepted epoch heard of.
    seen: u64,
    /// What is known to be committed, and what is delivered of it.
    commit: u64,
    delivered: u64,
    /// Requests of clients that wait here.
    waiting: BTreeSet<RequestId>,
    /// The last request of each client that this node answered.
    answered: BTreeMap<ClientId, u64>,

    // The state machine: what the history up to `delivered` makes of nothing.
    store: Store,
    sessions: Sessions,
}

impl Node for Zab {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let nobody = Vote { epoch: 0, zxid: Zxid::default(), leader: ctx.id() };
        let mut node = Zab {
            tuning: Tuning::read(knobs),
            accepted_epoch: disk.accepted_epoch,
            current_epoch: disk.current_epoch,
            history: disk.history.clone(),
            phase: Phase::Looking { votes: BTreeMap::new(), settled: BTreeMap::new() },
            round: 0,
            vote: nobody,
            seen: 0,
            commit: 0,
            delivered: 0,
            waiting: BTreeSet::new(),
            answered: BTreeMap::new(),
            store: Store::default(),
            sessions: Sessions::default(),
        };
        ctx.learn(Fact::Entered { era: node.accepted_epoch });
        if disk.untold {
            node.tell_given(ctx);
            node.save(ctx);
        }
        node.look(ctx);
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Notification { round, vote, state } => {
                self.on_notification(ctx, from, round, vote, state);
            }
            Msg::FollowerInfo { accepted } => self.on_follower_info(ctx, from, accepted),
            Msg::LeaderInfo { epoch } => self.on_leader_info(ctx, from, epoch),
            Msg::AckEpoch { epoch, current, last } => {
                self.on_ack_epoch(ctx, from, epoch, current, last);
            }
            Msg::NewLeader { epoch, sync } => self.on_new_leader(ctx, from, epoch, sync),
            Msg::AckLeader { epoch, upto } => self.on_ack_leader(ctx, from, epoch, upto),
            Msg::UpToDate { epoch, commit } => self.on_up_to_date(ctx, from, epoch, commit),
            Msg::Propose { epoch, after, txns } => self.on_propose(ctx, from, epoch, after, &txns),
            Msg::Ack { epoch, upto } => self.on_ack(ctx, from, epoch, upto),
            Msg::Commit { epoch, upto } => self.on_commit(ctx, from, epoch, upto),
            Msg::Ping { epoch, commit } => self.on_ping(ctx, from, epoch, commit),
            Msg::Request { request } => self.on_passed_on(ctx, request),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match timer {
            Timer::Settle => self.on_settle(ctx),
            Timer::Tick => self.on_tick(ctx),
            Timer::Timeout => self.on_timeout(ctx),
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.serve(ctx, request);
    }

    fn role(&self) -> Role {
        match self.phase {
            Phase::Following { .. } => Role::Follower,
            Phase::Leading { stage: Stage::Broadcast, .. } => Role::Leader,
            Phase::Looking { .. } | Phase::Leading { .. } => Role::Candidate,
        }
    }

    fn era(&self) -> u64 {
        self.accepted_epoch
    }

    fn card(&self) -> NodeCard {
        let (title, stage) = match &self.phase {
            Phase::Looking { .. } => ("Looking", "election"),
            Phase::Following { stage, .. } => ("Following", stage.name()),
            Phase::Leading { stage, .. } => ("Leading", stage.name()),
        };
        let mut card = NodeCard::new(self.role(), title, self.accepted_epoch)
            .with("phase", &stage)
            .with("acceptedEpoch", &self.accepted_epoch)
            .with("currentEpoch", &self.current_epoch)
            .with("lastZxid", &self.history.last())
            .with("vote", &self.vote.leader)
            .with("committed", &self.commit)
            .with("delivered", &self.delivered)
            .with("store", &self.store.show());
        let last = self.history.len();
        let first = last.saturating_sub(NodeCard::LOG_SHOWN as u64) + 1;
        card.log.extend((first..=last).filter_map(|slot| {
            let txn = self.history.get(slot)?;
            let (era, value) = (txn.zxid.epoch, txn.command.word());
            Some(Cell { slot, era, value, committed: slot <= self.commit })
        }));
        match &self.phase {
            Phase::Looking { votes, .. } => {
                card.votes.extend(votes.iter().map(|(&from, vote)| CardVote {
                    from,
                    granted: vote.leader == self.vote.leader,
                }));
            }
            Phase::Following { .. } => {}
            Phase::Leading { peers, .. } => {
                let all = peers.iter().enumerate().filter(|(_, peer)| peer.connected);
                card.peers.extend(all.map(|(at, peer)| (NodeId::at(at), peer.upto, peer.upto + 1)));
            }
        }
        card
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk { untold: true, ..Disk::default() };
        for &(name, text) in settings {
            match name {
                "accepted" => disk.accepted_epoch = parse_epoch(text)?,
                "current" => disk.current_epoch = parse_epoch(text)?,
                "log" => disk.history = History::parse(text)?,
                _ => {
                    return Err(format!(
                        "`{name}`: zab knows `accepted=3`, `current=2` and `log=1.1.2`"
                    ));
                }
            }
        }
        // Whoever has a transaction of an epoch is in it, and has accepted it.
        disk.current_epoch = disk.current_epoch.max(disk.history.last().epoch);
        disk.accepted_epoch = disk.accepted_epoch.max(disk.current_epoch);
        Ok(disk)
    }
}

impl Zab {
    /// Makes the persistent state durable. Constant work: the history is shared, not copied.
    fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk {
            accepted_epoch: self.accepted_epoch,
            current_epoch: self.current_epoch,
            history: self.history.clone(),
            untold: false,
        });
    }

    /// A `given` disk has a past that no monitor has seen: it is told once.
    fn tell_given(&self, ctx: &mut Ctx<Self>) {
        for slot in 1..=self.history.len() {
            let Some(txn) = self.history.get(slot) else { return };
            let value = txn.command.word();
            ctx.learn(Fact::Proposed { slot, value });
            ctx.learn(Fact::Appended { slot, era: txn.zxid.epoch, value });
        }
    }

    /// Puts a transaction at the end of the history. The caller saves.
    fn append(&mut self, ctx: &mut Ctx<Self>, txn: Txn) {
        self.history.push(txn);
        let (slot, era, value) = (self.history.len(), txn.zxid.epoch, txn.command.word());
        ctx.learn(Fact::Appended { slot, era, value });
    }

    /// Accepts an epoch: once, and durably.
    fn accept(&mut self, ctx: &mut Ctx<Self>, epoch: u64, leader: NodeId) {
        self.accepted_epoch = epoch;
        self.save(ctx);
        ctx.learn(Fact::Entered { era: epoch });
        ctx.learn(Fact::Voted { era: epoch, candidate: leader });
    }
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Stage::Discovery | Stage::Accepting => "discovery",
            Stage::Synchronising => "synchronisation",
            Stage::Broadcast => "broadcast",
        }
    }
}

impl Tuning {
    fn read(knobs: &Knobs) -> Tuning {
        // A timer of no length would stop the clock of the world.
        let floor = Span::millis(1);
        let range = |name| {
            let window = knobs.range(name);
            Window { min: window.min.max(floor), max: window.max.max(floor) }
        };
        Tuning {
            tick: knobs.length("tick").max(floor),
            settle: Window::exactly(knobs.length("settle").max(floor)),
            init: range("init"),
            timeout: range("timeout"),
            diff: knobs.count("diff"),
            sync: knobs.is_on("sync"),
        }
    }
}
