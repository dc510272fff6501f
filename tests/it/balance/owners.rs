//! Strategies as their owners ship them, against the owners' own tests and rules.

use quorate::balance::grpc_weights::{scaled, weight};
use quorate::balance::least_request::effective;
use quorate::balance::peak_ewma::{Estimate, envoy_cost};
use quorate::balance::{Ending, Feedback, News, ServerId};
use quorate::kernel::{SimTime, Span};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, Script};
use super::knobs;

#[wasm_bindgen_test(unsupported = test)]
pub fn earliest_deadlines_give_the_sequences_of_envoy() {
    // Envoy's round robin test: weights 1 and 2, then pre-advanced by one pick; 1 and 4.
    assert_eq!(Bench::new("edf", &[1, 2]).serves(6), "babbab");
    let advanced = knobs(&[("stagger", "envoy")]);
    let mut bench = Bench::with("edf", &[1, 2], &advanced).drawing(Script(vec![(2, 1)]));
    assert_eq!(bench.serves(6), "abbabb");
    assert_eq!(Bench::new("edf", &[1, 4]).serves(10), "bbbabbbbab");
    assert_eq!(Bench::new("edf", &[5, 1, 1]).serves(7), "aaaabca", "lumpier than nginx");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn earliest_deadlines_share_by_weight() {
    for stagger in ["off", "envoy", "grpc"] {
        let settings = knobs(&[("stagger", stagger)]);
        let draws = Stream::new(9, Concern::Choices, 0);
        let mut bench = Bench::with("edf", &[6, 3, 1], &settings).drawing(draws);
        let picks = bench.serves(1_000);
        for (server, share) in [('a', 600), ('b', 300), ('c', 100)] {
            let count = picks.matches(server).count();
            assert!(count.abs_diff(share) <= 1, "{stagger} {server}: {count}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn bursts_come_in_a_row() {
    assert_eq!(Bench::new("burst", &[3, 1, 2]).serves(12), "aaabccaaabcc");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn least_request_has_the_effective_weight_of_envoy() {
    // Envoy's documentation: weight 2 with 4 active at bias 1 is 0.4.
    let (over, under) = effective(2, 4, 1);
    assert!((over as f64 / under as f64 - 0.4).abs() < 1e-12);
    // Bias 0 is plain weighted round robin.
    let plain = knobs(&[("bias", "0")]);
    let mut bench = Bench::with("least-request", &[1, 2], &plain);
    assert_eq!(bench.sends(6), "babbab");
    // With bias 1 the busy heavy server gives way.
    let mut leaning = Bench::new("least-request", &[1, 2]);
    let picks = leaning.sends(60);
    let heavy = picks.matches('b').count();
    assert!((30..40).contains(&heavy), "{heavy} of 60 in flight for ever");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn draws_with_replacement_may_pick_the_busiest() {
    // Both draws meet the busiest server.
    let mut bench = Bench::new("least-request", &[1, 1]).drawing(Script(vec![(2, 0), (2, 0)]));
    bench.pool.sent(ServerId(0));
    assert_eq!(bench.send(), 'a');
    // Drawn without replacement it never is: a second draw is among the others.
    let mut distinct = Bench::new("p2c", &[1, 1]).drawing(Script(vec![(2, 0), (1, 0)]));
    distinct.pool.sent(ServerId(0));
    assert_eq!(distinct.send(), 'b');
}

#[wasm_bindgen_test(unsupported = test)]
pub fn more_choices_pick_lower_ranks() {
    // Of n = 10 with loads 0..9: without replacement rank i is picked with
    // C(n-i, d-1) / C(n, d); with replacement (2(n-i)+1)/n² for d = 2.
    let picks = 40_000;
    for (settings, expected) in [
        ([("choices", "2"), ("replacement", "off")], 2.0 * 9.0 / 90.0),
        ([("choices", "2"), ("replacement", "on")], 19.0 / 100.0),
        ([("choices", "3"), ("replacement", "off")], 3.0 / 10.0),
    ] {
        let draws = Stream::new(4, Concern::Choices, 2);
        let mut bench = Bench::with("p2c", &[1; 10], &knobs(&settings)).drawing(draws);
        for id in 0..10 {
            (0..id).for_each(|_| bench.pool.sent(ServerId(id)));
        }
        let best = (0..picks).filter(|_| bench.rank() == Some(ServerId(0))).count();
        let found = best as f64 / f64::from(picks);
        assert!((found - expected).abs() < 0.008, "{settings:?}: {found} of {expected}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn ties_of_least_connections_are_their_owners() {
    let ten = |ties: &str, weights: &[u32]| {
        let draws = Stream::new(1, Concern::Choices, 0);
        Bench::with("least-connections", weights, &knobs(&[("ties", ties)]))
            .drawing(draws)
            .serves(10)
    };
    // nginx-tests: ten sequential requests over two idle peers, 5/5.
    assert_eq!(ten("nginx", &[1, 1]).matches('a').count(), 5);
    assert_eq!(ten("nginx", &[3, 1]), "aabaaabaaa", "by weight");
    assert_eq!(
        ten("haproxy", &[3, 1]),
        "ababababab",
        "idle servers are equal, whatever they weigh"
    );
    assert_eq!(ten("lowest", &[1, 1]), "aaaaaaaaaa");
    let drawn = ten("random", &[1, 1]);
    assert!(drawn.contains('a') && drawn.contains('b'), "{drawn}");
    // HAProxy: an idle slow server beats a busy fast one.
    let mut bench = Bench::with("least-connections", &[100, 1], &knobs(&[("ties", "haproxy")]));
    bench.pool.sent(ServerId(0));
    assert_eq!(bench.send(), 'b');
    let mut nginx = Bench::new("least-connections", &[100, 1]);
    nginx.pool.sent(ServerId(0));
    assert_eq!(nginx.send(), 'b', "0 / 1 is less than 1 / 100 here, too");
    assert_eq!(nginx.send(), 'a', "and 1 / 100 less than 1 / 1");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn peak_ewma_costs_what_envoy_tests_say() {
    let cases = [((20, 5), 120), ((30, 0), 30), ((0, 3), 1_000_003), ((0, 0), 10)];
    for ((rtt, pending), cost) in cases {
        assert_eq!(envoy_cost(rtt, pending, 10), cost);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_peak_is_forgotten_slowly_and_taken_at_once() {
    let tau = Span::secs(10);
    let at = |secs| SimTime::ZERO + Span::secs(secs);
    let spike = Estimate::default().observe(Span::millis(100), at(1), tau);
    let spike = spike.observe(Span::secs(2), at(2), tau);
    assert_eq!(spike.nanos, 2_000_000_000, "a worse time counts at once");
    // Idle for one time constant: 2 s / e = 0.73576 s.
    let idle = spike.observe(Span::ZERO, at(12), tau);
    assert!((idle.nanos as f64 / 1e9 - 0.73576).abs() < 1e-5, "{}", idle.nanos);
}

fn done(latency: Span, at: SimTime) -> Feedback {
    Feedback { ending: Ending::Done, latency, at }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn finagle_sends_one_probe_to_an_unknown_server() {
    let draws = Stream::new(8, Concern::Choices, 0);
    let mut bench = Bench::new("peak-ewma", &[1, 1]).drawing(draws);
    bench.pool.refresh(SimTime::ZERO + Span::secs(1));
    bench.send();
    bench.end('a', done(Span::millis(50), bench.pool.now()));
    // The unknown one costs nothing until something is in flight there, then a fortune.
    let picks = bench.sends(20);
    assert_eq!(picks.matches('b').count(), 1, "{picks}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn least_time_prefers_the_faster_and_retries_the_idle() {
    let mut bench = Bench::new("least-time", &[1, 1]);
    let at = |secs| SimTime::ZERO + Span::secs(secs);
    bench.pool.refresh(at(1));
    for (server, latency) in [('a', 400), ('b', 30)] {
        bench.send();
        bench.end(server, done(Span::millis(latency), at(1)));
    }
    assert_eq!(bench.serves(3), "bbb");
    // 400 ms falls into one step with 30 ms after some halvings of the idle time.
    bench.pool.refresh(at(61));
    bench.end('b', done(Span::millis(30), at(61)));
    assert!(bench.sends(2).contains('a'));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn weights_of_grpc_are_requests_over_utilisation() {
    // A58: 100 requests per second at utilisation 0.5, without errors and with 10 a second.
    assert_eq!(weight(100_000, 500, 0), 200_000);
    assert_eq!(weight(100_000, 500, 10_000), 166_666);
    assert_eq!(weight(0, 500, 0), 0);
    assert_eq!(scaled(&[100, 0, 50]), [65_535, 49_151, 32_767], "the unknown takes the mean");
    assert!(scaled(&[100, 0, 0]).is_empty(), "one is not enough");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_oracle_joins_the_shortest_queue() {
    let draws = Stream::new(2, Concern::Choices, 0);
    let mut bench = Bench::new("jsq", &[1; 4]).drawing(draws);
    for (server, length) in [(0, 3), (1, 1), (2, 2), (3, 4)] {
        bench.strategy.on_news(ServerId(server), News::Length(length), SimTime::ZERO);
    }
    assert_eq!(bench.order(), "bcad");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn idle_servers_are_used_in_the_order_they_came() {
    let mut bench = Bench::new("jiq", &[1; 4]).drawing(Script(vec![(4, 2)]));
    for server in [3, 0, 3] {
        bench.strategy.on_news(ServerId(server), News::Length(0), SimTime::ZERO);
    }
    assert_eq!(bench.sends(3), "dac", "then by lot");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn prequal_takes_the_fastest_of_the_cold() {
    let draws = Stream::new(2, Concern::Choices, 0);
    let mut bench = Bench::new("prequal", &[1; 8]).drawing(draws);
    bench.pool.refresh(SimTime::ZERO + Span::millis(10));
    let latencies = [40, 1, 20, 30, 50, 60, 70, 80];
    for (server, latency) in (0..).zip(latencies) {
        let in_flight = if server == 1 { 9 } else { 1 };
        let news = News::Probe { in_flight, latency: Span::millis(latency) };
        bench.strategy.on_news(ServerId(server), news, bench.pool.now());
    }
    assert_eq!(bench.send(), 'c', "b is fastest, but hot");
    // A second later no probe is young enough, and the choice is by lot.
    let mut probed = Vec::new();
    let mut draws = Stream::new(2, Concern::Choices, 0);
    bench.strategy.probes(&bench.pool, &mut draws, &mut probed);
    assert!((1..=3).contains(&probed.len()), "{probed:?}");
}
