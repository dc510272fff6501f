//! Two-phase commit: all participants of a transaction end it alike.
//!
//! # The idea
//!
//! A transaction has parts at several nodes, and each may find that it cannot do its part. So one
//! node, the *coordinator* (n1), asks all others, the *participants*. If all say yes it commits,
//! else it aborts, and it tells everyone. This is not consensus by majority: one no, or one
//! silence, aborts.
//!
//! # Phases, easiest first
//!
//! - **Voting** (`participant.rs`, [bernstein87 §7.3]). A participant that can do its part writes
//!   that down and says yes. From then on it is *in doubt*: it holds its locks and may neither
//!   commit nor abort by itself. Who says no has aborted.
//! - **Decision** (`coordinator.rs`). The transaction is committed in the instant in which the
//!   commit is on the disk of the coordinator.
//! - **Recovery** ([mohan86 §3.1]). A participant in doubt asks. A coordinator that finds no record
//!   of the commit answers that it was aborted (*presumed abort*), so aborts are not written down.
//! - **Cooperation** (knob `cooperate`, [bernstein87 §7.4]). A participant in doubt asks the others
//!   as well. One that knows tells; one that has not voted yet refuses and so decides.
//!
//! # Why it is atomic
//!
//! 1. There is one decision for a transaction: one coordinator makes it, under a number that is
//!    never used again.
//! 2. It commits only after a yes of every participant, and a yes is on disk before it is sent. So
//!    nobody who could say no later, or did, takes part in a commit.
//! 3. A participant aborts by itself only while it has not said yes; then there is no commit, by 2.
//! 4. To presume an abort is right: a commit is on the coordinator's disk until every participant
//!    has acknowledged it, and who acknowledged is not in doubt.
//!
//! # Why it blocks
//!
//! If the coordinator crashes after the votes, a participant that said yes cannot tell whether it
//! has committed. If all that can be asked are in doubt as well, nobody can: they wait until the
//! coordinator is back. No protocol with one decider does better; Paxos Commit replaces the decider
//! with a majority [gray06 §4].
//!
//! # Simplifications
//!
//! - Everybody takes part in every transaction; what a part does is not modelled, nor are locks. A
//!   client proposes a transaction by name, and is told its name (committed) or that its condition
//!   was not met (aborted).
//! - The number of a transaction is written to disk when it begins, which real systems avoid.
//! - The coordinator asks for votes once; what is lost aborts the transaction by time.
//! - Participants keep their records for ever.
//! - The coordinator remembers what it answered its clients since its last crash, and through
//!   crashes if it committed, so that a transaction asked for twice is run once.

mod about;
pub(super) mod coordinator;
mod participant;

use std::collections::{BTreeMap, BTreeSet};

use rpds::RedBlackTreeMapSync;

use crate::kernel::{
    About, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, Op, Outcome, Payload, Ratio, Request,
    RequestId, Role, Settings, Span, Tag, Vote, Window, Word,
};
use crate::protocol::shared::sessions::Sessions;

/// Who decides.
pub const COORDINATOR: NodeId = NodeId(0);

/// The messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Can you commit?
    Prepare {
        /// The transaction's number.
        txn: u64,
        /// Its name.
        what: Word,
    },
    /// Yes or no.
    Vote {
        /// The transaction's number.
        txn: u64,
        /// Whether the sender is prepared.
        yes: bool,
    },
    /// Committed, or aborted.
    Decide {
        /// The transaction's number.
        txn: u64,
        /// How it ended.
        commit: bool,
    },
    /// The commit is on the sender's disk.
    Ack {
        /// The transaction's number.
        txn: u64,
    },
    /// How did it end?
    Inquire {
        /// The transaction's number.
        txn: u64,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Prepare { .. } => about::PREPARE,
            Msg::Vote { yes: true, .. } => about::YES,
            Msg::Vote { yes: false, .. } => about::NO,
            Msg::Decide { commit: true, .. } => about::COMMIT,
            Msg::Decide { commit: false, .. } => about::ABORT,
            Msg::Ack { .. } => about::ACK,
            Msg::Inquire { .. } => about::INQUIRE,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Prepare { txn, what } => format!("{txn}: {what}"),
            Msg::Vote { txn, .. }
            | Msg::Decide { txn, .. }
            | Msg::Ack { txn }
            | Msg::Inquire { txn } => txn.to_string(),
        }
    }
}

/// The timers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The votes of the oldest open transaction are late. Armed while one is open.
    Votes,
    /// Time to tell commits again. Armed while somebody has not acknowledged one.
    Tell,
    /// Time to ask for decisions. Armed while in doubt.
    Inquire,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Votes, Timer::Tell, Timer::Inquire];

    fn name(&self) -> &'static str {
        match self {
            Timer::Votes => "votes",
            Timer::Tell => "tell",
            Timer::Inquire => "inquire",
        }
    }
}

/// How far a participant is with a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum State {
    /// It said yes.
    Prepared,
    Committed,
    Aborted,
}

/// What a participant has written down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Record {
    what: Word,
    pub(super) state: State,
}

/// What survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    // Of the coordinator.
    last: u64,
    telling: RedBlackTreeMapSync<u64, BTreeSet<NodeId>>,
    answers: Sessions,
    // Of a participant.
    pub(super) records: RedBlackTreeMapSync<u64, Record>,
    /// It came from a `given` line: votes no whatever it is asked.
    refuses: bool,
    /// It came from a `given` line and nobody has been told of it yet.
    pub(super) untold: bool,
}

/// A transaction whose votes are being collected.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Open {
    request: RequestId,
    what: Word,
    /// Who has said yes.
    pub(super) yes: BTreeSet<NodeId>,
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    refusals: Ratio,
    cooperate: bool,
    votes: Span,
    retry: Window,
}

/// A node: the coordinator if it is the first, else a participant; alone it is both.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TwoPhaseCommit {
    me: NodeId,
    tuning: Tuning,

    // Coordinator, as on disk.
    /// The number of the last transaction begun.
    last: u64,
    /// Commits, and who has not acknowledged them.
    telling: RedBlackTreeMapSync<u64, BTreeSet<NodeId>>,
    answers: Sessions,
    // Coordinator, volatile: what was open at a crash is aborted by presumption.
    pub(super) open: BTreeMap<u64, Open>,

    // Participant, as on disk.
    pub(super) records: RedBlackTreeMapSync<u64, Record>,
    refuses: bool,
    /// The transactions in `records` that are only prepared.
    doubtful: BTreeSet<u64>,
}

impl Node for TwoPhaseCommit {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let prepared = disk.records.iter().filter(|(_, it)| it.state == State::Prepared);
        let mut node = TwoPhaseCommit {
            me: ctx.id(),
            tuning: Tuning::read(knobs),
            last: disk.last,
            telling: disk.telling.clone(),
            answers: disk.answers.clone(),
            open: BTreeMap::new(),
            doubtful: prepared.map(|(txn, _)| *txn).collect(),
            records: disk.records.clone(),
            refuses: disk.refuses,
        };
        if disk.untold {
            for txn in node.doubts() {
                ctx.learn(Fact::Prepared { txn, yes: true });
            }
            node.save(ctx);
        }
        // Whatever was going on when it crashed goes on at once.
        node.tell_again(ctx);
        node.inquire(ctx);
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Prepare { txn, what } => self.on_prepare(ctx, from, txn, what),
            Msg::Vote { txn, yes } => self.on_vote(ctx, from, txn, yes),
            Msg::Decide { txn, commit } => self.on_decide(ctx, txn, commit),
            Msg::Ack { txn } => self.on_ack(ctx, from, txn),
            Msg::Inquire { txn } if self.me == COORDINATOR => {
                self.answer_as_coordinator(ctx, from, txn);
            }
            Msg::Inquire { txn } => self.answer_as_participant(ctx, from, txn),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match timer {
            Timer::Votes => self.on_late_votes(ctx),
            Timer::Tell => self.tell_again(ctx),
            Timer::Inquire => self.inquire(ctx),
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        match request.op {
            Op::Propose(_) | Op::Put(..) => self.begin(ctx, request),
            // What transactions do is not modelled, so there is nothing to read.
            _ => ctx.reply(request.id, Outcome::Refused),
        }
    }

    fn role(&self) -> Role {
        if self.me == COORDINATOR { Role::Leader } else { Role::Follower }
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        let title = match (self.me == COORDINATOR, self.doubtful.is_empty()) {
            (true, _) => "Coordinator",
            (false, true) => "Participant",
            (false, false) => "Waiting",
        };
        let mut card = NodeCard::new(self.role(), title, 0);
        if self.me == COORDINATOR {
            let open = self
                .open
                .iter()
                .rev()
                .map(|(txn, open)| format!("{txn} {}: {} yes", open.what, open.yes.len()));
            let telling = self.telling.iter().rev();
            card = card.with("last", &self.last).with("voting", &listed(open)).with(
                "telling",
                &listed(telling.map(|(txn, silent)| format!("{txn}: {} silent", silent.len()))),
            );
        }
        if self.me != COORDINATOR || self.records.size() > 0 {
            let of = |state| {
                let records = self.records.iter().rev().filter(move |(_, it)| it.state == state);
                listed(records.map(|(txn, it)| format!("{txn} {}", it.what).trim_end().to_owned()))
            };
            card = card
                .with("in doubt", &of(State::Prepared))
                .with("committed", &of(State::Committed))
                .with("aborted", &of(State::Aborted));
        }
        if let Some(open) = self.open.values().next() {
            card.votes.extend(open.yes.iter().map(|&from| Vote { from, granted: true }));
        }
        card
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk { untold: true, ..Disk::default() };
        for &(name, text) in settings {
            match (name, text) {
                ("vote", "no") => disk.refuses = true,
                ("vote", "yes") => disk.refuses = false,
                ("last", _) => disk.last = number(text)?,
                ("prepared", _) => {
                    for part in text.split('.') {
                        let record = Record { what: Word::default(), state: State::Prepared };
                        disk.records.insert_mut(number(part)?, record);
                    }
                }
                _ => {
                    return Err(format!(
                        "`{name}={text}`: two-phase-commit knows `vote=no`, `prepared=1.2` and, \
                         for n1, `last=2`"
                    ));
                }
            }
        }
        Ok(disk)
    }
}

impl TwoPhaseCommit {
    /// Sends, or hands over if the node is alone with itself.
    fn pass(&mut self, ctx: &mut Ctx<Self>, to: NodeId, msg: Msg) {
        if to == self.me {
            self.on_message(ctx, to, msg);
        } else {
            ctx.send(to, msg);
        }
    }

    /// Makes the persistent state durable. It is shared, not copied.
    fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk {
            last: self.last,
            telling: self.telling.clone(),
            answers: self.answers.clone(),
            records: self.records.clone(),
            refuses: self.refuses,
            untold: false,
        });
    }
}

impl Tuning {
    fn read(knobs: &Knobs) -> Tuning {
        // A timer of no length would stop the clock of the world.
        let (retry, floor) = (knobs.range("retry"), Span::millis(1));
        Tuning {
            refusals: knobs.share("refusals"),
            cooperate: knobs.is_on("cooperate"),
            votes: knobs.length("votes").max(floor),
            retry: Window { min: retry.min.max(floor), max: retry.max.max(floor) },
        }
    }
}

/// The newest ones, which come first, for a card.
fn listed(items: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 5;
    let mut items: Vec<String> = items.take(SHOWN + 1).collect();
    if items.is_empty() {
        return "-".to_owned();
    }
    let more = if items.len() > SHOWN { "… " } else { "" };
    items.truncate(SHOWN);
    items.reverse();
    format!("{more}{}", items.join(", "))
}

fn number(text: &str) -> Result<u64, String> {
    /// Numbers beyond this could not be counted up any more.
    const HIGHEST: u64 = 1_000_000_000;
    text.parse()
        .ok()
        .filter(|number| (1..=HIGHEST).contains(number))
        .ok_or_else(|| format!("`{text}` is not a transaction's number in 1..={HIGHEST}"))
}
