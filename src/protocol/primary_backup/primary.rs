//! Service: the primary executes and copies, the backups store [alsberg76], [budhiraja93 §8].

use super::{Msg, PrimaryBackup, Standing, State, Timer, owner};
use crate::kernel::{Ctx, Fact, NodeId, Outcome, Request, RequestId, Window, majority};
use crate::protocol::shared::store;

impl PrimaryBackup {
    /// A client's request, perhaps not for the first time.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        // A store has objects under keys, and nothing else to offer.
        if !store::serves(request.op) {
            ctx.reply(request.id, Outcome::Refused);
            return;
        }
        let Standing::Primary { waiting, .. } = &self.standing else {
            // rule: redirect
            ctx.mark("redirect");
            let primary = owner(self.view, ctx.nodes());
            let known = Some(primary).filter(|it| *it != ctx.id());
            ctx.reply(request.id, Outcome::Redirect(known));
            return;
        };
        // The answer comes with the copies; or the client has moved on long ago.
        if waiting.contains_key(&request.id) || self.state.sessions.forgot(request.id) {
            return;
        }
        let outcome = if let Some(known) = self.state.sessions.result(request.id) {
            // rule: repeat-answer
            ctx.mark("repeat-answer");
            known
        } else {
            // rule: execute
            ctx.mark("execute");
            let mut state = self.state.clone();
            let outcome = state.store.apply(request.id.client, request.op);
            state.sessions.record(request.id, outcome);
            state.seq += 1;
            self.replace(ctx, state);
            if self.tuning.sync {
                self.send_state(ctx);
            }
            outcome
        };
        if self.tuning.sync {
            self.wait(ctx, request.id, outcome);
        } else {
            // rule: answer-early
            ctx.mark("answer-early");
            ctx.reply(request.id, outcome);
        }
    }

    /// Keeps an answer until the present state is copied enough.
    fn wait(&mut self, ctx: &mut Ctx<Self>, request: RequestId, outcome: Outcome) {
        if let Standing::Primary { waiting, .. } = &mut self.standing {
            waiting.insert(request, (self.state.seq, outcome));
        }
        self.answer(ctx);
    }

    /// Gives the answers whose state is stored by enough nodes.
    fn answer(&mut self, ctx: &mut Ctx<Self>) {
        let copied = self.copied(ctx);
        let Standing::Primary { waiting, .. } = &mut self.standing else { return };
        let ready = |_: &RequestId, kept: &mut (u64, Outcome)| kept.0 <= copied;
        let ready: Vec<(RequestId, (u64, Outcome))> = waiting.extract_if(.., ready).collect();
        if !ready.is_empty() {
            // rule: answer
            ctx.mark("answer");
        }
        for (request, (_, outcome)) in ready {
            ctx.reply(request, outcome);
        }
    }

    /// Up to where the states of this view are stored by enough nodes: a majority, or, without
    /// fencing, everyone who still answers.
    fn copied(&self, ctx: &Ctx<Self>) -> u64 {
        let Standing::Primary { acked, missed, .. } = &self.standing else { return 0 };
        let mut stored: Vec<u64> = ctx
            .peers()
            .filter(|peer| self.tuning.fencing || missed[peer.index()] <= self.tuning.misses)
            .map(|peer| acked[peer.index()])
            .collect();
        stored.push(self.state.seq);
        crate::order::sort_by(&mut stored, |a, b| b.cmp(a));
        let enough =
            if self.tuning.fencing { majority(ctx.nodes()) as usize } else { stored.len() };
        stored.get(enough - 1).copied().unwrap_or(0)
    }

    /// Sends the state to everyone.
    pub(super) fn send_state(&self, ctx: &mut Ctx<Self>) {
        ctx.broadcast(&Msg::Update { state: self.state.clone(), beat: false });
    }

    /// Time to show that it lives, and to see who else does.
    pub(super) fn beat(&mut self, ctx: &mut Ctx<Self>) {
        // Only by hand: the timer runs while it is primary.
        let Standing::Primary { missed, .. } = &mut self.standing else { return };
        // rule: heartbeat
        ctx.mark("heartbeat");
        let mut dropped = false;
        for peer in ctx.peers() {
            let missed = &mut missed[peer.index()];
            *missed = missed.saturating_add(1);
            dropped |= *missed == self.tuning.misses + 1;
        }
        ctx.broadcast(&Msg::Update { state: self.state.clone(), beat: true });
        ctx.arm(Timer::Heartbeat, Window::exactly(self.tuning.heartbeat));
        if dropped && !self.tuning.fencing {
            // rule: drop-backup
            ctx.mark("drop-backup");
            self.answer(ctx);
        }
    }

    /// A backup receives the state of a primary.
    pub(super) fn on_update(&mut self, ctx: &mut Ctx<Self>, from: NodeId, state: State) {
        if state.view < self.view {
            self.refuse(ctx, from);
            return;
        }
        if state.view > self.view {
            // rule: new-view
            ctx.mark("new-view");
            self.enter(ctx, state.view);
        }
        // A view has one primary: nobody else can have sent this.
        if matches!(self.standing, Standing::Primary { .. }) {
            return;
        }
        self.be_patient(ctx);
        // An older state of the same primary, overtaken on its way, changes nothing.
        if state.version() > self.state.version() {
            if owner(self.state.view, ctx.nodes()) == ctx.id() && self.state.view < state.view {
                // rule: discard
                ctx.mark("discard");
            } else {
                // rule: copy
                ctx.mark("copy");
            }
            self.replace(ctx, state);
        }
        ctx.send(from, Msg::Ack { view: self.view, seq: self.state.seq });
    }

    pub(super) fn on_ack(&mut self, ctx: &mut Ctx<Self>, from: NodeId, view: u64, seq: u64) {
        // It was primary of an earlier view when this was asked for.
        if view != self.view {
            return;
        }
        // It is primary no longer.
        let Standing::Primary { acked, missed, .. } = &mut self.standing else { return };
        missed[from.index()] = 0;
        acked[from.index()] = acked[from.index()].max(seq);
        self.answer(ctx);
    }

    /// Takes over a state, durably.
    pub(super) fn replace(&mut self, ctx: &mut Ctx<Self>, state: State) {
        let changed = self.state.store != state.store;
        self.state = state;
        self.save(ctx);
        if changed {
            ctx.learn(Fact::Replica { digest: self.state.store.digest() });
        }
    }
}
