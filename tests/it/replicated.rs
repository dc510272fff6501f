//! Multi-Paxos and Zab under settings that the swarm leaves alone: the same random recipes.

use std::rc::Rc;

use quorate::catalog;
use quorate::check::swarm::{Outcome, Trial, judge, trial};
use quorate::kernel::{Change, KnobKind, KnobValue, NodeId, Op, SimTime, Span};
use quorate::sim::Input;
use wasm_bindgen_test::wasm_bindgen_test;

/// The recipe of `seed` under settings as written after the entry's name.
fn recipe(entry: &str, with: &str, seed: u64) -> Trial {
    let about = catalog::find(entry).expect("an entry of the gallery").about;
    let mut trial = trial(about, seed);
    for (name, value) in with.split_whitespace().filter_map(|word| word.split_once('=')) {
        let knob = about.knobs.iter().find(|knob| knob.name == name).expect("a declared knob");
        let value = match knob.kind {
            KnobKind::Switch { .. } => KnobValue::Switch(value == "on"),
            KnobKind::Choice(words) => {
                let word = words.iter().find(|word| **word == value);
                KnobValue::Choice(word.expect("a declared word"))
            }
            KnobKind::Count { .. } => KnobValue::Count(value.parse().expect("a number")),
            KnobKind::Length { .. } | KnobKind::Range { .. } | KnobKind::Share { .. } => {
                panic!("no test sets `{name}`")
            }
        };
        trial.spec.knobs.set(knob.name, value);
    }
    trial
}

fn run(trial: &Trial) -> Outcome {
    let entry = catalog::find(trial.entry).expect("an entry of the gallery");
    let cluster = entry.build(Rc::new(trial.spec.clone())).expect("there are no given lines");
    judge(trial, cluster)
}

/// Nothing unsafe, and everything answered once the trouble is over.
fn passes(trial: &Trial, with: &str) {
    if let Some(complaint) = run(trial).complaint {
        panic!("{complaint}\nrecipe: {trial} {with}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn multi_paxos_survives_the_swarm_under_other_settings() {
    for with in ["learn=all alpha=1", "q2=1", "q1=1", "quorum=grid rows=2", "batch=1 alpha=3"] {
        for seed in 0..20 {
            passes(&recipe("multi-paxos", with, 500 + seed), with);
        }
    }
}

/// Clocks that are set, or drift by more than the bound, are outside of what a lease can bear.
fn with_honest_clocks(trial: &mut Trial) {
    trial.spec.inputs.retain(|(_, input)| !matches!(input, Input::Skew(..) | Input::Drift(..)));
}

#[wasm_bindgen_test(unsupported = test)]
fn multi_paxos_with_leases_survives_the_swarm_while_clocks_are_honest() {
    for seed in 0..60 {
        let mut trial = recipe("multi-paxos", "lease=on", seed);
        with_honest_clocks(&mut trial);
        passes(&trial, "lease=on");
    }
}

/// Members come and go all the time, the leader among them, and the first ones stay in the end.
#[wasm_bindgen_test(unsupported = test)]
fn multi_paxos_survives_the_swarm_while_members_change() {
    for seed in 0..40 {
        let with = ["alpha=1", "alpha=4", "alpha=16 learn=all"][seed as usize % 3];
        let mut trial = recipe("multi-paxos", with, seed);
        let nodes = trial.spec.nodes;
        let ask = |at: SimTime, change| {
            (at, Input::Request { op: Op::Change(change), via: None, client: None })
        };
        let mut at = SimTime::ZERO + Span::millis(400);
        for round in 0..8 {
            let node = NodeId((seed as u32 * 5 + round * 3) % nodes);
            let change = [Change::Remove, Change::Learner, Change::Transfer][round as usize % 3];
            trial.spec.inputs.push(ask(at, change(node)));
            trial.spec.inputs.push(ask(at + Span::millis(120), Change::Add(node)));
            at += Span::millis(350);
        }
        for node in 0..nodes {
            trial.spec.inputs.push(ask(trial.healed, Change::Add(NodeId(node))));
        }
        trial.spec.inputs.sort_by_key(|(at, _)| *at);
        passes(&trial, with);
    }
}

/// The promise that is not made: quorums that miss each other, under the very same recipes.
#[wasm_bindgen_test(unsupported = test)]
fn quorums_that_do_not_meet_are_caught_by_the_swarm() {
    let caught = (0..40).filter(|&seed| {
        let complaint = run(&recipe("multi-paxos", "q1=1 q2=1", seed)).complaint;
        complaint.is_some_and(|because| because.en.contains("Agreement broke"))
    });
    assert!(caught.count() >= 10);
}
