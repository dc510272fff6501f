//! Identities. All are 32-bit newtypes: state is hashed, so widths must not depend on the target.

use std::fmt;

/// A running participant. Zero-based inside, printed one-based (`n1` is `NodeId(0)`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The position of this node in a slice indexed by node.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at `index`.
    pub fn at(index: usize) -> Self {
        NodeId(index as u32)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0 + 1)
    }
}

/// A client outside the cluster. Zero-based inside, printed one-based (`c1`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ClientId(pub u32);

impl ClientId {
    /// The position of this client in a slice indexed by client.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0 + 1)
    }
}

/// One end of a message: a node or a client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Party {
    /// A participant of the cluster.
    Node(NodeId),
    /// A client outside it.
    Client(ClientId),
}

impl Party {
    /// The node, if this end is one.
    pub fn node(self) -> Option<NodeId> {
        match self {
            Party::Node(id) => Some(id),
            Party::Client(_) => None,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Node(id) => id.fmt(f),
            Party::Client(id) => id.fmt(f),
        }
    }
}

/// Names one client operation for ever: the session (client) and its serial number, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RequestId {
    /// The session the operation belongs to.
    pub client: ClientId,
    /// Position of the operation in the session, from 1.
    pub serial: u64,
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.client, self.serial)
    }
}
