//! Monitors on real runs: sound under faults that are allowed, alarmed by one that is not.

use std::rc::Rc;

use quorate::catalog;
use quorate::check::swarm::{judge, trial};
use quorate::kernel::{Property, SimTime, Span};
use quorate::sim::{DiskMode, Input, Target};
use wasm_bindgen_test::wasm_bindgen_test;

/// A disk that forgets is outside of what Raft can bear: the swarm has to find that out.
#[wasm_bindgen_test(unsupported = test)]
fn lost_disks_break_what_raft_promises() {
    let raft = catalog::find("raft").expect("raft is an entry");
    let mut broken = Vec::new();
    for seed in 0..60 {
        let mut trial = trial(raft.about, seed);
        let forget = Input::Disk(Target::All, DiskMode::Unsynced);
        trial.spec.inputs.insert(0, (SimTime::ZERO, forget));
        // All at once, so that nobody is left who remembers.
        for round in 1..8 {
            let at = SimTime::ZERO + Span::millis(700 * round);
            trial.spec.inputs.push((at, Input::Crash(Target::Any)));
            trial.spec.inputs.push((at + Span::millis(30), Input::Restart(Target::All)));
        }
        let cluster = raft.build(Rc::new(trial.spec.clone())).expect("there are no given lines");
        if let Some(because) = judge(&trial, cluster).complaint {
            broken.push(because.en);
        }
    }
    for property in [Property::MonotonicEras, Property::LeaderCompleteness] {
        let name = format!("{property:?} broke");
        assert!(broken.iter().any(|it| it.starts_with(&name)), "{property:?}: {broken:?}");
    }
}
