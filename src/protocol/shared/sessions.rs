//! Each request is executed once: results are remembered by client and serial number
//! [ongaro14phd §6.3].

use rpds::RedBlackTreeMap;

use crate::kernel::{ClientId, Outcome, RequestId};

/// How many results a session remembers: a client may have so many operations under way at once.
pub const SESSION_MEMORY: u64 = 256;

/// Results of requests executed. Part of the replicated state: every server that applied the same
/// entries holds the same table.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sessions(RedBlackTreeMap<RequestId, Outcome>);

impl Sessions {
    /// The result of a request already executed.
    pub fn result(&self, id: RequestId) -> Option<Outcome> {
        self.0.get(&id).copied()
    }

    /// Whether the request is so old that it is not known any more if it was executed.
    pub fn forgot(&self, id: RequestId) -> bool {
        self.newest(id.client).is_some_and(|newest| id.serial + SESSION_MEMORY <= newest)
    }

    /// Remembers a result, and forgets those that are too old by the same rule everywhere.
    pub fn record(&mut self, id: RequestId, result: Outcome) {
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
