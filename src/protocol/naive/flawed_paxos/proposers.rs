//! Proposers and quorums with a rule missing [lamport01 §2.2].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Node, NodeId, Op, Request, Word};
use crate::protocol::paxos::{Msg, Paxos, Timer};

pub(super) const MUTANTS: [Mutant<Paxos>; 6] = [
    Mutant {
        flaw: flaw("P04", "ignores-reports", "2.2").missing(
            "A proposer takes the value of the highest ballot reported: {node} proposes its own.",
            "提案者必须沿用所报告的最高 ballot 的值：{node} 仍提出自己的值。",
        ).found("nodes=3 depth=10 requests=2").clear(9),
        fault: &IgnoresReports,
    },
    Mutant {
        flaw: flaw("P05", "takes-the-last-report", "2.2").missing(
            "Of several reports that of the highest ballot counts: {node} takes the one that came \
             last.",
            "多份报告中以最高 ballot 为准：{node} 采用了最后到达的那一份。",
        ).found("nodes=3 depth=13 requests=3").clear(12),
        fault: &TakesTheLast,
    },
    Mutant {
        flaw: flaw("P06", "takes-the-lowest-report", "2.2").missing(
            "Of several reports that of the highest ballot counts: {node} takes the lowest.",
            "多份报告中以最高 ballot 为准：{node} 采用了最低的那一份。",
        ).found("nodes=3 depth=13 requests=3").clear(12),
        fault: &TakesTheLowest,
    },
    Mutant {
        flaw: flaw("P08", "reuses-its-ballot", "2.2").missing(
            "A ballot carries one value, ever: {node} proposes a second one in it.",
            "一个 ballot 永远只能携带一个值：{node} 在同一个 ballot 中又提出了第二个值。",
        ).found("nodes=3 depth=8 requests=2").clear(7),
        fault: &ReusesItsBallot,
    },
    Mutant {
        flaw: flaw("P11", "asks-nobody", "2.2").missing(
            "A proposer waits for the promises of a majority: {node} contents itself with its own.",
            "提案者必须等待多数派的承诺：{node} 只有自己的承诺就开始提案。",
        ).found("nodes=3 depth=6 requests=2").clear(5),
        fault: &AsksNobody,
    },
    Mutant {
        flaw: flaw("P12", "half-is-enough", "2.2").missing(
            "Any two quorums share an acceptor: {node} takes half of the acceptors for enough.",
            "任意两个法定人数必须有共同的接受者：{node} 认为一半的接受者就够了。",
        ).found("nodes=3 depth=5 requests=2").clear(4),
        fault: &HalfIsEnough,
    },
];

struct IgnoresReports;

impl Fault<Paxos> for IgnoresReports {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, mut msg: Msg) {
        if let Msg::Promise { accepted: accepted @ Some(_), .. } = &mut msg
            && node.wanted.is_some()
        {
            // rule: ignores-reports
            ctx.mark("ignores-reports");
            *accepted = None;
        }
        node.on_message(ctx, from, msg);
    }
}

/// A report arrives at a proposer that has one already: `keep` says whether the old one is kept.
fn report(
    node: &mut Paxos,
    msg: &mut Msg,
    keep: impl Fn((u64, Word), (u64, Word)) -> bool,
) -> bool {
    let (Msg::Promise { accepted: Some(report), .. }, Some(attempt)) = (msg, &mut node.attempt)
    else {
        return false;
    };
    let Some(best) = attempt.best else { return false };
    if keep(best, *report) {
        *report = best;
    }
    let higher = best.max(*report);
    attempt.best = None;
    higher != *report
}

struct TakesTheLast;

impl Fault<Paxos> for TakesTheLast {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, mut msg: Msg) {
        if report(node, &mut msg, |_, _| false) {
            // rule: takes-the-last-report
            ctx.mark("takes-the-last-report");
        }
        node.on_message(ctx, from, msg);
    }
}

struct TakesTheLowest;

impl Fault<Paxos> for TakesTheLowest {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, mut msg: Msg) {
        if report(node, &mut msg, |best, report| best < report) {
            // rule: takes-the-lowest-report
            ctx.mark("takes-the-lowest-report");
        }
        node.on_message(ctx, from, msg);
    }
}

struct ReusesItsBallot;

impl Fault<Paxos> for ReusesItsBallot {
    fn request(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, request: Request) {
        node.on_request(ctx, request);
        let (Op::Propose(value) | Op::Put(_, value)) = request.op else { return };
        let Some(attempt) = &mut node.attempt else { return };
        if attempt.value.is_some_and(|other| other != value) {
            // rule: reuses-its-ballot
            ctx.mark("reuses-its-ballot");
            (attempt.value, attempt.best) = (None, None);
            node.wanted = Some(value);
            node.propose(ctx);
        }
    }
}

struct AsksNobody;

impl AsksNobody {
    fn hurry(node: &mut Paxos, ctx: &mut Ctx<Paxos>) {
        if node.attempt.as_ref().is_some_and(|attempt| attempt.value.is_none()) {
            // rule: asks-nobody
            ctx.mark("asks-nobody");
            node.propose(ctx);
        }
    }
}

impl Fault<Paxos> for AsksNobody {
    fn timer(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, timer: Timer) {
        node.on_timer(ctx, timer);
        Self::hurry(node, ctx);
    }

    fn request(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, request: Request) {
        node.on_request(ctx, request);
        Self::hurry(node, ctx);
    }
}

struct HalfIsEnough;

impl Fault<Paxos> for HalfIsEnough {
    fn message(&self, node: &mut Paxos, ctx: &mut Ctx<Paxos>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        let half = ctx.nodes() as usize / 2;
        if let Some(attempt) = &node.attempt
            && attempt.value.is_none()
            && attempt.promises.len() >= half
        {
            // rule: half-is-enough
            ctx.mark("half-is-enough");
            node.propose(ctx);
        }
        let count = |of: u64| node.reports.values().filter(|report| report.0 == of).count();
        let found = node.reports.values().find(|report| count(report.0) >= half);
        if let (Some((_, value)), None) = (found, node.chosen) {
            ctx.mark("half-is-enough");
            node.learn_chosen(ctx, *value);
        }
    }
}
