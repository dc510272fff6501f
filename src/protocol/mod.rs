//! The table of protocols: one file each, neighbours in alphabetical order.
//!
//! **Invariant:** a protocol knows `kernel` only. Only `catalog` knows protocols.

pub mod abd;
pub mod dynamo;
pub mod gossip_kv;
pub mod multi_paxos;
pub mod naive;
pub mod paxos;
pub mod primary_backup;
pub mod raft;
pub mod shared;
pub mod two_phase_commit;
pub mod zab;

use crate::kernel::Node;

/// Somebody who wants to see every protocol, as a type.
pub trait Visit {
    /// Called once for each protocol.
    fn node<N: Node>(&mut self);
}

/// Shows every protocol to `visitor`, in the order of the gallery.
pub fn visit(visitor: &mut impl Visit) {
    visitor.node::<paxos::Paxos>();
    visitor.node::<multi_paxos::MultiPaxos>();
    visitor.node::<raft::Raft>();
    visitor.node::<zab::Zab>();
    visitor.node::<abd::Abd>();
    visitor.node::<primary_backup::PrimaryBackup>();
    visitor.node::<dynamo::Dynamo>();
    visitor.node::<gossip_kv::GossipKv>();
    visitor.node::<two_phase_commit::TwoPhaseCommit>();
    visitor.node::<naive::paxos_article::PaxosArticle>();
    visitor.node::<naive::raft_article::RaftArticle>();
    visitor.node::<naive::flawed_paxos::FlawedPaxos>();
    visitor.node::<naive::flawed_raft::FlawedRaft>();
    visitor.node::<naive::flawed_two_phase_commit::FlawedTwoPhaseCommit>();
    visitor.node::<naive::flawed_zab::FlawedZab>();
}
