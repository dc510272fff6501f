//! Synchronisation: a quorum gets the history of the leader before anything new is broadcast
//! \[zab10\], [junqueira11 §V].

use super::{Msg, Phase, Stage, Sync, Timer, Zab, Zxid};
use crate::kernel::{Ctx, Fact, NodeId, majority};

/// The leader.
impl Zab {
    /// Sends a follower that accepted the epoch what its history lacks.
    pub(super) fn send_history(&mut self, ctx: &mut Ctx<Self>, to: NodeId) {
        let Phase::Leading { stage, epoch, peers, .. } = &self.phase else { return };
        let (stage, epoch, last) = (*stage, *epoch, peers[to.index()].last);
        // The epoch has not begun, or this one has not accepted it.
        if stage < Stage::Synchronising {
            return;
        }
        let Some(last) = last else { return };
        // rule: send-history
        ctx.mark("send-history");
        let sync = self.difference(last);
        ctx.send(to, Msg::NewLeader { epoch, sync });
    }

    /// What makes a history that ends with `last` equal to this one.
    fn difference(&self, last: Zxid) -> Sync {
        let after = self.history.place_of(last);
        let found = self.history.zxid(after).unwrap_or_default();
        let txns = self.history.len() - after;
        if txns > self.tuning.diff {
            return Sync::Snap(self.history.clone());
        }
        let txns = self.history.after(after, txns);
        if found == last {
            Sync::Diff { after, txns }
        } else if found.epoch == last.epoch {
            // Both had the same leader then, so they are equal up to the earlier one.
            Sync::Trunc { after, txns }
        } else {
            // It has transactions of an epoch of which this history knows nothing.
            Sync::Snap(self.history.clone())
        }
    }

    pub(super) fn on_ack_leader(&mut self, ctx: &mut Ctx<Self>, from: NodeId, of: u64, upto: u64) {
        let Phase::Leading { stage, epoch, heard, peers, .. } = &mut self.phase else { return };
        // It is for an earlier epoch of this node.
        if *epoch != of || *stage < Stage::Synchronising {
            return;
        }
        heard.insert(from);
        let peer = &mut peers[from.index()];
        peer.connected = true;
        peer.synced = true;
        peer.upto = peer.upto.max(upto);
        if *stage == Stage::Broadcast {
            let (epoch, commit) = (*epoch, self.commit);
            // rule: catch-up
            ctx.mark("catch-up");
            // The latest commitment, not the one of when it was asked: proposals may have been
            // committed in between, and their COMMIT did not go to this follower.
            ctx.send(from, Msg::UpToDate { epoch, commit });
            self.advance(ctx);
        } else {
            self.check_synced(ctx);
        }
    }

    /// A quorum has the history: it is committed, and this node leads.
    pub(super) fn check_synced(&mut self, ctx: &mut Ctx<Self>) {
        let Phase::Leading { stage, epoch, peers, .. } = &mut self.phase else { return };
        let synced = peers.iter().filter(|peer| peer.synced).count() as u32 + 1;
        if *stage != Stage::Synchronising || synced < majority(ctx.nodes()) {
            return;
        }
        // rule: establish
        ctx.mark("establish");
        *stage = Stage::Broadcast;
        let epoch = *epoch;
        let ready: Vec<NodeId> = ctx.peers().filter(|peer| peers[peer.index()].synced).collect();
        ctx.learn(Fact::Elected { era: epoch });
        ctx.arm(Timer::Timeout, self.tuning.timeout);
        let commit = self.history.len();
        self.commit_to(ctx, commit);
        for peer in ready {
            ctx.send(peer, Msg::UpToDate { epoch, commit });
        }
    }
}

/// The follower.
impl Zab {
    pub(super) fn on_new_leader(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        epoch: u64,
        sync: Sync,
    ) {
        // It follows another, or has not accepted this epoch in this connection.
        let Phase::Following { leader, stage, .. } = &mut self.phase else { return };
        if *leader != from || epoch != self.accepted_epoch || *stage == Stage::Discovery {
            return;
        }
        if *stage == Stage::Accepting {
            // rule: take-history
            ctx.mark("take-history");
            *stage = Stage::Synchronising;
            self.take_history(ctx, epoch, sync);
        }
        ctx.arm(Timer::Timeout, self.tuning.init);
        ctx.send(from, Msg::AckLeader { epoch, upto: self.history.len() });
    }

    /// Makes the history equal to the leader's. Whoever did so in this epoch before has a beginning
    /// of it, and must not forget anything: the message may be an old one.
    fn take_history(&mut self, ctx: &mut Ctx<Self>, epoch: u64, sync: Sync) {
        let again = self.current_epoch == epoch;
        match sync {
            Sync::Diff { after, txns } => self.take_behind(ctx, after, &txns),
            Sync::Trunc { after, txns } => {
                if !again {
                    self.cut(ctx, after);
                }
                self.take_behind(ctx, after, &txns);
            }
            Sync::Snap(history) => {
                let shared = self.history.shared_with(&history);
                if !again {
                    self.cut(ctx, shared);
                }
                let txns = history.after(shared, history.len());
                self.take_behind(ctx, shared, &txns);
            }
        }
        // Both at once: an epoch on disk without its history would speak for what is not there.
        self.current_epoch = epoch;
        self.save(ctx);
    }

    fn cut(&mut self, ctx: &mut Ctx<Self>, keep: u64) {
        if self.history.len() <= keep {
            return;
        }
        // rule: truncate
        ctx.mark("truncate");
        self.history.truncate(keep);
        ctx.learn(Fact::Truncated { from: keep + 1 });
        if self.delivered > keep {
            // Only a disk that forgot can lead here. The state is made anew.
            (self.delivered, self.commit) = (0, 0);
            (self.store, self.sessions) = Default::default();
        }
    }

    pub(super) fn on_up_to_date(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        epoch: u64,
        commit: u64,
    ) {
        let Phase::Following { leader, stage, .. } = &mut self.phase else { return };
        // It follows another, or has no history of this one yet.
        if *leader != from || epoch != self.current_epoch || *stage < Stage::Synchronising {
            return;
        }
        if *stage == Stage::Synchronising {
            // rule: serve
            ctx.mark("serve");
            *stage = Stage::Broadcast;
        }
        ctx.arm(Timer::Timeout, self.tuning.timeout);
        self.commit_to(ctx, commit);
    }
}
