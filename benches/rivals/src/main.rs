//! Our explorer beside stateright, one thread each, on the same models: `cargo xtask bench`.
//!
//! Every search has a process of its own, so that the most memory it ever held can be asked of the
//! system. The two have to agree on all counts, or nothing is compared. Without an argument the
//! large cases run, with `short` small ones.

mod paxos;
mod two_phase;

use std::process::{Command, ExitCode};
use std::time::Instant;

use quorate::check::explore::{Explorer, Model, Options};
use quorate::check::model::register::{self, Register};
use quorate::check::model::two_phase::TwoPhase;

/// One search: a model and its size.
const LARGE: [(&str, &str); 3] = [("two-phase", "7"), ("two-phase", "8"), ("paxos", "3")];
const SHORT: [(&str, &str); 2] = [("two-phase", "5"), ("paxos", "2")];

/// What a search came to.
struct Found {
    unique: u64,
    generated: u64,
    levels: u64,
    seconds: f64,
    kilobytes: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words[..] {
        [who @ ("ours" | "stateright"), model, size] => one(who, model, size),
        ["short"] => all(&SHORT),
        // Cargo passes `--bench`.
        _ => all(&LARGE),
    }
}

/// Compares, case by case.
fn all(cases: &[(&str, &str)]) -> ExitCode {
    for (model, size) in cases {
        let (Some(ours), Some(theirs)) = (run("ours", model, size), run("stateright", model, size))
        else {
            eprintln!("{model}-{size}: a search did not end");
            return ExitCode::FAILURE;
        };
        let counts = |it: &Found| (it.unique, it.generated, it.levels);
        if counts(&ours) != counts(&theirs) {
            eprintln!("{model}-{size}: {:?} and {:?} differ", counts(&ours), counts(&theirs));
            return ExitCode::FAILURE;
        }
        let rate = |it: &Found| it.unique as f64 / it.seconds.max(1e-9);
        println!(
            "{model}-{size} {} states, {} generated: {:.0} states/s in {:.1} MB, stateright \
             {:.0} in {:.1}: {:.1} times as fast, {:.2} of the memory",
            ours.unique,
            ours.generated,
            rate(&ours),
            ours.kilobytes as f64 / 1e3,
            rate(&theirs),
            theirs.kilobytes as f64 / 1e3,
            rate(&ours) / rate(&theirs),
            ours.kilobytes as f64 / theirs.kilobytes.max(1) as f64,
        );
    }
    ExitCode::SUCCESS
}

/// Runs one search in a process of its own.
fn run(who: &str, model: &str, size: &str) -> Option<Found> {
    let me = std::env::current_exe().ok()?;
    let output = Command::new(me).args([who, model, size]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut words = text.split_whitespace();
    let mut whole = || words.next()?.parse().ok();
    let (unique, generated, levels, kilobytes) = (whole()?, whole()?, whole()?, whole()?);
    let seconds = words.next()?.parse().ok()?;
    Some(Found { unique, generated, levels, seconds, kilobytes })
}

/// One search, in this process.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the wall clock")]
fn one(who: &str, model: &str, size: &str) -> ExitCode {
    let Ok(size) = size.parse::<u32>() else { return ExitCode::FAILURE };
    let began = Instant::now();
    let counts = match (who, model) {
        ("ours", "two-phase") => TwoPhase::new(size, false).map(explore),
        ("ours", "paxos") => Register::<register::paxos::Paxos>::new(3, size).map(explore),
        ("stateright", "two-phase") => Some(two_phase::check(size as usize)),
        ("stateright", "paxos") => Some(paxos::check(size as usize)),
        _ => None,
    };
    let Some((unique, generated, levels)) = counts else { return ExitCode::FAILURE };
    let seconds = began.elapsed().as_secs_f64();
    println!("{unique} {generated} {levels} {} {seconds}", most_kilobytes());
    ExitCode::SUCCESS
}

fn explore<M: Model>(model: M) -> (u64, u64, u64) {
    let mut explorer = Explorer::new(model, Options::default());
    while explorer.advance(1_000_000).end.is_none() {}
    let found = explorer.progress();
    (found.unique, found.generated, u64::from(found.depth))
}

/// The most memory this process ever held; 0 where the system does not say.
fn most_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
