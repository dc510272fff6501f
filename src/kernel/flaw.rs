//! A rule left out on purpose: what a wrong variant of a protocol lacks, and how that is seen.

use super::{Cite, Property, Text};

/// One wrong variant of a protocol.
///
/// It is either a mutant, an entry of its own around the sound protocol with a knob `flaw`, or the
/// sound protocol with a setting that gives up a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flaw {
    /// Its number in [docs/mutants.md](../../docs/mutants.md), for example `R03`.
    pub id: &'static str,
    /// In words, for example `votes-twice`: the word of the knob `flaw`.
    pub name: &'static str,
    /// The entry that keeps the rule.
    pub of: &'static str,
    /// The setting that gives it up, as written behind the entry's name; empty for `flaw=name`.
    pub setting: &'static str,
    /// The rule that is missing, in one sentence.
    pub missing: Text,
    /// What breaks.
    pub breaks: Property,
    /// Where the rule is stated.
    pub cite: Cite,
    /// A scope in which it is found, as words of an `explore` line; empty where only time brings it
    /// about. `depth` is the number of steps of a known counterexample, from the disks its scenario
    /// gives.
    pub found: &'static str,
    /// Steps within which a search of the whole scope finds nothing: one less than the depth of
    /// `found` if that is the shortest counterexample there is. 0 if nothing is known.
    pub clear: u32,
    /// A scope in which it is not found although the rule is missing; empty if the only one known
    /// is just below `found`.
    pub clean: &'static str,
}

impl Flaw {
    /// A variant of the entry `of` that lacks a rule stated at `cite`.
    pub const fn new(
        of: &'static str,
        id: &'static str,
        name: &'static str,
        breaks: Property,
        cite: Cite,
    ) -> Flaw {
        let missing = Text { en: "", zh: "" };
        Flaw { id, name, of, setting: "", missing, breaks, cite, found: "", clear: 0, clean: "" }
    }

    /// The rule that is missing.
    #[must_use]
    pub const fn missing(mut self, en: &'static str, zh: &'static str) -> Flaw {
        self.missing = Text { en, zh };
        self
    }

    /// The setting of the sound entry that gives the rule up.
    #[must_use]
    pub const fn setting(mut self, words: &'static str) -> Flaw {
        self.setting = words;
        self
    }

    /// A scope in which it is found.
    #[must_use]
    pub const fn found(mut self, words: &'static str) -> Flaw {
        self.found = words;
        self
    }

    /// Steps within which it is not found in that scope.
    #[must_use]
    pub const fn clear(mut self, steps: u32) -> Flaw {
        self.clear = steps;
        self
    }

    /// A scope in which it is not.
    #[must_use]
    pub const fn clean(mut self, words: &'static str) -> Flaw {
        self.clean = words;
        self
    }

    /// The setting as written behind the name of its entry.
    pub fn written(&self) -> String {
        if self.setting.is_empty() { format!("flaw={}", self.name) } else { self.setting.into() }
    }
}
