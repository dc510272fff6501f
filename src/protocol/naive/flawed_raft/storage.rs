//! What a server must have on disk before it answers, with a rule missing [ongaro14 §5].

use super::{Fault, Mutant, flaw, perform};
use crate::kernel::{Ctx, Effect, Fact, Knobs, Node, NodeId, Property};
use crate::protocol::raft::{Disk, Log, Msg, Raft};

pub(super) const MUTANTS: [Mutant<Raft>; 5] = [
    Mutant {
        flaw: flaw("R02", "forgets-its-vote", Property::ElectionSafety, "5, Figure 2").missing(
            "A vote is on disk before it is given: {node} comes back and does not know whom it \
             voted for.",
            "选票必须先落盘再发出：{node} 重启后不记得自己投给了谁。",
        ).found("nodes=3 depth=8 timers=2 crashes=1").clear(7),
        fault: &ForgetsItsVote,
    },
    Mutant {
        flaw: flaw("R04", "forgets-its-term", Property::ElectionSafety, "5, Figure 2").missing(
            "The current term is on disk: {node} comes back in the term of its last entry.",
            "当前 term 必须落盘：{node} 重启后回到最后一个条目的 term。",
        ).found("nodes=3 depth=8 timers=2 crashes=1").clear(7),
        fault: &ForgetsItsTerm,
    },
    Mutant {
        flaw: flaw("R06", "acknowledges-too-soon", Property::LeaderCompleteness, "5, Figure 2")
            .missing(
                "Entries are on disk before they are acknowledged: {node} acknowledges them and \
                 writes them with whatever is written next.",
                "条目必须先落盘再确认：{node} 先确认，等下一次写盘时才一并写入。",
            ).found("nodes=3 depth=11 timers=2 requests=1 crashes=1").clear(10),
        fault: &AcknowledgesTooSoon,
    },
    Mutant {
        flaw: flaw("R07", "forgets-its-log", Property::LeaderCompleteness, "5, Figure 2").missing(
            "The log is on disk: {node} comes back without its entries.",
            "日志必须落盘：{node} 重启后丢失了条目。",
        ).found("nodes=3 depth=11 timers=2 requests=1 crashes=1").clear(10),
        fault: &ForgetsItsLog,
    },
    Mutant {
        flaw: flaw("R27", "comes-back-empty", Property::LeaderCompleteness, "5, Figure 2").missing(
            "Nobody returns under its old name without its disk: {node} comes back as if it had \
             never taken part.",
            "丢失磁盘的节点不能以原来的身份回来：{node} 重启后像从未参与过一样。",
        ).found("nodes=3 depth=11 timers=2 requests=1 crashes=1").clear(10),
        fault: &ComesBackEmpty,
    },
];

struct ForgetsItsVote;

impl Fault<Raft> for ForgetsItsVote {
    fn boot(&self, ctx: &mut Ctx<Raft>, knobs: &Knobs, disk: &Disk) -> Raft {
        if disk.untold || disk.vote.is_none() {
            return Raft::boot(ctx, knobs, disk);
        }
        // rule: forgets-its-vote
        ctx.mark("forgets-its-vote");
        Raft::boot(ctx, knobs, &Disk { vote: None, ..disk.clone() })
    }
}

struct ForgetsItsTerm;

impl Fault<Raft> for ForgetsItsTerm {
    fn boot(&self, ctx: &mut Ctx<Raft>, knobs: &Knobs, disk: &Disk) -> Raft {
        let term = disk.log.last_term();
        if disk.untold || disk.term == term {
            return Raft::boot(ctx, knobs, disk);
        }
        // rule: forgets-its-term
        ctx.mark("forgets-its-term");
        Raft::boot(ctx, knobs, &Disk { term, vote: None, ..disk.clone() })
    }
}

struct AcknowledgesTooSoon;

impl Fault<Raft> for AcknowledgesTooSoon {
    fn boot(&self, ctx: &mut Ctx<Raft>, knobs: &Knobs, disk: &Disk) -> Raft {
        // Whatever it had beyond its disk is gone.
        ctx.learn(Fact::Truncated { from: disk.log.last_index() + 1 });
        Raft::boot(ctx, knobs, disk)
    }

    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let append = matches!(msg, Msg::AppendEntries { term, .. } if term == node.term);
        let ((), effects) = ctx.within(|ctx| node.on_message(ctx, from, msg));
        for effect in effects {
            if append && matches!(effect, Effect::Save(_)) {
                // rule: acknowledges-too-soon
                ctx.mark("acknowledges-too-soon");
                continue;
            }
            perform(ctx, effect);
        }
    }
}

struct ForgetsItsLog;

impl Fault<Raft> for ForgetsItsLog {
    fn boot(&self, ctx: &mut Ctx<Raft>, knobs: &Knobs, disk: &Disk) -> Raft {
        let (index, term) = disk.snapshot.as_ref().map_or((0, 0), |it| (it.index, it.term));
        if disk.untold || disk.log.last_index() == index {
            return Raft::boot(ctx, knobs, disk);
        }
        // rule: forgets-its-log
        ctx.mark("forgets-its-log");
        ctx.learn(Fact::Truncated { from: index + 1 });
        Raft::boot(ctx, knobs, &Disk { log: Log::behind(index, term), ..disk.clone() })
    }
}

struct ComesBackEmpty;

impl Fault<Raft> for ComesBackEmpty {
    fn boot(&self, ctx: &mut Ctx<Raft>, knobs: &Knobs, disk: &Disk) -> Raft {
        if disk.untold || *disk == Disk::default() {
            return Raft::boot(ctx, knobs, disk);
        }
        // rule: comes-back-empty
        ctx.mark("comes-back-empty");
        ctx.learn(Fact::Truncated { from: 1 });
        Raft::boot(ctx, knobs, &Disk::default())
    }
}
