//! A search from beginning to end, between other tasks: what a program asks for in one line.

use js_sys::{Array, Function, Object, Promise, Reflect};
use quorate::script::search::Searched;
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_wasm_bindgen::Deserializer;
use tsify::{Ts, Tsify};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

use super::search::{SearchLimits, begin, told};

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = "
/** How `explore` goes about it. */
export interface ExploreOptions extends SearchLimits {
    /** Seconds, at most. */
    maxSeconds?: number;
    /** Hears about sixty times a second how far it has come, and after how many seconds. */
    onProgress?: (progress: SearchProgress, seconds: number) => void;
    /** Ends it: the promise is then rejected with the signal's reason. */
    signal?: AbortSignal;
}
";

#[wasm_bindgen]
extern "C" {
    /// Options as JavaScript hands them over.
    #[wasm_bindgen(typescript_type = "ExploreOptions")]
    pub type ExploreOptions;

    /// What a program may give up a search with.
    type Signal;
    #[wasm_bindgen(method, getter, structural)]
    fn aborted(this: &Signal) -> bool;
    #[wasm_bindgen(method, getter, structural)]
    fn reason(this: &Signal) -> JsValue;

    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn later(callback: &Function, ms: i32) -> JsValue;
}

/// Milliseconds for which a slice lasts: about a frame.
const SLICE: f64 = 14.0;
/// States generated in the first slice.
const FIRST: u32 = 500;
/// States generated in one slice, at most.
const MOST: f64 = 1e7;

/// Options, taken apart.
struct Asked {
    limits: SearchLimits,
    max_seconds: f64,
    on_progress: Option<Function>,
    signal: Option<Signal>,
}

/// Searches every order of events within the scope of a scenario's line `explore`, or a
/// specification (`spec=paxos acceptors=3`), in slices between other tasks. A ceiling ends it with
/// what was covered: then `complete` is false, and what was not decided is `undecided`.
///
/// # Errors
/// A `ScenarioError` if the text is not understood; an error that says why if it asks for no search
/// or an option is not understood; the signal's reason if that ends it; what `onProgress` throws.
#[wasm_bindgen]
pub async fn explore(
    text: String,
    options: Option<ExploreOptions>,
) -> Result<Ts<Searched>, JsValue> {
    let asked = options.as_ref().map(ExploreOptions::take_apart).transpose()?.unwrap_or_default();
    let mut search = begin(&text, &asked.limits)?;
    let (mut budget, mut spent) = (FIRST, 0.0);
    loop {
        asked.go_on()?;
        let began = now();
        let progress = search.advance(u64::from(budget));
        let took = now() - began;
        spent += took / 1_000.0;
        let over = search.is_over() || spent >= asked.max_seconds;
        if let Some(hear) = &asked.on_progress {
            let progress = told(&progress, over, 1).into_ts().map_err(JsError::from)?;
            hear.call2(&JsValue::UNDEFINED, &progress.into(), &spent.into())?;
        }
        if over {
            return Ok(search.report(spent).into_ts().map_err(JsError::from)?);
        }
        let faster = (SLICE / took.max(0.5)).min(2.0);
        budget = (f64::from(budget) * faster).clamp(50.0, MOST) as u32;
        JsFuture::from(breath()).await?;
    }
}

/// Kept when the other tasks have had their turn.
fn breath() -> Promise {
    Promise::new(&mut |done, _| {
        later(&done, 0);
    })
}

impl Default for Asked {
    fn default() -> Asked {
        let limits = SearchLimits::default();
        Asked { limits, max_seconds: f64::INFINITY, on_progress: None, signal: None }
    }
}

impl Asked {
    /// # Errors
    /// The signal's reason, once it says to end.
    fn go_on(&self) -> Result<(), JsValue> {
        match &self.signal {
            Some(signal) if signal.aborted() => Err(signal.reason()),
            _ => Ok(()),
        }
    }
}

impl ExploreOptions {
    /// # Errors
    /// If an option is not known, or is not what it should be.
    fn take_apart(&self) -> Result<Asked, JsValue> {
        let Some(given) = self.dyn_ref::<Object>() else {
            return Err(
                JsError::new("the options are an object, such as { maxStates: 1e6 }").into()
            );
        };
        // What is no number or word is taken out of a copy.
        let plain = Object::assign(&Object::new(), given);
        let take = |name: &str| -> Result<Option<JsValue>, JsValue> {
            let value = Reflect::get(&plain, &name.into())?;
            Reflect::delete_property(&plain, &name.into())?;
            Ok(Some(value).filter(|value| !value.is_undefined() && !value.is_null()))
        };
        let wrong = |what: &str| JsValue::from(JsError::new(what));
        let seconds = take("maxSeconds")?;
        let seconds = seconds.map(|value| value.as_f64().filter(|it| *it >= 0.0));
        let max_seconds = match seconds {
            Some(None) => return Err(wrong("maxSeconds is a number of seconds, from 0")),
            Some(Some(seconds)) => seconds,
            None => f64::INFINITY,
        };
        let on_progress = take("onProgress")?.map(JsValue::dyn_into::<Function>).transpose();
        let on_progress = on_progress.map_err(|_| wrong("onProgress is a function"))?;
        let signal = take("signal")?;
        if signal.as_ref().is_some_and(|signal| {
            let aborted = Reflect::get(signal, &"aborted".into());
            aborted.map_or(true, |it| it.as_bool().is_none())
        }) {
            return Err(wrong("signal is an AbortSignal"));
        }
        // As pairs, for of an object only the fields that are known would be read.
        let pairs = Object::entries(&plain).into_iter().map(|pair| {
            let pair: Array = pair.unchecked_into();
            (pair.get(0).as_string().unwrap_or_default(), Deserializer::from(pair.get(1)))
        });
        let limits = SearchLimits::deserialize(MapDeserializer::new(pairs));
        let limits = limits.map_err(JsError::from)?;
        let signal = signal.map(JsCast::unchecked_into);
        Ok(Asked { limits, max_seconds, on_progress, signal })
    }
}
