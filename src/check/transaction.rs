//! Atomic commitment: a transaction ends alike everywhere, and commits only if all voted yes.

use std::collections::BTreeMap;
use std::hash::Hash;

use crate::kernel::{Fact, NodeId, Property};
use crate::sim::Occurrence;

use super::essence::{Judged, Words};
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

#[derive(Clone, Copy, Debug, Default)]
struct Transaction {
    /// Who first learned that it was committed, and who that it was aborted.
    committed: Option<NodeId>,
    aborted: Option<NodeId>,
    /// Who first voted no.
    refused: Option<NodeId>,
}

/// All participants of a transaction that end it end it alike; it commits only if all voted yes;
/// and a yes is not taken back [gray06 §3].
#[derive(Clone, Debug, Default)]
pub(super) struct AtomicCommit {
    transactions: BTreeMap<u64, Transaction>,
    votes: BTreeMap<(u64, NodeId), bool>,
    breach: Breach,
}

impl AtomicCommit {
    fn vote(&mut self, occurrence: &Occurrence, node: NodeId, txn: u64, yes: bool) {
        let before = self.votes.insert((txn, node), yes);
        let it = self.transactions.entry(txn).or_default();
        if before == Some(true) && !yes {
            self.breach.note(occurrence, || {
                Because::new(
                    format!("{node} took back its yes to transaction {txn}."),
                    format!("{node} 收回了对事务 {txn} 的赞成票。"),
                )
            });
        }
        if !yes {
            it.refused.get_or_insert(node);
        }
    }

    fn end(&mut self, node: NodeId, txn: u64, commit: bool) {
        let it = self.transactions.entry(txn).or_default();
        let side = if commit { &mut it.committed } else { &mut it.aborted };
        side.get_or_insert(node);
    }

    fn judge(&mut self, occurrence: &Occurrence, txn: u64) {
        let Some(it) = self.transactions.get(&txn) else { return };
        let Some(yes) = it.committed else { return };
        if let Some(no) = it.refused {
            self.breach.note(occurrence, || {
                Because::new(
                    format!("{yes} committed transaction {txn}, to which {no} voted no."),
                    format!("{yes} 提交了事务 {txn}，而 {no} 投了反对票。"),
                )
            });
        }
        if let Some(no) = it.aborted {
            self.breach.note(occurrence, || {
                Because::new(
                    format!("{yes} committed transaction {txn}; {no} aborted it."),
                    format!("{yes} 提交了事务 {txn}，{no} 却中止了它。"),
                )
            });
        }
    }
}

impl Monitor for AtomicCommit {
    fn property(&self) -> Property {
        Property::AtomicCommit
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        for &(node, fact) in &occurrence.facts {
            let txn = match fact {
                Fact::Prepared { txn, yes } => {
                    self.vote(occurrence, node, txn, yes);
                    txn
                }
                Fact::Resolved { txn, commit } => {
                    self.end(node, txn, commit);
                    txn
                }
                _ => continue, // Other facts are not about transactions.
            };
            self.judge(occurrence, txn);
        }
    }

    fn verdict(&self) -> Verdict {
        self.breach.verdict_or(Verdict::Holds)
    }

    fn tally(&self) -> Option<Tally> {
        let ended = |it: &&Transaction| it.committed.is_some() || it.aborted.is_some();
        Some(Tally::Transactions(self.transactions.values().filter(ended).count() as u64))
    }
}

impl Judged for AtomicCommit {
    fn fork(&self) -> Box<dyn Judged> {
        Box::new(self.clone())
    }

    fn essence(&self, out: &mut Words) {
        self.votes.hash(out);
        self.transactions.len().hash(out);
        for (txn, it) in &self.transactions {
            (txn, it.committed.is_some(), it.aborted.is_some(), it.refused.is_some()).hash(out);
        }
    }
}
