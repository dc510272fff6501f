//! What surrounds strategies: thresholds, budgets, ramps and retries of real balancers.

use std::sync::LazyLock;

use quorate::balance::guard::outlier::threshold;
use quorate::balance::guard::retry::envoy_limit;
use quorate::balance::guard::slow_start::ramp_milli;
use quorate::check::measure::Spans;
use quorate::kernel::{Fact, NodeId, Order, Ratio, SimTime, Span};
use quorate::sim::{Input, Target};

use super::super::balance::resilience::{far, hedged, outage, tell};
use super::super::balance::scenes::goodput;
use super::super::balance::{CAPACITY, MEAN, Pool, knobs};
use super::queues::{error_share, stays};
use super::{Row, Tolerance, samples};

fn near(name: String, expected: f64, ours: f64, room: f64, source: &'static str) -> Row {
    let tolerance = if room > 0.0 { Tolerance::Absolute(room) } else { Tolerance::Exact };
    Row { name, expected, ours, tolerance, source }
}

/// D13, D19 and D20: Envoy's arithmetic.
fn envoy(rows: &mut Vec<Row>) {
    let rates: Vec<u64> = [50, 100, 100, 100, 100].iter().map(|rate| rate * 10_000).collect();
    let ours = threshold(&rates, 1900).map_or(f64::NAN, |ppm| ppm as f64 / 10_000.0);
    let name = "outliers of success 50, 100, 100, 100, 100%: threshold in %".to_owned();
    rows.push(near(name, 52.0, ours, 0.0, "[envoy §outlier detection]"));
    for (aggression, expected) in [(1, [0.1, 0.25, 0.5, 0.75]), (2, [0.224, 0.5, 0.707, 0.866])] {
        for (at, expected) in [3, 15, 30, 45].into_iter().zip(expected) {
            // The least is a tenth, by default.
            let least = knobs(&[]).share("slow-start-min").as_ppm() / 1000;
            let ours = ramp_milli(Span::secs(at), Span::secs(60), aggression).max(least);
            let ours = f64::from(ours) / 1000.0;
            let name = format!("slow start of 60 s, aggression {aggression}, at {at} s: weight");
            rows.push(near(name, expected, ours, 0.0005, "[envoy §slow start]"));
        }
    }
    for (active, expected) in [(25, 5.0), (2, 3.0)] {
        let ours = f64::from(envoy_limit(active, Ratio::percent(20), 3) as u32);
        let name = format!("retry budget of 20%, at least 3, {active} active: retries");
        rows.push(near(name, expected, ours, 0.0, "[envoy §9069]"));
    }
}

/// F2 and F4: retries multiply, a throttle divides.
fn traffic(rows: &mut Vec<Row>) {
    let secs = Span::secs(samples(150));
    for (how, percent, expected) in [("half of all tries fail", 50, 1.875), ("outage", 100, 4.0)] {
        let fail = Input::Order(Target::All, Order::Fail(Ratio::percent(percent)));
        let pool = Pool::new(3, &[("retries", "3")]).load(0.3).at(Span::ZERO, fail);
        let told = tell(&pool, secs);
        let name = format!("{how}, 3 retries: tries for a request");
        // The tries of a request have variance 1.234; those of the last are yet to come.
        let error = 3.0 * libm::sqrt(1.24 / told.invoked as f64);
        rows.push(near(name, expected, told.amplification(), error, "[sre16 §22]"));
    }
    let settings = [("throttle", "2"), ("throttle-window", "20000"), ("capacity", "10")];
    let secs = Span::secs(samples(100));
    let told = tell(&Pool::new(1, &settings).load(10.0), secs);
    let refused = told.marked("throttles") as f64 / told.invoked as f64;
    let source = "[sre16 §21]";
    let name = "throttle with K=2, ten times the capacity: share refused by the balancer";
    rows.push(near(name.to_owned(), 0.8, refused, 0.03, source));
    let name = "throttle with K=2, ten times the capacity: load of the server";
    let ours = told.picks.len() as f64 / secs.as_secs_f64() / CAPACITY;
    rows.push(near(name.to_owned(), 2.0, ours, 0.25, source));
}

/// F1: a second copy after the 95th percentile of answers that take exp(1), whoever gives them.
fn copies(rows: &mut Vec<Row>) {
    let n = samples(30_000);
    let root = libm::sqrt(n as f64);
    let after = libm::round(libm::log(20.0) * MEAN.as_millis_f64()).to_string();
    let settings: [&[(&str, &str)]; 2] = [&[], &[("hedge-after", &after)]];
    // A deviation is √(p (1 - p)) over the density: a hundredth and a thousandth alone, twice as
    // much where two copies race.
    for (how, settings, expected, deviations) in [
        ("no copies", settings[0], [0.0, 1.0, 4.605, 6.908], [0.0, 1.0, 9.95, 31.6]),
        ("a copy after p95", settings[1], [0.05, 0.975, 3.800, 4.952], [0.31, 1.0, 4.98, 15.8]),
    ] {
        let found = hedged(settings, n);
        for (at, what) in ["copies for a request", "mean", "p99", "p99.9"].into_iter().enumerate() {
            let name = format!("answers in exp(1), {how}: {what}");
            // Percentiles of very many are read off a histogram.
            let read_off = at > 1 && n > Spans::EXACT as u64;
            let coarse = if read_off { expected[at] / Spans::ERROR as f64 } else { 0.0 };
            let error = 3.0 * deviations[at] / root + coarse;
            rows.push(near(name, expected[at], found[at], error, "[dean13 §hedged requests]"));
        }
    }
}

/// F3: what a budget lets through when nothing is answered.
fn budgets(rows: &mut Vec<Row>) {
    for (percent, expected) in [("10", 1.1), ("20", 1.2)] {
        let settings = [("budget", "finagle"), ("budget-share", percent), ("budget-min", "0")];
        let ours = outage(&settings);
        let name = format!("nothing is answered, retry budget of {percent}%: tries for a request");
        // Time for the first second's tries to run out is lost.
        rows.push(near(name, expected, ours, 0.02 * expected, "[finagle §RetryBudget]"));
    }
    let settings = [("budget", "finagle"), ("budget-share", "20"), ("budget-min", "10")];
    let name = "the same and ten a second besides, of 200 requests".to_owned();
    rows.push(near(name, 1.25, outage(&settings), 0.02 * 1.25, "[finagle §RetryBudget]"));
}

/// How long after ten services' standstill an empty M/M/1 queue with ρ = 0.8 is empty again, in
/// mean services from the recovery.
fn drained(seed: u64) -> f64 {
    let place = Target::Node(NodeId(1));
    let recovery = Span(MEAN.0 * 10);
    let mut world = Pool::new(1, &[])
        .load(0.8)
        .seed(seed)
        .at(Span::ZERO, Input::Pace(place, 0))
        .at(recovery, Input::Pace(place, 1000))
        .world();
    let mut length = 0;
    while world.step() {
        for (_, fact) in &world.last().facts {
            if let Fact::Load { length: now, .. } = fact {
                length = *now;
            }
        }
        let now = world.now();
        if now >= SimTime::ZERO + recovery && length == 0 {
            return now.since(SimTime::ZERO + recovery).as_secs_f64() / MEAN.as_secs_f64();
        }
    }
    f64::NAN
}

/// F5 and F6: a backlog, and what is too late, both at one server.
fn late(rows: &mut Vec<Row>) {
    let runs = samples(600);
    let ours = (0..runs).map(drained).sum::<f64>() / runs as f64;
    // Eight busy periods on average, Poisson: 8 · (1.8 / 0.2³ + 1 / 0.2²).
    let error = 3.0 * libm::sqrt(2000.0 / runs as f64);
    let name = "10 services' standstill at ρ=0.8: services from recovery to empty".to_owned();
    rows.push(near(name, 40.0, ours, error, "[harchol13 §27.2]"));
    let (rho, n) = (0.9, samples(60_000));
    let limit = (MEAN.as_millis_f64() * 20.0).to_string();
    let pool = Pool::new(1, &[("try-timeout", &limit)]).load(rho);
    let told = tell(&pool, Span((n as f64 / rho) as u64 * MEAN.0));
    let ours = told.refused as f64 / (told.done + told.refused) as f64;
    let error = error_share(0.1353, 2.0 / ((1.0 - rho) * (1.0 - rho)), n);
    let name = "M/M/1, ρ=0.9: tries given up after 20 services".to_owned();
    rows.push(near(name, libm::exp(-2.0), ours, error, "[harchol13 §17.2]"));
}

/// F7: the two scenes of the gallery, from eight to eighteen seconds after two slow ones.
fn metastable(rows: &mut Vec<Row>) {
    for (scene, what, expected, tolerance) in [
        ("retries-that-never-end", "4 retries without a budget", 0.02, Tolerance::AtMost),
        ("retries-on-a-budget", "4 retries, budget of 20%", 0.95, Tolerance::AtLeast),
    ] {
        let slices = goodput(scene);
        let before = slices[0].0;
        let name = format!("before two slow seconds, {what}: answered in time");
        let source = "[bronson21 §2]";
        let least = Tolerance::AtLeast;
        rows.push(Row { name, expected: 0.95, ours: before, tolerance: least, source });
        let ours = slices[3..].iter().map(|slice| slice.0).sum::<f64>() / 2.0;
        let name = format!("8 to 18 s after them, {what}: answered in time");
        rows.push(Row { name, expected, ours, tolerance, source });
    }
}

/// E5: a request that asks a hundred servers is as slow as the slowest.
fn fan_out(rows: &mut Vec<Row>) {
    const WIDTH: usize = 100;
    let groups = samples(400);
    let stays = stays(&far(&[]), groups * WIDTH as u64);
    for (percent, limit, expected) in [("1", 4.605_17, 0.634), ("0.1", 6.907_76, 0.0952)] {
        let slow = stays.chunks_exact(WIDTH).filter(|all| all.iter().any(|stay| *stay > limit));
        let ours = slow.count() as f64 / groups as f64;
        let name = format!("{percent}% of answers are slow, each request needs 100: slow requests");
        rows.push(near(name, expected, ours, error_share(expected, 1.0, groups), "[dean13 §1]"));
    }
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    envoy(&mut rows);
    traffic(&mut rows);
    copies(&mut rows);
    budgets(&mut rows);
    late(&mut rows);
    metastable(&mut rows);
    fan_out(&mut rows);
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[test]
fn guards_do_as_published() {
    super::assert_agree(rows());
}
