//! What several protocols share: sets of nodes, and what they put behind their logs, a store and
//! sessions that execute once.
//!
//! These are not protocols: they know nothing of messages, and every replica that applies the same
//! commands in the same order holds the same.

pub mod replica;
pub mod sessions;
pub mod store;
pub mod words;
