//! The acceptor: what it promised and accepted is on disk before anyone hears of it
//! [lamport01 §2.2, §3].

use super::{Ballot, Command, Msg, MultiPaxos, Slot, Timer, Vote, send_to};
use crate::kernel::{Ctx, Fact, NodeId, NodeSet};

impl MultiPaxos {
    /// Phase 1b, for all slots at once.
    pub(super) fn on_prepare(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        slot: u64,
    ) {
        if ballot < self.promised {
            self.refuse(ctx, from, ballot);
            return;
        }
        if self.is_held_off(ctx, ballot) {
            // rule: keep-lease
            ctx.mark("keep-lease");
            ctx.send(from, Msg::Nack { ballot, promised: self.promised });
            return;
        }
        // rule: promise
        ctx.mark("promise");
        if ballot > self.promised {
            self.raise(ctx, ballot);
            self.leader = None;
            self.save(ctx);
        }
        // Whoever is promised something gets the time to use it.
        ctx.arm(Timer::Election, self.tuning.election);
        ctx.send(from, Msg::Promise { ballot, votes: self.log.votes(slot) });
    }

    /// Phase 2b, for one or many slots.
    pub(super) fn on_accept(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        proposals: &[(u64, Command)],
    ) {
        if ballot < self.promised {
            self.refuse(ctx, from, ballot);
            return;
        }
        // rule: accept
        ctx.mark("accept");
        self.obey(ctx, from, ballot);
        let (mut slots, mut known) = (Vec::with_capacity(proposals.len()), Vec::new());
        for &(slot, command) in proposals {
            // What is chosen is not voted on again: the leader is told instead.
            if let Some(vote) = self.log.vote(slot).filter(|vote| vote.chosen) {
                known.push(vote);
                continue;
            }
            self.log.set(slot, Slot::Accepted(ballot, command));
            slots.push(slot);
        }
        self.save(ctx);
        if !known.is_empty() {
            ctx.send(from, Msg::Decided { votes: known.into(), upto: self.applied });
        }
        if slots.is_empty() {
            return;
        }
        let everyone = if self.tuning.learn_all { self.configs.audience() } else { NodeSet::EMPTY };
        let msg = Msg::Accepted { ballot, slots: slots.as_slice().into() };
        send_to(ctx, everyone.with(from), &msg);
        if self.tuning.learn_all {
            let me = ctx.id();
            self.on_accepted(ctx, me, ballot, &slots);
        }
    }

    /// A leader of this ballot, at least as high as any promised, is heard of.
    pub(super) fn obey(&mut self, ctx: &mut Ctx<Self>, leader: NodeId, ballot: Ballot) {
        if ballot > self.promised {
            self.raise(ctx, ballot);
            self.save(ctx);
        }
        self.leader = Some(leader);
        ctx.arm(Timer::Election, self.tuning.election);
    }

    /// Promises `ballot`, and by that gives up any lower ballot of its own. The caller saves.
    pub(super) fn raise(&mut self, ctx: &mut Ctx<Self>, ballot: Ballot) {
        if self.attempt.as_ref().is_some_and(|attempt| attempt.ballot < ballot) {
            // rule: outrun
            ctx.mark("outrun");
            self.resign(ctx);
        }
        self.promised = ballot;
        ctx.learn(Fact::Entered { era: ballot });
        ctx.learn(Fact::Voted { era: ballot, candidate: owner(ctx, ballot) });
    }

    pub(super) fn refuse(&mut self, ctx: &mut Ctx<Self>, from: NodeId, ballot: Ballot) {
        // rule: refuse
        ctx.mark("refuse");
        ctx.send(from, Msg::Nack { ballot, promised: self.promised });
    }

    /// Phase 2b of the leader's own acceptor. The caller saves.
    pub(super) fn accept_own(&mut self, ctx: &Ctx<Self>, ballot: Ballot, vote: Vote) {
        self.log.set(vote.slot, Slot::Accepted(ballot, vote.command));
        let who = NodeSet::only(ctx.id());
        self.tally.insert(vote.slot, super::Tally { ballot, who });
    }
}

/// Whose ballot it is.
pub(super) fn owner(ctx: &Ctx<MultiPaxos>, ballot: Ballot) -> NodeId {
    NodeId((ballot % u64::from(ctx.nodes())) as u32)
}

/// The lowest ballot above `floor` that belongs to this node. Rounds count from 1.
pub(super) fn next_ballot(ctx: &Ctx<MultiPaxos>, floor: Ballot) -> Ballot {
    let (n, id) = (u64::from(ctx.nodes()), u64::from(ctx.id().0));
    let round = if floor < id { 0 } else { (floor - id) / n + 1 };
    round.max(1).saturating_mul(n).saturating_add(id)
}
