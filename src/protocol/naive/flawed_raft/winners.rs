//! Who takes himself for a leader, with a rule missing [ongaro14 §5.1, §5.2].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Fact, Node, NodeId, Property};
use crate::protocol::raft::{Msg, Raft, Standing, Timer};

pub(super) const MUTANTS: [Mutant<Raft>; 3] = [
    Mutant {
        flaw: flaw("R17b", "half-elects", Property::ElectionSafety, "5.2")
            .missing(
                "A leader needs the votes of more than half: {node} takes half for enough.",
                "当选需要超过半数的选票：{node} 认为恰好一半就够了。",
            )
            .found("nodes=4 depth=6 timers=2")
            .clear(5)
            .clean("nodes=3 depth=8 timers=2"),
        fault: &HalfElects,
    },
    Mutant {
        flaw: flaw("R23", "keeps-leading", Property::ElectionSafety, "5.1")
            .missing(
                "A leader that sees a later term steps down: {node} adopts the term and goes on \
             leading.",
                "leader 看到更新的 term 必须退位：{node} 采用了新的 term，却继续担任 leader。",
            )
            .found("nodes=3 depth=6 timers=2")
            .clear(5),
        fault: &KeepsLeading,
    },
    Mutant {
        flaw: flaw("R29", "keeps-old-votes", Property::ElectionSafety, "5.2")
            .missing(
                "A new term begins without votes: {node} keeps those of the term before.",
                "新的 term 从零开始计票：{node} 保留了上一个 term 得到的选票。",
            )
            .found("nodes=5 depth=11 timers=3")
            .clear(10)
            .clean("nodes=3 depth=11 timers=3"),
        fault: &KeepsOldVotes,
    },
];

struct HalfElects;

impl Fault<Raft> for HalfElects {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        if let Standing::Candidate { pre: false, granted, .. } = node.standing
            && granted.and(node.configs.now.voters).len() * 2 >= node.configs.now.voters.len()
        {
            // rule: half-elects
            ctx.mark("half-elects");
            node.lead(ctx);
        }
    }
}

struct KeepsLeading;

impl Fault<Raft> for KeepsLeading {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let leads = matches!(node.standing, Standing::Leader(_));
        if leads && msg.term() > node.term && !msg.is_hypothetical() {
            // rule: keeps-leading
            ctx.mark("keeps-leading");
            node.term = msg.term();
            node.vote = None;
            node.save(ctx);
            ctx.learn(Fact::Entered { era: node.term });
        }
        node.on_message(ctx, from, msg);
    }
}

struct KeepsOldVotes;

impl Fault<Raft> for KeepsOldVotes {
    fn timer(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, timer: Timer) {
        let kept = match (timer, &node.standing) {
            (Timer::Election, Standing::Candidate { pre: false, granted, .. }) => Some(*granted),
            _ => None, // Only a candidate that goes on to another term has votes to keep.
        };
        node.on_timer(ctx, timer);
        if let Some(kept) = kept
            && let Standing::Candidate { pre: false, granted, .. } = &mut node.standing
        {
            // rule: keeps-old-votes
            ctx.mark("keeps-old-votes");
            *granted = granted.or(kept);
            node.count_votes(ctx);
        }
    }
}
