//! Requests of clients that a balancer has taken on, however many times each is sent.

use std::collections::VecDeque;

use crate::balance::view::ServerId;
use crate::kernel::{RequestId, SimTime, Span};

/// The number of a try that belongs to no call.
pub(in crate::balance) const NO_CALL: u64 = u64::MAX;

/// A request that a client waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) struct Call {
    /// The client's name for it.
    pub(in crate::balance) request: RequestId,
    /// What hashing strategies look at.
    pub(in crate::balance) key: u64,
    /// The work it brings.
    pub(in crate::balance) size: Span,
    /// When it came.
    pub(in crate::balance) since: SimTime,
    /// Tries that are out.
    pub(in crate::balance) out: u32,
    /// Retries decided on.
    pub(in crate::balance) retries: u32,
    /// Counts among the retries under way, from the decision to the answer.
    pub(in crate::balance) retrying: bool,
    /// Waits for a back-off or for room at a server: a further failure changes nothing.
    pub(in crate::balance) waits: bool,
    /// Where it was sent, in order.
    pub(in crate::balance) tried: Vec<ServerId>,
}

/// Open calls, by consecutive numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::balance) struct Calls {
    ring: VecDeque<Option<Call>>,
    base: u64,
    open: u32,
}

impl Calls {
    /// Takes a call on; its number.
    pub(in crate::balance) fn open(&mut self, call: Call) -> u64 {
        self.ring.push_back(Some(call));
        self.open += 1;
        self.base + self.ring.len() as u64 - 1
    }

    /// How many are open.
    pub(in crate::balance) fn len(&self) -> u32 {
        self.open
    }

    /// The call of this number, unless it is over.
    pub(in crate::balance) fn get(&mut self, number: u64) -> Option<&mut Call> {
        let place = number.checked_sub(self.base)?;
        self.ring.get_mut(place as usize)?.as_mut()
    }

    /// True if the call is over, or never was.
    pub(in crate::balance) fn is_over(&self, number: u64) -> bool {
        let place = number.checked_sub(self.base);
        place.and_then(|place| self.ring.get(place as usize)).is_none_or(Option::is_none)
    }

    /// The call is over.
    pub(in crate::balance) fn close(&mut self, number: u64) -> Option<Call> {
        let place = number.checked_sub(self.base)?;
        let call = self.ring.get_mut(place as usize)?.take()?;
        self.open -= 1;
        while self.ring.pop_front_if(|call| call.is_none()).is_some() {
            self.base += 1;
        }
        Some(call)
    }
}
