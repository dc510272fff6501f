//! Words of the tables under the scene, and of the ways through time.

use crate::kernel::{SimTime, Span, Text};

use super::{Lang, clock, number, span};

macro_rules! words {
    ($($name:ident $en:literal $zh:literal)*) => {
        $(#[doc = $en] pub const $name: Text = Text { en: $en, zh: $zh };)*
    };
}

words! {
    FIND_MESSAGES "Find: kind, node, words" "查找：类型、节点、内容"
    ANY_KIND "every kind" "所有类型"
    ANY_END "every node" "所有节点"
    ANY_FATE "every fate" "所有结果"
    FATE "fate" "结果"
    FLYING "in flight" "传输中"
    ARRIVED "arrived" "已到达"
    LOST "lost" "已丢失"
    NO_MESSAGES "No message so far" "目前还没有消息"
    NONE_FOUND "No message is like that" "没有符合条件的消息"
    GO_TO_SENDING "Go to the sending" "跳到发送时刻"
    GO_TO_END "Go to where it ended" "跳到结束时刻"
    CONFLICTING "conflicting" "有冲突"
    EARLIER "Earlier entries" "更早的条目"
    LATER "Later entries" "更新的条目"
    NO_LOGS "This protocol keeps no log: what each node's card says" "此协议没有日志：下面是各节点卡片的内容"
    NO_CARDS "The nodes show nothing of themselves" "节点没有可显示的状态"
    METRIC "metric" "指标"
    OVER_TIME "over the run" "随时间变化"
    HERE "at the playhead" "播放位置"
    WHOLE_RUN "whole run" "整次运行"
    PEAK "peak" "峰值"
    ALL_MESSAGES "messages" "消息"
    BYTES "bytes, estimated" "字节数（估算）"
    LATENCY "message latency" "消息延迟"
    ANSWERS "operation latency" "操作延迟"
    RESPONSES "response time" "响应时间"
    ELECTIONS "elections won / lost" "选举成功 / 失败"
    SIZE_NOTE "Sizes are estimated: every field at its own width, 1 byte for a variant, \
        4 for a length; no headers. Latencies: median and, dashed, p99. A chart's top is its peak."
        "大小为估算值：字段按自身宽度计，变体计 1 字节，长度计 4 字节，不含报头。延迟：实线为中位数，虚线为 p99。图的顶端即峰值。"
    PLAY_BACK "Play backwards" "倒放"
    BRANCH "branch" "分支"
    ON_SCREEN "on screen" "正在显示"
    SWITCH "Show" "显示"
    COMPARE_WITH "Compare" "对比"
    DELETE "Delete" "删除"
    NAME_OF_BRANCH "Name of the branch" "分支名称"
    LEFT_AT "left at" "分叉于"
    ONE_BRANCH "Change the past (a fault by hand, an edit, with the playhead before the end) \
        and the old future is kept here."
        "在终点之前修改过去（手动注入故障或编辑文本），原来的未来会保存在这里。"
    DIFFERENCE "at the playhead" "播放位置处"
    LEADER "leader" "领导者"
    COMMITS "highest committed" "最高已提交位置"
    ANSWERED "operations answered" "已答复的操作"
    SENT "messages sent" "已发送的消息"
    HOLDS "holds" "成立"
    VIOLATED "violated" "被违反"
    UNDECIDED "undecided" "未定"
    SAME_RUN "The two runs are the same to the end." "两次运行从头到尾完全相同。"
}

/// How many messages there are, and how many of them are listed.
pub fn messages_found(lang: Lang, found: usize, all: usize) -> String {
    let (found, all) = (number(found as u64), number(all as u64));
    if found == all {
        return match lang {
            Lang::En => format!("{all} messages"),
            Lang::Zh => format!("共 {all} 条消息"),
        };
    }
    match lang {
        Lang::En => format!("{found} of {all} messages"),
        Lang::Zh => format!("共 {all} 条消息，符合 {found} 条"),
    }
}

/// What a button takes back or does again: `Undo: crash n3 at 1.2s`.
pub fn undoes(lang: Lang, name: &str, what: &str) -> String {
    match lang {
        Lang::En => format!("{name}: {what}"),
        Lang::Zh => format!("{name}：{what}"),
    }
}

/// Where two runs part.
pub fn they_part(lang: Lang, at: SimTime, event: u64) -> String {
    let (at, event) = (clock(at), number(event));
    match lang {
        Lang::En => format!("They part at {at}, event {event}"),
        Lang::Zh => format!("在 {at}（事件 {event}）处分叉"),
    }
}

/// Two runs agree as far as they were compared.
pub fn same_so_far(lang: Lang, event: u64) -> String {
    let event = number(event);
    match lang {
        Lang::En => format!("The same up to event {event}; looking on"),
        Lang::Zh => format!("到事件 {event} 为止相同，仍在比较"),
    }
}

/// What is said of a chart: its highest point.
pub fn chart_spoken(lang: Lang, name: &str, peak: &str, at: SimTime) -> String {
    let at = clock(at);
    match lang {
        Lang::En => format!("{name} over the run; highest {peak} at {at}"),
        Lang::Zh => format!("{name}随时间变化；最高 {peak}，在 {at}"),
    }
}

/// A log entry as a screen reader says it, and as it is seen on hover.
pub fn entry_spoken(lang: Lang, slot: u64, era: &str, value: &str, state: &str) -> String {
    match lang {
        Lang::En => format!("{slot}: {value}, {era}, {state}"),
        Lang::Zh => format!("{slot}：{value}，{era}，{state}"),
    }
}

/// How far a node's log is committed, and what its snapshot stands for.
pub fn log_bounds(lang: Lang, commit: u64, snapshot: Option<u64>) -> String {
    let commit = match lang {
        Lang::En => format!("committed to {commit}"),
        Lang::Zh => format!("已提交到 {commit}"),
    };
    match (lang, snapshot) {
        (_, None) => commit,
        (Lang::En, Some(slot)) => format!("{commit}, snapshot to {slot}"),
        (Lang::Zh, Some(slot)) => format!("{commit}，快照到 {slot}"),
    }
}

/// Entries of all logs that stand against others.
pub fn conflicts(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 entry conflicts".to_owned(),
        (Lang::En, count) => format!("{count} entries conflict"),
        (Lang::Zh, count) => format!("{count} 个条目有冲突"),
    }
}

/// A rate: `312 /s`.
pub fn per_second(count: u64) -> String {
    number(count) + " /s"
}

/// Bytes in a second: `640 B/s`, `12 kB/s`.
pub fn bytes_per_second(bytes: u64) -> String {
    match bytes {
        0..10_000 => number(bytes) + " B/s",
        10_000..10_000_000 => number(bytes / 1_000) + " kB/s",
        _ => number(bytes / 1_000_000) + " MB/s",
    }
}

/// A duration given in nanoseconds.
pub fn nanos(length: u64) -> String {
    span(Span(length))
}
