//! Dynamo: a store that takes every write, and sorts out later what that means.
//!
//! # The idea
//!
//! A shop must not refuse a customer because some machine is down. So a key is kept by *N* nodes,
//! any of which may run a request; a write is answered when *W* of them have stored it, a read when
//! *R* of them have answered. Small R and W are fast and always available; large ones see more.
//! Versions carry a clock, so that two writes that did not know of each other are both kept.
//!
//! # Parts, easiest first
//!
//! - **Ring** ([decandia07 §4.2]). A key has a place on a ring of nodes; it is kept by the N nodes
//!   from there on.
//! - **Coordinator** (`coordinator.rs`, [decandia07 §4.5]). Writes a version on top of those it
//!   has, sends it to the other nodes of the key and counts to W; or asks them and counts to R.
//! - **Versions** (`version.rs`, [decandia07 §4.4]). A version replaces those it comes after.
//!   Others are siblings, and a reader gets all of them.
//! - **Sloppy quorum and hinted handoff** ([decandia07 §4.6]). If a node does not answer, the next
//!   on the ring stores for it, counts, and hands over later.
//! - **Repair**. A read mends what it sees ([decandia07 §5]); anti-entropy mends the rest
//!   ([decandia07 §4.7]).
//!
//! # What it promises, and what not
//!
//! 1. *It converges.* To take versions in is to take the union and to drop what another version
//!    comes after: the order and the number of messages make no difference. Anti-entropy compares
//!    any two nodes of a key again and again, so that all end up with the same.
//! 2. *R + W > N is not linearizability.* A read then meets a node that has the last write. But a
//!    write that failed halfway is there for one reader and not for the next, a read does not store
//!    what it found, and a stand-in makes quorums that do not meet.
//! 3. *R + W <= N* may read what has long been overwritten, although nothing has failed.
//! 4. *The last writer loses the first.* With `versions=last-writer` one of two writes at once is
//!    dropped, though both were acknowledged.
//!
//! # Simplifications
//!
//! - A node has one place on the ring. Anti-entropy sends all it has instead of comparing trees of
//!   hashes.
//! - Clients carry no clocks: a write comes after whatever its coordinator has. So siblings arise
//!   only between coordinators, and the next write through one of them merges them.
//! - A node that does not answer in time is taken for gone, for this request. There is no
//!   membership by gossip.
//! - A write asked of two coordinators happens twice.

mod about;
mod coordinator;
mod replica;
mod version;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::kernel::{
    About, Ctx, Face, Knobs, Node, NodeCard, NodeId, Payload, Request, RequestId, Risk, Role,
    Settings, Span, Tag, Window, Word,
};
use crate::protocol::shared::replica::Digest;
use crate::protocol::shared::sessions::Sessions;
pub use version::{Clock, Rule, Version, Versions, descends};

/// The messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// Store this.
    Put {
        /// For this request.
        of: RequestId,
        /// The key.
        key: Word,
        /// The version written.
        versions: Versions,
        /// The node it is meant for, if the receiver only stands in.
        keep_for: Option<NodeId>,
    },
    /// Stored.
    PutAck {
        /// For this request.
        of: RequestId,
        /// The version stored.
        stamp: Option<(u64, NodeId)>,
    },
    /// What do you have?
    Get {
        /// For this request.
        of: RequestId,
        /// The key.
        key: Word,
    },
    /// This.
    GetAck {
        /// For this request.
        of: RequestId,
        /// The sender's versions.
        versions: Versions,
    },
    /// A reader saw that you lack this.
    Repair {
        /// The key.
        key: Word,
        /// What it should have.
        versions: Versions,
    },
    /// This was meant for you.
    Handoff {
        /// The key.
        key: Word,
        /// What was kept.
        versions: Versions,
    },
    /// I have it.
    HandoffAck {
        /// The key.
        key: Word,
        /// What was handed over.
        versions: Versions,
    },
    /// What the sender has of the keys that both keep.
    Exchange {
        /// Keys and versions.
        items: Arc<[(Word, Versions)]>,
        /// It answers such a message.
        answer: bool,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Put { keep_for: None, .. } => about::PUT,
            Msg::Put { keep_for: Some(_), .. } => about::HINTED,
            Msg::PutAck { .. } => about::PUT_ACK,
            Msg::Get { .. } => about::GET,
            Msg::GetAck { .. } => about::GET_ACK,
            Msg::Repair { .. } => about::REPAIR,
            Msg::Handoff { .. } => about::HANDOFF,
            Msg::HandoffAck { .. } => about::HANDOFF_ACK,
            Msg::Exchange { .. } => about::EXCHANGE,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Put { key, versions, keep_for: None, .. }
            | Msg::Repair { key, versions }
            | Msg::Handoff { key, versions } => format!("{key}={versions}"),
            Msg::Put { key, versions, keep_for: Some(home), .. } => {
                format!("{key}={versions} for {home}")
            }
            Msg::PutAck { stamp, .. } => {
                stamp.map_or_else(String::new, |(counter, node)| format!("{counter}.{node}"))
            }
            Msg::Get { key, .. } | Msg::HandoffAck { key, .. } => key.to_string(),
            Msg::GetAck { versions, .. } => versions.to_string(),
            Msg::Exchange { items, .. } => format!("{} keys", items.len()),
        }
    }
}

/// The timers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Somebody has not answered a coordinator. Armed while a request is under way.
    Retry,
    /// Time to hand hints over. Armed while there are some.
    Handoff,
    /// Time to compare with another node.
    Exchange,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Retry, Timer::Handoff, Timer::Exchange];

    fn name(&self) -> &'static str {
        match self {
            Timer::Retry => "retry",
            Timer::Handoff => "handoff",
            Timer::Exchange => "exchange",
        }
    }
}

/// What survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    store: RedBlackTreeMapSync<Word, Versions>,
    /// What is kept for others, by node and key.
    hints: RedBlackTreeMapSync<(NodeId, Word), Versions>,
}

/// A request that this node coordinates.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Task {
    key: Word,
    /// The version to store; a read has none.
    write: Option<Versions>,
    /// Who has stored or answered, stand-ins included.
    reached: BTreeSet<NodeId>,
    /// Who stands in for a node that does not answer.
    stand_ins: BTreeMap<NodeId, NodeId>,
    /// What a read has found.
    found: BTreeMap<NodeId, Versions>,
    /// The client has its answer; others may still come in.
    answered: bool,
    /// It has not waited a whole turn of the timer yet.
    young: bool,
    /// How often it has been looked after.
    ticks: u32,
}

/// The parameters of a run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Tuning {
    n: u64,
    r: u64,
    w: u64,
    rule: Rule,
    sloppy: bool,
    handoff: bool,
    read_repair: bool,
    period: Span,
    retry: Window,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Dynamo {
    me: NodeId,
    nodes: u32,
    tuning: Tuning,

    // As on disk.
    store: RedBlackTreeMapSync<Word, Versions>,
    hints: RedBlackTreeMapSync<(NodeId, Word), Versions>,

    // Volatile.
    tasks: BTreeMap<RequestId, Task>,
    answers: Sessions,
}

impl Node for Dynamo {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn risks(knobs: &Knobs, nodes: u32) -> Vec<Risk> {
        about::risks(knobs, nodes)
    }

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let node = Dynamo {
            me: ctx.id(),
            nodes: ctx.nodes(),
            tuning: Tuning::read(knobs),
            store: disk.store.clone(),
            hints: disk.hints.clone(),
            tasks: BTreeMap::new(),
            answers: Sessions::default(),
        };
        node.tell(ctx);
        let period = node.tuning.period;
        if knobs.is_on("anti-entropy") && ctx.nodes() > 1 {
            // Not all at once: the first turn comes anywhere within the period.
            let first = Window { min: Span::millis(1).min(period), max: period };
            ctx.arm(Timer::Exchange, first);
        }
        if node.tuning.handoff && !node.hints.is_empty() {
            ctx.arm(Timer::Handoff, Window::exactly(period));
        }
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Put { of, key, versions, keep_for } => {
                match keep_for {
                    Some(home) => self.keep_hint(ctx, home, key, &versions),
                    None => self.store_for(ctx, key, &versions),
                }
                ctx.send(from, Msg::PutAck { of, stamp: versions.newest() });
            }
            Msg::PutAck { of, stamp } => {
                let written = self.tasks.get(&of).and_then(|task| task.write.as_ref());
                // Anything else answers for an earlier life of this node.
                if written.is_some_and(|versions| versions.newest() == stamp) {
                    self.reach(ctx, of, from, Versions::default());
                }
            }
            Msg::Get { of, key } => {
                // rule: answer
                ctx.mark("answer");
                ctx.send(from, Msg::GetAck { of, versions: self.versions(key) });
            }
            Msg::GetAck { of, versions } => self.reach(ctx, of, from, versions),
            Msg::Repair { key, versions } => self.store_for(ctx, key, &versions),
            Msg::Handoff { key, versions } => {
                self.store_for(ctx, key, &versions);
                ctx.send(from, Msg::HandoffAck { key, versions });
            }
            Msg::HandoffAck { key, versions } => self.on_handoff_ack(ctx, from, key, &versions),
            Msg::Exchange { items, answer } => self.on_exchange(ctx, from, &items, answer),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        match timer {
            Timer::Retry => self.look_after(ctx),
            Timer::Handoff => self.hand_off(ctx),
            Timer::Exchange => self.exchange(ctx),
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.serve(ctx, request);
    }

    fn role(&self) -> Role {
        if self.tasks.is_empty() { Role::Follower } else { Role::Candidate }
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        let title = if self.tasks.is_empty() { "Replica" } else { "Coordinator" };
        let Tuning { r, w, .. } = self.tuning;
        let (n, r, w) = (self.copies(), r.min(self.copies()), w.min(self.copies()));
        let meet = if r + w > n { "" } else { ", need not meet" };
        let store = self.store.iter().map(|(key, versions)| format!("{key}={versions}"));
        let hints = self.hints.iter();
        let hints = hints.map(|((home, key), versions)| format!("{home}: {key}={versions}"));
        NodeCard::new(self.role(), title, 0)
            .with("quorums", &format!("N={n} R={r} W={w}{meet}"))
            .with("store", &listed(store))
            .with("hints", &listed(hints))
            .with("requests", &self.tasks.len())
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk::default();
        for &(name, text) in settings {
            let key = Word::new(name).ok_or_else(|| format!("`{name}` is too long for a key"))?;
            let value = Word::new(text).filter(|_| !text.is_empty());
            let value = value.ok_or_else(|| format!("`{text}` is not a value of 1 to 15 bytes"))?;
            // Written by nobody in particular: every write comes after it.
            let version = Version { stamp: (0, NodeId(0)), clock: Clock::new(), value };
            disk.store.insert_mut(key, Versions::one(version));
        }
        Ok(disk)
    }
}

impl Dynamo {
    /// How many nodes keep a key.
    fn copies(&self) -> u64 {
        self.tuning.n.min(u64::from(self.nodes))
    }

    /// Every node, from the place of `key` on the ring.
    fn ring(&self, key: Word) -> impl Iterator<Item = NodeId> + use<> {
        let nodes = self.nodes;
        let first = (Digest::default().with(key.as_str()).value() % u64::from(nodes)) as u32;
        (0..nodes).map(move |step| NodeId((first + step) % nodes))
    }

    /// The nodes that keep `key`.
    fn homes(&self, key: Word) -> Vec<NodeId> {
        self.ring(key).take(self.copies() as usize).collect()
    }

    fn store_for(&mut self, ctx: &mut Ctx<Self>, key: Word, versions: &Versions) {
        // rule: store
        ctx.mark("store");
        self.adopt(ctx, key, versions);
    }
}

impl Tuning {
    fn read(knobs: &Knobs) -> Tuning {
        // A timer of no length would stop the clock of the world.
        let (retry, floor) = (knobs.range("retry"), Span::millis(1));
        let last_writer = knobs.choice("versions") == "last-writer";
        Tuning {
            n: knobs.count("n").max(1),
            r: knobs.count("r").max(1),
            w: knobs.count("w").max(1),
            rule: if last_writer { Rule::LastWriter } else { Rule::Clocks },
            sloppy: knobs.is_on("sloppy"),
            handoff: knobs.is_on("handoff"),
            read_repair: knobs.is_on("read-repair"),
            period: knobs.length("period").max(floor),
            retry: Window { min: retry.min.max(floor), max: retry.max.max(floor) },
        }
    }
}

/// The first ones, for a card.
fn listed(items: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 6;
    let mut items: Vec<String> = items.take(SHOWN + 1).collect();
    let more = if items.len() > SHOWN { " …" } else { "" };
    items.truncate(SHOWN);
    if items.is_empty() { "-".to_owned() } else { format!("{}{more}", items.join(" ")) }
}
