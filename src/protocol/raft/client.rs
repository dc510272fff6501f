//! Clients: a key-value store behind the log, and each request executed once [ongaro14 §8].

use rpds::RedBlackTreeMap;

use super::{Command, Raft, Standing};
use crate::kernel::{ClientId, Ctx, Op, Outcome, Request, RequestId, Word};

/// How many results a session remembers: a client may have so many operations under way at once.
pub const SESSION_MEMORY: u64 = 256;

/// Results of requests executed, by client and serial number [ongaro14phd §6.3]. Part of the
/// replicated state: every server that applied the same entries holds the same table.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Sessions(RedBlackTreeMap<RequestId, Outcome>);

impl Sessions {
    /// The result of a request already executed.
    fn result(&self, id: RequestId) -> Option<Outcome> {
        self.0.get(&id).copied()
    }

    /// Whether the request is so old that it is not known any more if it was executed.
    fn forgot(&self, id: RequestId) -> bool {
        self.newest(id.client).is_some_and(|newest| id.serial + SESSION_MEMORY <= newest)
    }

    /// Remembers a result, and forgets those that are too old by the same rule everywhere.
    fn record(&mut self, id: RequestId, result: Outcome) {
        self.0.insert_mut(id, result);
        while let Some(oldest) = self.oldest(id.client)
            && self.forgot(oldest)
        {
            self.0.remove_mut(&oldest);
        }
    }

    fn oldest(&self, client: ClientId) -> Option<RequestId> {
        self.0.range(session(client)).next().map(|(id, _)| *id)
    }

    fn newest(&self, client: ClientId) -> Option<u64> {
        self.0.range(session(client)).next_back().map(|(id, _)| id.serial)
    }
}

fn session(client: ClientId) -> std::ops::RangeInclusive<RequestId> {
    RequestId { client, serial: 0 }..=RequestId { client, serial: u64::MAX }
}

impl Raft {
    /// A client's request, perhaps not for the first time.
    pub(super) fn serve(&mut self, ctx: &mut Ctx<Self>, request: Request) {
        match request.op {
            Op::Get(_) | Op::Put(..) => {}
            // A store has keys and values, and nothing else to offer.
            Op::Propose(_) | Op::Work { .. } => {
                ctx.reply(request.id, Outcome::Refused);
                return;
            }
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
            let result = Outcome::Done(self.apply(request.op));
            self.sessions.record(request.id, result);
            result
        });
        let Standing::Leader { waiting, .. } = &mut self.standing else { return };
        if waiting.remove(&request.id) {
            ctx.reply(request.id, result);
        }
    }

    fn apply(&mut self, op: Op) -> Option<Word> {
        match op {
            Op::Get(key) => self.store.get(&key).copied(),
            Op::Put(key, value) => {
                self.store.insert_mut(key, value);
                None
            }
            // Refused before they reach a log.
            Op::Propose(_) | Op::Work { .. } => None,
        }
    }
}
