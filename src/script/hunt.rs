//! A search by its text: a scenario with a line `explore`, or the words of a specification.
//!
//! Plain data on both sides, for a page, its worker and programs.

use std::fmt::Write as _;

use crate::check::Because;
use crate::check::explore::{Company, Explorer, Finding, Options, Progress};
use crate::check::model::Specification;

use super::Problem;
use super::search::{Exploration, SearchCheck, Searched};
use super::spec::{self, Asked, Visitor};

/// A search under way.
pub trait Hunt {
    /// Goes on for about `budget` generated states.
    fn advance(&mut self, budget: u64) -> Progress;

    /// How far it has come.
    fn progress(&self) -> Progress;

    /// True if nothing is left to do.
    fn is_over(&self) -> bool;

    /// What came of it so far, after so many seconds.
    fn report(&self, seconds: f64) -> Searched;

    /// The same search as one that may have company; `None` where telling others of a step costs
    /// more than the step.
    fn company(&mut self) -> Option<&mut dyn Company> {
        None
    }
}

/// Why there is no search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The scenario is not understood.
    Problems(Vec<Problem>),
    /// It does not say what to search.
    Because(Because),
}

/// Whether a text asks for a specification: one line such as `spec=paxos acceptors=3`.
pub fn is_specification(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.starts_with("spec=") && !trimmed.contains('\n')
}

/// The search that a text asks for.
///
/// # Errors
/// If the text is not understood, or asks for none.
pub fn hunt(text: &str, options: &Options) -> Result<Box<dyn Hunt>, Refused> {
    if is_specification(text) {
        let asked = spec::read(text.split_whitespace()).map_err(Refused::Because)?;
        let words = asked.words();
        let options = Options { symmetry: asked.symmetry && options.symmetry, ..options.clone() };
        return spec::visit(&asked, Begin { asked: &asked, words, options }).ok_or_else(|| {
            Refused::Because(Because::new("a setting is out of its range", "某项设置超出范围"))
        });
    }
    let plan = super::plan(text).map_err(Refused::Problems)?;
    match Exploration::new(&plan, options) {
        Some(exploration) => Ok(Box::new(exploration)),
        None => Err(Refused::Because(Because::new(
            "no line explore, such as: explore requests=2 timers=2 crashes=1",
            "没有 explore 行，例如：explore requests=2 timers=2 crashes=1",
        ))),
    }
}

impl Hunt for Exploration {
    fn advance(&mut self, budget: u64) -> Progress {
        Exploration::advance(self, budget)
    }

    fn progress(&self) -> Progress {
        Exploration::progress(self)
    }

    fn is_over(&self) -> bool {
        Exploration::is_over(self)
    }

    fn report(&self, seconds: f64) -> Searched {
        Exploration::report(self, seconds)
    }

    fn company(&mut self) -> Option<&mut dyn Company> {
        Some(self)
    }
}

struct Begin<'a> {
    asked: &'a Asked,
    words: String,
    options: Options,
}

impl Visitor for Begin<'_> {
    type Out = Box<dyn Hunt>;

    fn visit<M>(self, model: M) -> Box<dyn Hunt>
    where
        M: Specification + Send + Sync + 'static,
        M::State: Send + Sync,
        M::Step: Send + Sync,
    {
        let (id, words) = (self.asked.spec.id, self.words);
        Box::new(Specified { id, words, explorer: Explorer::new(model, self.options) })
    }
}

/// A search of a specification.
struct Specified<M: Specification> {
    id: &'static str,
    words: String,
    explorer: Explorer<M>,
}

impl<M: Specification> Hunt for Specified<M> {
    fn advance(&mut self, budget: u64) -> Progress {
        self.explorer.advance(budget)
    }

    fn progress(&self) -> Progress {
        self.explorer.progress()
    }

    fn is_over(&self) -> bool {
        self.explorer.progress().end.is_some()
    }

    fn report(&self, seconds: f64) -> Searched {
        let progress = self.explorer.progress();
        let findings = self.explorer.verdicts();
        let names = self.explorer.model().claims().iter().map(|claim| claim.name.clone());
        let check = |(text, finding): (String, &Finding)| SearchCheck {
            line: None,
            text,
            verdict: finding.word(),
            because: finding.because().en.clone(),
            because_zh: finding.because().zh.clone(),
        };
        let checks = names.zip(&findings).map(check).collect();
        let bad = findings.iter().position(|it| matches!(it, Finding::Violated(..)));
        let told = bad.and_then(|claim| self.told(claim));
        Searched {
            entry: self.id,
            scope: self.words.clone(),
            unique: progress.unique,
            generated: progress.generated,
            depth: progress.depth,
            diameter: self.explorer.diameter(),
            frontier: progress.frontier,
            collision: self.explorer.collision(),
            alike: None,
            seconds,
            bytes: progress.peak,
            complete: progress.complete(),
            checks,
            steps: told.as_ref().map(|(_, steps)| *steps),
            counterexample: told.map(|(text, _)| text),
            defect: None,
        }
    }
}

impl<M: Specification> Specified<M> {
    /// The way to the violation of a claim, numbered.
    fn told(&self, claim: usize) -> Option<(String, u32)> {
        let path = self.explorer.path(claim)?;
        let (mut text, mut before, mut steps) = (String::new(), path.start, 0);
        for (step, after) in path.steps {
            steps += 1;
            let says = self.explorer.model().tell(&before, &step);
            let _ = writeln!(text, "{steps:>3}. {}", says.en);
            before = after;
        }
        Some((text, steps))
    }
}
