//! Versions of a value: who wrote what on top of what [decandia07 §4.4].

use std::collections::BTreeMap;
use std::fmt;

use crate::kernel::{NodeId, Word};

/// How many writes of each coordinator a version comes after, itself included.
pub type Clock = BTreeMap<NodeId, u64>;

/// True if everything `other` comes after, `clock` comes after too.
pub fn descends(clock: &Clock, other: &Clock) -> bool {
    other.iter().all(|(node, count)| clock.get(node).is_some_and(|own| own >= count))
}

/// Which of several versions are kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// Those that no other comes after: concurrent ones side by side.
    Clocks,
    /// The one with the highest stamp; what was written beside it is lost.
    LastWriter,
}

/// One version of a value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version {
    /// A counter above all its coordinator had seen for the key, and the coordinator.
    pub stamp: (u64, NodeId),
    /// What it comes after.
    pub clock: Clock,
    /// The value.
    pub value: Word,
}

/// The versions of one key, in the order of their stamps. More than one are siblings: nobody has
/// said which of them is right.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Versions(Vec<Version>);

impl Versions {
    /// Only this version.
    pub fn one(version: Version) -> Versions {
        Versions(vec![version])
    }

    /// The version that `node` writes on top of these.
    pub fn next(&self, node: NodeId, value: Word) -> Version {
        let counter = self.0.iter().map(|version| version.stamp.0).max().unwrap_or(0);
        let mut clock = Clock::new();
        for (id, count) in self.0.iter().flat_map(|version| &version.clock) {
            let own = clock.entry(*id).or_insert(0);
            *own = (*own).max(*count);
        }
        *clock.entry(node).or_insert(0) += 1;
        Version { stamp: (counter + 1, node), clock, value }
    }

    /// Takes in what `other` has and these lack, by `rule`. True if that changed anything. The
    /// order in which versions come in, and how often, makes no difference.
    pub fn join(&mut self, other: &Versions, rule: Rule) -> bool {
        let mut all = self.0.clone();
        all.extend(other.0.iter().filter(|version| !self.0.contains(version)).cloned());
        crate::order::sort(&mut all);
        match rule {
            Rule::LastWriter => {
                let outdone = all.len().saturating_sub(1);
                all.drain(..outdone);
            }
            Rule::Clocks => {
                // Equal clocks say nothing about who was first: then the later stamp is kept.
                let after = |it: &Version, version: &Version| {
                    descends(&it.clock, &version.clock)
                        && (it.clock != version.clock || it > version)
                };
                let overtaken = |version: &Version| all.iter().any(|it| after(it, version));
                let kept = all.iter().filter(|version| !overtaken(version));
                all = kept.cloned().collect();
            }
        }
        let changed = all != self.0;
        self.0 = all;
        changed
    }

    /// The stamp of the newest; none if nothing was written.
    pub fn newest(&self) -> Option<(u64, NodeId)> {
        self.0.last().map(|version| version.stamp)
    }

    /// The values, in the order of their stamps.
    pub fn values(&self) -> impl Iterator<Item = Word> {
        self.0.iter().map(|version| version.value)
    }

    /// True if there are siblings.
    pub fn differ(&self) -> bool {
        self.0.len() > 1
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, version) in self.0.iter().enumerate() {
            let (counter, node) = version.stamp;
            let bar = if at > 0 { "|" } else { "" };
            write!(f, "{bar}{}@{counter}.{node}", version.value)?;
        }
        Ok(())
    }
}
