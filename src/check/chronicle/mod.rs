//! What happened in a run, in columns: who sent what to whom and what became of it, who led when,
//! which faults were in force, and what caused what.
//!
//! A [`Chronicle`] watches a run event by event and costs about forty bytes for an event with its
//! message, so that a run of a million events is at hand at once. Everything a picture of a window
//! needs is found by binary search. An event is named by its number, a message by its number in
//! order of sending, from 0.
//!
//! A lane is a line of a space-time diagram: nodes first, in their order, then clients.

mod cone;
mod find;
mod lane;

pub use cone::{Cone, Focus, Spot};
pub use find::Query;
pub use lane::{Change, Gap, Lane, State, Wait};

use std::ops::Range;

use crate::kernel::{Face, Fact, Op, Party, Role, SimTime, Span, Word};
use crate::sim::{Cause, Cluster, FlightNote, Happening, Input, Occurrence, OpNote};

/// In place of the number of an event: it has not happened.
pub const NEVER: u32 = u32::MAX;
/// In place of a lane: nobody's.
pub const NOBODY: u16 = u16::MAX;
/// Messages of a block, whose last end is known.
const BLOCK: usize = 256;
/// Most values kept for searching; the first of a run.
const VALUES: usize = 200_000;

/// A message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// The event that sent it.
    pub sent: u32,
    /// The event that delivered it, or at which it was lost; [`NEVER`] if neither happened.
    pub ended: u32,
    /// Lane of the sender.
    pub from: u16,
    /// Lane of the receiver.
    pub to: u16,
    /// Its kind: a place in [`Chronicle::kinds`].
    pub kind: u8,
    /// Why it was lost, once it is.
    pub lost: Option<Cause>,
}

/// A kind of message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// How it looks.
    pub face: Face,
    /// How many were sent.
    pub count: u64,
    /// How many of them were lost.
    pub lost: u64,
}

/// What an event was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// All nodes booted.
    Started,
    /// This message was handled.
    Delivered(u32),
    /// This message was lost.
    Lost(u32),
    /// The timer of this name went off.
    Timer(&'static str),
    /// Something was done from outside: its place in the recipe.
    Input(u32),
    /// A client did something by itself.
    Client,
}

/// A new era, or an election won.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EraMark {
    /// When.
    pub event: u32,
    /// Who.
    pub lane: u16,
    /// Somebody leads it; if not, somebody is the first to enter it.
    pub won: bool,
    /// Which.
    pub era: u64,
}

#[derive(Clone, Copy, Debug)]
enum Tag {
    Started,
    Delivered,
    Lost,
    Timer,
    Input,
    Client,
}

/// What an event was, packed.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// Messages sent before it.
    sent: u32,
    /// A message, a name, or a place in the recipe, as the tag says.
    which: u32,
    lane: u16,
    tag: Tag,
}

/// Messages that were sent one after the other: when the last of them ended.
#[derive(Clone, Copy, Default, Debug)]
struct Block {
    ended: u32,
    open: u32,
}

/// What happened in a run.
#[derive(Default)]
pub struct Chronicle {
    nodes: u16,
    times: Vec<SimTime>,
    rows: Vec<Row>,
    messages: Vec<Message>,
    blocks: Vec<Block>,
    kinds: Vec<Kind>,
    timers: Vec<&'static str>,
    lanes: Vec<Lane>,
    gaps: Vec<Gap>,
    eras: Vec<EraMark>,
    top_era: u64,
    ops: Vec<Op>,
    values: Vec<(u32, u16, Word)>,
    transit: (u64, u64),
}

impl Chronicle {
    /// A chronicle of nothing yet.
    pub fn new() -> Chronicle {
        Chronicle::default()
    }

    /// Looks at the event that just happened. Every event has to be shown, the start first.
    pub fn watch(&mut self, cluster: &dyn Cluster) {
        let last = cluster.last();
        let event = self.rows.len() as u32;
        if u64::from(event) != last.index || event == NEVER {
            return;
        }
        let sent = self.messages.len() as u32;
        self.times.push(last.at);
        if event == 0 {
            self.start(cluster);
        }
        let (tag, which, lane) = self.place(last, event);
        self.rows.push(Row { sent, which, lane, tag });
        for note in &last.sent {
            self.launch(note, event);
        }
        self.tell(last, event);
        self.observe(cluster, event);
    }

    fn start(&mut self, cluster: &dyn Cluster) {
        self.nodes = cluster.spec().nodes.min(u32::from(NOBODY) / 2) as u16;
        self.lanes.resize_with(usize::from(self.nodes), Lane::default);
        for lane in 0..self.nodes {
            self.touch(lane, 0);
        }
    }

    /// Puts the event on its lanes.
    fn place(&mut self, last: &Occurrence, event: u32) -> (Tag, u32, u16) {
        match &last.what {
            Happening::Started => (Tag::Started, 0, NOBODY),
            Happening::Delivered(note) => {
                let lane = self.lane_of(note.to);
                self.touch(lane, event);
                (Tag::Delivered, self.land(note, event), lane)
            }
            // Nobody notices: it happens on no lane.
            Happening::Lost(note) => (Tag::Lost, self.land(note, event), NOBODY),
            Happening::TimerFired { node, name } => {
                let lane = self.lane_of(Party::Node(*node));
                self.touch(lane, event);
                (Tag::Timer, self.timer(name), lane)
            }
            Happening::Input { index, struck, .. } => {
                let mut first = NOBODY;
                for node in struck {
                    let lane = self.lane_of(Party::Node(*node));
                    self.touch(lane, event);
                    first = first.min(lane);
                }
                (Tag::Input, *index, first)
            }
            Happening::ClientActed(client) => {
                let lane = self.lane_of(Party::Client(*client));
                self.touch(lane, event);
                (Tag::Client, 0, lane)
            }
        }
    }

    fn timer(&mut self, name: &'static str) -> u32 {
        let known = self.timers.iter().position(|known| *known == name);
        let known = known.unwrap_or_else(|| {
            self.timers.push(name);
            self.timers.len() - 1
        });
        known as u32
    }

    /// The lane of a party; it begins if it is new.
    fn lane_of(&mut self, party: Party) -> u16 {
        let lane = match party {
            Party::Node(node) => node.0,
            Party::Client(client) => u32::from(self.nodes).saturating_add(client.0),
        };
        let lane = lane.min(u32::from(NOBODY) - 1) as u16;
        if self.lanes.len() <= usize::from(lane) {
            self.lanes.resize_with(usize::from(lane) + 1, Lane::default);
        }
        lane
    }

    fn touch(&mut self, lane: u16, event: u32) {
        let events = &mut self.lanes[usize::from(lane)].events;
        if events.last() != Some(&event) {
            events.push(event);
        }
    }

    fn launch(&mut self, note: &FlightNote, event: u32) {
        let (from, to) = (self.lane_of(note.from), self.lane_of(note.to));
        self.touch(from, event);
        let kind = self.kind(note.face);
        self.kinds[usize::from(kind)].count += 1;
        if self.messages.len().is_multiple_of(BLOCK) {
            self.blocks.push(Block::default());
        }
        if let Some(block) = self.blocks.last_mut() {
            block.open += 1;
        }
        self.messages.push(Message { sent: event, ended: NEVER, from, to, kind, lost: None });
    }

    fn kind(&mut self, face: Face) -> u8 {
        let known = self.kinds.iter().position(|kind| kind.face == face);
        let known = known.unwrap_or_else(|| {
            self.kinds.push(Kind { face, count: 0, lost: 0 });
            self.kinds.len() - 1
        });
        // No protocol has more than a few dozen kinds.
        known.min(usize::from(u8::MAX)) as u8
    }

    fn land(&mut self, note: &FlightNote, event: u32) -> u32 {
        let id = note.id.saturating_sub(1) as usize;
        let sent = match self.messages.get_mut(id) {
            Some(message) if message.ended == NEVER => {
                (message.ended, message.lost) = (event, note.lost);
                let kind = usize::from(message.kind);
                self.kinds[kind].lost += u64::from(note.lost.is_some());
                message.sent
            }
            _ => return id as u32,
        };
        let block = &mut self.blocks[id / BLOCK];
        block.open -= 1;
        block.ended = block.ended.max(event);
        if note.lost.is_none() {
            let took = self.time(event).since(self.time(sent));
            self.transit = (self.transit.0.saturating_add(took.0), self.transit.1 + 1);
        }
        id as u32
    }

    /// What clients asked, and the values nodes speak of.
    fn tell(&mut self, last: &Occurrence, event: u32) {
        for note in &last.ops {
            match note {
                // Work of a pool comes by the thousand and says nothing.
                OpNote::Invoked(_, Op::Work { .. }) => {}
                OpNote::Invoked(id, op) => {
                    let lane = self.lane_of(Party::Client(id.client));
                    let wait = Wait::new(event, id.serial, self.ops.len() as u32);
                    self.ops.push(*op);
                    self.lanes[usize::from(lane)].waits.push(wait);
                }
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    let lane = self.lane_of(Party::Client(id.client));
                    self.lanes[usize::from(lane)].end_wait(id.serial, event);
                }
            }
        }
        for (node, fact) in &last.facts {
            let lane = self.lane_of(Party::Node(*node));
            match fact {
                Fact::Elected { era } => {
                    self.eras.push(EraMark { event, lane, won: true, era: *era });
                }
                Fact::Proposed { value, .. }
                | Fact::Appended { value, .. }
                | Fact::Chosen { value, .. }
                | Fact::Applied { value, .. }
                    if self.values.len() < VALUES =>
                {
                    self.values.push((event, lane, *value));
                }
                _ => {} // Every other fact is about counts and votes, which the lanes show.
            }
        }
    }

    /// Whether anybody's part has changed.
    fn observe(&mut self, cluster: &dyn Cluster, event: u32) {
        let last = cluster.last();
        match &last.what {
            Happening::Input { input: Input::Request { .. }, .. } => {}
            Happening::Input { .. } | Happening::Started => self.survey(cluster, event),
            Happening::Delivered(_)
            | Happening::Lost(_)
            | Happening::TimerFired { .. }
            | Happening::ClientActed(_) => {
                let Some(node) = last.node() else { return };
                let lane = self.lane_of(Party::Node(node));
                if let Some((role, era)) = cluster.part(node) {
                    self.plays(lane, event, (role, era, None));
                }
            }
        }
    }

    fn plays(&mut self, lane: u16, event: u32, now: (Role, u64, Option<State>)) {
        let (role, era, state) = now;
        if !self.lanes[usize::from(lane)].turn(event, role, era, state) {
            return;
        }
        if event == 0 {
            self.top_era = self.top_era.max(era);
        } else if era > self.top_era {
            self.top_era = era;
            self.eras.push(EraMark { event, lane, won: false, era });
        }
    }

    // Reading.

    /// How many events there are, the start included.
    pub fn events(&self) -> u32 {
        self.rows.len() as u32
    }

    /// How many nodes there are; the lanes from there on are clients.
    pub fn nodes(&self) -> u16 {
        self.nodes
    }

    /// Every lane.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// The kinds of messages, in the order they were first sent.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// New eras and elections won, in order.
    pub fn eras(&self) -> &[EraMark] {
        &self.eras
    }

    /// Where and when neighbours could not hear each other, by their beginnings.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The instant of an event; of the last one for a number past it.
    pub fn time(&self, event: u32) -> SimTime {
        let last = self.times.len().saturating_sub(1);
        self.times.get((event as usize).min(last)).copied().unwrap_or_default()
    }

    /// What an event was; the start for a number past the last one.
    pub fn what(&self, event: u32) -> What {
        let Some(row) = self.rows.get(event as usize) else { return What::Started };
        match row.tag {
            Tag::Started => What::Started,
            Tag::Delivered => What::Delivered(row.which),
            Tag::Lost => What::Lost(row.which),
            Tag::Timer => What::Timer(self.timers.get(row.which as usize).copied().unwrap_or("")),
            Tag::Input => What::Input(row.which),
            Tag::Client => What::Client,
        }
    }

    /// Where an event happened; [`NOBODY`] for the start, a loss, or a fault of the network.
    pub fn lane(&self, event: u32) -> u16 {
        self.rows.get(event as usize).map_or(NOBODY, |row| row.lane)
    }

    /// The messages that an event sent.
    pub fn sent_by(&self, event: u32) -> Range<u32> {
        let all = self.messages.len() as u32;
        let from = self.rows.get(event as usize).map_or(all, |row| row.sent);
        let to = self.rows.get(event as usize + 1).map_or(all, |row| row.sent);
        from..to
    }

    /// A message.
    pub fn message(&self, id: u32) -> Option<Message> {
        self.messages.get(id as usize).copied()
    }

    /// How many messages were sent.
    pub fn messages(&self) -> u32 {
        self.messages.len() as u32
    }

    /// An operation a client waited for.
    pub fn op(&self, wait: &Wait) -> Option<Op> {
        self.ops.get(wait.op as usize).copied()
    }

    /// The events from one instant to another, both included.
    pub fn window(&self, from: SimTime, to: SimTime) -> Range<u32> {
        let start = self.times.partition_point(|time| *time < from);
        let end = self.times.partition_point(|time| *time <= to);
        start as u32..end.max(start) as u32
    }

    /// The messages sent in a window of events, and those sent earlier that were still on their way
    /// when it began, the latest first and at most `most`.
    pub fn on_the_way(&self, window: &Range<u32>, most: usize) -> (Range<u32>, Vec<u32>) {
        let first = self.sent_by(window.start).start;
        let sent = first..self.sent_by(window.end).start.max(first);
        let mut before = Vec::new();
        let blocks = (sent.start as usize).div_ceil(BLOCK);
        for place in (0..blocks).rev() {
            let block = self.blocks[place];
            if block.open == 0 && block.ended < window.start {
                continue;
            }
            let end = ((place + 1) * BLOCK).min(sent.start as usize);
            for id in (place * BLOCK..end).rev() {
                // One that never ended goes on for ever.
                if self.messages[id].ended >= window.start {
                    before.push(id as u32);
                }
                if before.len() >= most {
                    return (sent, before);
                }
            }
        }
        (sent, before)
    }

    /// How long a message takes, on average; zero before the first arrives.
    pub fn transit(&self) -> Span {
        Span(self.transit.0 / self.transit.1.max(1))
    }
}
