//! Participants and a coordinator with a rule missing [bernstein87 §7.3, §7.4].

use super::super::flawed::{Fault, Mutant};
use super::flaw;
use crate::kernel::{Ctx, Knobs, Node, NodeId};
use crate::protocol::two_phase_commit::coordinator::participants;
use crate::protocol::two_phase_commit::{Disk, Msg, State, Timer, TwoPhaseCommit};

type Here<'a, 'b> = &'a mut Ctx<'b, TwoPhaseCommit>;

pub(super) const MUTANTS: [Mutant<TwoPhaseCommit>; 4] = [
    Mutant {
        flaw: flaw("T01", "commits-on-its-own", "7.3")
            .missing(
                "A participant waits for the decision: {node} says yes and commits.",
                "参与者必须等待最终决定：{node} 投了赞成票就自行提交。",
            )
            .found("nodes=3 depth=3 requests=1")
            .clear(2),
        fault: &CommitsOnItsOwn,
    },
    Mutant {
        flaw: flaw("T03", "gives-up-in-doubt", "7.3")
            .missing(
                "Who said yes waits for the decision: {node} aborts for lack of patience.",
                "投了赞成票就必须一直等待决定：{node} 等得不耐烦，自行中止。",
            )
            .found("nodes=3 depth=6 timers=1 requests=1")
            .clear(5),
        fault: &GivesUpInDoubt,
    },
    Mutant {
        flaw: flaw("T04", "commits-by-majority", "7.3")
            .missing(
                "A commit needs the yes of every participant: {node} contents itself with most.",
                "提交需要每个参与者的赞成：{node} 得到多数赞成就提交。",
            )
            .found("nodes=4 depth=6 requests=1")
            .clear(5),
        fault: &CommitsByMajority,
    },
    Mutant {
        flaw: flaw("T05", "forgets-its-yes", "7.3")
            .missing(
                "A yes is on disk before it is said: {node} comes back and knows of none.",
                "赞成票必须先落盘再发出：{node} 重启后不记得自己投过赞成票。",
            )
            .found("nodes=3 depth=9 timers=1 requests=1 crashes=1")
            .clear(8),
        fault: &ForgetsItsYes,
    },
];

struct CommitsOnItsOwn;

impl Fault<TwoPhaseCommit> for CommitsOnItsOwn {
    fn message(&self, node: &mut TwoPhaseCommit, ctx: Here<'_, '_>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        if let Msg::Prepare { txn, .. } = msg
            && node.state(txn) == Some(State::Prepared)
        {
            // rule: commits-on-its-own
            ctx.mark("commits-on-its-own");
            node.settle(ctx, txn, State::Committed);
        }
    }
}

struct GivesUpInDoubt;

impl Fault<TwoPhaseCommit> for GivesUpInDoubt {
    fn timer(&self, node: &mut TwoPhaseCommit, ctx: Here<'_, '_>, timer: Timer) {
        if timer != Timer::Inquire {
            node.on_timer(ctx, timer);
            return;
        }
        let doubts: Vec<u64> = node.doubts().collect();
        for txn in doubts {
            // rule: gives-up-in-doubt
            ctx.mark("gives-up-in-doubt");
            node.settle(ctx, txn, State::Aborted);
        }
    }
}

struct CommitsByMajority;

impl Fault<TwoPhaseCommit> for CommitsByMajority {
    fn message(&self, node: &mut TwoPhaseCommit, ctx: Here<'_, '_>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        let everyone = participants(ctx).len();
        let most = |count: usize| count * 2 > everyone;
        let Msg::Vote { txn, .. } = msg else { return };
        if node.open.get(&txn).is_some_and(|open| most(open.yes.len())) {
            // rule: commits-by-majority
            ctx.mark("commits-by-majority");
            node.commit(ctx, txn);
        }
    }
}

struct ForgetsItsYes;

impl Fault<TwoPhaseCommit> for ForgetsItsYes {
    fn boot(&self, ctx: Here<'_, '_>, knobs: &Knobs, disk: &Disk) -> TwoPhaseCommit {
        let doubtful = disk.records.iter().filter(|(_, record)| record.state == State::Prepared);
        let lost: Vec<u64> = doubtful.map(|(txn, _)| *txn).collect();
        if disk.untold || lost.is_empty() {
            return TwoPhaseCommit::boot(ctx, knobs, disk);
        }
        // rule: forgets-its-yes
        ctx.mark("forgets-its-yes");
        let mut disk = disk.clone();
        for txn in lost {
            disk.records.remove_mut(&txn);
        }
        TwoPhaseCommit::boot(ctx, knobs, &disk)
    }
}
