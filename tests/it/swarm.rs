//! Random recipes over every sound entry: nothing unsafe under faults, and progress after them.

use std::ops::Range;
use std::rc::Rc;

use quorate::catalog::{self, Entry};
use quorate::check::swarm::{judge, trial};
use quorate::kernel::Family;
use wasm_bindgen_test::wasm_bindgen_test;

/// Entries that are meant to be right.
fn sound() -> Vec<Entry> {
    let mut entries = catalog::entries();
    let sound = |family| matches!(family, Family::Consensus | Family::Storage);
    entries.retain(|entry| sound(entry.about.family));
    assert!(!entries.is_empty());
    entries
}

/// Runs the seeds and returns the number of events.
fn swarm(entry: &Entry, seeds: Range<u64>) -> u64 {
    let mut events = 0;
    for seed in seeds {
        let trial = trial(entry.about, seed);
        let cluster = entry.build(Rc::new(trial.spec.clone())).expect("there are no given lines");
        let outcome = judge(&trial, cluster);
        events += outcome.events;
        if let Some(complaint) = outcome.complaint {
            panic!("{complaint}\nrecipe: {trial}");
        }
    }
    events
}

/// How many seeds per entry: `SEEDS=5000` for a night.
fn seeds(usual: u64) -> u64 {
    #[cfg(not(target_arch = "wasm32"))]
    if let Some(count) = std::env::var("SEEDS").ok().and_then(|text| text.parse().ok()) {
        return count;
    }
    usual
}

// Two halves, so that two cores can work on them.

#[wasm_bindgen_test(unsupported = test)]
fn sound_entries_survive_one_half_of_the_swarm() {
    half(0);
}

#[wasm_bindgen_test(unsupported = test)]
fn sound_entries_survive_the_other_half_of_the_swarm() {
    half(1);
}

fn half(which: u64) {
    const USUAL: u64 = 90;
    let each = seeds(USUAL);
    let mut total = 0;
    for entry in sound() {
        let events = swarm(&entry, which * each..(which + 1) * each);
        println!("{}: {events} events from {each} seeds", entry.about.id);
        total += events;
    }
    // Half a million each: a swarm that has become quiet proves nothing.
    assert!(each < USUAL || total >= 500_000, "{total} events");
}
