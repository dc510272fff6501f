//! `quorate explore FILE`: every order of events within the scope that the scenario states.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::ValueEnum;
use quorate::check::explore::Options;
use quorate::script::Plan;
use quorate::script::render::Language;
use quorate::script::search::{Exploration, Searched};

use super::Outcome;

/// Search a scenario: every order, loss and crash within the scope of its line `explore`.
#[derive(clap::Args)]
pub(crate) struct Search {
    /// The scenario; `-` reads standard input.
    pub(crate) file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// How many threads may search. Nodes are searched by one.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub(crate) threads: u32,
    /// End after so many different states.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_states: Option<u32>,
    /// Whether states that differ by names only are one, where nodes can be renamed.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    pub(crate) symmetry: Switch,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Generated states between two looks at whether it is over.
const SLICE: u64 = 20_000;

/// Searches the scenario of a plan.
pub(crate) fn search(plan: &Plan, asked: &Search, language: Language) -> Outcome {
    let options = Options {
        max_states: asked.max_states.unwrap_or(Options::default().max_states),
        symmetry: asked.symmetry == Switch::On,
        ..Options::default()
    };
    let Some(mut search) = Exploration::new(plan, options) else {
        let file = asked.file.display();
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
    let start = Instant::now();
    while !search.is_over() {
        search.advance(SLICE);
    }
    let report = search.report(start.elapsed().as_secs_f64());
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
    let Searched { unique, generated, depth, seconds, bytes, complete, .. } = report;
    let megabytes = *bytes as f64 / 1e6;
    let mut text = match (language, complete) {
        (Language::En, true) => format!(
            "{}: everything within {}\n{unique} states, {generated} generated, depth {depth}, \
             {seconds:.2} s, {megabytes:.1} MB\n",
            report.entry, report.scope
        ),
        (Language::En, false) => format!(
            "{}: not everything within {}\n{unique} states, {generated} generated, depth {depth}, \
             {seconds:.2} s, {megabytes:.1} MB\n",
            report.entry, report.scope
        ),
        (Language::Zh, true) => format!(
            "{}：已遍历 {} 内的一切\n{unique} 个状态，生成 {generated} 个，深度 {depth}，{seconds:.2} 秒，\
             {megabytes:.1} MB\n",
            report.entry, report.scope
        ),
        (Language::Zh, false) => format!(
            "{}：未遍历完 {}\n{unique} 个状态，生成 {generated} 个，深度 {depth}，{seconds:.2} 秒，\
             {megabytes:.1} MB\n",
            report.entry, report.scope
        ),
    };
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
