//! A set of nodes in one word: who promised, who accepted, who is a member.

use crate::kernel::NodeId;

/// A set of nodes. Copying it costs nothing, so that a vote can be counted without an allocation.
///
/// Nodes beyond the 128th cannot be held, and are never in it; a cluster has at most 99.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Nodes(u128);

impl Nodes {
    /// Nobody.
    pub const NONE: Nodes = Nodes(0);

    /// The first `count` nodes.
    pub fn first(count: u32) -> Nodes {
        Nodes(1_u128.checked_shl(count).map_or(u128::MAX, |bit| bit - 1))
    }

    /// `node` alone.
    pub fn only(node: NodeId) -> Nodes {
        Nodes(1_u128.checked_shl(node.0).unwrap_or(0))
    }

    /// Takes `node` in.
    pub fn insert(&mut self, node: NodeId) {
        *self = self.with(node);
    }

    /// This set and `node`.
    #[must_use]
    pub fn with(self, node: NodeId) -> Nodes {
        self.or(Nodes::only(node))
    }

    /// This set without `node`.
    #[must_use]
    pub fn without(self, node: NodeId) -> Nodes {
        Nodes(self.0 & !Nodes::only(node).0)
    }

    /// Who is in both.
    #[must_use]
    pub fn and(self, other: Nodes) -> Nodes {
        Nodes(self.0 & other.0)
    }

    /// Who is in one or both.
    #[must_use]
    pub fn or(self, other: Nodes) -> Nodes {
        Nodes(self.0 | other.0)
    }

    /// Everybody else.
    #[must_use]
    pub fn missing(self) -> Nodes {
        Nodes(!self.0)
    }

    /// Whether `node` is in it.
    pub fn contains(self, node: NodeId) -> bool {
        self.and(Nodes::only(node)) != Nodes::NONE
    }

    /// How many there are.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// True if nobody is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Everybody in it, in order.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = rest.trailing_zeros();
            (next < u128::BITS).then(|| {
                rest &= rest - 1;
                NodeId(next)
            })
        })
    }

    /// Their names, printed.
    pub fn show(self) -> String {
        let mut text = String::new();
        for node in self.iter() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&node.to_string());
        }
        if text.is_empty() { "-".to_owned() } else { text }
    }
}
