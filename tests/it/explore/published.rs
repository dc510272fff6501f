//! Counts of other model checkers, and what they found; then other parameters, counted naively.

use std::collections::BTreeSet;

use quorate::check::explore::{Finding, Model, Options};
use quorate::check::model::Specification;
use quorate::check::model::paxos::Paxos;
use quorate::check::model::raft_mongo::{RaftMongo, Rule};
use quorate::check::model::register::{self, Register, abd::Abd, single_copy::SingleCopy};
use quorate::check::model::two_phase::TwoPhase;
use quorate::check::model::voting::Voting;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{counts, search};

/// Unique, generated and levels of a model, searched to the end; and by a second count, written
/// in another way: rounds of sets.
fn count<M: Model>(model: M) -> (u64, u64, u32)
where
    M::State: Ord,
{
    let (mut seen, mut generated, mut levels) = (BTreeSet::new(), 0, 0);
    let mut round: BTreeSet<M::State> = BTreeSet::new();
    let enter = |state: M::State, round: &mut BTreeSet<M::State>| {
        if model.within(&state) {
            round.insert(model.canonical(&state).unwrap_or(state));
        }
    };
    for state in model.initial() {
        generated += 1;
        enter(state, &mut round);
    }
    while !round.is_empty() {
        levels += 1;
        seen.extend(round.iter().cloned());
        let mut after = BTreeSet::new();
        for state in &round {
            let mut steps = Vec::new();
            model.steps(state, &mut steps);
            for next in steps.iter().filter_map(|step| model.next(state, step)) {
                generated += 1;
                enter(next, &mut after);
            }
        }
        round = after.difference(&seen).cloned().collect();
    }
    let naive = (seen.len() as u64, generated, levels);
    let explorer = search(model, Options::default());
    assert!(explorer.progress().complete());
    assert_eq!(counts(explorer.progress()), naive, "the two counts differ");
    naive
}

fn two_phase(rms: u32, symmetry: bool) -> TwoPhase {
    TwoPhase::new(rms, symmetry).expect("within the limits")
}

fn paxos(acceptors: u32, values: u32, ballots: u32, symmetry: bool) -> Paxos {
    Paxos::new(acceptors, values, ballots, symmetry).expect("within the limits")
}

fn voting(acceptors: u32, values: u32, ballots: u32, symmetry: bool) -> Voting {
    Voting::new(acceptors, values, ballots, symmetry).expect("within the limits")
}

fn mongo(nodes: u32, rule: Rule) -> RaftMongo {
    RaftMongo::new(nodes, 3, 3, rule, true).expect("within the limits")
}

fn register<S: register::Server>(servers: u32, clients: u32) -> Register<S> {
    Register::new(servers, clients).expect("within the limits")
}

/// The steps to what was found of a claim, in words.
fn told<M: Specification>(model: M, claim: usize) -> Vec<String> {
    let explorer = search(model, Options::default());
    let path = explorer.path(claim).expect("something was found");
    let mut before = path.start;
    let mut told = Vec::new();
    for (step, after) in path.steps {
        assert!(explorer.model().next(&before, &step).as_ref() == Some(&after));
        let words = explorer.model().tell(&before, &step);
        assert!(!words.zh.is_empty());
        told.push(words.en);
        before = after;
    }
    told
}

/// Three resource managers: 288 / 1,146 / 11 by TLC and stateright alike.
#[wasm_bindgen_test(unsupported = test)]
fn two_phase_commit_counts_as_published() {
    assert_eq!(count(two_phase(1, false)), (12, 20, 5));
    assert_eq!(count(two_phase(2, false)), (56, 154, 8));
    assert_eq!(count(two_phase(3, false)), (288, 1_146, 11));
    assert_eq!(count(two_phase(4, false)), (1_568, 8_258, 14));
    assert_eq!(count(two_phase(5, false)), (8_832, 58_146, 17));
}

/// While it is open, a resource manager is one of four things (working, prepared and not read,
/// prepared and read, aborted); after an abort, one of six; after a commit, one of two. So there
/// are 4^n + 6^n + 2^n states, and without names as many as there are multisets.
#[wasm_bindgen_test(unsupported = test)]
fn two_phase_commit_counts_by_formula() {
    let multisets = |kinds: u64, n: u64| (1..kinds).fold(1, |all, k| all * (n + k) / k);
    for rms in 1..=6 {
        let n = u64::from(rms);
        let all = search(two_phase(rms, false), Options::default()).progress();
        assert_eq!(all.unique, 4_u64.pow(rms) + 6_u64.pow(rms) + 2_u64.pow(rms));
        assert_eq!(all.depth, 3 * rms + 2);
        let nameless = search(two_phase(rms, true), Options::default()).progress();
        assert_eq!(nameless.unique, multisets(4, n) + multisets(6, n) + multisets(2, n));
        assert_eq!(nameless.depth, all.depth);
    }
}

/// The manifests of the TLA+ examples: 25 / 82 / 9 and 3,921 / 23,563 / 17.
#[wasm_bindgen_test(unsupported = test)]
fn paxos_counts_as_published() {
    assert_eq!(count(paxos(1, 1, 2, false)), (25, 82, 9));
    assert_eq!(count(paxos(3, 2, 2, false)), (3_921, 23_563, 17));
    // Six steps to a chosen value with a majority of two, eight with three.
    for (acceptors, steps) in [(2, 6), (3, 6), (4, 8), (5, 8)] {
        assert_eq!(told(paxos(acceptors, 1, 1, false), 1).len(), steps);
    }
}

/// The manifests of the TLA+ examples: 6,752 / 41,017 / 16; with symmetry 77 / 451 / 11.
#[wasm_bindgen_test(unsupported = test)]
fn voting_counts_as_published() {
    assert_eq!(count(voting(3, 2, 3, false)), (6_752, 41_017, 16));
    assert_eq!(count(voting(3, 2, 2, true)), (77, 451, 11));
    assert_eq!(count(voting(3, 2, 2, false)).0, 599);
}

/// TLC's statistics: 9,177 / 68,431 with gossip, which takes back what was committed.
#[wasm_bindgen_test(unsupported = test)]
fn mongo_gossip_is_wrong_with_three_nodes() {
    assert_eq!(count(mongo(3, Rule::Gossip)), (9_177, 68_431, 21));
    let told = told(mongo(3, Rule::Gossip), 0);
    let verbs: Vec<&str> = told.iter().filter_map(|it| it.split(' ').nth(1)).collect();
    assert_eq!(verbs, ["is", "writes", "is", "writes", "pulls", "sees", "learns"], "{told:?}");
}

/// 7,402 / 46,220 with three nodes and no violation, 230,091 / 3,161,304 with five and a violation
/// after nine steps: the scope decides what is seen.
#[wasm_bindgen_test(unsupported = test)]
fn mongo_sync_source_is_wrong_with_five_nodes_only() {
    assert_eq!(count(mongo(3, Rule::SyncSource)), (7_402, 46_220, 21));
    let three = search(mongo(3, Rule::SyncSource), Options::default());
    assert!(matches!(three.verdicts()[0], Finding::Holds(_)));
    assert_eq!(count(mongo(3, Rule::TermChecked)), (6_763, 44_371, 21));
    let five = search(mongo(5, Rule::SyncSource), Options::default());
    let at = five.progress();
    assert_eq!((at.unique, at.generated), (230_091, 3_161_304));
    assert!(matches!(five.verdicts()[0], Finding::Violated(9, _)));
    assert_eq!(five.path(0).map(|path| path.steps.len()), Some(9));
}

/// stateright 0.31: 265 / 482 / 14 and 16,668 / 32,971 / 21; a read of a chosen value in 8 steps.
#[wasm_bindgen_test(unsupported = test)]
fn paxos_registers_count_as_stateright_does() {
    type Paxos = register::paxos::Paxos;
    assert_eq!(count(register::<Paxos>(3, 1)), (265, 482, 14));
    assert_eq!(count(register::<Paxos>(3, 2)), (16_668, 32_971, 21));
    assert_eq!(told(register::<Paxos>(3, 2), 1).len(), 8);
}

/// stateright 0.31: 93 / 121 / 9, 4,243 / 6,778 / 13; two servers are wrong after four steps.
#[wasm_bindgen_test(unsupported = test)]
fn single_copies_count_as_stateright_does() {
    assert_eq!(count(register::<SingleCopy>(1, 2)), (93, 121, 9));
    assert_eq!(count(register::<SingleCopy>(1, 3)), (4_243, 6_778, 13));
    let told = told(register::<SingleCopy>(2, 2), 0);
    assert_eq!(told, ["c1 to s1: Put v1", "s1 to c1: PutOk", "c1 to s2: Get", "s2 to c1: GetOk -"]);
}

/// stateright 0.31: 544 states of the register of \[attiya95\] with two servers and two clients.
#[wasm_bindgen_test(unsupported = test)]
fn abd_registers_count_as_stateright_does() {
    assert_eq!(count(register::<Abd>(2, 2)).0, 544);
    let explorer = search(register::<Abd>(2, 2), Options::default());
    assert!(matches!(explorer.verdicts()[0], Finding::Holds(_)));
}

/// Nothing published, but two searches that were written apart have to agree.
#[wasm_bindgen_test(unsupported = test)]
fn other_parameters_count_alike_twice() {
    for (acceptors, values, ballots) in [(1, 3, 3), (2, 2, 2), (2, 1, 3), (3, 1, 2), (4, 2, 1)] {
        for symmetry in [false, true] {
            count(paxos(acceptors, values, ballots, symmetry));
            count(voting(acceptors, values, ballots, symmetry));
        }
    }
    for rule in [Rule::Gossip, Rule::SyncSource, Rule::TermChecked] {
        for (nodes, terms, log) in [(1, 2, 2), (2, 3, 2), (3, 2, 2), (4, 2, 1)] {
            let model = |symmetry| RaftMongo::new(nodes, terms, log, rule, symmetry);
            let whole = count(model(false).expect("within the limits"));
            let nameless = count(model(true).expect("within the limits"));
            assert_eq!(whole.2, nameless.2, "symmetry changes no distances");
            assert!(nameless.0 <= whole.0);
        }
    }
    count(register::<register::paxos::Paxos>(2, 2));
    count(register::<SingleCopy>(3, 3));
    count(register::<Abd>(3, 1));
}

/// What is out of range is refused, and not searched in part.
#[wasm_bindgen_test(unsupported = test)]
fn what_is_out_of_range_is_refused() {
    assert!(TwoPhase::new(0, false).is_none() && TwoPhase::new(21, false).is_none());
    assert!(Paxos::new(8, 1, 1, false).is_none() && Paxos::new(3, 9, 1, false).is_none());
    assert!(Voting::new(3, 0, 1, false).is_none() && Voting::new(3, 1, 9, false).is_none());
    assert!(RaftMongo::new(3, 15, 3, Rule::Gossip, true).is_none());
    assert!(Register::<Abd>::new(6, 1).is_none() && Register::<Abd>::new(1, 7).is_none());
}
