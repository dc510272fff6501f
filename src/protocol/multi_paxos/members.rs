//! Who the acceptors are: the configuration of slot *i* is decided by the log up to slot *i -
//! alpha* [lamport01 §3].

use super::{Msg, MultiPaxos};
use crate::kernel::{Change, Ctx, NodeId, NodeSet, Outcome};

/// Who takes part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Config {
    /// Acceptors, who may also lead.
    pub(super) voters: NodeSet,
    /// NodeSet that are only told what is chosen.
    pub(super) learners: NodeSet,
}

impl Config {
    fn changed(self, change: Change) -> Option<Config> {
        let Config { voters, learners } = self;
        let next = match change {
            Change::Add(node) => {
                Config { voters: voters.with(node), learners: learners.without(node) }
            }
            Change::Learner(node) => {
                Config { voters: voters.without(node), learners: learners.with(node) }
            }
            Change::Remove(node) => {
                Config { voters: voters.without(node), learners: learners.without(node) }
            }
            Change::Members(voters) => Config { voters, learners: learners.minus(voters) },
            // That one is not a matter of the log.
            Change::Transfer(_) => return None,
        };
        // Somebody has to be left, and something has to change.
        (!next.voters.is_empty() && next != self).then_some(next)
    }
}

/// Configurations known, each with the first slot it is in force for, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Configs(Vec<(u64, Config)>);

impl Configs {
    pub(super) fn new(voters: NodeSet) -> Configs {
        Configs(vec![(0, Config { voters, learners: NodeSet::EMPTY })])
    }

    /// The configuration of `slot`, which must not be before the last executed one.
    pub(super) fn at(&self, slot: u64) -> Config {
        let known = self.0.iter().rfind(|(first, _)| *first <= slot);
        known.map_or(self.0[0].1, |(_, config)| *config)
    }

    /// The first slot of the newest configuration.
    pub(super) fn newest_from(&self) -> u64 {
        self.0.last().map_or(0, |(first, _)| *first)
    }

    /// Everybody who votes in a configuration that is not over.
    pub(super) fn voters(&self) -> NodeSet {
        self.0.iter().fold(NodeSet::EMPTY, |all, (_, config)| all.or(config.voters))
    }

    /// Everybody who is to know what is chosen.
    pub(super) fn audience(&self) -> NodeSet {
        let learners = self.0.iter().map(|(_, config)| config.learners);
        learners.fold(self.voters(), NodeSet::or)
    }

    /// A change on top of the newest configuration, in force from `first` on. False if it is none.
    fn change(&mut self, first: u64, change: Change) -> bool {
        let newest = self.0.last().and_then(|(_, config)| config.changed(change));
        self.0.extend(newest.map(|config| (first, config)));
        newest.is_some()
    }

    /// Forgets the configurations that were over before `slot`.
    pub(super) fn forget_before(&mut self, slot: u64) {
        while self.0.get(1).is_some_and(|(first, _)| *first <= slot) {
            self.0.remove(0);
        }
    }
}

impl MultiPaxos {
    /// A change chosen for `slot` is executed: it is in force `alpha` slots later.
    pub(super) fn reconfigure(
        &mut self,
        ctx: &mut Ctx<Self>,
        slot: u64,
        change: Change,
    ) -> Outcome {
        if !self.configs.change(slot + self.tuning.alpha, change) {
            return Outcome::Refused;
        }
        // rule: reconfigure
        ctx.mark("reconfigure");
        Outcome::Done(None)
    }

    /// A leader that is no acceptor any more makes room.
    pub(super) fn check_membership(&mut self, ctx: &mut Ctx<Self>) {
        self.configs.forget_before(self.applied + 1);
        if self.leads() && !self.may_lead(ctx.id()) {
            // rule: retire
            ctx.mark("retire");
            self.announce(ctx, 0);
            self.resign(ctx);
        }
    }

    /// Whether `node` is an acceptor of the next slot.
    pub(super) fn may_lead(&self, node: NodeId) -> bool {
        self.configs.at(self.applied + 1).voters.has(node)
    }

    /// An operator wants somebody else to lead.
    pub(super) fn transfer(&mut self, ctx: &mut Ctx<Self>, to: NodeId) -> Outcome {
        if to == ctx.id() {
            return Outcome::Done(None);
        }
        let Some(attempt) = &mut self.attempt else { return Outcome::Refused };
        if !self.configs.at(self.applied + 1).voters.has(to) {
            return Outcome::Refused;
        }
        // rule: hand-over
        ctx.mark("hand-over");
        attempt.lease.drop_it();
        ctx.send(to, Msg::TakeOver { ballot: attempt.ballot });
        Outcome::Done(None)
    }

    pub(super) fn on_take_over(&mut self, ctx: &mut Ctx<Self>, ballot: u64) {
        // The leader that asked is outrun already, or this node is no acceptor, or it leads.
        if ballot != self.promised || !self.may_lead(ctx.id()) || self.leads() {
            return;
        }
        // The leader that granted itself this time asks for it to end.
        self.granted = None;
        self.campaign(ctx);
    }
}
