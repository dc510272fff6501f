//! Leaders that stay although few nodes can talk [howard20], and followers that come back
//! [ongaro14phd §9.6].

use std::rc::Rc;
use std::sync::LazyLock;

use quorate::catalog;
use quorate::kernel::{Fact, KnobValue, Knobs, NodeId, Op, SimTime, Span, Word};
use quorate::sim::{ClusterSpec, Input, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Row, Tolerance, assert_agree, samples};

/// Elections won from `from` to `until`, and the latest term then, of five nodes with these rules
/// switched on.
fn elections(
    rules: &[&'static str],
    seed: u64,
    inputs: &[(u64, Input)],
    secs: [u64; 2],
) -> (u64, u64) {
    let entry = catalog::find("raft").expect("raft is there");
    let mut knobs = Knobs::defaults(entry.about.knobs);
    for rule in rules {
        knobs.set(rule, KnobValue::Switch(true));
    }
    let mut spec = ClusterSpec::new(5, knobs, seed);
    let [from, until] = secs.map(|secs| SimTime::ZERO + Span::secs(secs));
    let at = |(ms, input): &(u64, Input)| (SimTime::ZERO + Span::millis(*ms), input.clone());
    spec.inputs = inputs.iter().map(at).collect();
    let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
    let (mut won, mut term) = (0, 0);
    while cluster.step() && cluster.last().at < until {
        let last = cluster.last();
        for (_, fact) in &last.facts {
            if let Fact::Elected { era } = fact {
                won += u64::from(last.at >= from);
                term = term.max(*era);
            }
        }
    }
    (won, term)
}

/// n4 and n5 reach one other node each, and nobody reaches all.
fn mesh() -> Vec<(u64, Input)> {
    let pairs = [(1, 4), (1, 5), (2, 5), (3, 4), (4, 5)];
    let both = pairs.into_iter().flat_map(|(a, b)| [(a, b), (b, a)]);
    both.map(|(a, b): (u32, u32)| (0, Input::Cut(vec![NodeId(a - 1)], vec![NodeId(b - 1)])))
        .collect()
}

/// A follower, drawn by lot, is cut off for two seconds and misses a write.
fn absence() -> Vec<(u64, Input)> {
    let word = |text| Word::new(text).expect("short");
    let op = Op::Put(word("x"), word("A"));
    vec![
        (1_000, Input::Isolate(Target::Follower)),
        (1_500, Input::Request { op, via: Some(Target::Leader), client: None }),
        (3_000, Input::Heal),
    ]
}

const PRE: &[&str] = &["prevote"];
const BOTH: &[&str] = &["prevote", "checkquorum"];

fn compute() -> Vec<Row> {
    let runs = samples(10);
    let least = |rules, inputs: &[(u64, Input)], secs| {
        let won = (0..runs).map(|seed| elections(rules, seed, inputs, secs).0);
        won.fold((u64::MAX, 0), |(least, most), won| (least.min(won), most.max(won)))
    };
    let mut rows = Vec::new();
    let mut row = |name: &str, expected: f64, ours: u64, tolerance, source| {
        rows.push(Row { name: name.to_owned(), expected, ours: ours as f64, tolerance, source });
    };
    let (mesh, absence) = (mesh(), absence());
    let source = "[howard20 §partial connectivity]";
    let plain = least(&[], &mesh, [15, 30]).0;
    row(
        "partial mesh: elections won from 15 to 30 s, fewest of the runs",
        5.0,
        plain,
        Tolerance::AtLeast,
        source,
    );
    let quiet = least(BOTH, &mesh, [15, 30]).1;
    row(
        "the same with PreVote and CheckQuorum, most of the runs",
        0.0,
        quiet,
        Tolerance::Exact,
        source,
    );
    let source = "[ongaro14phd §9.6]";
    let plain = least(&[], &absence, [3, 5]).0;
    row(
        "a follower comes back: elections won after it, fewest of the runs",
        1.0,
        plain,
        Tolerance::AtLeast,
        source,
    );
    let quiet = least(PRE, &absence, [3, 5]).1;
    row("the same with PreVote, most of the runs", 0.0, quiet, Tolerance::Exact, source);
    let raised = |rules| {
        let terms = (0..runs).map(|seed| {
            let before = elections(rules, seed, &absence[..0], [0, 1]).1;
            elections(rules, seed, &absence, [0, 5]).1 - before
        });
        terms.fold((u64::MAX, 0), |(least, most), term| (least.min(term), most.max(term)))
    };
    row(
        "terms later it leads to, fewest of the runs",
        1.0,
        raised(&[][..]).0,
        Tolerance::AtLeast,
        source,
    );
    row("the same with PreVote, most of the runs", 0.0, raised(PRE).1, Tolerance::Exact, source);
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[wasm_bindgen_test(unsupported = test)]
fn leaders_stay_where_nobody_disturbs_them() {
    assert_agree(rows());
}
