//! Two-phase commit with one rule left out: which one, says the knob `flaw`.
//!
//! Each variant is a [`Fault`] of a few lines around the handlers of the sound
//! [`TwoPhaseCommit`], which does not know of it.
//!
//! [`Fault`]: super::flawed::Fault

mod rules;

use super::flawed::{Flawed, Mutant, Specimen, knobs, marks, names};
use crate::kernel::{About, Cite, Family, Flaw, Knob, Mark, Node, Property, Text, breaks};
use crate::protocol::two_phase_commit::TwoPhaseCommit;
use rules::MUTANTS;

/// A node that lacks a rule.
pub type FlawedTwoPhaseCommit = Flawed<TwoPhaseCommit>;

const SOUND: About = TwoPhaseCommit::ABOUT;

const COUNT: usize = MUTANTS.len();
const NAMES: [&str; COUNT] = names(&MUTANTS);
const KNOBS: [Knob; SOUND.knobs.len() + 1] = knobs(&NAMES, SOUND.knobs);
const MARKS: [Mark; SOUND.marks.len() + COUNT] = marks(SOUND.marks, &MUTANTS);

/// A rule of the book at `place` without which a transaction may end in two ways.
const fn flaw(id: &'static str, name: &'static str, place: &'static str) -> Flaw {
    let cite = Cite { key: "bernstein87", place };
    Flaw::new("two-phase-commit", id, name, Property::AtomicCommit, cite)
}

impl Specimen for TwoPhaseCommit {
    const MUTANTS: &'static [Mutant<TwoPhaseCommit>] = &MUTANTS;
    const WRONG: About = About {
        id: "flawed-two-phase-commit",
        name: "Two-phase commit with a rule missing",
        family: Family::Naive,
        summary: Text {
            en: "Two-phase commit as it should be, but for one rule that is left out on purpose: \
                 some participants commit what others abort.",
            zh: "除了故意省略的一条规则之外与两阶段提交完全相同：有的参与者提交了别人中止的事务。",
        },
        era: SOUND.era,
        cites: SOUND.cites,
        knobs: &KNOBS,
        claims: &[
            breaks(Property::AtomicCommit, 2000, "flaw=commits-on-its-own nodes=3"),
            breaks(Property::AtomicCommit, 2000, "flaw=gives-up-in-doubt nodes=3"),
        ],
        marks: &MARKS,
        faces: SOUND.faces,
        source: crate::kernel::listing!(
            "rules.rs",
            "../flawed/mod.rs",
            "../../two_phase_commit/mod.rs",
            "../../two_phase_commit/coordinator.rs",
            "../../two_phase_commit/participant.rs",
        ),
    };
}
