//! The native integration tests, in one binary.
#![allow(missing_docs, reason = "a test is documented by its name")]

// The laws of arrivals, sizes and keys.
pub mod sampling;
