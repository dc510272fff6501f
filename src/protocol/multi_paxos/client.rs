//! Clients: a store behind the log, and each request executed once, whichever slots it is in
//! [ongaro14phd §6.3].

use super::{Command, MultiPaxos};
use crate::kernel::{Change, Ctx, Fact, Op, Outcome, Request};
use crate::protocol::shared::store;

impl MultiPaxos {
    /// A client's request, perhaps not for the first time.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        let change = matches!(request.op, Op::Change(_));
        // A store has objects under keys, and nothing else to offer.
        if !store::serves(request.op) && !change {
            ctx.reply(request.id, Outcome::Refused);
            return;
        }
        if !self.leads() {
            // rule: redirect
            ctx.mark("redirect");
            ctx.reply(request.id, Outcome::Redirect(self.leader));
            return;
        }
        if store::reads(request.op) && self.may_read_alone(ctx) {
            // rule: read-alone
            ctx.mark("read-alone");
            ctx.reply(request.id, self.store.read(request.op));
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
        if let Op::Change(Change::Transfer(to)) = request.op {
            let outcome = self.transfer(ctx, to);
            ctx.reply(request.id, outcome);
            return;
        }
        let Some(attempt) = &mut self.attempt else { return };
        // It is on its way already; the answer comes with the choice.
        if !attempt.waiting.insert(request.id) {
            return;
        }
        attempt.queue.push_back(request);
        self.progress(ctx);
    }

    /// Executes the chosen prefix of the log, as far as it goes.
    pub(super) fn execute_ready(&mut self, ctx: &mut Ctx<Self>) {
        while let Some(command) = self.log.chosen(self.applied + 1) {
            self.applied += 1;
            let slot = self.applied;
            ctx.learn(Fact::Applied { slot, value: command.word() });
            self.execute(ctx, slot, command);
        }
    }

    /// Executes one command. The node whose client waits answers it.
    fn execute(&mut self, ctx: &mut Ctx<Self>, slot: u64, command: Command) {
        let request = match command {
            Command::Noop | Command::Given(_) => return,
            Command::Client(request) => request,
        };
        // Too old to know whether it was executed, so it is not executed now.
        if self.sessions.forgot(request.id) {
            return;
        }
        let result = if let Some(result) = self.sessions.result(request.id) {
            // Two leaders gave it a slot: the second one is skipped.
            // rule: skip-repeated
            ctx.mark("skip-repeated");
            result
        } else {
            // rule: execute-once
            ctx.mark("execute-once");
            let result = match command.change() {
                Some(change) => self.reconfigure(ctx, slot, change),
                None => self.store.apply(request.id.client, request.op),
            };
            self.sessions.record(request.id, result);
            result
        };
        let Some(attempt) = &mut self.attempt else { return };
        if attempt.waiting.remove(&request.id) {
            ctx.reply(request.id, result);
        }
    }
}
