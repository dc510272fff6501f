//! Breaking things by hand: the menu of a node, and picking the sides of a partition.

mod menu;
mod partition;

pub(crate) use menu::{MenuAt, NodeMenu};
pub(crate) use partition::{PartitionProps, partition_bar};
