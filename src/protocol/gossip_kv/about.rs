//! What the gossiping store says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Manner, Mark, Phase, Property, Span, Text, breaks,
    holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const PUSH: Face = face("Push", Phase::Replication, Manner::Ask);
pub(super) const PULL: Face = face("Pull", Phase::Replication, Manner::Beat);
pub(super) const ANSWER: Face = face("Answer", Phase::Replication, Manner::Grant);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

pub(super) const ABOUT: About = About {
    id: "gossip-kv",
    name: "Gossip store",
    family: Family::Storage,
    summary: Text {
        en: "Every node answers at once from what it has, and tells others at random. News spreads \
             like a disease; data that can be merged in any order ends up the same everywhere.",
        zh: "每个节点都用自己已有的数据立即答复，再随机告诉别的节点。消息像疾病一样传播；数据可按任意顺序合并，\
             最终处处相同。",
    },
    era: "",
    cites: &[Cite { key: "demers87", place: "1.3" }, Cite { key: "shapiro11", place: "3" }],
    knobs: &[
        knob(
            "mode",
            "push: a node tells; pull: it asks; push-pull: it tells and is told.",
            "push：主动告诉对方；pull：向对方询问；push-pull：既告诉也询问。",
            KnobKind::Choice(&["push-pull", "push", "pull"]),
        ),
        knob(
            "fan-out",
            "How many others a node turns to in each round.",
            "每一轮联系多少个其他节点。",
            KnobKind::Count { min: 1, max: 100, default: 1 },
        ),
        knob(
            "period",
            "How long a round lasts; every node begins its own.",
            "一轮的时长；每个节点各自计时。",
            KnobKind::Length { default: Span::millis(50) },
        ),
    ],
    claims: &[holds(Property::Convergence), breaks(Property::Linearizability, 20_000, "nodes=5")],
    marks: &[
        mark(
            "write",
            "{node} takes the write of {peer} and answers at once.",
            "{node} 接受 {peer} 的写入，立即答复。",
        ),
        mark(
            "read",
            "{node} answers {peer} from what it has, which may be old.",
            "{node} 用自己已有的数据答复 {peer}，可能是旧的。",
        ),
        mark(
            "repeat-answer",
            "{node} has served this request of {peer} before and repeats the answer.",
            "{node} 已处理过 {peer} 的这个请求，重复之前的答复。",
        ),
        mark(
            "gossip",
            "A round of {node}: it turns to others, drawn by lot.",
            "{node} 开始新的一轮：随机联系其他节点。",
        ),
        mark("merge", "{node} learns something new from {peer}.", "{node} 从 {peer} 得知新内容。"),
        mark("nothing-new", "{peer} tells {node} nothing new.", "{peer} 没有带给 {node} 新内容。"),
        mark("answer", "{node} tells {peer} what it has.", "{node} 把自己的内容告诉 {peer}。"),
    ],
    faces: &[PUSH, PULL, ANSWER],
    source: crate::kernel::listing!("mod.rs", "content.rs"),
};
