//! What clients ask and what they are told: the material of histories.

use std::fmt;

use super::{NodeId, NodeSet, RequestId, Span, Word};

/// An operation of a client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Read a key.
    Get(Word),
    /// Write a value under a key.
    Put(Word, Word),
    /// Ask that a value be chosen (single-decree consensus), or a transaction committed.
    Propose(Word),
    /// Work for a server of a pool.
    Work {
        /// What hashing strategies look at.
        key: u64,
        /// Time it takes on an idle server of speed 1.
        size: Span,
    },
    /// Write the second value under a key if the first is there, atomically.
    Cas(Word, Word, Word),
    /// Join a value to the end of the text under a key. Refused as unmet beyond [`Word::BYTES`].
    Append(Word, Word),
    /// Add to the counter under a key; a negative amount subtracts. Read with `Get`.
    Add(Word, i32),
    /// Put a member into the set under a key.
    Include(Word, Word),
    /// Take a member out of the set under a key.
    Exclude(Word, Word),
    /// Ask whether the set under a key has a member: answered `yes` or `no`.
    Contains(Word, Word),
    /// Put a value at the end of the queue under a key.
    Push(Word, Word),
    /// Take the value at the head of the queue under a key; unmet if it is empty.
    Pop(Word),
    /// Take the lock under a key; unmet while anybody holds it.
    Lock(Word),
    /// Give the lock under a key back; unmet unless the asking client holds it.
    Unlock(Word),
    /// Change who takes part, or who leads.
    Change(Change),
}

/// A change of the cluster that an operator asks of its leader.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// The node becomes a voting member.
    Add(NodeId),
    /// The node becomes a member that does not vote.
    Learner(NodeId),
    /// The node is a member no longer.
    Remove(NodeId),
    /// The node is to lead.
    Transfer(NodeId),
    /// These nodes and no others become the voting members.
    Members(NodeSet),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, node) = match self {
            Change::Add(node) => ("add", node),
            Change::Learner(node) => ("learner", node),
            Change::Remove(node) => ("remove", node),
            Change::Transfer(node) => ("transfer", node),
            Change::Members(nodes) => return write!(f, "members {nodes}"),
        };
        write!(f, "{verb} {node}")
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Get(key) => write!(f, "get {key}"),
            Op::Put(key, value) => write!(f, "put {key}={value}"),
            Op::Cas(key, old, new) => write!(f, "cas {key}={old} {new}"),
            Op::Append(key, value) => write!(f, "append {key}={value}"),
            Op::Add(key, amount) => write!(f, "add {key}={amount}"),
            Op::Include(key, member) => write!(f, "include {key}={member}"),
            Op::Exclude(key, member) => write!(f, "exclude {key}={member}"),
            Op::Contains(key, member) => write!(f, "contains {key}={member}"),
            Op::Push(key, value) => write!(f, "push {key}={value}"),
            Op::Pop(key) => write!(f, "pop {key}"),
            Op::Lock(key) => write!(f, "lock {key}"),
            Op::Unlock(key) => write!(f, "unlock {key}"),
            Op::Change(change) => change.fmt(f),
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
    /// Its condition was not met (another value, an empty queue, a lock held): it changed nothing
    /// and will not, and that is an observation.
    Unmet,
}
