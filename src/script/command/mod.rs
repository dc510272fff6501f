//! One file per command or small group: how it is read and printed.

pub mod expect;
