//! Partitions: the hatched band, the far side, the seats of each side; links cut in one direction.

use crate::kernel::{Role, majority};
use crate::sim::Status;

use super::cluster::ClusterScene;
use super::flight::Link;
use super::glyph;
use super::layout::{Divide, Layout, Side};
use super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::palette::Ink;
use super::text;

/// Half the width of the band in pixels.
fn half_band(layout: &Layout) -> f64 {
    if layout.phone() { 7.0 } else { 9.0 }
}

/// The sunken far side and the band.
pub(super) fn behind(list: &mut List, layout: &Layout) {
    let Some(divide) = &layout.divide else { return };
    let near = layout.groups.largest();
    for (group, corners) in divide.sides.iter().enumerate() {
        if group as u32 != near && !corners.is_empty() {
            let outline = corners.iter().enumerate().map(|(index, corner)| match index {
                0 => Segment::Move(*corner),
                _ => Segment::Line(*corner),
            });
            let outline = outline.chain([Segment::Close]);
            list.faded(0.55, |list| list.path(outline, Fill::Solid(Ink::Sunken), None));
        }
    }
    for line in &divide.lines {
        band(list, *line, half_band(layout));
    }
}

fn band(list: &mut List, (from, to): (Point, Point), half: f64) {
    let long = from.distance(to).max(1e-9);
    let (nx, ny) = ((from.y - to.y) / long * half, (to.x - from.x) / long * half);
    let corners = [from.by(-nx, -ny), to.by(-nx, -ny), to.by(nx, ny), from.by(nx, ny)];
    let outline = [
        Segment::Move(corners[0]),
        Segment::Line(corners[1]),
        Segment::Line(corners[2]),
        Segment::Line(corners[3]),
        Segment::Close,
    ];
    list.path(outline, Fill::Solid(Ink::Canvas), None);
    list.path(outline, Fill::Hatch(Ink::Ink3, 1.6, 0.55), None);
    let edges = [
        Segment::Move(corners[0]),
        Segment::Line(corners[1]),
        Segment::Move(corners[2]),
        Segment::Line(corners[3]),
    ];
    list.path(edges, Fill::None, Some(stroke(Ink::Ink3, 1.0).alpha(0.55)));
}

/// Since when, in a pill along the band.
pub(super) fn label(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    let Some(divide) = &layout.divide else { return };
    if layout.phone() {
        return;
    }
    let words = text::partition_since(scene.lang, layout.groups.since());
    let wide = width_of(&words, 11.5, Face::Plain) + 24.0;
    let Some((place, turn)) = label_place(layout, divide, wide) else { return };
    let (cos, sin) = (libm::cos(turn), libm::sin(turn));
    let put = |x: f64, y: f64| place.by(x * cos - y * sin, x * sin + y * cos);
    let (w, r) = (wide / 2.0 - 10.0, 10.0);
    let k = r * 1.333;
    let outline = [
        Segment::Move(put(-w, -r)),
        Segment::Line(put(w, -r)),
        Segment::Cubic(put(w + k, -r), put(w + k, r), put(w, r)),
        Segment::Line(put(-w, r)),
        Segment::Cubic(put(-w - k, r), put(-w - k, -r), put(-w, -r)),
        Segment::Close,
    ];
    let edge = stroke(Ink::Ink3, 1.0).alpha(0.5);
    list.path(outline, Fill::Solid(Ink::Canvas), Some(edge));
    let pen = list.text(put(0.0, 4.0), Anchor::Middle).turned(turn);
    let _ = pen.run(words, 11.5, Face::Plain, Ink::Ink2);
}

/// Where on the band nothing else is, near an edge of the stage, and how steep the band is there.
fn label_place(layout: &Layout, divide: &Divide, wide: f64) -> Option<(Point, f64)> {
    let mut best: Option<(f64, Point, f64)> = None;
    for &(from, to) in &divide.lines {
        let long = from.distance(to);
        let mut turn = libm::atan2(to.y - from.y, to.x - from.x);
        if turn > std::f64::consts::FRAC_PI_2 {
            turn -= std::f64::consts::PI;
        } else if turn <= -std::f64::consts::FRAC_PI_2 {
            turn += std::f64::consts::PI;
        }
        for step in 0..=40 {
            let place = from.towards(to, f64::from(step) / 40.0);
            let room = clearance(layout, place, wide / 2.0, turn);
            // Far from the middle, where messages are lost, and rather on the right.
            let out = place.distance(layout.centre) / layout.width.max(layout.height);
            let rank = room.min(12.0) + 60.0 * out + place.x / layout.width.max(1.0) * 12.0;
            if long > wide && room > 0.0 && best.is_none_or(|(known, ..)| rank > known) {
                best = Some((rank, place, turn));
            }
        }
    }
    best.map(|(_, place, turn)| (place, turn))
}

/// How far `place` is from everything a label could cover, less the half width `reach`.
fn clearance(layout: &Layout, place: Point, reach: f64, turn: f64) -> f64 {
    let across = place.x.min(layout.width - place.x) - reach * libm::fabs(libm::cos(turn));
    let down = place.y.min(layout.height - place.y) - reach * libm::fabs(libm::sin(turn));
    let wall = across.min(down) - 10.0;
    let nodes =
        layout.nodes.iter().map(|spot| spot.place.distance(place) - spot.rim() - reach * 0.9);
    let doors = layout.clients.iter().map(|door| door.place.distance(place) - 30.0 - reach * 0.9);
    nodes.chain(doors).fold(wall * 3.0, f64::min)
}

/// Links cut in one direction: a hatched mark across the link, with an arrow in that direction.
pub(super) fn one_way(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    for &(from, to) in layout.groups.one_way() {
        let ends = (crate::kernel::Party::Node(from), crate::kernel::Party::Node(to));
        let Some(link) = Link::between(layout, ends.0, ends.1, scene) else { continue };
        let (place, ahead) = (link.point(0.5), link.point(0.56));
        let dotted = stroke(Ink::Ink3, 1.25).dashed(1.0, 5.0).round().alpha(0.5);
        list.path(link.whole(), Fill::None, Some(dotted));
        let long = place.distance(ahead).max(1e-9);
        let (dx, dy) = ((ahead.x - place.x) / long, (ahead.y - place.y) / long);
        let put =
            |along: f64, across: f64| place.by(dx * along - dy * across, dy * along + dx * across);
        band(list, (put(0.0, -15.0), put(0.0, 15.0)), 5.0);
        let arrow = [
            Segment::Move(put(-15.0, -4.5)),
            Segment::Line(put(-8.0, 0.0)),
            Segment::Line(put(-15.0, 4.5)),
        ];
        list.path(arrow, Fill::None, Some(stroke(Ink::Ink2, 1.8).round()));
    }
}

/// Per side of a partition: how many of all seats it has, and how many are needed.
pub(super) fn quorums(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    let Some(divide) = &layout.divide else { return };
    if layout.phone() || layout.groups.count() > 4 {
        return;
    }
    for group in 0..layout.groups.count() {
        side_seats(list, scene, layout, (divide, group));
    }
}

fn side_seats(
    list: &mut List,
    scene: &ClusterScene<'_>,
    layout: &Layout,
    (divide, group): (&Divide, u32),
) {
    let nodes = &scene.snapshot.nodes;
    let members = layout.groups.members(group);
    let up = |node: &usize| !matches!(nodes[*node].status, Status::Crashed(_));
    let alive: Vec<usize> = members.filter(up).collect();
    let has_role = |role: Role| alive.iter().any(|node| nodes[*node].role == role);
    let need = majority(nodes.len() as u32) as usize;
    let elects = has_role(Role::Candidate) && !has_role(Role::Leader);
    let share = text::seats(scene.lang, alive.len(), nodes.len());
    let needs = if elects {
        text::needs_to_win(scene.lang, need)
    } else {
        text::needs_to_commit(scene.lang, need)
    };
    let pips = if nodes.len() <= 9 { nodes.len() as f64 * 11.0 + 6.0 } else { 0.0 };
    let words = width_of(&share, 12.5, Face::Bold) + 5.0 + width_of(&needs, 12.5, Face::Plain);
    let wide = pips + words;
    let Some(left) = seats_place(layout, divide, group, wide) else { return };
    if pips > 0.0 {
        glyph::seats(list, left.by(0.0, -4.4), nodes.len(), alive.len(), 3.6);
    }
    let pen = list.text(left.by(pips, 0.0), Anchor::Start).halo(Ink::Canvas);
    let pen = pen.run(share, 12.5, Face::Bold, Ink::Ink);
    let _ = pen.spaced(5.0, needs, 12.5, Face::Plain, Ink::Ink3);
}

/// The corner of a side that is farthest from everything: the left end of the base line.
fn seats_place(layout: &Layout, divide: &Divide, group: u32, wide: f64) -> Option<Point> {
    let (right, low) = (layout.width - 14.0 - wide, layout.height - 16.0);
    let middle = (layout.width - wide) / 2.0;
    let places = [
        at(right, 34.0),
        at(right, low),
        at(16.0, 30.0),
        at(16.0, low),
        at(middle, 30.0),
        at(middle, low),
    ];
    let room = |place: Point| {
        let probes = [place, place.by(wide / 2.0, -4.0), place.by(wide, 0.0)];
        if !probes.iter().all(|probe| divide.has(group as usize, *probe)) {
            return f64::NEG_INFINITY;
        }
        let nodes = layout.nodes.iter().map(|spot| (spot.place, spot.rim() + 26.0));
        let doors = layout.clients.iter().map(|door| (door.place, door.half + 26.0));
        let words = layout.nodes.iter().filter_map(|spot| match spot.label {
            Side::Above => Some((spot.place.by(0.0, -spot.rim() - 26.0), 52.0)),
            Side::Below => Some((spot.place.by(0.0, spot.rim() + 26.0), 52.0)),
            Side::Left | Side::Right | Side::Hidden => None,
        });
        let blocks = nodes.chain(doors).chain(words);
        let free =
            blocks.flat_map(|(centre, reach)| probes.map(|probe| probe.distance(centre) - reach));
        free.fold(f64::INFINITY, f64::min).min(70.0)
    };
    // The first of equals: the upper right corner before the others.
    let mut best: Option<(f64, Point)> = None;
    for place in places {
        let free = room(place);
        if free > -20.0 && best.is_none_or(|(known, _)| free > known + 1.0) {
            best = Some((free, place));
        }
    }
    best.map(|(_, place)| place)
}
