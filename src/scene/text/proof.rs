//! Words about what breaks: how it is made small, which rule is missing, and what keeps it.

use crate::check::explore;
use crate::kernel::Text;

use super::{Lang, number};

macro_rules! words {
    ($($name:ident $en:literal $zh:literal)*) => {
        $(#[doc = $en] pub const $name: Text = Text { en: $en, zh: $zh };)*
    };
}

words! {
    SHRINK "Shrink" "缩减"
    SHRINKING "Shrinking" "缩减"
    SHRINK_HELP "Strikes out every line that is not needed for the same verdict."
        "删去得出同一结论所不需要的每一行。"
    SHRUNK "shrunk" "已缩减"
    TAKE_IT "Take it" "采用"
    TAKE_STEPS "Take the steps by hand" "采用手动步骤"
    KEEP_MINE "Keep mine" "保留原文"
    NOTHING_TO_STRIKE "Every line is needed." "每一行都需要。"
    NOT_FINISHED "Cancelled; more may go." "已取消；可能还能删去更多。"
    STEPS_BY_HAND "The same violation as steps driven by hand" "以手动步骤重现的同一违反"
    MISSING_RULE "The missing rule" "缺少的规则"
    SHOW_RULE "Show the fix" "查看修正"
    RUN_FIXED "Run the fixed version" "运行修正版"
    PUT_BESIDE "Compare with it" "与之对比"
    SOUND_KEEPS "The sound protocol, driven by the same lines, keeps its promises."
        "正确的协议在同样的剧本下遵守了全部承诺。"
    SOUND_BREAKS "The sound protocol, driven by the same lines, breaks a promise as well."
        "正确的协议在同样的剧本下也违反了承诺。"
    SOUND_RUNS "The sound protocol is being driven by the same lines."
        "正在用同样的剧本运行正确的协议。"
    MEMORY "Memory" "内存"
    MEMORY_HELP "When the search holds so much it ends, and says what was covered."
        "搜索占用达到此值时结束，并说明已覆盖的范围。"
}

/// How sure a search is that it took no two states for one.
pub fn alike(lang: Lang, chance: f64) -> String {
    let because = explore::alike(chance);
    lang.pick(&because.en, &because.zh).to_owned()
}

/// How many schedules were run, and in how many seconds: `1 284 schedules, 0.6 s`.
pub fn schedules(lang: Lang, count: u64, seconds: f64) -> String {
    let brief = seconds < 0.1;
    let seconds =
        if brief { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") };
    let many = number(count);
    match (lang, count) {
        (Lang::En, 1) => format!("1 schedule, {seconds}"),
        (Lang::En, _) => format!("{many} schedules, {seconds}"),
        (Lang::Zh, _) => format!("{many} 次调度，{seconds}"),
    }
}

/// How many actions there were, and how many are needed: `6 actions tried, 2 needed`.
pub fn actions_needed(lang: Lang, actions: usize, needed: usize) -> String {
    let (many, left) = (number(actions as u64), number(needed as u64));
    match (lang, actions) {
        (Lang::En, 1) => format!("1 action tried, {left} needed"),
        (Lang::En, _) => format!("{many} actions tried, {left} needed"),
        (Lang::Zh, _) => format!("试过 {many} 个操作，需要 {left} 个"),
    }
}

/// How many steps are left, driven by hand.
pub fn steps_left(lang: Lang, steps: u32) -> String {
    let many = number(u64::from(steps));
    match (lang, steps) {
        (Lang::En, 1) => "driven by hand: 1 step".to_owned(),
        (Lang::En, _) => format!("driven by hand: {many} steps"),
        (Lang::Zh, _) => format!("手动驱动：{many} 步"),
    }
}

/// How many lines there were, and are left: `8 lines to 4`.
pub fn lines_to(lang: Lang, before: usize, after: usize) -> String {
    let (before, after) = (number(before as u64), number(after as u64));
    match lang {
        Lang::En => format!("{before} lines to {after}"),
        Lang::Zh => format!("{before} 行减到 {after} 行"),
    }
}

/// The lines that are struck out, for those who do not see them struck through.
pub fn struck_spoken(lang: Lang, lines: &[u32]) -> String {
    let all: Vec<String> = lines.iter().map(u32::to_string).collect();
    match lang {
        Lang::En => format!("Struck out: {}.", all.join(", ")),
        Lang::Zh => format!("已删去：第 {} 行。", all.join("、")),
    }
}

/// The protocol that keeps the rule speaks in other messages.
pub fn other_messages(lang: Lang, sound: &str) -> String {
    match lang {
        Lang::En => {
            format!("{sound} keeps it. Its messages are others: these lines cannot drive it.")
        }
        Lang::Zh => format!("{sound} 遵守这条规则。它的消息不同，这些行无法驱动它。"),
    }
}

/// The rule of the listing that a step passed, as it is heard.
pub fn rule_spoken(lang: Lang, rule: &str) -> String {
    match lang {
        Lang::En => format!("Show rule {rule} in the listing"),
        Lang::Zh => format!("在代码中查看规则 {rule}"),
    }
}

/// A ceiling of memory: `250 MB`, `1 GB`.
pub fn ceiling(mb: u32) -> String {
    if mb >= 1_000 { format!("{} GB", mb / 1_000) } else { format!("{mb} MB") }
}

/// How many workers share a search; more than one.
pub fn workers(lang: Lang, workers: u32) -> String {
    match lang {
        Lang::En => format!("{workers} workers"),
        Lang::Zh => format!("{workers} 个工作线程"),
    }
}
