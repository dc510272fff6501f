//! Strategies beside each other: distributions on one axis, shares against fair shares, queues.
//!
//! A response has its place on a logarithmic axis; a curve is the density of responses on it, so
//! that equal areas are equal numbers of requests wherever they lie. Every picture is doubled by
//! figures in words beside it.

use crate::kernel::Span;

use super::glyph;
use super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke, width_of};
use super::palette::Ink;
use super::text::{self, Label, Lang};

/// Points of a curve.
const POINTS: usize = 72;
/// A bar less wide has no corners to speak of, in pixels.
const THIN: f64 = 3.0;

/// The axis of response times that all strategies share.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    /// Its left end; above zero.
    pub low: Span,
    /// Its right end.
    pub high: Span,
    /// A bound that responses should stay below.
    pub limit: Option<Span>,
}

impl Axis {
    /// Where a time lies, from 0 at the left end to 1 at the right one, and beyond.
    pub fn share(&self, span: Span) -> f64 {
        let log = |span: Span| libm::log2(span.0.max(1) as f64);
        let (low, high) = (log(self.low), log(self.high));
        (log(span) - low) / (high - low).max(1e-9)
    }

    /// Times at round places: powers of ten, and one and two between where there is room.
    fn ticks(&self, width: f64) -> Vec<Span> {
        let decade = width / (self.share(Span(10)) - self.share(Span(1))).abs().max(1e-9);
        let mut ticks = Vec::new();
        let mut power = 1_000_u64;
        while power < self.high.0 && ticks.len() < 64 {
            let steps: &[u64] = if width * 10.0 < decade * 13.0 { &[1, 2, 5] } else { &[1] };
            ticks.extend(steps.iter().map(|step| Span(power.saturating_mul(*step))));
            power = power.saturating_mul(10);
        }
        ticks.retain(|tick| (0.02..=0.98).contains(&self.share(*tick)));
        ticks
    }
}

/// The density of responses along the axis: how many per part of its length.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve(Vec<f64>);

impl Curve {
    /// Of buckets (shortest, longest, how many), each spread evenly over its own width.
    pub fn of(axis: &Axis, buckets: &[(Span, Span, u32)]) -> Curve {
        let mut points = vec![0.0; POINTS];
        let all: u64 = buckets.iter().map(|(.., count)| u64::from(*count)).sum();
        for (low, high, count) in buckets {
            let from = axis.share(*low) * POINTS as f64;
            let to = axis.share(Span(high.0 + 1)) * POINTS as f64;
            let weight = f64::from(*count) / (all.max(1) as f64) / (to - from).max(1e-9);
            let first = libm::floor(from).max(0.0) as usize;
            for (place, point) in points.iter_mut().enumerate().skip(first) {
                let cell = place as f64;
                if cell >= to {
                    break;
                }
                *point += weight * (to.min(cell + 1.0) - from.max(cell)).max(0.0);
            }
        }
        // Twice a triangle of three: chance alone makes no teeth.
        for _ in 0..2 {
            let raw = points.clone();
            for place in 0..POINTS {
                let before = raw[place.saturating_sub(1)];
                let after = raw[(place + 1).min(POINTS - 1)];
                points[place] = (before + 2.0 * raw[place] + after) / 4.0;
            }
        }
        Curve(points)
    }

    /// The part of all responses that lies on the axis.
    pub fn area(&self) -> f64 {
        self.0.iter().sum()
    }

    /// Its highest point.
    pub fn peak(&self) -> f64 {
        self.0.iter().fold(0.0, |peak, point| peak.max(*point))
    }
}

/// One strategy.
#[derive(Clone, PartialEq, Debug)]
pub struct RowLook {
    /// Its name.
    pub name: String,
    /// Where its responses lie.
    pub curve: Curve,
    /// Half of the responses are at most this; `None` if there is none.
    pub p50: Option<Span>,
    /// All but one in a hundred are at most this.
    pub p99: Option<Span>,
    /// Part of the requests sent to each server.
    pub shares: Vec<f64>,
    /// Requests at each server.
    pub queues: Vec<u32>,
    /// Requests at all servers, at instants that lie evenly from the start of the run.
    pub waiting: Vec<u32>,
    /// Whether it meets what is expected; `None` as long as nobody knows.
    pub holds: Option<bool>,
    /// It is the one on stage.
    pub current: bool,
    /// Figures at the end of its row in the whole picture.
    pub figures: Vec<String>,
}

/// What all rows share.
#[derive(Clone, PartialEq, Debug)]
pub struct Shared {
    /// The axis.
    pub axis: Axis,
    /// The highest point of all curves.
    pub peak: f64,
    /// Fair share of each server.
    pub fair: Vec<f64>,
    /// Servers that are slowed down or crashed.
    pub struck: Vec<bool>,
    /// The longest queue of any server under any strategy.
    pub longest: u32,
    /// The most requests at all servers at any time.
    pub most: u32,
    /// Instants from the start to the end of the run, for `waiting`.
    pub instants: usize,
    /// Where the playhead is, from 0 to 1.
    pub playhead: f64,
}

/// A place for one picture: its upper left corner, width and height.
pub type Room = (Point, f64, f64);

/// Hue of a row: that of requests on stage, neutral off it.
fn hues(row: &RowLook) -> (Ink, Ink) {
    if row.current { (Ink::Plum, Ink::PlumTint) } else { (Ink::Slate, Ink::SlateTint) }
}

/// The words over the axis, at the foot of this room. The limit has the first right to its place,
/// then powers of ten.
pub fn axis(list: &mut List, lang: Lang, shared: &Shared, (corner, width, height): Room) {
    let axis = &shared.axis;
    let mut words: Vec<(f64, String, Ink)> = Vec::new();
    if let Some(share) = axis.limit.map(|limit| axis.share(limit)).filter(|it| *it < 1.0) {
        words.push((share, Label::Limit.text(lang).to_owned(), Ink::RedText));
    }
    let ticks = axis.ticks(width);
    let (tens, others): (Vec<Span>, Vec<Span>) =
        ticks.into_iter().partition(|tick| 10_u64.pow(tick.0.max(1).ilog10()) == tick.0);
    for tick in tens.into_iter().chain(others) {
        words.push((axis.share(tick), text::span(tick), Ink::Ink3));
    }
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for (share, word, ink) in words {
        let half = width_of(&word, 11.0, Face::Plain) / 2.0;
        let (left, right) = (corner.x + half, corner.x + width - half);
        let x = (corner.x + width * share).min(right).max(left);
        if taken.iter().all(|(from, to)| x - half > to + 8.0 || x + half < from - 8.0) {
            taken.push((x - half, x + half));
            let pen = list.text(at(x, corner.y + height - 5.0), Anchor::Middle);
            let _ = pen.run(word, 11.0, Face::Plain, ink);
        }
    }
}

/// How responses are distributed, with p50 as a short tick and p99 as a tall one with its figure.
pub fn distribution(list: &mut List, shared: &Shared, row: &RowLook, (corner, w, h): Room) {
    let axis = &shared.axis;
    let x = |share: f64| corner.x + w * share.clamp(0.0, 1.0);
    let (top, base) = (corner.y + 14.0, corner.y + h - 9.0);
    for tick in axis.ticks(w) {
        let x = x(axis.share(tick));
        list.line(at(x, corner.y + 2.0), at(x, base), stroke(Ink::Line, 1.0));
    }
    if let Some(limit) = axis.limit.filter(|limit| axis.share(*limit) < 1.0) {
        let from = x(axis.share(limit));
        let size = (corner.x + w - from, base - corner.y - 2.0);
        list.faded(0.55, |list| {
            list.rect(at(from, corner.y + 2.0), size, 0.0, Fill::Solid(Ink::RedTint), None);
        });
        let dash = stroke(Ink::Red, 1.0).dashed(3.0, 3.0);
        list.line(at(from, corner.y + 2.0), at(from, base + 3.0), dash);
    }
    let (hue, tint) = hues(row);
    let last = row.curve.0.len().saturating_sub(1).max(1) as f64;
    let point = |(place, density): (usize, &f64)| {
        let tall = if shared.peak > 0.0 { density / shared.peak } else { 0.0 };
        at(x(place as f64 / last), base - (base - top) * tall)
    };
    let points: Vec<Point> = row.curve.0.iter().enumerate().map(point).collect();
    if row.p50.is_some() {
        let closed = [Segment::Move(at(corner.x, base))]
            .into_iter()
            .chain(points.iter().map(|point| Segment::Line(*point)))
            .chain([Segment::Line(at(corner.x + w, base)), Segment::Close]);
        list.path(closed, Fill::Solid(tint), None);
        let line = points.iter().enumerate().map(|(place, point)| match place {
            0 => Segment::Move(*point),
            _ => Segment::Line(*point),
        });
        list.path(line, Fill::None, Some(stroke(hue, 1.4).round()));
    }
    list.line(at(corner.x, base), at(corner.x + w, base), stroke(Ink::Line2, 1.0));
    if let Some(p50) = row.p50 {
        let x = x(axis.share(p50));
        list.line(at(x, base - 4.0), at(x, base + 5.0), stroke(Ink::Ink, 2.0));
    }
    if let Some(p99) = row.p99 {
        tail(list, axis, p99, (x(axis.share(p99)), corner, w, base));
    }
}

/// The tall tick of the 99th percentile.
fn tail(list: &mut List, axis: &Axis, p99: Span, (x, corner, w, base): (f64, Point, f64, f64)) {
    let late = axis.limit.is_some_and(|limit| p99 >= limit);
    let (ink, words) = if late { (Ink::Red, Ink::RedText) } else { (Ink::Ink, Ink::Ink) };
    list.line(at(x, corner.y + 15.0), at(x, base + 3.0), stroke(ink, 2.0));
    let label = text::span(p99);
    let room = width_of(&label, 11.0, Face::Bold) + 4.0;
    let (x, anchor) =
        if x + room > corner.x + w { (x - 4.0, Anchor::End) } else { (x + 4.0, Anchor::Start) };
    let pen = list.text(at(x, corner.y + 22.0), anchor).halo(Ink::Surface);
    let _ = pen.run(label, 11.0, Face::Bold, words);
}

/// Where the bar of each server stands: its left edge, and how wide all are.
fn columns(count: usize, (corner, w, _): Room) -> (impl Fn(usize) -> f64, f64) {
    let step = w / count.max(1) as f64;
    let wide = (step * 0.72).clamp(0.5, 18.0);
    (move |place| corner.x + step * (place as f64 + 0.5) - wide / 2.0, wide)
}

/// Which part of the requests each server gets, with a tick where its fair share is.
pub fn shares(list: &mut List, shared: &Shared, row: &RowLook, room: Room) {
    let (corner, w, h) = room;
    let (top, base) = (corner.y + 10.0, corner.y + h - 9.0);
    let most = row.shares.iter().chain(&shared.fair).fold(1e-9_f64, |most, it| most.max(*it));
    let tall = |share: &f64| (base - top) * (share / most);
    let (hue, _) = hues(row);
    let highs = row.shares.iter().map(|share| tall(share).max(1.0));
    bars(list, highs, (hue, &shared.struck), (room, base));
    let (left, wide) = columns(row.shares.len(), room);
    let ticks = row.shares.iter().zip(&shared.fair).enumerate().flat_map(|(place, (_, fair))| {
        let (x, y) = (left(place), base - tall(fair));
        [Segment::Move(at(x - 2.0, y)), Segment::Line(at(x + wide + 2.0, y))]
    });
    list.path(ticks, Fill::None, Some(stroke(Ink::Ink, 1.6)));
    list.line(at(corner.x, base), at(corner.x + w, base), stroke(Ink::Line2, 1.0));
}

/// How many requests each server holds; the longest queue has its figure.
pub fn queues(list: &mut List, shared: &Shared, row: &RowLook, room: Room) {
    let (corner, w, h) = room;
    let (top, base) = (corner.y + 16.0, corner.y + h - 9.0);
    let (hue, _) = hues(row);
    let tall = |queue: u32| match queue {
        0 => 0.8,
        _ => ((base - top) * f64::from(queue) / f64::from(shared.longest.max(8))).max(2.0),
    };
    let highs = row.queues.iter().map(|queue| tall(*queue));
    bars(list, highs, (hue, &shared.struck), (room, base));
    let (left, wide) = columns(row.queues.len(), room);
    let own = row.queues.iter().copied().max().unwrap_or(0);
    if let Some(place) = row.queues.iter().position(|queue| *queue == own && own > 0) {
        let over = at(left(place) + wide / 2.0, base - tall(own) - 4.0);
        let pen = list.text(over, Anchor::Middle);
        let _ = pen.halo(Ink::Surface).run(own, 11.0, Face::Plain, Ink::Ink);
    }
    list.line(at(corner.x, base), at(corner.x + w, base), stroke(Ink::Line2, 1.0));
}

/// Bars this high on a base line; hatched where a server is struck. Those too thin for round
/// corners are one shape: a page takes them up fast enough then, however many servers there are.
fn bars(
    list: &mut List,
    highs: impl ExactSizeIterator<Item = f64>,
    (hue, struck): (Ink, &[bool]),
    (room, base): (Room, f64),
) {
    let (left, wide) = columns(highs.len(), room);
    let mut thin = Vec::new();
    for (place, high) in highs.enumerate() {
        let corner = at(left(place), base - high);
        let radius = 1.5_f64.min(wide / 3.0).min(high / 2.0);
        if struck.get(place) == Some(&true) {
            let edge = Some(stroke(hue, 1.0));
            list.rect(corner, (wide, high), radius, Fill::Hatch(hue, 1.4, 0.9), edge);
        } else if wide < THIN {
            thin.push(Segment::Box(corner, wide, high));
        } else {
            list.rect(corner, (wide, high), radius, Fill::Solid(hue), None);
        }
    }
    list.path(thin, Fill::Solid(hue), None);
}

/// Requests at all servers over the whole run, with the playhead.
pub fn waiting(list: &mut List, shared: &Shared, row: &RowLook, (corner, w, h): Room) {
    let (top, base) = (corner.y + 10.0, corner.y + h - 9.0);
    let (hue, tint) = hues(row);
    let x = |share: f64| corner.x + w * share;
    let last = shared.instants.saturating_sub(1).max(1) as f64;
    let points: Vec<Point> = row
        .waiting
        .iter()
        .enumerate()
        .map(|(place, count)| {
            let tall = f64::from(*count) / f64::from(shared.most.max(1));
            at(x(place as f64 / last), base - (base - top) * tall)
        })
        .collect();
    if let (Some(first), Some(end)) = (points.first(), points.last()) {
        let closed = [Segment::Move(at(first.x, base))]
            .into_iter()
            .chain(points.iter().map(|point| Segment::Line(*point)))
            .chain([Segment::Line(at(end.x, base)), Segment::Close]);
        list.path(closed, Fill::Solid(tint), Some(stroke(hue, 0.8)));
    }
    list.line(at(corner.x, base), at(corner.x + w, base), stroke(Ink::Line2, 1.0));
    let head = x(shared.playhead.clamp(0.0, 1.0));
    list.line(at(head, corner.y + 6.0), at(head, base + 3.0), stroke(Ink::Ink, 1.2));
}

/// The whole comparison as one picture that stands alone.
#[derive(Clone, PartialEq, Debug)]
pub struct CompareScene {
    /// What the picture is of.
    pub title: String,
    /// What all rows share.
    pub shared: Shared,
    /// The rows, from the top.
    pub rows: Vec<RowLook>,
    /// Heads of the figures at the end of each row.
    pub heads: Vec<String>,
    /// The language of the words.
    pub lang: Lang,
}

/// Height of a row in the whole picture.
const ROW: f64 = 66.0;
const HEAD: f64 = 62.0;
const MARGIN: f64 = 20.0;
/// Left ends and widths of the columns: name, distribution, shares, queues, queues over time.
const COLUMNS: [(f64, f64); 5] =
    [(20.0, 190.0), (220.0, 350.0), (590.0, 130.0), (740.0, 100.0), (860.0, 120.0)];
const FIGURE: f64 = 74.0;

impl CompareScene {
    /// Width and height in pixels.
    pub fn size(&self) -> (f64, f64) {
        let width = 1_000.0 + FIGURE * self.heads.len() as f64 + MARGIN;
        (width, HEAD + ROW * self.rows.len() as f64 + MARGIN)
    }

    /// Draws it.
    pub fn draw(&self, list: &mut List) {
        let (width, height) = self.size();
        list.rect(at(0.0, 0.0), (width, height), 0.0, Fill::Solid(Ink::Surface), None);
        let pen = list.text(at(MARGIN, 28.0), Anchor::Start);
        let _ = pen.run(&self.title, 15.0, Face::Bold, Ink::Ink);
        let label = |list: &mut List, x: f64, anchor: Anchor, words: &str| {
            let pen = list.text(at(x, HEAD - 5.0), anchor);
            let _ = pen.run(words, 11.0, Face::Plain, Ink::Ink3);
        };
        let lang = self.lang;
        axis(list, lang, &self.shared, (at(COLUMNS[1].0, HEAD - 20.0), COLUMNS[1].1, 20.0));
        label(list, COLUMNS[2].0, Anchor::Start, Label::ShareOfRequests.text(lang));
        label(list, COLUMNS[3].0, Anchor::Start, Label::QueuesNow.text(lang));
        label(list, COLUMNS[4].0, Anchor::Start, Label::QueuesOverTime.text(lang));
        let end = |place: usize| 1_000.0 + FIGURE * (place as f64 + 1.0) - 8.0;
        for (place, head) in self.heads.iter().enumerate() {
            label(list, end(place), Anchor::End, head);
        }
        for (place, row) in self.rows.iter().enumerate() {
            let top = HEAD + ROW * place as f64;
            list.line(at(0.0, top), at(width, top), stroke(Ink::Line, 1.0));
            let room = |column: usize| (at(COLUMNS[column].0, top), COLUMNS[column].1, ROW - 4.0);
            name(list, row, top);
            distribution(list, &self.shared, row, room(1));
            shares(list, &self.shared, row, room(2));
            queues(list, &self.shared, row, room(3));
            waiting(list, &self.shared, row, room(4));
            for (figure, words) in row.figures.iter().enumerate() {
                let pen = list.text(at(end(figure), top + 37.0), Anchor::End);
                let _ = pen.run(words, 12.0, Face::Plain, Ink::Ink);
            }
        }
    }
}

fn name(list: &mut List, row: &RowLook, top: f64) {
    if row.current {
        list.rect(at(0.0, top), (3.0, ROW), 0.0, Fill::Solid(Ink::Plum), None);
    }
    let x = COLUMNS[0].0;
    match row.holds {
        Some(false) => glyph::violation(list, at(x + 7.0, top + 33.0), 0.7),
        Some(true) => {
            list.circle(at(x + 7.0, top + 33.0), 7.0, Fill::Solid(Ink::GreenTint), None);
            let tick = [
                Segment::Move(at(x + 4.0, top + 33.0)),
                Segment::Line(at(x + 6.3, top + 35.4)),
                Segment::Line(at(x + 10.4, top + 30.6)),
            ];
            list.path(tick, Fill::None, Some(stroke(Ink::GreenText, 1.6).round()));
        }
        None => {}
    }
    let pen = list.text(at(x + 24.0, top + 37.0), Anchor::Start);
    let _ = pen.run(&row.name, 13.0, Face::Bold, Ink::Ink);
}
