//! The command line: runs, formats and lists scenarios without a screen.
//!
//! Exit status of every verb: 0 if all is well, 1 if a check is violated or undecided (or a file
//! is not in canonical form), 2 if the input is wrong. Of `check-history`: 0 if it holds, 1 if it
//! is violated, 2 if nobody can tell or the input is wrong.

#[path = "quorate/draw.rs"]
mod draw;
#[path = "quorate/explore.rs"]
mod explore;
#[path = "quorate/fences.rs"]
mod fences;
#[path = "quorate/figures.rs"]
mod figures;
#[path = "quorate/history.rs"]
mod history;
#[path = "quorate/mdbook.rs"]
mod mdbook;
#[path = "quorate/patience.rs"]
mod patience;
#[path = "quorate/pools.rs"]
mod pools;
#[path = "quorate/search.rs"]
mod search;
#[path = "quorate/shrink.rs"]
mod shrink;
#[path = "quorate/swarm.rs"]
mod swarm;
#[path = "quorate/trail.rs"]
mod trail;

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use quorate::catalog;
use quorate::kernel::{Family, Knob};
use quorate::script::{self, Plan, Problem, render, run, value};

/// Run scenarios of distributed consensus and load balancing.
#[derive(Parser)]
#[command(name = "quorate", version, about)]
struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// Language of messages.
    #[arg(long, global = true, value_enum, default_value_t = Lang::En)]
    lang: Lang,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lang {
    En,
    Zh,
}

#[derive(Subcommand)]
enum Verb {
    /// Run scenarios, or the figures of Markdown files, and judge what they expect.
    Run {
        /// The scenario; `-` reads standard input. Of Markdown, every fenced block of language
        /// `quorate` is run.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
        /// Print every event.
        #[arg(long, conflicts_with = "json")]
        events: bool,
        /// Pour the requests recorded in this file over the pool: lines of arrival time, size, key.
        #[arg(long, value_name = "FILE")]
        trace: Option<PathBuf>,
        /// Use this seed instead of the scenario's.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Run a pool at many loads: curves with intervals, beside theory.
    Sweep(pools::AskedSweep),
    /// Run all strategies of a scenario on the same requests, and print a table.
    Compare(pools::Asked),
    /// Make a failing scenario small: strike out what is not needed for the same verdict.
    Shrink(shrink::Shrink),
    /// Search a scenario, within the scope of its line `explore`, or a specification: every order
    /// of events, and a verdict for every claim.
    Explore(explore::Explore),
    /// Draw a moment of a scenario as SVG.
    Draw(draw::Draw),
    /// As a preprocessor of mdBook: fenced blocks become pictures that come alive.
    Mdbook(mdbook::Mdbook),
    /// Print a scenario in canonical form.
    Fmt {
        /// The scenario; `-` reads standard input.
        file: PathBuf,
        /// Print nothing; fail if the file is not in canonical form.
        #[arg(long, conflicts_with = "write")]
        check: bool,
        /// Write the file instead of printing it.
        #[arg(long)]
        write: bool,
    },
    /// Judge a recorded history of client operations.
    CheckHistory(history::CheckHistory),
    /// Write every event of a run, as JSON that `check-trace` and other programs read.
    Trace(trail::Trace),
    /// Run the scenario in a trace again and say where the first event differs.
    CheckTrace(trail::CheckTrace),
    /// Run random recipes of a protocol, under faults and then healed; one JSON line for each.
    Swarm(swarm::Swarm),
    /// List protocols and strategies with their settings.
    List,
}

/// The input is wrong.
const WRONG: u8 = 2;
/// A check does not hold.
const UNMET: u8 = 1;

fn main() -> ExitCode {
    let args = Args::parse();
    let language = match args.lang {
        Lang::En => render::Language::En,
        Lang::Zh => render::Language::Zh,
    };
    let status = match args.verb {
        Verb::Run { files, json, events, trace, seed } => {
            let how = How { json, events, trace, seed };
            run_files(&files, &how, language)
        }
        Verb::Shrink(args) => shrink::run(&args, language),
        Verb::Explore(args) => match args.file() {
            Some(file) => planned(&file, None, None, language)
                .and_then(|plan| search::search(&plan, &args, &file, language)),
            None => explore::explore(&args, language),
        },
        Verb::Draw(args) => draw::draw(&args, language),
        Verb::Mdbook(args) => mdbook::answer(&args, language),
        Verb::Sweep(args) => pools::sweep(&args, language),
        Verb::Compare(args) => pools::compare(&args, language),
        Verb::Fmt { file, check, write } => format_file(&file, check, write, language),
        Verb::CheckHistory(args) => {
            read(&args.file).and_then(|text| history::check(&args, &text, language))
        }
        Verb::Trace(args) => trail::write(&args, language),
        Verb::CheckTrace(args) => trail::check(&args, language),
        Verb::Swarm(args) => swarm::run(&args),
        Verb::List => Ok((list(), true)),
    };
    match status {
        Ok((text, met)) => {
            // A reader that has seen enough (`| head`) is no failure.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::from(if met { 0 } else { UNMET })
        }
        Err(message) => {
            eprint!("{message}");
            ExitCode::from(WRONG)
        }
    }
}

/// What a verb prints, and whether all is well; or what is wrong with the input.
type Outcome = Result<(String, bool), String>;

fn read(file: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|found| bytes = found)
    };
    read.map_err(|error| format!("error: {}: {error}\n", file.display()))?;
    // Some editors begin a file with a mark that is no part of the text.
    if bytes.starts_with("\u{feff}".as_bytes()) {
        bytes.drain(.."\u{feff}".len());
    }
    String::from_utf8(bytes).map_err(|_| format!("error: {}: not UTF-8 text\n", file.display()))
}

fn explain(problems: &[Problem], file: &Path, text: &str, language: render::Language) -> String {
    let path = file.display().to_string();
    let shown = problems.iter().map(|problem| render::problem(problem, &path, text, language));
    shown.collect::<Vec<_>>().join("\n")
}

/// The plan of a file, perhaps with recorded requests and another seed.
fn planned(
    file: &Path,
    trace: Option<&Path>,
    seed: Option<u64>,
    language: render::Language,
) -> Result<Plan, String> {
    let text = read(file)?;
    let plan = script::plan(&text);
    let mut plan = plan.map_err(|problems| explain(&problems, file, &text, language))?;
    if let Some(seed) = seed {
        plan = plan.with_seed(seed);
    }
    let path = file.display().to_string();
    for caution in plan.cautions.iter() {
        eprint!("{}", render::caution(caution, &path, language));
    }
    let Some(trace) = trace else { return Ok(plan) };
    let text = read(trace)?;
    let rows = script::trace::read(&text);
    let rows = rows.map_err(|problems| explain(&problems, trace, &text, language))?;
    // What does not fit together is the matter of the last row.
    let line = text.lines().count().max(1) as u32;
    plan.with_trace(rows).map_err(|kind| {
        let problem = Problem { line, column: 1, length: 1, kind, fix: None };
        explain(&[problem], trace, &text, language)
    })
}

/// How `run` runs.
struct How {
    json: bool,
    events: bool,
    trace: Option<PathBuf>,
    seed: Option<u64>,
}

/// Runs every file. All are tried, and what is wrong with any is said.
fn run_files(files: &[PathBuf], how: &How, language: render::Language) -> Outcome {
    let (mut text, mut wrong, mut met) = (String::new(), String::new(), true);
    for file in files {
        let outcome = if !figures::is_markdown(file) {
            planned(file, how.trace.as_deref(), how.seed, language)
                .and_then(|plan| run_plan(&plan, (how.json, how.events), language))
        } else if how.events || how.trace.is_some() || how.seed.is_some() {
            let path = file.display();
            Err(format!("error: {path}: --events, --trace and --seed are for one scenario\n"))
        } else {
            figures::run(file, how.json, language)
        };
        match outcome {
            Ok((said, holds)) => {
                text += &said;
                met &= holds;
            }
            Err(message) => wrong += &message,
        }
    }
    if wrong.is_empty() { Ok((text, met)) } else { Err(wrong) }
}

fn run_plan(plan: &Plan, (json, events): (bool, bool), language: render::Language) -> Outcome {
    let report = run::run(plan);
    if !json {
        let mut text = String::new();
        if events {
            text = run::trace(plan).join("\n") + "\n";
        }
        return Ok((text + &render::report(&report, language), report.holds()));
    }
    let text =
        serde_json::to_string_pretty(&report).map_err(|error| format!("error: {error}\n"))?;
    Ok((text + "\n", report.holds()))
}

fn format_file(file: &Path, check: bool, write: bool, language: render::Language) -> Outcome {
    let text = read(file)?;
    let script = script::parse(&text);
    if !script.problems.is_empty() {
        return Err(explain(&script.problems, file, &text, language));
    }
    let canonical = script::print::script(&script);
    if check {
        return Ok((String::new(), canonical == text));
    }
    if write && file.as_os_str() != "-" {
        if canonical != text {
            let written = std::fs::write(file, &canonical);
            written.map_err(|error| format!("error: {}: {error}\n", file.display()))?;
        }
        return Ok((String::new(), true));
    }
    Ok((canonical, true))
}

fn list() -> String {
    let mut text = String::new();
    for entry in catalog::entries() {
        let about = entry.about;
        let head = if about.family == Family::Balancing {
            "balance STRATEGY servers=3".to_owned()
        } else {
            format!("cluster {} nodes=3", about.id)
        };
        let _ = writeln!(text, "{head}\n  {}: {}", about.name, about.summary.en);
        about.knobs.iter().for_each(|knob| text += &setting(knob));
        text.push('\n');
    }
    text += "strategies\n";
    for strategy in catalog::strategies() {
        let _ = writeln!(text, "  {:<20} {}", strategy.id, strategy.summary.en);
        strategy.knobs.iter().for_each(|knob| text += &setting(knob));
    }
    text
}

fn setting(knob: &Knob) -> String {
    let default = value::show_knob(knob.default_value());
    format!("    {:<28} {}\n", format!("{}={default}", knob.name), knob.help.en)
}
