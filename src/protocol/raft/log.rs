//! The log: entries from index 1, shared between the node, its disk and its copies. What a snapshot
//! stands for may be gone from its front.

use std::sync::Arc;

use rpds::VectorSync;

use super::config::Config;
use crate::kernel::{NodeSet, Request, Word};
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
    /// Nothing of the state machine: it says who votes from here on [ongaro14 §6].
    Members(Config),
}

impl Command {
    /// The command as a value that facts and the screen can carry. Different commands have
    /// different words, up to the digest that ends a word too long to be whole.
    pub fn word(&self) -> Word {
        match self {
            Command::Noop => Word::new("no-op").unwrap_or_default(),
            Command::Given(word) => *word,
            Command::Client(request) => words::word(request.op),
            Command::Members(config) => words::shortened(&config.to_string()),
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
pub struct Log {
    /// The index and the term of the last entry that is gone from the front; zero if all are there.
    base: (u64, u64),
    entries: VectorSync<Entry>,
}

impl Log {
    /// A log whose entries up to `index`, the last of them of `term`, are elsewhere.
    pub(in crate::protocol) fn behind(index: u64, term: u64) -> Log {
        Log { base: (index, term), entries: VectorSync::new_sync() }
    }

    /// The index of the last entry that is gone from the front; zero if all are there.
    pub fn base(&self) -> u64 {
        self.base.0
    }

    /// The index of the last entry; zero if there is none.
    pub fn last_index(&self) -> u64 {
        self.base.0 + self.entries.len() as u64
    }

    /// The term of the last entry; zero if there is none.
    pub fn last_term(&self) -> u64 {
        self.entries.last().map_or(self.base.1, |entry| entry.term)
    }

    /// The entry at `index`, from 1; `None` if it is gone or not there yet.
    pub fn get(&self, index: u64) -> Option<Entry> {
        self.entries.get(usize::try_from(index.checked_sub(self.base.0 + 1)?).ok()?).copied()
    }

    /// The term at `index`, if it is known. Before the first entry lies term zero, which all logs
    /// share.
    pub fn term(&self, index: u64) -> Option<u64> {
        match index {
            0 => Some(0),
            _ if index == self.base.0 => Some(self.base.1),
            _ => self.get(index).map(|entry| entry.term),
        }
    }

    /// The entries that are there with their indices, first to last.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Entry)> {
        (self.base.0 + 1..).zip(self.entries.iter())
    }

    /// At most `count` entries from `first` on.
    pub(super) fn slice(&self, first: u64, count: u64) -> Arc<[Entry]> {
        let end = self.last_index().min(first.saturating_add(count).saturating_sub(1));
        (first..=end).filter_map(|index| self.get(index)).collect()
    }

    /// The first entry whose term is at least `term`, found by halving; one behind the end if none
    /// is.
    pub(super) fn first_of(&self, term: u64) -> u64 {
        let (mut low, mut high) = (self.base.0 + 1, self.last_index() + 1);
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
        self.entries.push_back_mut(entry);
    }

    /// Deletes the entries from `first` on.
    pub(in crate::protocol) fn truncate(&mut self, first: u64) {
        while self.last_index() >= first && self.entries.drop_last_mut() {}
    }

    /// Drops the entries up to `index` from the front; as long as what is left.
    pub(super) fn compact(&mut self, index: u64) {
        let Some(term) = self.term(index).filter(|_| index > self.base.0) else { return };
        let gone = (index - self.base.0) as usize;
        self.entries = self.entries.iter().skip(gone).copied().collect();
        self.base = (index, term);
    }

    /// The log of a `given` line: the terms of its entries, for example `1.1.1.4.4`; `-` if it is
    /// empty. Entries of one index and one term are the same entry, as in the figures of the
    /// paper. `4[n1,n3]` is an entry of term 4 that makes n1 and n3 the members.
    pub(super) fn parse(text: &str) -> Result<Log, String> {
        let mut log = Log::default();
        if text.is_empty() || text == "-" {
            return Ok(log);
        }
        for part in text.split('.') {
            let (term, config) = match part.split_once('[') {
                Some((term, rest)) => (parse_term(term)?, Some(Config::parse(rest, part)?)),
                None => (parse_term(part)?, None),
            };
            if term < log.last_term() {
                return Err(format!("log={text}: term {term} comes after {}", log.last_term()));
            }
            let command = config.map_or_else(
                || {
                    let word = format!("e{}t{term}", log.last_index() + 1);
                    Command::Given(Word::new(&word).unwrap_or_default())
                },
                Command::Members,
            );
            log.push(Entry { term, command });
        }
        Ok(log)
    }

    /// Whom its entries name as members.
    pub(super) fn named(&self) -> NodeSet {
        let members = |(_, entry): (u64, &Entry)| match entry.command {
            Command::Members(config) => config.members(),
            Command::Noop | Command::Given(_) | Command::Client(_) => NodeSet::EMPTY,
        };
        self.iter().map(members).fold(NodeSet::EMPTY, NodeSet::or)
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
