//! How soon Raft finds a leader: the experiment of [ongaro14 §9.3, Figure 16] and the availability
//! study of [ongaro14phd §9.4].

use std::rc::Rc;
use std::sync::LazyLock;

use quorate::catalog;
use quorate::kernel::{Fact, KnobValue, Knobs, NodeId, SimTime, Span, Window};
use quorate::sim::rng::{Concern, Stream};
use quorate::sim::{Cluster, ClusterSpec, Delay, Given, Happening, Input, NetworkSpec, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{Row, Sample, Tolerance, assert_agree};

/// Five nodes whose election timers start at once, the shortest and longest timeout in
/// milliseconds, what their logs hold, and who is down.
fn five(
    (low, high): (u64, u64),
    network: NetworkSpec,
    logs: [&str; 5],
    down: &[u32],
    seed: u64,
) -> Box<dyn Cluster> {
    let entry = catalog::find("raft").expect("raft is there");
    let mut knobs = Knobs::defaults(entry.about.knobs);
    let election = Window::between(Span::millis(low), Span::millis(high));
    knobs.set("election", KnobValue::Range(election));
    let mut spec = ClusterSpec::new(5, knobs, seed);
    spec.network = network;
    let disk = |(id, log): (u32, &str)| Given {
        node: Some(NodeId(id)),
        settings: vec![("term".into(), "1".into()), ("log".into(), log.into())],
    };
    spec.given = (0..).zip(logs).map(disk).collect();
    let crash = |id: &u32| (SimTime::ZERO, Input::Crash(Target::Node(NodeId(*id))));
    spec.inputs = down.iter().map(crash).collect();
    entry.build(Rc::new(spec)).expect("a good recipe")
}

/// Runs until somebody is elected; when, in milliseconds.
fn elected(cluster: &mut dyn Cluster) -> f64 {
    while cluster.step() {
        let won = |fact: &(NodeId, Fact)| matches!(fact.1, Fact::Elected { .. });
        if cluster.last().facts.iter().any(won) {
            return cluster.last().at.since(SimTime::ZERO).as_millis_f64();
        }
    }
    panic!("timers go off until somebody is elected");
}

/// From the crash of the leader until another node hears the next one, in milliseconds. All heard
/// the last heartbeat at once; the crash is anywhere within half the shortest timeout behind it,
/// and two of the four survivors lack an entry.
fn failover(range: (u64, u64), seed: u64) -> f64 {
    let delay = Delay::LogNormal { mean: Span::millis(3), spread: 1.0 / 3.0 };
    let network = NetworkSpec { delay, ..NetworkSpec::default() };
    let logs = ["1.1", "1.1", "1.1", "1", "1"];
    let mut cluster = five(range, network, logs, &[0], seed);
    elected(&mut *cluster);
    while cluster.step() {
        let last = cluster.last();
        if let Happening::Delivered(flight) = &last.what
            && flight.face.name == "AppendEntries"
        {
            let crash = Stream::new(seed, Concern::Faults, 9).unit() * range.0 as f64 / 2.0;
            return last.at.since(SimTime::ZERO).as_millis_f64() - crash;
        }
    }
    panic!("a leader is heard");
}

/// Timeouts from and to in milliseconds; mean, median and 90th percentile of the published
/// measurements.
type Range = ((u64, u64), [f64; 3]);

/// Narrower ranges than these are decided by the jitter of the network, which is not published.
const FIGURE_16: [Range; 7] = [
    ((150, 175), [163.7, 141.1, 291.2]),
    ((150, 200), [156.0, 146.5, 193.5]),
    ((150, 300), [180.7, 171.3, 244.3]),
    ((100, 200), [125.4, 120.1, 165.5]),
    ((50, 100), [71.3, 66.7, 95.8]),
    ((25, 50), [47.9, 43.0, 73.7]),
    ((12, 24), [34.7, 30.0, 53.0]),
];

fn figure_16() -> Vec<Row> {
    let source = "[ongaro14 §9.3, Figure 16]";
    let mut rows = Vec::new();
    let (mut medians, mut longest, mut logs) = (Vec::new(), Vec::new(), 0.0);
    for (range, published) in FIGURE_16 {
        let (low, high) = range;
        let drawn = Sample::of(150, |seed| failover(range, seed));
        let ours = [drawn.mean(), drawn.percentile(50), drawn.percentile(90)];
        for (at, name) in ["mean", "median", "90th percentile"].into_iter().enumerate() {
            let (expected, ours) = (published[at], ours[at]);
            logs += libm::log(ours / expected).abs() / 21.0;
            rows.push(Row {
                name: format!("{low} to {high} ms: {name}"),
                expected,
                ours,
                tolerance: Tolerance::Share(0.2),
                source,
            });
        }
        medians.push(ours[1]);
        longest.push(drawn.percentile(100));
    }
    let mut bound = |name: &str, expected, ours, tolerance| {
        rows.push(Row { name: name.to_owned(), expected, ours, tolerance, source });
    };
    bound("mean distance of the 21 above, as a share", 0.12, logs, Tolerance::AtMost);
    let narrow = Sample::of(150, |seed| failover((150, 155), seed));
    let ratio = narrow.percentile(50) / medians[0];
    bound("median of 150 to 155 over that of 150 to 175", 1.5, ratio, Tolerance::AtLeast);
    bound("150 to 200 ms: longest", 700.0, longest[1], Tolerance::AtMost);
    rows
}

/// Until a candidate has a majority, across a continent; all timers are fresh. `different` if no
/// two logs are equal.
fn across(failed: u32, different: bool, seed: u64) -> f64 {
    let logs = if different { ["1", "1.1", "1.1.1", "1.1.1.1", "1.1.1.1.1"] } else { ["1"; 5] };
    let first = (seed % 5) as u32;
    let down: Vec<u32> = (0..failed).map(|next| (first + next * 2) % 5).collect();
    elected(&mut *five((300, 600), NetworkSpec::wan(), logs, &down, seed))
}

fn availability() -> Vec<Row> {
    let mut rows = Vec::new();
    for (failed, different, [mean, tenth]) in [
        (0, false, [430.0, 489.0]),
        (1, false, [468.0, 562.0]),
        (2, false, [637.0, 1_074.0]),
        (0, true, [492.0, f64::NAN]),
        (1, true, [550.0, f64::NAN]),
        (2, true, [715.0, f64::NAN]),
    ] {
        let drawn = Sample::of(300, |seed| across(failed, different, seed));
        let logs = if different { "all logs different" } else { "equal logs" };
        // Which of the different logs are lost is not said.
        let share = if different { 0.06 } else { 0.03 };
        let mut row = |name: &str, expected: f64, ours, room| {
            rows.push(Row {
                name: format!("300 to 600 ms, WAN, {failed} of 5 down, {logs}: {name}"),
                expected,
                ours,
                tolerance: Tolerance::Absolute(room),
                source: "[ongaro14phd §9.4]",
            });
        };
        let noise = 3.0 * drawn.error();
        row("mean", mean, drawn.mean(), share * mean + noise);
        if tenth.is_finite() {
            row("90th percentile", tenth, drawn.percentile(90), 0.05 * tenth + 2.0 * noise);
        }
    }
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| [figure_16(), availability()].concat());

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[wasm_bindgen_test(unsupported = test)]
fn leaders_are_found_as_soon_as_published() {
    assert_agree(rows());
}
