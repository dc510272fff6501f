//! The display list: a flat, reusable list of shapes that a canvas and the SVG writer draw alike.
//!
//! Outlines, runs of text and letters live in three buffers beside the shapes, so that a list that
//! is cleared and filled again for every frame allocates nothing once it has grown.

use std::fmt::{self, Write as _};
use std::ops::Range;

use super::palette::Ink;

/// A place on the stage, in CSS pixels from the upper left corner.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// The point at `x`, `y`.
pub const fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    /// This point moved by `dx`, `dy`.
    #[must_use]
    pub fn by(self, dx: f64, dy: f64) -> Point {
        at(self.x + dx, self.y + dy)
    }

    /// The point `share` of the way to `other`.
    #[must_use]
    pub fn towards(self, other: Point, share: f64) -> Point {
        at(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)
    }

    /// The distance to `other` in pixels.
    pub fn distance(self, other: Point) -> f64 {
        libm::hypot(other.x - self.x, other.y - self.y)
    }
}

/// A piece of an outline.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Segment {
    /// Lift the pen and go there.
    Move(Point),
    /// A straight line.
    Line(Point),
    /// A quadratic curve: its control point and its end.
    Quad(Point, Point),
    /// A cubic curve: its control points and its end.
    Cubic(Point, Point, Point),
    /// A rectangle of its own: upper left corner, width, height.
    Box(Point, f64, f64),
    /// Back to the last `Move`.
    Close,
}

/// What a shape is.
#[derive(Clone, PartialEq, Debug)]
pub enum Form {
    /// A full circle.
    Circle(Point, f64),
    /// A part of a circle, clockwise; angles in full turns from twelve o'clock.
    Arc {
        /// The centre.
        centre: Point,
        /// The radius.
        radius: f64,
        /// Where it begins.
        from: f64,
        /// Where it ends; more than `from`.
        to: f64,
    },
    /// A rectangle with round corners.
    Rect {
        /// Upper left corner.
        corner: Point,
        /// Width.
        width: f64,
        /// Height.
        height: f64,
        /// Radius of the corners.
        radius: f64,
    },
    /// An outline: a range of [`List::segments`].
    Path(Range<u32>),
    /// Words: a range of [`List::runs`] in one line.
    Text {
        /// Where the anchor stands, on the base line.
        place: Point,
        /// Which part of the line stands at `place`.
        anchor: Anchor,
        /// Radians by which the line is turned clockwise around `place`.
        turn: f64,
        /// The runs of the line.
        runs: Range<u32>,
        /// Drawn four pixels wide around the letters, so that links do not cross them.
        halo: Option<Ink>,
    },
}

/// Which part of a line of text stands at its place.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Anchor {
    /// The line begins there.
    Start,
    /// The line is centred there.
    Middle,
    /// The line ends there.
    End,
}

/// A face of the two families of type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Face {
    /// The interface's.
    #[default]
    Plain,
    /// The interface's, bold.
    Bold,
    /// For code and figures.
    Mono,
}

/// Some letters of one style.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// Their bytes in [`List::letters`].
    pub letters: Range<u32>,
    /// Their colour.
    pub ink: Ink,
    /// Their face.
    pub face: Face,
    /// Their size in pixels.
    pub size: f64,
    /// Empty space before them in pixels.
    pub space: f64,
}

/// The inside of a shape.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fill {
    /// Nothing.
    None,
    /// One colour.
    Solid(Ink),
    /// Diagonal lines, as on injected faults: every six pixels, this wide, this opaque.
    Hatch(Ink, f64, f64),
    /// A dot every 24 pixels: the ground of the scene.
    Dots(Ink),
}

/// How an outline is broken.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Dash {
    /// It is not.
    Whole,
    /// So many pixels drawn, so many left out.
    Broken(f64, f64),
}

/// The edge of a shape.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// Its width in pixels.
    pub width: f64,
    /// How it is broken.
    pub dash: Dash,
    /// Its ends are round (and its joints always are).
    pub round: bool,
    /// It fades in from nothing at the first point to full at the second.
    pub fade: Option<(Point, Point)>,
    /// How opaque it is, from 0 to 1, beside the shape's own.
    pub alpha: f64,
}

/// A plain edge.
pub const fn stroke(ink: Ink, width: f64) -> Stroke {
    Stroke { ink, width, dash: Dash::Whole, round: false, fade: None, alpha: 1.0 }
}

impl Stroke {
    /// With round ends.
    #[must_use]
    pub const fn round(self) -> Stroke {
        Stroke { round: true, ..self }
    }

    /// Broken: so many pixels drawn, so many left out.
    #[must_use]
    pub const fn dashed(self, drawn: f64, gap: f64) -> Stroke {
        Stroke { dash: Dash::Broken(drawn, gap), ..self }
    }

    /// Partly transparent.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Stroke {
        Stroke { alpha, ..self }
    }

    /// Fading in from `from` to `to`.
    #[must_use]
    pub const fn fading(self, from: Point, to: Point) -> Stroke {
        Stroke { fade: Some((from, to)), ..self }
    }
}

/// One thing that is drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// What it is.
    pub form: Form,
    /// Its inside.
    pub fill: Fill,
    /// Its edge.
    pub stroke: Option<Stroke>,
    /// How opaque it is, from 0 to 1.
    pub alpha: f64,
}

/// A picture as a list of shapes, those behind first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct List {
    shapes: Vec<Shape>,
    segments: Vec<Segment>,
    runs: Vec<Run>,
    letters: String,
    alpha: Option<f64>,
}

impl List {
    /// An empty list.
    pub fn new() -> List {
        List::default()
    }

    /// Empties the list and keeps its memory.
    pub fn clear(&mut self) {
        self.shapes.clear();
        self.segments.clear();
        self.runs.clear();
        self.letters.clear();
        self.alpha = None;
    }

    /// Every shape, those behind first.
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// The pieces of an outline of this list.
    pub fn segments(&self, range: &Range<u32>) -> &[Segment] {
        &self.segments[range.start as usize..range.end as usize]
    }

    /// The runs of a line of text of this list.
    pub fn runs(&self, range: &Range<u32>) -> &[Run] {
        &self.runs[range.start as usize..range.end as usize]
    }

    /// The letters of a run of this list.
    pub fn letters(&self, run: &Run) -> &str {
        &self.letters[run.letters.start as usize..run.letters.end as usize]
    }

    /// Everything drawn by `draw` is this opaque.
    pub fn faded(&mut self, alpha: f64, draw: impl FnOnce(&mut List)) {
        let before = self.alpha;
        self.alpha = Some(before.unwrap_or(1.0) * alpha);
        draw(self);
        self.alpha = before;
    }

    fn push(&mut self, form: Form, fill: Fill, stroke: Option<Stroke>) {
        let alpha = self.alpha.unwrap_or(1.0);
        self.shapes.push(Shape { form, fill, stroke, alpha });
    }

    /// A circle.
    pub fn circle(&mut self, centre: Point, radius: f64, fill: Fill, stroke: Option<Stroke>) {
        self.push(Form::Circle(centre, radius), fill, stroke);
    }

    /// A part of a circle, clockwise from `from` to `to`, in turns from twelve o'clock.
    pub fn arc(&mut self, centre: Point, radius: f64, turns: Range<f64>, stroke: Stroke) {
        let form = if turns.end - turns.start >= 0.999 {
            Form::Circle(centre, radius)
        } else {
            Form::Arc { centre, radius, from: turns.start, to: turns.end }
        };
        self.push(form, Fill::None, Some(stroke));
    }

    /// A rectangle with round corners.
    pub fn rect(
        &mut self,
        corner: Point,
        (width, height): (f64, f64),
        radius: f64,
        fill: Fill,
        stroke: Option<Stroke>,
    ) {
        self.push(Form::Rect { corner, width, height, radius }, fill, stroke);
    }

    /// A rectangle with round corners around `centre`.
    pub fn tile(
        &mut self,
        centre: Point,
        (width, height): (f64, f64),
        radius: f64,
        fill: Fill,
        stroke: Option<Stroke>,
    ) {
        let corner = centre.by(-width / 2.0, -height / 2.0);
        self.rect(corner, (width, height), radius, fill, stroke);
    }

    /// An outline.
    pub fn path(
        &mut self,
        segments: impl IntoIterator<Item = Segment>,
        fill: Fill,
        stroke: Option<Stroke>,
    ) {
        let start = self.segments.len() as u32;
        self.segments.extend(segments);
        let end = self.segments.len() as u32;
        if end > start {
            self.push(Form::Path(start..end), fill, stroke);
        }
    }

    /// An outline drawn around the origin, moved to `place` and scaled.
    pub fn glyph(
        &mut self,
        place: Point,
        scale: f64,
        segments: &[Segment],
        fill: Fill,
        stroke: Option<Stroke>,
    ) {
        let put = |point: Point| place.by(point.x * scale, point.y * scale);
        let moved = segments.iter().map(|segment| match *segment {
            Segment::Move(to) => Segment::Move(put(to)),
            Segment::Line(to) => Segment::Line(put(to)),
            Segment::Quad(control, to) => Segment::Quad(put(control), put(to)),
            Segment::Cubic(first, second, to) => Segment::Cubic(put(first), put(second), put(to)),
            Segment::Box(corner, width, height) => {
                Segment::Box(put(corner), width * scale, height * scale)
            }
            Segment::Close => Segment::Close,
        });
        let stroke = stroke.map(|stroke| Stroke { width: stroke.width * scale, ..stroke });
        self.path(moved, fill, stroke);
    }

    /// A straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.path([Segment::Move(from), Segment::Line(to)], Fill::None, Some(stroke));
    }

    /// Begins a line of text; it ends when the pen is dropped.
    pub fn text(&mut self, place: Point, anchor: Anchor) -> Pen<'_> {
        let first = self.runs.len() as u32;
        Pen { list: self, place, anchor, turn: 0.0, halo: None, first }
    }
}

/// Writes a line of text, run by run.
pub struct Pen<'a> {
    list: &'a mut List,
    place: Point,
    anchor: Anchor,
    turn: f64,
    halo: Option<Ink>,
    first: u32,
}

impl Pen<'_> {
    /// With a halo in the colour of the ground.
    #[must_use]
    pub fn halo(mut self, ink: Ink) -> Self {
        self.halo = Some(ink);
        self
    }

    /// Turned clockwise by so many radians.
    #[must_use]
    pub fn turned(mut self, radians: f64) -> Self {
        self.turn = radians;
        self
    }

    /// Adds a run.
    #[must_use]
    pub fn run(self, text: impl fmt::Display, size: f64, face: Face, ink: Ink) -> Self {
        self.spaced(0.0, text, size, face, ink)
    }

    /// Adds a run behind some empty space.
    #[must_use]
    pub fn spaced(
        self,
        space: f64,
        text: impl fmt::Display,
        size: f64,
        face: Face,
        ink: Ink,
    ) -> Self {
        let start = self.list.letters.len() as u32;
        // Writing into a String cannot fail unless the value's own Display does; then it is left
        // out.
        let _ = write!(self.list.letters, "{text}");
        let end = self.list.letters.len() as u32;
        if end > start {
            self.list.runs.push(Run { letters: start..end, ink, face, size, space });
        }
        self
    }
}

impl Drop for Pen<'_> {
    fn drop(&mut self) {
        let runs = self.first..self.list.runs.len() as u32;
        if !runs.is_empty() {
            let Pen { place, anchor, turn, halo, .. } = *self;
            self.list.push(Form::Text { place, anchor, turn, runs, halo }, Fill::None, None);
        }
    }
}

/// About how wide `text` is in pixels, for placing; the back end measures for drawing.
pub fn width_of(text: &str, size: f64, face: Face) -> f64 {
    let em: f64 = text.chars().map(|letter| advance(letter, face)).sum();
    em * size
}

/// The advance of a letter in ems: averages of common interface faces.
fn advance(letter: char, face: Face) -> f64 {
    let wide = matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    match (letter, face) {
        _ if wide => 1.0,
        (_, Face::Mono) => 0.6,
        ('\u{2009}', _) => 0.2,
        ('i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '|' | ' ' | '\'', _) => 0.28,
        ('f' | 'r' | 't' | '(' | ')' | '-', _) => 0.36,
        ('m' | 'w' | 'M' | 'W' | '%', _) => 0.86,
        ('A'..='Z', Face::Bold) => 0.68,
        ('A'..='Z', _) => 0.64,
        (_, Face::Bold) => 0.58,
        _ => 0.55,
    }
}
