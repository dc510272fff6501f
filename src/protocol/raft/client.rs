//! Clients: a store behind the log, and each request executed once [ongaro14 §8].

use super::tuning::Reads;
use super::{Command, Raft, Standing};
use crate::kernel::{Ctx, Op, Outcome, Request};
use crate::protocol::shared::store;

impl Raft {
    /// A client's request, perhaps not for the first time.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        let change = match request.op {
            Op::Change(change) => Some(change),
            // A store has objects under keys, and nothing else to offer.
            op if !store::serves(op) => {
                ctx.reply(request.id, Outcome::Refused);
                return;
            }
            _ => None,
        };
        let quick = self.tuning.reads != Reads::Log && store::reads(request.op);
        if quick && self.serve_read(ctx, request) {
            return;
        }
        let Standing::Leader(lead) = &mut self.standing else {
            // rule: redirect
            ctx.mark("redirect");
            ctx.reply(request.id, Outcome::Redirect(self.leader));
            return;
        };
        if let Some(change) = change {
            self.serve_change(ctx, request, change);
            return;
        }
        if let Some(result) = self.sessions.result(request.id) {
            // rule: repeat-answer
            ctx.mark("repeat-answer");
            ctx.reply(request.id, result);
            return;
        }
        // The client has moved on long ago: no answer would be true.
        if self.sessions.forgot(request.id) {
            return;
        }
        // The log has to come to an end, or the next leader could never be brought up to it.
        if lead.transfer.is_some() {
            // rule: hold-requests
            ctx.mark("hold-requests");
            ctx.reply(request.id, Outcome::Redirect(None));
            return;
        }
        // It is in the log already; the answer comes with the commit.
        if !lead.waiting.insert(request.id) {
            return;
        }
        // rule: append-request
        ctx.mark("append-request");
        self.append_own(ctx, Command::Client(request));
        self.replicate(ctx);
        self.advance_commit(ctx);
    }

    /// Applies one command to the state machine. The server whose client waits answers it.
    pub(super) fn execute(&mut self, ctx: &mut Ctx<Self>, command: Command) {
        let request = match command {
            Command::Noop | Command::Given(_) | Command::Members(_) => return,
            Command::Client(request) => request,
        };
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
        let Standing::Leader(lead) = &mut self.standing else { return };
        if lead.waiting.remove(&request.id) {
            ctx.reply(request.id, result);
        }
    }
}
