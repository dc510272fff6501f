//! One stream split over many servers: by lot, in turns, by looking at queues, of which the
//! shortest is the best to join [winston77].
//!
//! Units and tolerances as in [`queues`](super::queues). Where servers are balanced the error is
//! that of M/M/1, in proportion to how much of its wait is left; figures that were themselves
//! computed by simulation bring the error their source states.

use std::sync::LazyLock;

use quorate::check::theory::formula;
use quorate::kernel::{Fact, Span, Window};
use quorate::sim::Delay;
use quorate::sim::sizes::Sizes;

use super::super::balance::{MEAN, Pool};
use super::queues::{error_gg1, error_mm1, means, poisson, row};
use super::{Row, Tolerance, samples};

const EXP: Sizes = Sizes::Exponential { mean: MEAN };
const HARCHOL: &str = "[harchol13 §24.1]";
const TURNS: &str = "[kleinrock75 §6.4]";
const MARKET: &str = "[mitzenmacher01 §2]";
const SOLVED: &str = "[validation §chain]";

/// The mean response of `servers` servers at this load under these settings; each row of a table is
/// a run of its own.
fn response(servers: u32, settings: &[(&str, &str)], rho: f64, (n, row): (u64, usize)) -> f64 {
    let seed = 1000 + row as u64;
    let pool = Pool::new(servers, settings).load(f64::from(servers) * rho).seed(seed);
    means(pool.run(n).response.mean)
}

/// Three standard errors of a mean response of `expected` services where servers help each other.
fn error_balanced(rho: f64, expected: f64, n: u64) -> f64 {
    error_mm1(rho, n) * (expected - 1.0) * (1.0 - rho) / rho + 3.0 / libm::sqrt(n as f64)
}

/// B1 and B2: by lot and in turns.
fn blind(rows: &mut Vec<Row>) {
    let n = samples(40_000);
    let ours = response(5, &[("strategy", "random")], 0.9, (n, rows.len()));
    let name = "random over 5 servers, ρ=0.9: T of M/M/1";
    rows.push(row(name.to_owned(), 10.0, ours, error_mm1(0.9, n), HARCHOL));
    for (servers, rho, expected, n) in [
        (2, 0.8, 3.8440, 50_000),
        (3, 0.8, 3.4594, 50_000),
        (5, 0.8, 3.1523, 50_000),
        (10, 0.8, 2.9223, 50_000),
        (2, 0.9, 7.5883, 120_000),
        (3, 0.9, 6.7847, 120_000),
        (5, 0.9, 6.1421, 120_000),
        (10, 0.9, 5.6603, 120_000),
        (20, 0.9, 5.4194, 120_000),
        (2, 0.5, 1.6180, 15_000),
        (10, 0.5, 1.3246, 15_000),
    ] {
        let n = samples(n);
        let ours = response(servers, &[("strategy", "round-robin")], rho, (n, rows.len()));
        let error = error_gg1(rho, 1.0 / f64::from(servers), 1.0, n);
        let name = format!("round robin over {servers} servers, ρ={rho}: T of E_{servers}/M/1");
        rows.push(row(name, expected, ours, error, TURNS));
    }
    for (rho, expected) in [(0.8, 2.6927), (0.9, 5.1787)] {
        let n = samples(25_000);
        let even = quorate::sim::arrivals::Arrivals::Deterministic { rate: rho * 100.0 };
        let summary = Pool::new(1, &[]).stream(even, EXP).seed(12).run(n);
        let name = format!("even gaps, ρ={rho}: T of D/M/1");
        let (ours, error) = (means(summary.response.mean), error_gg1(rho, 0.0, 1.0, n));
        rows.push(row(name, expected, ours, error, TURNS));
    }
}

/// B3, B4 and B10: the shortest queue, and the idle one.
fn oracles(rows: &mut Vec<Row>) {
    for (rho, expected, n) in [
        (0.5, 1.42632, 10_000),
        (0.7, 2.10820, 15_000),
        (0.8, 2.95574, 20_000),
        (0.9, 5.47491, 120_000),
        (0.95, 10.5119, 60_000),
    ] {
        let n = samples(n);
        let ours = response(2, &[("strategy", "jsq")], rho, (n, rows.len()));
        let name = format!("shortest of 2 queues, ρ={rho}: T");
        rows.push(row(name, expected, ours, error_mm1(rho, n) / 2.0, SOLVED));
    }
    for (strategy, name, rho, expected) in [
        ("jsq", "shortest of 10 queues", 0.8, 1.3565),
        ("jsq", "shortest of 10 queues", 0.9, 1.912),
        ("jiq", "an idle one of 10 servers", 0.8, 1.481),
        ("jiq", "an idle one of 10 servers", 0.9, 2.402),
    ] {
        let n = samples(50_000);
        let ours = response(10, &[("strategy", strategy)], rho, (n, rows.len()));
        let error = error_balanced(rho, expected, n) + 0.015 * expected;
        rows.push(row(format!("{name}, ρ={rho}: T"), expected, ours, error, NUMERIC));
    }
}

const NUMERIC: &str = "[validation §simulated]";

/// B7 and B8: two choices.
fn choices(rows: &mut Vec<Row>) {
    let two: &[(&str, &str)] = &[("strategy", "p2c")];
    let again: &[(&str, &str)] = &[("strategy", "p2c"), ("replacement", "on")];
    for (rho, expected) in [(0.5, 1.268), (0.7, 1.621), (0.8, 1.960), (0.9, 2.648), (0.95, 3.470)] {
        let n = samples(60_000);
        let error = error_balanced(rho, expected, n / 4) / 3.0 + 0.01 * expected;
        let name = format!("two of 100 servers, ρ={rho}: T");
        let ours = response(100, two, rho, (n, rows.len()));
        rows.push(row(name, expected, ours, error, "[mitzenmacher01 §5, Table 1]"));
    }
    for (settings, how, rho, expected) in [
        (two, "distinct", 0.8, 2.075),
        (again, "with replacement", 0.8, 2.166),
        (two, "distinct", 0.9, 2.982),
        (again, "with replacement", 0.9, 3.120),
    ] {
        let n = samples(50_000);
        // Both ways to draw meet the same requests.
        let ours = response(10, settings, rho, (n, (rho * 100.0) as usize));
        let error = error_balanced(rho, expected, n) + 0.01 * expected;
        let name = format!("two of 10 servers, {how}, ρ={rho}: T");
        rows.push(row(name, expected, ours, error, NUMERIC));
        if how == "with replacement" {
            let name = format!("two of 10 servers, ρ={rho}: T with replacement less T of distinct");
            let (ours, tolerance) = (ours - rows[rows.len() - 2].ours, Tolerance::AtLeast);
            rows.push(Row { name, expected: 0.0, ours, tolerance, source: NUMERIC });
        }
    }
}

/// B5 and B6: very many servers.
fn market(rows: &mut Vec<Row>) {
    let n = samples(90_000);
    // The work of so many requests is off by this much, and the queues with it.
    let drift = 3.0 * 0.9 * libm::sqrt(2.0 / n as f64);
    for (choices, servers, settings) in [
        (2, 1000, &[("strategy", "p2c")][..]),
        // By themselves servers take long to fill, and are the same however many there are.
        (1, 100, &[("strategy", "random")][..]),
        (5, 1000, &[("strategy", "p2c"), ("choices", "5")][..]),
    ] {
        let room = |of: &dyn Fn(f64) -> f64, expected: f64| {
            let (low, high) = (of(0.9 - drift), of(0.9 + drift));
            (high - low) / 2.0 + 0.01 * expected
        };
        let pool = Pool::new(servers, settings).load(f64::from(servers) * 0.9).seed(14);
        let (shares, stay) = crowd(&pool, servers, n);
        let lengths = if choices == 5 { 1..=2 } else { 1..=5 };
        for length in lengths {
            let tail = |load: f64| formula::supermarket_tail(choices, load, length);
            let expected = tail(0.9);
            let error = room(&tail, expected) * if choices == 1 { 1.5 } else { 1.0 };
            let name =
                format!("{choices} of {servers} servers, ρ=0.9: share with {length} or more");
            rows.push(row(name, expected, shares[length as usize], error, MARKET));
        }
        if choices > 1 {
            let stay_of = |load: f64| formula::supermarket(choices, load);
            let name = format!("{choices} of {servers} servers, ρ=0.9: T");
            let expected = stay_of(0.9);
            rows.push(row(name, expected, stay, room(&stay_of, expected), MARKET));
        }
    }
}

/// B9: fifty balancers before five hundred servers, each with a list of idle ones of its own. The
/// stream is dealt out to balancers in turn, the theory wants it by lot: here it is mixed on the
/// way from the clients, which takes anything up to half a second. So the mean stay is that of
/// Little's law at the servers.
fn idle_lists(rows: &mut Vec<Row>) {
    let (doors, servers, rho, n) = (50, 500_u32, 0.9, samples(90_000));
    let mut pool = Pool::new(servers, &[("strategy", "jiq"), ("balancers", "50")]);
    pool.spec.nodes = servers + doors;
    pool.spec.doors = doors;
    let mixed = Window::between(Span::ZERO, Span::millis(500));
    pool.spec.network.client_delay = Delay::Even(mixed);
    let (shares, _) = crowd(&pool.load(f64::from(servers) * rho).seed(18), servers, n);
    let ours = shares[1..].iter().sum::<f64>() / rho;
    let of = |load: f64| formula::join_idle(load, f64::from(servers / doors));
    let drift = 3.0 * rho * libm::sqrt(2.0 / n as f64);
    // The source's own simulation of so many is 1.843; its law is that of ever more.
    let (expected, noise) = (of(rho), (of(rho + drift) - of(rho - drift)) / 2.0);
    let name = "an idle one, 50 balancers, 500 servers, ρ=0.9: T".to_owned();
    rows.push(row(name, expected, ours, noise + 0.04 * expected, "[lu11 §3.2]"));
}

/// Shares of servers with so many requests or more, averaged over time, and the mean response.
fn crowd(pool: &Pool, servers: u32, n: u64) -> (Vec<f64>, f64) {
    let doors = pool.spec.knobs.count("balancers") as usize;
    let mut world = pool.world();
    // A hundred services for each of a thousand servers, a thousand for each of a hundred.
    let (start, mut arrived) = (90_000, 0_u64);
    let mut watch = pool.watch(quorate::kernel::SimTime(u64::MAX));
    let mut lengths = vec![0_u32; servers as usize];
    let mut counts = [0_u32; 32];
    let (mut areas, mut last, mut from) = ([0.0; 32], 0.0, 0.0);
    counts[0] = servers;
    while arrived < start + n && world.step() {
        let now = world.now().0 as f64;
        if arrived >= start {
            for (area, count) in areas.iter_mut().zip(counts) {
                *area += f64::from(count) * (now - last);
            }
        }
        last = now;
        for (node, fact) in &world.last().facts {
            match fact {
                Fact::Picked { .. } => {
                    arrived += 1;
                    if arrived == start {
                        from = now;
                        watch = pool.watch(world.now());
                    }
                }
                Fact::Load { length, .. } => {
                    let known = &mut lengths[node.index() - doors];
                    for (k, count) in counts.iter_mut().enumerate().skip(1) {
                        let (was, is) = (*known >= k as u32, *length >= k as u32);
                        *count = *count + u32::from(is) - u32::from(was);
                    }
                    *known = *length;
                }
                _ => {}
            }
        }
        watch.watch(world.last());
    }
    let share = |area: &f64| area / (last - from) / f64::from(servers);
    (areas.iter().map(share).collect(), means(watch.summary(world.now()).response.mean))
}

/// B11: the same work, from one big server down to blind chance.
fn ladder(rows: &mut Vec<Row>) {
    let n = samples(30_000);
    let rungs: [(&str, f64, f64); 5] = [
        ("jsq", 1.912, 0.02),
        ("jiq", 2.402, 0.02),
        ("p2c", 2.982, 0.02),
        ("round-robin", 5.6603, 0.0),
        ("random", 10.0, 0.0),
    ];
    let big = Pool::new(1, &[]).given("speeds", "10000").load(9.0).seed(15).run(n);
    let shared = Pool::new(1, &[("concurrency", "10")]).load(9.0).seed(15).run(n);
    let mut found = vec![means(big.response.mean), means(shared.response.mean)];
    let source = "[harchol13 §14.4]";
    let error = error_mm1(0.9, n) / 10.0;
    rows.push(row(
        "ladder: one server ten times as fast: T".to_owned(),
        1.0,
        found[0],
        error,
        source,
    ));
    rows.push(row(
        "ladder: one queue for ten servers: T".to_owned(),
        1.66873,
        found[1],
        error,
        source,
    ));
    for (strategy, expected, numeric) in rungs {
        let pool = Pool::new(10, &[("strategy", strategy)]).load(9.0).seed(15);
        let ours = means(pool.run(n).response.mean);
        let error = match strategy {
            "random" => error_mm1(0.9, n),
            "round-robin" => error_gg1(0.9, 0.1, 1.0, n),
            _ => error_balanced(0.9, expected, n) + numeric * expected,
        };
        found.push(ours);
        rows.push(row(format!("ladder: {strategy}: T"), expected, ours, error, NUMERIC));
    }
    let ordered = found.windows(2).filter(|pair| pair[0] < pair[1]).count();
    let (name, tolerance) = ("ladder: rungs above the one before, of 6", Tolerance::Exact);
    let (expected, ours) = (6.0, ordered as f64);
    rows.push(Row { name: name.to_owned(), expected, ours, tolerance, source: NUMERIC });
}

/// B16: servers of speed 1, 2 and 5 under 4.8 of their 8.
fn unlike(rows: &mut Vec<Row>) {
    let n = samples(25_000);
    let pool = |strategy| Pool::new(3, &[("strategy", strategy)]).given("speeds", "1000,2000,5000");
    let slope = |strategy, work: f64| {
        let mut world = pool(strategy).stream(poisson(work), EXP).seed(16).world();
        let (mut arrived, mut length) = (0, 0);
        while arrived < n && world.step() {
            for (node, fact) in &world.last().facts {
                match fact {
                    Fact::Picked { .. } => arrived += 1,
                    Fact::Load { length: now, .. } if node.0 == 1 => length = *now,
                    _ => {}
                }
            }
        }
        let time = world.now().0 as f64 / MEAN.0 as f64;
        // A difference of two streams of about 1.6 and 1 in a service.
        (f64::from(length) / time, 3.0 * libm::sqrt(2.6 / time))
    };
    for (strategy, work, expected) in [
        ("random", 4.8, 0.6),
        ("round-robin", 4.8, 0.6),
        // Turns are too much for it as soon as all three together get more than 3 of 8.
        ("round-robin", 3.6, 0.2),
        ("round-robin", 2.7, 0.0),
    ] {
        let (ours, error) = slope(strategy, work);
        let name = format!("speeds 1, 2, 5, work {work}, {strategy}: growth of the slow queue");
        rows.push(row(name, expected, ours, error, HARCHOL));
    }
    for (weights, how, expected) in
        [("1,2,5", "by speed", 0.9375), ("65,214,721", "the best split", 0.78289)]
    {
        let pool = Pool::new(3, &[("strategy", "weighted-random")]);
        let mut pool = pool.given("speeds", "1000,2000,5000");
        pool.spec.given[0].settings.push(("weights".to_owned(), weights.to_owned()));
        let summary = pool.stream(poisson(4.8), EXP).seed(17).run(n);
        let name = format!("speeds 1, 2, 5, work 4.8, weights {how}: T");
        let (ours, error) = (means(summary.response.mean), error_mm1(0.6, n) / 2.0);
        rows.push(row(name, expected, ours, error, "[harchol13 §13.3]"));
    }
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    blind(&mut rows);
    oracles(&mut rows);
    choices(&mut rows);
    market(&mut rows);
    idle_lists(&mut rows);
    ladder(&mut rows);
    unlike(&mut rows);
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[test]
fn splits_are_as_good_as_theory_says() {
    super::assert_agree(rows());
}
