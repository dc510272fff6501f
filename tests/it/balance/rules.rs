//! The rules around strategies by themselves: vectors their owners publish, and corners.

use quorate::balance::guard::hedge::Hedge;
use quorate::balance::guard::outlier::threshold;
use quorate::balance::guard::retry::{Bucket, envoy_limit, longest_wait};
use quorate::balance::guard::slow_start::ramp_milli;
use quorate::balance::guard::throttle::refusals;
use quorate::kernel::{Ratio, SimTime, Span};
use wasm_bindgen_test::wasm_bindgen_test;

fn at(secs: u64) -> SimTime {
    SimTime::ZERO + Span::secs(secs)
}

/// Row D13: success 50, 100, 100, 100, 100 has mean 90, standard deviation 20, threshold 52.
#[wasm_bindgen_test(unsupported = test)]
pub fn envoys_success_rate_threshold() {
    let percent = |rates: &[u64]| rates.iter().map(|rate| rate * 10_000).collect::<Vec<_>>();
    assert_eq!(threshold(&percent(&[50, 100, 100, 100, 100]), 1900), Some(520_000));
    // All alike: nobody lies below the mean.
    assert_eq!(threshold(&percent(&[70, 70, 70]), 1900), Some(700_000));
    // A threshold below zero ejects nobody.
    assert_eq!(threshold(&percent(&[0, 100, 100]), 1_000_000), Some(0));
    assert_eq!(threshold(&[], 1900), None);
}

/// Row D19: window 60 s at 3, 15, 30, 45 s: .10 .25 .50 .75 with aggression 1 (the first is Envoy's
/// minimum), .224 .5 .707 .866 with aggression 2.
#[wasm_bindgen_test(unsupported = test)]
pub fn envoys_slow_start() {
    let window = Span::secs(60);
    let ramp =
        |aggression| [3, 15, 30, 45].map(|at| ramp_milli(Span::secs(at), window, aggression));
    assert_eq!(ramp(1), [50, 250, 500, 750]);
    assert_eq!(ramp(2), [224, 500, 707, 866]);
    for aggression in 1..=8 {
        let milli: Vec<u32> =
            (0..=60).map(|at| ramp_milli(Span::secs(at), window, aggression)).collect();
        assert!(milli.is_sorted() && milli[0] == 0 && milli[60] == 1000, "{milli:?}");
        for (at, milli) in milli.iter().enumerate() {
            let exact = libm::pow(at as f64 / 60.0, 1.0 / f64::from(aggression)) * 1e3;
            assert!((f64::from(*milli) - exact).abs() < 0.51, "{at} s: {milli}, not {exact}");
        }
    }
    // Odd windows and long ones.
    assert_eq!(ramp_milli(Span(1), Span(3), 1), 333);
    assert_eq!(ramp_milli(Span::secs(1800), Span::secs(3600), 1), 500);
    assert_eq!(ramp_milli(Span::secs(5), Span::ZERO, 3), 1000);
}

/// Row D20: 20 % and at least 3: of 25 active 5, of 2 active 3.
#[wasm_bindgen_test(unsupported = test)]
pub fn envoys_retry_budget() {
    let limit = |active| envoy_limit(active, Ratio::percent(20), 3);
    assert_eq!([25, 2, 0, 15, 19, 20].map(limit), [5, 3, 3, 3, 3, 4]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn finagles_bucket() {
    // A fifth: five requests pay for one retry, and nothing is free.
    let mut bucket = Bucket::new(Ratio::percent(20), 0);
    assert!(!bucket.withdraw(at(0)));
    let retries = (0..100).filter(|_| {
        bucket.deposit(at(1));
        bucket.withdraw(at(1))
    });
    assert_eq!(retries.count(), 20);
    // What was left behind lasts ten seconds.
    (0..10).for_each(|_| bucket.deposit(at(2)));
    assert!(bucket.clone().withdraw(at(11)));
    assert!(!bucket.withdraw(at(12)));
    // Two a second are free: twenty in any ten seconds.
    let mut bucket = Bucket::new(Ratio::percent(20), 2);
    let spent = |bucket: &mut Bucket, at| (0..100).filter(|_| bucket.withdraw(at)).count();
    assert_eq!(spent(&mut bucket, at(5)), 20);
    assert_eq!(spent(&mut bucket, at(6)), 0);
    assert_eq!(spent(&mut bucket, at(30)), 20);
    // Without a share only these.
    let mut bucket = Bucket::new(Ratio::ZERO, 1);
    (0..1000).for_each(|_| bucket.deposit(at(1)));
    assert_eq!(spent(&mut bucket, at(1)), 10);
    assert_eq!(spent(&mut Bucket::new(Ratio::ZERO, 0), at(1)), 0);
}

/// Envoy's documentation: a base of 25 ms waits below 25, 75, 175 ms, and never above 250 ms.
#[wasm_bindgen_test(unsupported = test)]
pub fn envoys_back_off() {
    let longest = [1, 2, 3, 4, 5, 63, 64, 200].map(|n| longest_wait(Span::millis(25), n));
    assert_eq!(longest, [25, 75, 175, 250, 250, 250, 250, 250].map(Span::millis));
    assert_eq!(longest_wait(Span::ZERO, 9), Span::ZERO);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn googles_throttle() {
    // Nobody is refused while at least half is accepted; with a tenth accepted four fifths are.
    assert_eq!(refusals(100, 50, 2), (0, 101));
    assert_eq!(refusals(100, 100, 2).0, 0);
    assert_eq!(refusals(999, 100, 2), (799, 1000));
    assert_eq!(refusals(0, 0, 2), (0, 1));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_hedge_learns_its_percentile() {
    let mut hedge = Hedge::at(Ratio::percent(95));
    assert_eq!(hedge.delay(), None);
    // Evenly spread from 1 to 1000 us, out of order.
    for i in 0..20_000_u64 {
        hedge.note(Span::micros(i * 379 % 1000 + 1));
    }
    let delay = hedge.delay().expect("enough answers").0 as f64 / 1e3;
    assert!((delay - 950.0).abs() < 15.0, "{delay}");
    // It forgets.
    for _ in 0..20_000 {
        hedge.note(Span::secs(1));
    }
    let delay = hedge.delay().expect("enough answers").as_secs_f64();
    assert!((delay - 1.0).abs() < 0.07, "{delay}");
    // Extremes.
    let mut hedge = Hedge::at(Ratio::ONE);
    (0..64).for_each(|_| hedge.note(Span(u64::MAX)));
    assert_eq!(hedge.delay(), Some(Span(u64::MAX)));
    let mut hedge = Hedge::at(Ratio::percent(50));
    (0..64).for_each(|_| hedge.note(Span::ZERO));
    assert!(hedge.delay().is_some_and(|delay| delay <= Span(1)));
}
