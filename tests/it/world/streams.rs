//! Independent streams: changing one concern never reshuffles another.

use quorate::catalog;
use quorate::kernel::{KnobValue, Op, Ratio, SimTime, Span, Window};
use quorate::sim::arrivals::Arrivals;
use quorate::sim::sizes::Sizes;
use quorate::sim::{Cluster, ClusterSpec, Delay, Keys, NetworkSpec, OpNote, Stream, Workload};
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, N3, events, ms, silent, spec, ticks};

fn jittery() -> ClusterSpec {
    let mut spec = spec();
    spec.knobs.set("tick", KnobValue::Range(Window::between(ms(5), ms(15))));
    spec.network = NetworkSpec::lan();
    spec
}

fn stream(spec: ClusterSpec, rate: f64) -> ClusterSpec {
    let stream = Stream {
        clients: 3,
        arrivals: Arrivals::Poisson { rate },
        sizes: Sizes::Exponential { mean: ms(10) },
        keys: Keys::Even(50),
    };
    ClusterSpec { workload: Workload::Stream(stream), ..spec }
}

/// Every request with its instant.
fn requests(spec: ClusterSpec, until: u64) -> Vec<(u64, Op)> {
    let events = events(spec, until);
    let ops = events.iter().flat_map(|event| event.ops.iter().map(|op| (event.at.0, *op)));
    let invoked = |(at, op)| match op {
        OpNote::Invoked(_, op) => Some((at, op)),
        OpNote::Completed(..) | OpNote::GaveUp(..) => None,
    };
    ops.filter_map(invoked).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn loss_and_delay_change_no_timer() {
    let calm = events(jittery(), 1_000);
    let mut spec = jittery();
    spec.network = NetworkSpec {
        loss: Ratio::percent(30),
        duplicate: Ratio::percent(30),
        reorder: Ratio::percent(30),
        ..NetworkSpec::wan()
    };
    let rough = events(spec, 1_000);
    for id in [N1, N2, N3] {
        assert_eq!(ticks(&calm, id), ticks(&rough, id));
        assert!(ticks(&calm, id).len() > 90);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn talk_and_requests_change_no_timer() {
    let calm = events(silent(jittery()), 500);
    let busy = events(stream(jittery(), 500.0), 500);
    for id in [N1, N2, N3] {
        assert_eq!(ticks(&calm, id), ticks(&busy, id));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_network_and_the_nodes_change_no_arrival() {
    let base = requests(stream(jittery(), 300.0), 1_000);
    assert!((250..350).contains(&base.len()), "{}", base.len());
    let mut rough = stream(jittery(), 300.0);
    rough.network.loss = Ratio::percent(50);
    rough.network.client_delay = Delay::Even(Window::between(ms(1), ms(90)));
    assert_eq!(requests(rough, 1_000), base);
    let mut more = stream(jittery(), 300.0);
    more.nodes = 9;
    more.doors = 9;
    assert_eq!(requests(more, 1_000), base);
}

#[wasm_bindgen_test(unsupported = test)]
fn sizes_keys_and_arrivals_do_not_disturb_each_other() {
    let base = requests(stream(jittery(), 300.0), 1_000);
    let vary = |change: fn(&mut Stream)| {
        let mut spec = stream(jittery(), 300.0);
        if let Workload::Stream(stream) = &mut spec.workload {
            change(stream);
        }
        requests(spec, 1_000)
    };
    let split = |requests: &[(u64, Op)]| {
        let mut parts = (Vec::new(), Vec::new(), Vec::new());
        for (at, op) in requests {
            if let Op::Work { key, size } = op {
                parts.0.push(*at);
                parts.1.push(*key);
                parts.2.push(*size);
            }
        }
        parts
    };
    let (at, keys, sizes) = split(&base);
    let other_sizes =
        vary(|s| s.sizes = Sizes::BoundedPareto { mean: ms(4), alpha: 1.2, ratio: 1e3 });
    let (at_2, keys_2, sizes_2) = split(&other_sizes);
    assert_eq!((&at, &keys), (&at_2, &keys_2));
    assert_ne!(sizes, sizes_2);
    let (at_3, keys_3, sizes_3) = split(&vary(|s| s.keys = Keys::Even(7)));
    assert_eq!((&at, &sizes), (&at_3, &sizes_3));
    assert_ne!(keys, keys_3);
    let faster = vary(|s| s.arrivals = Arrivals::Deterministic { rate: 250.0 });
    let (_, keys_4, sizes_4) = split(&faster);
    let n = keys_4.len().min(keys.len());
    assert_eq!((&keys[..n], &sizes[..n]), (&keys_4[..n], &sizes_4[..n]));
}

#[wasm_bindgen_test(unsupported = test)]
fn every_strategy_meets_the_same_requests() {
    let entry = catalog::find("pool").expect("the pool is an entry");
    let mut first = None;
    for strategy in catalog::strategies() {
        let mut spec = ClusterSpec::new(7, quorate::kernel::Knobs::defaults(entry.about.knobs), 11);
        spec.doors = 1;
        spec.knobs.set("strategy", KnobValue::Choice(strategy.id));
        let mut cluster = entry.build(Rc::new(stream(spec, 400.0))).expect("builds");
        let mut seen = Vec::new();
        while cluster.next_at().is_some_and(|at| at < SimTime::ZERO + Span::secs(2)) {
            if !cluster.step() {
                break;
            }
            let at = cluster.now().0;
            seen.extend(cluster.last().ops.iter().filter_map(|op| match op {
                OpNote::Invoked(id, op) => Some((at, *id, *op)),
                OpNote::Completed(..) | OpNote::GaveUp(..) => None,
            }));
        }
        assert!(seen.len() > 500);
        assert_eq!(first.get_or_insert_with(|| seen.clone()), &seen, "{}", strategy.id);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn seeds_differ_and_repeat() {
    let digest = |seed| {
        let mut world = super::world(ClusterSpec { seed, ..jittery() });
        super::run(&mut world, super::at(300));
        Cluster::digest(&world)
    };
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}
