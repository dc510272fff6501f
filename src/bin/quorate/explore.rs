//! `quorate explore`: every state of a specification, and a verdict for every claim.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::{Args, ValueEnum};
use quorate::check::Because;
use quorate::check::explore::{
    Batch, End, Explorer, Finding, Model, Options, Order, Progress, alike,
};
use quorate::check::model::Specification;
use quorate::script::render::Language;
use quorate::script::spec::{self, Asked, Visitor};
use serde_json::{Value, json};

use super::Outcome;
use super::patience::Patience;

/// What to search, and how far.
#[derive(Args)]
#[command(after_help = help())]
pub(super) struct Explore {
    /// A scenario with a line `explore` (`-` reads standard input), or a specification and its
    /// settings: spec=paxos acceptors=3 values=2 ballots=2.
    #[arg(required = true, value_name = "FILE | NAME=VALUE")]
    words: Vec<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(super) json: bool,
    /// Threads; what is found does not depend on it.
    #[arg(long, default_value = "1")]
    pub(super) threads: NonZeroUsize,
    /// Unique states, at most.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..i64::from(u32::MAX)))]
    max_states: Option<u32>,
    /// Steps from the beginning, at most; of random runs, their length.
    #[arg(long, value_name = "STEPS")]
    max_depth: Option<u32>,
    /// Megabytes of table and frontier, at most.
    #[arg(long, value_name = "MB")]
    max_memory: Option<u64>,
    /// Whether one of all states that differ by names stands for them. In a scenario, names of
    /// nodes that are found to be alike; usually off.
    #[arg(long, value_enum)]
    pub(super) symmetry: Option<Switch>,
    /// Whether messages of which nothing can come are delivered at once; scenarios only, usually
    /// on.
    #[arg(long, value_enum)]
    reduction: Option<Switch>,
    /// Seconds, at most. Ctrl+C ends a search, too, with what was covered.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) max_seconds: Option<f64>,
    /// The order of the search.
    #[arg(long, value_enum, default_value_t = By::Breadth)]
    order: By,
    /// End with the first counterexample.
    #[arg(long)]
    stop: bool,
    /// Compare whole states, not fingerprints.
    #[arg(long)]
    exact: bool,
    /// The seed of random runs.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Random runs.
    #[arg(long, default_value_t = 1_000)]
    walks: u32,
}

/// A time to search for.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    let within = seconds >= 0.0 && std::time::Duration::try_from_secs_f64(seconds).is_ok();
    within.then_some(seconds).ok_or_else(|| "not a number of seconds from 0 on".to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    /// Nearest first: shortest counterexamples.
    Breadth,
    /// Newest first.
    Depth,
    /// Depth first to one step, two steps, and so on.
    Deepening,
    /// Random runs.
    Random,
}

/// The specifications with their settings.
fn help() -> String {
    let mut text = String::from("Specifications:\n");
    for it in &spec::SPECS {
        let _ = writeln!(text, "  spec={:<15} {}", it.id, it.about[0]);
        for setting in it.settings {
            let range = match setting.range {
                spec::Range::Number(least, most, usual) => {
                    format!("{least} to {most}, usually {usual}")
                }
                spec::Range::Word(words) => format!("{}; usually {}", words.join("|"), words[0]),
            };
            let _ = writeln!(text, "    {}: {} ({range})", setting.name, setting.about[0]);
        }
        if let Some(on) = it.symmetry {
            let _ = writeln!(text, "    symmetry: usually {}", if on { "on" } else { "off" });
        }
    }
    text
}

impl Explore {
    /// The scenario, if it is not a specification that is asked for.
    pub(super) fn file(&self) -> Option<PathBuf> {
        match self.words.as_slice() {
            [word] if !word.contains('=') || Path::new(word).exists() => Some(word.into()),
            _ => None,
        }
    }
}

/// Searches.
pub(super) fn explore(args: &Explore, language: Language) -> Outcome {
    let wrong = |because: Because| format!("error: {}\n", say(&because, language));
    if args.reduction == Some(Switch::On) {
        let because = Because::new(
            "--reduction on is for the nodes of a scenario; a specification has its symmetry.",
            "--reduction on 用于场景中的节点；规约模型有它的对称约简。",
        );
        return Err(wrong(because));
    }
    let mut asked = spec::read(args.words.iter().map(String::as_str)).map_err(wrong)?;
    if let Some(switch) = args.symmetry {
        asked.set_symmetry(switch == Switch::On).map_err(wrong)?;
    }
    let (threads, max_seconds) = (args.threads.get(), args.max_seconds);
    let search = Search { options: options(args), threads, max_seconds, language };
    let found = spec::visit(&asked, search).ok_or("error: a setting is out of its range\n")?;
    let met = found.checks.iter().all(|(_, finding)| finding.word() == "holds");
    let text = if args.json {
        let object = found.object(&asked, language);
        serde_json::to_string_pretty(&object).map_err(|error| format!("error: {error}\n"))? + "\n"
    } else {
        found.report(&asked, language)
    };
    Ok((text, met))
}

/// How to search, as asked for.
pub(super) fn options(args: &Explore) -> Options {
    let order = match args.order {
        By::Breadth => Order::Breadth,
        By::Depth => Order::Depth,
        By::Deepening => Order::Deepening,
        By::Random => Order::Random,
    };
    let usual = match order {
        Order::Random => Options::random(args.seed),
        Order::Breadth | Order::Depth | Order::Deepening => Options::default(),
    };
    Options {
        order,
        max_states: args.max_states.unwrap_or(usual.max_states),
        max_depth: args.max_depth.unwrap_or(usual.max_depth),
        max_bytes: args.max_memory.map_or(u64::MAX, |mb| mb.saturating_mul(1_000_000)),
        exact: args.exact,
        stop: args.stop,
        symmetry: args.symmetry != Some(Switch::Off),
        alike: args.symmetry.map(|switch| switch == Switch::On),
        reduction: args.reduction != Some(Switch::Off),
        walks: args.walks,
        ..usual
    }
}

pub(super) fn say(because: &Because, language: Language) -> String {
    match language {
        Language::En => because.en.clone(),
        Language::Zh => because.zh.clone(),
    }
}

/// What was found, without the types of the model.
struct Found {
    progress: Progress,
    seconds: f64,
    diameter: Option<u32>,
    collision: f64,
    checks: Vec<(String, Finding)>,
    /// The way to the first violation: its claim, and each step in words.
    counterexample: Option<(String, Vec<String>)>,
}

struct Search {
    options: Options,
    threads: usize,
    max_seconds: Option<f64>,
    language: Language,
}

impl Visitor for Search {
    type Out = Found;

    fn visit<M>(self, model: M) -> Found
    where
        M: Specification + Send + Sync,
        M::State: Send + Sync,
        M::Step: Send + Sync,
    {
        let mut patience = Patience::new(self.max_seconds, self.language);
        let mut explorer = Explorer::new(model, self.options);
        drive(&mut explorer, self.threads.min(MOST_THREADS), &mut patience);
        let seconds = patience.seconds();
        drop(patience);
        let model = explorer.model();
        let names = model.claims().iter().map(|claim| say(&model.name(claim), self.language));
        let checks: Vec<_> = names.zip(explorer.verdicts()).collect();
        let bad = checks.iter().position(|(_, finding)| matches!(finding, Finding::Violated(..)));
        let counterexample = bad.and_then(|claim| {
            let path = explorer.path(claim)?;
            let mut told = Vec::new();
            let mut before = path.start;
            for (step, after) in path.steps {
                told.push(say(&model.tell(&before, &step), self.language));
                before = after;
            }
            Some((checks[claim].0.clone(), told))
        });
        let (diameter, collision) = (explorer.diameter(), explorer.collision());
        let progress = explorer.progress();
        Found { progress, seconds, diameter, collision, checks, counterexample }
    }
}

/// Threads, at most.
pub(super) const MOST_THREADS: usize = 256;

/// Searches to the end, or as long as it may, with as many threads as asked for.
fn drive<M>(explorer: &mut Explorer<M>, threads: usize, patience: &mut Patience)
where
    M: Specification + Send + Sync,
    M::State: Send + Sync,
    M::Step: Send + Sync,
{
    loop {
        // Rounds are short enough to hold what they find in memory, and to hear Ctrl+C.
        let blocks = explorer.blocks().min(threads.saturating_mul(16));
        let progress = if threads == 1 || blocks < 2 {
            explorer.advance(if threads == 1 { 100_000 } else { 2_000 })
        } else {
            let Some(batches) = expand(explorer, (threads, blocks), patience) else { return };
            explorer.merge(batches)
        };
        if progress.end.is_some() || !patience.goes_on(&progress) {
            return;
        }
    }
}

/// Expands so many of the foremost blocks; in their order, whichever thread took which. `None` if
/// patience ended on the way: then nothing of them counts.
pub(super) fn expand<M>(
    explorer: &Explorer<M>,
    (threads, blocks): (usize, usize),
    patience: &Patience,
) -> Option<Vec<Batch<M>>>
where
    M: Model + Send + Sync,
    M::State: Send + Sync,
    M::Step: Send + Sync,
{
    let next = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            if block >= blocks || patience.is_out() {
                return mine;
            }
            mine.push((block, explorer.expand(block)));
        }
    };
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(blocks)).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            all.extend(other.join().expect("a thread that expands states does not panic"));
        }
        all
    });
    all.sort_unstable_by_key(|(block, _)| *block);
    let done = all.len() == blocks;
    done.then(|| all.into_iter().map(|(_, batch)| batch).collect())
}

impl Found {
    fn object(&self, asked: &Asked, language: Language) -> Value {
        let check = |(name, finding): &(String, Finding)| {
            let steps = match finding {
                Finding::Violated(steps, _) | Finding::Example(steps, _) => Some(*steps),
                Finding::Holds(_) | Finding::Missing(_) | Finding::Undecided(_) => None,
            };
            json!({
                "text": name,
                "verdict": finding.word(),
                "because": say(finding.because(), language),
                "steps": steps,
            })
        };
        let steps = self.counterexample.as_ref().map(|(_, steps)| steps.clone());
        json!({
            "spec": asked.words(),
            "unique": self.progress.unique,
            "generated": self.progress.generated,
            "depth": self.progress.depth,
            "diameter": self.diameter,
            "seconds": self.seconds,
            "bytes": self.progress.peak,
            "frontier": self.progress.frontier,
            "complete": self.progress.complete(),
            "collision": self.collision,
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
            "counterexample": steps.as_ref().map(|steps| numbered(steps)),
            "steps": steps.unwrap_or_default(),
        })
    }

    fn report(&self, asked: &Asked, language: Language) -> String {
        let at = &self.progress;
        let rate = at.unique as f64 / self.seconds.max(1e-9);
        let megabytes = at.peak as f64 / 1e6;
        let alike = say(&alike(self.collision), language);
        let (unique, generated, depth, seconds) = (at.unique, at.generated, at.depth, self.seconds);
        let end = say(&ended(at), language);
        let mut text = asked.words() + "\n";
        let _ = match language {
            Language::En => writeln!(
                text,
                "{unique} states, {generated} generated, {depth} levels, {seconds:.3} s \
                 ({rate:.0} states/s), {megabytes:.1} MB\n{end}; \
                 {alike}"
            ),
            Language::Zh => writeln!(
                text,
                "{unique} 个状态，生成 {generated} 个，{depth} 层，{seconds:.3} 秒\
                 （每秒 {rate:.0} 个状态），{megabytes:.1} MB\n{end}；\
                 {alike}"
            ),
        };
        for (name, finding) in &self.checks {
            let _ = writeln!(
                text,
                "{:<9} {name}: {}",
                finding.word(),
                say(finding.because(), language)
            );
        }
        if let Some((name, steps)) = &self.counterexample {
            let _ = match language {
                Language::En => writeln!(text, "counterexample to \"{name}\":"),
                Language::Zh => writeln!(text, "“{name}”的反例："),
            };
            text += &numbered(steps);
        }
        text
    }
}

/// One line for each step.
fn numbered(steps: &[String]) -> String {
    let mut text = String::new();
    for (at, step) in steps.iter().enumerate() {
        let _ = writeln!(text, "{:>3}. {step}", at + 1);
    }
    text
}

/// How the search ended.
fn ended(at: &Progress) -> Because {
    let (en, zh) = match at.end {
        Some(End::Covered) if at.cut => {
            ("complete up to the depth that was asked for", "在要求的深度以内已全部搜索")
        }
        Some(End::Covered) => ("complete", "已全部搜索"),
        Some(End::States) => ("ended at the limit of states", "因达到状态数上限而结束"),
        Some(End::Memory) => ("ended at the limit of memory", "因达到内存上限而结束"),
        Some(End::Found) => ("ended with the first counterexample", "发现第一个反例后结束"),
        Some(End::Walked) => ("all random runs were made", "随机运行已全部完成"),
        None => ("ended before everything was visited", "在遍历完之前结束"),
    };
    Because::new(en, zh)
}
