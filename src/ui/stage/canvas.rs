//! Puts a display list on a canvas.
//!
//! A canvas is told only what changes: the last ink, width, dash, face and opacity are remembered,
//! and widths of words are measured once.

use std::f64::consts::TAU;

use super::super::dom;
use js_sys::Array;
use quorate::scene::list::{Anchor, Dash, Face, Fill, Form, List, Run, Segment, Shape, Stroke};
use quorate::scene::svg::{MONO_FAMILY, PLAIN_FAMILY};
use quorate::scene::{Ink, Point, Theme};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Sharper than twice the CSS pixel nobody sees, and it costs.
const SHARPEST: f64 = 2.0;
/// Words measured before the memory of them is emptied.
const MEASURED: usize = 4_000;
/// From one line of a hatch to the next along the horizontal: six pixels across.
const HATCH_STEP: f64 = 6.0 * std::f64::consts::SQRT_2;

/// A canvas and what it was told last.
pub(crate) struct Surface {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    size: (f64, f64),
    ratio: f64,
    told: Told,
    theme: Option<Theme>,
    widths: Vec<Measured>,
    measured: usize,
    dashes: Vec<(Dash, Array)>,
}

/// Words measured in one face and size, in their order.
struct Measured {
    font: (Face, u32),
    words: Vec<(String, f64)>,
}

#[derive(Default)]
struct Told {
    fill: Option<(Ink, Theme)>,
    edge: Option<(Ink, Theme)>,
    width: f64,
    dash: Option<Dash>,
    round: Option<bool>,
    font: Option<(Face, u32)>,
    alpha: f64,
}

impl Surface {
    /// A surface on `canvas`; `None` where the browser gives no context.
    pub(crate) fn new(canvas: HtmlCanvasElement) -> Option<Surface> {
        let context = canvas.get_context("2d").ok().flatten()?;
        let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
        Some(Surface {
            canvas,
            context,
            size: (0.0, 0.0),
            ratio: 0.0,
            told: Told::default(),
            theme: None,
            widths: Vec::new(),
            measured: 0,
            dashes: Vec::new(),
        })
    }

    /// Fits the canvas to a stage of this size in CSS pixels. True if that emptied it.
    pub(crate) fn fit(&mut self, size: (f64, f64), ratio: f64) -> bool {
        let ratio = ratio.clamp(1.0, SHARPEST);
        if self.size == size && (self.ratio - ratio).abs() < 1e-9 {
            return false;
        }
        (self.size, self.ratio) = (size, ratio);
        self.canvas.set_width((size.0 * ratio).round().max(1.0) as u32);
        self.canvas.set_height((size.1 * ratio).round().max(1.0) as u32);
        // A new size takes back everything the context was told.
        self.context.set_line_join("round");
        self.context.set_text_align("left");
        self.told = Told { width: -1.0, alpha: -1.0, ..Told::default() };
        true
    }

    /// The theme it was painted in last.
    pub(crate) fn theme(&self) -> Option<Theme> {
        self.theme
    }

    /// The canvas itself.
    pub(crate) fn canvas(&self) -> &HtmlCanvasElement {
        &self.canvas
    }

    /// Draws `list` on the emptied canvas.
    pub(crate) fn paint(&mut self, list: &List, theme: Theme) {
        let ratio = self.ratio;
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, self.size.0, self.size.1);
        self.add(list, Point::default(), theme);
    }

    /// Draws `list` with its corner at `place` over what is there.
    pub(crate) fn add(&mut self, list: &List, place: Point, theme: Theme) {
        self.theme = Some(theme);
        let ratio = self.ratio;
        let (x, y) = (place.x * ratio, place.y * ratio);
        let _ = self.context.set_transform(ratio, 0.0, 0.0, ratio, x, y);
        let mut rest = list.shapes();
        while let Some(first) = rest.first() {
            let alike = rest.iter().take_while(|shape| alike(first, shape)).count();
            let (together, others) = rest.split_at(alike.max(1));
            self.shapes(list, together, theme);
            rest = others;
        }
    }

    /// Draws shapes that differ in their outlines only.
    fn shapes(&mut self, list: &List, shapes: &[Shape], theme: Theme) {
        let [first, _, ..] = shapes else {
            return shapes.iter().for_each(|shape| self.shape(list, shape, theme));
        };
        self.context.begin_path();
        for shape in shapes {
            if let Form::Circle(centre, radius) = shape.form {
                // Without it a line would lead there from the outline before.
                self.context.move_to(centre.x + radius, centre.y);
            }
            self.outline(list, &shape.form);
        }
        self.alpha(first.alpha);
        if let Fill::Solid(ink) = first.fill {
            self.ink(ink, theme);
            self.context.fill();
        } else if let Some(stroke) = &first.stroke {
            self.edge(stroke, theme);
            self.context.stroke();
        }
    }

    fn shape(&mut self, list: &List, shape: &Shape, theme: Theme) {
        if let Form::Text { place, anchor, turn, runs, halo } = &shape.form {
            self.alpha(shape.alpha);
            return self.text(list, (*place, *anchor, *turn), list.runs(runs), *halo, theme);
        }
        self.context.begin_path();
        self.outline(list, &shape.form);
        match shape.fill {
            Fill::None => {}
            Fill::Solid(ink) => {
                self.alpha(shape.alpha);
                self.ink(ink, theme);
                self.context.fill();
            }
            Fill::Hatch(ink, width, alpha) => {
                self.hatch(list, shape, (ink, width, alpha), theme);
                self.context.begin_path();
                self.outline(list, &shape.form);
            }
            Fill::Dots(ink) => return self.dots(ink, theme),
        }
        if let Some(stroke) = &shape.stroke {
            self.alpha(shape.alpha * stroke.alpha);
            self.edge(stroke, theme);
            self.context.stroke();
            if stroke.fade.is_some() {
                self.told.edge = None;
            }
        }
    }

    fn outline(&self, list: &List, form: &Form) {
        let context = &self.context;
        // Arcs fail only for negative radii, and the scene has none.
        let _ = match form {
            Form::Circle(centre, radius) => context.arc(centre.x, centre.y, *radius, 0.0, TAU),
            Form::Arc { centre, radius, from, to } => {
                let (start, end) = ((from - 0.25) * TAU, (to - 0.25) * TAU);
                context.arc(centre.x, centre.y, *radius, start, end)
            }
            Form::Rect { corner, width, height, radius } => {
                self.round_rect(*corner, *width, *height, *radius)
            }
            Form::Path(range) => {
                for segment in list.segments(range) {
                    self.segment(segment);
                }
                Ok(())
            }
            Form::Text { .. } => Ok(()),
        };
    }

    fn segment(&self, segment: &Segment) {
        let context = &self.context;
        match *segment {
            Segment::Move(to) => context.move_to(to.x, to.y),
            Segment::Line(to) => context.line_to(to.x, to.y),
            Segment::Quad(control, to) => {
                context.quadratic_curve_to(control.x, control.y, to.x, to.y);
            }
            Segment::Cubic(first, second, to) => {
                context.bezier_curve_to(first.x, first.y, second.x, second.y, to.x, to.y);
            }
            Segment::Box(corner, width, height) => {
                context.rect(corner.x, corner.y, width, height);
            }
            Segment::Close => context.close_path(),
        }
    }

    fn round_rect(&self, corner: Point, w: f64, h: f64, radius: f64) -> Result<(), JsValue> {
        let context = &self.context;
        let (x, y) = (corner.x, corner.y);
        let r = radius.min(w / 2.0).min(h / 2.0).max(0.0);
        if r < 0.1 {
            context.rect(x, y, w, h);
            return Ok(());
        }
        context.move_to(x + r, y);
        context.arc_to(x + w, y, x + w, y + h, r)?;
        context.arc_to(x + w, y + h, x, y + h, r)?;
        context.arc_to(x, y + h, x, y, r)?;
        context.arc_to(x, y, x + w, y, r)?;
        context.close_path();
        Ok(())
    }

    /// Diagonal lines inside the outline that is under way.
    fn hatch(&mut self, list: &List, shape: &Shape, hatch: (Ink, f64, f64), theme: Theme) {
        let (ink, width, alpha) = hatch;
        let (low, high) = bounds(list, &shape.form);
        let (low, high) = (
            Point { x: low.x.max(0.0), y: low.y.max(0.0) },
            Point { x: high.x.min(self.size.0), y: high.y.min(self.size.1) },
        );
        self.context.save();
        self.context.clip();
        self.alpha(shape.alpha * alpha);
        // The pattern of the SVG shows the half of each line that lies in its tile.
        self.edge(&quorate::scene::list::stroke(ink, width / 2.0), theme);
        self.context.begin_path();
        let mut sum = ((low.x + low.y) / HATCH_STEP).floor() * HATCH_STEP;
        while sum <= high.x + high.y {
            self.context.move_to(sum - low.y, low.y);
            self.context.line_to(sum - high.y, high.y);
            sum += HATCH_STEP;
        }
        self.context.stroke();
        self.context.restore();
        // Restoring takes back what was told since saving.
        self.told = Told { width: -1.0, alpha: -1.0, ..Told::default() };
    }

    /// A dot every 24 pixels over the whole surface.
    fn dots(&mut self, ink: Ink, theme: Theme) {
        self.alpha(1.0);
        self.ink(ink, theme);
        self.context.begin_path();
        let mut y = 12.0;
        while y < self.size.1 {
            let mut x = 12.0;
            while x < self.size.0 {
                self.context.move_to(x + 1.0, y);
                let _ = self.context.arc(x, y, 1.0, 0.0, TAU);
                x += 24.0;
            }
            y += 24.0;
        }
        self.context.fill();
    }

    fn text(
        &mut self,
        list: &List,
        (place, anchor, turn): (Point, Anchor, f64),
        runs: &[Run],
        halo: Option<Ink>,
        theme: Theme,
    ) {
        let whole: f64 = match anchor {
            Anchor::Start => 0.0,
            _ => runs.iter().map(|run| run.space + self.width(run, list.letters(run))).sum(),
        };
        let shift = match anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -whole / 2.0,
            Anchor::End => -whole,
        };
        let (mut start, y) = if turn == 0.0 {
            (place.x + shift, place.y)
        } else {
            self.context.save();
            let _ = self.context.translate(place.x, place.y);
            let _ = self.context.rotate(turn);
            (shift, 0.0)
        };
        let first = start;
        if let Some(ink) = halo {
            self.edge(&quorate::scene::list::stroke(ink, 4.0), theme);
            for run in runs {
                start += run.space;
                let letters = list.letters(run);
                self.font(run);
                let _ = self.context.stroke_text(letters, start, y);
                start += self.width(run, letters);
            }
            start = first;
        }
        for run in runs {
            start += run.space;
            let letters = list.letters(run);
            self.font(run);
            self.ink(run.ink, theme);
            let _ = self.context.fill_text(letters, start, y);
            if runs.len() > 1 {
                start += self.width(run, letters);
            }
        }
        if turn != 0.0 {
            self.context.restore();
            self.told = Told { width: -1.0, alpha: -1.0, ..Told::default() };
        }
    }

    /// How wide a run is, measured once.
    fn width(&mut self, run: &Run, letters: &str) -> f64 {
        let font = (run.face, size_key(run));
        let known = self.widths.iter().position(|known| known.font == font);
        let known = known.unwrap_or_else(|| {
            self.widths.push(Measured { font, words: Vec::new() });
            self.widths.len() - 1
        });
        let words = &self.widths[known].words;
        let place = match words.binary_search_by(|(word, _)| word.as_str().cmp(letters)) {
            Ok(place) => return words[place].1,
            Err(place) => place,
        };
        self.font(run);
        let width = self.context.measure_text(letters).map_or(0.0, |metrics| metrics.width());
        if self.measured >= MEASURED {
            self.widths.clear();
            self.measured = 0;
        } else {
            self.measured += 1;
            self.widths[known].words.insert(place, (letters.to_owned(), width));
        }
        width
    }

    fn font(&mut self, run: &Run) {
        let key = (run.face, size_key(run));
        if self.told.font != Some(key) {
            self.told.font = Some(key);
            let (weight, family) = match run.face {
                Face::Plain => ("400", PLAIN_FAMILY),
                Face::Bold => ("700", PLAIN_FAMILY),
                Face::Mono => ("400", MONO_FAMILY),
            };
            self.context.set_font(&format!("{weight} {} {family}", dom::pixels(run.size)));
        }
    }

    fn ink(&mut self, ink: Ink, theme: Theme) {
        if self.told.fill != Some((ink, theme)) {
            self.told.fill = Some((ink, theme));
            self.context.set_fill_style_str(ink.colour(theme));
        }
    }

    fn alpha(&mut self, alpha: f64) {
        if (self.told.alpha - alpha).abs() > 1e-3 {
            self.told.alpha = alpha;
            self.context.set_global_alpha(alpha);
        }
    }

    fn edge(&mut self, stroke: &Stroke, theme: Theme) {
        if let Some((from, to)) = stroke.fade {
            let fade = self.context.create_linear_gradient(from.x, from.y, to.x, to.y);
            let colour = stroke.ink.colour(theme);
            let _ = fade.add_color_stop(0.0, &format!("{colour}00"));
            let _ = fade.add_color_stop(1.0, colour);
            self.context.set_stroke_style_canvas_gradient(&fade);
            self.told.edge = None;
        } else if self.told.edge != Some((stroke.ink, theme)) {
            self.told.edge = Some((stroke.ink, theme));
            self.context.set_stroke_style_str(stroke.ink.colour(theme));
        }
        if (self.told.width - stroke.width).abs() > 1e-6 {
            self.told.width = stroke.width;
            self.context.set_line_width(stroke.width);
        }
        if self.told.round != Some(stroke.round) {
            self.told.round = Some(stroke.round);
            self.context.set_line_cap(if stroke.round { "round" } else { "butt" });
        }
        if self.told.dash != Some(stroke.dash) {
            self.told.dash = Some(stroke.dash);
            let dash = self.dash(stroke.dash);
            let _ = self.context.set_line_dash(&dash);
        }
    }

    fn dash(&mut self, dash: Dash) -> Array {
        if let Some((_, array)) = self.dashes.iter().find(|(known, _)| *known == dash) {
            return array.clone();
        }
        let array = match dash {
            Dash::Whole => Array::new(),
            Dash::Broken(drawn, gap) => Array::of2(&drawn.into(), &gap.into()),
        };
        self.dashes.push((dash, array.clone()));
        array
    }
}

/// True if the two can be drawn as one outline: nothing of either shows through the other.
fn alike(first: &Shape, other: &Shape) -> bool {
    let closed =
        |shape: &Shape| matches!(shape.form, Form::Circle(..) | Form::Rect { .. } | Form::Path(_));
    let plain = match (&first.fill, &first.stroke) {
        (Fill::Solid(_), None) => !matches!(first.form, Form::Path(_)),
        (Fill::None, Some(stroke)) => stroke.fade.is_none() && stroke.alpha >= 1.0,
        _ => false,
    };
    plain
        && closed(first)
        && closed(other)
        && first.alpha >= 1.0
        && (first.fill, first.stroke, first.alpha) == (other.fill, other.stroke, other.alpha)
        && (first.stroke.is_some() || !matches!(other.form, Form::Path(_)))
}

/// Sizes differ by tenths of a pixel.
fn size_key(run: &Run) -> u32 {
    (run.size * 10.0).round() as u32
}

/// The box around a form.
fn bounds(list: &List, form: &Form) -> (Point, Point) {
    let around =
        |centre: &Point, radius: f64| (centre.by(-radius, -radius), centre.by(radius, radius));
    match form {
        Form::Circle(centre, radius) | Form::Arc { centre, radius, .. } => around(centre, *radius),
        Form::Rect { corner, width, height, .. } => (*corner, corner.by(*width, *height)),
        Form::Text { place, .. } => (*place, *place),
        Form::Path(range) => {
            let (mut low, mut high) =
                (Point { x: f64::MAX, y: f64::MAX }, Point { x: f64::MIN, y: f64::MIN });
            let mut reach = |point: Point| {
                low = Point { x: low.x.min(point.x), y: low.y.min(point.y) };
                high = Point { x: high.x.max(point.x), y: high.y.max(point.y) };
            };
            for segment in list.segments(range) {
                match *segment {
                    Segment::Move(to) | Segment::Line(to) => reach(to),
                    Segment::Quad(control, to) => {
                        reach(control);
                        reach(to);
                    }
                    Segment::Cubic(first, second, to) => {
                        reach(first);
                        reach(second);
                        reach(to);
                    }
                    Segment::Box(corner, width, height) => {
                        reach(corner);
                        reach(corner.by(width, height));
                    }
                    Segment::Close => {}
                }
            }
            (low, high)
        }
    }
}
