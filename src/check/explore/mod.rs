//! Bounded search: every order, every loss, every crash within a stated scope.
//!
//! A [`Model`] says what may happen; an [`Explorer`] visits what is reachable, in slices, and comes
//! to a verdict for every claim together with what it covered. What the numbers mean is told in
//! `docs/checker.md`.

mod company;
mod explorer;
mod finding;
mod fingerprint;
mod model;
mod options;
mod queue;
mod search;
mod seen;
mod share;
mod walk;

pub use company::{Company, MOST as MOST_MEMBERS};
pub(crate) use company::{Reader, put_128};
pub use explorer::Explorer;
pub use finding::{Finding, Path};
pub(crate) use fingerprint::fingerprint_all;
pub use fingerprint::{alike, collision_chance, fingerprint};
pub use model::{Claimed, Model, When};
pub use options::{End, Options, Order, Progress};
pub use share::Batch;
