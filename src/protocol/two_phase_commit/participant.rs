//! A participant: votes once, obeys, and asks when it is in doubt [bernstein87 §7.3, §7.4].

use super::{COORDINATOR, Msg, Record, State, Timer, TwoPhaseCommit};
use crate::kernel::{Ctx, Fact, NodeId, Word};

impl TwoPhaseCommit {
    pub(super) fn on_prepare(&mut self, ctx: &mut Ctx<Self>, from: NodeId, txn: u64, what: Word) {
        let yes = match self.records.get(&txn).map(|record| record.state) {
            None => self.vote(ctx, txn, what),
            Some(State::Prepared | State::Aborted) => {
                // rule: vote-again
                ctx.mark("vote-again");
                self.state(txn) == Some(State::Prepared)
            }
            // The vote was counted long ago: an old duplicate.
            Some(State::Committed) => return,
        };
        self.pass(ctx, from, Msg::Vote { txn, yes });
    }

    /// Casts the one vote it has.
    fn vote(&mut self, ctx: &mut Ctx<Self>, txn: u64, what: Word) -> bool {
        let yes = !self.refuses && !self.tuning.refusals.strikes(ctx.choices());
        if yes {
            // rule: vote-yes
            ctx.mark("vote-yes");
            if !self.doubts().any(|_| true) {
                ctx.arm(Timer::Inquire, self.tuning.retry);
            }
            self.write(ctx, txn, Record { what, state: State::Prepared });
            ctx.learn(Fact::Prepared { txn, yes: true });
        } else {
            // rule: vote-no
            ctx.mark("vote-no");
            self.write(ctx, txn, Record { what, state: State::Aborted });
            ctx.learn(Fact::Prepared { txn, yes: false });
            ctx.learn(Fact::Resolved { txn, commit: false });
        }
        yes
    }

    pub(super) fn on_decide(&mut self, ctx: &mut Ctx<Self>, txn: u64, commit: bool) {
        match (self.state(txn), commit) {
            (Some(State::Prepared), true) => {
                // rule: obey-commit
                ctx.mark("obey-commit");
                self.settle(ctx, txn, State::Committed);
                self.pass(ctx, COORDINATOR, Msg::Ack { txn });
            }
            (Some(State::Committed), true) => self.pass(ctx, COORDINATOR, Msg::Ack { txn }),
            // Also before its vote: should the question still come, the answer is no.
            (Some(State::Prepared) | None, false) => {
                // rule: obey-abort
                ctx.mark("obey-abort");
                self.settle(ctx, txn, State::Aborted);
            }
            // Known already, or an answer to an old question: after everyone has acknowledged a
            // commit, the coordinator presumes an abort.
            // And nothing is committed without its yes, which is on disk.
            (Some(State::Aborted | State::Committed), false)
            | (Some(State::Aborted) | None, true) => {}
        }
    }

    /// Writes down how a transaction ended here.
    pub(in crate::protocol) fn settle(&mut self, ctx: &mut Ctx<Self>, txn: u64, state: State) {
        let what = self.records.get(&txn).map_or_else(Word::default, |record| record.what);
        self.write(ctx, txn, Record { what, state });
        ctx.learn(Fact::Resolved { txn, commit: state == State::Committed });
        if self.doubts().next().is_none() {
            ctx.disarm(Timer::Inquire);
        }
    }

    /// Asks for the decisions it waits for.
    pub(super) fn inquire(&mut self, ctx: &mut Ctx<Self>) {
        let doubts: Vec<u64> = self.doubts().collect();
        // Only by hand: the timer runs while it is in doubt.
        if doubts.is_empty() {
            return;
        }
        // rule: inquire
        ctx.mark("inquire");
        ctx.arm(Timer::Inquire, self.tuning.retry);
        for txn in doubts {
            self.pass(ctx, COORDINATOR, Msg::Inquire { txn });
            if self.tuning.cooperate {
                for peer in ctx.peers().filter(|peer| *peer != COORDINATOR) {
                    ctx.send(peer, Msg::Inquire { txn });
                }
            }
        }
    }

    /// Another participant is in doubt: cooperative termination [bernstein87 §7.4].
    pub(super) fn answer_as_participant(&mut self, ctx: &mut Ctx<Self>, from: NodeId, txn: u64) {
        let commit = match self.state(txn) {
            Some(State::Prepared) => {
                // rule: in-doubt
                ctx.mark("in-doubt");
                return;
            }
            None => {
                // rule: abort-unvoted
                ctx.mark("abort-unvoted");
                self.settle(ctx, txn, State::Aborted);
                false
            }
            Some(state) => {
                // rule: recall
                ctx.mark("recall");
                state == State::Committed
            }
        };
        ctx.send(from, Msg::Decide { txn, commit });
    }

    pub(in crate::protocol) fn state(&self, txn: u64) -> Option<State> {
        self.records.get(&txn).map(|record| record.state)
    }

    fn write(&mut self, ctx: &mut Ctx<Self>, txn: u64, record: Record) {
        self.doubtful.remove(&txn);
        if record.state == State::Prepared {
            self.doubtful.insert(txn);
        }
        self.records.insert_mut(txn, record);
        self.save(ctx);
    }

    /// Transactions it voted yes for and has heard no decision of.
    pub(in crate::protocol) fn doubts(&self) -> impl Iterator<Item = u64> {
        self.doubtful.iter().copied()
    }
}
