//! Carries a plan out without a screen and says what came of it.

use serde::Serialize;

use crate::check::measure::{Spread, Summary};
use crate::check::theory::{Kind, Subject, Theory};
use crate::check::{Examiner, Moment, Questions, Standing, Verdict};
use crate::kernel::{NodeId, SimTime, Span};
use crate::sim::{Cluster, Drive, Progress};

use super::plan::{Expected, Plan};
use super::problem::Said;
use super::tell;

/// What came of a scenario. Durations are in nanoseconds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Report {
    /// The entry.
    pub entry: &'static str,
    /// The seed; as text where it is larger than what JavaScript counts exactly.
    #[cfg_attr(feature = "js", serde(serialize_with = "exactly"), tsify(type = "number | string"))]
    pub seed: u64,
    /// The digest after the last event, sixteen hexadecimal digits. Of the strategy shown, where
    /// several are compared.
    pub digest: String,
    /// How many events there were.
    pub events: u64,
    /// The end of the run.
    pub time_ns: u64,
    /// False if the limit of events was met first.
    pub complete: bool,
    /// Every expectation, in the order of the text; once per strategy, where several are compared.
    pub checks: Vec<Check>,
    /// How each strategy fared; empty for a cluster.
    pub strategies: Vec<StrategyReport>,
}

/// A number for JavaScript, which counts in floats.
#[cfg(feature = "js")]
fn exactly<S: serde::Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    const SAFE: u64 = (1 << 53) - 1;
    if *number <= SAFE {
        serializer.serialize_u64(*number)
    } else {
        serializer.serialize_str(&number.to_string())
    }
}

/// What came of one expectation.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Check {
    /// Its line, from 1.
    pub line: u32,
    /// What is expected.
    pub text: String,
    /// Under which strategy, where several are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strategy: Option<&'static str>,
    /// `holds`, `violated` or `undecided`.
    #[cfg_attr(feature = "js", tsify(type = "\"holds\" | \"violated\" | \"undecided\""))]
    pub verdict: &'static str,
    /// When it was violated.
    pub at_ns: Option<u64>,
    /// By which event it was violated.
    pub event: Option<u64>,
    /// Why, in English.
    pub because: Option<String>,
    /// Why, in Chinese.
    pub because_zh: Option<String>,
}

impl Check {
    /// True if the expectation is met.
    pub fn holds(&self) -> bool {
        self.verdict == HOLDS
    }
}

/// How a strategy fared.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct StrategyReport {
    /// The strategy.
    pub name: &'static str,
    /// The digest after the last event.
    pub digest: String,
    /// How many events there were.
    pub events: u64,
    /// Requests that arrived after the warm-up.
    pub requests: u64,
    /// Of these: answered.
    pub completed: u64,
    /// Of these: refused, or given up.
    pub failed: u64,
    /// From arrival to answer.
    pub response: SpreadReport,
    /// From arrival at a server to the start of service.
    pub wait: MeanReport,
    /// What queueing theory expects beside it, or why it expects nothing.
    pub theory: Vec<TheoryReport>,
    /// Server by server.
    pub servers: Vec<ServerReport>,
}

/// A formula beside the run. Values are in nanoseconds, or in parts per million for shares.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct TheoryReport {
    /// The model (`M/M/1`); empty if no formula applies.
    pub name: &'static str,
    /// `stay` (mean time at a server), `loss` (share refused) or `spread` (of the servers' shares).
    pub subject: &'static str,
    /// `exact`, `limit` (for very many servers) or `at least` (no strategy does better).
    pub kind: &'static str,
    /// The formula.
    pub formula: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// What it expects.
    pub expected: Option<u64>,
    /// What was measured.
    pub measured: Option<u64>,
    /// The lower end of the 99 % interval of what was measured.
    pub low: Option<u64>,
    /// Its upper end.
    pub high: Option<u64>,
    /// Whether both agree; `None` if that cannot be said.
    pub inside: Option<bool>,
    /// More work arrives than can be done.
    pub unstable: bool,
    /// Why no formula applies, in English; empty if one does.
    pub why: &'static str,
    /// The same in Chinese.
    pub why_zh: &'static str,
}

/// The word for what a prediction is about.
pub fn subject_word(subject: Subject) -> &'static str {
    match subject {
        Subject::Stay => "stay",
        Subject::Loss => "loss",
        Subject::Spread => "spread",
    }
}

/// The word for how a prediction is meant.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Exact => "exact",
        Kind::Limit => "limit",
        Kind::AtLeast => "at least",
    }
}

impl From<Theory> for TheoryReport {
    fn from(theory: Theory) -> Self {
        TheoryReport {
            name: theory.name.en,
            subject: subject_word(theory.subject),
            kind: kind_word(theory.kind),
            formula: theory.formula,
            source: theory.source,
            expected: theory.expected,
            measured: theory.measured,
            low: theory.interval.map(|(low, _)| low),
            high: theory.interval.map(|(_, high)| high),
            inside: theory.inside,
            unstable: theory.unstable,
            why: theory.why.en,
            why_zh: theory.why.zh,
        }
    }
}

/// Mean and percentiles, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct SpreadReport {
    /// The mean.
    pub mean: u64,
    /// The median.
    pub p50: u64,
    /// The 90th percentile.
    pub p90: u64,
    /// The 99th percentile.
    pub p99: u64,
    /// The 99.9th percentile.
    pub p999: u64,
    /// The largest value.
    pub max: u64,
}

impl From<Spread> for SpreadReport {
    fn from(spread: Spread) -> Self {
        SpreadReport {
            mean: spread.mean.0,
            p50: spread.p50.0,
            p90: spread.p90.0,
            p99: spread.p99.0,
            p999: spread.p999.0,
            max: spread.max.0,
        }
    }
}

/// A mean, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct MeanReport {
    /// The mean.
    pub mean: u64,
}

/// What one server did.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct ServerReport {
    /// Its name (`s1`).
    pub id: String,
    /// Requests sent there.
    pub picked: u64,
    /// Share of its time that it was busy, from 0 to 1.
    pub utilisation: f64,
    /// Requests there, those served included, averaged over time.
    pub queue_mean: f64,
}

const HOLDS: &str = "holds";
const VIOLATED: &str = "violated";
const UNDECIDED: &str = "undecided";

impl Report {
    /// True if every expectation is met.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(Check::holds)
    }
}

/// Runs the plan; once for each strategy it compares, on the same requests.
pub fn run(plan: &Plan) -> Report {
    let mut running = Running::new(plan);
    loop {
        running.advance(u64::MAX);
        if let Some(report) = running.report() {
            return report;
        }
    }
}

/// A plan that is carried out in slices.
pub struct Running {
    plan: Plan,
    /// What is still to be run: a strategy, and the plan under it.
    left: Vec<(Option<&'static str>, Plan)>,
    now: Option<Underway>,
    done: Vec<(Option<&'static str>, Finished)>,
}

impl Running {
    /// Begins; nothing has happened yet.
    pub fn new(plan: &Plan) -> Running {
        let strategies = plan.compare.iter().rev();
        let mut left: Vec<(Option<&'static str>, Plan)> = strategies
            .map(|(_, strategy)| (Some(*strategy), plan.with_strategy(strategy)))
            .collect();
        if left.is_empty() {
            left.push((plan.strategy(), plan.clone()));
        }
        Running { plan: plan.clone(), left, now: None, done: Vec::new() }
    }

    /// Goes on for at most `events` events; how many there were.
    pub fn advance(&mut self, events: u64) -> u64 {
        let mut spent = 0;
        while spent < events
            && let Some((strategy, plan)) = self.left.last()
        {
            let underway = self.now.get_or_insert_with(|| Underway::new(plan));
            let (count, finished) = underway.advance(plan, events - spent);
            spent += count;
            if let Some(finished) = finished {
                self.done.push((*strategy, finished));
                self.now = None;
                self.left.pop();
            }
        }
        spent
    }

    /// What came of it, once it is over.
    pub fn report(&self) -> Option<Report> {
        self.left.is_empty().then(|| report(&self.plan, &self.done))
    }
}

fn report(plan: &Plan, runs: &[(Option<&'static str>, Finished)]) -> Report {
    let own = plan.strategy();
    let shown = runs.iter().find(|(strategy, _)| *strategy == own).unwrap_or(&runs[0]);
    let shown = &shown.1;
    let mut checks: Vec<Check> = Vec::new();
    for (strategy, finished) in runs {
        let named = strategy.filter(|_| !plan.compare.is_empty());
        checks.extend(
            finished.checks.iter().cloned().map(|check| Check { strategy: named, ..check }),
        );
    }
    crate::order::sort_by_key(&mut checks, |check| check.line);
    let strategies = runs.iter().filter_map(|(strategy, finished)| {
        let summary = finished.summary.as_ref()?;
        Some(strategy_report(plan, (*strategy)?, finished, summary))
    });
    Report {
        entry: plan.entry.about.id,
        seed: plan.spec.seed,
        digest: shown.digest.clone(),
        events: shown.events,
        time_ns: shown.end.0,
        complete: shown.progress == Progress::Complete,
        strategies: strategies.collect(),
        checks,
    }
}

/// Every event of the plan's own run, as lines.
pub fn trace(plan: &Plan) -> Vec<String> {
    let (names, era) = (plan.names, plan.entry.about.era);
    let mut lines = Vec::new();
    watch(plan, |cluster| {
        let last = cluster.last();
        let told = tell::occurrence(last, names, era);
        let told = told.into_iter().enumerate().map(|(place, line)| match place {
            0 => format!("{:>6} {:>12} {line}", last.index, last.at.to_string()),
            _ => format!("{:20}{line}", ""),
        });
        lines.extend(told);
    });
    lines
}

/// One run that is over.
struct Finished {
    digest: String,
    events: u64,
    end: SimTime,
    progress: Progress,
    checks: Vec<Check>,
    summary: Option<Summary>,
}

/// Shows every event of the plan's own run, the start first.
pub(super) fn watch(plan: &Plan, mut watch: impl FnMut(&dyn Cluster)) {
    let Ok(mut cluster) = plan.build() else { return };
    watch(&*cluster);
    drive(plan, &mut *cluster, u64::MAX, watch);
}

/// How the entry's own promises stand at the end of the plan's own run.
pub(super) fn standings(plan: &Plan) -> Vec<Standing> {
    let mut underway = Underway::new(plan);
    underway.advance(plan, u64::MAX);
    underway.examiner.standings()
}

/// One run under way.
struct Underway {
    /// `None` if it could not be built.
    cluster: Option<Box<dyn Cluster>>,
    examiner: Examiner,
}

impl Underway {
    fn new(plan: &Plan) -> Underway {
        let mut examiner = examiner(plan);
        // A compiled plan builds: its `given` lines have been tried.
        let cluster = plan.build().ok();
        if let Some(cluster) = &cluster {
            examiner.watch(cluster.last());
        }
        Underway { cluster, examiner }
    }

    /// At most `events` more events: how many there were, and what came of the run if it is over.
    fn advance(&mut self, plan: &Plan, events: u64) -> (u64, Option<Finished>) {
        let Underway { cluster, examiner } = self;
        let Some(cluster) = cluster else { return (1, Some(Finished::unbuilt(plan))) };
        let before = cluster.last().index;
        let stop = drive(plan, &mut **cluster, events, |cluster| examiner.watch(cluster.last()));
        let spent = (stop.events - before).max(1);
        if stop.progress == Progress::Running {
            return (spent, None);
        }
        let end = match (stop.progress, &plan.spec.drive) {
            (Progress::Complete, Drive::Seeded) => plan.until,
            _ => stop.at,
        };
        if stop.progress == Progress::Complete {
            examiner.finish(end);
        }
        let over = Moment { at: end, event: stop.events };
        let over = (stop.progress == Progress::Complete).then_some(over);
        let rulings = examiner.rulings().into_iter();
        let checks = plan
            .expects
            .iter()
            .zip(rulings)
            .map(|(expected, ruling)| check(expected, &expected.settle(ruling, over).verdict));
        let finished = Finished {
            digest: format!("{:016x}", stop.digest),
            events: stop.events,
            end,
            progress: stop.progress,
            checks: checks.collect(),
            summary: examiner.pool().map(|pool| pool.summary(end)),
        };
        (spent, Some(finished))
    }
}

impl Finished {
    fn unbuilt(plan: &Plan) -> Finished {
        let because = Said::new("The run could not be built.", "无法构建这次运行。");
        let checks = plan.expects.iter().map(|expected| Check {
            verdict: UNDECIDED,
            because: Some(because.en.clone()),
            because_zh: Some(because.zh.clone()),
            ..check(expected, &Verdict::Holds)
        });
        Finished {
            digest: String::new(),
            events: 0,
            end: SimTime::ZERO,
            progress: Progress::Limited,
            checks: checks.collect(),
            summary: None,
        }
    }
}

/// An examiner with the questions of the plan.
pub(super) fn examiner(plan: &Plan) -> Examiner {
    let about = plan.entry.about;
    let questions = Questions {
        expectations: plan.expects.iter().map(|expected| expected.expectation).collect(),
        claims: about.claims,
        era: about.era,
        warmup: SimTime::ZERO + plan.warmup,
    };
    let examiner = Examiner::new(&questions);
    match plan.pool_shape() {
        Some(shape) => examiner.with_pool(shape),
        None => examiner,
    }
}

/// Where a run stopped.
struct Stop {
    progress: Progress,
    digest: u64,
    events: u64,
    at: SimTime,
}

impl Stop {
    fn behind(cluster: &dyn Cluster) -> Stop {
        let (digest, events, at) = (cluster.digest(), cluster.last().index, cluster.now());
        Stop { progress: Progress::Running, digest, events, at }
    }
}

/// Steps until the end of the plan, as a timeline does, or for so many events.
fn drive(
    plan: &Plan,
    cluster: &mut dyn Cluster,
    events: u64,
    mut watch: impl FnMut(&dyn Cluster),
) -> Stop {
    let pause = cluster.last().index.saturating_add(events);
    loop {
        let stop = Stop::behind(cluster);
        if stop.events >= plan.events_max {
            return Stop { progress: Progress::Limited, ..stop };
        }
        // The next instant may name nothing (a timer armed again): then the step goes past the end,
        // and that event belongs to no run.
        let over = cluster.next_at().is_none_or(|at| at > plan.until);
        if over {
            return Stop { progress: Progress::Complete, ..stop };
        }
        if stop.events >= pause {
            return stop;
        }
        if !cluster.step() || cluster.now() > plan.until {
            return Stop { progress: Progress::Complete, ..stop };
        }
        watch(cluster);
    }
}

fn check(expected: &Expected, verdict: &Verdict) -> Check {
    let (name, at) = match verdict {
        Verdict::Holds => (HOLDS, None),
        Verdict::Violated { at, event, .. } => (VIOLATED, Some((at.0, *event))),
        Verdict::Undecided { .. } => (UNDECIDED, None),
    };
    let because = verdict.because();
    Check {
        line: expected.line,
        text: expected.text.clone(),
        strategy: None,
        verdict: name,
        at_ns: at.map(|(at, _)| at),
        event: at.map(|(_, event)| event),
        because: because.map(|because| because.en.clone()),
        because_zh: because.map(|because| because.zh.clone()),
    }
}

fn strategy_report(
    plan: &Plan,
    name: &'static str,
    finished: &Finished,
    summary: &Summary,
) -> StrategyReport {
    let id = |place: usize| plan.names.node(NodeId(plan.names.balancers() + place as u32));
    let servers = summary.servers.iter().enumerate().map(|(place, server)| ServerReport {
        id: id(place),
        picked: server.picked,
        utilisation: server.utilisation,
        queue_mean: server.queue_mean,
    });
    let Span(wait) = summary.wait.mean;
    let theory = Theory::beside(&plan.with_strategy(name).theory(), Some(summary));
    StrategyReport {
        name,
        digest: finished.digest.clone(),
        events: finished.events,
        requests: summary.arrived,
        completed: summary.completed,
        failed: summary.failed,
        response: summary.response.into(),
        wait: MeanReport { mean: wait },
        theory: theory.into_iter().map(TheoryReport::from).collect(),
        servers: servers.collect(),
    }
}
