//! Single and pooled queues against their closed forms.
//!
//! Sizes have mean 1 (ten milliseconds); `ρ` is the load of a server, `T` the mean response, `W`
//! the mean wait. Each tolerance is three standard errors of the run's length: that of M/M/1 is
//! `√(v / n)` with `v = ρ (2 + 5ρ - 4ρ² + ρ³) / (1 - ρ)⁴` [whitt89], that of other laws of gaps and
//! sizes grows with the power 3/2 of their mean squared coefficient of variation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use quorate::check::measure::Summary;
use quorate::check::theory::formula;
use quorate::kernel::{Fact, Span};
use quorate::sim::OpNote;
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;

use super::super::balance::{CAPACITY, MEAN, Pool};
use super::{Row, Tolerance, samples};

/// A span in mean sizes.
pub(super) fn means(span: Span) -> f64 {
    span.0 as f64 / MEAN.0 as f64
}

/// Three standard errors of the mean response of `n` requests of M/M/1.
pub(super) fn error_mm1(rho: f64, n: u64) -> f64 {
    let slack = 1.0 - rho;
    let variance = rho * (2.0 + 5.0 * rho - 4.0 * rho * rho + rho * rho * rho);
    3.0 * libm::sqrt(variance / (slack * slack * slack * slack) / n as f64)
}

/// The same for gaps and sizes of these squared coefficients of variation.
pub(super) fn error_gg1(rho: f64, gaps: f64, sizes: f64, n: u64) -> f64 {
    let scv = f64::midpoint(gaps, sizes);
    error_mm1(rho, n) * scv * libm::sqrt(scv)
}

/// Three standard errors of a share whose hits come in clumps of about `clump`.
pub(super) fn error_share(share: f64, clump: f64, n: u64) -> f64 {
    3.0 * libm::sqrt(share * (1.0 - share) * clump / n as f64)
}

pub(super) fn poisson(load: f64) -> Arrivals {
    Arrivals::Poisson { rate: load * CAPACITY }
}

const EXP: Sizes = Sizes::Exponential { mean: MEAN };

pub(super) fn row(name: String, expected: f64, ours: f64, error: f64, source: &'static str) -> Row {
    Row { name, expected, ours, tolerance: Tolerance::Absolute(error), source }
}

/// The responses of the `n` requests behind the first tenth, in mean sizes and in the order of
/// arrival.
pub(super) fn stays(pool: &Pool, n: u64) -> Vec<f64> {
    let mut world = pool.world();
    let (mut open, mut found) = (BTreeMap::new(), BTreeMap::new());
    let mut arrived = 0;
    while (found.len() as u64) < n && world.step() {
        let now = world.now();
        for note in &world.last().ops {
            match note {
                OpNote::Invoked(id, _) => {
                    arrived += 1;
                    if arrived > n / 10 && arrived <= n / 10 + n {
                        open.insert(id.serial, (arrived, now));
                    }
                }
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    if let Some((place, since)) = open.remove(&id.serial) {
                        found.insert(place, means(now.since(since)));
                    }
                }
            }
        }
    }
    found.into_values().collect()
}

/// A1 and A2: M/M/1.
fn one_server(rows: &mut Vec<Row>) {
    for (rho, n) in [(0.5, 15_000), (0.7, 20_000), (0.8, 25_000), (0.9, 40_000)] {
        let n = samples(n);
        let summary = Pool::new(1, &[]).load(rho).seed(1).run(n);
        let (ours, expected) = (means(summary.response.mean), 1.0 / (1.0 - rho));
        let name = format!("M/M/1, ρ={rho}: T");
        rows.push(row(name, expected, ours, error_mm1(rho, n), "[harchol13 §13.3]"));
    }
    let (rho, n) = (0.8, samples(25_000));
    let response = Pool::new(1, &[]).load(rho).seed(2).run(n).response;
    for (name, ours, p) in [
        ("p50", response.p50, 0.5),
        ("p90", response.p90, 0.9),
        ("p99", response.p99, 0.99),
        ("p99.9", response.p999, 0.999),
    ] {
        let expected = formula::mm1_percentile(rho, p);
        // Responses are alike over about 2 / (1 - ρ)² requests, and a percentile moves by the share
        // below it over the density there, (1 - p)(1 - ρ).
        let error = error_share(p, 2.0 / (0.2 * 0.2), n) / ((1.0 - p) * (1.0 - rho));
        let name = format!("M/M/1, ρ=0.8: {name} of the response");
        rows.push(row(name, expected, means(ours), error, "[harchol13 §17.2]"));
    }
    // The summary has no 95th percentile.
    let mut all = stays(&Pool::new(1, &[]).load(rho).seed(2), n);
    all.sort_unstable_by(f64::total_cmp);
    let error = error_share(0.95, 2.0 / (0.2 * 0.2), n) / (0.05 * (1.0 - rho));
    let name = "M/M/1, ρ=0.8: p95 of the response".to_owned();
    let (expected, ours) = (formula::mm1_percentile(rho, 0.95), all[all.len() * 19 / 20]);
    rows.push(row(name, expected, ours, error, "[harchol13 §17.2]"));
}

/// A3: several slots, one queue.
fn pooled(rows: &mut Vec<Row>) {
    for (slots, rho, waits, expected) in [
        (2, 0.8, 0.71111, 1.7778),
        (2, 0.9, 0.85263, 4.2632),
        (5, 0.8, 0.55411, 0.55411),
        (10, 0.8, 0.40918, 0.20459),
        (10, 0.9, 0.66873, 0.66873),
        (20, 0.9, 0.55077, 0.27538),
    ] {
        let n = samples(20_000);
        let slots_text = slots.to_string();
        let pool = Pool::new(1, &[("concurrency", &slots_text)]).seed(3);
        let pool = pool.load(f64::from(slots) * rho);
        let summary = pool.run(n);
        // While all slots are busy it is an M/M/1 queue at `slots` times the pace.
        let error = error_mm1(rho, n) / f64::from(slots);
        let name = format!("M/M/{slots}, ρ={rho}: W");
        rows.push(row(name, expected, means(summary.wait.mean), error, "[harchol13 §14.4]"));
        // Arrivals are alike over about 2 / (1 - ρ)² of them while all slots are taken, and over
        // the services of all slots while they are not.
        let clump = 2.0 / ((1.0 - rho) * (1.0 - rho)) + 2.0 * f64::from(slots);
        let error = error_share(waits, clump, n);
        let name = format!("M/M/{slots}, ρ={rho}: share of requests that wait");
        rows.push(row(name, waits, met(&pool, slots, n), error, "[harchol13 §14.4]"));
    }
}

fn lost(summary: &Summary) -> f64 {
    summary.failed as f64 / summary.arrived as f64
}

/// A4, A5 and A8: requests that find no room.
fn losses(rows: &mut Vec<Row>) {
    let n = samples(15_000);
    let heavy = Sizes::HyperExponential { mean: MEAN, scv: 4.0 };
    let even = Sizes::Deterministic { mean: MEAN };
    for (slots, work, expected, law, sizes) in [
        (10, 8.0, 0.12166, "M", EXP),
        (5, 3.0, 0.11005, "M", EXP),
        (10, 10.0, 0.21458, "M", EXP),
        (2, 1.0, 0.2, "M", EXP),
        (10, 8.0, 0.12166, "D", even),
        (10, 8.0, 0.12166, "H₂", heavy),
    ] {
        let slots_text = slots.to_string();
        let room = [("concurrency", slots_text.as_str()), ("capacity", slots_text.as_str())];
        let summary = Pool::new(1, &room).stream(poisson(work), sizes).seed(4).run(n);
        let name = format!("M/{law}/{slots}/{slots}, {work} erlangs: share lost");
        let error = error_share(expected, f64::from(slots), n);
        rows.push(row(name, expected, lost(&summary), error, "[harchol13 §15.4]"));
    }
    for (room, rho, expected) in [(10, 0.8, 0.02349), (10, 1.2, 0.19259), (4, 0.9, 0.16022)] {
        let room_text = room.to_string();
        let summary = Pool::new(1, &[("capacity", &room_text)]).load(rho).seed(5).run(n);
        let name = format!("M/M/1/{room}, ρ={rho}: share lost");
        // Losses come while the queue is near its end: clumps of about twice its length.
        let error = error_share(expected, 2.0 * f64::from(room), n);
        rows.push(row(name, expected, lost(&summary), error, "[harchol13 §14.2]"));
    }
}

/// A6 and A7: sizes that are not exponential, in turn and shared.
fn sizes(rows: &mut Vec<Row>) {
    let hyper = |scv| Sizes::HyperExponential { mean: MEAN, scv };
    let log_normal = |scv| Sizes::LogNormal { mean: MEAN, scv };
    for (law, sizes, expected, n) in [
        ("even", Sizes::Deterministic { mean: MEAN }, 2.0, 20_000),
        ("log-normal, C²=1/3", log_normal(1.0 / 3.0), 8.0 / 3.0, 20_000),
        ("log-normal, C²=1/4", log_normal(0.25), 2.5, 20_000),
        ("exponential", EXP, 4.0, 25_000),
        ("hyper-exponential, C²=10", hyper(10.0), 22.0, 60_000),
    ] {
        let (scv, n) = (sizes.scv(), samples(n));
        let summary = Pool::new(1, &[]).stream(poisson(0.8), sizes).seed(6).run(n);
        let name = format!("M/G/1, ρ=0.8, {law} sizes: W");
        let error = error_gg1(0.8, 1.0, scv, n);
        rows.push(row(name, expected, means(summary.wait.mean), error, "[harchol13 §23.5]"));
    }
    for (law, sizes, spread) in [
        ("even", Sizes::Deterministic { mean: MEAN }, 1.0),
        ("exponential", EXP, 1.0),
        ("hyper-exponential, C²=4", hyper(4.0), 2.0),
        ("Pareto", Sizes::BoundedPareto { mean: MEAN, alpha: 1.5, ratio: 100.0 }, 2.0),
    ] {
        let n = samples(15_000);
        let pool = Pool::new(1, &[("queue", "ps")]).stream(poisson(0.8), sizes);
        let summary = pool.seed(7).run(n);
        // Sharing evens responses out: no worse than in turn, and √C² as much for heavy sizes.
        let (name, error) =
            (format!("M/G/1-PS, ρ=0.8, {law} sizes: T"), error_mm1(0.8, n) * spread);
        rows.push(row(name, 5.0, means(summary.response.mean), error, "[harchol13 §22.2]"));
    }
}

/// A9 and A10: laws of any run, on its own path.
fn laws(rows: &mut Vec<Row>) {
    let pool = Pool::new(3, &[("strategy", "p2c")]).load(2.4).seed(8);
    let mut world = pool.world();
    let (mut inside, mut stays, mut area, mut last) = (0_u64, 0_u128, 0_u128, 0_u64);
    let (mut open, mut gone) = (BTreeMap::new(), 0);
    let until = samples(8_000);
    // From one instant at which nobody is inside to another, the law holds to the nanosecond.
    while (gone < until || inside > 0) && world.step() {
        let now = world.now().0;
        area += u128::from(inside) * u128::from(now - last);
        last = now;
        for note in &world.last().ops {
            match note {
                OpNote::Invoked(id, _) => {
                    inside += 1;
                    open.insert(*id, now);
                }
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    inside -= 1;
                    gone += 1;
                    stays += u128::from(now - open.remove(id).expect("it was inside"));
                }
            }
        }
    }
    let name = "Little's law, three servers from idle to idle: ∫L dt over Σ T";
    rows.push(Row {
        name: name.to_owned(),
        expected: 1.0,
        ours: area as f64 / stays as f64,
        tolerance: Tolerance::Exact,
        source: "[little61 §1]",
    });
    pasta(rows);
}

/// The share of the first `n` arrivals that find `slots` requests or more at the only server.
fn met(pool: &Pool, slots: u32, n: u64) -> f64 {
    let mut world = pool.world();
    let (mut length, mut arrived, mut met) = (0, 0_u64, 0_u64);
    while arrived < n && world.step() {
        let busy = length >= slots;
        for (_, fact) in &world.last().facts {
            match fact {
                Fact::Picked { .. } => {
                    arrived += 1;
                    met += u64::from(busy);
                }
                Fact::Load { length: now, .. } => length = *now,
                _ => {}
            }
        }
    }
    met as f64 / n as f64
}

/// Poisson arrivals see time averages.
fn pasta(rows: &mut Vec<Row>) {
    let n = samples(30_000);
    let ours = met(&Pool::new(1, &[]).load(0.8).seed(9), 1, n);
    let name = "M/M/1, ρ=0.8: share of arrivals that find it busy";
    // A busy period is as long as 1 / (1 - ρ) services.
    let error = error_share(0.8, 2.0 / 0.2, n);
    rows.push(row(name.to_owned(), 0.8, ours, error, "[wolff82 §1]"));
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    one_server(&mut rows);
    pooled(&mut rows);
    losses(&mut rows);
    sizes(&mut rows);
    laws(&mut rows);
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[test]
fn queues_are_as_long_as_theory_says() {
    super::assert_agree(rows());
}
