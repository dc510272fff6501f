//! What Multi-Paxos says of itself.

use super::quorum::System;
use crate::kernel::{
    About, Cite, Face, Family, Flaw, Knob, KnobKind, Knobs, Manner, Mark, Phase, Property, Ratio,
    Risk, Span, Text, Window, holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const PREPARE: Face = face("Prepare", Phase::Election, Manner::Ask);
pub(super) const PROMISE: Face = face("Promise", Phase::Election, Manner::Grant);
pub(super) const NACK: Face = face("Nack", Phase::Election, Manner::Refuse);
pub(super) const ACCEPT: Face = face("Accept", Phase::Replication, Manner::Ask);
pub(super) const ACCEPTED: Face = face("Accepted", Phase::Replication, Manner::Grant);
pub(super) const COMMIT: Face = face("Commit", Phase::Replication, Manner::Beat);
pub(super) const GRANT: Face = face("Grant", Phase::Election, Manner::Grant);
pub(super) const ASK: Face = face("Learn", Phase::Replication, Manner::Ask);
pub(super) const DECIDED: Face = face("Decided", Phase::Replication, Manner::Grant);
pub(super) const TAKE_OVER: Face = face("TakeOver", Phase::Election, Manner::Ask);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

const fn count(min: u64, max: u64, default: u64) -> KnobKind {
    KnobKind::Count { min, max, default }
}

pub(super) const ABOUT: About = About {
    id: "multi-paxos",
    name: "Multi-Paxos",
    family: Family::Consensus,
    summary: Text {
        en: "Paxos for a log: one phase 1 makes a leader for all slots, then each command costs \
             one round trip; quorums, leases and members can be chosen.",
        zh: "用于日志的 Paxos：一次第一阶段即可为所有槽位确立 leader，此后每条命令只需一次往返；法定人数、\
             租约和成员都可以配置。",
    },
    era: "ballot",
    cites: &[
        Cite { key: "lamport01", place: "3" },
        Cite { key: "renesse15", place: "2-4" },
        Cite { key: "howard16", place: "3, 5" },
        Cite { key: "chandra07", place: "5.2" },
    ],
    knobs: KNOBS,
    claims: &[
        holds(Property::Agreement),
        holds(Property::Validity),
        holds(Property::Integrity),
        holds(Property::ElectionSafety),
        holds(Property::StateMachineSafety),
        holds(Property::MonotonicEras),
        holds(Property::OneVote),
        holds(Property::Linearizability),
    ],
    marks: MARKS,
    faces: &[PREPARE, PROMISE, NACK, ACCEPT, ACCEPTED, COMMIT, GRANT, ASK, DECIDED, TAKE_OVER],
    source: crate::kernel::listing!(
        "mod.rs",
        "leader.rs",
        "acceptor.rs",
        "learner.rs",
        "quorum.rs",
        "members.rs",
        "lease.rs",
        "client.rs",
        "log.rs",
        "../shared/store.rs",
        "../shared/sessions.rs",
    ),
};

const KNOBS: &[Knob] = &[
    knob(
        "election",
        "How long a node waits to hear from a leader before it opens a ballot; drawn anew each \
         time.",
        "节点多久听不到 leader 的消息就发起新的 ballot；每次重新随机抽取。",
        KnobKind::Range { default: Window { min: Span::millis(150), max: Span::millis(300) } },
    ),
    knob(
        "heartbeat",
        "How often a leader shows that it lives and repeats what was not answered.",
        "leader 多久发送一次心跳，并重发尚未得到答复的提案。",
        KnobKind::Length { default: Span::millis(50) },
    ),
    knob(
        "quorum",
        "Which acceptors are enough: so many of them (counts), or a column of a grid to prepare \
         and a full row to accept (grid).",
        "哪些接受者构成法定人数：按人数（counts），或按网格（grid），即准备阶段取一列、接受阶段取完整的一行。",
        KnobKind::Choice(&["counts", "grid"]),
    ),
    knob(
        "q1",
        "How many acceptors have to promise; 0 is a majority, or what meets q2. Unsafe if q1 + q2 \
         is not above the number of acceptors: two values may then be chosen.",
        "需要多少个接受者作出承诺；0 表示多数派，或与 q2 必有交集的最小人数。若 q1 + q2 不大于接受者总数则\
         不安全：可能选出两个不同的值。",
        count(0, 99, 0),
    ),
    knob(
        "q2",
        "How many acceptors have to accept; 0 is a majority, or what meets q1. Unsafe if q1 + q2 \
         is not above the number of acceptors.",
        "需要多少个接受者接受提案；0 表示多数派，或与 q1 必有交集的最小人数。若 q1 + q2 不大于接受者总数则\
         不安全。",
        count(0, 99, 0),
    ),
    knob("rows", "How many rows the grid has.", "网格有多少行。", count(1, 99, 2)),
    knob(
        "members",
        "How many nodes are acceptors at first; 0 is all. The others wait to be added.",
        "最初有多少个节点是接受者；0 表示全部。其余节点等待被加入。",
        count(0, 99, 0),
    ),
    knob(
        "alpha",
        "How many slots ahead of what it executed the leader may propose; a change of members is \
         in force so many slots later.",
        "leader 最多可以领先已执行位置多少个槽位；成员变更也在这么多槽位之后生效。",
        count(1, 1_000, 16),
    ),
    knob(
        "learn",
        "Who hears of acceptances: the leader, who tells the others, or all nodes.",
        "接受消息发给谁：只发给 leader，再由它通知其他节点（leader）；或直接发给所有节点（all）。",
        KnobKind::Choice(&["leader", "all"]),
    ),
    knob(
        "batch",
        "The most slots one message repeats or tells.",
        "一条消息最多重发或告知多少个槽位。",
        count(1, 1_000, 64),
    ),
    knob(
        "lease",
        "Acceptors grant the leader a lease, during which it answers reads alone.",
        "接受者授予 leader 租约；租约期间 leader 可以独自答复读请求。",
        KnobKind::Switch { default: false },
    ),
    knob(
        "hold",
        "How long an acceptor keeps to a lease it granted, on its own clock.",
        "接受者按自己的时钟遵守租约多长时间。",
        KnobKind::Length { default: Span::millis(120) },
    ),
    knob(
        "bound",
        "How much clocks are trusted to drift. Unsafe if one drifts by more, or is set: the \
         leader may then answer with an old value.",
        "假定时钟漂移不超过多少。若实际漂移更大或时钟被调整则不安全：leader 可能返回旧值。",
        KnobKind::Share { default: Ratio::percent(1) },
    ),
];

const MARKS: &[Mark] = &[
    mark(
        "prepare",
        "{node} has heard no leader for too long and opens ballot {era} for all open slots.",
        "{node} 太久没有收到 leader 的消息，为所有未定的槽位发起 ballot {era}。",
    ),
    mark(
        "promise",
        "{node} promises {peer} to ignore every ballot below {era}, in every slot.",
        "{node} 向 {peer} 承诺：在所有槽位中不再理会低于 {era} 的 ballot。",
    ),
    mark(
        "refuse",
        "{node} refuses {peer}: it has promised ballot {era}, which is higher.",
        "{node} 拒绝 {peer}：它已承诺更高的 ballot {era}。",
    ),
    mark(
        "keep-lease",
        "{node} refuses {peer}, since it granted the leader a lease that has not ended.",
        "{node} 拒绝 {peer}：它授予 leader 的租约尚未到期。",
    ),
    mark(
        "lead",
        "A quorum promised: {node} leads with ballot {era}.",
        "法定人数已作出承诺：{node} 以 ballot {era} 成为 leader。",
    ),
    mark(
        "adopt",
        "{node} takes over what was reported with the highest ballot of a slot.",
        "{node} 沿用该槽位所报告的最高 ballot 的命令。",
    ),
    mark(
        "fill-gap",
        "Nothing was reported of a slot before others: {node} closes the gap with a no-op.",
        "某个槽位没有任何报告，而后面的槽位有：{node} 用空操作填补空缺。",
    ),
    mark(
        "propose",
        "{node} puts a command into the next slot and asks everyone to accept it.",
        "{node} 把命令放入下一个槽位，请求所有节点接受。",
    ),
    mark(
        "hasten",
        "{node} fills the window with no-ops, so that the new members come into force.",
        "{node} 用空操作填满窗口，使新的成员配置尽快生效。",
    ),
    mark(
        "heartbeat",
        "{node} shows everyone that the leader of ballot {era} lives.",
        "{node} 向所有节点发送 ballot {era} 的心跳。",
    ),
    mark("accept", "{node} accepts what ballot {era} asks.", "{node} 接受 ballot {era} 的提案。"),
    mark(
        "choose",
        "{node} learns that a command is chosen for its slot.",
        "{node} 得知某个槽位的命令已经选定。",
    ),
    mark(
        "learn",
        "{node} hears from {peer} how far the log is chosen.",
        "{node} 从 {peer} 得知日志已选定到哪里。",
    ),
    mark(
        "catch-up",
        "{node} lacks what is chosen and asks {peer} for it.",
        "{node} 缺少已选定的内容，向 {peer} 询问。",
    ),
    mark(
        "hand-on",
        "{node} is a member no longer and asks the new members how far they are.",
        "{node} 已不再是成员，询问新成员的进度。",
    ),
    mark("tell", "{node} tells {peer} what is chosen.", "{node} 把已选定的内容告诉 {peer}。"),
    mark(
        "outrun",
        "{node} meets the higher ballot {era} and gives up its own.",
        "{node} 遇到更高的 ballot {era}，放弃自己的 ballot。",
    ),
    mark(
        "outrun-by-nack",
        "{peer} has promised a higher ballot, so {node} gives up its own.",
        "{peer} 已承诺更高的 ballot，{node} 放弃自己的 ballot。",
    ),
    mark(
        "reconfigure",
        "{node} executes a change of members, in force alpha slots later.",
        "{node} 执行成员变更，alpha 个槽位之后生效。",
    ),
    mark(
        "retire",
        "{node} is no acceptor any more and stops leading.",
        "{node} 已不再是接受者，不再担任 leader。",
    ),
    mark("hand-over", "{node} asks another node to lead.", "{node} 请另一个节点来领导。"),
    mark(
        "grant-lease",
        "{node} grants {peer} a lease: for a while it promises nobody else anything.",
        "{node} 授予 {peer} 租约：一段时间内不向其他节点作出承诺。",
    ),
    mark(
        "hold-lease",
        "A quorum granted {node} the lease: it may answer reads alone.",
        "法定人数授予了 {node} 租约：它可以独自答复读请求。",
    ),
    mark(
        "read-alone",
        "{node} holds the lease and answers {peer} without asking anybody.",
        "{node} 持有租约，无需询问其他节点即可答复 {peer}。",
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
        "skip-repeated",
        "The same command is in two slots: {node} skips the second.",
        "同一命令占了两个槽位：{node} 跳过第二个。",
    ),
    mark(
        "execute-once",
        "{node} executes a command of the chosen log.",
        "{node} 执行已选定日志中的一条命令。",
    ),
];

/// The settings that give up a promise.
pub(super) fn risks(knobs: &Knobs, nodes: u32) -> Vec<Risk> {
    let members = match knobs.count("members") as u32 {
        0 => nodes,
        members => members.min(nodes),
    };
    if !System::read(knobs).is_unsafe(members) {
        return Vec::new();
    }
    vec![Risk {
        knob: if knobs.count("q1") > 0 { "q1" } else { "q2" },
        says: Text {
            en: "A quorum of phase 1 may miss a quorum of phase 2, so two values may be chosen for \
                 one slot.",
            zh: "第一阶段的 quorum 可能与第二阶段的 quorum 不相交，同一个 slot 可能选出两个值。",
        },
    }]
}

/// Its wrong variants.
pub(super) const FLAWS: &[Flaw] = &[Flaw::new(
    "multi-paxos",
    "P13",
    "quorums-that-miss",
    Property::Agreement,
    Cite { key: "howard16", place: "3" },
)
.setting("q1=2 q2=2")
.found("nodes=4 depth=6 timers=1 requests=1")
.clear(5)
.missing(
    "A quorum that prepares and one that accepts share an acceptor.",
    "准备阶段与接受阶段的法定人数必须有共同的接受者。",
)];
