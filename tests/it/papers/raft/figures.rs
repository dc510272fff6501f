//! Figures 7 and 8 of the extended Raft paper [ongaro14].

use quorate::kernel::{KnobValue, NodeId, Role};
use quorate::protocol::raft::{Msg, Raft, Timer};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n};
use super::{NO_NOOP, commit, elect, logs, name, put};

/// The leader's log and those of followers (a) to (f), as terms of their entries.
const FIGURE_7: [&str; 7] = [
    "1.1.1.4.4.5.5.6.6.6",
    "1.1.1.4.4.5.5.6.6",
    "1.1.1.4",
    "1.1.1.4.4.5.5.6.6.6.6",
    "1.1.1.4.4.5.5.6.6.6.7.7",
    "1.1.1.4.4.4.4",
    "1.1.1.2.2.2.3.3.3.3.3",
];

/// How often each follower refuses the leader of term 8 until all logs are equal, if it backs up by
/// this rule.
pub fn figure_7_refusals(rule: &'static str) -> [u32; 6] {
    let mut bench = logs("7", &FIGURE_7, &[("backup", KnobValue::Choice(rule))]);
    let voters = bench.all();
    elect(&mut bench, n(1), &voters);
    assert_eq!(bench.role(n(1)), Role::Leader);
    let mut counted = [0; 6];
    while !bench.flights.is_empty() {
        for flight in &bench.flights {
            if matches!(flight.msg, Msg::Rejected { .. }) {
                counted[flight.from.index() - 1] += 1;
            }
        }
        bench.deliver(|_| true);
    }
    for id in bench.all() {
        assert_eq!(bench.eras(id), [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8], "backup={rule} {id}");
    }
    assert_eq!(commit(&bench, n(1)), 11);
    counted
}

/// How many votes this node of seven gets, its own included, with the old leader up or down, and
/// whether it leads then.
pub fn figure_7_votes(candidate: u32, leader_up: bool) -> (usize, bool) {
    let mut bench = logs("7", &FIGURE_7, &[]);
    if !leader_up {
        bench.crash(n(1));
    }
    bench.fire(n(candidate), Timer::Election);
    bench.deliver(|flight| name(&flight.msg) == "RequestVote");
    let yes = |msg: &Msg| matches!(msg, Msg::RequestVoteResponse { granted: true, .. });
    let granted = bench.flights.iter().filter(|flight| yes(&flight.msg)).count();
    bench.deliver(|_| true);
    (granted + 1, bench.role(n(candidate)) == Role::Leader)
}

/// Reference: Figure 7 and section 5.3: how often each follower refuses the leader of term 8,
/// under both rules of backing up, and that all logs are equal at the end.
#[wasm_bindgen_test(unsupported = test)]
fn figure_7_the_leader_of_term_8_repairs_all_logs() {
    assert_eq!(figure_7_refusals("one"), [1, 6, 0, 0, 5, 7]);
    assert_eq!(figure_7_refusals("term"), [1, 1, 0, 0, 2, 2]);
}

/// Reference: Figure 7 and section 5.4.1: who could win the next election instead, and with how
/// many votes of seven, while the old leader is up and while it is down.
#[wasm_bindgen_test(unsupported = test)]
fn figure_7_who_can_win() {
    let rows = [
        (2, 4, 4, true),
        (3, 2, 2, false),
        (4, 6, 5, true),
        (5, 7, 6, true),
        (6, 3, 3, false),
        (7, 1, 1, false),
    ];
    for (candidate, up, down, wins) in rows {
        assert_eq!(figure_7_votes(candidate, true), (up, wins), "n{candidate}, leader up");
        assert_eq!(figure_7_votes(candidate, false), (down, wins), "n{candidate}, leader down");
    }
}

/// Figure 8, (a) to (c): S1 leads term 2 and copies its entry to S2; S5 leads term 3 and keeps its
/// own entry to itself; S1 leads term 4, copies the entry of term 2 to S3, and appends one of term
/// 4.
fn figure_8_c() -> Bench<Raft> {
    let mut bench = logs("1", &["1"; 5], &[NO_NOOP]);
    // (a)
    let everyone = bench.all();
    elect(&mut bench, n(1), &everyone);
    bench.flights.clear();
    put(&mut bench, n(1), 1, "2");
    bench.deliver(|flight| flight.to == n(2));
    bench.flights.clear();
    assert_eq!(bench.eras(n(2)), [1, 2]);
    // (b)
    bench.crash(n(1));
    elect(&mut bench, n(5), &[n(3), n(4)]);
    assert_eq!((bench.role(n(5)), bench.card(n(5)).era), (Role::Leader, 3));
    put(&mut bench, n(5), 2, "3");
    bench.flights.clear();
    assert_eq!(bench.eras(n(5)), [1, 3]);
    // (c) Its first attempt is in term 3, where S3 and S4 have voted; it wins the next one.
    bench.crash(n(5));
    bench.restart(n(1));
    elect(&mut bench, n(1), &[n(2), n(3), n(4)]);
    assert_eq!((bench.role(n(1)), bench.card(n(1)).era), (Role::Candidate, 3));
    elect(&mut bench, n(1), &[n(2), n(3), n(4)]);
    assert_eq!((bench.role(n(1)), bench.card(n(1)).era), (Role::Leader, 4));
    // Its first messages: S2 has the entry of term 2, S3 lacks it, refuses, and gets it.
    bench.settle(&[n(1), n(2), n(3)]);
    put(&mut bench, n(1), 3, "4");
    bench.flights.clear();
    bench
}

fn terms(bench: &Bench<Raft>) -> Vec<Vec<u64>> {
    let up = bench.all().into_iter().filter(|id| bench.nodes[id.index()].is_some());
    up.map(|id| bench.eras(id)).collect()
}

/// Reference: Figure 8 (c): the entry of term 2 is on a majority, and is not committed.
#[wasm_bindgen_test(unsupported = test)]
fn figure_8_c_an_old_entry_on_a_majority_is_not_committed() {
    let bench = figure_8_c();
    let expected: [&[u64]; 4] = [&[1, 2, 4], &[1, 2], &[1, 2], &[1]];
    assert_eq!(terms(&bench), expected);
    let stored = bench.card(n(1)).peers.iter().filter(|peer| peer.1 >= 2).count();
    assert_eq!(stored, 2, "the leader knows of both copies");
    assert_eq!(commit(&bench, n(1)), 0);
}

/// Reference: Figure 8 (d): S5 may then win and overwrite the entry of term 2 everywhere with its
/// own.
#[wasm_bindgen_test(unsupported = test)]
fn figure_8_d_the_old_entry_may_be_overwritten() {
    let mut bench = figure_8_c();
    bench.flights.clear();
    bench.crash(n(1));
    bench.restart(n(5));
    let others: Vec<NodeId> = vec![n(2), n(3), n(4)];
    // Its first attempt, in term 4, meets the voters of that term.
    elect(&mut bench, n(5), &others);
    elect(&mut bench, n(5), &others);
    assert_eq!((bench.role(n(5)), bench.card(n(5)).era), (Role::Leader, 5));
    bench.restart(n(1));
    bench.settle(&bench.all());
    assert_eq!(terms(&bench), vec![vec![1, 3]; 5]);
    assert_eq!(commit(&bench, n(5)), 0, "also these are entries of earlier terms");
    put(&mut bench, n(5), 4, "5");
    bench.settle(&bench.all());
    assert_eq!(terms(&bench), vec![vec![1, 3, 5]; 5]);
    assert_eq!(commit(&bench, n(5)), 3);
}

/// Reference: Figure 8 (e): once the entry of term 4 is on a majority it is committed with all
/// before it, and S5 cannot win.
#[wasm_bindgen_test(unsupported = test)]
fn figure_8_e_an_entry_of_the_current_term_on_a_majority_is_committed() {
    let mut bench = figure_8_c();
    bench.flights.clear();
    for _ in 0..2 {
        bench.fire(n(1), Timer::Heartbeat);
        bench.settle(&[n(1), n(2), n(3)]);
    }
    let expected: [&[u64]; 4] = [&[1, 2, 4], &[1, 2, 4], &[1, 2, 4], &[1]];
    assert_eq!(terms(&bench), expected);
    assert_eq!(commit(&bench, n(1)), 3);
    bench.crash(n(1));
    bench.restart(n(5));
    for _ in 0..3 {
        elect(&mut bench, n(5), &[n(2), n(3), n(4)]);
        assert_ne!(bench.role(n(5)), Role::Leader, "S2 and S3 refuse");
    }
    elect(&mut bench, n(2), &[n(3), n(4)]);
    if bench.role(n(2)) != Role::Leader {
        elect(&mut bench, n(2), &[n(3), n(4)]);
    }
    assert_eq!(bench.role(n(2)), Role::Leader, "one that stores it can");
}
