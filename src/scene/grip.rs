//! A message taken hold of and pulled along its path, and links that can be pointed at.

use crate::kernel::{NodeId, SimTime, Span};
use crate::sim::FlightNote;

use super::cluster::{ClusterScene, MESHED};
use super::flight::Link;
use super::glyph;
use super::layout::Layout;
use super::list::{Anchor, Face, Fill, List, Point, Segment, stroke};
use super::palette::Ink;
use super::text::{self, Lang, hands};

/// A shorter pull, as a share of the way, is none.
const STILL: f64 = 0.03;
/// Pulled as far as this it is delivered.
const HOME: f64 = 0.93;
/// Nothing is pulled back farther: it would take for ever.
const FARTHEST: f64 = 0.06;
/// Steps in which the nearest point of a path is looked for.
const STEPS: u32 = 64;

/// What a pull means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pull {
    /// It arrives so much later.
    Later(Span),
    /// It arrives now.
    Now,
}

/// A message under the hand.
#[derive(Clone, PartialEq, Debug)]
pub struct Grip {
    note: FlightNote,
    link: Link,
    /// How far it had come when it was taken, and where it is held now.
    taken: f64,
    share: f64,
}

impl Grip {
    /// Takes hold of the message of that number where it is drawn; `None` if it is not there any
    /// more, or will be lost anyhow.
    pub fn take(
        scene: &ClusterScene<'_>,
        layout: &Layout,
        flight: u64,
        place: Point,
    ) -> Option<Grip> {
        let flights = &scene.snapshot.flights;
        let note = flights.iter().find(|view| view.note.id == flight)?.note;
        if note.lost.is_some() {
            return None;
        }
        let link = Link::between(layout, note.from, note.to, scene)?;
        let taken = nearest(&link, place);
        Some(Grip { note, link, taken, share: taken })
    }

    /// The number of its flight.
    pub fn flight(&self) -> u64 {
        self.note.id
    }

    /// Pulls it towards a point of the stage.
    pub fn pull(&mut self, to: Point) {
        self.share = nearest(&self.link, to);
    }

    /// What letting go here means; `None` if it was hardly moved, or moved where it cannot go.
    pub fn meant(&self) -> Option<Pull> {
        if self.share >= HOME && self.share > self.taken + STILL {
            return Some(Pull::Now);
        }
        let held = self.note.due_at == SimTime::MAX;
        if held || self.share > self.taken - STILL {
            return None;
        }
        // Where it is now is as far as it will have come by now on its longer way.
        let ratio = (self.taken / self.share.max(FARTHEST)).max(1.0);
        let whole = self.note.due_at.since(self.note.sent_at).0;
        Some(Pull::Later(readable(Span((whole as f64 * (ratio - 1.0)) as u64))))
    }

    /// The message at the place it is pulled to, and what that means.
    pub fn draw(&self, list: &mut List, lang: Lang) {
        let face = self.note.face;
        let place = self.link.point(self.share);
        let path = stroke(glyph::hue(face.phase), 2.0).dashed(4.0, 4.0).round();
        list.path(self.link.whole(), Fill::None, Some(path));
        list.circle(place, 17.0, Fill::Solid(Ink::Canvas), Some(stroke(Ink::Ink, 1.5)));
        glyph::message(list, place, 1.2, face);
        let words = match self.meant() {
            Some(Pull::Later(by)) => hands::pulled_back(by),
            Some(Pull::Now) => lang.of(hands::PULLED_HOME).to_owned(),
            None => return,
        };
        let pen = list.text(place.by(0.0, -24.0), Anchor::Middle).halo(Ink::Canvas);
        let _ = pen.run(words, 13.0, Face::Bold, Ink::Ink);
    }
}

/// Two digits, the rest zero: what is pulled by eye is not exact.
fn readable(span: Span) -> Span {
    let mut unit = 1;
    while span.0 / unit >= 100 {
        unit *= 10;
    }
    // Whole microseconds at least.
    let unit = unit.max(1_000);
    Span((span.0 / unit).max(1) * unit)
}

/// How far along the link the point is that lies nearest.
fn nearest(link: &Link, to: Point) -> f64 {
    let shares = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
    let far = |share: &f64| link.point(*share).distance(to);
    shares.min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0.0)
}

/// The link between two nodes that comes within `reach` pixels of a point; `None` where links are
/// not drawn.
pub fn link_at(layout: &Layout, point: Point, reach: f64) -> Option<(NodeId, NodeId)> {
    let nodes = &layout.nodes;
    if nodes.len() < 2 || nodes.len() > 2 * MESHED {
        return None;
    }
    let mut best: Option<(f64, usize, usize)> = None;
    for (one, a) in nodes.iter().enumerate() {
        for (two, b) in nodes.iter().enumerate().skip(one + 1) {
            let far = distance(point, (a.place, b.place));
            if far <= reach && best.is_none_or(|(known, ..)| far < known) {
                best = Some((far, one, two));
            }
        }
    }
    best.map(|(_, one, two)| (NodeId::at(one), NodeId::at(two)))
}

/// How far a point is from a stretch between two others.
fn distance(point: Point, (a, b): (Point, Point)) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy).max(1e-9);
    a.towards(b, along.clamp(0.0, 1.0)).distance(point)
}

/// A link that is pointed at, or whose menu is open.
pub fn mark_link(list: &mut List, layout: &Layout, (one, two): (NodeId, NodeId)) {
    let place = |node: NodeId| layout.nodes.get(node.index()).map(|spot| spot.place);
    if let (Some(a), Some(b)) = (place(one), place(two)) {
        let edge = stroke(Ink::Ink, 2.0).alpha(0.45).round();
        list.path([Segment::Move(a), Segment::Line(b)], Fill::None, Some(edge));
    }
}

/// Links that lose or delay more than the network: dashed, with what differs.
pub(super) fn changed(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    let mut told: Vec<(NodeId, NodeId)> = Vec::new();
    for (from, to, own) in &scene.snapshot.links {
        let (Some(a), Some(b)) = (from.node(), to.node()) else { continue };
        let pair = (a.min(b), a.max(b));
        let places = (layout.nodes.get(a.index()), layout.nodes.get(b.index()));
        let (Some(one), Some(two)) = places else { continue };
        if told.contains(&pair) {
            continue;
        }
        told.push(pair);
        let edge = stroke(Ink::Slate, 2.0).dashed(3.0, 5.0).round().alpha(0.8);
        let line = [Segment::Move(one.place), Segment::Line(two.place)];
        list.path(line, Fill::None, Some(edge));
        let loss = own.loss.map(|loss| format!("−{loss}"));
        let delay = own.delay.as_ref().map(|delay| text::span(delay.typical()));
        let words: Vec<String> = loss.into_iter().chain(delay).collect();
        let pen = list.text(one.place.towards(two.place, 0.5).by(0.0, 4.0), Anchor::Middle);
        let _ = pen.halo(Ink::Canvas).run(words.join(" "), 11.0, Face::Mono, Ink::Ink2);
    }
}
