//! A node: its shape by role and status, its rings, its words.

use std::f64::consts::FRAC_PI_3;

use crate::kernel::{Cell, NodeCard, Role};
use crate::sim::{NodeView, Status, TimerView};

use super::cluster::ClusterScene;
use super::glyph;
use super::layout::{Depth, Side, Spot};
use super::list::{Anchor, Face, Fill, List, Pen, Point, Segment, at, stroke, width_of};
use super::palette::Ink;
use super::text;

/// Entries of the log shown beside a node.
const LOG_SHOWN: usize = 6;
/// Side of a cell of the log.
const CELL: f64 = 17.0;
/// From one cell to the next.
const CELL_STEP: f64 = 19.5;
/// Size of the role under a node.
const ROLE_SIZE: f64 = 12.5;

/// What is drawn of one node.
pub(super) struct NodePen<'a, 'b> {
    pub(super) scene: &'b ClusterScene<'a>,
    pub(super) node: &'b NodeView,
    pub(super) spot: Spot,
    pub(super) depth: Depth,
    pub(super) selected: bool,
    pub(super) near: bool,
}

impl NodePen<'_, '_> {
    pub(super) fn draw(&self, list: &mut List) {
        if self.depth == Depth::Dot {
            return self.dot(list);
        }
        self.rings(list);
        self.shape(list);
        self.badges(list);
        if self.depth >= Depth::Label {
            self.label(list);
        }
    }

    fn up(&self) -> bool {
        !matches!(self.node.status, Status::Crashed(_))
    }

    fn dot(&self, list: &mut List) {
        let Spot { place, radius, .. } = self.spot;
        let (fill, edge) = match (self.up(), self.node.role) {
            (false, _) => (Fill::None, Some(stroke(Ink::Ink3, 1.2).dashed(2.0, 2.0))),
            (true, Role::Leader) => (Fill::Solid(Ink::Blue), None),
            (true, Role::Candidate) => (Fill::Solid(Ink::Amber), None),
            (true, _) => (Fill::Solid(Ink::Surface), Some(stroke(Ink::Slate, 1.5))),
        };
        let radius = if self.node.role == Role::Leader { radius + 2.0 } else { radius };
        list.circle(place, radius, fill, edge);
        if self.selected {
            list.circle(place, radius + 4.0, Fill::None, Some(stroke(Ink::Ink, 1.5)));
        }
    }

    /// The timer ring, the ring of an isolation, the selection.
    fn rings(&self, list: &mut List) {
        let Spot { place, .. } = self.spot;
        let ring = self.spot.ring();
        let width = if self.spot.radius >= 20.0 { 3.0 } else { 2.0 };
        if let Some(timer) = self.timer().filter(|_| self.up()) {
            list.circle(place, ring, Fill::None, Some(stroke(Ink::Line, width)));
            let left = left_of(timer, self.scene.at.0);
            if left > 0.004 {
                list.arc(place, ring, 0.0..left, stroke(self.ring_ink(), width).round());
            }
        }
        if self.node.isolated {
            let hatch = stroke(Ink::Ink3, 6.0).dashed(1.6, 3.2).alpha(0.75);
            list.circle(place, ring + 7.5, Fill::None, Some(hatch));
        }
        let over = if self.node.isolated { 14.5 } else { 7.0 };
        if self.selected {
            list.circle(place, ring + over, Fill::None, Some(stroke(Ink::Ink, 1.5)));
        } else if self.near {
            list.circle(place, ring + over, Fill::None, Some(stroke(Ink::Line2, 1.5)));
        }
    }

    /// The timer that matters for the part the node plays.
    fn timer(&self) -> Option<&TimerView> {
        let named = |word: &str| self.node.timers.iter().find(|timer| timer.name.contains(word));
        let word = if self.node.role == Role::Leader { "heartbeat" } else { "election" };
        named(word).or_else(|| self.node.timers.first())
    }

    fn ring_ink(&self) -> Ink {
        match self.node.role {
            Role::Leader => Ink::Blue,
            Role::Candidate => Ink::Amber,
            Role::Follower | Role::Balancer | Role::Server => Ink::Slate,
        }
    }

    fn shape(&self, list: &mut List) {
        let Spot { place, radius, .. } = self.spot;
        if !self.up() {
            return self.crashed(list);
        }
        let share = radius / 32.0;
        let paused = matches!(self.node.status, Status::Paused(_));
        match self.node.role {
            Role::Leader => {
                let edge = stroke(Ink::Blue, 8.0 * share);
                list.path(hexagon(place, radius - 1.0), Fill::Solid(Ink::Blue), Some(edge));
                let scale = share.max(0.3);
                glyph::crown(list, place.by(0.0, -0.41 * radius), scale, Ink::OnBlue);
                self.name(list, 0.42 * radius, Ink::OnBlue);
            }
            Role::Candidate => {
                let edge = stroke(Ink::Amber, 2.5 * share.max(0.7));
                let inside = Fill::Solid(Ink::AmberTint);
                list.path(diamond(place, radius * 1.125), inside, Some(edge));
                self.name(list, self.middle(), Ink::AmberText);
            }
            Role::Follower | Role::Balancer | Role::Server => {
                let inside = if paused { Ink::Sunken } else { Ink::Surface };
                let edge = stroke(Ink::Slate, 2.0 * share.max(0.7));
                list.circle(place, radius, Fill::Solid(inside), Some(edge));
                self.name(list, self.middle(), Ink::Ink);
            }
        }
        match self.node.role {
            // The crown and the name fill the hexagon: the bars stand at its corner.
            Role::Leader if paused => {
                let corner = self.spot.ring() * std::f64::consts::FRAC_1_SQRT_2;
                glyph::held(list, place.by(-corner, -corner), share.max(0.5) * 1.6);
            }
            _ if paused => {
                glyph::bars(list, place.by(0.0, 0.42 * radius), share.max(0.5), Ink::Ink);
            }
            _ => {}
        }
    }

    fn crashed(&self, list: &mut List) {
        let Spot { place, radius, .. } = self.spot;
        list.circle(place, radius, Fill::Solid(Ink::Canvas), None);
        let edge = stroke(Ink::Ink3, 1.6).dashed(3.0, 4.0);
        list.circle(place, radius, Fill::Hatch(Ink::Ink3, 1.2, 0.35), Some(edge));
        let z = radius * 0.54;
        let arms = [
            Segment::Move(place.by(-z, -z)),
            Segment::Line(place.by(z, z)),
            Segment::Move(place.by(z, -z)),
            Segment::Line(place.by(-z, z)),
        ];
        let line = stroke(Ink::Ink3, 1.8).round().alpha(0.7);
        list.path(arms, Fill::None, Some(line));
        self.write_name(list, self.middle(), Ink::Ink3, true);
    }

    fn name_size(&self) -> f64 {
        match self.spot.radius {
            radius if radius > 24.0 => 17.0,
            radius if radius > 19.0 => 15.0,
            radius => (radius * 0.78).max(8.0),
        }
    }

    /// From the centre to the base line of a name that stands in the middle.
    fn middle(&self) -> f64 {
        self.name_size() * 0.355
    }

    fn name(&self, list: &mut List, down: f64, ink: Ink) {
        self.write_name(list, down, ink, false);
    }

    fn write_name(&self, list: &mut List, down: f64, ink: Ink, halo: bool) {
        let name = self.scene.name(self.node.id);
        let mut size = self.name_size();
        let room = self.spot.radius * 1.7;
        let wide = width_of(name, size, Face::Bold);
        if wide > room {
            size = (size * room / wide).max(6.0);
        }
        let pen = list.text(self.spot.place.by(0.0, down), Anchor::Middle);
        let pen = if halo { pen.halo(Ink::Canvas) } else { pen };
        let _ = pen.run(name, size, Face::Bold, ink);
    }

    /// Clock skew, and the value a node of a single decree has accepted.
    fn badges(&self, list: &mut List) {
        let ring = self.spot.ring();
        let corner = ring * std::f64::consts::FRAC_1_SQRT_2;
        let scale = (self.spot.radius / 32.0).max(0.5);
        if self.up() && (self.node.skew != 0 || self.node.drift_ppm != 0) {
            glyph::clock(list, self.spot.place.by(corner, -corner), scale);
        }
        let Some(cell) = self.card().and_then(|card| card.log.first()) else { return };
        if self.scene.single_decree && self.up() {
            value_badge(list, self.spot.place.by(corner, corner), scale, cell, self.scene);
        }
    }

    fn card(&self) -> Option<&NodeCard> {
        self.node.card.as_ref()
    }

    fn label(&self, list: &mut List) {
        let Spot { place, label, .. } = self.spot;
        let isolated = if self.node.isolated { 11.0 } else { 0.0 };
        let gap = self.spot.ring() + if self.selected { 10.0 } else { 4.0 } + isolated;
        let cells = self.cells();
        let has_cells = !cells.is_empty();
        match label {
            Side::Below => {
                self.role(list, place.by(0.0, gap + 14.0), Anchor::Middle);
                log(list, place.by(0.0, gap + 21.0), Anchor::Middle, cells);
            }
            Side::Above => {
                let up = if has_cells { 27.0 } else { 6.0 };
                log(list, place.by(0.0, -gap - 19.0), Anchor::Middle, cells);
                self.role(list, place.by(0.0, -gap - up), Anchor::Middle);
            }
            Side::Left | Side::Right => {
                let (away, anchor) = if label == Side::Left {
                    (-gap - 8.0, Anchor::End)
                } else {
                    (gap + 8.0, Anchor::Start)
                };
                self.role(list, place.by(away, -4.0), anchor);
                let down = if self.votes().is_some() { 23.0 } else { 5.0 };
                log(list, place.by(away, down), anchor, cells);
                self.votes_beside(list, place.by(away, 11.0), anchor);
            }
            Side::Hidden => {}
        }
    }

    /// The box its words take, for others to keep out of: upper left and lower right corner.
    pub(super) fn label_box(&self) -> Option<(Point, Point)> {
        let Spot { place, label, .. } = self.spot;
        if self.depth < Depth::Label {
            return None;
        }
        let gap = self.spot.ring() + if self.selected { 10.0 } else { 4.0 };
        let tall = if self.cells().is_empty() { 18.0 } else { 42.0 };
        let half = 54.0;
        Some(match label {
            Side::Above => (place.by(-half, -gap - tall), place.by(half, -gap)),
            Side::Below => (place.by(-half, gap), place.by(half, gap + tall)),
            Side::Left => (place.by(-gap - 2.0 * half, -16.0), place.by(-gap, 12.0)),
            Side::Right => (place.by(gap, -16.0), place.by(gap + 2.0 * half, 12.0)),
            Side::Hidden => return None,
        })
    }

    /// Role and era in one line; for a campaign also the votes, where there is no second line.
    fn role(&self, list: &mut List, place: Point, anchor: Anchor) {
        let lang = self.scene.lang;
        let (word, ink) = self.role_word();
        let mut place = place;
        let seats = match (anchor, self.votes()) {
            (Anchor::Middle, Some(votes)) => Some(votes),
            _ => None,
        };
        if let Some((_, all, _)) = seats {
            place = place.by(-(all as f64 * 9.2 + 8.0) / 2.0, 0.0);
        }
        let era = self.scene.era_letter;
        let mut wide = width_of(word, ROLE_SIZE, Face::Bold);
        let mut pen = list.text(place, anchor).halo(Ink::Canvas);
        pen = pen.run(word, ROLE_SIZE, Face::Bold, ink);
        if let Status::Crashed(when) = self.node.status {
            if !self.scene.brief {
                pen = note(pen, text::at_time(lang, when));
            }
        } else if !era.is_empty() {
            let number = text::number(self.node.era);
            wide += 6.0 + width_of(&number, ROLE_SIZE, Face::Plain) + ROLE_SIZE * 0.6;
            pen = note(pen, format_args!("{era}{number}"));
        }
        if self.node.isolated && self.up() && !self.scene.brief {
            pen = note(pen, text::Label::Isolated.text(lang).to_ascii_lowercase());
        }
        if self.node.skew != 0 && self.up() && !self.scene.brief {
            let sign = if self.node.skew > 0 { "+" } else { "−" };
            let skew = crate::kernel::Span(self.node.skew.unsigned_abs());
            pen = note(pen, format_args!("{sign}{}", text::span(skew)));
        }
        drop(pen);
        if let Some((granted, all, _)) = seats {
            glyph::seats(list, place.by(wide / 2.0 + 9.0, -4.2), all, granted, 3.0);
        }
    }

    fn role_word(&self) -> (&'static str, Ink) {
        let lang = self.scene.lang;
        match self.node.status {
            Status::Crashed(_) => return (text::Label::Crashed.text(lang), Ink::Ink3),
            Status::Paused(_) => return (text::Label::Paused.text(lang), Ink::Ink2),
            Status::Up => {}
        }
        let title = self.card().map_or("", |card| card.title);
        let word = text::role_title(lang, self.node.role, title);
        let ink = match self.node.role {
            Role::Leader => Ink::BlueText,
            Role::Candidate => Ink::AmberText,
            Role::Follower | Role::Balancer | Role::Server => Ink::Ink2,
        };
        (word, ink)
    }

    /// Votes granted, seats in all, votes needed; while the node campaigns.
    fn votes(&self) -> Option<(usize, usize, usize)> {
        let all = self.scene.snapshot.nodes.len();
        let card = self.card()?;
        if !self.up() || self.node.role != Role::Candidate || card.votes.is_empty() || all > 9 {
            return None;
        }
        let granted = card.votes.iter().filter(|vote| vote.granted).count();
        Some((granted, all, crate::kernel::majority(all as u32) as usize))
    }

    fn votes_beside(&self, list: &mut List, place: Point, anchor: Anchor) {
        let Some((granted, all, need)) = self.votes() else { return };
        let words = text::votes_of(self.scene.lang, granted, need);
        let seats = all as f64 * 11.0;
        let wide = seats + 4.0 + width_of(&words, 12.0, Face::Plain);
        let from = if anchor == Anchor::End { place.by(-wide, 0.0) } else { place };
        glyph::seats(list, from, all, granted, 3.6);
        let pen = list.text(from.by(seats + 4.0, 4.0), Anchor::Start).halo(Ink::Canvas);
        let _ = pen.run(words, 12.0, Face::Plain, Ink::Ink);
    }

    fn cells(&self) -> &[Cell] {
        if self.depth < Depth::Log && !matches!(self.spot.label, Side::Left | Side::Right) {
            return &[];
        }
        if self.scene.single_decree {
            return &[];
        }
        self.card().map_or(&[], |card| &card.log)
    }
}

/// The end of the log: tints and numbers of eras, dashed while pending.
fn log(list: &mut List, place: Point, anchor: Anchor, cells: &[Cell]) {
    if cells.is_empty() {
        return;
    }
    let shown = &cells[cells.len().saturating_sub(LOG_SHOWN)..];
    let hidden = cells.last().map_or(0, |cell| cell.slot).saturating_sub(shown.len() as u64);
    let wide = shown.len() as f64 * CELL_STEP - (CELL_STEP - CELL);
    let left = match anchor {
        Anchor::Start => place.x,
        Anchor::Middle => place.x - wide / 2.0,
        Anchor::End => place.x - wide,
    };
    for (index, cell) in shown.iter().enumerate() {
        log_cell(list, at(left + index as f64 * CELL_STEP, place.y), cell);
    }
    if hidden > 0 {
        let base = place.y + 12.5;
        let pen = match anchor {
            Anchor::End => list.text(at(left - 5.0, base), Anchor::End),
            _ => list.text(at(left + wide + 5.0, base), Anchor::Start),
        };
        let more = text::queue_more(hidden);
        let _ = pen.halo(Ink::Canvas).run(more, 10.5, Face::Mono, Ink::Ink3);
    }
}

/// Adds something in a lighter ink.
fn note(pen: Pen<'_>, what: impl std::fmt::Display) -> Pen<'_> {
    pen.spaced(5.0, what, ROLE_SIZE, Face::Plain, Ink::Ink3)
}

/// What is left of a timer, from 0 to 1.
fn left_of(timer: &TimerView, now: u64) -> f64 {
    let whole = timer.due_at.0.saturating_sub(timer.armed_at.0);
    let left = timer.due_at.0.saturating_sub(now);
    if whole == 0 { 0.0 } else { (left as f64 / whole as f64).min(1.0) }
}

fn log_cell(list: &mut List, corner: Point, cell: &Cell) {
    if cell.committed {
        list.rect(corner, (CELL, CELL), 3.0, Fill::Solid(Ink::of_era(cell.era)), None);
    } else {
        let edge = stroke(Ink::Blue, 1.2).dashed(2.5, 2.0);
        let inside = (CELL - 1.2, CELL - 1.2);
        list.rect(corner.by(0.6, 0.6), inside, 3.0, Fill::Solid(Ink::Canvas), Some(edge));
    }
    let size = if cell.era < 100 { 10.5 } else { 8.0 };
    let place = corner.by(CELL / 2.0, CELL / 2.0 + size * 0.35);
    let _ = list.text(place, Anchor::Middle).run(cell.era, size, Face::Mono, Ink::Ink2);
}

/// Value A is a filled circle, value B an outlined square: doubled by shape, not by hue.
fn value_badge(list: &mut List, place: Point, scale: f64, cell: &Cell, scene: &ClusterScene<'_>) {
    let first = scene.first_value.is_none_or(|first| first == cell.value);
    let side = 21.0 * scale;
    let (fill, ink) = if first { (Ink::Ink, Ink::OnInk) } else { (Ink::Surface, Ink::Ink) };
    let dashed =
        |edge: super::list::Stroke| if cell.committed { edge } else { edge.dashed(2.5, 2.0) };
    if first {
        let edge = stroke(Ink::Canvas, 1.5);
        list.circle(place, side / 2.0 + 0.5, Fill::Solid(fill), Some(edge));
    } else {
        list.tile(place, (side, side), 3.0, Fill::Solid(fill), Some(dashed(stroke(Ink::Ink, 1.5))));
    }
    let word = cell.value.as_str();
    let size = if word.chars().count() > 2 { 8.0 } else { 12.0 } * scale;
    let short: String = word.chars().take(4).collect();
    let base = place.by(0.0, size * 0.36);
    let _ = list.text(base, Anchor::Middle).run(short, size, Face::Bold, ink);
}

fn hexagon(place: Point, radius: f64) -> impl Iterator<Item = Segment> {
    let corners = (0..6).map(move |corner| {
        let angle = FRAC_PI_3 * f64::from(corner) - std::f64::consts::FRAC_PI_2;
        let point = place.by(radius * libm::cos(angle), radius * libm::sin(angle));
        if corner == 0 { Segment::Move(point) } else { Segment::Line(point) }
    });
    corners.chain([Segment::Close])
}

fn diamond(place: Point, reach: f64) -> [Segment; 5] {
    [
        Segment::Move(place.by(0.0, -reach)),
        Segment::Line(place.by(reach, 0.0)),
        Segment::Line(place.by(0.0, reach)),
        Segment::Line(place.by(-reach, 0.0)),
        Segment::Close,
    ]
}
