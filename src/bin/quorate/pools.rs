//! The verbs `sweep` and `compare`: pools in figures.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use quorate::check::stats::Estimate;
use quorate::check::theory::{Kind, Subject};
use quorate::kernel::Span;
use quorate::script::run::{StrategyReport, TheoryReport};
use quorate::script::sweep::{Curve, LOADS, Point, REPLICATIONS, Sweep};
use quorate::script::{Plan, Said, render, run, value};

use super::{Outcome, planned};

/// Events between two looks at the progress.
const SLICE: u64 = 2_000_000;

#[derive(Args)]
pub(super) struct Asked {
    /// The scenario; `-` reads standard input.
    pub(super) file: PathBuf,
    /// Print one JSON object; durations in nanoseconds.
    #[arg(long)]
    json: bool,
    /// Print comma-separated values; durations in nanoseconds.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Use this seed instead of the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Pour the requests recorded in this file over the pool.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct AskedSweep {
    #[command(flatten)]
    asked: Asked,
    /// Loads in per cent, such as 10,50,90.
    #[arg(long, value_delimiter = ',', value_parser = percent)]
    loads: Vec<u64>,
    /// Independent runs of each strategy at each load.
    #[arg(long, default_value_t = REPLICATIONS)]
    replications: u32,
}

fn percent(text: &str) -> Result<u64, String> {
    let text = text.trim().trim_end_matches('%');
    value::percent(&format!("{text}%")).ok_or_else(|| format!("{text} is no percentage"))
}

fn plan_of(asked: &Asked, language: render::Language) -> Result<Plan, String> {
    planned(&asked.file, asked.trace.as_deref(), asked.seed, language)
}

fn refuse(said: &Said, language: render::Language) -> String {
    match language {
        render::Language::En => format!("error: {}\n", said.en),
        render::Language::Zh => format!("错误: {}\n", said.zh),
    }
}

/// Runs the scenario at many loads.
pub(super) fn sweep(args: &AskedSweep, language: render::Language) -> Outcome {
    let plan = plan_of(&args.asked, language)?;
    let loads: &[u64] = if args.loads.is_empty() { &LOADS } else { &args.loads };
    let sweep = Sweep::new(&plan, loads, args.replications);
    let mut sweep = sweep.map_err(|said| refuse(&said, language))?;
    while !sweep.advance(SLICE).is_over() {}
    let curves = sweep.curves();
    if args.asked.json {
        let json = serde_json::json!({
            "entry": plan.entry.about.id,
            "seed": plan.spec.seed,
            "replications": args.replications,
            "confidence": 0.95,
            "curves": curves.iter().map(curve_json).collect::<Vec<_>>(),
        });
        return Ok((pretty(&json)?, true));
    }
    let text = if args.asked.csv { sweep_csv(&curves) } else { sweep_table(&curves) };
    Ok((text, true))
}

fn pretty(json: &serde_json::Value) -> Result<String, String> {
    let text = serde_json::to_string_pretty(json).map_err(|error| format!("error: {error}\n"))?;
    Ok(text + "\n")
}

/// The figures of a point, with their names.
fn figures(point: &Point) -> [(&'static str, &Estimate); 7] {
    [
        ("stay", &point.stay),
        ("mean", &point.mean),
        ("p50", &point.p50),
        ("p90", &point.p90),
        ("p99", &point.p99),
        ("p999", &point.p999),
        ("failures_ppm", &point.failures),
    ]
}

fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

/// Lower end, mean, upper end; the ends are missing if there is one replication only.
fn band(estimate: &Estimate) -> (Option<u64>, u64, Option<u64>) {
    let ends = estimate.ends();
    let (low, high) = (ends.map(|it| whole(it.0)), ends.map(|it| whole(it.1)));
    (low, whole(estimate.mean), high)
}

fn curve_json(curve: &Curve) -> serde_json::Value {
    let point = |point: &Point| {
        let mut json = serde_json::json!({
            "load_ppm": point.load_ppm,
            "replications": point.replications,
            "unstable": point.unstable,
            "theory": point.theory.map(|(how, Span(stay))| {
                serde_json::json!({ "stay": stay, "kind": run::kind_word(how) })
            }),
        });
        for (name, estimate) in figures(point) {
            let (low, mean, high) = band(estimate);
            json[name] = serde_json::json!({ "mean": mean, "low": low, "high": high });
        }
        json
    };
    let points: Vec<_> = curve.points.iter().map(point).collect();
    serde_json::json!({ "strategy": curve.strategy, "theory": curve.theory, "points": points })
}

fn sweep_csv(curves: &[Curve]) -> String {
    let mut text = "strategy,load_ppm,replications,unstable,theory,theory_stay".to_owned();
    let names = ["stay", "mean", "p50", "p90", "p99", "p999", "failures_ppm"];
    for name in names {
        let _ = write!(text, ",{name},{name}_low,{name}_high");
    }
    text.push('\n');
    let some = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
    for curve in curves {
        for point in &curve.points {
            let (how, stay) = match point.theory {
                Some((how, Span(stay))) => (run::kind_word(how), stay.to_string()),
                None => ("", String::new()),
            };
            let Point { load_ppm, replications, unstable, .. } = point;
            let _ = write!(
                text,
                "{},{load_ppm},{replications},{unstable},{how},{stay}",
                curve.strategy
            );
            for (_, estimate) in figures(point) {
                let (low, mean, high) = band(estimate);
                let _ = write!(text, ",{mean},{},{}", some(low), some(high));
            }
            text.push('\n');
        }
    }
    text
}

fn milliseconds(nanos: u64) -> String {
    format!("{}ms", value::show_decimal((nanos + 5_000) / 10_000, 100))
}

fn sweep_table(curves: &[Curve]) -> String {
    let mut text = String::new();
    for curve in curves {
        let _ = writeln!(text, "{}", curve.strategy);
        let _ = writeln!(
            text,
            "  {:>6} {:>12} {:>12} {:>12} {:>12} {:>12}  theory {}",
            "load", "stay", "±", "mean", "p99", "p999", curve.theory
        );
        for point in &curve.points {
            let [stay, mean, p99, p999] =
                [point.stay.mean, point.mean.mean, point.p99.mean, point.p999.mean]
                    .map(|value| milliseconds(whole(value)));
            let half = point.stay.half.map_or("-".to_owned(), |half| milliseconds(whole(half)));
            let theory = match point.theory {
                Some((Kind::Exact, Span(stay))) => milliseconds(stay),
                Some((Kind::Limit, Span(stay))) => format!("→ {}", milliseconds(stay)),
                Some((Kind::AtLeast, Span(stay))) => format!("≥ {}", milliseconds(stay)),
                None if point.unstable => "unstable".to_owned(),
                None => "-".to_owned(),
            };
            let load = value::show_percent(point.load_ppm);
            let _ = writeln!(
                text,
                "  {load:>6} {stay:>12} {half:>12} {mean:>12} {p99:>12} {p999:>12}  {theory}"
            );
        }
    }
    text
}

/// Runs all strategies of the scenario on the same requests.
pub(super) fn compare(asked: &Asked, language: render::Language) -> Outcome {
    let plan = plan_of(asked, language)?;
    if !plan.is_pool() {
        let said = Said::new(
            "Only strategies of a pool can be compared: this scenario starts with cluster.",
            "只有服务器池的策略可以比较，而这个场景以 cluster 开头。",
        );
        return Err(refuse(&said, language));
    }
    let report = run::run(&plan);
    if asked.json {
        let json = serde_json::json!({
            "seed": report.seed,
            "time_ns": report.time_ns,
            "complete": report.complete,
            "strategies": report.strategies,
        });
        return Ok((pretty(&json)?, true));
    }
    let rows = &report.strategies;
    Ok((if asked.csv { compare_csv(rows) } else { compare_table(rows) }, true))
}

/// The busiest server's share of time.
fn busiest(row: &StrategyReport) -> u64 {
    let busy = row.servers.iter().map(|server| server.utilisation).fold(0.0, f64::max);
    whole(busy * 1e6)
}

fn compare_csv(rows: &[StrategyReport]) -> String {
    let mut text = "strategy,requests,completed,failed,mean,p50,p90,p99,p999,max,wait_mean,\
                    utilisation_max_ppm,stay,stay_low,stay_high,theory,theory_stay,inside\n"
        .to_owned();
    let some = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
    for row in rows {
        let StrategyReport { name, requests, completed, failed, response, wait, .. } = row;
        let run::SpreadReport { mean, p50, p90, p99, p999, max } = response;
        let _ = write!(
            text,
            "{name},{requests},{completed},{failed},{mean},{p50},{p90},{p99},{p999},{max},{},{}",
            wait.mean,
            busiest(row)
        );
        let stay = row.theory.iter().find(|it| it.subject == "stay");
        let _ = match stay {
            Some(it) => writeln!(
                text,
                ",{},{},{},{},{},{}",
                some(it.measured),
                some(it.low),
                some(it.high),
                it.name,
                some(it.expected),
                it.inside.map_or(String::new(), |inside| inside.to_string())
            ),
            None => writeln!(text, ",,,,,,"),
        };
    }
    text
}

fn compare_table(rows: &[StrategyReport]) -> String {
    let mut text = format!(
        "{:<18} {:>9} {:>7} {:>11} {:>11} {:>11} {:>11} {:>11} {:>8}  theory\n",
        "strategy", "answered", "failed", "mean", "p50", "p99", "p999", "max", "busiest"
    );
    for row in rows {
        let StrategyReport { name, completed, failed, response, .. } = row;
        let [mean, p50, p99, p999, max] =
            [response.mean, response.p50, response.p99, response.p999, response.max]
                .map(milliseconds);
        let busy = value::show_percent(busiest(row) / 1_000 * 1_000);
        let theory: Vec<String> = row.theory.iter().map(theory_words).collect();
        let _ = writeln!(
            text,
            "{name:<18} {completed:>9} {failed:>7} {mean:>11} {p50:>11} {p99:>11} {p999:>11} \
             {max:>11} {busy:>8}  {}",
            theory.join("; ")
        );
    }
    text
}

fn theory_words(it: &TheoryReport) -> String {
    let subject = [Subject::Stay, Subject::Loss, Subject::Spread]
        .into_iter()
        .find(|subject| run::subject_word(*subject) == it.subject);
    let show = |value: Option<u64>| match (value, subject) {
        (Some(value), Some(subject)) => subject.show(value),
        _ => "-".to_owned(),
    };
    if it.expected.is_none() {
        return it.why.to_owned();
    }
    let sign = match it.inside {
        Some(true) => '✓',
        Some(false) => '✗',
        None => '~',
    };
    let (expected, measured) = (show(it.expected), show(it.measured));
    format!("{sign} {} {}: {expected}, measured {measured}", it.name, it.subject)
}
