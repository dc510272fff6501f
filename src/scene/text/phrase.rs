//! Sentences with something to fill in.

use crate::kernel::{SimTime, Span};

use super::Lang;
use super::figure::{clock, number, span};

/// Beside the clock: which event of how many.
pub fn event_of(lang: Lang, event: u64, events: u64) -> String {
    let (event, events) = (number(event), number(events));
    match lang {
        Lang::En => format!("event {event} of {events}"),
        Lang::Zh => format!("事件 {event} / {events}"),
    }
}

/// Beside the clock of a pool: which request of how many.
pub fn request_of(lang: Lang, request: u64, requests: u64) -> String {
    let (request, requests) = (number(request), number(requests));
    match lang {
        Lang::En => format!("request {request} of {requests}"),
        Lang::Zh => format!("请求 {request} / {requests}"),
    }
}

/// Above the chips that insert a line.
pub fn insert_at(lang: Lang, at: SimTime) -> String {
    let at = clock(at);
    match lang {
        Lang::En => format!("Insert at {at}"),
        Lang::Zh => format!("在 {at} 处插入"),
    }
}

/// How many expectations hold.
pub fn checks_hold(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 expectation holds".to_owned(),
        (Lang::En, _) => format!("{count} expectations hold"),
        (Lang::Zh, _) => format!("{count} 条期望成立"),
    }
}

/// How many expectations fail.
pub fn checks_violated(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 fails".to_owned(),
        (Lang::En, _) => format!("{count} fail"),
        (Lang::Zh, _) => format!("{count} 条不成立"),
    }
}

/// In which line.
pub fn at_line(lang: Lang, line: u32) -> String {
    match lang {
        Lang::En => format!("at line {line}"),
        Lang::Zh => format!("第 {line} 行"),
    }
}

/// Who broke it, as written in the text.
pub fn because_line(lang: Lang, line: u32, because: &str) -> String {
    match lang {
        Lang::En => format!("Line {line}: {because}"),
        Lang::Zh => format!("第 {line} 行：{because}"),
    }
}

/// At which instant.
pub fn at_time(lang: Lang, at: SimTime) -> String {
    let at = span(at.since(SimTime::ZERO));
    match lang {
        Lang::En => format!("at {at}"),
        Lang::Zh => format!("于 {at}"),
    }
}

/// When a check is violated.
pub fn violated_at(lang: Lang, at: SimTime) -> String {
    let at = clock(at);
    match lang {
        Lang::En => format!("at {at}"),
        Lang::Zh => format!("于 {at}"),
    }
}

/// Along the band of a partition.
pub fn partition_since(lang: Lang, at: SimTime) -> String {
    let at = span(at.since(SimTime::ZERO));
    match lang {
        Lang::En => format!("partition since {at}"),
        Lang::Zh => format!("自 {at} 起分区"),
    }
}

/// Beside the seats of one side of a partition: how many of all seats it has.
pub fn seats(lang: Lang, has: usize, all: usize) -> String {
    match lang {
        Lang::En => format!("{has} of {all}"),
        Lang::Zh => format!("{has} / {all}"),
    }
}

/// Beside the seats of a side with a candidate.
pub fn needs_to_win(lang: Lang, need: usize) -> String {
    match lang {
        Lang::En => format!("needs {need} to win"),
        Lang::Zh => format!("当选需要 {need} 票"),
    }
}

/// Beside the seats of a side without one.
pub fn needs_to_commit(lang: Lang, need: usize) -> String {
    match lang {
        Lang::En => format!("needs {need} to commit"),
        Lang::Zh => format!("提交需要 {need} 个节点"),
    }
}

/// Under a candidate: votes collected of votes needed.
pub fn votes_of(lang: Lang, has: usize, need: usize) -> String {
    match lang {
        Lang::En => format!("{has} of {need} votes"),
        Lang::Zh => format!("{has} / {need} 票"),
    }
}

/// Under a client: how long it has waited.
pub fn waiting(lang: Lang, waited: Span) -> String {
    let waited = span(waited);
    match lang {
        Lang::En => format!("waiting {waited}"),
        Lang::Zh => format!("已等待 {waited}"),
    }
}

/// On the path to a server: how many wait there.
pub fn waits_at_server(lang: Lang, count: u32) -> String {
    match lang {
        Lang::En => format!("{count} waiting"),
        Lang::Zh => format!("{count} 个在等"),
    }
}

/// Behind the cells of a queue or a log that shows only some: how many more.
pub fn queue_more(count: u64) -> String {
    format!("+{}", number(count))
}

/// Title of the card over a text that is not understood.
pub fn line_not_understood(lang: Lang, line: u32) -> String {
    match lang {
        Lang::En => format!("Line {line} is not understood"),
        Lang::Zh => format!("看不懂第 {line} 行"),
    }
}

/// Title of the card of a run that hit its limit.
pub fn run_stopped(lang: Lang, events: u64) -> String {
    let events = number(events);
    match lang {
        Lang::En => format!("Run stopped at {events} events"),
        Lang::Zh => format!("运行在 {events} 个事件处停止"),
    }
}

/// Body of the card of a run that hit its limit.
pub fn stopped_detail(lang: Lang, at: SimTime) -> String {
    let at = clock(at);
    match lang {
        Lang::En => {
            format!("The scenario may never settle. Everything up to {at} can be replayed.")
        }
        Lang::Zh => format!("这个剧本可能永远不会安定下来。{at} 之前的一切都可以回放。"),
    }
}

/// How far the search for a violation has come.
pub fn explored(lang: Lang, count: u64) -> String {
    let count = number(count);
    match lang {
        Lang::En => format!("{count} explored, nothing violated so far"),
        Lang::Zh => format!("已检验 {count} 个状态，目前没有发现违反"),
    }
}

/// How many states a finished search has seen.
pub fn states_found(lang: Lang, count: u64, depth: u64) -> String {
    let (count, depth) = (number(count), number(depth));
    match lang {
        Lang::En => format!("{count} states, {depth} steps deep"),
        Lang::Zh => format!("{count} 个状态，深 {depth} 步"),
    }
}

/// Under the inspector's log: how many nodes must store an entry.
pub fn holds_count(lang: Lang, need: usize, all: usize) -> String {
    match lang {
        Lang::En => format!("needs {need} of {all} to commit"),
        Lang::Zh => format!("{all} 个节点中需 {need} 个才能提交"),
    }
}

/// Under a link that is long enough to be cut by some programs.
pub fn link_long(lang: Lang, characters: usize) -> String {
    let characters = number(characters as u64);
    match lang {
        Lang::En => format!("{characters} characters; some programs cut links this long"),
        Lang::Zh => format!("共 {characters} 个字符，有些程序会截断这么长的链接"),
    }
}

/// How many expectations are undecided.
pub fn checks_open(lang: Lang, count: usize) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 is undecided".to_owned(),
        (Lang::En, _) => format!("{count} are undecided"),
        (Lang::Zh, _) => format!("{count} 条尚无定论"),
    }
}

/// How fast states are found.
pub fn per_second(lang: Lang, rate: u64) -> String {
    let rate = number(rate);
    match lang {
        Lang::En => format!("{rate} a second"),
        Lang::Zh => format!("每秒 {rate}"),
    }
}

/// Bytes in megabytes, to a tenth.
pub fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// What a search came to within its scope: a counterexample of so many steps, or what was covered.
pub fn search_sentence(
    lang: Lang,
    scope: &str,
    (broken, states): (Option<u32>, u64),
    (complete, cancelled): (bool, bool),
) -> String {
    let states = number(states);
    match (lang, broken) {
        (Lang::En, Some(steps)) => {
            let has = if steps == 1 { "1 step" } else { &format!("{steps} steps") };
            format!(
                "Violated within {scope}: a shortest counterexample has {has}; {states} states \
                 searched."
            )
        }
        (Lang::Zh, Some(steps)) => {
            format!("在 {scope} 内被违反：最短反例有 {steps} 步；共搜索 {states} 个状态。")
        }
        (Lang::En, None) if complete => {
            format!("No violation in any of the {states} states within {scope}.")
        }
        (Lang::Zh, None) if complete => {
            format!("{scope} 内全部 {states} 个状态都没有违反。")
        }
        (Lang::En, None) if cancelled => {
            format!("Cancelled: no violation in the {states} states covered so far of {scope}.")
        }
        (Lang::Zh, None) if cancelled => {
            format!("已取消：{scope} 内目前覆盖的 {states} 个状态中没有违反。")
        }
        (Lang::En, None) => {
            format!("No violation in {states} states; {scope} was not searched to its end.")
        }
        (Lang::Zh, None) => format!("{states} 个状态中没有违反；{scope} 尚未搜索完。"),
    }
}

/// How far a search for a seed that fails is.
pub fn seeds_tried(lang: Lang, tried: u64) -> String {
    match (lang, tried) {
        (Lang::En, 1) => "1 seed tried".to_owned(),
        (Lang::En, _) => format!("{tried} seeds tried"),
        (Lang::Zh, _) => format!("已试 {tried} 个种子"),
    }
}

/// Beside a row of seats, for those who do not see it.
pub fn seats_spoken(lang: Lang, stored: usize, all: usize) -> String {
    match lang {
        Lang::En => format!("stored on {stored} of {all}"),
        Lang::Zh => format!("存于 {all} 个节点中的 {stored} 个"),
    }
}

/// What is on a link now.
pub fn in_flight(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("{name} in flight"),
        Lang::Zh => format!("{name} 在途"),
    }
}

/// Under a table that shows only some.
pub fn more_in_flight(lang: Lang, count: usize) -> String {
    let count = number(count as u64);
    match lang {
        Lang::En => format!("and {count} more"),
        Lang::Zh => format!("另有 {count} 条"),
    }
}

/// The phone's tab of the selected node.
pub fn node_tab(lang: Lang, name: &str) -> String {
    match lang {
        Lang::En => format!("Node {name}"),
        Lang::Zh => format!("节点 {name}"),
    }
}
