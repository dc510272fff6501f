//! Primary and backups: one node serves, the others are ready to take its place.
//!
//! # The idea
//!
//! Clients talk to one node, the *primary*. It executes a request and sends the new state to the
//! *backups*. When it is silent for too long, the next in line becomes primary of the next *view*.
//! So far this is what many systems do, and it is not enough: silence is not death. What is lost,
//! and whether two primaries serve at once, depends on two questions.
//!
//! # The two questions
//!
//! - **When is a client answered?** (knob `replication`, `primary.rs`). At once (`async`): then a
//!   crash loses what was acknowledged and not yet sent. Or when copies are stored (`sync`).
//! - **Who may take over?** (knob `fencing`, `view.rs`). Whoever hears nothing (`off`): then a
//!   partition makes two primaries, each with its own clients, and one half of the writes is
//!   dropped when it heals. Or who has the leave of a majority (`on`): those will hear no earlier
//!   primary any more, which is what *fencing* means.
//!
//! # Why it is linearizable with `sync` and `fencing`
//!
//! 1. A view has one primary: nodes own the view numbers in turn, and a node takes none twice.
//! 2. Nothing is answered before a majority has stored the state in the primary's view. A node
//!    stores nothing of a view below its own.
//! 3. A new primary has asked a majority, which has entered its view, so no answer is given in an
//!    earlier view after that. This majority shares a node with every majority of 2; the newest
//!    state among them, by view and then by sequence number, therefore holds every answered
//!    request. This is the view change of Viewstamped Replication [oki88 §4].
//! 4. Reads travel like writes: the answer of a primary that has been replaced without knowing it
//!    never comes, for no majority acknowledges it.
//! 5. The table of sessions is part of the state, so a request asked of two primaries is executed
//!    once.
//!
//! # Simplifications
//!
//! - An update carries the whole state, of which nodes share what has not changed; real systems
//!   send the change.
//! - Sequence numbers count states, so a primary that restarts begins as a backup.
//! - Without fencing a primary waits for every backup that still answers, and goes on alone when
//!   none does.

mod about;
mod primary;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{
    About, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, Outcome, Payload, Request, RequestId,
    Risk, Role, Settings, Span, Tag, Vote, Window,
};
use crate::protocol::shared::{sessions::Sessions, store::Store};
pub use view::owner;

/// The messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// The primary sends its state.
    Update {
        /// The state; its view is the primary's.
        state: State,
        /// Nothing happened, it only shows that it lives.
        beat: bool,
    },
    /// Stored.
    Ack {
        /// The view of the state.
        view: u64,
        /// Its sequence number, or a later one.
        seq: u64,
    },
    /// There is a later view than yours.
    Stale {
        /// That one.
        view: u64,
    },
    /// May I be primary of this view?
    NewView {
        /// Which.
        view: u64,
    },
    /// Yes; this is what I have.
    Granted {
        /// The view asked for.
        view: u64,
        /// The sender's state.
        state: State,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Update { beat: false, .. } => about::UPDATE,
            Msg::Update { beat: true, .. } => about::BEAT,
            Msg::Ack { .. } => about::ACK,
            Msg::Stale { .. } => about::STALE,
            Msg::NewView { .. } => about::NEW_VIEW,
            Msg::Granted { .. } => about::GRANTED,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Update { state, .. } => format!("V{}: {}", state.view, state.seq),
            Msg::Ack { view, seq } => format!("V{view}: {seq}"),
            Msg::Stale { view } | Msg::NewView { view } => format!("V{view}"),
            Msg::Granted { view, state } => format!("V{view}: {}.{}", state.view, state.seq),
        }
    }
}

/// The timers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// The primary was not heard of for so long. Armed unless it is primary.
    Takeover,
    /// Time for the primary to send its state. Armed while it is primary.
    Heartbeat,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Takeover, Timer::Heartbeat];

    fn name(&self) -> &'static str {
        match self {
            Timer::Takeover => "takeover",
            Timer::Heartbeat => "heartbeat",
        }
    }
}

/// What is replicated.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct State {
    /// The view it was written in.
    pub view: u64,
    /// How many states came before it.
    pub seq: u64,
    store: Store,
    sessions: Sessions,
}

impl State {
    /// How new it is.
    pub fn version(&self) -> (u64, u64) {
        (self.view, self.seq)
    }
}

/// What survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    /// Zero on the first start.
    view: u64,
    state: State,
}

/// The part a node plays in its view.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Standing {
    Backup,
    Candidate {
        /// Who agrees, itself included.
        granted: BTreeSet<NodeId>,
        /// The newest state among them.
        newest: State,
    },
    Primary {
        /// Up to where each node has stored the states of this view.
        acked: Vec<u64>,
        /// Heartbeats since each node answered.
        missed: Vec<u64>,
        /// Answers that wait for copies of the state of that sequence number.
        waiting: BTreeMap<RequestId, (u64, Outcome)>,
    },
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    sync: bool,
    fencing: bool,
    takeover: Window,
    heartbeat: Span,
    misses: u64,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PrimaryBackup {
    tuning: Tuning,

    // As on disk.
    view: u64,
    state: State,

    standing: Standing,
}

impl Node for PrimaryBackup {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn risks(knobs: &Knobs, _nodes: u32) -> Vec<Risk> {
        about::risks(knobs)
    }

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let mut node = PrimaryBackup {
            tuning: Tuning::read(knobs),
            view: disk.view.max(1),
            state: disk.state.clone(),
            standing: Standing::Backup,
        };
        let first = disk.view == 0;
        node.save(ctx);
        ctx.learn(Fact::Entered { era: node.view });
        ctx.learn(Fact::Replica { digest: node.state.store.digest() });
        if first && owner(node.view, ctx.nodes()) == ctx.id() {
            node.lead(ctx, State::default());
        } else {
            node.be_patient(ctx);
        }
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Update { state, .. } => self.on_update(ctx, from, state),
            Msg::Ack { view, seq } => self.on_ack(ctx, from, view, seq),
            Msg::Stale { view } => self.on_stale(ctx, view),
            Msg::NewView { view } => self.on_new_view(ctx, from, view),
            Msg::Granted { view, state } => self.on_granted(ctx, from, view, state),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match timer {
            Timer::Takeover => self.lose_patience(ctx),
            Timer::Heartbeat => self.beat(ctx),
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.serve(ctx, request);
    }

    fn role(&self) -> Role {
        match self.standing {
            Standing::Backup => Role::Follower,
            Standing::Candidate { .. } => Role::Candidate,
            Standing::Primary { .. } => Role::Leader,
        }
    }

    fn era(&self) -> u64 {
        self.view
    }

    fn card(&self) -> NodeCard {
        let title = match self.standing {
            Standing::Backup => "Backup",
            Standing::Candidate { .. } => "View change",
            Standing::Primary { .. } => "Primary",
        };
        let mut card = NodeCard::new(self.role(), title, self.view)
            .with("view", &self.view)
            .with("state", &format!("{} of view {}", self.state.seq, self.state.view))
            .with("store", &self.state.store.show());
        match &self.standing {
            Standing::Backup => {}
            Standing::Candidate { granted, .. } => {
                card.votes.extend(granted.iter().map(|&from| Vote { from, granted: true }));
            }
            Standing::Primary { acked, waiting, .. } => {
                card = card.with("waiting", &waiting.len());
                let peers = acked.iter().enumerate().filter(|(_, acked)| **acked > 0);
                card.peers.extend(peers.map(|(at, &acked)| (NodeId::at(at), acked, acked + 1)));
            }
        }
        card
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        /// Views beyond this could not be counted up any more.
        const HIGHEST: u64 = 1_000_000_000;
        let mut disk = Disk::default();
        for &(name, text) in settings {
            let view = text.parse().ok().filter(|view| (1..=HIGHEST).contains(view));
            match (name, view) {
                ("view", Some(view)) => disk.view = view,
                ("view", None) => return Err(format!("`{text}` is not a view in 1..={HIGHEST}")),
                _ => return Err(format!("`{name}`: primary-backup knows `view=3`")),
            }
        }
        Ok(disk)
    }
}

impl PrimaryBackup {
    /// Makes the persistent state durable. It is shared, not copied.
    fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk { view: self.view, state: self.state.clone() });
    }
}

impl Tuning {
    fn read(knobs: &Knobs) -> Tuning {
        // A timer of no length would stop the clock of the world.
        let (takeover, floor) = (knobs.range("takeover"), Span::millis(1));
        Tuning {
            sync: knobs.choice("replication") == "sync",
            fencing: knobs.is_on("fencing"),
            takeover: Window { min: takeover.min.max(floor), max: takeover.max.max(floor) },
            heartbeat: knobs.length("heartbeat").max(floor),
            misses: knobs.count("misses"),
        }
    }
}
