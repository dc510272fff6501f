//! What Raft says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Manner, Mark, Phase, Property, Span, Text, Window,
    holds,
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

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

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
        Cite { key: "ongaro14", place: "5.1-5.5, 8, Figure 2" },
        Cite { key: "ongaro14phd", place: "3, 6.3" },
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
    ],
    source: crate::kernel::listing!(
        "mod.rs",
        "election.rs",
        "replication.rs",
        "client.rs",
        "log.rs",
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
];

const MARKS: &[Mark] = &[
    mark(
        "new-term",
        "{node} sees a later term in a message of {peer} and enters term {era}.",
        "{node} 从 {peer} 的消息中得知更新的 term，进入 term {era}。",
    ),
    mark("step-down", "{node} leads no longer.", "{node} 不再是 leader。"),
    mark(
        "campaign",
        "{node} has heard no leader for too long and asks for votes in term {era}.",
        "{node} 太久没有收到 leader 的消息，在 term {era} 中请求选票。",
    ),
    mark(
        "grant-vote",
        "{node} votes for {peer} in term {era}.",
        "{node} 在 term {era} 中投票给 {peer}。",
    ),
    mark(
        "refuse-vote",
        "{node} refuses {peer} its vote in term {era}.",
        "{node} 在 term {era} 中拒绝投票给 {peer}。",
    ),
    mark(
        "win",
        "{node} has the votes of a majority and leads term {era}.",
        "{node} 获得多数选票，成为 term {era} 的 leader。",
    ),
    mark(
        "no-op",
        "{node} begins its term with an empty entry.",
        "{node} 以一个空条目开始自己的任期。",
    ),
    mark(
        "heartbeat",
        "{node} shows everyone that the leader of term {era} lives.",
        "{node} 向所有节点发送 term {era} 的心跳。",
    ),
    mark(
        "append-request",
        "{node} appends the request of {peer} to its log and sends it to everyone.",
        "{node} 把 {peer} 的请求追加到日志，并发送给所有节点。",
    ),
    mark(
        "redirect",
        "{node} does not lead and sends {peer} to the leader it knows, if any.",
        "{node} 不是 leader，让 {peer} 去找它所知道的 leader（如果有）。",
    ),
    mark(
        "repeat-answer",
        "{node} has executed this request of {peer} before and repeats the answer.",
        "{node} 已执行过 {peer} 的这个请求，直接重复之前的答复。",
    ),
    mark(
        "append",
        "{node} stores entries from {peer} in its log.",
        "{node} 把 {peer} 发来的条目存入日志。",
    ),
    mark(
        "truncate",
        "{node} deletes entries that conflict with the log of {peer}.",
        "{node} 删除与 {peer} 的日志冲突的条目。",
    ),
    mark(
        "reject-append",
        "{node} lacks the entry before those of {peer} and refuses them.",
        "{node} 没有 {peer} 所指的前一个条目，拒绝追加。",
    ),
    mark(
        "refuse-stale",
        "{node} is in term {era} already and refuses {peer}, the leader of an earlier one.",
        "{node} 已处于 term {era}，拒绝来自旧 leader {peer} 的消息。",
    ),
    mark(
        "concede",
        "{node} hears that {peer} leads term {era} and gives up its campaign.",
        "{node} 得知 {peer} 已是 term {era} 的 leader，放弃竞选。",
    ),
    mark(
        "match",
        "{node} knows that {peer} stores more of its log.",
        "{node} 得知 {peer} 又存下了一部分日志。",
    ),
    mark(
        "back-up",
        "{node} backs up and sends {peer} earlier entries.",
        "{node} 向前回退，改为向 {peer} 发送更早的条目。",
    ),
    mark(
        "commit",
        "An entry of term {era} is stored by a majority: {node} commits it and all before it.",
        "term {era} 的条目已存于多数派：{node} 将它及之前的全部条目提交。",
    ),
    mark(
        "follow-commit",
        "{node} learns from {peer} what is committed.",
        "{node} 从 {peer} 得知已提交的位置。",
    ),
    mark(
        "execute-once",
        "{node} applies a command to its state machine.",
        "{node} 把一条命令应用到状态机。",
    ),
];
