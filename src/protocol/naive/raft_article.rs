//! The Raft listing of the article, as it stands [article §4.2].
//!
//! `appendEntries` never looks at `term` or `prevLogTerm`, stores what it has just appended a
//! second time, and moves `commitIndex` to whatever the sender says. `commit` pops the newest
//! entry off the log before executing it, so positions mean different entries on different nodes.
//! There is no election: `currentTerm` and `votedFor` are set once.
//!
//! # Divergence
//!
//! - The listing defines what a node does, and nobody who calls it. The least that makes it run: a
//!   node that gets a request appends `(command, currentTerm)` to its own log, calls
//!   `appendEntries` on every other node with what preceded it, and calls `commit`; a node whose
//!   `appendEntries` returned `True` calls `commit`. Nothing in the listing waits for a majority,
//!   so neither does this.
//! - An entry is `(command, term)`: `entry[0]` is executed, and the terms are what `[1]` is
//!   compared as.
//! - `self.log[-1]` of an empty log raises `IndexError`; here the loop ends.
//! - `execute` is undefined: it is a key-value store that answers the client whose request it
//!   executes.

mod about;
mod driver;

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Ctx, Fact, NodeId, Op, Outcome, Request, RequestId, Word};
pub use driver::Msg;

/// `(command, term)`.
type Entry = (Request, u64);

/// `class Raft`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RaftArticle {
    log: Vec<Entry>,
    commit_index: u64,
    current_term: u64,
    voted_for: Option<NodeId>,

    // Not in the listing: what `execute` needs, and how many commands it was given.
    store: BTreeMap<Word, Word>,
    waiting: BTreeSet<RequestId>,
    executed: u64,
}

impl RaftArticle {
    fn append_entries(&mut self, ctx: &mut Ctx<Self>, prev: u64, entries: &[Entry]) -> bool {
        // rule: log-replication
        ctx.mark("log-replication");
        let (prev, length) = (prev as usize, self.log.len());
        for (i, entry) in entries.iter().enumerate() {
            if prev + i >= self.log.len() {
                self.log.extend_from_slice(&entries[i..]);
                break;
            }
            if self.log[prev + i] != *entry {
                return false;
            }
        }
        // rule: log-sync
        ctx.mark("log-sync");
        self.log.truncate(prev + entries.len());
        self.log.extend_from_slice(entries);
        self.tell_change(ctx, length, length.min(prev + entries.len()));
        self.tell_commit(ctx, self.commit_index.max((prev + entries.len()) as u64));
        true
    }

    fn commit(&mut self, ctx: &mut Ctx<Self>) {
        while let Some(last) = self.log.last()
            && last.1 >= self.commit_index
        {
            // rule: commit-pops
            ctx.mark("commit-pops");
            self.tell_commit(ctx, self.commit_index + 1);
            let Some(entry) = self.log.pop() else { return };
            ctx.learn(Fact::Truncated { from: self.log.len() as u64 + 1 });
            self.execute(ctx, entry);
        }
    }

    /// Undefined in the listing.
    fn execute(&mut self, ctx: &mut Ctx<Self>, entry: Entry) {
        self.executed += 1;
        ctx.learn(Fact::Applied { slot: self.executed, value: word(&entry) });
        let found = match entry.0.op {
            Op::Put(key, value) => {
                self.store.insert(key, value);
                None
            }
            Op::Get(key) => self.store.get(&key).copied(),
            // Refused before they reach the log.
            _ => None,
        };
        if self.waiting.remove(&entry.0.id) {
            ctx.reply(entry.0.id, Outcome::Done(found));
        }
    }

    /// States what became of a log of `length` entries of which the first `kept` are left.
    fn tell_change(&self, ctx: &mut Ctx<Self>, length: usize, kept: usize) {
        if length > kept {
            ctx.learn(Fact::Truncated { from: kept as u64 + 1 });
        }
        for (entry, slot) in self.log.iter().skip(kept).zip(kept as u64 + 1..) {
            ctx.learn(Fact::Appended { slot, era: entry.1, value: word(entry) });
        }
    }

    fn tell_commit(&mut self, ctx: &mut Ctx<Self>, commit_index: u64) {
        for slot in self.commit_index + 1..=commit_index {
            if let Some(entry) = self.log.get(slot as usize - 1) {
                ctx.learn(Fact::Chosen { slot, value: word(entry) });
            }
        }
        self.commit_index = commit_index;
        ctx.learn(Fact::Committed { slot: commit_index });
    }
}

/// An entry as facts and the screen carry it. A word too long to be whole loses its end.
fn word(entry: &Entry) -> Word {
    let mut text = match entry.0.op {
        Op::Put(key, value) => format!("{key}={value}"),
        Op::Get(key) => format!("get {key}"),
        Op::Propose(value) => value.to_string(),
        other => other.to_string(),
    };
    while text.len() > Word::BYTES {
        text.pop();
    }
    Word::new(&text).unwrap_or_default()
}
