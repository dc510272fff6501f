//! Leases: for a while acceptors promise nobody else anything, and the leader reads alone
//! [chandra07 §5.2], [ongaro14phd §6.4.1].
//!
//! An acceptor counts from when it hears the leader, which is after the leader asked; so if clocks
//! ran alike, a leader that counts from when it asked would end first. Clocks may run up to `bound`
//! too fast or too slow, so the leader counts a little less.

use std::collections::VecDeque;

use super::{Ballot, Msg, MultiPaxos};
use crate::kernel::{Ctx, NodeId, NodeSet, SimTime, Span};

/// Rounds that may be unanswered before the oldest is forgotten.
const ROUNDS: usize = 16;

/// What a leader knows of its lease.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Lease {
    /// The number of the last round.
    round: u64,
    /// Rounds asked for: number, when on the leader's clock, and who granted.
    asked: VecDeque<(u64, SimTime, NodeSet)>,
    /// When the lease ends, on the leader's clock.
    until: Option<SimTime>,
    /// It has asked somebody else to lead.
    dropped: bool,
}

impl Lease {
    /// The leader asks somebody else to lead: it reads alone no more.
    pub(super) fn drop_it(&mut self) {
        *self = Lease { round: self.round, dropped: true, ..Lease::default() };
    }
}

impl MultiPaxos {
    /// A new round of the lease, or zero if there are none.
    pub(super) fn open_round(&mut self, ctx: &Ctx<Self>) -> u64 {
        let Some(attempt) = &mut self.attempt else { return 0 };
        if !self.tuning.lease || attempt.lease.dropped {
            return 0;
        }
        let (now, ballot) = (ctx.clock(), attempt.ballot);
        let lease = &mut attempt.lease;
        lease.round += 1;
        let round = lease.round;
        if lease.asked.len() == ROUNDS {
            lease.asked.pop_front();
        }
        lease.asked.push_back((round, now, NodeSet::only(ctx.id())));
        self.granted = Some((ballot, now + self.tuning.hold));
        self.check_lease(round);
        round
    }

    /// An acceptor that follows this ballot grants the lease.
    pub(super) fn grant(&mut self, ctx: &mut Ctx<Self>, to: NodeId, ballot: Ballot, round: u64) {
        // rule: grant-lease
        ctx.mark("grant-lease");
        self.granted = Some((ballot, ctx.clock() + self.tuning.hold));
        ctx.send(to, Msg::Grant { ballot, round });
    }

    pub(super) fn on_grant(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        ballot: Ballot,
        round: u64,
    ) {
        // It leads no longer in this ballot.
        let Some(attempt) = self.attempt.as_mut().filter(|it| it.ballot == ballot) else { return };
        // A round that is over, or was forgotten, extends nothing.
        let Some(asked) = attempt.lease.asked.iter_mut().find(|it| it.0 == round) else { return };
        asked.2.insert(from);
        if self.check_lease(round) {
            // rule: hold-lease
            ctx.mark("hold-lease");
        }
    }

    /// A round that a phase-2 quorum granted extends the lease from when it was asked: no quorum
    /// of phase 1 is without one of them.
    fn check_lease(&mut self, round: u64) -> bool {
        let (system, hold) = (self.tuning.system, self.tuning.trusted_hold());
        let first = self.configs.at(self.applied + 1).voters;
        let last = self.configs.at(u64::MAX).voters;
        let Some(attempt) = &mut self.attempt else { return false };
        let lease = &mut attempt.lease;
        let Some(&(_, since, who)) = lease.asked.iter().find(|it| it.0 == round) else {
            return false;
        };
        if !system.accepts(first, who) || !system.accepts(last, who) {
            return false;
        }
        lease.until = lease.until.max(Some(since + hold));
        lease.asked.retain(|it| it.0 > round);
        true
    }

    /// Whether a read may be answered without asking anybody: it leads, nobody else can, and it
    /// has executed everything that earlier leaders may have got chosen.
    pub(super) fn may_read_alone(&self, ctx: &Ctx<Self>) -> bool {
        let Some(attempt) = self.attempt.as_ref().filter(|attempt| attempt.leading) else {
            return false;
        };
        attempt.lease.until.is_some_and(|until| ctx.clock() < until)
            && self.applied >= attempt.top
            && self.is_prepared(self.applied + 1)
            && self.is_prepared(self.configs.newest_from())
    }

    /// Whether a lease forbids to promise `ballot`.
    pub(super) fn is_held_off(&self, ctx: &Ctx<Self>, ballot: Ballot) -> bool {
        self.tuning.lease
            && self.granted.is_some_and(|(to, until)| to != ballot && ctx.clock() < until)
    }

    /// A node that restarts may have granted a lease just before, and keeps to it.
    pub(super) fn remember_lease(&mut self, ctx: &Ctx<Self>) {
        if self.tuning.lease && self.promised > 0 {
            self.granted = Some((self.promised, ctx.clock() + self.tuning.hold));
        }
    }
}

impl super::Tuning {
    /// How long a leader may trust a lease: shorter than acceptors keep it, since its clock may be
    /// slow and theirs fast.
    fn trusted_hold(&self) -> Span {
        const MILLION: u128 = 1_000_000;
        let (hold, bound) = (u128::from(self.hold.0), u128::from(self.bound_ppm));
        Span((hold * (MILLION - bound.min(MILLION)) / (MILLION + bound)) as u64)
    }
}
