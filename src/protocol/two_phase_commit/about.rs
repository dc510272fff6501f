//! What two-phase commit says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Manner, Mark, Phase, Property, Ratio, Span, Text,
    Window, holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const PREPARE: Face = face("Prepare", Phase::Election, Manner::Ask);
pub(super) const YES: Face = face("Yes", Phase::Election, Manner::Grant);
pub(super) const NO: Face = face("No", Phase::Election, Manner::Refuse);
pub(super) const COMMIT: Face = face("Commit", Phase::Replication, Manner::Ask);
pub(super) const ABORT: Face = face("Abort", Phase::Replication, Manner::Refuse);
pub(super) const ACK: Face = face("Ack", Phase::Replication, Manner::Grant);
pub(super) const INQUIRE: Face = face("Inquire", Phase::Replication, Manner::Beat);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

pub(super) const ABOUT: About = About {
    id: "two-phase-commit",
    name: "Two-phase commit",
    family: Family::Storage,
    summary: Text {
        en: "A coordinator asks every participant whether it can commit, and commits only if all \
             say yes. Whoever said yes must wait for the decision, even if the coordinator is \
             gone.",
        zh: "协调者询问每个参与者能否提交，全部同意才提交。投了赞成票的参与者必须等待决定，即使协调者已经不在。",
    },
    era: "",
    cites: &[
        Cite { key: "gray78", place: "5.8.3" },
        Cite { key: "bernstein87", place: "7.3, 7.4" },
        Cite { key: "mohan86", place: "2, 3.1" },
    ],
    knobs: &[
        knob(
            "refusals",
            "The share of votes that are no, drawn by lot; `given n3 vote=no` makes one node \
             always refuse.",
            "随机投反对票的比例；用 given n3 vote=no 可以让某个节点总是反对。",
            KnobKind::Share { default: Ratio::ZERO },
        ),
        knob(
            "cooperate",
            "A participant in doubt asks the other participants too, not only the coordinator.",
            "处于不确定状态的参与者除了问协调者，也向其他参与者询问结果（协作终止）。",
            KnobKind::Switch { default: false },
        ),
        knob(
            "votes",
            "How long the coordinator waits for votes before it aborts.",
            "协调者等待投票的时间，超时就中止事务。",
            KnobKind::Length { default: Span::millis(400) },
        ),
        knob(
            "retry",
            "How long a participant in doubt waits before it asks, and a coordinator before it \
             tells a commit again.",
            "不确定的参与者隔多久询问一次；协调者隔多久重发一次提交决定。",
            KnobKind::Range { default: Window { min: Span::millis(150), max: Span::millis(300) } },
        ),
    ],
    claims: &[holds(Property::AtomicCommit)],
    marks: MARKS,
    faces: &[PREPARE, YES, NO, COMMIT, ABORT, ACK, INQUIRE],
    source: crate::kernel::listing!("mod.rs", "coordinator.rs", "participant.rs"),
};

const MARKS: &[Mark] = &[
    mark(
        "redirect",
        "{node} coordinates nothing and sends {peer} to the coordinator.",
        "{node} 不是协调者，让 {peer} 去找协调者。",
    ),
    mark(
        "repeat-answer",
        "{node} knows how this transaction of {peer} ended and says so again.",
        "{node} 知道 {peer} 的这个事务如何结束，再答复一次。",
    ),
    mark(
        "begin",
        "{node} begins a transaction and asks every participant for its vote.",
        "{node} 开始一个事务，请每个参与者投票。",
    ),
    mark(
        "vote-yes",
        "{node} votes yes: from now on it may not decide by itself.",
        "{node} 投赞成票：从此不能再自行决定结果。",
    ),
    mark(
        "vote-no",
        "{node} votes no, and so knows the end: the transaction is aborted.",
        "{node} 投反对票，也就知道了结果：事务中止。",
    ),
    mark("vote-again", "{node} repeats the vote it has cast.", "{node} 重复自己投过的票。"),
    mark(
        "commit",
        "Everyone has voted yes: {node} commits the transaction by writing that to its disk.",
        "所有参与者都赞成：{node} 把决定写入磁盘，事务提交。",
    ),
    mark(
        "abort",
        "A vote is no: {node} aborts the transaction and tells everyone.",
        "有人反对：{node} 中止事务并通知所有参与者。",
    ),
    mark(
        "abort-late",
        "Some vote has not come in time: {node} aborts the transaction.",
        "有的投票没有按时到达：{node} 中止事务。",
    ),
    mark(
        "obey-commit",
        "{node} hears the decision, commits, and acknowledges it.",
        "{node} 得知决定，提交并确认。",
    ),
    mark("obey-abort", "{node} hears that the transaction is aborted.", "{node} 得知事务已中止。"),
    mark(
        "forget",
        "Everyone has acknowledged the commit: {node} need not remember it.",
        "所有参与者都确认了提交：{node} 不必再记住它。",
    ),
    mark(
        "tell-again",
        "{node} tells a commit again to those that have not acknowledged it.",
        "{node} 向还没有确认的参与者重发提交决定。",
    ),
    mark(
        "inquire",
        "{node} has voted yes, knows no decision, and asks for it.",
        "{node} 投了赞成票却不知道结果，发出询问。",
    ),
    mark(
        "recall",
        "{node} knows the decision {peer} asks for and tells it.",
        "{node} 知道 {peer} 询问的决定，告诉它。",
    ),
    mark(
        "presume-abort",
        "{node} has no record of this transaction, so it was never committed: aborted.",
        "{node} 没有这个事务的记录，说明从未提交：按中止处理。",
    ),
    mark(
        "in-doubt",
        "{node} is in doubt itself and cannot help {peer}.",
        "{node} 自己也不知道结果，帮不了 {peer}。",
    ),
    mark(
        "abort-unvoted",
        "{node} has not voted yet, so it may still refuse: it aborts, and tells {peer}.",
        "{node} 还没有投票，仍可以拒绝：它中止事务并告诉 {peer}。",
    ),
];
