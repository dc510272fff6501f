//! Raft with one rule left out: which one, says the knob `flaw`.
//!
//! Each variant is a [`Fault`] of a few lines around the handlers of the sound
//! [`Raft`], which does not know of it.

mod commitment;
mod conflicts;
mod elections;
mod members;
mod replication;
mod storage;
mod winners;

use super::flawed::{Fault, Flawed, Mutant, Specimen, joined, knobs, marks, names, perform};
use crate::kernel::{About, Cite, Family, Flaw, Knob, Mark, Node, Property, Text, breaks};
use crate::protocol::raft::Raft;

/// A server that lacks a rule.
pub type FlawedRaft = Flawed<Raft>;

const SOUND: About = Raft::ABOUT;

const COUNT: usize = elections::MUTANTS.len()
    + winners::MUTANTS.len()
    + storage::MUTANTS.len()
    + replication::MUTANTS.len()
    + conflicts::MUTANTS.len()
    + commitment::MUTANTS.len()
    + members::MUTANTS.len();
const MUTANTS: [Mutant<Raft>; COUNT] = joined(&[
    &elections::MUTANTS,
    &winners::MUTANTS,
    &storage::MUTANTS,
    &replication::MUTANTS,
    &conflicts::MUTANTS,
    &commitment::MUTANTS,
    &members::MUTANTS,
]);
const NAMES: [&str; COUNT] = names(&MUTANTS);
const KNOBS: [Knob; SOUND.knobs.len() + 1] = knobs(&NAMES, SOUND.knobs);
const MARKS: [Mark; SOUND.marks.len() + COUNT] = marks(SOUND.marks, &MUTANTS);

/// A rule of the paper at `place` that is missing.
const fn flaw(id: &'static str, name: &'static str, breaks: Property, place: &'static str) -> Flaw {
    Flaw::new("raft", id, name, breaks, Cite { key: "ongaro14", place })
}

impl Specimen for Raft {
    const MUTANTS: &'static [Mutant<Raft>] = &MUTANTS;
    const WRONG: About = About {
        id: "flawed-raft",
        name: "Raft with a rule missing",
        family: Family::Naive,
        summary: Text {
            en: "Raft as it should be, but for one rule that is left out on purpose; each rule \
                 has a schedule that shows what it is there for.",
            zh: "除了故意省略的一条规则之外与 Raft 完全相同；每条规则都有一个调度，说明它为什么不可缺少。",
        },
        era: SOUND.era,
        cites: SOUND.cites,
        knobs: &KNOBS,
        claims: &[
            breaks(Property::LeaderCompleteness, 2000, "flaw=votes-for-any-log nodes=3"),
            breaks(Property::LeaderCompleteness, 2000, "flaw=votes-by-term nodes=3"),
            breaks(Property::LeaderCompleteness, 2000, "flaw=acknowledges-too-soon nodes=3"),
            breaks(Property::LeaderCompleteness, 2000, "flaw=forgets-its-log nodes=3"),
            breaks(Property::LeaderCompleteness, 2000, "flaw=comes-back-empty nodes=3"),
            breaks(Property::LeaderCompleteness, 5000, "flaw=always-truncates nodes=3"),
            breaks(Property::LeaderCompleteness, 2000, "flaw=half-commits nodes=3"),
            breaks(Property::Linearizability, 2000, "flaw=reads-without-asking nodes=3"),
            breaks(Property::ElectionSafety, 5000, "flaw=half-elects nodes=4"),
        ],
        marks: &MARKS,
        faces: SOUND.faces,
        source: crate::kernel::listing!(
            "elections.rs",
            "winners.rs",
            "storage.rs",
            "replication.rs",
            "conflicts.rs",
            "commitment.rs",
            "members.rs",
            "../flawed/mod.rs",
            "../../raft/mod.rs",
            "../../raft/election.rs",
            "../../raft/replication.rs",
            "../../raft/client.rs",
            "../../raft/log.rs",
            "../../raft/prevote.rs",
            "../../raft/transfer.rs",
            "../../raft/config.rs",
            "../../raft/membership.rs",
            "../../raft/snapshot.rs",
            "../../raft/reads.rs",
            "../../raft/progress.rs",
        ),
    };
}
