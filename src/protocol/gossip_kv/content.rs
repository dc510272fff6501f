//! Data that can be merged in any order [shapiro11 §3]: registers, counters, sets.

use std::collections::{BTreeMap, BTreeSet};

use rpds::RedBlackTreeMapSync;

use crate::kernel::{NodeId, Op, Word};
use crate::protocol::shared::replica::Digest;

/// A name that a node gives once in its life: the node and a counter of its own.
pub type Dot = (NodeId, u64);

/// A register of which the last writer wins [shapiro11 §3.2].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Register {
    /// The writer, and a counter above all it had seen for the key.
    stamp: Dot,
    value: Word,
}

/// A counter that goes up and down: what each node has added and subtracted [shapiro11 §3.1].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Counter {
    up: BTreeMap<NodeId, u64>,
    down: BTreeMap<NodeId, u64>,
}

/// A set in which an addition wins over a removal that had not seen it [shapiro11 §3.3].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Members {
    /// The additions of each member.
    added: BTreeMap<Word, BTreeSet<Dot>>,
    /// The additions that were removed.
    removed: BTreeSet<Dot>,
}

/// Everything a node has. Copies share what they have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Content {
    registers: RedBlackTreeMapSync<Word, Register>,
    counters: RedBlackTreeMapSync<Word, Counter>,
    sets: RedBlackTreeMapSync<Word, Members>,
}

impl Counter {
    fn sum(&self) -> i128 {
        let total = |parts: &BTreeMap<NodeId, u64>| parts.values().map(|n| i128::from(*n)).sum();
        let (up, down): (i128, i128) = (total(&self.up), total(&self.down));
        up - down
    }

    fn merge(&mut self, other: &Counter) {
        for (own, theirs) in [(&mut self.up, &other.up), (&mut self.down, &other.down)] {
            for (node, count) in theirs {
                let own = own.entry(*node).or_insert(0);
                *own = (*own).max(*count);
            }
        }
    }
}

impl Members {
    fn has(&self, member: Word) -> bool {
        let dots = self.added.get(&member);
        dots.is_some_and(|dots| dots.iter().any(|dot| !self.removed.contains(dot)))
    }

    fn merge(&mut self, other: &Members) {
        for (member, dots) in &other.added {
            self.added.entry(*member).or_default().extend(dots);
        }
        self.removed.extend(&other.removed);
    }

    fn shown(&self) -> Vec<&str> {
        let members = self.added.keys().filter(|member| self.has(**member));
        members.map(Word::as_str).collect()
    }
}

impl Content {
    /// Writes a register.
    pub fn put(&mut self, node: NodeId, key: Word, value: Word) {
        let counter = self.registers.get(&key).map_or(0, |register| register.stamp.1);
        self.registers.insert_mut(key, Register { stamp: (node, counter + 1), value });
    }

    /// Adds to a counter; a negative amount subtracts.
    pub fn add(&mut self, node: NodeId, key: Word, amount: i32) {
        let mut counter = self.counters.get(&key).cloned().unwrap_or_default();
        let side = if amount < 0 { &mut counter.down } else { &mut counter.up };
        let own = side.entry(node).or_insert(0);
        *own = own.saturating_add(u64::from(amount.unsigned_abs()));
        self.counters.insert_mut(key, counter);
    }

    /// Puts a member into a set, under a name given only once.
    pub fn include(&mut self, dot: Dot, key: Word, member: Word) {
        let mut set = self.sets.get(&key).cloned().unwrap_or_default();
        set.added.entry(member).or_default().insert(dot);
        self.sets.insert_mut(key, set);
    }

    /// Takes a member out: those additions of it that are known here.
    pub fn exclude(&mut self, key: Word, member: Word) {
        let Some(mut set) = self.sets.get(&key).cloned() else { return };
        let known = set.added.get(&member).cloned().unwrap_or_default();
        set.removed.extend(known);
        self.sets.insert_mut(key, set);
    }

    /// What a read finds: the value of the register of that name, or else the sum of the counter;
    /// or whether a set has a member.
    pub fn read(&self, op: Op) -> Option<Word> {
        match op {
            Op::Get(key) => {
                let register = self.registers.get(&key).map(|register| register.value);
                let sum = || self.counters.get(&key).map(Counter::sum);
                register.or_else(|| Word::new(&sum()?.to_string()))
            }
            Op::Contains(key, member) => {
                let has = self.sets.get(&key).is_some_and(|set| set.has(member));
                Word::new(if has { "yes" } else { "no" })
            }
            // Nothing else only reads here.
            _ => None,
        }
    }

    /// Takes in what `other` has. True if that changed anything. The order in which contents come
    /// in, and how often, makes no difference.
    pub fn merge(&mut self, other: &Content) -> bool {
        let before = self.clone();
        for (key, theirs) in &other.registers {
            if self.registers.get(key).is_none_or(|own| own.order() < theirs.order()) {
                self.registers.insert_mut(*key, *theirs);
            }
        }
        for (key, theirs) in &other.counters {
            let own = self.counters.get(key);
            if own != Some(theirs) {
                let mut merged = own.cloned().unwrap_or_default();
                merged.merge(theirs);
                self.counters.insert_mut(*key, merged);
            }
        }
        for (key, theirs) in &other.sets {
            let own = self.sets.get(key);
            if own != Some(theirs) {
                let mut merged = own.cloned().unwrap_or_default();
                merged.merge(theirs);
                self.sets.insert_mut(*key, merged);
            }
        }
        *self != before
    }

    /// Digest of what can be read.
    pub fn digest(&self) -> u64 {
        self.texts().fold(Digest::default(), |digest, text| digest.with(&text)).value()
    }

    /// Everything that can be read, printed.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        let registers = self.registers.iter().map(|(key, it)| format!("{key}={}", it.value));
        let counters = self.counters.iter().map(|(key, it)| format!("{key}:{}", it.sum()));
        let sets = self.sets.iter().map(|(key, it)| format!("{key}={{{}}}", it.shown().join(",")));
        registers.chain(counters).chain(sets)
    }
}

impl Register {
    /// Counters first, then writers.
    fn order(&self) -> (u64, NodeId) {
        (self.stamp.1, self.stamp.0)
    }
}
