//! Several searches without memory in common, which share one.

use std::fmt::Debug;

use quorate::check::explore::{Company, Explorer, Model, Options, Order, Progress};
use quorate::check::model::raft_mongo::{RaftMongo, Rule};
use quorate::check::model::two_phase::TwoPhase;
use quorate::script;
use quorate::script::hunt::{Hunt, hunt};
use quorate::script::search::{Exploration, Searched};
use wasm_bindgen_test::wasm_bindgen_test;

use super::search;

/// Goes on until the company has nothing more to do; how many rounds that took.
pub fn rounds<C: Company + ?Sized>(members: &mut [&mut C]) -> u32 {
    let mut rounds = 0;
    while members[0].has_rounds() {
        rounds += 1;
        let said: Vec<Vec<u32>> = members.iter_mut().map(|member| member.share()).collect();
        for member in members.iter_mut() {
            assert!(member.join(&said), "round {rounds} is not understood");
        }
    }
    rounds
}

/// A search that `of` members share, each state held by one of them.
pub fn in_company<M: Model>(model: impl Fn() -> M, options: &Options, of: u32) -> Explorer<M> {
    let options = Options { worth: 1, ..options.clone() };
    let mut members: Vec<Explorer<M>> =
        (0..of).map(|_| Explorer::new(model(), options.clone())).collect();
    for (me, member) in members.iter_mut().enumerate() {
        member.accompany(me as u32, of);
    }
    rounds(&mut members.iter_mut().collect::<Vec<_>>());
    for member in &members[1..] {
        let (one, other) = (members[0].progress(), member.progress());
        assert_eq!((one.unique, one.generated), (other.unique, other.generated));
    }
    let mut first = members.swap_remove(0);
    while first.advance(1_000).end.is_none() {}
    first
}

/// All but memory, which is what all hold, is the same.
fn alike<M: Model>(alone: &Explorer<M>, shared: &Explorer<M>)
where
    M::State: Debug,
{
    let (one, other) = (alone.progress(), shared.progress());
    assert_eq!(one, Progress { bytes: one.bytes, peak: one.peak, ..other });
    assert_eq!(alone.verdicts(), shared.verdicts());
    for claim in 0..alone.model().claims().len() {
        let path = |it: &Explorer<M>| it.path(claim).map(|path| format!("{path:?}"));
        assert_eq!(path(alone), path(shared));
    }
}

/// A search by text: alone for so many states, and then shared.
fn hunted(text: &str, options: &Options, of: u32, alone: u64) -> Searched {
    let begin = || hunt(text, options).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    let mut searches: Vec<Box<dyn Hunt>> = (0..of).map(|_| begin()).collect();
    searches[0].advance(alone);
    let mut members: Vec<&mut dyn Company> =
        searches.iter_mut().map(|it| it.company().expect("it may be shared")).collect();
    let stand = members[0].stand();
    for (me, member) in members.iter_mut().enumerate() {
        while member.stand() != stand {
            member.catch_up(stand, 300);
        }
        member.accompany(me as u32, of);
    }
    rounds(&mut members);
    let mut first = searches.swap_remove(0);
    while !first.is_over() {
        first.advance(1_000);
    }
    // Memory is what all hold, and each has met other parts of states.
    let report = first.report(0.0);
    assert!((0.0..1e-25).contains(&report.collision), "{text}: {}", report.collision);
    Searched { bytes: 0, collision: 0.0, ..report }
}

const TEXTS: [&str; 9] = [
    "cluster multi-paxos nodes=3\nexplore requests=1 timers=1\n",
    "cluster raft nodes=3\nexplore requests=1 timers=2 crashes=1 depth=7\n",
    "cluster abd nodes=3\nexplore requests=2\n",
    "cluster paxos-article nodes=3 vote=always\nexplore requests=2 crashes=1\n",
    // What was found is longer than it has to be: the search begins anew without reduction.
    "cluster paxos-article nodes=2 vote=first\nexplore requests=2\nexpect termination\n",
    "cluster paxos-article nodes=3 vote=always\nexplore requests=2 network=ordered\n",
    // Nodes that are alike, all or some, and none.
    "cluster raft nodes=3\nexplore requests=1 timers=2 crashes=1 depth=8 symmetry=on\n",
    "cluster two-phase-commit nodes=4\nexplore requests=1 crashes=1 symmetry=on\n",
    "cluster multi-paxos nodes=3\nexplore requests=1 timers=1 depth=8 symmetry=on\n",
];

/// However many share a search, and whenever they come: it is the search of one.
#[wasm_bindgen_test(unsupported = test)]
fn a_company_finds_what_one_finds() {
    let options = Options { worth: 40, ..Options::default() };
    for text in TEXTS {
        let alone = hunted(text, &options, 1, u64::MAX);
        assert!(alone.unique > 10 && alone.defect.is_none(), "{text}");
        for (of, before) in [(2, 1), (3, 500)] {
            assert_eq!(hunted(text, &options, of, before), alone, "{text} of {of}");
        }
    }
}

/// A specification, with its symmetry and states beyond its scope, and what it claims is wrong.
#[wasm_bindgen_test(unsupported = test)]
fn a_specification_is_the_same_in_company() {
    let model = || RaftMongo::new(3, 3, 3, Rule::Gossip, true).expect("within the limits");
    let alone = search(model(), Options::default());
    assert!(alone.progress().unique > 1_000);
    for of in [2, 3] {
        alike(&alone, &in_company(model, &Options::default(), of));
    }
    let text = "spec=two-phase rms=3";
    let mut hunt = hunt(text, &Options::default()).expect("a search");
    assert!(hunt.company().is_none(), "its steps cost less than telling of them");
}

/// Ceilings and the depth of the scope end it where they end the search of one.
#[wasm_bindgen_test(unsupported = test)]
fn limits_are_those_of_one() {
    let model = || TwoPhase::new(5, false).expect("within the limits");
    let usual = Options::default();
    let limits = [
        Options { max_states: 3_001, ..usual.clone() },
        Options { max_depth: 7, ..usual.clone() },
        Options { stop: true, ..usual.clone() },
        usual.clone(),
    ];
    for options in limits {
        let alone = search(model(), options.clone());
        for of in [2, 5] {
            alike(&alone, &in_company(model, &options, of));
        }
    }
}

/// The ceiling of memory is for all of them together, and they end in the same round.
#[wasm_bindgen_test(unsupported = test)]
fn memory_is_that_of_all() {
    let model = || TwoPhase::new(6, false).expect("within the limits");
    let options = Options { max_bytes: 400_000, ..Options::default() };
    let (alone, shared) = (search(model(), options.clone()), in_company(model, &options, 3));
    let (one, other) = (alone.progress(), shared.progress());
    assert_eq!(one.end, other.end);
    assert!(one.end.is_some() && other.unique < one.unique && other.unique > 1_000);
}

/// What cannot be shared is not offered: other orders, and states compared whole.
#[wasm_bindgen_test(unsupported = test)]
fn only_what_can_be_shared_is() {
    let worth = |options: Options| {
        let mut search = Explorer::new(TwoPhase::new(5, false).expect("few"), options);
        search.advance(500);
        search.is_worth_sharing()
    };
    let options = Options { worth: 1, ..Options::default() };
    assert!(worth(options.clone()));
    assert!(!worth(Options::default()), "too little to do");
    assert!(!worth(Options { exact: true, ..options.clone() }));
    assert!(!worth(Options { order: Order::Depth, ..options.clone() }));
    assert!(!worth(Options { order: Order::Random, ..options }));
}

/// Words that no member said end the company, and nothing panics.
#[wasm_bindgen_test(unsupported = test)]
fn strange_words_are_not_joined() {
    let text = "cluster raft nodes=3\nexplore requests=1 timers=1 depth=8\n";
    let plan = script::plan(text).expect("a scenario");
    let options = Options { worth: 1, ..Options::default() };
    let begin = || {
        let mut member = Exploration::new(&plan, &options).expect("a search");
        member.accompany(0, 2);
        member
    };
    let own = begin().share();
    let wrong = [
        vec![],
        vec![7],
        vec![1, 0, 0, 0, 0],
        vec![1, 0, 0, 0, 0, u32::MAX, u32::MAX],
        vec![2, 0, 0, 0, 0, 0, 0, 1],
        own[..own.len() - 1].to_vec(),
        [own.clone(), vec![9]].concat(),
    ];
    for words in wrong {
        let mut member = begin();
        let own = member.share();
        assert!(!member.join(&[own, words.clone()]), "{words:?}");
    }
    let mut member = begin();
    let own = member.share();
    assert!(!member.join(&[own]), "one is missing");
}
