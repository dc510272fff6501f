//! Pools against queueing theory.
//!
//! Sizes have mean 1 (ten milliseconds); `rho` is the load per server, `T` the mean response, `W`
//! the mean wait. A run of `n` requests has an error, so each test allows three standard errors.
//! For M/M/1 the error of the mean of `n` responses is `√(v / n)` with the asymptotic variance
//! `v = ρ (2 + 5ρ - 4ρ² + ρ³) / (1 - ρ)⁴` of the mean wait. With other laws of gaps and sizes the
//! error grows with the power 3/2 of their mean squared coefficient of variation, as it does for
//! the Brownian motion that all these queues tend to under heavy load [whitt89].

use quorate::check::measure::Summary;
use quorate::kernel::{SimTime, Span};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{CAPACITY, MEAN, Pool};

/// A span in units of the mean size.
fn means(span: Span) -> f64 {
    span.0 as f64 / MEAN.0 as f64
}

#[track_caller]
fn assert_near(found: f64, expected: f64, error: f64, what: &str) {
    let apart = (found - expected).abs();
    assert!(apart <= error, "{what}: {found:.5}, expected {expected:.5} ± {error:.5}");
    println!("{what}: expected {expected:.4} ± {error:.4}, found {found:.4}");
}

/// Three standard errors of the mean response of `n` requests of an M/M/1 queue.
fn error_mm1(rho: f64, n: u64) -> f64 {
    let slack = 1.0 - rho;
    let variance = rho * (2.0 + 5.0 * rho - 4.0 * rho * rho + rho * rho * rho);
    3.0 * (variance / (slack * slack * slack * slack) / n as f64).sqrt()
}

/// The same for gaps and sizes of these squared coefficients of variation.
fn error_gg1(rho: f64, gaps: f64, sizes: f64, n: u64) -> f64 {
    let scv = f64::midpoint(gaps, sizes);
    error_mm1(rho, n) * scv * scv.sqrt()
}

/// Three standard errors of the utilisation: that of the work that `n` requests bring, `ρ √((1 +
/// scv) / n)`.
fn error_utilisation(rho: f64, scv: f64, n: u64) -> f64 {
    3.0 * rho * ((1.0 + scv) / n as f64).sqrt()
}

/// How many requests to run: `n`, or many more with `SLOW=1`, when every tolerance tightens with
/// it.
fn requests(n: u64) -> u64 {
    if std::env::var_os("SLOW").is_some() { n * 60 } else { n }
}

fn poisson(load: f64) -> Arrivals {
    Arrivals::Poisson { rate: load * CAPACITY }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn one_server_is_an_mm1_queue() {
    for (rho, n) in [(0.5, requests(25_000)), (0.8, requests(60_000))] {
        let summary = Pool::new(1, &[]).load(rho).run(n);
        let expected = 1.0 / (1.0 - rho);
        assert_near(means(summary.response.mean), expected, error_mm1(rho, n), "M/M/1 T");
        assert_near(means(summary.wait.mean), expected - 1.0, error_mm1(rho, n), "M/M/1 W");
        let error = error_utilisation(rho, 1.0, n);
        assert_near(summary.servers[0].utilisation, rho, error, "M/M/1 utilisation");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_response_of_an_mm1_queue_is_exponential() {
    let n = requests(25_000);
    let response = Pool::new(1, &[]).load(0.5).seed(3).run(n).response;
    // T is exponential with mean 2; responses are correlated over about 1 / (1 - rho)² = 4
    // requests, and twice as many to be safe, so a percentile p is off by 3 √(p (1-p) · 8 / n) /
    // density.
    for (name, found, p) in [
        ("p50", response.p50, 0.5),
        ("p90", response.p90, 0.9),
        ("p99", response.p99, 0.99),
        ("p99.9", response.p999, 0.999),
    ] {
        let expected = -2.0 * libm::log(1.0 - p);
        let density = (1.0 - p) / 2.0;
        let error = 3.0 * (p * (1.0 - p) * 8.0 / n as f64).sqrt() / density;
        assert_near(means(found), expected, error, name);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn slots_of_one_server_are_a_pooled_queue() {
    // Erlang C for two slots at rho = 0.8: W = 1.7778. Near saturation a pooled queue varies like
    // an M/M/1 queue that is served at twice the pace, so its error is half of that one's.
    let n = requests(30_000);
    let summary = Pool::new(1, &[("concurrency", "2")]).load(1.6).run(n);
    assert_near(means(summary.wait.mean), 1.7778, error_mm1(0.8, n) / 2.0, "M/M/2 W");
    let error = error_utilisation(0.8, 1.0, n);
    assert_near(summary.servers[0].utilisation, 0.8, error, "M/M/2 utilisation");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn slots_without_a_queue_lose_by_erlangs_formula() {
    // Ten slots offered 8 erlangs lose 0.12166, whatever the law of sizes. Losses come in clumps
    // about as long as a service, during which ten requests arrive: thrice √(p (1-p) · 10 / n).
    let n = requests(15_000);
    let settings = [("concurrency", "10"), ("capacity", "10")];
    for sizes in [Sizes::Exponential { mean: MEAN }, Sizes::Deterministic { mean: MEAN }] {
        let summary = Pool::new(1, &settings).stream(poisson(8.0), sizes).run(n);
        let lost = summary.failed as f64 / summary.arrived as f64;
        assert_near(lost, 0.12166, 3.0 * (0.1069 * 10.0 / n as f64).sqrt(), "M/G/10/10 loss");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_bounded_queue_refuses_what_theory_says() {
    // M/M/1/K. The tolerance is three times the error of a proportion whose losses come in clumps
    // of about K.
    let n = requests(15_000);
    for (rho, capacity, expected) in [(0.8, "10", 0.02349), (0.9, "4", 0.16022)] {
        let summary = Pool::new(1, &[("capacity", capacity)]).load(rho).run(n);
        let lost = summary.failed as f64 / summary.arrived as f64;
        let clump: f64 = capacity.parse().expect("a number");
        let error = 3.0 * (expected * (1.0 - expected) * clump / n as f64).sqrt();
        assert_near(lost, expected, error, "M/M/1/K loss");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn sizes_that_never_vary_halve_the_wait() {
    // Pollaczek-Khinchine with scv 0 at rho = 0.8: W = 2, half of M/M/1.
    let n = requests(30_000);
    let sizes = Sizes::Deterministic { mean: MEAN };
    let summary = Pool::new(1, &[]).stream(poisson(0.8), sizes).run(n);
    assert_near(means(summary.wait.mean), 2.0, error_gg1(0.8, 1.0, 0.0, n), "M/D/1 W");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn sizes_that_vary_wildly_lengthen_the_wait() {
    // Pollaczek-Khinchine with scv 4 at rho = 0.6: W = 0.6 / 0.4 · (1 + 4) / 2 = 3.75.
    let n = requests(30_000);
    let sizes = Sizes::HyperExponential { mean: MEAN, scv: 4.0 };
    let summary = Pool::new(1, &[]).stream(poisson(0.6), sizes).run(n);
    assert_near(means(summary.wait.mean), 3.75, error_gg1(0.6, 1.0, 4.0, n), "M/H2/1 W");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn processor_sharing_does_not_care_for_the_law_of_sizes() {
    // T = 1 / (1 - rho) = 2.5 at rho = 0.6 for every law. Sharing evens responses out, so the error
    // of M/M/1 bounds that of the first two laws; the heavy one varies √scv as much.
    let n = requests(15_000);
    let laws = [
        (Sizes::Exponential { mean: MEAN }, 1.0),
        (Sizes::Deterministic { mean: MEAN }, 1.0),
        (Sizes::HyperExponential { mean: MEAN, scv: 4.0 }, 2.0),
    ];
    for (sizes, spread) in laws {
        let summary = Pool::new(1, &[("queue", "ps")]).stream(poisson(0.6), sizes).run(n);
        assert_near(means(summary.response.mean), 2.5, error_mm1(0.6, n) * spread, "M/G/1-PS T");
        let error = error_utilisation(0.6, spread * spread, n);
        assert_near(summary.servers[0].utilisation, 0.6, error, "M/G/1-PS utilisation");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_random_split_makes_every_server_an_mm1_queue() {
    let (rho, n) = (0.7, requests(30_000));
    let summary = Pool::new(3, &[("strategy", "random")]).load(3.0 * rho).run(n);
    // The servers are independent, so the mean of all requests is as good as one queue of n.
    assert_near(means(summary.response.mean), 1.0 / 0.3, error_mm1(rho, n), "random split T");
    for server in &summary.servers {
        let error = 3.0 * (2.0 / 9.0 / n as f64).sqrt();
        assert_near(server.share, 1.0 / 3.0, error, "random share");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_round_robin_split_makes_every_server_an_erlang_queue() {
    // E_n/M/1 at rho = 0.8: T = 3.4594 for three servers, whose gaps have scv 1/3.
    let (rho, n) = (0.8, requests(30_000));
    let summary = Pool::new(3, &[("strategy", "round-robin")]).load(3.0 * rho).run(n);
    let error = error_gg1(rho, 1.0 / 3.0, 1.0, n);
    assert_near(means(summary.response.mean), 3.4594, error, "round robin T");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn weights_split_a_poisson_stream_in_proportion() {
    // Rates 1, 2, 5 under load 4.8, weights in proportion: every server is at rho = 0.6, and the
    // mean over requests is Σ pᵢ / (μᵢ (1 - ρ)) = 3/8 / 0.4 = 0.9375 services of speed 1.
    let n = requests(25_000);
    let pool = Pool::new(3, &[("strategy", "weighted-random")]).given("speeds", "1000,2000,5000");
    let summary = pool.load(4.8).run(n);
    assert_near(means(summary.response.mean), 0.9375, error_mm1(0.6, n), "weighted split T");
    for (server, share) in summary.servers.iter().zip([0.125, 0.25, 0.625]) {
        let error = 3.0 * (share * (1.0 - share) / n as f64).sqrt();
        assert_near(server.share, share, error, "weighted share");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn better_information_shortens_the_response() {
    // Ten servers at rho = 0.8. The least loaded server is the shortest queue when one balancer
    // sees all. Bounds are three errors of M/M/1, scaled by the excess of the response over the
    // service.
    let (rho, n) = (0.8, requests(15_000));
    let mean = |strategy| {
        let summary = Pool::new(10, &[("strategy", strategy)]).load(10.0 * rho).run(n);
        means(summary.response.mean)
    };
    let least = mean("least-connections");
    let two = mean("p2c");
    let turns = mean("round-robin");
    let chance = mean("random");
    for (name, found, expected) in [
        ("shortest queue T", least, 1.3565),
        ("two choices T", two, 2.075),
        ("round robin T", turns, 2.9223),
        ("random T", chance, 5.0),
    ] {
        let error = error_mm1(rho, n) * (expected - 1.0) / 4.0;
        assert_near(found, expected, error, name);
    }
    assert!(least < two && two < turns && turns < chance);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn littles_law_holds_to_the_nanosecond() {
    // From empty to empty, the time all requests spend in the system is the integral of their
    // number.
    let pool = Pool::new(3, &[("strategy", "p2c")]).load(2.0);
    let mut watch = pool.watch(SimTime::ZERO);
    let mut world = pool.world();
    let mut steps = 0;
    while steps < 60_000 || watch.measure().in_system() > 0 {
        assert!(world.step());
        watch.watch(world.last());
        steps += 1;
    }
    let summary = watch.summary(world.now());
    assert_eq!(summary.arrived, summary.completed);
    let presence = watch.measure().presence(world.now());
    let total = u128::from(summary.response.mean.0) * u128::from(summary.completed);
    // The mean is rounded down to the nanosecond.
    assert!(presence >= total && presence < total + u128::from(summary.completed));
    let flow = summary.completed as f64 / summary.observed.0 as f64;
    let law = flow * summary.response.mean.0 as f64;
    assert_near(summary.in_system, law, law * 1e-6, "L = lambda W");
}

/// Arrivals and sizes of the first requests.
fn trace(pool: &Pool) -> Vec<(SimTime, u64, u64)> {
    let mut world = pool.world();
    let mut trace = Vec::new();
    while trace.len() < 500 && world.step() {
        for op in &world.last().ops {
            if let quorate::sim::OpNote::Invoked(_, quorate::kernel::Op::Work { key, size }) = *op {
                trace.push((world.now(), key, size.0));
            }
        }
    }
    trace
}

#[wasm_bindgen_test(unsupported = test)]
pub fn every_strategy_gets_the_same_trace() {
    let of = |strategy| trace(&Pool::new(4, &[("strategy", strategy)]).load(3.0));
    let expected = of("round-robin");
    assert_eq!(expected.len(), 500);
    for strategy in quorate::balance::IDS {
        assert_eq!(of(strategy), expected, "{strategy}");
    }
}

/// Both runs, for a comparison on one trace.
fn slow_down(strategy: &str) -> Summary {
    let slow =
        quorate::sim::Input::Pace(quorate::sim::Target::Node(quorate::kernel::NodeId(1)), 200);
    let pool = Pool::new(4, &[("strategy", strategy)]).load(2.4);
    pool.at(Span::ZERO, slow).run(10_000)
}

#[wasm_bindgen_test(unsupported = test)]
pub fn measured_weights_leave_a_slow_server_alone() {
    // One of four servers does a fifth of its work: the pool can do 3.2 of 4 and is offered 2.4.
    // Round robin sends it 0.6, three times what it can do; measured weights follow what it does.
    let turns = slow_down("round-robin");
    let measured = slow_down("weighted-load");
    assert!(turns.servers[0].queue_mean > 500.0, "{}", turns.servers[0].queue_mean);
    assert!(measured.servers[0].share < 0.07, "{}", measured.servers[0].share);
    assert!(means(measured.response.mean) < 2.5, "{}", means(measured.response.mean));
}
