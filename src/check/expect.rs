//! What a scenario may expect of a run, and the examiner that finds out.

use crate::kernel::{Claim, Property, Ratio, SimTime, Span, Word};
use crate::sim::Occurrence;

use super::history::{History, Moment};
use super::judge::{Broken, Chosen, Commits, Goal, Holds, Judge, Within};
use super::monitor::{Monitor, Tally, monitor};
use super::responses::Responses;
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
    /// The share of requests refused or given up stays below this.
    Failures(Ratio),
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

    /// What was known at `moment` of something that came to `verdict`, for good since `decided`, and
    /// was `before` until then.
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
            Property::Termination => Status::Undecided,
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
            | Expectation::Failures(_) => Status::Undecided,
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
    /// Requests invoked before this instant do not count in response times and failures.
    pub warmup: SimTime,
}

/// How one expectation is judged.
enum Case {
    /// By a judge of its own.
    Judge(Box<dyn Judge>),
    /// By the response times of the whole run, when it is over.
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
            Expectation::Response(..) | Expectation::Failures(_) => return Case::Pool,
        })
    }
}

/// Watches a run and rules on everything asked.
pub struct Examiner {
    cases: Vec<(Expectation, Case)>,
    monitors: Vec<Box<dyn Monitor>>,
    history: History,
    /// Kept if an expectation asks for it.
    responses: Option<Responses>,
    last: Moment,
    end: Option<Moment>,
}

impl Examiner {
    /// An examiner at the start of a run.
    pub fn new(questions: &Questions) -> Examiner {
        let Questions { expectations, claims, era, warmup } = questions;
        let mut properties: Vec<Property> = claims.iter().map(|claim| claim.property).collect();
        properties.sort_unstable();
        properties.dedup();
        let cases: Vec<_> = expectations.iter().map(|it| (*it, Case::new(*it, era))).collect();
        let pool = cases.iter().any(|(_, case)| matches!(case, Case::Pool));
        Examiner {
            cases,
            monitors: properties.into_iter().map(|property| monitor(property, era)).collect(),
            history: History::default(),
            responses: pool.then(|| Responses::new(*warmup)),
            last: Moment::START,
            end: None,
        }
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
        if occurrence.ops.is_empty() {
            return;
        }
        self.history.watch(occurrence);
        if let Some(responses) = &mut self.responses {
            responses.watch(occurrence);
        }
    }

    /// The run is over, and ended at `at`.
    pub fn finish(&mut self, at: SimTime) {
        self.end = Some(Moment { at, ..self.last });
        for (_, case) in &mut self.cases {
            if let Case::Judge(judge) = case {
                judge.finish(at);
            }
        }
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
        let (Some(end), Some(responses)) = (self.end, &self.responses) else {
            return open("Figures are compared at the end of the run.", "运行结束时才比较统计值。");
        };
        let (kept, name, found, bound) = match expectation {
            Expectation::Response(figure, below) => {
                let Some(found) = responses.figure(figure) else {
                    return open("No request was answered.", "没有任何请求得到答复。");
                };
                (found < below, figure.name(), found.to_string(), below.to_string())
            }
            Expectation::Failures(below) => {
                let Some(found) = responses.failures() else {
                    return open("No request came to an end.", "没有任何请求结束。");
                };
                (found < below, "failures", found.to_string(), below.to_string())
            }
            // Everything else has a judge of its own.
            Expectation::Holds(_)
            | Expectation::Broken(_)
            | Expectation::LeaderWithin(_)
            | Expectation::CommitWithin(_)
            | Expectation::ChosenWithin(_)
            | Expectation::ChosenValue(_) => return (Verdict::Holds, None),
        };
        if kept {
            return (Verdict::Holds, self.end);
        }
        let because = Because::new(
            format!("{name} was {found}, not below {bound}."),
            format!("{name} 为 {found}，没有低于 {bound}。"),
        );
        (Verdict::Violated { at: end.at, event: end.event, because }, self.end)
    }

    /// How the entry's own properties fare, in the order of [`Property::ALL`].
    pub fn standings(&self) -> Vec<Standing> {
        let stand = |monitor: &Box<dyn Monitor>| Standing {
            property: monitor.property(),
            verdict: monitor.verdict(),
            decided: monitor.decided(),
            tally: monitor.tally(),
        };
        self.monitors.iter().map(stand).collect()
    }

    /// What clients saw.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Response times and failures, if an expectation asks for them.
    pub fn responses(&self) -> Option<&Responses> {
        self.responses.as_ref()
    }
}
