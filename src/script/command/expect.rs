//! `expect ...`: what a run is judged by.

use crate::kernel::{Property, Ratio, Span};

/// What a line `expect` expects, and whether it expects that to fail.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wish {
    /// What is expected.
    pub bounded: Bounded,
    /// The line expects a violation: it holds when the rest of it is violated.
    pub broken: bool,
}

/// What may be expected.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Bounded {
    /// A property of the protocol.
    Property(Property),
    /// The history of the clients has a sequential explanation.
    Linearizable,
    /// Something happens soon enough.
    Within(Moment, Span),
    /// A statistic of response times stays below a bound.
    Response(&'static str, Span),
    /// The share of requests that fail stays below a bound.
    Failures(Ratio),
}

/// What may be expected to happen soon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// Somebody leads.
    Leader,
    /// A client's operation is committed.
    Commit,
    /// A value is chosen.
    Chosen,
}
