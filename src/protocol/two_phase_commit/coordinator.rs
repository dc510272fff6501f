//! The coordinator: collects votes, decides, and tells [bernstein87 §7.3].

use std::collections::BTreeSet;

use super::{COORDINATOR, Msg, Open, Timer, TwoPhaseCommit};
use crate::kernel::{Ctx, Fact, NodeId, Outcome, Request, Window};
use crate::protocol::shared::words;

impl TwoPhaseCommit {
    /// Phase one: a number of its own for the transaction, and a question to everyone.
    pub(super) fn begin(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        if ctx.id() != COORDINATOR {
            // rule: redirect
            ctx.mark("redirect");
            ctx.reply(request.id, Outcome::Redirect(Some(COORDINATOR)));
            return;
        }
        if let Some(outcome) = self.answers.result(request.id) {
            // rule: repeat-answer
            ctx.mark("repeat-answer");
            ctx.reply(request.id, outcome);
            return;
        }
        // The client has moved on long ago, or its transaction is under way.
        let under_way = self.open.values().any(|open| open.request == request.id);
        if self.answers.forgot(request.id) || under_way {
            return;
        }
        // rule: begin
        ctx.mark("begin");
        self.last += 1;
        // The number is never used again, also after a crash.
        self.save(ctx);
        let (txn, what) = (self.last, words::word(request.op));
        if self.open.is_empty() {
            ctx.arm(Timer::Votes, Window::exactly(self.tuning.votes));
        }
        self.open.insert(txn, Open { request: request.id, what, yes: BTreeSet::new() });
        for participant in participants(ctx) {
            self.pass(ctx, participant, Msg::Prepare { txn, what });
        }
    }

    pub(super) fn on_vote(&mut self, ctx: &mut Ctx<Self>, from: NodeId, txn: u64, yes: bool) {
        // It is decided: this is a duplicate, or was too late.
        let Some(open) = self.open.get_mut(&txn) else { return };
        if !yes {
            // rule: abort
            ctx.mark("abort");
            self.abort(ctx, txn);
            return;
        }
        open.yes.insert(from);
        if open.yes.len() == participants(ctx).len() {
            self.commit(ctx, txn);
        }
    }

    /// The time for the votes of the oldest transaction is over.
    pub(super) fn on_late_votes(&mut self, ctx: &mut Ctx<Self>) {
        // Only by hand: the timer runs while a transaction is open.
        let Some(&txn) = self.open.keys().next() else { return };
        // rule: abort-late
        ctx.mark("abort-late");
        self.abort(ctx, txn);
    }

    /// Phase two after a yes of everyone. The decision is made when it is on disk.
    pub(in crate::protocol) fn commit(&mut self, ctx: &mut Ctx<Self>, txn: u64) {
        // rule: commit
        ctx.mark("commit");
        let Some(open) = self.close(ctx, txn) else { return };
        let everyone: BTreeSet<NodeId> = participants(ctx).into_iter().collect();
        if self.telling.is_empty() {
            ctx.arm(Timer::Tell, self.tuning.retry);
        }
        self.telling.insert_mut(txn, everyone.clone());
        let outcome = Outcome::Done(Some(open.what));
        self.answers.record(open.request, outcome);
        self.save(ctx);
        ctx.learn(Fact::Resolved { txn, commit: true });
        ctx.reply(open.request, outcome);
        for participant in everyone {
            self.pass(ctx, participant, Msg::Decide { txn, commit: true });
        }
    }

    /// Phase two otherwise. Nothing is written: who finds no record presumes an abort
    /// [mohan86 §3.1].
    fn abort(&mut self, ctx: &mut Ctx<Self>, txn: u64) {
        let Some(open) = self.close(ctx, txn) else { return };
        self.answers.record(open.request, Outcome::Unmet);
        ctx.learn(Fact::Resolved { txn, commit: false });
        ctx.reply(open.request, Outcome::Unmet);
        for participant in participants(ctx) {
            self.pass(ctx, participant, Msg::Decide { txn, commit: false });
        }
    }

    /// Takes a transaction out of those open. The timer always belongs to the oldest of them.
    fn close(&mut self, ctx: &mut Ctx<Self>, txn: u64) -> Option<Open> {
        let oldest = self.open.keys().next() == Some(&txn);
        let open = self.open.remove(&txn);
        if self.open.is_empty() {
            ctx.disarm(Timer::Votes);
        } else if oldest {
            ctx.arm(Timer::Votes, Window::exactly(self.tuning.votes));
        }
        open
    }

    pub(super) fn on_ack(&mut self, ctx: &mut Ctx<Self>, from: NodeId, txn: u64) {
        // All have acknowledged before: a duplicate.
        let Some(silent) = self.telling.get(&txn) else { return };
        let mut silent = silent.clone();
        silent.remove(&from);
        if silent.is_empty() {
            // rule: forget
            ctx.mark("forget");
            self.telling.remove_mut(&txn);
            if self.telling.is_empty() {
                ctx.disarm(Timer::Tell);
            }
        } else {
            self.telling.insert_mut(txn, silent);
        }
        self.save(ctx);
    }

    /// Tells decisions to those that have not acknowledged them.
    pub(super) fn tell_again(&mut self, ctx: &mut Ctx<Self>) {
        // Only by hand: the timer runs while somebody has to be told.
        if self.telling.is_empty() {
            return;
        }
        // rule: tell-again
        ctx.mark("tell-again");
        ctx.arm(Timer::Tell, self.tuning.retry);
        let telling: Vec<(u64, BTreeSet<NodeId>)> =
            self.telling.iter().map(|(txn, silent)| (*txn, silent.clone())).collect();
        for (txn, silent) in telling {
            for participant in silent {
                self.pass(ctx, participant, Msg::Decide { txn, commit: true });
            }
        }
    }

    /// A participant in doubt asks the coordinator.
    pub(super) fn answer_as_coordinator(&mut self, ctx: &mut Ctx<Self>, from: NodeId, txn: u64) {
        // Votes are still being collected; the decision will be told.
        if self.open.contains_key(&txn) {
            return;
        }
        let commit = self.telling.contains_key(&txn);
        if commit {
            // rule: recall
            ctx.mark("recall");
        } else {
            // rule: presume-abort
            ctx.mark("presume-abort");
        }
        self.pass(ctx, from, Msg::Decide { txn, commit });
    }
}

/// Everyone but the coordinator; if it is alone, itself.
pub(in crate::protocol) fn participants(ctx: &Ctx<TwoPhaseCommit>) -> Vec<NodeId> {
    if ctx.nodes() == 1 {
        return vec![COORDINATOR];
    }
    (0..ctx.nodes()).map(NodeId).filter(|id| *id != COORDINATOR).collect()
}
