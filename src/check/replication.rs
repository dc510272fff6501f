//! Properties of replicated logs and of the machines that apply them.

use std::collections::BTreeMap;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::kernel::{Fact, NodeId, Property, Word};
use crate::sim::Occurrence;

use super::essence::{Judged, Words};
use super::leadership::Seats;
use super::logs::{Change, Link, Logs};
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

/// How many logs hold one version of what leads up to a slot and era.
#[derive(Clone, Debug, Default)]
struct Holders {
    digest: u64,
    count: u32,
    /// Other versions; anything here is a violation, so there is hardly ever anything.
    others: Vec<(u64, u32)>,
}

impl Holders {
    fn add(&mut self, digest: u64) {
        if self.count == 0 || self.digest == digest {
            self.digest = digest;
            self.count += 1;
        } else if let Some((_, count)) = self.others.iter_mut().find(|other| other.0 == digest) {
            *count += 1;
        } else {
            self.others.push((digest, 1));
        }
    }

    fn remove(&mut self, digest: u64) {
        if self.count > 0 && self.digest == digest {
            self.count -= 1;
        } else if let Some(other) = self.others.iter_mut().find(|other| other.0 == digest) {
            other.1 -= 1;
        }
        self.others.retain(|(_, count)| *count > 0);
        if self.count == 0
            && let Some((digest, count)) = self.others.pop()
        {
            (self.digest, self.count) = (digest, count);
        }
    }
}

/// Logs that agree on slot and era agree on everything up to there. A state of all logs is judged,
/// the disks of crashed nodes included.
#[derive(Clone, Debug)]
pub(super) struct LogMatching {
    word: &'static str,
    logs: Logs,
    holders: FxHashMap<(u64, u64), Holders>,
    breach: Breach,
}

impl LogMatching {
    pub(super) fn new(word: &'static str) -> LogMatching {
        let (logs, holders) = (Logs::default(), FxHashMap::default());
        LogMatching { word, logs, holders, breach: Breach::default() }
    }

    /// Puts the difference between the log of `node` and the one it conflicts with into words.
    fn because(&self, node: NodeId, slot: u64, link: Link) -> Because {
        let word = self.word;
        let era = link.era;
        let differs = |other: &NodeId| {
            self.logs.get(*other, slot).is_some_and(|it| it.era == era && it != link)
        };
        let Some(other) = self.logs.nodes().find(differs) else {
            return Because::new(
                format!("The log of {node} does not match at slot {slot} of {word} {era}."),
                format!("{node} 的日志在槽位 {slot}（{word} {era}）处不一致。"),
            );
        };
        let same = |at: &u64| self.logs.get(node, *at) == self.logs.get(other, *at);
        let first = (1..slot).find(|at| !same(at)).unwrap_or(slot);
        Because::new(
            format!(
                "The logs of {other} and {node} both have an entry of {word} {era} at slot \
                 {slot}, but differ at slot {first}."
            ),
            format!(
                "{other} 和 {node} 的日志在槽位 {slot} 都有 {word} {era} 的条目，但槽位 {first} \
                 的内容不同。"
            ),
        )
    }
}

impl Monitor for LogMatching {
    fn property(&self) -> Property {
        Property::LogMatching
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        let holders = &mut self.holders;
        let mut suspect = None;
        let mut seen = |node, change| match change {
            Change::Added(slot, link) => {
                let holders = holders.entry((slot, link.era)).or_default();
                holders.add(link.digest);
                if !holders.others.is_empty() {
                    suspect.get_or_insert((node, slot, link));
                }
            }
            Change::Removed(slot, link) => {
                if let Some(place) = holders.get_mut(&(slot, link.era)) {
                    place.remove(link.digest);
                    if place.count == 0 {
                        holders.remove(&(slot, link.era));
                    }
                }
            }
        };
        self.logs.strike(&occurrence.what, &mut seen);
        for &(node, fact) in &occurrence.facts {
            self.logs.learn(node, fact, &mut seen);
        }
        // A log under repair may pass through anything; only the state after the event counts.
        if let Some((node, slot, link)) = suspect
            && !self.breach.found()
            && self.holders.get(&(slot, link.era)).is_some_and(|it| !it.others.is_empty())
        {
            let because = self.because(node, slot, link);
            self.breach.note(occurrence, || because);
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

/// A committed entry is in the log of every leader of a later era.
///
/// An entry counts as committed in the era of the node that first said so. Leaders are asked when
/// they are elected, and those of later eras once more when something is committed behind their
/// back.
#[derive(Clone, Debug)]
pub(super) struct LeaderCompleteness {
    word: &'static str,
    seats: Seats,
    logs: Logs,
    /// Per era the furthest commitment, if it goes further than that of every era before.
    committed: BTreeMap<u64, (u64, Link)>,
    breach: Breach,
}

impl LeaderCompleteness {
    pub(super) fn new(word: &'static str) -> LeaderCompleteness {
        LeaderCompleteness {
            word,
            seats: Seats::default(),
            logs: Logs::default(),
            committed: BTreeMap::new(),
            breach: Breach::default(),
        }
    }

    fn commit(&mut self, occurrence: &Occurrence, node: NodeId, slot: u64) {
        // What a node commits without having stated it cannot be compared.
        let Some(link) = self.logs.get(node, slot) else { return };
        let era = self.seats.era(node);
        let known = self.committed.range(..=era).next_back();
        if known.is_some_and(|(_, (furthest, _))| *furthest >= slot) {
            return;
        }
        self.committed.insert(era, (slot, link));
        let beaten = |it: (&u64, &(u64, Link))| (it.1.0 <= slot).then_some(*it.0);
        while let Some(later) = self.committed.range(era + 1..).next().and_then(beaten) {
            self.committed.remove(&later);
        }
        for (leader, led) in self.seats.leaders() {
            if led > era && self.lacks(leader, slot, link) {
                let word = self.word;
                self.breach.note(occurrence, || {
                    Because::new(
                        format!(
                            "{node} committed slot {slot} in {word} {era}; {leader}, already \
                             leader of {word} {led}, does not have that entry."
                        ),
                        format!(
                            "{node} 在 {word} {era} 提交了槽位 {slot}，而 {word} {led} 的领导者 \
                             {leader} 没有这一条目。"
                        ),
                    )
                });
            }
        }
    }

    fn lacks(&self, node: NodeId, slot: u64, link: Link) -> bool {
        // Two logs whose beginnings were never stated cannot be compared.
        self.logs.base(node) < slot && self.logs.get(node, slot) != Some(link)
    }

    fn elect(&mut self, occurrence: &Occurrence, node: NodeId, era: u64) {
        let Some((&of, &(slot, link))) = self.committed.range(..era).next_back() else { return };
        if !self.lacks(node, slot, link) {
            return;
        }
        let (word, last) = (self.word, self.logs.last(node));
        self.breach.note(occurrence, || {
            if last < slot {
                Because::new(
                    format!(
                        "{node} became leader of {word} {era} with a log that ends at slot {last}, \
                         but slot {slot} had been committed in {word} {of}."
                    ),
                    format!(
                        "{node} 成为 {word} {era} 的领导者，日志只到槽位 {last}，而槽位 {slot} \
                         早在 {word} {of} 就已提交。"
                    ),
                )
            } else {
                Because::new(
                    format!(
                        "{node} became leader of {word} {era} with another entry at or before slot \
                         {slot} than the one committed in {word} {of}."
                    ),
                    format!(
                        "{node} 成为 {word} {era} 的领导者，但其日志到槽位 {slot} 为止的内容与 \
                         {word} {of} 已提交的不同。"
                    ),
                )
            }
        });
    }
}

impl Monitor for LeaderCompleteness {
    fn property(&self) -> Property {
        Property::LeaderCompleteness
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.seats.strike(&occurrence.what);
        self.logs.strike(&occurrence.what, |_, _| {});
        for &(node, fact) in &occurrence.facts {
            self.seats.learn(node, fact);
            self.logs.learn(node, fact, |_, _| {});
            match fact {
                Fact::Elected { era } => self.elect(occurrence, node, era),
                Fact::Committed { slot } => self.commit(occurrence, node, slot),
                _ => {} // Other facts neither commit nor elect.
            }
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        let furthest = self.committed.last_key_value();
        Some(Tally::Slots(furthest.map_or(0, |(_, (slot, _))| *slot)))
    }
}

/// No two nodes apply different commands at one position.
#[derive(Clone, Debug, Default)]
pub(super) struct StateMachineSafety {
    applied: BTreeMap<u64, (Word, NodeId)>,
    breach: Breach,
}

impl Monitor for StateMachineSafety {
    fn property(&self) -> Property {
        Property::StateMachineSafety
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        for &(node, fact) in &occurrence.facts {
            let Fact::Applied { slot, value } = fact else { continue };
            let (first, by) = *self.applied.entry(slot).or_insert((value, node));
            if first == value {
                continue;
            }
            self.breach.note(occurrence, || {
                Because::new(
                    format!("{by} applied {first} as command {slot}; {node} applied {value}."),
                    format!("{by} 应用的第 {slot} 条命令是 {first}，{node} 应用的却是 {value}。"),
                )
            });
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Commands(self.applied.len() as u64))
    }
}

impl Judged for LogMatching {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.logs.essence(out);
    }
}

impl Judged for LeaderCompleteness {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.seats.essence(out);
        self.logs.essence(out);
        self.committed.hash(out);
    }
}

impl Judged for StateMachineSafety {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.applied.len().hash(out);
        self.applied.iter().for_each(|(slot, (value, _))| (slot, value).hash(out));
    }
}
