//! The proposer: opens ballots, and picks one value for each [lamport01 §2.2].

use std::collections::BTreeSet;

use super::{Attempt, Ballot, Msg, Paxos, SLOT, Timer};
use crate::kernel::{Ctx, Fact, NodeId, Span, Window, Word, majority};

/// A pause at most doubles so many times.
const DOUBLINGS: u32 = 5;

impl Paxos {
    /// Phase 1a: opens a ballot of its own above everything it has seen.
    pub(super) fn prepare(&mut self, ctx: &mut Ctx<Self>) {
        // rule: prepare
        ctx.mark("prepare");
        let ballot = next_ballot(ctx, self.promised.max(self.seen));
        self.attempt = Some(Attempt { ballot, promises: BTreeSet::new(), best: None, value: None });
        // The own promise is also the memory of the ballots used: on disk before anyone hears of
        // it.
        self.promise(ctx, ballot);
        ctx.broadcast(&Msg::Prepare { ballot });
        ctx.arm(Timer::Retry, grown(self.tuning.retry, self.failures));
        let me = ctx.id();
        self.on_promise(ctx, me, ballot, self.accepted);
    }

    pub(super) fn on_promise(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        accepted: Option<(Ballot, Word)>,
    ) {
        // Nobody here waits for it: the attempt was given up, or the choice is known.
        let Some(attempt) = &mut self.attempt else { return };
        // It answers an earlier ballot, or comes after the majority that settled the value.
        if attempt.ballot != ballot || attempt.value.is_some() {
            return;
        }
        attempt.promises.insert(from);
        // Ballots come first in the order of pairs, so this is the report of the highest ballot.
        attempt.best = attempt.best.max(accepted);
        if (attempt.promises.len() as u32) < majority(ctx.nodes()) {
            return;
        }
        self.propose(ctx);
    }

    /// Phase 2a: picks the one value of this ballot and asks everyone to accept it.
    pub(in crate::protocol) fn propose(&mut self, ctx: &mut Ctx<Self>) {
        let Some(attempt) = &mut self.attempt else { return };
        let ballot = attempt.ballot;
        let value = if let Some((_, value)) = attempt.best {
            // rule: adopt
            ctx.mark("adopt");
            value
        } else {
            let Some(value) = self.wanted else {
                // It only wanted to find out, and finds that nothing was chosen.
                self.abandon(ctx);
                ctx.disarm(Timer::Retry);
                return;
            };
            // rule: propose
            ctx.mark("propose");
            ctx.learn(Fact::Proposed { slot: SLOT, value });
            value
        };
        attempt.value = Some(value);
        ctx.learn(Fact::Elected { era: ballot });
        ctx.broadcast(&Msg::Accept { ballot, value });
        if self.accept(ctx, ballot, value) {
            let me = ctx.id();
            self.on_accepted(ctx, me, ballot, value);
        }
    }

    pub(super) fn on_nack(&mut self, ctx: &mut Ctx<Self>, ballot: Ballot, promised: Ballot) {
        self.seen = self.seen.max(promised);
        // The refusal of an earlier ballot says nothing about this one.
        if self.attempt.as_ref().is_some_and(|attempt| attempt.ballot == ballot) {
            self.yield_to(ctx);
        }
    }

    /// A higher ballot is about, so this one can no longer count on a majority.
    pub(super) fn yield_to(&mut self, ctx: &mut Ctx<Self>) {
        self.abandon(ctx);
        // It only wanted to find out; whoever outran it will.
        if self.wanted.is_none() {
            ctx.disarm(Timer::Retry);
            return;
        }
        if self.tuning.backoff {
            // rule: back-off
            ctx.mark("back-off");
            ctx.arm(Timer::Retry, grown(self.tuning.pause, self.failures));
        } else {
            // rule: duel
            ctx.mark("duel");
            self.prepare(ctx);
        }
    }

    pub(super) fn on_retry(&mut self, ctx: &mut Ctx<Self>) {
        if self.attempt.is_some() {
            // Messages were lost, or a majority is away.
            // rule: retry
            ctx.mark("retry");
            self.abandon(ctx);
        }
        if self.wanted.is_some() {
            self.prepare(ctx);
        }
    }

    pub(super) fn abandon(&mut self, ctx: &mut Ctx<Self>) {
        let Some(attempt) = self.attempt.take() else { return };
        self.failures = self.failures.saturating_add(1);
        if attempt.value.is_some() {
            ctx.learn(Fact::SteppedDown { era: attempt.ballot });
        }
    }
}

/// The window after so many failures: doubled for each, so that any network is slow enough at last.
fn grown(window: Window, failures: u32) -> Window {
    let factor = 1_u64 << failures.min(DOUBLINGS);
    Window {
        min: Span(window.min.0.saturating_mul(factor)),
        max: Span(window.max.0.saturating_mul(factor)),
    }
}

/// The lowest ballot above `floor` that belongs to this node. Rounds count from 1.
fn next_ballot(ctx: &Ctx<Paxos>, floor: Ballot) -> Ballot {
    let (n, id) = (u64::from(ctx.nodes()), u64::from(ctx.id().0));
    let round = if floor < id { 0 } else { (floor - id) / n + 1 };
    round.max(1).saturating_mul(n).saturating_add(id)
}
