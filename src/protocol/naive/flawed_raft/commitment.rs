//! Commitment, snapshots and reads with a rule missing [ongaro14 §5.4.2, §7, §8].

use super::{Fault, Mutant, flaw};
use crate::kernel::{Ctx, Node, NodeId, Property, Request};
use crate::protocol::raft::{Msg, Raft, Standing};
use crate::protocol::shared::{sessions::Sessions, store};

pub(super) const MUTANTS: [Mutant<Raft>; 5] = [
    Mutant {
        flaw: flaw("R01", "commits-old-terms", Property::LeaderCompleteness, "5.4.2, Figure 8")
            .missing(
                "Copies of an entry of an earlier term are not counted: {node} commits it because \
                 a majority stores it.",
                "更早 term 的条目不能靠副本数提交：{node} 因为多数派存下了它就把它提交。",
            )
            .found("nodes=3 depth=10 timers=2")
            .clear(9),
        fault: &CommitsOldTerms,
    },
    Mutant {
        flaw: flaw("R17", "half-commits", Property::LeaderCompleteness, "5.3")
            .missing(
                "An entry is committed when more than half store it: {node} divides by two, rounds \
             down, and takes that for enough.",
                "条目存于超过半数的节点才算提交：{node} 把节点数除以二并向下取整，就认为足够了。",
            )
            .found("nodes=3 depth=7 timers=2 requests=1")
            .clear(6),
        fault: &HalfCommits,
    },
    Mutant {
        flaw: flaw("R20", "installs-old-snapshots", Property::MonotonicCommits, "7")
            .missing(
                "A snapshot of less than is committed is ignored: {node} goes back to it.",
                "比已提交位置更旧的快照必须忽略：{node} 退回到了旧快照。",
            )
            .found("nodes=3 depth=11 timers=2 requests=1")
            .clear(10),
        fault: &InstallsOldSnapshots,
    },
    Mutant {
        flaw: flaw("R15", "reads-without-asking", Property::Linearizability, "8")
            .missing(
                "A leader makes sure that it still leads before it answers a read: {node} answers \
             from what it has.",
                "leader 在答复读请求之前必须确认自己仍是 leader：{node} 直接用手头的数据答复。",
            )
            .found("nodes=3 depth=10 timers=2 requests=2")
            .clear(9),
        fault: &ReadsWithoutAsking,
    },
    Mutant {
        flaw: flaw("R22", "executes-twice", Property::Linearizability, "8").missing(
            "A request is executed once, however often it is sent: {node} does not remember what \
             it has executed.",
            "同一请求无论发送多少次都只执行一次：{node} 不记得自己执行过什么。",
        ),
        fault: &ExecutesTwice,
    },
];

/// Up to where the log of this leader is stored by at least `enough` servers, itself included.
fn stored(node: &Raft, ctx: &Ctx<Raft>, enough: u32) -> u64 {
    let Standing::Leader(lead) = &node.standing else { return 0 };
    let last = node.log.last_index();
    let has = |index: u64| ctx.peers().filter(|peer| lead.matched(*peer) >= index).count() as u32;
    (node.commit + 1..=last).take_while(|index| has(*index) + 1 >= enough).last().unwrap_or(0)
}

struct CommitsOldTerms;

impl Fault<Raft> for CommitsOldTerms {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        let upto = stored(node, ctx, ctx.nodes() / 2 + 1);
        if upto > node.commit {
            // rule: commits-old-terms
            ctx.mark("commits-old-terms");
            node.commit_to(ctx, upto);
        }
    }
}

struct HalfCommits;

impl HalfCommits {
    fn count(node: &mut Raft, ctx: &mut Ctx<Raft>) {
        let upto = stored(node, ctx, ctx.nodes() / 2);
        if upto > node.commit && node.log.term(upto) == Some(node.term) {
            // rule: half-commits
            ctx.mark("half-commits");
            node.commit_to(ctx, upto);
        }
    }
}

impl Fault<Raft> for HalfCommits {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        Self::count(node, ctx);
    }

    fn request(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, request: Request) {
        node.on_request(ctx, request);
        Self::count(node, ctx);
    }
}

struct InstallsOldSnapshots;

impl Fault<Raft> for InstallsOldSnapshots {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        let old = match &msg {
            Msg::InstallSnapshot { term, snapshot }
                if *term >= node.term && snapshot.index <= node.commit =>
            {
                Some(snapshot.clone())
            }
            _ => None, // A new one is installed anyway, and nothing else carries one.
        };
        node.on_message(ctx, from, msg);
        if let Some(snapshot) = old
            && !matches!(node.standing, Standing::Leader(_))
        {
            // rule: installs-old-snapshots
            ctx.mark("installs-old-snapshots");
            node.install(ctx, snapshot);
        }
    }
}

struct ReadsWithoutAsking;

impl Fault<Raft> for ReadsWithoutAsking {
    fn request(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, request: Request) {
        let leads = matches!(node.standing, Standing::Leader(_));
        if !leads || !store::reads(request.op) {
            node.on_request(ctx, request);
            return;
        }
        // rule: reads-without-asking
        ctx.mark("reads-without-asking");
        ctx.reply(request.id, node.store.read(request.op));
    }
}

struct ExecutesTwice;

impl Fault<Raft> for ExecutesTwice {
    fn message(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, from: NodeId, msg: Msg) {
        node.on_message(ctx, from, msg);
        node.sessions = Sessions::default();
    }

    fn request(&self, node: &mut Raft, ctx: &mut Ctx<Raft>, request: Request) {
        // rule: executes-twice
        ctx.mark("executes-twice");
        node.on_request(ctx, request);
        node.sessions = Sessions::default();
    }
}
