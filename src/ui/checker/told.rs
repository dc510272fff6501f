//! What a search says of itself.

use serde::Deserialize;

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    pub(super) unique: f64,
    pub(super) frontier: f64,
    pub(super) depth: u32,
    pub(super) bytes: f64,
    pub(super) workers: u32,
}

/// What came of it.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(super) struct Report {
    pub(super) scope: String,
    pub(super) unique: f64,
    pub(super) collision: f64,
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
