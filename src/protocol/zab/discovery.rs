//! Discovery: the leader opens an epoch later than any that a quorum accepted \[zab10\],
//! [junqueira11 §V].

use super::{Msg, Phase, Stage, Timer, Zab, Zxid};
use crate::kernel::{Ctx, NodeId, NodeSet, majority};

/// The leader.
impl Zab {
    /// A follower found this leader, for the first time or again.
    pub(super) fn on_follower_info(&mut self, ctx: &mut Ctx<Self>, from: NodeId, accepted: u64) {
        self.seen = self.seen.max(accepted);
        // It looks itself, or follows another: whoever asks will find out.
        let Phase::Leading { stage, epoch, infos, heard, peers, .. } = &mut self.phase else {
            return;
        };
        if *stage != Stage::Discovery && accepted > *epoch {
            // It could never follow: a later epoch was opened by somebody who came to nothing.
            // rule: give-way
            ctx.mark("give-way");
            self.look(ctx);
            return;
        }
        infos.insert(from);
        heard.insert(from);
        let peer = &mut peers[from.index()];
        // A new connection starts over; what it logged is logged.
        (peer.connected, peer.last, peer.synced) = (true, None, false);
        if *stage == Stage::Discovery {
            self.open_epoch(ctx);
        } else {
            let epoch = *epoch;
            ctx.send(from, Msg::LeaderInfo { epoch });
        }
    }

    /// A quorum is there: the new epoch is later than all they accepted.
    pub(super) fn open_epoch(&mut self, ctx: &mut Ctx<Self>) {
        let Phase::Leading { stage, epoch, infos, accepted, .. } = &mut self.phase else { return };
        if infos.len() < majority(ctx.nodes()) {
            return;
        }
        // rule: open-epoch
        ctx.mark("open-epoch");
        let me = ctx.id();
        *stage = Stage::Accepting;
        *epoch = self.seen.max(self.accepted_epoch) + 1;
        *accepted = NodeSet::only(me);
        let (epoch, infos) = (*epoch, *infos);
        self.accept(ctx, epoch, me);
        for peer in infos.without(me) {
            ctx.send(peer, Msg::LeaderInfo { epoch });
        }
        self.check_accepted(ctx);
    }

    pub(super) fn on_ack_epoch(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        of: u64,
        current: Option<u64>,
        last: Zxid,
    ) {
        let mine = (self.current_epoch, self.history.last());
        let Phase::Leading { stage, epoch, accepted, heard, peers, .. } = &mut self.phase else {
            return;
        };
        // It accepted another epoch of this node, or this one has not opened any.
        if *epoch != of || *stage == Stage::Discovery {
            return;
        }
        heard.insert(from);
        if *stage == Stage::Accepting && current.is_some_and(|current| (current, last) > mine) {
            // It knows more: this node must not lead it.
            // rule: give-way
            ctx.mark("give-way");
            self.look(ctx);
            return;
        }
        // An epoch that was accepted before does not count again.
        if current.is_some() {
            accepted.insert(from);
        }
        let peer = &mut peers[from.index()];
        peer.connected = true;
        peer.last = Some(last);
        if *stage == Stage::Accepting {
            self.check_accepted(ctx);
        } else if !peer.synced {
            self.send_history(ctx, from);
        }
    }

    /// A quorum accepted the epoch: the history of the leader is the one to have.
    fn check_accepted(&mut self, ctx: &mut Ctx<Self>) {
        let Phase::Leading { stage, epoch, accepted, .. } = &mut self.phase else { return };
        if accepted.len() < majority(ctx.nodes()) {
            return;
        }
        // rule: begin-epoch
        ctx.mark("begin-epoch");
        *stage = Stage::Synchronising;
        self.current_epoch = *epoch;
        self.save(ctx);
        for peer in ctx.peers() {
            self.send_history(ctx, peer);
        }
        self.check_synced(ctx);
    }
}

/// The follower.
impl Zab {
    pub(super) fn on_leader_info(&mut self, ctx: &mut Ctx<Self>, from: NodeId, epoch: u64) {
        let accepted = self.accepted_epoch;
        // Another than the one it follows.
        let Phase::Following { leader, stage, fresh } = &mut self.phase else { return };
        if *leader != from {
            return;
        }
        if *stage >= Stage::Synchronising {
            // The leader took an old FOLLOWERINFO for a new one: it is told where this node is.
            if epoch == self.current_epoch {
                ctx.send(from, Msg::AckLeader { epoch, upto: self.history.len() });
            }
            return;
        }
        if epoch < accepted {
            // rule: refuse-epoch
            ctx.mark("refuse-epoch");
            self.look(ctx);
            return;
        }
        // rule: accept-epoch
        ctx.mark("accept-epoch");
        *stage = Stage::Accepting;
        if epoch > accepted {
            *fresh = true;
            self.accept(ctx, epoch, from);
        }
        ctx.arm(Timer::Timeout, self.tuning.init);
        self.send_ack_epoch(ctx, from);
    }

    fn send_ack_epoch(&self, ctx: &mut Ctx<Self>, to: NodeId) {
        let Phase::Following { fresh, .. } = self.phase else { return };
        let current = fresh.then_some(self.current_epoch);
        let (epoch, last) = (self.accepted_epoch, self.history.last());
        ctx.send(to, Msg::AckEpoch { epoch, current, last });
    }
}
