//! Views: who is primary, and how the next one takes over [oki88 §4].

use std::collections::{BTreeMap, BTreeSet};

use super::{Msg, PrimaryBackup, Standing, State, Timer};
use crate::kernel::{Ctx, Fact, NodeId, Span, Window, majority};

/// The primary of a view, for so many nodes: they take turns. Views count from 1.
pub fn owner(view: u64, nodes: u32) -> NodeId {
    NodeId((view.saturating_sub(1) % u64::from(nodes)) as u32)
}

impl PrimaryBackup {
    /// Follows a later view, whatever it was before.
    pub(super) fn enter(&mut self, ctx: &mut Ctx<Self>, view: u64) {
        if matches!(self.standing, Standing::Primary { .. }) {
            // rule: step-down
            ctx.mark("step-down");
            ctx.learn(Fact::SteppedDown { era: self.view });
            ctx.disarm(Timer::Heartbeat);
        }
        self.standing = Standing::Backup;
        self.view = view;
        self.save(ctx);
        ctx.learn(Fact::Entered { era: view });
        self.be_patient(ctx);
    }

    /// Waits anew for the primary. The nodes behind it come to lose patience one after the other,
    /// so that the first in line is alone when it takes over.
    pub(super) fn be_patient(&self, ctx: &mut Ctx<Self>) {
        let nodes = ctx.nodes();
        let ahead = owner(self.view, nodes).0;
        let place = match (ctx.id().0 + nodes - ahead) % nodes {
            // It has been primary itself, and comes last.
            0 => nodes,
            place => place,
        };
        let Window { min, max } = self.tuning.takeover;
        let times = |span: Span| Span(span.0.saturating_mul(u64::from(place)));
        ctx.arm(Timer::Takeover, Window { min: times(min), max: times(max) });
    }

    /// The primary has been silent for too long, or too few have answered this candidate.
    pub(super) fn lose_patience(&mut self, ctx: &mut Ctx<Self>) {
        match self.standing {
            // Only by hand: a primary waits for nobody.
            Standing::Primary { .. } => return,
            Standing::Candidate { .. } => {}
            Standing::Backup => {
                let view = self.next_own_view(ctx);
                self.enter(ctx, view);
                if !self.tuning.fencing {
                    // rule: take-over
                    ctx.mark("take-over");
                    self.lead(ctx, self.state.clone());
                    return;
                }
                let granted = BTreeSet::from([ctx.id()]);
                self.standing = Standing::Candidate { granted, newest: self.state.clone() };
            }
        }
        // rule: ask-leave
        ctx.mark("ask-leave");
        self.be_patient(ctx);
        ctx.broadcast(&Msg::NewView { view: self.view });
        self.count_grants(ctx);
    }

    /// The first view after the present one that belongs to this node.
    fn next_own_view(&self, ctx: &Ctx<Self>) -> u64 {
        let nodes = u64::from(ctx.nodes());
        let own = u64::from(ctx.id().0) + 1;
        let rounds = if self.view < own { 0 } else { (self.view - own) / nodes + 1 };
        own + rounds * nodes
    }

    pub(super) fn on_new_view(&mut self, ctx: &mut Ctx<Self>, from: NodeId, view: u64) {
        if view < self.view {
            self.refuse(ctx, from);
            return;
        }
        if view > self.view {
            self.enter(ctx, view);
        }
        // rule: grant
        ctx.mark("grant");
        ctx.send(from, Msg::Granted { view, state: self.state.clone() });
    }

    pub(super) fn on_granted(
        &mut self,
        ctx: &mut Ctx<Self>,
        from: NodeId,
        view: u64,
        state: State,
    ) {
        // It was asked for in an earlier view.
        if view != self.view {
            return;
        }
        // It is primary by now, or follows a later view.
        let Standing::Candidate { granted, newest } = &mut self.standing else { return };
        granted.insert(from);
        if state.version() > newest.version() {
            *newest = state;
        }
        self.count_grants(ctx);
    }

    fn count_grants(&mut self, ctx: &mut Ctx<Self>) {
        let Standing::Candidate { granted, newest } = &self.standing else { return };
        if granted.len() as u32 >= majority(ctx.nodes()) {
            // rule: lead
            ctx.mark("lead");
            self.lead(ctx, newest.clone());
        }
    }

    /// Becomes primary of its view, with this state.
    pub(super) fn lead(&mut self, ctx: &mut Ctx<Self>, state: State) {
        // The state is one of this view from now on. Clients see it when it is copied enough.
        let state = State { view: self.view, seq: state.seq + 1, ..state };
        self.replace(ctx, state);
        self.standing = Standing::Primary {
            acked: vec![0; ctx.nodes() as usize],
            missed: vec![0; ctx.nodes() as usize],
            waiting: BTreeMap::new(),
        };
        ctx.learn(Fact::Elected { era: self.view });
        ctx.disarm(Timer::Takeover);
        self.send_state(ctx);
        ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
    }

    pub(super) fn refuse(&self, ctx: &mut Ctx<Self>, to: NodeId) {
        // rule: refuse-stale
        ctx.mark("refuse-stale");
        ctx.send(to, Msg::Stale { view: self.view });
    }

    pub(super) fn on_stale(&mut self, ctx: &mut Ctx<Self>, view: u64) {
        // It knows by now.
        if view > self.view {
            // rule: new-view
            ctx.mark("new-view");
            self.enter(ctx, view);
        }
    }
}
