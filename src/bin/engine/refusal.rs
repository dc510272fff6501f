//! What is wrong with a text, as JavaScript sees it.

use quorate::script;
use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::hand_over;

/// A sentence in both languages.
#[cfg(feature = "api")]
#[derive(Serialize, Tsify)]
pub struct Words {
    /// English.
    pub en: String,
    /// 中文.
    pub zh: String,
}

#[cfg(feature = "api")]
impl From<&script::Said> for Words {
    fn from(said: &script::Said) -> Words {
        Words { en: said.en.clone(), zh: said.zh.clone() }
    }
}

/// Something wrong at a place of a text, in both languages.
#[derive(Serialize, Tsify)]
pub(crate) struct Problem {
    /// Line, from 1.
    line: u32,
    /// Column of the first character concerned, from 1, counted in characters.
    column: u32,
    /// Number of characters concerned, at least 1.
    length: u32,
    /// What is wrong, in English.
    en: String,
    /// What is wrong, in Chinese.
    zh: String,
}

impl From<&script::Problem> for Problem {
    fn from(problem: &script::Problem) -> Problem {
        let said = problem.says();
        let script::Problem { line, column, length, .. } = *problem;
        Problem { line, column, length, en: said.en, zh: said.zh }
    }
}

#[wasm_bindgen(typescript_custom_section)]
const ERROR: &str = "
/**
 * Thrown where a text is not understood.
 * Its message holds a line `line:column: what` for each problem.
 */
export interface ScenarioError extends Error {
    name: \"ScenarioError\";
    /** What is wrong, in the order of the text; never empty. */
    problems: Problem[];
}
";

/// The error that says where and why a text is not understood.
pub(crate) fn refusal(problems: &[script::Problem]) -> JsValue {
    let views: Vec<Problem> = problems.iter().map(Problem::from).collect();
    let line = |view: &Problem| format!("{}:{}: {}", view.line, view.column, view.en);
    let lines: Vec<String> = views.iter().map(line).collect();
    let error = js_sys::Error::new(&lines.join("\n"));
    error.set_name("ScenarioError");
    if let Ok(views) = hand_over(&views) {
        // An error is an object that anything can be set on.
        let _ = js_sys::Reflect::set(&error, &"problems".into(), &views);
    }
    error.into()
}
