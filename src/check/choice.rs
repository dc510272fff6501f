//! Properties of choices: agreement, validity, integrity and termination.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use crate::kernel::{Fact, NodeId, Property, SimTime, Word};
use crate::sim::{Happening, Input, Occurrence, OpNote};

use super::essence::{Judged, Words};
use super::history::Moment;
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

/// No two nodes learn different chosen values for one slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Agreement {
    /// Per slot the value learned first, and by whom.
    chosen: BTreeMap<u64, (Word, NodeId)>,
    breach: Breach,
}

impl Monitor for Agreement {
    fn property(&self) -> Property {
        Property::Agreement
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        for &(node, fact) in &occurrence.facts {
            let Fact::Chosen { slot, value } = fact else { continue };
            let (first, by) = *self.chosen.entry(slot).or_insert((value, node));
            if first == value {
                continue;
            }
            self.breach.note(occurrence, || {
                Because::new(
                    format!(
                        "{by} learned that {first} is chosen for slot {slot}; {node} learned \
                         that {value} is."
                    ),
                    format!("{by} 得知槽位 {slot} 选定了 {first}，{node} 得知选定的却是 {value}。"),
                )
            });
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Slots(self.chosen.len() as u64))
    }
}

/// Only a proposed value is chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Validity {
    proposed: BTreeSet<(u64, Word)>,
    breach: Breach,
}

impl Monitor for Validity {
    fn property(&self) -> Property {
        Property::Validity
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        for &(node, fact) in &occurrence.facts {
            match fact {
                Fact::Proposed { slot, value } => {
                    self.proposed.insert((slot, value));
                }
                Fact::Chosen { slot, value } if !self.proposed.contains(&(slot, value)) => {
                    self.breach.note(occurrence, || {
                        Because::new(
                            format!(
                                "{node} learned that {value} is chosen for slot {slot}, which \
                                 nobody had proposed."
                            ),
                            format!("{node} 得知槽位 {slot} 选定了 {value}，但没有谁提议过它。"),
                        )
                    });
                }
                _ => {} // Other facts say nothing about where a value comes from.
            }
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

/// A node learns a chosen value for a slot once. It may learn it again after a restart, since what
/// it learned may have been in memory only; but not a different one.
#[derive(Clone, Debug, Default)]
pub(super) struct Integrity {
    /// Per node and slot the value learned, and in which of its lives.
    learned: BTreeMap<(NodeId, u64), (Word, u32)>,
    /// How often each node was restarted.
    lives: BTreeMap<NodeId, u32>,
    breach: Breach,
}

impl Monitor for Integrity {
    fn property(&self) -> Property {
        Property::Integrity
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        if let Happening::Input { input: Input::Restart(_), struck, .. } = &occurrence.what {
            for node in struck {
                *self.lives.entry(*node).or_default() += 1;
            }
        }
        for &(node, fact) in &occurrence.facts {
            let Fact::Chosen { slot, value } = fact else { continue };
            let life = self.lives.get(&node).copied().unwrap_or_default();
            let Some((before, then)) = self.learned.insert((node, slot), (value, life)) else {
                continue;
            };
            if before != value {
                self.breach.note(occurrence, || {
                    Because::new(
                        format!(
                            "{node} learned that {value} is chosen for slot {slot}, after it had \
                             learned that {before} is."
                        ),
                        format!("{node} 先得知槽位 {slot} 选定了 {before}，后来又得知是 {value}。"),
                    )
                });
            } else if then == life {
                self.breach.note(occurrence, || {
                    Because::new(
                        format!("{node} learned twice that {value} is chosen for slot {slot}."),
                        format!("{node} 两次得知槽位 {slot} 选定了 {value}。"),
                    )
                });
            }
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

/// Something is chosen, or committed, before the run ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Termination {
    reached: Option<Moment>,
    asked: bool,
    last: u64,
    breach: Breach,
}

impl Monitor for Termination {
    fn property(&self) -> Property {
        Property::Termination
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.last = occurrence.index;
        self.asked |= occurrence.ops.iter().any(|op| matches!(op, OpNote::Invoked(..)));
        if self.reached.is_none() && occurrence.facts.iter().any(|(_, fact)| is_choice(fact)) {
            self.reached = Some(Moment::of(occurrence));
        }
    }

    fn finish(&mut self, at: SimTime) {
        if self.reached.is_some() || !self.asked {
            return;
        }
        self.breach.note_at(at, self.last, || {
            Because::new(
                format!("By {at}, the end of the run, nothing had been chosen."),
                format!("到运行结束（{at}）时，仍没有选定任何值。"),
            )
        });
    }

    fn verdict(&self) -> Verdict {
        if self.reached.is_some() {
            return Verdict::Holds;
        }
        let because = if self.asked {
            Because::new("Nothing has been chosen yet.", "还没有选定任何值。")
        } else {
            Because::new("Nobody has asked for anything.", "还没有客户端提出请求。")
        };
        self.breach.verdict_or(Verdict::Undecided { because })
    }

    fn decided(&self) -> Option<Moment> {
        self.reached.or_else(|| self.breach.moment())
    }
}

/// True if the fact says that something is decided for good.
pub(super) fn is_choice(fact: &Fact) -> bool {
    match fact {
        Fact::Chosen { .. } | Fact::Applied { .. } => true,
        Fact::Committed { slot } => *slot > 0,
        Fact::Entered { .. }
        | Fact::Voted { .. }
        | Fact::Elected { .. }
        | Fact::SteppedDown { .. }
        | Fact::Proposed { .. }
        | Fact::Appended { .. }
        | Fact::Truncated { .. }
        | Fact::Installed { .. }
        | Fact::Prepared { .. }
        | Fact::Resolved { .. }
        | Fact::Replica { .. }
        | Fact::Load { .. }
        | Fact::Served { .. }
        | Fact::Picked { .. }
        | Fact::Allowed { .. } => false,
    }
}

impl Judged for Agreement {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.chosen.len().hash(out);
        self.chosen.iter().for_each(|(slot, (value, _))| (slot, value).hash(out));
    }
}

impl Judged for Validity {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.proposed.hash(out);
    }
}

impl Judged for Integrity {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.learned.len().hash(out);
        for ((node, slot), (value, life)) in &self.learned {
            // A life that is over is one of many.
            let now = self.lives.get(node).copied().unwrap_or_default();
            (node, slot, value, *life == now).hash(out);
        }
    }
}

impl Judged for Termination {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        (self.reached.is_some(), self.asked).hash(out);
    }
}
