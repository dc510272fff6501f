//! The register of Attiya, Bar-Noy and Dolev, for many writers: shared memory without a leader.
//!
//! # The idea
//!
//! Every node keeps a copy of each register with a *tag* that says how new it is. An operation
//! talks to a majority twice. It never waits for a particular node, so a minority may be dead or
//! slow; and any two majorities share a node, so what one has stored the next one finds.
//!
//! # Phases, easiest first
//!
//! - **Replica** (`replica.rs`). A copy is replaced by one with a larger tag, and never by another.
//! - **Propagation** [lynch97 §3]. A version is sent to everyone; it is done when a majority has
//!   stored it or something newer.
//! - **Query** [lynch97 §3]. Everyone is asked for its version; the largest tag among a majority is
//!   the newest that has been finished, or something newer still.
//! - **Write** [attiya95 §4], [lynch97 §3]. Query; then propagate the value under a tag above all
//!   found.
//! - **Read** [attiya95 §3]. Query; then propagate what was found (*write back*), and only then
//!   answer.
//!
//! # Why it is linearizable
//!
//! 1. Tags are totally ordered, and no two writes share one: a tag is a counter and the name of the
//!    request that writes.
//! 2. When an operation with tag *t* has ended, a majority stores *t* or more. An operation that
//!    begins later queries a majority, meets one of those, and so ends up with *t* or more; a write
//!    with strictly more.
//! 3. So operations can be put in the order of their tags, each write before the reads of its tag,
//!    and that order never contradicts who was finished before whom.
//! 4. *Reads must write.* Without the write-back the tag that a reader found may be at a minority,
//!    and a later reader may not meet it: 2 fails for reads, and the second reader answers with the
//!    older value.
//!
//! # Simplifications
//!
//! - The writers of the paper are processes of the system; here they are clients. The writes of a
//!   client are run by one node only (its number modulo the nodes), for two nodes that ran the same
//!   write would choose two tags for it, and it could happen twice. Another node sends the client
//!   there. A read may be run by anyone, since doing it twice is harmless.
//! - Nodes recover: a copy is on disk before it is acknowledged, and a tag before it is sent, so
//!   that a write asked for again after a crash goes on under its tag. While its node is down a
//!   client cannot write; in the paper such a process has simply ended.
//! - Lost messages are sent again by a timer; the paper's channels lose nothing.
//! - A reader that finds nothing written at a majority has nothing to write back.

mod about;
mod replica;

use std::collections::{BTreeMap, BTreeSet};

use rpds::RedBlackTreeMapSync;

use crate::kernel::{
    About, ClientId, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, Op, Outcome, Payload, Request,
    RequestId, Risk, Role, Settings, Span, Tag as Alarm, Window, Word, majority,
};
pub use replica::{Copies, Tag, Version};

/// The messages: two questions and two answers. All carry the request they serve.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// What is your version of this key?
    Query {
        /// For this operation.
        of: RequestId,
        /// The register.
        key: Word,
    },
    /// This one.
    QueryAck {
        /// For this operation.
        of: RequestId,
        /// The sender's version.
        version: Version,
    },
    /// Store this version unless yours is newer.
    Propagate {
        /// For this operation.
        of: RequestId,
        /// The register.
        key: Word,
        /// The version.
        version: Version,
    },
    /// Stored, or something newer is.
    PropagateAck {
        /// For this operation.
        of: RequestId,
        /// The tag asked to be stored.
        tag: Tag,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Query { .. } => about::QUERY,
            Msg::QueryAck { .. } => about::TAGGED,
            Msg::Propagate { .. } => about::PROPAGATE,
            Msg::PropagateAck { .. } => about::STORED,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Query { key, .. } => key.to_string(),
            Msg::QueryAck { version, .. } => version.to_string(),
            Msg::Propagate { key, version, .. } => format!("{key}={version}"),
            Msg::PropagateAck { tag, .. } => tag.to_string(),
        }
    }
}

/// The one timer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Ask those again that have not answered. Armed while an operation is under way.
    Retry,
}

impl Alarm for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Retry];

    fn name(&self) -> &'static str {
        "retry"
    }
}

/// What survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    copies: Copies,
    /// The newest write of each client: its serial number and the tag chosen for it.
    chosen: RedBlackTreeMapSync<ClientId, (u64, Tag)>,
}

/// How far an operation has come.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Phase {
    Query {
        /// Who has answered, itself included.
        heard: BTreeSet<NodeId>,
        /// The newest version among the answers.
        newest: Version,
    },
    Propagate {
        version: Version,
        /// Who has stored it, itself included.
        stored: BTreeSet<NodeId>,
    },
}

/// An operation under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Task {
    key: Word,
    /// The value to write; a read has none.
    value: Option<Word>,
    phase: Phase,
}

/// A node: a replica, and the process that runs its clients' operations.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Abd {
    write_back: bool,
    retry: Window,

    // As on disk.
    copies: Copies,
    chosen: RedBlackTreeMapSync<ClientId, (u64, Tag)>,

    // Volatile: clients ask again.
    tasks: BTreeMap<RequestId, Task>,
}

impl Node for Abd {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn risks(knobs: &Knobs, _nodes: u32) -> Vec<Risk> {
        about::risks(knobs)
    }

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        // A timer of no length would stop the clock of the world.
        let (retry, floor) = (knobs.range("retry"), Span::millis(1));
        let node = Abd {
            write_back: knobs.is_on("write-back"),
            retry: Window { min: retry.min.max(floor), max: retry.max.max(floor) },
            copies: disk.copies.clone(),
            chosen: disk.chosen.clone(),
            tasks: BTreeMap::new(),
        };
        ctx.learn(Fact::Replica { digest: node.copies.digest() });
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Query { of, key } => {
                // rule: answer
                ctx.mark("answer");
                ctx.send(from, Msg::QueryAck { of, version: self.copies.get(key) });
            }
            Msg::QueryAck { of, version } => self.on_query_ack(ctx, from, of, version),
            Msg::Propagate { of, key, version } => {
                self.store(ctx, key, version);
                ctx.send(from, Msg::PropagateAck { of, tag: version.tag });
            }
            Msg::PropagateAck { of, tag } => self.on_propagate_ack(ctx, from, of, tag),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        let Timer::Retry = timer;
        // Only by hand: it is disarmed with the last operation.
        if self.tasks.is_empty() {
            return;
        }
        // rule: ask-again
        ctx.mark("ask-again");
        for (of, task) in &self.tasks {
            let done = match &task.phase {
                Phase::Query { heard, .. } => heard,
                Phase::Propagate { stored, .. } => stored,
            };
            for peer in ctx.peers().filter(|peer| !done.contains(peer)) {
                ctx.send(peer, task.question(*of));
            }
        }
        ctx.arm(Timer::Retry, self.retry);
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        let Request { id, op } = request;
        let (key, value) = match op {
            Op::Get(key) => (key, None),
            Op::Put(key, value) => (key, Some(value)),
            // A register can be read and written, and nothing else.
            _ => {
                ctx.reply(id, Outcome::Refused);
                return;
            }
        };
        let home = NodeId(id.client.0 % ctx.nodes());
        if value.is_some() && home != ctx.id() {
            // rule: redirect
            ctx.mark("redirect");
            ctx.reply(id, Outcome::Redirect(Some(home)));
            return;
        }
        // It is under way; the answer comes with its end.
        if self.tasks.contains_key(&id) {
            return;
        }
        match (value, self.chosen.get(&id.client).copied()) {
            // The client has moved on long ago: nobody waits for this.
            (Some(_), Some((serial, _))) if serial > id.serial => {}
            (Some(value), Some((serial, tag))) if serial == id.serial => {
                // rule: same-tag
                ctx.mark("same-tag");
                let version = Version { tag, value: Some(value) };
                self.begin(ctx, id, key, Some(value), Phase::propagating(version));
            }
            _ => {
                // rule: query
                ctx.mark("query");
                self.begin(ctx, id, key, value, Phase::querying());
            }
        }
    }

    fn role(&self) -> Role {
        if self.tasks.is_empty() { Role::Follower } else { Role::Candidate }
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        let title = if self.tasks.is_empty() { "Replica" } else { "Coordinator" };
        let tasks: Vec<String> = self.tasks.values().map(Task::show).collect();
        NodeCard::new(self.role(), title, 0)
            .with("copies", &self.copies.show())
            .with("operations", &if tasks.is_empty() { "-".to_owned() } else { tasks.join("; ") })
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk::default();
        for &(name, text) in settings {
            let key = Word::new(name).ok_or_else(|| format!("`{name}` is too long for a key"))?;
            disk.copies.replace(key, replica::parse(text)?);
        }
        Ok(disk)
    }
}

impl Phase {
    fn querying() -> Phase {
        Phase::Query { heard: BTreeSet::new(), newest: Version::default() }
    }

    fn propagating(version: Version) -> Phase {
        Phase::Propagate { version, stored: BTreeSet::new() }
    }
}

impl Task {
    /// What it asks others in its phase.
    fn question(&self, of: RequestId) -> Msg {
        match self.phase {
            Phase::Query { .. } => Msg::Query { of, key: self.key },
            Phase::Propagate { version, .. } => Msg::Propagate { of, key: self.key, version },
        }
    }

    fn show(&self) -> String {
        let what = match self.value {
            None => format!("read {}", self.key),
            Some(value) => format!("write {}={value}", self.key),
        };
        match &self.phase {
            Phase::Query { heard, .. } => format!("{what}: {} answered", heard.len()),
            Phase::Propagate { version, stored } => {
                format!("{what}: {version} at {}", stored.len())
            }
        }
    }
}

impl Abd {
    /// Starts an operation, or its second phase.
    fn begin(
        &mut self,
        ctx: &mut Ctx<Self>,
        of: RequestId,
        key: Word,
        value: Option<Word>,
        phase: Phase,
    ) {
        let task = Task { key, value, phase };
        ctx.broadcast(&task.question(of));
        let phase = task.phase.clone();
        // One timer for all: arming it again for each would let a busy node never ask again.
        if self.tasks.is_empty() {
            ctx.arm(Timer::Retry, self.retry);
        }
        self.tasks.insert(of, task);
        // This node is a replica too, and the first to answer.
        let me = ctx.id();
        match phase {
            Phase::Query { .. } => self.on_query_ack(ctx, me, of, self.copies.get(key)),
            Phase::Propagate { version, .. } => {
                self.store(ctx, key, version);
                self.on_propagate_ack(ctx, me, of, version.tag);
            }
        }
    }

    fn on_query_ack(&mut self, ctx: &mut Ctx<Self>, from: NodeId, of: RequestId, found: Version) {
        // The operation has ended.
        let Some(task) = self.tasks.get_mut(&of) else { return };
        // It has had its majority.
        let Phase::Query { heard, newest } = &mut task.phase else { return };
        heard.insert(from);
        *newest = (*newest).max(found);
        if (heard.len() as u32) < majority(ctx.nodes()) {
            return;
        }
        let (key, value, newest) = (task.key, task.value, *newest);
        if let Some(written) = value {
            // rule: newer-tag
            ctx.mark("newer-tag");
            let tag = Tag { counter: newest.tag.counter.saturating_add(1), writer: Some(of) };
            // On disk before anyone hears of it: asked again after a crash, it goes on under it.
            self.chosen.insert_mut(of.client, (of.serial, tag));
            self.save(ctx);
            let version = Version { tag, value: Some(written) };
            self.begin(ctx, of, key, value, Phase::propagating(version));
        } else if newest.value.is_none() {
            // rule: nothing-written
            ctx.mark("nothing-written");
            self.end(ctx, of, None);
        } else if self.write_back {
            // rule: write-back
            ctx.mark("write-back");
            self.begin(ctx, of, key, None, Phase::propagating(newest));
        } else {
            // rule: no-write-back
            ctx.mark("no-write-back");
            self.end(ctx, of, newest.value);
        }
    }

    fn on_propagate_ack(&mut self, ctx: &mut Ctx<Self>, from: NodeId, of: RequestId, tag: Tag) {
        // The operation has ended.
        let Some(task) = self.tasks.get_mut(&of) else { return };
        // It answers for an earlier life of this node, when the same request was younger.
        let Phase::Propagate { version, stored } = &mut task.phase else { return };
        if version.tag != tag {
            return;
        }
        stored.insert(from);
        if (stored.len() as u32) < majority(ctx.nodes()) {
            return;
        }
        // rule: finish
        ctx.mark("finish");
        let found = if task.value.is_none() { version.value } else { None };
        self.end(ctx, of, found);
    }

    fn end(&mut self, ctx: &mut Ctx<Self>, of: RequestId, found: Option<Word>) {
        self.tasks.remove(&of);
        ctx.reply(of, Outcome::Done(found));
        if self.tasks.is_empty() {
            ctx.disarm(Timer::Retry);
        }
    }

    /// Replaces the copy of `key` if `version` is newer.
    fn store(&mut self, ctx: &mut Ctx<Self>, key: Word, version: Version) {
        if self.copies.replace(key, version) {
            // rule: store
            ctx.mark("store");
            self.save(ctx);
            ctx.learn(Fact::Replica { digest: self.copies.digest() });
        } else {
            // rule: keep
            ctx.mark("keep");
        }
    }

    /// Makes copies and tags durable. Both are shared, not copied.
    fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk { copies: self.copies.clone(), chosen: self.chosen.clone() });
    }
}
