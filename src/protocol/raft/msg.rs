//! What nodes say to each other.

use std::sync::Arc;

use super::about;
use super::log::Entry;
use super::snapshot::Snapshot;
use crate::kernel::{Face, Payload, RequestId, SimTime};

/// A round of heartbeats, by which a leader learns that it still led when it sent them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Round {
    /// Counts the rounds of a term.
    pub number: u64,
    /// When it was sent, on the leader's own clock.
    pub sent: SimTime,
}

/// The messages of Figures 2 and 13 [ongaro14 §5, §7], and those of the extensions of the thesis
/// [ongaro14phd §3.10, §6.4, §9.6]. A refusal of entries is a variant of its own, since it carries
/// a hint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// A candidate asks for a vote.
    RequestVote {
        /// Its term.
        term: u64,
        /// The index of its last entry.
        last_index: u64,
        /// The term of its last entry.
        last_term: u64,
        /// The leader itself told it to campaign.
        transfer: bool,
    },
    /// The answer.
    RequestVoteResponse {
        /// The voter's term.
        term: u64,
        /// Whether it votes for the candidate.
        granted: bool,
    },
    /// The leader sends entries, or only shows that it lives.
    AppendEntries {
        /// Its term.
        term: u64,
        /// The index of the entry before the ones sent.
        prev_index: u64,
        /// The term of that entry.
        prev_term: u64,
        /// The entries; none in a heartbeat to a follower that has all.
        entries: Arc<[Entry]>,
        /// The leader's commit index.
        commit: u64,
    },
    /// The follower has everything up to there.
    Appended {
        /// Its term.
        term: u64,
        /// The last entry that the message covered: `prev_index` plus the entries sent.
        upto: u64,
    },
    /// The follower lacks the entry before the ones sent, or is in a later term.
    Rejected {
        /// Its term.
        term: u64,
        /// The `prev_index` refused.
        prev_index: u64,
        /// From where on the leader should send instead.
        retry_at: u64,
    },
    /// Would you vote for me?
    PreVote {
        /// The term it would campaign in.
        term: u64,
        /// The index of its last entry.
        last_index: u64,
        /// The term of its last entry.
        last_term: u64,
    },
    /// The answer.
    PreVoteResponse {
        /// The term asked about if granted; the voter's own if not.
        term: u64,
        /// Whether it would.
        granted: bool,
    },
    /// The leader sends what the entries gone from its log made of the state machine.
    InstallSnapshot {
        /// Its term.
        term: u64,
        /// The snapshot.
        snapshot: Arc<Snapshot>,
    },
    /// The follower has everything up to there.
    Installed {
        /// Its term.
        term: u64,
        /// The last entry that it is known to share with the leader.
        upto: u64,
    },
    /// The leader shows that it lives, and asks for nothing but an echo.
    Heartbeat {
        /// Its term.
        term: u64,
        /// Its commit index, but no more than what is known to match.
        commit: u64,
        /// Which round.
        round: Round,
    },
    /// The echo.
    HeartbeatResponse {
        /// The follower's term.
        term: u64,
        /// The round answered.
        round: Round,
    },
    /// A follower asks up to where it has to have applied before it may answer a read.
    ReadIndex {
        /// Its term.
        term: u64,
        /// Which read.
        id: RequestId,
    },
    /// The answer.
    ReadIndexResponse {
        /// The leader's term.
        term: u64,
        /// Which read.
        id: RequestId,
        /// What was committed when it was asked.
        index: u64,
    },
    /// The leader wants the receiver to campaign at once.
    TimeoutNow {
        /// Its term.
        term: u64,
    },
}

impl Msg {
    /// The sender's term, or the term it asks about.
    pub(in crate::protocol) fn term(&self) -> u64 {
        match self {
            Msg::RequestVote { term, .. }
            | Msg::RequestVoteResponse { term, .. }
            | Msg::AppendEntries { term, .. }
            | Msg::Appended { term, .. }
            | Msg::Rejected { term, .. }
            | Msg::PreVote { term, .. }
            | Msg::PreVoteResponse { term, .. }
            | Msg::InstallSnapshot { term, .. }
            | Msg::Installed { term, .. }
            | Msg::Heartbeat { term, .. }
            | Msg::HeartbeatResponse { term, .. }
            | Msg::ReadIndex { term, .. }
            | Msg::ReadIndexResponse { term, .. }
            | Msg::TimeoutNow { term } => *term,
        }
    }

    /// True if the term is only asked about: nobody is in it yet.
    pub(in crate::protocol) fn is_hypothetical(&self) -> bool {
        matches!(self, Msg::PreVote { .. } | Msg::PreVoteResponse { granted: true, .. })
    }
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::RequestVote { .. } => about::REQUEST_VOTE,
            Msg::RequestVoteResponse { granted: true, .. } => about::VOTE_GRANTED,
            Msg::RequestVoteResponse { granted: false, .. } => about::VOTE_REFUSED,
            Msg::AppendEntries { entries, .. } if entries.is_empty() => about::HEARTBEAT,
            Msg::AppendEntries { .. } => about::APPEND_ENTRIES,
            Msg::Appended { .. } => about::APPENDED,
            Msg::Rejected { .. } => about::REJECTED,
            Msg::PreVote { .. } => about::PRE_VOTE,
            Msg::PreVoteResponse { granted: true, .. } => about::PRE_VOTE_GRANTED,
            Msg::PreVoteResponse { granted: false, .. } => about::PRE_VOTE_REFUSED,
            Msg::InstallSnapshot { .. } => about::INSTALL_SNAPSHOT,
            Msg::Installed { .. } => about::INSTALLED,
            Msg::Heartbeat { .. } => about::BARE_HEARTBEAT,
            Msg::HeartbeatResponse { .. } => about::ECHO,
            Msg::ReadIndex { .. } => about::READ_INDEX,
            Msg::ReadIndexResponse { .. } => about::READ_INDEX_RESPONSE,
            Msg::TimeoutNow { .. } => about::TIMEOUT_NOW,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::RequestVote { term, .. }
            | Msg::RequestVoteResponse { term, .. }
            | Msg::PreVote { term, .. }
            | Msg::PreVoteResponse { term, .. }
            | Msg::TimeoutNow { term }
            | Msg::Heartbeat { term, .. }
            | Msg::HeartbeatResponse { term, .. }
            | Msg::ReadIndex { term, .. } => format!("T{term}"),
            Msg::AppendEntries { term, entries, .. } => match entries.as_ref() {
                [] => format!("T{term}"),
                [only] => format!("T{term}: {}", only.command.word()),
                [first, rest @ ..] => format!("T{term}: {} +{}", first.command.word(), rest.len()),
            },
            Msg::Appended { term, upto } | Msg::Installed { term, upto } => {
                format!("T{term}: {upto}")
            }
            Msg::Rejected { term, prev_index, .. } => format!("T{term}: {prev_index}"),
            Msg::InstallSnapshot { term, snapshot } => format!("T{term}: ..{}", snapshot.index),
            Msg::ReadIndexResponse { term, index, .. } => format!("T{term}: {index}"),
        }
    }
}
