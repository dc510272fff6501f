//! Who is left out, from when to when, and what a server goes through that comes back.

use std::collections::{BTreeMap, BTreeSet};

use quorate::balance::ServerId;
use quorate::balance::tier::Tier;
use quorate::kernel::{
    ClientId, Fact, NodeId, Op, Order, Outcome, Party, Ratio, SimTime, Span, Window,
};
use quorate::sim::{Delay, Input, LinkChange, NetworkSpec, OpNote, Target, World};
use wasm_bindgen_test::wasm_bindgen_test;

use super::Pool;

/// Milliseconds, server, whether it is let in.
type Changes = Vec<(u64, u32, bool)>;

fn ms(count: u64) -> Span {
    Span::millis(count)
}

fn server(place: u32) -> Target {
    Target::Node(NodeId(place))
}

fn fail(place: u32, percent: u32) -> Input {
    Input::Order(server(place), Order::Fail(Ratio::percent(percent)))
}

fn work(client: u32, size: Span, via: u32) -> Input {
    let op = Op::Work { key: u64::from(client), size };
    let via = Some(Target::Node(NodeId(via)));
    Input::Request { op, via, client: Some(ClientId(client)) }
}

/// A request of 1 ms every `every` ms until `end`, each by a client of its own.
fn steady(pool: Pool, every: u64, end: u64) -> Pool {
    (0..end / every).fold(pool, |pool, n| pool.at(ms(n * every), work(n as u32, ms(1), 0)))
}

/// When which server was left out (false) or let in again, in milliseconds.
fn changes(pool: &Pool, end: u64) -> Changes {
    let mut world = pool.world();
    let mut changes = Vec::new();
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + ms(end)) && world.step() {
        for (_, fact) in &world.last().facts {
            if let Fact::Allowed { server, allowed } = *fact {
                changes.push((world.now().0 / 1_000_000, server.0, allowed));
            }
        }
    }
    changes
}

fn run_to(world: &mut World<Tier>, end: Span) {
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + end) && world.step() {}
}

fn picks(pool: &Pool, end: u64) -> Vec<(u64, u32)> {
    let mut world = pool.world();
    let mut picks = Vec::new();
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + ms(end)) && world.step() {
        for (_, fact) in &world.last().facts {
            if let Fact::Picked { server, .. } = *fact {
                picks.push((world.now().0 / 1_000_000, server.0));
            }
        }
    }
    picks
}

#[wasm_bindgen_test(unsupported = test)]
pub fn nginx_leaves_out_and_tries_one_request() {
    let settings = [
        ("strategy", "round-robin"),
        ("passive", "nginx"),
        ("max-fails", "2"),
        ("fail-timeout", "1000"),
    ];
    let pool = steady(Pool::new(2, &settings), 100, 5000).at(Span::ZERO, fail(1, 100));
    let pool = pool.at(ms(2500), fail(1, 0));
    // Requests at 0 and 200 fail. Out until just after 1200, when the next turn of server 1 probes
    // it: it fails, and is out until after 2300. Its turn at 2400 fails again; then it does well.
    let found = changes(&pool, 6000);
    let out: Vec<u64> = found.iter().filter(|(.., allowed)| !allowed).map(|(at, ..)| *at).collect();
    let tried: Vec<u64> =
        picks(&pool, 6000).iter().filter(|(_, place)| *place == 1).map(|(at, _)| *at).collect();
    assert_eq!(tried[..2], [0, 200]);
    assert!(tried[2] >= 1200 && tried[2] <= 1500, "{tried:?}");
    assert!(tried[3] > tried[2] + 1000 && tried[3] <= tried[2] + 1300, "{tried:?}");
    assert_eq!(out.len(), found.len() - out.len(), "it ends up taking part: {found:?}");
    // The probe that is under way bars others: while it is out nobody else goes there.
    assert!(tried.windows(2).take(3).skip(1).all(|pair| pair[1] - pair[0] > 1000), "{tried:?}");
    assert!(tried.len() > 8, "well again, it gets every other request: {tried:?}");
    // Failures far apart do not add up if one between them went well.
    let single = steady(Pool::new(2, &settings), 100, 3000);
    let single = single.at(Span::ZERO, fail(1, 100)).at(ms(50), fail(1, 0));
    let single = single.at(ms(1950), fail(1, 100)).at(ms(2050), fail(1, 0));
    assert_eq!(changes(&single, 6000), []);
    // The only server of a pool is never left out.
    let alone = steady(Pool::new(1, &settings), 100, 3000).at(Span::ZERO, fail(1, 100));
    assert_eq!(changes(&alone, 6000), []);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn checks_rise_and_fall() {
    // Checks at 100, 200, ...; the one of 500 is found unanswered at 600, and the third at 800.
    // The one of 1000 reaches the server that restarted then, and so does the next: up at 1100.
    let pool = Pool::new(1, &[("check", "100")]);
    let pool = pool.at(ms(450), Input::Crash(server(1))).at(ms(1000), Input::Restart(server(1)));
    assert_eq!(changes(&pool, 3000), [(800, 1, false), (1100, 1, true)]);
    // At the start one failure is enough.
    let pool = Pool::new(1, &[("check", "100"), ("rise", "3")]);
    let pool = pool.at(ms(50), Input::Crash(server(1))).at(ms(350), Input::Restart(server(1)));
    assert_eq!(changes(&pool, 3000), [(200, 1, false), (600, 1, true)]);
    // Spread over the interval: of two servers the first is asked at 50, 150, ...
    let pool = Pool::new(2, &[("check", "100"), ("fall", "1")]);
    let pool = pool.at(ms(220), Input::Crash(server(1))).at(ms(220), Input::Crash(server(2)));
    assert_eq!(changes(&pool, 3000)[..2], [(350, 1, false), (400, 2, false)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_deep_check_sees_errors() {
    let found = |depth| {
        let pool = Pool::new(1, &[("check", "100"), ("check-depth", depth)]);
        changes(&pool.at(ms(450), fail(1, 100)).at(ms(900), fail(1, 0)), 3000)
    };
    assert_eq!(found("shallow"), []);
    assert_eq!(found("deep"), [(700, 1, false), (1000, 1, true)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_check_that_comes_late_is_none() {
    let slow =
        LinkChange { delay: Some(Delay::Even(Window::exactly(ms(150)))), ..LinkChange::default() };
    let (from, to) = (Party::Node(NodeId(0)), Party::Node(NodeId(1)));
    let pool = Pool::new(2, &[("check", "100")]);
    let pool = pool.at(ms(420), Input::Link { from, to, both: false, change: slow });
    // Asked at 450, 550, 650: each answer comes after the next question. The other is well.
    let pool = pool.at(ms(1000), Input::Heal);
    assert_eq!(changes(&pool, 3000), [(750, 1, false), (1150, 1, true)]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn haproxy_counts_bad_answers_in_a_row() {
    let found = |on_error| {
        let settings = [
            ("strategy", "round-robin"),
            ("passive", "haproxy"),
            ("error-limit", "4"),
            ("on-error", on_error),
            ("check", "1000"),
        ];
        let pool = steady(Pool::new(1, &settings), 100, 6000).at(ms(4450), fail(1, 100));
        changes(&pool.at(ms(5250), fail(1, 0)), 9000)
    };
    // Bad from 4500 on: the fourth at 4800 takes the server down; checks at 5000 and 6000 bring
    // it back.
    assert_eq!(found("mark-down"), [(4800, 1, false), (6000, 1, true)]);
    // The fourth and the eighth, at 5200, count as failed checks, but the check at 5000 goes well
    // in between: two in a row are not three.
    assert_eq!(found("fail-check"), []);
    // One more failed check would take it down, but all go well.
    assert_eq!(found("sudden-death"), []);
    // Without a word on checks they run every two seconds.
    let pool =
        steady(Pool::new(1, &[("passive", "haproxy"), ("on-error", "mark-down")]), 100, 3000);
    let pool = pool.at(ms(950), fail(1, 100)).at(ms(1950), fail(1, 0));
    assert_eq!(changes(&pool, 9000), [(1900, 1, false), (4000, 1, true)]);
}

const ENVOY: [(&str, &str); 5] = [
    ("strategy", "round-robin"),
    ("passive", "envoy"),
    ("sweep", "1000"),
    ("eject-time", "2000"),
    ("eject-time-max", "5000"),
];

#[wasm_bindgen_test(unsupported = test)]
pub fn envoy_ejects_after_errors_in_a_row_for_longer_and_longer() {
    let pool = steady(Pool::new(2, &ENVOY), 50, 40_000).at(Span::ZERO, fail(1, 100));
    let found = changes(&pool, 30_000);
    let (out, back): (Changes, Changes) = found.iter().copied().partition(|(.., allowed)| !allowed);
    // The fifth of every other request. Then 2, 4, and at most 5 s, ended at whole seconds. A sweep
    // in service would take one off the count, but none comes in the 400 ms until it fails again.
    assert_eq!(out[0], (400, 1, false));
    let lengths: Vec<u64> = back.iter().zip(&out).map(|(back, out)| back.0 - out.0).collect();
    assert!(back.iter().all(|(at, ..)| at % 1000 == 0), "{found:?}");
    assert_eq!(lengths[..4], [2600, 4600, 5600, 5600], "{found:?}");
    // In service for long, the next ejection is short again.
    let pool = pool.at(ms(9000), fail(1, 0)).at(ms(20_010), fail(1, 100));
    let found = changes(&pool, 30_000);
    let late: Vec<_> = found.iter().filter(|(at, ..)| *at > 20_000).collect();
    assert_eq!((late[1].0 - late[0].0) / 1000, 2, "{found:?}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn envoy_ejects_no_more_than_its_share() {
    let most = |share| {
        let all: Vec<_> = ENVOY.into_iter().chain([("eject-most", share)]).collect();
        let pool = steady(Pool::new(4, &all), 10, 2000);
        let pool = pool.at(Span::ZERO, fail(1, 100)).at(Span::ZERO, fail(2, 100));
        let pool = pool.at(Span::ZERO, fail(3, 100));
        changes(&pool, 900).len()
    };
    // One always; a second while a quarter is below the share, a third while a half is.
    assert_eq!([most("10"), most("25"), most("26"), most("51")], [1, 1, 2, 3]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn envoy_ejects_who_does_worse_than_the_others() {
    let found = |hosts, volume, percent| {
        let all: Vec<_> = ENVOY
            .into_iter()
            .chain([("consecutive", "0"), ("outlier-hosts", hosts), ("outlier-volume", volume)])
            .collect();
        let pool = steady(Pool::new(5, &all), 5, 2000).at(Span::ZERO, fail(4, percent));
        changes(&pool, 1500)
    };
    // Row D13: half of forty requests fail on one of five servers.
    assert_eq!(found("5", "40", 50), [(1000, 4, false)]);
    assert_eq!(found("6", "40", 50), [], "too few servers");
    assert_eq!(found("5", "41", 50), [], "too few requests");
    assert_eq!(found("5", "40", 0), [], "all alike");
}

/// Row D19 in the world: a minute of slow start, as a strategy sees the weight.
#[wasm_bindgen_test(unsupported = test)]
pub fn a_server_that_comes_back_warms_up() {
    let weights = |aggression, strategy| {
        let settings =
            [("slow-start", "60000"), ("aggression", aggression), ("strategy", strategy)];
        let pool = Pool::new(2, &settings).given("weights", "1,2");
        let order = |order| Input::Order(Target::All, order);
        let pool = pool.at(ms(500), order(Order::Drain(NodeId(1))));
        let pool = pool.at(ms(1000), order(Order::Undrain(NodeId(1))));
        let mut world = pool.world();
        [0, 3, 15, 30, 45, 61].map(|at| {
            run_to(&mut world, ms(1000) + Span::secs(at));
            let view = world.node(NodeId(0)).and_then(Tier::pool).expect("a view");
            assert!(view.weight(ServerId(1)) % 1000 == if strategy == "maglev" { 2 } else { 0 });
            view.weight(ServerId(0))
        })
    };
    assert_eq!(weights("1", "weighted"), [100, 100, 250, 500, 750, 1000]);
    assert_eq!(weights("2", "edf"), [100, 224, 500, 707, 866, 1000]);
    // Keys have their homes whatever the weights are now.
    assert_eq!(weights("1", "maglev"), [1; 6]);
}

#[wasm_bindgen_test(unsupported = test)]
pub fn warming_up_halves_the_share_over_the_window() {
    // Weights w and 1, where w rises from 0 to 1 and counts at least .1: the integral of
    // w / (1 + w) is .311 of 2000 requests. (From nothing, earliest deadlines would starve: the
    // first turn of a weight near zero lies far ahead, whatever the weight is later.)
    for strategy in ["weighted", "edf", "weighted-random", "least-connections"] {
        let settings = [("slow-start", "20000"), ("strategy", strategy)];
        let order = |order| Input::Order(Target::All, order);
        let pool = steady(Pool::new(2, &settings), 10, 21_000);
        let pool = pool.at(Span::ZERO, order(Order::Drain(NodeId(1))));
        let pool = pool.at(ms(995), order(Order::Undrain(NodeId(1))));
        let mine = picks(&pool, 20_995).iter().filter(|(_, place)| *place == 1).count();
        assert!((mine as f64 - 622.0).abs() < 62.0, "{strategy}: {mine}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_draining_server_finishes_and_gets_nothing_new() {
    for guarded in [&[("strategy", "round-robin")][..], &[("retries", "1")][..]] {
        let pool =
            Pool::new(2, guarded).at(ms(1), work(0, ms(50), 0)).at(ms(1), work(1, ms(50), 0));
        let order = |order| Input::Order(Target::All, order);
        let pool = pool.at(ms(10), order(Order::Drain(NodeId(1))));
        let pool = pool.at(ms(500), order(Order::Undrain(NodeId(1))));
        let pool = (2..10).fold(pool, |pool, n| pool.at(ms(u64::from(n) * 20), work(n, ms(1), 0)));
        let pool =
            (10..14).fold(pool, |pool, n| pool.at(ms(400 + u64::from(n) * 20), work(n, ms(1), 0)));
        let found = picks(&pool, 2000);
        let drained: BTreeSet<u32> = found
            .iter()
            .filter(|(at, _)| (11..500).contains(at))
            .map(|(_, place)| *place)
            .collect();
        assert_eq!(drained, BTreeSet::from([2]));
        assert_eq!(found.iter().filter(|(at, place)| *at > 500 && *place == 1).count(), 2);
        assert_eq!(changes(&pool, 2000), [(10, 1, false), (500, 1, true)]);
        let mut world = pool.world();
        run_to(&mut world, ms(100));
        let view = world.node(NodeId(0)).and_then(Tier::pool).expect("a view");
        assert_eq!((view.done_by(ServerId(0)), view.is_draining(ServerId(0))), (1, true));
    }
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_reset_is_learnt_at_once_and_a_crash_is_not() {
    let answered = |input: Input, retries| {
        let settings = [("strategy", "round-robin"), ("retries", retries), ("try-timeout", "300")];
        let pool = Pool::new(2, &settings).at(ms(0), work(0, ms(50), 0)).at(ms(20), input);
        let mut world = pool.world();
        while world.step() {
            if let Some(OpNote::Completed(_, _, outcome)) = world.last().ops.first() {
                return (world.now().0 / 1_000_000, *outcome);
            }
        }
        panic!("nobody answered");
    };
    let reset = || Input::Order(server(1), Order::Reset);
    assert_eq!(answered(reset(), "0"), (20, Outcome::Refused));
    assert_eq!(answered(reset(), "1"), (70, Outcome::Done(None)));
    // Nobody tells of a crash: the try is given up after 300.
    assert_eq!(answered(Input::Crash(server(1)), "0"), (300, Outcome::Refused));
    assert_eq!(answered(Input::Crash(server(1)), "1"), (350, Outcome::Done(None)));
}

#[wasm_bindgen_test(unsupported = test)]
pub fn a_server_that_flaps_is_up_half_the_time() {
    let flap = |lasting| Input::Flap { node: NodeId(1), every: ms(400), lasting: ms(lasting) };
    let up = |lasting| {
        let mut world = Pool::new(1, &[("check", "50")]).at(ms(1000), flap(lasting)).world();
        let times = [900, 1100, 1300, 1500, 1700, 1900, 2100, 2300];
        times.map(|at| {
            run_to(&mut world, ms(at));
            u8::from(world.node(NodeId(1)).is_some())
        })
    };
    assert_eq!(up(1000), [1, 0, 1, 0, 1, 0, 1, 1], "it ends at 2000, and in service");
    assert_eq!(up(800), [1, 0, 1, 0, 1, 1, 1, 1]);
    assert_eq!(up(1_000_000), [1, 0, 1, 0, 1, 0, 1, 0]);
}

/// Sixteen balancers know only what they sent themselves, and what servers told them, late.
#[wasm_bindgen_test(unsupported = test)]
pub fn sixteen_balancers_have_sixteen_views() {
    // The first balancer gives all servers but one a long work. How many of the others go to that
    // one, so much later?
    let herd = |strategy, network: &str, later: u64| {
        let settings = [("balancers", "16"), ("strategy", strategy), ("ties", "lowest")];
        let mut pool = Pool::new(16 + 15, &settings);
        pool.spec.doors = 16;
        pool.spec.network.delay = NetworkSpec::named(network).expect("a preset").delay;
        for client in 0..15 {
            pool = pool.at(ms(1), work(client, ms(5000), 0));
        }
        for balancer in 1..16 {
            pool = pool.at(ms(1 + later), work(15 + balancer, ms(5000), balancer));
        }
        let (mut busy, mut counts) = (BTreeSet::new(), BTreeMap::<u32, u32>::new());
        for (at, place) in picks(&pool, 1000) {
            if at < 1 + later {
                busy.insert(place);
            } else {
                *counts.entry(place).or_default() += 1;
            }
        }
        assert_eq!(busy.len(), 15, "the first balancer knows what it did itself");
        (counts.values().copied().max(), counts.keys().any(|place| busy.contains(place)))
    };
    // Nobody knows of the others: all fifteen begin with the first server.
    assert_eq!(herd("least-connections", "lan", 100), (Some(15), true));
    // Told of queues, all fifteen run to the idle one, once the news has come: soon within a data
    // centre, after 30 ms across a continent. Before, they draw lots.
    assert_eq!(herd("jsq", "lan", 100), (Some(15), false));
    assert_eq!(herd("jsq", "wan", 100), (Some(15), false));
    let (most, astray) = herd("jsq", "wan", 20);
    assert!(most < Some(8) && astray, "{most:?}");
}
