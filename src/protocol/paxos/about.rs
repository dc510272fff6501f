//! What Paxos says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Flaw, Knob, KnobKind, Manner, Mark, Phase, Property, Span, Text,
    Window, holds, stalls,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const PREPARE: Face = face("Prepare", Phase::Election, Manner::Ask);
pub(super) const PROMISE: Face = face("Promise", Phase::Election, Manner::Grant);
pub(super) const NACK: Face = face("Nack", Phase::Election, Manner::Refuse);
pub(super) const ACCEPT: Face = face("Accept", Phase::Replication, Manner::Ask);
pub(super) const ACCEPTED: Face = face("Accepted", Phase::Replication, Manner::Grant);
pub(super) const LEARN: Face = face("Learn", Phase::Replication, Manner::Ask);
pub(super) const CHOSEN: Face = face("Chosen", Phase::Replication, Manner::Grant);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn range(
    name: &'static str,
    en: &'static str,
    zh: &'static str,
    from_ms: u64,
    to_ms: u64,
) -> Knob {
    let default = Window { min: Span::millis(from_ms), max: Span::millis(to_ms) };
    Knob { name, help: Text { en, zh }, kind: KnobKind::Range { default } }
}

const fn switch(name: &'static str, en: &'static str, zh: &'static str) -> Knob {
    Knob { name, help: Text { en, zh }, kind: KnobKind::Switch { default: true } }
}

pub(super) const ABOUT: About = About {
    id: "paxos",
    name: "Paxos",
    family: Family::Consensus,
    summary: Text {
        en: "Single-decree Paxos: a majority promises, a majority accepts, and one value is \
             chosen for ever, whoever crashes and however late messages come.",
        zh: "单值 Paxos：先由多数派作出承诺，再由多数派接受提案，最终只会选定一个值；无论谁崩溃、消息多晚\
             到达，选定的值都不会改变。",
    },
    era: "ballot",
    cites: &[Cite { key: "lamport01", place: "2.1-2.4" }, Cite { key: "lamport98", place: "2" }],
    knobs: &[
        switch(
            "backoff",
            "An outrun proposer pauses before it tries again; off: it tries again at once, so two \
             proposers may duel for ever.",
            "提案者被更高的 ballot 抢先后，先随机等待再重试；关闭后立即重试，两个提案者可能永远互相抢先。",
        ),
        range(
            "pause",
            "How long an outrun proposer pauses; doubled for each failure in a row, up to 32 \
             times.",
            "被抢先的提案者等待多久；每连续失败一次加倍，最多放大到 32 倍。",
            20,
            100,
        ),
        range(
            "retry",
            "How long a proposer waits for a majority before it opens a higher ballot; grows \
             like the pause.",
            "提案者等待多数派答复的时间，超时后改用更高的 ballot；与 pause 一样逐次加倍。",
            200,
            400,
        ),
        switch(
            "catchup",
            "A node that knows no choice asks another one now and then.",
            "还不知道选定值的节点会不时询问其他节点。",
        ),
        range(
            "ask",
            "How long such a node waits between two questions.",
            "这样的节点两次询问之间相隔多久。",
            1_000,
            2_000,
        ),
    ],
    claims: &[
        holds(Property::Agreement),
        holds(Property::Validity),
        holds(Property::Integrity),
        holds(Property::ElectionSafety),
        holds(Property::MonotonicEras),
        stalls(Property::Termination, 2_000, "backoff=off nodes=3 network=wan"),
    ],
    marks: &[
        mark(
            "prepare",
            "{node} opens ballot {era} and asks everyone for a promise.",
            "{node} 发起 ballot {era}，请求所有节点作出承诺。",
        ),
        mark(
            "promise",
            "{node} promises {peer} to ignore every ballot below {era}.",
            "{node} 向 {peer} 承诺：不再理会低于 {era} 的 ballot。",
        ),
        mark(
            "refuse",
            "{node} refuses {peer}: it has promised ballot {era}, which is higher.",
            "{node} 拒绝 {peer}：它已承诺更高的 ballot {era}。",
        ),
        mark(
            "propose",
            "A majority promised and reports nothing accepted: {node} is free to propose its own \
             value.",
            "多数派已承诺，且都未报告接受过提案：{node} 可以提出自己的值。",
        ),
        mark(
            "adopt",
            "A majority promised, and {node} must take over the value of the highest ballot \
             reported.",
            "多数派已承诺，{node} 必须沿用其中最高 ballot 所报告的值。",
        ),
        mark(
            "accept",
            "{node} accepts the value of ballot {era} and tells every node.",
            "{node} 接受 ballot {era} 的值，并通知所有节点。",
        ),
        mark("learn", "{node} learns what is chosen.", "{node} 得知了选定的值。"),
        mark(
            "back-off",
            "{node} is outrun by a higher ballot and pauses for a random while.",
            "{node} 被更高的 ballot 抢先，随机等待一段时间。",
        ),
        mark(
            "duel",
            "{node} is outrun by a higher ballot and tries again at once.",
            "{node} 被更高的 ballot 抢先，立即用更高的 ballot 重试。",
        ),
        mark(
            "retry",
            "{node} has waited long enough for a majority and tries a higher ballot.",
            "{node} 等不到多数派的答复，改用更高的 ballot 重试。",
        ),
        mark(
            "ask-all",
            "{node} is back and asks everyone what has been chosen.",
            "{node} 重新启动，向所有节点询问已选定什么。",
        ),
        mark("catch-up", "{node} asks what has been chosen.", "{node} 询问是否已有选定的值。"),
        mark(
            "find-out",
            "{node} knows of an accepted value and opens ballot {era} to find out what is chosen.",
            "{node} 知道有值被接受过，于是发起 ballot {era}，弄清究竟选定了什么。",
        ),
        mark("tell", "{node} tells {peer} what it knows.", "{node} 把自己所知道的告诉 {peer}。"),
    ],
    faces: &[PREPARE, PROMISE, NACK, ACCEPT, ACCEPTED, LEARN, CHOSEN],
    source: crate::kernel::listing!("mod.rs", "proposer.rs", "acceptor.rs", "learner.rs",),
};

/// Its wrong variants.
pub(super) const FLAWS: &[Flaw] = &[Flaw::new(
    "paxos",
    "P14",
    "duel",
    Property::Termination,
    Cite { key: "lamport01", place: "2.4" },
)
.setting("backoff=off")
.missing(
    "A proposer that was outrun lets the other one finish.",
    "被抢先的提案者要让对方先完成。",
)];
