//! What caused what: happens-before [lamport78 §1].
//!
//! An event at a lane comes after the events before it at the same lane, and the handling of a
//! message comes after its sending. The past of an event is therefore a beginning of every lane,
//! and its future an end of every lane: two numbers for each lane say both. What was done from
//! outside to several nodes at once leads from none of them to another.

use super::{Chronicle, NEVER, NOBODY, What};

/// An event as one lane sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spot {
    /// Which event.
    pub event: u32,
    /// At which lane.
    pub lane: u16,
}

/// What is asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Focus {
    /// An event at a lane.
    Event(Spot),
    /// A message.
    Message(u32),
}

/// Everything that led to something, and everything it led to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cone {
    /// What is asked about.
    pub focus: Focus,
    /// For each lane, the number after its last event in the past; 0 if there is none.
    past: Vec<u32>,
    /// For each lane, its first event in the future; [`NEVER`] if there is none.
    future: Vec<u32>,
    /// The events that triggered it, one by one, the latest first.
    why: Vec<Spot>,
}

/// The longest chain of triggers that is followed.
const CHAIN: usize = 32;
/// How often the past is looked at for being complete.
const LOOK: u32 = 64;

impl Cone {
    /// The cone of `focus`; `None` if there is no such event or message.
    pub fn of(chronicle: &Chronicle, focus: Focus) -> Option<Cone> {
        let (before, after) = ends(chronicle, focus)?;
        let mut why = vec![before];
        while let (Some(Spot { event, lane }), true) = (why.last(), why.len() < CHAIN)
            && let What::Delivered(id) = chronicle.what(*event)
            && let Some(message) = chronicle.message(id)
            && message.to == *lane
        {
            why.push(Spot { event: message.sent, lane: message.from });
        }
        let past = past(chronicle, before);
        let future = match after {
            Some(after) => future(chronicle, after),
            None => vec![NEVER; chronicle.lanes.len()],
        };
        Some(Cone { focus, past, future, why })
    }

    /// It led to what is asked about, or is it.
    pub fn led_here(&self, spot: Spot) -> bool {
        self.past.get(usize::from(spot.lane)).is_some_and(|past| spot.event < *past)
    }

    /// It comes of what is asked about, or is it.
    pub fn comes_of(&self, spot: Spot) -> bool {
        self.future.get(usize::from(spot.lane)).is_some_and(|first| spot.event >= *first)
    }

    /// The message carried the cause here, or carries on what came of it.
    pub fn carries(&self, chronicle: &Chronicle, id: u32) -> bool {
        if self.focus == Focus::Message(id) {
            return true;
        }
        let Some(message) = chronicle.message(id) else { return false };
        let sent = Spot { event: message.sent, lane: message.from };
        let arrived = Spot { event: message.ended, lane: message.to };
        let heard = message.lost.is_none() && message.ended != NEVER;
        (heard && self.led_here(arrived)) || self.comes_of(sent)
    }

    /// The events that triggered it, one by one, the latest first: each but the last handled a
    /// message that the next one sent.
    pub fn why(&self) -> &[Spot] {
        &self.why
    }

    /// How many events led here, and at how many lanes; what is asked about is not counted.
    pub fn past(&self, chronicle: &Chronicle) -> (usize, usize) {
        let own = usize::from(matches!(self.focus, Focus::Event(_)));
        let counts = chronicle.lanes.iter().zip(&self.past);
        sum(counts.map(|(lane, past)| lane.events.partition_point(|event| event < past)), own)
    }

    /// How many events come of it, and at how many lanes; what is asked about is not counted.
    pub fn future(&self, chronicle: &Chronicle) -> (usize, usize) {
        let own = usize::from(matches!(self.focus, Focus::Event(_)));
        let counts = chronicle.lanes.iter().zip(&self.future);
        let after = counts.map(|(lane, first)| {
            lane.events.len() - lane.events.partition_point(|event| event < first)
        });
        sum(after, own)
    }
}

fn sum(counts: impl Iterator<Item = usize>, own: usize) -> (usize, usize) {
    let (all, lanes) = counts
        .filter(|count| *count > 0)
        .fold((0, 0), |(all, lanes), count| (all + count, lanes + 1));
    (all.saturating_sub(own), lanes)
}

/// Where the past ends and the future begins; nothing comes of a message that nobody got.
fn ends(chronicle: &Chronicle, focus: Focus) -> Option<(Spot, Option<Spot>)> {
    match focus {
        Focus::Event(spot) => {
            let lane = chronicle.lanes.get(usize::from(spot.lane))?;
            lane.events.binary_search(&spot.event).ok()?;
            Some((spot, Some(spot)))
        }
        Focus::Message(id) => {
            let message = chronicle.message(id)?;
            let sent = Spot { event: message.sent, lane: message.from };
            let heard = message.lost.is_none() && message.ended != NEVER;
            let heard = heard.then_some(Spot { event: message.ended, lane: message.to });
            Some((sent, heard))
        }
    }
}

/// Goes back event by event, until everything earlier is known to belong to the past.
fn past(chronicle: &Chronicle, spot: Spot) -> Vec<u32> {
    let mut past = vec![0; chronicle.lanes.len()];
    past[usize::from(spot.lane)] = spot.event + 1;
    // Lanes with no event that early cannot be waited for.
    let silent = |lane: usize| chronicle.lanes[lane].events.first().is_none_or(|e| *e > spot.event);
    let silent: Vec<bool> = (0..past.len()).map(silent).collect();
    for event in (0..=spot.event).rev() {
        if let What::Delivered(id) = chronicle.what(event)
            && let Some(message) = chronicle.message(id)
            && past[usize::from(message.to)] > event
        {
            let from = &mut past[usize::from(message.from)];
            *from = (*from).max(message.sent + 1);
        }
        let all = |(past, silent): (&u32, &bool)| *silent || *past >= event;
        if event.is_multiple_of(LOOK) && past.iter().zip(&silent).all(all) {
            break;
        }
    }
    past
}

/// Goes on event by event, until every lane is reached.
fn future(chronicle: &Chronicle, spot: Spot) -> Vec<u32> {
    let mut future = vec![NEVER; chronicle.lanes.len()];
    future[usize::from(spot.lane)] = spot.event;
    let later = |lane: &&super::Lane| lane.events.last().is_some_and(|last| *last > spot.event);
    let mut left = chronicle.lanes.iter().filter(later).count();
    for event in spot.event..chronicle.events() {
        if left == 0 {
            break;
        }
        if let What::Delivered(id) = chronicle.what(event)
            && let Some(message) = chronicle.message(id)
            && future[usize::from(message.from)] <= message.sent
            && future[usize::from(message.to)] == NEVER
        {
            future[usize::from(message.to)] = event;
            left -= 1;
        }
    }
    future
}

impl Chronicle {
    /// What to ask about, for an event: the message for one that was lost, the lane it happened at
    /// for every other.
    pub fn focus(&self, event: u32) -> Option<Focus> {
        match self.what(event) {
            What::Lost(id) => Some(Focus::Message(id)),
            _ => match self.lane(event) {
                NOBODY => {
                    let first = self.message(self.sent_by(event).start)?;
                    let lane = first.from;
                    (first.sent == event).then_some(Focus::Event(Spot { event, lane }))
                }
                lane => Some(Focus::Event(Spot { event, lane })),
            },
        }
    }
}
