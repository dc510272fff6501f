//! A protocol with nothing to agree on, for tests of the world itself: every node ticks, tells the
//! others, and answers what it is told. What it did can be read from its facts.

use quorate::kernel::{
    About, Cell, Ctx, Face, Fact, Family, Knob, KnobKind, Knobs, Manner, Node, NodeCard, NodeId,
    Op, Outcome, Payload, Phase, Request, Role, Settings, Span, Tag, Text, Window, Word,
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    Ping(u64),
    Pong(u64),
}

pub const PING: Face = Face { name: "Ping", phase: Phase::Replication, manner: Manner::Ask };
pub const PONG: Face = Face { name: "Pong", phase: Phase::Replication, manner: Manner::Grant };

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Ping(_) => PING,
            Msg::Pong(_) => PONG,
        }
    }

    fn detail(&self) -> String {
        let (Msg::Ping(n) | Msg::Pong(n)) = self;
        n.to_string()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    Tick,
}

impl Tag for Timer {
    const BY_HAND: &'static [Self] = &[Timer::Tick];

    fn name(&self) -> &'static str {
        "tick"
    }
}

/// Ticks counted: on disk, and in memory since the last boot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Echo {
    tick: Window,
    talk: bool,
    pub total: u64,
    pub since_boot: u64,
}

const NONE: Text = Text { en: "", zh: "" };

impl Node for Echo {
    type Msg = Msg;
    type Timer = Timer;
    type Disk = u64;

    const ABOUT: About = About {
        id: "echo",
        name: "Echo",
        family: Family::Naive,
        summary: NONE,
        era: "",
        cites: &[],
        knobs: &[
            Knob {
                name: "tick",
                help: NONE,
                kind: KnobKind::Range {
                    default: Window { min: Span::millis(10), max: Span::millis(20) },
                },
            },
            Knob { name: "talk", help: NONE, kind: KnobKind::Switch { default: true } },
        ],
        claims: &[],
        marks: &[],
        faces: &[PING, PONG],
        source: include_str!("echo.rs"),
    };

    /// States the ticks on disk as the era entered.
    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &u64) -> Self {
        let (tick, talk) = (knobs.range("tick"), knobs.is_on("talk"));
        ctx.learn(Fact::Entered { era: *disk });
        ctx.arm(Timer::Tick, tick);
        Echo { tick, talk, total: *disk, since_boot: 0 }
    }

    /// States what it received: a ping as a vote, a pong as a proposal.
    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Ping(n) => {
                ctx.learn(Fact::Voted { era: n, candidate: from });
                ctx.send(from, Msg::Pong(n));
            }
            Msg::Pong(n) => ctx.learn(Fact::Proposed { slot: n, value: word(from.0) }),
        }
    }

    /// States each tick as a commitment.
    fn on_timer(&mut self, ctx: &mut Ctx<Self>, Timer::Tick: Timer) {
        self.total += 1;
        self.since_boot += 1;
        ctx.save(self.total);
        ctx.learn(Fact::Committed { slot: self.total });
        if self.talk {
            ctx.broadcast(&Msg::Ping(self.total));
        }
        ctx.arm(Timer::Tick, self.tick);
    }

    /// Node 1 serves puts and gets; the others send clients there. Nobody answers a proposal of
    /// "silence", and everybody refuses other ones.
    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        let id = ctx.id();
        ctx.learn(Fact::Elected { era: request.id.serial });
        let outcome = match request.op {
            Op::Propose(word) if word.as_str() == "silence" => return,
            Op::Propose(_) => Outcome::Refused,
            _ if id != NodeId(0) => Outcome::Redirect(Some(NodeId(0))),
            Op::Get(_) => Outcome::Done(Some(word(7))),
            _ => Outcome::Done(None),
        };
        ctx.reply(request.id, outcome);
    }

    fn role(&self) -> Role {
        Role::Follower
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        let mut card = NodeCard::new(Role::Follower, "Echo", 0).with("total", &self.total);
        card.log.push(Cell { slot: 1, era: 0, value: word(self.total as u32), committed: true });
        card
    }

    fn given(settings: &Settings<'_>) -> Result<u64, String> {
        match settings {
            [("total", text)] => text.parse().map_err(|_| format!("`{text}` is not a number")),
            _ => Err("echo knows `total=3`".to_owned()),
        }
    }
}

pub fn word(number: u32) -> Word {
    Word::number(u64::from(number))
}
