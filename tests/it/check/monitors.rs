//! Each monitor accepts what keeps its property, and says who broke it otherwise.

use quorate::check::{Tally, Verdict, monitor};
use quorate::kernel::{Fact, Property};
use quorate::sim::DiskMode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, N3, Tale, appended, chosen, ms, word};

pub fn judge(property: Property, tale: &Tale) -> Verdict {
    let mut monitor = monitor(property, "term");
    for event in tale.events() {
        monitor.watch(event);
    }
    monitor.verdict()
}

pub fn holds(property: Property, tale: &Tale) {
    assert_eq!(judge(property, tale), Verdict::Holds);
}

/// Violated by this event, for this reason.
pub fn breaks(property: Property, tale: &Tale, event: u64, reason: &str) {
    match judge(property, tale) {
        Verdict::Violated { at, event: found, because } => {
            assert_eq!((found, at, because.en.as_str()), (event, ms(event), reason));
            assert!(!because.zh.is_ascii(), "{}", because.zh);
            assert!(!because.zh.contains("  "), "{}", because.zh);
        }
        other => panic!("{property:?}: {other:?}"),
    }
}

pub fn elected(era: u64) -> Fact {
    Fact::Elected { era }
}

pub fn entered(era: u64) -> Fact {
    Fact::Entered { era }
}

pub fn committed(slot: u64) -> Fact {
    Fact::Committed { slot }
}

pub fn applied(slot: u64, value: &str) -> Fact {
    Fact::Applied { slot, value: word(value) }
}

#[wasm_bindgen_test(unsupported = test)]
fn agreement() {
    let tale = Tale::new().says(N1, &[chosen(1, "A"), chosen(2, "B")]).says(N2, &[chosen(1, "A")]);
    holds(Property::Agreement, &tale);
    let tale = tale.says(N3, &[chosen(2, "C")]).says(N3, &[chosen(1, "D")]);
    let reason = "n1 learned that B is chosen for slot 2; n3 learned that C is.";
    breaks(Property::Agreement, &tale, 3, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn validity() {
    let proposed = Fact::Proposed { slot: 1, value: word("A") };
    let tale = Tale::new().says(N1, &[proposed]).says(N2, &[chosen(1, "A")]);
    holds(Property::Validity, &tale);
    let tale = tale.says(N2, &[chosen(2, "A")]);
    let reason = "n2 learned that A is chosen for slot 2, which nobody had proposed.";
    breaks(Property::Validity, &tale, 3, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn integrity() {
    let tale = Tale::new().says(N1, &[chosen(1, "A")]).crash(N1).restart(N1, &[chosen(1, "A")]);
    holds(Property::Integrity, &tale);
    let again = tale.says(N1, &[chosen(1, "A")]);
    let reason = "n1 learned twice that A is chosen for slot 1.";
    breaks(Property::Integrity, &again, 4, reason);
    let tale = Tale::new().says(N1, &[chosen(1, "A")]).crash(N1).restart(N1, &[chosen(1, "B")]);
    let reason = "n1 learned that B is chosen for slot 1, after it had learned that A is.";
    breaks(Property::Integrity, &tale, 3, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn election_safety_at_once_and_ever() {
    let one = Tale::new().says(N1, &[entered(1), elected(1)]);
    let next = one.says(N2, &[entered(2), elected(2)]);
    holds(Property::ElectionSafety, &next);
    let both = next.says(N3, &[entered(2), elected(2)]);
    breaks(Property::ElectionSafety, &both, 3, "n2 and n3 both lead term 2.");
    let stepped = Tale::new()
        .says(N2, &[entered(2), elected(2)])
        .says(N2, &[Fact::SteppedDown { era: 2 }])
        .says(N3, &[entered(2), elected(2)]);
    let reason = "n3 leads term 2, which n2 had led before.";
    breaks(Property::ElectionSafety, &stepped, 3, reason);
    let crashed = Tale::new()
        .says(N2, &[entered(2), elected(2)])
        .crash(N2)
        .says(N3, &[entered(2), elected(2)]);
    breaks(Property::ElectionSafety, &crashed, 3, reason);
    let same =
        Tale::new().says(N2, &[elected(2)]).crash(N2).restart(N2, &[]).says(N2, &[elected(2)]);
    holds(Property::ElectionSafety, &same);
}

/// A leader that adopts a later term and goes on leading was never elected in it: a monitor of
/// elections would miss it.
#[wasm_bindgen_test(unsupported = test)]
fn election_safety_over_states() {
    let tale = Tale::new().says(N1, &[entered(1), elected(1)]).says(N2, &[entered(2), elected(2)]);
    let stays = tale.says(N1, &[entered(2)]);
    breaks(Property::ElectionSafety, &stays, 3, "n2 and n1 both lead term 2.");
    let leaves = Tale::new()
        .says(N1, &[entered(1), elected(1)])
        .says(N2, &[entered(2), elected(2)])
        .says(N1, &[entered(2), Fact::SteppedDown { era: 1 }]);
    holds(Property::ElectionSafety, &leaves);
}

#[wasm_bindgen_test(unsupported = test)]
fn monotonic_eras() {
    let tale = Tale::new().says(N1, &[entered(3)]).says(N2, &[entered(1)]).says(N1, &[entered(3)]);
    holds(Property::MonotonicEras, &tale);
    let back = tale.says(N1, &[entered(2)]);
    breaks(Property::MonotonicEras, &back, 4, "n1 went back from term 3 to term 2.");
    let lost = Tale::new().says(N1, &[entered(3)]).crash(N1).restart(N1, &[entered(0)]);
    let reason = "n1 restarted in term 0: it has forgotten that it had reached term 3.";
    breaks(Property::MonotonicEras, &lost, 3, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn log_matching() {
    let tale = Tale::new()
        .says(N1, &[appended(1, 1, "a"), appended(2, 1, "b"), appended(3, 2, "c")])
        .says(N2, &[appended(1, 1, "a"), appended(2, 1, "b")]);
    holds(Property::LogMatching, &tale);
    let other = tale.says(N3, &[appended(1, 1, "x"), appended(2, 2, "b"), appended(3, 2, "c")]);
    let reason =
        "The logs of n1 and n3 both have an entry of term 1 at slot 1, but differ at slot 1.";
    breaks(Property::LogMatching, &other, 3, reason);
    let glued = Tale::new()
        .says(N1, &[appended(1, 1, "a"), appended(2, 3, "c")])
        .says(N2, &[appended(1, 2, "b"), appended(2, 3, "c")]);
    let reason =
        "The logs of n1 and n2 both have an entry of term 3 at slot 2, but differ at slot 1.";
    breaks(Property::LogMatching, &glued, 2, reason);
}

/// Only logs that exist at the same time are compared.
#[wasm_bindgen_test(unsupported = test)]
fn log_matching_is_about_states() {
    let tale = Tale::new()
        .says(N1, &[appended(1, 1, "a")])
        .says(N1, &[Fact::Truncated { from: 1 }])
        .says(N2, &[appended(1, 1, "b")])
        .says(N1, &[appended(1, 1, "b")]);
    holds(Property::LogMatching, &tale);
    // A repair that passes through a mismatch within one event has not happened.
    let tale = Tale::new()
        .says(N1, &[appended(1, 1, "a")])
        .says(N2, &[appended(1, 1, "b"), Fact::Truncated { from: 1 }, appended(1, 1, "a")]);
    holds(Property::LogMatching, &tale);
    let overwritten = Tale::new()
        .says(N1, &[appended(1, 1, "a"), appended(2, 1, "b")])
        .says(N1, &[appended(1, 2, "c")])
        .says(N2, &[appended(1, 2, "c"), appended(2, 1, "z")]);
    holds(Property::LogMatching, &overwritten);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_crash_takes_back_what_was_not_synced() {
    let conflict = |mode: DiskMode| {
        Tale::new()
            .says(N1, &[appended(1, 1, "a"), appended(2, 1, "b")])
            .disk(N1, mode)
            // Cuts into what is on disk, and goes on elsewhere.
            .says(N1, &[Fact::Truncated { from: 2 }, appended(2, 2, "c"), appended(3, 2, "d")])
            .crash(N1)
            .says(N2, &[appended(1, 1, "a"), appended(2, 2, "x")])
    };
    holds(Property::LogMatching, &conflict(DiskMode::Unsynced));
    assert!(judge(Property::LogMatching, &conflict(DiskMode::Synced)).is_violated());
    // What the disk held is back: [a, b], and conflicts with another b.
    let back = conflict(DiskMode::Unsynced).says(N3, &[appended(1, 2, "y"), appended(2, 1, "b")]);
    let reason =
        "The logs of n1 and n3 both have an entry of term 1 at slot 2, but differ at slot 1.";
    breaks(Property::LogMatching, &back, 6, reason);
    // Synced again in time, nothing is lost.
    let synced = Tale::new()
        .disk(N1, DiskMode::Unsynced)
        .says(N1, &[appended(1, 1, "a")])
        .disk(N1, DiskMode::Synced)
        .crash(N1)
        .says(N2, &[appended(1, 1, "b")]);
    assert!(judge(Property::LogMatching, &synced).is_violated());
}

#[wasm_bindgen_test(unsupported = test)]
fn leader_completeness() {
    let base = || {
        Tale::new()
            .says(N1, &[entered(1), elected(1), appended(1, 1, "a")])
            .says(N2, &[entered(1), appended(1, 1, "a")])
            .says(N1, &[committed(1)])
    };
    holds(Property::LeaderCompleteness, &base().says(N2, &[entered(2), elected(2)]));
    let lacks = base().says(N3, &[entered(2), elected(2)]);
    let reason = "n3 became leader of term 2 with a log that ends at slot 0, but slot 1 had been \
                  committed in term 1.";
    breaks(Property::LeaderCompleteness, &lacks, 4, reason);
    let other = base().says(N3, &[appended(1, 0, "z")]).says(N3, &[entered(2), elected(2)]);
    let reason = "n3 became leader of term 2 with another entry at or before slot 1 than the one \
                  committed in term 1.";
    breaks(Property::LeaderCompleteness, &other, 5, reason);
}

/// A node elected late into an earlier term owes nothing to a later one.
#[wasm_bindgen_test(unsupported = test)]
fn leader_completeness_is_about_later_leaders() {
    let tale = Tale::new()
        .says(N3, &[entered(1)])
        .says(N1, &[entered(2), elected(2), appended(1, 2, "a"), committed(1)])
        .says(N3, &[elected(1)]);
    holds(Property::LeaderCompleteness, &tale);
    let deposed = Tale::new()
        .says(N1, &[entered(1), elected(1), appended(1, 1, "a")])
        .says(N3, &[entered(2), elected(2)])
        .says(N1, &[committed(1)]);
    let reason = "n1 committed slot 1 in term 1; n3, already leader of term 2, does not have that \
                  entry.";
    breaks(Property::LeaderCompleteness, &deposed, 3, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn leader_completeness_sees_what_a_lost_disk_did() {
    let tale = |mode| {
        Tale::new()
            .disk(N2, mode)
            .says(N1, &[entered(1), elected(1), appended(1, 1, "a")])
            .says(N2, &[entered(1), appended(1, 1, "a")])
            .says(N1, &[committed(1)])
            .crash(N2)
            .restart(N2, &[entered(0)])
            .says(N2, &[entered(2), elected(2)])
    };
    holds(Property::LeaderCompleteness, &tale(DiskMode::Synced));
    assert!(judge(Property::LeaderCompleteness, &tale(DiskMode::Unsynced)).is_violated());
}

#[wasm_bindgen_test(unsupported = test)]
fn state_machine_safety() {
    let tale =
        Tale::new().says(N1, &[applied(1, "a"), applied(2, "b")]).says(N2, &[applied(1, "a")]);
    holds(Property::StateMachineSafety, &tale);
    let tale = tale.says(N2, &[applied(2, "c")]);
    let reason = "n1 applied b as command 2; n2 applied c.";
    breaks(Property::StateMachineSafety, &tale, 3, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn tallies_count_and_agree_in_number() {
    let mut monitor = monitor(Property::ElectionSafety, "term");
    assert_eq!(monitor.tally(), Some(Tally::Eras(0, "term")));
    for event in Tale::new().says(N1, &[elected(1)]).events() {
        monitor.watch(event);
    }
    let says = monitor.tally().expect("elections are counted").says();
    assert_eq!((says.en.as_str(), says.zh.as_str()), ("1 term", "1 个 term"));
    assert_eq!(Tally::Slots(2).says().en, "2 slots");
}

/// Long logs and many leaders must not cost more than their length.
#[wasm_bindgen_test(unsupported = test)]
fn monitors_keep_up_with_long_logs() {
    let mut monitors = Property::ALL.map(|property| monitor(property, "term"));
    let mut event = quorate::sim::Occurrence::default();
    let entries = 12_000_u64;
    for index in 0..entries {
        let era = 1 + index / 100;
        event.index = index + 1;
        event.facts.clear();
        for node in [N1, N2, N3] {
            event.facts.push((node, appended(index + 1, era, "v")));
        }
        event.facts.push((N1, committed(index + 1)));
        event.facts.push((N1, applied(index + 1, "v")));
        if index % 100 == 99 {
            event.facts.push((N1, Fact::SteppedDown { era }));
            event.facts.push((N2, entered(era + 1)));
            event.facts.push((N1, entered(era + 1)));
            event.facts.push((N1, elected(era + 1)));
        }
        for monitor in &mut monitors {
            monitor.watch(&event);
        }
    }
    for monitor in &monitors {
        assert!(!monitor.verdict().is_violated(), "{:?}", monitor.property());
    }
}
