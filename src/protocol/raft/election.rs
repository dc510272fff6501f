//! Terms and elections [ongaro14 §5.1, §5.2, §5.4.1].

use std::collections::BTreeSet;

use super::{Msg, Progress, Raft, Standing, Timer};
use crate::kernel::{Ctx, Fact, NodeId, Window, majority};

impl Raft {
    /// Adopts a later term: no vote cast, no leader known, whatever it was before.
    pub(super) fn enter(&mut self, ctx: &mut Ctx<Self>, term: u64) {
        // rule: new-term
        ctx.mark("new-term");
        self.follow(ctx);
        self.term = term;
        self.vote = None;
        self.leader = None;
        self.save(ctx);
        ctx.learn(Fact::Entered { era: term });
    }

    /// Becomes a follower. The election timer of a follower or candidate keeps running: only a
    /// vote granted or a leader's message resets it.
    pub(super) fn follow(&mut self, ctx: &mut Ctx<Self>) {
        if matches!(self.standing, Standing::Leader { .. }) {
            // rule: step-down
            ctx.mark("step-down");
            ctx.learn(Fact::SteppedDown { era: self.term });
            ctx.disarm(Timer::Heartbeat);
            ctx.arm(Timer::Election, self.tuning.election);
        }
        self.standing = Standing::Follower;
    }

    /// Starts an election: a new term, a vote for itself, a question to everyone.
    pub(super) fn campaign(&mut self, ctx: &mut Ctx<Self>) {
        // rule: campaign
        ctx.mark("campaign");
        let me = ctx.id();
        self.term += 1;
        self.vote = Some(me);
        self.leader = None;
        self.save(ctx);
        self.standing =
            Standing::Candidate { granted: BTreeSet::from([me]), refused: BTreeSet::new() };
        ctx.learn(Fact::Entered { era: self.term });
        ctx.learn(Fact::Voted { era: self.term, candidate: me });
        ctx.arm(Timer::Election, self.tuning.election);
        ctx.broadcast(&Msg::RequestVote {
            term: self.term,
            last_index: self.log.last_index(),
            last_term: self.log.last_term(),
        });
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
        // The election is over: this node leads already, or follows the winner.
        let Standing::Candidate { granted: yes, refused: no } = &mut self.standing else { return };
        // Voters are counted, not votes: a duplicate changes nothing.
        if granted {
            no.remove(&from);
            yes.insert(from);
        } else if !yes.contains(&from) {
            no.insert(from);
        }
        self.count_votes(ctx);
    }

    fn count_votes(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Candidate { granted, .. } = &self.standing else { return };
        if granted.len() as u32 >= majority(ctx.nodes()) {
            self.lead(ctx);
        }
    }

    /// A majority voted for this node in this term.
    fn lead(&mut self, ctx: &mut Ctx<Self>) {
        // rule: win
        ctx.mark("win");
        let progress = Progress { next: self.log.last_index() + 1, matched: 0, sent: 0 };
        self.standing = Standing::Leader {
            progress: vec![progress; ctx.nodes() as usize],
            waiting: BTreeSet::new(),
        };
        self.leader = Some(ctx.id());
        ctx.learn(Fact::Elected { era: self.term });
        ctx.disarm(Timer::Election);
        if self.tuning.noop {
            self.append_noop(ctx);
        }
        // The first message tells everyone who leads, and carries the no-op if there is one.
        self.replicate(ctx);
        ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
        self.advance_commit(ctx);
    }
}
