//! Linearizability: is there one order of all operations, in keeping with the order clients saw,
//! that a single copy of the object could have gone through?
//!
//! The search is that of Wing and Gong \[wing93\] with the memory of Lowe \[lowe17\], in which
//! operations that may come next are tried depth first, and no pair of (operations placed, state
//! reached) is visited twice. Sets of operations are remembered by a 128-bit digest. Objects that
//! do not touch each other are judged apart \[herlihy90\]; all get the same small budget first,
//! since one that is easily refuted settles the matter while another would search for hours.

use std::hash::Hash;

use rustc_hash::FxHashSet;

use crate::sim::digest::mix;

/// What an object may do.
pub trait Spec {
    /// An operation with its result.
    type Op;
    /// What the object is.
    type State: Clone + Eq + Hash;

    /// What it is at first.
    fn initial(&self) -> Self::State;

    /// What it is after `op`; `None` if `op` could not have had its result then.
    fn apply(&self, state: &Self::State, op: &Self::Op) -> Option<Self::State>;
}

/// An operation as its client saw it. Positions order all invocations and returns of a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call<O> {
    /// What was done, with its result.
    pub op: O,
    /// Where it was invoked.
    pub invoked: u64,
    /// Where it returned; `None` if it is pending: it took effect somewhere later, or never will.
    pub returned: Option<u64>,
}

/// Three answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Linear {
    /// There is such an order.
    Yes,
    /// There is none.
    No,
    /// The budget ran out first.
    Unknown,
}

/// Searches for an order of `calls`, and takes each step from `budget`.
pub fn linearizable<S: Spec>(spec: &S, calls: &[Call<S::Op>], budget: &mut u64) -> Linear {
    Search::new(spec, calls).run(budget)
}

/// Judges several objects, none of which touches another: the answer, and which object is refuted.
pub fn all_linearizable<S: Spec>(
    spec: &S,
    objects: &[Vec<Call<S::Op>>],
    budget: &mut u64,
) -> (Linear, Option<usize>) {
    let mut open: Vec<usize> = (0..objects.len()).collect();
    let mut each = 4_096;
    while !open.is_empty() {
        if *budget == 0 {
            return (Linear::Unknown, None);
        }
        let mut left = Vec::new();
        for object in open {
            let given = each.min(*budget);
            let mut mine = given;
            match linearizable(spec, &objects[object], &mut mine) {
                Linear::Yes => {}
                Linear::No => return (Linear::No, Some(object)),
                Linear::Unknown => left.push(object),
            }
            *budget -= given - mine;
        }
        open = left;
        each *= 8;
    }
    (Linear::Yes, None)
}

/// Before the first entry of the list.
const HEAD: usize = 0;

/// The list of invocations and returns in their order, of which placed operations are taken out.
/// Entry `1 + i` is the invocation of operation `i`, entry `1 + n + i` its return.
struct Search<'a, S: Spec> {
    spec: &'a S,
    calls: &'a [Call<S::Op>],
    next: Vec<usize>,
    prev: Vec<usize>,
    /// Operations placed, with the state before each.
    placed: Vec<(usize, S::State)>,
    digest: u128,
    seen: FxHashSet<(u128, S::State)>,
}

impl<'a, S: Spec> Search<'a, S> {
    fn new(spec: &'a S, calls: &'a [Call<S::Op>]) -> Self {
        let n = calls.len();
        let mut order: Vec<(u64, bool, usize)> = Vec::with_capacity(2 * n);
        for (index, call) in calls.iter().enumerate() {
            // At one position returns come before invocations: who answers may be asked again.
            order.push((call.invoked, true, 1 + index));
            order.push((call.returned.unwrap_or(u64::MAX), false, 1 + n + index));
        }
        order.sort_unstable();
        let (mut next, mut prev) = (vec![HEAD; 2 * n + 1], vec![HEAD; 2 * n + 1]);
        let mut last = HEAD;
        for (_, _, entry) in order {
            (next[last], prev[entry]) = (entry, last);
            last = entry;
        }
        (next[last], prev[HEAD]) = (HEAD, last);
        let (placed, seen) = (Vec::new(), FxHashSet::default());
        Search { spec, calls, next, prev, placed, digest: 0, seen }
    }

    fn take_out(&mut self, entry: usize) {
        let (before, after) = (self.prev[entry], self.next[entry]);
        (self.next[before], self.prev[after]) = (after, before);
    }

    fn put_back(&mut self, entry: usize) {
        let (before, after) = (self.prev[entry], self.next[entry]);
        (self.next[before], self.prev[after]) = (entry, entry);
    }

    fn run(mut self, budget: &mut u64) -> Linear {
        let n = self.calls.len();
        let mut state = self.spec.initial();
        let mut entry = self.next[HEAD];
        while entry != HEAD {
            if *budget == 0 {
                return Linear::Unknown;
            }
            *budget -= 1;
            if entry <= n {
                let operation = entry - 1;
                if let Some(after) = self.place(operation, &state) {
                    self.placed.push((operation, std::mem::replace(&mut state, after)));
                    entry = self.next[HEAD];
                } else {
                    entry = self.next[entry];
                }
                continue;
            }
            // An operation returned that is not placed: something before has to be placed
            // otherwise.
            let Some((operation, before)) = self.placed.pop() else { return Linear::No };
            self.digest ^= key(operation);
            self.put_back(1 + n + operation);
            self.put_back(1 + operation);
            state = before;
            entry = self.next[1 + operation];
        }
        Linear::Yes
    }

    /// Places the operation next, unless it cannot be or that has been tried.
    fn place(&mut self, operation: usize, state: &S::State) -> Option<S::State> {
        let after = self.spec.apply(state, &self.calls[operation].op)?;
        let digest = self.digest ^ key(operation);
        if !self.seen.insert((digest, after.clone())) {
            return None;
        }
        self.digest = digest;
        self.take_out(1 + operation);
        self.take_out(1 + self.calls.len() + operation);
        Some(after)
    }
}

/// What an operation contributes to the digest of a set.
fn key(operation: usize) -> u128 {
    let seed = operation as u64;
    u128::from(mix(seed)) << 64 | u128::from(mix(seed ^ 0x5851_f42d_4c95_7f2d))
}
