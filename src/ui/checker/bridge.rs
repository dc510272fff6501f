//! The search beside the page: asked for in plain words, heard in plain data.

use js_sys::{Function, Promise};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    /// `begin` of www/search.js, fetched when it is first asked for; see www/boot.js.
    #[wasm_bindgen(js_name = quorateSearch, catch)]
    fn quorate_search(request: &JsValue, told: &Function) -> Result<Promise, JsValue>;
}

/// What is searched.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) text: &'a str,
    pub(super) limits: Limits,
}

/// How far a search may go: a page is one of many.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Limits {
    pub(super) max_memory: u32,
}

/// What a search says of itself; what does not belong to the kind is left at its default.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    /// `progress`, `over` or `failed`.
    pub(super) kind: String,
    pub(super) message: String,
    pub(super) seconds: f64,
    pub(super) cancelled: bool,
    pub(super) progress: Option<Progress>,
    pub(super) report: Option<Report>,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    pub(super) unique: f64,
    pub(super) frontier: f64,
    pub(super) depth: u32,
    pub(super) bytes: f64,
}

/// What came of it.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Report {
    pub(super) scope: String,
    pub(super) unique: f64,
    pub(super) depth: u32,
    pub(super) seconds: f64,
    pub(super) bytes: f64,
    pub(super) complete: bool,
    pub(super) checks: Vec<Check>,
    pub(super) counterexample: Option<String>,
    pub(super) steps: Option<u32>,
    pub(super) defect: Option<String>,
}

/// What came of one property.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Check {
    pub(super) text: String,
    pub(super) verdict: String,
    pub(super) because: String,
    pub(super) because_zh: String,
}

/// A search under way; dropped, it ends.
pub(super) struct Search {
    control: std::rc::Rc<std::cell::RefCell<Option<Function>>>,
    _told: Closure<dyn FnMut(JsValue)>,
}

impl Search {
    /// Begins a search, and hears how it goes.
    pub(super) fn begin(request: &Request<'_>, hear: impl Fn(Told) + 'static) -> Search {
        let hear = std::rc::Rc::new(hear);
        let ear = std::rc::Rc::clone(&hear);
        let told = Closure::<dyn FnMut(JsValue)>::new(move |data| {
            ear(serde_wasm_bindgen::from_value(data).unwrap_or_else(|error| failed(&error.into())));
        });
        let control = std::rc::Rc::<std::cell::RefCell<Option<Function>>>::default();
        let request = serde_wasm_bindgen::to_value(request).unwrap_or_default();
        let started = quorate_search(&request, told.as_ref().unchecked_ref());
        let kept = std::rc::Rc::downgrade(&control);
        spawn_local(async move {
            let outcome = match started {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            match (outcome, kept.upgrade()) {
                (Ok(control), Some(kept)) => *kept.borrow_mut() = control.dyn_into().ok(),
                // It was given up before it began.
                (Ok(control), None) => tell(control.dyn_ref(), "cancel"),
                (Err(error), _) => hear(failed(&error)),
            }
        });
        Search { control, _told: told }
    }

    /// `pause`, `resume` or `cancel`.
    pub(super) fn tell(&self, word: &str) {
        tell(self.control.borrow().as_ref(), word);
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.tell("cancel");
    }
}

fn tell(control: Option<&Function>, word: &str) {
    if let Some(control) = control {
        // A search that has ended hears nothing.
        let _ = control.call1(&JsValue::NULL, &word.into());
    }
}

fn failed(error: &JsValue) -> Told {
    let message = js_sys::Reflect::get(error, &"message".into()).ok();
    let message = message.and_then(|it| it.as_string()).or_else(|| error.as_string());
    Told { kind: "failed".into(), message: message.unwrap_or_default(), ..Told::default() }
}
