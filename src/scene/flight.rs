//! Messages in flight: position linear in virtual time, trail behind, dots ahead.

use crate::kernel::{Manner, Party, Phase, SimTime};
use crate::sim::{Cause, FlightNote, FlightView, Status};

use super::cluster::{ClusterScene, Frame, Pace, Target};
use super::glyph;
use super::layout::Layout;
use super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::palette::Ink;

/// Labels are drawn for all messages up to this many, else only for those of interest.
pub const LABELLED: usize = 12;
/// Above this many messages are small squares without trails.
pub const CROWD: usize = 300;
/// Above this many only a part of them is drawn, evenly chosen.
pub const MOST: usize = 3_000;

/// How far a link bows to the left of travel, as a share of its length.
const BOW: f64 = 0.15;
/// A message fades in over so many milliseconds of the wall.
const FADE_IN_MS: f64 = 80.0;
/// The ring on the receiver is seen this long.
const ARRIVAL_MS: f64 = 120.0;
/// The cross of a lost message grows this long, and fades over the second span.
const CROSS_MS: (f64, f64) = (160.0, 600.0);
/// Where on the link a held message is parked.
const PARKED: f64 = 0.32;

/// The curve between two ends, trimmed at their rims.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Link {
    from: Point,
    control: Point,
    to: Point,
}

impl Link {
    /// The curve from `from` to `to`; `None` if either is not on the stage.
    pub fn between(
        layout: &Layout,
        from: Party,
        to: Party,
        scene: &ClusterScene<'_>,
    ) -> Option<Link> {
        let (a, mut rim_a) = layout.end(from)?;
        let (b, mut rim_b) = layout.end(to)?;
        for (party, rim) in [(from, &mut rim_a), (to, &mut rim_b)] {
            if party.node().is_some_and(|id| scene.selection == Some(Target::Node(id))) {
                *rim += 12.0;
            }
        }
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let long = libm::hypot(dx, dy);
        if long < 1.0 {
            return None;
        }
        let bow = (BOW * long).min(62.0);
        let middle = a.towards(b, 0.5);
        let control = middle.by(dy / long * bow, -dx / long * bow);
        let start = a.towards(control, rim_a / a.distance(control).max(1.0));
        let end = b.towards(control, rim_b / b.distance(control).max(1.0));
        Some(Link { from: start, control, to: end })
    }

    /// The point `share` of the way along.
    pub fn point(&self, share: f64) -> Point {
        let first = self.from.towards(self.control, share);
        let second = self.control.towards(self.to, share);
        first.towards(second, share)
    }

    /// About how long it is, in pixels.
    fn long(&self) -> f64 {
        self.from.distance(self.to).max(1.0)
    }

    /// The whole curve.
    pub fn whole(&self) -> [Segment; 2] {
        [Segment::Move(self.from), Segment::Quad(self.control, self.to)]
    }

    /// The part up to `share` of the way.
    pub fn upto(&self, share: f64) -> [Segment; 2] {
        let control = self.from.towards(self.control, share);
        [Segment::Move(self.from), Segment::Quad(control, self.point(share))]
    }

    /// The part from `share` of the way on.
    pub fn rest(&self, share: f64) -> [Segment; 2] {
        let control = self.control.towards(self.to, share);
        [Segment::Move(self.point(share)), Segment::Quad(control, self.to)]
    }

    /// Where it meets the split, as a share of the way; the middle if it does not.
    fn meets(&self, layout: &Layout) -> f64 {
        const STEPS: u32 = 48;
        let Some(divide) = &layout.divide else { return 0.5 };
        let mut before = self.from;
        for step in 1..=STEPS {
            let share = f64::from(step) / f64::from(STEPS);
            let here = self.point(share);
            if divide.crosses(before, here) {
                return share - 0.5 / f64::from(STEPS);
            }
            before = here;
        }
        0.5
    }
}

/// Draws everything under way.
pub(super) struct FlightPen<'a, 'b> {
    scene: &'b ClusterScene<'a>,
    layout: &'b Layout,
    scale: f64,
}

impl<'a, 'b> FlightPen<'a, 'b> {
    pub(super) fn new(scene: &'b ClusterScene<'a>, layout: &'b Layout) -> Self {
        let radius = layout.nodes.first().map_or(32.0, |spot| spot.radius);
        let scale = (radius / 22.0).clamp(0.45, 1.0);
        FlightPen { scene, layout, scale }
    }

    pub(super) fn draw(&self, frame: &mut Frame) {
        let flights = &self.scene.snapshot.flights;
        if self.scene.options.pace == Pace::Max {
            return self.crowd(frame, flights);
        }
        if flights.len() > CROWD {
            self.crowd(frame, flights);
        } else {
            self.each(frame, flights);
        }
        if self.scene.ended.len() <= CROWD {
            for note in self.scene.ended {
                self.ended(&mut frame.live, note);
            }
        }
    }

    fn shows(&self, note: &FlightNote) -> bool {
        self.scene.options.heartbeats || note.face.manner != Manner::Beat
    }

    /// How far a message has come, as a share of its whole link.
    fn share(&self, note: &FlightNote, link: &Link) -> f64 {
        if note.due_at == SimTime::MAX {
            return PARKED;
        }
        if self.scene.options.reduced_motion {
            return if note.lost.is_some() { self.stop(note, link) } else { 0.5 };
        }
        let whole = note.due_at.since(note.sent_at).0.max(1) as f64;
        let gone = (self.scene.at.since(note.sent_at).0 as f64 / whole).min(1.0);
        if note.lost.is_some() { gone * self.stop(note, link) } else { gone }
    }

    /// Where a lost message stops.
    fn stop(&self, note: &FlightNote, link: &Link) -> f64 {
        match note.lost {
            // Sent before the split, it came all the way and was turned away at the end.
            Some(Cause::Cut) if note.sent_at < self.layout.groups.since() => 1.0,
            Some(Cause::Cut) => link.meets(self.layout),
            Some(Cause::Dead) => 1.0,
            Some(Cause::Chance | Cause::Dropped) | None => 0.5,
        }
    }

    fn each(&self, frame: &mut Frame, flights: &[FlightView]) {
        // Paths first, so that no sign is crossed by another message's path.
        let mut placed: Vec<(&FlightView, Link, f64)> = Vec::with_capacity(flights.len());
        for flight in flights.iter().filter(|flight| self.shows(&flight.note)) {
            let note = &flight.note;
            let Some(link) = Link::between(self.layout, note.from, note.to, self.scene) else {
                continue;
            };
            let mut share = self.share(note, &link);
            if note.due_at == SimTime::MAX {
                let same = |other: &&(&FlightView, Link, f64)| {
                    let other = &other.0.note;
                    (other.from, other.to, other.due_at) == (note.from, note.to, note.due_at)
                };
                let before = placed.iter().filter(same).count().min(6) as f64;
                share = (share + before * 34.0 / link.long()).min(0.92);
            }
            self.path(&mut frame.live, flight, &link, share, flights.len());
            placed.push((flight, link, share));
        }
        for (flight, link, share) in &placed {
            self.sign(frame, flight, link.point(*share));
        }
        if self.scene.options.labels && self.scene.options.pace == Pace::Calm {
            self.labels(frame, &placed);
        }
    }

    /// The solid trail and the dotted rest.
    fn path(&self, list: &mut List, flight: &FlightView, link: &Link, share: f64, all: usize) {
        let hue = glyph::hue(flight.note.face.phase);
        let marked = self.scene.marked(Target::Flight(flight.note.id));
        let dotted = stroke(hue, 1.25).dashed(1.0, 5.0).round();
        let quiet = flight.note.face.manner == Manner::Beat || all > 60;
        if flight.note.lost.is_none() && (!quiet || marked) {
            let faint = if marked { 0.8 } else { 0.4 };
            list.path(link.rest(share), Fill::None, Some(dotted.alpha(faint)));
        }
        if self.scene.options.reduced_motion {
            return list.path(link.whole(), Fill::None, Some(stroke(hue, 1.5).alpha(0.6)));
        }
        let trail = stroke(hue, if marked { 2.5 } else { 1.75 }).round();
        let trail = if all > 60 {
            trail.alpha(0.35)
        } else {
            trail.alpha(0.95).fading(link.from, link.point(share))
        };
        list.path(link.upto(share), Fill::None, Some(trail));
    }

    fn sign(&self, frame: &mut Frame, flight: &FlightView, place: Point) {
        let note = &flight.note;
        let age = self.scene.wall_since(note.sent_at).filter(|_| self.scene.playing);
        let alpha = age.map_or(1.0, |age| (age / FADE_IN_MS).clamp(0.15, 1.0));
        let marked = self.scene.marked(Target::Flight(note.id));
        let scale = if marked { self.scale * 1.2 } else { self.scale };
        if marked {
            let edge = stroke(Ink::Ink, 1.5);
            frame.live.circle(place, 15.0 * self.scale, Fill::None, Some(edge));
        }
        let held = note.due_at == SimTime::MAX;
        frame.live.faded(alpha, |list| {
            glyph::message(list, place, scale, note.face);
            if held {
                glyph::held(list, place.by(10.0 * scale, -9.0 * scale), scale);
            }
        });
        frame.flights.push((note.id, place));
    }

    /// True if this message is the visitor's concern: selected, pointed at, or of such a node.
    fn concerns(&self, note: &FlightNote) -> bool {
        let party = |party: Party| match party {
            Party::Node(id) => self.scene.marked(Target::Node(id)),
            Party::Client(id) => self.scene.marked(Target::Client(id)),
        };
        self.scene.marked(Target::Flight(note.id)) || party(note.from) || party(note.to)
    }

    fn labels(&self, frame: &mut Frame, placed: &[(&FlightView, Link, f64)]) {
        let asking = |flight: &FlightView| flight.note.face.manner != Manner::Beat;
        let all = placed.iter().filter(|(flight, ..)| asking(flight)).count() <= LABELLED;
        for (flight, link, share) in placed {
            let marked = self.scene.marked(Target::Flight(flight.note.id));
            let wanted = all && asking(flight) || self.concerns(&flight.note);
            if marked || (wanted && asking(flight)) {
                self.label(frame, flight, link, *share, marked);
            }
        }
    }

    /// Name and detail beside the sign, on the outer side of the bow unless something stands there.
    fn label(&self, frame: &mut Frame, flight: &FlightView, link: &Link, share: f64, must: bool) {
        let note = &flight.note;
        let brief = self.scene.brief;
        let detail = if brief { "" } else { flight.detail.as_str() };
        // A client's request is told by what it asks; every other message by its name.
        let (name, detail) = if note.face.phase == Phase::Client && !flight.detail.is_empty() {
            (flight.detail.as_str(), "")
        } else {
            (note.face.name, detail)
        };
        let mut wide = width_of(name, 12.0, Face::Plain);
        if !detail.is_empty() {
            wide += 4.0 + width_of(detail, 11.0, Face::Mono);
        }
        let place = link.point(share);
        let Some((start, anchor)) = self.label_place(frame, link, place, wide, must) else {
            return;
        };
        let ink = glyph::hue_text(note.face.phase);
        let pen = frame.live.text(start, anchor).halo(Ink::Canvas);
        let pen = pen.run(name, 12.0, Face::Plain, ink);
        let _ = pen.spaced(4.0, detail, 11.0, Face::Mono, Ink::Ink3);
    }

    /// Tries the outer side of the bow, the inner side, above and below.
    fn label_place(
        &self,
        frame: &mut Frame,
        link: &Link,
        place: Point,
        wide: f64,
        must: bool,
    ) -> Option<(Point, Anchor)> {
        let (dx, dy) = (link.to.x - link.from.x, link.to.y - link.from.y);
        let outer_x = dy; // The left of travel is (dy, -dx) with the y axis down.
        let outer_y = -dx;
        let away = 15.0 * self.scale.max(0.8);
        let right = (place.by(away, 4.0), Anchor::Start);
        let left = (place.by(-away, 4.0), Anchor::End);
        let over = (place.by(0.0, -away - 0.5), Anchor::Middle);
        let under = (place.by(0.0, away + 9.5), Anchor::Middle);
        let (beside, other) = if outer_x >= 0.0 { (right, left) } else { (left, right) };
        let (near, far) = if outer_y <= 0.0 { (over, under) } else { (under, over) };
        let tries = if libm::fabs(outer_x) > libm::fabs(outer_y) {
            [beside, near, far, other]
        } else {
            [near, beside, far, other]
        };
        let free = tries
            .iter()
            .find(|(start, anchor)| self.is_free(frame, place, boxed(*start, *anchor, wide)));
        let chosen = free.or(if must { tries.first() } else { None })?;
        frame.taken.push(boxed(chosen.0, chosen.1, wide));
        Some(*chosen)
    }

    fn is_free(&self, frame: &Frame, own: Point, (low, high): (Point, Point)) -> bool {
        let inside = low.x >= 2.0
            && low.y >= 2.0
            && high.x <= self.layout.width - 2.0
            && high.y <= self.layout.height - 2.0;
        let apart = |centre: Point, reach: f64| {
            let x = centre.x.min(high.x).max(low.x);
            let y = centre.y.min(high.y).max(low.y);
            centre.distance(at(x, y)) >= reach
        };
        inside
            && self.layout.nodes.iter().all(|spot| apart(spot.place, spot.ring() + 2.0))
            && self.layout.clients.iter().all(|door| apart(door.place, door.half))
            && frame.flights.iter().all(|(_, place)| *place == own || apart(*place, 9.0))
            && frame
                .taken
                .iter()
                .all(|(a, b)| high.x < a.x || b.x < low.x || high.y < a.y || b.y < low.y)
    }

    /// A message that has just ended: a ring on the receiver, or a cross where it was lost.
    fn ended(&self, list: &mut List, note: &FlightNote) {
        if !self.shows(note) && note.lost.is_none() {
            return;
        }
        let Some(link) = Link::between(self.layout, note.from, note.to, self.scene) else { return };
        let age = self.scene.wall_since(note.due_at);
        let hue = glyph::hue(note.face.phase);
        if note.lost.is_none() {
            let age = age.filter(|age| self.scene.playing && *age < ARRIVAL_MS);
            if let (Some(age), Pace::Calm) = (age, self.scene.options.pace) {
                self.arrival(list, note, hue, age / ARRIVAL_MS);
            }
            return;
        }
        let (grown, alpha) = match age {
            Some(age) if age > CROSS_MS.0 + CROSS_MS.1 => return,
            Some(_) if !self.scene.playing => (1.0, 1.0),
            Some(age) => {
                let grown = 0.6 + 0.4 * (age / CROSS_MS.0).min(1.0);
                (grown, 1.0 - ((age - CROSS_MS.0) / CROSS_MS.1).clamp(0.0, 1.0))
            }
            None => (1.0, 1.0),
        };
        let share = self.stop(note, &link);
        let place = link.point(share);
        list.faded(alpha, |list| {
            let trail = stroke(hue, 1.75).round().alpha(0.5).fading(link.from, place);
            list.path(link.upto(share), Fill::None, Some(trail));
            glyph::cross(list, place, grown * self.scale, hue, Ink::Canvas);
        });
    }

    fn arrival(&self, list: &mut List, note: &FlightNote, hue: Ink, share: f64) {
        let Party::Node(id) = note.to else { return };
        let up = |status: &Status| !matches!(status, Status::Crashed(_));
        let nodes = &self.scene.snapshot.nodes;
        if !nodes.get(id.index()).is_some_and(|node| up(&node.status)) {
            return;
        }
        let Some(spot) = self.layout.nodes.get(id.index()) else { return };
        let edge = stroke(hue, 2.0).alpha(1.0 - share);
        list.circle(spot.place, spot.ring() + 2.0 + 6.0 * share, Fill::None, Some(edge));
    }

    /// Many messages: one small square each, one shape per hue; of very many only some.
    fn crowd(&self, frame: &mut Frame, flights: &[FlightView]) {
        let skip = flights.len().div_ceil(MOST).max(1);
        let side = if flights.len() > CROWD { 4.0 } else { 5.0 };
        let pace = self.scene.options.pace;
        for phase in [Phase::Replication, Phase::Election, Phase::Client] {
            let some = flights
                .iter()
                .step_by(skip)
                .filter(|flight| flight.note.face.phase == phase && self.shows(&flight.note));
            let links = some.filter_map(|flight| {
                let note = &flight.note;
                let link = Link::between(self.layout, note.from, note.to, self.scene)?;
                Some((note, link))
            });
            let ink = glyph::hue(phase);
            if pace == Pace::Max {
                let lines = links.flat_map(|(_, link)| link.whole());
                frame.live.path(lines, Fill::None, Some(stroke(ink, 1.25).alpha(0.35)));
                continue;
            }
            let boxes = links.map(|(note, link)| {
                let place = link.point(self.share(note, &link));
                Segment::Box(place.by(-side / 2.0, -side / 2.0), side, side)
            });
            frame.live.path(boxes, Fill::Solid(ink), None);
        }
        for flight in flights {
            let note = &flight.note;
            let marked = self.scene.marked(Target::Flight(note.id));
            if let (true, Some(link)) =
                (marked, Link::between(self.layout, note.from, note.to, self.scene))
            {
                self.sign(frame, flight, link.point(self.share(note, &link)));
            }
        }
    }
}

/// The box of a label: upper left and lower right corner.
fn boxed(start: Point, anchor: Anchor, wide: f64) -> (Point, Point) {
    let left = match anchor {
        Anchor::Start => start.x,
        Anchor::Middle => start.x - wide / 2.0,
        Anchor::End => start.x - wide,
    };
    (at(left - 2.0, start.y - 11.0), at(left + wide + 2.0, start.y + 4.0))
}
