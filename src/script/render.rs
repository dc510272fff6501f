//! Problems and reports as lines of text, for a terminal.

use std::fmt::Write;

use crate::kernel::SimTime;

use super::caution::Caution;
use super::problem::{Problem, Said};
use super::run::{Check, Report, StrategyReport};
use super::value;

/// A language of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// 中文.
    Zh,
}

impl Language {
    fn of(self, said: &Said) -> &str {
        match self {
            Language::En => &said.en,
            Language::Zh => &said.zh,
        }
    }
}

/// Most characters of a line that are shown under a problem.
const SHOWN: usize = 120;

/// A problem as a good compiler shows it: what, where, the line underlined, and what would be
/// right.
pub fn problem(problem: &Problem, path: &str, text: &str, language: Language) -> String {
    let word = if language == Language::En { "error" } else { "错误" };
    let mut out = format!("{word}: {}\n", language.of(&problem.says()));
    let number = problem.line.to_string();
    let margin = " ".repeat(number.len());
    let Problem { line, column, length, .. } = *problem;
    let _ = writeln!(out, "{margin}--> {path}:{line}:{column}");
    let raw = text.lines().nth(line as usize - 1).unwrap_or_default();
    // A tab is as wide as the blank under it only if it is one. Of a long line the part around the
    // problem is enough.
    let place = column as usize - 1;
    let skipped = if raw.len() > SHOWN { place.saturating_sub(SHOWN / 2) } else { 0 };
    let raw: String = raw.replace('\t', " ").chars().skip(skipped).take(SHOWN).collect();
    let before: String = raw.chars().take(place - skipped).collect();
    let under: String = raw.chars().skip(place - skipped).take(length as usize).collect();
    let marks = "^".repeat(width(&under).max(1));
    let _ = writeln!(out, "{margin} |\n{number} | {raw}");
    let _ = writeln!(out, "{margin} | {}{marks}", " ".repeat(width(&before)));
    if let Some(hint) = problem.hint() {
        let _ = writeln!(out, "{margin} = {}", language.of(&hint));
    }
    out
}

/// A caution in one line.
pub fn caution(caution: &Caution, path: &str, language: Language) -> String {
    let word = if language == Language::En { "caution" } else { "注意" };
    format!("{word}: {path}:{}: {}\n", caution.line, language.of(&caution.says))
}

/// Columns of a terminal that a text takes: Chinese letters take two.
fn width(text: &str) -> usize {
    text.chars().map(|letter| if letter >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A report as lines: one per check, then one per strategy, then the recipe's mark.
pub fn report(report: &Report, language: Language) -> String {
    let mut out = String::new();
    let checks = report.checks.iter().map(|check| (check, check_text(check)));
    let checks: Vec<(&Check, String)> = checks.collect();
    let wide = checks.iter().map(|(_, text)| width(text)).max().unwrap_or(0);
    for (check, text) in &checks {
        let pad = " ".repeat(wide - width(text));
        let line =
            format!("{} line {:<3} {text}{pad} {}", sign(check), check.line, why(check, language));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    for strategy in &report.strategies {
        let _ = writeln!(out, "{}", strategy_line(strategy));
    }
    let Report { digest, events, seed, .. } = report;
    let end = SimTime(report.time_ns);
    let stopped = if report.complete { "" } else { ", stopped by the limit of events" };
    let _ = writeln!(out, "{events} events in {end}{stopped}, seed {seed}, digest {digest}");
    out
}

fn check_text(check: &Check) -> String {
    match check.strategy {
        Some(strategy) if !check.text.ends_with(strategy) => {
            format!("{}  [{strategy}]", check.text)
        }
        _ => check.text.clone(),
    }
}

fn sign(check: &Check) -> char {
    match check.verdict {
        "holds" => '✓',
        "violated" => '✗',
        _ => '?',
    }
}

fn why(check: &Check, language: Language) -> String {
    let because = match language {
        Language::En => check.because.as_deref(),
        Language::Zh => check.because_zh.as_deref(),
    };
    let because = because.unwrap_or_default();
    match (check.at_ns, check.event) {
        (Some(at), Some(event)) => format!("at {}, event {event}: {because}", SimTime(at)),
        _ => because.to_owned(),
    }
}

fn strategy_line(strategy: &StrategyReport) -> String {
    let StrategyReport { name, requests, completed, failed, response, .. } = strategy;
    let open = match requests.saturating_sub(completed + failed) {
        0 => String::new(),
        open => format!("  {open} open"),
    };
    let [mean, p50, p99, max] =
        [response.mean, response.p50, response.p99, response.max].map(milliseconds);
    format!(
        "  {name:<18} {completed:>7} answered {failed:>6} failed   \
         mean {mean:>9}  p50 {p50:>9}  p99 {p99:>9}  max {max:>9}{open}"
    )
}

fn milliseconds(nanos: u64) -> String {
    format!("{}ms", value::show_decimal((nanos + 5_000) / 10_000, 100))
}
