//! Counts, violations and replays of small scopes.

use quorate::catalog;
use quorate::check::cluster::{Question, Scope};
use quorate::check::explore::Model;
use quorate::kernel::{Family, Property};
use quorate::script::{Names, print_input, property_words};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{brute_force, defaults, model, put};

#[wasm_bindgen_test(unsupported = test)]
fn the_paxos_of_the_article_chooses_two_values() {
    let scope =
        Scope { requests: 2, asks: vec![put(0, "a", None), put(1, "b", None)], ..Scope::default() };
    let text = "cluster paxos-article nodes=3 vote=always\n";
    let (model, spec) = model(text, scope, &[Property::Agreement]);
    let found = brute_force(&model, 20);
    println!("{found:?} {:?}", model.parts());
    let path = found.broken[0].as_ref().expect("it breaks");
    let replay = model.replay(&spec, path).expect("it replays");
    for line in &replay.lines {
        println!("{}  # {}", print_input(&line.input, Names::cluster(3)), line.says);
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
        let question = Question { spec: &spec, scope, properties: &properties, word };
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
        println!("{}: {:?} time {}", entry.about.id, model.parts(), model.told_time());
    }
}
