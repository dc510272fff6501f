//! Random recipes over every sound entry: nothing unsafe under faults, and progress after them.

use std::rc::Rc;

use quorate::catalog::{self, Entry};
use quorate::check::swarm::{judge, trial};
use quorate::kernel::Family;
use wasm_bindgen_test::wasm_bindgen_test;

/// Entries that are meant to be right.
fn sound() -> Vec<Entry> {
    let mut entries = catalog::entries();
    entries.retain(|entry| entry.about.family == Family::Consensus);
    entries
}

/// Runs the seeds and returns the number of events.
fn swarm(entry: &Entry, seeds: std::ops::Range<u64>) -> u64 {
    let mut events = 0;
    for seed in seeds {
        let trial = trial(entry.about, seed);
        let cluster = entry.build(Rc::new(trial.spec.clone())).expect("no given lines");
        let outcome = judge(&trial, cluster);
        events += outcome.events;
        if let Some(complaint) = outcome.complaint {
            panic!("{complaint}\nrecipe: {trial}");
        }
    }
    events
}

#[wasm_bindgen_test(unsupported = test)]
fn sound_entries_survive_the_swarm() {
    let entries = sound();
    assert!(!entries.is_empty());
    let mut total = 0;
    for entry in &entries {
        let start = std::env::var("SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
        let t = std::time::Instant::now();
        let events = swarm(entry, 0..start);
        println!("{}: {events} events {:?}", entry.about.id, t.elapsed());
        total += events;
    }
    assert!(total > 100_000, "{total}");
}
