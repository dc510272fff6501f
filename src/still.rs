//! A still figure: one moment of a run as an SVG document that stands alone, made without a screen.
//! It looks as the live figure does, so that one can take the other's place.

use crate::kernel::{Queue, SimTime};
use crate::lab::{Action, Lab, MarkKind, ServerView, SpanKind, StageView, ViewModel};
use crate::scene::balance::{PoolLayout, PoolScene, ServerLook};
use crate::scene::list::{Anchor, Face, Fill, Point, Segment, at, stroke, width_of};
use crate::scene::svg::{self, Colours, Document, Layer};
use crate::scene::text::{Lang, clock, node_spoken, words};
use crate::scene::{
    ClusterScene, FIGURE_WIDTH, Frame, Ink, Layout, List, Options, Pulses, Theme, figure_height,
};
use crate::script::{self, Problem, Said};

mod film;

pub use film::Film;

/// Height of the sentence above the scene, in pixels; as in the style sheet of the page.
const CAPTION: f64 = 49.0;
/// Height of what is under the scene, in pixels.
const BAR: f64 = 49.0;
/// Width of the margin beside words, in pixels.
const MARGIN: f64 = 16.0;
/// More nodes than this are not told one by one.
const TOLD: usize = 16;
/// The class that the rules of a still with [`Shade::Auto`] speak of.
const CLASS: &str = "quorate-still";

/// The colours of a still.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shade {
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
    /// As the page around it (mdBook, Docusaurus, `MkDocs` Material, Furo), else as the reader's
    /// system says.
    #[default]
    Auto,
}

/// What is asked of a still.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Asked {
    /// The moment.
    pub at: SimTime,
    /// The colours.
    pub shade: Shade,
    /// The language of its words.
    pub lang: Lang,
    /// Its width in pixels.
    pub width: f64,
}

impl Default for Asked {
    fn default() -> Asked {
        let (at, shade, lang) = (SimTime::ZERO, Shade::default(), Lang::default());
        Asked { at, shade, lang, width: FIGURE_WIDTH }
    }
}

/// Why there is no still.
#[derive(Clone, PartialEq, Debug)]
pub enum NoStill {
    /// The text is not understood.
    Problems(Vec<Problem>),
    /// The run does not get that far, or cannot begin.
    Said(Said),
}

/// Draws the moment of the scenario `text` that is asked for.
///
/// # Errors
/// If the text is not understood, or its run is over before that moment.
pub fn draw(text: &str, asked: &Asked) -> Result<String, NoStill> {
    script::plan(text).map_err(NoStill::Problems)?;
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    while lab.is_busy() {
        lab.frame(0.0);
    }
    lab.update(Action::Seek(asked.at));
    let view = lab.view();
    let Some(stage) = lab.stage() else {
        let why = view.notice.clone();
        return Err(NoStill::Said(why.unwrap_or_else(|| Said::new("nothing runs", "没有运行"))));
    };
    let end = view.playhead.end;
    if asked.at > end {
        return Err(NoStill::Said(Said::new(
            format!("the run is over at {end}, before {}", asked.at),
            format!("运行在 {end} 结束，早于 {}", asked.at),
        )));
    }
    Ok(write(text, &view, &stage, asked))
}

fn write(text: &str, view: &ViewModel, stage: &StageView, asked: &Asked) -> String {
    let lang = asked.lang;
    let servers = view.pool.as_ref().map_or(0, |pool| pool.servers.len());
    let size = (asked.width, figure_height(asked.width, servers));
    let frame = frame_of(view, stage, size, lang);
    let (mut ground, mut caption, mut bar) = (List::new(), List::new(), List::new());
    let whole = (size.0, CAPTION + size.1 + BAR);
    ground.rect(at(0.0, 0.0), whole, 10.0, Fill::Solid(Ink::Surface), None);
    caption_of(&mut caption, lang.pick(&view.narration.en, &view.narration.zh), view, size.0);
    button_of(&mut bar, size.0);
    bar_of(&mut bar, view, stage.at, (60.0, size.0));
    let edge = Some(stroke(Ink::Line2, 1.0));
    let mut rim = List::new();
    rim.rect(at(0.5, 0.5), (whole.0 - 1.0, whole.1 - 1.0), 10.0, Fill::None, edge);

    let key = format!("{text}\n{}\n{:?}{:?}", asked.at, asked.shade, lang);
    let prefix = format!("q{:08x}-", crc32fast::hash(key.as_bytes()));
    let title = title_of(view, lang);
    let description = told(view, lang);
    let rules = rules();
    let auto = asked.shade == Shade::Auto;
    let about = Document {
        size: whole,
        title: &title,
        description: &description,
        metadata: text,
        colours: match asked.shade {
            Shade::Light => Colours::Of(Theme::Light),
            Shade::Dark => Colours::Of(Theme::Dark),
            Shade::Auto => Colours::Guarded,
        },
        prefix: &prefix,
        style: auto.then_some((CLASS, &*rules)),
    };
    let layer = |y: f64, lists| Layer { at: at(0.0, y), lists };
    svg::document(
        &about,
        &[
            layer(0.0, &[&ground]),
            layer(CAPTION, &[&frame.base, &frame.live]),
            layer(0.0, &[&caption]),
            layer(CAPTION + size.1, &[&bar]),
            layer(0.0, &[&rim]),
        ],
    )
}

/// The scene alone: a picture of a run among others, which has no name of its own.
pub fn thumbnail(
    view: &ViewModel,
    stage: &StageView,
    size: (f64, f64),
    (lang, theme): (Lang, Theme),
) -> String {
    let frame = frame_of(view, stage, size, lang);
    svg::write(&[&frame.base, &frame.live], size, "", Colours::Of(theme))
}

/// The scene on its ground: a picture that stands alone, named and told as the run is.
pub fn scene(
    view: &ViewModel,
    stage: &StageView,
    size: (f64, f64),
    (lang, theme): (Lang, Theme),
) -> String {
    let frame = frame_of(view, stage, size, lang);
    let mut ground = List::new();
    ground.rect(at(0.0, 0.0), size, 0.0, Fill::Solid(Ink::Canvas), None);
    let (title, description) = (title_of(view, lang), told(view, lang));
    let colours = Colours::Of(theme);
    let (title, description) = (title.as_str(), description.as_str());
    let about = Document { size, title, description, colours, ..Document::default() };
    let lists: &[&List] = &[&ground, &frame.base, &frame.live];
    svg::document(&about, &[Layer { at: at(0.0, 0.0), lists }])
}

/// What the picture of a run is called.
fn title_of(view: &ViewModel, lang: Lang) -> String {
    let title = lang.pick(&view.title.en, &view.title.zh);
    let name = view.about.map_or("Quorate", |it| it.name);
    if title.is_empty() { name } else { title }.to_owned()
}

/// What moves in a scene. In a still nothing does.
#[derive(Clone, Copy, Default)]
struct Motion<'a> {
    playing: bool,
    options: Options,
    pulses: Option<&'a Pulses>,
}

/// The scene, as the stage draws it.
fn frame_of(view: &ViewModel, stage: &StageView, size: (f64, f64), lang: Lang) -> Frame {
    let mut frame = Frame::default();
    if view.pool.is_some() {
        pool_frame(&mut frame, view, stage, (size, lang), Options::default());
    } else {
        let layout = Layout::of(size, &stage.snapshot);
        cluster_frame(&mut frame, view, stage, (&layout, lang), Motion::default());
    }
    frame
}

fn cluster_frame(
    frame: &mut Frame,
    view: &ViewModel,
    stage: &StageView,
    (layout, lang): (&Layout, Lang),
    motion: Motion<'_>,
) {
    let plain = ClusterScene::new(&stage.snapshot, stage.at, &view.names, view.about, lang);
    let scene = ClusterScene {
        ended: &stage.ended,
        flow: if motion.playing { stage.flow } else { view.playhead.pace },
        playing: motion.playing,
        brief: layout.phone(),
        options: motion.options,
        pulses: motion.pulses,
        ..plain
    };
    frame.draw(&scene, layout);
}

fn pool_frame(
    frame: &mut Frame,
    view: &ViewModel,
    stage: &StageView,
    (size, lang): ((f64, f64), Lang),
    options: Options,
) {
    let Some(pool) = &view.pool else { return };
    let servers: Vec<ServerLook> = pool.servers.iter().map(|it| look(it, stage)).collect();
    let current = pool.strategies.iter().find(|strategy| strategy.current);
    let scene = PoolScene {
        snapshot: &stage.snapshot,
        at: stage.at,
        servers: &servers,
        strategy: current.map_or("", |one| lang.pick(&one.name.en, &one.name.zh)),
        names: &view.names,
        lang,
        selection: None,
        hover: None,
        focus: None,
        options,
    };
    frame.draw_pool(&scene, &PoolLayout::of(size, &stage.snapshot));
}

fn look(server: &ServerView, stage: &StageView) -> ServerLook {
    let node = stage.snapshot.nodes.get(server.node.index());
    let card = node.and_then(|node| node.card.as_ref());
    let queue: &Queue = card.and_then(|card| card.queue.as_ref()).unwrap_or(&server.queue);
    ServerLook {
        node: server.node,
        name: server.name.clone(),
        capacity_milli: server.capacity_milli,
        queue: queue.clone(),
        busy: server.busy,
        p99: server.p99,
        crashed: server.crashed,
    }
}

/// The sentence, in at most two lines, with the names of nodes in bold.
fn caption_of(list: &mut List, sentence: &str, view: &ViewModel, width: f64) {
    list.rect(at(1.0, 1.0), (width - 2.0, CAPTION - 2.0), 9.0, Fill::Solid(Ink::Surface), None);
    list.line(at(0.0, CAPTION - 0.5), at(width, CAPTION - 0.5), stroke(Ink::Line, 1.0));
    let lines = broken(sentence, width - 2.0 * MARGIN);
    let first = if lines.len() > 1 { 20.0 } else { 29.0 };
    for (index, line) in lines.iter().take(2).enumerate() {
        let mut pen = list.text(at(MARGIN, first + 19.0 * index as f64), Anchor::Start);
        let more = index == 1 && lines.len() > 2;
        let mut plain = String::new();
        for word in words(line) {
            if view.names.iter().any(|known| known == word) {
                pen = pen.run(std::mem::take(&mut plain), 14.0, Face::Plain, Ink::Ink);
                pen = pen.run(word, 14.0, Face::Bold, Ink::Ink);
            } else {
                plain.push_str(word);
            }
        }
        pen = pen.run(plain, 14.0, Face::Plain, Ink::Ink);
        if more {
            let _ = pen.run("…", 14.0, Face::Plain, Ink::Ink);
        }
    }
}

/// A text in lines of this width. A line may break behind a space, and behind a wide letter.
fn broken(text: &str, width: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut word = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        word.push(letter);
        let wide = |letter: char| letter >= '\u{2e80}';
        let ends = letter == ' ' || letters.peek().is_none_or(|next| wide(*next) && wide(letter));
        if !ends {
            continue;
        }
        let last = lines.last().map_or("", String::as_str);
        let full = [last, word.trim_end()].concat();
        if !last.is_empty() && width_of(&full, 14.0, Face::Plain) > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&word);
        }
        word.clear();
    }
    lines
}

/// What stands under the scene: a button that means "this can play".
fn button_of(list: &mut List, width: f64) {
    let middle = BAR / 2.0;
    foot_of(list, width);
    list.circle(at(33.0, middle), 15.0, Fill::Solid(Ink::Ink), None);
    let triangle = [
        Segment::Move(at(29.0, middle - 5.5)),
        Segment::Line(at(38.0, middle)),
        Segment::Line(at(29.0, middle + 5.5)),
        Segment::Close,
    ];
    list.path(triangle, Fill::Solid(Ink::OnInk), None);
}

/// The ground under the time axis.
fn foot_of(list: &mut List, width: f64) {
    list.rect(at(1.0, 0.0), (width - 2.0, BAR - 1.0), 9.0, Fill::Solid(Ink::Surface), None);
    list.line(at(0.0, 0.5), at(width, 0.5), stroke(Ink::Line, 1.0));
}

/// The time `now`, beginning at `left`, and the time axis.
fn bar_of(list: &mut List, view: &ViewModel, now: SimTime, (left, width): (f64, f64)) {
    let middle = BAR / 2.0;
    let pen = list.text(at(left, middle + 5.0), Anchor::Start);
    let _ = pen.run(clock(now), 14.0, Face::Mono, Ink::Ink);
    let (from, to) = (left + 90.0, width - 24.0);
    let end = view.playhead.end.0.max(1) as f64;
    let place = |time: SimTime| from + (to - from) * (time.0 as f64 / end).clamp(0.0, 1.0);
    list.line(at(from, middle), at(to, middle), stroke(Ink::Line2, 3.0).round());
    for span in view.track.spans.iter().filter(|span| span.kind == SpanKind::Led) {
        let (x, until) = (place(span.from), place(span.to));
        list.line(at(x, middle), at(until, middle), stroke(Ink::Blue, 5.0));
    }
    for mark in &view.track.marks {
        sign(list, mark.kind, at(place(mark.at), middle));
    }
    let head = place(now);
    list.line(at(head, middle - 10.0), at(head, middle + 10.0), stroke(Ink::Ink, 2.0));
    list.tile(at(head, middle - 11.0), (10.0, 8.0), 2.0, Fill::Solid(Ink::Ink), None);
}

/// One marker of the axis, as the scrubber draws it.
fn sign(list: &mut List, kind: MarkKind, place: Point) {
    let diamond = |half: f64| {
        [
            Segment::Move(place.by(0.0, -half)),
            Segment::Line(place.by(half, 0.0)),
            Segment::Line(place.by(0.0, half)),
            Segment::Line(place.by(-half, 0.0)),
            Segment::Close,
        ]
    };
    let amber = Some(stroke(Ink::Amber, 1.6));
    match kind {
        MarkKind::ElectionWon => list.path(diamond(5.0), Fill::Solid(Ink::Amber), amber),
        MarkKind::ElectionLost => list.path(diamond(5.0), Fill::Solid(Ink::Surface), amber),
        MarkKind::Crash => {
            let edge = stroke(Ink::Ink, 2.0).round();
            list.line(place.by(-4.0, -4.0), place.by(4.0, 4.0), edge);
            list.line(place.by(4.0, -4.0), place.by(-4.0, 4.0), edge);
        }
        MarkKind::Restart => {
            list.arc(place, 4.5, 0.1..0.9, stroke(Ink::Ink, 2.0));
        }
        MarkKind::Fault => {
            list.line(place.by(0.0, -8.0), place.by(0.0, 8.0), stroke(Ink::Ink2, 1.6));
        }
        MarkKind::Call => {
            list.tile(place.by(0.0, -14.0), (6.0, 6.0), 0.0, Fill::Solid(Ink::Plum), None);
        }
        MarkKind::Commit => {
            list.line(place.by(0.0, -17.0), place.by(0.0, -10.0), stroke(Ink::Green, 2.4));
        }
        MarkKind::Violation => {
            let triangle = [
                Segment::Move(place.by(0.0, -16.0)),
                Segment::Line(place.by(6.0, -5.0)),
                Segment::Line(place.by(-6.0, -5.0)),
                Segment::Close,
            ];
            list.path(triangle, Fill::Solid(Ink::Red), None);
        }
    }
}

/// What a reader who does not see the picture is told.
fn told(view: &ViewModel, lang: Lang) -> String {
    let mut text = lang.pick(&view.narration.en, &view.narration.zh).to_owned();
    let Some(snapshot) = &view.snapshot else { return text };
    let era = view.about.map_or("", |about| about.era);
    for node in snapshot.nodes.iter().take(TOLD) {
        let name = view.names.get(node.id.index()).map_or("", String::as_str);
        text.push_str(lang.pick(if text.is_empty() { "" } else { " " }, ""));
        text.push_str(&node_spoken(lang, name, node, era));
        text.push_str(lang.pick(".", "。"));
    }
    text
}

/// The tokens of both themes, and who chooses between them.
fn rules() -> String {
    let tokens = |theme: Theme| -> String {
        Ink::ALL.iter().map(|ink| [ink.variable(), ":", ink.colour(theme), ";"].concat()).collect()
    };
    let (light, dark) = (tokens(Theme::Light), tokens(Theme::Dark));
    let hosts = |classes: &str, theme: &str, scheme: &str| {
        format!(":is(html{classes},[data-theme={theme}],[data-md-color-scheme={scheme}]) .{CLASS}")
    };
    [
        &format!(".{CLASS}{{max-width:100%;height:auto;{light}}}"),
        &format!("@media (prefers-color-scheme:dark){{.{CLASS}{{{dark}}}}}"),
        &format!("{}{{{light}}}", hosts(":is(.light,.rust)", "light", "default")),
        &format!("{}{{{dark}}}", hosts(":is(.coal,.navy,.ayu)", "dark", "slate")),
    ]
    .map(String::as_str)
    .concat()
}
