//! `quorate explore FILE`: every order of events within the scope that the scenario states.

use std::fmt::Write as _;
use std::path::Path;

use quorate::check::explore::alike;
use quorate::script::Plan;
use quorate::script::render::Language;
use quorate::script::search::{Exploration, Searched};

use super::Outcome;
use super::explore::{Explore, MOST_THREADS, expand, options};
use super::patience::Patience;

/// Generated states between two looks at whether it is over.
const SLICE: u64 = 20_000;
/// Blocks of the frontier that are expanded in one round. Not a matter of threads: what is learnt
/// of messages in a round is the same for any number of them.
const ROUND: usize = 32;

/// Searches the scenario of a plan.
pub(super) fn search(plan: &Plan, asked: &Explore, file: &Path, language: Language) -> Outcome {
    let Some(mut search) = Exploration::new(plan, &options(asked)) else {
        let file = file.display();
        return Err(match language {
            Language::En => format!(
                "error: {file}: no line explore, such as: explore requests=2 timers=2 crashes=1\n"
            ),
            Language::Zh => {
                format!(
                    "错误：{file}：没有 explore 行，例如：explore requests=2 timers=2 crashes=1\n"
                )
            }
        });
    };
    let mut patience = Patience::new(asked.max_seconds, language);
    let threads = asked.threads.get().min(MOST_THREADS);
    while !search.is_over() && patience.goes_on(&search.progress()) {
        let blocks = search.explorer().blocks().min(ROUND);
        if blocks == 0 {
            search.advance(SLICE);
            continue;
        }
        let expanded = expand(search.explorer(), (threads, blocks), &patience);
        let Some(batches) = expanded else { break };
        search.merge(batches);
    }
    let report = search.report(patience.seconds());
    drop(patience);
    if let Some(defect) = &report.defect {
        return Err(format!("error: a defect of this program, please report it: {defect}\n"));
    }
    let holds = report.holds();
    if asked.json {
        let text = serde_json::to_string_pretty(&report);
        return Ok((text.map_err(|error| format!("error: {error}\n"))? + "\n", holds));
    }
    Ok((say(&report, language), holds))
}

fn say(report: &Searched, language: Language) -> String {
    let Searched { entry, scope, unique, generated, depth, seconds, bytes, .. } = report;
    let megabytes = *bytes as f64 / 1e6;
    let covered = match (language, report.complete) {
        (Language::En, true) => format!("everything within {scope}"),
        (Language::En, false) => format!("not everything within {scope}"),
        (Language::Zh, true) => format!("已遍历 {scope} 内的一切"),
        (Language::Zh, false) => format!("未遍历完 {scope}"),
    };
    let alike = super::explore::say(&alike(report.collision), language);
    let mut text = match language {
        Language::En => format!(
            "{entry}: {covered}\n{unique} states, {generated} generated, depth {depth}, \
             {seconds:.2} s, {megabytes:.1} MB; {alike}\n"
        ),
        Language::Zh => format!(
            "{entry}：{covered}\n{unique} 个状态，生成 {generated} 个，深度 {depth}，{seconds:.2} 秒，\
             {megabytes:.1} MB；{alike}\n"
        ),
    };
    if let Some(classes) = &report.alike {
        let _ = writeln!(text, "{}", symmetry(classes, language));
    }
    for check in &report.checks {
        let because = match language {
            Language::En => &check.because,
            Language::Zh => &check.because_zh,
        };
        let _ = writeln!(text, "{:<10} {}  {because}", check.verdict, check.text);
    }
    if let Some(counterexample) = &report.counterexample {
        let _ = write!(text, "\n{counterexample}");
    }
    text
}

/// Which nodes were searched as one.
fn symmetry(classes: &[Vec<u32>], language: Language) -> String {
    let class = |nodes: &Vec<u32>| {
        let nodes: Vec<String> = nodes.iter().map(|node| format!("n{node}")).collect();
        nodes.join(" ")
    };
    let classes: Vec<String> = classes.iter().map(class).collect();
    match (language, classes.is_empty()) {
        (Language::En, false) => format!("alike, and searched as one: {}", classes.join("; ")),
        (Language::En, true) => "no two nodes are alike: every state was searched".into(),
        (Language::Zh, false) => format!("互为对称、只搜索其一：{}", classes.join("；")),
        (Language::Zh, true) => "没有互为对称的节点：搜索了所有状态".into(),
    }
}
