//! The tables made runnable: every entry with what it says of itself and how to build it.

use std::rc::Rc;

use crate::balance::tier::Tier;
use crate::balance::{STRATEGIES, StrategyAbout};
use crate::check::cluster::{self, ClusterModel, Question};
use crate::kernel::{About, Flaw, Knobs, Node, Ratio, Risk, Tag};
use crate::protocol::{self, Visit};
use crate::sim::{Cluster, ClusterSpec, SpecError, World};

type Build = fn(Rc<ClusterSpec>) -> Result<Box<dyn Cluster>, SpecError>;

/// One entry: a protocol, or the pool of the balancing lab.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What it says of itself.
    pub about: &'static About,
    build: Build,
    risks: fn(&Knobs, u32) -> Vec<Risk>,
    trusted_drift: fn(&Knobs) -> Option<Ratio>,
    flaws: fn() -> Vec<Flaw>,
    timers: fn() -> Vec<&'static str>,
}

impl Entry {
    /// The settings that give up a promise in a cluster of `nodes`; see [`Node::risks`].
    pub fn risks(&self, knobs: &Knobs, nodes: u32) -> Vec<Risk> {
        (self.risks)(knobs, nodes)
    }

    /// By how much clocks may differ in pace; see [`Node::trusted_drift`].
    pub fn trusted_drift(&self, knobs: &Knobs) -> Option<Ratio> {
        (self.trusted_drift)(knobs)
    }

    /// Its wrong variants; see [`Node::flaws`].
    pub fn flaws(&self) -> Vec<Flaw> {
        (self.flaws)()
    }

    /// The names of the timers that a scenario may fire by hand.
    pub fn timers(&self) -> Vec<&'static str> {
        (self.timers)()
    }

    /// Builds the world of `spec` and boots its nodes.
    ///
    /// # Errors
    /// If a `given` line of the recipe is not understood by the entry.
    pub fn build(&self, spec: Rc<ClusterSpec>) -> Result<Box<dyn Cluster>, SpecError> {
        (self.build)(spec)
    }
}

struct Collect(Vec<Entry>);

impl Visit for Collect {
    fn node<N: Node>(&mut self) {
        self.0.push(Entry {
            about: const { &N::ABOUT },
            build: |spec| Ok(Box::new(World::<N>::new(spec)?)),
            risks: N::risks,
            trusted_drift: N::trusted_drift,
            flaws: N::flaws,
            timers: || N::Timer::BY_HAND.iter().map(Tag::name).collect(),
        });
    }
}

/// Every entry: the protocols in the order of the gallery, then the pool.
pub fn entries() -> Vec<Entry> {
    let mut collect = Collect(Vec::new());
    protocol::visit(&mut collect);
    collect.node::<Tier>();
    collect.0
}

/// Every strategy of the pool.
pub fn strategies() -> &'static [StrategyAbout] {
    &STRATEGIES
}

/// The nodes of an entry as a model to search; `None` if there is no such protocol.
///
/// Apart from [`entries`], so that a program that searches nothing holds nothing of it.
pub fn model(id: &str, question: Question<'_>) -> Option<Result<ClusterModel, SpecError>> {
    let mut seek = Seek { id, question: Some(question), found: None };
    protocol::visit(&mut seek);
    seek.found
}

struct Seek<'a> {
    id: &'a str,
    question: Option<Question<'a>>,
    found: Option<Result<ClusterModel, SpecError>>,
}

impl Visit for Seek<'_> {
    fn node<N: Node>(&mut self) {
        if N::ABOUT.id == self.id
            && let Some(question) = self.question.take()
        {
            self.found = Some(cluster::model::<N>(question));
        }
    }
}

/// The entry of that id.
pub fn find(id: &str) -> Option<Entry> {
    entries().into_iter().find(|entry| entry.about.id == id)
}
