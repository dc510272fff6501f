//! Probing balancers against those that weigh: the testbed of [wydrowski24 §5] in the small, and
//! what an independent implementation measured.

use std::sync::LazyLock;

use quorate::kernel::{Choices as _, Fact, KnobValue, NodeId, SimTime, Span};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::sizes::Sizes;
use quorate::sim::{Input, OpNote, Target};

use super::super::balance::{CAPACITY, MEAN, Pool};
use super::{Row, Tolerance, samples};

/// How many balancers, and as many servers.
const CROWD: u32 = 20;
/// Who is answered later than this has gone.
const TIMEOUT: Span = Span::secs(5);

/// How long a run of the testbed is.
const SECS: u64 = 40;
const SOURCE: &str = "[wydrowski24 §5]";

/// What came out of a run: percentiles of the responses in seconds, those that never came counted
/// with the timeout, and a percentile of the requests that a server has.
#[derive(Clone, Copy, Default)]
struct Tail {
    p99: f64,
    p999: f64,
    /// The 99th percentile over servers and time of the requests at one of them.
    in_flight: f64,
}

/// Runs for `secs` seconds after a fifth as many.
fn tail(pool: &Pool, secs: u64) -> Tail {
    let doors = pool.spec.doors as usize;
    let servers = pool.spec.nodes as usize - doors;
    let (from, until) = (SimTime::ZERO + Span::secs(secs / 5), SimTime::ZERO + Span::secs(secs));
    let mut world = pool.world();
    let mut open = std::collections::BTreeMap::new();
    let mut found = Vec::new();
    let (mut lengths, mut depths) = (vec![0_u32; servers], vec![0_u64; 4096]);
    let mut look = from;
    while world.next_at().is_some_and(|at| at <= until + TIMEOUT) && world.step() {
        let now = world.now();
        while look < now && look < until {
            for length in &lengths {
                depths[(*length as usize).min(4095)] += 1;
            }
            look += Span::millis(100);
        }
        for note in &world.last().ops {
            match note {
                OpNote::Invoked(id, _) if (from..until).contains(&now) => {
                    open.insert(id.serial, now);
                }
                OpNote::Invoked(..) => {} // Warming up, or the answers to the last are awaited.
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    found.extend(open.remove(&id.serial).map(|since| now.since(since)));
                }
            }
        }
        for (node, fact) in &world.last().facts {
            if let Fact::Load { length, .. } = fact {
                lengths[node.index() - doors] = *length;
            }
        }
    }
    found.extend(open.values().map(|_| TIMEOUT));
    found.sort_unstable();
    let rank = |per_mille: usize| found[(found.len() * per_mille / 1000).min(found.len() - 1)];
    let all: u64 = depths.iter().sum();
    let mut above = all;
    let deep = depths.iter().position(|count| {
        above -= count;
        above <= all / 100
    });
    Tail {
        p99: rank(990).as_secs_f64(),
        p999: rank(999).as_secs_f64(),
        in_flight: deep.map_or(f64::NAN, |depth| depth as f64),
    }
}

/// The testbed: requests whose work varies as much as it is long, on four slots of each server, and
/// others on the same machines. `load` is in guaranteed speeds. A quarter of the machines is so
/// crowded that even a part of that is missing; all others have time to spare, as long as their
/// neighbours leave it: that changes every few seconds.
fn testbed(strategy: &str, load: f64, seed: u64) -> Pool {
    let count = CROWD.to_string();
    let settings = [
        ("strategy", strategy),
        ("balancers", &count),
        ("concurrency", "4"),
        ("try-timeout", "5000"),
    ];
    let mut pool = Pool::new(CROWD, &settings).seed(seed);
    pool.spec.nodes = 2 * CROWD;
    pool.spec.doors = CROWD;
    let mean = Span(MEAN.0 * 20);
    let rate = load * f64::from(CROWD) * CAPACITY * 4.0 / 20.0;
    pool = pool.stream(Arrivals::Poisson { rate }, Sizes::Exponential { mean });
    for server in CROWD..2 * CROWD {
        let mut dice = Stream::new(seed, Concern::Faults, server);
        let place = Target::Node(NodeId(server));
        let mut at = Span::ZERO;
        while at < Span::secs(SECS) {
            let pace = if server % 4 == 0 { 850 } else { 2200 + dice.below(600) as u32 };
            pool = pool.at(at, Input::Pace(place, pace));
            at = at + Span::millis(2000 + dice.below(6000));
        }
    }
    pool
}

/// The mean of some runs of the testbed.
fn mean(strategy: &str, load: f64) -> Tail {
    let runs = samples(1).min(5);
    (0..runs).fold(Tail::default(), |sum, seed| {
        let found = tail(&testbed(strategy, load, 20 + seed), SECS);
        let part = |value: f64| value / runs as f64;
        Tail {
            p99: sum.p99 + part(found.p99),
            p999: sum.p999 + part(found.p999),
            in_flight: sum.in_flight + part(found.in_flight),
        }
    })
}

/// E2 and E3: up the ramp of the source, on which each step is a ninth above the one before.
fn ramp(rows: &mut Vec<Row>) {
    let load = |step: i32| 0.75 * libm::pow(10.0 / 9.0, f64::from(step));
    let mut bound = |name: String, expected, ours, tolerance| {
        rows.push(Row { name, expected, ours, tolerance, source: SOURCE });
    };
    let timeout = TIMEOUT.as_secs_f64();
    let (weights, probes) = (mean("weighted", load(2)), mean("prequal", load(2)));
    let what = "testbed, load 0.93, weights over probes";
    let least = Tolerance::AtLeast;
    bound(format!("{what}: p99 of the response"), 2.0, weights.p99 / probes.p99, least);
    let ours = weights.in_flight / probes.in_flight;
    bound(format!("{what}: p99 of requests at a server"), 5.0, ours, least);
    for (strategy, step, tolerance) in [
        ("weighted", 0, Tolerance::AtMost),
        ("weighted", 3, Tolerance::AtLeast),
        ("weighted", 8, Tolerance::AtLeast),
        ("prequal", 3, Tolerance::AtMost),
        ("prequal", 8, Tolerance::AtMost),
    ] {
        let name = format!("testbed, load {:.2}, {strategy}: p99.9 in seconds", load(step));
        bound(name, timeout, mean(strategy, load(step)).p999, tolerance);
    }
}

/// E4: where probes help. Where they cost depends too much on what is not published.
fn independent(rows: &mut Vec<Row>) {
    let secs = 50 * samples(1);
    let ratio = |pool: &Pool, rate: f64, over, under| {
        let [over, under] = [over, under].map(|strategy| {
            let mut pool = pool.clone();
            pool.spec.knobs.set("strategy", KnobValue::Choice(strategy));
            let sizes = Sizes::Exponential { mean: MEAN };
            tail(&pool.stream(Arrivals::Poisson { rate }, sizes).seed(3), secs).p99
        });
        over / under
    };
    let source = "[sathwick §results]";
    let speeds = ["4000", "250"].map(|speed| [speed; 8].join(",")).join(",");
    let skewed = Pool::new(16, &[]).given("speeds", &speeds);
    let name =
        "16 servers, half of them 16 times slower: p99 in turns over p99 of Prequal".to_owned();
    // The slow ones are busy for three tenths of the time under turns.
    let ours = ratio(&skewed, 16.0 * 0.3 * 0.25 * CAPACITY, "round-robin", "prequal");
    rows.push(Row { name, expected: 8.6, ours, tolerance: Tolerance::AtLeast, source });
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    ramp(&mut rows);
    independent(&mut rows);
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[test]
fn probes_cut_tails() {
    super::assert_agree(rows());
}
