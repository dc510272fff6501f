//! What a scenario may expect of a run, and the examiner that finds out.

use crate::kernel::{Claim, Property, Ratio, SimTime, Span, Word};
use crate::sim::Occurrence;

use super::converge::Converges;
use super::history::{History, Moment};
use super::judge::{Broken, Chosen, Commits, Goal, Holds, Judge, Within};
use super::measure::{Spread, Summary};
use super::monitor::{Monitor, Tally, monitor};
use super::pool::{PoolShape, PoolWatch};
use super::verdict::{Because, Verdict};

/// A figure of the response times of a pool.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Figure {
    /// The mean.
    Mean,
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
    /// The 99th percentile.
    P99,
    /// The 99.9th percentile.
    P999,
    /// The longest.
    Max,
}

impl Figure {
    /// Every figure, in order.
    pub const ALL: [Figure; 6] =
        [Figure::Mean, Figure::P50, Figure::P90, Figure::P99, Figure::P999, Figure::Max];

    /// As written in a scenario.
    pub fn name(self) -> &'static str {
        match self {
            Figure::Mean => "mean",
            Figure::P50 => "p50",
            Figure::P90 => "p90",
            Figure::P99 => "p99",
            Figure::P999 => "p999",
            Figure::Max => "max",
        }
    }

    /// This figure of a spread.
    pub fn of(self, spread: &Spread) -> Span {
        match self {
            Figure::Mean => spread.mean,
            Figure::P50 => spread.p50,
            Figure::P90 => spread.p90,
            Figure::P99 => spread.p99,
            Figure::P999 => spread.p999,
            Figure::Max => spread.max,
        }
    }
}

/// Something a scenario expects: a closed list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Expectation {
    /// The property holds throughout the run.
    Holds(Property),
    /// The property breaks somewhere in the run.
    Broken(Property),
    /// Some node is elected within this time from the start.
    LeaderWithin(Span),
    /// Every write (or proposal) of a client is answered within this time.
    CommitWithin(Span),
    /// Some node learns of a choice, or commits, within this time from the start.
    ChosenWithin(Span),
    /// The first value chosen is this one.
    ChosenValue(Word),
    /// This figure of the response times of a pool stays below this time.
    Response(Figure, Span),
    /// The share of requests refused or given up, of those that came to an end, stays below this.
    Failures(Ratio),
    /// No server of a pool is busy for this share of the time or more.
    Utilisation(Ratio),
    /// Whenever no client has written and nothing was broken for so long, all replicas agree.
    ConvergesWithin(Span),
}

/// An expectation and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruling {
    /// What was expected.
    pub expectation: Expectation,
    /// What came of it.
    pub verdict: Verdict,
    /// Since when the verdict stands for good; `None` while it may still change.
    pub decided: Option<Moment>,
}

/// A verdict without its reason, as a tick, a triangle or a dotted circle shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It holds so far.
    Holds,
    /// It is violated.
    Violated,
    /// Nobody can tell yet.
    Undecided,
}

impl Status {
    fn of(verdict: &Verdict) -> Status {
        match verdict {
            Verdict::Holds => Status::Holds,
            Verdict::Violated { .. } => Status::Violated,
            Verdict::Undecided { .. } => Status::Undecided,
        }
    }

    /// What was known at `moment` of something that came to `verdict`, for good since `decided`,
    /// and was `before` until then.
    fn at(moment: Moment, verdict: &Verdict, decided: Option<Moment>, before: Status) -> Status {
        match decided {
            Some(it) if it.at <= moment.at && it.event <= moment.event => Status::of(verdict),
            Some(_) => before,
            None => Status::of(verdict),
        }
    }

    /// What is known of a property as long as nothing happens to it.
    fn open(property: Property) -> Status {
        match property {
            Property::Termination | Property::Convergence => Status::Undecided,
            // What must always hold has held so far.
            _ => Status::Holds,
        }
    }
}

impl Ruling {
    /// What was known at a moment of the run: what is decided later was open before.
    pub fn status_at(&self, moment: Moment) -> Status {
        let before = match self.expectation {
            Expectation::Holds(property) => Status::open(property),
            Expectation::Broken(_)
            | Expectation::LeaderWithin(_)
            | Expectation::CommitWithin(_)
            | Expectation::ChosenWithin(_)
            | Expectation::ChosenValue(_)
            | Expectation::Response(..)
            | Expectation::Failures(_)
            | Expectation::Utilisation(_)
            | Expectation::ConvergesWithin(_) => Status::Undecided,
        };
        Status::at(moment, &self.verdict, self.decided, before)
    }
}

/// How one of the entry's own properties fares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The property.
    pub property: Property,
    /// How it fares.
    pub verdict: Verdict,
    /// Since when that stands for good; `None` while it may still change.
    pub decided: Option<Moment>,
    /// How much there was to judge.
    pub tally: Option<Tally>,
}

impl Standing {
    /// What was known at a moment of the run.
    pub fn status_at(&self, moment: Moment) -> Status {
        Status::at(moment, &self.verdict, self.decided, Status::open(self.property))
    }
}

/// What an examiner is to find out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Questions {
    /// What the scenario expects, in its order.
    pub expectations: Vec<Expectation>,
    /// What the entry claims: every property named is watched, whatever is claimed of it.
    pub claims: &'static [Claim],
    /// The entry's word for an era; may be empty.
    pub era: &'static str,
    /// Requests of a pool that arrive before this instant do not count.
    pub warmup: SimTime,
}

/// How one expectation is judged.
enum Case {
    /// By a judge of its own.
    Judge(Box<dyn Judge>),
    /// By the statistics of the whole run, when it is over.
    Pool,
}

impl Case {
    fn new(expectation: Expectation, era: &'static str) -> Case {
        Case::Judge(match expectation {
            Expectation::Holds(property) => Box::new(Holds(monitor(property, era))),
            Expectation::Broken(property) => Box::new(Broken::new(monitor(property, era))),
            Expectation::LeaderWithin(span) => Box::new(Within::new(Goal::Leader, span)),
            Expectation::ChosenWithin(span) => Box::new(Within::new(Goal::Choice, span)),
            Expectation::CommitWithin(span) => Box::new(Commits::new(span)),
            Expectation::ChosenValue(value) => Box::new(Chosen::new(value)),
            Expectation::ConvergesWithin(span) => Box::new(Converges::new(span)),
            Expectation::Response(..) | Expectation::Failures(_) | Expectation::Utilisation(_) => {
                return Case::Pool;
            }
        })
    }
}

/// Watches a run and rules on everything asked.
pub struct Examiner {
    cases: Vec<(Expectation, Case)>,
    monitors: Vec<Box<dyn Monitor>>,
    claims: &'static [Claim],
    history: History,
    warmup: SimTime,
    pool: Option<PoolWatch>,
    last: Moment,
    end: Option<(Moment, Option<Summary>)>,
}

impl Examiner {
    /// An examiner at the start of a run.
    pub fn new(questions: &Questions) -> Examiner {
        let Questions { expectations, claims, era, warmup } = questions;
        let mut properties: Vec<Property> = claims.iter().map(|claim| claim.property).collect();
        crate::order::sort(&mut properties);
        properties.dedup();
        Examiner {
            cases: expectations.iter().map(|it| (*it, Case::new(*it, era))).collect(),
            monitors: properties.into_iter().map(|property| monitor(property, era)).collect(),
            claims,
            history: History::default(),
            warmup: *warmup,
            pool: None,
            last: Moment::START,
            end: None,
        }
    }

    /// The same, for a run with a pool, whose statistics it takes.
    #[must_use]
    pub fn with_pool(self, shape: PoolShape) -> Examiner {
        Examiner { pool: Some(PoolWatch::new(shape, self.warmup)), ..self }
    }

    /// Sees one event. Events come in order, event 0 (the boot of all nodes) first.
    pub fn watch(&mut self, occurrence: &Occurrence) {
        self.last = Moment::of(occurrence);
        for (_, case) in &mut self.cases {
            if let Case::Judge(judge) = case {
                judge.watch(occurrence);
            }
        }
        for monitor in &mut self.monitors {
            monitor.watch(occurrence);
        }
        self.history.watch(occurrence);
        if let Some(pool) = &mut self.pool {
            pool.watch(occurrence);
        }
    }

    /// The run is over, and ended at `at`.
    pub fn finish(&mut self, at: SimTime) {
        let summary = self.pool.as_ref().map(|pool| pool.summary(at));
        self.end = Some((Moment { at, ..self.last }, summary));
        for (_, case) in &mut self.cases {
            match case {
                Case::Judge(judge) => judge.finish(at),
                Case::Pool => {}
            }
        }
        // Whether something is decided in time is for a scenario to expect.
        let lasting = |it: &&mut Box<dyn Monitor>| it.property() != Property::Termination;
        self.monitors.iter_mut().filter(lasting).for_each(|it| it.finish(at));
    }

    /// What came of each expectation, in the order of the scenario.
    pub fn rulings(&self) -> Vec<Ruling> {
        let rule = |(expectation, case): &(Expectation, Case)| {
            let (verdict, decided) = match case {
                Case::Judge(judge) => judge.ruling(),
                Case::Pool => self.pool_ruling(*expectation),
            };
            Ruling { expectation: *expectation, verdict, decided }
        };
        self.cases.iter().map(rule).collect()
    }

    fn pool_ruling(&self, expectation: Expectation) -> (Verdict, Option<Moment>) {
        let open =
            |en: &str, zh: &str| (Verdict::Undecided { because: Because::new(en, zh) }, None);
        let Some((end, summary)) = &self.end else {
            return open("Figures are compared at the end of the run.", "运行结束时才比较统计值。");
        };
        let Some(summary) = summary else {
            return open("The run has no pool.", "这次运行没有负载均衡池。");
        };
        let Some((kept, because)) = compare(expectation, summary) else {
            return open("No request came to an end.", "没有任何请求结束。");
        };
        if kept {
            return (Verdict::Holds, Some(*end));
        }
        (Verdict::Violated { at: end.at, event: end.event, because }, Some(*end))
    }

    /// How the entry's own properties fare, in the order of [`Property::ALL`].
    pub fn standings(&self) -> Vec<Standing> {
        let monitors = self.monitors.iter().map(|monitor| Standing {
            property: monitor.property(),
            verdict: monitor.verdict(),
            decided: monitor.decided(),
            tally: monitor.tally(),
        });
        monitors.collect()
    }

    /// What the entry claims.
    pub fn claims(&self) -> &'static [Claim] {
        self.claims
    }

    /// What clients saw.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The statistics of the pool, if there is one.
    pub fn pool(&self) -> Option<&PoolWatch> {
        self.pool.as_ref()
    }
}

/// Compares a figure of a pool with the bound expected: whether it is kept, and how it is not.
/// `None` if there is nothing to compare.
fn compare(expectation: Expectation, summary: &Summary) -> Option<(bool, Because)> {
    match expectation {
        Expectation::Response(figure, bound) => {
            let found = figure.of(&summary.response);
            (summary.completed > 0).then(|| (found < bound, exceeds(figure.name(), &found, &bound)))
        }
        Expectation::Failures(bound) => {
            let ended = summary.completed + summary.failed;
            let found = Ratio::ppm((summary.failed * 1_000_000).checked_div(ended)? as u32);
            Some((found < bound, exceeds("failures", &found, &bound)))
        }
        Expectation::Utilisation(bound) => {
            let found = summary.servers.iter().map(|server| server.utilisation);
            let found = Ratio::ppm((found.fold(0.0, f64::max) * 1e6) as u32);
            Some((found < bound, exceeds("utilisation", &found, &bound)))
        }
        // Everything else has a judge of its own.
        Expectation::Holds(_)
        | Expectation::Broken(_)
        | Expectation::LeaderWithin(_)
        | Expectation::CommitWithin(_)
        | Expectation::ChosenWithin(_)
        | Expectation::ChosenValue(_)
        | Expectation::ConvergesWithin(_) => None,
    }
}

fn exceeds(name: &str, found: &dyn std::fmt::Display, bound: &dyn std::fmt::Display) -> Because {
    Because::new(
        format!("{name} was {found}, not below {bound}."),
        format!("{name} 为 {found}，没有低于 {bound}。"),
    )
}
