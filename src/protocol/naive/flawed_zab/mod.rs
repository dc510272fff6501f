//! Zab with one rule left out: which one, says the knob `flaw`.
//!
//! Each variant is a [`Fault`] of a few lines around the handlers of the sound
//! [`Zab`], which does not know of it.
//!
//! [`Fault`]: super::flawed::Fault

mod rules;

use super::flawed::{Flawed, Mutant, Specimen, knobs, marks, names};
use crate::kernel::{About, Cite, Family, Flaw, Knob, Mark, Node, Property, Text};
use crate::protocol::zab::Zab;
use rules::MUTANTS;

/// A server that lacks a rule.
pub type FlawedZab = Flawed<Zab>;

const SOUND: About = Zab::ABOUT;

const COUNT: usize = MUTANTS.len();
const NAMES: [&str; COUNT] = names(&MUTANTS);
const KNOBS: [Knob; SOUND.knobs.len() + 1] = knobs(&NAMES, SOUND.knobs);
const MARKS: [Mark; SOUND.marks.len() + COUNT] = marks(SOUND.marks, &MUTANTS);

/// A rule of the protocol that is missing.
const fn flaw(id: &'static str, name: &'static str, breaks: Property, cite: Cite) -> Flaw {
    Flaw::new("zab", id, name, breaks, cite)
}

impl Specimen for Zab {
    const MUTANTS: &'static [Mutant<Zab>] = &MUTANTS;
    const WRONG: About = About {
        id: "flawed-zab",
        name: "Zab with a rule missing",
        family: Family::Naive,
        summary: Text {
            en: "Zab as it should be, but for one rule that is left out on purpose, as mistakes \
                 found in ZooKeeper did.",
            zh: "除了故意省略的一条规则之外与 Zab 完全相同，类似 ZooKeeper 中真实出现过的错误。",
        },
        era: SOUND.era,
        cites: SOUND.cites,
        knobs: &KNOBS,
        claims: &[],
        marks: &MARKS,
        faces: SOUND.faces,
        source: crate::kernel::listing!(
            "rules.rs",
            "../flawed/mod.rs",
            "../../zab/mod.rs",
            "../../zab/broadcast.rs",
            "../../zab/election.rs",
            "../../zab/discovery.rs",
            "../../zab/sync.rs",
            "../../zab/client.rs",
            "../../zab/history.rs",
        ),
    };
}
