//! Clients: a key-value store behind the log, and each request executed once [ongaro14 §8].

use super::{Command, Raft, Standing};
use crate::kernel::{Ctx, Outcome, Request};
use crate::protocol::shared::store;

impl Raft {
    /// A client's request, perhaps not for the first time.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        // A store has objects under keys, and nothing else to offer.
        if !store::serves(request.op) {
            ctx.reply(request.id, Outcome::Refused);
            return;
        }
        let Standing::Leader { waiting, .. } = &mut self.standing else {
            // rule: redirect
            ctx.mark("redirect");
            ctx.reply(request.id, Outcome::Redirect(self.leader));
            return;
        };
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
        // It is in the log already; the answer comes with the commit.
        if !waiting.insert(request.id) {
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
            Command::Noop | Command::Given(_) => return,
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
        let Standing::Leader { waiting, .. } = &mut self.standing else { return };
        if waiting.remove(&request.id) {
            ctx.reply(request.id, result);
        }
    }
}
