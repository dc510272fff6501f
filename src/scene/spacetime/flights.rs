//! Messages as slanted lines: solid asks, dashed answers, thin heartbeats, a cross where one is
//! lost.

use crate::check::chronicle::{Cone, Focus, Message, NEVER, Spot, What};
use crate::kernel::{Face as Kind, Manner, SimTime};
use crate::sim::Cause;

use super::super::glyph;
use super::super::list::{Anchor, Face, Fill, List, Point, Segment, Stroke, at, stroke, width_of};
use super::super::palette::Ink;
use super::super::text::cause;
use super::batch::Batch;
use super::ground::{GUTTER, Ground};
use super::{Look, MOST};

/// With more messages heads are left out.
const HEADS: usize = 500;
/// With more messages than this no sign is drawn on them.
const SIGNED: usize = 60;
/// Most words written beside messages.
const NAMED: usize = 14;
/// The same words are not written again nearer than this many pixels.
const AGAIN: f64 = 320.0;

/// How a message ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Arrived,
    Lost(Cause),
    /// It is still on its way when the run ends.
    Open,
}

/// A message with its place in the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) id: u32,
    pub(super) from: Point,
    pub(super) to: Point,
    kind: Kind,
    end: End,
    lit: bool,
    /// It belongs to the chain of triggers.
    chain: bool,
    /// Its end is in the picture.
    ends: bool,
}

impl Flight {
    /// How far a point is from the line, in pixels.
    pub(super) fn far(&self, point: Point) -> f64 {
        let (dx, dy) = (self.to.x - self.from.x, self.to.y - self.from.y);
        let along = (point.x - self.from.x) * dx + (point.y - self.from.y) * dy;
        let share = (along / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
        self.from.towards(self.to, share).distance(point)
    }
}

/// Finds the messages of the window. Returns of how many these are a choice, or 0 if they are all.
pub(super) fn gather(flights: &mut Vec<Flight>, look: &Look<'_>, ground: &Ground) -> usize {
    flights.clear();
    let window = look.chronicle.window(look.view.from, look.view.to);
    let (sent, before) = look.chronicle.on_the_way(&window, MOST / 4);
    // A power of two, so that what is chosen stays the same while the window moves.
    let stride = sent.len().div_ceil(MOST).next_power_of_two();
    let first = sent.start.next_multiple_of(stride as u32);
    let chosen = (first..sent.end).step_by(stride);
    for id in before.into_iter().chain(chosen) {
        flights.extend(flight(look, ground, id));
    }
    if stride == 1 {
        return 0;
    }
    // What is asked about is never left out.
    let chain = look.cone.into_iter().flat_map(Cone::why);
    let asked = chain.filter_map(|spot| triggered_by(look, *spot));
    let asked: Vec<u32> = asked.filter(|id| !id.is_multiple_of(stride as u32)).collect();
    for id in asked {
        flights.extend(flight(look, ground, id));
    }
    sent.len()
}

/// The message whose handling was this event.
fn triggered_by(look: &Look<'_>, spot: Spot) -> Option<u32> {
    match look.chronicle.what(spot.event) {
        What::Delivered(id) => Some(id),
        _ => None,
    }
}

/// A message as a line; `None` if nothing of it is to be seen.
fn flight(look: &Look<'_>, ground: &Ground, id: u32) -> Option<Flight> {
    let message = look.chronicle.message(id).filter(|message| look.shows(message.kind))?;
    let kind = look.chronicle.kinds().get(usize::from(message.kind))?.face;
    let (start, y) = (look.chronicle.time(message.sent), ground.y(message.from));
    let (end, goal, stop) = end(look, ground, &message);
    let (from, to) = (at(ground.x(start), y), at(ground.x(goal), stop));
    let seen = clip(from, to, ground)?;
    let chain = look.cone.is_some_and(|cone| {
        cone.focus == Focus::Message(id)
            || cone.why().iter().any(|spot| {
                (spot.event, spot.lane) == (message.ended, message.to) && message.lost.is_none()
            })
    });
    let ends = (seen.1.x - to.x).abs() < 0.5 && ground.shows(to.by(0.0, -1.0));
    Some(Flight { id, from: seen.0, to: seen.1, kind, end, lit: look.lit(id), chain, ends })
}

/// How it ended, when, and how far down.
fn end(look: &Look<'_>, ground: &Ground, message: &Message) -> (End, SimTime, f64) {
    let (a, b) = (ground.y(message.from), ground.y(message.to));
    if message.ended == NEVER {
        let typical = look.chronicle.transit();
        return (End::Open, look.chronicle.time(message.sent) + typical, a + (b - a) * 0.6);
    }
    let when = look.chronicle.time(message.ended);
    match message.lost {
        None => (End::Arrived, when, b),
        Some(Cause::Dead) => (End::Lost(Cause::Dead), when, b),
        Some(Cause::Cut) => (End::Lost(Cause::Cut), when, cut(look, ground, message)),
        Some(why) => (End::Lost(why), when, f64::midpoint(a, b)),
    }
}

/// The hatch it ran into: the first one on its way.
fn cut(look: &Look<'_>, ground: &Ground, message: &Message) -> f64 {
    let (a, b) = (message.from, message.to);
    let begun = look.chronicle.gaps().partition_point(|gap| gap.from <= message.ended);
    let met = look.chronicle.gaps()[..begun]
        .iter()
        .rev()
        .take(400)
        .filter(|gap| (a.min(b)..a.max(b)).contains(&gap.above) && gap.to >= message.ended);
    let nearest = met.min_by_key(|gap| if a < b { gap.above } else { u16::MAX - gap.above });
    match nearest {
        Some(gap) => f64::midpoint(ground.y(gap.above), ground.y(gap.above + 1)),
        None => f64::midpoint(ground.y(a), ground.y(b)),
    }
}

/// The part of a line that lies between the edges.
fn clip(from: Point, to: Point, ground: &Ground) -> Option<(Point, Point)> {
    let (left, right) = (GUTTER, ground.end());
    if to.x < left || from.x > right || (from.y.max(to.y)) < 0.0 {
        return None;
    }
    if from.y.min(to.y) > ground.height {
        return None;
    }
    let long = (to.x - from.x).max(1e-9);
    let start = if from.x < left { from.towards(to, (left - from.x) / long) } else { from };
    let end = if to.x > right { from.towards(to, (right - from.x) / long) } else { to };
    Some((start, end))
}

fn pen(flight: &Flight, all: usize) -> Stroke {
    let hue = glyph::hue(flight.kind.phase);
    let wide = if all > HEADS { 0.8 } else { 1.5 };
    // A crowd of lines must not hide the lanes.
    let hint = if all > HEADS { 0.6 } else { 1.0 };
    match (flight.kind.manner, flight.end) {
        (_, End::Open) => stroke(hue, wide).dashed(1.5, 4.0),
        (Manner::Beat, _) => stroke(hue, wide * 0.7).alpha(0.75 * hint),
        (Manner::Ask, _) => stroke(hue, wide).alpha(hint),
        (Manner::Grant | Manner::Refuse, _) => stroke(hue, wide).dashed(5.0, 3.0).alpha(hint),
    }
}

/// Lines, heads and crosses.
pub(super) fn draw(list: &mut List, look: &Look<'_>, flights: &[Flight]) {
    let all = flights.len();
    let (mut lines, mut ends) = (Batch::default(), Batch::default());
    for flight in flights.iter().filter(|flight| flight.chain) {
        let band = stroke(Ink::RedTint, 9.0).round();
        lines.line(flight.from, flight.to, band, 1.0);
    }
    for flight in flights {
        let alpha = if flight.lit { 1.0 } else { 0.15 };
        let pen = pen(flight, all);
        let pen = if flight.chain { Stroke { width: 2.2, ..pen } } else { pen };
        lines.line(flight.from, flight.to, pen, alpha);
        if !flight.ends {
            continue;
        }
        match flight.end {
            End::Arrived if all <= HEADS || (flight.lit && look.picks()) => {
                head(&mut ends, flight, alpha);
            }
            End::Lost(_) => cross(&mut ends, flight, alpha),
            End::Arrived | End::Open => {}
        }
    }
    lines.draw(list);
    ends.draw(list);
}

/// Solid where something is asked, hollow where it is answered.
fn head(batch: &mut Batch, flight: &Flight, alpha: f64) {
    let long = flight.from.distance(flight.to);
    if long < 3.0 {
        return;
    }
    let beat = flight.kind.manner == Manner::Beat;
    let (size, half) = if beat { (6.0, 2.6) } else { (8.5, 3.8) };
    let (dx, dy) = ((flight.to.x - flight.from.x) / long, (flight.to.y - flight.from.y) / long);
    let back = flight.to.by(-dx * size, -dy * size);
    let outline = [
        Segment::Move(flight.to),
        Segment::Line(back.by(-dy * half, dx * half)),
        Segment::Line(back.by(dy * half, -dx * half)),
        Segment::Close,
    ];
    let hue = glyph::hue(flight.kind.phase);
    match flight.kind.manner {
        Manner::Ask | Manner::Beat => batch.add(Fill::Solid(hue), None, alpha, outline),
        Manner::Grant | Manner::Refuse => {
            batch.add(Fill::Solid(Ink::Canvas), Some(stroke(hue, 1.2)), alpha, outline);
        }
    }
}

fn cross(batch: &mut Batch, flight: &Flight, alpha: f64) {
    let (place, h) = (flight.to, if flight.kind.manner == Manner::Beat { 2.6 } else { 3.6 });
    let edge = Some(stroke(glyph::hue(flight.kind.phase), 1.8).round());
    let outline = [
        Segment::Move(place.by(-h, -h)),
        Segment::Line(place.by(h, h)),
        Segment::Move(place.by(h, -h)),
        Segment::Line(place.by(-h, h)),
    ];
    batch.add(Fill::None, edge, alpha, outline);
}

/// The signs of kinds, and names where there is room.
pub(super) fn signs(list: &mut List, look: &Look<'_>, ground: &Ground, flights: &[Flight]) {
    let telling = |flight: &&Flight| flight.kind.manner != Manner::Beat && flight.lit;
    let telling: Vec<&Flight> = flights.iter().filter(telling).collect();
    if telling.len() > SIGNED {
        return;
    }
    let mut boxes: Vec<(Point, Point)> = Vec::new();
    for flight in &telling {
        if flight.from.distance(flight.to) > 40.0 {
            let place = flight.from.towards(flight.to, 0.5);
            glyph::message(list, place, 0.6, flight.kind);
            boxes.push((place.by(-7.0, -7.0), place.by(7.0, 7.0)));
        }
    }
    let (mut written, mut said) = (0, Vec::new());
    for (place, flight) in telling.iter().enumerate() {
        let alike = |other: &&Flight| same_burst(look, flight, other);
        if written >= NAMED || telling[..place].iter().any(|other| alike(other)) {
            continue;
        }
        let count = telling[place..].iter().filter(|other| alike(other)).count();
        let room = (&mut boxes, &mut said);
        written += usize::from(name(list, look, (flight, count, ground.width - 4.0), room));
    }
}

/// Messages of one kind, sent at once, that ended alike.
fn same_burst(look: &Look<'_>, one: &Flight, other: &Flight) -> bool {
    let sent = |flight: &Flight| look.chronicle.message(flight.id).map(|message| message.sent);
    one.kind == other.kind && one.end == other.end && sent(one) == sent(other)
}

/// Writes the name of a message, or of several alike, if it meets nothing. True if it did.
fn name(
    list: &mut List,
    look: &Look<'_>,
    (flight, count, edge): (&Flight, usize, f64),
    (boxes, said): (&mut Vec<(Point, Point)>, &mut Vec<(String, f64)>),
) -> bool {
    let mut words = String::new();
    if count > 1 {
        words = format!("{count} ");
    }
    words.push_str(flight.kind.name);
    let lost = if let End::Lost(why) = flight.end { Some(why) } else { None };
    if let Some(why) = lost {
        words.push_str(look.lang.pick(", ", "，"));
        words.push_str(cause(look.lang, why));
    }
    let middle = flight.from.towards(flight.to, 0.5);
    let place = if lost.is_some() { flight.to.by(9.0, 4.0) } else { middle.by(9.0, 4.0) };
    let wide = width_of(&words, 11.0, Face::Plain);
    let place = if place.x + wide > edge { place.by(-wide - 18.0, 0.0) } else { place };
    // The same words again and again say nothing new.
    let again = |(other, x): &(String, f64)| *other == words && (x - place.x).abs() < AGAIN;
    if said.iter().any(again) {
        return false;
    }
    let area = (place.by(0.0, -10.0), place.by(wide, 3.0));
    let meets = |other: &(Point, Point)| {
        area.0.x < other.1.x && other.0.x < area.1.x && area.0.y < other.1.y && other.0.y < area.1.y
    };
    if boxes.iter().any(meets) {
        return false;
    }
    boxes.push(area);
    said.push((words.clone(), place.x));
    let pen = list.text(place, Anchor::Start).halo(Ink::Canvas);
    let _ = pen.run(words, 11.0, Face::Plain, glyph::hue_text(flight.kind.phase));
    true
}
