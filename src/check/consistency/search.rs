//! Is there an order of all operations that single copies of the objects could have gone through?
//!
//! The search is that of Wing and Gong \[wing93\] with the memory of Lowe \[lowe17\]: operations
//! that may come next are tried depth first, and no pair of (operations placed, states reached) is
//! visited twice. Such pairs are remembered by a digest of 128 bits.
//!
//! Some things that lose no order make it fast. An operation that only observes and fits is placed
//! at once: wherever it could come later, it can come now. So is a write that nobody will read over
//! a value that nobody will read. A value that must still be read and that nobody will write again
//! is not overwritten. An operation whose end nobody saw is placed only if somebody looks for what
//! it leaves, and among equal ones the earliest goes first.

use std::hash::Hash;

use rustc_hash::FxHashSet;

use crate::kernel::Outcome;
use crate::sim::digest::{Digest, mix};

use super::call::Call;
use super::order::Order;
use super::spec::Spec;
use super::values::Values;

/// Three answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Answer {
    /// There is such an order: these calls, one after the other. Of calls whose end nobody saw it
    /// has those that took effect.
    Yes(Vec<usize>),
    /// There is none.
    No,
    /// The budget ran out first.
    Unknown,
}

/// Searches for an order of `calls`, each of which is about one object, and takes each step from
/// `budget`.
pub(super) fn search<S: Spec>(
    spec: &S,
    calls: &[Call],
    object: &[usize],
    order: impl Order,
    budget: &mut u64,
) -> Answer {
    let open = calls.iter().filter(|call| call.seen.is_some()).count();
    let count = object.iter().max().map_or(0, |last| last + 1);
    let states = vec![spec.initial(); count];
    let values = Values::new(calls, object, count, order.of_clients());
    let (placed, seen) = (Vec::new(), FxHashSet::default());
    Search { spec, calls, object, order, states, values, placed, digest: 0, seen, open }.run(budget)
}

/// One call placed.
struct Placed<T> {
    call: usize,
    /// What its object was before.
    before: T,
    /// Nothing else needs to be tried in its stead.
    forced: bool,
}

struct Search<'a, S: Spec, O> {
    spec: &'a S,
    calls: &'a [Call],
    object: &'a [usize],
    order: O,
    states: Vec<S::State>,
    values: Values,
    placed: Vec<Placed<S::State>>,
    digest: u128,
    seen: FxHashSet<u128>,
    /// Calls with a known end that are not placed.
    open: usize,
}

impl<S: Spec, O: Order> Search<'_, S, O> {
    fn run(mut self, budget: &mut u64) -> Answer {
        let mut cursor = None;
        while self.open > 0 {
            let placed = match cursor {
                None => match self.place_free(budget) {
                    Some(placed) => placed,
                    None => self.place_from(self.order.first(), budget),
                },
                Some(call) => self.place_from(self.order.after(call), budget),
            };
            if *budget == 0 {
                return Answer::Unknown;
            }
            if placed {
                cursor = None;
                continue;
            }
            match self.back() {
                Some(call) => cursor = Some(call),
                None => return Answer::No,
            }
        }
        Answer::Yes(self.placed.iter().map(|it| it.call).collect())
    }

    /// Places a call that fits and stands in nobody's way: whether what comes of it is new. `None`
    /// if there is no such call.
    fn place_free(&mut self, budget: &mut u64) -> Option<bool> {
        let mut next = self.order.first();
        while let Some(call) = next {
            if *budget == 0 {
                return None;
            }
            *budget -= 1;
            let (it, state) = (&self.calls[call], &self.states[self.object[call]]);
            if let Some(seen) = it.seen
                && (!it.writes() || self.values.silent(call))
            {
                let (after, told) = self.spec.step(state, it.client, it.op);
                if told == seen {
                    return Some(self.place(call, after, true));
                }
            }
            next = self.order.after(call);
        }
        None
    }

    /// Places the first call from `next` on that can be.
    fn place_from(&mut self, mut next: Option<usize>, budget: &mut u64) -> bool {
        while let Some(call) = next {
            if *budget == 0 {
                return false;
            }
            *budget -= 1;
            let (it, state) = (&self.calls[call], &self.states[self.object[call]]);
            if self.values.allows(call) {
                let (after, outcome) = self.spec.step(state, it.client, it.op);
                let fits = match it.seen {
                    Some(seen) => seen == outcome,
                    // Without an effect there is no point in placing what need not be placed.
                    None => outcome != Outcome::Unmet && after != *state,
                };
                if fits && self.place(call, after, false) {
                    return true;
                }
            }
            next = self.order.after(call);
        }
        false
    }

    /// Places a call, unless what comes of it has been tried.
    fn place(&mut self, call: usize, after: S::State, forced: bool) -> bool {
        let object = self.object[call];
        let before = &self.states[object];
        let digest = self.digest ^ digest(call as u64, &()) ^ state_digest(object, before);
        let digest = digest ^ state_digest(object, &after);
        if !self.seen.insert(digest) {
            return false;
        }
        self.digest = digest;
        let before = std::mem::replace(&mut self.states[object], after);
        self.order.take_out(call);
        self.values.place(call);
        self.open -= usize::from(self.calls[call].seen.is_some());
        self.placed.push(Placed { call, before, forced });
        true
    }

    /// Takes back the last call in whose stead another may be placed, and returns it.
    fn back(&mut self) -> Option<usize> {
        loop {
            let Placed { call, before, forced } = self.placed.pop()?;
            let object = self.object[call];
            self.digest ^= state_digest(object, &self.states[object]);
            self.digest ^= digest(call as u64, &()) ^ state_digest(object, &before);
            self.states[object] = before;
            self.order.put_back(call);
            self.values.put_back(call);
            self.open += usize::from(self.calls[call].seen.is_some());
            if !forced {
                return Some(call);
            }
        }
    }
}

fn state_digest(object: usize, state: &impl Hash) -> u128 {
    digest(!(object as u64), state)
}

/// What a call, or an object in a state, contributes to the digest of a configuration.
fn digest(seed: u64, state: &impl Hash) -> u128 {
    let half = |salt: u64| {
        let mut digest = Digest::seeded(mix(seed) ^ salt);
        state.hash(&mut digest);
        digest.value()
    };
    u128::from(half(0)) << 64 | u128::from(half(0x5851_f42d_4c95_7f2d))
}
