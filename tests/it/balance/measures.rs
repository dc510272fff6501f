//! The statistics themselves, against values worked out by hand and against slower definitions.

use quorate::check::measure::{Histogram, Measure, Recent, Series, Spans, Spread, TimeWeighted};
use quorate::kernel::{SimTime, Span};
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::sample::exponential;
use quorate::sim::{Cards, OpNote};
use wasm_bindgen_test::wasm_bindgen_test;

fn spans(values: impl IntoIterator<Item = u64>) -> Vec<Span> {
    values.into_iter().map(Span).collect()
}

fn random_spans(count: usize, mean: f64) -> Vec<Span> {
    let mut stream = Stream::new(3, Concern::Sizes, 0);
    (0..count).map(|_| Span(exponential(&mut stream, mean) as u64)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
pub fn percentiles_are_by_nearest_rank() {
    // Out of order on purpose: 37 and 1000 share no factor.
    let spread = Spread::of(&mut spans((1..=1000).map(|i| i * 37 % 1000 + 1)));
    assert_eq!([spread.p50, spread.p90, spread.p99, spread.p999], [500, 900, 990, 999].map(Span));
    assert_eq!((spread.max, spread.mean), (Span(1000), Span(500)));

    let five = Spread::of(&mut spans([50, 15, 40, 20, 35]));
    assert_eq!([five.p50, five.p90, five.p99], [35, 50, 50].map(Span));

    let one = Spread::of(&mut spans([8]));
    assert_eq!([one.p50, one.p999, one.max, one.mean], [Span(8); 4]);
    assert_eq!(Spread::of(&mut []), Spread::default());
}

#[wasm_bindgen_test(unsupported = test)]
pub fn percentiles_keep_their_definition() {
    let mut values = random_spans(777, 1e6);
    let spread = Spread::of(&mut values);
    for (found, per_mille) in
        [(spread.p50, 500), (spread.p90, 900), (spread.p99, 990), (spread.p999, 999)]
    {
        let at_most = |bound: Span| values.iter().filter(|value| **value <= bound).count() * 1000;
        assert!(at_most(found) >= per_mille * values.len());
        assert!(at_most(Span(found.0 - 1)) < per_mille * values.len());
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn time_weighs_and_the_warm_up_does_not_count() {
    let mut load = TimeWeighted::new(SimTime(100));
    load.set(SimTime(40), 7);
    load.set(SimTime(90), 2);
    assert_eq!(load.area(SimTime(100)), 0);
    load.set(SimTime(110), 5);
    load.set(SimTime(130), 0);
    // 2 for 10, then 5 for 20.
    assert_eq!(load.area(SimTime(130)), 120);
    assert_eq!(load.area(SimTime(500)), 120);
    assert_eq!(load.value(), 0);
}

/// Two servers, three requests; the first arrives during the warm-up of 100 ns.
fn small_run() -> Measure {
    let mut measure = Measure::new(2, 1, SimTime(100));
    measure.arrived(SimTime(50));
    measure.picked(SimTime(50), 0);
    measure.load(SimTime(50), 0, 1, 1);
    measure.arrived(SimTime(120));
    measure.picked(SimTime(120), 0);
    measure.load(SimTime(120), 0, 2, 1);
    measure.arrived(SimTime(150));
    measure.picked(SimTime(150), 1);
    measure.load(SimTime(160), 0, 1, 1);
    measure.completed(SimTime(50), 0, Span(0), Span(110));
    measure.failed(SimTime(150), SimTime(170));
    measure.load(SimTime(200), 0, 0, 0);
    measure.completed(SimTime(120), 0, Span(40), Span(80));
    measure
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_small_run_adds_up() {
    let measure = small_run();
    assert_eq!(measure.in_system(), 0);
    // From 100: one to 120, two to 150, three to 160, two to 170, one to 200.
    assert_eq!(measure.presence(SimTime(300)), 20 + 60 + 30 + 20 + 30);
    let summary = measure.summary(SimTime(300));
    assert_eq!((summary.observed, summary.arrived), (Span(200), 2));
    assert_eq!((summary.completed, summary.failed), (1, 1));
    assert_eq!((summary.response.max, summary.wait.max), (Span(80), Span(40)));
    assert!((summary.in_system - 0.8).abs() < 1e-12);
    let [busy, idle] = summary.servers[..] else { panic!("two servers") };
    assert_eq!((busy.picked, busy.completed, idle.picked, idle.completed), (1, 1, 1, 0));
    assert!((busy.share - 0.5).abs() < 1e-12);
    // Busy for 100 of 200; one to 120, two to 160, one to 200.
    assert!((busy.utilisation - 0.5).abs() < 1e-12);
    assert!((busy.queue_mean - 0.7).abs() < 1e-12);
    assert_eq!((idle.utilisation.to_bits(), idle.queue_mean.to_bits()), (0, 0));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_server_of_several_slots_is_fully_used_when_all_are_busy() {
    let mut measure = Measure::new(1, 4, SimTime::ZERO);
    measure.load(SimTime(0), 0, 3, 3);
    measure.load(SimTime(100), 0, 9, 4);
    let summary = measure.summary(SimTime(200));
    assert!((summary.servers[0].utilisation - 0.875).abs() < 1e-12);
    // Where all share, the load of many counts as one busy server.
    let mut shared = Measure::new(1, 1, SimTime::ZERO);
    shared.load(SimTime(0), 0, 9, 9);
    assert!((shared.summary(SimTime(50)).servers[0].utilisation - 1.0).abs() < 1e-12);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn an_empty_run_is_all_zero() {
    let summary = Measure::new(1, 1, SimTime(5)).summary(SimTime(5));
    assert_eq!((summary.observed, summary.completed), (Span::ZERO, 0));
    assert_eq!(summary.servers[0].share.to_bits(), 0);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_histogram_is_off_by_a_sixty_fourth_at_most() {
    let mut value = 1_u64;
    while value < u64::MAX / 3 {
        for value in [value - 1, value, value + 1, value * 2 - 1] {
            let mut histogram = Histogram::default();
            histogram.record(Span(value));
            let found = histogram.percentile(500).0;
            assert!(found.abs_diff(value) <= value / 64, "{value} is taken for {found}");
            let (low, high, count) = histogram.buckets().next().expect("one bucket");
            assert!(low.0 <= value && value <= high.0 && count == 1);
        }
        value += 1 + value / 7;
    }
    for value in 0..64 {
        let mut histogram = Histogram::default();
        histogram.record(Span(value));
        assert_eq!(histogram.percentile(999), Span(value));
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn buckets_are_in_order_and_do_not_overlap() {
    let mut histogram = Histogram::default();
    for value in random_spans(5000, 1e6) {
        histogram.record(value);
    }
    let buckets: Vec<_> = histogram.buckets().collect();
    assert!(buckets.windows(2).all(|pair| pair[0].1 < pair[1].0));
    let counted: u64 = buckets.iter().map(|(_, _, count)| u64::from(*count)).sum();
    assert_eq!((counted, histogram.total()), (5000, 5000));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_histogram_agrees_with_the_values() {
    let mut values = random_spans(5000, 1e7);
    let mut histogram = Histogram::default();
    for value in &values {
        histogram.record(*value);
    }
    let spread = Spread::of(&mut values);
    for (exact, per_mille) in
        [(spread.p50, 500), (spread.p90, 900), (spread.p99, 990), (spread.p999, 999)]
    {
        let found = histogram.percentile(per_mille);
        assert!(found.0.abs_diff(exact.0) <= exact.0 / 64, "{found}, not {exact}");
    }
    assert_eq!(Histogram::default().percentile(500), Span::ZERO);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_last_moments_slide() {
    let mut recent = Recent::new(Span(1000));
    assert_eq!(recent.percentile(SimTime(0), 990), None);
    for at in 0..2000_u64 {
        recent.record(SimTime(at), Span(at * 7 % 1000 + at));
    }
    let now = SimTime(1999);
    let mut last: Vec<Span> = (1000..2000).map(|at| Span(at * 7 % 1000 + at)).collect();
    let exact = Spread::of(&mut last);
    assert_eq!(recent.percentile(now, 990), Some(exact.p99));
    assert_eq!(recent.percentile(now, 500), Some(exact.p50));
    // The value of 1999 is the last to go, a thousand later.
    assert_eq!(recent.percentile(SimTime(2998), 990), Some(Span(1999 * 7 % 1000 + 1999)));
    assert_eq!(recent.percentile(SimTime(2999), 990), None);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_series_sorts_values_by_time() {
    let mut series = Series::new(Span(100));
    for (at, value) in [(0, 5), (99, 7), (100, 9), (450, 1)] {
        series.record(SimTime(at), Span(value));
    }
    let totals: Vec<u64> = series.slices().iter().map(Histogram::total).collect();
    assert_eq!(totals, [2, 1, 0, 0, 1]);
    assert_eq!(series.slices()[0].percentile(1000), Span(7));
    assert_eq!(series.slice(), Span(100));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn many_values_take_little_room_and_cost_little_precision() {
    let mut stream = Stream::new(4, Concern::Sizes, 0);
    let (mut spans, mut values) = (Spans::default(), Vec::new());
    let mut kept = 0;
    for count in 1..=3 * Spans::EXACT {
        let value = Span(exponential(&mut stream, 1e7) as u64);
        spans.record(value);
        values.push(value);
        if count == Spans::EXACT {
            // As exact as it can be, up to here.
            assert_eq!(spans.spread(), Spread::of(&mut values.clone()));
            kept = spans.kept();
        }
    }
    assert_eq!(kept, Spans::EXACT);
    assert!(spans.kept() < 2_000, "{}", spans.kept());
    assert_eq!(spans.count(), values.len() as u64);
    let (found, exact) = (spans.spread(), Spread::of(&mut values));
    assert_eq!((found.mean, found.max), (exact.mean, exact.max));
    for (found, exact) in [
        (found.p50, exact.p50),
        (found.p90, exact.p90),
        (found.p99, exact.p99),
        (found.p999, exact.p999),
    ] {
        let apart = found.0.abs_diff(exact.0);
        assert!(apart <= exact.0 / Spans::ERROR, "{found} for {exact}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn statistics_do_not_grow_with_requests_that_are_over() {
    let pool = super::Pool::new(2, &[("strategy", "p2c")]).load(1.0);
    let mut watch = pool.watch(SimTime::ZERO);
    let mut world = pool.world();
    let done = |op: &OpNote| matches!(op, OpNote::Completed(..));
    let mut over = 0;
    while over < Spans::EXACT as u64 + 1_000 && world.step() {
        watch.watch(world.last());
        over += world.last().ops.iter().filter(|op| done(op)).count() as u64;
    }
    assert_eq!(watch.summary(world.now()).completed, over);
    assert!(watch.kept() < 4_000, "{} for {over} requests", watch.kept());
    assert!(world.snapshot(Cards::None).flights.len() < 100);
}
