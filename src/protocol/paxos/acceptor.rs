//! The acceptor: what it promised and accepted is on disk before anyone hears of it [lamport01
//! §2.2].

use super::{Ballot, Disk, Msg, Paxos};
use crate::kernel::{Ctx, Fact, NodeId, Word};

impl Paxos {
    pub(super) fn on_prepare(&mut self, ctx: &mut Ctx<Self>, from: NodeId, ballot: Ballot) {
        // It is too late to prepare anything: the answer saves the proposer its phases.
        if let Some(value) = self.chosen {
            ctx.send(from, Msg::Chosen { value });
            return;
        }
        // A repeated Prepare of the ballot promised is answered again: the first answer may be
        // lost.
        if ballot < self.promised {
            self.refuse(ctx, from, ballot);
            return;
        }
        // rule: promise
        ctx.mark("promise");
        self.promise(ctx, ballot);
        ctx.send(from, Msg::Promise { ballot, accepted: self.accepted });
        self.check_outrun(ctx);
    }

    pub(super) fn on_accept(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        value: Word,
    ) {
        if let Some(value) = self.chosen {
            ctx.send(from, Msg::Chosen { value });
            return;
        }
        if !self.accept(ctx, ballot, value) {
            self.refuse(ctx, from, ballot);
            return;
        }
        ctx.broadcast(&Msg::Accepted { ballot, value });
        let me = ctx.id();
        self.on_accepted(ctx, me, ballot, value);
        self.check_outrun(ctx);
    }

    /// Phase 1b: remembers the promise, unless it is not new.
    pub(super) fn promise(&mut self, ctx: &mut Ctx<Self>, ballot: Ballot) {
        if ballot > self.promised {
            self.raise(ctx, ballot);
            self.save(ctx);
        }
    }

    /// Phase 2b: accepts unless a higher ballot was promised.
    pub(super) fn accept(&mut self, ctx: &mut Ctx<Self>, ballot: Ballot, value: Word) -> bool {
        if ballot < self.promised {
            return false;
        }
        // rule: accept
        ctx.mark("accept");
        // Accepting promises too. Without it a late proposal of a lower ballot could overwrite
        // this one.
        self.raise(ctx, ballot);
        if self.accepted != Some((ballot, value)) {
            self.accepted = Some((ballot, value));
            self.save(ctx);
        }
        true
    }

    pub(super) fn raise(&mut self, ctx: &mut Ctx<Self>, ballot: Ballot) {
        if ballot > self.promised {
            self.promised = ballot;
            ctx.learn(Fact::Entered { era: ballot });
            ctx.learn(Fact::Voted { era: ballot, candidate: owner(ctx, ballot) });
        }
    }

    pub(super) fn refuse(&mut self, ctx: &mut Ctx<Self>, from: NodeId, ballot: Ballot) {
        // rule: refuse
        ctx.mark("refuse");
        ctx.send(from, Msg::Nack { ballot, promised: self.promised });
    }

    /// A proposer whose own acceptor follows a higher ballot is outrun as if it had been refused.
    pub(super) fn check_outrun(&mut self, ctx: &mut Ctx<Self>) {
        if self.attempt.as_ref().is_some_and(|attempt| attempt.ballot < self.promised) {
            self.yield_to(ctx);
        }
    }

    pub(in crate::protocol) fn save(&self, ctx: &mut Ctx<Self>) {
        ctx.save(Disk { promised: self.promised, accepted: self.accepted, untold: false });
    }
}

/// Whose ballot it is.
fn owner(ctx: &Ctx<Paxos>, ballot: Ballot) -> NodeId {
    NodeId((ballot % u64::from(ctx.nodes())) as u32)
}
