//! The native integration tests, in one binary.
#![allow(missing_docs, reason = "a test is documented by its name")]

// The laws of arrivals, sizes and keys.
pub mod sampling;
// The house rules, as far as a machine can hold them.
#[cfg(not(target_arch = "wasm32"))]
pub mod tidy;

// Pure drawing: words, layout, pictures.
pub mod scene;
