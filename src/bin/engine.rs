//! The engine for JavaScript and TypeScript: scenarios in, reports out, without a screen. It holds
//! no page code, so a Web Worker can load the same file.
//!
//! Every function takes the text of a scenario. Times are nanoseconds as numbers, digests are text.

use serde::Serialize;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use quorate::script::{self, Problem};
use quorate::sim::Cluster;

fn main() {}

/// The version of Quorate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// A problem of a text as JavaScript sees it.
#[derive(Serialize)]
struct ProblemView {
    line: u32,
    column: u32,
    length: u32,
    en: String,
    zh: String,
}

impl From<&Problem> for ProblemView {
    fn from(problem: &Problem) -> ProblemView {
        let said = problem.says();
        let Problem { line, column, length, .. } = *problem;
        ProblemView { line, column, length, en: said.en, zh: said.zh }
    }
}

/// What is wrong with a text: an array of `{line, column, length, en, zh}`, empty if nothing is.
///
/// # Errors
/// If the answer cannot be handed to JavaScript.
#[wasm_bindgen(unchecked_return_type = "Problem[]")]
pub fn problems(text: &str) -> Result<JsValue, JsError> {
    let problems = script::plan(text).err().unwrap_or_default();
    hand_over(&problems.iter().map(ProblemView::from).collect::<Vec<_>>())
}

/// Runs a scenario to its end: the object that `quorate run --json` prints. A `seed` replaces the
/// one of the text.
///
/// # Errors
/// If the text is not understood; the message says where and why.
#[wasm_bindgen(unchecked_return_type = "Report")]
pub fn run(text: &str, seed: Option<u32>) -> Result<JsValue, JsError> {
    let mut plan = script::plan(text).map_err(|problems| refusal(&problems))?;
    if let Some(seed) = seed {
        plan = plan.with_seed(u64::from(seed));
    }
    hand_over(&script::run::run(&plan))
}

/// A world that is run step by step.
#[wasm_bindgen]
pub struct World(Box<dyn Cluster>);

#[wasm_bindgen]
impl World {
    /// Builds the world of a scenario and boots its nodes.
    ///
    /// # Errors
    /// If the text is not understood; the message says where and why.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<World, JsError> {
        let plan = script::plan(text).map_err(|problems| refusal(&problems))?;
        plan.build().map(World).map_err(|error| JsError::new(&error.message))
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

fn refusal(problems: &[Problem]) -> JsError {
    let said: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}:{}: {}", problem.line, problem.column, problem.says().en))
        .collect();
    JsError::new(&said.join("\n"))
}

fn hand_over(value: &impl Serialize) -> Result<JsValue, JsError> {
    let json = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&json).map_err(|error| JsError::new(&error.to_string()))
}
