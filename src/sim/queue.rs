//! The queue of things to come, ordered by time. Equal times keep insertion order, but what is
//! done from outside comes last: so an input added while the world runs strikes at the same place
//! as the same input written into the recipe beforehand.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::kernel::SimTime;

/// What an entry stands for. Payloads live elsewhere, so that entries stay small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Due {
    /// A flight lands: its place in the world's slab, and the id it must still have there.
    Flight { place: u32, id: u64 },
    /// A timer of a node goes off, if it is still of this generation.
    Timer { node: u32, slot: u32, generation: u32 },
    /// A scheduled input: its index in the recipe.
    Input(u32),
    /// A client wakes: to invoke, or to look whether its request has been answered.
    Client { client: u32, wake: u32 },
    /// The next request of an open or closed stream arrives.
    Arrival { user: u32 },
    /// A streamed request has waited as long as its client is willing to.
    GiveUp { serial: u64 },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    at: SimTime,
    /// The number of its insertion; above all others for what is done from outside.
    order: u64,
    due: Due,
}

/// Added to the order of inputs.
const OUTSIDE: u64 = 1 << 63;

impl Entry {
    /// One number to compare: the comparison is most of what a queue does.
    fn key(&self) -> u128 {
        u128::from(self.at.0) << 64 | u128::from(self.order)
    }
}

impl Ord for Entry {
    /// Reversed: `BinaryHeap` pops its greatest, and we want the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key().cmp(&self.key())
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Entry>,
    sequence: u64,
}

impl Queue {
    /// Schedules `due` at `at`, after everything already scheduled for that instant.
    pub(super) fn push(&mut self, at: SimTime, due: Due) {
        self.sequence += 1;
        let outside = if matches!(due, Due::Input(_)) { OUTSIDE } else { 0 };
        self.heap.push(Entry { at, order: self.sequence | outside, due });
    }

    /// The earliest entry, left in place.
    pub(super) fn peek(&self) -> Option<(SimTime, Due)> {
        self.heap.peek().map(|entry| (entry.at, entry.due))
    }

    /// Takes the earliest entry.
    pub(super) fn pop(&mut self) -> Option<(SimTime, Due)> {
        self.heap.pop().map(|entry| (entry.at, entry.due))
    }
}
