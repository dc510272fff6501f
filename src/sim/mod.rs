//! The deterministic world: a clock, a queue of events, a network, rules, inputs and snapshots.
//!
//! [`World`] runs nodes of one kind; [`Cluster`] is its face without the kind; [`Timeline`] makes
//! any moment of a run reachable.

mod apply;
pub mod arrivals;
mod asking;
mod cast;
mod clients;
mod cluster;
mod core;
pub mod digest;
mod input;
mod network;
mod occurrence;
mod queue;
pub mod rng;
pub mod sample;
mod seat;
pub mod sizes;
mod snapshot;
mod spec;
mod stream;
mod timeline;
mod world;

pub use cluster::Cluster;
pub use core::{HAND_PAUSE, HAND_TRANSIT, REDIRECT, REFUSAL, REPLY, REQUEST};
pub use input::{DiskMode, Input, LinkChange, Matcher, Target};
pub use network::{Cause, Cut, CutKind, Delay, Fate, Network, NetworkSpec, Packet, REGIONS, Rule};
pub use occurrence::{FlightNote, Happening, Occurrence, OpNote};
pub use snapshot::{Cards, ClientView, FlightView, LABELS, NodeView, Snapshot, Status, TimerView};
pub use spec::{ClusterSpec, Drive, Given, Keys, Sessions, Stream, Workload};
pub use timeline::{Progress, Timeline};
pub use world::{SpecError, World, disks};
