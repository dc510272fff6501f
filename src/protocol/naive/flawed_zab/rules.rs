//! Synchronisation and broadcast with a rule missing [junqueira11 §IV, §V], [zab-tla].

use super::super::flawed::{Fault, Mutant, perform};
use super::flaw;
use crate::kernel::{Cite, Ctx, Effect, Fact, Knobs, Node, NodeId, Property};
use crate::protocol::zab::{Disk, Msg, Zab};

const PAPER: Cite = Cite { key: "junqueira11", place: "IV, V" };
const ZAB10: Cite = Cite { key: "zab10", place: "phases 1 and 2" };

pub(super) const MUTANTS: [Mutant<Zab>; 5] = [
    Mutant {
        flaw: flaw("Z04", "acknowledges-unsaved-history", Property::LeaderCompleteness, ZAB10)
            .missing(
                "NEWLEADER is acknowledged when the history is on disk: {node} acknowledges it \
                 first.",
                "历史落盘之后才能确认 NEWLEADER：{node} 先确认了。",
            ).found("nodes=3 depth=20 timers=4 crashes=1").clear(8),
        fault: &AcknowledgesUnsaved,
    },
    Mutant {
        flaw: flaw("Z04b", "epoch-before-history", Property::LeaderCompleteness, ZAB10).missing(
            "The current epoch is written with the history it speaks for: {node} writes the epoch \
             first.",
            "currentEpoch 必须与它所代表的历史一起写盘：{node} 先写了 epoch。",
        ).found("nodes=3 depth=20 timers=4 crashes=1").clear(8),
        fault: &EpochBeforeHistory,
    },
    Mutant {
        flaw: flaw("Z02", "logs-duplicates", Property::LogMatching, PAPER).missing(
            "A proposal that the history holds already is not logged again: {node} logs it twice.",
            "历史中已有的提案不能再次写入：{node} 写了两遍。",
        ).found("nodes=2 depth=14 timers=2 requests=2 duplicates=1").clear(13),
        fault: &LogsDuplicates,
    },
    Mutant {
        flaw: flaw("Z05", "skips-gaps", Property::LogMatching, PAPER).missing(
            "Proposals are logged in the order of their places: {node} logs one although others \
             before it are missing.",
            "提案必须按位置顺序写入：{node} 在前面的提案缺失时就写入了后面的。",
        ).found("nodes=2 depth=12 timers=2 requests=2").clear(11),
        fault: &SkipsGaps,
    },
    Mutant {
        flaw: flaw("Z06", "forgets-its-epoch", Property::OneVote, ZAB10).missing(
            "The epoch accepted is on disk before it is acknowledged: {node} comes back and may \
             accept it from another.",
            "接受的 epoch 必须先落盘再确认：{node} 重启后可能从另一个节点再次接受它。",
        ).found("nodes=3 depth=13 timers=4 crashes=1").clear(8),
        fault: &ForgetsItsEpoch,
    },
];

/// Boots a node that may have stated more than is on its disk.
fn boot(ctx: &mut Ctx<Zab>, knobs: &Knobs, disk: &Disk) -> Zab {
    ctx.learn(Fact::Truncated { from: disk.history.len() + 1 });
    Zab::boot(ctx, knobs, disk)
}

struct AcknowledgesUnsaved;

impl Fault<Zab> for AcknowledgesUnsaved {
    fn boot(&self, ctx: &mut Ctx<Zab>, knobs: &Knobs, disk: &Disk) -> Zab {
        boot(ctx, knobs, disk)
    }

    fn message(&self, node: &mut Zab, ctx: &mut Ctx<Zab>, from: NodeId, msg: Msg) {
        let history = matches!(msg, Msg::NewLeader { .. });
        let ((), effects) = ctx.within(|ctx| node.on_message(ctx, from, msg));
        for effect in effects {
            if history && matches!(effect, Effect::Save(_)) {
                // rule: acknowledges-unsaved-history
                ctx.mark("acknowledges-unsaved-history");
                continue;
            }
            perform(ctx, effect);
        }
    }
}

struct EpochBeforeHistory;

impl Fault<Zab> for EpochBeforeHistory {
    fn boot(&self, ctx: &mut Ctx<Zab>, knobs: &Knobs, disk: &Disk) -> Zab {
        boot(ctx, knobs, disk)
    }

    fn message(&self, node: &mut Zab, ctx: &mut Ctx<Zab>, from: NodeId, msg: Msg) {
        let before = node.history.clone();
        let takes = matches!(msg, Msg::NewLeader { .. });
        let ((), effects) = ctx.within(|ctx| node.on_message(ctx, from, msg));
        for effect in effects {
            match effect {
                Effect::Save(disk) if takes && disk.history != before => {
                    // rule: epoch-before-history
                    ctx.mark("epoch-before-history");
                    ctx.save(Disk { history: before.clone(), ..disk });
                }
                other => perform(ctx, other),
            }
        }
    }
}

struct LogsDuplicates;

impl Fault<Zab> for LogsDuplicates {
    fn message(&self, node: &mut Zab, ctx: &mut Ctx<Zab>, from: NodeId, mut msg: Msg) {
        if let Msg::Propose { after, .. } = &mut msg
            && *after < node.history.len()
        {
            // rule: logs-duplicates
            ctx.mark("logs-duplicates");
            *after = node.history.len();
        }
        node.on_message(ctx, from, msg);
    }
}

struct SkipsGaps;

impl Fault<Zab> for SkipsGaps {
    fn message(&self, node: &mut Zab, ctx: &mut Ctx<Zab>, from: NodeId, mut msg: Msg) {
        if let Msg::Propose { after, .. } = &mut msg
            && *after > node.history.len()
        {
            // rule: skips-gaps
            ctx.mark("skips-gaps");
            *after = node.history.len();
        }
        node.on_message(ctx, from, msg);
    }
}

struct ForgetsItsEpoch;

impl Fault<Zab> for ForgetsItsEpoch {
    fn boot(&self, ctx: &mut Ctx<Zab>, knobs: &Knobs, disk: &Disk) -> Zab {
        if disk.untold || disk.accepted_epoch == disk.current_epoch {
            return Zab::boot(ctx, knobs, disk);
        }
        // rule: forgets-its-epoch
        ctx.mark("forgets-its-epoch");
        Zab::boot(ctx, knobs, &Disk { accepted_epoch: disk.current_epoch, ..disk.clone() })
    }
}
