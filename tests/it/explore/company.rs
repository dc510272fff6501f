//! Several searches without memory in common, which share one.

use quorate::check::explore::{Company, Explorer, Model, Options, Order};
use quorate::check::model::two_phase::TwoPhase;
use quorate::script::hunt::{Hunt, hunt};
use quorate::script::search::Searched;
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

/// A search by text: alone for so many states, and then shared.
fn hunted(text: &str, options: &Options, of: u32, alone: u64) -> Searched {
    let begin = || hunt(text, options).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    let mut first = begin();
    first.advance(alone);
    let stand = first.company().stand();
    let mut others: Vec<Box<dyn Hunt>> = (1..of).map(|_| begin()).collect();
    for other in &mut others {
        while other.company().stand() != stand {
            other.catch_up(stand, 300);
        }
    }
    let mut members: Vec<&mut Box<dyn Hunt>> =
        std::iter::once(&mut first).chain(&mut others).collect();
    for (me, member) in members.iter_mut().enumerate() {
        member.company().accompany(me as u32, of);
    }
    while members[0].company().has_rounds() && !members[0].is_over() {
        let said: Vec<_> = members.iter_mut().map(|it| it.company().share()).collect();
        for member in &mut members {
            assert!(member.join(&said), "{text}");
        }
    }
    while !first.is_over() {
        first.advance(1_000);
    }
    // Memory is what all hold.
    Searched { bytes: 0, ..first.report(0.0) }
}

const TEXTS: [&str; 9] = [
    "spec=paxos acceptors=3 values=2 ballots=2",
    "spec=two-phase rms=5",
    "spec=raft-mongo nodes=3 terms=3 log=3 rule=gossip",
    "cluster multi-paxos nodes=3\nexplore requests=1 timers=1\n",
    "cluster raft nodes=3\nexplore requests=1 timers=2 crashes=1 depth=7\n",
    "cluster abd nodes=3\nexplore requests=2\n",
    "cluster paxos-article nodes=3 vote=always\nexplore requests=2 crashes=1\n",
    // What was found is longer than it has to be: the search begins anew without reduction.
    "cluster paxos-article nodes=2 vote=first\nexplore requests=2\nexpect termination\n",
    "cluster paxos-article nodes=3 vote=always\nexplore requests=2 network=ordered\n",
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
            let shared = in_company(model, &options, of);
            let (one, other) = (alone.progress(), shared.progress());
            assert_eq!((one.unique, one.generated), (other.unique, other.generated));
            assert_eq!((one.depth, one.cut, one.end), (other.depth, other.cut, other.end));
            assert_eq!(alone.verdicts(), shared.verdicts());
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
    let options = Options { worth: 1, ..Options::default() };
    let begin = || {
        let mut member = hunt(text, &options).expect("a search");
        member.company().accompany(0, 2);
        member
    };
    let own = begin().company().share();
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
        let own = member.company().share();
        assert!(!member.join(&[own, words.clone()]), "{words:?}");
    }
    let mut member = begin();
    let own = member.company().share();
    assert!(!member.join(&[own]), "one is missing");
}
