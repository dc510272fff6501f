//! Single-decree Paxos: many propose, one value is chosen, for ever.
//!
//! # The idea
//!
//! A majority of nodes has to say yes to a value, so that two values would need two majorities,
//! and two majorities share a node. One round of yes and no is not enough, since votes can split
//! and voters can crash; so there are many rounds, called *ballots*, and every ballot must respect
//! what an earlier one may already have chosen. Every node here is proposer, acceptor and learner
//! at once.
//!
//! # Phases, easiest first
//!
//! - **Phase 2** [lamport01 §2.2]. The proposer of ballot *b* asks everyone to *accept* a value.
//!   An acceptor does so unless it promised a higher ballot, and tells everyone.
//! - **Learning** [lamport01 §2.3]. A value is chosen once a majority accepted it in the *same*
//!   ballot.
//! - **Phase 1** [lamport01 §2.2]. Before that the proposer of *b* asks for *promises* to ignore
//!   all lower ballots. Each promise reports what the acceptor accepted last. After a majority of
//!   promises the proposer must take the value of the highest ballot reported; only if none is, it
//!   is free.
//!
//! # Why it is safe
//!
//! 1. A ballot belongs to one proposer (`round * n + id`) and carries one value: the proposer
//!    picks it once, and never uses the ballot again, because its own acceptor remembers the
//!    promise on disk.
//! 2. Let *v* be chosen in ballot *b*: a majority *Q* accepted it. Take the lowest ballot *c > b*
//!    that proposes something. Its promises come from a majority, which shares an acceptor *a*
//!    with *Q*.
//! 3. *a* accepted in *b* before it promised *c*, or it would have refused *b*. Accepting promises
//!    too (`promised := b`), so *a* reports *b* or a later ballot below *c*, never an older one.
//! 4. The highest ballot reported to *c* lies in `b..c`, and all of those propose *v*. So *c*
//!    proposes *v*, and by induction every later ballot does.
//!
//! # Simplifications
//!
//! - One decree: the log has one slot. Requests after the choice are told what was chosen.
//! - Any node proposes when a client asks it to; there is no elected distinguished proposer.
//!   Random, growing pauses settle a duel (`backoff=on`); without them it may go on for ever, as
//!   the paper says.
//! - A proposer gives up as soon as it sees a higher ballot. The paper allows a proposer to
//!   abandon a proposal at any time.
//! - A learner keeps only the newest report of each acceptor. What it counts is then a part of
//!   what was accepted, so it never learns what is not chosen; what it misses it asks for,
//!   or finds out with a ballot of its own, as the paper suggests [lamport01 §2.3].

mod about;
mod acceptor;
mod learner;
mod proposer;

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{
    About, Cell, Ctx, Face, Fact, Flaw, Knobs, Node, NodeCard, NodeId, Op, Outcome, Payload,
    Request, RequestId, Role, Settings, Span, Tag, Vote, Window, Word,
};

/// A ballot number: `round * nodes + id`, so that no two proposers share one. Zero is none.
pub type Ballot = u64;

/// The only slot of a single-decree protocol.
const SLOT: u64 = 1;

/// The messages of the paper, and two for learners that missed some.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Phase 1a: promise to ignore ballots below this one.
    Prepare {
        /// The ballot asked for.
        ballot: Ballot,
    },
    /// Phase 1b: promised.
    Promise {
        /// The ballot promised.
        ballot: Ballot,
        /// What the acceptor accepted last: ballot and value.
        accepted: Option<(Ballot, Word)>,
    },
    /// Phase 2a: accept this value.
    Accept {
        /// The ballot it is proposed in.
        ballot: Ballot,
        /// The value proposed.
        value: Word,
    },
    /// Phase 2b: accepted. Sent to every learner.
    Accepted {
        /// The ballot it was accepted in.
        ballot: Ballot,
        /// The value accepted.
        value: Word,
    },
    /// Refused: a higher ballot was promised.
    Nack {
        /// The ballot refused.
        ballot: Ballot,
        /// The ballot promised.
        promised: Ballot,
    },
    /// A learner asks what is known.
    Learn,
    /// The sender learned the choice.
    Chosen {
        /// The value chosen.
        value: Word,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Prepare { .. } => about::PREPARE,
            Msg::Promise { .. } => about::PROMISE,
            Msg::Accept { .. } => about::ACCEPT,
            Msg::Accepted { .. } => about::ACCEPTED,
            Msg::Nack { .. } => about::NACK,
            Msg::Learn => about::LEARN,
            Msg::Chosen { .. } => about::CHOSEN,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Prepare { ballot } | Msg::Promise { ballot, accepted: None } => ballot.to_string(),
            Msg::Promise { ballot, accepted: Some((of, value)) } => {
                format!("{ballot}: {value} of {of}")
            }
            Msg::Accept { ballot, value } | Msg::Accepted { ballot, value } => {
                format!("{ballot}: {value}")
            }
            Msg::Nack { ballot, promised } => format!("{ballot} < {promised}"),
            Msg::Learn => String::new(),
            Msg::Chosen { value } => value.to_string(),
        }
    }
}

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The proposer's patience, or its pause after it was outrun.
    Retry,
    /// The learner asks somebody.
    Ask,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Retry, Timer::Ask];

    fn name(&self) -> &'static str {
        match self {
            Timer::Retry => "retry",
            Timer::Ask => "ask",
        }
    }
}

/// What an acceptor remembers through a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    /// No ballot below this one is answered with yes.
    pub(super) promised: Ballot,
    /// The last proposal accepted.
    pub(super) accepted: Option<(Ballot, Word)>,
    /// It came from a `given` line and nobody has been told of it yet.
    pub(super) untold: bool,
}

/// One ballot of this node's proposer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Attempt {
    ballot: Ballot,
    /// Who promised.
    pub(super) promises: BTreeSet<NodeId>,
    /// The highest proposal reported by them.
    pub(super) best: Option<(Ballot, Word)>,
    /// The value of this ballot, picked once; phase 2 has begun.
    pub(super) value: Option<Word>,
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    backoff: bool,
    pause: Window,
    retry: Window,
    ask: Window,
    catchup: bool,
}

/// A node: proposer, acceptor and learner.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Paxos {
    tuning: Tuning,

    // Acceptor: as on disk.
    pub(super) promised: Ballot,
    pub(super) accepted: Option<(Ballot, Word)>,

    // Proposer. While a value is wanted and no choice is known, `Retry` is armed.
    pub(super) wanted: Option<Word>,
    waiting: BTreeSet<RequestId>,
    pub(super) attempt: Option<Attempt>,
    /// The highest ballot anybody refused us with.
    seen: Ballot,
    /// Attempts that came to nothing, in a row.
    failures: u32,

    // Learner.
    /// The newest proposal each acceptor is known to have accepted.
    pub(super) reports: BTreeMap<NodeId, (Ballot, Word)>,
    pub(super) chosen: Option<Word>,
}

impl Node for Paxos {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let node = Paxos {
            tuning: Tuning::read(knobs),
            promised: disk.promised,
            accepted: disk.accepted,
            wanted: None,
            waiting: BTreeSet::new(),
            attempt: None,
            seen: 0,
            failures: 0,
            reports: BTreeMap::new(),
            chosen: None,
        };
        ctx.learn(Fact::Entered { era: node.promised });
        if disk.untold {
            // Somebody proposed it before the run began.
            if let Some((_, value)) = node.accepted {
                ctx.learn(Fact::Proposed { slot: SLOT, value });
            }
            node.save(ctx);
        }
        if node.tuning.catchup && ctx.nodes() > 1 {
            ctx.arm(Timer::Ask, node.tuning.ask);
            if node.promised > 0 {
                // It takes part in something whose end it may have slept through.
                // rule: ask-all
                ctx.mark("ask-all");
                ctx.broadcast(&Msg::Learn);
            }
        }
        node
    }

    fn flaws() -> Vec<Flaw> {
        about::FLAWS.to_vec()
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Prepare { ballot } => self.on_prepare(ctx, from, ballot),
            Msg::Promise { ballot, accepted } => self.on_promise(ctx, from, ballot, accepted),
            Msg::Accept { ballot, value } => self.on_accept(ctx, from, ballot, value),
            Msg::Accepted { ballot, value } => self.on_accepted(ctx, from, ballot, value),
            Msg::Nack { ballot, promised } => self.on_nack(ctx, ballot, promised),
            Msg::Learn => self.on_learn(ctx, from),
            Msg::Chosen { value } => self.on_chosen(ctx, value),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        // Both timers are disarmed with the choice; by hand they can still be fired.
        if self.chosen.is_some() {
            return;
        }
        match timer {
            Timer::Retry => self.on_retry(ctx),
            Timer::Ask => self.on_ask(ctx),
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        // A single decree has nothing to read and does no work.
        let (Op::Propose(value) | Op::Put(_, value)) = request.op else {
            ctx.reply(request.id, Outcome::Refused);
            return;
        };
        if let Some(chosen) = self.chosen {
            ctx.reply(request.id, Outcome::Done(Some(chosen)));
            return;
        }
        // The request may be a repetition; a set holds it once.
        self.waiting.insert(request.id);
        if self.wanted.is_none() {
            self.wanted = Some(value);
            // A ballot that only wanted to find out may go on, and propose the value if it is free
            // to.
            if self.attempt.is_none() {
                self.prepare(ctx);
            }
        }
    }

    fn role(&self) -> Role {
        match &self.attempt {
            None => Role::Follower,
            Some(Attempt { value: None, .. }) => Role::Candidate,
            Some(Attempt { value: Some(_), .. }) => Role::Leader,
        }
    }

    fn era(&self) -> u64 {
        self.promised
    }

    fn card(&self) -> NodeCard {
        let title = if self.attempt.is_some() { "Proposer" } else { "Acceptor" };
        let mut card = NodeCard::new(self.role(), title, self.promised)
            .with("promised", &self.promised)
            .with("accepted", &show(self.accepted.map(|(of, value)| format!("{of}: {value}"))))
            .with("ballot", &show(self.attempt.as_ref().map(|attempt| attempt.ballot)))
            .with("wanted", &show(self.wanted))
            .with("chosen", &show(self.chosen));
        card.log.extend(self.accepted.map(|(era, value)| Cell {
            slot: SLOT,
            era,
            value,
            committed: self.chosen == Some(value),
        }));
        if let Some(attempt) = &self.attempt {
            card.votes.extend(attempt.promises.iter().map(|&from| Vote { from, granted: true }));
        }
        card
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk { untold: true, ..Disk::default() };
        for &(name, text) in settings {
            match name {
                "promised" => disk.promised = ballot(text)?,
                "accepted" => disk.accepted = Some(proposal(text)?),
                _ => return Err(format!("`{name}`: paxos knows `promised=3` and `accepted=2:A`")),
            }
        }
        // Accepting promises too.
        disk.promised = disk.promised.max(disk.accepted.map_or(0, |(of, _)| of));
        Ok(disk)
    }
}

impl Tuning {
    fn read(knobs: &Knobs) -> Tuning {
        Tuning {
            backoff: knobs.is_on("backoff"),
            pause: at_least_one_ms(knobs.range("pause")),
            retry: at_least_one_ms(knobs.range("retry")),
            ask: at_least_one_ms(knobs.range("ask")),
            catchup: knobs.is_on("catchup"),
        }
    }
}

/// A timer of no length would stop the clock of the world.
fn at_least_one_ms(window: Window) -> Window {
    let floor = Span::millis(1);
    Window { min: window.min.max(floor), max: window.max.max(floor) }
}

fn show(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Ballots beyond this could not be counted up any more.
const HIGHEST_GIVEN: Ballot = 1_000_000_000;

fn ballot(text: &str) -> Result<Ballot, String> {
    text.parse()
        .ok()
        .filter(|&ballot| (1..=HIGHEST_GIVEN).contains(&ballot))
        .ok_or_else(|| format!("`{text}` is not a ballot number in 1..={HIGHEST_GIVEN}"))
}

fn proposal(text: &str) -> Result<(Ballot, Word), String> {
    let Some((of, value)) = text.split_once(':') else {
        return Err(format!("`{text}`: write a ballot and a value, for example `2:A`"));
    };
    let word = Word::new(value).filter(|_| !value.is_empty());
    let word = word.ok_or_else(|| format!("`{value}` is not a value of 1 to 15 bytes"))?;
    Ok((ballot(of)?, word))
}
