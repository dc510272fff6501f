//! The gallery: scenarios that teach, and that a test runs.

use crate::kernel::Text;

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
    "raft/a-zone-goes-dark",
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
    "gossip-kv/a-field-of-sensors",
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
    "paxos-article/six-steps",
    "paxos-article/no-value",
    "paxos-article/a-tie",
    "raft-article/copies",
    "raft-article/two-steps",
    "flawed-paxos/ignores-reports",
    "flawed-raft/votes-twice",
    "flawed-raft/three-are-too-few",
    "flawed-two-phase-commit/gives-up-in-doubt",
    "flawed-zab/skips-gaps",
    "pool/one-slow-server",
    "pool/blind-or-weighted",
    "pool/weights-that-learn",
    "pool/bursts",
    "pool/stragglers",
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

/// A section of the article that the scenarios follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section {
    /// Its number there.
    pub number: &'static str,
    /// What it is about.
    pub title: Text,
    /// Paths, or beginnings of paths that end with `/`.
    pub paths: &'static [&'static str],
}

impl Section {
    /// True if the scenario belongs to it.
    pub fn has(&self, item: &Item) -> bool {
        let belongs = |path: &&str| match path.strip_suffix('/') {
            Some(entry) => item.entry() == entry,
            None => item.path == *path,
        };
        self.paths.iter().any(belongs)
    }
}

const fn section(
    number: &'static str,
    en: &'static str,
    zh: &'static str,
    paths: &'static [&'static str],
) -> Section {
    Section { number, title: Text { en, zh }, paths }
}

/// The sections that scenarios show, in their order. A scenario may belong to several.
pub const SECTIONS: [Section; 15] = [
    section(
        "2.1",
        "Distribution, concurrency, asynchrony, faults",
        "分布、并发、异步与容错",
        &[
            "raft/first-election",
            "raft/leader-crash",
            "raft/two-halves",
            "raft/leader-pause",
            "raft/slow-clock",
            "raft/lossy-network",
            "gossip-kv/rumour",
        ],
    ),
    section(
        "2.2",
        "Near and far, strong and weak consistency",
        "局域与广域，强一致与弱一致",
        &["raft/lan", "raft/wan", "raft/around-the-world", "abd/", "dynamo/", "gossip-kv/"],
    ),
    section(
        "2.3",
        "The monolith as the case of one node",
        "单体：只有一个节点的特例",
        &[
            "raft/one-node",
            "pool/one-server",
            "pool/the-monolith",
            "pool/the-ladder",
            "pool/the-same-in-ten",
        ],
    ),
    section("3.1.1", "Paxos", "Paxos", &["paxos/", "multi-paxos/", "flawed-paxos/"]),
    section("3.1.2", "Raft", "Raft", &["raft/", "flawed-raft/"]),
    section(
        "3.2.1",
        "Balancing at random",
        "随机分发",
        &["pool/blind-or-weighted", "pool/beyond-round-robin", "pool/the-ladder"],
    ),
    section(
        "3.2.2",
        "Balancing in turn",
        "轮流分发",
        &["pool/beyond-round-robin", "pool/turns-by-weight", "pool/a-herd-of-balancers"],
    ),
    section(
        "3.2.3",
        "Balancing by weight and by load",
        "按权重与负载分发",
        &[
            "pool/one-slow-server",
            "pool/blind-or-weighted",
            "pool/weights-that-learn",
            "pool/turns-by-weight",
            "pool/who-notices-first",
            "pool/fast-and-slow-machines",
            "pool/eight-ways-to-hash",
            "pool/a-node-leaves-the-ring",
            "pool/bursts",
        ],
    ),
    section("4.1", "The article's Paxos, as it stands", "文中的 Paxos 代码", &["paxos-article/"]),
    section("4.2", "The article's Raft, as it stands", "文中的 Raft 代码", &["raft-article/"]),
    section(
        "5",
        "Where it is used: cloud, data, things",
        "实际应用：云计算、大数据、物联网",
        &["raft/a-zone-goes-dark", "pool/stragglers", "gossip-kv/a-field-of-sensors"],
    ),
    section(
        "6",
        "The ideas of ZooKeeper, Hadoop and Consul",
        "ZooKeeper、Hadoop 与 Consul 的思想",
        &[
            "zab/",
            "flawed-zab/",
            "primary-backup/",
            "raft/snapshot-catch-up",
            "raft/members-come-and-go",
            "gossip-kv/rumour",
        ],
    ),
    section(
        "7",
        "Performance and reliability",
        "性能与可靠性",
        &[
            "pool/a-cold-start",
            "pool/a-warm-start",
            "pool/retries-on-a-budget",
            "pool/the-black-hole-closed",
            "raft/lease-within-bound",
        ],
    ),
    section(
        "8.2",
        "What consistency costs",
        "一致性的代价",
        &[
            "two-phase-commit/",
            "flawed-two-phase-commit/",
            "abd/",
            "primary-backup/",
            "zab/a-stale-read",
            "dynamo/stale-read",
        ],
    ),
    section(
        "8.3",
        "What balancing brings, and what it can break",
        "负载均衡的得与失",
        &[
            "pool/the-black-hole",
            "pool/retries-that-never-end",
            "pool/a-herd-of-balancers",
            "pool/beyond-round-robin",
        ],
    ),
];
