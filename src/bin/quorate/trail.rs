//! Traces of runs: written, and run again event by event.

use std::path::PathBuf;

use clap::Args;
use quorate::script::render::Language;
use quorate::script::trail::{Check, TrailProblem, Verdict, Writer};
use quorate::script::{self, Said};

use super::{Outcome, explain, read};

/// Events between two looks at whether all is done.
const SLICE: u64 = 100_000;

/// What is traced.
#[derive(Args)]
pub(crate) struct Trace {
    /// The scenario; `-` reads standard input.
    file: PathBuf,
}

/// What is checked.
#[derive(Args)]
pub(crate) struct CheckTrace {
    /// The trace, as the page or `quorate trace` writes it; `-` reads standard input.
    file: PathBuf,
}

/// Every event of a run, as JSON.
pub(crate) fn write(args: &Trace, language: Language) -> Outcome {
    let text = read(&args.file)?;
    let plan = script::plan(&text);
    let plan = plan.map_err(|problems| explain(&problems, &args.file, &text, language))?;
    let mut writer =
        Writer::new(&text, &plan).map_err(|error| format!("error: {}\n", error.message))?;
    while !writer.advance(SLICE) {}
    Ok((writer.text(), true))
}

/// Whether a run of the recipe is what the trace says; if not, where it differs first.
pub(crate) fn check(args: &CheckTrace, language: Language) -> Outcome {
    let says = |said: &Said| match language {
        Language::En => said.en.clone(),
        Language::Zh => said.zh.clone(),
    };
    let wrong = |problem: &TrailProblem| {
        format!("error: {}: {}\n", args.file.display(), says(&problem.says()))
    };
    let mut check = Check::new(read(&args.file)?).map_err(|problem| wrong(&problem))?;
    let verdict = loop {
        match check.advance(SLICE) {
            Verdict::Running => {}
            verdict => break verdict.clone(),
        }
    };
    match verdict {
        Verdict::Differs(difference) => Ok((format!("✗ {}\n", says(&difference.says())), false)),
        Verdict::Broken(problem) => Err(wrong(&problem)),
        Verdict::Same | Verdict::Running => {
            let events = check.events();
            let same = Said::new(
                format!("✓ {events} events, all as the trace says\n"),
                format!("✓ {events} 个事件，与记录完全一致\n"),
            );
            Ok((says(&same), true))
        }
    }
}
