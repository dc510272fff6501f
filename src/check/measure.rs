//! Statistics of a pool, of the kind an engineer accepts: occupancy weighted by time, percentiles
//! of every single value, warm-up discarded, and nothing sampled. The memory does not grow with the
//! requests that are over: percentiles are exact up to [`Spans::EXACT`] values and off by at most
//! [`Spans::ERROR`] of the value beyond.
//!
//! Fed by plain calls in order of time, so it knows nothing of worlds.
//!
//! **Definitions.** The *response* of a request runs from its arrival to its answer; the *wait* is
//! the part of it before service began. The percentile `p` of `n` values is the smallest value that
//! at least `p · n` of them do not exceed (nearest rank: the `⌈p · n⌉`-th in order). A request
//! belongs to the statistics if it *arrived* after the warm-up, occupancy counts from the end of
//! the warm-up to the end asked for.

use std::collections::VecDeque;

use crate::kernel::{SimTime, Span};

use super::stats::{Batches, Estimate, Level};

/// A quantity that changes at instants and is averaged over time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeWeighted {
    value: u64,
    since: SimTime,
    area: u128,
}

impl TimeWeighted {
    /// Zero, counted from `start`.
    pub fn new(start: SimTime) -> TimeWeighted {
        TimeWeighted { value: 0, since: start, area: 0 }
    }

    /// The value now.
    pub fn value(&self) -> u64 {
        self.value
    }

    /// The quantity is `value` from `at` on. Instants before the start only set the value.
    pub fn set(&mut self, at: SimTime, value: u64) {
        self.area = self.area(at);
        self.since = self.since.max(at);
        self.value = value;
    }

    /// The integral up to `at`, in nanoseconds times the unit of the value.
    pub fn area(&self, at: SimTime) -> u128 {
        self.area + u128::from(self.value) * u128::from(at.since(self.since).0)
    }
}

/// Mean and percentiles of many spans.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spread {
    /// The mean, to the nanosecond.
    pub mean: Span,
    /// Half of the values are at most this.
    pub p50: Span,
    /// Nine tenths are at most this.
    pub p90: Span,
    /// All but one in a hundred are at most this.
    pub p99: Span,
    /// All but one in a thousand are at most this.
    pub p999: Span,
    /// The largest value.
    pub max: Span,
}

impl Spread {
    /// Of these values, which it sorts. All zero if there are none.
    pub fn of(values: &mut [Span]) -> Spread {
        values.sort_unstable();
        let sum: u128 = values.iter().map(|value| u128::from(value.0)).sum();
        Spread {
            mean: Span((sum / values.len().max(1) as u128) as u64),
            p50: nearest_rank(values, 500),
            p90: nearest_rank(values, 900),
            p99: nearest_rank(values, 990),
            p999: nearest_rank(values, 999),
            max: values.last().copied().unwrap_or_default(),
        }
    }
}

/// The position, from zero, of a percentile given in thousandths among `n` values in order.
fn rank(n: usize, per_mille: u32) -> usize {
    let rank = (n as u64 * u64::from(per_mille)).div_ceil(1000);
    (rank.max(1) - 1).min(n as u64 - 1) as usize
}

fn nearest_rank(sorted: &[Span], per_mille: u32) -> Span {
    if sorted.is_empty() { Span::ZERO } else { sorted[rank(sorted.len(), per_mille)] }
}

/// Any number of spans, for their mean and percentiles: every one of them while they are few, and
/// counts in buckets later.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    few: Vec<Span>,
    many: Histogram,
    count: u64,
    sum: u128,
    max: Span,
}

impl Spans {
    /// Up to so many values percentiles are exact.
    pub const EXACT: usize = 1 << 16;
    /// One over the most by which a percentile of more values is off, in units of itself.
    pub const ERROR: u64 = 1 << (FINENESS + 1);

    /// Adds a value.
    pub fn record(&mut self, value: Span) {
        self.count += 1;
        self.sum += u128::from(value.0);
        self.max = self.max.max(value);
        if self.count <= Spans::EXACT as u64 {
            self.few.push(value);
            return;
        }
        for value in self.few.drain(..) {
            self.many.record(value);
        }
        self.few.shrink_to_fit();
        self.many.record(value);
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many numbers are kept for them: bounded, whatever the count.
    pub fn kept(&self) -> usize {
        self.few.len() + self.many.counts.len()
    }

    /// Mean and percentiles; all zero if there are no values.
    pub fn spread(&self) -> Spread {
        if self.many.total == 0 {
            return Spread::of(&mut self.few.clone());
        }
        // A bucket may reach beyond the largest value in it.
        let percentile = |per_mille| self.many.percentile(per_mille).min(self.max);
        Spread {
            mean: Span((self.sum / u128::from(self.count.max(1))) as u64),
            p50: percentile(500),
            p90: percentile(900),
            p99: percentile(990),
            p999: percentile(999),
            max: self.max,
        }
    }
}

/// What one server did.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ServerSummary {
    /// Requests sent there by balancers.
    pub picked: u64,
    /// Its part of all picks, from 0 to 1.
    pub share: f64,
    /// Requests finished there.
    pub completed: u64,
    /// Part of its slots that was busy, averaged over time, from 0 to 1.
    pub utilisation: f64,
    /// Requests at the server, those served included, averaged over time.
    pub queue_mean: f64,
}

/// What a run amounts to.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// Time observed, without the warm-up.
    pub observed: Span,
    /// Requests that arrived.
    pub arrived: u64,
    /// Of these: served.
    pub completed: u64,
    /// Of these: refused, or given up.
    pub failed: u64,
    /// Requests in the system, averaged over time; in flight between nodes counts.
    pub in_system: f64,
    /// Times from arrival to answer.
    pub response: Spread,
    /// Times before service.
    pub wait: Spread,
    /// The mean time at a server, waiting and being served, in nanoseconds; its 99 % interval is
    /// from the batch means of the run.
    pub stay: Estimate,
    /// The share of requests that failed, in parts per million, likewise.
    pub loss: Estimate,
    /// Server by server.
    pub servers: Vec<ServerSummary>,
}

#[derive(Clone, Debug)]
struct Server {
    picked: u64,
    completed: u64,
    length: TimeWeighted,
    busy: TimeWeighted,
}

/// Collects what happens in one pool.
#[derive(Clone, Debug)]
pub struct Measure {
    start: SimTime,
    slots: u32,
    arrived: u64,
    failed: u64,
    in_system: TimeWeighted,
    responses: Spans,
    waits: Spans,
    stays: Batches,
    losses: Batches,
    servers: Vec<Server>,
}

impl Measure {
    /// For a pool of `servers` servers that serve `slots` requests at once (one, if all share).
    /// What arrives before `warm_up` is left out.
    pub fn new(servers: u32, slots: u32, warm_up: SimTime) -> Measure {
        let zero = TimeWeighted::new(warm_up);
        let server = Server { picked: 0, completed: 0, length: zero, busy: zero };
        Measure {
            start: warm_up,
            slots: slots.max(1),
            arrived: 0,
            failed: 0,
            in_system: zero,
            responses: Spans::default(),
            waits: Spans::default(),
            stays: Batches::default(),
            losses: Batches::default(),
            servers: vec![server; servers as usize],
        }
    }

    /// A request arrived.
    pub fn arrived(&mut self, at: SimTime) {
        self.in_system.set(at, self.in_system.value() + 1);
        if at >= self.start {
            self.arrived += 1;
        }
    }

    /// A balancer sent a request to a server.
    pub fn picked(&mut self, at: SimTime, server: u32) {
        if at >= self.start
            && let Some(server) = self.servers.get_mut(server as usize)
        {
            server.picked += 1;
        }
    }

    /// A server's queue is `length` requests long from now on, of which `busy` are in service.
    pub fn load(&mut self, at: SimTime, server: u32, length: u32, busy: u32) {
        if let Some(server) = self.servers.get_mut(server as usize) {
            server.length.set(at, u64::from(length));
            server.busy.set(at, u64::from(busy.min(self.slots)));
        }
    }

    /// A request was answered at `arrived_at + response`, after `wait` in the queue of `server`.
    pub fn completed(&mut self, arrived_at: SimTime, server: u32, wait: Span, response: Span) {
        self.left(arrived_at + response);
        if arrived_at < self.start {
            return;
        }
        self.responses.record(response);
        self.waits.record(wait);
        self.losses.record(0);
        if let Some(server) = self.servers.get_mut(server as usize) {
            server.completed += 1;
        }
    }

    /// A request that arrived at `arrived_at` was refused or given up at `at`.
    pub fn failed(&mut self, arrived_at: SimTime, at: SimTime) {
        self.left(at);
        if arrived_at >= self.start {
            self.failed += 1;
            self.losses.record(1_000_000);
        }
    }

    /// A request that arrived at `arrived_at` spent so long at the server that answered it.
    pub fn stayed(&mut self, arrived_at: SimTime, stay: Span) {
        if arrived_at >= self.start {
            self.stays.record_span(stay);
        }
    }

    fn left(&mut self, at: SimTime) {
        self.in_system.set(at, self.in_system.value().saturating_sub(1));
    }

    /// How many numbers are kept for percentiles.
    pub fn kept(&self) -> usize {
        self.responses.kept() + self.waits.kept()
    }

    /// Requests in the system now.
    pub fn in_system(&self) -> u64 {
        self.in_system.value()
    }

    /// Time spent in the system by all requests together up to `at`, warm-up left out.
    pub fn presence(&self, at: SimTime) -> u128 {
        self.in_system.area(at)
    }

    /// What it all amounts to at `end`.
    pub fn summary(&self, end: SimTime) -> Summary {
        let observed = end.since(self.start);
        let over_time = |area: u128| area as f64 / observed.0.max(1) as f64;
        let picks = self.servers.iter().map(|server| server.picked).sum::<u64>().max(1);
        let server = |server: &Server| ServerSummary {
            picked: server.picked,
            share: server.picked as f64 / picks as f64,
            completed: server.completed,
            utilisation: over_time(server.busy.area(end)) / f64::from(self.slots),
            queue_mean: over_time(server.length.area(end)),
        };
        Summary {
            observed,
            arrived: self.arrived,
            completed: self.responses.count(),
            failed: self.failed,
            in_system: over_time(self.in_system.area(end)),
            response: self.responses.spread(),
            wait: self.waits.spread(),
            stay: self.stays.estimate(Level::P99),
            loss: self.losses.estimate(Level::P99),
            servers: self.servers.iter().map(server).collect(),
        }
    }
}

/// Percentiles of the last moments: exact, over the values recorded less than a span ago.
#[derive(Clone, Debug)]
pub struct Recent {
    span: Span,
    values: VecDeque<(SimTime, Span)>,
    sorted: Vec<Span>,
}

impl Recent {
    /// Looks `span` back.
    pub fn new(span: Span) -> Recent {
        Recent { span, values: VecDeque::new(), sorted: Vec::new() }
    }

    /// A value at `at`, not before the last one.
    pub fn record(&mut self, at: SimTime, value: Span) {
        self.trim(at);
        self.values.push_back((at, value));
    }

    fn trim(&mut self, now: SimTime) {
        while self.values.pop_front_if(|(at, _)| now.since(*at) >= self.span).is_some() {}
    }

    /// The percentile, in thousandths, of what was recorded lately; `None` if nothing was.
    pub fn percentile(&mut self, now: SimTime, per_mille: u32) -> Option<Span> {
        self.trim(now);
        if self.values.is_empty() {
            return None;
        }
        self.sorted.clear();
        self.sorted.extend(self.values.iter().map(|(_, value)| *value));
        let place = rank(self.sorted.len(), per_mille);
        Some(*self.sorted.select_nth_unstable(place).1)
    }
}

/// Buckets per doubling of the value, as a power of two.
const FINENESS: u32 = 5;

/// Counts of spans in buckets that grow with the value: 32 to each doubling. What it says of a
/// value is off by at most 1/64 of the value, and by nothing below 64 ns.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histogram {
    counts: Vec<u32>,
    total: u64,
}

impl Histogram {
    /// Counts one value.
    pub fn record(&mut self, value: Span) {
        let bucket = Histogram::bucket(value);
        if bucket >= self.counts.len() {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
    }

    /// How many values were counted.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The buckets that are not empty, in order: smallest value, largest value, count.
    pub fn buckets(&self) -> impl Iterator<Item = (Span, Span, u32)> + '_ {
        let filled = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(bucket, count)| {
            let (low, high) = Histogram::ends(bucket);
            (low, high, *count)
        })
    }

    /// The middle of the bucket in which the percentile lies; zero if nothing was counted.
    pub fn percentile(&self, per_mille: u32) -> Span {
        if self.total == 0 {
            return Span::ZERO;
        }
        let mut left = rank(self.total as usize, per_mille) as u64;
        for (low, high, count) in self.buckets() {
            if left < u64::from(count) {
                return Span(u64::midpoint(low.0, high.0));
            }
            left -= u64::from(count);
        }
        Span::ZERO
    }

    /// Values below two doublings' worth of buckets have a bucket each; above, the leading bits
    /// count.
    fn bucket(Span(value): Span) -> usize {
        let shift = value.checked_ilog2().unwrap_or(0).saturating_sub(FINENESS);
        ((shift as usize) << FINENESS) + (value >> shift) as usize
    }

    fn ends(bucket: usize) -> (Span, Span) {
        let shift = (bucket >> FINENESS).saturating_sub(1);
        let leading = (bucket - (shift << FINENESS)) as u64;
        (Span(leading << shift), Span((leading << shift) + ((1 << shift) - 1)))
    }
}

/// Histograms side by side in time, for a picture of how a distribution changes.
#[derive(Clone, Debug)]
pub struct Series {
    slice: Span,
    slices: Vec<Histogram>,
}

impl Series {
    /// One histogram per `slice` of time, from the start of the run.
    pub fn new(slice: Span) -> Series {
        Series { slice: slice.max(Span(1)), slices: Vec::new() }
    }

    /// A value at `at`.
    pub fn record(&mut self, at: SimTime, value: Span) {
        let slice = (at.0 / self.slice.0) as usize;
        if slice >= self.slices.len() {
            self.slices.resize(slice + 1, Histogram::default());
        }
        self.slices[slice].record(value);
    }

    /// The length of a slice.
    pub fn slice(&self) -> Span {
        self.slice
    }

    /// The slices so far, in order; the last one may not be over yet.
    pub fn slices(&self) -> &[Histogram] {
        &self.slices
    }
}
