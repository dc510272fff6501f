//! Reads that do not go through the log [ongaro14phd §6.4], [ongaro14 §8].

use super::tuning::Reads;
use super::{Msg, Raft, Round, Standing};
use crate::kernel::{Ctx, NodeId, Op, Outcome, Request, RequestId, SimTime};

/// Who wants to read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Asker {
    /// A client that waits here.
    Client(Request),
    /// A follower whose client waits there.
    Node(NodeId, RequestId),
}

/// A read that waits for this leader to know that it still leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Waiting {
    asker: Asker,
    /// What was committed when it was asked; `None` while this leader does not know.
    index: Option<u64>,
    /// The round of heartbeats that was sent after it was asked.
    round: u64,
}

/// A read of a client of this follower.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Asked {
    request: Request,
    /// What has to be applied first; `None` until the leader has said so.
    index: Option<u64>,
}

impl Raft {
    /// A client wants to read. True if that is taken care of; followers send it on to the leader
    /// if they cannot.
    pub(super) fn serve_read(&mut self, ctx: &mut Ctx<Self>, request: Request) -> bool {
        if matches!(self.standing, Standing::Leader(_)) {
            self.read_here(ctx, Asker::Client(request));
            return true;
        }
        let Some(leader) = self.leader.filter(|_| self.tuning.reads == Reads::Index) else {
            return false;
        };
        // rule: ask-leader
        ctx.mark("ask-leader");
        // A client asks for one thing at a time, so it has given up what it asked for before.
        self.asked.retain(|asked| asked.request.id.client != request.id.client);
        self.asked.push(Asked { request, index: None });
        ctx.send(leader, Msg::ReadIndex { term: self.term, id: request.id });
        true
    }

    fn read_here(&mut self, ctx: &mut Ctx<Self>, asker: Asker) {
        let knows = self.knows_commits();
        let leased = self.has_lease(ctx);
        let Standing::Leader(lead) = &mut self.standing else { return };
        if lead.reads.iter().any(|waiting| waiting.asker == asker) {
            return;
        }
        if !knows {
            // What earlier leaders committed is not known yet.
            lead.reads.push(Waiting { asker, index: None, round: 0 });
            self.append_first(ctx);
            return;
        }
        if leased {
            // rule: lease-read
            ctx.mark("lease-read");
            self.answer_read(ctx, asker, self.commit);
            return;
        }
        // rule: read-index
        ctx.mark("read-index");
        let (index, round) = (Some(self.commit), lead.round + 1);
        lead.reads.push(Waiting { asker, index, round });
        self.send_round(ctx);
    }

    /// Asks everyone whether this node still leads; answers prove it for all that was asked before.
    pub(super) fn send_round(&mut self, ctx: &mut Ctx<Self>) {
        let (audience, term, commit) = (self.audience(), self.term, self.commit);
        let Standing::Leader(lead) = &mut self.standing else { return };
        lead.round += 1;
        let round = Round { number: lead.round, sent: ctx.stamp() };
        for peer in audience {
            // Without a check of the entry before, no more than what is known to match.
            let commit = commit.min(lead.progress[peer.index()].matched);
            ctx.send(peer, Msg::Heartbeat { term, commit, round });
        }
        self.confirm_reads(ctx);
    }

    /// The leader lives.
    pub(super) fn on_heartbeat(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        commit: u64,
        round: Round,
    ) {
        if term < self.term {
            ctx.mark("refuse-stale");
        } else if self.hear_leader(ctx, from) {
            self.learn_commit(ctx, commit.min(self.log.last_index()));
        } else {
            return;
        }
        ctx.send(from, Msg::HeartbeatResponse { term: self.term, round });
    }

    pub(super) fn on_echo(&mut self, ctx: &mut Ctx<Self>, from: NodeId, term: u64, round: Round) {
        // An answer to the leader of an earlier term.
        if term < self.term {
            return;
        }
        // It leads no longer, or never did in this term.
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Some(progress) = lead.progress.get_mut(from.index()) else { return };
        lead.active.insert(from);
        progress.round = progress.round.max(round.number);
        progress.echoed = progress.echoed.max(round.sent);
        // What was on the way for a whole round may be lost.
        progress.paused = false;
        if progress.matched < progress.pending {
            progress.pending = 0;
        }
        let behind = progress.matched < self.log.last_index();
        self.confirm_reads(ctx);
        if self.tuning.pipeline > 0 && behind {
            self.probe_pipeline(ctx, from);
        }
    }

    /// A commit of its own term tells a new leader what is committed: reads may go on.
    pub(super) fn release_reads(&mut self, ctx: &mut Ctx<Self>) {
        let knows = self.knows_commits();
        let Standing::Leader(lead) = &mut self.standing else { return };
        if !knows || lead.reads.iter().all(|waiting| waiting.index.is_some()) {
            return;
        }
        for waiting in lead.reads.iter_mut().filter(|waiting| waiting.index.is_none()) {
            (waiting.index, waiting.round) = (Some(self.commit), lead.round + 1);
        }
        self.send_round(ctx);
    }

    /// Answers the reads whose round a majority has echoed.
    fn confirm_reads(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        if lead.reads.is_empty() {
            return;
        }
        let (me, round) = (ctx.id(), lead.round);
        let number =
            |node: NodeId| if node == me { round } else { lead.progress[node.index()].round };
        let confirmed = self.configs.now.reached(number);
        let done = |waiting: &Waiting| waiting.index.is_some() && waiting.round <= confirmed;
        let (answered, open) = std::mem::take(&mut lead.reads).into_iter().partition(done);
        lead.reads = open;
        let answered: Vec<Waiting> = answered;
        for waiting in answered {
            // rule: confirm-read
            ctx.mark("confirm-read");
            self.answer_read(ctx, waiting.asker, waiting.index.unwrap_or(self.commit));
        }
    }

    /// A leader has applied all that it knows to be committed.
    fn answer_read(&self, ctx: &mut Ctx<Self>, asker: Asker, index: u64) {
        match asker {
            Asker::Client(request) => ctx.reply(request.id, self.read(request.op)),
            Asker::Node(node, id) => {
                ctx.send(node, Msg::ReadIndexResponse { term: self.term, id, index });
            }
        }
    }

    fn read(&self, op: Op) -> Outcome {
        self.store.read(op)
    }

    /// True while a majority has echoed a heartbeat so recently that none of them has begun to help
    /// a candidate, as long as no clock is faster than the bound says.
    fn has_lease(&self, ctx: &Ctx<Self>) -> bool {
        let Standing::Leader(lead) = &self.standing else { return false };
        if self.tuning.reads != Reads::Lease || lead.lease_lost || lead.transfer.is_some() {
            return false;
        }
        let now = ctx.clock();
        let echoed =
            |node: NodeId| if node == self.id { now } else { lead.progress[node.index()].echoed };
        let since = SimTime(self.configs.now.reached(|node| echoed(node).0));
        since > SimTime::ZERO && now.since(since) < self.tuning.lease
    }

    /// A follower asks on behalf of its client.
    pub(super) fn on_read_index(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        term: u64,
        id: RequestId,
    ) {
        // The follower takes somebody else for the leader, or this node leads no longer: the
        // client will ask again.
        if term == self.term && matches!(self.standing, Standing::Leader(_)) {
            self.read_here(ctx, Asker::Node(from, id));
        }
    }

    /// The leader says what has to be applied. That it led then is enough, whoever leads now.
    pub(super) fn on_read_index_response(
        &mut self,
        ctx: &mut Ctx<Self>,
        id: RequestId,
        index: u64,
    ) {
        for asked in self.asked.iter_mut().filter(|asked| asked.request.id == id) {
            asked.index = Some(index);
        }
        self.answer_reads(ctx);
    }

    /// Answers the reads of this follower's clients for which enough is applied.
    pub(super) fn answer_reads(&mut self, ctx: &mut Ctx<Self>) {
        if self.asked.is_empty() {
            return;
        }
        let applied = self.applied;
        let ready = |asked: &Asked| asked.index.is_some_and(|index| index <= applied);
        let (answered, open) = std::mem::take(&mut self.asked).into_iter().partition(ready);
        self.asked = open;
        let answered: Vec<Asked> = answered;
        for asked in answered {
            // rule: answer-read
            ctx.mark("answer-read");
            ctx.reply(asked.request.id, self.read(asked.request.op));
        }
    }

    /// A new term: the leader that was asked may not answer any more.
    pub(super) fn forget_unanswered(&mut self) {
        self.asked.retain(|asked| asked.index.is_some());
    }
}
