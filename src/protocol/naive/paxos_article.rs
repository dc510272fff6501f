//! The Paxos listing of the article, as it stands [article §4.1].
//!
//! A proposer counts yes votes for a value and calls it chosen at more than half. There are no
//! ballots, no promises, and nobody remembers what was chosen. `vote` is called and never defined,
//! so it is a parameter: a node says yes to everything, and two values are chosen; or yes to the
//! first value it sees, and the votes may split for ever.
//!
//! # Divergence
//!
//! - `node.vote(value)` returns its answer. Here it is a message to each of `nodes` in order, and
//!   what stands below it runs as answers come in. `return value` is `Fact::Chosen` and the
//!   client's answer; `return None` is a refusal. Answers after the return are ignored, as the
//!   loop has ended.
//! - Nothing calls `accept`. Step 3 of the article's prose has the proposer tell every node the
//!   value, so it sends `Accept`, and `accept` runs there as written. It is true on the proposer
//!   only, since `prepared` is its own.

mod about;

use std::collections::{BTreeMap, BTreeSet};

use super::{NoTimer, nothing_given};
use crate::kernel::{
    About, Ctx, Face, Fact, Flaw, Knobs, Node, NodeCard, NodeId, Op, Outcome, Payload, Request,
    RequestId, Role, Settings, Word,
};

/// Its messages: the calls and their answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Msg {
    /// `node.vote(value)`.
    Vote(Word),
    /// What it returns.
    Voted(Word, bool),
    /// `node.accept(value)`. What it returns is used by nobody.
    Accept(Word),
}

impl Payload for Msg {
    fn face(&self) -> Face {
        match self {
            Msg::Vote(_) => about::VOTE,
            Msg::Voted(_, true) => about::YES,
            Msg::Voted(_, false) => about::NO,
            Msg::Accept(_) => about::ACCEPT,
        }
    }

    fn detail(&self) -> String {
        match self {
            Msg::Vote(value) | Msg::Voted(value, _) | Msg::Accept(value) => value.to_string(),
        }
    }
}

/// `class Paxos`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PaxosArticle {
    values: BTreeMap<Word, u32>,
    prepared: BTreeSet<Word>,

    // Not in the listing: what `vote` needs, and the calls of `propose` that have not returned.
    always: bool,
    first: Option<Word>,
    proposing: BTreeMap<Word, (RequestId, u32)>,
}

impl PaxosArticle {
    fn propose(&mut self, ctx: &mut Ctx<Self>, value: Word) {
        // rule: election
        ctx.mark("election");
        self.values.insert(value, 0);
        ctx.learn(Fact::Proposed { slot: 1, value });
        // rule: voting
        ctx.mark("voting");
        for node in (0..ctx.nodes()).map(NodeId) {
            if node == ctx.id() {
                let vote = self.vote(value);
                self.decide(ctx, value, vote);
            } else {
                ctx.send(node, Msg::Vote(value));
            }
        }
    }

    fn decide(&mut self, ctx: &mut Ctx<Self>, value: Word, vote: bool) {
        // Its `propose` has returned.
        let Some((request, answers)) = self.proposing.get_mut(&value) else { return };
        let request = *request;
        *answers += 1;
        let last = *answers == ctx.nodes();
        if vote {
            let votes = self.values.entry(value).or_insert(0);
            *votes += 1;
            if *votes > ctx.nodes() / 2 {
                // rule: decision
                ctx.mark("decision");
                self.prepared.insert(value);
                self.proposing.remove(&value);
                ctx.learn(Fact::Chosen { slot: 1, value });
                ctx.reply(request, Outcome::Done(Some(value)));
                ctx.broadcast(&Msg::Accept(value));
                self.accept(value);
                return;
            }
        }
        if last {
            // rule: return-none
            ctx.mark("return-none");
            self.proposing.remove(&value);
            ctx.reply(request, Outcome::Refused);
        }
    }

    fn accept(&mut self, value: Word) -> bool {
        if self.prepared.contains(&value) {
            self.prepared.remove(&value);
            return true;
        }
        false
    }

    /// Undefined in the listing.
    fn vote(&mut self, value: Word) -> bool {
        self.always || *self.first.get_or_insert(value) == value
    }
}

impl Node for PaxosArticle {
    type Msg = Msg;
    type Timer = NoTimer;
    type Disk = ();

    const ABOUT: About = about::ABOUT;

    fn boot(_: &mut Ctx<Self>, knobs: &Knobs, (): &()) -> Self {
        PaxosArticle {
            values: BTreeMap::new(),
            prepared: BTreeSet::new(),
            always: knobs.choice("vote") == "always",
            first: None,
            proposing: BTreeMap::new(),
        }
    }

    fn flaws() -> Vec<Flaw> {
        about::FLAWS.to_vec()
    }

    fn on_message(&mut self, ctx: &mut Ctx<Self>, from: NodeId, msg: Msg) {
        match msg {
            Msg::Vote(value) => {
                // rule: vote
                ctx.mark("vote");
                let vote = self.vote(value);
                ctx.send(from, Msg::Voted(value, vote));
            }
            Msg::Voted(value, vote) => self.decide(ctx, value, vote),
            Msg::Accept(value) => {
                self.accept(value);
            }
        }
    }

    fn on_timer(&mut self, _: &mut Ctx<Self>, timer: NoTimer) {
        match timer {}
    }

    fn on_request(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        match request.op {
            Op::Propose(value) | Op::Put(_, value) => {
                self.proposing.insert(value, (request.id, 0));
                self.propose(ctx, value);
            }
            _ => ctx.reply(request.id, Outcome::Refused),
        }
    }

    fn role(&self) -> Role {
        if self.proposing.is_empty() { Role::Follower } else { Role::Candidate }
    }

    fn era(&self) -> u64 {
        0
    }

    fn card(&self) -> NodeCard {
        let title = if self.proposing.is_empty() { "Node" } else { "Proposer" };
        NodeCard::new(self.role(), title, 0)
            .with("values", &format!("{:?}", self.values))
            .with("prepared", &format!("{:?}", self.prepared))
    }

    fn given(settings: &Settings<'_>) -> Result<(), String> {
        nothing_given("paxos-article", settings)
    }
}
