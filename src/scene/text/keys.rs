//! The shortcuts of the help sheet.

use crate::kernel::Text;

/// A row of the help sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shortcut {
    /// Keys that do the same, as printed on them.
    pub keys: &'static [&'static str],
    /// What they do.
    pub does: Text,
}

const fn row(keys: &'static [&'static str], en: &'static str, zh: &'static str) -> Shortcut {
    Shortcut { keys, does: Text { en, zh } }
}

/// Every shortcut, in the order of the help sheet.
pub const KEYS: &[Shortcut] = &[
    row(&["Space"], "Play or pause", "播放或暂停"),
    row(&["←", "→"], "One event back or forward", "后退或前进一个事件"),
    row(&["Shift ←", "Shift →"], "Previous or next marker", "上一个或下一个标记"),
    row(
        &["m", "Shift m"],
        "Next or previous message of the selected node",
        "所选节点的下一条或上一条消息",
    ),
    row(&["b"], "Play backwards", "倒放"),
    row(&["Home", "End"], "Start or end of the run", "运行的起点或终点"),
    row(&["[", "]"], "Slower or faster", "减慢或加快"),
    row(&["1", "…", "9"], "Select a node", "选择节点"),
    row(&["Esc"], "Clear the selection, close a menu", "清除选择，关闭菜单"),
    row(&["v", "Shift v"], "Next or previous violation", "下一处或上一处违反"),
    row(
        &["+", "−", "0"],
        "In the diagram: nearer, farther, the whole run",
        "时空图中：放大、缩小、整个运行",
    ),
    row(&["Ctrl Enter", "⌘ Enter"], "Run the text", "运行文本"),
    row(&["c"], "Crash the selected node", "让所选节点崩溃"),
    row(&["r"], "Restart it", "重启它"),
    row(&["z"], "Pause it", "暂停它"),
    row(&["i"], "Isolate it", "隔离它"),
    row(&["k"], "Skew its clock", "调偏它的时钟"),
    row(&["u"], "Stop syncing its disk, or sync it again", "停止或恢复它的磁盘同步"),
    row(&["l"], "Its links: cut, lossy, slow", "它的链路：切断、丢包、变慢"),
    row(&["a"], "Menu of the selected node or message", "所选节点或消息的菜单"),
    row(&[",", "."], "Previous or next message in flight", "上一条或下一条在途消息"),
    row(&["x"], "Drop the selected message", "丢弃所选消息"),
    row(&["d"], "Duplicate it", "复制它"),
    row(&["o"], "Hold it, or let it go", "扣住或放行它"),
    row(&["e"], "Deliver it now", "立即送达它"),
    row(
        &["p"],
        "Partition: draw a line, or pick a side and press Enter",
        "分区：划一条线，或选出一侧再按回车",
    ),
    row(&["h"], "Heal the network", "恢复网络"),
    row(&["/"], "Search the gallery", "搜索示例库"),
    row(&["?"], "This sheet", "打开本页"),
    row(&["Ctrl Z", "⌘ Z"], "Take back an edit or a fault", "撤销编辑或故障"),
    row(&["Ctrl Space"], "In the text: suggestions", "在文本中：补全建议"),
    row(&["Ctrl I", "⌘ I"], "In the text: what the word means", "在文本中：解释当前单词"),
    row(&["Ctrl .", "⌘ ."], "In the text: quick fix", "在文本中：快速修正"),
    row(&["Ctrl /", "⌘ /"], "In the text: comment or not", "在文本中：切换注释"),
    row(&["Shift Alt F"], "In the text: tidy it", "在文本中：整理文本"),
    row(&["Alt Enter"], "In the text: go to the line's instant", "在文本中：跳到该行的时刻"),
];
