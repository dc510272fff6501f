//! Hard limits of a scenario. Whoever meets one is told its name and its value.

use crate::kernel::{About, Span};

/// Most nodes of a cluster; see [`nodes`].
pub const NODES: u32 = 99;
/// Most nodes of a cluster that gossips: nobody there talks to everybody.
pub const CROWD: u32 = 1_000;
/// Most nodes of a cluster that is searched.
pub const SEARCHED: u32 = 16;
/// Most steps of a path of a search.
pub const STEPS: u64 = 10_000;
/// Most requests of a search.
pub const ASKS: u64 = 64;
/// How often anything else may happen on a path of a search, at most.
pub const BUDGET: u64 = 1_000;
/// Most nodes of a pool, balancers included.
pub const POOL: u32 = 1_000;
/// Most balancers of a pool.
pub const BALANCERS: u32 = 99;
/// Most clients.
pub const CLIENTS: u32 = 200;
/// Most users of a closed stream.
pub const USERS: u32 = 100_000;
/// Events of a run when the scenario is silent.
pub const EVENTS: u64 = 2_000_000;
/// Most events a scenario may ask for.
pub const EVENTS_MAX: u64 = 100_000_000;
/// Longest run in simulated time.
pub const TIME: Span = Span::secs(3_600);
/// Length of a run when the scenario is silent.
pub const RUN: Span = Span::secs(10);
/// Longest text in bytes.
pub const BYTES: usize = 64 * 1024;
/// Most lines.
pub const LINES: usize = 2_000;
/// Most rows of a recorded trace.
pub const ROWS: usize = 5_000_000;
/// How long a run goes on behind the last row of a trace when the scenario is silent.
pub const BEHIND: Span = Span::secs(10);
/// Most requests per second.
pub const RATE: f64 = 1_000_000.0;
/// Most problems that are told of one text: whoever has mended these will see the others.
pub const PROBLEMS: usize = 100;
/// Longest word, in bytes, for which the nearest one is looked up: comparing costs the product of
/// the lengths.
pub const MISSPELT: usize = 40;

/// Most nodes of a cluster of this entry.
pub fn nodes(about: &About) -> u32 {
    if about.id.starts_with("gossip") { CROWD } else { NODES }
}

/// True if a text has more letters or lines than a scenario may have.
pub fn is_passed_by(text: &str) -> bool {
    text.len() > BYTES || text.bytes().filter(|byte| *byte == b'\n').count() > LINES
}
