//! Entries in conflict with those of the leader, with a rule missing [ongaro14 §5.3].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Fact, Node, NodeId, Property};
use crate::protocol::raft::{Entry, Msg, Raft};

pub(super) const MUTANTS: [Mutant<Raft>; 2] = [
    Mutant {
        flaw: flaw("R12", "keeps-conflicts", Property::LeaderCompleteness, "5.3").missing(
            "An entry in conflict with the leader's is replaced: {node} keeps its own and \
             acknowledges.",
            "与 leader 冲突的条目必须被替换：{node} 保留了自己的条目，却照样确认。",
        ).found("nodes=3 depth=9 timers=2 requests=1").clear(8),
        fault: &KeepsConflicts,
    },
    Mutant {
        flaw: flaw("R28", "keeps-the-tail", Property::LeaderCompleteness, "5.3").missing(
            "What follows an entry in conflict is deleted with it: {node} replaces the entry and \
             keeps the rest.",
            "冲突条目之后的内容必须一并删除：{node} 只替换了冲突的条目，保留了后面的部分。",
        ).found("nodes=3 depth=10 timers=2").clear(9)
        .clean("nodes=3 depth=9 timers=3 requests=3"),
        fault: &KeepsTheTail,
    },
];

struct KeepsConflicts;

impl Fault<Raft> for KeepsConflicts {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, mut msg: Msg) {
        if let Msg::AppendEntries { prev_index, entries, .. } = &mut msg {
            let slots = entries.iter().zip(*prev_index + 1..);
            let own = slots.map(|(entry, slot)| node.log.get(slot).unwrap_or(*entry));
            let own: Vec<Entry> = own.collect();
            if own != **entries {
                // rule: keeps-conflicts
                ctx.mark("keeps-conflicts");
                *entries = own.into();
            }
        }
        node.on_message(ctx, from, msg);
    }
}

struct KeepsTheTail;

impl Fault<Raft> for KeepsTheTail {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let before = node.log.clone();
        let appends = matches!(msg, Msg::AppendEntries { .. });
        node.on_message(ctx, from, msg);
        let end = node.log.last_index();
        if !appends || end >= before.last_index() {
            return;
        }
        // rule: keeps-the-tail
        ctx.mark("keeps-the-tail");
        for slot in end + 1..=before.last_index() {
            let Some(entry) = before.get(slot) else { continue };
            node.push(entry);
            let (era, value) = (entry.term, entry.command.word());
            ctx.learn(Fact::Appended { slot, era, value });
        }
        node.save(ctx);
    }
}
