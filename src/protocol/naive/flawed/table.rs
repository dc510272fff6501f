//! What the entry of the wrong variants says of itself, made of its table and of the sound entry.

use super::Mutant;
use crate::kernel::{Knob, KnobKind, Mark, Node, Text};

/// All groups of a table in one.
pub const fn joined<N: Node, const K: usize>(groups: &[&[Mutant<N>]]) -> [Mutant<N>; K] {
    let mut all = [groups[0][0]; K];
    let (mut group, mut place, mut count) = (0, 0, 0);
    while count < K {
        if place == groups[group].len() {
            (group, place) = (group + 1, 0);
            continue;
        }
        all[count] = groups[group][place];
        (place, count) = (place + 1, count + 1);
    }
    all
}

/// The words of the knob `flaw`.
pub const fn names<N: Node, const K: usize>(mutants: &[Mutant<N>; K]) -> [&'static str; K] {
    let mut names = [""; K];
    let mut at = 0;
    while at < K {
        names[at] = mutants[at].flaw.name;
        at += 1;
    }
    names
}

/// The knob `flaw`, and those of the sound protocol.
pub const fn knobs<const K: usize>(flaws: &'static [&'static str], sound: &[Knob]) -> [Knob; K] {
    let help = Text {
        en: "Which rule is left out; everything else is as it should be.",
        zh: "省略哪一条规则；其余部分都与正确的协议相同。",
    };
    let mut knobs = [Knob { name: "flaw", help, kind: KnobKind::Choice(flaws) }; K];
    let mut at = 1;
    while at < K {
        knobs[at] = sound[at - 1];
        at += 1;
    }
    knobs
}

/// The marks of the sound protocol, and one for each rule that is missing, named where it would
/// have been applied.
pub const fn marks<N: Node, const K: usize>(sound: &[Mark], mutants: &[Mutant<N>]) -> [Mark; K] {
    let mut marks = [sound[0]; K];
    let mut at = 0;
    while at < sound.len() {
        marks[at] = sound[at];
        at += 1;
    }
    while at < K {
        let flaw = &mutants[at - sound.len()].flaw;
        marks[at] = Mark { id: flaw.name, says: flaw.missing };
        at += 1;
    }
    marks
}
