//! Sentences for problems, in both languages.

use super::names::Names;
use super::problem::{Problem, ProblemKind, Said, What, nearest};
use super::{limit, value};

/// The problem in one sentence.
pub(super) fn says(kind: &ProblemKind) -> Said {
    match kind {
        ProblemKind::TooLong { bytes } => too_long(*bytes),
        ProblemKind::TooManyLines { lines } => Said::new(
            format!("A scenario has at most {} lines; this one has {lines}.", limit::LINES),
            format!("场景最多 {} 行，这里有 {lines} 行。", limit::LINES),
        ),
        ProblemKind::NoHead => Said::new(
            "A scenario needs a line cluster or balance, such as: cluster raft nodes=5 seed=7.",
            "场景需要一行 cluster 或 balance，例如：cluster raft nodes=5 seed=7。",
        ),
        ProblemKind::Again { command, first } => Said::new(
            format!("{command} may stand once; it already stands on line {first}."),
            format!("{command} 只能出现一次，第 {first} 行已经有了。"),
        ),
        ProblemKind::Unknown { what, found, .. } => unknown(*what, found),
        ProblemKind::Missing { wanted } => {
            let wanted = wanted.says();
            Said::new(
                format!("Something is missing here: {}.", wanted.en),
                format!("这里缺少{}。", spaced(&wanted.zh)),
            )
        }
        ProblemKind::Unexpected { found } => Said::new(
            format!("{found} is one word too many: the line was complete before it."),
            format!("{found} 是多余的，前面的内容已经完整。"),
        ),
        ProblemKind::Bad { found, wanted } => {
            let wanted = wanted.says();
            Said::new(
                format!("Found {found}, wanted {}.", wanted.en),
                format!("这里是 {found}，需要的是{}。", spaced(&wanted.zh)),
            )
        }
        ProblemKind::Range { name, found, min, max } => Said::new(
            format!("{name} may be {min} to {max}; {found} is outside."),
            format!("{name} 的范围是 {min} 到 {max}，{found} 超出了范围。"),
        ),
        ProblemKind::Nobody { found, names } => nobody(found, *names),
        ProblemKind::Twice { name } => {
            Said::new(format!("{name} is given twice."), format!("{name} 出现了两次。"))
        }
        ProblemKind::When { .. }
        | ProblemKind::ByHand
        | ProblemKind::Elsewhere { .. }
        | ProblemKind::AfterEnd { .. } => out_of_place(kind),
        ProblemKind::Unable { command, entry, able } => Said::new(
            format!("{entry} knows no {command}. Entries that do: {}.", able.join(", ")),
            format!("{entry} 不支持 {command}，支持的有：{}。", able.join("、")),
        ),
        ProblemKind::Disorder { .. }
        | ProblemKind::Columns { .. }
        | ProblemKind::TooManyRows { .. }
        | ProblemKind::NoRows => of_a_trace(kind),
        ProblemKind::Scope(said) => said.clone(),
        // The entry speaks English only; its words are mostly names of its own settings.
        ProblemKind::Given { message } => Said::new(message.clone(), message.clone()),
    }
}

fn too_long(bytes: usize) -> Said {
    let most = limit::BYTES / 1024;
    Said::new(
        format!("A scenario has at most {most} kB of text; this one has {bytes} bytes."),
        format!("场景文本最多 {most} kB，这里有 {bytes} 字节。"),
    )
}

fn out_of_place(kind: &ProblemKind) -> Said {
    match kind {
        ProblemKind::When { command } => Said::new(
            format!("Say when: at 1s {command} ... (or drive=hand on the cluster line)."),
            format!("请写明时间：at 1s {command} ……（或在 cluster 行写 drive=hand）。"),
        ),
        ProblemKind::ByHand => Said::new(
            "Driven by hand there are no times: each line is done when the one before has settled.",
            "手动推进时没有时间：前一行完成之后才执行下一行。",
        ),
        ProblemKind::Elsewhere { command, pool: true } => Said::new(
            format!("{command} belongs to a scenario that starts with balance."),
            format!("{command} 只能用在以 balance 开头的场景里。"),
        ),
        ProblemKind::Elsewhere { command, pool: false } => Said::new(
            format!("{command} belongs to a scenario that starts with cluster."),
            format!("{command} 只能用在以 cluster 开头的场景里。"),
        ),
        ProblemKind::AfterEnd { at, end } => Said::new(
            format!("This never happens: the run ends at {end}, before {at}."),
            format!("这一行不会发生：运行在 {end} 结束，早于 {at}。"),
        ),
        // Every other kind has its sentence above.
        _ => Said::default(),
    }
}

fn of_a_trace(kind: &ProblemKind) -> Said {
    match kind {
        ProblemKind::Disorder { at, before } => Said::new(
            format!(
                "{at} is earlier than {before} of the row before: a trace is in order of time."
            ),
            format!("{at} 早于前一行的 {before}：记录必须按时间排列。"),
        ),
        ProblemKind::Columns { found, wanted } => Said::new(
            format!("This row has {found} values and the first one has {wanted}."),
            format!("这一行有 {found} 个值，而第一行有 {wanted} 个。"),
        ),
        ProblemKind::TooManyRows { most } => Said::new(
            format!("A trace has at most {most} rows, and this one goes on here."),
            format!("一份记录最多 {most} 行，这里已经超出。"),
        ),
        ProblemKind::NoRows => Said::new(
            "A trace needs rows: when a request arrives, its size, its key, such as 12ms 8ms 4.",
            "记录需要至少一行：到达时间、工作量、键，例如 12ms 8ms 4。",
        ),
        // Every other kind has its sentence above.
        _ => Said::default(),
    }
}

fn unknown(what: What, found: &str) -> Said {
    let (en, zh) = match what {
        What::Command => ("command", "命令"),
        What::Entry => ("protocol", "协议"),
        What::Strategy => ("strategy", "策略"),
        What::Setting => ("setting", "参数"),
        What::Network => ("network", "网络"),
        What::Law => ("law", "分布"),
        What::Timer => ("timer", "定时器"),
        What::Word => ("word", "单词"),
        What::Expectation => ("expectation", "期望"),
    };
    Said::new(format!("Unknown {en} {found}."), format!("未知的{zh} {found}。"))
}

fn nobody(found: &str, names: Names) -> Said {
    let nodes = names.nodes();
    if !names.is_pool() {
        let (en, zh) = match nodes {
            1 => ("only n1".to_owned(), "只有 n1".to_owned()),
            _ => (format!("n1 to n{nodes}"), format!("有 n1 到 n{nodes}")),
        };
        return Said::new(
            format!("Unknown node {found}. This cluster has {en}."),
            format!("未知的节点 {found}。这个集群{zh}。"),
        );
    }
    let (balancers, servers) = (names.balancers(), names.servers());
    Said::new(
        format!(
            "Unknown node {found}. This pool has {} and {}.",
            some('b', balancers, "to"),
            some('s', servers, "to")
        ),
        format!(
            "未知的节点 {found}。这个服务器池有 {} 和 {}。",
            some('b', balancers, "到"),
            some('s', servers, "到")
        ),
    )
}

fn some(letter: char, count: u32, to: &str) -> String {
    if count == 1 { format!("{letter}1") } else { format!("{letter}1 {to} {letter}{count}") }
}

/// Chinese text is set off from a Latin word before it by a blank.
fn spaced(zh: &str) -> String {
    if zh.starts_with(|first: char| first.is_ascii()) { format!(" {zh}") } else { zh.to_owned() }
}

/// What would be right.
pub(super) fn hint(problem: &Problem) -> Option<Said> {
    match &problem.kind {
        ProblemKind::Unknown { found, allowed, .. } => Some(one_of(found, allowed)),
        ProblemKind::Nobody { found, names } => {
            namesake(found, *names).map(|near| did_you_mean(&near))
        }
        _ => {
            let fix = problem.fix.as_ref()?;
            let text = fix.text.trim();
            if text.is_empty() {
                return Some(Said::new("Remove it.", "删掉它。"));
            }
            Some(did_you_mean(text))
        }
    }
}

fn did_you_mean(word: &str) -> Said {
    Said::new(format!("Did you mean {word}?"), format!("是不是 {word}？"))
}

/// The node of the same number under another letter: `s4` for `n4` in a pool.
fn namesake(found: &str, names: Names) -> Option<String> {
    let number = found.get(1..)?;
    let letters = if names.is_pool() { ["s", "b"] } else { ["n", "n"] };
    let mut others = letters.iter().map(|letter| format!("{letter}{number}"));
    others.find(|other| names.find(other).is_ok())
}

/// Most words listed in a hint.
const LISTED: usize = 24;

fn one_of(found: &str, allowed: &[String]) -> Said {
    if let Some(near) = nearest(found, allowed) {
        return did_you_mean(near);
    }
    let mut words = allowed.iter().take(LISTED).cloned().collect::<Vec<_>>();
    if allowed.is_empty() {
        return Said::new("Nothing may stand here.", "这里不能写任何内容。");
    }
    if allowed.len() > LISTED {
        words.push("…".to_owned());
    }
    Said::new(format!("One of: {}.", words.join(", ")), format!("可用：{}。", words.join("、")))
}

/// A time past the limit, as a range problem of `name`.
pub(super) fn time_limit(name: &str, found: crate::kernel::Span) -> ProblemKind {
    ProblemKind::Range {
        name: name.to_owned(),
        found: found.to_string(),
        min: "0s".to_owned(),
        max: limit::TIME.to_string(),
    }
}

/// A length of time that has to be longer than none, as a range problem of `name`.
pub(super) fn positive_time(name: &str, found: crate::kernel::Span) -> ProblemKind {
    ProblemKind::Range {
        name: name.to_owned(),
        found: found.to_string(),
        min: "1ns".to_owned(),
        max: limit::TIME.to_string(),
    }
}

/// A factor that is not allowed.
pub(super) fn factor_range(found: u32, min: u32, max: u32) -> ProblemKind {
    ProblemKind::Range {
        name: "x".to_owned(),
        found: value::show_factor(found),
        min: value::show_factor(min),
        max: value::show_factor(max),
    }
}
