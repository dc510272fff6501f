//! The history: transactions in the order of their zxids, shared between the node and its disk.

use std::fmt;
use std::sync::Arc;

use rpds::VectorSync;

use crate::kernel::{Request, Word};
use crate::protocol::shared::words;

/// Names a transaction: the epoch of the leader that broadcast it, and its place in that epoch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Zxid {
    /// The epoch.
    pub epoch: u64,
    /// From 1 in each epoch.
    pub counter: u64,
}

impl fmt::Display for Zxid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.counter)
    }
}

/// What a transaction asks of the state machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Nothing: laid down by a `given` line.
    Given(Word),
    /// What a client asked for.
    Client(Request),
}

impl Command {
    /// The command as a value that facts and the screen can carry.
    pub fn word(&self) -> Word {
        match self {
            Command::Given(word) => *word,
            Command::Client(request) => words::word(request.op),
        }
    }
}

/// A transaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Txn {
    /// Its name.
    pub zxid: Zxid,
    /// What it does.
    pub command: Command,
}

/// Transactions at places from 1. Copies share what they have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct History(VectorSync<Txn>);

impl History {
    /// How many there are, which is the place of the last one.
    pub(in crate::protocol) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// The zxid of the last one; zero if there is none.
    pub(super) fn last(&self) -> Zxid {
        self.0.last().map_or(Zxid::default(), |txn| txn.zxid)
    }

    /// The transaction at `place`, from 1.
    pub(super) fn get(&self, place: u64) -> Option<Txn> {
        self.0.get(usize::try_from(place.checked_sub(1)?).ok()?).copied()
    }

    /// The zxid at `place`; before the first lies zero, which all histories share.
    pub(super) fn zxid(&self, place: u64) -> Option<Zxid> {
        if place == 0 { Some(Zxid::default()) } else { self.get(place).map(|txn| txn.zxid) }
    }

    /// The last place whose zxid is at most `zxid`, found by halving.
    pub(super) fn place_of(&self, zxid: Zxid) -> u64 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.zxid(middle).is_some_and(|found| found <= zxid) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }

    /// How far two histories are the same. Equal zxids at a place mean equal beginnings, so this
    /// is found by halving too.
    pub(super) fn shared_with(&self, other: &History) -> u64 {
        let (mut low, mut high) = (0, self.len().min(other.len()));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.zxid(middle) == other.zxid(middle) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }

    /// At most `count` transactions behind `place`.
    pub(super) fn after(&self, place: u64, count: u64) -> Arc<[Txn]> {
        let end = self.len().min(place.saturating_add(count));
        (place + 1..=end).filter_map(|place| self.get(place)).collect()
    }

    pub(super) fn push(&mut self, txn: Txn) {
        self.0.push_back_mut(txn);
    }

    /// Keeps the first `count`.
    pub(super) fn truncate(&mut self, count: u64) {
        while self.len() > count && self.0.drop_last_mut() {}
    }

    /// The history of a `given` line: the epochs of its transactions, for example `1.1.2`.
    pub(super) fn parse(text: &str) -> Result<History, String> {
        let mut history = History::default();
        if text.is_empty() || text == "-" {
            return Ok(history);
        }
        for part in text.split('.') {
            let epoch = parse_epoch(part)?;
            let last = history.last();
            if epoch < last.epoch {
                return Err(format!("log={text}: epoch {epoch} comes after {}", last.epoch));
            }
            let counter = if epoch == last.epoch { last.counter + 1 } else { 1 };
            let zxid = Zxid { epoch, counter };
            let word = Word::new(&format!("e{zxid}")).unwrap_or_default();
            history.push(Txn { zxid, command: Command::Given(word) });
        }
        Ok(history)
    }
}

/// An epoch of a `given` line. Bounded, so that counting on from it cannot overflow.
pub(super) fn parse_epoch(text: &str) -> Result<u64, String> {
    const HIGHEST: u64 = 1_000_000;
    text.parse()
        .ok()
        .filter(|epoch| (1..=HIGHEST).contains(epoch))
        .ok_or_else(|| format!("`{text}` is not an epoch in 1..={HIGHEST}"))
}
