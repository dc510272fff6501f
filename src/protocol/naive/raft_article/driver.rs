//! The least that makes the listing run: who calls it, and how a call travels.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{NoTimer, nothing_given};
use super::{Entry, RaftArticle, about, word};
use crate::kernel::{
    About, Cell, Ctx, Face, Fact, Knobs, Node, NodeCard, NodeId, Op, Outcome, Payload, Request,
    Role, Settings,
};

/// Its messages: the call and its answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// `node.appendEntries(term, prevLogIndex, prevLogTerm, entries)`.
    AppendEntries(u64, u64, u64, Vec<Entry>),
    /// What it returns. Used by nobody.
    Returned(bool),
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::AppendEntries(..) => about::APPEND_ENTRIES,
            Msg::Returned(true) => about::TRUE,
            Msg::Returned(false) => about::FALSE,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::AppendEntries(_, prev, _, entries) => {
                let words: Vec<_> = entries.iter().map(|entry| word(entry).to_string()).collect();
                format!("{prev}: {}", words.join(" "))
            }
            Msg::Returned(_) => String::new(),
        }
    }
}

impl Node for RaftArticle {
    type Msg = Msg;
    type Timer = NoTimer;
    type Disk = ();

    const ABOUT: About = about::ABOUT;

    fn boot(ctx: &mut Ctx<Self>, _: &Knobs, (): &()) -> Self {
        // Nothing is on disk: whatever was in the log is gone.
        ctx.learn(Fact::Truncated { from: 1 });
        RaftArticle {
            log: Vec::new(),
            commit_index: 0,
            current_term: 0,
            voted_for: None,
            store: BTreeMap::new(),
            waiting: BTreeSet::new(),
            executed: 0,
        }
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::AppendEntries(_, prev, _, entries) => {
                let returned = self.append_entries(ctx, prev, &entries);
                if returned {
                    self.commit(ctx);
                }
                ctx.send(from, Msg::Returned(returned));
            }
            // Nothing in the listing asks what `appendEntries` returned elsewhere.
            Msg::Returned(_) => {}
        }
    }

    fn on_timer(&mut self, _: &mut Ctx<Self>, timer: NoTimer) {
        match timer {}
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        if !matches!(request.op, Op::Get(_) | Op::Put(..)) {
            ctx.reply(request.id, Outcome::Refused);
            return;
        }
        // rule: request
        ctx.mark("request");
        let entry = (request, self.current_term);
        let prev_index = self.log.len() as u64;
        let prev_term = self.log.last().map_or(0, |last| last.1);
        self.log.push(entry);
        self.waiting.insert(request.id);
        let (slot, value) = (prev_index + 1, word(&entry));
        ctx.learn(Fact::Proposed { slot, value });
        ctx.learn(Fact::Appended { slot, era: entry.1, value });
        let entries = vec![entry];
        ctx.broadcast(&Msg::AppendEntries(self.current_term, prev_index, prev_term, entries));
        self.commit(ctx);
    }

    /// Everyone plays the same part.
    fn role(&self) -> Role {
        Role::Follower
    }

    fn era(&self) -> u64 {
        self.current_term
    }

    fn card(&self) -> NodeCard {
        let mut card = NodeCard::new(Role::Follower, "Node", self.current_term)
            .with("commitIndex", &self.commit_index)
            .with("currentTerm", &self.current_term)
            .with(
                "votedFor",
                &self.voted_for.map_or_else(|| "None".to_owned(), |id| id.to_string()),
            )
            .with("executed", &self.executed);
        let first = self.log.len().saturating_sub(NodeCard::LOG_SHOWN);
        let shown = self.log.iter().zip(1_u64..).skip(first);
        card.log.extend(shown.map(|(entry, slot)| Cell {
            slot,
            era: entry.1,
            value: word(entry),
            committed: slot <= self.commit_index,
        }));
        card
    }

    fn given(settings: &Settings<'_>) -> Result<(), String> {
        nothing_given("raft-article", settings)
    }
}
