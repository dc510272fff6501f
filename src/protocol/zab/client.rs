//! Clients: every server serves. Writes go through the leader, reads are answered at once from what
//! the server has delivered [hunt10 §2.3].

use super::{Command, Msg, Phase, Stage, Zab};
use crate::kernel::{Ctx, Outcome, Request};
use crate::protocol::shared::store;

impl Zab {
    /// Whether it may answer clients: it leads a quorum, or its leader said that it is up to date.
    pub(super) fn is_serving(&self) -> bool {
        match self.phase {
            Phase::Looking { .. } => false,
            Phase::Following { stage, .. } | Phase::Leading { stage, .. } => {
                stage == Stage::Broadcast
            }
        }
    }

    /// A client's request, perhaps not for the first time.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        // A store has objects under keys, and nothing else to offer.
        if !store::serves(request.op) {
            ctx.reply(request.id, Outcome::Refused);
            return;
        }
        if !self.is_serving() {
            // rule: not-serving
            ctx.mark("not-serving");
            ctx.reply(request.id, Outcome::Redirect(None));
            return;
        }
        if let Some(result) = self.sessions.result(request.id) {
            // rule: repeat-answer
            ctx.mark("repeat-answer");
            self.answer(ctx, request, result);
            return;
        }
        // The client has moved on long ago: no answer would be true.
        if self.sessions.forgot(request.id) {
            return;
        }
        if self.may_read_here(request) {
            // rule: read-here
            ctx.mark("read-here");
            let result = self.store.read(request.op);
            self.answer(ctx, request, result);
            return;
        }
        self.waiting.insert(request.id);
        match self.phase {
            Phase::Leading { .. } => self.on_passed_on(ctx, request),
            Phase::Following { leader, .. } => {
                // rule: pass-on
                ctx.mark("pass-on");
                ctx.send(leader, Msg::Request { request });
            }
            // Whoever looks does not serve.
            Phase::Looking { .. } => {}
        }
    }

    /// Whether a read may be answered from what this server has delivered: it answered the
    /// client's last request itself, so the client has seen nothing later.
    fn may_read_here(&self, request: Request) -> bool {
        let last = self.answered.get(&request.id.client).copied().unwrap_or(0);
        !self.tuning.sync
            && store::reads(request.op)
            && request.id.serial <= last + 1
            && self.delivered == self.commit
    }

    /// The leader gets a request, from a client of its own or of a follower.
    pub(super) fn on_passed_on(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        // It does not lead, or not yet: the client will ask again.
        let Phase::Leading { stage: Stage::Broadcast, open, .. } = &mut self.phase else { return };
        // It is executed already, or too old to know; whoever waits for it will deliver it.
        if self.sessions.result(request.id).is_some() || self.sessions.forgot(request.id) {
            return;
        }
        // It is on its way already.
        if !open.insert(request.id) {
            return;
        }
        self.propose(ctx, Command::Client(request));
    }

    /// Executes one command. The server whose client waits answers it.
    pub(super) fn execute(&mut self, ctx: &mut Ctx<Self>, command: Command) {
        let request = match command {
            Command::Given(_) => return,
            Command::Client(request) => request,
        };
        if let Phase::Leading { open, .. } = &mut self.phase {
            open.remove(&request.id);
        }
        // Too old to know whether it was executed, so it is not executed now.
        if self.sessions.forgot(request.id) {
            return;
        }
        // rule: execute-once
        let result = self.sessions.result(request.id).unwrap_or_else(|| {
            ctx.mark("execute-once");
            let result = self.store.apply(request.id.client, request.op);
            self.sessions.record(request.id, result);
            result
        });
        if self.waiting.remove(&request.id) {
            self.answer(ctx, request, result);
        }
    }

    fn answer(&mut self, ctx: &mut Ctx<Self>, request: Request, result: Outcome) {
        let last = self.answered.entry(request.id.client).or_insert(0);
        *last = (*last).max(request.id.serial);
        ctx.reply(request.id, result);
    }
}
