//! Requests that are slow under one strategy only.

use std::collections::VecDeque;

use crate::kernel::{SimTime, Span};

use super::lane::Told;

/// A request is slow under one strategy only if it took so many times as long as under any other.
pub const FACTOR: u64 = 3;
/// Most kept for each strategy: those that were the longest behind.
const KEPT: usize = 20;
/// Most requests waited for. A strategy that never comes to an end may not hold up all memory.
const WINDOW: usize = 1 << 17;

/// The response of a request that has not ended.
const OPEN: u64 = u64::MAX;
/// The response of a request that failed.
const FAILED: u64 = u64::MAX - 1;

/// A request that was slow under one strategy only.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SlowRequest {
    /// Its number, in order of arrival, from 1.
    pub serial: u64,
    /// When it arrived.
    pub arrived: SimTime,
    /// Work it brought: the time it takes at speed 1.
    pub size: Span,
    /// The key it carried.
    pub key: u64,
    /// Its response; `None` if it failed.
    pub response: Option<Span>,
    /// The longest response under any other strategy.
    pub others: Span,
}

struct Pending {
    arrived: SimTime,
    key: u64,
    size: Span,
    left: u32,
}

/// Compares every request across the strategies as soon as it has ended under all of them.
pub(super) struct Apart {
    lanes: usize,
    base: u64,
    pending: VecDeque<Pending>,
    responses: VecDeque<u64>,
    /// For each strategy: how many there are, and the worst.
    pub(super) found: Vec<(u64, Vec<SlowRequest>)>,
    /// Every request arrived at the same instant, with the same size and key, in every lane.
    pub(super) common: bool,
    start: SimTime,
}

impl Apart {
    /// For so many strategies. What arrives before `start` does not count.
    pub(super) fn new(lanes: usize, start: SimTime) -> Apart {
        Apart {
            lanes,
            base: 1,
            pending: VecDeque::new(),
            responses: VecDeque::new(),
            found: vec![(0, Vec::new()); lanes],
            common: true,
            start,
        }
    }

    /// A lane tells something of the request with this number.
    pub(super) fn note(&mut self, lane: usize, serial: u64, at: SimTime, told: Told) {
        let Some(place) = serial.checked_sub(self.base).map(|place| place as usize) else { return };
        match told {
            Told::Arrived { key, size } => self.arrived(place, (at, key, size)),
            Told::Answered(Span(response)) => self.ended(lane, place, response),
            Told::Failed => self.ended(lane, place, FAILED),
        }
    }

    fn arrived(&mut self, place: usize, (arrived, key, size): (SimTime, u64, Span)) {
        match self.pending.get(place) {
            Some(known) => {
                self.common &= (known.arrived, known.key, known.size) == (arrived, key, size);
            }
            None if place == self.pending.len() => {
                let left = self.lanes as u32;
                self.pending.push_back(Pending { arrived, key, size, left });
                self.responses.extend(std::iter::repeat_n(OPEN, self.lanes));
            }
            None => self.common = false,
        }
        if self.pending.len() > WINDOW {
            self.pop();
        }
    }

    fn ended(&mut self, lane: usize, place: usize, response: u64) {
        let Some(pending) = self.pending.get_mut(place) else { return };
        let own = &mut self.responses[place * self.lanes + lane];
        if *own == OPEN {
            *own = response;
            pending.left -= 1;
        }
        while self.pending.front().is_some_and(|first| first.left == 0) {
            self.judge();
            self.pop();
        }
    }

    fn pop(&mut self) {
        self.pending.pop_front();
        self.responses.drain(..self.lanes);
        self.base += 1;
    }

    /// Looks at the request at the front, which has ended everywhere.
    fn judge(&mut self) {
        let Some(first) = self.pending.front() else { return };
        if self.lanes < 2 || first.arrived < self.start {
            return;
        }
        let responses: Vec<u64> = self.responses.iter().take(self.lanes).copied().collect();
        let slowest = (0..self.lanes).max_by_key(|lane| responses[*lane]).unwrap_or(0);
        let others = responses.iter().enumerate().filter(|(lane, _)| *lane != slowest);
        let others = others.map(|(_, response)| *response).max().unwrap_or(OPEN);
        if others >= FAILED || responses[slowest] < others.saturating_mul(FACTOR) {
            return;
        }
        let response = Some(Span(responses[slowest])).filter(|span| span.0 < FAILED);
        let request = SlowRequest {
            serial: self.base,
            arrived: first.arrived,
            size: first.size,
            key: first.key,
            response,
            others: Span(others),
        };
        let (count, worst) = &mut self.found[slowest];
        *count += 1;
        let behind = |it: &SlowRequest| it.response.map_or(OPEN, |span| span.0 - it.others.0);
        let place = worst.partition_point(|it| behind(it) >= behind(&request));
        if place < KEPT {
            worst.insert(place, request);
            worst.truncate(KEPT);
        }
    }
}
