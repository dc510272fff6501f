//! The space-time diagram: a line for each node, time to the right, messages slanting between them.
//!
//! [`Diagram::draw`] fills two lists: `base` changes with the window and with what is asked about,
//! `live` with the playhead. The cost of a picture is bounded by what a picture can show, not by
//! how long the run is: see [`MOST`].

mod batch;
mod flights;
mod ground;
mod lanes;
mod over;
mod view;
mod words;

pub use ground::{GUTTER, RIGHT, STRIP, height_of};
pub use view::View;
pub use words::{ConeWords, Line, cone_words, describe, line, lines};

use crate::check::chronicle::{Chronicle, Cone, Focus, Query, Spot};
use crate::kernel::SimTime;

use super::list::{Fill, List, Point, at, stroke};
use super::palette::Ink;
use super::svg::{self, Colours};
use super::text::{Label, Lang};
use flights::Flight;
use ground::Ground;

/// Of more messages than this in a window only some are drawn, evenly chosen.
pub const MOST: usize = 1_500;
/// Kinds that can be hidden.
const KINDS: usize = 64;
/// So near to something, in pixels, a press means it.
const NEAR: f64 = 8.0;

/// What is drawn, and how.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// What happened.
    pub chronicle: &'a Chronicle,
    /// Names of the nodes, by index.
    pub names: &'a [String],
    /// The letter before the number of an era.
    pub era: &'a str,
    /// The language.
    pub lang: Lang,
    /// The playhead.
    pub at: SimTime,
    /// Which part of the run.
    pub view: View,
    /// Kinds of messages that are left out: a bit for each place in [`Chronicle::kinds`].
    pub hidden: u64,
    /// What led to something and what came of it: everything else is pale.
    pub cone: Option<&'a Cone>,
    /// What is searched for: everything else is pale.
    pub query: Option<&'a Query>,
    /// What is pointed at.
    pub hover: Option<Focus>,
    /// What was done from outside, in words, by its place in the recipe.
    pub deed: &'a dyn Fn(u32) -> Option<String>,
}

impl<'a> Look<'a> {
    /// The plain diagram of a chronicle.
    pub fn new(chronicle: &'a Chronicle, names: &'a [String], view: View, at: SimTime) -> Look<'a> {
        Look {
            chronicle,
            names,
            era: "",
            lang: Lang::En,
            at,
            view,
            hidden: 0,
            cone: None,
            query: None,
            hover: None,
            deed: &|_| None,
        }
    }

    /// Messages of this kind are shown.
    pub fn shows(&self, kind: u8) -> bool {
        usize::from(kind) >= KINDS || self.hidden >> kind & 1 == 0
    }

    /// Something is asked about or searched for.
    fn picks(&self) -> bool {
        self.cone.is_some() || self.query.is_some()
    }

    /// The message is what is asked about or searched for, if anything is.
    fn lit(&self, id: u32) -> bool {
        self.cone.is_none_or(|cone| cone.carries(self.chronicle, id))
            && self.query.is_none_or(|query| query.message(self.chronicle, id))
    }

    /// The event is what is asked about or searched for, if anything is.
    fn lit_at(&self, spot: Spot) -> bool {
        self.cone.is_none_or(|cone| cone.led_here(spot) || cone.comes_of(spot))
            && self.query.is_none_or(|query| query.event(self.chronicle, spot.event))
    }

    /// The name of a lane.
    pub fn name(&self, lane: u16) -> String {
        let nodes = usize::from(self.chronicle.nodes());
        match self.names.get(usize::from(lane)) {
            Some(name) if usize::from(lane) < nodes => name.clone(),
            _ => format!("c{}", usize::from(lane) + 1 - nodes.min(usize::from(lane))),
        }
    }

    /// The last event at or before the playhead.
    pub fn event(&self) -> u32 {
        self.chronicle.window(SimTime::ZERO, self.at).end.saturating_sub(1)
    }
}

/// The diagram as lists of shapes, and what a point of it means.
#[derive(Default)]
pub struct Diagram {
    /// What changes with the window.
    pub base: List,
    /// What changes with the playhead.
    pub live: List,
    flights: Vec<Flight>,
    dots: Vec<(Point, Spot)>,
    /// Of so many messages in the window only some are drawn; 0 if all are.
    pub thinned: usize,
}

impl Diagram {
    /// Draws everything for a picture of this size.
    pub fn draw(&mut self, look: &Look<'_>, size: (f64, f64)) {
        let ground = Ground::of(look, size);
        self.draw_base(look, &ground);
        self.draw_live(look, size);
    }

    fn draw_base(&mut self, look: &Look<'_>, ground: &Ground) {
        let list = &mut self.base;
        list.clear();
        list.rect(at(0.0, 0.0), (ground.width, ground.height), 0.0, Fill::Solid(Ink::Canvas), None);
        ground.grid(list);
        lanes::draw(list, look, ground);
        self.thinned = flights::gather(&mut self.flights, look, ground);
        flights::draw(list, look, &self.flights);
        self.dots.clear();
        lanes::events(list, &mut self.dots, look, ground);
        lanes::eras(list, look, ground);
        flights::signs(list, look, ground, &self.flights);
        ground.strip(list);
        if self.thinned > 0 {
            let words = words::thinned(look.lang, self.flights.len(), self.thinned);
            let place = at(ground.width - RIGHT, ground.height - 6.0);
            let pen = list.text(place, super::list::Anchor::End).halo(Ink::Canvas);
            let _ = pen.run(words, 11.0, super::list::Face::Plain, Ink::Ink3);
        }
    }

    /// Draws only what changes with the playhead and the pointer.
    pub fn draw_live(&mut self, look: &Look<'_>, size: (f64, f64)) {
        let ground = Ground::of(look, size);
        self.live.clear();
        over::draw(&mut self.live, look, &ground);
        for focus in [look.cone.map(|cone| cone.focus), look.hover].into_iter().flatten() {
            self.mark(look, &ground, focus);
        }
    }

    /// A ring around an event, a thicker line for a message.
    fn mark(&mut self, look: &Look<'_>, ground: &Ground, focus: Focus) {
        match focus {
            Focus::Event(spot) => {
                let x = ground.x(look.chronicle.time(spot.event));
                let place = at(x, ground.y(spot.lane));
                if ground.shows(place) {
                    let ring = Some(stroke(Ink::Ink, 2.0));
                    self.live.circle(place, 6.5, Fill::None, ring);
                }
            }
            Focus::Message(id) => {
                if let Some(flight) = self.flights.iter().find(|flight| flight.id == id) {
                    self.live.line(flight.from, flight.to, stroke(Ink::Ink, 3.0).round());
                }
            }
        }
    }

    /// What is at this point: an event if one is near, else a message.
    pub fn hit(&self, point: Point) -> Option<Focus> {
        let near = |best: Option<(f64, Focus)>, (distance, focus): (f64, Focus)| match best {
            Some((known, _)) if known <= distance => best,
            _ if distance <= NEAR => Some((distance, focus)),
            _ => best,
        };
        let dots = self.dots.iter().map(|(place, spot)| (place.distance(point), *spot));
        let event = dots.map(|(far, spot)| (far, Focus::Event(spot))).fold(None, near);
        let lines = self.flights.iter().map(|flight| (flight.far(point), flight.id));
        let message = lines.map(|(far, id)| (far, Focus::Message(id))).fold(None, near);
        event.or(message).map(|(_, focus)| focus)
    }
}

/// The diagram as a picture that stands alone.
pub fn svg(look: &Look<'_>, size: (f64, f64), colours: Colours) -> String {
    let mut diagram = Diagram::default();
    diagram.draw(look, size);
    let title = Label::SpaceTime.text(look.lang);
    svg::write(&[&diagram.base, &diagram.live], size, title, colours)
}
