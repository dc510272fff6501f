//! Monitors of how nodes behave: logs, votes, commitments, transactions, broadcasts.

use quorate::kernel::{Fact, Property};
use quorate::sim::DiskMode;
use wasm_bindgen_test::wasm_bindgen_test;

use super::monitors::{applied, breaks, committed, elected, entered, holds, judge};
use super::{N1, N2, N3, Tale, appended, word};

#[wasm_bindgen_test(unsupported = test)]
fn leaders_only_append() {
    let led = Tale::new()
        .says(N1, &[entered(1), elected(1), appended(1, 1, "a"), appended(2, 1, "b")])
        .says(N2, &[appended(1, 1, "a"), Fact::Truncated { from: 1 }]);
    holds(Property::LeaderAppendOnly, &led);
    let tale = || {
        Tale::new().says(N1, &[entered(1), elected(1), appended(1, 1, "a"), appended(2, 1, "b")])
    };
    let reason = "n1, leader of term 1, gave up slot 2 of its own log.";
    let cut = tale().says(N1, &[Fact::Truncated { from: 2 }]);
    breaks(Property::LeaderAppendOnly, &cut, 2, reason);
    let over = tale().says(N1, &[appended(2, 1, "c")]);
    breaks(Property::LeaderAppendOnly, &over, 2, reason);
    // Said again it is the same log; and who has stepped down may cut.
    holds(Property::LeaderAppendOnly, &tale().says(N1, &[appended(2, 1, "b")]));
    let stepped = tale().says(N1, &[Fact::SteppedDown { era: 1 }, Fact::Truncated { from: 1 }]);
    holds(Property::LeaderAppendOnly, &stepped);
    let crashed = tale().crash(N1).restart(N1, &[Fact::Truncated { from: 1 }]);
    holds(Property::LeaderAppendOnly, &crashed);
    // A leader that went on into the next term still leads.
    let later = tale().says(N1, &[entered(2)]).says(N1, &[Fact::Truncated { from: 1 }]);
    assert!(judge(Property::LeaderAppendOnly, &later).is_violated());
}

#[wasm_bindgen_test(unsupported = test)]
fn one_vote() {
    let voted = |era, candidate| Fact::Voted { era, candidate };
    let tale = Tale::new()
        .says(N1, &[voted(1, N1)])
        .says(N2, &[voted(1, N1)])
        .says(N2, &[voted(2, N3)])
        .crash(N2)
        .restart(N2, &[voted(2, N3)]);
    holds(Property::OneVote, &tale);
    let twice = tale.says(N2, &[voted(2, N1)]);
    breaks(Property::OneVote, &twice, 6, "n2 voted for n3 and for n1 in term 2.");
}

#[wasm_bindgen_test(unsupported = test)]
fn monotonic_commits() {
    let tale = || {
        Tale::new()
            .says(N1, &[appended(1, 1, "a"), appended(2, 1, "b"), committed(1)])
            .says(N1, &[committed(2)])
            .says(N1, &[committed(2)])
    };
    holds(Property::MonotonicCommits, &tale());
    let reason = "n1 knew slot 2 to be committed, and now slot 1.";
    breaks(Property::MonotonicCommits, &tale().says(N1, &[committed(1)]), 4, reason);
    holds(Property::MonotonicCommits, &tale().crash(N1).restart(N1, &[committed(1)]));
    let reason = "n1 committed slot 3, but its log ends at slot 2.";
    breaks(Property::MonotonicCommits, &tale().says(N1, &[committed(3)]), 4, reason);
    // The entry may come in the same event; and where nobody states a log there is none.
    let both = tale().says(N1, &[committed(3), appended(3, 1, "c")]);
    holds(Property::MonotonicCommits, &both);
    holds(Property::MonotonicCommits, &Tale::new().says(N1, &[committed(7)]));
    let lost = Tale::new()
        .disk(N1, DiskMode::Unsynced)
        .says(N1, &[appended(1, 1, "a")])
        .crash(N1)
        .restart(N1, &[committed(1)])
        .says(N2, &[appended(1, 1, "a")])
        .says(N1, &[committed(1)]);
    let reason = "n1 committed slot 1, but its log ends at slot 0.";
    breaks(Property::MonotonicCommits, &lost, 6, reason);
}

fn prepared(txn: u64, yes: bool) -> Fact {
    Fact::Prepared { txn, yes }
}

fn resolved(txn: u64, commit: bool) -> Fact {
    Fact::Resolved { txn, commit }
}

#[wasm_bindgen_test(unsupported = test)]
fn atomic_commit() {
    let tale = || Tale::new().says(N1, &[prepared(1, true)]).says(N2, &[prepared(1, true)]);
    let all = tale().says(N1, &[resolved(1, true)]).says(N2, &[resolved(1, true)]);
    holds(Property::AtomicCommit, &all);
    // Another transaction is another matter, and all yes is no reason to commit.
    let other = all.says(N1, &[prepared(2, true), resolved(2, false)]);
    holds(Property::AtomicCommit, &other);
    let split = tale().says(N1, &[resolved(1, true)]).says(N2, &[resolved(1, false)]);
    breaks(Property::AtomicCommit, &split, 4, "n1 committed transaction 1; n2 aborted it.");
    let split = tale().says(N2, &[resolved(1, false)]).says(N1, &[resolved(1, true)]);
    breaks(Property::AtomicCommit, &split, 4, "n1 committed transaction 1; n2 aborted it.");
    let no = Tale::new().says(N2, &[prepared(1, false)]).says(N1, &[resolved(1, true)]);
    let reason = "n1 committed transaction 1, to which n2 voted no.";
    breaks(Property::AtomicCommit, &no, 2, reason);
    // The vote may come too late for a hasty commit.
    let late = Tale::new().says(N1, &[resolved(1, true)]).says(N2, &[prepared(1, false)]);
    breaks(Property::AtomicCommit, &late, 2, reason);
    let back = tale().crash(N2).restart(N2, &[prepared(1, false)]);
    breaks(Property::AtomicCommit, &back, 4, "n2 took back its yes to transaction 1.");
}

fn proposed(slot: u64, value: &str) -> Fact {
    Fact::Proposed { slot, value: word(value) }
}

/// Two leaders; the first broadcasts a and b, the second c.
fn broadcasts() -> Tale {
    Tale::new()
        .says(N1, &[entered(1), elected(1), proposed(1, "a"), appended(1, 1, "a")])
        .says(N1, &[proposed(2, "b"), appended(2, 1, "b"), applied(1, "a"), applied(2, "b")])
        .says(N2, &[appended(1, 1, "a"), appended(2, 1, "b"), applied(1, "a"), applied(2, "b")])
        .says(N2, &[entered(2), elected(2), proposed(3, "c"), appended(3, 2, "c")])
}

#[wasm_bindgen_test(unsupported = test)]
fn primary_order() {
    let tale = broadcasts()
        .says(N2, &[applied(3, "c")])
        .says(N3, &[appended(1, 1, "a"), appended(2, 1, "b"), appended(3, 2, "c")]);
    let good = tale.says(N3, &[applied(1, "a"), applied(2, "b"), applied(3, "c")]);
    holds(Property::PrimaryOrder, &good);
    // A restarted machine begins anew, or where its snapshot ends.
    let again = good.crash(N3).restart(N3, &[applied(1, "a"), applied(2, "b")]);
    holds(Property::PrimaryOrder, &again);
    holds(Property::PrimaryOrder, &again.crash(N3).restart(N3, &[applied(3, "c")]));
    // b without a.
    let gap = broadcasts().says(N3, &[appended(2, 1, "b"), applied(1, "b")]);
    let reason = "n3 delivered slot 2 of term 1 without slot 1, which its leader had broadcast \
                  before.";
    breaks(Property::PrimaryOrder, &gap, 5, reason);
    // An entry of an earlier term behind one of a later.
    let back = broadcasts()
        .says(N3, &[appended(1, 2, "c"), appended(2, 1, "b"), applied(1, "c"), applied(2, "b")]);
    let reason = "n3 delivered slot 2 of term 1 after slot 1 of term 2.";
    breaks(Property::PrimaryOrder, &back, 5, reason);
}

#[wasm_bindgen_test(unsupported = test)]
fn primary_integrity() {
    holds(
        Property::PrimaryIntegrity,
        &broadcasts().says(N3, &[appended(1, 1, "a"), applied(1, "a")]),
    );
    // The second leader has not delivered b when it begins; then somebody delivers b.
    let hasty = || {
        Tale::new()
            .says(N1, &[entered(1), elected(1), proposed(1, "a"), appended(1, 1, "a")])
            .says(N1, &[proposed(2, "b"), appended(2, 1, "b"), applied(1, "a")])
            .says(N2, &[appended(1, 1, "a"), appended(2, 1, "b"), applied(1, "a")])
            .says(N2, &[entered(2), elected(2), proposed(3, "c"), appended(3, 2, "c")])
    };
    holds(Property::PrimaryIntegrity, &hasty());
    let reason = "n2 broadcast in term 2 before it had delivered slot 2 of term 1, which n1 \
                  delivered.";
    breaks(Property::PrimaryIntegrity, &hasty().says(N1, &[applied(2, "b")]), 5, reason);
    // Or somebody had before.
    let known = Tale::new()
        .says(N1, &[entered(1), elected(1), proposed(1, "a"), appended(1, 1, "a"), applied(1, "a")])
        .says(N2, &[appended(1, 1, "a"), entered(2), elected(2), proposed(2, "c")]);
    let reason = "n2 broadcast in term 2 before it had delivered slot 1 of term 1, which n1 \
                  delivered.";
    breaks(Property::PrimaryIntegrity, &known, 2, reason);
}
