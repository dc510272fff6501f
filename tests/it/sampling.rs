//! The laws of the random world: golden vectors, and moments against their closed forms.
//!
//! The vectors were computed by an independent program in another language from the definition of
//! the generator and of the laws. Statistical bounds are four standard errors of the stated number
//! of draws; seeds are fixed, so a bound that holds, holds for ever.

use quorate::kernel::{SimTime, Span};
use quorate::sim::arrivals::{ArrivalClock, Arrivals, Recorded};
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::sample::{self, BoundedPareto, Zipf};
use quorate::sim::sizes::Sizes;
use wasm_bindgen_test::wasm_bindgen_test;

const DRAWS: u32 = 60_000;
const TEN_MS: Span = Span::millis(10);

fn sizes_stream() -> Stream {
    Stream::new(7, Concern::Sizes, 0)
}

fn first<T>(count: usize, mut draw: impl FnMut(&mut Stream) -> T) -> Vec<T> {
    let mut stream = sizes_stream();
    (0..count).map(|_| draw(&mut stream)).collect()
}

fn first_sizes(sizes: &Sizes) -> Vec<u64> {
    first(6, |stream| sizes.draw(stream).0)
}

/// Panics unless the share of `values` below `bound` is `expected`, within four standard errors.
fn assert_share_below(values: &[f64], bound: f64, expected: f64, name: &str) {
    let share = values.iter().filter(|value| **value < bound).count() as f64 / values.len() as f64;
    let error = (expected * (1.0 - expected) / values.len() as f64).sqrt();
    assert!(
        (share - expected).abs() <= 4.0 * error,
        "{name}: {share} below {bound}, not {expected}"
    );
}

/// Panics unless the mean is `mean` and the variance `variance`, within four standard errors, the
/// second one estimated from the fourth moment of the values themselves.
fn assert_moments(values: &[f64], mean: f64, variance: f64, name: &str) {
    let n = values.len() as f64;
    let found = values.iter().sum::<f64>() / n;
    let error = (variance / n).sqrt();
    assert!((found - mean).abs() <= 4.0 * error, "{name}: mean {found}, not {mean}");
    let square = |value: &f64| (value - mean) * (value - mean);
    let spread = values.iter().map(square).sum::<f64>() / n;
    let fourth = values.iter().map(|value| square(value) * square(value)).sum::<f64>() / n;
    let error = ((fourth - spread * spread).max(0.0) / n).sqrt();
    assert!((spread - variance).abs() <= 4.0 * error, "{name}: variance {spread}, not {variance}");
}

/// Many draws in units of the mean of ten milliseconds.
fn draws(sizes: &Sizes) -> Vec<f64> {
    let mut stream = Stream::new(11, Concern::Sizes, 0);
    (0..DRAWS).map(|_| sizes.draw(&mut stream).0 as f64 / TEN_MS.0 as f64).collect()
}

#[wasm_bindgen_test(unsupported = test)]
pub fn golden_bits_of_the_stream() {
    let bits = first(6, Stream::bits32);
    let expected =
        [2_282_560_584, 1_207_805_577, 1_206_244_614, 3_561_870_977, 254_710_069, 1_726_219_931];
    assert_eq!(bits, expected);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn golden_sizes_in_nanoseconds() {
    let exponential = Sizes::Exponential { mean: TEN_MS };
    let expected = [6_321_461, 12_699_320, 28_250_733, 10_420_372, 8_907_885, 4_999_922];
    assert_eq!(first_sizes(&exponential), expected);

    let log_normal = Sizes::LogNormal { mean: TEN_MS, scv: 4.0 };
    let expected = [3_397_662, 728_843, 1_185_250, 2_845_603, 8_975_450, 11_884_088];
    assert_eq!(first_sizes(&log_normal), expected);

    let hyper = Sizes::HyperExponential { mean: TEN_MS, scv: 10.0 };
    let expected = [6_667_941, 5_471_350, 2_625_273, 2_120_593, 16_172_405, 11_445_997];
    assert_eq!(first_sizes(&hyper), expected);

    let pareto = Sizes::BoundedPareto { mean: TEN_MS, alpha: 1.5, ratio: 1000.0 };
    let expected = [5_705_663, 4_288_159, 3_585_258, 4_600_032, 4_894_884, 6_410_165];
    assert_eq!(first_sizes(&pareto), expected);

    // The normals below, times a millisecond.
    let normal = Sizes::Normal { mean: TEN_MS, deviation: Span::millis(1) };
    let expected = [9_783_406, 8_569_989, 8_953_276, 9_643_640, 10_549_115, 10_770_382];
    assert_eq!(first_sizes(&normal), expected);

    assert_eq!(first_sizes(&Sizes::Deterministic { mean: TEN_MS }), [TEN_MS.0; 6]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn golden_normals_and_ranks() {
    let normals = first(6, |stream| (sample::normal(stream) * 1e9).round() as i64);
    let expected =
        [-216_593_601, -1_430_010_592, -1_046_724_132, -356_360_011, 549_114_821, 770_381_748];
    assert_eq!(normals, expected);

    let ranks = |exponent| {
        let law = Zipf::new(1000, exponent);
        first(12, |stream| law.draw(stream))
    };
    assert_eq!(ranks(1.1), [10, 66, 527, 36, 23, 6, 2, 4, 1, 607, 6, 305]);
    assert_eq!(ranks(1.0), [19, 122, 641, 71, 46, 11, 3, 7, 2, 709, 11, 428]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn golden_gaps_in_nanoseconds() {
    let gaps = |arrivals: Arrivals, count: usize| {
        let mut clock = ArrivalClock::new(arrivals);
        let mut stream = Stream::new(7, Concern::Arrivals, 0);
        (0..count).map(|_| clock.next_gap(&mut stream).0).collect::<Vec<_>>()
    };
    let expected = [658_397, 123_082, 1_684_779, 59_149, 1_429_126, 161_663];
    assert_eq!(gaps(Arrivals::Poisson { rate: 2000.0 }, 6), expected);

    let bursts = Arrivals::Mmpp { rate: 1000.0, burst: 9.0, dwell: Span::millis(5) };
    let expected = [10_379_592, 952_721, 1_049_614, 900_719, 48_473, 215_785, 6_867, 1_482_650];
    assert_eq!(gaps(bursts, 8), expected);

    assert_eq!(gaps(Arrivals::Deterministic { rate: 400.0 }, 2), [2_500_000, 2_500_000]);

    // One draw for each arrival, as for a constant rate: the same draws as above, on a clock that
    // runs with the rate.
    let (at, until) = (Span::millis(1), Some(Span::micros(1_500)));
    let step = Arrivals::Step { from: 2000.0, to: 8000.0, at, until };
    let expected = [658_397, 123_082, 585_086, 14_787, 1_073_182, 161_663];
    assert_eq!(gaps(step, 6), expected);
    let ramp = Arrivals::Ramp { from: 0.0, to: 4000.0, over: Span::millis(2) };
    let expected = [1_147_516, 102_667, 982_946, 29_575, 714_563, 80_832];
    assert_eq!(gaps(ramp, 6), expected);
    let rows = [3, 3, 8].map(|ms| Recorded {
        at: SimTime::ZERO + Span::millis(ms),
        size: None,
        key: None,
    });
    let recorded = Arrivals::Recorded(rows.into());
    assert_eq!(gaps(recorded, 4), [3_000_000, 0, 5_000_000, u64::MAX]);

    let closed = Arrivals::Closed { users: 3, think: Span::millis(250) };
    let mut stream = Stream::new(7, Concern::Clients, 0);
    let thinks: Vec<u64> = (0..4).map(|_| closed.think(&mut stream).0).collect();
    assert_eq!(thinks, [277_807_659, 61_349_707, 95_310_017, 1_017_190_966]);
    assert_eq!(gaps(closed, 1), [u64::MAX], "a closed group has no clock");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn streams_without_a_positive_rate_never_fire() {
    for rate in [0.0, -1.0, f64::NAN] {
        let arrivals = [
            Arrivals::Poisson { rate },
            Arrivals::Deterministic { rate },
            Arrivals::Mmpp { rate, burst: 4.0, dwell: Span::secs(1) },
            Arrivals::Ramp { from: rate, to: rate, over: Span::secs(1) },
            Arrivals::Step { from: rate, to: rate, at: Span::secs(1), until: None },
            Arrivals::Recorded([].into()),
        ];
        for arrivals in arrivals {
            let gap = ArrivalClock::new(arrivals).next_gap(&mut sizes_stream());
            assert_eq!(gap, Span(u64::MAX));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn exponential_sizes_follow_their_law() {
    let values = draws(&Sizes::Exponential { mean: TEN_MS });
    assert_moments(&values, 1.0, 1.0, "exponential");
    assert_share_below(&values, std::f64::consts::LN_2, 0.5, "exponential median");
    assert_share_below(&values, libm::log(100.0), 0.99, "exponential p99");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn normal_draws_follow_their_law() {
    let mut stream = Stream::new(11, Concern::Sizes, 0);
    let values: Vec<f64> = (0..DRAWS).map(|_| sample::normal(&mut stream)).collect();
    assert_moments(&values, 0.0, 1.0, "normal");
    assert_share_below(&values, 1.0, 0.841_344_746, "normal at one sigma");
    assert_share_below(&values, -1.959_963_985, 0.025, "normal at the 2.5 % point");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn log_normal_sizes_follow_their_law() {
    let sizes = Sizes::LogNormal { mean: TEN_MS, scv: 0.5 };
    assert!((sizes.scv() - 0.5).abs() < 1e-12);
    let values = draws(&sizes);
    assert_moments(&values, 1.0, 0.5, "log-normal");
    let variance = libm::log(1.5);
    assert_share_below(&values, libm::exp(-variance / 2.0), 0.5, "log-normal median");
    let one_sigma = libm::exp(variance.sqrt() - variance / 2.0);
    assert_share_below(&values, one_sigma, 0.841_344_746, "log-normal at one sigma");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn hyper_exponential_sizes_follow_their_law() {
    let scv = 4.0;
    let values = draws(&Sizes::HyperExponential { mean: TEN_MS, scv });
    assert_moments(&values, 1.0, scv, "hyper-exponential");
    // Balanced means: phase i is taken with probability p and has mean 1 / 2p.
    let often = f64::midpoint(1.0, ((scv - 1.0) / (scv + 1.0)).sqrt());
    let below = |x: f64| {
        let phase = |p: f64| p * (1.0 - libm::exp(-2.0 * p * x));
        phase(often) + phase(1.0 - often)
    };
    for bound in [0.1, 0.5, 1.0, 4.0] {
        assert_share_below(&values, bound, below(bound), "hyper-exponential");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_hyper_exponential_law_of_low_variation_is_the_exponential_law() {
    let sizes = Sizes::HyperExponential { mean: TEN_MS, scv: 0.2 };
    assert!((sizes.scv() - 1.0).abs() < 1e-12);
    assert_moments(&draws(&sizes), 1.0, 1.0, "hyper-exponential of scv 1");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn bounded_pareto_sizes_follow_their_law() {
    for (alpha, ratio) in [(1.5, 100.0), (1.0, 100.0), (2.0, 100.0), (0.7, 10.0)] {
        let sizes = Sizes::BoundedPareto { mean: TEN_MS, alpha, ratio };
        let values = draws(&sizes);
        assert_moments(&values, 1.0, sizes.scv(), "bounded Pareto");
        let low = BoundedPareto::with_mean(1.0, alpha, ratio);
        let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
        assert!((low.mean() - 1.0).abs() < 1e-9);
        let bound = 3.0 * smallest;
        let below = (1.0 - libm::pow(3.0, -alpha)) / (1.0 - libm::pow(ratio, -alpha));
        assert_share_below(&values, bound, below, "bounded Pareto at three times the least");
        let largest = values.iter().copied().fold(0.0, f64::max);
        assert!(largest <= smallest * ratio * 1.000_001, "{largest} outgrows the bound");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_variation_of_bounded_pareto_is_its_closed_form() {
    for (alpha, ratio, expected) in
        [(1.5, 1000.0, 9.884_799_792), (1.0, 100.0, 3.621_458_106), (2.0, 100.0, 1.349_101_964)]
    {
        let scv = BoundedPareto::with_mean(1.0, alpha, ratio).scv();
        assert!((scv - expected).abs() < 1e-8, "alpha {alpha}: {scv}, not {expected}");
    }
    let flat = BoundedPareto::between(2.0, 2.0, 1.5);
    assert!((flat.mean() - 2.0).abs() < 1e-12 && flat.scv().abs() < 1e-12);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn zipf_ranks_follow_their_law() {
    for exponent in [0.6, 1.0, 1.4] {
        let law = Zipf::new(50, exponent);
        let mut stream = Stream::new(11, Concern::Keys, 0);
        let ranks: Vec<f64> = (0..DRAWS).map(|_| law.draw(&mut stream) as f64).collect();
        let weight = |k: u32| libm::pow(f64::from(k), -exponent);
        let total: f64 = (1..=50).map(weight).sum();
        for bound in [1, 2, 3, 10, 30, 49] {
            let below = (1..=bound).map(weight).sum::<f64>() / total;
            assert_share_below(&ranks, f64::from(bound) + 0.5, below, "Zipf");
        }
        assert!(ranks.iter().all(|rank| (1.0..=50.0).contains(rank)));
    }
    let only = Zipf::new(1, 1.0);
    assert_eq!(first(3, |stream| only.draw(stream)), [1, 1, 1]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn poisson_counts_have_the_variance_of_their_mean() {
    let (mean, spread) = counts(Arrivals::Poisson { rate: 1000.0 });
    // Two thousand windows of 20 ms, so twenty requests each.
    assert!((mean - 20.0).abs() < 4.0 * (20.0_f64 / 2000.0).sqrt(), "{mean}");
    assert!((spread / mean - 1.0).abs() < 4.0 * (2.0_f64 / 2000.0).sqrt(), "{}", spread / mean);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn arrivals_follow_a_rate_that_changes() {
    // Windows of 20 ms: the first thousand of the ramp hold 1000 · 20 · t / 20 s requests each on
    // average, 10,000 in all, whose error is the root of that.
    let ramp = Arrivals::Ramp { from: 0.0, to: 1000.0, over: Span::secs(20) };
    let falls = Arrivals::Ramp { from: 1000.0, to: 0.0, over: Span::secs(20) };
    let (at, until) = (Span::secs(10), Some(Span::secs(30)));
    let step = Arrivals::Step { from: 100.0, to: 1000.0, at, until };
    for (arrivals, pieces) in [
        (ramp, [(0..250, 625.0), (250..1000, 9_375.0), (1000..2000, 20_000.0)]),
        (falls, [(0..250, 4_375.0), (250..1000, 5_625.0), (1000..2000, 0.0)]),
        (step, [(0..500, 1_000.0), (500..1500, 20_000.0), (1500..2000, 1_000.0)]),
    ] {
        let counts = windows(arrivals);
        for (piece, expected) in pieces {
            let found: f64 = counts[piece].iter().sum();
            let error = 4.0 * libm::sqrt(expected);
            assert!((found - expected).abs() <= error, "{found}, not {expected} ± {error}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn modulated_arrivals_keep_their_rate_and_come_in_bursts() {
    let dwell = Span::millis(20);
    let (mean, spread) = counts(Arrivals::Mmpp { rate: 1000.0, burst: 9.0, dwell });
    // Variance of the count in a window of length t [fischer93]: the mean, plus
    // (high - low)² d/4 · (t - d/2 · (1 - exp(-2t/d))) for a mean dwell of d in both phases.
    let (low, high, d, t) = (200.0_f64, 1800.0_f64, 0.02_f64, 0.02_f64);
    let swing = (high - low) * (high - low) * d / 4.0;
    let variance = 20.0 + swing * (t - d / 2.0 * (1.0 - libm::exp(-2.0 * t / d)));
    // Windows are correlated, so the error of the mean is that of one long window of 2000.
    let error = 4.0 * ((20.0 + swing * t) / 2000.0).sqrt();
    assert!((mean - 20.0).abs() < error, "{mean} per window, not 20 ± {error}");
    // Four relative errors √(2/n), for the 1400 independent windows that 2000 amount to.
    assert!((spread / variance - 1.0).abs() < 0.15, "variance {spread}, not {variance}");
}

/// Mean and variance of the number of arrivals in each of two thousand windows of 20 ms.
fn counts(arrivals: Arrivals) -> (f64, f64) {
    let counts = windows(arrivals);
    let mean = counts.iter().sum::<f64>() / WINDOWS as f64;
    let spread = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>();
    (mean, spread / WINDOWS as f64)
}

const WINDOWS: usize = 2000;

/// The number of arrivals in each of the windows.
fn windows(arrivals: Arrivals) -> Vec<f64> {
    let mut counts = vec![0.0; WINDOWS];
    let mut clock = ArrivalClock::new(arrivals);
    let mut stream = Stream::new(5, Concern::Arrivals, 0);
    let mut at = 0;
    loop {
        at = u64::saturating_add(at, clock.next_gap(&mut stream).0);
        match counts.get_mut((at / 20_000_000) as usize) {
            Some(count) => *count += 1.0,
            None => return counts,
        }
    }
}
