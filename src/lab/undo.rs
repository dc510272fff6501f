//! Taking back changes of the text, typed or by hand, and the names they have.

use super::branch::Label;
use super::view_model::Say;

/// Most versions kept.
const KEPT: usize = 200;

/// A text as it was, where it stood, and the change that leads away from it.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Version {
    /// The branch.
    pub(super) branch: u32,
    /// What was known of each branch.
    pub(super) labels: Vec<(u32, Label)>,
    pub(super) text: String,
    /// What was done to it; empty if it was edited, which is seen in the texts.
    pub(super) what: Say,
}

/// The versions of a text.
#[derive(Default)]
pub(super) struct Undo {
    before: Vec<Version>,
    after: Vec<Version>,
    /// The last change was typed; further typing joins it.
    typing: bool,
    /// The dial that is being turned; turning it on joins.
    turning: String,
}

impl Undo {
    /// Notes that `old` is about to be replaced. Typing that goes on is one change, up to the next
    /// pause for something else. What was taken back before is given up: its last version.
    pub(super) fn note(&mut self, old: Version, typed: bool) -> Option<Version> {
        let joins = typed && self.typing && !self.before.is_empty();
        self.typing = typed;
        self.turning.clear();
        let given_up = self.after.drain(..).next();
        if joins {
            return given_up;
        }
        if self.before.len() >= KEPT {
            self.before.remove(0);
        }
        self.before.push(old);
        given_up
    }

    /// Notes that `old` is about to be replaced by turning a dial. Turning the same dial on is one
    /// change, until it is let go.
    pub(super) fn turned(&mut self, old: Version, dial: &str) -> Option<Version> {
        if self.turning == dial && !self.before.is_empty() {
            return self.after.drain(..).next();
        }
        let given_up = self.note(old, false);
        self.turning.push_str(dial);
        given_up
    }

    /// Ends a stretch of typing, or of turning: a new word, a new line, a dial let go.
    pub(super) fn settle(&mut self) {
        self.typing = false;
        self.turning.clear();
    }

    /// The version before the last change; `current` can then be had again.
    pub(super) fn undo(&mut self, current: Version) -> Option<Version> {
        self.settle();
        let version = self.before.pop()?;
        self.after.push(Version { what: version.what.clone(), ..current });
        Some(version)
    }

    /// The version before the last undo.
    pub(super) fn redo(&mut self, current: Version) -> Option<Version> {
        let version = self.after.pop()?;
        self.before.push(Version { what: version.what.clone(), ..current });
        Some(version)
    }

    /// What would be taken back from `text`, in words.
    pub(super) fn undoes(&self, text: &str) -> Option<Say> {
        self.before.last().map(|version| version.named(&version.text, text))
    }

    /// What would be done again to `text`, in words.
    pub(super) fn redoes(&self, text: &str) -> Option<Say> {
        self.after.last().map(|version| version.named(text, &version.text))
    }
}

impl Version {
    fn named(&self, old: &str, new: &str) -> Say {
        if self.what.en.is_empty() { difference(old, new) } else { self.what.clone() }
    }
}

/// The first line in which a text differs from an older one: as it reads now, or as it read if it
/// is gone.
pub(super) fn difference(old: &str, new: &str) -> Say {
    let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let line = |lines: &[&str]| -> String {
        let line = lines.get(same).map_or("", |line| line.trim());
        line.chars().take(40).collect()
    };
    let (was, is) = (line(&before), line(&after));
    if is.is_empty() || after.len() < before.len() {
        return Say::new(format!("without {was}"), format!("去掉 {was}"));
    }
    Say::new(is.as_str(), is.as_str())
}
