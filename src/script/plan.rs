//! A scenario made runnable.

use std::rc::Rc;

use crate::catalog::Entry;
use crate::check::theory::{Prediction, Silence, predict};
use crate::check::{Because, Expectation, Moment, PoolShape, Ruling, Verdict};
use crate::kernel::{KnobValue, SimTime, Span};
use crate::sim::{Cluster, ClusterSpec, SpecError};

use super::caution::Caution;
use super::grammar::Titles;
use super::names::Names;
use super::scope::Exploring;

/// A scenario made runnable.
#[derive(Clone)]
pub struct Plan {
    /// The protocol, or the pool.
    pub entry: Entry,
    /// The recipe.
    pub spec: Rc<ClusterSpec>,
    /// The end of the run.
    pub until: SimTime,
    /// The most events of the run.
    pub events_max: u64,
    /// What happens before is not measured.
    pub warmup: Span,
    /// What is expected of a run under the plan's own strategy, in the order of the text.
    pub expects: Vec<Expected>,
    /// What is expected under any strategy.
    pub(super) expects_of_all: Vec<Expected>,
    /// Strategies to compare on the same requests, with the line each stands on; empty if none.
    pub compare: Vec<(u32, &'static str)>,
    /// For each of the recipe's inputs its line, from 1.
    pub input_lines: Vec<u32>,
    /// The line `cluster` or `balance`, from 1.
    pub head_line: u32,
    /// The search that the text asks for.
    pub exploring: Option<Exploring>,
    /// Title and sentence.
    pub titles: Titles,
    /// How the participants are called.
    pub names: Names,
    /// Work that arrives over work that the servers can do, in parts per million; pools with an
    /// open stream only.
    pub load_ppm: Option<u64>,
    /// What is allowed in it and unsafe, in the order of the text.
    pub cautions: Rc<[Caution]>,
    /// The text says how long the run is.
    pub(super) run_written: bool,
}

/// One line `expect`.
#[derive(Clone, PartialEq, Debug)]
pub struct Expected {
    /// Its line, from 1.
    pub line: u32,
    /// What is expected.
    pub expectation: Expectation,
    /// The line holds when the expectation is violated. False for properties, which have an
    /// expectation of their own for that; see [`Expected::settle`].
    pub broken: bool,
    /// The line is about this strategy only.
    pub strategy: Option<&'static str>,
    /// As printed, without the word `expect`.
    pub text: String,
}

impl Plan {
    /// True if this is a pool with balancers.
    pub fn is_pool(&self) -> bool {
        self.names.is_pool()
    }

    /// What the examiner has to know of a pool; `None` for a cluster.
    pub fn pool_shape(&self) -> Option<PoolShape> {
        if !self.is_pool() {
            return None;
        }
        let shared = self.spec.knobs.choice("queue") == "ps";
        let slots = if shared { 1 } else { self.spec.knobs.count("concurrency") as u32 };
        Some(PoolShape { doors: self.spec.doors, servers: self.names.servers(), slots })
    }

    /// What queueing theory expects of a pool under the plan's own strategy; see
    /// [`Theory::beside`](crate::check::theory::Theory::beside) for what came of it.
    ///
    /// # Errors
    /// Why nothing is expected: the assumption that fails.
    pub fn theory(&self) -> Result<Vec<Prediction>, Silence> {
        predict(self.entry.about, &self.spec)
    }

    /// Builds the world.
    ///
    /// # Errors
    /// Never for a plan that was compiled: `given` lines have been tried then.
    pub fn build(&self) -> Result<Box<dyn Cluster>, SpecError> {
        self.entry.build(Rc::clone(&self.spec))
    }

    /// The same plan with another seed.
    #[must_use]
    pub fn with_seed(&self, seed: u64) -> Plan {
        let mut plan = self.clone();
        Rc::make_mut(&mut plan.spec).seed = seed;
        plan
    }

    /// The same plan under another strategy, on the same requests; pools only.
    #[must_use]
    pub fn with_strategy(&self, strategy: &'static str) -> Plan {
        let mut plan = self.clone();
        let knobs = &mut Rc::make_mut(&mut plan.spec).knobs;
        knobs.set("strategy", KnobValue::Choice(strategy));
        plan.choose_expects();
        plan
    }

    /// Keeps what is expected under the plan's own strategy.
    pub(super) fn choose_expects(&mut self) {
        let own = self.strategy();
        let applies = |expected: &&Expected| expected.strategy.is_none_or(|it| Some(it) == own);
        self.expects = self.expects_of_all.iter().filter(applies).cloned().collect();
    }

    /// The strategy of this plan; `None` for a cluster.
    pub fn strategy(&self) -> Option<&'static str> {
        match self.spec.knobs.get("strategy") {
            Some(KnobValue::Choice(word)) if self.is_pool() => Some(word),
            _ => None,
        }
    }
}

impl Expected {
    /// What the ruling means for this line: turned around if the line expects a violation. `over`
    /// is the end of the run, once it is over.
    pub fn settle(&self, ruling: Ruling, over: Option<Moment>) -> Ruling {
        if !self.broken {
            return ruling;
        }
        let (verdict, decided) = match (ruling.verdict, over) {
            (Verdict::Violated { .. }, _) => (Verdict::Holds, ruling.decided),
            (Verdict::Holds, Some(Moment { at, event })) => {
                (Verdict::Violated { at, event, because: unbroken() }, over)
            }
            (Verdict::Holds, None) => (Verdict::Undecided { because: unbroken() }, None),
            (open @ Verdict::Undecided { .. }, _) => (open, ruling.decided),
        };
        Ruling { verdict, decided, ..ruling }
    }
}

fn unbroken() -> Because {
    Because::new("This was expected to break, and it holds.", "预期它会被打破，但它一直成立。")
}
