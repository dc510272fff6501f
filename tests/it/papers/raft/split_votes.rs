//! How often votes are split, by simulation and by the formula of [ongaro14phd §9.1].

use std::rc::Rc;
use std::sync::LazyLock;

use quorate::catalog;
use quorate::kernel::{Fact, KnobValue, Knobs, NodeId, SimTime, Span, Window};
use quorate::sim::{ClusterSpec, Delay, Input, NetworkSpec, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::super::references::{Row, Tolerance, samples};

/// The shortest timeout, and how much longer the longest is.
const RANGE: Span = Span::millis(100);

/// One first election of `live` of `nodes` nodes with this one-way delay: the time of the first
/// timeout behind the shortest possible one, and whether somebody won in that first term.
fn election(nodes: u32, live: u32, delay: Span, seed: u64) -> (Span, bool) {
    let entry = catalog::find("raft").expect("raft is there");
    let mut knobs = Knobs::defaults(entry.about.knobs);
    let election = Window::between(RANGE, Span(RANGE.0 * 2));
    knobs.set("election", KnobValue::Range(election));
    let mut spec = ClusterSpec::new(nodes, knobs, seed);
    spec.network =
        NetworkSpec { delay: Delay::Even(Window::exactly(delay)), ..NetworkSpec::default() };
    let dead = (live..nodes).map(|id| Input::Crash(Target::Node(NodeId(id))));
    spec.inputs = dead.map(|input| (SimTime::ZERO, input)).collect();
    let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
    let mut first = None;
    while cluster.step() {
        let at = cluster.last().at;
        for (_, fact) in &cluster.last().facts {
            match fact {
                Fact::Entered { era: 1 } => first = first.or(Some(at)),
                Fact::Elected { era } => {
                    let first = first.map_or(Span::ZERO, |at| at.since(SimTime(RANGE.0)));
                    return (first, *era == 1);
                }
                _ => {} // Only terms and leaders are measured.
            }
        }
    }
    panic!("somebody is elected in the end");
}

/// Probability that the first election has no winner: enough timeouts fall within one delay.
fn split(nodes: u32, live: u32, delay: f64) -> f64 {
    let enough = live - nodes / 2 + 1;
    let choose =
        |k: u32| (0..k).fold(1.0, |so_far, i| so_far * f64::from(live - i) / f64::from(i + 1));
    let power = |base: f64, times: u32| (0..times).fold(1.0, |so_far, _| so_far * base);
    let term = |k: u32| choose(k) * power(delay, k) * power(1.0 - delay, live - k);
    (enough - 1..=live).map(term).sum()
}

fn compute() -> Vec<Row> {
    let elections = samples(400);
    let mut rows = Vec::new();
    let table = [
        (5, 4, 1),
        (5, 4, 10),
        (5, 4, 20),
        (5, 3, 10),
        (5, 3, 20),
        (3, 2, 10),
        (3, 3, 10),
        (7, 6, 20),
        (9, 7, 20),
    ];
    for (nodes, live, percent) in table {
        let delay = Span(RANGE.0 * percent / 100);
        let found: Vec<(Span, bool)> =
            (0..elections).map(|seed| election(nodes, live, delay, seed)).collect();
        let count = elections as f64;
        let lost = found.iter().filter(|(_, won)| !won).count() as f64 / count;
        let expected = split(nodes, live, percent as f64 / 100.0);
        let sigma = libm::sqrt(expected * (1.0 - expected) / count);
        rows.push(Row {
            name: format!("split vote, {live} of {nodes} up, delay {percent}% of the range"),
            expected,
            ours: lost,
            tolerance: Tolerance::Absolute(3.0 * sigma + 1.0 / count),
            source: "[ongaro14phd §9.1]",
        });
        let mean = found.iter().map(|(first, _)| first.0 as f64).sum::<f64>() / count;
        let expected = 1.0 / f64::from(live + 1);
        // The least of s even numbers has this variance.
        let s = f64::from(live);
        let sigma = libm::sqrt(s / ((s + 1.0) * (s + 1.0) * (s + 2.0)) / count);
        rows.push(Row {
            name: format!(
                "first timeout, {live} of {nodes} up, delay {percent}%: share of the range"
            ),
            expected,
            ours: mean / RANGE.0 as f64,
            tolerance: Tolerance::Absolute(4.0 * sigma),
            source: "[ongaro14phd §9.1]",
        });
    }
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The table: both figures of each configuration.
pub fn rows() -> &'static [Row] {
    &ROWS
}

/// Reference: section 9.1: the formula for split votes, and the expected first timeout.
#[wasm_bindgen_test(unsupported = test)]
fn s9_1_votes_are_split_as_often_as_the_formula_says() {
    for row in rows() {
        assert!(row.agrees(), "{row:?}");
    }
}
