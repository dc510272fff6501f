//! Monitors on real runs: sound under faults that are allowed, alarmed by one that is not.

use std::rc::Rc;

use quorate::catalog;
use quorate::check::consistency::{Explained, Kind, Model, calls, explain};
use quorate::check::swarm::{judge, trial};
use quorate::check::{Examiner, Questions, monitor};
use quorate::kernel::{KnobValue, Property, SimTime, Span};
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

/// The verdict on the way and the verdict on the whole are found in two ways; on real runs, good
/// and bad, they agree.
#[wasm_bindgen_test(unsupported = test)]
fn what_is_followed_agrees_with_what_is_searched() {
    let zab = catalog::find("zab").expect("zab is an entry");
    let mut found = [0, 0];
    for seed in 0..240 {
        let mut trial = trial(zab.about, seed);
        trial.spec.knobs.set("sync", KnobValue::Switch(seed % 3 == 0));
        let mut cluster = zab.build(Rc::new(trial.spec.clone())).expect("nothing is given");
        let mut examiner = Examiner::new(&Questions::default());
        let mut monitor = monitor(Property::Linearizability, "");
        for _ in 0..6_000 {
            examiner.watch(cluster.last());
            monitor.watch(cluster.last());
            if !cluster.step() {
                break;
            }
        }
        let known: Vec<_> =
            calls(examiner.history().operations(), u64::MAX).into_iter().map(|it| it.1).collect();
        let whole = explain(Kind::Any, Model::Linearizable, &known, &mut 5_000_000);
        let broken = monitor.verdict().is_violated();
        assert_eq!(matches!(whole, Explained::Impossible(_)), broken, "seed {seed}");
        found[usize::from(broken)] += 1;
    }
    assert!(found.iter().all(|count| *count > 3), "{found:?} good and bad");
}
