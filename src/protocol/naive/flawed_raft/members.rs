//! Members, leases and a rule missing [ongaro14 §6], [ongaro14phd §3.10, §4.2.2, §6.4].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Node, NodeId, NodeSet, Property, Request, majority};
use crate::protocol::raft::{Msg, Raft, Standing, Timer};

pub(super) const MUTANTS: [Mutant<Raft>; 3] = [
    Mutant {
        flaw: flaw("R19", "switches-at-once", Property::ElectionSafety, "6").missing(
            "While members are being replaced, the old ones have to agree as well: {node} asks \
             the new ones only.",
            "更换成员期间，旧成员的多数派也必须同意：{node} 只问了新成员。",
        ).found("nodes=5 depth=23 timers=3 requests=1"),
        fault: &SwitchesAtOnce,
    },
    Mutant {
        flaw: flaw("R26", "counts-itself", Property::LeaderCompleteness, "6").missing(
            "A leader that removes itself does not count itself: {node} counts its own copy.",
            "移除自己的 leader 不再把自己计入多数派：{node} 仍计入自己的副本。",
        ).found("nodes=2 depth=11 timers=3 requests=1").clear(10),
        fault: &CountsItself,
    },
    Mutant {
        flaw: flaw("R16", "keeps-its-lease", Property::Linearizability, "8").missing(
            "A leader that hands over gives up its lease: {node} goes on answering reads by it.",
            "移交领导权的 leader 必须放弃租约：{node} 仍凭租约答复读请求。",
        ).found("nodes=3 depth=18 timers=3 requests=3"),
        fault: &KeepsItsLease,
    },
];

struct SwitchesAtOnce;

impl SwitchesAtOnce {
    fn forget(node: &mut Raft, ctx: &mut Ctx<Raft>) {
        if node.configs.now.is_joint() {
            // rule: switches-at-once
            ctx.mark("switches-at-once");
            node.configs.now.outgoing = NodeSet::EMPTY;
        }
    }
}

impl Fault<Raft> for SwitchesAtOnce {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        Self::forget(node, ctx);
    }

    fn request(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, request: Request) {
        node.on_request(ctx, request);
        Self::forget(node, ctx);
    }
}

struct CountsItself;

impl Fault<Raft> for CountsItself {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        let Standing::Leader(lead) = &node.standing else { return };
        let voters = node.configs.now.voters;
        if voters.has(ctx.id()) || node.configs.now.is_joint() {
            return;
        }
        let has = |index: u64| voters.iter().filter(|peer| lead.matched(*peer) >= index).count();
        let enough = |index: &u64| has(*index) as u32 + 1 >= majority(voters.len());
        let upto = (node.commit + 1..=node.log.last_index()).take_while(enough).last();
        if let Some(upto) = upto
            && node.log.term(upto) == Some(node.term)
        {
            // rule: counts-itself
            ctx.mark("counts-itself");
            node.commit_to(ctx, upto);
        }
    }
}

struct KeepsItsLease;

impl KeepsItsLease {
    fn keep(node: &mut Raft, ctx: &mut Ctx<Raft>) {
        if let Standing::Leader(lead) = &mut node.standing
            && lead.lease_lost
        {
            // rule: keeps-its-lease
            ctx.mark("keeps-its-lease");
            lead.lease_lost = false;
        }
    }
}

impl Fault<Raft> for KeepsItsLease {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        Self::keep(node, ctx);
    }

    fn timer(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, timer: Timer) {
        node.on_timer(ctx, timer);
        Self::keep(node, ctx);
    }

    fn request(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, request: Request) {
        node.on_request(ctx, request);
        Self::keep(node, ctx);
    }
}
