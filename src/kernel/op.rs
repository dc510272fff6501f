//! What clients ask and what they are told: the material of histories.

use std::fmt;

use super::{NodeId, RequestId, Span, Word};

/// An operation of a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Read a key.
    Get(Word),
    /// Write a value under a key.
    Put(Word, Word),
    /// Ask that a value be chosen (single-decree consensus).
    Propose(Word),
    /// Work for a server of a pool.
    Work {
        /// What hashing strategies look at.
        key: u64,
        /// Time it takes on an idle server of speed 1.
        size: Span,
    },
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Get(key) => write!(f, "get {key}"),
            Op::Put(key, value) => write!(f, "put {key}={value}"),
            Op::Propose(value) => write!(f, "propose {value}"),
            Op::Work { size, .. } => write!(f, "work {size}"),
        }
    }
}

/// An operation on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Request {
    /// Session and serial number.
    pub id: RequestId,
    /// What is asked.
    pub op: Op,
}

/// What a node answers to a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// It took effect. A read carries the value found, a proposal the value chosen.
    Done(Option<Word>),
    /// It certainly took no effect and will take none (a full queue, a refused operation).
    Refused,
    /// Ask another node; the hint is the leader this node knows of. It took no effect here.
    Redirect(Option<NodeId>),
}
