//! Work beside the page: asked for in plain words, heard in plain data.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Reducible;

#[wasm_bindgen]
extern "C" {
    /// `begin` of www/search.js, fetched when it is first asked for; see www/boot.js.
    #[wasm_bindgen(js_name = quorateSearch, catch)]
    fn quorate_search(request: &JsValue, told: &Function) -> Result<Promise, JsValue>;
}

/// What is done with a text.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Task {
    /// Every order of events is searched.
    Search,
    /// What is not needed for its failure is struck out.
    Shrink,
}

/// What is asked for.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) task: Task,
    pub(super) text: &'a str,
    pub(super) limits: Option<Limits>,
}

/// How far a search may go: a page is one of many.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Limits {
    /// Megabytes.
    pub(super) max_memory: u32,
}

/// What the work says of itself; what does not belong to the kind is left at its default.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(
    default,
    bound(deserialize = "P: DeserializeOwned + Default, R: DeserializeOwned + Default")
)]
pub(super) struct Told<P, R> {
    /// `progress`, `over` or `failed`.
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) seconds: f64,
    pub(super) cancelled: bool,
    pub(super) progress: Option<P>,
    pub(super) report: Option<R>,
}

/// Where work stands.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    /// None was asked for.
    #[default]
    Idle,
    Running,
    Paused,
    Over,
}

/// What is known of the work asked for last.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Known<P, R> {
    pub(super) phase: Phase,
    /// The text on screen when it began: of another one nothing is known.
    pub(super) about: Option<Rc<str>>,
    pub(super) progress: P,
    pub(super) seconds: f64,
    pub(super) report: Option<Rc<R>>,
    pub(super) cancelled: bool,
    pub(super) message: String,
}

/// What becomes of it.
pub(super) enum Change<P, R> {
    /// Work on this text begins.
    Begin(Rc<str>),
    Phase(Phase),
    Told(Told<P, R>),
    Forget,
}

impl<P: Clone + Default, R: Clone + Default> Reducible for Known<P, R> {
    type Action = Change<P, R>;

    fn reduce(self: Rc<Self>, change: Change<P, R>) -> Rc<Self> {
        let mut known = (*self).clone();
        match change {
            Change::Begin(about) => {
                let (phase, about) = (Phase::Running, Some(about));
                known = Known { phase, about, ..Known::default() };
            }
            Change::Phase(phase) if known.phase != Phase::Over => known.phase = phase,
            // It ended before it heard.
            Change::Phase(_) => {}
            Change::Told(told) => {
                if let Some(progress) = told.progress {
                    (known.progress, known.seconds) = (progress, told.seconds);
                }
                if told.kind != "progress" {
                    known.phase = Phase::Over;
                    known.cancelled = told.cancelled;
                    known.report = told.report.map(Rc::new);
                    known.message = told.message;
                }
            }
            Change::Forget => known = Known::default(),
        }
        Rc::new(known)
    }
}

/// What work is told whose asker has gone: it ends, and calls nobody back.
const LEAVE: &str = "leave";

/// Work under way; dropped, it ends.
pub(super) struct Work {
    control: Rc<RefCell<Option<Function>>>,
    _told: Closure<dyn FnMut(JsValue)>,
}

impl Work {
    /// Begins, and hears how it goes.
    pub(super) fn begin<P, R>(request: &Request<'_>, hear: impl Fn(Told<P, R>) + 'static) -> Work
    where
        P: DeserializeOwned + Default + 'static,
        R: DeserializeOwned + Default + 'static,
    {
        let hear = Rc::new(hear);
        let ear = Rc::clone(&hear);
        let told = Closure::<dyn FnMut(JsValue)>::new(move |data| {
            ear(serde_wasm_bindgen::from_value(data).unwrap_or_else(|error| failed(&error.into())));
        });
        let control = Rc::<RefCell<Option<Function>>>::default();
        let request = serde_wasm_bindgen::to_value(request).unwrap_or_default();
        let started = quorate_search(&request, told.as_ref().unchecked_ref());
        let kept = Rc::downgrade(&control);
        spawn_local(async move {
            let outcome = match started {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            match (outcome, kept.upgrade()) {
                (Ok(control), Some(kept)) => *kept.borrow_mut() = control.dyn_into().ok(),
                // It was given up before it began.
                (Ok(control), None) => tell(control.dyn_ref(), LEAVE),
                (Err(error), _) => hear(failed(&error)),
            }
        });
        Work { control, _told: told }
    }

    /// `pause`, `resume` or `cancel`.
    pub(super) fn tell(&self, word: &str) {
        tell(self.control.borrow().as_ref(), word);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.tell(LEAVE);
    }
}

fn tell(control: Option<&Function>, word: &str) {
    if let Some(control) = control {
        // Work that has ended hears nothing.
        let _ = control.call1(&JsValue::NULL, &word.into());
    }
}

fn failed<P: Default, R: Default>(error: &JsValue) -> Told<P, R> {
    let message = js_sys::Reflect::get(error, &"message".into()).ok();
    let message = message.and_then(|it| it.as_string()).or_else(|| error.as_string());
    Told { kind: "failed".into(), message: message.unwrap_or_default(), ..Told::default() }
}
