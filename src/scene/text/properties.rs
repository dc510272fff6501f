//! The words of what a run is judged by.

use crate::check::{Expectation, Figure};
use crate::kernel::{Property, Text};
use crate::script::Wish;

use super::{Lang, span};

/// A property with its name and what it says, in the order of [`Property::ALL`].
type Row = (Property, Text, Text);

const ROWS: [Row; Property::ALL.len()] = [
    (
        Property::Agreement,
        Text { en: "Agreement", zh: "一致性" },
        Text {
            en: "No two nodes learn different chosen values for one slot.",
            zh: "任意两个节点都不会对同一个位置得知不同的选定值。",
        },
    ),
    (
        Property::Validity,
        Text { en: "Validity", zh: "有效性" },
        Text {
            en: "Only a proposed value is chosen.", zh: "只有被提议过的值才会被选定。"
        },
    ),
    (
        Property::Integrity,
        Text { en: "Integrity", zh: "完整性" },
        Text {
            en: "A node learns one chosen value for a slot, once and for all.",
            zh: "每个节点对一个位置只得知一次选定值，不再更改。",
        },
    ),
    (
        Property::ElectionSafety,
        Text { en: "One leader per term", zh: "每个 term 至多一个领导者" },
        Text {
            en: "A term has at most one leader.", zh: "一个 term 至多有一个领导者。"
        },
    ),
    (
        Property::LogMatching,
        Text { en: "Log matching", zh: "日志匹配" },
        Text {
            en: "Logs that agree on an entry's index and term agree on everything before it.",
            zh: "两份日志若在某一条目的序号和 term 上相同，则此前的内容全部相同。",
        },
    ),
    (
        Property::LeaderCompleteness,
        Text { en: "Leader completeness", zh: "领导者完备性" },
        Text {
            en: "A committed entry is in the log of every later leader.",
            zh: "已提交的条目出现在之后每一任领导者的日志里。",
        },
    ),
    (
        Property::StateMachineSafety,
        Text { en: "State machine safety", zh: "状态机安全性" },
        Text {
            en: "No two nodes apply different commands at one position.",
            zh: "任意两个节点都不会在同一个位置应用不同的命令。",
        },
    ),
    (
        Property::MonotonicEras,
        Text { en: "Terms never go back", zh: "term 从不后退" },
        Text {
            en: "A node's term never goes back, not even across restarts.",
            zh: "节点的 term 从不后退，重启之后也不例外。",
        },
    ),
    (
        Property::LeaderAppendOnly,
        Text { en: "Leaders only append", zh: "领导者只追加" },
        Text {
            en: "A leader never deletes or overwrites entries of its own log.",
            zh: "领导者从不删除或覆盖自己日志中的条目。",
        },
    ),
    (
        Property::OneVote,
        Text { en: "One vote per term", zh: "每个 term 只投一票" },
        Text {
            en: "A node votes for at most one candidate in an term.",
            zh: "一个节点在一个 term 中至多投票给一个候选者。",
        },
    ),
    (
        Property::MonotonicCommits,
        Text { en: "Commits never go back", zh: "已提交的位置从不后退" },
        Text {
            en: "What a node knows to be committed never shrinks while it lives, and never runs \
                 past its log.",
            zh: "节点存活期间，它所知的已提交位置从不后退，也不会超出自己的日志。",
        },
    ),
    (
        Property::PrimaryOrder,
        Text { en: "Primary order", zh: "主节点顺序" },
        Text {
            en: "What leaders broadcast is delivered in the order of their terms, and within \
                 one in the order they broadcast it.",
            zh: "各任主节点广播的内容按任期先后交付，同一任期内按广播先后交付。",
        },
    ),
    (
        Property::PrimaryIntegrity,
        Text { en: "Primary integrity", zh: "主节点完整性" },
        Text {
            en: "A leader broadcasts only after it has delivered everything earlier leaders got \
                 delivered.",
            zh: "主节点只有在交付了此前各任主节点已交付的全部内容之后才开始广播。",
        },
    ),
    (
        Property::AtomicCommit,
        Text { en: "All or nothing", zh: "全部提交或全部中止" },
        Text {
            en: "All participants of a transaction that end it end it alike; it commits only if \
                 all voted yes.",
            zh: "一个事务的所有参与者得出相同的结局；只有全部投赞成票时才会提交。",
        },
    ),
    (
        Property::Convergence,
        Text { en: "Replicas converge", zh: "副本收敛" },
        Text {
            en: "Once writes stop and the network is whole, all replicas come to hold the same.",
            zh: "写入停止且网络恢复之后，所有副本最终内容相同。",
        },
    ),
    (
        Property::Linearizability,
        Text { en: "Linearizable", zh: "线性一致" },
        Text {
            en: "What clients saw could have happened on a single copy, one operation at a \
                 time, each between its call and its answer.",
            zh: "客户端所见可以解释为：只有一份数据，操作逐个执行，每个操作都在其调用与答复之间生效。",
        },
    ),
    (
        Property::SequentialConsistency,
        Text { en: "Sequentially consistent", zh: "顺序一致" },
        Text {
            en: "What clients saw could have happened on a single copy in an order that keeps \
                 the order of each client.",
            zh: "客户端所见可以解释为：只有一份数据，操作逐个执行，且保持每个客户端自己的先后顺序。",
        },
    ),
    (
        Property::ReadYourWrites,
        Text { en: "Read your writes", zh: "读己之写" },
        Text {
            en: "A client that has written reads that or something later.",
            zh: "客户端写入之后，读到的是这次写入或更新的内容。",
        },
    ),
    (
        Property::MonotonicReads,
        Text { en: "Monotonic reads", zh: "单调读" },
        Text {
            en: "A client never reads something older than it has read before.",
            zh: "客户端不会读到比之前所读更旧的内容。",
        },
    ),
    (
        Property::Termination,
        Text { en: "A decision in time", zh: "按时作出决定" },
        Text {
            en: "Something is chosen, or committed, in the time given.",
            zh: "在给定时间内有值被选定或提交。",
        },
    ),
];

/// The name, as the list of invariants shows it.
pub(super) const fn name(property: Property) -> Text {
    ROWS[property as usize].1
}

/// What it says, in one sentence.
pub(super) const fn help(property: Property) -> Text {
    ROWS[property as usize].2
}

/// What a line `expect` expects, as a title: in English as it is written (`text`).
pub fn expected(lang: Lang, wish: &Wish, text: &str) -> String {
    if lang == Lang::En {
        return capital(text);
    }
    let mut title = match wish.expectation {
        Expectation::Holds(property) => name(property).zh.to_owned(),
        Expectation::Broken(property) => format!("{}（预期被打破）", name(property).zh),
        Expectation::LeaderWithin(time) => format!("{} 内选出领导者", span(time)),
        Expectation::CommitWithin(time) => format!("写入在 {} 内提交", span(time)),
        Expectation::ChosenWithin(time) => format!("{} 内有值被选定", span(time)),
        Expectation::ChosenValue(value) => format!("选定的值为 {value}"),
        Expectation::Response(figure, time) => format!("{} < {}", figure_zh(figure), span(time)),
        Expectation::Failures(share) => format!("失败率 < {share}"),
        Expectation::ConvergesWithin(time) => format!("静止后 {} 内收敛", span(time)),
        Expectation::Utilisation(share) => format!("各服务器利用率 < {share}"),
    };
    if wish.broken {
        title.push_str("（预期不成立）");
    }
    if let Some(strategy) = wish.strategy {
        title.extend(["（", strategy, "）"]);
    }
    title
}

fn figure_zh(figure: Figure) -> String {
    match figure {
        Figure::Mean => "平均响应时间".to_owned(),
        Figure::Max => "最长响应时间".to_owned(),
        Figure::P50 | Figure::P90 | Figure::P99 | Figure::P999 => {
            format!("{} 响应时间", figure.name())
        }
    }
}

/// The text of a line as a title. A word with a figure in it (`p99`) keeps its form.
fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if !first.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

// A row that stands at another place than its property would give it a wrong name.
const _: () = {
    let mut at = 0;
    while at < ROWS.len() {
        assert!(ROWS[at].0 as usize == at && Property::ALL[at] as usize == at);
        at += 1;
    }
};
