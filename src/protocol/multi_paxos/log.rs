//! The log: one instance of Paxos per slot, from slot 1, shared between the node and its disk.

use std::sync::Arc;

use rpds::VectorSync;

use super::{Ballot, Vote};
use crate::kernel::{Op, Request, Word};
use crate::protocol::shared::words;

/// What a slot asks of the state machine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Nothing: it closes a gap [lamport01 §3].
    Noop,
    /// Nothing: laid down by a `given` line.
    Given(Word),
    /// What a client, or an operator, asked for.
    Client(Request),
}

impl Command {
    /// The command as a value that facts and the screen can carry.
    pub fn word(&self) -> Word {
        match self {
            Command::Noop => Word::new("no-op").unwrap_or_default(),
            Command::Given(word) => *word,
            Command::Client(request) => words::word(request.op),
        }
    }

    /// The change of the configuration it asks for, if it does.
    pub(super) fn change(&self) -> Option<crate::kernel::Change> {
        match self {
            Command::Client(Request { op: Op::Change(change), .. }) => Some(*change),
            Command::Client(_) | Command::Noop | Command::Given(_) => None,
        }
    }
}

/// What an acceptor and learner knows of one slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Slot {
    /// Nothing.
    #[default]
    Empty,
    /// It accepted this, last in this ballot.
    Accepted(Ballot, Command),
    /// This is chosen; the ballot is where it learned so.
    Chosen(Ballot, Command),
}

/// Slots from 1. Copies share what they have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Log(VectorSync<Slot>);

impl Log {
    /// What is known of `slot`.
    pub(super) fn get(&self, slot: u64) -> Slot {
        let index = slot.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.0.get(index)).copied().unwrap_or_default()
    }

    /// The last slot that anything is known of; zero if there is none.
    pub(super) fn last(&self) -> u64 {
        self.0.len() as u64
    }

    /// The command chosen for `slot`, if that is known.
    pub(super) fn chosen(&self, slot: u64) -> Option<Command> {
        match self.get(slot) {
            Slot::Chosen(_, command) => Some(command),
            Slot::Empty | Slot::Accepted(..) => None,
        }
    }

    /// The command accepted for `slot` in exactly this ballot.
    pub(super) fn accepted_in(&self, slot: u64, ballot: Ballot) -> Option<Command> {
        match self.get(slot) {
            Slot::Accepted(of, command) if of == ballot => Some(command),
            Slot::Empty | Slot::Accepted(..) | Slot::Chosen(..) => None,
        }
    }

    /// Replaces what is known of `slot`, from 1; slots before it that did not exist are empty.
    pub(super) fn set(&mut self, slot: u64, what: Slot) {
        while self.last() < slot {
            self.0.push_back_mut(Slot::Empty);
        }
        if let Some(index) = slot.checked_sub(1).and_then(|index| usize::try_from(index).ok()) {
            self.0.set_mut(index, what);
        }
    }

    /// Everything accepted or chosen from `first` on: what a promise reports.
    pub(super) fn votes(&self, first: u64) -> Arc<[Vote]> {
        (first.max(1)..=self.last()).filter_map(|slot| self.vote(slot)).collect()
    }

    /// At most `count` chosen commands, from `first` on, as far as there is no gap.
    pub(super) fn run(&self, first: u64, count: u64) -> Arc<[Vote]> {
        let slots = first.max(1)..first.max(1).saturating_add(count);
        slots.map_while(|slot| self.vote(slot).filter(|vote| vote.chosen)).collect()
    }

    /// What is known of `slot`, as a promise reports it.
    pub(super) fn vote(&self, slot: u64) -> Option<Vote> {
        match self.get(slot) {
            Slot::Empty => None,
            Slot::Accepted(ballot, command) => Some(Vote { slot, ballot, command, chosen: false }),
            Slot::Chosen(ballot, command) => Some(Vote { slot, ballot, command, chosen: true }),
        }
    }

    /// The log of a `given` line: the ballot each slot was accepted in, with a star if it is known
    /// to be chosen, and `-` for nothing, for example `3*.-.5`. Slots of one number and one ballot
    /// hold the same command.
    pub(super) fn parse(text: &str) -> Result<Log, String> {
        let mut log = Log::default();
        for (part, slot) in text.split('.').zip(1_u64..) {
            if part == "-" {
                log.set(slot, Slot::Empty);
                continue;
            }
            let ballot = super::parse_ballot(part.trim_end_matches('*'))?;
            let word = Word::new(&format!("e{slot}b{ballot}")).unwrap_or_default();
            let command = Command::Given(word);
            let chosen = part.ends_with('*');
            let what = if chosen { Slot::Chosen } else { Slot::Accepted };
            log.set(slot, what(ballot, command));
        }
        Ok(log)
    }
}
