//! Protocols that were drawn: what a node does on an event is read from a table of dice. Many
//! events are ignored in one state and not in another.

use quorate::kernel::{
    About, Ctx, Face, Fact, Family, Knob, KnobKind, Knobs, Manner, Node, NodeCard, NodeId, Outcome,
    Payload, Phase, Request, Role, Settings, Span, Tag, Text, Window, Word,
};

/// States of a node, and kinds of messages.
const STATES: u64 = 5;
const KINDS: u64 = 4;
/// Messages that a node sends, at most.
const FUEL: u8 = 3;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Letter(u8);

pub(super) const LETTER: Face =
    Face { name: "Letter", phase: Phase::Replication, manner: Manner::Ask };

impl Payload for Letter {
    fn face(&self) -> Face {
        LETTER
    }

    fn detail(&self) -> String {
        self.0.to_string()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Bell;

impl Tag for Bell {
    const BY_HAND: &'static [Self] = &[Bell];

    fn name(&self) -> &'static str {
        "bell"
    }
}

/// A node of the protocol of this seed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Dice {
    seed: u64,
    at: u8,
    sent: u8,
}

const NONE: Text = Text { en: "", zh: "" };
const RING: Window = Window { min: Span::millis(10), max: Span::millis(20) };

/// A die for a situation.
pub(super) fn die(seed: u64, situation: [u64; 4]) -> u64 {
    situation.iter().fold(seed, |mixed, it| {
        let mixed =
            (mixed ^ it.wrapping_add(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ mixed >> 32
    })
}

impl Dice {
    /// What an event does to the node: in half of all cases nothing.
    fn react(&mut self, ctx: &mut Ctx<Self>, event: u64, detail: u64, request: Option<Request>) {
        let mut die = die(self.seed, [event, detail, u64::from(self.at), u64::from(ctx.id().0)]);
        let mut throw = |sides: u64| {
            let side = die % sides;
            die /= sides;
            side
        };
        if throw(2) == 0 {
            return;
        }
        self.at = throw(STATES) as u8;
        if throw(2) == 0 && self.sent < FUEL {
            self.sent += 1;
            let to = throw(u64::from(ctx.nodes())) as u32;
            let to = if to == ctx.id().0 { (to + 1) % ctx.nodes() } else { to };
            ctx.send(NodeId(to), Letter(throw(KINDS) as u8));
        }
        match throw(8) {
            0 => ctx.learn(Fact::Chosen { slot: 1, value: Word::number(throw(2)) }),
            1 => ctx.learn(Fact::Entered { era: throw(4) }),
            2 => ctx.save(self.at),
            3 => ctx.arm(Bell, RING),
            4 => ctx.disarm(Bell),
            _ => {}
        }
        if let Some(request) = request.filter(|_| throw(2) == 0) {
            ctx.reply(request.id, Outcome::Done(None));
        }
    }
}

impl Node for Dice {
    type Msg = Letter;
    type Timer = Bell;
    type Disk = u8;

    const ABOUT: About = About {
        id: "dice",
        name: "Dice",
        family: Family::Naive,
        summary: NONE,
        era: "era",
        cites: &[],
        knobs: &[Knob {
            name: "table",
            help: NONE,
            kind: KnobKind::Count { min: 0, max: u64::MAX, default: 0 },
        }],
        claims: &[],
        marks: &[],
        faces: &[LETTER],
        source: "",
    };

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &u8) -> Self {
        let seed = knobs.count("table");
        if die(seed, [ctx.id().0.into(), 0, 0, 0]).is_multiple_of(2) {
            ctx.arm(Bell, RING);
        }
        Dice { seed, at: *disk, sent: 0 }
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, Letter(kind): Letter) {
        self.react(ctx, 1 + u64::from(from.0), kind.into(), None);
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, Bell: Bell) {
        self.react(ctx, 100, 0, None);
        ctx.broadcast(&Letter(self.at % KINDS as u8));
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.react(ctx, 101, request.id.client.0.into(), Some(request));
        let first = ctx.peers().next();
        if let Some(peer) = first {
            ctx.send(peer, Letter(request.id.client.0 as u8));
        }
    }

    fn role(&self) -> Role {
        Role::Follower
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        NodeCard::new(Role::Follower, "Dice", 0).with("at", &self.at)
    }

    fn given(_: &Settings<'_>) -> Result<u8, String> {
        Err("dice know nothing".to_owned())
    }
}
