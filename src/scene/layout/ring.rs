//! Nodes on a ring, or on several inside one another when there are many.

use std::f64::consts::TAU;

use super::super::list::{Point, at};
use super::{Depth, Frame, Side, Spot, ring_gap};

pub(super) struct Ring {
    pub(super) spots: Vec<Spot>,
    pub(super) centre: Point,
    pub(super) depth: Depth,
    pub(super) rings: usize,
}

/// Nodes become smaller down to this radius before a second ring opens.
const SMALL: f64 = 15.0;
/// The smallest radius at which a role is written beside the node.
const LABELLED: f64 = 20.0;
/// Below this radius a node is a dot.
const DOT: f64 = 9.0;
/// The smallest radius of all.
const LEAST: f64 = 2.5;

/// The largest nodes that fit.
pub(super) fn place(frame: &Frame, count: usize) -> Ring {
    let mut radius = frame.radius;
    loop {
        let ring = attempt(frame, count, radius);
        if radius <= LEAST || fits(frame, &ring) {
            return ring;
        }
        radius = if radius > 12.0 { radius - 1.0 } else { radius - 0.5 };
    }
}

fn attempt(frame: &Frame, count: usize, radius: f64) -> Ring {
    let depth = depth_at(frame, count, radius);
    let oval = oval(frame, count, radius, depth);
    let centre = oval.centre;
    let gap = 2.0 * (radius + ring_gap(radius)) + if depth >= Depth::Label { 16.0 } else { 5.0 };
    let most = if radius > SMALL { 1 } else { usize::MAX };
    let sizes = ring_sizes(&oval, count, gap, most);
    let mut spots = Vec::with_capacity(count);
    for (inner, size) in sizes.iter().enumerate() {
        let step = inner as f64 * gap;
        let (rx, ry) = ((oval.rx - step).max(0.0), (oval.ry - step).max(0.0));
        for turn in turns(*size, rx, ry) {
            let (sin, cos) = (libm::sin(turn), libm::cos(turn));
            let label = side(frame, depth, cos, sin);
            spots.push(Spot { place: at(centre.x + rx * cos, centre.y + ry * sin), radius, label });
        }
    }
    if sizes.len() > 1 {
        by_angle(&mut spots, centre);
    }
    Ring { spots, centre, depth, rings: sizes.len() }
}

fn depth_at(frame: &Frame, count: usize, radius: f64) -> Depth {
    if radius < DOT {
        Depth::Dot
    } else if radius < LABELLED || count > 16 {
        Depth::Shape
    } else if frame.logs && radius >= 26.0 {
        Depth::Log
    } else {
        Depth::Label
    }
}

struct Oval {
    centre: Point,
    rx: f64,
    ry: f64,
}

/// The largest oval whose nodes, labels included, stay on the stage.
fn oval(frame: &Frame, count: usize, radius: f64, depth: Depth) -> Oval {
    let rim = radius + ring_gap(radius) + 10.0;
    let words = match depth {
        Depth::Log => 46.0,
        Depth::Label => 22.0,
        Depth::Shape | Depth::Dot => 0.0,
    };
    let beside = if frame.sides && depth >= Depth::Label { 128.0 } else { 0.0 };
    let under = if frame.sides { 0.0 } else { words };
    let (top, foot) = (rim + under + 4.0, frame.height - rim - under - 6.0);
    let wide = if beside > 0.0 { beside } else { 18.0 };
    let left = frame.left + rim + wide;
    let right = frame.width - frame.right - rim - wide;
    let (low, high) = extent(count);
    let ry = ((foot - top) / (high - low).max(0.2)).max(4.0);
    let widest = if frame.sides { 2.1 } else { 1.55 };
    let side = (right - left) / 2.0;
    let reach = if count > 2 { reach(count) } else { 1.0 };
    let rx = (side / reach).max(4.0);
    let stretch = if depth >= Depth::Label { ry.max(60.0) * widest } else { f64::INFINITY };
    let rx = rx.min(stretch);
    let ry = ry.min(rx * 1.35);
    let slack = (foot - top - ry * (high - low)).max(0.0) / 2.0;
    let middle = if count <= 2 { f64::midpoint(top, foot) } else { top + slack - low * ry };
    // One node stands in the middle.
    let (rx, ry) = if count == 1 { (0.0, 0.0) } else { (rx, ry) };
    Oval { centre: at(f64::midpoint(left, right), middle), rx, ry }
}

/// The angle of the first of `count` nodes: at twelve, but two stand side by side and four in a
/// square.
fn first_turn(count: usize) -> f64 {
    match count {
        2 => TAU * 0.5,
        4 => TAU * 0.625,
        _ => TAU * 0.75,
    }
}

/// The highest and the lowest node as shares of the vertical radius.
fn extent(count: usize) -> (f64, f64) {
    if count > 12 {
        return (-1.0, 1.0);
    }
    let mut ends = (0.0_f64, 0.0_f64);
    for index in 0..count {
        let sin = libm::sin(first_turn(count) + TAU * index as f64 / count as f64);
        ends = (ends.0.min(sin), ends.1.max(sin));
    }
    ends
}

/// The outermost node as a share of the horizontal radius.
fn reach(count: usize) -> f64 {
    let all = (0..count)
        .map(|index| libm::fabs(libm::cos(first_turn(count) + TAU * index as f64 / count as f64)));
    all.fold(0.1, f64::max)
}

/// How many nodes stand on each ring, the outer one first.
fn ring_sizes(oval: &Oval, count: usize, gap: f64, most: usize) -> Vec<usize> {
    if count <= 12 || most == 1 {
        return vec![count];
    }
    let mut room = Vec::new();
    let (mut rx, mut ry) = (oval.rx, oval.ry);
    while rx.min(ry) > gap * 0.55 && room.len() < most {
        room.push((perimeter(rx, ry) / (gap * 1.06)).max(1.0));
        let held: f64 = room.iter().sum();
        if held >= count as f64 {
            break;
        }
        (rx, ry) = (rx - gap, ry - gap);
    }
    shares(&room, count)
}

/// `count` split in proportion to `room`, without losing any.
fn shares(room: &[f64], count: usize) -> Vec<usize> {
    let all: f64 = room.iter().sum();
    let (mut given, mut before, mut sizes) = (0, 0.0, Vec::new());
    for part in room {
        before += part;
        let upto = libm::round(count as f64 * before / all.max(1e-9)) as usize;
        sizes.push(upto.saturating_sub(given));
        given = upto;
    }
    if sizes.is_empty() { vec![count] } else { sizes }
}

fn perimeter(rx: f64, ry: f64) -> f64 {
    // Ramanujan's first approximation.
    let root = libm::sqrt((3.0 * rx + ry) * (rx + 3.0 * ry));
    TAU / 2.0 * (3.0 * (rx + ry) - root)
}

/// Pieces into which an oval is cut to measure along it.
const STEPS: usize = 512;

/// Angles of `count` nodes: evenly spaced for a few, at even distances along the line for more.
fn turns(count: usize, rx: f64, ry: f64) -> Vec<f64> {
    let first = first_turn(count);
    if count <= 8 {
        return (0..count).map(|index| first + TAU * index as f64 / count as f64).collect();
    }
    let point = |step: usize| {
        let turn = first + TAU * step as f64 / STEPS as f64;
        at(rx * libm::cos(turn), ry * libm::sin(turn))
    };
    let lengths: Vec<f64> = (0..STEPS).map(|step| point(step).distance(point(step + 1))).collect();
    let whole: f64 = lengths.iter().sum();
    let (mut walked, mut step, mut turns) = (0.0, 0, Vec::with_capacity(count));
    for index in 0..count {
        let goal = whole * index as f64 / count as f64;
        while step < STEPS && walked + lengths[step] <= goal {
            walked += lengths[step];
            step += 1;
        }
        let rest = (goal - walked) / lengths[step.min(STEPS - 1)].max(1e-9);
        turns.push(first + TAU * (step as f64 + rest) / STEPS as f64);
    }
    turns
}

/// Numbers the nodes of several rings around the clock, so that neighbours in number stand
/// together.
fn by_angle(spots: &mut [Spot], centre: Point) {
    let clock = |spot: &Spot| {
        let turn = libm::atan2(spot.place.x - centre.x, centre.y - spot.place.y) / TAU;
        if turn < -1e-9 { turn + 1.0 } else { turn }
    };
    crate::order::sort_by(spots, |a, b| clock(a).total_cmp(&clock(b)));
}

fn side(frame: &Frame, depth: Depth, cos: f64, sin: f64) -> Side {
    if depth < Depth::Label {
        Side::Hidden
    } else if frame.sides {
        let top = libm::fabs(cos) < 0.1;
        if cos < -0.1 || (top && sin < 0.0) { Side::Left } else { Side::Right }
    } else if sin < -0.15 {
        Side::Above
    } else {
        Side::Below
    }
}

fn fits(frame: &Frame, ring: &Ring) -> bool {
    let apart = if ring.depth >= Depth::Label { 10.0 } else { 3.0 };
    let inside = |spot: &Spot| {
        let rim = spot.ring();
        spot.place.x >= rim
            && spot.place.y >= rim
            && spot.place.x <= frame.width - rim
            && spot.place.y <= frame.height - rim
    };
    let spots = &ring.spots;
    spots.iter().all(inside)
        && spots.iter().enumerate().all(|(index, a)| {
            let reach = 2.0 * a.ring() + apart;
            spots[index + 1..].iter().all(|b| a.place.distance(b.place) >= reach)
        })
}
