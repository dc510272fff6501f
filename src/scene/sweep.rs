//! Curves over a parameter, such as the load: each with its band of confidence, and what theory
//! expects beside it.

use super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::palette::Ink;
use super::text;
use crate::kernel::Span;

/// One point of a curve. Values are nanoseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// The parameter, in parts per million.
    pub x: u64,
    /// What was measured.
    pub mean: u64,
    /// Where the mean lies, as sure as the sweep says; equal to it where nobody can tell.
    pub band: (u64, u64),
    /// What theory expects, if a formula applies.
    pub expected: Option<u64>,
}

/// A curve.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Its name, at its end.
    pub name: String,
    /// Its points, from left to right.
    pub samples: Vec<Sample>,
    /// It is the one on stage.
    pub current: bool,
}

/// Curves with their axes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SweepScene {
    /// The curves.
    pub lines: Vec<Line>,
    /// Ends of the horizontal axis, in parts per million.
    pub from: u64,
    /// See `from`.
    pub to: u64,
    /// Under the horizontal axis.
    pub x_name: String,
    /// Over the vertical one.
    pub y_name: String,
    /// Beside the dashed line that theory draws.
    pub theory: String,
    /// Where the run on stage stands, in parts per million.
    pub here: Option<u64>,
}

const LEFT: f64 = 64.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 26.0;
const FOOT: f64 = 34.0;

/// How a curve is broken, so that hue says nothing alone: by its place among the others.
const DASHES: [(f64, f64); 4] = [(0.0, 0.0), (7.0, 3.0), (2.0, 3.0), (8.0, 3.0)];

/// The places of a picture.
struct Field {
    width: f64,
    height: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Field {
    fn x(&self, x: u64) -> f64 {
        let share = (x as f64 - self.x.0) / (self.x.1 - self.x.0).max(1.0);
        LEFT + (self.width - LEFT - RIGHT) * share
    }

    fn y(&self, value: u64) -> f64 {
        let log = libm::log2(value.max(1) as f64);
        let share = (log - self.y.0) / (self.y.1 - self.y.0).max(1e-9);
        self.height - FOOT - (self.height - TOP - FOOT) * share.clamp(0.0, 1.0)
    }
}

impl SweepScene {
    fn field(&self, width: f64, height: f64) -> Field {
        let samples = || self.lines.iter().flat_map(|line| &line.samples);
        let values = || {
            let of = |it: &Sample| [Some(it.mean), Some(it.band.1), it.expected];
            samples().flat_map(of).flatten().filter(|value| *value > 0)
        };
        let low = values().min().unwrap_or(1_000_000) as f64;
        let high = values().max().unwrap_or(1_000_000_000) as f64;
        let (low, high) = (libm::log2(low) - 0.2, libm::log2(high) + 0.2);
        let x = (self.from as f64, self.to as f64);
        Field { width, height, x, y: (low, high.max(low + 2.0)) }
    }

    /// Draws the curves into a picture of this size.
    pub fn draw(&self, list: &mut List, (width, height): (f64, f64)) {
        let field = self.field(width, height);
        self.axes(list, &field);
        let mut ends: Vec<f64> = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            band(list, &field, line);
            curve(list, &field, line, place);
        }
        for line in &self.lines {
            theory(list, &field, line);
            name(list, &field, line, &mut ends);
        }
        if self.lines.iter().any(|line| line.samples.iter().any(|it| it.expected.is_some())) {
            self.legend(list, &field);
        }
    }

    fn axes(&self, list: &mut List, field: &Field) {
        let (left, right) = (LEFT, field.width - RIGHT);
        let base = field.height - FOOT;
        let mut power = 1_000_u64;
        while power < u64::MAX / 100 {
            for step in [1, 2, 5] {
                let value = power * step;
                let log = libm::log2(value as f64);
                if (field.y.0..=field.y.1).contains(&log) {
                    let y = field.y(value);
                    list.line(at(left, y), at(right, y), stroke(Ink::Line, 1.0));
                    let pen = list.text(at(left - 8.0, y + 4.0), Anchor::End);
                    let _ = pen.run(text::span(Span(value)), 11.0, Face::Plain, Ink::Ink3);
                }
            }
            power *= 10;
        }
        list.line(at(left, base), at(right, base), stroke(Ink::Line2, 1.0));
        let mut tick = self.from.div_ceil(100_000) * 100_000;
        while tick <= self.to {
            let x = field.x(tick);
            list.line(at(x, base), at(x, base + 4.0), stroke(Ink::Line2, 1.0));
            let words = text::percent(tick as f64 / 1e6);
            let pen = list.text(at(x, base + 16.0), Anchor::Middle);
            let _ = pen.run(words, 11.0, Face::Plain, Ink::Ink3);
            tick += if self.to - self.from > 600_000 { 200_000 } else { 100_000 };
        }
        let _ = list.text(at(left, 14.0), Anchor::Start).run(
            &self.y_name,
            11.0,
            Face::Plain,
            Ink::Ink3,
        );
        let pen = list.text(at(right + 8.0, base + 16.0), Anchor::Start);
        let _ = pen.run(&self.x_name, 11.0, Face::Plain, Ink::Ink3);
        if let Some(here) = self.here.filter(|here| (self.from..=self.to).contains(here)) {
            let x = field.x(here);
            list.line(at(x, TOP - 6.0), at(x, base), stroke(Ink::Ink, 1.0).dashed(2.0, 3.0));
        }
    }

    fn legend(&self, list: &mut List, field: &Field) {
        let (x, y) = (field.width - RIGHT + 8.0, 10.0);
        list.line(at(x, y), at(x + 22.0, y), stroke(Ink::Green, 2.0).dashed(1.0, 4.0).round());
        let pen = list.text(at(x + 28.0, y + 4.0), Anchor::Start);
        let _ = pen.run(&self.theory, 11.0, Face::Plain, Ink::GreenText);
    }
}

fn hue(line: &Line) -> Ink {
    if line.current { Ink::Plum } else { Ink::Slate }
}

/// Where the means lie.
fn band(list: &mut List, field: &Field, line: &Line) {
    if line.samples.len() < 2 {
        return;
    }
    let upper = line.samples.iter().map(|it| at(field.x(it.x), field.y(it.band.1)));
    let lower = line.samples.iter().rev().map(|it| at(field.x(it.x), field.y(it.band.0)));
    let edge: Vec<Point> = upper.chain(lower).collect();
    list.faded(0.28, |list| {
        list.path(outline(&edge).chain([Segment::Close]), Fill::Solid(hue(line)), None);
    });
}

fn outline(points: &[Point]) -> impl Iterator<Item = Segment> + '_ {
    points.iter().enumerate().map(|(place, point)| match place {
        0 => Segment::Move(*point),
        _ => Segment::Line(*point),
    })
}

fn curve(list: &mut List, field: &Field, line: &Line, place: usize) {
    let points: Vec<Point> =
        line.samples.iter().map(|it| at(field.x(it.x), field.y(it.mean))).collect();
    let (drawn, gap) = DASHES[place % DASHES.len()];
    let mut edge = stroke(hue(line), if line.current { 2.2 } else { 1.5 });
    if gap > 0.0 && !line.current {
        edge = edge.dashed(drawn, gap);
    }
    list.path(outline(&points), Fill::None, Some(edge));
    for (sample, point) in line.samples.iter().zip(&points) {
        let (low, high) = (field.y(sample.band.0), field.y(sample.band.1));
        list.line(at(point.x, low), at(point.x, high), stroke(hue(line), 1.0));
        list.circle(*point, 2.2, Fill::Solid(hue(line)), None);
    }
}

/// What theory expects: dots of its own hue, over the curve.
fn theory(list: &mut List, field: &Field, line: &Line) {
    let known = line.samples.iter().filter_map(|it| Some((it.x, it.expected?)));
    let points: Vec<Point> = known.map(|(x, value)| at(field.x(x), field.y(value))).collect();
    let edge = stroke(Ink::Green, 2.0).dashed(1.0, 4.0).round();
    list.path(outline(&points), Fill::None, Some(edge));
}

/// The name at the end of a curve, moved down where another one stands.
fn name(list: &mut List, field: &Field, line: &Line, ends: &mut Vec<f64>) {
    let Some(last) = line.samples.last() else { return };
    let mut y = field.y(last.mean) + 4.0;
    while ends.iter().any(|end| libm::fabs(end - y) < 13.0) {
        y += 13.0;
    }
    ends.push(y);
    let room = RIGHT - 14.0;
    let wide = width_of(&line.name, 12.0, Face::Bold);
    let size = if wide > room { 12.0 * room / wide } else { 12.0 };
    let face = if line.current { Face::Bold } else { Face::Plain };
    let ink = if line.current { Ink::PlumText } else { Ink::Ink2 };
    let pen = list.text(at(field.x(last.x) + 8.0, y), Anchor::Start).halo(Ink::Surface);
    let _ = pen.run(&line.name, size, face, ink);
}
