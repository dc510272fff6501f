//! Sets of nodes that are `Copy`: votes, members, whoever was heard of.

use std::fmt;

use super::NodeId;

/// A set of nodes, one bit each: the first [`NodeSet::ROOM`] nodes fit, which is more than a
/// cluster may have. Others are never in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NodeSet {
    /// Nodes 64 and up; two words, so that the set needs no wider alignment than a number.
    high: u64,
    low: u64,
}

impl NodeSet {
    /// How many nodes there is room for.
    pub const ROOM: u32 = 128;
    /// Nobody.
    pub const EMPTY: NodeSet = NodeSet { high: 0, low: 0 };

    const fn from_bits(bits: u128) -> NodeSet {
        NodeSet { high: (bits >> 64) as u64, low: bits as u64 }
    }

    const fn bits(self) -> u128 {
        (self.high as u128) << 64 | self.low as u128
    }

    const fn bit(node: NodeId) -> u128 {
        if node.0 < NodeSet::ROOM { 1 << node.0 } else { 0 }
    }

    /// The first `count` nodes.
    pub const fn first(count: u32) -> NodeSet {
        match count {
            0 => NodeSet::EMPTY,
            NodeSet::ROOM.. => NodeSet::from_bits(u128::MAX),
            _ => NodeSet::from_bits(u128::MAX >> (NodeSet::ROOM - count)),
        }
    }

    /// One node.
    pub const fn only(node: NodeId) -> NodeSet {
        NodeSet::from_bits(NodeSet::bit(node))
    }

    /// True if `node` is in it.
    pub const fn has(self, node: NodeId) -> bool {
        self.bits() & NodeSet::bit(node) != 0
    }

    /// The set and `node`.
    #[must_use]
    pub const fn with(self, node: NodeId) -> NodeSet {
        NodeSet::from_bits(self.bits() | NodeSet::bit(node))
    }

    /// The set without `node`.
    #[must_use]
    pub const fn without(self, node: NodeId) -> NodeSet {
        NodeSet::from_bits(self.bits() & !NodeSet::bit(node))
    }

    /// Whoever is in either.
    #[must_use]
    pub const fn or(self, other: NodeSet) -> NodeSet {
        NodeSet::from_bits(self.bits() | other.bits())
    }

    /// Whoever is in both.
    #[must_use]
    pub const fn and(self, other: NodeSet) -> NodeSet {
        NodeSet::from_bits(self.bits() & other.bits())
    }

    /// Whoever is in this one and not in the other.
    #[must_use]
    pub const fn minus(self, other: NodeSet) -> NodeSet {
        NodeSet::from_bits(self.bits() & !other.bits())
    }

    /// Puts `node` in.
    pub fn insert(&mut self, node: NodeId) {
        *self = self.with(node);
    }

    /// Takes `node` out.
    pub fn remove(&mut self, node: NodeId) {
        *self = self.without(node);
    }

    /// How many there are.
    pub const fn len(self) -> u32 {
        self.bits().count_ones()
    }

    /// True if nobody is in it.
    pub const fn is_empty(self) -> bool {
        self.bits() == 0
    }

    /// The nodes, in order.
    pub fn iter(self) -> NodeIter {
        NodeIter(self.bits())
    }
}

/// The nodes of a set, in order.
#[derive(Clone, Debug)]
pub struct NodeIter(u128);

impl Iterator for NodeIter {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.0 == 0 {
            return None;
        }
        let node = NodeId(self.0.trailing_zeros());
        self.0 &= self.0 - 1;
        Some(node)
    }
}

impl IntoIterator for NodeSet {
    type Item = NodeId;
    type IntoIter = NodeIter;

    fn into_iter(self) -> NodeIter {
        self.iter()
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<T: IntoIterator<Item = NodeId>>(nodes: T) -> NodeSet {
        nodes.into_iter().fold(NodeSet::EMPTY, NodeSet::with)
    }
}

impl fmt::Display for NodeSet {
    /// As written in a scenario: `n1 n2 n6`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, node) in self.iter().enumerate() {
            let blank = if place == 0 { "" } else { " " };
            write!(f, "{blank}{node}")?;
        }
        Ok(())
    }
}
