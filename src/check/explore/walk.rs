//! Orders that do not go level by level: depth first, deepening, random runs.

use std::sync::Arc;

use super::model::Model;
use super::options::{End, Order};
use super::search::Search;
use super::seen::NONE;
use crate::sim::rng::{Concern, Stream};

/// Where a random run stands.
pub(super) struct Walker<S> {
    stream: Stream,
    pub(super) starts: Vec<S>,
    at: Option<S>,
    /// Fingerprints of the run so far.
    pub(super) chain: Vec<u128>,
    made: u32,
}

impl<S> Walker<S> {
    pub(super) fn new(seed: u64) -> Walker<S> {
        let stream = Stream::new(seed, Concern::Choices, 0);
        Walker { stream, starts: Vec::new(), at: None, chain: Vec::new(), made: 0 }
    }

    /// A number below `n`; 0 if `n` is.
    fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.stream.bits64()) * n as u128;
        (wide >> 64) as usize
    }
}

impl<M: Model> Search<M> {
    /// Leaves the state that was found last.
    pub(super) fn leave_newest(&mut self) {
        let Some(item) = self.stack.pop() else {
            self.close_round();
            return;
        };
        self.heap = self.heap.saturating_sub(self.weight(item.state.as_ref()));
        if item.depth > self.seen.depth(item.id) {
            // A shorter way was found while it waited, and waits itself or is done.
        } else if item.depth >= self.bound {
            self.cut = true;
        } else {
            let waiting = self.stack.len();
            self.leave(&item);
            // The first step is followed first.
            self.stack[waiting..].reverse();
        }
        self.account();
    }

    /// Nothing waits: the search is over, or goes deeper from the beginning.
    fn close_round(&mut self) {
        let deeper = self.options.order == Order::Deepening && self.cut;
        if !deeper || self.bound >= self.options.max_depth {
            if self.bound != u32::MAX {
                // States were found at the end of a long way first, and then of shorter ones.
                self.deepest = self.seen.levels();
            }
            self.end = Some(End::Covered);
            return;
        }
        self.bound += 1;
        self.cut = false;
        self.seen.clear();
        self.begin();
    }

    /// One step of a random run.
    pub(super) fn walk(&mut self) {
        let Some(state) = self.walker.at.take() else {
            self.set_out();
            return;
        };
        let depth = self.walker.chain.len() as u32;
        if depth > self.options.max_depth {
            return;
        }
        let model = Arc::clone(&self.model);
        let mut choices = std::mem::take(&mut self.choices);
        choices.clear();
        model.steps(&state, &mut choices);
        while !choices.is_empty() {
            let step = choices.swap_remove(self.walker.below(choices.len()));
            if let Some(next) = model.next(&state, &step) {
                self.generated += 1;
                self.visit(depth, next);
                break;
            }
        }
        self.choices = choices;
        self.account();
    }

    /// Begins another run.
    fn set_out(&mut self) {
        if self.walker.made >= self.options.walks || self.walker.starts.is_empty() {
            self.end = Some(End::Walked);
            return;
        }
        self.walker.made += 1;
        self.walker.chain.clear();
        let start = self.walker.below(self.walker.starts.len());
        let state = self.walker.starts[start].clone();
        self.visit(0, state);
    }

    /// A random run comes to a state.
    fn visit(&mut self, depth: u32, state: M::State) {
        let goes_on = self.model.within(&state);
        self.reach(NONE, depth, state.clone());
        if goes_on {
            self.walker.chain.push(self.model.print(&self.named(state.clone())));
            self.walker.at = Some(state);
        }
    }
}
