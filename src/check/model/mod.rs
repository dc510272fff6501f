//! Specifications that can be searched, as others published them, for any parameters.

pub mod paxos;
pub mod raft_mongo;
pub mod register;
pub mod two_phase;
mod value;
pub mod voting;

use super::explore::Model;
use super::verdict::Because;

/// A model that can tell its steps.
pub trait Specification: Model {
    /// What a step does, in a sentence without a full stop. `before` is the state it is taken in.
    fn tell(&self, before: &Self::State, step: &Self::Step) -> Because;
}
