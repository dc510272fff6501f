//! Words for what is done by hand: menus of messages, links and nodes, what makes a run
//! interesting, the gallery's shelves, the first visit.

use crate::kernel::{Span, Text};

use super::Lang;
use super::figure::{number, span};

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

/// The other end of a link.
pub const OTHER_END: Text = text("Link to", "链路另一端");
/// A share of messages lost.
pub const LINK_LOSS: Text = text("Loss, both ways", "双向丢包");
/// How long messages take.
pub const LINK_DELAY: Text = text("Delay, both ways", "双向延迟");
/// Undoes what was done to the link.
pub const LINK_HEAL: Text = text("Heal this link", "恢复这条链路");
/// The item that opens the menu of a link.
pub const LINKS: Text = text("Its links…", "它的链路…");
/// The link is severed by a partition or an isolation.
pub const LINK_SEVERED: Text = text("severed by a partition", "已被分区切断");
/// The link is as the network.
pub const LINK_PLAIN: Text = text("as the network", "与网络一致");
/// The link differs from the network.
pub const LINK_CHANGED: Text = text("changed", "已改变");
/// How much later a message arrives.
pub const ARRIVES_LATER: Text = text("Arrives later by", "推迟到达");
/// What a key does to a slider.
pub const ENTER_SETS: Text = text("Enter writes it into the text", "按回车写入文本");
/// A crash that loses what was not synced.
pub const CRASH_UNSYNCED: Text = text("Crash, losing unsynced writes", "崩溃并丢失未同步的写入");
/// How a partition is made.
pub const PARTITION_HOW: Text = text(
    "Draw a line across the scene, or pick the nodes of one side",
    "在场景上划一条线，或选出一侧的节点",
);
/// The button that begins a partition.
pub const DRAW_PARTITION: Text = text("Draw a partition", "划分区");
/// A message pulled onto its receiver.
pub const PULLED_HOME: Text = text("deliver now", "立即送达");

/// The head of the buttons that make a run interesting.
pub const INTEREST: Text = text("Make it interesting", "制造看点");
/// While a place for a fault is looked for.
pub const LOOKING: Text = text("Looking for the moment…", "正在寻找时机…");

/// What the pointer does, for help.
pub const POINTER: [Text; 7] = [
    text(
        "Click a node to inspect it; right-click or long-press for its actions",
        "点击节点查看详情；右键或长按打开它的操作",
    ),
    text(
        "Click a message to drop, duplicate, hold, delay or deliver it",
        "点击消息可以丢弃、复制、扣住、延迟或立即送达",
    ),
    text(
        "Drag a message back along its path: it arrives later; onto its receiver: now",
        "沿路径往回拖动消息会推迟到达；拖到接收方则立即送达",
    ),
    text(
        "Click a link between two nodes to make it lossy or slow, or to cut it",
        "点击两个节点之间的链路，可以设置丢包、延迟或切断",
    ),
    text("Drag across empty ground to draw a partition", "在空白处拖动可以划出分区"),
    text("Drag the timeline to travel in time", "拖动时间轴即可穿越时间"),
    text(
        "Press a rule of the protocol's code to go to where it is applied next",
        "点击协议代码中的规则，跳到它下一次应用的时刻",
    ),
];

/// Headings of the gallery and of its filter.
pub const BY_TOPIC: Text = text("By topic", "按主题");
/// See [`BY_TOPIC`].
pub const BY_SECTION: Text = text("By section of the article", "按文章章节");
/// Nothing matches.
pub const NO_SCENARIO: Text = text(
    "No scenario has all these words. Try fewer, or the name of a protocol.",
    "没有剧本同时包含这些词。请减少关键词，或改用协议名称。",
);

/// Of the hints of a first visit: the next one, and enough of them.
pub const HINT_NEXT: Text = text("Next", "下一条");
/// See [`HINT_NEXT`].
pub const HINT_DONE: Text = text("Got it", "知道了");
/// What the card of hints is called.
pub const HINT_CARD: Text = text("First steps", "入门提示");

/// The three hints of a first visit: what each speaks of is in the page's hands.
pub const HINTS: [Text; 3] = [
    text(
        "Click a node and crash it: a leader, say. Whatever you do becomes a line of the text.",
        "点击一个节点让它崩溃，比如领导者。你做的一切都会成为文本中的一行。",
    ),
    text(
        "This text is the whole run. Edit it, and the run follows; undo takes back every act.",
        "这段文本就是整个运行。修改它，运行随之改变；每一步都可以撤销。",
    ),
    text(
        "Drag the playhead back, and what happened undoes itself. Space plays and pauses.",
        "把播放头往回拖，发生过的事就会倒退。空格键播放或暂停。",
    ),
];

/// Which of the hints is shown.
pub fn hint_of(lang: Lang, hint: usize, hints: usize) -> String {
    match lang {
        Lang::En => format!("{hint} of {hints}"),
        Lang::Zh => format!("第 {hint} 条，共 {hints} 条"),
    }
}

/// Severs one direction of a link.
pub fn cut_way(lang: Lang, from: &str, to: &str) -> String {
    format!("{} {from} → {to}", lang.pick("Cut", "切断"))
}

/// Restores one direction of a link.
pub fn mend_way(lang: Lang, from: &str, to: &str) -> String {
    format!("{} {from} → {to}", lang.pick("Restore", "恢复"))
}

/// Lets the timer of that name go off.
pub fn fire_timer(lang: Lang, timer: &str) -> String {
    match lang {
        Lang::En => format!("Fire its {timer} timer"),
        Lang::Zh => format!("让 {timer} 定时器立即到期"),
    }
}

/// How much later, beside a message that is pulled back.
pub fn pulled_back(by: Span) -> String {
    format!("+{}", span(by))
}

/// How many rules the run has applied up to the playhead.
pub fn rules_seen(lang: Lang, seen: usize, rules: usize) -> String {
    match lang {
        Lang::En => format!("{seen} of {rules} rules seen"),
        Lang::Zh => format!("{rules} 条规则中已见 {seen} 条"),
    }
}

/// What is heard of a rule in the listing.
pub fn rule_spoken(lang: Lang, rule: &str, times: u64) -> String {
    let times = number(times);
    match lang {
        Lang::En => format!("Rule {rule}, applied {times} times; go to the next"),
        Lang::Zh => format!("规则 {rule}，已应用 {times} 次；转到下一次"),
    }
}

/// How many scenarios a search has found.
pub fn scenarios_found(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 scenario".to_owned(),
        (Lang::En, _) => format!("{count} scenarios"),
        (Lang::Zh, _) => format!("{count} 个剧本"),
    }
}
