//! A scenario under many loads: how each strategy's response grows as the pool fills up, with
//! intervals of confidence from independent replications, beside what theory expects.
//!
//! Replication `r` of every strategy at every load uses the same seed, so that strategies are
//! compared on the very same requests. The work is done in slices: [`Sweep::advance`] handles so
//! many events and returns, and what has been found so far can be looked at at any time. Dropping
//! the sweep cancels it.

use std::rc::Rc;

use crate::check::measure::Summary;
use crate::check::stats::{Estimate, Level};
use crate::check::theory::{Kind, Subject};
use crate::check::{PoolShape, PoolWatch};
use crate::kernel::{SimTime, Span};
use crate::sim::{Cluster, Workload};

use super::plan::Plan;
use super::problem::Said;

/// Loads of a sweep when nobody says otherwise, in parts per million.
pub const LOADS: [u64; 11] = [
    100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 800_000, 900_000, 950_000,
    990_000,
];
/// Replications when nobody says otherwise.
pub const REPLICATIONS: u32 = 5;
/// Most runs of one sweep: strategies times loads times replications.
pub const RUNS: usize = 10_000;

/// What one run is about: places in the lists of the sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Job {
    replication: u32,
    load: usize,
    strategy: usize,
}

/// A run that has begun.
struct Begun {
    plan: Plan,
    world: Box<dyn Cluster>,
    watch: PoolWatch,
    events: u64,
}

/// What one run gave: mean stay, then mean and percentiles of the response, in nanoseconds, and the
/// share that failed in parts per million.
type Found = [f64; 7];

/// How far a sweep has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Runs that are over.
    pub done: usize,
    /// Runs in all.
    pub of: usize,
}

impl Progress {
    /// True once nothing is left to run.
    pub fn is_over(self) -> bool {
        self.done >= self.of
    }
}

/// One point of a curve. Times are in nanoseconds, shares in parts per million; intervals hold with
/// 95 % confidence.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// Work that arrives over work that the servers can do, in parts per million.
    pub load_ppm: u64,
    /// How many replications the point is made of.
    pub replications: u32,
    /// The mean time at a server: what theory is about.
    pub stay: Estimate,
    /// The mean response.
    pub mean: Estimate,
    /// The median of the response.
    pub p50: Estimate,
    /// Its 90th percentile.
    pub p90: Estimate,
    /// Its 99th percentile.
    pub p99: Estimate,
    /// Its 99.9th percentile.
    pub p999: Estimate,
    /// The share of requests that failed.
    pub failures: Estimate,
    /// The stay that theory expects, and how it is meant; `None` where no formula applies.
    pub theory: Option<(Kind, Span)>,
    /// More work arrives than some server can do: the figures grow with the length of the run.
    pub unstable: bool,
}

/// The points of one strategy, in order of load.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    /// The strategy.
    pub strategy: &'static str,
    /// The name of the theory beside it; empty if no formula applies.
    pub theory: &'static str,
    /// The points.
    pub points: Vec<Point>,
}

/// A sweep that is being computed.
pub struct Sweep {
    plan: Plan,
    shape: PoolShape,
    strategies: Vec<&'static str>,
    loads: Vec<u64>,
    replications: u32,
    next: usize,
    begun: Option<Begun>,
    /// By strategy, then by load.
    found: Vec<Vec<Vec<Found>>>,
}

impl Plan {
    /// The strategies the scenario names: those it compares, or its own.
    pub fn strategies(&self) -> Vec<&'static str> {
        let mut named: Vec<&'static str> = self.compare.iter().map(|(_, it)| *it).collect();
        if named.is_empty() {
            named.extend(self.strategy());
        }
        named
    }

    /// The same plan under another load, in parts per million of what its servers can do. `None`
    /// where the load depends on the answers, or nothing arrives.
    pub fn with_load(&self, load_ppm: u64) -> Option<Plan> {
        let own = self.load_ppm.filter(|own| *own > 0)?;
        let mut plan = self.clone();
        if let Workload::Stream(stream) = &mut Rc::make_mut(&mut plan.spec).workload {
            stream.arrivals = stream.arrivals.scaled(load_ppm as f64 / own as f64);
        }
        plan.load_ppm = Some(load_ppm);
        Some(plan)
    }
}

impl Sweep {
    /// A sweep over these loads (parts per million, from 0.0001 % to ten times what the servers can
    /// do) with so many replications, each with a seed of its own from the plan's on.
    ///
    /// # Errors
    /// Why this scenario cannot be swept, in both languages.
    pub fn new(plan: &Plan, loads: &[u64], replications: u32) -> Result<Sweep, Said> {
        let Some(shape) = plan.pool_shape() else {
            return Err(Said::new(
                "A sweep is about a pool: this scenario starts with cluster.",
                "负载扫描只适用于服务器池，而这个场景以 cluster 开头。",
            ));
        };
        if plan.with_load(1).is_none() {
            return Err(Said::new(
                "A sweep needs a stream of requests whose load can be set.",
                "负载扫描需要一个可以设定负载的请求流。",
            ));
        }
        let mut loads = loads.to_vec();
        loads.sort_unstable();
        loads.dedup();
        let strategies = plan.strategies();
        let runs = strategies.len() * loads.len() * replications as usize;
        let allowed = loads.iter().all(|load| (1..=10_000_000).contains(load));
        if runs == 0 || runs > RUNS || !allowed {
            return Err(Said::new(
                format!("A sweep takes 1 to {RUNS} runs at loads up to 1000%; these are {runs}."),
                format!("一次扫描可运行 1 到 {RUNS} 次，负载不超过 1000%；这里是 {runs} 次。"),
            ));
        }
        let found = vec![vec![Vec::new(); loads.len()]; strategies.len()];
        let (plan, next, begun) = (plan.clone(), 0, None);
        Ok(Sweep { plan, shape, strategies, loads, replications, next, begun, found })
    }

    /// The runs in order: all strategies on one trace first, then the next load, then the next
    /// replication; so a rough picture is there soon and gets sharper.
    fn job(&self, place: usize) -> Job {
        let (strategies, loads) = (self.strategies.len(), self.loads.len());
        Job {
            strategy: place % strategies,
            load: place / strategies % loads,
            replication: (place / strategies / loads) as u32,
        }
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let of = self.strategies.len() * self.loads.len() * self.replications as usize;
        Progress { done: self.next, of }
    }

    /// Handles at most so many events.
    pub fn advance(&mut self, events: u64) -> Progress {
        let mut left = events;
        while left > 0 && !self.progress().is_over() {
            let job = self.job(self.next);
            let Some(mut begun) = self.begun.take().or_else(|| self.begin(job)) else {
                // A compiled plan builds; if it did not, the point would stay empty.
                self.next += 1;
                continue;
            };
            if begun.run(&mut left) {
                let end = begun.end();
                self.found[job.strategy][job.load].push(found(&begun.watch.summary(end)));
                self.next += 1;
            } else {
                self.begun = Some(begun);
            }
        }
        self.progress()
    }

    fn plan(&self, strategy: usize, load: usize) -> Option<Plan> {
        Some(self.plan.with_load(self.loads[load])?.with_strategy(self.strategies[strategy]))
    }

    fn begin(&self, job: Job) -> Option<Begun> {
        let seed = self.plan.spec.seed.wrapping_add(u64::from(job.replication));
        let plan = self.plan(job.strategy, job.load)?.with_seed(seed);
        let world = plan.build().ok()?;
        let watch = PoolWatch::new(self.shape, SimTime::ZERO + plan.warmup);
        Some(Begun { plan, world, watch, events: 0 })
    }

    /// What has been found so far.
    pub fn curves(&self) -> Vec<Curve> {
        (0..self.strategies.len()).map(|strategy| self.curve(strategy)).collect()
    }

    fn curve(&self, strategy: usize) -> Curve {
        let mut curve =
            Curve { strategy: self.strategies[strategy], theory: "", points: Vec::new() };
        for (load, found) in self.found[strategy].iter().enumerate() {
            let estimate = |place: usize| {
                let values: Vec<f64> = found.iter().map(|values| values[place]).collect();
                Estimate::of(&values, Level::P95)
            };
            let predicted = self.plan(strategy, load).map(|plan| plan.theory());
            let mut point = Point {
                load_ppm: self.loads[load],
                replications: found.len() as u32,
                stay: estimate(0),
                mean: estimate(1),
                p50: estimate(2),
                p90: estimate(3),
                p99: estimate(4),
                p999: estimate(5),
                failures: estimate(6),
                theory: None,
                unstable: false,
            };
            match predicted {
                Some(Ok(all)) => {
                    if let Some(it) = all.iter().find(|it| it.subject == Subject::Stay) {
                        curve.theory = it.name.en;
                        point.theory = Some((it.kind, Span(libm::round(it.expected) as u64)));
                    }
                }
                Some(Err(silence)) => point.unstable = silence.unstable,
                None => {}
            }
            curve.points.push(point);
        }
        curve
    }
}

impl Begun {
    /// Steps as long as events are left. True once the run is over.
    fn run(&mut self, left: &mut u64) -> bool {
        while *left > 0 {
            let over = self.world.next_at().is_none_or(|at| at > self.plan.until);
            if over || self.events >= self.plan.events_max {
                return true;
            }
            if !self.world.step() || self.world.now() > self.plan.until {
                return true;
            }
            self.watch.watch(self.world.last());
            self.events += 1;
            *left -= 1;
        }
        false
    }

    /// The instant up to which was measured.
    fn end(&self) -> SimTime {
        if self.events >= self.plan.events_max { self.world.now() } else { self.plan.until }
    }
}

fn found(summary: &Summary) -> Found {
    let Summary { response, stay, loss, .. } = summary;
    let times = [response.mean, response.p50, response.p90, response.p99, response.p999];
    let [mean, p50, p90, p99, p999] = times.map(|Span(time)| time as f64);
    [stay.mean, mean, p50, p90, p99, p999, loss.mean]
}
