//! Breaking things by hand: menus of nodes, messages and links, picking the sides of a partition,
//! and what makes a run interesting.

mod interest;
mod link;
mod menu;
mod message;
mod node;
mod partition;
mod slider;

pub(crate) use interest::interest;
pub(crate) use menu::{Menu, MenuAt, MenuOf};
pub(crate) use partition::{PartitionProps, partition_bar};
