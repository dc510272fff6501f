//! The deterministic world: a clock, a queue of events, a network, rules, inputs and snapshots.

pub mod digest;
pub mod rng;
