//! Counts, violations and replays of small scopes.

use quorate::catalog;
use quorate::check::cluster::{Question, Scope};
use quorate::check::explore::{Explorer, Model, Options};
use quorate::kernel::{Family, Property};
use quorate::script::property_words;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{brute_force, defaults, model, put};

#[wasm_bindgen_test(unsupported = test)]
fn a_brute_force_finds_the_same_states_and_the_same_shortest_path() {
    let asks = vec![put(0, "a", None), put(1, "b", None)];
    let texts = [
        ("cluster paxos-article nodes=3 vote=always\n", Property::Agreement, 0),
        ("cluster raft nodes=3\n", Property::ElectionSafety, 1),
        ("cluster two-phase-commit nodes=3 refusals=50%\n", Property::AtomicCommit, 1),
    ];
    for (text, property, timers) in texts {
        let scope = Scope {
            requests: 1 + u16::from(timers == 0),
            timers,
            asks: asks.clone(),
            ..Scope::default()
        };
        let (slow, _) = model(text, scope.clone(), &[property]);
        let found = brute_force(&slow, u32::MAX);
        let (fast, spec) = model(text, scope, &[property]);
        let mut explorer = Explorer::new(fast, Options::default());
        while explorer.advance(10_000).end.is_none() {}
        let progress = explorer.progress();
        let levels = found.depth + 1;
        assert_eq!((progress.unique, progress.depth), (found.unique as u64, levels), "{text}");
        let steps = explorer.path(0).map(|path| path.steps.len());
        assert_eq!(steps, found.broken[0].as_ref().map(Vec::len), "{text}");
        if let Some(path) = &found.broken[0] {
            let replay = slow.replay(&spec, path).expect("it replays");
            assert_eq!(replay.lines.len(), path.len());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_entry_does_in_a_search_what_it_does_in_the_world() {
    for entry in catalog::entries() {
        if entry.about.family == Family::Balancing {
            continue;
        }
        let spec = defaults(&entry, 3);
        let scope = Scope {
            requests: 2,
            timers: 3,
            crashes: 1,
            restarts: 1,
            losses: 1,
            duplicates: 1,
            cuts: 1,
            asks: vec![put(0, "a", None), put(1, "b", None)],
            ..Scope::default()
        };
        let properties: Vec<Property> = entry.about.claims.iter().map(|it| it.property).collect();
        let word = &property_words;
        let question =
            Question { spec: &spec, scope, properties: &properties, word, reduced: false };
        let model = catalog::model(entry.about.id, question).expect("a protocol");
        let model = model.unwrap_or_else(|error| panic!("{}", error.message));
        let mut random = 1_u64;
        for _ in 0..40 {
            let mut state = model.initial().swap_remove(0);
            let (mut path, mut steps) = (Vec::new(), Vec::new());
            for _ in 0..25 {
                steps.clear();
                model.steps(&state, &mut steps);
                if steps.is_empty() {
                    break;
                }
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let step = steps[(random >> 33) as usize % steps.len()];
                path.push(step);
                state = model.next(&state, &step).unwrap_or(state);
            }
            if let Err(error) = model.replay(&spec, &path) {
                panic!("{}: {error}\n{path:?}", entry.about.id);
            }
        }
        assert!(model.parts().0 > 1 && !model.told_time(), "{}", entry.about.id);
    }
}
