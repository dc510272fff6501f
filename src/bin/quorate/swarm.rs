//! `quorate swarm`: a random recipe for each seed, judged, one JSON line each.

use std::io::Write as _;
use std::rc::Rc;

use clap::Args;
use quorate::catalog;
use quorate::check::Verdict;
use quorate::check::swarm::{judge, trial};
use serde_json::{Map, Value, json};

use super::Outcome;

/// Which trials.
#[derive(Args)]
pub(super) struct Swarm {
    /// The protocol; `quorate list` prints them.
    #[arg(long)]
    entry: String,
    /// Seeds from the first up to, without, the second: `0..1000`.
    #[arg(long, value_parser = seeds)]
    seeds: std::ops::Range<u64>,
}

fn seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| {
        let (from, to) = (from.parse::<u64>().ok()?, to.parse::<u64>().ok()?);
        (from < to).then_some(from..to)
    });
    range.ok_or_else(|| "two numbers such as 0..1000, the first one less".to_owned())
}

/// Runs the trials. Lines are printed as they come, so that a campaign that is cut short has
/// something to show.
pub(super) fn run(args: &Swarm) -> Outcome {
    let Some(entry) = catalog::find(&args.entry) else {
        return Err(format!("error: there is no entry `{}`; see `quorate list`\n", args.entry));
    };
    let mut sound = true;
    let mut out = std::io::stdout().lock();
    for seed in args.seeds.clone() {
        let trial = trial(entry.about, seed);
        let cluster = entry.build(Rc::new(trial.spec.clone()));
        let cluster = cluster.map_err(|problem| format!("error: {problem:?}\n"))?;
        let outcome = judge(&trial, cluster);
        sound &= outcome.complaint.is_none();
        let mut verdicts = Map::new();
        for (property, verdict) in &outcome.verdicts {
            let word = match verdict {
                Verdict::Holds => "holds",
                Verdict::Violated { .. } => "violated",
                Verdict::Undecided { .. } => "undecided",
            };
            verdicts.insert(format!("{property:?}"), Value::from(word));
        }
        let because = |it: &Option<quorate::check::Because>| it.as_ref().map(|it| it.en.clone());
        let line = json!({
            "entry": args.entry,
            "seed": seed,
            "events": outcome.events,
            "digest": format!("{:016x}", outcome.digest),
            "verdicts": verdicts,
            "live": outcome.unanswered.is_none(),
            "unanswered": because(&outcome.unanswered),
            "complaint": because(&outcome.complaint),
        });
        // A reader that has seen enough (`| head`) ends the campaign.
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
    Ok((String::new(), sound))
}
