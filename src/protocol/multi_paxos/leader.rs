//! The leader: one phase 1 for all slots, then phase 2 for one command after the other
//! [lamport01 §3].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::acceptor::next_ballot;
use super::{Attempt, Ballot, Command, Lease, Msg, MultiPaxos, Timer, Vote, send_to};
use crate::kernel::{Ctx, Fact, NodeId, NodeSet, Window};

/// Becoming a leader.
impl MultiPaxos {
    /// No leader was heard of for too long.
    pub(super) fn on_silence(&mut self, ctx: &mut Ctx<Self>) {
        if self.left_out(ctx.id()) {
            // rule: hand-on
            ctx.mark("hand-on");
            let from = self.applied + 1;
            send_to(ctx, self.configs.voters().without(ctx.id()), &Msg::Ask { from });
        }
        // Whoever is no acceptor does not lead, and whoever granted a lease keeps to it.
        if !self.may_lead(ctx.id()) || self.is_held_off(ctx, Ballot::MAX) {
            ctx.arm(Timer::Election, self.tuning.election);
            return;
        }
        self.campaign(ctx);
    }

    /// Phase 1a: opens a ballot of its own above everything it has seen, for every slot that it
    /// does not know to be chosen.
    pub(super) fn campaign(&mut self, ctx: &mut Ctx<Self>) {
        // rule: prepare
        ctx.mark("prepare");
        let ballot = next_ballot(ctx, self.promised.max(self.seen));
        self.resign(ctx);
        self.leader = None;
        // The own promise is also the memory of the ballots used: on disk before anyone hears of
        // it.
        self.raise(ctx, ballot);
        self.save(ctx);
        self.attempt = Some(Attempt {
            ballot,
            leading: false,
            promised: NodeSet::EMPTY,
            refused: NodeSet::EMPTY,
            reports: BTreeMap::new(),
            top: 0,
            next: 1,
            queue: VecDeque::new(),
            waiting: BTreeSet::new(),
            lease: Lease::default(),
        });
        ctx.arm(Timer::Election, self.tuning.election);
        let from = self.applied + 1;
        send_to(ctx, self.configs.voters(), &Msg::Prepare { ballot, from });
        let (me, votes) = (ctx.id(), self.log.votes(from));
        self.on_promise(ctx, me, ballot, &votes);
    }

    /// A promise. Also one that comes after the election counts: it may be the one that an
    /// acceptor who joined had to give.
    pub(super) fn on_promise(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        votes: &[Vote],
    ) {
        // It answers an earlier ballot, or nobody here waits for it any more.
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot == ballot) else { return };
        attempt.promised.insert(from);
        attempt.refused = attempt.refused.without(from);
        for vote in votes.iter().filter(|vote| !vote.chosen) {
            attempt.top = attempt.top.max(vote.slot);
            let best = attempt.reports.entry(vote.slot).or_insert((vote.ballot, vote.command));
            // Of all that is reported of a slot the highest ballot counts.
            if vote.ballot > best.0 {
                *best = (vote.ballot, vote.command);
            }
        }
        let known = votes.iter().filter(|vote| vote.chosen);
        attempt.top = attempt.top.max(known.clone().map(|vote| vote.slot).max().unwrap_or(0));
        if self.learn_all(ctx, known) {
            self.save(ctx);
        }
        self.progress(ctx);
        if !self.leads() && self.is_prepared(self.applied + 1) {
            self.lead(ctx);
        }
    }

    /// Whether a quorum of the acceptors of `slot` promised the ballot of this node.
    pub(super) fn is_prepared(&self, slot: u64) -> bool {
        let members = self.configs.at(slot).voters;
        self.attempt
            .as_ref()
            .is_some_and(|attempt| self.tuning.system.prepares(members, attempt.promised))
    }

    fn lead(&mut self, ctx: &mut Ctx<Self>) {
        // rule: lead
        ctx.mark("lead");
        let Some(attempt) = &mut self.attempt else { return };
        attempt.leading = true;
        attempt.next = self.applied + 1;
        ctx.learn(Fact::Elected { era: attempt.ballot });
        self.leader = Some(ctx.id());
        self.tally.clear();
        ctx.disarm(Timer::Election);
        self.progress(ctx);
        // It may have led itself out of the cluster.
        if self.leads() {
            ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
            let round = self.open_round(ctx);
            self.announce(ctx, round);
        }
    }

    pub(super) fn on_nack(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        promised: Ballot,
    ) {
        self.seen = self.seen.max(promised);
        // The refusal of an earlier ballot says nothing about this one.
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot == ballot) else { return };
        attempt.refused.insert(from);
        // Refused for a lease, which ends by itself.
        if promised <= ballot {
            return;
        }
        // rule: outrun-by-nack
        ctx.mark("outrun-by-nack");
        self.resign(ctx);
        ctx.arm(Timer::Election, self.tuning.election);
    }

    /// Gives up its ballot, if it has one. Clients that wait here ask elsewhere.
    pub(super) fn resign(&mut self, ctx: &mut Ctx<Self>) {
        let Some(attempt) = self.attempt.take() else { return };
        if attempt.leading {
            ctx.learn(Fact::SteppedDown { era: attempt.ballot });
            self.leader = None;
            ctx.disarm(Timer::Heartbeat);
            ctx.arm(Timer::Election, self.tuning.election);
        }
        if !self.tuning.learn_all {
            self.tally.clear();
        }
    }
}

/// Leading.
impl MultiPaxos {
    /// Executes what is chosen and proposes what may be proposed, until nothing more happens.
    pub(super) fn progress(&mut self, ctx: &mut Ctx<Self>) {
        let before = self.applied;
        loop {
            self.execute_ready(ctx);
            self.propose_ready(ctx);
            if self.log.chosen(self.applied + 1).is_none() {
                break;
            }
        }
        if self.leads() && self.applied > before {
            self.announce(ctx, 0);
        }
        self.check_membership(ctx);
    }

    /// Phase 2a for every slot that is ready: inside the window, its acceptors prepared, and with
    /// something to propose.
    fn propose_ready(&mut self, ctx: &mut Ctx<Self>) {
        let Some(ballot) = self.attempt.as_ref().filter(|it| it.leading).map(|it| it.ballot) else {
            return;
        };
        let mut proposals = Vec::new();
        while let Some((slot, command)) = self.next_proposal(ctx) {
            if !matches!(command, Command::Given(_)) {
                ctx.learn(Fact::Proposed { slot, value: command.word() });
            }
            self.accept_own(ctx, ballot, Vote { slot, ballot, command, chosen: false });
            proposals.push((slot, command));
        }
        if proposals.is_empty() {
            return;
        }
        self.save(ctx);
        let msg = Msg::Accept { ballot, proposals: proposals.as_slice().into() };
        send_to(ctx, self.configs.voters(), &msg);
        // A quorum of one needs nobody else.
        for (slot, _) in proposals {
            self.check_chosen(ctx, slot);
        }
    }

    /// The next slot that may be proposed in, and its one value of this ballot.
    fn next_proposal(&mut self, ctx: &mut Ctx<Self>) -> Option<(u64, Command)> {
        let attempt = self.attempt.as_ref()?;
        let mut slot = attempt.next.max(self.applied + 1);
        while self.log.chosen(slot).is_some() {
            slot += 1;
        }
        // Beyond the window nobody knows who the acceptors are.
        if slot > self.applied + self.tuning.alpha || !self.is_prepared(slot) {
            return None;
        }
        let attempt = self.attempt.as_mut()?;
        let command = if let Some((_, command)) = attempt.reports.remove(&slot) {
            // rule: adopt
            ctx.mark("adopt");
            command
        } else if slot <= attempt.top {
            // rule: fill-gap
            ctx.mark("fill-gap");
            Command::Noop
        } else if let Some(request) = attempt.queue.pop_front() {
            // rule: propose
            ctx.mark("propose");
            Command::Client(request)
        } else if slot < self.configs.newest_from() {
            // rule: hasten
            ctx.mark("hasten");
            Command::Noop
        } else {
            return None;
        };
        attempt.next = slot + 1;
        Some((slot, command))
    }

    /// The heartbeat is due. It repeats what was not answered, since that may be lost.
    pub(super) fn beat(&mut self, ctx: &mut Ctx<Self>) {
        // rule: heartbeat
        ctx.mark("heartbeat");
        ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
        self.prepare_joined(ctx);
        for peer in self.configs.voters().without(ctx.id()) {
            self.repeat_accepts(ctx, peer);
        }
        let round = self.open_round(ctx);
        self.announce(ctx, round);
    }

    /// Tells everyone how far the log is chosen.
    pub(super) fn announce(&mut self, ctx: &mut Ctx<Self>, round: u64) {
        let Some(attempt) = &self.attempt else { return };
        let msg = Msg::Commit { ballot: attempt.ballot, upto: self.applied, round };
        send_to(ctx, self.configs.audience(), &msg);
    }

    /// Acceptors of a configuration to come have to promise too, before it is in force.
    fn prepare_joined(&mut self, ctx: &mut Ctx<Self>) {
        let Some(attempt) = &self.attempt else { return };
        let (ballot, from) = (attempt.ballot, self.applied + 1);
        let ready = self.is_prepared(from) && self.is_prepared(self.configs.newest_from());
        if ready {
            return;
        }
        let missing = self.configs.voters().minus(attempt.promised);
        send_to(ctx, missing, &Msg::Prepare { ballot, from });
    }

    fn repeat_accepts(&mut self, ctx: &mut Ctx<Self>, peer: NodeId) {
        let Some(attempt) = &self.attempt else { return };
        let ballot = attempt.ballot;
        let open = self.tally.iter().filter(|(slot, tally)| {
            tally.ballot == ballot
                && !tally.who.has(peer)
                && self.configs.at(**slot).voters.has(peer)
        });
        let proposals =
            open.filter_map(|(slot, _)| Some((*slot, self.log.accepted_in(*slot, ballot)?)));
        let proposals: Arc<[(u64, Command)]> = proposals.take(self.tuning.batch as usize).collect();
        if !proposals.is_empty() {
            ctx.send(peer, Msg::Accept { ballot, proposals });
        }
    }
}
