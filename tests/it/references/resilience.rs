//! What surrounds strategies: thresholds, budgets, ramps and retries of real balancers.

use std::sync::LazyLock;

use quorate::balance::guard::outlier::threshold;
use quorate::balance::guard::retry::envoy_limit;
use quorate::balance::guard::slow_start::ramp_milli;
use quorate::kernel::{Fact, Order, Ratio, SimTime, Span};
use quorate::sim::{Input, OpNote, Target};

use super::super::balance::{CAPACITY, Pool};
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
    for (aggression, expected) in
        [(1, [None, Some(0.25), Some(0.5), Some(0.75)]), (2, [0.224, 0.5, 0.707, 0.866].map(Some))]
    {
        for (at, expected) in [3, 15, 30, 45].into_iter().zip(expected) {
            // What Envoy adds below a tenth is a minimum of its own, and a setting here.
            let Some(expected) = expected else { continue };
            let ours = f64::from(ramp_milli(Span::secs(at), Span::secs(60), aggression)) / 1000.0;
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

/// Sendings, requests, refusals by rule and answers of a run.
fn count(pool: &Pool, end: Span, rule: &str) -> [f64; 3] {
    let mut world = pool.world();
    let [mut sent, mut asked, mut ruled] = [0_u64; 3];
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + end) && world.step() {
        let last = world.last();
        let picked = |it: &&(_, Fact)| matches!(it.1, Fact::Picked { .. });
        sent += last.facts.iter().filter(picked).count() as u64;
        asked += last.ops.iter().filter(|op| matches!(op, OpNote::Invoked(..))).count() as u64;
        ruled += last.marks.iter().filter(|(_, mark)| *mark == rule).count() as u64;
    }
    [sent, asked, ruled].map(|count| count as f64)
}

/// F2 and F4: retries multiply, a throttle divides.
fn traffic(rows: &mut Vec<Row>) {
    let secs = Span::secs(samples(150));
    let fail = Input::Order(Target::All, Order::Fail(Ratio::percent(50)));
    let pool = Pool::new(3, &[("retries", "3")]).load(0.3).at(Span::ZERO, fail);
    let [sent, asked, _] = count(&pool, secs, "");
    let name = "half of all tries fail, 3 retries: tries for a request".to_owned();
    // The tries of a request have variance 1.234.
    let error = 3.0 * libm::sqrt(1.24 / asked);
    rows.push(near(name, 1.875, sent / asked, error, "[sre16 §22]"));
    let settings = [("throttle", "2"), ("throttle-window", "20000"), ("capacity", "10")];
    let secs = Span::secs(samples(100));
    let [sent, asked, refused] = count(&Pool::new(1, &settings).load(10.0), secs, "throttles");
    let source = "[sre16 §21]";
    let name = "throttle with K=2, ten times the capacity: share refused by the balancer";
    rows.push(near(name.to_owned(), 0.8, refused / asked, 0.03, source));
    let name = "throttle with K=2, ten times the capacity: load of the server";
    let ours = sent / secs.as_secs_f64() / CAPACITY;
    rows.push(near(name.to_owned(), 2.0, ours, 0.25, source));
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    envoy(&mut rows);
    traffic(&mut rows);
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
