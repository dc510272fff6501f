//! What the diagram shows between two renders of the tree, and how it is painted.

use std::rc::Rc;

use quorate::check::chronicle::{Chronicle, Cone, Focus, Query, Spot};
use quorate::kernel::SimTime;
use quorate::lab::{Lab, RunView, ViewModel};
use quorate::scene::spacetime::{
    ConeWords, Diagram, GUTTER, Line, Look, RIGHT, View, cone_words, describe, height_of, lines,
    svg,
};
use quorate::scene::svg::Colours;
use quorate::scene::text::{Lang, era_short};
use quorate::scene::{Point, Theme};
use web_sys::{Element, HtmlCanvasElement};

use super::super::dom;
use super::super::files::Picture;
use super::super::session::Session;
use super::super::stage::{Surface, theme_now};
use super::funnel::Funnel;

/// How many times the pace of the playback a window is long at first: about ten message delays.
const PACES: u64 = 4;
/// Width of a picture for a file, at least.
const PICTURE: f64 = 960.0;
/// Most events told in words.
const TOLD: usize = 60;

/// The window as a sentence, its events, and how many there are.
pub(super) type Twin = (String, Vec<Line>, usize);

/// What a painted base was painted from.
#[derive(Clone, Copy, PartialEq)]
struct Painted {
    view: View,
    size: (f64, f64),
    theme: Theme,
    lang: Lang,
    events: u32,
    change: u32,
}

/// The diagram on the page.
pub(super) struct Board {
    session: Session,
    root: Element,
    base: Surface,
    live: Surface,
    funnel: Funnel,
    diagram: Diagram,
    model: Rc<ViewModel>,
    lang: Lang,
    view: Option<View>,
    /// The window goes along with the playhead.
    follows: bool,
    pub(super) hidden: u64,
    pub(super) search: String,
    query: Option<Query>,
    queried: u32,
    /// Nothing is what is searched for.
    pub(super) nothing: bool,
    cone: Option<Cone>,
    hover: Option<Focus>,
    size: (f64, f64),
    /// Counts what changes the picture beside the window.
    change: u32,
    painted: Option<Painted>,
}

impl Board {
    pub(super) fn new(
        session: Session,
        root: Element,
        [base, live]: [HtmlCanvasElement; 2],
        funnel: Funnel,
        (model, lang): (Rc<ViewModel>, Lang),
    ) -> Option<Board> {
        let mut board = Board {
            session,
            root,
            base: Surface::new(base)?,
            live: Surface::new(live)?,
            funnel,
            diagram: Diagram::default(),
            model,
            lang,
            view: None,
            follows: true,
            hidden: 0,
            search: String::new(),
            query: None,
            queried: 0,
            nothing: false,
            cone: None,
            hover: None,
            size: (0.0, 0.0),
            change: 0,
            painted: None,
        };
        board.resize();
        Some(board)
    }

    pub(super) fn resize(&mut self) {
        let (width, height) = (self.root.client_width(), self.root.client_height());
        self.size = (f64::from(width), f64::from(height));
        self.funnel.measure(&self.root);
    }

    /// The view or the language is another one.
    pub(super) fn set_model(&mut self, model: &Rc<ViewModel>, lang: Lang) {
        if !Rc::ptr_eq(&self.model.names, &model.names) {
            // Another run: what was asked about is no more.
            (self.cone, self.hover, self.query) = (None, None, None);
            self.change += 1;
        }
        (self.model, self.lang) = (Rc::clone(model), lang);
    }

    fn end(&self) -> SimTime {
        self.model.playhead.end
    }

    /// The window, wherever it is.
    pub(super) fn view(&self) -> View {
        let pace = self.model.playhead.pace.0.saturating_mul(PACES);
        let first = || View::new(SimTime::ZERO, SimTime(pace.min(self.end().0)));
        self.view.unwrap_or_else(first)
    }

    /// Looks at the diagram with everything that is asked of it.
    fn with_look<T>(&self, lab: &Lab, work: impl FnOnce(&Look<'_>) -> T) -> Option<T> {
        let chronicle = lab.chronicle()?;
        let at = lab.stage().map_or(self.model.playhead.at, |stage| stage.at);
        let era = self.model.about.map_or("", |about| era_short(about.era));
        let deed = |index| lab.deed(index);
        let plain = Look::new(chronicle, &self.model.names, self.view(), at);
        Some(work(&Look {
            era,
            lang: self.lang,
            hidden: self.hidden,
            cone: self.cone.as_ref(),
            query: self.query.as_ref(),
            hover: self.hover,
            deed: &deed,
            ..plain
        }))
    }

    pub(super) fn paint(&mut self) {
        if self.size.0 < 80.0 || self.size.1 < 40.0 {
            return;
        }
        let session = self.session.clone();
        session.look(|lab| self.paint_of(lab));
    }

    fn paint_of(&mut self, lab: &Lab) {
        let (Some(chronicle), Some(stage)) = (lab.chronicle(), lab.stage()) else { return };
        self.go_along(stage.at);
        self.ask_again(chronicle);
        let ratio = dom::window().device_pixel_ratio();
        let emptied = self.base.fit(self.size, ratio) | self.live.fit(self.size, ratio);
        let now = Painted {
            view: self.view(),
            size: self.size,
            theme: theme_now(),
            lang: self.lang,
            events: chronicle.events(),
            change: self.change,
        };
        let anew = emptied || self.painted != Some(now);
        let mut diagram = std::mem::take(&mut self.diagram);
        let size = self.size;
        let _ = self.with_look(lab, |look| {
            if anew { diagram.draw(look, size) } else { diagram.draw_live(look, size) }
        });
        self.diagram = diagram;
        if anew {
            self.base.paint(&self.diagram.base, now.theme);
            self.painted = Some(now);
        }
        self.live.paint(&self.diagram.live, now.theme);
        self.funnel.show(now.view, self.end(), self.size.0);
    }

    fn go_along(&mut self, at: SimTime) {
        let view = self.view();
        self.follows |= view.has(at);
        let end = self.end();
        let next = if self.follows { view.following(at, end) } else { view };
        // A run that became shorter takes the window along.
        self.view = Some(next.moved(0.0, end));
    }

    /// What is searched for is looked up anew when the run has grown.
    fn ask_again(&mut self, chronicle: &Chronicle) {
        let (known, events) = (self.queried, chronicle.events());
        // While a run is computed, not for every few events more.
        let grown = events > known + known / 4 || self.model.run != RunView::Computing;
        let stale = self.query.is_none() || (known != events && grown);
        if stale && !self.search.is_empty() {
            self.query = Query::new(chronicle, &self.search, &self.model.names);
            self.queried = events;
            let found = |query: &Query| query.next(chronicle, 0, false).is_some();
            self.nothing = !self.query.as_ref().is_none_or(found);
            self.change += 1;
        }
    }

    // What a visitor asks for.

    /// Another window; the playhead stays where it is.
    pub(super) fn set_view(&mut self, view: View) {
        self.view = Some(view);
        let at = self.session.stage().map(|stage| stage.at);
        self.follows = at.is_some_and(|at| view.has(at));
    }

    pub(super) fn zoom(&mut self, times: f64, share: f64) {
        self.set_view(self.view().zoomed(times, share, self.end()));
    }

    /// Around the playhead where it is seen, else around the middle.
    pub(super) fn zoom_here(&mut self, times: f64) {
        let view = self.view();
        let at = self.session.stage().map_or(SimTime::ZERO, |stage| stage.at);
        let place = (at.0 as f64 - view.from.0 as f64) / view.width() as f64;
        self.zoom(times, if view.has(at) { place } else { 0.5 });
    }

    pub(super) fn pan(&mut self, share: f64) {
        self.set_view(self.view().moved(share, self.end()));
    }

    pub(super) fn fit(&mut self) {
        self.set_view(self.view().whole(self.end()));
    }

    /// From where a drag began, so many pixels.
    pub(super) fn drag(&mut self, from: View, dx: f64, dy: f64) {
        let wide = (self.size.0 - GUTTER - RIGHT).max(1.0);
        let moved = from.moved(-dx / wide, self.end());
        let most = self.session.look(|lab| {
            let lanes = lab.chronicle().map_or(0, |chronicle| chronicle.lanes().len());
            lanes as f64 * 9.0
        });
        self.set_view(View { top: (from.top - dy).clamp(0.0, most), ..moved });
    }

    /// The share of the window at a place.
    pub(super) fn share(&self, x: f64) -> f64 {
        ((x - GUTTER) / (self.size.0 - GUTTER - RIGHT).max(1.0)).clamp(0.0, 1.0)
    }

    /// The instant at a place.
    pub(super) fn instant(&self, x: f64) -> SimTime {
        let view = self.view();
        SimTime(view.from.0 + (self.share(x) * view.width() as f64) as u64)
    }

    /// The pointer is here; true if it means something else than before.
    pub(super) fn point(&mut self, point: Option<Point>) -> bool {
        let hit = point.and_then(|point| self.diagram.hit(point));
        let changed = self.hover != hit;
        self.hover = hit;
        changed
    }

    pub(super) fn points(&self) -> bool {
        self.hover.is_some()
    }

    /// Asks why what is at this place happened, and what came of it; about nothing on empty ground.
    pub(super) fn press(&mut self, point: Point) {
        self.ask(self.diagram.hit(point));
    }

    pub(super) fn ask(&mut self, focus: Option<Focus>) {
        let session = self.session.clone();
        self.cone =
            session.look(|lab| lab.chronicle().and_then(|chronicle| Cone::of(chronicle, focus?)));
        self.change += 1;
    }

    pub(super) fn ask_event(&mut self, event: u32) {
        let focus =
            self.session.look(|lab| lab.chronicle().and_then(|chronicle| chronicle.focus(event)));
        self.ask(focus);
    }

    /// From what is asked about to the event before or after it at the same lane, or to the nearest
    /// one at another lane.
    pub(super) fn step(&mut self, along: i32, across: i32) {
        let here = match self.cone.as_ref().map(|cone| cone.focus) {
            Some(Focus::Event(spot)) => Some(spot),
            Some(Focus::Message(_)) | None => None,
        };
        let view = self.view();
        let session = self.session.clone();
        let next = session.look(|lab| {
            let chronicle = lab.chronicle()?;
            let at = lab.stage()?.at;
            let Some(spot) = here else {
                let window = chronicle.window(view.from, at.min(view.to).max(view.from));
                let mut known = window.rev();
                return known.find_map(|event| chronicle.focus(event));
            };
            let lanes = chronicle.lanes();
            let lane = i32::from(spot.lane) + across;
            let line = lanes.get(usize::try_from(lane).ok()?)?;
            let event = match along {
                0 => line.before(spot.event + 1).or(line.after(spot.event)),
                1.. => line.after(spot.event),
                _ => line.before(spot.event),
            };
            Some(Focus::Event(Spot { event: event?, lane: lane as u16 }))
        });
        if next.is_some() {
            self.ask(next);
            self.show_asked();
        }
    }

    /// Moves the window to what is asked about.
    fn show_asked(&mut self) {
        let Some(event) = self.asked() else { return };
        let at = self.session.look(|lab| lab.chronicle().map(|chronicle| chronicle.time(event)));
        let Some(at) = at else { return };
        if !self.view().has(at) {
            self.set_view(self.view().following(at, self.end()));
        }
    }

    /// The event that is asked about.
    pub(super) fn asked(&self) -> Option<u32> {
        match self.cone.as_ref()?.focus {
            Focus::Event(spot) => Some(spot.event),
            Focus::Message(id) => self.session.look(|lab| {
                let message = lab.chronicle()?.message(id)?;
                Some(if message.ended < u32::MAX { message.ended } else { message.sent })
            }),
        }
    }

    pub(super) fn hide(&mut self, kind: usize) {
        self.hidden ^= 1_u64.checked_shl(kind as u32).unwrap_or(0);
        self.change += 1;
    }

    pub(super) fn set_search(&mut self, text: String) {
        (self.query, self.nothing) = (None, false);
        self.search = text;
        self.change += 1;
        let session = self.session.clone();
        session.look(|lab| {
            if let Some(chronicle) = lab.chronicle() {
                self.ask_again(chronicle);
            }
        });
    }

    /// The next event that is searched for, from the playhead, or the one before.
    pub(super) fn find(&mut self, back: bool) -> Option<u32> {
        let session = self.session.clone();
        session.look(|lab| {
            let chronicle = lab.chronicle()?;
            self.ask_again(chronicle);
            let here = lab.stage()?.snapshot.event as u32;
            self.query.as_ref()?.next(chronicle, here, back)
        })
    }

    /// What is seen, with every lane, as a picture for a file.
    pub(super) fn picture(&self) -> Option<Picture> {
        let colours = Colours::Of(theme_now());
        self.session.look(|lab| {
            let height = lab.chronicle().map_or(0.0, height_of);
            let size = (self.size.0.max(PICTURE), height);
            let view = View { top: 0.0, ..self.view() };
            let svg = self.with_look(lab, |look| svg(&Look { view, ..*look }, size, colours))?;
            Some(Picture { holds: "space-time", svg, size })
        })
    }

    // Words.

    pub(super) fn cone_words(&self) -> Option<ConeWords> {
        let cone = self.cone.as_ref()?;
        self.session.look(|lab| self.with_look(lab, |look| cone_words(look, cone)))
    }

    /// The window as a sentence, its events, and how many there are.
    pub(super) fn twin(&self) -> Option<Twin> {
        self.session.look(|lab| {
            self.with_look(lab, |look| {
                let (told, of) = lines(look, TOLD);
                (describe(look), told, of)
            })
        })
    }
}
