//! The native integration tests, in one binary.
#![allow(missing_docs, reason = "a test is documented by its name")]

// The house rules, as far as a machine can hold them.
#[cfg(not(target_arch = "wasm32"))]
pub mod tidy;
// Sentences of papers, one test each.
pub mod papers;
