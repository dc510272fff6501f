//! The engine for JavaScript and TypeScript: scenarios in, reports out, without a screen. It holds
//! no page code, so a Web Worker can load the same file.
//!
//! Every function takes the text of a scenario. With feature `api` there are scenes and pictures as
//! well, for the npm package; the engine beside the page does without, for its size.

#[cfg(feature = "api")]
#[path = "engine/ears.rs"]
mod ears;
#[cfg(feature = "api")]
#[path = "engine/explore.rs"]
pub mod explore;
#[cfg(feature = "api")]
#[path = "engine/picture.rs"]
pub mod picture;
#[path = "engine/refusal.rs"]
mod refusal;
#[cfg(feature = "api")]
#[path = "engine/scene.rs"]
mod scene;
#[path = "engine/search.rs"]
pub mod search;
#[path = "engine/shrink.rs"]
pub mod shrink;
#[cfg(feature = "api")]
#[path = "engine/tell.rs"]
mod tell;
#[cfg(feature = "api")]
#[path = "engine/told.rs"]
pub mod told;

use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use quorate::script::run::Report;
use quorate::script::{self, Plan};
use quorate::sim::Cluster;
use refusal::{Problem, refusal};

fn main() {}

/// The version of Quorate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// How a scenario is to be run.
#[derive(Deserialize, Tsify)]
pub struct RunOptions {
    /// Replaces the seed of the text: a whole number from 0 to 4294967295.
    #[tsify(optional)]
    seed: Option<u32>,
}

/// What is wrong with a text; empty if nothing is.
///
/// # Errors
/// If the answer cannot be handed to JavaScript.
#[wasm_bindgen(unchecked_return_type = "Problem[]")]
pub fn problems(text: &str) -> Result<JsValue, JsError> {
    let problems = script::plan(text).err().unwrap_or_default();
    hand_over(&problems.iter().map(Problem::from).collect::<Vec<_>>())
}

/// Runs a scenario to its end and judges it: the object that `quorate run --json` prints. Durations
/// and instants are nanoseconds. Throws a `ScenarioError` if the text is not understood.
///
/// # Errors
/// If the text is not understood; the error says where and why.
#[wasm_bindgen]
pub fn run(text: &str, options: Option<Ts<RunOptions>>) -> Result<Ts<Report>, JsValue> {
    let mut plan = planned(text)?;
    let options = options.map(|options| options.to_rust()).transpose();
    if let Some(seed) = options.map_err(JsError::from)?.and_then(|options| options.seed) {
        plan = plan.with_seed(u64::from(seed));
    }
    Ok(script::run::run(&plan).into_ts().map_err(JsError::from)?)
}

/// A world that is run step by step, without judges: the fastest way to the end of a run. Times are
/// nanoseconds.
#[wasm_bindgen]
pub struct World(Box<dyn Cluster>);

#[wasm_bindgen]
impl World {
    /// Builds the world of a scenario and boots its nodes. Throws a `ScenarioError` if the
    /// text is not understood.
    ///
    /// # Errors
    /// If the text is not understood; the error says where and why.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<World, JsValue> {
        Ok(planned(text)?.build().map(World).map_err(|error| JsError::new(&error.message))?)
    }

    /// Handles at most `events` events and says how many there were: fewer if nothing is left to
    /// happen.
    pub fn step(&mut self, events: u32) -> u32 {
        (0..events).take_while(|_| self.0.step()).count() as u32
    }

    /// The instant of the last event, in nanoseconds.
    #[wasm_bindgen(getter)]
    pub fn now(&self) -> f64 {
        self.0.now().0 as f64
    }

    /// The digest of every event so far, sixteen hexadecimal digits.
    #[wasm_bindgen(getter)]
    pub fn digest(&self) -> String {
        format!("{:016x}", self.0.digest())
    }
}

/// The plan of a text, or the error to throw.
fn planned(text: &str) -> Result<Plan, JsValue> {
    script::plan(text).map_err(|problems| refusal(&problems))
}

fn hand_over(value: &impl Serialize) -> Result<JsValue, JsError> {
    let json = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&json).map_err(|error| JsError::new(&error.to_string()))
}
