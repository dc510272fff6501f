//! Properties of eras and their leaders.

use std::collections::BTreeMap;
use std::hash::Hash;

use crate::kernel::{Fact, NodeId, Property};
use crate::sim::{Happening, Input, Occurrence};

use super::essence::{Judged, Words};
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

/// What the world knows of a node's standing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Seat {
    era: u64,
    /// The era it leads.
    leads: Option<u64>,
}

/// Who leads which era, read from facts. Shared by the monitors that need it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seats(Vec<Seat>);

impl Seats {
    fn seat(&mut self, node: NodeId) -> &mut Seat {
        if self.0.len() <= node.index() {
            self.0.resize(node.index() + 1, Seat::default());
        }
        &mut self.0[node.index()]
    }

    /// What was done from outside: a crashed node leads no longer.
    pub(super) fn strike(&mut self, what: &Happening) {
        if let Happening::Input { input: Input::Crash(_), struck, .. } = what {
            for node in struck {
                self.seat(*node).leads = None;
            }
        }
    }

    /// One fact of `node`.
    pub(super) fn learn(&mut self, node: NodeId, fact: Fact) {
        match fact {
            Fact::Entered { era } => self.seat(node).era = era,
            Fact::Elected { era } => *self.seat(node) = Seat { era, leads: Some(era) },
            Fact::SteppedDown { .. } => self.seat(node).leads = None,
            _ => {} // Other facts leave leadership alone.
        }
    }

    /// A node that still leads after it entered a later era leads that one, whether it was elected
    /// or not. Asked at the end of an event, when it has had the chance to step down.
    pub(super) fn settle(&mut self, node: NodeId) -> Option<u64> {
        let seat = self.seat(node);
        if seat.leads.is_some_and(|era| era < seat.era) {
            seat.leads = Some(seat.era);
            return seat.leads;
        }
        None
    }

    /// The era `node` is in, as far as it said.
    pub(super) fn era(&self, node: NodeId) -> u64 {
        self.0.get(node.index()).map_or(0, |seat| seat.era)
    }

    /// The era `node` leads, if it leads.
    pub(super) fn leads(&self, node: NodeId) -> Option<u64> {
        self.0.get(node.index()).and_then(|seat| seat.leads)
    }

    /// What later answers rest on.
    pub(super) fn essence(&self, out: &mut Words) {
        let known = self.0.iter().enumerate().filter(|(_, seat)| **seat != Seat::default());
        known.for_each(|(node, seat)| (node, seat).hash(out));
        usize::MAX.hash(out);
    }

    /// Everybody who leads, with the era led.
    pub(super) fn leaders(&self) -> impl Iterator<Item = (NodeId, u64)> + '_ {
        let seats = self.0.iter().enumerate();
        seats.filter_map(|(index, seat)| Some((NodeId::at(index), seat.leads?)))
    }
}

/// At most one leader per era: at no moment two, and none elected into an era another has led.
///
/// Judged over states as well as elections: a leader that enters a later era and does not step down
/// leads that era without ever having been elected in it.
#[derive(Clone, Debug)]
pub(super) struct ElectionSafety {
    word: &'static str,
    seats: Seats,
    /// Who has led each era.
    led: BTreeMap<u64, NodeId>,
    breach: Breach,
}

impl ElectionSafety {
    pub(super) fn new(word: &'static str) -> ElectionSafety {
        let (seats, led) = (Seats::default(), BTreeMap::new());
        ElectionSafety { word, seats, led, breach: Breach::default() }
    }

    fn crown(&mut self, occurrence: &Occurrence, node: NodeId, era: u64) {
        let other = *self.led.entry(era).or_insert(node);
        if other == node {
            return;
        }
        let word = self.word;
        let both = self.seats.leads(other) == Some(era);
        self.breach.note(occurrence, || {
            if both {
                Because::new(
                    format!("{other} and {node} both lead {word} {era}."),
                    format!("{other} 和 {node} 同时领导 {word} {era}。"),
                )
            } else {
                Because::new(
                    format!("{node} leads {word} {era}, which {other} had led before."),
                    format!("{node} 领导 {word} {era}，而 {other} 已经领导过它。"),
                )
            }
        });
    }
}

impl Monitor for ElectionSafety {
    fn property(&self) -> Property {
        Property::ElectionSafety
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.seats.strike(&occurrence.what);
        for &(node, fact) in &occurrence.facts {
            self.seats.learn(node, fact);
            if let Fact::Elected { era } = fact {
                self.crown(occurrence, node, era);
            }
        }
        for &(node, _) in &occurrence.facts {
            if let Some(era) = self.seats.settle(node) {
                self.crown(occurrence, node, era);
            }
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Eras(self.led.len() as u64, self.word))
    }
}

/// No node's era ever goes back, also across restarts: a node that forgets an era may vote in it
/// again.
#[derive(Clone, Debug)]
pub(super) struct MonotonicEras {
    word: &'static str,
    highest: BTreeMap<NodeId, u64>,
    breach: Breach,
}

impl MonotonicEras {
    pub(super) fn new(word: &'static str) -> MonotonicEras {
        MonotonicEras { word, highest: BTreeMap::new(), breach: Breach::default() }
    }
}

impl Monitor for MonotonicEras {
    fn property(&self) -> Property {
        Property::MonotonicEras
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        let restarted =
            matches!(occurrence.what, Happening::Input { input: Input::Restart(_), .. });
        for &(node, fact) in &occurrence.facts {
            let Fact::Entered { era } = fact else { continue };
            let highest = self.highest.entry(node).or_insert(era);
            if era >= *highest {
                *highest = era;
                continue;
            }
            let (word, highest) = (self.word, *highest);
            self.breach.note(occurrence, || {
                if restarted {
                    Because::new(
                        format!(
                            "{node} restarted in {word} {era}: it has forgotten that it had \
                             reached {word} {highest}."
                        ),
                        format!(
                            "{node} 重启后回到 {word} {era}，忘了自己曾到过 {word} {highest}。"
                        ),
                    )
                } else {
                    Because::new(
                        format!("{node} went back from {word} {highest} to {word} {era}."),
                        format!("{node} 从 {word} {highest} 退回到 {word} {era}。"),
                    )
                }
            });
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

impl Judged for ElectionSafety {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.seats.essence(out);
        self.led.hash(out);
    }
}

impl Judged for MonotonicEras {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.highest.hash(out);
    }
}
