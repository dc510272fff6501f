//! Multi-Paxos: one instance of Paxos per slot of a log, and one leader that prepares them all.
//!
//! # The idea
//!
//! Paxos chooses one value. A replicated log needs one for every slot, so there is an instance of
//! Paxos for each; but phase 1 does not depend on the value, so one Prepare can serve all slots at
//! once. Whoever got its promises is the *leader* and needs only phase 2 for each command: one
//! round trip, as long as nobody opens a higher *ballot*.
//!
//! # Phases, easiest first
//!
//! - **Phase 2** (`leader.rs`, `acceptor.rs`, [lamport01 §3]). The leader puts each command into
//!   the next slot and asks the acceptors to accept it. Slots are independent: they may be chosen
//!   in any order, and are executed in the order of the log.
//! - **Learning** (`learner.rs`). The leader counts who accepted, and tells everyone how far the
//!   log is chosen; or every acceptor tells every node, which costs messages and saves a delay.
//! - **Phase 1** (`leader.rs`, [lamport01 §3]). A new leader asks for promises for every slot that
//!   it does not know to be chosen, takes over what they report, and closes gaps with *no-ops*.
//! - **Quorums** (`quorum.rs`, [howard16 §3]). Phase 1 and phase 2 may have quorums of different
//!   sizes, or rows and columns of a grid, as long as one of each always meet.
//! - **Membership** (`members.rs`, [lamport01 §3]). The acceptors of slot *i* are decided by the
//!   log up to slot *i - alpha*, so the leader is at most *alpha* slots ahead of what it executed.
//! - **Leases** (`lease.rs`, [chandra07 §5.2]). Acceptors promise to ignore other ballots for a
//!   while, during which the leader answers reads alone.
//! - **Clients** (`client.rs`). A command may be chosen in two slots, by two leaders; a table of
//!   sessions executes it once.
//!
//! # Why it is safe
//!
//! 1. *One value per slot.* Each slot is an instance of Paxos, whose argument (`paxos`) needs only
//!    that every phase-1 quorum meets every phase-2 quorum: the promise that covers a slot comes
//!    from an acceptor that reports what was chosen there.
//! 2. *A promise for all slots is a promise for each.* A leader proposes in a slot only after a
//!    phase-1 quorum of the acceptors *of that slot* promised its ballot, and picks one value for
//!    it, once.
//! 3. *Everyone agrees who the acceptors of a slot are*, since that is a function of the chosen
//!    prefix up to *alpha* slots before, by 1.
//! 4. *State machines agree*: they execute the chosen prefix in order; a repeated command is
//!    skipped by a rule that is part of the same state.
//! 5. *Leases.* While a phase-2 quorum grants a lease no phase-1 quorum promises another ballot, so
//!    nothing is chosen but by the leader, which has executed all that was chosen before. This is
//!    the only place where clocks matter: a clock that drifts by more than `bound`, or is set, may
//!    break it.
//!
//! # Simplifications
//!
//! - Logs are never cut: a promise reports all slots that its leader does not know to be chosen,
//!   and a node that was away is told every command it missed.
//! - What is chosen is on disk as well, so a node that restarts knows what it knew; Lamport's
//!   ledger does the same [lamport98 §3.1].
//! - A leader that meets a higher ballot gives up at once and lets the election timer decide.
//! - A node added is told the log while it is a voter already; add it as a learner first to spare
//!   the quorum.
//! - Whoever is not a member never campaigns; a leader that is removed resigns when the change is
//!   in force.

mod about;
mod acceptor;
mod client;
mod leader;
mod learner;
mod lease;
mod log;
mod members;
mod quorum;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::kernel::{
    About, Cell, Ctx, Face, Fact, Flaw, Knobs, Node, NodeCard, NodeId, NodeSet, Payload, Ratio,
    Request, RequestId, Risk, Role, Settings, SimTime, Span, Tag, Vote as CardVote, Window,
};
use crate::protocol::shared::{sessions::Sessions, store::Store};
use lease::Lease;
pub use log::Command;
use log::{Log, Slot};
use members::Configs;
use quorum::System;

/// A ballot: the round times the number of nodes, plus the node it belongs to.
pub type Ballot = u64;

/// What an acceptor reports of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Vote {
    /// The slot.
    pub slot: u64,
    /// The ballot it was accepted in last, or learned in.
    pub ballot: Ballot,
    /// The command.
    pub command: Command,
    /// Whether it is known to be chosen.
    pub chosen: bool,
}

/// The messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Phase 1a for every slot from `from` on.
    Prepare {
        /// The ballot.
        ballot: Ballot,
        /// The first slot its leader does not know to be chosen.
        from: u64,
    },
    /// Phase 1b.
    Promise {
        /// The ballot promised.
        ballot: Ballot,
        /// Everything accepted or chosen from the slot asked on.
        votes: Arc<[Vote]>,
    },
    /// The ballot is refused, for a higher one or for a lease.
    Nack {
        /// The ballot refused.
        ballot: Ballot,
        /// The ballot promised.
        promised: Ballot,
    },
    /// Phase 2a.
    Accept {
        /// The ballot.
        ballot: Ballot,
        /// Slots with their commands.
        proposals: Arc<[(u64, Command)]>,
    },
    /// Phase 2b.
    Accepted {
        /// The ballot.
        ballot: Ballot,
        /// The slots.
        slots: Arc<[u64]>,
    },
    /// The leader tells how far the log is chosen, and that it lives.
    Commit {
        /// Its ballot.
        ballot: Ballot,
        /// Every slot up to here is chosen.
        upto: u64,
        /// The round of the lease it asks for; zero for none.
        round: u64,
    },
    /// An acceptor grants a lease.
    Grant {
        /// The leader's ballot.
        ballot: Ballot,
        /// The round granted.
        round: u64,
    },
    /// A node lacks what is chosen from there on.
    Ask {
        /// The first slot it lacks.
        from: u64,
    },
    /// What is chosen.
    Decided {
        /// Chosen commands.
        votes: Arc<[Vote]>,
        /// How far the sender knows the log to be chosen.
        upto: u64,
    },
    /// The leader asks another node to lead.
    TakeOver {
        /// The ballot of the leader that yields.
        ballot: Ballot,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Prepare { .. } => about::PREPARE,
            Msg::Promise { .. } => about::PROMISE,
            Msg::Nack { .. } => about::NACK,
            Msg::Accept { .. } => about::ACCEPT,
            Msg::Accepted { .. } => about::ACCEPTED,
            Msg::Commit { .. } => about::COMMIT,
            Msg::Grant { .. } => about::GRANT,
            Msg::Ask { .. } => about::ASK,
            Msg::Decided { .. } => about::DECIDED,
            Msg::TakeOver { .. } => about::TAKE_OVER,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Prepare { ballot, from } => format!("{ballot}: {from}.."),
            Msg::Promise { ballot, votes } => match votes.as_ref() {
                [] => ballot.to_string(),
                votes => format!("{ballot}: {} votes", votes.len()),
            },
            Msg::Nack { ballot, promised } => format!("{ballot} < {promised}"),
            Msg::Accept { ballot, proposals } => match proposals.as_ref() {
                [] => ballot.to_string(),
                [(slot, only)] => format!("{ballot}: {slot} {}", only.word()),
                [(slot, first), rest @ ..] => {
                    format!("{ballot}: {slot} {} +{}", first.word(), rest.len())
                }
            },
            Msg::Accepted { ballot, slots } => match slots.as_ref() {
                [] => ballot.to_string(),
                [only] => format!("{ballot}: {only}"),
                [first, rest @ ..] => format!("{ballot}: {first} +{}", rest.len()),
            },
            Msg::Commit { ballot, upto, .. } => format!("{ballot}: {upto}"),
            Msg::Grant { ballot, .. } | Msg::TakeOver { ballot } => ballot.to_string(),
            Msg::Ask { from } => format!("{from}.."),
            Msg::Decided { votes, .. } => match votes.as_ref() {
                [] => String::new(),
                [only] => format!("{} {}", only.slot, only.command.word()),
                [first, rest @ ..] => {
                    format!("{} {} +{}", first.slot, first.command.word(), rest.len())
                }
            },
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
    const BY_HAND: &'static [Self] = &[Timer::Election, Timer::Heartbeat];

    fn name(&self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
        }
    }
}

/// What survives a crash: promises, what was accepted, and what is known to be chosen.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    promised: Ballot,
    log: Log,
    /// It came from a `given` line and nobody has been told of it yet.
    untold: bool,
}

/// Who accepted a slot in one ballot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Tally {
    ballot: Ballot,
    who: NodeSet,
}

/// One ballot of this node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Attempt {
    ballot: Ballot,
    /// Phase 1 is over: it leads.
    leading: bool,
    promised: NodeSet,
    refused: NodeSet,
    /// The highest vote reported for each slot not proposed yet.
    reports: BTreeMap<u64, (Ballot, Command)>,
    /// The last slot that anybody reported anything of. Gaps up to here are closed.
    top: u64,
    /// The next slot to propose in.
    next: u64,
    /// Requests that have no slot yet.
    queue: VecDeque<Request>,
    /// Requests whose clients wait here.
    waiting: BTreeSet<RequestId>,
    lease: Lease,
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    election: Window,
    heartbeat: Span,
    system: System,
    members: u32,
    alpha: u64,
    batch: u64,
    learn_all: bool,
    lease: bool,
    hold: Span,
    bound_ppm: u32,
}

/// A node: proposer, acceptor, learner and replica.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MultiPaxos {
    tuning: Tuning,

    // Acceptor: as on disk.
    promised: Ballot,
    log: Log,
    /// Until when, on its own clock, it ignores other ballots than this.
    granted: Option<(Ballot, SimTime)>,

    // Proposer.
    attempt: Option<Attempt>,
    /// The highest ballot anybody refused it with.
    seen: Ballot,

    // Learner. Everything up to `applied` is chosen and executed.
    leader: Option<NodeId>,
    tally: BTreeMap<u64, Tally>,
    applied: u64,
    configs: Configs,
    store: Store,
    sessions: Sessions,
}

impl Node for MultiPaxos {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn risks(knobs: &Knobs, nodes: u32) -> Vec<Risk> {
        about::risks(knobs, nodes)
    }

    fn trusted_drift(knobs: &Knobs) -> Option<Ratio> {
        knobs.is_on("lease").then(|| knobs.share("bound"))
    }

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let tuning = Tuning::read(knobs);
        let members = if tuning.members == 0 { ctx.nodes() } else { tuning.members };
        let mut node = MultiPaxos {
            promised: disk.promised,
            log: disk.log.clone(),
            granted: None,
            attempt: None,
            seen: 0,
            leader: None,
            tally: BTreeMap::new(),
            applied: 0,
            configs: Configs::new(NodeSet::first(members.min(ctx.nodes()))),
            store: Store::default(),
            sessions: Sessions::default(),
            tuning,
        };
        ctx.learn(Fact::Entered { era: node.promised });
        if disk.untold {
            node.tell_given(ctx);
            node.save(ctx);
        }
        node.remember_lease(ctx);
        node.recall(ctx);
        ctx.arm(Timer::Election, node.tuning.election);
        node
    }

    fn flaws() -> Vec<Flaw> {
        about::FLAWS.to_vec()
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Prepare { ballot, from: slot } => self.on_prepare(ctx, from, ballot, slot),
            Msg::Promise { ballot, votes } => self.on_promise(ctx, from, ballot, &votes),
            Msg::Nack { ballot, promised } => self.on_nack(ctx, from, ballot, promised),
            Msg::Accept { ballot, proposals } => self.on_accept(ctx, from, ballot, &proposals),
            Msg::Accepted { ballot, slots } => self.on_accepted(ctx, from, ballot, &slots),
            Msg::Commit { ballot, upto, round } => self.on_commit(ctx, from, ballot, upto, round),
            Msg::Grant { ballot, round } => self.on_grant(ctx, from, ballot, round),
            Msg::Ask { from: slot } => self.on_ask(ctx, from, slot),
            Msg::Decided { votes, upto } => self.on_decided(ctx, from, &votes, upto),
            Msg::TakeOver { ballot } => self.on_take_over(ctx, ballot),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match (timer, self.leads()) {
            (Timer::Election, false) => self.on_silence(ctx),
            (Timer::Heartbeat, true) => self.beat(ctx),
            // A leader does not wait for itself, and nobody else beats. Only a hand fires these.
            (Timer::Election, true) | (Timer::Heartbeat, false) => {}
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.serve(ctx, request);
    }

    fn role(&self) -> Role {
        match &self.attempt {
            None => Role::Follower,
            Some(Attempt { leading: false, .. }) => Role::Candidate,
            Some(Attempt { leading: true, .. }) => Role::Leader,
        }
    }

    fn era(&self) -> u64 {
        self.promised
    }

    fn card(&self) -> NodeCard {
        let title = match self.role() {
            Role::Leader => "Leader",
            Role::Candidate => "Proposer",
            Role::Follower | Role::Balancer | Role::Server => "Acceptor",
        };
        let config = self.configs.at(self.applied + 1);
        let mut card = NodeCard::new(self.role(), title, self.promised)
            .with("promised", &self.promised)
            .with("ballot", &show(self.attempt.as_ref().map(|attempt| attempt.ballot)))
            .with("leader", &show(self.leader))
            .with("chosen", &self.applied)
            .with("quorums", &self.tuning.system.show(config.voters))
            .with("acceptors", &config.voters);
        if self.tuning.lease {
            card = card.with("granted", &show(self.granted.map(|(_, until)| until)));
        }
        card = card.with("store", &self.store.show());
        let last = self.log.last();
        let first = last.saturating_sub(NodeCard::LOG_SHOWN as u64) + 1;
        card.log.extend((first..=last).map(|slot| {
            let (era, value, committed) = match self.log.get(slot) {
                Slot::Empty => (0, crate::kernel::Word::default(), false),
                Slot::Accepted(era, command) => (era, command.word(), false),
                Slot::Chosen(era, command) => (era, command.word(), true),
            };
            Cell { slot, era, value, committed }
        }));
        if let Some(attempt) = self.attempt.as_ref().filter(|attempt| !attempt.leading) {
            let yes = attempt.promised.iter().map(|from| CardVote { from, granted: true });
            let no = attempt.refused.iter().map(|from| CardVote { from, granted: false });
            card.votes.extend(yes.chain(no));
        }
        card
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk { untold: true, ..Disk::default() };
        for &(name, text) in settings {
            match name {
                "promised" => disk.promised = parse_ballot(text)?,
                "log" => disk.log = Log::parse(text)?,
                _ => {
                    return Err(format!(
                        "`{name}`: multi-paxos knows `promised=7` and `log=3*.-.5`"
                    ));
                }
            }
        }
        for slot in 1..=disk.log.last() {
            if let Slot::Accepted(ballot, _) | Slot::Chosen(ballot, _) = disk.log.get(slot) {
                // Accepting promises too.
                disk.promised = disk.promised.max(ballot);
            }
        }
        Ok(disk)
    }
}

impl MultiPaxos {
    /// Whether it leads now.
    fn leads(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.leading)
    }

    /// Makes the persistent state durable. Constant work: the log is shared, not copied.
    fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk { promised: self.promised, log: self.log.clone(), untold: false });
    }

    /// A `given` disk has a past that no monitor has seen: it is told once.
    fn tell_given(&self, ctx: &mut Ctx<Self>) {
        for slot in 1..=self.log.last() {
            if let Some(vote) = self.log.vote(slot) {
                ctx.learn(Fact::Proposed { slot, value: vote.command.word() });
            }
        }
    }
}

/// Sends `msg` to everybody in `whom` but oneself.
fn send_to(ctx: &mut Ctx<MultiPaxos>, whom: NodeSet, msg: &Msg) {
    for peer in whom.without(ctx.id()) {
        ctx.send(peer, msg.clone());
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
            system: System::read(knobs),
            members: knobs.count("members") as u32,
            alpha: knobs.count("alpha").max(1),
            batch: knobs.count("batch").max(1),
            learn_all: knobs.choice("learn") == "all",
            lease: knobs.is_on("lease"),
            hold: knobs.length("hold"),
            bound_ppm: knobs.share("bound").as_ppm(),
        }
    }
}

fn show(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// A ballot of a `given` line. Bounded, so that counting on from it cannot overflow.
fn parse_ballot(text: &str) -> Result<Ballot, String> {
    const HIGHEST: Ballot = 1_000_000_000;
    text.parse()
        .ok()
        .filter(|ballot| (1..=HIGHEST).contains(ballot))
        .ok_or_else(|| format!("`{text}` is not a ballot number in 1..={HIGHEST}"))
}
