//! Each request is executed once: results are remembered by client and serial number
//! [ongaro14phd §6.3].

use rpds::RedBlackTreeMapSync;

use crate::kernel::{ClientId, Outcome, RequestId};

/// How many results a session remembers: a client may have so many operations under way at once.
pub const SESSION_MEMORY: u64 = 256;

/// Results of requests executed. Part of the replicated state: every server that applied the same
/// entries holds the same table.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sessions(RedBlackTreeMapSync<ClientId, Session>);

/// What is known of one client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Session {
    /// The highest serial number executed.
    newest: u64,
    /// Results by serial number; those within [`SESSION_MEMORY`] of the newest.
    results: RedBlackTreeMapSync<u64, Outcome>,
    /// No result is older than this serial number.
    oldest: u64,
}

impl Sessions {
    /// The result of a request already executed.
    pub fn result(&self, id: RequestId) -> Option<Outcome> {
        self.0.get(&id.client)?.results.get(&id.serial).copied()
    }

    /// Whether the request is so old that it is not known any more if it was executed.
    pub fn forgot(&self, id: RequestId) -> bool {
        self.0.get(&id.client).is_some_and(|session| session.forgot(id.serial))
    }

    /// Remembers a result, and forgets those that are too old by the same rule everywhere.
    pub fn record(&mut self, id: RequestId, result: Outcome) {
        if let Some(session) = self.0.get_mut(&id.client) {
            session.record(id.serial, result);
            return;
        }
        let mut session = Session { newest: id.serial, oldest: id.serial, ..Session::default() };
        session.record(id.serial, result);
        self.0.insert_mut(id.client, session);
    }
}

impl Session {
    fn forgot(&self, serial: u64) -> bool {
        serial + SESSION_MEMORY <= self.newest
    }

    fn record(&mut self, serial: u64, result: Outcome) {
        self.results.insert_mut(serial, result);
        self.newest = self.newest.max(serial);
        self.oldest = self.oldest.min(serial);
        while self.forgot(self.oldest) {
            self.results.remove_mut(&self.oldest);
            let next = self.results.first();
            self.oldest = next.map_or(self.newest, |(serial, _)| *serial);
        }
    }
}
