//! Quorums of simple and joint configurations, as rows [etcd-raft §quorum].

use quorate::kernel::{NodeId, NodeSet};
use quorate::protocol::raft::{Config, Tally};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::n;

fn set(numbers: &[u32]) -> NodeSet {
    numbers.iter().map(|&number| n(number)).collect()
}

fn joint(voters: &[u32], outgoing: &[u32]) -> Config {
    Config { voters: set(voters), outgoing: set(outgoing), ..Config::default() }
}

/// What n1, n2, ... have acknowledged; the others nothing.
fn reached(config: Config, acknowledged: &[u64]) -> u64 {
    config.reached(|node| acknowledged.get(node.index()).copied().unwrap_or(0))
}

/// Reference: the largest index that a majority has, for 0 to 7 voters.
#[wasm_bindgen_test(unsupported = test)]
fn quorum_majorities_commit() {
    let rows: [(&[u32], &[u64], u64); 18] = [
        (&[], &[], u64::MAX),
        (&[1], &[], 0),
        (&[1], &[12], 12),
        (&[1, 2], &[], 0),
        (&[1, 2], &[12], 0),
        (&[1, 2], &[12, 5], 5),
        (&[1, 2, 3], &[], 0),
        (&[1, 2, 3], &[12], 0),
        (&[1, 2, 3], &[12, 5], 5),
        (&[1, 2, 3], &[12, 5, 6], 6),
        (&[1, 2, 3], &[6, 6, 6], 6),
        (&[1, 2, 3, 4], &[101, 104, 103], 101),
        (&[1, 2, 3, 4], &[101, 104, 103, 102], 102),
        (&[1, 2, 3, 4, 5], &[101, 104], 0),
        (&[1, 2, 3, 4, 5], &[101, 104, 103], 101),
        (&[1, 2, 3, 4, 5], &[101, 104, 103, 103, 102], 103),
        (&[1, 2, 3, 4, 5, 6, 7], &[7, 6, 5, 4, 3, 2, 1], 4),
        (&[2, 4], &[9, 8, 9, 7], 7),
    ];
    for (voters, acknowledged, index) in rows {
        assert_eq!(reached(Config::of(set(voters)), acknowledged), index, "{voters:?}");
    }
}

/// Reference: a joint configuration commits what both halves do.
#[wasm_bindgen_test(unsupported = test)]
fn quorum_joint_commits_the_lesser() {
    type Row = (&'static [u32], &'static [u32], &'static [u64], u64);
    let rows: [Row; 8] = [
        (&[1, 2, 3], &[4, 5, 6], &[9, 9, 9], 0),
        (&[1, 2, 3], &[4, 5, 6], &[9, 9, 9, 7, 7], 7),
        (&[1, 2, 3], &[1], &[9, 7, 5], 7),
        (&[1, 2, 3], &[1], &[5, 7, 9], 5),
        (&[1], &[2], &[13, 100], 13),
        (&[1, 2, 3], &[2, 3, 4], &[1, 9, 9, 1], 9),
        (&[1, 2, 3, 4], &[1, 5], &[4, 8, 8, 8, 6], 4),
        (&[], &[1, 2, 3], &[1, 2, 3], 2),
    ];
    for (voters, outgoing, acknowledged, index) in rows {
        let found = reached(joint(voters, outgoing), acknowledged);
        assert_eq!(found, index, "{voters:?} {outgoing:?} {acknowledged:?}");
    }
}

/// Reference: the result of a vote: won, lost, or open.
#[wasm_bindgen_test(unsupported = test)]
fn quorum_votes_are_counted() {
    type Row = (&'static [u32], &'static [u32], &'static [u32], Tally);
    let rows: [Row; 13] = [
        (&[], &[], &[], Tally::Won),
        (&[1], &[], &[], Tally::Open),
        (&[1], &[], &[1], Tally::Lost),
        (&[1], &[1], &[], Tally::Won),
        (&[1, 2], &[1], &[], Tally::Open),
        (&[1, 2], &[], &[1], Tally::Lost),
        (&[1, 2], &[1], &[2], Tally::Lost),
        (&[1, 2, 3], &[1], &[2], Tally::Open),
        (&[1, 2, 3], &[1, 3], &[], Tally::Won),
        (&[1, 2, 3], &[], &[2, 3], Tally::Lost),
        (&[1, 2, 3, 4], &[1, 2], &[3], Tally::Open),
        (&[1, 2, 3, 4], &[1, 2], &[3, 4], Tally::Lost),
        (&[1, 2, 3, 4, 5, 6, 7], &[1, 2, 3, 9], &[4, 5], Tally::Open),
    ];
    for (voters, yes, no, tally) in rows {
        let config = Config::of(set(voters));
        assert_eq!(config.tally(set(yes), set(no)), tally, "{voters:?} {yes:?} {no:?}");
        assert_eq!(config.agrees(set(yes)), tally == Tally::Won);
    }
}

/// Every set of voters of four nodes, with every set of answers: the laws that the library checks
/// on each of its rows.
#[wasm_bindgen_test(unsupported = test)]
fn quorum_laws() {
    let subset = |bits: u32| -> NodeSet {
        (0..4).filter(|place| bits & 1 << place != 0).map(NodeId).collect()
    };
    for (one, two) in (0..16).flat_map(|one| (0..16).map(move |two| (one, two))) {
        let (one, two) = (subset(one), subset(two));
        let both = Config { voters: one, outgoing: two, ..Config::default() };
        let swapped = Config { voters: two, outgoing: one, ..Config::default() };
        let alone = Config::of(one);
        let twice = Config { voters: one, outgoing: one, ..Config::default() };
        for (yes, no) in (0..16).flat_map(|yes| (0..16).map(move |no| (yes, no & !yes))) {
            let (yes, no) = (subset(yes), subset(no));
            assert_eq!(both.tally(yes, no), swapped.tally(yes, no), "halves are equal");
            assert_eq!(twice.tally(yes, no), alone.tally(yes, no), "the same twice is once");
            // Whoever won cannot lose by further answers.
            assert!(!alone.agrees(yes) || alone.agrees(yes.or(no)));
            // Two majorities meet.
            let (mine, others) = (alone.agrees(yes), alone.agrees(one.minus(yes)));
            assert!(one.is_empty() || !(mine && others));
        }
        let acknowledged = [7, 5, 3, 1];
        assert_eq!(reached(both, &acknowledged), reached(swapped, &acknowledged));
        let halves = reached(alone, &acknowledged).min(reached(Config::of(two), &acknowledged));
        assert_eq!(reached(both, &acknowledged), halves);
    }
}
