//! Leadership transfer [ongaro14phd §3.10].

use super::{Msg, Raft, Standing, Timer};
use crate::kernel::{Ctx, NodeId, Outcome, RequestId, Window};

/// A transfer under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Transfer {
    /// Who is to lead.
    pub(super) target: NodeId,
    /// Who asked for it.
    pub(super) request: RequestId,
    /// The target has been told to campaign.
    told: bool,
}

impl Raft {
    /// The leader is asked to make `target` the leader.
    pub(super) fn begin_transfer(
        &mut self,
        ctx: &mut Ctx<Self>,
        request: RequestId,
        target: NodeId,
    ) {
        if target == ctx.id() {
            ctx.reply(request, Outcome::Done(None));
            return;
        }
        if !self.configs.now.electors().has(target) {
            ctx.mark("refuse-change");
            ctx.reply(request, Outcome::Refused);
            return;
        }
        let Standing::Leader(lead) = &mut self.standing else { return };
        // The same wish again, while it is being fulfilled.
        if lead.transfer.is_some_and(|transfer| transfer.target == target) {
            return;
        }
        // rule: transfer
        ctx.mark("transfer");
        lead.transfer = Some(Transfer { target, request, told: false });
        ctx.arm(Timer::Transfer, Window::exactly(self.tuning.election.max));
        self.send_append(ctx, target);
        self.push_transfer(ctx);
    }

    /// Tells the target to campaign once it has everything.
    pub(super) fn push_transfer(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Some(transfer) = &mut lead.transfer else { return };
        let matched = lead.progress[transfer.target.index()].matched;
        if transfer.told || matched < self.log.last_index() {
            return;
        }
        // rule: timeout-now
        ctx.mark("timeout-now");
        transfer.told = true;
        // From here on somebody may be elected in spite of every lease, whenever the message comes.
        lead.lease_lost = true;
        self.owed = Some((transfer.target, transfer.request));
        ctx.send(transfer.target, Msg::TimeoutNow { term: self.term });
    }

    /// The leader of this term wants this node to lead.
    pub(super) fn on_timeout_now(&mut self, ctx: &mut Ctx<Self>, term: u64) {
        // The leader of an earlier term has nothing to hand over; and who leads or was removed
        // cannot take over.
        let leads = matches!(self.standing, Standing::Leader(_));
        if term < self.term || leads || !self.may_campaign() {
            return;
        }
        // rule: take-over
        ctx.mark("take-over");
        self.campaign(ctx, true);
    }

    /// The target did not take over in time: clients are served again. Nobody is told, since the
    /// target may still win; who asked will ask again.
    pub(super) fn abort_transfer(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        if lead.transfer.take().is_some() {
            // rule: abort-transfer
            ctx.mark("abort-transfer");
        }
    }

    /// A leader was heard of: if it is the one a transfer was to make, who asked is told.
    pub(super) fn settle_transfer(&mut self, ctx: &mut Ctx<Self>, leader: NodeId) {
        if let Some((_, request)) = self.owed.take_if(|(target, _)| *target == leader) {
            ctx.reply(request, Outcome::Done(None));
        }
    }
}
