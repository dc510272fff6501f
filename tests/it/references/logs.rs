//! Figure 7 of [ongaro14] in numbers, and how late a follower commits whose answer was lost.

use std::sync::LazyLock;

use quorate::kernel::KnobValue;
use quorate::protocol::raft::{Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::papers::bench::{Bench, n};
use super::super::papers::raft::{commit, elect, figures, name, put};
use super::{Row, Tolerance, assert_agree};

/// Refusals under both rules, and votes of seven with the old leader up and down, of (a) to (f).
/// They follow from the figure by hand.
const FIGURE_7: [(&str, [u32; 2], [u32; 2]); 6] = [
    ("a", [1, 1], [4, 4]),
    ("b", [6, 1], [2, 2]),
    ("c", [0, 0], [6, 5]),
    ("d", [0, 0], [7, 6]),
    ("e", [5, 2], [3, 3]),
    ("f", [7, 2], [1, 1]),
];

/// One-way delays from the heartbeat after the commit to the commit of n3, whose answer to the
/// entry was lost.
fn delays_to_commit(pipeline: u64) -> u32 {
    let mut bench: Bench<Raft> = Bench::new(3, &[("pipeline", KnobValue::Count(pipeline))]);
    elect(&mut bench, n(1), &[n(2), n(3)]);
    bench.settle(&bench.all());
    put(&mut bench, n(1), 1, "A");
    bench.deliver(|flight| name(&flight.msg) == "AppendEntries");
    bench.flights.retain(|flight| flight.from != n(3));
    bench.deliver(|flight| flight.from == n(2));
    // What the leader says on its commit is lost as well: only the heartbeat tells.
    bench.flights.clear();
    let last = commit(&bench, n(1));
    assert!(last == 2 && commit(&bench, n(3)) < last, "n3 stores it and does not know");
    bench.fire(n(1), Timer::Heartbeat);
    bench.flights.retain(|flight| flight.to == n(3));
    let mut delays = 0;
    while commit(&bench, n(3)) < last {
        assert!(!bench.flights.is_empty(), "the heartbeat is the last that is needed");
        bench.deliver(|_| true);
        delays += 1;
    }
    delays
}

fn compute() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |name: String, expected: f64, ours: f64, source| {
        rows.push(Row { name, expected, ours, tolerance: Tolerance::Exact, source });
    };
    for (rule, place, how) in [("one", 0, "entry by entry"), ("term", 1, "term by term")] {
        let ours = figures::figure_7_refusals(rule);
        for (at, (follower, refusals, _)) in FIGURE_7.into_iter().enumerate() {
            let name = format!("({follower}) refuses the new leader, backing up {how}");
            row(name, refusals[place].into(), ours[at].into(), "[ongaro14 §5.3, Figure 7]");
        }
    }
    for (leader_up, place, how) in [(true, 0, "up"), (false, 1, "down")] {
        for (number, (follower, _, votes)) in (2..).zip(FIGURE_7) {
            let (ours, leads) = figures::figure_7_votes(number, leader_up);
            let name = format!("({follower}) gets votes of seven, old leader {how}");
            row(name, votes[place].into(), ours as f64, "[ongaro14 §5.4.1, Figure 7]");
            let name = format!("({follower}) wins with them (1 is yes)");
            let wins = f64::from(u8::from(matches!(follower, "a" | "c" | "d")));
            row(name, wins, f64::from(u8::from(leads)), "[ongaro14 §5.4.1, Figure 7]");
        }
    }
    for (pipeline, trips, what) in [
        (4, 1.5, "bare heartbeats, which commit what is known to match"),
        (0, 0.5, "heartbeats that check the entry before"),
    ] {
        let name = format!("round trips from a heartbeat to a late commit: {what}");
        let ours = f64::from(delays_to_commit(pipeline)) / 2.0;
        row(name, trips, ours, "[etcd-raft §lagging commit]");
    }
    rows
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(compute);

/// The rows.
pub fn rows() -> &'static [Row] {
    &ROWS
}

#[wasm_bindgen_test(unsupported = test)]
fn logs_are_repaired_in_as_many_steps() {
    assert_agree(rows());
}
