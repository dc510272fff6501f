//! What Raft says of itself.

use super::marks::MARKS;
use crate::kernel::{
    About, Cite, Face, Family, Flaw, Knob, KnobKind, Knobs, Manner, Phase, Property, Ratio, Risk,
    Span, Text, Window, holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const REQUEST_VOTE: Face = face("RequestVote", Phase::Election, Manner::Ask);
pub(super) const VOTE_GRANTED: Face = face("RequestVoteResponse", Phase::Election, Manner::Grant);
pub(super) const VOTE_REFUSED: Face = face("RequestVoteResponse", Phase::Election, Manner::Refuse);
pub(super) const APPEND_ENTRIES: Face = face("AppendEntries", Phase::Replication, Manner::Ask);
pub(super) const HEARTBEAT: Face = face("AppendEntries", Phase::Replication, Manner::Beat);
pub(super) const APPENDED: Face = face("AppendEntriesResponse", Phase::Replication, Manner::Grant);
pub(super) const REJECTED: Face = face("AppendEntriesResponse", Phase::Replication, Manner::Refuse);
pub(super) const PRE_VOTE: Face = face("PreVote", Phase::Election, Manner::Ask);
pub(super) const PRE_VOTE_GRANTED: Face = face("PreVoteResponse", Phase::Election, Manner::Grant);
pub(super) const PRE_VOTE_REFUSED: Face = face("PreVoteResponse", Phase::Election, Manner::Refuse);
pub(super) const TIMEOUT_NOW: Face = face("TimeoutNow", Phase::Election, Manner::Ask);
pub(super) const INSTALL_SNAPSHOT: Face = face("InstallSnapshot", Phase::Replication, Manner::Ask);
pub(super) const INSTALLED: Face =
    face("InstallSnapshotResponse", Phase::Replication, Manner::Grant);
pub(super) const BARE_HEARTBEAT: Face = face("Heartbeat", Phase::Replication, Manner::Beat);
pub(super) const ECHO: Face = face("HeartbeatResponse", Phase::Replication, Manner::Grant);
pub(super) const READ_INDEX: Face = face("ReadIndex", Phase::Client, Manner::Ask);
pub(super) const READ_INDEX_RESPONSE: Face =
    face("ReadIndexResponse", Phase::Client, Manner::Grant);

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

pub(super) const ABOUT: About = About {
    id: "raft",
    name: "Raft",
    family: Family::Consensus,
    summary: Text {
        en: "A leader is elected for a term and copies its log to the others; what a majority \
             stores is committed and applied by all in the same order.",
        zh: "先为每个 term 选出一个 leader，由它把日志复制给其他节点；多数派存下的条目即为已提交，所有节点按相同\
             顺序应用。",
    },
    era: "term",
    cites: &[
        Cite { key: "ongaro14", place: "5-8, Figures 2 and 13" },
        Cite { key: "ongaro14phd", place: "3, 4, 5, 6, 9.6, 10.2" },
        Cite { key: "ongaro15", place: "the bug and its fix" },
        Cite { key: "etcd-raft", place: "quorum, tracker, raft.go" },
    ],
    knobs: KNOBS,
    claims: &[
        holds(Property::Agreement),
        holds(Property::Validity),
        holds(Property::Integrity),
        holds(Property::ElectionSafety),
        holds(Property::LogMatching),
        holds(Property::LeaderCompleteness),
        holds(Property::StateMachineSafety),
        holds(Property::MonotonicEras),
        holds(Property::LeaderAppendOnly),
        holds(Property::OneVote),
        holds(Property::MonotonicCommits),
        holds(Property::Linearizability),
    ],
    marks: MARKS,
    faces: &[
        REQUEST_VOTE,
        VOTE_GRANTED,
        VOTE_REFUSED,
        APPEND_ENTRIES,
        HEARTBEAT,
        APPENDED,
        REJECTED,
        PRE_VOTE,
        PRE_VOTE_GRANTED,
        PRE_VOTE_REFUSED,
        TIMEOUT_NOW,
        INSTALL_SNAPSHOT,
        INSTALLED,
        BARE_HEARTBEAT,
        ECHO,
        READ_INDEX,
        READ_INDEX_RESPONSE,
    ],
    source: crate::kernel::listing!(
        "mod.rs",
        "election.rs",
        "replication.rs",
        "client.rs",
        "log.rs",
        "prevote.rs",
        "transfer.rs",
        "config.rs",
        "membership.rs",
        "snapshot.rs",
        "reads.rs",
        "progress.rs",
        "../shared/store.rs",
        "../shared/sessions.rs",
    ),
};

const KNOBS: &[Knob] = &[
    knob(
        "election",
        "How long a node waits to hear from a leader before it campaigns; drawn anew each time.",
        "节点多久听不到 leader 的消息就发起选举；每次重新随机抽取。",
        KnobKind::Range { default: Window { min: Span::millis(150), max: Span::millis(300) } },
    ),
    knob(
        "heartbeat",
        "How often a leader shows that it lives; well below the election time.",
        "leader 发送心跳的间隔，应明显短于选举超时。",
        KnobKind::Length { default: Span::millis(50) },
    ),
    knob(
        "batch",
        "The most entries one AppendEntries carries.",
        "一条 AppendEntries 最多携带多少个条目。",
        KnobKind::Count { min: 1, max: 1_000, default: 64 },
    ),
    knob(
        "noop",
        "A new leader appends an empty entry of its term, so that older entries are committed at \
         once.",
        "新 leader 先追加一个本 term 的空条目，使更早的条目能立即提交。",
        KnobKind::Switch { default: true },
    ),
    knob(
        "backup",
        "How a leader backs up after a refusal: past a whole conflicting term, or one entry at a \
         time.",
        "被拒绝后 leader 如何回退：一次跳过整个冲突的 term（term），或每次回退一个条目（one）。",
        KnobKind::Choice(&["term", "one"]),
    ),
    knob(
        "pipeline",
        "The most entries on the way to one follower without an answer; 0 repeats what is not \
         acknowledged with every message.",
        "发给一个 follower 而尚未得到答复的条目最多多少个；0 表示每条消息都重发未确认的条目。",
        KnobKind::Count { min: 0, max: 10_000, default: 0 },
    ),
    knob(
        "prevote",
        "Before a node starts a new term it asks whether it could win, so that a node that comes \
         back disturbs nobody.",
        "节点在开启新 term 之前先询问自己能否当选，这样重新连上的节点不会打扰集群。",
        KnobKind::Switch { default: false },
    ),
    knob(
        "checkquorum",
        "A leader that hears no majority for an election time steps down, and who hears a leader \
         helps no candidate.",
        "leader 在一个选举超时内听不到多数派就退位；听得到 leader 的节点不理会候选人。",
        KnobKind::Switch { default: false },
    ),
    knob(
        "prefer",
        "The number of the node that may campaign first; the others give way once. 0 prefers \
         nobody.",
        "优先发起选举的节点编号，其他节点让它一次；0 表示不偏向任何节点。",
        KnobKind::Count { min: 0, max: 99, default: 0 },
    ),
    knob(
        "reads",
        "How a read is answered: through the log; after a round of heartbeats, by any node \
         (index); or at once under a lease, which is unsafe if a clock is set, or faster than \
         the drift allowed.",
        "读请求如何答复：经过日志（log）；一轮心跳之后，任何节点都可答复（index）；或在租约内立即答复\
         （lease），若时钟被拨动或漂移超过允许范围则不安全。",
        KnobKind::Choice(&["log", "index", "lease"]),
    ),
    knob(
        "drift",
        "By how much one clock may run faster than another before a lease is unsafe.",
        "一个时钟最多可比另一个快多少，超过则租约不再安全。",
        KnobKind::Share { default: Ratio::percent(10) },
    ),
    knob(
        "snapshot",
        "A node takes a snapshot and compacts its log after so many entries; 0 never does.",
        "每应用这么多条目就生成一次快照并压缩日志；0 表示从不。",
        KnobKind::Count { min: 0, max: 1_000_000, default: 0 },
    ),
    knob(
        "keep",
        "How many entries before a snapshot stay in the log, for followers a little behind.",
        "快照之前保留多少个条目在日志中，供稍微落后的 follower 使用。",
        KnobKind::Count { min: 0, max: 1_000_000, default: 0 },
    ),
    knob(
        "members",
        "How many of the nodes are members at first, the others being spares; 0 is all of them.",
        "起初有多少个节点是成员，其余为备用；0 表示全部。",
        KnobKind::Count { min: 0, max: 99, default: 0 },
    ),
    knob(
        "own-term",
        "A leader changes members only after an entry of its own term is committed; off shows the \
         bug found in 2015, and is unsafe.",
        "leader 提交了自己 term 的条目之后才变更成员；关闭它会重现 2015 年发现的缺陷，不安全。",
        KnobKind::Switch { default: true },
    ),
];

/// The settings that give up a promise.
pub(super) fn risks(knobs: &Knobs) -> Vec<Risk> {
    if knobs.is_on("own-term") {
        return Vec::new();
    }
    vec![Risk {
        knob: "own-term",
        says: Text {
            en: "Two changes of members by leaders of different terms may each find a majority, \
                 and what was committed may be lost.",
            zh: "不同 term 的 leader 先后变更成员，可能各自得到多数派，已提交的内容可能丢失。",
        },
    }]
}

/// Its wrong variants.
pub(super) const FLAWS: &[Flaw] = &[Flaw::new(
    "raft",
    "R18",
    "own-term",
    Property::LeaderCompleteness,
    Cite { key: "ongaro15", place: "the bug and its fix" },
)
.setting("own-term=off")
.found("nodes=4 depth=11 timers=2 requests=1")
.clear(10)
.missing(
    "Members are changed only after an entry of the leader's own term is committed.",
    "leader 提交了自己 term 的条目之后才能变更成员。",
)];
