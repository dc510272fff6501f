//! The log: entries from index 1, shared between the node, its disk and its copies.

use std::rc::Rc;

use rpds::Vector;

use crate::kernel::{Request, Word};
use crate::protocol::shared::words;

/// What an entry asks of the state machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Nothing: a new leader commits one to learn what is committed [ongaro14 §8].
    Noop,
    /// Nothing: laid down by a `given` line.
    Given(Word),
    /// What a client asked for.
    Client(Request),
}

impl Command {
    /// The command as a value that facts and the screen can carry. Different commands have
    /// different words, up to the digest that ends a word too long to be whole.
    pub fn word(&self) -> Word {
        match self {
            Command::Noop => Word::new("no-op").unwrap_or_default(),
            Command::Given(word) => *word,
            Command::Client(request) => words::word(request.op),
        }
    }
}

/// An entry of the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: u64,
    /// What it asks for.
    pub command: Command,
}

/// A sequence of entries whose terms never decrease. Copies share their entries.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Log(Vector<Entry>);

impl Log {
    /// The index of the last entry; zero if there is none.
    pub fn last_index(&self) -> u64 {
        self.0.len() as u64
    }

    /// The term of the last entry; zero if there is none.
    pub fn last_term(&self) -> u64 {
        self.0.last().map_or(0, |entry| entry.term)
    }

    /// The entry at `index`, from 1.
    pub fn get(&self, index: u64) -> Option<Entry> {
        self.0.get(usize::try_from(index.checked_sub(1)?).ok()?).copied()
    }

    /// The term at `index`. Before the first entry lies term zero, which all logs share.
    pub fn term(&self, index: u64) -> Option<u64> {
        if index == 0 { Some(0) } else { self.get(index).map(|entry| entry.term) }
    }

    /// The entries, first to last.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.0.iter()
    }

    /// At most `count` entries from `first` on.
    pub(super) fn slice(&self, first: u64, count: u64) -> Rc<[Entry]> {
        let end = self.last_index().min(first.saturating_add(count).saturating_sub(1));
        (first..=end).filter_map(|index| self.get(index)).collect()
    }

    /// The first entry whose term is at least `term`, found by halving; one behind the end if none
    /// is.
    pub(super) fn first_of(&self, term: u64) -> u64 {
        let (mut low, mut high) = (1, self.last_index() + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.term(middle).is_some_and(|found| found < term) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Puts `entry` at the end.
    pub(super) fn push(&mut self, entry: Entry) {
        self.0.push_back_mut(entry);
    }

    /// Deletes the entries from `first` on.
    pub(super) fn truncate(&mut self, first: u64) {
        while self.last_index() >= first && self.0.drop_last_mut() {}
    }

    /// The log of a `given` line: the terms of its entries, for example `1.1.1.4.4`; `-` if it is
    /// empty. Entries of one index and one term are the same entry, as in the figures of the
    /// paper.
    pub(super) fn parse(text: &str) -> Result<Log, String> {
        let mut log = Log::default();
        if text.is_empty() || text == "-" {
            return Ok(log);
        }
        for part in text.split('.') {
            let term = parse_term(part)?;
            if term < log.last_term() {
                return Err(format!("log={text}: term {term} comes after {}", log.last_term()));
            }
            let word = Word::new(&format!("e{}t{term}", log.last_index() + 1)).unwrap_or_default();
            log.push(Entry { term, command: Command::Given(word) });
        }
        Ok(log)
    }
}

/// A term of a `given` line. Bounded, so that counting on from it cannot overflow.
pub(super) fn parse_term(text: &str) -> Result<u64, String> {
    const HIGHEST: u64 = 1_000_000;
    text.parse()
        .ok()
        .filter(|term| (1..=HIGHEST).contains(term))
        .ok_or_else(|| format!("`{text}` is not a term in 1..={HIGHEST}"))
}
