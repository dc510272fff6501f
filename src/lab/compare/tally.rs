//! The running totals of one strategy, and what an event changes in them.

use crate::check::Figure;
use crate::check::measure::{Histogram, Spread, TimeWeighted};
use crate::kernel::{SimTime, Span};

/// What one event changes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// A request arrived.
    Arrived,
    /// A balancer sent a request to this server.
    Picked(u32),
    /// A server holds so many requests now, and works on so many of them.
    Load { server: u32, length: u32, served: u32 },
    /// A request was answered after so long.
    Answered(Span),
    /// A request was refused or given up.
    Failed,
}

/// What one server did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post {
    pub(super) picked: u64,
    pub(super) length: u32,
    busy: TimeWeighted,
}

/// Totals up to an instant. What arrived before the warm-up does not count.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    start: SimTime,
    slots: u32,
    limit: Span,
    pub(super) arrived: u64,
    pub(super) completed: u64,
    pub(super) failed: u64,
    /// Answered later than the limit.
    pub(super) over: u64,
    sum: u128,
    max: Span,
    pub(super) responses: Histogram,
    pub(super) posts: Vec<Post>,
}

/// The percentiles of a [`Spread`], in thousandths.
const RANKS: [u32; 4] = [500, 900, 990, 999];

impl Tally {
    /// Nothing yet. Responses beyond `limit` are counted apart.
    pub(super) fn new(servers: u32, slots: u32, start: SimTime, limit: Option<Span>) -> Tally {
        let busy = TimeWeighted::new(start);
        Tally {
            start,
            slots: slots.max(1),
            limit: limit.unwrap_or(Span(u64::MAX)),
            arrived: 0,
            completed: 0,
            failed: 0,
            over: 0,
            sum: 0,
            max: Span::ZERO,
            responses: Histogram::default(),
            posts: vec![Post { picked: 0, length: 0, busy }; servers as usize],
        }
    }

    pub(super) fn apply(&mut self, at: SimTime, change: Change) {
        match change {
            Change::Arrived => self.arrived += 1,
            Change::Picked(server) => {
                if let Some(post) = self.posts.get_mut(server as usize)
                    && at >= self.start
                {
                    post.picked += 1;
                }
            }
            Change::Load { server, length, served } => {
                if let Some(post) = self.posts.get_mut(server as usize) {
                    post.length = length;
                    post.busy.set(at, u64::from(served.min(self.slots)));
                }
            }
            Change::Answered(response) => {
                self.completed += 1;
                self.over += u64::from(response >= self.limit);
                self.sum += u128::from(response.0);
                self.max = self.max.max(response);
                self.responses.record(response);
            }
            Change::Failed => self.failed += 1,
        }
    }

    /// Part of its slots that each server had busy up to `at`, from 0 to 1.
    pub(super) fn busy(&self, at: SimTime) -> impl Iterator<Item = f64> + '_ {
        let whole = (at.since(self.start).0.max(1)) as f64 * f64::from(self.slots);
        self.posts.iter().map(move |post| post.busy.area(at) as f64 / whole)
    }

    /// Requests at the servers now.
    pub(super) fn waiting(&self) -> u32 {
        self.posts.iter().map(|post| post.length).sum()
    }

    /// Mean, percentiles and maximum. With the changes that led here percentiles are exact; without
    /// they are the middles of buckets, off by at most 1/64.
    pub(super) fn spread(&self, log: Option<&[(SimTime, Change)]>) -> Spread {
        let [p50, p90, p99, p999] = match log {
            Some(log) => self.exact(log),
            None => RANKS.map(|rank| self.responses.percentile(rank)),
        };
        let mean = Span((self.sum / u128::from(self.completed.max(1))) as u64);
        Spread { mean, p50, p90, p99, p999, max: self.max }
    }

    /// Percentiles to the nanosecond: only the buckets they lie in are looked at one by one.
    fn exact(&self, log: &[(SimTime, Change)]) -> [Span; 4] {
        let mut found = RANKS.map(|rank| self.place(rank));
        for (_, change) in log {
            let Change::Answered(response) = change else { continue };
            for (low, high, _, inside) in &mut found {
                if (*low..=*high).contains(response) {
                    inside.push(*response);
                }
            }
        }
        found.map(|(_, _, place, mut inside)| {
            crate::order::sort(&mut inside);
            inside.get(place as usize).copied().unwrap_or_default()
        })
    }

    /// The bucket in which a percentile lies, and its position from zero among what lies there.
    fn place(&self, per_mille: u32) -> (Span, Span, u64, Vec<Span>) {
        let rank = (self.completed * u64::from(per_mille)).div_ceil(1000);
        let mut left = rank.max(1) - 1;
        for (low, high, count) in self.responses.buckets() {
            if left < u64::from(count) {
                return (low, high, left, Vec::new());
            }
            left -= u64::from(count);
        }
        (Span(1), Span::ZERO, 0, Vec::new())
    }
}

/// The limit that a scenario sets to responses, for the line in the picture.
pub(super) type Limit = Option<(Figure, Span)>;
