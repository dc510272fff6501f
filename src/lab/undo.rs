//! Taking back changes of the text, typed or by hand.

/// Most versions kept.
const KEPT: usize = 200;

/// The versions of a text.
#[derive(Default)]
pub(super) struct Undo {
    before: Vec<String>,
    after: Vec<String>,
    /// The last change was typed; further typing joins it.
    typing: bool,
    /// The dial that is being turned; turning it on joins.
    turning: String,
}

impl Undo {
    /// Notes that `old` is about to be replaced. Typing that goes on is one change, up to the next
    /// pause for something else.
    pub(super) fn note(&mut self, old: &str, typed: bool) {
        let joins = typed && self.typing && !self.before.is_empty();
        self.typing = typed;
        self.turning.clear();
        self.after.clear();
        if joins {
            return;
        }
        if self.before.len() >= KEPT {
            self.before.remove(0);
        }
        self.before.push(old.to_owned());
    }

    /// Notes that `old` is about to be replaced by turning a dial. Turning the same dial on is one
    /// change, until it is let go.
    pub(super) fn turned(&mut self, old: &str, dial: &str) {
        let joins = self.turning == dial && !self.before.is_empty();
        if !joins {
            self.note(old, false);
            self.turning.push_str(dial);
        }
        self.after.clear();
    }

    /// Ends a stretch of typing, or of turning: a new word, a new line, a dial let go.
    pub(super) fn settle(&mut self) {
        self.typing = false;
        self.turning.clear();
    }

    /// The text before the last change; `current` can then be had again.
    pub(super) fn undo(&mut self, current: &str) -> Option<String> {
        self.settle();
        let text = self.before.pop()?;
        self.after.push(current.to_owned());
        Some(text)
    }

    /// The text before the last undo.
    pub(super) fn redo(&mut self, current: &str) -> Option<String> {
        let text = self.after.pop()?;
        self.before.push(current.to_owned());
        Some(text)
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.before.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.after.is_empty()
    }
}
