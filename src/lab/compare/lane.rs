//! One strategy on the trace: its world, its totals now, and enough of their past to be asked about
//! any instant.

use std::collections::VecDeque;

use crate::check::measure::Spread;
use crate::check::{Expectation, PoolShape};
use crate::kernel::{Fact, NodeId, Op, Outcome, Ratio, RequestId, SimTime, Span};
use crate::script::Plan;
use crate::sim::{Cluster, Occurrence, OpNote, SpecError};

use super::super::view_model::Status;
use super::Grid;
use super::apart::Apart;
use super::tally::{Change, Limit, Tally};

/// A strategy being run.
pub(super) struct Lane {
    pub(super) plan: Plan,
    cluster: Box<dyn Cluster>,
    events: u64,
    over: bool,
    /// The run hit its limit of events.
    pub(super) limited: bool,
    /// Whether the text's expectations are met, once the run is over.
    pub(super) verdict: Status,
    record: Record,
}

/// What is kept of a run.
struct Record {
    /// The node of the first server.
    doors: u32,
    start: SimTime,
    /// Arrivals of requests, by serial from `base`; what has ended at the front is gone.
    open: VecDeque<Option<SimTime>>,
    base: u64,
    head: Tally,
    /// Totals at the instants of the grid, with the length of the log then.
    samples: Vec<(usize, Tally)>,
    /// What happened, event by event; `None` once it has grown too long.
    log: Option<Vec<(SimTime, Change)>>,
}

impl Lane {
    /// Builds the world.
    pub(super) fn new(plan: Plan, shape: PoolShape, limit: Limit) -> Result<Lane, SpecError> {
        let start = SimTime::ZERO + plan.warmup;
        let head = Tally::new(shape.servers, shape.slots, start, limit.map(|(_, span)| span));
        let mut record = Record {
            doors: shape.doors,
            start,
            open: VecDeque::new(),
            base: 1,
            head,
            samples: Vec::new(),
            log: Some(Vec::new()),
        };
        let cluster = plan.build()?;
        record.watch(cluster.last(), &mut |_, _, _| {});
        let (events, over, limited, verdict) = (0, false, false, Status::Undecided);
        Ok(Lane { plan, cluster, events, over, limited, verdict, record })
    }

    /// Computes up to the instant `cell` of the grid, or until `budget` is used up. True once it is
    /// there.
    pub(super) fn advance(
        &mut self,
        (grid, cell): (Grid, usize),
        budget: &mut u64,
        lane: usize,
        apart: &mut Apart,
    ) -> bool {
        let target = grid.at(cell);
        while !self.over && self.cluster.next_at().is_some_and(|at| at <= target) {
            if *budget == 0 {
                return false;
            }
            *budget -= 1;
            self.limited = self.events >= self.plan.events_max;
            // A timer armed again can make the look-ahead too early.
            self.over = self.limited || !self.cluster.step() || self.cluster.now() > grid.until;
            if !self.over {
                self.events += 1;
                self.record.sample_before(grid, self.cluster.now());
                let note = &mut |serial, at, told| apart.note(lane, serial, at, told);
                self.record.watch(self.cluster.last(), note);
            }
        }
        // The instant of the cell itself is sampled when it is known that nothing more happens.
        self.record.sample_before(grid, target + Span(1));
        true
    }

    /// How long the log is.
    pub(super) fn logged(&self) -> usize {
        self.record.log.as_ref().map_or(0, Vec::len)
    }

    /// Forgets single events: from now on only instants of the grid are known.
    pub(super) fn forget(&mut self) {
        self.record.log = None;
    }

    /// Requests at the servers at each instant of the grid so far.
    pub(super) fn waiting(&self) -> Vec<u32> {
        self.record.samples.iter().map(|(_, tally)| tally.waiting()).collect()
    }

    /// The totals so far.
    pub(super) fn head(&self) -> &Tally {
        &self.record.head
    }

    /// The totals at `at`, their spread, and whether that very instant was known.
    pub(super) fn at(&self, grid: Grid, at: SimTime) -> (Tally, Spread, bool) {
        self.record.at(grid, at)
    }

    /// The run is over: judges it by what the text expects, and by the limit.
    pub(super) fn judge(&mut self, grid: Grid, limit: Limit) {
        let (tally, spread, _) = self.at(grid, grid.until);
        let limit = limit.map(|(figure, bound)| Expectation::Response(figure, bound));
        let expected = self.plan.expects.iter().map(|expected| expected.expectation);
        for expectation in limit.into_iter().chain(expected) {
            match kept(expectation, &tally, &spread, grid.until) {
                // A line that expects it to break says the same of the strategy.
                Some(false) => {
                    self.verdict = Status::Violated;
                    return;
                }
                Some(true) => self.verdict = Status::Holds,
                None => {}
            }
        }
    }
}

impl Record {
    fn sample_before(&mut self, grid: Grid, at: SimTime) {
        while self.samples.len() <= grid.cells && grid.at(self.samples.len()) < at {
            let known = self.log.as_ref().map_or(0, Vec::len);
            self.samples.push((known, self.head.clone()));
        }
    }

    fn watch(&mut self, last: &Occurrence, note: &mut dyn FnMut(u64, SimTime, Told)) {
        let (at, doors) = (last.at, self.doors);
        // Out of range for a balancer, which has no figures.
        let server = |node: NodeId| node.0.wrapping_sub(doors);
        for &(node, fact) in &last.facts {
            match fact {
                Fact::Picked { server: to, .. } => self.change(at, Change::Picked(server(to))),
                Fact::Load { length, served } => {
                    self.change(at, Change::Load { server: server(node), length, served });
                }
                _ => {} // Other facts change no figure.
            }
        }
        for op in &last.ops {
            match *op {
                OpNote::Invoked(id, op) => {
                    self.open.push_back(Some(at));
                    if at >= self.start {
                        self.change(at, Change::Arrived);
                    }
                    let (key, size) = match op {
                        Op::Work { key, size } => (key, size),
                        _ => (0, Span::ZERO),
                    };
                    note(id.serial, at, Told::Arrived { key, size });
                }
                OpNote::Completed(id, _, Outcome::Done(_)) => self.ended(id, at, true, note),
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    self.ended(id, at, false, note);
                }
            }
        }
    }

    fn ended(
        &mut self,
        id: RequestId,
        at: SimTime,
        done: bool,
        note: &mut dyn FnMut(u64, SimTime, Told),
    ) {
        let place = id
            .serial
            .checked_sub(self.base)
            .and_then(|place| self.open.get_mut(usize::try_from(place).ok()?));
        let Some(arrived) = place.and_then(Option::take) else { return };
        while self.open.pop_front_if(|arrived| arrived.is_none()).is_some() {
            self.base += 1;
        }
        let response = at.since(arrived);
        note(id.serial, at, if done { Told::Answered(response) } else { Told::Failed });
        if arrived >= self.start {
            self.change(at, if done { Change::Answered(response) } else { Change::Failed });
        }
    }

    fn change(&mut self, at: SimTime, change: Change) {
        self.head.apply(at, change);
        if let Some(log) = &mut self.log {
            log.push((at, change));
        }
    }

    /// The totals at `at`, and whether that very instant was known.
    pub(super) fn at(&self, grid: Grid, at: SimTime) -> (Tally, Spread, bool) {
        let known = self.samples.len().saturating_sub(1);
        let cell = grid.cell(at).min(known);
        let (mut place, mut tally) = match self.samples.get(cell) {
            Some((place, tally)) => (*place, tally.clone()),
            None => return (self.head.clone(), self.head.spread(None), false),
        };
        let Some(log) = &self.log else {
            let spread = tally.spread(None);
            return (tally, spread, false);
        };
        while let Some((_, change)) = log.get(place).filter(|(time, _)| *time <= at) {
            tally.apply(log[place].0, *change);
            place += 1;
        }
        let spread = tally.spread(Some(&log[..place]));
        (tally, spread, true)
    }
}

/// What a lane tells of a request.
#[derive(Clone, Copy)]
pub(super) enum Told {
    Arrived { key: u64, size: Span },
    Answered(Span),
    Failed,
}

/// Whether a figure stays below what is expected; `None` if it says nothing about figures.
fn kept(expectation: Expectation, tally: &Tally, spread: &Spread, end: SimTime) -> Option<bool> {
    match expectation {
        Expectation::Response(figure, bound) => {
            (tally.completed > 0).then(|| figure.of(spread) < bound)
        }
        Expectation::Failures(bound) => {
            let ended = tally.completed + tally.failed;
            let found = (tally.failed * 1_000_000).checked_div(ended)?;
            Some(Ratio::ppm(found as u32) < bound)
        }
        Expectation::Utilisation(bound) => {
            let most = tally.busy(end).fold(0.0, f64::max);
            Some(Ratio::ppm((most * 1e6) as u32) < bound)
        }
        _ => None, // What is judged event by event is judged in the run on screen.
    }
}
