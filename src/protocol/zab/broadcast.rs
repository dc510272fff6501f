//! Broadcast: propose, acknowledge, commit, in order [junqueira11 §IV].

use std::sync::Arc;

use super::{Command, Msg, Phase, Stage, Timer, Txn, Zab, Zxid};
use crate::kernel::{Ctx, Fact, NodeId, Window, majority};

/// Most transactions that one message repeats.
const BATCH: u64 = 64;

/// The leader.
impl Zab {
    /// A command becomes a transaction of this epoch.
    pub(super) fn propose(&mut self, ctx: &mut Ctx<Self>, command: Command) {
        let Phase::Leading { epoch, peers, .. } = &self.phase else { return };
        let epoch = *epoch;
        // rule: propose
        ctx.mark("propose");
        let last = self.history.last();
        let counter = if last.epoch == epoch { last.counter + 1 } else { 1 };
        let txn = Txn { zxid: Zxid { epoch, counter }, command };
        let after = self.history.len();
        // Whoever accepted the epoch gets it, also before NEWLEADER is acknowledged: the history
        // sent then ends before it.
        let whom: Vec<NodeId> =
            ctx.peers().filter(|peer| peers[peer.index()].last.is_some()).collect();
        ctx.learn(Fact::Proposed { slot: after + 1, value: command.word() });
        self.append(ctx, txn);
        self.save(ctx);
        let txns: Arc<[Txn]> = Arc::new([txn]);
        for peer in whom {
            ctx.send(peer, Msg::Propose { epoch, after, txns: Arc::clone(&txns) });
        }
        self.advance(ctx);
    }

    pub(super) fn on_ack(&mut self, ctx: &mut Ctx<Self>, from: NodeId, of: u64, upto: u64) {
        let Phase::Leading { stage, epoch, heard, peers, .. } = &mut self.phase else { return };
        // It is for an earlier epoch of this node.
        if *epoch != of || *stage != Stage::Broadcast {
            return;
        }
        heard.insert(from);
        let peer = &mut peers[from.index()];
        // What is logged stays logged: an acknowledgement that was overtaken changes nothing.
        if upto > peer.upto {
            peer.upto = upto;
            self.advance(ctx);
        }
    }

    /// Commits what a quorum has logged.
    pub(super) fn advance(&mut self, ctx: &mut Ctx<Self>) {
        let Phase::Leading { stage: Stage::Broadcast, epoch, peers, .. } = &self.phase else {
            return;
        };
        let epoch = *epoch;
        let mut logged: Vec<u64> = ctx.peers().map(|peer| peers[peer.index()].upto).collect();
        logged.push(self.history.len());
        crate::order::sort_by(&mut logged, |a, b| b.cmp(a));
        let upto = logged[majority(ctx.nodes()) as usize - 1];
        if upto <= self.commit {
            return;
        }
        // rule: commit
        ctx.mark("commit");
        // Only to those who acknowledged NEWLEADER; the others learn it with UPTODATE.
        let whom: Vec<NodeId> = ctx.peers().filter(|peer| peers[peer.index()].synced).collect();
        self.commit_to(ctx, upto);
        for peer in whom {
            ctx.send(peer, Msg::Commit { epoch, upto });
        }
    }

    /// Repeats to each follower what may be lost, and shows that the leader lives.
    fn tend(&mut self, ctx: &mut Ctx<Self>) {
        let Phase::Leading { stage, epoch, peers, .. } = &self.phase else { return };
        let (stage, epoch) = (*stage, *epoch);
        // Nothing to say before a quorum has come.
        if stage == Stage::Discovery {
            return;
        }
        let peers = peers.clone();
        for to in ctx.peers() {
            let peer = peers[to.index()];
            if !peer.connected {
                continue;
            }
            if peer.last.is_none() && !peer.synced {
                ctx.send(to, Msg::LeaderInfo { epoch });
            } else if !peer.synced {
                self.send_history(ctx, to);
            } else {
                let txns = self.history.after(peer.upto, BATCH);
                if !txns.is_empty() {
                    ctx.send(to, Msg::Propose { epoch, after: peer.upto, txns });
                }
                if stage == Stage::Broadcast {
                    ctx.send(to, Msg::Ping { epoch, commit: self.commit });
                }
            }
        }
    }
}

/// The follower.
impl Zab {
    pub(super) fn on_propose(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        epoch: u64,
        after: u64,
        txns: &[Txn],
    ) {
        if !self.follows(from, epoch) {
            return;
        }
        ctx.arm(Timer::Timeout, self.tuning.timeout);
        // Something before it is missing; it comes again.
        if after > self.history.len() {
            return;
        }
        // rule: log
        ctx.mark("log");
        let before = self.history.len();
        self.take_behind(ctx, after, txns);
        if self.history.len() > before {
            self.save(ctx);
        }
        ctx.send(from, Msg::Ack { epoch, upto: self.history.len() });
        self.commit_to(ctx, self.commit);
    }

    /// Appends those of `txns`, which follow `after`, that the history does not hold already. The
    /// caller saves.
    pub(super) fn take_behind(&mut self, ctx: &mut Ctx<Self>, after: u64, txns: &[Txn]) {
        for (txn, place) in txns.iter().zip(after + 1..) {
            if place == self.history.len() + 1 {
                self.append(ctx, *txn);
            }
        }
    }

    /// Whether `from` is the leader whose history of `epoch` this node has.
    fn follows(&self, from: NodeId, epoch: u64) -> bool {
        let Phase::Following { leader, stage, .. } = self.phase else { return false };
        leader == from && epoch == self.current_epoch && stage >= Stage::Synchronising
    }

    pub(super) fn on_commit(&mut self, ctx: &mut Ctx<Self>, from: NodeId, epoch: u64, upto: u64) {
        // Before UPTODATE nothing is delivered; that one says all.
        if self.follows(from, epoch) && self.is_serving() {
            // rule: follow-commit
            ctx.mark("follow-commit");
            ctx.arm(Timer::Timeout, self.tuning.timeout);
            self.commit_to(ctx, upto);
        }
    }

    pub(super) fn on_ping(&mut self, ctx: &mut Ctx<Self>, from: NodeId, epoch: u64, commit: u64) {
        // Another leader than the one it follows.
        if !self.follows(from, epoch) {
            return;
        }
        ctx.arm(Timer::Timeout, self.tuning.timeout);
        let upto = self.history.len();
        if self.is_serving() {
            ctx.send(from, Msg::Ack { epoch, upto });
            self.commit_to(ctx, commit);
        } else {
            // Its acknowledgement, or the answer, was lost.
            ctx.send(from, Msg::AckLeader { epoch, upto });
        }
    }
}

/// Every server.
impl Zab {
    pub(super) fn on_tick(&mut self, ctx: &mut Ctx<Self>) {
        // rule: tick
        ctx.mark("tick");
        ctx.arm(Timer::Tick, Window::exactly(self.tuning.tick));
        match self.phase {
            Phase::Looking { .. } => self.notify_all(ctx),
            Phase::Following { leader, stage: Stage::Discovery, .. } => {
                ctx.send(leader, Msg::FollowerInfo { accepted: self.accepted_epoch });
            }
            // The leader repeats everything else.
            Phase::Following { .. } => {}
            Phase::Leading { .. } => self.tend(ctx),
        }
    }

    /// Notes that everything up to `upto` is committed, and delivers as much of it as there is.
    pub(super) fn commit_to(&mut self, ctx: &mut Ctx<Self>, upto: u64) {
        self.commit = self.commit.max(upto);
        let ready = self.commit.min(self.history.len());
        if ready <= self.delivered {
            return;
        }
        ctx.learn(Fact::Committed { slot: ready });
        while self.delivered < ready {
            let slot = self.delivered + 1;
            let Some(txn) = self.history.get(slot) else { return };
            let value = txn.command.word();
            ctx.learn(Fact::Chosen { slot, value });
            ctx.learn(Fact::Applied { slot, value });
            self.delivered = slot;
            self.execute(ctx, txn.command);
        }
    }
}
