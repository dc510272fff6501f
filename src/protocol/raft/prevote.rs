//! Elections that disturb nobody: PreVote and CheckQuorum [ongaro14phd §6.2, §9.6], [etcd-raft],
//! and a preferred leader.

use super::config::Tally;
use super::{Msg, Raft, Standing, Timer};
use crate::kernel::{Ctx, NodeId, NodeSet, Window};

impl Raft {
    /// The election timer went off: nobody was heard of for too long.
    pub(super) fn on_silence(&mut self, ctx: &mut Ctx<Self>) {
        // A spare waits to be asked, and a node that was removed has no voice.
        if !self.may_campaign() {
            return;
        }
        let prefers_another = self.tuning.prefer > 0 && ctx.id().0 + 1 != self.tuning.prefer;
        if prefers_another && !self.yielded {
            // rule: give-way
            ctx.mark("give-way");
            self.yielded = true;
            ctx.arm(Timer::Election, self.tuning.election);
            return;
        }
        self.yielded = false;
        if self.tuning.prevote { self.pre_campaign(ctx) } else { self.campaign(ctx, false) }
    }

    /// Its own vote counts, as far as it knows, or counted until what is not committed yet: it may
    /// be the only one that can be elected.
    pub(super) fn may_campaign(&self) -> bool {
        let knows = self.configs.now.electors().or(self.configs.at(self.commit).electors());
        knows.has(self.id)
    }

    /// Asks whether an election could be won, in the term it would be held in.
    fn pre_campaign(&mut self, ctx: &mut Ctx<Self>) {
        // rule: pre-campaign
        ctx.mark("pre-campaign");
        self.leader = None;
        let granted = NodeSet::only(ctx.id());
        self.standing = Standing::Candidate { pre: true, granted, refused: NodeSet::EMPTY };
        ctx.arm(Timer::Election, self.tuning.election);
        for peer in self.configs.now.electors().without(ctx.id()) {
            let (last_index, last_term) = (self.log.last_index(), self.log.last_term());
            ctx.send(peer, Msg::PreVote { term: self.term + 1, last_index, last_term });
        }
        self.count_votes(ctx);
    }

    /// `last` is the term and the index of the last entry of the one who asks.
    pub(super) fn on_pre_vote(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        last: (u64, u64),
    ) {
        let granted =
            // It would be a term in which this node has not voted, …
            term > self.term
            // …nobody leads whom this node hears, …
            && !self.hears_leader(ctx)
            // …and it could vote for that log.
            && last >= (self.log.last_term(), self.log.last_index());
        if granted {
            // rule: grant-prevote
            ctx.mark("grant-prevote");
        } else {
            // rule: refuse-prevote
            ctx.mark("refuse-prevote");
        }
        // Nothing is promised, so nothing is saved and no timer is reset.
        let term = if granted { term } else { self.term };
        ctx.send(from, Msg::PreVoteResponse { term, granted });
    }

    pub(super) fn on_pre_vote_response(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        granted: bool,
    ) {
        // It was about another term, or is over.
        if granted && term != self.term + 1 {
            return;
        }
        let Standing::Candidate { pre: true, granted: yes, refused: no } = &mut self.standing
        else {
            return;
        };
        if granted {
            no.remove(from);
            yes.insert(from);
        } else if !yes.has(from) {
            no.insert(from);
        }
        let (yes, no) = (*yes, *no);
        if self.configs.now.tally(yes, no) == Tally::Lost {
            self.standing = Standing::Follower;
            return;
        }
        self.count_votes(ctx);
    }

    /// True while this node leads, or has heard a leader within the shortest election time, if that
    /// is to protect the leader.
    pub(super) fn hears_leader(&self, ctx: &Ctx<Self>) -> bool {
        if !self.tuning.is_sticky() {
            return false;
        }
        let recent = |at| ctx.clock().since(at) < self.tuning.election.min;
        matches!(self.standing, Standing::Leader(_)) || self.heard_at.is_some_and(recent)
    }

    /// Starts to watch over the quorum.
    pub(super) fn watch_quorum(&mut self, ctx: &mut Ctx<Self>) {
        if self.tuning.checkquorum {
            ctx.arm(Timer::Quorum, Window::exactly(self.tuning.election.min));
        }
    }

    /// An election time has passed: whoever led without a majority must not go on.
    pub(super) fn check_quorum(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        let heard = std::mem::replace(&mut lead.active, NodeSet::EMPTY).with(ctx.id());
        if self.configs.now.agrees(heard) {
            self.watch_quorum(ctx);
            return;
        }
        // rule: lose-quorum
        ctx.mark("lose-quorum");
        self.follow(ctx);
        self.leader = None;
    }
}
