//! Monitors: one judge per property, fed with every event of a run.
//!
//! A monitor reads what nodes state ([`Fact`](crate::kernel::Fact)) and what was done to them
//! ([`Happening`](crate::sim::Happening)); it never looks into a protocol. Each costs a constant
//! time per fact, taken over a run, so that millions of events can be judged.

use crate::kernel::{Property, SimTime};
use crate::sim::Occurrence;

use super::essence::{Made, made};
use super::history::Moment;
use super::verdict::{Because, Verdict};

/// A small number shown beside a property: how much there was to judge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tally {
    /// So many eras, called by this word, have had a leader.
    Eras(u64, &'static str),
    /// So many slots are decided.
    Slots(u64),
    /// So many commands have been applied.
    Commands(u64),
    /// So many votes were given.
    Votes(u64),
    /// So many transactions have ended.
    Transactions(u64),
    /// So many answers of clients were judged.
    Answers(u64),
}

impl Tally {
    /// The number with its unit.
    pub fn says(self) -> Because {
        let many = |count: u64, noun: &str| {
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {noun}{plural}")
        };
        match self {
            Tally::Eras(count, word) => {
                Because::new(many(count, word), format!("{count} 个 {word}"))
            }
            Tally::Slots(count) => Because::new(many(count, "slot"), format!("{count} 个槽位")),
            Tally::Commands(count) => {
                Because::new(many(count, "command"), format!("{count} 条命令"))
            }
            Tally::Votes(count) => Because::new(many(count, "vote"), format!("{count} 票")),
            Tally::Transactions(count) => {
                Because::new(many(count, "transaction"), format!("{count} 个事务"))
            }
            Tally::Answers(count) => Because::new(many(count, "answer"), format!("{count} 个答复")),
        }
    }
}

/// A judge of one property.
pub trait Monitor {
    /// What it judges.
    fn property(&self) -> Property;

    /// Sees one event. Events come in order, event 0 first.
    fn watch(&mut self, occurrence: &Occurrence);

    /// The run is over: nothing happens up to `at` any more.
    fn finish(&mut self, _at: SimTime) {}

    /// What it has come to so far. A safety property holds until it is violated, and then stays so.
    fn verdict(&self) -> Verdict;

    /// Since when the verdict stands for good; `None` while it may still change.
    fn decided(&self) -> Option<Moment> {
        match self.verdict() {
            Verdict::Violated { at, event, .. } => Some(Moment { at, event }),
            Verdict::Holds | Verdict::Undecided { .. } => None,
        }
    }

    /// A number that shows how much there was to judge.
    fn tally(&self) -> Option<Tally> {
        None
    }
}

/// The monitor of a property. `era` is the protocol's word for an era, for the reasons it gives.
pub fn monitor(property: Property, era: &'static str) -> Box<dyn Monitor> {
    match made(property, era) {
        Made::SoFar(judged) => judged,
        Made::Whole(monitor) => monitor,
    }
}
