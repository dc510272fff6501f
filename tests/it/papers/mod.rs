//! One test for each sentence of a paper that a protocol relies on.

// Shared memory over messages.
pub mod abd;
// A node, its messages and its timers, moved by hand.
pub mod bench;
// Dynamo.
pub mod dynamo;
// Epidemics, and data that can be merged.
pub mod gossip_kv;
// Multi-Paxos: Paxos Made Simple, Flexible Paxos, Paxos Made Live.
pub mod multi_paxos;
// Paxos Made Simple.
pub mod paxos;
// Primaries and backups.
pub mod primary_backup;
// The extended Raft paper.
pub mod raft;
// Two-phase commit.
pub mod two_phase_commit;
// Everything that can happen, in any order.
pub mod walks;
// Zab, as published and as ZooKeeper has it.
pub mod zab;
