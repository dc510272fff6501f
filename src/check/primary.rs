//! What Zab promises of the order of broadcasts, beyond agreement [junqueira11 §III].
//!
//! A broadcast is a proposal by the leader of an era. A delivery is a command applied: the next
//! entry of the node's log with that value, which says in which era it was broadcast. Commands that
//! a node got in one piece (a snapshot) are taken for delivered in order.

use std::collections::BTreeMap;
use std::hash::Hash;

use crate::kernel::{Fact, NodeId, Property, Word};
use crate::sim::{Happening, Input, Occurrence};

use super::essence::{Judged, Words};
use super::leadership::Seats;
use super::monitor::Monitor;
use super::verdict::{Because, Breach, Verdict};

/// A broadcast: its era, and its slot in the log.
type Broadcast = (u64, u64);

/// What one node has.
#[derive(Clone, Hash, Debug, Default)]
struct Node {
    /// Era and value of every entry stated, by slot.
    log: BTreeMap<u64, (u64, Word)>,
    /// The slot delivered last in this life, and its era.
    last: Option<(u64, u64)>,
    /// How many commands were applied in this life.
    applied: u64,
    /// The latest broadcast delivered in any life.
    furthest: Option<Broadcast>,
}

impl Node {
    fn cut(&mut self, from: u64) {
        while let Some(last) = self.log.last_entry()
            && *last.key() >= from
        {
            last.remove();
        }
    }
}

/// Broadcasts and deliveries, read from facts.
#[derive(Clone, Debug, Default)]
struct Stream {
    seats: Seats,
    nodes: BTreeMap<NodeId, Node>,
    /// Who broadcast each era, and the slots in the order of broadcasting.
    sent: BTreeMap<u64, (NodeId, Vec<u64>)>,
}

/// What one fact came to.
enum Step {
    /// The leader of this era broadcast.
    Sent(u64),
    /// A node delivered this broadcast behind the one before, if that is known.
    Delivered(Broadcast, Option<Broadcast>),
    Neither,
}

impl Stream {
    /// What later answers rest on.
    fn essence(&self, out: &mut Words) {
        self.seats.essence(out);
        self.nodes.hash(out);
        self.sent.hash(out);
    }

    fn strike(&mut self, what: &Happening) {
        self.seats.strike(what);
        if let Happening::Input { input: Input::Crash(_), struck, .. } = what {
            for node in struck {
                let node = self.nodes.entry(*node).or_default();
                (node.last, node.applied) = (None, 0);
            }
        }
    }

    fn learn(&mut self, id: NodeId, fact: Fact) -> Step {
        self.seats.learn(id, fact);
        let node = self.nodes.entry(id).or_default();
        match fact {
            Fact::Proposed { slot, .. } => {
                let Some(era) = self.seats.leads(id) else { return Step::Neither };
                let (by, slots) = self.sent.entry(era).or_insert((id, Vec::new()));
                // Two leaders in one era are another property's business.
                if *by == id && slots.last().is_none_or(|last| *last < slot) {
                    slots.push(slot);
                    return Step::Sent(era);
                }
                Step::Neither
            }
            Fact::Appended { slot, era, value } => {
                node.cut(slot);
                node.log.insert(slot, (era, value));
                Step::Neither
            }
            Fact::Truncated { from } => {
                node.cut(from);
                Step::Neither
            }
            Fact::Applied { slot, value } => {
                // The machine was built anew, or a snapshot took the place of what came before.
                if slot != node.applied + 1 {
                    node.last = None;
                }
                node.applied = slot;
                let from = node.last.map_or(0, |(slot, _)| slot) + 1;
                let from = if node.last.is_none() && slot > 1 { slot } else { from };
                let mut rest = node.log.range(from..);
                let Some((&place, &(era, _))) = rest.find(|(_, (_, it))| *it == value) else {
                    return Step::Neither;
                };
                let before = node.last.replace((place, era)).map(|(slot, era)| (era, slot));
                node.furthest = node.furthest.max(Some((era, place)));
                Step::Delivered((era, place), before)
            }
            _ => Step::Neither, // Other facts neither broadcast nor deliver.
        }
    }

    /// The broadcast of the same era right before this one.
    fn previous(&self, (era, slot): Broadcast) -> Option<u64> {
        let (_, slots) = self.sent.get(&era)?;
        let place = slots.binary_search(&slot).ok()?;
        slots.get(place.checked_sub(1)?).copied()
    }
}

/// What leaders broadcast is delivered in the order of their eras, and within one in the order they
/// broadcast it, without gaps.
#[derive(Clone, Debug, Default)]
pub(super) struct PrimaryOrder {
    word: &'static str,
    stream: Stream,
    breach: Breach,
}

impl PrimaryOrder {
    pub(super) fn new(word: &'static str) -> PrimaryOrder {
        PrimaryOrder { word, ..PrimaryOrder::default() }
    }

    fn delivered(
        &mut self,
        occurrence: &Occurrence,
        node: NodeId,
        (it, before): (Broadcast, Option<Broadcast>),
    ) {
        let word = self.word;
        let (era, slot) = it;
        let fresh = self.stream.nodes.get(&node).is_some_and(|node| node.applied == 1);
        if let Some((earlier, at)) = before
            && earlier > era
        {
            self.breach.note(occurrence, || {
                Because::new(
                    format!(
                        "{node} delivered slot {slot} of {word} {era} after slot {at} of {word} \
                         {earlier}."
                    ),
                    format!(
                        "{node} 先交付了 {word} {earlier} 的槽位 {at}，后交付了 {word} {era} 的槽位 \
                         {slot}。"
                    ),
                )
            });
        }
        let Some(previous) = self.stream.previous(it) else { return };
        let gap = match before {
            Some((earlier, at)) => (earlier, at) != (era, previous),
            // What was delivered before a node's machine was built anew is not known.
            None => fresh,
        };
        if gap {
            self.breach.note(occurrence, || {
                Because::new(
                    format!(
                        "{node} delivered slot {slot} of {word} {era} without slot {previous}, \
                         which its leader had broadcast before."
                    ),
                    format!(
                        "{node} 交付了 {word} {era} 的槽位 {slot}，却没有交付领导者更早广播的槽位 \
                         {previous}。"
                    ),
                )
            });
        }
    }
}

impl Monitor for PrimaryOrder {
    fn property(&self) -> Property {
        Property::PrimaryOrder
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.stream.strike(&occurrence.what);
        for &(node, fact) in &occurrence.facts {
            if let Step::Delivered(it, before) = self.stream.learn(node, fact) {
                self.delivered(occurrence, node, (it, before));
            }
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

/// A leader broadcasts only after it has delivered everything that any node ever delivers of
/// earlier leaders.
#[derive(Clone, Debug, Default)]
pub(super) struct PrimaryIntegrity {
    word: &'static str,
    stream: Stream,
    /// What each leader had delivered when it first broadcast.
    begun: BTreeMap<u64, (NodeId, Option<Broadcast>)>,
    /// The latest broadcast of each era that was delivered anywhere.
    delivered: BTreeMap<u64, (u64, NodeId)>,
    breach: Breach,
}

impl PrimaryIntegrity {
    pub(super) fn new(word: &'static str) -> PrimaryIntegrity {
        PrimaryIntegrity { word, ..PrimaryIntegrity::default() }
    }

    fn began(&mut self, occurrence: &Occurrence, node: NodeId, era: u64) {
        if self.begun.contains_key(&era) {
            return;
        }
        let has = self.stream.nodes.get(&node).and_then(|node| node.furthest);
        self.begun.insert(era, (node, has));
        let latest = self.delivered.range(..era).next_back();
        if let Some((&of, &(slot, by))) = latest
            && has < Some((of, slot))
        {
            self.broken(occurrence, (node, era), (of, slot), by);
        }
    }

    fn delivered(&mut self, occurrence: &Occurrence, node: NodeId, it: Broadcast) {
        let (of, slot) = it;
        let known = self.delivered.entry(of).or_insert((slot, node));
        if slot >= known.0 {
            *known = (slot, node);
        }
        let lacks = |(_, (_, has)): &(&u64, &(NodeId, Option<Broadcast>))| *has < Some(it);
        let late = self.begun.range(of + 1..).find(lacks);
        if let Some((&era, &(leader, _))) = late {
            self.broken(occurrence, (leader, era), it, node);
        }
    }

    fn broken(
        &mut self,
        occurrence: &Occurrence,
        (leader, era): (NodeId, u64),
        (of, slot): Broadcast,
        by: NodeId,
    ) {
        let word = self.word;
        self.breach.note(occurrence, || {
            Because::new(
                format!(
                    "{leader} broadcast in {word} {era} before it had delivered slot {slot} of \
                     {word} {of}, which {by} delivered."
                ),
                format!(
                    "{leader} 在 {word} {era} 开始广播时还没有交付 {word} {of} 的槽位 {slot}，而 \
                     {by} 交付了它。"
                ),
            )
        });
    }
}

impl Monitor for PrimaryIntegrity {
    fn property(&self) -> Property {
        Property::PrimaryIntegrity
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        self.stream.strike(&occurrence.what);
        for &(node, fact) in &occurrence.facts {
            match self.stream.learn(node, fact) {
                Step::Sent(era) => self.began(occurrence, node, era),
                Step::Delivered(it, _) => self.delivered(occurrence, node, it),
                Step::Neither => {}
            }
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }
}

impl Judged for PrimaryOrder {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.stream.essence(out);
    }
}

impl Judged for PrimaryIntegrity {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.stream.essence(out);
        self.begun.len().hash(out);
        self.begun.iter().for_each(|(era, (_, has))| (era, has).hash(out));
        self.delivered.len().hash(out);
        self.delivered.iter().for_each(|(era, (slot, _))| (era, slot).hash(out));
    }
}
