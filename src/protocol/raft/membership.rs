//! Changes of who takes part [ongaro14 §6], [ongaro14phd §4], [ongaro15].
//!
//! An entry of the log says who votes; it is in force from the moment it is appended, and is undone
//! if it is deleted. One server is added or removed at a time, or any number by joint consensus.

use super::config::Config;
use super::{Command, Progress, Raft, Standing};
use crate::kernel::{Change, Ctx, NodeId, NodeSet, Op, Outcome, Request, SimTime};

/// Rounds in which a new server may come close enough [ongaro14phd §4.2.1].
const ROUNDS: u32 = 10;

/// Servers that are brought up to date before they count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Joining {
    /// Who.
    pub(super) nodes: NodeSet,
    /// What is in force once they are.
    config: Config,
    /// Where the log ended when the round began.
    target: u64,
    /// Which round it is, from 1.
    round: u32,
    /// When it began, on the leader's own clock.
    since: SimTime,
}

/// How far the first change that waits has come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Stage {
    /// It has not begun.
    Idle,
    /// New servers are brought up to date.
    CatchingUp(Joining),
    /// It is in the log.
    Appended,
}

/// What a change comes to now.
enum Wanted {
    /// Nothing is left to do.
    Already,
    /// It cannot be done, now or later.
    Never,
    /// This has to be brought into force.
    Config(Config),
}

impl Raft {
    /// The leader is asked for a change. Changes are made one after the other.
    pub(super) fn serve_change(&mut self, ctx: &mut Ctx<Self>, request: Request, change: Change) {
        if let Change::Transfer(target) = change {
            self.begin_transfer(ctx, request.id, target);
            return;
        }
        let Standing::Leader(lead) = &mut self.standing else { return };
        // It waits already, or is being made.
        if lead.changes.iter().any(|other| other.id == request.id) {
            return;
        }
        lead.changes.push(request);
        self.next_change(ctx);
    }

    /// Begins the next change, if nothing stands in its way.
    pub(super) fn next_change(&mut self, ctx: &mut Ctx<Self>) {
        loop {
            let Standing::Leader(lead) = &mut self.standing else { return };
            let Some(request) = lead.changes.first().copied() else { return };
            if lead.stage != Stage::Idle {
                return;
            }
            // One at a time: majorities of two changes need not meet.
            if self.configs.since > self.commit || self.configs.now.is_joint() {
                // rule: wait-change
                ctx.mark("wait-change");
                return;
            }
            let outcome = match self.wanted(ctx.nodes(), request.op) {
                Wanted::Config(config) => {
                    if !self.tuning.own_term || self.knows_commits() {
                        self.begin_change(ctx, config);
                    } else {
                        ctx.mark("wait-change");
                        self.append_first(ctx);
                    }
                    return;
                }
                Wanted::Already => Outcome::Done(None),
                Wanted::Never => Outcome::Refused,
            };
            self.end_change(ctx, outcome);
        }
    }

    /// True once an entry of this term is committed. Before, this leader may lack commitments of
    /// earlier ones, and what two leaders change might not meet [ongaro15].
    pub(super) fn knows_commits(&self) -> bool {
        self.log.term(self.commit) == Some(self.term)
    }

    /// Sees to it that there is an entry of this term to be committed.
    pub(super) fn append_first(&mut self, ctx: &mut Ctx<Self>) {
        if self.log.last_term() < self.term {
            self.append_noop(ctx);
            self.replicate(ctx);
            self.advance_commit(ctx);
        }
    }

    fn wanted(&self, nodes: u32, op: Op) -> Wanted {
        let Op::Change(change) = op else { return Wanted::Never };
        let now = self.configs.now;
        let there = NodeSet::first(nodes);
        let next = match change {
            Change::Add(node) if now.voters.has(node) => return Wanted::Already,
            Change::Add(node) => Config {
                voters: now.voters.with(node),
                learners: now.learners.without(node),
                ..now
            },
            Change::Learner(node) if now.learners.has(node) => return Wanted::Already,
            Change::Learner(node) => Config {
                voters: now.voters.without(node),
                learners: now.learners.with(node),
                ..now
            },
            Change::Remove(node) if !now.members().has(node) => return Wanted::Already,
            Change::Remove(node) => Config {
                voters: now.voters.without(node),
                learners: now.learners.without(node),
                ..now
            },
            Change::Members(nodes) if now.voters == nodes => return Wanted::Already,
            Change::Members(nodes) => {
                Config { voters: nodes, outgoing: now.voters, learners: now.learners.minus(nodes) }
            }
            // Nobody's membership: see `serve_change`.
            Change::Transfer(_) => return Wanted::Never,
        };
        // Nobody could ever commit anything without voters, and nobody else exists.
        let possible = !next.voters.is_empty() && next.members().minus(there).is_empty();
        if possible { Wanted::Config(next) } else { Wanted::Never }
    }

    /// New voters are brought up to date first, so that the cluster need not wait for them later.
    fn begin_change(&mut self, ctx: &mut Ctx<Self>, config: Config) {
        let now = self.configs.now;
        let nodes = config.voters.minus(now.voters).without(ctx.id());
        let Standing::Leader(lead) = &mut self.standing else { return };
        if nodes.is_empty() {
            self.append_config(ctx, config);
            return;
        }
        // rule: catch-up
        ctx.mark("catch-up");
        let target = self.log.last_index();
        for node in nodes.minus(now.members()) {
            lead.progress[node.index()] = Progress::behind(target);
        }
        let since = ctx.stamp();
        lead.stage = Stage::CatchingUp(Joining { nodes, config, target, round: 1, since });
        for node in nodes {
            self.send_append(ctx, node);
        }
        self.push_change(ctx);
    }

    /// A new server stores more: the round may be over, and with it the wait.
    pub(super) fn push_change(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        let Stage::CatchingUp(joining) = &mut lead.stage else { return };
        let stores = |node: NodeId| lead.progress[node.index()].matched >= joining.target;
        if !joining.nodes.iter().all(stores) {
            return;
        }
        // Close enough: what is missing now takes no longer than an election.
        let close = ctx.clock().since(joining.since) <= self.tuning.election.min;
        if close {
            let config = joining.config;
            self.append_config(ctx, config);
        } else if joining.round == ROUNDS {
            self.refuse_change(ctx);
        } else {
            joining.round += 1;
            joining.target = self.log.last_index();
            joining.since = ctx.stamp();
        }
    }

    /// A new server that does not answer would make the change last for ever.
    pub(super) fn lose_patience(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &self.standing else { return };
        let Stage::CatchingUp(joining) = &lead.stage else { return };
        let most = self.tuning.election.max.0.saturating_mul(u64::from(ROUNDS));
        if ctx.clock().since(joining.since).0 > most {
            self.refuse_change(ctx);
        }
    }

    fn refuse_change(&mut self, ctx: &mut Ctx<Self>) {
        // rule: refuse-change
        ctx.mark("refuse-change");
        self.end_change(ctx, Outcome::Refused);
        self.next_change(ctx);
    }

    /// The first change that waits is over.
    fn end_change(&mut self, ctx: &mut Ctx<Self>, outcome: Outcome) {
        let Standing::Leader(lead) = &mut self.standing else { return };
        lead.stage = Stage::Idle;
        if !lead.changes.is_empty() {
            ctx.reply(lead.changes.remove(0).id, outcome);
        }
    }

    /// Puts `config` into the log, and by that into force.
    fn append_config(&mut self, ctx: &mut Ctx<Self>, config: Config) {
        if config.is_joint() {
            // rule: enter-joint
            ctx.mark("enter-joint");
        } else {
            // rule: change-members
            ctx.mark("change-members");
        }
        let known = self.audience();
        let Standing::Leader(lead) = &mut self.standing else { return };
        for node in config.members().minus(known).without(ctx.id()) {
            lead.progress[node.index()] = Progress::behind(self.log.last_index());
        }
        lead.stage = Stage::Appended;
        self.append_own(ctx, Command::Members(config));
        self.replicate(ctx);
        self.advance_commit(ctx);
    }

    /// The configuration in force is committed.
    pub(super) fn settle_members(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Leader(lead) = &self.standing else { return };
        let now = self.configs.now;
        if now.is_joint() {
            // rule: leave-joint
            ctx.mark("leave-joint");
            self.append_config(ctx, Config { outgoing: NodeSet::EMPTY, ..now });
            return;
        }
        if lead.stage == Stage::Appended {
            self.end_change(ctx, Outcome::Done(None));
        }
        // Who leaves is told once, so that it need not ask for votes.
        let before = self.configs.at(self.configs.since.saturating_sub(1)).members();
        for node in before.minus(now.members()).without(ctx.id()) {
            self.send_append(ctx, node);
        }
        if !now.electors().has(ctx.id()) {
            // rule: leave
            ctx.mark("leave");
            self.follow(ctx);
            self.leader = None;
            return;
        }
        self.next_change(ctx);
    }

    /// Everybody this leader sends its log to: members, those who are to become one, and those who
    /// are to be one no longer until that is committed.
    pub(super) fn audience(&self) -> NodeSet {
        let mut nodes = self.configs.now.members();
        if self.configs.since > self.commit {
            nodes = nodes.or(self.configs.at(self.configs.since - 1).members());
        }
        if let Standing::Leader(lead) = &self.standing
            && let Stage::CatchingUp(joining) = &lead.stage
        {
            nodes = nodes.or(joining.nodes);
        }
        nodes.without(self.id)
    }
}
