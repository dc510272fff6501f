//! Acceptors and learners with a rule missing [lamport01 §2.2, §2.3].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Knobs, Node, NodeId, Word, majority};
use crate::protocol::paxos::{Disk, Msg, Paxos};

pub(super) const MUTANTS: [Mutant<Paxos>; 6] = [
    Mutant {
        flaw: flaw("P02", "accepts-below-its-promise", "2.2").missing(
            "An acceptor refuses ballots below its promise: {node} accepts one.",
            "接受者必须拒绝低于自己承诺的 ballot：{node} 却接受了。",
        ).found("nodes=3 depth=10 requests=2").clear(9),
        fault: &AcceptsBelow,
    },
    Mutant {
        flaw: flaw("P03", "forgets-its-promise", "2.2").missing(
            "A promise is remembered: {node} gives it and forgets it.",
            "承诺必须记住：{node} 作出承诺后随即忘记。",
        ).found("nodes=3 depth=10 requests=2").clear(9),
        fault: &ForgetsItsPromise,
    },
    Mutant {
        flaw: flaw("P07", "accepts-without-promising", "2.2").missing(
            "Accepting promises too: {node} accepts a ballot and stays open for lower ones.",
            "接受即承诺：{node} 接受了一个 ballot，却仍会接受更低的 ballot。",
        ).found("nodes=3 depth=13 requests=3").clear(12),
        fault: &AcceptsWithoutPromising,
    },
    Mutant {
        flaw: flaw("P09", "loses-its-promise", "2.2").missing(
            "A promise is on disk before it is given: {node} comes back without it.",
            "承诺必须先落盘再发出：{node} 重启后丢失了承诺。",
        ).found("nodes=3 depth=12 requests=2 crashes=1").clear(11),
        fault: &LosesItsPromise,
    },
    Mutant {
        flaw: flaw("P10", "loses-its-vote", "2.2").missing(
            "What was accepted is on disk before anyone is told: {node} comes back without it.",
            "已接受的提案必须先落盘再通知别人：{node} 重启后丢失了它。",
        ).found("nodes=3 depth=12 requests=2 crashes=1").clear(11),
        fault: &LosesItsVote,
    },
    Mutant {
        flaw: flaw("P15", "counts-values", "2.3").missing(
            "A majority must accept in the same ballot: {node} counts equal values of different \
             ballots.",
            "多数派必须在同一个 ballot 中接受：{node} 把不同 ballot 中相同的值加在一起计数。",
        ).found("nodes=3 depth=9 requests=1").clear(8),
        fault: &CountsValues,
    },
];

struct AcceptsBelow;

impl Fault<Paxos> for AcceptsBelow {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, msg: Msg) {
        let promised = node.promised;
        if let Msg::Accept { ballot, .. } = msg
            && ballot < promised
        {
            // rule: accepts-below-its-promise
            ctx.mark("accepts-below-its-promise");
            node.promised = ballot;
        }
        node.on_message(ctx, from, msg);
        if node.promised < promised {
            node.promised = promised;
            node.save(ctx);
        }
    }
}

struct ForgetsItsPromise;

impl Fault<Paxos> for ForgetsItsPromise {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, msg: Msg) {
        let promised = node.promised;
        let prepare = matches!(msg, Msg::Prepare { .. });
        node.on_message(ctx, from, msg);
        // A ballot of its own is another matter: it must not be used twice.
        if prepare && node.promised > promised && node.attempt.is_none() {
            // rule: forgets-its-promise
            ctx.mark("forgets-its-promise");
            node.promised = promised;
            node.save(ctx);
        }
    }
}

struct AcceptsWithoutPromising;

impl Fault<Paxos> for AcceptsWithoutPromising {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, msg: Msg) {
        let Msg::Accept { ballot, .. } = msg else { return node.on_message(ctx, from, msg) };
        let promised = node.promised;
        // A ballot of its own goes on, since nothing tells it that it was outrun.
        let attempt = node.attempt.take();
        node.on_message(ctx, from, msg);
        node.attempt = attempt.filter(|_| node.chosen.is_none());
        if ballot > promised {
            // rule: accepts-without-promising
            ctx.mark("accepts-without-promising");
            node.promised = promised;
            node.save(ctx);
        }
    }
}

struct LosesItsPromise;

impl Fault<Paxos> for LosesItsPromise {
    fn boot(&self, ctx: &mut Ctx<Paxos>, knobs: &Knobs, disk: &Disk) -> Paxos {
        let promised = disk.accepted.map_or(0, |(ballot, _)| ballot);
        if disk.untold || disk.promised == promised {
            return Paxos::boot(ctx, knobs, disk);
        }
        // rule: loses-its-promise
        ctx.mark("loses-its-promise");
        Paxos::boot(ctx, knobs, &Disk { promised, ..disk.clone() })
    }
}

struct LosesItsVote;

impl Fault<Paxos> for LosesItsVote {
    fn boot(&self, ctx: &mut Ctx<Paxos>, knobs: &Knobs, disk: &Disk) -> Paxos {
        if disk.untold || disk.accepted.is_none() {
            return Paxos::boot(ctx, knobs, disk);
        }
        // rule: loses-its-vote
        ctx.mark("loses-its-vote");
        Paxos::boot(ctx, knobs, &Disk { accepted: None, ..disk.clone() })
    }
}

struct CountsValues;

impl Fault<Paxos> for CountsValues {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        if node.chosen.is_some() {
            return;
        }
        let values: Vec<Word> = node.reports.values().map(|(_, value)| *value).collect();
        let often = |value: &&Word| values.iter().filter(|other| other == value).count() as u32;
        let found = values.iter().find(|value| often(value) >= majority(ctx.nodes()));
        if let Some(value) = found {
            // rule: counts-values
            ctx.mark("counts-values");
            node.learn_chosen(ctx, *value);
        }
    }
}
