//! A scenario made runnable.

use std::rc::Rc;

use crate::catalog::Entry;
use crate::kernel::{KnobValue, SimTime, Span};
use crate::sim::{Cluster, ClusterSpec, SpecError};

use super::command::expect::Wish;
use super::grammar::Titles;
use super::names::Names;

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
    /// What is expected, in the order of the text.
    pub expects: Vec<Expected>,
    /// Strategies to compare on the same requests, with the line each stands on; empty if none.
    pub compare: Vec<(u32, &'static str)>,
    /// For each of the recipe's inputs its line, from 1.
    pub input_lines: Vec<u32>,
    /// The line `cluster` or `balance`, from 1.
    pub head_line: u32,
    /// Title and sentence.
    pub titles: Titles,
    /// How the participants are called.
    pub names: Names,
    /// Work that arrives over work that the servers can do, in parts per million; pools with an open
    /// stream only.
    pub load_ppm: Option<u64>,
}

/// One line `expect`.
#[derive(Clone, PartialEq, Debug)]
pub struct Expected {
    /// Its line, from 1.
    pub line: u32,
    /// What is expected.
    pub wish: Wish,
    /// As printed, without the word `expect`.
    pub text: String,
}

impl Plan {
    /// True if this is a pool with balancers.
    pub fn is_pool(&self) -> bool {
        self.names.is_pool()
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
        plan
    }

    /// The strategy of this plan; `None` for a cluster.
    pub fn strategy(&self) -> Option<&'static str> {
        match self.spec.knobs.get("strategy") {
            Some(KnobValue::Choice(word)) if self.is_pool() => Some(word),
            _ => None,
        }
    }
}
