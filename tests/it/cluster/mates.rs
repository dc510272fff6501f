//! Protocols that were drawn, of nodes that remember and name each other: alike, unless the draw
//! lets them compare their numbers.

use quorate::kernel::{
    About, Ctx, Face, Fact, Family, Knob, KnobKind, Knobs, Node, NodeCard, NodeId, Outcome,
    Payload, Request, Role, Settings, Span, Tag, Text, Window, Word,
};

use super::dice::{LETTER, die};

/// States of a node.
const STATES: u64 = 4;
/// Messages that a node sends, at most, but for answers.
const FUEL: u8 = 3;

/// A message that may name somebody.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Note {
    kind: u8,
    about: Option<NodeId>,
}

impl Payload for Note {
    fn face(&self) -> Face {
        LETTER
    }

    fn detail(&self) -> String {
        format!("{self:?}")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Bell {
    Loud,
    Soft,
}

impl Tag for Bell {
    const BY_HAND: &'static [Self] = &[Bell::Loud, Bell::Soft];

    fn name(&self) -> &'static str {
        match self {
            Bell::Loud => "loud",
            Bell::Soft => "soft",
        }
    }
}

/// A node of the protocol of this seed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Mate {
    seed: u64,
    at: u8,
    sent: u8,
    friend: Option<NodeId>,
    heard: Vec<bool>,
}

const NONE: Text = Text { en: "", zh: "" };
const RING: Window = Window { min: Span::millis(10), max: Span::millis(20) };

impl Mate {
    /// True if the protocol compares numbers of nodes.
    fn compares(&self) -> bool {
        self.seed.is_multiple_of(3)
    }

    fn react(&mut self, ctx: &mut Ctx<Self>, event: u64, from: Option<(NodeId, Note)>) {
        let me = ctx.id();
        let (kind, about) = from.as_ref().map_or((0, None), |(_, note)| (note.kind, note.about));
        let from = from.map(|(from, _)| from);
        let heard = self.heard.iter().filter(|it| **it).count() as u64;
        let mut seen = u64::from(from.is_some() && from == self.friend)
            | u64::from(about == Some(me)) << 1
            | u64::from(about.is_some() && about == from) << 2
            | heard << 4;
        if self.compares() {
            seen |= u64::from(from.is_some_and(|from| from < me)) << 3;
        }
        let mut die = die(self.seed, [event, u64::from(kind), u64::from(self.at), seen]);
        let mut throw = |sides: u64| {
            let side = die % sides;
            die /= sides;
            side
        };
        if throw(3) == 0 {
            return;
        }
        self.at = throw(STATES) as u8;
        if let Some(from) = from {
            self.heard[from.index()] = throw(2) == 0;
        }
        let about = [None, Some(me), from, self.friend][throw(4) as usize];
        let note = Note { kind: throw(3) as u8, about };
        if self.sent < FUEL {
            self.sent += 1;
            match (throw(4), from.or(self.friend)) {
                (0, _) => ctx.broadcast(&note),
                (1 | 2, Some(to)) if to != me => ctx.send(to, note),
                _ => {}
            }
        }
        if throw(2) == 0 {
            self.friend = from.or(about);
        }
        match throw(8) {
            0 => ctx.learn(Fact::Chosen { slot: 1, value: Word::number(throw(2)) }),
            1 => ctx.learn(Fact::Entered { era: throw(4) }),
            2 => ctx.learn(Fact::Voted { era: 1, candidate: from.unwrap_or(me) }),
            3 => ctx.save(self.friend),
            4 => ctx.arm(Bell::Loud, RING),
            5 => ctx.arm(Bell::Soft, RING),
            6 => ctx.disarm(Bell::Loud),
            _ => {}
        }
    }
}

impl Node for Mate {
    type Msg = Note;
    type Timer = Bell;
    type Disk = Option<NodeId>;

    const ABOUT: About = About {
        id: "mates",
        name: "Mates",
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

    fn boot(ctx: &mut Ctx<Self>, knobs: &Knobs, disk: &Option<NodeId>) -> Self {
        ctx.arm(Bell::Loud, RING);
        let heard = vec![false; ctx.nodes() as usize];
        Mate { seed: knobs.count("table"), at: 0, sent: 0, friend: *disk, heard }
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, note: Note) {
        self.react(ctx, 1, Some((from, note)));
    }

    fn on_timer(&mut self, ctx: &mut Ctx<Self>, bell: Bell) {
        self.react(ctx, 2 + bell as u64, None);
        ctx.broadcast(&Note { kind: self.at, about: self.friend });
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        self.react(ctx, 10 + u64::from(request.id.client.0), None);
        let outcome = match self.friend {
            Some(friend) if friend != ctx.id() && self.at == 0 => Outcome::Redirect(Some(friend)),
            _ => Outcome::Done(None),
        };
        ctx.broadcast(&Note { kind: 2, about: Some(ctx.id()) });
        ctx.reply(request.id, outcome);
    }

    fn role(&self) -> Role {
        Role::Follower
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        NodeCard::new(Role::Follower, "Mate", 0).with("at", &self.at)
    }

    fn given(_: &Settings<'_>) -> Result<Option<NodeId>, String> {
        Err("mates know nothing".to_owned())
    }
}
