//! How nodes behave: leaders only append, voters vote once, commitments stay.

use std::collections::BTreeMap;
use std::hash::Hash;

use crate::kernel::{Fact, NodeId, Property};
use crate::sim::{Happening, Input, Occurrence};

use super::essence::{Judged, Words};
use super::leadership::Seats;
use super::logs::{Change, Link, Logs};
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

/// A leader never deletes or overwrites entries of its own log [ongaro14 §5.3].
///
/// What counts is the log after the event: an entry that is taken out and put back at once is still
/// there.
#[derive(Clone, Debug, Default)]
pub(super) struct LeaderAppendOnly {
    word: &'static str,
    seats: Seats,
    logs: Logs,
    breach: Breach,
}

impl LeaderAppendOnly {
    pub(super) fn new(word: &'static str) -> LeaderAppendOnly {
        LeaderAppendOnly { word, ..LeaderAppendOnly::default() }
    }
}

impl Monitor for LeaderAppendOnly {
    fn property(&self) -> Property {
        Property::LeaderAppendOnly
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.seats.strike(&occurrence.what);
        self.logs.strike(&occurrence.what, |_, _| {});
        let mut lost: Option<(NodeId, u64, u64, Link)> = None;
        for &(node, fact) in &occurrence.facts {
            self.seats.learn(node, fact);
            let leads = self.seats.leads(node);
            self.logs.learn(node, fact, |node, change| {
                if let (Change::Removed(slot, link), Some(era)) = (change, leads)
                    && lost.is_none_or(|(other, earlier, ..)| other == node && slot < earlier)
                {
                    lost = Some((node, slot, era, link));
                }
            });
        }
        let Some((node, slot, era, link)) = lost else { return };
        if self.logs.get(node, slot) == Some(link) {
            return;
        }
        let word = self.word;
        self.breach.note(occurrence, || {
            Because::new(
                format!("{node}, leader of {word} {era}, gave up slot {slot} of its own log."),
                format!("{node} 是 {word} {era} 的领导者，却丢弃了自己日志的槽位 {slot}。"),
            )
        });
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

/// A node votes for at most one candidate in an era, also across restarts.
#[derive(Clone, Debug, Default)]
pub(super) struct OneVote {
    word: &'static str,
    votes: BTreeMap<(NodeId, u64), NodeId>,
    breach: Breach,
}

impl OneVote {
    pub(super) fn new(word: &'static str) -> OneVote {
        OneVote { word, ..OneVote::default() }
    }
}

impl Monitor for OneVote {
    fn property(&self) -> Property {
        Property::OneVote
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        for &(node, fact) in &occurrence.facts {
            let Fact::Voted { era, candidate } = fact else { continue };
            let first = *self.votes.entry((node, era)).or_insert(candidate);
            if first == candidate {
                continue;
            }
            let word = self.word;
            self.breach.note(occurrence, || {
                Because::new(
                    format!("{node} voted for {first} and for {candidate} in {word} {era}."),
                    format!("{node} 在 {word} {era} 既投给了 {first}，又投给了 {candidate}。"),
                )
            });
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Votes(self.votes.len() as u64))
    }
}

/// What a node knows to be committed never shrinks while it lives, nor runs past its log.
///
/// Where no node states a log there is none to run past. A node that commits the very slot before
/// its log begins has that from elsewhere (a snapshot).
#[derive(Clone, Debug, Default)]
pub(super) struct MonotonicCommits {
    logs: Logs,
    committed: BTreeMap<NodeId, u64>,
    breach: Breach,
}

impl MonotonicCommits {
    /// After the event a node cannot know more to be committed than it has.
    fn overrun(&mut self, occurrence: &Occurrence) {
        let logged = self.logs.nodes().any(|node| self.logs.last(node) > 0);
        for &(node, fact) in &occurrence.facts {
            let Fact::Committed { slot } = fact else { continue };
            let last = self.logs.last(node);
            if !logged || slot <= last {
                continue;
            }
            self.breach.note(occurrence, || {
                Because::new(
                    format!("{node} committed slot {slot}, but its log ends at slot {last}."),
                    format!("{node} 提交到槽位 {slot}，而它的日志只到槽位 {last}。"),
                )
            });
        }
    }
}

impl Monitor for MonotonicCommits {
    fn property(&self) -> Property {
        Property::MonotonicCommits
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.logs.strike(&occurrence.what, |_, _| {});
        if let Happening::Input { input: Input::Crash(_), struck, .. } = &occurrence.what {
            for node in struck {
                self.committed.remove(node);
            }
        }
        for &(node, fact) in &occurrence.facts {
            self.logs.learn(node, fact, |_, _| {});
            let Fact::Committed { slot } = fact else { continue };
            let before = self.committed.insert(node, slot).unwrap_or_default();
            if slot < before {
                self.breach.note(occurrence, || {
                    Because::new(
                        format!("{node} knew slot {before} to be committed, and now slot {slot}."),
                        format!("{node} 已知提交到槽位 {before}，现在却退回到槽位 {slot}。"),
                    )
                });
            }
        }
        self.overrun(occurrence);
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Slots(self.committed.values().copied().max().unwrap_or_default()))
    }
}

impl Judged for LeaderAppendOnly {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.seats.essence(out);
        self.logs.essence(out);
    }
}

impl Judged for OneVote {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.votes.hash(out);
    }
}

impl Judged for MonotonicCommits {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.logs.essence(out);
        self.committed.hash(out);
    }
}
