//! Figures of a book: every fenced block of a Markdown file is run, problems have its lines.

use std::fmt::Write as _;
use std::path::Path;

use quorate::script::{self, Problem, render, run};
use serde::Serialize;

use super::fences::{Fence, fences};
use super::{Outcome, read};

/// True if a file is a text with figures, and not a scenario.
pub(crate) fn is_markdown(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| matches!(ending, "md" | "mdx" | "markdown" | "qmd"))
}

/// A problem of the figure at its place in the file around it.
pub(crate) fn moved(problem: &Problem, fence: &Fence) -> Problem {
    let line = problem.line + fence.line;
    let column = problem.column + fence.indent.chars().count() as u32;
    Problem { line, column, fix: None, ..problem.clone() }
}

/// The problems of a figure, shown in the file around it.
pub(crate) fn explain(
    problems: &[Problem],
    fence: &Fence,
    (path, markdown): (&str, &str),
    language: render::Language,
) -> String {
    let shown = problems
        .iter()
        .map(|problem| render::problem(&moved(problem, fence), path, markdown, language));
    shown.collect::<Vec<_>>().join("\n")
}

/// What `run --json` prints for a figure.
#[derive(Serialize)]
struct Ran {
    line: u32,
    report: run::Report,
}

/// Runs every figure of a Markdown file.
pub(crate) fn run(file: &Path, json: bool, language: render::Language) -> Outcome {
    let markdown = read(file)?;
    let path = file.display().to_string();
    let (mut text, mut wrong, mut met) = (String::new(), String::new(), true);
    let mut all = Vec::new();
    for fence in fences(&markdown).iter().filter(|fence| fence.setting("ignore").is_none()) {
        let plan = match script::plan(&fence.text) {
            Ok(plan) => plan,
            Err(problems) => {
                wrong += &explain(&problems, fence, (&path, &markdown), language);
                wrong.push('\n');
                continue;
            }
        };
        let mut report = run::run(&plan);
        report.checks.iter_mut().for_each(|check| check.line += fence.line);
        met &= report.holds();
        if json {
            all.push(Ran { line: fence.line, report });
        } else {
            let shown = render::report(&report, language);
            let _ = writeln!(text, "{path}:{}\n{shown}", fence.line);
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if json {
        let shown = serde_json::to_string_pretty(&all);
        text = shown.map_err(|error| format!("error: {error}\n"))? + "\n";
    }
    Ok((text, met))
}
