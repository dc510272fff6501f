//! The explorer and the specifications it can search.

// Random tiny models against a search written in another way.
#[cfg(not(target_arch = "wasm32"))]
pub mod brute;
// Several searches that share one.
pub mod company;
// Ceilings, threads, fingerprints that collide.
pub mod limits;
// A second Paxos, with messages as sets.
pub mod messages;
// Counts that others published.
pub mod published;
// Specifications by name.
pub mod words;

use quorate::check::explore::{Explorer, Model, Options, Progress};

/// Searches to the end.
pub fn search<M: Model>(model: M, options: Options) -> Explorer<M> {
    let mut explorer = Explorer::new(model, options);
    while explorer.advance(1_000).end.is_none() {}
    explorer
}

/// Unique, generated, levels.
pub fn counts(progress: Progress) -> (u64, u64, u32) {
    (progress.unique, progress.generated, progress.depth)
}
