//! What an operator or a fault tells a single node, beside what any node can suffer.

use super::{NodeId, Ratio};

/// An order to a node. Nodes ignore those that are not about them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    /// To a server: answer this share of requests with an error, at once and without work.
    Fail(Ratio),
    /// To a server: its process dies and is started again. What it held fails, and those who wait
    /// for it learn so at once.
    Reset,
    /// To a balancer: send nothing new to this server; what is there may finish.
    Drain(NodeId),
    /// To a balancer: the server takes part again.
    Undrain(NodeId),
}
