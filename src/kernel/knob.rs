//! Parameters of an entry: declared in its `About`, written in the scenario as `name=value`.

use std::collections::BTreeMap;

use super::{Ratio, Span, Text, Window};

/// What values a knob takes, with its range and default.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum KnobKind {
    /// A whole number in `min..=max`.
    Count {
        /// Smallest value allowed.
        min: u64,
        /// Largest value allowed.
        max: u64,
        /// Value when the scenario is silent.
        default: u64,
    },
    /// `on` or `off`.
    Switch {
        /// Value when the scenario is silent.
        default: bool,
    },
    /// A length of time.
    Length {
        /// Value when the scenario is silent.
        default: Span,
    },
    /// A range of lengths, `150ms..300ms`.
    Range {
        /// Value when the scenario is silent.
        default: Window,
    },
    /// A percentage.
    Share {
        /// Value when the scenario is silent.
        default: Ratio,
    },
    /// One of a few words; the first is the default.
    Choice(&'static [&'static str]),
}

/// A parameter of a protocol or a strategy.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Knob {
    /// As written in the scenario.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub help: Text,
    /// Its type, range and default.
    pub kind: KnobKind,
}

/// A value given to a knob.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum KnobValue {
    /// For [`KnobKind::Count`].
    Count(u64),
    /// For [`KnobKind::Switch`].
    Switch(bool),
    /// For [`KnobKind::Length`].
    Length(Span),
    /// For [`KnobKind::Range`].
    Range(Window),
    /// For [`KnobKind::Share`].
    Share(Ratio),
    /// For [`KnobKind::Choice`]: one of the words declared.
    Choice(&'static str),
}

impl Knob {
    /// The value when the scenario is silent.
    pub fn default_value(&self) -> KnobValue {
        match self.kind {
            KnobKind::Count { default, .. } => KnobValue::Count(default),
            KnobKind::Switch { default } => KnobValue::Switch(default),
            KnobKind::Length { default } => KnobValue::Length(default),
            KnobKind::Range { default } => KnobValue::Range(default),
            KnobKind::Share { default } => KnobValue::Share(default),
            KnobKind::Choice(words) => KnobValue::Choice(words.first().copied().unwrap_or("")),
        }
    }
}

/// The parameters of one run: every declared knob has a value of its kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Knobs(BTreeMap<&'static str, KnobValue>);

impl Knobs {
    /// Every knob at its default.
    pub fn defaults(knobs: &[Knob]) -> Knobs {
        Knobs(knobs.iter().map(|knob| (knob.name, knob.default_value())).collect())
    }

    /// Sets a knob. The caller (script) has checked the name, the kind and the range.
    pub fn set(&mut self, name: &'static str, value: KnobValue) {
        self.0.insert(name, value);
    }

    /// The value of a knob.
    pub fn get(&self, name: &str) -> Option<KnobValue> {
        self.0.get(name).copied()
    }

    /// The number of a [`KnobKind::Count`] knob.
    ///
    /// Asking for a knob that is not declared, or of another kind, is a bug of the entry, found by
    /// the conformance test: the answer is then zero. The same holds for the other getters.
    pub fn count(&self, name: &str) -> u64 {
        match self.get(name) {
            Some(KnobValue::Count(n)) => n,
            _ => undeclared(name, 0),
        }
    }

    /// The state of a [`KnobKind::Switch`] knob.
    pub fn is_on(&self, name: &str) -> bool {
        match self.get(name) {
            Some(KnobValue::Switch(on)) => on,
            _ => undeclared(name, false),
        }
    }

    /// The length of a [`KnobKind::Length`] knob.
    pub fn length(&self, name: &str) -> Span {
        match self.get(name) {
            Some(KnobValue::Length(span)) => span,
            _ => undeclared(name, Span::ZERO),
        }
    }

    /// The range of a [`KnobKind::Range`] knob.
    pub fn range(&self, name: &str) -> Window {
        match self.get(name) {
            Some(KnobValue::Range(window)) => window,
            _ => undeclared(name, Window::exactly(Span::ZERO)),
        }
    }

    /// The share of a [`KnobKind::Share`] knob.
    pub fn share(&self, name: &str) -> Ratio {
        match self.get(name) {
            Some(KnobValue::Share(ratio)) => ratio,
            _ => undeclared(name, Ratio::ZERO),
        }
    }

    /// The word of a [`KnobKind::Choice`] knob.
    pub fn choice(&self, name: &str) -> &'static str {
        match self.get(name) {
            Some(KnobValue::Choice(word)) => word,
            _ => undeclared(name, ""),
        }
    }
}

fn undeclared<T>(name: &str, value: T) -> T {
    debug_assert!(false, "knob `{name}` is not declared with this kind");
    value
}
