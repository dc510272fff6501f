//! Ceilings, slices, threads, and fingerprints that collide.

use std::hash::{Hash, Hasher};

use quorate::check::Because;
use quorate::check::explore::{
    Claimed, End, Explorer, Finding, Model, Options, Order, Progress, collision_chance,
};
use quorate::check::model::raft_mongo::{RaftMongo, Rule};
use quorate::check::model::two_phase::TwoPhase;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(not(target_arch = "wasm32"))]
use super::expand;
use super::search;

fn model() -> TwoPhase {
    TwoPhase::new(6, false).expect("within the limits")
}

fn wrong() -> RaftMongo {
    RaftMongo::new(3, 3, 3, Rule::Gossip, true).expect("within the limits")
}

/// Searches block by block, so many at a time.
fn in_blocks<M: Model>(model: M, options: Options, together: usize) -> Explorer<M> {
    let mut explorer = Explorer::new(model, options);
    while explorer.progress().end.is_none() {
        let blocks = explorer.blocks().min(together);
        let batches = (0..blocks).map(|block| explorer.expand(block)).collect();
        explorer.merge(batches);
    }
    explorer
}

fn same<M: Model>(one: &Explorer<M>, other: &Explorer<M>)
where
    M::State: std::fmt::Debug,
{
    assert_eq!(one.progress(), other.progress());
    assert_eq!(one.verdicts(), other.verdicts());
    for claim in 0..one.model().claims().len() {
        let states = |it: &Explorer<M>| it.path(claim).map(|it| format!("{it:?}"));
        assert_eq!(states(one), states(other));
    }
}

/// Whoever expands how many blocks at once: everything that can be seen is the same.
#[wasm_bindgen_test(unsupported = test)]
fn blocks_change_nothing() {
    let usual = Options::default();
    let limited = Options { max_states: 20_011, ..Options::default() };
    let short = Options { max_depth: 9, ..Options::default() };
    let full = Options { max_bytes: 500_000, ..Options::default() };
    for options in [usual, limited, short, full] {
        let alone = search(model(), options.clone());
        for together in [1, 7, 64] {
            same(&alone, &in_blocks(model(), options.clone(), together));
        }
    }
    let stopped = Options { stop: true, ..Options::default() };
    for options in [Options::default(), stopped] {
        let alone = search(wrong(), options.clone());
        same(&alone, &in_blocks(wrong(), options, 5));
    }
}

/// Real threads, in whatever order they come back.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn threads_change_nothing() {
    let alone = search(wrong(), Options::default());
    let mut explorer = Explorer::new(wrong(), Options::default());
    while explorer.progress().end.is_none() {
        let blocks = explorer.blocks().min(8);
        let batches = expand(&explorer, blocks, blocks);
        explorer.merge(batches);
    }
    same(&alone, &explorer);
}

/// Slices of any size come to the same.
#[wasm_bindgen_test(unsupported = test)]
fn slices_change_nothing() {
    for order in [Order::Breadth, Order::Depth, Order::Deepening, Order::Random] {
        let options = Options { order, max_depth: 12, walks: 50, ..Options::default() };
        let alone = search(model(), options.clone());
        let mut sliced = Explorer::new(model(), options);
        let mut slices = 0;
        while sliced.advance(37).end.is_none() {
            slices += 1;
        }
        assert!(slices > 10, "{order:?}: a slice is small");
        same(&alone, &sliced);
    }
}

/// A search that hits a ceiling says so, keeps what it found, and holds no more than it may.
#[wasm_bindgen_test(unsupported = test)]
fn ceilings_are_kept() {
    let whole = search(model(), Options::default()).progress();
    assert_eq!(whole.end, Some(End::Covered));
    for max_bytes in [100_000, 400_000, 1_000_000] {
        let options = Options { max_bytes, ..Options::default() };
        let explorer = search(model(), options);
        let found: Progress = explorer.progress();
        assert_eq!(found.end, Some(End::Memory));
        assert!(found.unique > 100 && found.unique < whole.unique);
        assert!(found.peak <= max_bytes, "{} of {max_bytes}", found.peak);
        for verdict in explorer.verdicts() {
            let unsure = |why: &Because| why.en.contains("memory");
            let ok = match &verdict {
                Finding::Undecided(why) => unsure(why),
                Finding::Example(..) => true,
                Finding::Holds(_) | Finding::Missing(_) | Finding::Violated(..) => false,
            };
            assert!(ok, "{verdict:?}");
        }
    }
    for order in [Order::Depth, Order::Deepening] {
        let explorer = search(model(), Options { order, max_bytes: 300_000, ..Options::default() });
        assert_eq!(explorer.progress().end, Some(End::Memory));
        assert!(explorer.progress().peak <= 300_000);
    }
    let options = Options { max_states: 1_000, ..Options::default() };
    let found = search(model(), options).progress();
    assert_eq!((found.unique, found.end), (1_000, Some(End::States)));
    assert!(!found.complete());
}

/// A violation stays one, whatever else was not searched.
#[wasm_bindgen_test(unsupported = test)]
fn what_was_found_stays_found() {
    let stopped = search(wrong(), Options { stop: true, ..Options::default() });
    assert_eq!(stopped.progress().end, Some(End::Found));
    assert!(stopped.progress().unique < 9_177);
    assert!(matches!(stopped.verdicts()[0], Finding::Violated(7, _)));
    assert_eq!(stopped.path(0).map(|path| path.steps.len()), Some(7));
    let near = search(wrong(), Options { max_depth: 6, ..Options::default() });
    let verdict = near.verdicts().swap_remove(0);
    assert!(matches!(&verdict, Finding::Holds(why) if why.en.contains("within 6 steps")));
    assert!(!near.progress().complete(), "there is more than six steps away");
}

/// A number whose hash says nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Alike(u32);

impl Hash for Alike {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

struct Count([Claimed; 0]);

impl Model for Count {
    type State = Alike;
    type Step = ();

    fn initial(&self) -> Vec<Alike> {
        vec![Alike(0)]
    }

    fn steps(&self, state: &Alike, out: &mut Vec<()>) {
        out.extend((state.0 < 99).then_some(()));
    }

    fn next(&self, state: &Alike, (): &()) -> Option<Alike> {
        Some(Alike(state.0 + 1))
    }

    fn claims(&self) -> &[Claimed] {
        &self.0
    }

    fn judge(&self, _: usize, _: &Alike) -> bool {
        true
    }
}

/// Fingerprints that are all the same hide all states but one; whole states are told apart.
#[wasm_bindgen_test(unsupported = test)]
fn exact_search_does_not_believe_fingerprints() {
    let believed = search(Count([]), Options::default()).progress();
    assert_eq!(believed.unique, 1);
    let exact = Options { exact: true, ..Options::default() };
    assert_eq!(search(Count([]), exact).progress().unique, 100);
}

/// n²/2¹²⁹: 2⁶⁴ states would collide with a chance of one half.
#[wasm_bindgen_test(unsupported = test)]
fn the_chance_of_a_collision_is_stated() {
    let chance = collision_chance(u64::MAX);
    assert!((chance - 0.5).abs() < 1e-9);
    assert!(collision_chance(1_000_000) < 1.5e-27 && collision_chance(1_000_000) > 1.4e-27);
}
