//! What is wrong with a text, where, and what would be right: in both languages.

use super::names::Names;
use super::wanted::Wanted;

/// A sentence in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// English.
    pub en: String,
    /// 中文.
    pub zh: String,
}

impl Said {
    /// The sentence in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Said {
        Said { en: en.into(), zh: zh.into() }
    }
}

/// A replacement that would help. Offsets are bytes of the whole text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// Start of what is replaced.
    pub start: usize,
    /// End of what is replaced; equal to `start` for an insertion.
    pub end: usize,
    /// What takes its place.
    pub text: String,
}

impl Fix {
    /// The text with the fix made; unchanged if the offsets do not fit it.
    pub fn apply(&self, text: &str) -> String {
        match (text.get(..self.start), text.get(self.end..)) {
            (Some(before), Some(after)) => format!("{before}{}{after}", self.text),
            _ => text.to_owned(),
        }
    }
}

/// Something wrong at a place of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Line, from 1.
    pub line: u32,
    /// Column of the first character concerned, from 1, counted in characters.
    pub column: u32,
    /// Number of characters concerned, at least 1.
    pub length: u32,
    /// What is wrong.
    pub kind: ProblemKind,
    /// A replacement that would help, where one is obvious.
    pub fix: Option<Fix>,
}

/// What kind of word is not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The first word of a line.
    Command,
    /// An entry of the catalogue.
    Entry,
    /// A strategy.
    Strategy,
    /// The name in `name=value`.
    Setting,
    /// A preset of the network.
    Network,
    /// A law of arrivals or service.
    Law,
    /// A timer of the entry.
    Timer,
    /// A word that stands for one of a few.
    Word,
    /// What an `expect` line expects.
    Expectation,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProblemKind {
    /// The text is longer than the limit.
    TooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// There are more lines than the limit.
    TooManyLines {
        /// How many.
        lines: usize,
    },
    /// There is no `cluster` and no `balance` line.
    NoHead,
    /// A line that may stand once stands again.
    Again {
        /// Its command.
        command: &'static str,
        /// Where it stands first.
        first: u32,
    },
    /// A word is not one of those allowed.
    Unknown {
        /// What kind of word.
        what: What,
        /// The word found.
        found: String,
        /// The words allowed.
        allowed: Vec<String>,
    },
    /// A word is missing.
    Missing {
        /// What is missing.
        wanted: Wanted,
    },
    /// A word is one too many.
    Unexpected {
        /// The word found.
        found: String,
    },
    /// A word does not have the form wanted.
    Bad {
        /// The word found.
        found: String,
        /// What is wanted.
        wanted: Wanted,
    },
    /// A value is outside its range.
    Range {
        /// Its name.
        name: String,
        /// The value found.
        found: String,
        /// Smallest value allowed.
        min: String,
        /// Largest value allowed.
        max: String,
    },
    /// A name means nobody.
    Nobody {
        /// The name found.
        found: String,
        /// Who there is.
        names: Names,
    },
    /// A name is given twice where each may stand once.
    Twice {
        /// The name.
        name: String,
    },
    /// Something is done from outside and the line does not say when.
    When {
        /// Its command.
        command: &'static str,
    },
    /// A time is given in a scenario driven by hand.
    ByHand,
    /// A line that only a pool, or only a cluster, understands.
    Elsewhere {
        /// Its command.
        command: String,
        /// True if it belongs to pools.
        pool: bool,
    },
    /// A line that asks for something the entry does not do.
    Unable {
        /// Its command.
        command: &'static str,
        /// The entry.
        entry: &'static str,
        /// Entries that do it.
        able: Vec<&'static str>,
    },
    /// Something is planned for after the end of the run.
    AfterEnd {
        /// When.
        at: String,
        /// When the run ends.
        end: String,
    },
    /// A row of a trace is earlier than the row before it.
    Disorder {
        /// When the request arrives.
        at: String,
        /// When the one before does.
        before: String,
    },
    /// A row of a trace has another number of columns than the first one.
    Columns {
        /// How many it has.
        found: usize,
        /// How many the first has.
        wanted: usize,
    },
    /// A trace goes on beyond the limit of rows.
    TooManyRows {
        /// The limit.
        most: usize,
    },
    /// A trace without a row.
    NoRows,
    /// A scope in which nothing can happen, or which contradicts itself.
    Scope(Said),
    /// The entry does not understand a `given` line; its own words (English).
    Given {
        /// What it says.
        message: String,
    },
}

impl Problem {
    /// The problem in one sentence, in both languages.
    pub fn says(&self) -> Said {
        super::saying::says(&self.kind)
    }

    /// What would be right, in both languages, where that can be said.
    pub fn hint(&self) -> Option<Said> {
        super::saying::hint(self)
    }
}

/// The nearest of `allowed` to `found`, if it is near enough to be meant.
pub(super) fn nearest<'a, T: AsRef<str>>(found: &str, allowed: &'a [T]) -> Option<&'a str> {
    if found.len() > super::limit::MISSPELT {
        return None;
    }
    let found = found.to_ascii_lowercase();
    allowed
        .iter()
        .map(AsRef::as_ref)
        .map(|word| (strsim::damerau_levenshtein(&found, &word.to_ascii_lowercase()), word))
        .filter(|(distance, word)| *distance <= (word.chars().count().max(3)) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}
