//! The split of a partition: a line across the stage, or rays from the middle between more groups.

use std::f64::consts::TAU;

use super::super::list::{Point, at};
use super::Layout;

/// The split between the groups of a partition.
#[derive(Clone, PartialEq, Debug)]
pub struct Divide {
    /// Lines of the split, each from one end to the other.
    pub lines: Vec<(Point, Point)>,
    /// Per group: the part of the stage it has, as corners in order.
    pub sides: Vec<Vec<Point>>,
    /// Per group: the direction in which it drifts, of length one.
    away: Vec<(f64, f64)>,
}

impl Divide {
    pub(super) fn between(layout: &Layout, one_ring: bool) -> Option<Divide> {
        let count = layout.groups.count();
        if count < 2 {
            return None;
        }
        let borders = borders(layout);
        if count == 2 && one_ring && borders.len() == 2 {
            return Some(straight(layout, borders[0].place, borders[1].place));
        }
        Some(star(layout, &borders))
    }

    /// The direction in which a group drifts.
    pub(super) fn away(&self, group: u32, _: Point) -> (f64, f64) {
        self.away.get(group as usize).copied().unwrap_or((0.0, 0.0))
    }

    /// True if the straight way from `a` to `b` crosses the split.
    pub fn crosses(&self, a: Point, b: Point) -> bool {
        self.lines.iter().any(|(from, to)| crosses(*from, *to, a, b))
    }

    /// True if `point` lies in the part of `group`.
    pub fn has(&self, group: usize, point: Point) -> bool {
        self.sides.get(group).is_some_and(|corners| inside(corners, point))
    }
}

/// A gap of the ring between two groups.
struct Border {
    place: Point,
    turn: f64,
    /// The group behind it, clockwise.
    next: u32,
}

/// The gaps between groups, clockwise from twelve.
fn borders(layout: &Layout) -> Vec<Border> {
    let centre = layout.centre;
    let turn_of = |point: Point| {
        let turn = libm::atan2(point.x - centre.x, centre.y - point.y) / TAU;
        if turn < 0.0 { turn + 1.0 } else { turn }
    };
    let mut clock: Vec<(f64, usize)> =
        layout.nodes.iter().enumerate().map(|(node, spot)| (turn_of(spot.place), node)).collect();
    crate::order::sort_by(&mut clock, |a, b| a.0.total_cmp(&b.0));
    let mut borders = Vec::new();
    for (index, &(turn, node)) in clock.iter().enumerate() {
        let (next_turn, next) = clock[(index + 1) % clock.len()];
        let group = layout.groups.group_of(next);
        if layout.groups.group_of(node) == group {
            continue;
        }
        let (a, b) = (layout.nodes[node].place, layout.nodes[next].place);
        let wrapped = if next_turn < turn { next_turn + 1.0 } else { next_turn };
        let middle = f64::midpoint(turn, wrapped);
        borders.push(Border {
            place: a.towards(b, 0.5),
            turn: middle - libm::floor(middle),
            next: group,
        });
    }
    borders
}

/// One line through both gaps, from edge to edge.
fn straight(layout: &Layout, one: Point, two: Point) -> Divide {
    let (mut dx, mut dy) = (two.x - one.x, two.y - one.y);
    if libm::hypot(dx, dy) < 1.0 {
        // Two nodes: the line stands upright between them.
        let (a, b) = (layout.nodes[0].place, layout.nodes[1].place);
        (dx, dy) = (a.y - b.y, b.x - a.x);
    }
    let long = libm::hypot(dx, dy).max(1e-9);
    let (dx, dy) = (dx / long, dy / long);
    let far = layout.width + layout.height;
    let ends = (one.by(-dx * far, -dy * far), one.by(dx * far, dy * far));
    let side_of = |point: Point| (point.x - one.x) * dy - (point.y - one.y) * dx;
    let mut sides = Vec::new();
    let mut away = Vec::new();
    for group in 0..layout.groups.count() {
        let sum: f64 =
            layout.groups.members(group).map(|node| side_of(layout.nodes[node].place)).sum();
        let sign = if sum >= 0.0 { 1.0 } else { -1.0 };
        away.push((dy * sign, -dx * sign));
        sides.push(half(layout, |point| side_of(point) * sign));
    }
    Divide { lines: vec![clip(layout, ends.0, ends.1)], sides, away }
}

/// Rays from the middle through every gap.
fn star(layout: &Layout, borders: &[Border]) -> Divide {
    let centre = layout.centre;
    let far = layout.width + layout.height;
    let ray = |turn: f64| {
        let angle = (turn - 0.25) * TAU;
        let end = centre.by(libm::cos(angle) * far, libm::sin(angle) * far);
        clip(layout, centre, end)
    };
    let count = layout.groups.count() as usize;
    let mut divide = Divide {
        lines: borders.iter().map(|border| ray(border.turn)).collect(),
        sides: vec![Vec::new(); count],
        away: vec![(0.0, 0.0); count],
    };
    for (index, border) in borders.iter().enumerate() {
        let end = &borders[(index + 1) % borders.len()];
        let upto = if end.turn <= border.turn { end.turn + 1.0 } else { end.turn };
        let group = border.next as usize;
        let middle = (f64::midpoint(border.turn, upto) - 0.25) * TAU;
        divide.away[group] = (libm::cos(middle), libm::sin(middle));
        divide.sides[group] = sector(layout, border.turn, upto, &ray);
    }
    divide
}

/// The corners of the part of the stage between two rays, clockwise.
fn sector(
    layout: &Layout,
    from: f64,
    upto: f64,
    ray: &dyn Fn(f64) -> (Point, Point),
) -> Vec<Point> {
    let centre = layout.centre;
    let mut corners = vec![centre, ray(from).1];
    let (w, h) = (layout.width, layout.height);
    let mut stage: Vec<(f64, Point)> = [at(0.0, 0.0), at(w, 0.0), at(w, h), at(0.0, h)]
        .into_iter()
        .map(|corner| {
            let turn = libm::atan2(corner.x - centre.x, centre.y - corner.y) / TAU - from;
            (turn - libm::floor(turn), corner)
        })
        .filter(|(turn, _)| *turn < upto - from)
        .collect();
    crate::order::sort_by(&mut stage, |a, b| a.0.total_cmp(&b.0));
    corners.extend(stage.into_iter().map(|(_, corner)| corner));
    corners.push(ray(upto).1);
    corners
}

/// The part of the stage where `side` is positive.
fn half(layout: &Layout, side: impl Fn(Point) -> f64) -> Vec<Point> {
    let (w, h) = (layout.width, layout.height);
    let corners = [at(0.0, 0.0), at(w, 0.0), at(w, h), at(0.0, h)];
    let mut part = Vec::new();
    for (index, &corner) in corners.iter().enumerate() {
        let next = corners[(index + 1) % 4];
        let (here, there) = (side(corner), side(next));
        if here >= 0.0 {
            part.push(corner);
        }
        if (here >= 0.0) != (there >= 0.0) {
            part.push(corner.towards(next, here / (here - there)));
        }
    }
    part
}

/// The part of a line that lies on the stage, a little beyond its edges.
fn clip(layout: &Layout, from: Point, to: Point) -> (Point, Point) {
    const OVER: f64 = 24.0;
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    let walls = [
        (dx, -OVER - from.x, layout.width + OVER - from.x),
        (dy, -OVER - from.y, layout.height + OVER - from.y),
    ];
    for (step, low, high) in walls {
        if libm::fabs(step) > 1e-9 {
            let (a, b) = (low / step, high / step);
            first = first.max(a.min(b));
            last = last.min(a.max(b));
        }
    }
    (from.towards(to, first.clamp(0.0, 1.0)), from.towards(to, last.clamp(0.0, 1.0)))
}

fn crosses(a: Point, b: Point, c: Point, d: Point) -> bool {
    let turn = |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    (turn(a, b, c) > 0.0) != (turn(a, b, d) > 0.0) && (turn(c, d, a) > 0.0) != (turn(c, d, b) > 0.0)
}

fn inside(corners: &[Point], point: Point) -> bool {
    let mut within = false;
    let next = corners.iter().cycle().skip(1);
    for (a, b) in corners.iter().zip(next) {
        let spans = (a.y > point.y) != (b.y > point.y);
        if spans && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x {
            within = !within;
        }
    }
    within
}
