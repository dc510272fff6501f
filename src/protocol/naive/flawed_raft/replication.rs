//! Replication with a rule missing: what a follower does with AppendEntries [ongaro14 §5.3].

use super::{Fault, Mutant, flaw, perform};
use crate::kernel::{Ctx, Effect, Fact, Node, NodeId, Property};
use crate::protocol::raft::{Msg, Raft, Standing};

pub(super) const MUTANTS: [Mutant<Raft>; 5] = [
    Mutant {
        flaw: flaw("R08", "skips-the-check", Property::LogMatching, "5.3").missing(
            "Entries are appended only behind an entry shared with the leader: {node} looks at \
             the place of that entry, not at its term.",
            "只有前一个条目与 leader 相同时才能追加：{node} 只看位置，不看 term。",
        ).found("nodes=3 depth=5 timers=1 requests=1").clear(4),
        fault: &SkipsTheCheck,
    },
    Mutant {
        flaw: flaw("R09", "always-truncates", Property::LeaderCompleteness, "5.3, Figure 2")
            .missing(
                "Only entries in conflict are deleted: {node} deletes whatever lies behind those \
                 before the message.",
                "只能删除有冲突的条目：{node} 把前一个条目之后的内容全部删除。",
            ).found("nodes=3 depth=10 timers=2 requests=1").clear(9),
        fault: &AlwaysTruncates,
    },
    Mutant {
        flaw: flaw("R10", "acknowledges-its-end", Property::LeaderCompleteness, "5.3").missing(
            "A follower acknowledges what the message covered: {node} acknowledges up to the end \
             of its own log.",
            "follower 只能确认消息所覆盖的条目：{node} 确认到了自己日志的末尾。",
        ).found("nodes=3 depth=9 timers=2 requests=1").clear(8),
        fault: &AcknowledgesItsEnd,
    },
    Mutant {
        flaw: flaw("R11", "trusts-the-commit", Property::StateMachineSafety, "5.3, Figure 2")
            .missing(
                "A follower commits only what it is known to share with the leader: {node} \
                 commits its own entries up to the leader's commit index.",
                "follower 只能提交已确认与 leader 相同的条目：{node} 按 leader 的 commitIndex \
                 提交了自己的条目。",
            ).found("nodes=3 depth=7 timers=2").clear(6),
        fault: &TrustsTheCommit,
    },
    Mutant {
        flaw: flaw("R14", "obeys-old-leaders", Property::LeaderCompleteness, "5.1").missing(
            "Messages of an earlier term are refused: {node} obeys the leader of a term that is \
             over.",
            "必须拒绝更早 term 的消息：{node} 听从了已过期 term 的 leader。",
        ).found("nodes=3 depth=9 timers=2 requests=1").clear(8),
        fault: &ObeysOldLeaders,
    },
];

/// True if `node` takes messages of a leader of `term`.
fn follows(node: &Raft, term: u64) -> bool {
    term >= node.term && (term > node.term || !matches!(node.standing, Standing::Leader(_)))
}

struct SkipsTheCheck;

impl Fault<Raft> for SkipsTheCheck {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, mut msg: Msg) {
        if let Msg::AppendEntries { prev_index, prev_term, .. } = &mut msg
            && let Some(held) = node.log.term(*prev_index)
            && held != *prev_term
        {
            // rule: skips-the-check
            ctx.mark("skips-the-check");
            *prev_term = held;
        }
        node.on_message(ctx, from, msg);
    }
}

struct AlwaysTruncates;

impl Fault<Raft> for AlwaysTruncates {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let mut cut = false;
        if let Msg::AppendEntries { term, prev_index, prev_term, .. } = msg
            && follows(node, term)
            && node.log.term(prev_index) == Some(prev_term)
            && node.log.last_index() > prev_index
        {
            // rule: always-truncates
            ctx.mark("always-truncates");
            node.log.truncate(prev_index + 1);
            node.configs.truncate(prev_index + 1);
            ctx.learn(Fact::Truncated { from: prev_index + 1 });
            cut = true;
        }
        node.on_message(ctx, from, msg);
        if cut {
            node.save(ctx);
        }
    }
}

struct AcknowledgesItsEnd;

impl Fault<Raft> for AcknowledgesItsEnd {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let ((), effects) = ctx.within(|ctx| node.on_message(ctx, from, msg));
        let end = node.log.last_index();
        for effect in effects {
            match effect {
                Effect::Send(to, Msg::Appended { term, upto }) if upto < end => {
                    // rule: acknowledges-its-end
                    ctx.mark("acknowledges-its-end");
                    ctx.send(to, Msg::Appended { term, upto: end });
                }
                other => perform(ctx, other),
            }
        }
    }
}

struct TrustsTheCommit;

impl Fault<Raft> for TrustsTheCommit {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let said = match msg {
            Msg::AppendEntries { term, commit, .. } if follows(node, term) => commit,
            _ => 0, // Nothing else says what is committed without a check.
        };
        node.on_message(ctx, from, msg);
        let index = said.min(node.log.last_index());
        if index > node.commit {
            // rule: trusts-the-commit
            ctx.mark("trusts-the-commit");
            node.learn_commit(ctx, index);
        }
    }
}

struct ObeysOldLeaders;

impl Fault<Raft> for ObeysOldLeaders {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let later = node.term;
        let leads = matches!(node.standing, Standing::Leader(_));
        let old = matches!(msg, Msg::AppendEntries { term, .. } if term < later);
        if leads || !old {
            node.on_message(ctx, from, msg);
            return;
        }
        // rule: obeys-old-leaders
        ctx.mark("obeys-old-leaders");
        node.term = msg.term();
        node.on_message(ctx, from, msg);
        node.term = later;
        node.save(ctx);
    }
}
