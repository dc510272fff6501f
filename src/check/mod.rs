//! Judging runs: statistics of pools.

pub mod measure;
