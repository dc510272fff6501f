//! What a balancer is going to do by itself, in order of time, behind one timer.
//!
//! Entries are not taken back: whoever made one void leaves it, and it is dropped when it comes to
//! the front, before the timer is set. So the timer never goes off for nothing.

use std::collections::VecDeque;

use crate::balance::view::ServerId;
use crate::kernel::SimTime;

/// Something to do at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) enum Errand {
    /// The try of this ticket has been out for too long.
    Expire(u64),
    /// The call of this number is sent a second time.
    Hedge(u64),
    /// The call of this number is tried again: its back-off is over.
    Retry(u64),
    /// A server is asked whether it is well.
    Check(ServerId),
    /// The time for which a server was left out may be over.
    Readmit(ServerId),
    /// Outliers are looked for.
    Sweep,
    /// Weights of servers that warm up are raised.
    Warm,
}

/// Errands by time; those of one instant in the order they were written down.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::balance) struct Agenda {
    entries: VecDeque<(SimTime, Errand)>,
    /// What the timer is set to.
    pub(in crate::balance) due: Option<SimTime>,
}

impl Agenda {
    /// Writes an errand down.
    pub(in crate::balance) fn add(&mut self, at: SimTime, errand: Errand) {
        // Nearly all errands are later than the others.
        if self.entries.back().is_none_or(|(last, _)| *last <= at) {
            self.entries.push_back((at, errand));
            return;
        }
        let place = self.entries.partition_point(|(other, _)| *other <= at);
        self.entries.insert(place, (at, errand));
    }

    /// The first errand.
    pub(in crate::balance) fn front(&self) -> Option<(SimTime, Errand)> {
        self.entries.front().copied()
    }

    /// Drops the first errand.
    pub(in crate::balance) fn pop(&mut self) {
        self.entries.pop_front();
    }
}
