//! Searches in which nodes that are alike trade places, beside searches of all states.

use std::collections::VecDeque;

use quorate::catalog;
use quorate::check::cluster::{self, Ask, ClusterModel, Question, Scope, State};
use quorate::check::explore::{Explorer, Model, Options};
use quorate::kernel::{Family, KnobValue, Knobs, Node, NodeId, Property};
use quorate::script;
use quorate::script::property_words;
use quorate::script::search::{Exploration, Searched};
use quorate::sim::ClusterSpec;
use rustc_hash::FxHashMap;
use wasm_bindgen_test::wasm_bindgen_test;

use super::mates::Mate;
use super::reduction::{Sum, compare, scopes};
use super::{defaults, judged, put};

fn explored(text: &str, options: &Options) -> Searched {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let mut search = Exploration::new(&plan, options).expect("it asks for a search");
    while !search.is_over() {
        search.advance(1_000);
    }
    search.report(0.0)
}

/// With symmetry alone, and with both reductions.
#[wasm_bindgen_test(unsupported = test)]
fn no_entry_loses_a_verdict() {
    for entry in catalog::entries() {
        if entry.about.family == Family::Balancing {
            continue;
        }
        let properties = judged(&entry);
        for (place, scope) in scopes().into_iter().enumerate() {
            let spec = defaults(&entry, 2 + place as u32 % 2);
            let build = |symmetry| {
                let (scope, word) = (Scope { symmetry, ..scope.clone() }, &property_words);
                let (properties, reduced) = (&properties[..], symmetry && place % 3 > 0);
                let question = Question { spec: &spec, scope, properties, word, reduced };
                let model = catalog::model(entry.about.id, question).expect("a protocol");
                model.unwrap_or_else(|error| panic!("{}", error.message))
            };
            compare(&build, &spec, &scope, &mut Sum::default(), 1_000);
        }
    }
}

fn mates(table: u64, nodes: u32, scope: Scope, reduced: bool) -> (ClusterModel, ClusterSpec) {
    let properties =
        [Property::Agreement, Property::MonotonicEras, Property::OneVote, Property::Termination];
    let mut knobs = Knobs::defaults(Mate::ABOUT.knobs);
    knobs.set("table", KnobValue::Count(table));
    let spec = ClusterSpec::new(nodes, knobs, 1);
    let (properties, word) = (&properties, &property_words);
    let question = Question { spec: &spec, scope, properties, word, reduced };
    let model = cluster::model::<Mate>(question);
    (model.unwrap_or_else(|error| panic!("{}", error.message)), spec)
}

#[wasm_bindgen_test(unsupported = test)]
fn protocols_that_are_drawn_lose_no_verdict() {
    let (mut sum, mut alike, mut unlike) = (Sum::default(), 0, 0);
    for number in 0..120_u64 {
        let table = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (scopes, nodes) = (scopes(), 2 + number as u32 / 7 % 3);
        let scope = &scopes[number as usize % scopes.len()];
        let (_, spec) = mates(table, nodes, scope.clone(), false);
        let build = |symmetry| {
            let scope = Scope { symmetry, ..scope.clone() };
            mates(table, nodes, scope, symmetry && number % 2 == 0).0
        };
        compare(&build, &spec, scope, &mut sum, 1_500);
        let mut search = Explorer::new(build(true), Options { max_depth: 6, ..Options::default() });
        while search.advance(500).end.is_none() {}
        let all: Vec<NodeId> = (0..nodes).map(NodeId).collect();
        let found = search.model().alike().expect("it was asked for");
        if table.is_multiple_of(3) {
            unlike += u32::from(found != [all]);
        } else {
            // Nobody compares numbers.
            assert_eq!(found, [all], "{number}");
            alike += 1;
        }
    }
    // The comparison is of use: much is broken, much is left out, and many swaps are refuted.
    assert!(sum.violated > 20 && sum.states[1] * 2 < sum.states[0], "{sum:?}");
    assert!(alike > 60 && unlike > 15, "{alike} {unlike}");
}

/// Every state that can be reached, with its distance.
fn reached(model: &ClusterModel, most: u32) -> Vec<(State, u32)> {
    let mut known: FxHashMap<State, u32> = FxHashMap::default();
    let mut queue = VecDeque::new();
    for state in model.initial() {
        known.insert(state.clone(), 0);
        queue.push_back(state);
    }
    let mut steps = Vec::new();
    while let Some(state) = queue.pop_front() {
        let depth = known[&state];
        if depth == most {
            continue;
        }
        steps.clear();
        model.steps(&state, &mut steps);
        for step in &steps {
            let Some(next) = model.next(&state, step) else { continue };
            if !known.contains_key(&next) {
                known.insert(next.clone(), depth + 1);
                queue.push_back(next);
            }
        }
    }
    known.into_iter().collect()
}

/// States fall into orbits: of each the search meets one, and those of one orbit are equally far
/// and judged alike.
#[wasm_bindgen_test(unsupported = test)]
fn one_of_each_orbit_is_met() {
    let scopes = scopes();
    for (number, nodes) in [(1, 3), (4, 3), (5, 4), (8, 3), (10, 2)] {
        let table = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number);
        assert!(!table.is_multiple_of(3), "nobody compares numbers");
        let scope = Scope { symmetry: true, ..scopes[number as usize % scopes.len()].clone() };
        let (model, _) = mates(table, nodes, scope.clone(), false);
        let mut orbits: FxHashMap<State, (u32, u64)> = FxHashMap::default();
        let states = reached(&model, 6);
        let all = states.len();
        for (state, depth) in states {
            let least = model.canonical(&state).expect("nodes are alike");
            assert_eq!(model.canonical(&least).as_ref(), Some(&least), "its own representative");
            let told = (depth, model.truths(15, &state));
            assert_eq!(*orbits.entry(least).or_insert(told), told, "{number}: {state:?}");
        }
        let mut search = Explorer::new(
            mates(table, nodes, scope, false).0,
            Options { max_depth: 6, ..Options::default() },
        );
        while search.advance(1_000).end.is_none() {}
        assert_eq!(search.progress().unique, orbits.len() as u64, "{number}");
        assert!(orbits.len() < all, "{number}: {all}");
    }
}

/// Which nodes of what is animated are alike, and by how much that shortens a search.
#[wasm_bindgen_test(unsupported = test)]
fn who_is_alike_is_found_out() {
    let told = |text: &str| {
        let found = explored(text, &Options::default());
        assert!(found.defect.is_none(), "{text}");
        (found.alike, found.unique)
    };
    let raft = "cluster raft nodes=3\nexplore requests=1 timers=2 depth=9";
    let (none, whole) = told(raft);
    let (all, some) = told(&format!("{raft} symmetry=on"));
    assert_eq!((none, all), (None, Some(vec![vec![1, 2, 3]])));
    assert!(some * 5 < whole && whole <= some * 6, "{some} {whole}");
    let found = |text| told(text).0.expect("it was asked for");
    // Who coordinates is not like those who take part.
    let commit = "cluster two-phase-commit nodes=4\nexplore requests=1 crashes=1 symmetry=on";
    assert_eq!(found(commit), [vec![2, 3, 4]]);
    // Ballots are compared by node.
    let paxos = "cluster paxos nodes=3\nexplore requests=2 depth=8 symmetry=on";
    assert_eq!(found(paxos), Vec::<Vec<u32>>::new());
    // A request that names a node makes it one of its own.
    let named =
        "cluster raft nodes=4\nat 0s request put x=1 via n2\nexplore timers=2 depth=8 symmetry=on";
    assert_eq!(found(named), [vec![1, 3, 4]]);
    // Whoever has another disk from the start is another.
    let given = "cluster raft nodes=4\ngiven n4 term=1 log=1\nexplore timers=2 depth=8 symmetry=on";
    assert_eq!(found(given), [vec![1, 2, 3]]);
}

/// A shortest counterexample stays one, and is told of the nodes as they are.
#[wasm_bindgen_test(unsupported = test)]
fn counterexamples_stay_the_shortest() {
    let texts = [
        "cluster flawed-raft nodes=3 flaw=votes-twice\nexplore timers=2\n\
         expect one leader per term\n",
        "cluster flawed-raft nodes=3 flaw=trusts-the-commit\ngiven n1 term=2 log=2\n\
         given n2 term=2 log=2\ngiven n3 term=1 log=1\nexplore timers=2 depth=8\n\
         expect state machine safety\n",
        "cluster flawed-two-phase-commit nodes=4 flaw=commits-by-majority\ngiven n4 vote=no\n\
         explore requests=1\n",
        "cluster raft-article nodes=3\nexplore requests=2\n",
    ];
    for text in texts {
        let all = explored(text, &Options::default());
        let one = explored(text, &Options { alike: Some(true), ..Options::default() });
        assert!(all.steps.is_some(), "{text}");
        assert_eq!((one.steps, one.defect.as_deref()), (all.steps, None), "{text}");
        assert!(one.unique <= all.unique, "{text}");
    }
}

/// Whoever asks of one node only.
#[wasm_bindgen_test(unsupported = test)]
fn a_scope_that_names_a_node_keeps_it_apart() {
    let asks: Vec<Ask> = vec![put(0, "a", Some(1))];
    let scope = Scope { requests: 1, timers: 1, symmetry: true, asks, ..Scope::default() };
    let (model, _) = mates(1, 3, scope, false);
    let mut search = Explorer::new(model, Options { max_depth: 4, ..Options::default() });
    while search.advance(1_000).end.is_none() {}
    assert_eq!(search.model().alike(), Some(vec![vec![NodeId(0), NodeId(2)]]));
}
