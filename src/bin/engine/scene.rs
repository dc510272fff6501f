//! A scene: a run that is moved, looked at, listened to and drawn.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use quorate::kernel::SimTime;
use quorate::lab::Replay;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use super::ears::{Ears, Told, Topic};
use super::picture::{PictureOptions, picture};
use super::planned;
use super::tell::{Teller, ms, snapshot};
use super::told::{EndTold, Snapshot};

/// A run of a scenario and a place in it. Times are milliseconds, with fractions.
///
/// The whole run is computed when the scene is made, so that one can go anywhere in it, and back.
/// Give its memory back with `free()`, or declare it with `using`.
#[wasm_bindgen]
pub struct Scene {
    text: String,
    /// Listeners may call the scene, so nothing stays borrowed while they are told.
    replay: RefCell<Replay>,
    ears: Rc<Ears>,
}

/// Where a scene goes.
#[derive(Clone, Copy)]
enum Way {
    Step(i32),
    Seek(SimTime),
}

#[wasm_bindgen]
impl Scene {
    /// Computes the run of a scenario and stands at its start. Throws a `ScenarioError` if
    /// the text is not understood.
    ///
    /// # Errors
    /// If the text is not understood; the error says where and why.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Scene, JsValue> {
        let replay = Replay::new(planned(text)?).map_err(|error| JsError::new(&error.message))?;
        let (replay, ears) = (RefCell::new(replay), Rc::default());
        Ok(Scene { text: text.to_owned(), replay, ears })
    }

    /// Goes `events` events on (one, if that is left out), or back if it is negative. Says how many
    /// it went: fewer where the run ends or begins.
    ///
    /// # Errors
    /// What a listener throws.
    pub fn step(&self, events: Option<i32>) -> Result<u32, JsValue> {
        self.go(Way::Step(events.unwrap_or(1)))
    }

    /// Goes to an instant, in milliseconds; to an end of the run if it lies beyond.
    ///
    /// # Errors
    /// If `ms` is not a number, and what a listener throws.
    pub fn seek(&self, ms: f64) -> Result<(), JsValue> {
        if ms.is_nan() {
            return Err(JsError::new("seek needs a number of milliseconds").into());
        }
        // A float that is too large becomes the largest number, and a negative one zero.
        self.go(Way::Seek(SimTime(libm::round(ms * 1e6) as u64))).map(drop)
    }

    fn go(&self, way: Way) -> Result<u32, JsValue> {
        let (count, told) = {
            let mut replay = self.replay.borrow_mut();
            let (from, was_over) = (replay.event(), replay.is_over());
            let plan = replay.plan_shared();
            let mut teller = Teller { plan: &plan, ears: &self.ears, told: Vec::new() };
            let count = {
                let mut hear = |last: &_| teller.event(last);
                match way {
                    Way::Step(events) => replay.step(events, &mut hear),
                    Way::Seek(at) => {
                        replay.seek(at, &mut hear);
                        0
                    }
                }
            };
            if self.ears.want(Topic::Violation) {
                teller.violations(replay.violations(from));
                // A violation is told behind what else its event tells.
                teller.told.sort_by_key(|(event, _)| *event);
            }
            if replay.is_over() && !was_over && self.ears.want(Topic::End) {
                let event = replay.event();
                teller.add(event, Topic::End, &end(&replay));
            }
            (count, teller.told)
        };
        let told: Vec<Told> = told.into_iter().map(|(_, told)| told).collect();
        self.ears.tell(&told)?;
        Ok(count)
    }

    /// The world here: a plain object of its own.
    ///
    /// # Errors
    /// Never; the signature allows for it.
    pub fn snapshot(&self) -> Result<Ts<Snapshot>, JsError> {
        Ok(snapshot(&self.replay.borrow()).into_ts()?)
    }

    /// Listens; typed by hand, see `told.rs`.
    ///
    /// # Errors
    /// If there is nothing of that name to hear.
    #[wasm_bindgen(skip_typescript)]
    pub fn on(&self, name: &str, callback: Function) -> Result<JsValue, JsError> {
        let topic = Topic::named(name).map_err(|message| JsError::new(&message))?;
        Ok(self.ears.add(topic, callback))
    }

    /// The picture of this instant as an SVG document.
    ///
    /// # Errors
    /// If an option is not understood.
    pub fn draw(&self, options: Option<Ts<PictureOptions>>) -> Result<String, JsValue> {
        let here = self.replay.borrow().at();
        picture(&self.text, options, Some(here))
    }

    /// The text it runs.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        self.text.clone()
    }

    /// The instant it stands at.
    #[wasm_bindgen(getter)]
    pub fn now(&self) -> f64 {
        ms(self.replay.borrow().at())
    }

    /// Number of the last event at or before that; 0 at the start.
    #[wasm_bindgen(getter)]
    pub fn event(&self) -> f64 {
        self.replay.borrow().event() as f64
    }

    /// How many events the run has.
    #[wasm_bindgen(getter)]
    pub fn events(&self) -> f64 {
        self.replay.borrow().events() as f64
    }

    /// The end of the run.
    #[wasm_bindgen(getter)]
    pub fn end(&self) -> f64 {
        ms(self.replay.borrow().end())
    }

    /// The digest of every event up to here, sixteen hexadecimal digits: equal on every machine.
    #[wasm_bindgen(getter)]
    pub fn digest(&self) -> String {
        format!("{:016x}", self.replay.borrow().digest())
    }
}

fn end(replay: &Replay) -> EndTold {
    EndTold {
        event: replay.event() as f64,
        ms: ms(replay.at()),
        digest: format!("{:016x}", replay.digest()),
        complete: replay.is_complete(),
    }
}
