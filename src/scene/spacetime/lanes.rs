//! Lanes by what a node was, partitions between them, what happened on them, and new eras.

use crate::check::chronicle::{Change, Lane, NEVER, Spot, State, What};
use crate::kernel::{Role, SimTime};

use super::super::glyph;
use super::super::list::{Anchor, Face, Fill, List, Point, Segment, Stroke, at, stroke, width_of};
use super::super::palette::Ink;
use super::Look;
use super::batch::Batch;
use super::ground::{GUTTER, Ground, STRIP};

/// More events in a window are not drawn as dots.
const DOTS: usize = 700;
/// Nothing shorter than this many pixels is drawn for itself.
const GRAIN: f64 = 1.5;
/// More names of eras in a window are not written.
const ERAS: usize = 40;

/// Hatches, lanes, and waiting clients.
pub(super) fn draw(list: &mut List, look: &Look<'_>, ground: &Ground) {
    gaps(list, look, ground);
    let mut batch = Batch::default();
    let pale = if look.picks() { 0.4 } else { 1.0 };
    for (place, lane) in look.chronicle.lanes().iter().enumerate() {
        let row = ground.row(place as u16);
        if !ground.shows_row(row) {
            continue;
        }
        let y = ground.y_of(row);
        if place < ground.nodes {
            node(&mut batch, look, ground, (lane, y, pale));
        } else {
            let edge = stroke(Ink::Plum, 1.0).alpha(0.7);
            batch.line(at(GUTTER, y), at(ground.end(), y), edge, pale);
            waits(&mut batch, look, ground, (lane, y, pale));
        }
    }
    batch.draw(list);
}

/// Where two neighbours could not hear each other.
fn gaps(list: &mut List, look: &Look<'_>, ground: &Ground) {
    let window = look.chronicle.window(look.view.from, look.view.to);
    let begun = look.chronicle.gaps().partition_point(|gap| gap.from < window.end);
    let seen = look.chronicle.gaps()[..begun].iter().rev().filter(|gap| gap.to >= window.start);
    for gap in seen.take(400) {
        let x = ground.x_in(look.chronicle.time(gap.from));
        let end = if gap.to == NEVER { ground.end() } else { ground.x_in(time(look, gap.to)) };
        let y = f64::midpoint(ground.y(gap.above), ground.y(gap.above + 1));
        let height = (ground.pitch * 0.4).clamp(3.0, 10.0);
        let alpha = if gap.both { 0.5 } else { 0.25 };
        let hatch = Fill::Hatch(Ink::Slate, 1.4, alpha);
        list.rect(at(x, y - height / 2.0), (end - x, height), 0.0, hatch, None);
    }
}

fn time(look: &Look<'_>, event: u32) -> SimTime {
    look.chronicle.time(event)
}

/// How a lane is drawn.
fn pen(ground: &Ground, change: Change) -> Stroke {
    match (change.state, change.role) {
        (State::Crashed, _) => stroke(Ink::Ink3, 1.4).dashed(1.4, 4.0).round(),
        (State::Paused, _) => stroke(Ink::Slate, ground.wide(5.0)).dashed(2.0, 5.0).alpha(0.6),
        (State::Up, Role::Candidate) => stroke(Ink::Amber, ground.wide(4.0)).dashed(6.0, 2.5),
        (State::Up, Role::Leader) => stroke(Ink::Blue, ground.wide(5.0)),
        (State::Up, Role::Balancer) => stroke(Ink::Ink2, ground.wide(2.5)),
        (State::Up, Role::Follower | Role::Server) => {
            stroke(Ink::Slate, if ground.pitch < 14.0 { 0.8 } else { 1.5 })
        }
    }
}

/// The stretches of one node, from its last change before the window on.
fn node(batch: &mut Batch, look: &Look<'_>, ground: &Ground, (lane, y, pale): (&Lane, f64, f64)) {
    let changes = lane.changes();
    let mut x = GUTTER;
    let first = changes.partition_point(|change| time(look, change.event) <= look.view.from);
    let mut place = first.saturating_sub(1);
    while let Some(change) = changes.get(place) {
        // What is too short to be seen is skipped, however much of it there is.
        let enough = ground.time(x + GRAIN - GUTTER);
        let next = changes.partition_point(|it| time(look, it.event) <= enough).max(place + 1);
        let end = changes.get(next).map_or(ground.end(), |it| ground.x_in(time(look, it.event)));
        batch.line(at(x, y), at(end, y), pen(ground, *change), pale);
        if end >= ground.end() {
            return;
        }
        // The last of those that were skipped is what the lane is from there on.
        (x, place) = (end, next);
    }
}

/// A client waits where its lane is thick.
fn waits(batch: &mut Batch, look: &Look<'_>, ground: &Ground, (lane, y, pale): (&Lane, f64, f64)) {
    let window = look.chronicle.window(look.view.from, look.view.to);
    let begun = lane.waits().partition_point(|wait| wait.from < window.end);
    let edge = stroke(Ink::Plum, ground.wide(5.0)).alpha(0.4);
    let mut free = f64::INFINITY;
    for wait in lane.waits()[..begun].iter().rev().take(2_000) {
        if wait.to < window.start {
            break; // A client asks one thing at a time.
        }
        let x = ground.x_in(time(look, wait.from));
        let end = if wait.to == NEVER { ground.end() } else { ground.x_in(time(look, wait.to)) };
        if x + GRAIN < free {
            batch.line(at(x, y), at(end.max(x + 1.0).min(free), y), edge, pale);
            free = x;
        }
    }
}

/// A dot for every event that is no arrival, and the places of all.
pub(super) fn events(
    list: &mut List,
    dots: &mut Vec<(Point, Spot)>,
    look: &Look<'_>,
    ground: &Ground,
) {
    let window = look.chronicle.window(look.view.from, look.view.to);
    let many = window.len() > DOTS;
    let mut batch = Batch::default();
    for (place, lane) in look.chronicle.lanes().iter().enumerate() {
        let place = place as u16;
        if many || !ground.shows_row(ground.row(place)) {
            continue;
        }
        let y = ground.y(place);
        let first = lane.events().partition_point(|event| *event < window.start);
        let own = lane.events()[first..].iter().take_while(|event| **event < window.end);
        for event in own {
            let spot = Spot { event: *event, lane: place };
            let centre = at(ground.x(time(look, *event)), y);
            dots.push((centre, spot));
            dot(&mut batch, look, ground, (spot, centre));
        }
    }
    batch.draw(list);
}

/// A timer, a deed from outside, or something a client did by itself.
fn dot(batch: &mut Batch, look: &Look<'_>, ground: &Ground, (spot, centre): (Spot, Point)) {
    let alpha = if look.lit_at(spot) { 1.0 } else { 0.25 };
    let half = (ground.pitch * 0.14).clamp(1.5, 3.5);
    let square = [Segment::Box(centre.by(-half, -half), 2.0 * half, 2.0 * half)];
    match look.chronicle.what(spot.event) {
        What::Delivered(_) | What::Lost(_) | What::Started => {}
        What::Timer(_) => {
            let edge = Some(stroke(Ink::Ink2, 1.2));
            batch.add(Fill::Solid(Ink::Canvas), edge, alpha, square);
        }
        What::Client => batch.add(Fill::Solid(Ink::Plum), None, alpha, square),
        What::Input(_) => {
            let now = look.chronicle.lanes()[usize::from(spot.lane)].at(spot.event);
            let struck = now.filter(|now| now.event == spot.event);
            if struck.is_some_and(|now| now.state == State::Crashed) {
                let (h, edge) = (half + 1.0, Some(stroke(Ink::Ink, 2.0).round()));
                let cross = [
                    Segment::Move(centre.by(-h, -h)),
                    Segment::Line(centre.by(h, h)),
                    Segment::Move(centre.by(h, -h)),
                    Segment::Line(centre.by(-h, h)),
                ];
                batch.add(Fill::None, edge, alpha, cross);
            } else {
                batch.add(Fill::Solid(Ink::Ink), None, alpha, square);
            }
        }
    }
}

/// A diamond where an era begins, solid once somebody leads it, and its name.
pub(super) fn eras(list: &mut List, look: &Look<'_>, ground: &Ground) {
    let window = look.chronicle.window(look.view.from, look.view.to);
    let marks = look.chronicle.eras();
    let first = marks.partition_point(|mark| mark.event < window.start);
    let seen = marks[first..].iter().take_while(|mark| mark.event < window.end);
    let seen: Vec<_> = seen.take(ERAS * 10).collect();
    let step = seen.len().div_ceil(ERAS).max(1);
    let scale = (ground.pitch / 29.0).clamp(0.4, 1.0);
    let mut taken = f64::NEG_INFINITY;
    for mark in seen.into_iter().step_by(step) {
        let place = at(ground.x(time(look, mark.event)), ground.y(mark.lane));
        if !ground.shows(place) {
            continue;
        }
        let lit = look.lit_at(Spot { event: mark.event, lane: mark.lane });
        list.faded(if lit { 1.0 } else { 0.3 }, |list| {
            glyph::election(list, place, scale, mark.won, Ink::Canvas);
        });
        let name = format!("{}{}", look.era, mark.era);
        let wide = width_of(&name, 11.0, Face::Bold) + 6.0;
        if !mark.won && place.x - wide / 2.0 > taken {
            taken = place.x + wide / 2.0;
            let above = (place.y - 9.0 * scale - 3.0).max(STRIP - 1.0);
            let pen = list.text(at(place.x, above), Anchor::Middle).halo(Ink::Canvas);
            let _ = pen.run(name, 11.0, Face::Bold, Ink::Ink);
        }
    }
}
