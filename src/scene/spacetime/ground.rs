//! Places: where an instant and a lane are, and the axis above.

use crate::check::chronicle::Chronicle;
use crate::kernel::SimTime;

use super::super::list::{Anchor, Face, Fill, List, Point, at, stroke};
use super::super::palette::Ink;
use super::super::text::number;
use super::Look;

/// Left of the first instant: names of the lanes.
pub const GUTTER: f64 = 52.0;
/// Right of the last instant.
pub const RIGHT: f64 = 20.0;
/// Above the lanes: the axis.
pub const STRIP: f64 = 26.0;
/// Between two lanes, at least and at most.
const PITCH: (f64, f64) = (9.0, 29.0);
/// More clients than this share one lane.
const CLIENTS: usize = 6;
/// Pixels from one label of the axis to the next, at least.
const TICK: f64 = 76.0;

/// Lanes are nearer to each other rather than that a picture gets higher than this.
const TALL: f64 = 640.0;

/// The height of a picture that has every lane in it.
pub fn height_of(chronicle: &Chronicle) -> f64 {
    let (nodes, clients) = rows_of(chronicle);
    let rows = (nodes + clients).max(1) as f64;
    let pitch = ((TALL - STRIP - 4.0) / rows).clamp(PITCH.0, PITCH.1);
    STRIP + 4.0 + rows * pitch
}

/// Rows of nodes, and of clients.
fn rows_of(chronicle: &Chronicle) -> (usize, usize) {
    let nodes = usize::from(chronicle.nodes());
    let clients = chronicle.lanes().len().saturating_sub(nodes);
    (nodes, if clients > CLIENTS { 1 } else { clients })
}

/// The places of a picture.
pub(super) struct Ground {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) pitch: f64,
    /// Rows of nodes.
    pub(super) nodes: usize,
    /// Rows of clients.
    pub(super) clients: usize,
    top: f64,
    from: f64,
    scale: f64,
    to: f64,
}

impl Ground {
    pub(super) fn of(look: &Look<'_>, (width, height): (f64, f64)) -> Ground {
        let (nodes, clients) = rows_of(look.chronicle);
        let rows = (nodes + clients).max(1) as f64;
        let pitch = ((height - STRIP - 4.0) / rows).clamp(PITCH.0, PITCH.1);
        let all = rows * pitch;
        let top = look.view.top.clamp(0.0, (all - (height - STRIP - 4.0)).max(0.0));
        let (from, to) = (look.view.from.0 as f64, look.view.to.0 as f64);
        let scale = (width - GUTTER - RIGHT).max(1.0) / (to - from).max(1.0);
        Ground { width, height, pitch, nodes, clients, top, from, scale, to }
    }

    /// Where an instant is; outside of the picture for one outside of the window.
    pub(super) fn x(&self, time: SimTime) -> f64 {
        GUTTER + (time.0 as f64 - self.from) * self.scale
    }

    /// Where an instant is, or the edge it is beyond.
    pub(super) fn x_in(&self, time: SimTime) -> f64 {
        self.x(time).clamp(GUTTER, self.end())
    }

    /// Right of the last instant.
    pub(super) fn end(&self) -> f64 {
        self.width - RIGHT
    }

    /// The instant `pixels` to the right of the left edge.
    pub(super) fn time(&self, pixels: f64) -> SimTime {
        SimTime((self.from + pixels / self.scale).clamp(0.0, self.to) as u64)
    }

    /// The row of a lane: all clients share one if they are many.
    pub(super) fn row(&self, lane: u16) -> usize {
        usize::from(lane).min(self.nodes + self.clients.max(1) - 1)
    }

    /// The height of a lane.
    pub(super) fn y(&self, lane: u16) -> f64 {
        self.y_of(self.row(lane))
    }

    pub(super) fn y_of(&self, row: usize) -> f64 {
        STRIP + self.pitch * (row as f64 + 0.5) - self.top
    }

    /// The height of a row can be seen.
    pub(super) fn shows_row(&self, row: usize) -> bool {
        let y = self.y_of(row);
        (STRIP - self.pitch..=self.height + self.pitch).contains(&y)
    }

    pub(super) fn shows(&self, place: Point) -> bool {
        (GUTTER..=self.end()).contains(&place.x) && (STRIP..=self.height).contains(&place.y)
    }

    /// Width of a line that is `wide` where there is room.
    pub(super) fn wide(&self, wide: f64) -> f64 {
        wide.min(self.pitch * 0.4).max(1.0)
    }

    /// Round instants of the window, and the unit they are counted in.
    fn ticks(&self) -> (Vec<SimTime>, u64) {
        let least = TICK / self.scale;
        let mut step = 1_000_u64;
        let mut factors = [2, 5, 10].into_iter().cycle();
        let mut unit = step;
        while (step as f64) < least {
            let factor = factors.next().unwrap_or(10);
            step = unit.saturating_mul(factor);
            if factor == 10 {
                unit = step;
            }
        }
        let first = (self.from as u64).div_ceil(step);
        let last = self.to as u64 / step;
        ((first..=last).take(64).map(|place| SimTime(place * step)).collect(), step)
    }

    /// Faint lines down from the axis.
    pub(super) fn grid(&self, list: &mut List) {
        for tick in self.ticks().0 {
            let x = self.x(tick);
            list.line(at(x, STRIP), at(x, self.height), stroke(Ink::Line, 1.0));
        }
    }

    /// The axis, over whatever is scrolled up behind it.
    pub(super) fn strip(&self, list: &mut List) {
        list.rect(at(0.0, 0.0), (self.width, STRIP - 8.0), 0.0, Fill::Solid(Ink::Canvas), None);
        let (ticks, step) = self.ticks();
        for tick in ticks {
            let x = self.x(tick);
            let anchor = match x {
                x if x < GUTTER + 20.0 => Anchor::Start,
                x if x > self.end() - 20.0 => Anchor::End,
                _ => Anchor::Middle,
            };
            let words = reading(tick, step);
            let _ = list.text(at(x, 14.0), anchor).run(words, 11.0, Face::Plain, Ink::Ink3);
        }
    }
}

/// An instant in seconds, with as many decimals as the step asks for.
fn reading(at: SimTime, step: u64) -> String {
    let mut places = 0;
    let mut unit = 1_000_000_000_u64;
    while !step.is_multiple_of(unit) && places < 6 {
        unit /= 10;
        places += 1;
    }
    let whole = number(at.0 / 1_000_000_000);
    if places == 0 {
        return format!("{whole} s");
    }
    format!("{whole}.{:0places$} s", at.0 % 1_000_000_000 / unit)
}
