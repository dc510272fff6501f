//! The logs of all nodes beside each other, and what the disks of crashed ones hold.

use quorate::kernel::{SimTime, Span};
use quorate::lab::{Action, EntryState, Lab, LogView};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::time::opened;

#[wasm_bindgen_test(unsupported = test)]
fn logs_stand_side_by_side_and_tell_what_conflicts() {
    let text = "cluster raft nodes=5 seed=7\nclients 1 every=100ms\n\
                at 1s partition n1 n2 | n3 n4 n5\nrun 3s\n";
    let mut lab = opened(text);
    lab.update(Action::End);
    assert!(lab.view().logs.is_none(), "off until it is wanted");
    lab.update(Action::Logs(true));
    let view = lab.view();
    let logs = view.logs.as_ref().expect("wanted");
    assert_eq!(logs.rows.len(), 5);
    let (first, last) = logs.span.expect("entries");
    assert_eq!(first, 1);
    for row in &logs.rows {
        for entry in &row.entries {
            assert!((first..=last).contains(&entry.slot));
            let committed = entry.slot <= row.commit;
            assert_eq!(entry.state == EntryState::Committed, committed, "{entry:?} of {row:?}");
        }
    }
    let conflicts = logs.rows.iter().flat_map(|row| &row.entries);
    assert_eq!(conflicts.filter(|it| it.state == EntryState::Conflicting).count(), logs.conflicts);
}

#[wasm_bindgen_test(unsupported = test)]
fn entries_without_a_majority_conflict_with_those_that_have_one() {
    let text = "cluster raft nodes=5 seed=7\nclients 1 every=100ms\nat 1s isolate leader\n\
                at 1.02s request put x=9 via n1\nrun 4s\n";
    // Whichever leads: ask each, so that the cut-off leader appends something of its own.
    let mut found = false;
    for node in 1..=5 {
        let text = text.replace("via n1", &format!("via n{node}"));
        let mut lab = opened(&text);
        lab.update(Action::Logs(true));
        lab.update(Action::End);
        let view = lab.view();
        let logs = view.logs.as_ref().expect("wanted");
        found |= logs.conflicts > 0;
    }
    assert!(found, "an uncommitted entry of an old term stands against a committed one");
}

#[wasm_bindgen_test(unsupported = test)]
fn ninety_nine_nodes_all_show_their_logs() {
    let text = "cluster raft nodes=99 seed=3\nclients 1 every=500ms\nrun 2s\n";
    let mut lab = opened(text);
    lab.update(Action::Logs(true));
    lab.update(Action::End);
    let view = lab.view();
    let logs = view.logs.as_ref().expect("wanted");
    assert_eq!(logs.rows.len(), 99);
    assert!(logs.rows.iter().filter(|row| !row.entries.is_empty()).count() > 50);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_crashed_node_tells_what_its_disk_holds_and_looking_changes_nothing() {
    let text = "cluster raft nodes=3 seed=7\nclients 1 every=50ms\nat 1s crash n1\n\
                at 1500ms restart n1\nrun 2s\n";
    let digest = |looks: bool| {
        let mut lab = opened(text);
        lab.update(Action::Logs(looks));
        lab.update(Action::Seek(SimTime::ZERO + Span::millis(999)));
        let log = |lab: &mut Lab| {
            let view = lab.view();
            view.logs.as_ref().map(|logs| logs.rows[0].clone())
        };
        let before = log(&mut lab);
        lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_200)));
        let after = log(&mut lab);
        assert_eq!(before.is_some(), looks);
        if let (Some(before), Some(after)) = (before, after) {
            assert!(!before.crashed && after.crashed);
            let told = |row: &LogView| -> Vec<(u64, u64, String)> {
                row.entries.iter().map(|it| (it.slot, it.era, it.value.to_string())).collect()
            };
            assert!(told(&before).len() > 3);
            assert_eq!(told(&before)[..], told(&after)[..told(&before).len()]);
            assert_eq!(after.commit, 0, "what is committed is not on disk");
        }
        lab.update(Action::End);
        lab.view().digest.clone()
    };
    assert_eq!(digest(true), digest(false));
}
