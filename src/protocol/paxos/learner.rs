//! The learner: finds out that a value has been chosen [lamport01 §2.3].

use super::{Ballot, Msg, Paxos, SLOT, Timer};
use crate::kernel::{Ctx, Fact, NodeId, Outcome, Word, majority};

impl Paxos {
    pub(super) fn on_accepted(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        value: Word,
    ) {
        // What is chosen stays chosen.
        if self.chosen.is_some() {
            return;
        }
        let newest = self.reports.entry(from).or_insert((ballot, value));
        // A report that was overtaken by a newer one is not counted.
        if ballot < newest.0 {
            return;
        }
        *newest = (ballot, value);
        // Counted by ballot: the same value in two ballots is two half-votes, not one choice.
        let votes = self.reports.values().filter(|report| report.0 == ballot).count();
        if votes as u32 >= majority(ctx.nodes()) {
            self.learn_chosen(ctx, value);
        }
    }

    pub(super) fn on_chosen(&mut self, ctx: &mut Ctx<Self>, value: Word) {
        // Learned already.
        if self.chosen.is_none() {
            self.learn_chosen(ctx, value);
        }
    }

    pub(in crate::protocol) fn learn_chosen(&mut self, ctx: &mut Ctx<Self>, value: Word) {
        // rule: learn
        ctx.mark("learn");
        self.abandon(ctx);
        self.chosen = Some(value);
        self.wanted = None;
        self.reports.clear();
        ctx.learn(Fact::Chosen { slot: SLOT, value });
        ctx.disarm(Timer::Retry);
        ctx.disarm(Timer::Ask);
        for request in std::mem::take(&mut self.waiting) {
            ctx.reply(request, Outcome::Done(Some(value)));
        }
    }

    pub(super) fn on_learn(&mut self, ctx: &mut Ctx<Self>, from: NodeId) {
        // rule: tell
        ctx.mark("tell");
        if let Some(value) = self.chosen {
            ctx.send(from, Msg::Chosen { value });
        } else if let Some((ballot, value)) = self.accepted {
            // Perhaps enough reports together show a choice that no one alone knows of.
            ctx.send(from, Msg::Accepted { ballot, value });
        }
    }

    /// Asks one node at random: whoever was cut off finds somebody who knows, sooner or later. If
    /// something was accepted and nobody knows more, a ballot of its own finds out: acceptors that
    /// went on to later ballots never report a majority of one.
    pub(super) fn on_ask(&mut self, ctx: &mut Ctx<Self>) {
        ctx.arm(Timer::Ask, self.tuning.ask);
        // Its own ballot will tell.
        if self.attempt.is_some() {
            return;
        }
        let accepted_somewhere = self.accepted.is_some() || !self.reports.is_empty();
        if accepted_somewhere && self.wanted.is_none() {
            // rule: find-out
            ctx.mark("find-out");
            self.prepare(ctx);
            return;
        }
        let peers = u64::from(ctx.nodes()) - 1;
        if peers == 0 {
            return;
        }
        // rule: catch-up
        ctx.mark("catch-up");
        let nth = ctx.below(peers) as usize;
        if let Some(peer) = ctx.peers().nth(nth) {
            ctx.send(peer, Msg::Learn);
        }
    }
}
