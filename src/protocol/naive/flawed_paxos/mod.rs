//! Paxos with one rule left out: which one, says the knob `flaw`.
//!
//! Each variant is a [`Fault`] of a few lines around the handlers of the sound
//! [`Paxos`], which does not know of it.

mod acceptors;
mod proposers;

use super::flawed::{Fault, Flawed, Mutant, Specimen, joined, knobs, marks, names};
use crate::kernel::{About, Cite, Family, Flaw, Knob, Mark, Node, Property, Text, breaks};
use crate::protocol::paxos::Paxos;

/// A node that lacks a rule.
pub type FlawedPaxos = Flawed<Paxos>;

const SOUND: About = Paxos::ABOUT;

const COUNT: usize = acceptors::MUTANTS.len() + proposers::MUTANTS.len();
const MUTANTS: [Mutant<Paxos>; COUNT] = joined(&[&acceptors::MUTANTS, &proposers::MUTANTS]);
const NAMES: [&str; COUNT] = names(&MUTANTS);
const KNOBS: [Knob; SOUND.knobs.len() + 1] = knobs(&NAMES, SOUND.knobs);
const MARKS: [Mark; SOUND.marks.len() + COUNT] = marks(SOUND.marks, &MUTANTS);

/// A rule of the paper at `place` without which two values are chosen.
const fn flaw(id: &'static str, name: &'static str, place: &'static str) -> Flaw {
    Flaw::new("paxos", id, name, Property::Agreement, Cite { key: "lamport01", place })
}

impl Specimen for Paxos {
    const MUTANTS: &'static [Mutant<Paxos>] = &MUTANTS;
    const WRONG: About = About {
        id: "flawed-paxos",
        name: "Paxos with a rule missing",
        family: Family::Naive,
        summary: Text {
            en: "Paxos as it should be, but for one rule that is left out on purpose; each rule \
                 has a schedule that chooses two values without it.",
            zh: "除了故意省略的一条规则之外与 Paxos 完全相同；缺了任何一条，都有一个调度会选出两个值。",
        },
        era: SOUND.era,
        cites: SOUND.cites,
        knobs: &KNOBS,
        claims: &[
            breaks(Property::Agreement, 1000, "flaw=ignores-reports nodes=3"),
            breaks(Property::Agreement, 1000, "flaw=asks-nobody nodes=3"),
            breaks(Property::Agreement, 1000, "flaw=half-is-enough nodes=3"),
            breaks(Property::Agreement, 10000, "flaw=loses-its-vote nodes=3"),
        ],
        marks: &MARKS,
        faces: SOUND.faces,
        source: crate::kernel::listing!(
            "acceptors.rs",
            "proposers.rs",
            "../flawed/mod.rs",
            "../../paxos/mod.rs",
            "../../paxos/proposer.rs",
            "../../paxos/acceptor.rs",
            "../../paxos/learner.rs",
        ),
    };
}
