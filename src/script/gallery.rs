//! The gallery: scenarios that teach, and that a test runs.

use super::compile::titles;
use super::grammar::Titles;
use super::read::parse;

/// One scenario of the gallery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item {
    /// Entry and name, as in a link: `raft/first-election`.
    pub path: &'static str,
    /// The text.
    pub text: &'static str,
}

impl Item {
    /// The id of the entry it stands under.
    pub fn entry(&self) -> &'static str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Title and sentence in both languages.
    pub fn titles(&self) -> Titles {
        titles(&parse(self.text))
    }
}

/// One item per file of `www/scenarios`.
macro_rules! items {
    ($($path:literal,)*) => {
        &[$(Item {
            path: $path,
            text: include_str!(concat!("../../www/scenarios/", $path, ".quorate")),
        },)*]
    };
}

/// Every scenario, in the order of the page.
pub const GALLERY: &[Item] = items![
    "raft/first-election",
    "raft/leader-crash",
    "raft/two-halves",
    "raft/leader-pause",
    "raft/slow-clock",
    "raft/lossy-network",
    "raft/lan",
    "raft/wan",
    "raft/around-the-world",
    "raft/one-node",
    "raft/unsynced-disk",
    "raft/synced-disk",
    "raft/snapshot-catch-up",
    "raft/members-come-and-go",
    "raft/two-removals",
    "raft/two-removals-fixed",
    "raft/transfer",
    "raft/partial-mesh",
    "raft/partial-mesh-at-rest",
    "raft/lease-slow-clock",
    "raft/lease-within-bound",
    "raft/read-index-slow-clock",
    "paxos/one-value",
    "paxos/duelling-proposers",
    "paxos/backoff-ends-the-duel",
    "abd/no-leader",
    "abd/new-old-inversion",
    "abd/write-back",
    "abd/no-majority",
    "primary-backup/fail-over",
    "primary-backup/lost-write",
    "primary-backup/split-brain",
    "primary-backup/fenced",
    "dynamo/always-writable",
    "dynamo/stale-read",
    "dynamo/overlap",
    "gossip-kv/rumour",
    "gossip-kv/split-and-meet",
    "gossip-kv/stale-read",
    "two-phase-commit/all-say-yes",
    "two-phase-commit/one-no",
    "two-phase-commit/coordinator-crash",
    "multi-paxos/one-phase-for-all",
    "multi-paxos/gaps-are-closed",
    "multi-paxos/two-of-five",
    "multi-paxos/quorums-that-miss",
    "multi-paxos/rows-and-columns",
    "multi-paxos/members-change",
    "multi-paxos/a-lease-ends",
    "multi-paxos/a-slow-clock",
    "zab/first-epoch",
    "zab/leader-crash",
    "zab/what-was-never-committed",
    "zab/a-stale-read",
    "zab/sync-before-reading",
    "paxos-article/two-values",
    "paxos-article/no-value",
    "raft-article/copies",
    "pool/one-slow-server",
    "pool/blind-or-weighted",
    "pool/weights-that-learn",
    "pool/bursts",
    "pool/one-server",
    "pool/the-ladder",
    "pool/the-monolith",
    "pool/the-same-in-ten",
    "pool/beyond-round-robin",
    "pool/turns-by-weight",
    "pool/who-notices-first",
    "pool/fast-and-slow-machines",
    "pool/eight-ways-to-hash",
    "pool/a-node-leaves-the-ring",
    "pool/a-herd-of-balancers",
    "pool/the-black-hole",
    "pool/the-black-hole-closed",
    "pool/retries-that-never-end",
    "pool/retries-on-a-budget",
    "pool/a-cold-start",
    "pool/a-warm-start",
];

/// The scenario of that path.
pub fn find(path: &str) -> Option<&'static Item> {
    GALLERY.iter().find(|item| item.path == path)
}
