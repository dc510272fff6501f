//! Writes a display list as SVG text: stills, export, print, and pictures that tests can read.

use std::fmt::Write as _;

use super::list::{Anchor, Dash, Face, Fill, Form, List, Point, Run, Segment, Shape, Stroke};
use super::palette::{Ink, Theme};

/// How colours are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colours {
    /// As values of a theme: the picture stands alone.
    Of(Theme),
    /// As custom properties: the picture follows the page it is in.
    Variables,
    /// As custom properties with the light theme's value behind each.
    Guarded,
}

/// Families of the interface's face, a Latin one first.
pub const PLAIN_FAMILY: &str = "Inter, 'SF Pro Text', 'Segoe UI Variable Text', 'Segoe UI', \
    'PingFang SC', 'Noto Sans CJK SC', 'Noto Sans', system-ui, sans-serif";
/// Families of the face for code and figures.
pub const MONO_FAMILY: &str = "'JetBrains Mono', 'SF Mono', 'Cascadia Code', \
    'Noto Sans Mono CJK SC', ui-monospace, monospace";

/// `lists`, one over the other, as an SVG document of this size in pixels.
pub fn write(lists: &[&List], size: (f64, f64), title: &str, colours: Colours) -> String {
    let at = Point { x: 0.0, y: 0.0 };
    let layers = [Layer { at, lists }];
    document(&Document { size, title, colours, ..Document::default() }, &layers)
}

/// Lists that are moved together.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// Where their corner comes to lie.
    pub at: Point,
    /// One over the other.
    pub lists: &'a [&'a List],
}

/// What an SVG document says beside its drawing. Texts are texts: nothing in them becomes markup.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    /// Width and height in pixels.
    pub size: (f64, f64),
    /// What it shows, for those who do not see it, and for the pointer.
    pub title: &'a str,
    /// The same at length.
    pub description: &'a str,
    /// What it was made from, kept for programs.
    pub metadata: &'a str,
    /// How colours are written.
    pub colours: Colours,
    /// Letters before every id, so that several documents fit into one page.
    pub prefix: &'a str,
    /// Rules for custom properties, if colours are written as these; with a class of this name.
    pub style: Option<(&'a str, &'a str)>,
}

impl Default for Document<'_> {
    fn default() -> Self {
        Document {
            size: (0.0, 0.0),
            title: "",
            description: "",
            metadata: "",
            colours: Colours::Of(Theme::Light),
            prefix: "",
            style: None,
        }
    }
}

/// `layers`, one over the other, as an SVG document.
pub fn document(about: &Document<'_>, layers: &[Layer<'_>]) -> String {
    let mut writer = Writer {
        out: String::new(),
        colours: about.colours,
        prefix: about.prefix.to_owned(),
        defs: Vec::new(),
        fades: 0,
    };
    for layer in layers {
        let moved = layer.at.x != 0.0 || layer.at.y != 0.0;
        if moved {
            let _ = writeln!(writer.out, "<g transform=\"translate({})\">", Pair(layer.at));
        }
        for list in layer.lists {
            list.shapes().iter().for_each(|shape| writer.shape(list, shape));
        }
        if moved {
            writer.out.push_str("</g>\n");
        }
    }
    let body = std::mem::take(&mut writer.out);
    let mut out = String::with_capacity(body.len() + 1024);
    head(&mut out, about);
    if !writer.defs.is_empty() {
        out.push_str("<defs>\n");
        for def in &writer.defs {
            out.push_str(&def.markup);
            out.push('\n');
        }
        out.push_str("</defs>\n");
    }
    out.push_str(&body);
    out.push_str("</svg>\n");
    out
}

/// The opening element, and the words of the document.
fn head(out: &mut String, about: &Document<'_>) {
    let (w, h) = (Num(about.size.0), Num(about.size.1));
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" \
         height=\"{h}\" role=\"img\" font-family=\"{PLAIN_FAMILY}\""
    );
    if let Some((class, _)) = about.style {
        let _ = write!(out, " class=\"{class}\"");
    }
    if !about.description.is_empty() {
        let _ = write!(out, " aria-labelledby=\"{0}title {0}desc\"", about.prefix);
    }
    out.push_str(">\n");
    let words = [
        ("title", about.title, true),
        ("desc", about.description, true),
        ("metadata", about.metadata, false),
    ];
    for (element, text, named) in words.into_iter().filter(|(_, text, _)| !text.is_empty()) {
        let _ = write!(out, "<{element}");
        if named && !about.description.is_empty() {
            let _ = write!(out, " id=\"{}{element}\"", about.prefix);
        }
        out.push('>');
        escape(out, text);
        let _ = writeln!(out, "</{element}>");
    }
    if let Some((_, rules)) = about.style {
        let _ = writeln!(out, "<style>{rules}</style>");
    }
}

struct Def {
    id: String,
    markup: String,
}

struct Writer {
    out: String,
    colours: Colours,
    prefix: String,
    defs: Vec<Def>,
    fades: u32,
}

impl Writer {
    fn ink(&self, ink: Ink) -> String {
        match self.colours {
            Colours::Of(theme) => ink.colour(theme).to_owned(),
            Colours::Variables => format!("var({})", ink.variable()),
            // A page whose policy forbids the rules still shows the picture.
            Colours::Guarded => format!("var({},{})", ink.variable(), ink.colour(Theme::Light)),
        }
    }

    fn shape(&mut self, list: &List, shape: &Shape) {
        if let Form::Text { place, anchor, turn, runs, halo } = &shape.form {
            let line = Line { place: *place, anchor: *anchor, turn: *turn, halo: *halo };
            self.text(list, &line, list.runs(runs), shape.alpha);
            return;
        }
        let style = self.style(shape);
        let out = &mut self.out;
        match &shape.form {
            Form::Circle(centre, radius) => {
                let (x, y, r) = (Num(centre.x), Num(centre.y), Num(*radius));
                let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"");
            }
            Form::Arc { centre, radius, from, to } => {
                let (start, end) =
                    (on_circle(*centre, *radius, *from), on_circle(*centre, *radius, *to));
                let large = u8::from(to - from > 0.5);
                let r = Num(*radius);
                let (start, end) = (Pair(start), Pair(end));
                let _ = write!(out, "<path d=\"M{start}A{r} {r} 0 {large} 1 {end}\"");
            }
            Form::Rect { corner, width, height, radius } => {
                let (x, y, r) = (Num(corner.x), Num(corner.y), Num(*radius));
                let (w, h) = (Num(*width), Num(*height));
                let _ = write!(
                    out,
                    "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{r}\""
                );
            }
            Form::Path(range) => {
                out.push_str("<path d=\"");
                for segment in list.segments(range) {
                    outline(out, segment);
                }
                out.push('"');
            }
            Form::Text { .. } => {}
        }
        self.out.push_str(&style);
        self.out.push_str("/>\n");
    }

    /// Attributes of fill, edge and opacity.
    fn style(&mut self, shape: &Shape) -> String {
        let mut style = format!(" fill=\"{}\"", self.fill(shape.fill));
        if let Some(stroke) = &shape.stroke {
            let paint = self.edge(stroke);
            let _ = write!(style, " stroke=\"{paint}\" stroke-width=\"{}\"", Num(stroke.width));
            if let Dash::Broken(drawn, gap) = stroke.dash {
                let _ = write!(style, " stroke-dasharray=\"{} {}\"", Num(drawn), Num(gap));
            }
            if stroke.round {
                style.push_str(" stroke-linecap=\"round\"");
            }
            style.push_str(" stroke-linejoin=\"round\"");
            if stroke.alpha < 1.0 {
                let _ = write!(style, " stroke-opacity=\"{}\"", Num(stroke.alpha));
            }
        }
        if shape.alpha < 1.0 {
            let _ = write!(style, " opacity=\"{}\"", Num(shape.alpha));
        }
        style
    }

    fn fill(&mut self, fill: Fill) -> String {
        match fill {
            Fill::None => "none".to_owned(),
            Fill::Solid(ink) => self.ink(ink),
            Fill::Hatch(ink, width, alpha) => {
                let name = ink.variable().trim_start_matches('-');
                let id = format!("{}hatch-{name}-{}-{}", self.prefix, Num(width), Num(alpha))
                    .replace('.', "_");
                let markup = format!(
                    "<pattern id=\"{id}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
                     patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"{}\" \
                     stroke-width=\"{}\" opacity=\"{}\"/></pattern>",
                    self.ink(ink),
                    Num(width),
                    Num(alpha)
                );
                self.define(id, markup)
            }
            Fill::Dots(ink) => {
                let markup = format!(
                    "<pattern id=\"{}dots\" width=\"24\" height=\"24\" \
                     patternUnits=\"userSpaceOnUse\"><circle cx=\"12\" cy=\"12\" r=\"1\" \
                     fill=\"{}\"/></pattern>",
                    self.prefix,
                    self.ink(ink)
                );
                self.define([&self.prefix, "dots"].concat(), markup)
            }
        }
    }

    fn edge(&mut self, stroke: &Stroke) -> String {
        let Some((from, to)) = stroke.fade else { return self.ink(stroke.ink) };
        self.fades += 1;
        let id = format!("{}fade-{}", self.prefix, self.fades);
        let ink = self.ink(stroke.ink);
        let markup = format!(
            "<linearGradient id=\"{id}\" gradientUnits=\"userSpaceOnUse\" x1=\"{}\" y1=\"{}\" \
             x2=\"{}\" y2=\"{}\"><stop offset=\"0\" stop-color=\"{ink}\" stop-opacity=\"0\"/>\
             <stop offset=\"1\" stop-color=\"{ink}\"/></linearGradient>",
            Num(from.x),
            Num(from.y),
            Num(to.x),
            Num(to.y)
        );
        self.define(id, markup)
    }

    fn define(&mut self, id: String, markup: String) -> String {
        let paint = format!("url(#{id})");
        if self.defs.iter().all(|def| def.id != id) {
            self.defs.push(Def { id, markup });
        }
        paint
    }

    fn text(&mut self, list: &List, line: &Line, runs: &[Run], alpha: f64) {
        let (x, y) = (Num(line.place.x), Num(line.place.y));
        let _ = write!(self.out, "<text x=\"{x}\" y=\"{y}\"");
        match line.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.out.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.out.push_str(" text-anchor=\"end\""),
        }
        if line.turn != 0.0 {
            let degrees = Num(line.turn.to_degrees());
            let _ = write!(self.out, " transform=\"rotate({degrees} {x} {y})\"");
        }
        if let Some(ink) = line.halo {
            let ink = self.ink(ink);
            let _ = write!(
                self.out,
                " paint-order=\"stroke\" stroke=\"{ink}\" stroke-width=\"4\" \
                 stroke-linejoin=\"round\""
            );
        }
        if alpha < 1.0 {
            let _ = write!(self.out, " opacity=\"{}\"", Num(alpha));
        }
        self.out.push('>');
        for run in runs {
            let (ink, size) = (self.ink(run.ink), Num(run.size));
            let _ = write!(self.out, "<tspan font-size=\"{size}\" fill=\"{ink}\"");
            if run.space != 0.0 {
                let _ = write!(self.out, " dx=\"{}\"", Num(run.space));
            }
            match run.face {
                Face::Plain => {}
                Face::Bold => self.out.push_str(" font-weight=\"700\""),
                Face::Mono => {
                    let _ = write!(self.out, " font-family=\"{MONO_FAMILY}\"");
                }
            }
            self.out.push('>');
            escape(&mut self.out, list.letters(run));
            self.out.push_str("</tspan>");
        }
        self.out.push_str("</text>\n");
    }
}

struct Line {
    place: Point,
    anchor: Anchor,
    turn: f64,
    halo: Option<Ink>,
}

fn outline(out: &mut String, segment: &Segment) {
    let _ = match *segment {
        Segment::Move(to) => write!(out, "M{}", Pair(to)),
        Segment::Line(to) => write!(out, "L{}", Pair(to)),
        Segment::Quad(control, to) => write!(out, "Q{} {}", Pair(control), Pair(to)),
        Segment::Cubic(first, second, to) => {
            write!(out, "C{} {} {}", Pair(first), Pair(second), Pair(to))
        }
        Segment::Box(corner, width, height) => {
            let (w, h) = (Num(width), Num(height));
            write!(out, "M{}h{w}v{h}h{}Z", Pair(corner), Num(-width))
        }
        Segment::Close => write!(out, "Z"),
    };
}

/// The point of a circle at `turn` turns from twelve o'clock, clockwise.
pub fn on_circle(centre: Point, radius: f64, turn: f64) -> Point {
    let angle = (turn - 0.25) * std::f64::consts::TAU;
    centre.by(radius * libm::cos(angle), radius * libm::sin(angle))
}

/// A number with at most two decimals, the same on every machine.
struct Num(f64);

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hundredths = libm::round(self.0 * 100.0) as i64;
        let sign = if hundredths < 0 { "-" } else { "" };
        let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
        match part {
            0 => write!(f, "{sign}{whole}"),
            _ if part % 10 == 0 => write!(f, "{sign}{whole}.{}", part / 10),
            _ => write!(f, "{sign}{whole}.{part:02}"),
        }
    }
}

struct Pair(Point);

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", Num(self.0.x), Num(self.0.y))
    }
}

/// Text between tags. A blank line would end a block of HTML in Markdown, so ends of lines are
/// spelt out; letters that XML has no way to write are left out.
fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(letter),
        }
    }
}
