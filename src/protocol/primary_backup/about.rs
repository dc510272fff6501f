//! What primary-backup replication says of itself.

use crate::kernel::{
    About, Cite, Face, Family, Knob, KnobKind, Knobs, Manner, Mark, Phase, Property, Risk, Span,
    Text, Window, breaks, holds,
};

const fn face(name: &'static str, phase: Phase, manner: Manner) -> Face {
    Face { name, phase, manner }
}

pub(super) const UPDATE: Face = face("Update", Phase::Replication, Manner::Ask);
pub(super) const BEAT: Face = face("Heartbeat", Phase::Replication, Manner::Beat);
pub(super) const ACK: Face = face("Ack", Phase::Replication, Manner::Grant);
pub(super) const STALE: Face = face("Stale", Phase::Replication, Manner::Refuse);
pub(super) const NEW_VIEW: Face = face("NewView", Phase::Election, Manner::Ask);
pub(super) const GRANTED: Face = face("Granted", Phase::Election, Manner::Grant);

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

const fn knob(name: &'static str, en: &'static str, zh: &'static str, kind: KnobKind) -> Knob {
    Knob { name, help: Text { en, zh }, kind }
}

pub(super) const ABOUT: About = About {
    id: "primary-backup",
    name: "Primary and backups",
    family: Family::Storage,
    summary: Text {
        en: "One node serves and copies to the others; when it is silent, the next one takes over. \
             Whether anything is lost depends on who is asked before an answer and before a \
             take-over.",
        zh: "由一个主节点提供服务，并复制给备份节点；主节点沉默后由下一个节点接管。会不会丢数据，取决于答复之前\
             和接管之前问过谁。",
    },
    era: "view",
    cites: &[Cite { key: "budhiraja93", place: "8" }, Cite { key: "oki88", place: "3, 4" }],
    knobs: KNOBS,
    claims: &[
        holds(Property::Linearizability),
        holds(Property::ElectionSafety),
        holds(Property::MonotonicEras),
        breaks(Property::Linearizability, 20_000, "fencing=off nodes=3"),
        breaks(Property::Linearizability, 20_000, "replication=async nodes=3"),
    ],
    marks: MARKS,
    faces: &[UPDATE, BEAT, ACK, STALE, NEW_VIEW, GRANTED],
    source: crate::kernel::listing!(
        "mod.rs",
        "primary.rs",
        "view.rs",
        "../shared/store.rs",
        "../shared/sessions.rs",
    ),
};

const KNOBS: &[Knob] = &[
    knob(
        "replication",
        "sync: the answer waits for copies. async is unsafe: the answer comes first and the copies \
         with the next heartbeat, so a crash loses writes that were acknowledged.",
        "sync：等副本存好才答复。async 不安全：先答复，副本随下一次心跳发出，主节点崩溃会丢失已确认的写入。",
        KnobKind::Choice(&["sync", "async"]),
    ),
    knob(
        "fencing",
        "A majority has to agree to a take-over and to store every write. Off is unsafe: silence \
         is taken for death, and a partition makes two primaries (split brain).",
        "接管须经多数派同意，每次写入也须由多数派存下。关闭后不安全：沉默就被当作死亡，网络分区时会出现两个\
         主节点（脑裂）。",
        KnobKind::Switch { default: true },
    ),
    knob(
        "takeover",
        "How long the next in line bears silence before it takes over; the one behind it bears \
         twice as much, and so on.",
        "下一顺位的备份能容忍多久的沉默，之后就接管；再下一位的时限是它的两倍，依次类推。",
        KnobKind::Range { default: Window { min: Span::millis(200), max: Span::millis(300) } },
    ),
    knob(
        "heartbeat",
        "How often the primary sends its state to everyone.",
        "主节点多久向所有节点发送一次自己的状态。",
        KnobKind::Length { default: Span::millis(50) },
    ),
    knob(
        "misses",
        "Without fencing: after how many heartbeats without an answer a backup is no longer \
         waited for.",
        "不使用隔离时：备份连续多少次心跳没有应答，就不再等待它。",
        KnobKind::Count { min: 1, max: 1_000, default: 4 },
    ),
];

const MARKS: &[Mark] = &[
    mark(
        "new-view",
        "{node} hears from {peer} of view {era} and follows it.",
        "{node} 从 {peer} 得知 view {era}，跟随它。",
    ),
    mark("step-down", "{node} is primary no longer.", "{node} 不再是主节点。"),
    mark(
        "take-over",
        "{node} has heard no primary for too long and makes itself the primary of view {era}.",
        "{node} 太久没有收到主节点的消息，自行成为 view {era} 的主节点。",
    ),
    mark(
        "ask-leave",
        "{node} has heard no primary for too long and asks for leave to be primary of view {era}.",
        "{node} 太久没有收到主节点的消息，请求大家同意它成为 view {era} 的主节点。",
    ),
    mark(
        "grant",
        "{node} will hear no primary of an earlier view, and gives {peer} its state.",
        "{node} 从此不理会更早 view 的主节点，并把自己的状态交给 {peer}。",
    ),
    mark(
        "refuse-stale",
        "{node} is in view {era} already and refuses {peer}, which belongs to an earlier one.",
        "{node} 已处于 view {era}，拒绝仍属于旧 view 的 {peer}。",
    ),
    mark(
        "lead",
        "A majority agrees: {node} takes the newest state among them and is primary of view {era}.",
        "多数派同意：{node} 采用其中最新的状态，成为 view {era} 的主节点。",
    ),
    mark(
        "redirect",
        "{node} is not the primary and sends {peer} to the one it knows.",
        "{node} 不是主节点，让 {peer} 去找它所知道的主节点。",
    ),
    mark(
        "execute",
        "{node} executes the request of {peer} and sends the new state to the backups.",
        "{node} 执行 {peer} 的请求，把新状态发给备份节点。",
    ),
    mark(
        "repeat-answer",
        "{node} has executed this request of {peer} before and does not do it again.",
        "{node} 已执行过 {peer} 的这个请求，不再重复执行。",
    ),
    mark(
        "answer-early",
        "{node} answers before any backup has a copy.",
        "{node} 在任何备份存好之前就答复。",
    ),
    mark(
        "answer",
        "Enough nodes store the state: {node} answers its clients.",
        "已有足够多的节点存下该状态：{node} 答复客户端。",
    ),
    mark(
        "heartbeat",
        "{node} sends its state to everyone, and shows that it lives.",
        "{node} 把状态发给所有节点，同时表明自己还在。",
    ),
    mark("copy", "{node} stores the state of {peer}.", "{node} 存下 {peer} 的状态。"),
    mark(
        "discard",
        "{node} was primary itself: it drops its own state, with every write {peer} never got.",
        "{node} 自己曾是主节点：它丢弃自己的状态，连同 {peer} 从未收到的那些写入。",
    ),
    mark(
        "drop-backup",
        "A backup has not answered for too long: {node} goes on without it.",
        "有备份太久没有应答：{node} 不再等待它。",
    ),
];

/// The settings that give up a promise.
pub(super) fn risks(knobs: &Knobs) -> Vec<Risk> {
    let mut risks = Vec::new();
    if knobs.choice("replication") == "async" {
        risks.push(Risk {
            knob: "replication",
            says: Text {
                en: "A primary that crashes takes acknowledged writes with it.",
                zh: "主节点崩溃时，已确认的写入可能随之丢失。",
            },
        });
    }
    if !knobs.is_on("fencing") {
        risks.push(Risk {
            knob: "fencing",
            says: Text {
                en: "A partition makes two primaries, and each acknowledges writes.",
                zh: "网络分区时会出现两个主节点，各自确认写入。",
            },
        });
    }
    risks
}
