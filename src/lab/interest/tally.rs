//! What a search remembers of a run: who led, what was stored and committed, who asked for what.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Fact, NodeId, Op, Outcome, RequestId, SimTime, Word};
use crate::sim::{Cluster, Happening, Input, OpNote};

/// A campaign: an era that a node opened for itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Campaign {
    pub(super) era: u64,
    pub(super) node: NodeId,
    pub(super) opened: SimTime,
    /// When the node became leader of it.
    pub(super) won: Option<SimTime>,
}

/// A write that was answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Written {
    pub(super) key: Word,
    pub(super) value: Word,
    pub(super) asked: SimTime,
    pub(super) answered: SimTime,
}

/// The state of a run, told by its facts.
pub(super) struct Tally {
    pub(super) nodes: u32,
    /// Nothing before is of interest.
    pub(super) since: SimTime,
    pub(super) now: SimTime,
    /// Leader of the latest era, while it is up.
    pub(super) leader: Option<(u64, NodeId)>,
    pub(super) campaigns: Vec<Campaign>,
    /// The last slot that something was stored or proposed for.
    pub(super) stored: u64,
    /// The last slot that somebody knows to be committed.
    pub(super) committed: u64,
    /// The leader committed just now what nobody had committed before.
    pub(super) commits: bool,
    /// What was struck by the first act: when, whom, and whether something stored was open then.
    pub(super) struck: Option<(SimTime, Vec<NodeId>, bool)>,
    pub(super) crashed: BTreeSet<NodeId>,
    /// When a value was chosen for the first time since the first act.
    pub(super) chosen: Option<SimTime>,
    /// Per transaction: who voted yes; those whose end somebody knows.
    pub(super) yes: BTreeMap<u64, BTreeSet<NodeId>>,
    pub(super) resolved: BTreeSet<u64>,
    /// A transaction was committed just now.
    pub(super) commits_txn: bool,
    pub(super) open: BTreeMap<RequestId, (Op, SimTime)>,
    /// An operation that was answered just now.
    pub(super) answered: Option<(RequestId, Op, SimTime, Outcome)>,
    /// The last write answered under each key, and keys that another write was open under since.
    pub(super) written: BTreeMap<Word, Written>,
    /// The name of the timer that went off just now, and whose.
    pub(super) fired: Option<(NodeId, &'static str)>,
}

impl Tally {
    pub(super) fn new(nodes: u32, since: SimTime) -> Tally {
        Tally {
            nodes,
            since,
            now: SimTime::ZERO,
            leader: None,
            campaigns: Vec::new(),
            stored: 0,
            committed: 0,
            commits: false,
            struck: None,
            crashed: BTreeSet::new(),
            chosen: None,
            yes: BTreeMap::new(),
            resolved: BTreeSet::new(),
            commits_txn: false,
            open: BTreeMap::new(),
            answered: None,
            written: BTreeMap::new(),
            fired: None,
        }
    }

    /// Looks at the event that just happened.
    pub(super) fn watch(&mut self, world: &dyn Cluster) {
        let last = world.last();
        self.now = last.at;
        (self.commits, self.commits_txn, self.answered, self.fired) = (false, false, None, None);
        match &last.what {
            Happening::Input { struck, input, .. } => {
                match input {
                    Input::Crash(_) => self.crashed.extend(struck),
                    Input::Restart(_) => self.crashed.retain(|node| !struck.contains(node)),
                    _ => {} // No other input takes a node away for good.
                }
                if last.at >= self.since && self.struck.is_none() && !struck.is_empty() {
                    let open = self.stored > self.committed;
                    self.struck = Some((last.at, struck.clone(), open));
                }
                if self.leader.is_some_and(|(_, leader)| self.crashed.contains(&leader)) {
                    self.leader = None;
                }
            }
            Happening::TimerFired { node, name } => self.fired = Some((*node, name)),
            Happening::Started
            | Happening::Delivered(_)
            | Happening::Lost(_)
            | Happening::ClientActed(_) => {}
        }
        for (node, fact) in &last.facts {
            self.fact(*node, *fact);
        }
        for op in &last.ops {
            self.op(*op);
        }
    }

    fn fact(&mut self, node: NodeId, fact: Fact) {
        match fact {
            Fact::Voted { era, candidate } if candidate == node => {
                let known = self.campaigns.iter().any(|one| (one.era, one.node) == (era, node));
                if !known {
                    let opened = self.now;
                    self.campaigns.push(Campaign { era, node, opened, won: None });
                }
            }
            Fact::Elected { era } => {
                let mut all = self.campaigns.iter_mut();
                if let Some(one) = all.find(|one| (one.era, one.node) == (era, node)) {
                    one.won.get_or_insert(self.now);
                } else {
                    let (opened, won) = (self.now, Some(self.now));
                    self.campaigns.push(Campaign { era, node, opened, won });
                }
                if self.leader.is_none_or(|(known, _)| known <= era) {
                    self.leader = Some((era, node));
                }
            }
            Fact::SteppedDown { era } if self.leader == Some((era, node)) => self.leader = None,
            Fact::Appended { slot, .. } | Fact::Proposed { slot, .. } => {
                self.stored = self.stored.max(slot);
            }
            Fact::Committed { slot } => self.commit(node, slot),
            Fact::Chosen { slot, .. } => {
                self.commit(node, slot);
                if self.now >= self.since {
                    self.chosen.get_or_insert(self.now);
                }
            }
            Fact::Prepared { txn, yes: true } => {
                self.yes.entry(txn).or_default().insert(node);
            }
            Fact::Resolved { txn, commit } => {
                self.commits_txn |= commit && !self.resolved.contains(&txn);
                self.resolved.insert(txn);
            }
            _ => {} // No other fact decides whether something interesting can be done.
        }
    }

    fn commit(&mut self, node: NodeId, slot: u64) {
        let leads = self.leader.is_some_and(|(_, leader)| leader == node);
        self.commits |= leads && slot > self.committed;
        self.committed = self.committed.max(slot);
    }

    fn op(&mut self, note: OpNote) {
        match note {
            OpNote::Invoked(id, op) => {
                self.open.insert(id, (op, self.now));
            }
            // It may take effect later, so it stays open.
            OpNote::GaveUp(..) => {}
            OpNote::Completed(id, op, outcome) => {
                let asked = self.open.remove(&id).map_or(self.now, |(_, at)| at);
                self.answered = Some((id, op, asked, outcome));
                if let (Op::Put(key, value), Outcome::Done(_)) = (op, outcome) {
                    let answered = self.now;
                    self.written.insert(key, Written { key, value, asked, answered });
                }
            }
        }
    }

    /// True if another write of this key is open.
    pub(super) fn contended(&self, key: Word) -> bool {
        self.open.values().any(|(op, _)| matches!(op, Op::Put(other, _) if *other == key))
    }

    /// Campaigns opened since the first act.
    pub(super) fn recent(&self) -> impl Iterator<Item = &Campaign> {
        self.campaigns.iter().filter(|one| one.opened >= self.since)
    }

    /// Nodes that are up.
    pub(super) fn up(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.nodes).map(NodeId).filter(|node| !self.crashed.contains(node))
    }
}
