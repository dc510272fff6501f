//! A failing scenario made small, by slices: what the page's worker runs.

use quorate::script::shrink::{ShrinkProgress, Shrinking, Shrunk, Unshrunk};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use super::refusal::refusal;

/// A failing scenario that is being made small: what is not needed for the same verdict is struck
/// out. Give its memory back with `free()`.
#[wasm_bindgen]
pub struct Shrink(Shrinking);

#[wasm_bindgen]
impl Shrink {
    /// Begins; nothing has been run yet. Throws a `ScenarioError` if the text is not understood.
    ///
    /// # Errors
    /// If the text is not understood; the error says where and why.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str) -> Result<Shrink, JsValue> {
        Shrinking::new(text).map(Shrink).map_err(|error| told(&error))
    }

    /// Goes on for about `budget` events of schedules that are tried.
    ///
    /// # Errors
    /// If the answer cannot be handed to JavaScript.
    pub fn advance(&mut self, budget: u32) -> Result<Ts<ShrinkProgress>, JsValue> {
        self.0.advance(u64::from(budget));
        Ok(self.0.progress().into_ts().map_err(JsError::from)?)
    }

    /// What came of it so far: it fails alike, whenever it is asked for.
    ///
    /// # Errors
    /// If nothing that the scenario expects is violated.
    pub fn report(&self) -> Result<Ts<Shrunk>, JsValue> {
        let shrunk = self.0.outcome().map_err(|error| told(&error))?;
        Ok(shrunk.into_ts().map_err(JsError::from)?)
    }
}

fn told(error: &Unshrunk) -> JsValue {
    match error {
        Unshrunk::Wrong(problems) => refusal(problems),
        Unshrunk::Unbroken => {
            JsError::new("Nothing that is expected is violated. · 没有任何期望被违反。").into()
        }
    }
}
