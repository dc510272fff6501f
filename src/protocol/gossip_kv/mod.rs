//! A store that gossips: always available, and the same everywhere in the end.
//!
//! # The idea
//!
//! A node answers its clients from what it has, without asking anybody. In each round it picks
//! others at random and compares notes (*anti-entropy*, [demers87 §1.3]). News spreads like a
//! disease: the number of nodes that have it doubles at first, so that everybody is reached after
//! a number of rounds that grows with the logarithm of their number, whoever crashes meanwhile.
//!
//! # Ways of telling, easiest first
//!
//! - **Push**. A node sends what it has. Quick while few have the news; the last to hear are missed
//!   by chance round after round.
//! - **Pull**. A node asks for what the other has. Slow to begin; but once most have the news, the
//!   share of those who lack it is squared in each round.
//! - **Push-pull**. Both in one round trip.
//!
//! # Why it converges
//!
//! 1. Merging (`content.rs`, [shapiro11 §3]) takes the larger of two in a semilattice: registers by
//!    their stamp, counters node by node, sets of additions and removals by union. So order and
//!    repetition make no difference, and nothing that was merged is ever lost.
//! 2. In each round every node may be picked by any other, so from every node everything flows to
//!    every other one sooner or later, as long as messages come through.
//! 3. Once nobody writes, contents only grow towards their union, and reach it.
//!
//! # What it does not promise
//!
//! A read may be older than what another client, or the same client at another node, has seen. Of
//! two writes to a register at once the one with the lower stamp is lost. A removal from a set does
//! not touch additions it had not seen.
//!
//! # Simplifications
//!
//! - Nodes send all they have; real systems compare digests first.
//! - Everybody knows everybody. Removals are remembered for ever.
//! - A register, a counter and a set may have the same name; a read prefers the register.
//! - A request asked again of another node happens twice, which counters show.

mod about;
mod content;

use crate::kernel::{
    About, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, Op, Outcome, Payload, Request, Role,
    Settings, Span, Tag, Window, Word,
};
use crate::protocol::shared::sessions::Sessions;
pub use content::{Content, Dot};

/// The messages.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// This is what the sender has.
    Push {
        /// All of it.
        content: Content,
        /// And what do you have?
        ask: bool,
    },
    /// What do you have?
    Pull,
    /// This, as asked.
    Answer {
        /// All of it.
        content: Content,
    },
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Push { .. } => about::PUSH,
            Msg::Pull => about::PULL,
            Msg::Answer { .. } => about::ANSWER,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Push { content, .. } | Msg::Answer { content } => listed(content, 2),
            Msg::Pull => String::new(),
        }
    }
}

/// The one timer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Time for a round.
    Gossip,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Gossip];

    fn name(&self) -> &'static str {
        "gossip"
    }
}

/// What survives a crash: everything.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    content: Content,
    /// How many names it has given to additions.
    dots: u64,
    answers: Sessions,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GossipKv {
    me: NodeId,
    push: bool,
    pull: bool,
    fan_out: u64,
    period: Span,

    // As on disk.
    content: Content,
    dots: u64,
    answers: Sessions,
}

impl Node for GossipKv {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = Disk;

    const ABOUT: About = about::ABOUT;

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Disk) -> Self {
        let mode = knobs.choice("mode");
        let node = GossipKv {
            me: ctx.id(),
            push: mode != "pull",
            pull: mode != "push",
            fan_out: knobs.count("fan-out").max(1),
            // A timer of no length would stop the clock of the world.
            period: knobs.length("period").max(Span::millis(1)),
            content: disk.content.clone(),
            dots: disk.dots,
            answers: disk.answers.clone(),
        };
        ctx.learn(Fact::Replica { digest: node.content.digest() });
        if ctx.nodes() > 1 {
            // Not all at once: the first round comes anywhere within the period.
            let first = Window { min: Span::millis(1).min(node.period), max: node.period };
            ctx.arm(Timer::Gossip, first);
        }
        node
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Push { content, ask } => {
                self.merge(ctx, &content);
                // There is nothing to tell if the other has it all.
                if ask && self.content != content {
                    self.answer(ctx, from);
                }
            }
            Msg::Pull => self.answer(ctx, from),
            Msg::Answer { content } => self.merge(ctx, &content),
        }
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, timer: Timer) {
        let Timer::Gossip = timer;
        // Only by hand: alone there is nobody to talk to.
        if ctx.nodes() < 2 {
            return;
        }
        // rule: gossip
        ctx.mark("gossip");
        ctx.arm(Timer::Gossip, Window::exactly(self.period));
        for peer in self.draw(ctx) {
            let msg = if self.push {
                Msg::Push { content: self.content.clone(), ask: self.pull }
            } else {
                Msg::Pull
            };
            ctx.send(peer, msg);
        }
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        let Request { id, op } = request;
        let outcome = match op {
            Op::Get(_) | Op::Contains(..) => {
                // rule: read
                ctx.mark("read");
                Outcome::Done(self.content.read(op))
            }
            Op::Put(..) | Op::Add(..) | Op::Include(..) | Op::Exclude(..) => {
                // The client has moved on long ago.
                if self.answers.forgot(id) {
                    return;
                }
                if self.answers.result(id).is_some() {
                    // rule: repeat-answer
                    ctx.mark("repeat-answer");
                } else {
                    self.answers.record(id, Outcome::Done(None));
                    self.write(ctx, op);
                }
                Outcome::Done(None)
            }
            // What would have to be agreed on is not for a store that asks nobody.
            _ => Outcome::Refused,
        };
        ctx.reply(id, outcome);
    }

    fn role(&self) -> Role {
        Role::Follower
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        NodeCard::new(self.role(), "Replica", 0).with("store", &listed(&self.content, 8))
    }

    fn given(settings: &Settings<'_>) -> Result<Disk, String> {
        let mut disk = Disk::default();
        for &(name, text) in settings {
            let key = Word::new(name).ok_or_else(|| format!("`{name}` is too long for a key"))?;
            let value = Word::new(text).filter(|_| !text.is_empty());
            let value = value.ok_or_else(|| format!("`{text}` is not a value of 1 to 15 bytes"))?;
            disk.content.put(NodeId(0), key, value);
        }
        Ok(disk)
    }
}

impl GossipKv {
    /// Others, drawn by lot, none of them twice.
    fn draw(&self, ctx: &mut Ctx<Self>) -> Vec<NodeId> {
        let others = u64::from(ctx.nodes()) - 1;
        let wanted = self.fan_out.min(others);
        let mut drawn: Vec<NodeId> = Vec::new();
        // One draw each: whoever was drawn before is replaced by the last of those to draw from,
        // which cannot have been.
        for last in others - wanted..others {
            let pick = self.other(ctx.below(last + 1) as u32);
            let next = self.other(last as u32);
            drawn.push(if drawn.contains(&pick) { next } else { pick });
        }
        drawn
    }

    /// The other node of that number, this one left out.
    fn other(&self, number: u32) -> NodeId {
        NodeId(if number < self.me.0 { number } else { number + 1 })
    }

    fn write(&mut self, ctx: &mut Ctx<Self>, op: Op) {
        // rule: write
        ctx.mark("write");
        match op {
            Op::Put(key, value) => self.content.put(self.me, key, value),
            Op::Add(key, amount) => self.content.add(self.me, key, amount),
            Op::Include(key, member) => {
                self.dots += 1;
                self.content.include((self.me, self.dots), key, member);
            }
            Op::Exclude(key, member) => self.content.exclude(key, member),
            // Nothing else is handed to this function.
            _ => return,
        }
        self.changed(ctx);
    }

    fn merge(&mut self, ctx: &mut Ctx<Self>, content: &Content) {
        if self.content.merge(content) {
            // rule: merge
            ctx.mark("merge");
            self.changed(ctx);
        } else {
            // rule: nothing-new
            ctx.mark("nothing-new");
        }
    }

    fn answer(&self, ctx: &mut Ctx<Self>, to: NodeId) {
        // rule: answer
        ctx.mark("answer");
        ctx.send(to, Msg::Answer { content: self.content.clone() });
    }

    /// Makes the content durable, and tells it. It is shared, not copied.
    fn changed(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk {
            content: self.content.clone(),
            dots: self.dots,
            answers: self.answers.clone(),
        });
        ctx.learn(Fact::Replica { digest: self.content.digest() });
    }
}

/// The first of what can be read.
fn listed(content: &Content, most: usize) -> String {
    let mut texts: Vec<String> = content.texts().take(most + 1).collect();
    let more = if texts.len() > most { " …" } else { "" };
    texts.truncate(most);
    if texts.is_empty() { "-".to_owned() } else { format!("{}{more}", texts.join(" ")) }
}
