//! The time axis of a run: who led, what struck, what was violated, and where the playhead is.

use crate::kernel::{SimTime, Span};

use super::glyph;
use super::list::{Anchor, Face, Fill, List, Point, Segment, at, stroke};
use super::palette::Ink;
use super::text;

/// What a marker stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MarkLook {
    /// A solid amber diamond.
    ElectionWon,
    /// A hollow amber diamond.
    ElectionLost,
    /// A cross in ink.
    Crash,
    /// A ring in ink.
    Restart,
    /// A short upright line.
    Fault,
    /// A small plum square over the axis.
    Call,
    /// A green tick over the axis.
    Commit,
    /// A red triangle with its stem.
    Violation,
}

/// What a stretch stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SpanLook {
    /// Solid blue: some leader can reach a quorum.
    Led,
    /// Hollow blue: there is a leader, but without a quorum.
    LedWithoutQuorum,
    /// A hatch: a fault is in force.
    Fault,
}

/// What the axis shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AxisScene<'a> {
    /// Markers, in order of time.
    pub marks: &'a [(SimTime, MarkLook)],
    /// Stretches: from, to, what.
    pub spans: &'a [(SimTime, SimTime, SpanLook)],
    /// The end of the run.
    pub end: SimTime,
    /// The instant shown.
    pub at: SimTime,
}

/// The axis as a drawing surface: its line lies 24 pixels below the top.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    /// Where time zero is.
    pub left: f64,
    /// Where the run ends.
    pub right: f64,
    /// Height of the line below the top.
    pub line: f64,
    /// Seconds are written under the line.
    pub ticks: bool,
    /// The colour behind it.
    pub ground: Ink,
}

/// Marks of one kind nearer than this to the last one drawn are left out: a long run has thousands.
const CROWDED: f64 = 2.0;

impl Axis {
    /// An axis over this width, with ticks.
    pub fn new(width: f64) -> Axis {
        let ground = Ink::Surface;
        Axis { left: 18.0, right: (width - 18.0).max(19.0), line: 24.0, ticks: true, ground }
    }

    /// Where an instant is.
    pub fn x(&self, at: SimTime, end: SimTime) -> f64 {
        let share = if end.0 == 0 { 0.0 } else { at.0 as f64 / end.0 as f64 };
        self.left + (self.right - self.left) * share.clamp(0.0, 1.0)
    }

    /// Which instant is there.
    pub fn time(&self, x: f64, end: SimTime) -> SimTime {
        let share = (x - self.left) / (self.right - self.left);
        SimTime((share.clamp(0.0, 1.0) * end.0 as f64) as u64)
    }

    /// The marker at this point: the nearest within eight pixels, a violation before any other.
    pub fn hit(&self, scene: &AxisScene<'_>, point: Point) -> Option<usize> {
        let near = scene.marks.iter().enumerate().filter_map(|(index, (when, look))| {
            let far = libm::fabs(self.x(*when, scene.end) - point.x);
            (far <= 8.0).then_some((*look != MarkLook::Violation, far, index))
        });
        let best = near.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        best.map(|(_, _, index)| index)
    }

    /// Draws the axis.
    pub fn draw(&self, list: &mut List, scene: &AxisScene<'_>) {
        self.faults(list, scene);
        let (from, to) = (at(self.left, self.line), at(self.right, self.line));
        list.line(from, to, stroke(Ink::Line2, 3.0).round());
        self.leaders(list, scene);
        let mut last: [Option<f64>; 8] = [None; 8];
        for (when, look) in scene.marks {
            let x = self.x(*when, scene.end);
            let known = &mut last[*look as usize];
            if known.is_some_and(|known| x - known < CROWDED) {
                continue;
            }
            *known = Some(x);
            self.mark(list, x, *look);
        }
        if self.ticks {
            self.seconds(list, scene.end);
        }
        self.playhead(list, self.x(scene.at, scene.end));
    }

    fn faults(&self, list: &mut List, scene: &AxisScene<'_>) {
        for (from, to, look) in scene.spans {
            if *look == SpanLook::Fault {
                let (left, right) = (self.x(*from, scene.end), self.x(*to, scene.end));
                let (corner, size) = (at(left, self.line - 8.0), (right - left, 16.0));
                list.rect(corner, size, 0.0, Fill::Solid(Ink::SlateTint), None);
                list.rect(corner, size, 0.0, Fill::Hatch(Ink::Ink3, 1.6, 0.38), None);
            }
        }
    }

    fn leaders(&self, list: &mut List, scene: &AxisScene<'_>) {
        for (from, to, look) in scene.spans {
            let (left, right) = (self.x(*from, scene.end), self.x(*to, scene.end));
            let (from, to) = (at(left, self.line), at(right, self.line));
            match look {
                SpanLook::Fault => {}
                SpanLook::Led => list.line(from, to, stroke(Ink::Blue, 5.0)),
                SpanLook::LedWithoutQuorum => {
                    list.line(from, to, stroke(Ink::Blue, 5.0));
                    let inner = (from.by(1.0, 0.0), to.by(-1.0, 0.0));
                    list.line(inner.0, inner.1, stroke(self.ground, 2.6));
                }
            }
        }
    }

    fn mark(&self, list: &mut List, x: f64, look: MarkLook) {
        let y = self.line;
        let upright = |from: f64, to: f64| [Segment::Move(at(x, from)), Segment::Line(at(x, to))];
        match look {
            MarkLook::ElectionWon => glyph::election(list, at(x, y), 1.0, true, self.ground),
            MarkLook::ElectionLost => glyph::election(list, at(x, y), 1.0, false, self.ground),
            MarkLook::Crash => glyph::cross(list, at(x, y), 1.0, Ink::Ink, self.ground),
            MarkLook::Restart => {
                let edge = Some(stroke(Ink::Ink, 1.8));
                list.circle(at(x, y), 4.0, Fill::Solid(self.ground), edge);
            }
            MarkLook::Fault => {
                let edge = Some(stroke(Ink::Ink, 1.8));
                list.path(upright(y - 9.0, y + 9.0), Fill::None, edge);
            }
            MarkLook::Call => {
                list.tile(at(x, y - 15.0), (7.0, 7.0), 1.0, Fill::Solid(Ink::Plum), None);
            }
            MarkLook::Commit => {
                let edge = Some(stroke(Ink::Green, 2.4).round());
                list.path(upright(y - 19.0, y - 9.0), Fill::None, edge);
            }
            MarkLook::Violation => {
                list.path(upright(y - 16.0, y + 9.0), Fill::None, Some(stroke(Ink::Red, 1.6)));
                glyph::violation(list, at(x, y - 13.0), 1.0);
            }
        }
    }

    /// Instants under the line, in round steps.
    fn seconds(&self, list: &mut List, end: SimTime) {
        let step = step_of(end, (self.right - self.left) / 110.0);
        let mut when = 0;
        while when <= end.0 && step > 0 {
            let x = self.x(SimTime(when), end);
            let anchor = if when == 0 {
                Anchor::Start
            } else if self.right - x < 16.0 {
                Anchor::End
            } else {
                Anchor::Middle
            };
            let words = if when == 0 { "0 s".to_owned() } else { text::span(Span(when)) };
            let pen = list.text(at(x, self.line + 22.0), anchor);
            let _ = pen.run(words, 10.5, Face::Plain, Ink::Ink3);
            when += step;
        }
    }

    fn playhead(&self, list: &mut List, x: f64) {
        let y = self.line;
        list.line(at(x, y - 16.0), at(x, y + 11.0), stroke(Ink::Ink, 2.0));
        let top = y - 21.0;
        let flag = [
            Segment::Move(at(x - 5.5, top)),
            Segment::Line(at(x + 5.5, top)),
            Segment::Line(at(x + 5.5, top + 6.0)),
            Segment::Line(at(x, top + 11.0)),
            Segment::Line(at(x - 5.5, top + 6.0)),
            Segment::Close,
        ];
        list.path(flag, Fill::Solid(Ink::Ink), None);
    }
}

/// A round step that gives at most `most` ticks.
fn step_of(end: SimTime, most: f64) -> u64 {
    let least = end.0 as f64 / most.max(1.0);
    let mut unit = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            if (unit * factor) as f64 >= least {
                return unit * factor;
            }
        }
        if unit > u64::MAX / 100 {
            return 0;
        }
        unit *= 10;
    }
}
