//! A reader's place in a line: takes words one by one and notes what is wrong.

use crate::catalog::Entry;
use crate::kernel::NodeId;

use super::limit;
use super::names::{NameError, Names};
use super::problem::{Fix, Problem, ProblemKind, What, nearest};
use super::token::Token;
use super::wanted::Wanted;

/// What a line has to know of the rest of the text.
#[derive(Clone, Copy)]
pub(super) struct Scene {
    /// How the participants are called.
    pub(super) names: Names,
    /// The entry, if the first line names one that exists.
    pub(super) entry: Option<Entry>,
    /// Driven by hand.
    pub(super) by_hand: bool,
}

/// A reader's place in one line.
pub(super) struct Cursor<'a, 'p> {
    /// What the rest of the text says.
    pub(super) scene: &'a Scene,
    raw: &'a str,
    line: u32,
    start: usize,
    tokens: &'a [Token<'a>],
    next: usize,
    problems: &'p mut Vec<Problem>,
}

impl<'a, 'p> Cursor<'a, 'p> {
    /// At the start of the line `raw`, whose number is `line` and whose text begins at byte
    /// `start`.
    pub(super) fn new(
        scene: &'a Scene,
        (raw, line, start): (&'a str, u32, usize),
        tokens: &'a [Token<'a>],
        problems: &'p mut Vec<Problem>,
    ) -> Self {
        Cursor { scene, raw, line, start, tokens, next: 0, problems }
    }

    /// The next word, not taken.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.next).copied()
    }

    /// Takes the next word.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.next += 1;
        Some(token)
    }

    /// The word taken last.
    pub(super) fn taken(&self) -> Token<'a> {
        let nothing = Token { text: "", at: 0 };
        self.tokens[..self.next].last().copied().unwrap_or(nothing)
    }

    /// Takes the next word if it is `word`.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.text == word);
        self.next += usize::from(found);
        found
    }

    /// Takes the next words if they are these.
    pub(super) fn eat_all(&mut self, words: &[&str]) -> bool {
        let rest = &self.tokens[self.next..];
        let found = rest.len() >= words.len()
            && rest.iter().zip(words).all(|(token, word)| token.text == *word);
        if found {
            self.next += words.len();
        }
        found
    }

    /// Takes the next word, or says what is missing.
    pub(super) fn want(&mut self, wanted: Wanted) -> Option<Token<'a>> {
        let token = self.take();
        if token.is_none() {
            self.missing(wanted);
        }
        token
    }

    /// Takes the next `name=value` whose name is not among those `seen`, and says of all words
    /// before it what is wrong with them.
    pub(super) fn setting(&mut self, seen: &mut Vec<&'a str>) -> Option<(Token<'a>, Token<'a>)> {
        while let Some(token) = self.take() {
            let Some((name, text)) = token.setting() else {
                self.bad(token, Wanted::Setting);
                continue;
            };
            if seen.contains(&name.text) {
                self.problem(name, ProblemKind::Twice { name: name.text.to_owned() });
                continue;
            }
            seen.push(name.text);
            return Some((name, text));
        }
        None
    }

    /// Takes the next word as `read` understands it, or says what is wanted.
    pub(super) fn value<T>(
        &mut self,
        wanted: Wanted,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let token = self.want(wanted)?;
        self.value_of(token, wanted, read)
    }

    /// `token` as `read` understands it, or says what is wanted.
    pub(super) fn value_of<T>(
        &mut self,
        token: Token<'_>,
        wanted: Wanted,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(token.text);
        if value.is_none() {
            self.bad(token, wanted);
        }
        value
    }

    /// The node called `token`, or says who there is.
    pub(super) fn node_of(&mut self, token: Token<'_>, wanted: Wanted) -> Option<NodeId> {
        let names = self.scene.names;
        match names.find(token.text) {
            Ok(node) => Some(node),
            Err(NameError::Nobody) => {
                let found = token.text.to_owned();
                self.problem(token, ProblemKind::Nobody { found, names });
                None
            }
            Err(NameError::Shape) => {
                self.bad(token, wanted);
                None
            }
        }
    }

    /// Says that `token` is not what is wanted.
    pub(super) fn bad(&mut self, token: Token<'_>, wanted: Wanted) {
        if token.text.is_empty() {
            self.problem(token, ProblemKind::Missing { wanted });
            return;
        }
        self.problem(token, ProblemKind::Bad { found: token.text.to_owned(), wanted });
    }

    /// Says that something is missing behind the last word taken.
    pub(super) fn missing(&mut self, wanted: Wanted) {
        let at = self.tokens[..self.next].last().map_or(0, |token| token.end());
        let nothing = Token { text: "", at };
        self.problem(nothing, ProblemKind::Missing { wanted });
    }

    /// `token` as one of `allowed`, or says which there are and offers the nearest.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        token: Token<'_>,
        what: What,
        allowed: &[(&str, T)],
    ) -> Option<T> {
        let found = allowed.iter().find(|(word, _)| *word == token.text);
        if found.is_none() {
            let words: Vec<&str> = allowed.iter().map(|(word, _)| *word).collect();
            self.unknown(token, what, &words);
        }
        found.map(|(_, value)| *value)
    }

    /// Says that `token` is not one of `allowed`.
    pub(super) fn unknown(&mut self, token: Token<'_>, what: What, allowed: &[&str]) {
        if self.problems.len() >= limit::PROBLEMS {
            return;
        }
        let fix = nearest(token.text, allowed).map(|near| self.replace(token, near));
        let allowed = allowed.iter().map(|word| (*word).to_owned()).collect();
        let kind = ProblemKind::Unknown { what, found: token.text.to_owned(), allowed };
        self.push(token, kind, fix);
    }

    /// The fix that puts `text` in the place of `token`.
    pub(super) fn replace(&self, token: Token<'_>, text: &str) -> Fix {
        let (start, end) = (self.start + token.at, self.start + token.end());
        Fix { start, end, text: text.to_owned() }
    }

    /// Says that something is wrong with `token`.
    pub(super) fn problem(&mut self, token: Token<'_>, kind: ProblemKind) {
        self.push(token, kind, None);
    }

    /// Says that something is wrong with `token`, and what would help.
    pub(super) fn push(&mut self, token: Token<'_>, kind: ProblemKind, fix: Option<Fix>) {
        if self.problems.len() >= limit::PROBLEMS {
            return;
        }
        let (at, length) = (token.at.min(self.raw.len()), token.text.chars().count().max(1));
        let column = self.raw.get(..at).map_or(0, |before| before.chars().count()) + 1;
        let (column, length) = (column as u32, length as u32);
        self.problems.push(Problem { line: self.line, column, length, kind, fix });
    }

    /// Says that words are left, if there are.
    pub(super) fn finish(&mut self) {
        if let Some(token) = self.peek() {
            let found = token.text.to_owned();
            // The blank before the word goes with it.
            let before = self.raw.get(..token.at).map_or(0, |text| text.trim_end().len());
            let fix = Fix {
                start: self.start + before,
                end: self.start + token.end(),
                text: String::new(),
            };
            self.push(token, ProblemKind::Unexpected { found }, Some(fix));
        }
    }

    /// True if nothing was noted since `mark` problems were there.
    pub(super) fn noted(&self) -> usize {
        self.problems.len()
    }
}
