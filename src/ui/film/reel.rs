//! The recording itself: when a picture is drawn, when the film waits, when it is over.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Date, Function, Promise};
use quorate::lab::{Action, PlayheadView};
use quorate::scene::text::Lang;
use quorate::still::Film;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlCanvasElement;

use super::super::dom::{self, Timeout};
use super::super::session::{Hearing, Session};
use super::super::stage::{Surface, theme_now};

/// The longest film, in milliseconds.
pub(super) const MOST_MS: f64 = 60_000.0;
/// At most thirty pictures a second.
const PICTURE_MS: f64 = 32.0;
/// The page has so many times as long as a picture took before it draws the next.
const REST: f64 = 6.0;
/// How often the state of the film is looked at.
const TICK_MS: i32 = 200;
/// A run in which nothing moves for so long stands still, and the film waits.
const WAIT_MS: f64 = 700.0;
/// The end of the run is seen for so long.
const END_MS: f64 = 1_200.0;
/// 1280 by 720 points.
const FINE: f64 = 4.0 / 3.0;

#[wasm_bindgen]
extern "C" {
    /// `begin` of www/film.js, fetched when it is first asked for; see www/boot.js.
    #[wasm_bindgen(js_name = quorateFilm, catch)]
    fn quorate_film(
        canvas: &HtmlCanvasElement,
        name: &str,
        told: &Function,
    ) -> Result<Promise, JsValue>;
}

/// How a film ended.
pub(super) enum End {
    /// In a file; `full` if it was as long as it may be.
    Saved {
        name: String,
        seconds: u32,
        full: bool,
    },
    Failed,
}

type Tell = Box<dyn Fn(Lang, End)>;
type Told = Closure<dyn FnMut(JsValue)>;
type Tick = Box<dyn Fn(f64, bool)>;

/// A film under way; dropped, it ends and nothing is kept. Equal to its clones.
#[derive(Clone)]
pub(crate) struct Reel(Rc<Inner>);

impl PartialEq for Reel {
    fn eq(&self, other: &Reel) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    session: Session,
    lang: Cell<Lang>,
    picture: RefCell<(Film, Surface)>,
    /// The recorder, once it runs: it is told `pause`, `resume`, `stop` or `leave`.
    control: RefCell<Option<Function>>,
    told: RefCell<Option<Told>>,
    hearing: RefCell<Option<Hearing>>,
    timer: RefCell<Option<Timeout>>,
    tell: Tell,
    on_tick: RefCell<Option<Tick>>,
    /// When something moved last, a picture was drawn last, the state was looked at last.
    moved_at: Cell<f64>,
    drawn_at: Cell<f64>,
    looked_at: Cell<f64>,
    /// When the next picture may be drawn.
    next_at: Cell<f64>,
    /// Since when the run is at its end.
    ended_at: Cell<Option<f64>>,
    length: Cell<f64>,
    waits: Cell<bool>,
    stopped: Cell<bool>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.control("leave");
    }
}

impl Reel {
    /// Begins a film of the session's scene, which plays on, and tells `tell` once how it ended.
    /// `None` where the browser has no canvas to draw on.
    pub(super) fn begin(
        session: &Session,
        lang: Lang,
        name: &str,
        tell: impl Fn(Lang, End) + 'static,
    ) -> Option<Reel> {
        let canvas = dom::document().create_element("canvas").ok()?;
        let mut surface = Surface::new(canvas.dyn_into().ok()?)?;
        surface.fit(Film::SIZE, FINE);
        let canvas = surface.canvas().clone();
        let inner = Rc::new(Inner {
            session: session.clone(),
            lang: Cell::new(lang),
            picture: RefCell::new((Film::default(), surface)),
            control: RefCell::default(),
            told: RefCell::default(),
            hearing: RefCell::default(),
            timer: RefCell::default(),
            tell: Box::new(tell),
            on_tick: RefCell::default(),
            moved_at: Cell::new(0.0),
            drawn_at: Cell::new(0.0),
            looked_at: Cell::new(0.0),
            next_at: Cell::new(0.0),
            ended_at: Cell::new(None),
            length: Cell::new(0.0),
            waits: Cell::new(false),
            stopped: Cell::new(false),
        });
        let playhead = session.view().playhead;
        if !playhead.playing && playhead.at >= playhead.end {
            // From there a film begins anew, as playing does.
            session.act(Action::Home);
        }
        inner.draw(Date::now());
        inner.start(&canvas, name);
        Some(Reel(inner))
    }

    /// Ends it; its file is saved.
    pub(super) fn stop(&self) {
        self.0.stop();
    }

    /// The language of the screen has changed.
    pub(super) fn set_lang(&self, lang: Lang) {
        self.0.lang.set(lang);
    }

    /// Calls back with the length in milliseconds, and whether it waits.
    pub(super) fn on_tick(&self, hear: impl Fn(f64, bool) + 'static) {
        self.0.on_tick.replace(Some(Box::new(hear)));
    }
}

impl Inner {
    fn start(self: &Rc<Self>, canvas: &HtmlCanvasElement, name: &str) {
        let weak = Rc::downgrade(self);
        let told = Told::new(move |file: JsValue| {
            if let Some(inner) = weak.upgrade() {
                inner.over(file.as_string());
            }
        });
        let started = quorate_film(canvas, name, told.as_ref().unchecked_ref());
        self.told.replace(Some(told));
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            let outcome = match started {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            let control = outcome.ok().and_then(|control| control.dyn_into::<Function>().ok());
            match (weak.upgrade(), control) {
                (Some(inner), Some(control)) => {
                    inner.control.replace(Some(control));
                    inner.roll();
                }
                (Some(inner), None) => inner.over(None),
                // It was given up before it began.
                (None, Some(control)) => word(&control, "leave"),
                (None, None) => {}
            }
        });
    }

    /// The recorder runs: so does the run.
    fn roll(self: &Rc<Self>) {
        if self.stopped.get() {
            return self.control("stop");
        }
        let weak = Rc::downgrade(self);
        let hearing = self.session.on_painted(move || {
            if let Some(inner) = weak.upgrade() {
                inner.moved();
            }
        });
        self.hearing.replace(Some(hearing));
        let now = Date::now();
        self.moved_at.set(now);
        self.looked_at.set(now);
        if !self.session.view().playhead.playing {
            self.session.act(Action::Play);
        }
        self.tick_later();
    }

    fn tick_later(self: &Rc<Self>) {
        let weak: Weak<Inner> = Rc::downgrade(self);
        let timer = Timeout::new(TICK_MS, move || {
            if let Some(inner) = weak.upgrade() {
                inner.tick();
            }
        });
        self.timer.replace(Some(timer));
    }

    /// Something has moved: a picture, if one is due.
    fn moved(&self) {
        let now = Date::now();
        self.moved_at.set(now);
        if self.waits.replace(false) {
            self.looked_at.set(now);
            self.control("resume");
        }
        if now >= self.next_at.get() {
            self.draw(now);
        }
    }

    fn draw(&self, now: f64) {
        let (view, stage) = (self.session.view(), self.session.stage());
        let (film, surface) = &mut *self.picture.borrow_mut();
        let Some(stage) = stage else { return };
        let passed = (now - self.drawn_at.replace(now)).clamp(0.0, 100.0);
        film.draw(&view, &stage, self.lang.get(), (passed, self.session.is_still()));
        let theme = theme_now();
        for (place, list) in film.layers() {
            surface.add(list, place, theme);
        }
        let took = Date::now() - now;
        self.next_at.set(now + PICTURE_MS.max(took * REST));
    }

    /// Looks how things stand, a few times a second.
    fn tick(self: &Rc<Self>) {
        let now = Date::now();
        let passed = now - self.looked_at.replace(now);
        let ended = self.has_ended(now);
        if !self.waits.get() {
            self.length.set(self.length.get() + passed);
            if now - self.moved_at.get() > WAIT_MS && self.ended_at.get().is_none() {
                self.waits.set(true);
                self.control("pause");
            } else if now - self.drawn_at.get() > f64::from(TICK_MS) / 2.0 {
                // Also a picture that does not change has to be seen for its time.
                self.draw(now);
            }
        }
        if let Some(hear) = &*self.on_tick.borrow() {
            hear(self.length.get(), self.waits.get());
        }
        if ended || self.length.get() >= MOST_MS {
            return self.stop();
        }
        self.tick_later();
    }

    /// The run is at its end, and that was seen.
    fn has_ended(&self, now: f64) -> bool {
        let playhead = self.session.view().playhead;
        let at_end = !playhead.playing && is_at_end(&playhead);
        let since = at_end.then(|| self.ended_at.get().unwrap_or(now));
        self.ended_at.set(since);
        since.is_some_and(|since| now - since >= END_MS)
    }

    fn stop(&self) {
        self.stopped.set(true);
        self.hearing.take();
        self.timer.take();
        self.control("stop");
    }

    fn over(&self, file: Option<String>) {
        let end = match file {
            Some(name) => {
                let (seconds, full) = (self.length.get() / 1_000.0, self.length.get() >= MOST_MS);
                End::Saved { name, seconds: seconds.round() as u32, full }
            }
            None => End::Failed,
        };
        (self.tell)(self.lang.get(), end);
    }

    fn control(&self, what: &str) {
        if let Some(control) = &*self.control.borrow() {
            word(control, what);
        }
    }
}

/// There is nothing to play on to.
fn is_at_end(playhead: &PlayheadView) -> bool {
    if playhead.backwards {
        return playhead.event == 0;
    }
    // Where motion is not wanted, the last step ends at the last event.
    playhead.at >= playhead.end || playhead.event >= playhead.events
}

fn word(control: &Function, what: &str) {
    // A recorder that has ended hears nothing.
    let _ = control.call1(&JsValue::NULL, &what.into());
}
