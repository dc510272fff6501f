//! The small signs of the vocabulary, drawn around a place. Hue is the phase, shape is the kind;
//! solid asks, hollow answers.

use crate::kernel::{Face as Kind, Manner, Phase};

use super::list::{Fill, List, Point, Segment, at, stroke};
use super::palette::Ink;

use Segment::{Close, Cubic, Line, Move, Quad};

const fn p(x: f64, y: f64) -> Point {
    at(x, y)
}

/// A diamond with round corners, as wide as a square of 14 on its corner.
const DIAMOND: &[Segment] = &[
    Move(p(1.77, -8.13)),
    Line(p(8.13, -1.77)),
    Quad(p(9.9, 0.0), p(8.13, 1.77)),
    Line(p(1.77, 8.13)),
    Quad(p(0.0, 9.9), p(-1.77, 8.13)),
    Line(p(-8.13, 1.77)),
    Quad(p(-9.9, 0.0), p(-8.13, -1.77)),
    Line(p(-1.77, -8.13)),
    Quad(p(0.0, -9.9), p(1.77, -8.13)),
    Close,
];

const QUESTION: &[Segment] = &[
    Move(p(-2.1, -2.0)),
    Cubic(p(-2.1, -3.16), p(-1.16, -4.1), p(0.0, -4.1)),
    Cubic(p(1.16, -4.1), p(2.1, -3.16), p(2.1, -2.0)),
    Cubic(p(2.1, -1.14), p(1.58, -0.37), p(0.8, 0.0)),
    Cubic(p(0.2, 0.3), p(0.0, 0.6), p(0.0, 1.2)),
    Move(p(0.0, 4.0)),
    Line(p(0.0, 4.1)),
];

const TICK: &[Segment] = &[Move(p(-3.5, 0.3)), Line(p(-1.05, 2.75)), Line(p(3.45, -2.35))];
const MINUS: &[Segment] = &[Move(p(-3.5, 0.0)), Line(p(3.5, 0.0))];
const CROSS: &[Segment] =
    &[Move(p(-4.0, -4.0)), Line(p(4.0, 4.0)), Move(p(4.0, -4.0)), Line(p(-4.0, 4.0))];
const ENTRIES: &[Segment] = &[
    Move(p(-6.0, -3.0)),
    Line(p(-6.0, 3.0)),
    Move(p(-2.0, -3.0)),
    Line(p(-2.0, 3.0)),
    Move(p(3.2, -2.6)),
    Line(p(6.0, 0.0)),
    Line(p(3.2, 2.6)),
];
const LINES: &[Segment] =
    &[Move(p(-3.0, -1.8)), Line(p(3.0, -1.8)), Move(p(-3.0, 1.8)), Line(p(0.6, 1.8))];
const CROWN: &[Segment] = &[
    Move(p(-8.0, 4.5)),
    Line(p(-9.2, -4.0)),
    Line(p(-4.5, -0.6)),
    Line(p(0.0, -6.5)),
    Line(p(4.5, -0.6)),
    Line(p(9.2, -4.0)),
    Line(p(8.0, 4.5)),
    Close,
];
const TRIANGLE: &[Segment] = &[Move(p(0.0, -6.2)), Line(p(6.6, 5.4)), Line(p(-6.6, 5.4)), Close];
const BANG: &[Segment] =
    &[Move(p(0.0, -2.6)), Line(p(0.0, 1.0)), Move(p(0.0, 3.6)), Line(p(0.0, 3.7))];
const BARS: &[Segment] =
    &[Move(p(-4.0, 0.0)), Line(p(-4.0, 8.0)), Move(p(4.0, 0.0)), Line(p(4.0, 8.0))];
const HANDS: &[Segment] = &[Move(p(0.0, -5.0)), Line(p(0.0, 0.0)), Line(p(3.6, 2.4))];

/// The hue of a phase, for shapes.
pub fn hue(phase: Phase) -> Ink {
    match phase {
        Phase::Election => Ink::Amber,
        Phase::Replication => Ink::Blue,
        Phase::Client => Ink::Plum,
    }
}

/// The hue of a phase, for words.
pub fn hue_text(phase: Phase) -> Ink {
    match phase {
        Phase::Election => Ink::AmberText,
        Phase::Replication => Ink::BlueText,
        Phase::Client => Ink::PlumText,
    }
}

fn on_hue(phase: Phase) -> Ink {
    match phase {
        Phase::Election => Ink::OnAmber,
        Phase::Replication => Ink::OnBlue,
        Phase::Client => Ink::Surface,
    }
}

/// The sign of a kind of message around `place`.
pub fn message(list: &mut List, place: Point, scale: f64, kind: Kind) {
    let Kind { phase, manner, .. } = kind;
    if manner == Manner::Beat {
        let edge = Some(stroke(Ink::Canvas, 1.5 * scale));
        let size = (16.0 * scale, 9.0 * scale);
        return list.tile(place, size, 4.5 * scale, Fill::Solid(hue(phase)), edge);
    }
    let asks = manner == Manner::Ask;
    body(list, place, scale, phase, asks);
    let (mark, ink, width) = match (manner, phase) {
        (Manner::Ask, Phase::Election) => (QUESTION, on_hue(phase), 1.6),
        (Manner::Ask, Phase::Replication) => (ENTRIES, on_hue(phase), 1.6),
        (Manner::Ask, Phase::Client) => (LINES, on_hue(phase), 1.6),
        // A client's reply says what it says in its value; the square stays empty.
        (Manner::Grant, Phase::Client) => return,
        (Manner::Grant, _) => (TICK, hue_text(phase), 1.8),
        (Manner::Refuse | Manner::Beat, _) => (MINUS, hue_text(phase), 1.9),
    };
    list.glyph(place, scale, mark, Fill::None, Some(stroke(ink, width).round()));
}

/// The shape behind the mark.
fn body(list: &mut List, place: Point, scale: f64, phase: Phase, asks: bool) {
    let hue = hue(phase);
    let (fill, edge) = if asks {
        (Fill::Solid(hue), stroke(Ink::Canvas, 1.5 * scale))
    } else {
        (Fill::Solid(Ink::Surface), stroke(hue, 2.0 * scale))
    };
    match (phase, asks) {
        (Phase::Election, _) => {
            let edge = super::list::Stroke { width: edge.width / scale, ..edge };
            list.glyph(place, scale, DIAMOND, fill, Some(edge));
        }
        (Phase::Replication, true) => {
            list.tile(place, (22.0 * scale, 15.0 * scale), 4.0 * scale, fill, Some(edge));
        }
        (Phase::Replication, false) => list.circle(place, 8.0 * scale, fill, Some(edge)),
        (Phase::Client, _) => {
            let side = if asks { 15.0 } else { 14.0 } * scale;
            list.tile(place, (side, side), 2.0 * scale, fill, Some(edge));
        }
    }
}

/// The cross of a lost message, or of a crash on the timeline.
pub fn cross(list: &mut List, place: Point, scale: f64, ink: Ink, ground: Ink) {
    list.circle(place, 7.5 * scale, Fill::Solid(ground), None);
    list.glyph(place, scale, CROSS, Fill::None, Some(stroke(ink, 2.0).round()));
}

/// The crown of a leader.
pub fn crown(list: &mut List, place: Point, scale: f64, ink: Ink) {
    list.glyph(place, scale, CROWN, Fill::Solid(ink), Some(stroke(ink, 1.2)));
}

/// The triangle of a violation.
pub fn violation(list: &mut List, place: Point, scale: f64) {
    list.glyph(place, scale, TRIANGLE, Fill::Solid(Ink::Red), Some(stroke(Ink::Red, 2.0)));
    list.glyph(place, scale, BANG, Fill::None, Some(stroke(Ink::OnRed, 1.7).round()));
}

/// The two bars of a pause, hanging from `place`.
pub fn bars(list: &mut List, place: Point, scale: f64, ink: Ink) {
    list.glyph(place, scale, BARS, Fill::None, Some(stroke(ink, 2.6).round()));
}

/// A small clock: its time is not the others'.
pub fn clock(list: &mut List, place: Point, scale: f64) {
    let edge = Some(stroke(Ink::Ink, 1.8 * scale));
    list.circle(place, 11.0 * scale, Fill::Solid(Ink::Surface), edge);
    list.glyph(place, scale, HANDS, Fill::None, Some(stroke(Ink::Ink, 1.8).round()));
}

/// The small sign of a message that is held.
pub fn held(list: &mut List, place: Point, scale: f64) {
    let edge = Some(stroke(Ink::Ink2, 1.2 * scale));
    list.circle(place, 6.5 * scale, Fill::Solid(Ink::Canvas), edge);
    let bars = place.by(0.0, -2.6 * scale);
    list.glyph(
        bars,
        scale * 0.5,
        &[Move(p(-3.2, 0.0)), Line(p(-3.2, 10.0)), Move(p(3.2, 0.0)), Line(p(3.2, 10.0))],
        Fill::None,
        Some(stroke(Ink::Ink2, 3.0).round()),
    );
}

/// A diamond of the timeline: solid for an election won, hollow for one lost.
pub fn election(list: &mut List, place: Point, scale: f64, won: bool, ground: Ink) {
    let fill = Fill::Solid(if won { Ink::Amber } else { ground });
    list.glyph(place, scale * 0.56, DIAMOND, fill, Some(stroke(Ink::Amber, 2.8)));
}

/// Seats of a quorum in a row to the right of `place`; the first `filled` are counted.
pub fn seats(list: &mut List, place: Point, count: usize, filled: usize, radius: f64) -> f64 {
    let step = radius * 3.05;
    for seat in 0..count {
        let (fill, ink) =
            if seat < filled { (Fill::Solid(Ink::Ink), Ink::Ink) } else { (Fill::None, Ink::Ink3) };
        let centre = place.by(radius + seat as f64 * step, 0.0);
        list.circle(centre, radius, fill, Some(stroke(ink, 1.2)));
    }
    step * count as f64
}
