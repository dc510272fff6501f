//! Elections with a rule missing [ongaro14 §5.1, §5.2, §5.4.1].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Node, NodeId, Property};
use crate::protocol::raft::{Msg, Raft, Standing};

pub(super) const MUTANTS: [Mutant<Raft>; 5] = [
    Mutant {
        flaw: flaw("R03", "votes-twice", Property::ElectionSafety, "5.2").missing(
            "A server votes for at most one candidate in a term: {node} forgets whom it voted for.",
            "一个节点在一个 term 中至多投一票：{node} 忘记了自己投过票。",
        ).found("nodes=3 depth=6 timers=2").clear(5),
        fault: &VotesTwice,
    },
    Mutant {
        flaw: flaw("R05", "counts-old-votes", Property::ElectionSafety, "5.2").missing(
            "Only votes of the current term count: {node} counts a vote of an earlier one.",
            "只有当前 term 的选票才算数：{node} 把更早 term 的选票也计入了。",
        ).found("nodes=3 depth=7 timers=3").clear(6),
        fault: &CountsOldVotes,
    },
    Mutant {
        flaw: flaw("R13", "votes-for-any-log", Property::LeaderCompleteness, "5.4.1").missing(
            "A vote needs a log at least as up to date as the voter's: {node} does not look.",
            "候选人的日志必须至少与投票者一样新：{node} 没有检查。",
        ).found("nodes=3 depth=9 timers=2 requests=1").clear(8),
        fault: &VotesForAnyLog,
    },
    Mutant {
        flaw: flaw("R13b", "votes-by-length", Property::LeaderCompleteness, "5.4.1").missing(
            "The later last term makes a log more up to date: {node} looks at the length only.",
            "最后一个条目的 term 更大者日志更新：{node} 只比较了长度。",
        ).found("nodes=3 depth=10 timers=2 requests=1").clear(9),
        fault: &VotesByLength,
    },
    Mutant {
        flaw: flaw("R13c", "votes-by-term", Property::LeaderCompleteness, "5.4.1").missing(
            "If the last terms are equal, the longer log is more up to date: {node} looks at the \
             term only.",
            "最后的 term 相同时，较长的日志更新：{node} 只比较了 term。",
        ).found("nodes=3 depth=11 timers=2 requests=2").clear(10),
        fault: &VotesByTerm,
    },
];

struct VotesTwice;

impl Fault<Raft> for VotesTwice {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        if let Msg::RequestVote { term, .. } = msg
            && term == node.term
            && node.vote.is_some_and(|candidate| candidate != from)
        {
            // rule: votes-twice
            ctx.mark("votes-twice");
            node.vote = None;
        }
        node.on_message(ctx, from, msg);
    }
}

struct CountsOldVotes;

impl Fault<Raft> for CountsOldVotes {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, mut msg: Msg) {
        if let Msg::RequestVoteResponse { term, granted: true } = &mut msg
            && *term < node.term
            && matches!(node.standing, Standing::Candidate { pre: false, .. })
        {
            // rule: counts-old-votes
            ctx.mark("counts-old-votes");
            *term = node.term;
        }
        node.on_message(ctx, from, msg);
    }
}

/// Lets a candidate appear to have the log that the voter's rule wants to see.
fn vote(
    node: &mut Raft,
    ctx: &mut Ctx<Raft>,
    (from, mut msg): (NodeId, Msg),
    (rule, seen): (&'static str, impl Fn((u64, u64), (u64, u64)) -> (u64, u64)),
) {
    let own = (node.log.last_term(), node.log.last_index());
    if let Msg::RequestVote { last_term, last_index, .. } = &mut msg {
        let last = seen((*last_term, *last_index), own);
        if last >= own && (*last_term, *last_index) < own {
            ctx.mark(rule);
            (*last_term, *last_index) = last;
        }
        // A later term that must not help is not seen.
        if last < own {
            (*last_term, *last_index) = last;
        }
    }
    node.on_message(ctx, from, msg);
}

struct VotesForAnyLog;

impl Fault<Raft> for VotesForAnyLog {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        // rule: votes-for-any-log
        vote(node, ctx, (from, msg), ("votes-for-any-log", Ord::max));
    }
}

struct VotesByLength;

impl Fault<Raft> for VotesByLength {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        // rule: votes-by-length
        let seen = |last: (u64, u64), own: (u64, u64)| (own.0, last.1);
        vote(node, ctx, (from, msg), ("votes-by-length", seen));
    }
}

struct VotesByTerm;

impl Fault<Raft> for VotesByTerm {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        // rule: votes-by-term
        let seen = |last: (u64, u64), own: (u64, u64)| (last.0, last.1.max(own.1));
        vote(node, ctx, (from, msg), ("votes-by-term", seen));
    }
}
