//! What Dynamo says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Knobs, Manner, Mark, Phase, Property, Risk, Span,
    Text, Window, breaks,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const PUT: Face = face("Put", Phase::Replication, Manner::Ask);
pub(super) const HINTED: Face = face("HintedPut", Phase::Replication, Manner::Ask);
pub(super) const PUT_ACK: Face = face("PutAck", Phase::Replication, Manner::Grant);
pub(super) const GET: Face = face("Get", Phase::Election, Manner::Ask);
pub(super) const GET_ACK: Face = face("GetAck", Phase::Election, Manner::Grant);
pub(super) const REPAIR: Face = face("ReadRepair", Phase::Replication, Manner::Ask);
pub(super) const HANDOFF: Face = face("Handoff", Phase::Replication, Manner::Ask);
pub(super) const HANDOFF_ACK: Face = face("HandoffAck", Phase::Replication, Manner::Grant);
pub(super) const EXCHANGE: Face = face("Exchange", Phase::Replication, Manner::Beat);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

pub(super) const ABOUT: About = About {
    id: "dynamo",
    name: "Dynamo",
    family: Family::Storage,
    summary: Text {
        en: "A store that always takes writes: any of a key's nodes serves it, W of N have to \
             store, R of N are asked, and what differs is mended later.",
        zh: "始终可写的存储：一个键由 N 个节点保存，其中任何一个都能提供服务；写入等 W 个存好，读取问 R 个，\
             不一致之处留待事后修复。",
    },
    era: "",
    cites: &[Cite { key: "decandia07", place: "4.2-4.7, 5" }],
    knobs: KNOBS,
    claims: &[
        breaks(Property::Linearizability, 20_000, "nodes=3"),
        breaks(Property::Linearizability, 20_000, "nodes=3 r=1 w=1"),
        breaks(Property::Linearizability, 20_000, "nodes=5 versions=last-writer"),
    ],
    marks: MARKS,
    faces: &[PUT, HINTED, PUT_ACK, GET, GET_ACK, REPAIR, HANDOFF, HANDOFF_ACK, EXCHANGE],
    source: crate::kernel::listing!("mod.rs", "coordinator.rs", "replica.rs", "version.rs"),
};

const KNOBS: &[Knob] = &[
    knob(
        "n",
        "How many nodes keep a key; at most all.",
        "每个键由多少个节点保存，最多为全部节点。",
        KnobKind::Count { min: 1, max: 99, default: 3 },
    ),
    knob(
        "r",
        "How many have to answer a read. R + W <= N is unsafe: a read may meet none of those that \
         stored the last write.",
        "读取须等多少个节点答复。R + W <= N 不安全：读到的节点可能都没有最近的写入。",
        KnobKind::Count { min: 1, max: 99, default: 2 },
    ),
    knob(
        "w",
        "How many have to store a write before the client is answered.",
        "写入须等多少个节点存好才答复客户端。",
        KnobKind::Count { min: 1, max: 99, default: 2 },
    ),
    knob(
        "versions",
        "clocks: concurrent writes are kept side by side, and a reader gets all of them. \
         last-writer is unsafe: the highest counter wins, and the other write is lost.",
        "clocks：并发的写入并存，读者全部收到。last-writer 不安全：计数最大的胜出，另一个写入丢失。",
        KnobKind::Choice(&["clocks", "last-writer"]),
    ),
    knob(
        "sloppy",
        "Another node stands in for one that does not answer, and keeps a hint for it. Quorums of \
         stand-ins need not meet.",
        "某个节点不应答时由另一个节点代收，并为它保留一份提示（hint）。有代收者的 quorum 不一定相交。",
        KnobKind::Switch { default: true },
    ),
    knob(
        "handoff",
        "Hints are handed to the node they are for when it is back.",
        "节点恢复后，把为它保留的提示交还给它（hinted handoff）。",
        KnobKind::Switch { default: true },
    ),
    knob(
        "read-repair",
        "A read sends the newest versions to the nodes that lack them.",
        "读取之后，把最新的版本发给缺少它的节点。",
        KnobKind::Switch { default: true },
    ),
    knob(
        "anti-entropy",
        "Now and then a node compares what it has with another one.",
        "节点不时与另一个节点比对各自的数据。",
        KnobKind::Switch { default: true },
    ),
    knob(
        "period",
        "How often a node compares, and tries to hand hints over.",
        "节点多久比对一次数据，并尝试交还提示。",
        KnobKind::Length { default: Span::secs(1) },
    ),
    knob(
        "retry",
        "How long a coordinator waits before it takes a node for gone.",
        "协调者等待多久之后认为某个节点不在。",
        KnobKind::Range { default: Window { min: Span::millis(150), max: Span::millis(200) } },
    ),
];

const MARKS: &[Mark] = &[
    mark(
        "redirect",
        "{node} does not keep this key and sends {peer} to a node that does.",
        "{node} 不保存这个键，让 {peer} 去找保存它的节点。",
    ),
    mark(
        "repeat-answer",
        "{node} has served this request of {peer} before and repeats the answer.",
        "{node} 已处理过 {peer} 的这个请求，重复之前的答复。",
    ),
    mark(
        "coordinate-put",
        "{node} writes a version on top of those it has, and sends it to the nodes of the key.",
        "{node} 在已有版本之上写出新版本，发给保存这个键的节点。",
    ),
    mark(
        "coordinate-get",
        "{node} asks the nodes of the key for their versions.",
        "{node} 向保存这个键的节点询问各自的版本。",
    ),
    mark("store", "{node} stores what {peer} sent.", "{node} 存下 {peer} 发来的版本。"),
    mark(
        "stand-in",
        "{node} stands in for a node that does not answer, and keeps a hint for it.",
        "{node} 代收发给无应答节点的数据，并为它保留提示。",
    ),
    mark("answer", "{node} tells {peer} its versions.", "{node} 把自己的版本告诉 {peer}。"),
    mark(
        "put-done",
        "Enough nodes store the write: {node} answers its client.",
        "已有足够多的节点存下写入：{node} 答复客户端。",
    ),
    mark(
        "get-done",
        "Enough nodes have answered: {node} tells its client what they have.",
        "已有足够多的节点答复：{node} 把结果告诉客户端。",
    ),
    mark(
        "siblings",
        "Writes did not know of each other: {node} hands all of them to the client.",
        "有互不知情的并发写入：{node} 把它们全部交给客户端。",
    ),
    mark(
        "ask-again",
        "Some node has not answered {node}, which asks it again.",
        "有节点没有应答 {node}，它再问一次。",
    ),
    mark(
        "ask-stand-in",
        "Some node does not answer, and {node} turns to the next one on the ring.",
        "有节点没有应答，{node} 转而找环上的下一个节点。",
    ),
    mark(
        "repair",
        "{node} sends the newest versions to nodes that answered with older ones.",
        "{node} 把最新的版本发给答复了旧版本的节点。",
    ),
    mark(
        "hand-off",
        "{node} tries to hand over the writes it keeps for others.",
        "{node} 尝试交还它代别人保留的写入。",
    ),
    mark(
        "drop-hint",
        "{peer} has the write, and {node} drops its hint.",
        "{peer} 已有这个写入，{node} 删除提示。",
    ),
    mark(
        "exchange",
        "{node} picks another node and sends it what both should have.",
        "{node} 随机选一个节点，把双方都应有的数据发给它。",
    ),
    mark(
        "answer-exchange",
        "{node} has something that {peer} lacks and sends it back.",
        "{node} 有 {peer} 缺少的数据，回送给它。",
    ),
];

/// The settings that give up a promise.
pub(super) fn risks(knobs: &Knobs, nodes: u32) -> Vec<Risk> {
    let mut risks = Vec::new();
    if knobs.count("r") + knobs.count("w") <= knobs.count("n").min(u64::from(nodes)) {
        risks.push(Risk {
            knob: "r",
            says: Text {
                en: "R + W is not above N: a read may miss the last write.",
                zh: "R + W 不大于 N：读取可能错过最近的写入。",
            },
        });
    }
    if knobs.choice("versions") == "last-writer" {
        risks.push(Risk {
            knob: "versions",
            says: Text {
                en: "Of two concurrent writes one is lost.",
                zh: "两个并发的写入会丢失其中一个。",
            },
        });
    }
    risks
}
