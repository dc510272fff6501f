//! What strategies pick, request by request, against published sequences and their own rules.

use quorate::balance::{AnyStrategy, PoolView, Report, STRATEGIES, ServerId};
use quorate::kernel::{SimTime, Span};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, DONE, FORGOTTEN, Never, REFUSED, Script};
use super::knobs;

#[wasm_bindgen_test(unsupported = test)]
pub fn smooth_weights_give_the_scores_of_nginx() {
    // The table in the message of nginx's commit 21ad7d043.
    let mut bench = Bench::new("weighted", &[5, 1, 1]);
    let table = [
        ('a', [-2, 1, 1]),
        ('a', [-4, 2, 2]),
        ('b', [1, -4, 3]),
        ('a', [-1, -3, 4]),
        ('c', [4, -2, -2]),
        ('a', [2, -1, -1]),
        ('a', [0, 0, 0]),
    ];
    for (server, scores) in table {
        assert_eq!(bench.serve(), server);
        assert_eq!(bench.scores(), scores);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn smooth_weights_interleave_and_repeat() {
    let cases: [(&[u32], &str); 6] = [
        (&[5, 1, 1], "aabacaa"),
        (&[4, 2, 1], "abacaba"),
        (&[3, 2, 1], "abacba"),
        (&[1, 2, 3], "cbacbc"),
        (&[7, 3, 2], "abacaabacaba"),
        (&[6, 3, 1], "abaabacaba"),
    ];
    for (weights, period) in cases {
        let mut bench = Bench::new("weighted", weights);
        assert_eq!(bench.serves(period.len()), period, "{weights:?}");
        assert!(bench.scores().iter().all(|score| *score == 0), "{weights:?}");
        assert_eq!(bench.serves(period.len()), period, "{weights:?} again");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_failure_costs_the_effective_weight_which_creeps_back() {
    // max-fails=1 takes all of it. Effective weights before each pick: 0, 1, 2, 3, then 4 for ever.
    let mut bench = Bench::new("weighted", &[4, 4]);
    assert_eq!(bench.send(), 'a');
    assert_eq!(bench.scores(), [-4, 4]);
    bench.end('a', FORGOTTEN);
    let mut table = vec![];
    for _ in 0..5 {
        table.push((bench.serve(), bench.scores()));
    }
    // By hand: add (0,4), the winner pays 4; add (1,4), pays 5; add (2,4), pays 6; ...
    let expected = [
        ('b', vec![-4, 4]),
        ('b', vec![-3, 3]),
        ('b', vec![-1, 1]),
        ('b', vec![2, -2]),
        ('a', vec![-2, 2]),
    ];
    assert_eq!(table, expected);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_failure_costs_the_share_that_max_fails_says() {
    // 3 / 2 is 1 in whole numbers, as in nginx: two of three are left.
    let mut bench = Bench::with("weighted", &[3, 1], &knobs(&[("max-fails", "2")]));
    bench.end('a', FORGOTTEN);
    bench.serve();
    assert_eq!(bench.scores(), [2 - 3, 1]);

    let mut unimpressed = Bench::with("weighted", &[3, 1], &knobs(&[("max-fails", "0")]));
    unimpressed.end('a', FORGOTTEN);
    unimpressed.serve();
    assert_eq!(unimpressed.scores(), [3 - 4, 1]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_refusal_is_no_failure() {
    let mut bench = Bench::new("weighted", &[2, 1]);
    for _ in 0..3 {
        let server = bench.send();
        bench.end(server, REFUSED);
    }
    assert_eq!(bench.serves(3), "aba");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn ties_of_smooth_weights_go_to_the_first_in_the_list() {
    assert_eq!(Bench::new("weighted", &[1, 1, 1]).serves(6), "abcabc");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_server_that_is_down_gets_no_turn_and_keeps_its_score() {
    let mut bench = Bench::new("weighted", &[2, 2, 2]);
    assert_eq!(bench.serve(), 'a');
    assert_eq!(bench.scores(), [-4, 2, 2]);
    bench.set_up(1, false);
    // (-2, 4) → c pays 4; (0, 2) → c pays 4.
    assert_eq!(bench.serves(2), "cc");
    assert_eq!(bench.scores(), [0, 2, -2]);
    bench.set_up(1, true);
    assert_eq!(bench.serve(), 'b');
}

#[wasm_bindgen_test(unsupported = test)]
pub fn round_robin_takes_turns() {
    let mut bench = Bench::new("round-robin", &[1, 9, 1]);
    assert_eq!(bench.sends(7), "abcabca", "weights and load do not matter");
    assert_eq!(bench.order(), "bca");
    bench.set_up(2, false);
    assert_eq!(bench.sends(4), "abab", "the one that is down is skipped");
    bench.set_up(2, true);
    assert_eq!(bench.sends(3), "cab");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn least_connections_shares_an_idle_pool_evenly() {
    // nginx-tests, least_conn: ten requests one after the other go five to each of two servers.
    let picks = Bench::new("least-connections", &[1, 1]).serves(10);
    assert_eq!(picks, "ababababab");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn least_connections_avoids_the_busy_server() {
    // nginx-tests, least_conn: requests held open on one server send the next ten to the other.
    let mut bench = Bench::new("least-connections", &[1, 1]);
    assert_eq!(bench.send(), 'a');
    assert_eq!(bench.serves(10), "bbbbbbbbbb");
    bench.end('a', DONE);
    assert_eq!(bench.serves(2), "ba", "b still owes one score from the first tie");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn least_connections_compares_per_unit_of_weight() {
    // Load per weight before each pick, weights 3 and 1, ties by smooth weights:
    // 0 0 → a; 1/3 0 → b; 1/3 1 → a; 2/3 1 → a; 1 1 → tie.
    let mut bench = Bench::new("least-connections", &[3, 1]);
    assert_eq!(bench.sends(4), "abaa");
    assert_eq!(bench.order(), "ab");
    assert_eq!(bench.pool.in_flight(ServerId(0)), 3);
    assert_eq!(bench.pool.in_flight(ServerId(1)), 1);
    // Weights decide the ties of an idle pool too.
    assert_eq!(Bench::new("least-connections", &[3, 1]).serves(8), "aabaaaba");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn least_connections_orders_all_by_load() {
    let mut bench = Bench::new("least-connections", &[1, 1, 1]);
    for (server, load) in [(0, 2), (1, 0), (2, 1)] {
        for _ in 0..load {
            bench.pool.sent(ServerId(server));
        }
    }
    assert_eq!(bench.order(), "bca");
    bench.set_up(1, false);
    assert_eq!(bench.order(), "ca");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn two_choices_compares_two_different_servers() {
    // The second draw is below n - 1 and steps over the first.
    let draws = Script(vec![(3, 1), (2, 1), (3, 2), (2, 0), (3, 0), (2, 0), (3, 1), (2, 1)]);
    let mut bench = Bench::new("p2c", &[1, 1, 1]).drawing(draws);
    assert_eq!(bench.send(), 'b', "b against c, both idle: the first drawn");
    assert_eq!(bench.send(), 'c', "c against a, both idle");
    assert_eq!(bench.send(), 'a', "a against b, which is busy");
    assert_eq!(bench.send(), 'b', "b against c, both with one: the first drawn");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn two_choices_never_takes_the_busiest() {
    let mut bench = Bench::new("p2c", &[1; 5]).drawing(Stream::new(3, Concern::Choices, 0));
    for server in 0..5 {
        for _ in 0..server {
            bench.pool.sent(ServerId(server));
        }
    }
    let mut picks = [0_u32; 5];
    for _ in 0..20_000 {
        picks[bench.rank().expect("a server").index()] += 1;
    }
    // Rank i of n distinct: 2 (n - i) / (n (n - 1)): 40, 30, 20, 10 and 0 %.
    for (server, share) in [0.4, 0.3, 0.2, 0.1, 0.0].into_iter().enumerate() {
        assert_share(picks[server], 20_000, share);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn random_and_two_choices_work_with_one_server() {
    for id in ["random", "p2c", "weighted-random"] {
        let mut bench = Bench::new(id, &[1]).drawing(Never);
        assert_eq!(bench.sends(3), "aaa", "{id}");
    }
}

#[track_caller]
fn assert_share(hits: u32, of: u32, expected: f64) {
    let share = f64::from(hits) / f64::from(of);
    let error = 4.0 * (expected * (1.0 - expected) / f64::from(of)).sqrt();
    assert!((share - expected).abs() <= error, "{share}, expected {expected} ± {error}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn random_strategies_keep_their_shares() {
    for (id, shares) in [("random", [0.25; 4]), ("weighted-random", [0.1, 0.2, 0.3, 0.4])] {
        let draws = Stream::new(5, Concern::Choices, 0);
        let mut bench = Bench::new(id, &[1, 2, 3, 4]).drawing(draws);
        let mut picks = [0_u32; 4];
        for _ in 0..20_000 {
            picks[bench.rank().expect("a server").index()] += 1;
        }
        for (server, share) in shares.into_iter().enumerate() {
            assert_share(picks[server], 20_000, share);
        }
        bench.set_up(3, false);
        for _ in 0..200 {
            assert_ne!(bench.rank(), Some(ServerId(3)), "{id} picks one that is down");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn weighted_random_walks_the_weights() {
    let draws = Script(vec![(6, 0), (6, 1), (6, 2), (6, 3), (6, 5)]);
    let mut bench = Bench::new("weighted-random", &[1, 2, 3]).drawing(draws);
    assert_eq!(bench.sends(5), "abbcc");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_full_order_names_every_server_that_is_up_once() {
    for about in &STRATEGIES {
        let mut bench =
            Bench::new(about.id, &[3, 1, 4, 1, 5]).drawing(Stream::new(9, Concern::Choices, 0));
        bench.set_up(1, false);
        for _ in 0..50 {
            let mut order: Vec<char> = bench.order().chars().collect();
            bench.send();
            order.sort_unstable();
            assert_eq!(order, ['a', 'c', 'd', 'e'], "{}", about.id);
        }
        (0..5).for_each(|server| bench.set_up(server, false));
        assert_eq!(bench.rank(), None, "{}: nobody is up", about.id);
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_first_of_an_order_is_the_pick() {
    for about in &STRATEGIES {
        let fresh =
            || Bench::new(about.id, &[3, 1, 4]).drawing(Stream::new(9, Concern::Choices, 0));
        let (mut one, mut all) = (fresh(), fresh());
        let order = all.order();
        assert_eq!(order.chars().next(), Some(one.send()), "{}", about.id);
    }
}

/// A report of a server that has been busy for so many milliseconds.
fn report(busy_ms: u64, done: u64) -> Report {
    Report { since: SimTime(1), busy: Span::millis(busy_ms), done }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn measured_weights_start_as_configured() {
    // Weight over one more than in flight: 3 1 → a; 3/2 1 → a; 1 1 → tie after a: b; 1 1/2 → a;
    let mut bench = Bench::new("weighted-load", &[3, 1]);
    assert_eq!(bench.sends(4), "aaba");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn measured_weights_follow_what_servers_do() {
    let mut bench = Bench::new("weighted-load", &[1, 1]);
    // Both were busy for a second; a did 100 requests, b 25.
    bench.pool.reported(ServerId(0), report(1000, 100), SimTime(1_000_000_000));
    bench.pool.reported(ServerId(1), report(1000, 25), SimTime(1_000_000_000));
    bench.pool.refresh(SimTime(1_000_000_000));
    // One request is added at the pool's pace, 62.5 a second: (100 + 1) / 1.016 and (25 + 1) /
    // 1.016.
    assert_eq!(bench.scores(), [99_409, 25_590]);
    // 99.4/1, 25.6/1: a until it has 3 in flight, 99.4/4 < 25.6: then b, then a.
    assert_eq!(bench.sends(5), "aaaba");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn measured_weights_are_updated_every_hundred_milliseconds() {
    let mut bench = Bench::new("weighted-load", &[1, 1]);
    bench.pool.reported(ServerId(0), report(10, 1), SimTime(50_000_000));
    bench.pool.refresh(SimTime(99_999_999));
    assert_eq!(bench.scores(), [1000, 1000]);
    bench.pool.refresh(SimTime(100_000_000));
    assert_eq!(bench.scores(), [100_000, 100_000], "the one that is unknown counts as average");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_server_not_heard_of_drifts_back_to_the_average() {
    let mut bench = Bench::new("weighted-load", &[1, 1]);
    let at = |seconds: u64| SimTime(seconds * 1_000_000_000);
    bench.pool.reported(ServerId(0), report(1000, 100), at(1));
    bench.pool.reported(ServerId(1), report(1000, 1), at(1));
    bench.pool.refresh(at(1));
    let slow = bench.scores()[1];
    for second in 2..=60 {
        bench.pool.reported(ServerId(0), report(1000 * second, 100 * second), at(second));
        bench.pool.refresh(at(second));
    }
    let scores = bench.scores();
    assert!(slow < 3_000 && scores[1] > 90_000, "from {slow} to {}", scores[1]);
    assert!((99_000..=100_000).contains(&scores[0]), "{}", scores[0]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn ties_of_measured_weights_go_round() {
    assert_eq!(Bench::new("weighted-load", &[2, 2, 2]).serves(6), "abcabc");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn old_reports_and_restarts_are_told_apart() {
    let server = ServerId(0);
    let mut pool = PoolView::new([1], Span::secs(5));
    pool.reported(server, report(1000, 100), SimTime(1_000_000_000));
    // A message that was overtaken.
    pool.reported(server, report(900, 90), SimTime(1_000_000_001));
    pool.refresh(SimTime(1_000_000_001));
    let before = pool.rate(server);
    // A new life begins from nothing and adds to what is known.
    let new_life = Report { since: SimTime(2), busy: Span::secs(1), done: 50 };
    pool.reported(server, new_life, SimTime(2_000_000_000));
    pool.reported(server, report(2000, 1000), SimTime(2_000_000_001));
    pool.refresh(SimTime(2_000_000_001));
    assert_eq!(before / 65_536, 100);
    assert_eq!(pool.rate(server) / 65_536, 75, "150 requests in two seconds");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn utilisation_is_the_busy_share_between_reports() {
    let server = ServerId(0);
    let mut pool = PoolView::new([1], Span::secs(5));
    let at = |ms: u64| SimTime(ms * 1_000_000);
    pool.reported(server, report(100, 1), at(200));
    assert_eq!(pool.utilisation_milli(server), 0, "one report is not enough");
    pool.reported(server, report(150, 2), at(250));
    assert_eq!(pool.utilisation_milli(server), 0, "too close");
    pool.reported(server, report(250, 3), at(400));
    assert_eq!(pool.utilisation_milli(server), 750, "150 of 200 ms");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn strategies_are_values() {
    for about in &STRATEGIES {
        let fresh =
            || Bench::new(about.id, &[2, 1, 1]).drawing(Stream::new(1, Concern::Choices, 0));
        let digest = |strategy: &AnyStrategy| {
            let mut digest = quorate::sim::digest::Digest::default();
            digest.add(strategy);
            digest.value()
        };
        let (mut one, two) = (fresh(), fresh());
        assert_eq!(one.strategy, two.strategy, "{}", about.id);
        one.send();
        let copy = one.strategy.clone();
        assert_eq!(one.strategy, copy, "{}", about.id);
        assert_eq!(digest(&one.strategy), digest(&copy), "{}", about.id);
        let keeps_state = ["round-robin", "weighted", "least-connections", "weighted-load"];
        if keeps_state.contains(&about.id) {
            assert_ne!(one.strategy, two.strategy, "{}", about.id);
            assert_ne!(digest(&one.strategy), digest(&two.strategy), "{}", about.id);
        }
        for other in STRATEGIES.iter().filter(|other| other.id != about.id) {
            assert_ne!(one.strategy, Bench::new(other.id, &[2, 1, 1]).strategy);
        }
    }
}
