//! What clients of a register saw, and whether one copy explains it.

/// How far a client is, and what it saw.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(super) struct Client {
    /// Operations completed: its write, then its read.
    done: u8,
    /// What it read.
    read: u8,
    /// When it began to read: operations that each other client had completed, two bits each.
    before: u16,
}

impl Client {
    /// The number of the request that it awaits an answer to; its writes are numbered by its id,
    /// its reads by twice that.
    pub(super) fn awaits(self, id: u8) -> Option<u8> {
        match self.done {
            0 => Some(id),
            1 => Some(2 * id),
            _ => None,
        }
    }

    /// Its read returns.
    pub(super) fn has_read(&mut self, value: u8) {
        (self.done, self.read) = (2, value);
    }
}

/// The write of a client returns, and its read begins.
pub(super) fn written(clients: &mut [Client], at: usize) {
    let mut before = 0;
    for (other, client) in clients.iter().enumerate().filter(|(other, _)| *other != at) {
        before |= u16::from(client.done) << (2 * other);
    }
    (clients[at].done, clients[at].before) = (1, before);
}

/// Whether some order of the operations, each between its call and its return, is one that a single
/// copy could have gone through \[herlihy90\]. Writes that have not returned may have happened.
pub(super) fn linearizable(clients: &[Client]) -> bool {
    // Writes in any order explain themselves.
    if clients.iter().all(|client| client.done < 2) {
        return true;
    }
    let mut tried = [0_u64; 80];
    explain(clients, [0; 6], 0, &mut tried)
}

/// Whether the operations that are left can follow, when of each client so many have happened and
/// the copy holds `value`.
fn explain(clients: &[Client], at: [u8; 6], value: u8, tried: &mut [u64; 80]) -> bool {
    if clients.iter().zip(at).all(|(client, at)| at >= client.done) {
        return true;
    }
    // Three places of each client, and at most seven values: 3^6 x 7 = 5,103 bits.
    let place = at.iter().fold(0, |place, at| place * 3 + usize::from(*at)) * 7;
    let place = place + usize::from(value);
    if tried[place / 64] >> (place % 64) & 1 == 1 {
        return false;
    }
    tried[place / 64] |= 1 << (place % 64);
    clients.iter().enumerate().any(|(who, client)| {
        let mut next = at;
        next[who] += 1;
        match at[who] {
            0 => explain(clients, next, who as u8 + 1, tried),
            1 if client.done == 2 => {
                let waits = |other: usize| at[other] < (client.before >> (2 * other) & 3) as u8;
                let ready = client.read == value && !(0..clients.len()).any(waits);
                ready && explain(clients, next, value, tried)
            }
            _ => false,
        }
    })
}
