//! The rules of Raft, as sentences.

use crate::kernel::{Mark, Text};

const fn mark(id: &'static str, en: &'static str, zh: &'static str) -> Mark {
    Mark { id, says: Text { en, zh } }
}

pub(super) const MARKS: &[Mark] = &[
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
    mark(
        "pre-campaign",
        "{node} has heard no leader for too long and asks whether it could win an election.",
        "{node} 太久没有收到 leader 的消息，先询问自己能否赢得选举。",
    ),
    mark(
        "grant-prevote",
        "{node} would vote for {peer}, and promises nothing.",
        "{node} 愿意投票给 {peer}，但不作任何承诺。",
    ),
    mark("refuse-prevote", "{node} would not vote for {peer}.", "{node} 不会投票给 {peer}。"),
    mark(
        "keep-leader",
        "{node} has heard its leader just now and does not listen to {peer}.",
        "{node} 刚刚还听到 leader 的消息，不理会 {peer}。",
    ),
    mark(
        "lose-quorum",
        "{node} has not heard a majority for an election time and gives up its lead.",
        "{node} 在一个选举超时内没有听到多数派的答复，放弃领导。",
    ),
    mark(
        "give-way",
        "{node} lets the preferred node campaign first.",
        "{node} 让优先的节点先发起选举。",
    ),
    mark("transfer", "{node} is asked to hand over its lead.", "{node} 被要求移交领导权。"),
    mark(
        "hold-requests",
        "{node} is handing over its lead and takes no request of {peer}.",
        "{node} 正在移交领导权，不接受 {peer} 的请求。",
    ),
    mark(
        "timeout-now",
        "The successor has the whole log: {node} tells it to campaign at once.",
        "继任者已有完整的日志：{node} 让它立即发起选举。",
    ),
    mark(
        "take-over",
        "{node} is told by {peer} to take over, and does not wait for its timer.",
        "{node} 受 {peer} 之托接任，不再等待定时器。",
    ),
    mark(
        "abort-transfer",
        "The successor has not taken over in time: {node} goes on leading.",
        "继任者没有按时接任：{node} 继续担任 leader。",
    ),
    mark(
        "wait-change",
        "{node} makes one change of members at a time, and none before it has committed in its \
         term: this one waits.",
        "{node} 一次只做一项成员变更，并且要先在本 term 提交过条目：这一项先等待。",
    ),
    mark("refuse-change", "{node} cannot make this change.", "{node} 无法进行这项变更。"),
    mark(
        "catch-up",
        "{node} first brings the new members up to date; they do not count yet.",
        "{node} 先让新成员追上日志，此时它们还不计入多数派。",
    ),
    mark(
        "change-members",
        "{node} appends who votes from now on; it is in force at once.",
        "{node} 追加新的成员配置，立即生效。",
    ),
    mark(
        "enter-joint",
        "{node} begins joint consensus: majorities of the old and of the new members are needed.",
        "{node} 进入联合共识：新旧成员各自的多数派都必须同意。",
    ),
    mark(
        "leave-joint",
        "Old and new members have agreed: {node} leaves joint consensus.",
        "新旧成员都已同意：{node} 结束联合共识。",
    ),
    mark(
        "leave",
        "{node} is a member no longer and gives up its lead.",
        "{node} 不再是成员，放弃领导。",
    ),
    mark(
        "adopt-members",
        "{node} learns from {peer} who votes from now on.",
        "{node} 从 {peer} 得知新的成员配置。",
    ),
    mark(
        "undo-members",
        "{node} deletes a change of members and goes back to those before.",
        "{node} 删除了一项成员变更，恢复之前的成员。",
    ),
    mark(
        "compact",
        "{node} takes a snapshot and drops the entries it stands for.",
        "{node} 生成快照，丢弃它所代表的条目。",
    ),
    mark(
        "send-snapshot",
        "{node} no longer has the entries a follower needs, and sends its snapshot.",
        "{node} 已没有 follower 需要的条目，改为发送快照。",
    ),
    mark(
        "install-snapshot",
        "{node} takes over the snapshot of {peer}.",
        "{node} 采用 {peer} 的快照。",
    ),
    mark(
        "ignore-snapshot",
        "{node} has committed more than the snapshot of {peer} stands for.",
        "{node} 已提交的内容多于 {peer} 的快照。",
    ),
    mark(
        "read-index",
        "{node} asks a majority whether it still leads before it answers a read.",
        "{node} 在答复读请求之前，先向多数派确认自己仍是 leader。",
    ),
    mark(
        "confirm-read",
        "A majority follows {node} still: it answers a read.",
        "多数派仍跟随 {node}：它答复读请求。",
    ),
    mark(
        "lease-read",
        "Under its lease nobody else can lead: {node} answers a read at once.",
        "租约期内不会有别的 leader：{node} 立即答复读请求。",
    ),
    mark(
        "ask-leader",
        "{node} asks its leader what it has to apply before it may answer {peer}.",
        "{node} 询问 leader 需要应用到哪里才能答复 {peer}。",
    ),
    mark(
        "answer-read",
        "{node} has applied enough and answers a read itself.",
        "{node} 已应用到所需位置，自己答复读请求。",
    ),
    mark(
        "probe",
        "{node} finds out with one message where the logs meet.",
        "{node} 用一条消息试探日志从哪里开始一致。",
    ),
    mark(
        "run-ahead",
        "{node} sends further entries without waiting for an answer.",
        "{node} 不等答复就继续发送后面的条目。",
    ),
];
