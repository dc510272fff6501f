//! The learner: finds out what is chosen, executes it in order, and asks for what it missed
//! [lamport01 §2.3, §3].

use super::{Ballot, Command, Msg, MultiPaxos, Slot, Tally, Vote};
use crate::kernel::{Ctx, Fact, NodeId, NodeSet};

impl MultiPaxos {
    /// An acceptor accepted these slots in this ballot.
    pub(super) fn on_accepted(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        slots: &[u64],
    ) {
        let own = self.attempt.as_ref().is_some_and(|attempt| attempt.ballot == ballot);
        // Nobody counts here: the leader it is for was outrun.
        if !own && !self.tuning.learn_all {
            return;
        }
        let mut changed = false;
        for &slot in slots {
            // What is chosen stays chosen.
            if self.log.chosen(slot).is_some() {
                continue;
            }
            let tally = self.tally.entry(slot).or_insert(Tally { ballot, who: NodeSet::EMPTY });
            // Counted by ballot: acceptances of two ballots are two half-votes, not one choice.
            if ballot > tally.ballot {
                *tally = Tally { ballot, who: NodeSet::EMPTY };
            }
            if ballot == tally.ballot {
                tally.who.insert(from);
                changed |= self.check_chosen(ctx, slot);
            }
        }
        if changed {
            self.save(ctx);
            self.progress(ctx);
        }
    }

    /// Whether a quorum of its acceptors accepted `slot`; then it is chosen. The caller saves.
    pub(super) fn check_chosen(&mut self, ctx: &mut Ctx<Self>, slot: u64) -> bool {
        let Some(tally) = self.tally.get(&slot).copied() else { return false };
        // Beyond the window nobody knows whose word counts; the leader will tell.
        if slot > self.applied + self.tuning.alpha {
            return false;
        }
        if !self.tuning.system.accepts(self.configs.at(slot).voters, tally.who) {
            return false;
        }
        let Some(command) = self.log.accepted_in(slot, tally.ballot) else { return false };
        self.choose(ctx, slot, tally.ballot, command)
    }

    /// Notes that `command` is chosen for `slot`. The caller saves.
    fn choose(&mut self, ctx: &mut Ctx<Self>, slot: u64, ballot: Ballot, command: Command) -> bool {
        self.tally.remove(&slot);
        if self.log.chosen(slot).is_some() {
            return false;
        }
        // rule: choose
        ctx.mark("choose");
        self.log.set(slot, Slot::Chosen(ballot, command));
        ctx.learn(Fact::Chosen { slot, value: command.word() });
        true
    }

    /// Notes everything that somebody else knows to be chosen. The caller saves.
    pub(super) fn learn_all<'a>(
        &mut self,
        ctx: &mut Ctx<Self>,
        votes: impl Iterator<Item = &'a Vote>,
    ) -> bool {
        let mut changed = false;
        for vote in votes {
            changed |= self.choose(ctx, vote.slot, vote.ballot, vote.command);
        }
        changed
    }

    /// The leader of `ballot` lives, and everything up to `upto` is chosen.
    pub(super) fn on_commit(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        upto: u64,
        round: u64,
    ) {
        if ballot < self.promised {
            self.refuse(ctx, from, ballot);
            return;
        }
        self.obey(ctx, from, ballot);
        let mut changed = false;
        for slot in self.applied + 1..=upto {
            if self.log.chosen(slot).is_some() {
                continue;
            }
            // A ballot has one value for a slot, so what it accepted in this one is what is chosen.
            let Some(command) = self.log.accepted_in(slot, ballot) else { break };
            changed |= self.choose(ctx, slot, ballot, command);
        }
        if changed {
            // rule: learn
            ctx.mark("learn");
            self.save(ctx);
            self.progress(ctx);
        }
        if self.applied < upto {
            self.ask(ctx, from);
        }
        if round > 0 {
            self.grant(ctx, from, ballot, round);
        }
    }

    fn ask(&mut self, ctx: &mut Ctx<Self>, whom: NodeId) {
        // rule: catch-up
        ctx.mark("catch-up");
        ctx.send(whom, Msg::Ask { from: self.applied + 1 });
    }

    pub(super) fn on_ask(&mut self, ctx: &mut Ctx<Self>, from: NodeId, first: u64) {
        let votes = self.log.run(first, self.tuning.batch);
        // It knows no more itself.
        if votes.is_empty() {
            return;
        }
        // rule: tell
        ctx.mark("tell");
        ctx.send(from, Msg::Decided { votes, upto: self.applied });
    }

    pub(super) fn on_decided(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        votes: &[Vote],
        upto: u64,
    ) {
        let before = self.applied;
        // Learned already: the message is an old one.
        if !self.learn_all(ctx, votes.iter()) {
            return;
        }
        self.save(ctx);
        self.progress(ctx);
        // There is more, and the sender is worth asking: it brought this node forward.
        if before < self.applied && self.applied < upto {
            self.ask(ctx, from);
        }
    }

    /// What was on disk is known from the start, and executed again.
    pub(super) fn recall(&mut self, ctx: &mut Ctx<Self>) {
        for slot in 1..=self.log.last() {
            if let Some(command) = self.log.chosen(slot) {
                ctx.learn(Fact::Chosen { slot, value: command.word() });
            }
        }
        self.execute_ready(ctx);
        self.configs.forget_before(self.applied + 1);
    }
}
