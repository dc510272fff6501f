//! The native integration tests, in one binary.
#![allow(missing_docs, reason = "a test is documented by its name")]

// Strategies, servers and pools, against published sequences and queueing theory.
pub mod balance;
// The laws of arrivals, sizes and keys.
pub mod sampling;
// The house rules, as far as a machine can hold them.
#[cfg(not(target_arch = "wasm32"))]
pub mod tidy;
// Sentences of papers, one test each.
pub mod papers;

// Pure drawing: words, layout, pictures.
pub mod scene;
// Actions in, view models out.
pub mod lab;
