//! The deterministic world: a clock, a queue of events, a network, rules, inputs and snapshots.

pub mod arrivals;
pub mod digest;
pub mod rng;
pub mod sample;
pub mod sizes;
