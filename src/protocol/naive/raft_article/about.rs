//! What the article's Raft says of itself.

use crate::kernel::{About, Cite, Face, Family, Manner, Mark, Phase, Property, Text, breaks};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const APPEND_ENTRIES: Face = face("appendEntries", Phase::Replication, Manner::Ask);
pub(super) const TRUE: Face = face("True", Phase::Replication, Manner::Grant);
pub(super) const FALSE: Face = face("False", Phase::Replication, Manner::Refuse);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

pub(super) const ABOUT: About = About {
    id: "raft-article",
    name: "Raft (article)",
    family: Family::Naive,
    summary: Text {
        en: "The article's Raft listing as it stands: no election, no term check, every entry \
             stored twice, and a commit that pops the log.",
        zh: "原样移植文章中的 Raft 代码：没有选举，不检查 term，每个条目都会存两遍，提交时还会把条目从日志里弹出。",
    },
    era: "term",
    cites: &[Cite { key: "article", place: "4.2" }],
    knobs: &[],
    claims: &[
        breaks(Property::Agreement, 60, "nodes=3"),
        breaks(Property::LogMatching, 60, "nodes=3"),
        breaks(Property::StateMachineSafety, 60, "nodes=3"),
    ],
    marks: &[
        mark(
            "request",
            "{node} appends the request of {peer} to its own log and calls appendEntries on \
             everyone.",
            "{node} 把 {peer} 的请求追加到自己的日志，并对其他节点调用 appendEntries。",
        ),
        mark(
            "log-replication",
            "{node} compares its log with the entries of {peer}.",
            "{node} 将自己的日志与 {peer} 发来的条目比较。",
        ),
        mark(
            "log-sync",
            "{node} cuts its log and appends the entries of {peer} once more.",
            "{node} 截断日志，把 {peer} 发来的条目再追加一遍。",
        ),
        mark(
            "commit-pops",
            "{node} pops the newest entry off its log and executes it.",
            "{node} 从日志末尾弹出最新的条目并执行。",
        ),
    ],
    faces: &[APPEND_ENTRIES, TRUE, FALSE],
    source: crate::kernel::listing!("../raft_article.rs", "driver.rs"),
};
