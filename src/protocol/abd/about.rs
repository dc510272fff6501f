//! What the ABD register says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Knobs, Manner, Mark, Phase, Property, Risk, Span,
    Text, Window, breaks, holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const QUERY: Face = face("Query", Phase::Election, Manner::Ask);
pub(super) const TAGGED: Face = face("QueryAck", Phase::Election, Manner::Grant);
pub(super) const PROPAGATE: Face = face("Propagate", Phase::Replication, Manner::Ask);
pub(super) const STORED: Face = face("PropagateAck", Phase::Replication, Manner::Grant);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

pub(super) const ABOUT: About = About {
    id: "abd",
    name: "ABD register",
    family: Family::Storage,
    summary: Text {
        en: "A register shared by message passing: a majority says what is newest, a majority \
             stores it, and no leader is needed. It reads and writes whatever minority is dead.",
        zh: "用消息传递实现的共享寄存器：先由多数派说出最新的版本，再由多数派把它存下，全程不需要 leader；\
             只要崩溃的是少数节点，读写就能继续。",
    },
    era: "",
    cites: &[Cite { key: "attiya95", place: "3, 4" }, Cite { key: "lynch97", place: "3" }],
    knobs: &[
        Knob {
            name: "write-back",
            help: Text {
                en: "A read stores what it found at a majority before it answers. Off is unsafe: \
                     a later read may find an older value (new-old inversion).",
                zh: "读操作在答复之前，先把读到的值存到多数派。关闭后不安全：后来的读可能读到更旧的值（新旧颠倒）。",
            },
            kind: KnobKind::Switch { default: true },
        },
        Knob {
            name: "retry",
            help: Text {
                en: "How long a phase waits for its majority before it asks the silent ones again.",
                zh: "一个阶段等待多数派答复的时间，超时后再次询问没有答复的节点。",
            },
            kind: KnobKind::Range {
                default: Window { min: Span::millis(150), max: Span::millis(300) },
            },
        },
    ],
    claims: &[
        holds(Property::Linearizability),
        breaks(Property::Linearizability, 20_000, "write-back=off nodes=3"),
    ],
    marks: MARKS,
    faces: &[QUERY, TAGGED, PROPAGATE, STORED],
    source: crate::kernel::listing!("mod.rs", "replica.rs", "../shared/replica.rs"),
};

const MARKS: &[Mark] = &[
    mark(
        "query",
        "{node} asks everyone for the newest version each has.",
        "{node} 向所有节点询问各自最新的版本。",
    ),
    mark("answer", "{node} tells {peer} its version.", "{node} 把自己的版本告诉 {peer}。"),
    mark(
        "redirect",
        "The writes of {peer} belong to another node, and {node} says to which.",
        "{peer} 的写操作归另一个节点处理，{node} 告诉它是哪一个。",
    ),
    mark(
        "newer-tag",
        "A majority has answered {node}: it takes a tag above all of theirs and sends its value.",
        "多数派已答复 {node}：它取一个比所有答复都大的 tag，发出要写入的值。",
    ),
    mark(
        "same-tag",
        "{node} has begun this write before and goes on under the same tag.",
        "{node} 之前已开始过这次写入，沿用同一个 tag 继续。",
    ),
    mark(
        "write-back",
        "{node} has found the newest value and makes sure a majority has it before it answers.",
        "{node} 已找到最新的值，答复之前先确保多数派都存有它。",
    ),
    mark(
        "no-write-back",
        "{node} answers at once: the next reader may meet nodes that do not have this value.",
        "{node} 立即答复：下一个读者可能遇到没有这个值的节点。",
    ),
    mark(
        "nothing-written",
        "Nobody in a majority has a value, so {node} answers that there is none.",
        "多数派中没有任何节点存有值，{node} 答复为空。",
    ),
    mark(
        "store",
        "{node} stores the newer version of {peer}.",
        "{node} 存下 {peer} 发来的较新版本。",
    ),
    mark(
        "keep",
        "{node} has this version or a newer one and keeps it.",
        "{node} 已有这个版本或更新的版本，保持不变。",
    ),
    mark(
        "finish",
        "A majority stores the version: {node} answers its client.",
        "多数派已存下该版本：{node} 答复客户端。",
    ),
    mark(
        "ask-again",
        "{node} waits for a majority and asks the silent ones again.",
        "{node} 还没等到多数派，再次询问没有答复的节点。",
    ),
];

/// The settings that give up a promise.
pub(super) fn risks(knobs: &Knobs) -> Vec<Risk> {
    let mut risks = Vec::new();
    if !knobs.is_on("write-back") {
        risks.push(Risk {
            knob: "write-back",
            says: Text {
                en: "A later read may find an older value.",
                zh: "后来的读可能读到更旧的值。",
            },
        });
    }
    risks
}
