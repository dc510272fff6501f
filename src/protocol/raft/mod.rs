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
//!
//! # Simplifications
//!
//! - `nextIndex` moves on answers only, so a loaded leader sends an entry again until it is
//!   acknowledged.
//! - Entries are applied as soon as they are known to be committed, within the same handler.
//! - Sessions need no registration: the world names its clients, and each session remembers its
//!   newest [`SESSION_MEMORY`] results.
//! - Redirected clients ask again; a leader that steps down leaves the requests it holds
//!   unanswered.
//!
//! # Rooms left open
//!
//! Extensions get a file of their own beside these, and hook in where named here: `membership.rs`
//! (the quorum in `Raft::advance_commit` and `Raft::on_vote_response`), `snapshot.rs` (`Log` would
//! start behind an offset; `Raft::send_append` would send a snapshot instead of entries gone),
//! `reads.rs` (`Raft::serve` would answer a read without the log), `transfer.rs` (a flag on
//! `RequestVote`), `prevote.rs` (`Raft::campaign` would ask first).

mod about;
mod client;
mod election;
mod log;
mod replication;

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::kernel::{
    About, Cell, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, Payload, Request, RequestId, Role,
    Settings, Span, Tag, Vote, Window,
};
use crate::protocol::shared::{sessions::Sessions, store::Store};
pub use log::{Command, Entry, Log};

/// The messages of Figure 2 [ongaro14 §5]. A refusal of entries is a variant of its own, since it
/// carries a hint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// A candidate asks for a vote.
    RequestVote {
        /// Its term.
        term: u64,
        /// The index of its last entry.
        last_index: u64,
        /// The term of its last entry.
        last_term: u64,
    },
    /// The answer.
    RequestVoteResponse {
        /// The voter's term.
        term: u64,
        /// Whether it votes for the candidate.
        granted: bool,
    },
    /// The leader sends entries, or only shows that it lives.
    AppendEntries {
        /// Its term.
        term: u64,
        /// The index of the entry before the ones sent.
        prev_index: u64,
        /// The term of that entry.
        prev_term: u64,
        /// The entries; none in a heartbeat to a follower that has all.
        entries: Rc<[Entry]>,
        /// The leader's commit index.
        commit: u64,
    },
    /// The follower has everything up to there.
    Appended {
        /// Its term.
        term: u64,
        /// The last entry that the message covered: `prev_index` plus the entries sent.
        upto: u64,
    },
    /// The follower lacks the entry before the ones sent, or is in a later term.
    Rejected {
        /// Its term.
        term: u64,
        /// The `prev_index` refused.
        prev_index: u64,
        /// From where on the leader should send instead.
        retry_at: u64,
    },
}

impl Msg {
    fn term(&self) -> u64 {
        match self {
            Msg::RequestVote { term, .. }
            | Msg::RequestVoteResponse { term, .. }
            | Msg::AppendEntries { term, .. }
            | Msg::Appended { term, .. }
            | Msg::Rejected { term, .. } => *term,
        }
    }
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::RequestVote { .. } => about::REQUEST_VOTE,
            Msg::RequestVoteResponse { granted: true, .. } => about::VOTE_GRANTED,
            Msg::RequestVoteResponse { granted: false, .. } => about::VOTE_REFUSED,
            Msg::AppendEntries { entries, .. } if entries.is_empty() => about::HEARTBEAT,
            Msg::AppendEntries { .. } => about::APPEND_ENTRIES,
            Msg::Appended { .. } => about::APPENDED,
            Msg::Rejected { .. } => about::REJECTED,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::RequestVote { term, .. } | Msg::RequestVoteResponse { term, .. } => {
                format!("T{term}")
            }
            Msg::AppendEntries { term, entries, .. } => match entries.as_ref() {
                [] => format!("T{term}"),
                [only] => format!("T{term}: {}", only.command.word()),
                [first, rest @ ..] => format!("T{term}: {} +{}", first.command.word(), rest.len()),
            },
            Msg::Appended { term, upto } => format!("T{term}: {upto}"),
            Msg::Rejected { term, prev_index, .. } => format!("T{term}: {prev_index}"),
        }
    }
}

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// No leader was heard of for so long. Armed unless it leads.
    Election,
    /// Time for the leader to show that it lives. Armed while it leads.
    Heartbeat,
}

impl Tag for Timer {
    fn name(&self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Timer::Election, Timer::Heartbeat].into_iter().find(|timer| timer.name() == name)
    }
}

/// The persistent state of Figure 2 [ongaro14 §5]. Sharing the log makes saving it cheap.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    term: u64,
    vote: Option<NodeId>,
    log: Log,
    /// It came from a `given` line and nobody has been told of it yet.
    untold: bool,
}

/// How far one follower is known to have come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Progress {
    /// The next entry to send it. Above `matched`, and at most one behind the end of the log.
    next: u64,
    /// Its log equals the leader's up to here.
    matched: u64,
    /// The last entry sent to it since it was heard of; what a batch cut off follows the answer.
    sent: u64,
}

/// The part a node plays in its term.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Standing {
    Follower,
    Candidate {
        /// Who votes for it in this term, itself included.
        granted: BTreeSet<NodeId>,
        /// Who does not.
        refused: BTreeSet<NodeId>,
    },
    Leader {
        /// Indexed by node; the leader's own place is not used.
        progress: Vec<Progress>,
        /// Requests in the log whose clients wait here.
        waiting: BTreeSet<RequestId>,
    },
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    election: Window,
    heartbeat: Span,
    batch: u64,
    noop: bool,
    skip_terms: bool,
}

/// A server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Raft {
    tuning: Tuning,

    // Persistent: as on disk whenever a message leaves.
    term: u64,
    vote: Option<NodeId>,
    log: Log,

    // Volatile, of every server.
    standing: Standing,
    /// Whom it takes for the leader of this term.
    leader: Option<NodeId>,
    commit: u64,
    applied: u64,

    // The state machine: what the entries up to `applied` make of nothing.
    store: Store,
    sessions: Sessions,
}

impl Node for Raft {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let node = Raft {
            tuning: Tuning::read(knobs),
            term: disk.term,
            vote: disk.vote,
            log: disk.log.clone(),
            standing: Standing::Follower,
            leader: None,
            commit: 0,
            applied: 0,
            store: Store::default(),
            sessions: Sessions::default(),
        };
        ctx.learn(Fact::Entered { era: node.term });
        if disk.untold {
            node.tell_given(ctx);
            node.save(ctx);
        }
        ctx.arm(Timer::Election, node.tuning.election);
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        // Whatever it says: a later term is adopted first.
        if msg.term() > self.term {
            self.enter(ctx, msg.term());
        }
        match msg {
            Msg::RequestVote { term, last_index, last_term } => {
                self.on_request_vote(ctx, from, term, (last_term, last_index));
            }
            Msg::RequestVoteResponse { term, granted } => {
                self.on_vote_response(ctx, from, term, granted);
            }
            Msg::AppendEntries { term, prev_index, prev_term, entries, commit } => {
                self.on_append_entries(ctx, from, term, (prev_index, prev_term), &entries, commit);
            }
            Msg::Appended { term, upto } => self.on_appended(ctx, from, term, upto),
            Msg::Rejected { term, prev_index, retry_at } => {
                self.on_rejected(ctx, from, term, prev_index, retry_at);
            }
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match (timer, &self.standing) {
            (Timer::Election, Standing::Follower | Standing::Candidate { .. }) => {
                self.campaign(ctx);
            }
            (Timer::Heartbeat, Standing::Leader { .. }) => self.beat(ctx),
            // A leader does not wait for itself, and nobody else beats. Only a hand fires these.
            (Timer::Election, Standing::Leader { .. })
            | (Timer::Heartbeat, Standing::Follower | Standing::Candidate { .. }) => {}
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.serve(ctx, request);
    }

    fn role(&self) -> Role {
        match self.standing {
            Standing::Follower => Role::Follower,
            Standing::Candidate { .. } => Role::Candidate,
            Standing::Leader { .. } => Role::Leader,
        }
    }

    fn era(&self) -> u64 {
        self.term
    }

    fn card(&self) -> NodeCard {
        let title = match self.standing {
            Standing::Follower => "Follower",
            Standing::Candidate { .. } => "Candidate",
            Standing::Leader { .. } => "Leader",
        };
        let mut card = NodeCard::new(self.role(), title, self.term)
            .with("currentTerm", &self.term)
            .with("votedFor", &show(self.vote))
            .with("leader", &show(self.leader))
            .with("commitIndex", &self.commit)
            .with("lastApplied", &self.applied)
            .with("store", &self.store.show());
        let last = self.log.last_index();
        let first = last.saturating_sub(NodeCard::LOG_SHOWN as u64) + 1;
        card.log.extend((first..=last).filter_map(|slot| {
            let entry = self.log.get(slot)?;
            let (era, value) = (entry.term, entry.command.word());
            Some(Cell { slot, era, value, committed: slot <= self.commit })
        }));
        match &self.standing {
            Standing::Follower => {}
            Standing::Candidate { granted, refused } => {
                let yes = granted.iter().map(|&from| Vote { from, granted: true });
                let no = refused.iter().map(|&from| Vote { from, granted: false });
                card.votes.extend(yes.chain(no));
            }
            Standing::Leader { progress, .. } => {
                let all = progress.iter().enumerate();
                card.peers.extend(
                    all.map(|(at, progress)| (NodeId::at(at), progress.matched, progress.next))
                        .filter(|&(peer, ..)| Some(peer) != self.leader),
                );
            }
        }
        card
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk { untold: true, ..Disk::default() };
        for &(name, text) in settings {
            match name {
                "term" => disk.term = log::parse_term(text)?,
                "vote" => disk.vote = Some(parse_node(text)?),
                "log" => disk.log = Log::parse(text)?,
                _ => {
                    return Err(format!(
                        "`{name}`: raft knows `term=7`, `vote=n2` and `log=1.1.1.4.4`"
                    ));
                }
            }
        }
        let last = disk.log.last_term();
        if disk.term == 0 {
            disk.term = last;
        }
        if disk.term < last {
            return Err(format!("term={} is below the term {last} of the last entry", disk.term));
        }
        Ok(disk)
    }
}

impl Raft {
    /// Makes the persistent state durable. Constant work: the log is shared, not copied.
    fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk { term: self.term, vote: self.vote, log: self.log.clone(), untold: false });
    }

    /// A `given` disk has a past that no monitor has seen: it is told once.
    fn tell_given(&self, ctx: &mut Ctx<Self>) {
        for (entry, slot) in self.log.iter().zip(1_u64..) {
            let value = entry.command.word();
            ctx.learn(Fact::Proposed { slot, value });
            ctx.learn(Fact::Appended { slot, era: entry.term, value });
        }
        if let Some(candidate) = self.vote {
            ctx.learn(Fact::Voted { era: self.term, candidate });
        }
    }
}

impl Tuning {
    fn read(knobs: &Knobs) -> Tuning {
        // A timer of no length would stop the clock of the world.
        let floor = Span::millis(1);
        let election = knobs.range("election");
        Tuning {
            election: Window { min: election.min.max(floor), max: election.max.max(floor) },
            heartbeat: knobs.length("heartbeat").max(floor),
            batch: knobs.count("batch").max(1),
            noop: knobs.is_on("noop"),
            skip_terms: knobs.choice("backup") == "term",
        }
    }
}

fn show(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn parse_node(text: &str) -> Result<NodeId, String> {
    text.strip_prefix('n')
        .and_then(|digits| digits.parse().ok())
        .and_then(|number: u32| number.checked_sub(1))
        .map(NodeId)
        .ok_or_else(|| format!("`{text}` is not a node, for example `n2`"))
}
