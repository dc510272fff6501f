//! What Zab says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Manner, Mark, Phase, Property, Span, Text, Window,
    breaks, holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const NOTIFICATION: Face = face("Notification", Phase::Election, Manner::Ask);
pub(super) const TOLD: Face = face("Notification", Phase::Election, Manner::Grant);
pub(super) const FOLLOWER_INFO: Face = face("FOLLOWERINFO", Phase::Election, Manner::Ask);
pub(super) const LEADER_INFO: Face = face("LEADERINFO", Phase::Election, Manner::Ask);
pub(super) const ACK_EPOCH: Face = face("ACKEPOCH", Phase::Election, Manner::Grant);
pub(super) const NEW_LEADER: Face = face("NEWLEADER", Phase::Replication, Manner::Ask);
pub(super) const ACK_LEADER: Face = face("ACK-NEWLEADER", Phase::Replication, Manner::Grant);
pub(super) const UP_TO_DATE: Face = face("UPTODATE", Phase::Replication, Manner::Ask);
pub(super) const PROPOSE: Face = face("PROPOSAL", Phase::Replication, Manner::Ask);
pub(super) const ACK: Face = face("ACK", Phase::Replication, Manner::Grant);
pub(super) const COMMIT: Face = face("COMMIT", Phase::Replication, Manner::Ask);
pub(super) const PING: Face = face("PING", Phase::Replication, Manner::Beat);
pub(super) const PASSED_ON: Face = face("REQUEST", Phase::Client, Manner::Ask);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

const fn range(min_ms: u64, max_ms: u64) -> KnobKind {
    let default = Window { min: Span::millis(min_ms), max: Span::millis(max_ms) };
    KnobKind::Range { default }
}

pub(super) const ABOUT: About = About {
    id: "zab",
    name: "Zab",
    family: Family::Consensus,
    summary: Text {
        en: "The atomic broadcast of ZooKeeper: a new leader first makes a quorum's history equal \
             to its own, then broadcasts in order; every server answers reads by itself.",
        zh: "ZooKeeper 的原子广播：新 leader 先让多数派的历史与自己一致，再按顺序广播；每个服务器都可以自行\
             答复读请求。",
    },
    era: "epoch",
    cites: &[
        Cite { key: "junqueira11", place: "III-V" },
        Cite { key: "zab10", place: "Zab1.0" },
        Cite { key: "zab-tla", place: "protocol-spec" },
        Cite { key: "hunt10", place: "2.3" },
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
        holds(Property::PrimaryOrder),
        holds(Property::PrimaryIntegrity),
        holds(Property::SequentialConsistency),
        holds(Property::ReadYourWrites),
        holds(Property::MonotonicReads),
        breaks(Property::Linearizability, 20_000, "nodes=5 sync=off"),
    ],
    marks: MARKS,
    faces: &[
        NOTIFICATION,
        TOLD,
        FOLLOWER_INFO,
        LEADER_INFO,
        ACK_EPOCH,
        NEW_LEADER,
        ACK_LEADER,
        UP_TO_DATE,
        PROPOSE,
        ACK,
        COMMIT,
        PING,
        PASSED_ON,
    ],
    source: crate::kernel::listing!(
        "mod.rs",
        "election.rs",
        "discovery.rs",
        "sync.rs",
        "broadcast.rs",
        "client.rs",
        "history.rs",
        "../shared/store.rs",
        "../shared/sessions.rs",
    ),
};

const KNOBS: &[Knob] = &[
    knob(
        "sync",
        "Reads are broadcast like writes and are linearizable; off: each server answers from what \
         it has delivered, which may be old.",
        "读请求像写请求一样广播，因而可线性化；关闭时每个服务器按自己已交付的内容答复，可能返回旧值。",
        KnobKind::Switch { default: false },
    ),
    knob(
        "tick",
        "How often nodes repeat what may be lost, and a leader shows that it lives.",
        "节点多久重发一次可能丢失的消息，leader 多久发送一次心跳。",
        KnobKind::Length { default: Span::millis(50) },
    ),
    knob(
        "settle",
        "How long a node waits for a better vote once a quorum agrees with its own.",
        "多数派与自己的选票一致之后，节点再等待多久以防出现更好的选票。",
        KnobKind::Length { default: Span::millis(60) },
    ),
    knob(
        "init",
        "How long an elected leader has to bring a quorum into its epoch, and a follower to be \
         brought.",
        "当选的 leader 必须在多长时间内让多数派进入自己的 epoch，跟随者也最多等待这么久。",
        range(600, 900),
    ),
    knob(
        "timeout",
        "How long a follower hears nothing from its leader, or a leader nothing from a quorum, \
         before it looks for a new one.",
        "跟随者多久听不到 leader、leader 多久听不到多数派，就重新寻找 leader。",
        range(200, 400),
    ),
    knob(
        "diff",
        "A follower that lacks more transactions than this gets the whole history (SNAP).",
        "跟随者缺少的事务多于此数时，直接传送整个历史（SNAP）。",
        KnobKind::Count { min: 0, max: 100_000, default: 500 },
    ),
];

const MARKS: &[Mark] = &[
    mark(
        "look",
        "{node} looks for a leader and votes for itself.",
        "{node} 开始寻找 leader，先投票给自己。",
    ),
    mark(
        "adopt-vote",
        "{peer} wants a better leader: {node} takes over its vote.",
        "{peer} 支持更好的人选：{node} 改投同一票。",
    ),
    mark(
        "join-round",
        "{node} hears of a later round of the election and enters it.",
        "{node} 得知更新的一轮选举，加入其中。",
    ),
    mark("point-out", "{node} tells {peer} whom it follows.", "{node} 告诉 {peer} 自己在跟随谁。"),
    mark(
        "join",
        "A quorum follows a leader already: {node} follows it too.",
        "多数派已在跟随一个 leader：{node} 也跟随它。",
    ),
    mark(
        "follow",
        "The election is over: {node} follows the winner.",
        "选举结束：{node} 跟随胜出者。",
    ),
    mark(
        "prospect",
        "{node} is elected, and waits for a quorum of followers.",
        "{node} 当选，等待多数派前来跟随。",
    ),
    mark(
        "lose-touch",
        "{node} has heard nothing for too long and gives up.",
        "{node} 太久没有收到消息，放弃当前状态。",
    ),
    mark(
        "give-way",
        "{peer} knows more than {node}, so there is a new election.",
        "{peer} 比 {node} 掌握得更多，因此重新选举。",
    ),
    mark(
        "open-epoch",
        "A quorum has come: {node} opens epoch {era}.",
        "多数派已到：{node} 开启 epoch {era}。",
    ),
    mark(
        "accept-epoch",
        "{node} accepts epoch {era} of {peer}.",
        "{node} 接受 {peer} 的 epoch {era}。",
    ),
    mark(
        "refuse-epoch",
        "{node} has accepted epoch {era}, which is later than that of {peer}.",
        "{node} 已接受 epoch {era}，比 {peer} 的更新。",
    ),
    mark(
        "begin-epoch",
        "A quorum accepted epoch {era}: the history of {node} is the one to have.",
        "多数派接受了 epoch {era}：以 {node} 的历史为准。",
    ),
    mark(
        "send-history",
        "{node} sends its followers what their histories lack.",
        "{node} 向跟随者发送它们所缺少的历史。",
    ),
    mark(
        "take-history",
        "{node} makes its history equal to that of {peer}.",
        "{node} 使自己的历史与 {peer} 一致。",
    ),
    mark(
        "truncate",
        "{node} forgets transactions that {peer} does not have.",
        "{node} 丢弃 {peer} 没有的事务。",
    ),
    mark(
        "establish",
        "A quorum has its history: {node} leads epoch {era} and commits it.",
        "多数派已有其历史：{node} 正式领导 epoch {era}，并提交这些历史。",
    ),
    mark(
        "catch-up",
        "{peer} has the history as well: {node} tells it what is committed by now.",
        "{peer} 也有了历史：{node} 告诉它目前已提交到哪里。",
    ),
    mark(
        "serve",
        "{node} is up to date and serves clients.",
        "{node} 已是最新，开始为客户端服务。",
    ),
    mark(
        "propose",
        "{node} makes a transaction of a request and broadcasts it.",
        "{node} 把请求变成事务并广播。",
    ),
    mark("log", "{node} logs what {peer} proposes.", "{node} 把 {peer} 的提案写入日志。"),
    mark(
        "commit",
        "A quorum has logged a transaction: {node} commits it.",
        "多数派已记录一个事务：{node} 将其提交。",
    ),
    mark(
        "follow-commit",
        "{node} hears from {peer} what is committed, and delivers it.",
        "{node} 从 {peer} 得知已提交的内容并交付。",
    ),
    mark("tick", "{node} repeats what may have been lost.", "{node} 重发可能丢失的消息。"),
    mark(
        "not-serving",
        "{node} is not up to date and sends {peer} away.",
        "{node} 还不是最新，请 {peer} 另找服务器。",
    ),
    mark(
        "read-here",
        "{node} answers {peer} from what it has delivered itself.",
        "{node} 按自己已交付的内容答复 {peer}。",
    ),
    mark(
        "pass-on",
        "{node} passes the request of {peer} on to its leader.",
        "{node} 把 {peer} 的请求转给 leader。",
    ),
    mark(
        "repeat-answer",
        "{node} has executed this request of {peer} before and repeats the answer.",
        "{node} 已执行过 {peer} 的这个请求，直接重复之前的答复。",
    ),
    mark(
        "execute-once",
        "{node} applies a transaction to its state machine.",
        "{node} 把一个事务应用到状态机。",
    ),
];
