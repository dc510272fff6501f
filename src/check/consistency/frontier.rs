//! Linearizability while a run goes on: every state an object may be in, given what its clients
//! have seen so far.
//!
//! An operation is placed only when an answer demands it, just in time \[lowe17\]. The cost of an
//! answer depends on how many operations are open at once, not on how many there have been.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashSet;

use crate::kernel::{ClientId, Op, Outcome, RequestId};

use super::super::essence::Words;
use super::spec::{Spec, observes};

/// Most states kept; beyond that the object is not followed any further.
const CROWD: usize = 1_024;

/// What an answer means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fit {
    /// Some order explains everything so far.
    Fits,
    /// No order does.
    Breaks,
    /// There are too many possibilities to follow.
    Lost,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    id: RequestId,
    op: Op,
}

/// One possibility.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Possible<T> {
    state: T,
    /// Open operations that have taken effect, and what they must be told.
    placed: Vec<(RequestId, Outcome)>,
    /// Open observers, and what each may be told.
    glimpses: Vec<(RequestId, Vec<Outcome>)>,
}

/// The possibilities of one object.
#[derive(Clone, Debug)]
pub struct Frontier<S: Spec> {
    spec: S,
    open: Vec<Open>,
    /// Empty once it is lost or broken.
    possible: Vec<Possible<S::State>>,
}

impl<S: Spec> Frontier<S> {
    /// A new object.
    pub fn new(spec: S) -> Frontier<S> {
        let (placed, glimpses) = (Vec::new(), Vec::new());
        let possible = vec![Possible { state: spec.initial(), placed, glimpses }];
        Frontier { spec, open: Vec::new(), possible }
    }

    /// A client has invoked an operation.
    pub fn invoke(&mut self, id: RequestId, op: Op) {
        self.open.push(Open { id, op });
        if !observes(op) {
            return;
        }
        for it in &mut self.possible {
            let (_, found) = self.spec.step(&it.state, id.client, op);
            it.glimpses.push((id, vec![found]));
        }
    }

    /// A client was answered.
    pub fn answer(&mut self, id: RequestId, outcome: Outcome) -> Fit {
        let Some(place) = self.open.iter().position(|open| open.id == id) else { return Fit::Fits };
        let Open { op, .. } = self.open[place];
        match outcome {
            Outcome::Refused => {
                // It has had no effect: what relies on one is impossible.
                self.possible.retain(|it| it.placed.iter().all(|(other, _)| *other != id));
            }
            Outcome::Done(_) | Outcome::Unmet => {
                let Some(possible) = self.settle(id, op, outcome) else {
                    self.possible.clear();
                    return Fit::Lost;
                };
                self.possible = possible;
            }
            Outcome::Redirect(_) => return Fit::Fits,
        }
        self.open.swap_remove(place);
        for it in &mut self.possible {
            it.placed.retain(|(other, _)| *other != id);
            it.glimpses.retain(|(other, _)| *other != id);
        }
        let mut seen = FxHashSet::default();
        self.possible.retain(|it| seen.insert(it.clone()));
        if self.possible.is_empty() { Fit::Breaks } else { Fit::Fits }
    }

    /// Every possibility in which the operation has taken effect and is told that; `None` if there
    /// are too many.
    fn settle(&self, id: RequestId, op: Op, told: Outcome) -> Option<Vec<Possible<S::State>>> {
        let mut settled = Vec::new();
        let mut seen: FxHashSet<Possible<S::State>> = FxHashSet::default();
        let mut queue = self.possible.clone();
        while let Some(it) = queue.pop() {
            match Self::told(&it, id, op, told) {
                Some(true) => settled.push(it),
                Some(false) => {}
                None => {
                    for open in &self.open {
                        if let Some(next) = self.place(&it, open)
                            && seen.insert(next.clone())
                        {
                            queue.push(next);
                        }
                    }
                }
            }
            if queue.len() + settled.len() > CROWD {
                return None;
            }
        }
        Some(settled)
    }

    /// Whether the operation can be told that; `None` if that is open.
    fn told(it: &Possible<S::State>, id: RequestId, op: Op, told: Outcome) -> Option<bool> {
        if observes(op) {
            let glimpse = it.glimpses.iter().find(|(other, _)| *other == id);
            return glimpse.is_some_and(|(_, found)| found.contains(&told)).then_some(true);
        }
        let placed = it.placed.iter().find(|(other, _)| *other == id);
        placed.map(|(_, outcome)| *outcome == told)
    }

    /// What comes of an open operation that takes effect now.
    fn place(&self, it: &Possible<S::State>, open: &Open) -> Option<Possible<S::State>> {
        if observes(open.op) || it.placed.iter().any(|(other, _)| *other == open.id) {
            return None;
        }
        let client: ClientId = open.id.client;
        let (state, outcome) = self.spec.step(&it.state, client, open.op);
        let Possible { mut placed, mut glimpses, .. } = it.clone();
        let at = placed.partition_point(|(other, _)| *other < open.id);
        placed.insert(at, (open.id, outcome));
        for (reader, found) in &mut glimpses {
            let Some(open) = self.open.iter().find(|open| open.id == *reader) else { continue };
            let (_, new) = self.spec.step(&state, reader.client, open.op);
            if !found.contains(&new) {
                found.push(new);
            }
        }
        Some(Possible { state, placed, glimpses })
    }

    /// All that later answers rest on, in an order of its own.
    pub fn essence(&self, mut out: &mut dyn Hasher) {
        let mut open: Vec<Vec<u64>> = self.open.iter().map(|it| words(&(it.id, it.op))).collect();
        let mut possible: Vec<Vec<u64>> = self.possible.iter().map(Possible::words).collect();
        open.sort_unstable();
        possible.sort_unstable();
        (open, possible).hash(&mut out);
    }

    /// How many possibilities there are.
    pub fn breadth(&self) -> usize {
        self.possible.len()
    }
}

impl<T: Hash> Possible<T> {
    /// What it is, whatever order its parts were found in.
    fn words(&self) -> Vec<u64> {
        let mut glimpses: Vec<(RequestId, Vec<Vec<u64>>)> = Vec::new();
        for (id, found) in &self.glimpses {
            let mut found: Vec<Vec<u64>> = found.iter().map(words).collect();
            found.sort_unstable();
            glimpses.push((*id, found));
        }
        glimpses.sort_unstable();
        words(&(&self.state, &self.placed, glimpses))
    }
}

/// What was hashed, word by word.
fn words(value: &impl Hash) -> Vec<u64> {
    let mut out = Words::default();
    value.hash(&mut out);
    out.0
}
