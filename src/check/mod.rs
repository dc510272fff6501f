//! Judgement: properties, expectations, histories, and the statistics of pools.
//!
//! An [`Examiner`] watches a run event by event. It rules on what the scenario expects
//! ([`Expectation`]) and on what the entry claims of itself; a [`Monitor`] judges one
//! [`Property`](crate::kernel::Property).
//!
//! **Invariant:** nothing here looks into a protocol. Judgement rests on stated facts, on what was
//! done to the world, and on what clients saw. A violated property is data, never a panic.

mod choice;
pub mod chronicle;
pub mod cluster;
mod conduct;
pub mod consistency;
mod consistent;
mod converge;
mod essence;
mod expect;
pub mod explore;
mod history;
mod judge;
mod leadership;
mod logs;
pub mod measure;
pub mod model;
mod monitor;
mod pool;
mod primary;
pub mod recording;
mod replication;
mod session;
pub mod stats;
pub mod swarm;
pub mod theory;
mod transaction;
mod verdict;

pub use expect::{Examiner, Expectation, Figure, Questions, Ruling, Standing, Status};
pub use history::{End, History, Moment, Operation};
pub use monitor::{Monitor, Tally, monitor};
pub use pool::{PoolShape, PoolWatch};
pub use verdict::{Because, Verdict};
