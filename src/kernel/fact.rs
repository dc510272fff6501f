//! Protocol-neutral statements a node makes. Monitors judge these and never look into a protocol.

use super::{NodeId, RequestId, Span, Word};

/// What a node has learned or done, said in words that every protocol shares.
///
/// `era` is the generation of leadership (term, ballot, epoch); `slot` the position in the log
/// (index), 1 for single-decree protocols.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fact {
    /// The node entered `era`. Must never go back, also across restarts.
    Entered {
        /// The era entered.
        era: u64,
    },
    /// The node voted for `candidate` to lead `era` (or promised it).
    Voted {
        /// The era voted in.
        era: u64,
        /// Who got the vote.
        candidate: NodeId,
    },
    /// The node is leader of `era` from now on.
    Elected {
        /// The era led.
        era: u64,
    },
    /// The node leads no longer.
    SteppedDown {
        /// The era it led.
        era: u64,
    },
    /// The node asks a quorum to accept `value` (integrity: only proposed values are chosen).
    Proposed {
        /// Position in the log.
        slot: u64,
        /// The value.
        value: Word,
    },
    /// The node stored an entry at the end of its log (`slot` is the new last one).
    Appended {
        /// Position in the log.
        slot: u64,
        /// The era of the entry.
        era: u64,
        /// Its value.
        value: Word,
    },
    /// The node deleted the entries from `from` on. A node that restarts with the log its disk was
    /// last given states nothing; one that keeps less than it stated says so while it boots.
    Truncated {
        /// The first slot deleted.
        from: u64,
    },
    /// The node knows that the entries up to `slot` are committed.
    Committed {
        /// The last committed slot.
        slot: u64,
    },
    /// The node learned that `value` is chosen for `slot`. Irrevocable.
    Chosen {
        /// Position in the log.
        slot: u64,
        /// The value.
        value: Word,
    },
    /// The node applied `value` to its state machine as the `slot`-th command.
    Applied {
        /// Position in the sequence of applied commands, from 1.
        slot: u64,
        /// The command as a value.
        value: Word,
    },
    /// A server's queue has changed: stated at every arrival and departure, so that occupancy can
    /// be weighted by time.
    Load {
        /// Requests at the server, those served included.
        length: u32,
        /// Requests being served.
        served: u32,
    },
    /// A server has finished a request.
    Served {
        /// Which.
        request: RequestId,
        /// From its arrival at the server to the start of service (processor sharing: the time
        /// beyond what it would have taken alone).
        waited: Span,
        /// The rest of its stay.
        served: Span,
    },
    /// A balancer has sent a request to a server.
    Picked {
        /// Which request.
        request: RequestId,
        /// Which server.
        server: NodeId,
    },
    /// A participant of a transaction has voted, durably: a yes cannot be taken back.
    Prepared {
        /// The transaction's number.
        txn: u64,
        /// Whether it is ready to commit.
        yes: bool,
    },
    /// The node has learned how a transaction ended.
    Resolved {
        /// The transaction's number.
        txn: u64,
        /// Committed, or aborted.
        commit: bool,
    },
    /// The replicated data the node holds has changed to content of this digest: equal content,
    /// equal digest, on every node.
    Replica {
        /// Digest of the content.
        digest: u64,
    },
    /// The node took over a snapshot in place of its log up to `slot`. What is behind stays if the
    /// node had stated an entry of `era` there, and is gone if not.
    Installed {
        /// The last slot that the snapshot stands for.
        slot: u64,
        /// The era of the entry there.
        era: u64,
    },
    /// A balancer picks this server from now on, or no longer: it is ill, or drains.
    Allowed {
        /// Which server.
        server: NodeId,
        /// Whether it is picked.
        allowed: bool,
    },
}
