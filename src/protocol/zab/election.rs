//! Fast leader election: votes are exchanged until a quorum wants the same node \[zab10\].

use std::collections::{BTreeMap, BTreeSet};

use super::{Msg, Peer, Phase, Stage, State, Timer, Vote, Zab};
use crate::kernel::{Ctx, Fact, NodeId, NodeSet, Window, majority};

impl Zab {
    /// Looks for a leader: a new round, a vote for itself, told to everyone.
    pub(super) fn look(&mut self, ctx: &mut Ctx<Self>) {
        // rule: look
        ctx.mark("look");
        if let Phase::Leading { stage: Stage::Broadcast, epoch, .. } = self.phase {
            ctx.learn(Fact::SteppedDown { era: epoch });
        }
        self.round += 1;
        self.vote = self.own_vote(ctx);
        self.phase = Phase::Looking {
            votes: BTreeMap::from([(ctx.id(), self.vote)]),
            settled: BTreeMap::new(),
        };
        // Clients that wait here ask elsewhere.
        self.waiting.clear();
        self.answered.clear();
        ctx.disarm(Timer::Settle);
        ctx.disarm(Timer::Timeout);
        ctx.arm(Timer::Tick, Window::exactly(self.tuning.tick));
        self.notify_all(ctx);
        self.count_votes(ctx);
    }

    fn own_vote(&self, ctx: &Ctx<Self>) -> Vote {
        Vote { epoch: self.current_epoch, zxid: self.history.last(), leader: ctx.id() }
    }

    pub(super) fn notify_all(&self, ctx: &mut Ctx<Self>) {
        let (round, vote) = (self.round, self.vote);
        ctx.broadcast(&Msg::Notification { round, vote, state: State::Looking });
    }

    pub(super) fn on_notification(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        round: u64,
        vote: Vote,
        state: State,
    ) {
        let mine = match &self.phase {
            Phase::Looking { .. } => State::Looking,
            Phase::Following { .. } => State::Following,
            Phase::Leading { .. } => State::Leading,
        };
        if mine != State::Looking {
            // A leader that looks itself leads no longer; an old message says nothing new.
            if matches!(self.phase, Phase::Following { leader, .. } if leader == from)
                && state == State::Looking
                && round > self.round
            {
                // rule: lose-touch
                ctx.mark("lose-touch");
                self.look(ctx);
                return;
            }
            // Whoever looks is told where the others are; nobody else needs to know.
            if state == State::Looking {
                // rule: point-out
                ctx.mark("point-out");
                let (round, vote) = (self.round, self.vote);
                ctx.send(from, Msg::Notification { round, vote, state: mine });
            }
            return;
        }
        match state {
            State::Looking => self.on_vote(ctx, from, round, vote),
            State::Following | State::Leading => {
                self.on_settled(ctx, from, round, vote, state == State::Leading);
            }
        }
    }

    /// A vote of somebody who looks as well.
    fn on_vote(&mut self, ctx: &mut Ctx<Self>, from: NodeId, round: u64, vote: Vote) {
        if round < self.round {
            // It is behind, and is told so.
            let (round, vote) = (self.round, self.vote);
            ctx.send(from, Msg::Notification { round, vote, state: State::Looking });
            return;
        }
        let own = self.own_vote(ctx);
        let (before, agreed) = ((self.round, self.vote), self.has_quorum(ctx));
        let Phase::Looking { votes, .. } = &mut self.phase else { return };
        if round > self.round {
            // rule: join-round
            ctx.mark("join-round");
            self.round = round;
            self.vote = own.max(vote);
            votes.clear();
        } else if vote > self.vote {
            // rule: adopt-vote
            ctx.mark("adopt-vote");
            self.vote = vote;
        }
        votes.insert(ctx.id(), self.vote);
        votes.insert(from, vote);
        let changed = before != (self.round, self.vote);
        if changed {
            ctx.disarm(Timer::Settle);
            self.notify_all(ctx);
        }
        // Votes that are only repeated do not put the end off.
        if changed || !agreed {
            self.count_votes(ctx);
        }
    }

    /// A quorum wants the same: a little later, if nobody better turns up, it is elected.
    fn count_votes(&mut self, ctx: &mut Ctx<Self>) {
        if self.has_quorum(ctx) {
            ctx.arm(Timer::Settle, self.tuning.settle);
        }
    }

    fn has_quorum(&self, ctx: &Ctx<Self>) -> bool {
        let Phase::Looking { votes, .. } = &self.phase else { return false };
        let agreed = votes.values().filter(|vote| **vote == self.vote).count();
        agreed as u32 >= majority(ctx.nodes())
    }

    pub(super) fn on_settle(&mut self, ctx: &mut Ctx<Self>) {
        // The vote has changed since, or it looks no longer.
        if !self.has_quorum(ctx) {
            return;
        }
        if self.vote.leader == ctx.id() {
            self.lead(ctx);
        } else {
            self.follow(ctx, self.vote.leader);
        }
    }

    /// A vote of somebody who has found a leader. If a quorum follows one that leads, so does this
    /// node, whatever it would have voted for.
    fn on_settled(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        round: u64,
        vote: Vote,
        leads: bool,
    ) {
        let Phase::Looking { settled, .. } = &mut self.phase else { return };
        settled.insert(from, (vote, leads));
        let leader = vote.leader;
        let same = settled.values().filter(|(vote, _)| vote.leader == leader).count();
        let leads = settled.get(&leader).is_some_and(|(_, leads)| *leads);
        if same as u32 >= majority(ctx.nodes()) && leads && leader != ctx.id() {
            // rule: join
            ctx.mark("join");
            self.round = self.round.max(round);
            self.vote = vote;
            self.follow(ctx, leader);
        }
    }

    /// The election is over, for another.
    fn follow(&mut self, ctx: &mut Ctx<Self>, leader: NodeId) {
        // rule: follow
        ctx.mark("follow");
        self.phase = Phase::Following { leader, stage: Stage::Discovery, fresh: false };
        ctx.disarm(Timer::Settle);
        ctx.arm(Timer::Timeout, self.tuning.init);
        ctx.arm(Timer::Tick, Window::exactly(self.tuning.tick));
        ctx.send(leader, Msg::FollowerInfo { accepted: self.accepted_epoch });
    }

    /// The election is over, for this node. It does not lead before a quorum follows.
    fn lead(&mut self, ctx: &mut Ctx<Self>) {
        // rule: prospect
        ctx.mark("prospect");
        let me = NodeSet::only(ctx.id());
        self.seen = self.seen.max(self.accepted_epoch);
        self.phase = Phase::Leading {
            stage: Stage::Discovery,
            epoch: 0,
            infos: me,
            accepted: NodeSet::EMPTY,
            heard: me,
            peers: vec![Peer::default(); ctx.nodes() as usize],
            open: BTreeSet::new(),
        };
        ctx.disarm(Timer::Settle);
        ctx.arm(Timer::Timeout, self.tuning.init);
        ctx.arm(Timer::Tick, Window::exactly(self.tuning.tick));
        self.open_epoch(ctx);
    }

    /// The leader was silent for too long, or a quorum of followers was.
    pub(super) fn on_timeout(&mut self, ctx: &mut Ctx<Self>) {
        let nodes = ctx.nodes();
        match &mut self.phase {
            // Only a hand fires this.
            Phase::Looking { .. } => {}
            Phase::Leading { stage: Stage::Broadcast, heard, .. }
                if heard.len() >= majority(nodes) =>
            {
                *heard = NodeSet::only(ctx.id());
                ctx.arm(Timer::Timeout, self.tuning.timeout);
            }
            Phase::Following { .. } | Phase::Leading { .. } => {
                // rule: lose-touch
                ctx.mark("lose-touch");
                self.look(ctx);
            }
        }
    }
}
