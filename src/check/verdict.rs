//! Three answers to "does it hold?", each with its reason.

use std::fmt;

use crate::kernel::SimTime;
use crate::sim::Occurrence;

use super::history::Moment;

/// A reason in both languages of the screen: who did what, with names and numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Because {
    /// English.
    pub en: String,
    /// 中文.
    pub zh: String,
}

impl Because {
    /// A reason.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Because {
        Because { en: en.into(), zh: zh.into() }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.en)
    }
}

/// What a judgement comes to. Not knowing is an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It holds, as far as the run has come.
    Holds,
    /// It does not.
    Violated {
        /// When it broke.
        at: SimTime,
        /// The event that broke it; the last one before a deadline that passed.
        event: u64,
        /// How.
        because: Because,
    },
    /// Nobody can tell yet.
    Undecided {
        /// Why not.
        because: Because,
    },
}

impl Verdict {
    /// True for [`Verdict::Holds`].
    pub fn holds(&self) -> bool {
        matches!(self, Verdict::Holds)
    }

    /// True for [`Verdict::Violated`].
    pub fn is_violated(&self) -> bool {
        matches!(self, Verdict::Violated { .. })
    }

    /// The reason, if there is one to give.
    pub fn because(&self) -> Option<&Because> {
        match self {
            Verdict::Holds => None,
            Verdict::Violated { because, .. } | Verdict::Undecided { because } => Some(because),
        }
    }
}

/// The first violation a monitor found. Later ones are consequences and not kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Breach(Option<(SimTime, u64, Because)>);

impl Breach {
    /// Notes a violation by this event, unless there was one before.
    pub(super) fn note(&mut self, occurrence: &Occurrence, because: impl FnOnce() -> Because) {
        self.note_at(occurrence.at, occurrence.index, because);
    }

    /// Notes a violation at an instant of its own, such as a deadline.
    pub(super) fn note_at(&mut self, at: SimTime, event: u64, because: impl FnOnce() -> Because) {
        if self.0.is_none() {
            self.0 = Some((at, event, because()));
        }
    }

    /// True once something was noted.
    pub(super) fn found(&self) -> bool {
        self.0.is_some()
    }

    /// When it was noted.
    pub(super) fn moment(&self) -> Option<Moment> {
        self.0.as_ref().map(|(at, event, _)| Moment { at: *at, event: *event })
    }

    /// Violated if something was noted; `otherwise` if not.
    pub(super) fn verdict_or(&self, otherwise: Verdict) -> Verdict {
        match &self.0 {
            Some((at, event, because)) => {
                Verdict::Violated { at: *at, event: *event, because: because.clone() }
            }
            None => otherwise,
        }
    }
}
