//! Searches that deliver spent messages at once, beside searches that leave nothing out.

use quorate::catalog;
use quorate::check::cluster::{self, ClusterModel, Order, Question, Scope, Step};
use quorate::check::explore::{Explorer, Finding, Model, Options};
use quorate::kernel::{Family, KnobValue, Knobs, Node, Property};
use quorate::script;
use quorate::script::property_words;
use quorate::script::search::{Exploration, Searched};
use quorate::sim::ClusterSpec;
use wasm_bindgen_test::wasm_bindgen_test;

use super::dice::Dice;
use super::{defaults, judged, put};
#[cfg(not(target_arch = "wasm32"))]
use crate::explore::expand;

fn searched(model: ClusterModel, depth: u32) -> Explorer<ClusterModel> {
    let options = Options { max_depth: depth, ..Options::default() };
    let mut explorer = Explorer::new(model, options);
    while explorer.advance(10_000).end.is_none() {}
    explorer
}

fn steps(explorer: &Explorer<ClusterModel>, claim: usize) -> Option<Vec<Step>> {
    let path = explorer.path(claim)?;
    Some(path.steps.into_iter().map(|(step, _)| step).collect())
}

/// What a pair of searches came to.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) pairs: u32,
    pub(super) violated: u32,
    /// States without and with reduction.
    pub(super) states: [u64; 2],
}

/// Searches with and without reduction, to the depth at which there are enough states, and compares
/// every verdict.
pub(super) fn compare(
    build: &dyn Fn(bool) -> ClusterModel,
    spec: &ClusterSpec,
    scope: &Scope,
    sum: &mut Sum,
    most: u64,
) {
    let (mut depth, mut full) = (4, searched(build(false), 4));
    while full.progress().cut && full.progress().unique < most {
        depth += 1;
        full = searched(build(false), depth);
    }
    let lean = searched(build(true), depth);
    let at = format!("{} {:?} {scope:?}", spec.nodes, spec.knobs);
    let states = [full.progress().unique, lean.progress().unique];
    // Where the depth is bounded, fewer steps are needed to come as far.
    assert!(full.progress().cut || states[1] <= states[0], "{at}: {states:?}");
    sum.pairs += 1;
    sum.states[0] += states[0];
    sum.states[1] += states[1];
    let claims = full.verdicts().into_iter().zip(lean.verdicts()).enumerate();
    for (claim, (wanted, found)) in claims {
        let name = &full.model().claims()[claim].name;
        let Finding::Violated(len, _) = found else {
            assert_eq!(wanted.word(), found.word(), "{name}: {at}");
            continue;
        };
        sum.violated += 1;
        let path = steps(&lean, claim).expect("there is a path");
        let lifted = lean.model().lift(&path, claim);
        let replay = lean.model().replay(spec, &lifted);
        assert!(replay.is_ok(), "{name}: {at}: {replay:?}");
        let most = lifted.len() as u32;
        match wanted {
            // No shorter than the shortest, and the shortest where nothing had to be added.
            Finding::Violated(least, _) => {
                assert!(len <= least && least <= most, "{name}: {len} {least} {most}: {at}");
            }
            _ => assert!(most > depth, "{name}: {at}: {path:?}"),
        }
        if scope.order == Order::Unordered && name != "termination" {
            assert_eq!(most, len, "{name}: {at}");
        }
    }
}

/// Scopes of all kinds: faults, links in order, disks that do not sync.
pub(super) fn scopes() -> Vec<Scope> {
    let asks = vec![put(0, "a", None), put(1, "b", None)];
    let calm = Scope { requests: 2, timers: 1, asks, ..Scope::default() };
    let crash = Scope { requests: 1, crashes: 1, restarts: 1, ..calm.clone() };
    vec![
        calm.clone(),
        Scope { order: Order::Ordered, ..calm.clone() },
        crash.clone(),
        Scope { unsynced: true, timers: 2, ..crash.clone() },
        Scope { order: Order::Ordered, losses: 1, ..crash.clone() },
        Scope { restarts: 0, losses: 1, cuts: 1, ..crash.clone() },
        Scope { requests: 1, losses: 1, duplicates: 1, cuts: 1, ..calm },
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn no_entry_loses_a_verdict() {
    for entry in catalog::entries() {
        if entry.about.family == Family::Balancing {
            continue;
        }
        let properties = judged(&entry);
        let mut sum = Sum::default();
        for (place, scope) in scopes().into_iter().enumerate() {
            let spec = defaults(&entry, 2 + place as u32 % 2);
            let build = |reduced| {
                let (scope, word) = (scope.clone(), &property_words);
                let question =
                    Question { spec: &spec, scope, properties: &properties, word, reduced };
                let model = catalog::model(entry.about.id, question).expect("a protocol");
                model.unwrap_or_else(|error| panic!("{}", error.message))
            };
            compare(&build, &spec, &scope, &mut sum, 1_500);
        }
        assert_eq!(sum.pairs, 7, "{}", entry.about.id);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn protocols_that_are_drawn_lose_no_verdict() {
    let properties = [Property::Agreement, Property::MonotonicEras, Property::Termination];
    let mut sum = Sum::default();
    for table in 0..150_u64 {
        let scopes = scopes();
        let scope = &scopes[table as usize % scopes.len()];
        let mut knobs = Knobs::defaults(Dice::ABOUT.knobs);
        knobs.set("table", KnobValue::Count(table.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let spec = ClusterSpec::new(2 + table as u32 / 7 % 2, knobs, 1);
        let build = |reduced| {
            let (scope, word) = (scope.clone(), &property_words);
            let question = Question { spec: &spec, scope, properties: &properties, word, reduced };
            cluster::model::<Dice>(question).unwrap_or_else(|error| panic!("{}", error.message))
        };
        compare(&build, &spec, scope, &mut sum, 1_000);
    }
    // The comparison is of use: much is broken, and much is left out.
    assert!(sum.violated > 20 && sum.states[1] * 10 < sum.states[0] * 9, "{sum:?}");
}

fn explored(text: &str, reduction: bool) -> Searched {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let options = Options { reduction, ..Options::default() };
    let mut search = Exploration::new(&plan, &options).expect("it asks for a search");
    while !search.is_over() {
        search.advance(5_000);
    }
    search.report(0.0)
}

/// Counterexamples are as short as without reduction, links in order and "termination" among them.
#[wasm_bindgen_test(unsupported = test)]
fn counterexamples_stay_the_shortest() {
    let texts = [
        "cluster paxos-article nodes=3 vote=always\nexplore requests=2\n",
        "cluster paxos-article nodes=3 vote=always\nexplore requests=2 network=ordered\n",
        "cluster paxos-article nodes=2 vote=first\nexplore requests=2\nexpect termination\n",
        "cluster paxos-article nodes=2 vote=first\nexplore requests=2 network=ordered\n",
        "cluster raft nodes=3\nexplore timers=2 crashes=1 disks=unsynced depth=6\n\
         expect one vote per era\n",
    ];
    for text in texts {
        let (full, lean) = (explored(text, false), explored(text, true));
        assert!(full.steps.is_some(), "{text}");
        assert_eq!((lean.steps, lean.defect.as_deref()), (full.steps, None), "{text}");
        let verdicts = |it: &Searched| it.checks.iter().map(|it| it.verdict).collect::<Vec<_>>();
        assert_eq!(verdicts(&lean), verdicts(&full), "{text}");
    }
}

/// Threads expand blocks at the same time, and find the same.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn threads_find_the_same() {
    let texts = [
        "cluster multi-paxos nodes=3\nexplore requests=1 timers=1\n",
        "cluster raft nodes=3\nexplore requests=1 timers=1 crashes=1 depth=12\n",
        "cluster paxos-article nodes=3 vote=always\nexplore requests=2 crashes=1\n",
    ];
    for text in texts {
        let plan = script::plan(text).expect("it is understood");
        let search = |threads: usize| {
            let mut search = Exploration::new(&plan, &Options::default()).expect("a search");
            while !search.is_over() {
                let blocks = search.explorer().blocks().min(8);
                let batches = expand(search.explorer(), blocks, threads);
                search.merge(batches);
            }
            let report = search.report(0.0);
            Searched { bytes: 0, ..report }
        };
        let alone = search(1);
        assert!(alone.unique > 100 && alone.defect.is_none(), "{text}");
        for threads in [2, 3] {
            assert_eq!(search(threads), alone, "{text}");
        }
    }
}
