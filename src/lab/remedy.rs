//! The rule that is missing where something breaks, and the same lines with the rule kept.

use std::rc::Rc;

use crate::catalog;
use crate::check::Expectation;
use crate::kernel::{Flaw, KnobKind, KnobValue, Property, Text};
use crate::script::{self, Plan, edit, value};

use super::view_model::Say;

/// A rule that is missing in the run on screen.
#[derive(Clone, PartialEq, Debug)]
pub struct RemedyView {
    /// The rule, in one sentence.
    pub rule: Say,
    /// How the text gives it up: `flaw=ignores-reports`, `backoff=off`.
    pub written: String,
    /// The entry whose code shows it.
    pub code: &'static str,
    /// Where in that code: an anchor; `None` if no anchor says so.
    pub mark: Option<&'static str>,
    /// The name of the protocol that keeps it.
    pub sound: &'static str,
    /// The same lines for that protocol; `None` if it does not understand them, since its messages
    /// are others.
    pub fixed: Option<Rc<str>>,
}

/// The rule that the run of `plan` lacks; of several, one that keeps what is `broken`.
pub(super) fn flaw(plan: &Plan, broken: &[Property]) -> Option<Flaw> {
    let lacking = |flaw: &Flaw| settings(flaw).iter().all(|it| is_so(plan, it));
    let lacks: Vec<Flaw> = plan.entry.flaws().into_iter().filter(lacking).collect();
    let apt = lacks.iter().find(|flaw| broken.contains(&flaw.breaks));
    apt.or(lacks.first()).copied()
}

/// What to show of it.
pub(super) fn remedy(plan: &Plan, text: &str, flaw: &Flaw) -> RemedyView {
    let (entry, sound) = (plan.entry.about, catalog::find(flaw.of).map(|entry| entry.about));
    // A mutant names the rule in its own code, where it leaves it out.
    let mark = entry.marks.iter().find(|mark| mark.id == flaw.name).map(|mark| mark.id);
    let code = if mark.is_some() { entry.id } else { flaw.of };
    RemedyView {
        rule: rule(flaw.missing),
        written: flaw.written(),
        code,
        mark,
        sound: sound.map_or(flaw.of, |about| about.name),
        fixed: fixed(plan, text, flaw).map(Rc::from),
    }
}

/// The rule alone: what a node does instead is told where it does it.
fn rule(missing: Text) -> Say {
    let alone = |text: &str, colon: &str, stop: &str| match text.split_once("{node}") {
        Some((before, _)) => {
            let end = before.rfind(colon).unwrap_or(before.len());
            before[..end].trim_end().to_owned() + stop
        }
        None => text.to_owned(),
    };
    Say::new(alone(missing.en, ":", "."), alone(missing.zh, "：", "。"))
}

/// Names and values that give the rule up.
fn settings(flaw: &Flaw) -> Vec<(String, String)> {
    let written = flaw.written();
    let pairs = written.split_whitespace().filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn is_so(plan: &Plan, (name, wanted): &(String, String)) -> bool {
    plan.spec.knobs.get(name).is_some_and(|it| value::show_knob(it) == *wanted)
}

/// The lines of `text` for the protocol that keeps the rule. What was expected to break is expected
/// to hold.
fn fixed(plan: &Plan, text: &str, flaw: &Flaw) -> Option<String> {
    let head = plan.head_line;
    let mut fixed = text.to_owned();
    for (name, wanted) in settings(flaw) {
        fixed = edit::remove_word(&fixed, head, &name);
        // Where the rule is off unless somebody switches it on.
        let knobs = plan.entry.about.knobs;
        let knob = knobs.iter().find(|it| it.name == name && plan.entry.about.id == flaw.of);
        if let Some(knob) = knob.filter(|it| value::show_knob(it.default_value()) == wanted)
            && let (KnobKind::Switch { .. }, KnobValue::Switch(on)) =
                (knob.kind, knob.default_value())
        {
            fixed = edit::set_word(&fixed, head, &name, if on { "off" } else { "on" });
        }
    }
    if plan.entry.about.id != flaw.of {
        fixed = edit::set_word(&fixed, head, "entry", flaw.of);
    }
    for expected in &plan.expects {
        let to_break = expected.broken || matches!(expected.expectation, Expectation::Broken(_));
        if to_break {
            fixed = edit::remove_word(&fixed, expected.line, "broken");
        }
    }
    let sound = script::plan(&fixed).ok()?;
    let kept = sound.entry.about.id == flaw.of
        && self::flaw(&sound, &[]).is_none_or(|it| it.id != flaw.id);
    kept.then_some(fixed)
}
