//! What one balancer knows of its pool: configuration, and measures of its own.
//!
//! A view never looks into a server. It counts what the balancer sent and got back, and keeps what
//! servers said of themselves in their answers. Measures live here so that strategies only choose.
//!
//! **Invariant:** everything is an integer, and a view is a function of what it was told and when.

use crate::kernel::{SimTime, Span};

/// A server of the pool, by its position among the servers, from zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ServerId(pub u32);

impl ServerId {
    /// The position of this server in a slice indexed by server.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a request that was sent to a server ended, as far as the balancer knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ending {
    /// The server did the work.
    Done,
    /// The server refused it: its queue was full, or it sheds load.
    Refused,
    /// No answer came for so long that the balancer stopped counting the request as in flight.
    Forgotten,
    /// The server answered with an error.
    Failed,
    /// The balancer called it back: another copy was answered first.
    Cancelled,
}

/// What a strategy is told when a request ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Feedback {
    /// How it ended.
    pub ending: Ending,
    /// Time from sending it to now.
    pub latency: Span,
    /// Now.
    pub at: SimTime,
}

/// A server's own account, attached to each of its answers, as load reports are in
/// [grpc-a51 §per-query reports].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Report {
    /// When the server started, by its own clock. Tells a restart from a late message.
    pub since: SimTime,
    /// Time its slots were busy since then, averaged over the slots.
    pub busy: Span,
    /// Requests finished since then.
    pub done: u64,
}

/// The unit of fixed-point numbers here: sixteen bits after the point.
pub const UNIT: u64 = 1 << 16;

/// How often measured rates are brought up to date: the shortest weight update period that
/// [grpc-a58 §weight calculation] allows.
pub const UPDATE: Span = Span::millis(100);

const SECOND: u128 = 1_000_000_000;

/// What is known of one server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Known {
    /// As configured, and as it counts now: smaller while the server warms up.
    configured: u32,
    weight: u32,
    /// Healthy and not draining.
    up: bool,
    healthy: bool,
    draining: bool,
    in_flight: u32,
    sent: u64,
    done: u64,
    failed: u64,
    latency: Option<Span>,
    report: Report,
    /// The report and the instant that the utilisation was last computed from.
    marked: (Report, SimTime),
    utilisation_milli: u32,
    throughput_milli: u64,
    /// When the first report of this life came, and the last one.
    reporting: Option<(SimTime, SimTime)>,
    /// Completions reported lately (fixed point) and the busy time they took (ns).
    completions: u64,
    busy: u64,
    rate: u64,
}

/// One balancer's view of the pool.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PoolView {
    servers: Vec<Known>,
    up: u32,
    memory: Span,
    now: SimTime,
    next_update: SimTime,
    next_halving: SimTime,
}

impl PoolView {
    /// A pool of servers with these weights (zero is raised to one), all up and idle. Measures lose
    /// half of their weight every `memory`.
    pub fn new(weights: impl IntoIterator<Item = u32>, memory: Span) -> PoolView {
        let servers: Vec<Known> = weights.into_iter().map(Known::new).collect();
        let up = servers.len() as u32;
        let memory = memory.max(UPDATE);
        let (next_update, next_halving) = (SimTime::ZERO + UPDATE, SimTime::ZERO + memory);
        PoolView { servers, up, memory, now: SimTime::ZERO, next_update, next_halving }
    }

    /// How many servers there are, up or down.
    pub fn len(&self) -> u32 {
        self.servers.len() as u32
    }

    /// True if there is no server at all.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Every server, up or down, in order.
    pub fn ids(&self) -> impl Iterator<Item = ServerId> + use<> {
        (0..self.len()).map(ServerId)
    }

    /// The servers that are up, in order.
    pub fn up_ids(&self) -> impl Iterator<Item = ServerId> + '_ {
        self.ids().filter(|&id| self.is_up(id))
    }

    /// How many servers are up.
    pub fn up(&self) -> u32 {
        self.up
    }

    /// The `n`-th server that is up, counted from zero.
    pub fn nth_up(&self, n: u32) -> Option<ServerId> {
        if self.up == self.len() {
            return (n < self.up).then_some(ServerId(n));
        }
        self.up_ids().nth(n as usize)
    }

    /// Whether a server is up as this balancer observed it.
    pub fn is_up(&self, id: ServerId) -> bool {
        self.servers[id.index()].up
    }

    /// The weight as it counts now, at least one. Equal to the configured one, unless servers warm
    /// up: then a thousand times that, less what the server is not ready for.
    pub fn weight(&self, id: ServerId) -> u32 {
        self.servers[id.index()].weight
    }

    /// The weight as configured, at least one.
    pub fn configured_weight(&self, id: ServerId) -> u32 {
        self.servers[id.index()].configured
    }

    /// Whether the balancer holds the server to be well, draining or not.
    pub fn is_healthy(&self, id: ServerId) -> bool {
        self.servers[id.index()].healthy
    }

    /// Whether an operator lets the server drain.
    pub fn is_draining(&self, id: ServerId) -> bool {
        self.servers[id.index()].draining
    }

    /// Requests this balancer sent there that have not ended yet.
    pub fn in_flight(&self, id: ServerId) -> u32 {
        self.servers[id.index()].in_flight
    }

    /// Requests this balancer sent there since its start.
    pub fn sent_to(&self, id: ServerId) -> u64 {
        self.servers[id.index()].sent
    }

    /// Requests of this balancer that were done there since its start.
    pub fn done_by(&self, id: ServerId) -> u64 {
        self.servers[id.index()].done
    }

    /// Requests sent there since the start that ended in any other way.
    pub fn failed_by(&self, id: ServerId) -> u64 {
        self.servers[id.index()].failed
    }

    /// Smoothed time from sending a request to the answer that it is done, each answer moving it by
    /// an eighth [rfc6298 §2]; `None` before the first one.
    pub fn latency(&self, id: ServerId) -> Option<Span> {
        self.servers[id.index()].latency
    }

    /// Share of its time that the server was busy between the last reports that lie [`UPDATE`]
    /// apart, in thousandths; zero before the second one.
    pub fn utilisation_milli(&self, id: ServerId) -> u32 {
        self.servers[id.index()].utilisation_milli
    }

    /// Requests per second between the reports that the utilisation is computed from, in
    /// thousandths; zero before the second one.
    pub fn throughput_milli(&self, id: ServerId) -> u64 {
        self.servers[id.index()].throughput_milli
    }

    /// When the first report since the server's start came, and when the last one; `None` before
    /// any.
    pub fn reporting(&self, id: ServerId) -> Option<(SimTime, SimTime)> {
        self.servers[id.index()].reporting
    }

    /// The balancer's clock at the last [`PoolView::refresh`].
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Measured performance: requests per second of busy time, in units of one over [`UNIT`], as of
    /// the last [`PoolView::refresh`]. Only comparisons between servers of one pool mean something
    /// before the first report: then it is the configured weight.
    pub fn rate(&self, id: ServerId) -> u64 {
        self.servers[id.index()].rate
    }

    /// Compares the requests in flight per unit of weight, by cross-multiplication.
    pub fn cmp_load(&self, a: ServerId, b: ServerId) -> std::cmp::Ordering {
        let load = |x, y| u64::from(self.in_flight(x)) * u64::from(self.weight(y));
        load(a, b).cmp(&load(b, a))
    }

    /// Notes that a server was seen to be up, or down. The strategy must be told by `on_pool`.
    pub fn set_up(&mut self, id: ServerId, up: bool) {
        self.servers[id.index()].healthy = up;
        self.count_up();
    }

    /// Notes that an operator lets a server drain, or no longer. The strategy must be told.
    pub fn set_draining(&mut self, id: ServerId, draining: bool) {
        self.servers[id.index()].draining = draining;
        self.count_up();
    }

    /// Notes that a server carries so many thousandths of its weight. From the first call on all
    /// weights count in thousandths. The strategy must be told.
    pub fn set_warmth(&mut self, id: ServerId, milli: u32) {
        let known = &mut self.servers[id.index()];
        known.weight = known.configured.saturating_mul(milli).max(1);
    }

    fn count_up(&mut self) {
        self.servers.iter_mut().for_each(|known| known.up = known.healthy && !known.draining);
        self.up = self.servers.iter().filter(|known| known.up).count() as u32;
    }

    /// Notes that a request was sent.
    pub fn sent(&mut self, id: ServerId) {
        let known = &mut self.servers[id.index()];
        known.in_flight += 1;
        known.sent += 1;
    }

    /// Notes that a request in flight ended.
    pub fn ended(&mut self, id: ServerId, feedback: Feedback) {
        let known = &mut self.servers[id.index()];
        known.in_flight = known.in_flight.saturating_sub(1);
        if feedback.ending == Ending::Done {
            known.done += 1;
            known.latency = Some(smooth(known.latency, feedback.latency));
        } else {
            known.failed += 1;
        }
    }

    /// Notes what a server said of itself. A report older than one already seen changes nothing.
    pub fn reported(&mut self, id: ServerId, report: Report, now: SimTime) {
        let known = &mut self.servers[id.index()];
        if report.since < known.report.since {
            return;
        }
        let last = if report.since > known.report.since { Report::default() } else { known.report };
        if report.done < last.done || report.busy < last.busy {
            return;
        }
        known.completions = known.completions.saturating_add((report.done - last.done) * UNIT);
        known.busy = known.busy.saturating_add((report.busy - last.busy).0);
        let first = match known.reporting {
            Some((first, _)) if report.since == known.report.since => first,
            Some(_) | None => now,
        };
        known.reporting = Some((first, now));
        known.report = report;
        known.mark(now);
    }

    /// Brings the measured rates up to date, if [`UPDATE`] has passed since the last time. Called
    /// before every ranking.
    pub fn refresh(&mut self, now: SimTime) {
        self.now = now;
        if now < self.next_update {
            return;
        }
        self.next_update = now + UPDATE;
        while self.next_halving <= now {
            let halve = |known: &mut Known| {
                known.completions /= 2;
                known.busy /= 2;
            };
            self.servers.iter_mut().for_each(halve);
            self.next_halving += self.memory;
        }
        let unit = self.rate_per_weight();
        self.servers.iter_mut().for_each(|known| known.measure(unit));
    }

    /// What one unit of weight achieves in the pool as a whole, in requests per second of busy time
    /// (fixed point); one before anything was measured.
    fn rate_per_weight(&self) -> u64 {
        let completions: u128 = self.servers.iter().map(|s| u128::from(s.completions)).sum();
        let work = |s: &Known| u128::from(s.busy) * u128::from(s.weight);
        let busy: u128 = self.servers.iter().map(work).sum();
        if completions == 0 || busy == 0 {
            return UNIT;
        }
        ((completions * SECOND / busy) as u64).max(1)
    }
}

impl Known {
    fn new(weight: u32) -> Known {
        let weight = weight.max(1);
        Known {
            configured: weight,
            weight,
            up: true,
            healthy: true,
            draining: false,
            in_flight: 0,
            sent: 0,
            done: 0,
            failed: 0,
            latency: None,
            report: Report::default(),
            marked: (Report::default(), SimTime::ZERO),
            utilisation_milli: 0,
            throughput_milli: 0,
            reporting: None,
            completions: 0,
            busy: 0,
            rate: u64::from(weight) * UNIT,
        }
    }

    /// Recomputes the utilisation if the last computation lies far enough back.
    fn mark(&mut self, now: SimTime) {
        let (before, then) = self.marked;
        let passed = now.since(then);
        if passed < UPDATE {
            return;
        }
        if before.since == self.report.since && before.done > 0 {
            let busy = u128::from((self.report.busy - before.busy).0);
            self.utilisation_milli = (busy * 1000 / u128::from(passed.0)).min(1000) as u32;
            let done = u128::from(self.report.done - before.done);
            self.throughput_milli = (done * 1000 * SECOND / u128::from(passed.0)) as u64;
        }
        self.marked = (self.report, now);
    }

    /// The rate, as if one more request had been done at the pace the weight promises. So a server
    /// that was not heard of for long is taken for an average one, and tried again.
    fn measure(&mut self, unit: u64) {
        let promised = u128::from(unit) * u128::from(self.weight);
        let completions = u128::from(self.completions) + u128::from(UNIT);
        let busy = u128::from(self.busy) + u128::from(UNIT) * SECOND / promised;
        self.rate = ((completions * SECOND / busy.max(1)) as u64).max(1);
    }
}

/// Moves an average by an eighth of the way to a new sample.
fn smooth(average: Option<Span>, sample: Span) -> Span {
    match average {
        None => sample,
        Some(Span(old)) => Span(old - old / 8 + sample.0 / 8),
    }
}
