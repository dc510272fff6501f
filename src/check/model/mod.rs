//! Specifications that can be searched, as others published them, for any parameters.

pub mod two_phase;
