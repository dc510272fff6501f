//! The vocabulary every other room shares: identities, time, the [`Node`] trait and what a node may
//! say of itself. Depends on nothing else in the crate.
//!
//! **Invariant:** nothing here reads a clock, draws entropy, iterates a hash table, stores a
//! `usize` in hashed state, or calls std float maths.

mod about;
mod card;
mod choices;
mod ctx;
mod fact;
mod flaw;
mod id;
mod knob;
mod node;
mod nodes;
mod op;
mod order;
mod quorum;
mod ratio;
mod time;
mod weigh;
mod word;

pub(crate) use about::listing;
pub use about::{
    About, Bound, Cite, Claim, Expect, Face, Family, Manner, Mark, Phase, Property, Risk, Text,
    breaks, holds, stalls,
};
pub use card::{Cell, CellValue, Field, NodeCard, Queue, QueueItem, Role, Vote};
pub use choices::Choices;
pub use ctx::{Ctx, Effect};
pub use fact::Fact;
pub use flaw::Flaw;
pub use id::{ClientId, NodeId, Party, RequestId};
pub use knob::{Knob, KnobKind, KnobValue, Knobs};
pub use node::{Node, Payload, Settings, Tag};
pub use nodes::{NodeIter, NodeSet};
pub use op::{Change, Op, Outcome, Request};
pub use order::Order;
pub use quorum::{at_least_half, majority};
pub use ratio::Ratio;
pub use time::{SimTime, Span, Window};
pub use weigh::{Candidate, Weighing};
pub use word::Word;
