//! Any number of strategies on the same trace, in lock step.
//!
//! Each strategy has a world of its own; all are computed from one instant of a grid to the next,
//! so that none is ahead of the others. Kept are the totals at every instant of the grid, and every
//! change between two of them as long as there are not too many: with these, the figures at any
//! instant are exact; without, they are those of the grid instant before.

mod apart;
pub(super) mod export;
mod lane;
mod tally;

pub use apart::{FACTOR as SLOW_FACTOR, SlowRequest};

use std::rc::Rc;

use crate::check::Expectation;
use crate::kernel::{SimTime, Span};
use crate::script::Plan;

use super::run::strategy_view;
use super::view_model::{CompareRow, CompareView};
use apart::Apart;
use lane::Lane;
use tally::{Limit, Tally};

/// Instants of the grid, beside the start.
const CELLS: usize = 256;
/// The same for a pool of more servers than [`CROWD`].
const CELLS_OF_CROWD: usize = 64;
const CROWD: u32 = 64;
/// Most changes kept of all strategies together; 32 bytes each.
const CHANGES: usize = 2_000_000;

/// Instants that lie evenly over a run.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Grid {
    until: SimTime,
    cells: usize,
}

impl Grid {
    fn at(self, cell: usize) -> SimTime {
        SimTime((u128::from(self.until.0) * cell as u128 / self.cells as u128) as u64)
    }

    /// The last instant that is not later.
    fn cell(self, at: SimTime) -> usize {
        let cell = u128::from(at.0) * self.cells as u128 / u128::from(self.until.0.max(1));
        let cell = (cell as usize + 1).min(self.cells);
        // Instants are rounded down, so the one after may be it.
        if self.at(cell) <= at { cell } else { cell - 1 }
    }
}

/// Events of all strategies computed in one frame, at first.
const SLICE: u64 = 2_000;
/// The same where frames come late, and where they come in time.
const SLICES: (u64, u64) = (1_000, 16_000);
/// A frame that took longer came late, in milliseconds.
const LATE_MS: f64 = 26.0;

/// The comparison on screen, and the one that will take its place.
pub(super) struct Rivals {
    /// The screen wants it.
    pub(super) wanted: bool,
    shown: Option<Comparison>,
    /// Of a changed text, until it is computed as far as the playhead.
    coming: Option<Comparison>,
    slice: u64,
}

impl Default for Rivals {
    fn default() -> Self {
        Rivals { wanted: false, shown: None, coming: None, slice: SLICE }
    }
}

impl Rivals {
    /// These are to be compared now.
    pub(super) fn meet(&mut self, plan: Option<&Plan>) {
        let Some(plan) = plan.filter(|plan| self.wanted && plan.is_pool()) else {
            (self.shown, self.coming) = (None, None);
            return;
        };
        let known = |one: &Option<Comparison>| one.as_ref().is_some_and(|it| it.is_of(plan));
        if known(&self.coming) {
            return;
        }
        if known(&self.shown) {
            self.coming = None;
        } else {
            self.coming = Comparison::new(plan);
        }
    }

    /// Computes what a frame has room for; `elapsed_ms` is what the last one took. True if there is
    /// something new to see.
    pub(super) fn frame(&mut self, elapsed_ms: f64, at: SimTime) -> bool {
        let Some(one) = self.coming.as_mut().or(self.shown.as_mut()) else { return false };
        if one.is_complete() {
            return false;
        }
        let slice = if elapsed_ms > LATE_MS { self.slice / 2 } else { self.slice * 5 / 4 };
        self.slice = slice.max(SLICES.0).min(SLICES.1);
        one.compute(self.slice);
        let there = one.is_complete() || one.computed() >= at;
        if self.coming.is_some() && (there || self.shown.is_none()) {
            self.shown = self.coming.take();
        }
        true
    }

    /// True while there is something to compute.
    pub(super) fn is_busy(&self) -> bool {
        self.coming.is_some() || self.shown.as_ref().is_some_and(|it| !it.is_complete())
    }

    /// What is shown at `at`, with `current` on stage.
    pub(super) fn view(&self, at: SimTime, current: Option<&str>) -> Option<CompareView> {
        self.shown.as_ref().map(|it| it.view(at, current))
    }
}

/// Strategies being compared.
struct Comparison {
    /// The recipe, under the first strategy: what the figures depend on.
    plan: Plan,
    grid: Grid,
    limit: Limit,
    lanes: Vec<Lane>,
    apart: Apart,
    /// The grid instant that is being computed, and how many lanes have reached it.
    cell: usize,
    there: usize,
}

impl Comparison {
    /// Builds the worlds of what `plan` compares; of its own strategy if it compares none. `None`
    /// for a cluster.
    fn new(plan: &Plan) -> Option<Comparison> {
        let shape = plan.pool_shape()?;
        let ids = compared(plan);
        let limit = limit(plan);
        let build = |id: &&'static str| Lane::new(plan.with_strategy(id), shape, limit).ok();
        let lanes: Vec<Lane> = ids.iter().filter_map(build).collect();
        let cells = if shape.servers > CROWD { CELLS_OF_CROWD } else { CELLS };
        Some(Comparison {
            plan: plan.with_strategy(ids.first()?),
            grid: Grid { until: plan.until, cells },
            limit,
            apart: Apart::new(lanes.len(), SimTime::ZERO + plan.warmup),
            lanes,
            cell: 0,
            there: 0,
        })
    }

    /// True if `plan` compares the same in the same world.
    fn is_of(&self, plan: &Plan) -> bool {
        let ids = compared(plan);
        let Some(first) = ids.first() else { return false };
        let own = &self.plan;
        self.lanes.len() == ids.len()
            && self.lanes.iter().zip(&ids).all(|(lane, id)| lane.plan.strategy() == Some(id))
            && (own.until, own.events_max, own.warmup) == (plan.until, plan.events_max, plan.warmup)
            && self.limit == limit(plan)
            && own.spec == plan.with_strategy(first).spec
            && self.lanes.iter().all(|lane| {
                let id = lane.plan.strategy().unwrap_or_default();
                lane.plan.expects == plan.with_strategy(id).expects
            })
    }

    /// Computes at most `events` more events of all strategies together.
    fn compute(&mut self, mut events: u64) {
        while events > 0 && !self.is_complete() {
            let lane = &mut self.lanes[self.there];
            let goal = (self.grid, self.cell);
            if !lane.advance(goal, &mut events, self.there, &mut self.apart) {
                break;
            }
            self.there += 1;
            if self.there == self.lanes.len() {
                self.there = 0;
                self.cell += 1;
            }
        }
        if self.is_complete() {
            let (grid, limit) = (self.grid, self.limit);
            self.lanes.iter_mut().for_each(|lane| lane.judge(grid, limit));
        }
        if self.lanes.iter().map(Lane::logged).sum::<usize>() > CHANGES {
            self.lanes.iter_mut().for_each(Lane::forget);
        }
    }

    /// True once every strategy is at the end.
    fn is_complete(&self) -> bool {
        self.cell > self.grid.cells
    }

    /// Up to when all strategies are computed.
    fn computed(&self) -> SimTime {
        self.grid.at(self.cell.saturating_sub(1))
    }

    /// What is shown at `at`, with `current` on stage.
    fn view(&self, at: SimTime, current: Option<&str>) -> CompareView {
        let at = at.min(self.computed());
        let mut exact = true;
        let rows: Vec<CompareRow> = (0..self.lanes.len())
            .map(|place| {
                let (row, known) = self.row(place, at, current);
                exact &= known;
                row
            })
            .collect();
        let at = if exact { at } else { self.grid.at(self.grid.cell(at)) };
        let arrived = rows.iter().map(|row| row.arrived).max().unwrap_or(0);
        CompareView {
            rows,
            at,
            computed: self.computed(),
            until: self.grid.until,
            complete: self.is_complete(),
            arrived,
            warmup: self.plan.warmup,
            limit: self.limit,
            exact,
            common: self.apart.common,
            axis: self.axis(),
            servers: self.servers(),
        }
    }

    fn row(&self, place: usize, at: SimTime, current: Option<&str>) -> (CompareRow, bool) {
        let lane = &self.lanes[place];
        let (tally, spread, known) = lane.at(self.grid, at);
        let picked = tally.posts.iter().map(|post| post.picked).sum::<u64>().max(1);
        let busy: Vec<f64> = tally.busy(at).collect();
        let (only, slowest) = &self.apart.found[place];
        let row = CompareRow {
            strategy: strategy_view(lane.plan.strategy().unwrap_or_default(), current),
            arrived: tally.arrived,
            completed: tally.completed,
            failed: tally.failed,
            over: tally.over,
            spread,
            buckets: tally.responses.buckets().collect(),
            shares: shares(&tally, picked),
            queues: tally.posts.iter().map(|post| post.length).collect(),
            waiting: lane.waiting(),
            utilisation: busy.iter().sum::<f64>() / busy.len().max(1) as f64,
            verdict: lane.verdict,
            limited: lane.limited,
            only: *only,
            slowest: slowest.clone(),
        };
        (row, known)
    }

    /// The shortest and the longest response that any strategy has had so far, less the fringe: the
    /// ends of the axis do not move with the playhead.
    fn axis(&self) -> (Span, Span) {
        let heads = || self.lanes.iter().map(|lane| &lane.head().responses);
        let low = heads().map(|it| it.percentile(10)).filter(|it| *it > Span::ZERO).min();
        let high = heads().filter_map(|it| it.buckets().last().map(|(_, high, _)| high)).max();
        let low = low.unwrap_or(Span::millis(1));
        (low, high.unwrap_or(Span::secs(1)).max(Span(low.0.saturating_mul(4))))
    }

    /// Name and fair share by speed of each server.
    fn servers(&self) -> Rc<Vec<(String, f64)>> {
        let speeds = super::run::speeds(&self.plan);
        let whole = speeds.iter().map(|speed| f64::from(*speed)).sum::<f64>().max(1.0);
        let names = self.plan.names;
        let server = |(place, speed): (usize, &u32)| {
            (names.node(names.server(place as u32)), f64::from(*speed) / whole)
        };
        Rc::new(speeds.iter().enumerate().map(server).collect())
    }
}

fn shares(tally: &Tally, picked: u64) -> Vec<f64> {
    tally.posts.iter().map(|post| post.picked as f64 / picked as f64).collect()
}

/// The strategies that a plan compares, each once.
fn compared(plan: &Plan) -> Vec<&'static str> {
    let mut ids: Vec<&'static str> = Vec::new();
    for (_, id) in &plan.compare {
        if !ids.contains(id) {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        ids.extend(plan.strategy());
    }
    ids
}

/// The first bound on response times that the text names, under whatever strategy.
fn limit(plan: &Plan) -> Limit {
    compared(plan)
        .iter()
        .flat_map(|id| plan.with_strategy(id).expects)
        .filter_map(|expected| match expected.expectation {
            Expectation::Response(figure, bound) => Some((expected.line, figure, bound)),
            _ => None, // Only response times have a place on the axis.
        })
        .min_by_key(|(line, ..)| *line)
        .map(|(_, figure, bound)| (figure, bound))
}
