//! Terms and elections [ongaro14 §5.1, §5.2, §5.4.1].

use super::config::Tally;
use super::{Leadership, Msg, Raft, Standing, Timer};
use crate::kernel::{Ctx, Fact, NodeId, NodeSet, Window};

impl Raft {
    /// Adopts a later term: no vote cast, no leader known, whatever it was before.
    pub(super) fn enter(&mut self, ctx: &mut Ctx<Self>, term: u64) {
        // rule: new-term
        ctx.mark("new-term");
        self.follow(ctx);
        self.term = term;
        self.vote = None;
        self.leader = None;
        self.forget_unanswered();
        self.save(ctx);
        ctx.learn(Fact::Entered { era: term });
    }

    /// Becomes a follower. The election timer of a follower or candidate keeps running: only a
    /// vote granted or a leader's message resets it.
    pub(super) fn follow(&mut self, ctx: &mut Ctx<Self>) {
        if let Standing::Leader(lead) = &self.standing {
            // rule: step-down
            ctx.mark("step-down");
            ctx.learn(Fact::SteppedDown { era: self.term });
            ctx.disarm(Timer::Heartbeat);
            if self.tuning.checkquorum {
                ctx.disarm(Timer::Quorum);
            }
            if lead.transfer.is_some() {
                ctx.disarm(Timer::Transfer);
            }
            ctx.arm(Timer::Election, self.tuning.election);
        }
        self.standing = Standing::Follower;
    }

    /// Starts an election: a new term, a vote for itself, a question to everyone. `transfer` says
    /// that the leader wants it so.
    pub(super) fn campaign(&mut self, ctx: &mut Ctx<Self>, transfer: bool) {
        // rule: campaign
        ctx.mark("campaign");
        let me = ctx.id();
        self.term += 1;
        self.vote = Some(me);
        self.leader = None;
        self.forget_unanswered();
        self.save(ctx);
        let granted = NodeSet::only(me);
        self.standing = Standing::Candidate { pre: false, granted, refused: NodeSet::EMPTY };
        ctx.learn(Fact::Entered { era: self.term });
        ctx.learn(Fact::Voted { era: self.term, candidate: me });
        ctx.arm(Timer::Election, self.tuning.election);
        let (term, last_index, last_term) =
            (self.term, self.log.last_index(), self.log.last_term());
        for peer in self.configs.now.electors().without(me) {
            ctx.send(peer, Msg::RequestVote { term, last_index, last_term, transfer });
        }
        self.count_votes(ctx);
    }

    /// `last` is the term and the index of the candidate's last entry, in the order they are
    /// compared.
    pub(super) fn on_request_vote(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        last: (u64, u64),
    ) {
        let granted =
            // …the candidate is not behind in terms, …
            term == self.term
            // …no other has this node's vote of the term (candidates and leaders have their own), …
            && self.vote.is_none_or(|candidate| candidate == from)
            // …and its log is at least as up to date: a later last term, or that and no shorter.
            && last >= (self.log.last_term(), self.log.last_index());
        if granted {
            // rule: grant-vote
            ctx.mark("grant-vote");
            if self.vote.is_none() {
                self.vote = Some(from);
                self.save(ctx);
                ctx.learn(Fact::Voted { era: self.term, candidate: from });
            }
            ctx.arm(Timer::Election, self.tuning.election);
        } else {
            // rule: refuse-vote
            ctx.mark("refuse-vote");
        }
        ctx.send(from, Msg::RequestVoteResponse { term: self.term, granted });
    }

    pub(super) fn on_vote_response(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        granted: bool,
    ) {
        // A vote of an earlier term elects nobody now.
        if term < self.term {
            return;
        }
        // The election is over: this node leads already, or follows the winner. Or it has not
        // begun, and this node only asks whether it could be won.
        let Standing::Candidate { pre: false, granted: yes, refused: no } = &mut self.standing
        else {
            return;
        };
        // Voters are counted, not votes: a duplicate changes nothing.
        if granted {
            no.remove(from);
            yes.insert(from);
        } else if !yes.has(from) {
            no.insert(from);
        }
        self.count_votes(ctx);
    }

    pub(in crate::protocol) fn count_votes(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Candidate { pre, granted, refused } = self.standing else { return };
        if self.configs.now.tally(granted, refused) != Tally::Won {
            return;
        }
        if pre { self.campaign(ctx, false) } else { self.lead(ctx) }
    }

    /// A majority voted for this node in this term.
    pub(in crate::protocol) fn lead(&mut self, ctx: &mut Ctx<Self>) {
        // rule: win
        ctx.mark("win");
        let lead = Leadership::new(ctx.nodes(), self.log.last_index());
        self.standing = Standing::Leader(Box::new(lead));
        self.leader = Some(ctx.id());
        self.owed = None;
        ctx.learn(Fact::Elected { era: self.term });
        ctx.disarm(Timer::Election);
        if self.tuning.noop {
            self.append_noop(ctx);
        }
        // The first message tells everyone who leads, and carries the no-op if there is one.
        self.replicate(ctx);
        ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
        self.watch_quorum(ctx);
        self.advance_commit(ctx);
    }
}
