//! Ways out of a problem: replacements, insertions and removals that a reader may choose from.

use super::edit::find_line;
use super::problem::{Fix, Problem, ProblemKind};
use super::read::lines;
use super::token::cut;
use super::wanted::Wanted;

/// Most ways out of one problem.
const MOST: usize = 3;

/// What would help with `problem` of `text`, the most likely first.
pub fn fixes(text: &str, problem: &Problem) -> Vec<Fix> {
    let mut fixes: Vec<Fix> = problem.fix.iter().cloned().collect();
    if let Some(place) = Place::of(text, problem) {
        fixes.extend(place.fixes(&problem.kind));
    }
    let mut known: Vec<Fix> = Vec::new();
    for fix in fixes {
        let valid = text.get(fix.start..fix.end).is_some_and(|old| old != fix.text);
        if valid && !known.contains(&fix) {
            known.push(fix);
        }
    }
    known.truncate(MOST);
    known
}

/// The word that is wrong.
struct Place<'a> {
    text: &'a str,
    /// Byte offset of its line.
    line: usize,
    raw: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Place<'a> {
    fn of(text: &'a str, problem: &Problem) -> Option<Place<'a>> {
        let (line, raw) = *lines(text).get((problem.line as usize).checked_sub(1)?)?;
        let at = |column: usize| {
            raw.char_indices().nth(column).map_or(raw.len(), |(place, _)| place) + line
        };
        let from = problem.column as usize - 1;
        let (start, end) = (at(from), at(from + problem.length as usize));
        Some(Place { text, line, raw, start, end })
    }

    fn replace(&self, text: impl Into<String>) -> Fix {
        Fix { start: self.start, end: self.end, text: text.into() }
    }

    fn insert(&self, text: impl Into<String>) -> Fix {
        Fix { start: self.start, end: self.start, text: text.into() }
    }

    /// Takes the word away, with the blank before it.
    fn remove(&self) -> Fix {
        let before = self.text[self.line..self.start].trim_end().len();
        Fix { start: self.line + before, end: self.end, text: String::new() }
    }

    fn remove_line(&self) -> Fix {
        let end = self.line + self.raw.len();
        let newline = self.text[end..].find('\n').map_or(0, |at| at + 1);
        Fix { start: self.line, end: end + newline, text: String::new() }
    }

    fn fixes(&self, kind: &ProblemKind) -> Vec<Fix> {
        match kind {
            ProblemKind::NoHead => self.heads(),
            ProblemKind::Again { .. } => vec![self.remove_line()],
            ProblemKind::Twice { .. } => vec![self.remove_setting()],
            ProblemKind::Unknown { found, allowed, .. } => {
                near(found, allowed).into_iter().map(|word| self.replace(word)).collect()
            }
            ProblemKind::Range { min, max, .. } => vec![self.replace(max), self.replace(min)],
            ProblemKind::Bad { found, wanted } => self.shaped(found, *wanted),
            ProblemKind::Missing { wanted } => {
                example(*wanted).map(|word| self.insert(format!(" {word}"))).into_iter().collect()
            }
            ProblemKind::Nobody { names, .. } => {
                let last = names.nodes().checked_sub(1).map(crate::kernel::NodeId);
                last.map(|node| self.replace(names.node(node))).into_iter().collect()
            }
            ProblemKind::AfterEnd { at, .. } => self.longer(at),
            // The reader offers what helps with these, or nothing does.
            ProblemKind::TooLong { .. }
            | ProblemKind::TooManyLines { .. }
            | ProblemKind::Unexpected { .. }
            | ProblemKind::When { .. }
            | ProblemKind::ByHand
            | ProblemKind::Elsewhere { .. }
            | ProblemKind::Unable { .. }
            | ProblemKind::Disorder { .. }
            | ProblemKind::Columns { .. }
            | ProblemKind::TooManyRows { .. }
            | ProblemKind::NoRows
            | ProblemKind::Scope(_)
            | ProblemKind::Given { .. } => Vec::new(),
        }
    }

    /// A first line, behind the title.
    fn heads(&self) -> Vec<Fix> {
        let title = lines(self.text).into_iter().find(|(_, raw)| !raw.starts_with('#'));
        let (start, glue) = match title {
            Some((start, _)) => (start, ""),
            None if self.text.is_empty() || self.text.ends_with('\n') => (self.text.len(), ""),
            None => (self.text.len(), "\n"),
        };
        ["cluster raft nodes=5", "balance p2c servers=4"]
            .map(|head| Fix { start, end: start, text: format!("{glue}{head}\n") })
            .into()
    }

    /// The word together with its value, where it is the name of a setting.
    fn remove_setting(&self) -> Fix {
        let end = self.text[self.end..].find(char::is_whitespace);
        let end = end.map_or(self.text.len(), |at| self.end + at);
        Fix { end, ..self.remove() }
    }

    /// A number in the form that is wanted.
    fn shaped(&self, found: &str, wanted: Wanted) -> Vec<Fix> {
        let plain = !found.is_empty() && found.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if !plain {
            return Vec::new();
        }
        let forms: &[(&str, &str)] = match wanted {
            Wanted::Time | Wanted::TimeOrOff | Wanted::Range | Wanted::Delay => {
                &[("", "ms"), ("", "s")]
            }
            Wanted::SignedTime => &[("+", "ms"), ("+", "s")],
            Wanted::Share | Wanted::Percent | Wanted::Intensity => &[("", "%")],
            Wanted::Drift => &[("+", "%")],
            Wanted::Rate => &[("", "/s")],
            Wanted::Factor => &[("x", "")],
            Wanted::Node | Wanted::Target | Wanted::Party => &[("n", "")],
            Wanted::Servers => &[("s", "")],
            Wanted::Client => &[("c", "")],
            _ => &[], // Words and pairs: a number tells nothing about them.
        };
        forms
            .iter()
            .map(|(before, after)| self.replace(format!("{before}{found}{after}")))
            .collect()
    }

    /// A run that is long enough.
    fn longer(&self, at: &str) -> Vec<Fix> {
        let line = find_line(self.text, "run").and_then(|line| {
            let (start, raw) = lines(self.text)[line as usize - 1];
            let token = *cut(raw).tokens.get(1)?;
            Some((start + token.at, start + token.end()))
        });
        let Some((start, end)) = line else { return Vec::new() };
        vec![Fix { start, end, text: at.to_owned() }]
    }
}

/// What may stand where something is missing.
fn example(wanted: Wanted) -> Option<&'static str> {
    Some(match wanted {
        Wanted::Time => "1s",
        Wanted::Events => "events",
        Wanted::By => "by 50ms",
        Wanted::Every => "every 1s",
        Wanted::Within => "within 1s",
        Wanted::Brace => "}",
        Wanted::Users => "users=20",
        Wanted::SettingOf(setting) => setting,
        Wanted::Entry => "raft",
        Wanted::Strategy => "p2c",
        Wanted::Network => "lan",
        Wanted::DiskMode => "unsynced",
        Wanted::Factor => "x2",
        _ => return None, // Whom or what it is about, only the writer knows.
    })
}

/// The words nearest to `found`, the nearest first, as far as they may be meant.
fn near(found: &str, allowed: &[String]) -> Vec<String> {
    let mut left: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let mut near = Vec::new();
    while near.len() < MOST
        && let Some(word) = super::problem::nearest(found, &left)
    {
        let word = word.to_owned();
        left.retain(|other| *other != word);
        near.push(word);
    }
    // The beginning of a word is as good as a misspelling.
    let long = found.len() >= 2;
    let begun =
        left.iter().filter(|word| long && word.starts_with(found)).map(|it| (*it).to_owned());
    near.extend(begun);
    near
}
