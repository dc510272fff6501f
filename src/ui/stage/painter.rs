//! What is on the stage between two frames, and how the next one is drawn.

use std::rc::Rc;

use quorate::kernel::{NodeId, Span};
use quorate::lab::{Selection, Speed, StageView, ViewModel};
use quorate::scene::list::{Segment, at, stroke};
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::Lang;
use quorate::scene::{
    ClusterScene, Frame, Grip, Ink, Layout, List, Options, Pace, Point, Pulses, Target, Theme,
    link_at, mark_link,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement};

use super::super::dom;
use super::super::session::Session;
use super::canvas::Surface;
use super::pool::PoolPicture;

/// A finger means what is within so many pixels: together a target of 44.
const FINGER: f64 = 22.0;
/// A pointer means a message within so many pixels.
const POINTER: f64 = 14.0;
/// A pointer means a link within so many pixels.
const LINK: f64 = 6.0;
/// Nodes glide to a new place for so many milliseconds.
const GLIDE_MS: f64 = 320.0;
/// More events at once are a jump, which starts no motion.
const JUMP: u64 = 400;

/// What the tree above the stage knows and the stage draws by.
#[derive(Clone)]
pub(super) struct Look {
    pub(super) view: Rc<ViewModel>,
    pub(super) lang: Lang,
    /// The side picked so far, while a partition is being made.
    pub(super) side: Option<Vec<NodeId>>,
}

/// The stage.
pub(super) struct Painter {
    session: Session,
    root: Element,
    seats: Element,
    base: Surface,
    live: Surface,
    size: (f64, f64),
    theme: Theme,
    look: Look,
    frame: Frame,
    /// What is on the lower canvas.
    painted: List,
    layout: Option<Layout>,
    /// The layout as it is seen now: on its way from another one.
    shown: Option<Layout>,
    glide: Option<(Layout, f64)>,
    pool: PoolPicture,
    pulses: Pulses,
    seen_event: u64,
    painted_at: f64,
    seated: Vec<(f64, f64, f64)>,
    pub(super) hover: Option<Target>,
    pub(super) focus: Option<Target>,
    /// A line being drawn to cut the network.
    pub(super) cut: Option<(Point, Point)>,
    /// A message being pulled along its path.
    pub(super) grip: Option<Grip>,
    /// The link that is pointed at.
    pub(super) link: Option<(NodeId, NodeId)>,
}

impl Painter {
    /// A painter for these elements; `None` where a canvas cannot be drawn on.
    pub(super) fn new(
        session: Session,
        root: Element,
        canvases: [HtmlCanvasElement; 2],
        seats: Element,
        look: Look,
    ) -> Option<Painter> {
        let [base, live] = canvases;
        let (base, live) = (Surface::new(base)?, Surface::new(live)?);
        let mut painter = Painter {
            session,
            root,
            seats,
            base,
            live,
            size: (0.0, 0.0),
            theme: theme_now(),
            look,
            frame: Frame::default(),
            painted: List::new(),
            layout: None,
            shown: None,
            glide: None,
            pool: PoolPicture::default(),
            pulses: Pulses::default(),
            seen_event: 0,
            painted_at: 0.0,
            seated: Vec::new(),
            hover: None,
            focus: None,
            cut: None,
            grip: None,
            link: None,
        };
        painter.resize();
        Some(painter)
    }

    /// Looks at the tree's state anew.
    pub(super) fn set_look(&mut self, look: Look) {
        self.look = look;
        self.theme = theme_now();
    }

    /// Looks at the theme of the page anew.
    pub(super) fn set_theme(&mut self) {
        self.theme = theme_now();
    }

    /// Fits the stage to its element.
    pub(super) fn resize(&mut self) {
        let (width, height) = (self.root.client_width(), self.root.client_height());
        self.size = (f64::from(width), f64::from(height));
    }

    /// What is on the stage as SVG, in the colours of paper.
    pub(super) fn on_paper(&self) -> String {
        let lists = [&self.frame.base, &self.frame.live];
        svg::write(&lists, self.size, "", Colours::Of(Theme::Light))
    }

    /// True if it was painted in this very frame already.
    pub(super) fn is_fresh(&self) -> bool {
        js_sys::Date::now() - self.painted_at < 6.0
    }

    /// Draws a frame. True if something moves though the cluster stands still.
    pub(super) fn paint(&mut self) -> bool {
        let now = js_sys::Date::now();
        let passed = (now - self.painted_at).clamp(0.0, 100.0);
        self.painted_at = now;
        if self.size.0 < 8.0 || self.size.1 < 8.0 {
            return false;
        }
        let ratio = dom::window().device_pixel_ratio();
        let emptied = self.base.fit(self.size, ratio) | self.live.fit(self.size, ratio);
        let Some(stage) = self.session.stage() else {
            self.clear();
            return false;
        };
        self.watch(&stage, passed);
        let moving = if self.look.view.pool.is_some() {
            self.pool_frame(&stage);
            false
        } else {
            self.cluster_frame(&stage, now)
        };
        self.cut_line();
        let theme = self.theme;
        if emptied || self.frame.base != self.painted || self.base.theme() != Some(theme) {
            self.base.paint(&self.frame.base, theme);
            self.painted.clone_from(&self.frame.base);
        }
        self.live.paint(&self.frame.live, theme);
        self.seat();
        // While it plays, the session asks for the next frame.
        moving && stage.flow == Span::ZERO
    }

    fn clear(&mut self) {
        self.frame = Frame::default();
        self.painted.clear();
        self.base.paint(&self.painted, self.theme);
        self.live.paint(&self.painted, self.theme);
        (self.layout, self.shown, self.glide) = (None, None, None);
    }

    /// Notes commits as nodes learn of them.
    fn watch(&mut self, stage: &StageView, passed: f64) {
        let event = stage.snapshot.event;
        if event == self.seen_event {
            self.pulses.observe(&stage.snapshot, passed, false, self.session.is_still());
            return;
        }
        let jump = event < self.seen_event || event - self.seen_event > JUMP;
        self.seen_event = event;
        self.pulses.observe(&stage.snapshot, passed, jump, self.session.is_still());
    }

    fn options(&self) -> Options {
        let speed = self.look.view.playhead.speed;
        let playing = self.look.view.playhead.playing;
        Options {
            reduced_motion: self.session.is_still(),
            pace: if playing && speed == Speed::Max { Pace::Fast } else { Pace::Calm },
            ..Options::default()
        }
    }

    fn cluster_frame(&mut self, stage: &StageView, now: f64) -> bool {
        let gliding = self.place(stage, now);
        let Some(layout) = &self.shown else { return false };
        let view = &self.look.view;
        let pace = if stage.flow == Span::ZERO { view.playhead.pace } else { stage.flow };
        let plain =
            ClusterScene::new(&stage.snapshot, stage.at, &view.names, view.about, self.look.lang);
        let scene = ClusterScene {
            ended: &stage.ended,
            flow: pace,
            playing: stage.flow != Span::ZERO,
            selection: view.selection.map(target),
            hover: self.hover,
            focus: self.focus,
            brief: layout.phone(),
            options: self.options(),
            pulses: Some(&self.pulses),
            side: self.look.side.as_deref(),
            ..plain
        };
        self.frame.draw(&scene, layout);
        if let Some(link) = self.link {
            mark_link(&mut self.frame.base, layout, link);
        }
        if let Some(grip) = &self.grip {
            grip.draw(&mut self.frame.live, self.look.lang);
        }
        gliding || self.pulses.moving()
    }

    /// Finds the places of the nodes; those that change glide. True while they do.
    fn place(&mut self, stage: &StageView, now: f64) -> bool {
        let fits = self.layout.as_ref().is_some_and(|old| old.serves(self.size, &stage.snapshot));
        if !fits {
            let next = Layout::of(self.size, &stage.snapshot);
            let same_stage = |old: &Layout| {
                (old.width, old.height) == self.size && old.nodes.len() == next.nodes.len()
            };
            let from = self.shown.take().filter(same_stage);
            let still = self.session.is_still();
            self.glide = from.filter(|_| !still).map(|from| (from, now));
            self.layout = Some(next);
        }
        let Some(layout) = &self.layout else { return false };
        let Some((from, since)) = &self.glide else {
            if !fits || self.shown.is_none() {
                self.shown = Some(layout.clone());
            }
            return false;
        };
        let share = ((now - since) / GLIDE_MS).clamp(0.0, 1.0);
        // Fast at first, slow at the end, as the rest of the interface moves.
        let left = 1.0 - share;
        let eased = 1.0 - left * left * left;
        self.shown = Some(layout.blended(from, eased));
        if share >= 1.0 {
            self.glide = None;
        }
        share < 1.0
    }

    fn pool_frame(&mut self, stage: &StageView) {
        let marked = (self.look.view.selection.map(target), self.hover, self.focus);
        let options = self.options();
        self.pool.draw(&mut self.frame, self.size, stage, &self.look, marked, options);
        (self.layout, self.shown, self.glide) = (None, None, None);
    }

    /// The line that is being drawn to cut the network.
    fn cut_line(&mut self) {
        let Some((from, to)) = self.cut else { return };
        let edge = stroke(Ink::Ink, 2.0).dashed(6.0, 5.0).round();
        let line = [Segment::Move(from), Segment::Line(to)];
        self.frame.live.path(line, quorate::scene::list::Fill::None, Some(edge));
        for end in [from, to] {
            let fill = quorate::scene::list::Fill::Solid(Ink::Ink);
            self.frame.live.circle(end, 3.5, fill, None);
        }
    }

    /// Puts the buttons over what they stand for.
    fn seat(&mut self) {
        let places = self.places();
        let seats = self.seats.children();
        let known = seats.length() as usize;
        if places == self.seated && known == self.seated.len() {
            return;
        }
        for (index, (x, y, half)) in places.iter().enumerate() {
            let seat = seats.item(index as u32).map(JsCast::dyn_into::<HtmlElement>);
            let Some(Ok(seat)) = seat else { continue };
            // Through the object model, which a strict policy of style allows.
            let style = seat.style();
            let side = dom::pixels(2.0 * half);
            let _ = style.set_property("left", &dom::pixels(x - half));
            let _ = style.set_property("top", &dom::pixels(y - half));
            let _ = style.set_property("width", &side);
            let _ = style.set_property("height", &side);
        }
        self.seated = if known == places.len() { places } else { Vec::new() };
    }

    /// Centre and half side of each node's button.
    fn places(&self) -> Vec<(f64, f64, f64)> {
        if let Some(layout) = &self.shown {
            let spots = layout.nodes.iter();
            return spots.map(|spot| (spot.place.x, spot.place.y, spot.ring().max(14.0))).collect();
        }
        self.pool.places()
    }

    /// What is at this point of the stage, for a finger or a pointer.
    pub(super) fn hit(&self, point: Point, finger: bool) -> Option<Target> {
        let reach = if finger { FINGER } else { POINTER };
        match &self.shown {
            Some(layout) => self.frame.hit_within(layout, point, reach),
            None => self.pool.hit(&self.frame, point),
        }
    }

    /// The link at this point of the stage, where nothing else is.
    pub(super) fn link_at(&self, point: Point, finger: bool) -> Option<(NodeId, NodeId)> {
        link_at(self.shown.as_ref()?, point, if finger { FINGER } else { LINK })
    }

    /// Takes hold of the message at this point, if one is there. True if so.
    pub(super) fn grasp(&mut self, flight: u64, point: Point) -> bool {
        let Some((layout, stage)) = self.shown.as_ref().zip(self.session.stage()) else {
            return false;
        };
        let view = &self.look.view;
        let plain =
            ClusterScene::new(&stage.snapshot, stage.at, &view.names, view.about, self.look.lang);
        let scene = ClusterScene { selection: view.selection.map(target), ..plain };
        let drawn = self.frame.flights.iter().find(|(id, _)| *id == flight);
        let place = drawn.map_or(point, |(_, place)| *place);
        self.grip = Grip::take(&scene, layout, flight, place);
        self.grip.is_some()
    }

    /// The middle of a node.
    pub(super) fn middle_of(&self, node: NodeId) -> Point {
        let place = self.places().get(node.index()).copied();
        place.map_or(at(0.0, 0.0), |(x, y, _)| at(x, y))
    }

    /// The smaller side of a line across the stage; `None` if all nodes are on one side.
    pub(super) fn side_of(&self, (from, to): (Point, Point)) -> Option<Vec<NodeId>> {
        let layout = self.shown.as_ref()?;
        let left = |point: Point| {
            (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x) > 0.0
        };
        let all = layout.nodes.iter().enumerate();
        let (one, two): (Vec<_>, Vec<_>) = all.partition(|(_, spot)| left(spot.place));
        if one.is_empty() || two.is_empty() {
            return None;
        }
        let few = if one.len() <= two.len() { one } else { two };
        Some(few.into_iter().map(|(node, _)| NodeId::at(node)).collect())
    }

    /// True if the scene is a cluster, whose network can be cut by a line.
    pub(super) fn can_cut(&self) -> bool {
        self.shown.as_ref().is_some_and(|layout| layout.nodes.len() > 1)
    }
}

/// The lab's selection in the words of the scene.
fn target(selection: Selection) -> Target {
    match selection {
        Selection::Node(id) => Target::Node(id),
        Selection::Flight(id) => Target::Flight(id),
    }
}

/// The theme of the page: as chosen, else the system's.
pub(crate) fn theme_now() -> Theme {
    let root = dom::document().document_element();
    let chosen = root.and_then(|root| root.get_attribute("data-theme"));
    let dark = match chosen.as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => dom::media("(prefers-color-scheme: dark)"),
    };
    if dark { Theme::Dark } else { Theme::Light }
}
