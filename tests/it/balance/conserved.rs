//! What holds in every run of every strategy, whatever is switched on and whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use quorate::balance::STRATEGIES;
use quorate::balance::tier::Tier;
use quorate::check::{PoolShape, PoolWatch};
use quorate::kernel::{
    ClientId, Fact, NodeId, Op, Order, Outcome, Ratio, RequestId, SimTime, Span,
};
use quorate::sim::{Input, OpNote, Target, World};
use wasm_bindgen_test::wasm_bindgen_test;

use super::Pool;

const SERVERS: u32 = 6;
const BALANCERS: u32 = 2;

/// Settings that among them switch on everything there is around strategies.
const ALL: [&[(&str, &str)]; 4] = [
    &[
        ("passive", "nginx"),
        ("max-fails", "2"),
        ("fail-timeout", "1000"),
        ("try-timeout", "200"),
        ("retries", "2"),
        ("backoff", "20"),
        ("budget", "envoy"),
        ("slow-start", "1000"),
        ("cancel", "on"),
    ],
    &[
        ("passive", "haproxy"),
        ("on-error", "mark-down"),
        ("error-limit", "3"),
        ("check", "300"),
        ("check-depth", "deep"),
        ("hedge-after", "60"),
        ("max-conns", "3"),
        ("max-pending", "20"),
        ("queue", "priority"),
        ("shed", "codel"),
        ("shed-after", "50"),
    ],
    &[
        ("passive", "envoy"),
        ("sweep", "500"),
        ("eject-time", "700"),
        ("eject-most", "50"),
        ("outlier-volume", "5"),
        ("try-timeout", "150"),
        ("retries", "3"),
        ("budget", "finagle"),
        ("budget-min", "1"),
        ("hedge-at", "90"),
        ("cancel", "on"),
        ("queue", "lifo"),
        ("capacity", "10"),
    ],
    &[
        ("throttle", "2"),
        ("throttle-window", "5000"),
        ("max-requests", "12"),
        ("capacity", "5"),
        ("check", "200"),
        ("queue", "ps"),
        ("budget", "static"),
        ("budget-min", "1"),
        ("retries", "5"),
    ],
];

fn server(place: u32) -> NodeId {
    NodeId(BALANCERS + place)
}

/// A pool of this strategy under these settings, to which all that can happen does.
fn storm(strategy: &str, settings: &[(&str, &str)]) -> Pool {
    let all: Vec<_> = [("strategy", strategy), ("balancers", "2"), ("forget", "1000")]
        .into_iter()
        .chain(settings.iter().copied())
        .collect();
    let mut pool = Pool::new(SERVERS + BALANCERS - 1, &all).given("speeds", "3000,2000,2000");
    pool.spec.doors = BALANCERS;
    let node = |place| Target::Node(server(place));
    let order = |order| Input::Order(Target::All, order);
    let inputs = [
        (500, Input::Order(node(0), Order::Fail(Ratio::ONE))),
        (800, Input::Order(node(1), Order::Fail(Ratio::percent(40)))),
        (1100, Input::Crash(node(2))),
        (1500, order(Order::Drain(server(3)))),
        (1700, order(Order::Drain(server(0)))),
        (1900, Input::Order(node(4), Order::Reset)),
        (2200, Input::Pace(node(0), 1000)),
        (2400, Input::Flap { node: server(5), every: Span::millis(700), lasting: Span::secs(3) }),
        (3100, Input::Restart(node(2))),
        (3300, order(Order::Undrain(server(3)))),
        (3400, order(Order::Undrain(server(0)))),
        (3600, Input::Pause(node(4))),
        (4300, Input::Resume(node(4))),
        (4500, Input::Pace(node(1), 100)),
        (5200, Input::Pace(node(1), 1000)),
        (5300, Input::Order(Target::All, Order::Fail(Ratio::ONE))),
        (5700, Input::Pace(Target::All, 1000)),
    ];
    for (at, input) in inputs {
        pool = pool.at(Span::millis(at), input);
    }
    pool
}

/// That pool under each of the settings, with a stream of work.
pub fn storms(strategy: &str) -> Vec<Pool> {
    let loads = [4.0, 4.0, 4.0, 9.0];
    ALL.iter().zip(loads).map(|(settings, load)| storm(strategy, settings).load(load)).collect()
}

/// How long all of it takes, and how much later everything has been answered.
const END: Span = Span::secs(8);

fn each_event(pool: &Pool, end: Span, mut look: impl FnMut(&World<Tier>)) -> World<Tier> {
    let mut world = pool.world();
    look(&world);
    while world.next_at().is_some_and(|at| at <= SimTime::ZERO + end) && world.step() {
        look(&world);
    }
    world
}

#[wasm_bindgen_test(unsupported = test)]
pub fn nobody_picks_a_server_that_is_left_out() {
    let mut seen = [0_u64; 2];
    for about in &STRATEGIES {
        for pool in storms(about.id) {
            let mut out: BTreeSet<(NodeId, NodeId)> = BTreeSet::new();
            each_event(&pool, END, |world| {
                for (balancer, fact) in &world.last().facts {
                    match *fact {
                        Fact::Allowed { server, allowed: true } => {
                            assert!(out.remove(&(*balancer, server)), "{server} was allowed");
                        }
                        Fact::Allowed { server, allowed: false } => {
                            assert!(out.insert((*balancer, server)), "{server} was not allowed");
                            seen[0] += 1;
                        }
                        Fact::Picked { server, .. } => {
                            let left_out = out.contains(&(*balancer, server));
                            assert!(!left_out, "{}: {balancer} picks {server}", about.id);
                            seen[1] += 1;
                        }
                        _ => {} // Other facts are not about picking.
                    }
                }
            });
        }
    }
    assert!(seen[0] > 500 && seen[1] > 30_000, "{seen:?}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn what_is_sent_is_done_failed_or_in_flight() {
    for about in &STRATEGIES {
        for pool in storms(about.id) {
            let mut picked: BTreeMap<(NodeId, NodeId), u64> = BTreeMap::new();
            let mut open: BTreeSet<RequestId> = BTreeSet::new();
            let mut over: BTreeSet<RequestId> = BTreeSet::new();
            each_event(&pool, END, |world| {
                for (balancer, fact) in &world.last().facts {
                    if let Fact::Picked { server, .. } = fact {
                        *picked.entry((*balancer, *server)).or_default() += 1;
                    }
                }
                for op in &world.last().ops {
                    match *op {
                        OpNote::Invoked(id, _) => assert!(open.insert(id)),
                        OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                            assert!(open.remove(&id) && over.insert(id), "{id} ends twice");
                        }
                    }
                }
                balanced(world, &picked, about.id);
            });
            assert!(over.len() > 500, "{}: {}", about.id, over.len());
        }
    }
}

fn balanced(world: &World<Tier>, picked: &BTreeMap<(NodeId, NodeId), u64>, strategy: &str) {
    for balancer in (0..BALANCERS).map(NodeId) {
        let view = world.node(balancer).and_then(Tier::pool).expect("a balancer has a view");
        for id in view.ids() {
            let sent = view.sent_to(id);
            let ended = view.done_by(id) + view.failed_by(id);
            let told = picked.get(&(balancer, server(id.0))).copied().unwrap_or(0);
            let in_flight = u64::from(view.in_flight(id));
            assert_eq!((sent, sent), (ended + in_flight, told), "{strategy}: {balancer}");
        }
    }
}

/// Four hundred requests, each by a client of its own, between 0 and 6 s.
fn finite(pool: Pool) -> Pool {
    (0..400_u32).fold(pool, |pool, client| {
        let op =
            Op::Work { key: u64::from(client), size: Span::millis(u64::from(client % 37) + 1) };
        let via = Some(Target::Node(NodeId(client % BALANCERS)));
        let input = Input::Request { op, via, client: Some(ClientId(client)) };
        pool.at(Span::millis(u64::from(client) * 15), input)
    })
}

#[wasm_bindgen_test(unsupported = test)]
pub fn every_request_is_answered() {
    for about in &STRATEGIES {
        for settings in ALL {
            let pool = finite(storm(about.id, settings));
            let (mut done, mut refused) = (0, 0);
            let world = each_event(&pool, Span::secs(20), |world| {
                for op in &world.last().ops {
                    match *op {
                        OpNote::Completed(_, _, Outcome::Done(_)) => done += 1,
                        OpNote::Completed(..) => refused += 1,
                        OpNote::Invoked(..) | OpNote::GaveUp(..) => {}
                    }
                }
            });
            assert_eq!(done + refused, 400, "{} {settings:?}", about.id);
            assert!(done > 200, "{} {settings:?}: {done}", about.id);
            for balancer in (0..BALANCERS).map(NodeId) {
                let view = world.node(balancer).and_then(Tier::pool).expect("a view");
                let in_flight: u32 = view.ids().map(|id| view.in_flight(id)).sum();
                assert_eq!(in_flight, 0, "{}", about.id);
            }
        }
    }
}

/// Row A9. On every path: the time integral of the number in the system is the sum of the times
/// that requests spent there; for every server likewise.
#[wasm_bindgen_test(unsupported = test)]
pub fn littles_law_holds_on_every_path() {
    for about in &STRATEGIES {
        for (settings, queue) in ALL.iter().zip(["fifo", "lifo", "ps", "priority"]) {
            // What is cancelled, reset or crashed leaves a server without being finished.
            let kept = |(name, _): &&(&str, &str)| !matches!(*name, "cancel" | "queue" | "shed");
            let all: Vec<_> = [("strategy", about.id), ("balancers", "2"), ("queue", queue)]
                .into_iter()
                .chain(settings.iter().filter(kept).copied())
                .collect();
            let mut pool = Pool::new(SERVERS + BALANCERS - 1, &all);
            pool.spec.doors = BALANCERS;
            little(&finite(pool), about.id);
        }
    }
}

fn little(pool: &Pool, strategy: &str) {
    let shape = PoolShape { doors: BALANCERS, servers: SERVERS, slots: 1 };
    let mut watch = PoolWatch::new(shape, SimTime::ZERO);
    let mut since: BTreeMap<RequestId, SimTime> = BTreeMap::new();
    let (mut stayed, mut at_servers, mut integral) = (0_u64, 0_u64, 0_u64);
    let mut lengths: BTreeMap<NodeId, (SimTime, u32)> = BTreeMap::new();
    each_event(pool, Span::secs(30), |world| {
        let (last, now) = (world.last(), world.now());
        watch.watch(last);
        for op in &last.ops {
            match *op {
                OpNote::Invoked(id, _) => assert!(since.insert(id, now).is_none()),
                OpNote::Completed(id, ..) | OpNote::GaveUp(id, _) => {
                    stayed += now.since(since.remove(&id).expect("it was invoked")).0;
                }
            }
        }
        for (node, fact) in &last.facts {
            match *fact {
                Fact::Served { waited, served, .. } => at_servers += waited.0 + served.0,
                Fact::Load { length, .. } => {
                    let (from, before) = lengths.insert(*node, (now, length)).unwrap_or_default();
                    integral += u64::from(before) * now.since(from).0;
                }
                _ => {} // Other facts are not about queues.
            }
        }
    });
    assert!(since.is_empty() && lengths.values().all(|(_, length)| *length == 0));
    let presence = watch.measure().presence(SimTime::ZERO + Span::secs(30));
    assert_eq!(presence, u128::from(stayed), "{strategy}");
    assert_eq!(integral, at_servers, "{strategy}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn nobody_left_is_no_reason_to_panic() {
    for about in &STRATEGIES {
        for settings in ALL {
            let all: Vec<_> =
                [("strategy", about.id)].into_iter().chain(settings.iter().copied()).collect();
            // No server at all; all of them down; all of them draining.
            let mut pools = vec![Pool::new(0, &all), Pool::new(3, &all), Pool::new(3, &all)];
            pools[1] = pools[1].clone().at(Span::ZERO, Input::Crash(Target::All));
            pools[1] = pools[1].clone().at(Span::ZERO, Input::Restart(Target::Node(NodeId(0))));
            for place in 1..=3 {
                let drain = Input::Order(Target::All, Order::Drain(NodeId(place)));
                pools[2] = pools[2].clone().at(Span::ZERO, drain);
            }
            for (case, pool) in pools.into_iter().enumerate() {
                let (mut done, mut refused, mut invoked) = (0, 0, 0);
                each_event(&pool.load(1.0), Span::secs(3), |world| {
                    for op in &world.last().ops {
                        match *op {
                            OpNote::Invoked(..) => invoked += 1,
                            OpNote::Completed(_, _, Outcome::Done(_)) => done += 1,
                            OpNote::Completed(..) | OpNote::GaveUp(..) => refused += 1,
                        }
                    }
                });
                assert!(done == 0 && invoked > 200, "{} {case}: {done}", about.id);
                // A request to a server that is down is given up in time; the others at once.
                assert!(case == 1 || refused + 1 >= invoked, "{}: {refused}", about.id);
            }
        }
    }
}
