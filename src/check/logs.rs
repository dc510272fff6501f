//! What every node's log must look like, rebuilt from what nodes state.
//!
//! A log is kept as a chain of digests: the digest of an entry covers everything up to it, so two
//! logs agree up to a slot exactly if their digests there are equal.
//!
//! Nodes do not restate their log when they restart. What they come back with is known all the
//! same: with a synced disk the log as it was at the crash, otherwise the log as it was when the
//! disk was last synced. A node that comes back with something else says so while it boots, with
//! [`Fact::Truncated`] and [`Fact::Appended`].

use std::hash::Hash;

use crate::kernel::{Fact, NodeId, Word};
use crate::sim::digest::Digest;
use crate::sim::{DiskMode, Happening, Input};

use super::essence::Words;

/// One entry, standing for everything up to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Link {
    pub(super) era: u64,
    /// Digest of this entry and all before it.
    pub(super) digest: u64,
}

impl Link {
    fn after(before: Option<Link>, era: u64, value: Word) -> Link {
        let mut digest = Digest::seeded(before.map_or(0, |link| link.digest));
        (era, value).hash(&mut digest);
        Link { era, digest: digest.value() }
    }
}

/// A change of a node's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    Added(u64, Link),
    Removed(u64, Link),
}

/// What an unsynced disk still holds: the first `kept` entries of the log as it is, and then
/// `tail`.
#[derive(Clone, Hash, Debug)]
struct Durable {
    base: u64,
    kept: u64,
    tail: Vec<Link>,
}

/// One log. Slots up to `base` are not known: the node never stated them.
#[derive(Clone, Hash, Debug, Default)]
struct Log {
    base: u64,
    links: Vec<Link>,
    durable: Option<Durable>,
}

impl Log {
    fn last(&self) -> u64 {
        self.base + self.links.len() as u64
    }

    /// The entry at `slot`, if there is one and it is known.
    fn get(&self, slot: u64) -> Option<Link> {
        let index = usize::try_from(slot.checked_sub(self.base + 1)?).ok()?;
        self.links.get(index).copied()
    }

    fn truncate(&mut self, from: u64, seen: &mut impl FnMut(Change)) {
        let keep = from.saturating_sub(self.base + 1) as usize;
        if let Some(durable) = &mut self.durable
            && (keep as u64) < durable.kept
        {
            let lost = self.links[keep..durable.kept as usize].iter().copied();
            durable.tail.splice(0..0, lost);
            durable.kept = keep as u64;
        }
        while self.links.len() > keep {
            let slot = self.last();
            if let Some(link) = self.links.pop() {
                seen(Change::Removed(slot, link));
            }
        }
    }

    fn push(&mut self, link: Link, seen: &mut impl FnMut(Change)) {
        self.links.push(link);
        seen(Change::Added(self.last(), link));
    }

    fn append(&mut self, slot: u64, era: u64, value: Word, seen: &mut impl FnMut(Change)) {
        // The new entry is the last one, whatever was there before.
        self.truncate(slot, seen);
        if slot > self.last() + 1 {
            self.truncate(0, seen);
            self.base = slot - 1;
        }
        self.push(Link::after(self.links.last().copied(), era, value), seen);
    }

    fn unsync(&mut self) {
        let (base, kept) = (self.base, self.links.len() as u64);
        self.durable.get_or_insert(Durable { base, kept, tail: Vec::new() });
    }

    fn crash(&mut self, seen: &mut impl FnMut(Change)) {
        let Some(Durable { base, kept, tail }) = self.durable.take() else { return };
        self.truncate(self.base + kept + 1, seen);
        if kept == 0 {
            self.base = base;
        }
        for link in tail {
            self.push(link, seen);
        }
        self.unsync();
    }
}

/// Every node's log.
#[derive(Clone, Debug, Default)]
pub(super) struct Logs(Vec<Log>);

impl Logs {
    fn log(&mut self, node: NodeId) -> &mut Log {
        if self.0.len() <= node.index() {
            self.0.resize_with(node.index() + 1, Log::default);
        }
        &mut self.0[node.index()]
    }

    /// What was done from outside: a crash takes back what the disk had not synced.
    pub(super) fn strike(&mut self, what: &Happening, mut seen: impl FnMut(NodeId, Change)) {
        let Happening::Input { input, struck, .. } = what else { return };
        for &node in struck {
            match input {
                Input::Crash(_) => self.log(node).crash(&mut |change| seen(node, change)),
                Input::Disk(_, DiskMode::Unsynced) => self.log(node).unsync(),
                Input::Disk(_, DiskMode::Synced) => self.log(node).durable = None,
                _ => {} // Nothing else touches a log.
            }
        }
    }

    /// One fact of `node`.
    pub(super) fn learn(&mut self, node: NodeId, fact: Fact, mut seen: impl FnMut(NodeId, Change)) {
        let seen = &mut |change| seen(node, change);
        match fact {
            Fact::Appended { slot, era, value } if slot > 0 => {
                self.log(node).append(slot, era, value, seen);
            }
            Fact::Truncated { from } => self.log(node).truncate(from, seen),
            Fact::Installed { slot, era } => self.install(node, slot, era, seen),
            _ => {} // Other facts leave logs alone.
        }
    }

    /// A snapshot stands for what the log it was taken of holds up to there: any log with an entry
    /// of that era at that slot, since one leader wrote it.
    fn install(&mut self, node: NodeId, slot: u64, era: u64, seen: &mut impl FnMut(Change)) {
        let holds = |log: &&Log| log.get(slot).is_some_and(|link| link.era == era);
        let own = self.log(node);
        if holds(&&*own) {
            return;
        }
        let source = self.0.iter().find(|log| holds(log) && log.base == 0);
        let links = source.map(|log| log.links[..slot as usize].to_vec());
        let own = self.log(node);
        let Some(links) = links else {
            // Nobody can tell what it stands for.
            own.truncate(0, seen);
            own.base = slot;
            return;
        };
        if own.base > 0 {
            own.truncate(0, seen);
            own.base = 0;
        }
        let same = own.links.iter().zip(&links).take_while(|(own, new)| own == new).count();
        own.truncate(same as u64 + 1, seen);
        for link in &links[same..] {
            own.push(*link, seen);
        }
    }

    /// What later answers rest on.
    pub(super) fn essence(&self, out: &mut Words) {
        let blank = |log: &Log| log.last() == 0 && log.durable.is_none();
        let known = self.0.iter().enumerate().filter(|(_, log)| !blank(log));
        known.for_each(|(node, log)| (node, log).hash(out));
        usize::MAX.hash(out);
    }

    /// The entry of `node` at `slot`, if it has one and stated it.
    pub(super) fn get(&self, node: NodeId, slot: u64) -> Option<Link> {
        self.0.get(node.index())?.get(slot)
    }

    /// The last slot of `node`; zero if its log is empty.
    pub(super) fn last(&self, node: NodeId) -> u64 {
        self.0.get(node.index()).map_or(0, Log::last)
    }

    /// The last slot of `node` that was never stated; its whole log is known if that is zero.
    pub(super) fn base(&self, node: NodeId) -> u64 {
        self.0.get(node.index()).map_or(0, |log| log.base)
    }

    /// Every node that stated anything about its log.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.0.len()).map(NodeId::at)
    }
}
