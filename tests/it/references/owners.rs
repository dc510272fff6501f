//! Sequences and values of real balancers' own tests and documents, and a published experiment.

use std::sync::LazyLock;

use quorate::balance::grpc_weights::weight;
use quorate::balance::ip_hash;
use quorate::balance::least_request::effective;
use quorate::balance::peak_ewma::{Estimate, envoy_cost};
use quorate::check::measure::Summary;
use quorate::kernel::{SimTime, Span};
use quorate::script;
use quorate::sim::rng::{Concern, Stream};

use super::super::balance::bench::{Bench, Script};
use super::super::balance::resilience::{asked, tell};
use super::super::balance::{Pool, knobs};
use super::{Row, Tolerance, samples};

fn exact(name: &str, expected: f64, ours: f64, source: &'static str) -> Row {
    Row { name: name.to_owned(), expected, ours, tolerance: Tolerance::Exact, source }
}

/// How many picks of a sequence come out as published.
fn same(found: &str, published: &str) -> f64 {
    found.chars().zip(published.chars()).filter(|(a, b)| a == b).count() as f64
}

/// D1, D2, D6 and D7: who is picked.
fn sequences(rows: &mut Vec<Row>) {
    let nginx = "[nginx §21ad7d043]";
    for (weights, published) in [
        (&[5, 1, 1][..], "aabacaa"),
        (&[4, 2, 1], "abacaba"),
        (&[3, 2, 1], "abacba"),
        (&[1, 2, 3], "cbacbc"),
        (&[7, 3, 2], "abacaabacaba"),
        (&[6, 3, 1], "abaabacaba"),
    ] {
        let found = Bench::new("weighted", weights).serves(published.len());
        let name = format!("smooth weights {weights:?}: picks of `{published}`");
        rows.push(exact(&name, published.len() as f64, same(&found, published), nginx));
    }
    let published =
        [[-2, 1, 1], [-4, 2, 2], [1, -4, 3], [-1, -3, 4], [4, -2, -2], [2, -1, -1], [0, 0, 0]];
    let mut bench = Bench::new("weighted", &[5, 1, 1]);
    let right = published.iter().filter(|scores| {
        bench.serve();
        bench.scores() == **scores
    });
    let name = "smooth weights [5, 1, 1]: states as in the table, of 7";
    rows.push(exact(name, 7.0, right.count() as f64, nginx));
    let envoy = "[envoy §round_robin tests]";
    for (weights, published) in [(&[1, 2][..], "babbab"), (&[1, 4], "bbbabbbbab")] {
        let found = Bench::new("edf", weights).serves(published.len());
        let name = format!("earliest deadline, weights {weights:?}: picks of `{published}`");
        rows.push(exact(&name, published.len() as f64, same(&found, published), envoy));
    }
    let advanced = knobs(&[("stagger", "envoy")]);
    let mut bench = Bench::with("edf", &[1, 2], &advanced).drawing(Script(vec![(2, 1)]));
    let name = "the same, one pick ahead: picks of `abbabb`";
    rows.push(exact(name, 6.0, same(&bench.serves(6), "abbabb"), envoy));
    // What comes first after 0 to 9 picks is picked in turn.
    let picks = Bench::new("edf", &[6, 3, 1]).serves(10);
    for (server, expected) in [('a', 6.0), ('b', 3.0), ('c', 1.0)] {
        let name =
            format!("the same, weights 6, 3, 1, 0 to 9 picks ahead: first picks of {server}");
        rows.push(exact(&name, expected, picks.matches(server).count() as f64, envoy));
    }
    finagle(rows);
    nginx_tests(rows);
}

/// D17: five clients that know nothing of each other send 150 requests each, one at a time. No
/// server gets more than twice its part, also while one after the other is away for a deploy.
fn finagle(rows: &mut Vec<Row>) {
    for rolling in [false, true] {
        let mut counts = [0_u32; 10];
        for client in 0..5 {
            let draws = Stream::new(client, Concern::Choices, 0);
            let mut bench = Bench::new("p2c", &[1; 10]).drawing(draws);
            for away in 0..10 {
                bench.set_up(away, !rolling);
                for server in bench.serves(15).bytes() {
                    counts[usize::from(server - b'a')] += 1;
                }
                bench.set_up(away, true);
            }
        }
        let how = if rolling { ", of which one is away in turn" } else { "" };
        rows.push(Row {
            name: format!("5 clients, 150 requests each, 10 servers{how}, p2c: most on one"),
            expected: 150.0,
            ours: counts.iter().max().map_or(f64::NAN, |most| f64::from(*most)),
            tolerance: Tolerance::AtMost,
            source: "[finagle §deploy tests]",
        });
    }
}

/// D4 and D5: what nginx tests.
fn nginx_tests(rows: &mut Vec<Row>) {
    let picks = Bench::new("least-connections", &[1, 1]).serves(10);
    let name = "least connections, two idle peers: picks of the first in 10";
    let tests = "[nginx §nginx-tests]";
    rows.push(exact(name, 5.0, picks.matches('a').count() as f64, tests));
    let mut bench = Bench::new("least-connections", &[1, 1]);
    bench.send();
    let picks = bench.serves(10);
    let name = "the same while the first holds a request open";
    rows.push(exact(name, 0.0, picks.matches('a').count() as f64, tests));
    for (peers, expected) in [(2_u32, 15.0), (3, 10.0)] {
        let address = |i: u32| u32::from_be_bytes([127, 0, i as u8, 2]);
        let first = (1..=30).filter(|i| ip_hash::round(89, address(*i)).is_multiple_of(peers));
        let first = first.count();
        let name = format!("IP hash, 30 clients, {peers} peers: clients of the first");
        rows.push(exact(&name, expected, first as f64, tests));
    }
    let pool = Pool::new(2, &[("strategy", "weighted")]).given("weights", "2,1");
    let four = asked(pool.given("max-conns", "1,0"), &[(0, 10); 4]);
    let picks = tell(&four, Span::secs(1)).picks;
    let name = "weights 2 and 1, one connection at most at the first, four at once: picks of the";
    for (server, place, expected) in [(1, "first", 1.0), (2, "second", 3.0)] {
        let own = picks.iter().filter(|pick| **pick == server).count();
        rows.push(exact(&format!("{name} {place}"), expected, own as f64, tests));
    }
}

/// D14, D15, D18 and D21: what a score is worth.
fn scores(rows: &mut Vec<Row>) {
    let envoy = "[envoy §peak_ewma tests]";
    for (estimate, pending, default, expected) in
        [(20, 5, 10, 120.0), (30, 0, 10, 30.0), (0, 3, 10, 1_000_003.0), (0, 0, 10, 10.0)]
    {
        let name = format!("cost of {estimate} ms with {pending} pending, {default} by default");
        let ours = envoy_cost(estimate, pending, default) as f64;
        rows.push(exact(&name, expected, ours, envoy));
    }
    let (zero, decay) = (SimTime::ZERO, Span::secs(10));
    let peak = Estimate::default().observe(Span::secs(2), zero, decay);
    let later = peak.observe(Span::ZERO, zero + Span::secs(10), decay);
    rows.push(Row {
        name: "a peak of 2 s, ten seconds later: estimate in seconds".to_owned(),
        expected: 0.73576,
        ours: later.nanos as f64 / 1e9,
        tolerance: Tolerance::Absolute(0.0001),
        source: "[finagle §PeakEwma.scala]",
    });
    for (errors, expected) in [(0, 200.0), (10_000, 166.67)] {
        let name = format!("weight of 100/s at 50%, {} errors/s", errors / 1000);
        let ours = weight(100_000, 500, errors) as f64 / 1000.0;
        let tolerance = Tolerance::Absolute(0.005);
        rows.push(Row {
            name,
            expected,
            ours,
            tolerance,
            source: "[grpc-a58 §weight calculation]",
        });
    }
    let (over, under) = effective(2, 4, 1);
    let name = "least request, weight 2, 4 active, bias 1: effective weight".to_owned();
    let (ours, tolerance) = (over as f64 / under as f64, Tolerance::Absolute(1e-9));
    rows.push(Row { name, expected: 0.4, ours, tolerance, source: "[envoy §least request]" });
}

/// E1: eleven backends, one of which takes two seconds for half of a minute.
fn linkerd(rows: &mut Vec<Row>) {
    let text = script::gallery::find("pool/beyond-round-robin").expect("in the gallery").text;
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let source = "[linkerd16 §results]";
    for (strategy, published, room) in [
        ("round-robin", 0.9545, 0.002),
        ("least-connections", 0.995, 0.005),
        ("peak-ewma", 0.999, 0.001),
    ] {
        let (mut good, mut all) = (0, 0);
        for seed in 0..samples(1) {
            let (fast, requests) = fast(&plan.with_strategy(strategy).with_seed(16 + seed));
            good += fast;
            all += requests;
        }
        rows.push(Row {
            name: format!("Linkerd's experiment of 2016, {strategy}: answered within a second"),
            expected: published,
            ours: good as f64 / all as f64,
            tolerance: Tolerance::Absolute(room),
            source,
        });
    }
}

/// How many requests of a run were answered within its timeout, and how many arrived that could be.
fn fast(plan: &script::Plan) -> (u64, u64) {
    let shape = plan.pool_shape().expect("a pool");
    let mut watch = quorate::check::PoolWatch::new(shape, SimTime::ZERO);
    let mut world = plan.build().expect("it builds");
    while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
        watch.watch(world.last());
    }
    let Summary { completed, failed, .. } = watch.summary(plan.until);
    (completed, completed + failed)
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    sequences(&mut rows);
    scores(&mut rows);
    linkerd(&mut rows);
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[test]
fn balancers_do_as_their_owners_say() {
    super::assert_agree(rows());
}
