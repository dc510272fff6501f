//! The explorer and the specifications it can search.

pub mod two_phase;
