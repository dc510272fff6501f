//! Raft: one leader at a time, and one log that only grows behind the commit index.
//!
//! # The idea
//!
//! Agreeing on a log is easy while one node decides what comes next. So the cluster elects a
//! leader for a *term*; the leader takes commands from clients, appends them to its log and copies
//! the log to the others. An entry that a majority stores is *committed* and is applied by
//! everyone, in order. When the leader is silent for too long, somebody starts a new term.
//!
//! # Phases, easiest first
//!
//! - **Replication** (`replication.rs`, [ongaro14 §5.3]). Each message names the entry before the
//!   ones it carries; a follower that does not have it refuses, and the leader backs up until the
//!   logs meet.
//! - **Commitment** ([ongaro14 §5.4.2]). The leader counts copies, but only of entries of its own
//!   term; older ones are committed along with them.
//! - **Election** (`election.rs`, [ongaro14 §5.2, §5.4.1]). A candidate needs the votes of a
//!   majority, and a node votes only for a log that is at least as up to date as its own.
//! - **Clients** (`client.rs`, [ongaro14 §8], [ongaro14phd §6.3]). Reads and writes go through the
//!   log; a table of sessions, itself part of the replicated state, executes a repeated request
//!   once.
//! - **Quiet elections** (`prevote.rs`, [ongaro14phd §4.2.3, §6.2, §9.6]). PreVote asks before it
//!   raises a term; CheckQuorum deposes a leader nobody hears and protects one that is heard.
//! - **Compaction** (`snapshot.rs`, [ongaro14 §7]). A snapshot replaces what was applied, and is
//!   sent to followers that need what is gone.
//! - **Members** (`membership.rs`, `config.rs`, [ongaro14 §6], [ongaro14phd §4], \[ongaro15\]). One
//!   at a time, or any number by joint consensus.
//! - **Reads without the log** (`reads.rs`, [ongaro14phd §6.4]). After a round of heartbeats, at
//!   any server; or at once under a lease.
//! - **Transfer** (`transfer.rs`, [ongaro14phd §3.10]) and **pipelining** (`progress.rs`,
//!   [ongaro14phd §10.2]).
//!
//! # Why it is safe
//!
//! 1. *One leader per term.* Each node votes once per term and remembers it on disk; two
//!    majorities share a voter.
//! 2. *Logs match.* A leader writes one entry per index and never changes it; a follower appends
//!    only behind an entry that it shares with the leader. By induction, logs that agree on the
//!    term at an index agree on everything up to it.
//! 3. *Leaders are complete.* A committed entry is stored by a majority, and a leader of a later
//!    term has the vote of one of them. That voter's log is no more up to date than the leader's;
//!    if the last terms are equal the leader's log is longer and, by 2, holds the entry; if its
//!    last term is larger, the leader of that term held the entry already, and 2 applies again.
//! 4. *Counting copies of old entries is not enough* (Figure 8): a node without them may still
//!    win. A copy of an entry of the current term on a majority excludes that, whence the rule of
//!    §5.4.2.
//! 5. *State machines agree.* Only committed entries are applied, in the order of the log.
//! 6. *Snapshots change nothing.* They stand for committed entries, which every later leader has;
//!    one that stands for less than is committed is ignored.
//! 7. *Configurations overlap.* Majorities of two configurations one server apart share a voter,
//!    and a joint one needs both. That holds for neighbours in one log, so a change waits until
//!    the one before is committed, and until this leader has committed in its own term: only then
//!    has it seen every committed configuration, and can no other leader commit one behind it
//!    \[ongaro15\]. With `own-term=off` two leaders can each remove the other.
//! 8. *Reads are fresh.* Whoever a majority follows in a round sent after the read was asked led at
//!    that time, and once it has committed in its term its commit index covers everything answered
//!    before. A lease replaces the round by time: voters that heard the leader help nobody for the
//!    shortest election time, so it holds for that time over the drift bound from the sending of
//!    the round on. A clock that errs by more, or is set, breaks it.
//!
//! # Simplifications
//!
//! - Unless `pipeline` is on, `nextIndex` moves on answers only, so a loaded leader sends an entry
//!   again until it is acknowledged.
//! - Entries are applied as soon as they are known to be committed, within the same handler.
//! - Sessions need no registration: the world names its clients, and each session remembers its
//!   newest [`SESSION_MEMORY`](crate::protocol::shared::sessions::SESSION_MEMORY) results.
//! - Redirected clients ask again; a leader that steps down leaves the requests it holds
//!   unanswered. Changes of members are idempotent, so they have no place in the sessions.
//! - A snapshot travels in one message, and is taken in no time.
//! - A wish for a change waits at the leader for the one before it, instead of being refused.
//! - Time for CheckQuorum's promise and for leases is the server's own clock, not a steady one.

mod about;
mod card;
mod client;
mod config;
mod election;
mod log;
mod marks;
mod membership;
mod msg;
mod prevote;
mod progress;
mod reads;
mod replication;
mod snapshot;
mod transfer;
mod tuning;

use std::sync::Arc;

use crate::kernel::{
    About, Ctx, Fact, Flaw, Knobs, Node, NodeCard, NodeId, NodeSet, Ratio, Request, RequestId,
    Risk, Role, Settings, SimTime, Tag,
};
use crate::protocol::shared::{sessions::Sessions, store::Store};
use config::Configs;
pub use config::{Config, Tally};
pub use log::{Command, Entry, Log};
pub use msg::{Msg, Round};
use progress::{Leadership, Progress};
pub use snapshot::Snapshot;
use tuning::{Reads, Tuning};

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// No leader was heard of for so long. Armed unless it leads, or has no vote.
    Election,
    /// Time for the leader to show that it lives. Armed while it leads.
    Heartbeat,
    /// Time for the leader to see whether a majority still answers. Armed while it leads and
    /// `checkquorum` is on.
    Quorum,
    /// The leadership should have been handed over by now. Armed while it is.
    Transfer,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] =
        &[Timer::Election, Timer::Heartbeat, Timer::Quorum, Timer::Transfer];

    fn name(&self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
            Timer::Quorum => "quorum",
            Timer::Transfer => "transfer",
        }
    }
}

/// The persistent state of Figure 2 [ongaro14 §5], and the snapshot. Sharing the log makes saving
/// it cheap.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    pub(super) term: u64,
    pub(super) vote: Option<NodeId>,
    pub(super) snapshot: Option<Arc<Snapshot>>,
    pub(super) log: Log,
    /// It came from a `given` line and nobody has been told of it yet.
    pub(super) untold: bool,
}

/// The part a node plays in its term.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Standing {
    Follower,
    Candidate {
        /// It only asks whether an election could be won.
        pre: bool,
        /// Who votes for it in this term, itself included.
        granted: NodeSet,
        /// Who does not.
        refused: NodeSet,
    },
    Leader(Box<Leadership>),
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Raft {
    id: NodeId,
    tuning: Tuning,

    // Persistent: as on disk whenever a message leaves.
    pub(super) term: u64,
    pub(super) vote: Option<NodeId>,
    snapshot: Option<Arc<Snapshot>>,
    pub(super) log: Log,

    // Volatile, of every server.
    pub(super) standing: Standing,
    /// Whom it takes for the leader of this term.
    pub(super) leader: Option<NodeId>,
    pub(super) commit: u64,
    applied: u64,
    /// Who votes, by the log.
    pub(super) configs: Configs,
    /// When it last heard a leader, on its own clock; only if that is to protect the leader.
    heard_at: Option<SimTime>,
    /// It has let the preferred node go first since it last heard a leader.
    yielded: bool,
    /// Reads of its clients that wait for the leader's word, or for entries to be applied.
    asked: Vec<reads::Asked>,
    /// Who asked it to hand over to whom, if it has done so.
    owed: Option<(NodeId, RequestId)>,

    // The state machine: what the entries up to `applied` make of nothing.
    pub(super) store: Store,
    pub(super) sessions: Sessions,
}

impl Node for Raft {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn risks(knobs: &Knobs, _nodes: u32) -> Vec<Risk> {
        about::risks(knobs)
    }

    fn trusted_drift(knobs: &Knobs) -> Option<Ratio> {
        (knobs.choice("reads") == "lease").then(|| knobs.share("drift"))
    }

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let tuning = Tuning::read(knobs);
        let first = if tuning.members == 0 { ctx.nodes() } else { tuning.members.min(ctx.nodes()) };
        let mut node = Raft {
            id: ctx.id(),
            term: disk.term,
            vote: disk.vote,
            snapshot: disk.snapshot.clone(),
            log: disk.log.clone(),
            standing: Standing::Follower,
            leader: None,
            commit: 0,
            applied: 0,
            configs: Configs::new(Config::of(NodeSet::first(first)), 0),
            // It may have promised a leader not to help others just before it crashed.
            heard_at: (tuning.reads == Reads::Lease).then(|| ctx.stamp()),
            yielded: false,
            asked: Vec::new(),
            owed: None,
            store: Store::default(),
            sessions: Sessions::default(),
            tuning,
        };
        ctx.learn(Fact::Entered { era: node.term });
        node.recover(ctx);
        if disk.untold {
            node.tell_given(ctx);
            node.save(ctx);
        }
        if node.may_campaign() {
            ctx.arm(Timer::Election, node.tuning.election);
        }
        node
    }

    fn flaws() -> Vec<Flaw> {
        about::FLAWS.to_vec()
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        if let Msg::RequestVote { term, transfer: false, .. } = msg
            && term > self.term
            && self.hears_leader(ctx)
        {
            // rule: keep-leader
            ctx.mark("keep-leader");
            return;
        }
        // Whatever it says: a later term is adopted first, unless it is only asked about.
        if msg.term() > self.term && !msg.is_hypothetical() {
            self.enter(ctx, msg.term());
        }
        match msg {
            Msg::RequestVote { term, last_index, last_term, .. } => {
                self.on_request_vote(ctx, from, term, (last_term, last_index));
            }
            Msg::RequestVoteResponse { term, granted } => {
                self.on_vote_response(ctx, from, term, granted);
            }
            Msg::AppendEntries { term, prev_index, prev_term, entries, commit } => {
                self.on_append_entries(ctx, from, term, (prev_index, prev_term), &entries, commit);
            }
            Msg::Appended { term, upto } | Msg::Installed { term, upto } => {
                self.on_appended(ctx, from, term, upto);
            }
            Msg::Rejected { term, prev_index, retry_at } => {
                self.on_rejected(ctx, from, term, prev_index, retry_at);
            }
            Msg::PreVote { term, last_index, last_term } => {
                self.on_pre_vote(ctx, from, term, (last_term, last_index));
            }
            Msg::PreVoteResponse { term, granted } => {
                self.on_pre_vote_response(ctx, from, term, granted);
            }
            Msg::InstallSnapshot { term, snapshot } => {
                self.on_install_snapshot(ctx, from, term, snapshot);
            }
            Msg::Heartbeat { term, commit, round } => {
                self.on_heartbeat(ctx, from, term, commit, round);
            }
            Msg::HeartbeatResponse { term, round } => self.on_echo(ctx, from, term, round),
            Msg::ReadIndex { term, id } => self.on_read_index(ctx, from, term, id),
            Msg::ReadIndexResponse { id, index, .. } => {
                self.on_read_index_response(ctx, id, index);
            }
            Msg::TimeoutNow { term } => self.on_timeout_now(ctx, term),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match (timer, &self.standing) {
            (Timer::Election, Standing::Follower | Standing::Candidate { .. }) => {
                self.on_silence(ctx);
            }
            (Timer::Heartbeat, Standing::Leader(_)) => self.beat(ctx),
            (Timer::Quorum, Standing::Leader(_)) => self.check_quorum(ctx),
            (Timer::Transfer, Standing::Leader(_)) => self.abort_transfer(ctx),
            // A leader does not wait for itself, and nobody else has what it looks after. Only a
            // hand fires these.
            (Timer::Election, Standing::Leader(_))
            | (
                Timer::Heartbeat | Timer::Quorum | Timer::Transfer,
                Standing::Follower | Standing::Candidate { .. },
            ) => {}
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.serve(ctx, request);
    }

    fn role(&self) -> Role {
        match self.standing {
            Standing::Follower => Role::Follower,
            Standing::Candidate { .. } => Role::Candidate,
            Standing::Leader(_) => Role::Leader,
        }
    }

    fn era(&self) -> u64 {
        self.term
    }

    fn card(&self) -> NodeCard {
        self.show()
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        card::given(settings)
    }

    fn named(disk: &Disk) -> NodeSet {
        disk.vote.map_or(NodeSet::EMPTY, NodeSet::only).or(disk.log.named())
    }

    fn on_compact(&mut self, ctx: &mut Ctx<Self>) {
        self.compact(ctx, 0);
    }
}

impl Raft {
    /// Makes the persistent state durable. Constant work: the log is shared, not copied.
    pub(super) fn save(&self, ctx: &mut Ctx<Self>) {
        let (snapshot, log) = (self.snapshot.clone(), self.log.clone());
        ctx.save(Disk { term: self.term, vote: self.vote, snapshot, log, untold: false });
    }

    /// Goes on from what the snapshot and the log on disk say.
    fn recover(&mut self, ctx: &mut Ctx<Self>) {
        if let Some(snapshot) = &self.snapshot {
            self.store = snapshot.store.clone();
            self.sessions = snapshot.sessions.clone();
            self.configs = Configs::new(snapshot.config, snapshot.index);
            (self.commit, self.applied) = (snapshot.index, snapshot.index);
            ctx.learn(Fact::Committed { slot: snapshot.index });
        }
        for (index, entry) in self.log.iter() {
            if let Command::Members(config) = entry.command
                && index > self.applied
            {
                self.configs.adopt(index, config);
            }
        }
    }

    /// A `given` disk has a past that no monitor has seen: it is told once.
    fn tell_given(&self, ctx: &mut Ctx<Self>) {
        for (slot, entry) in self.log.iter() {
            let value = entry.command.word();
            ctx.learn(Fact::Proposed { slot, value });
            ctx.learn(Fact::Appended { slot, era: entry.term, value });
        }
        if let Some(candidate) = self.vote {
            ctx.learn(Fact::Voted { era: self.term, candidate });
        }
    }
}
