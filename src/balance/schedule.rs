//! Earliest deadline first: the schedule behind the weighted balancers of Envoy and gRPC.

use super::{PoolView, ServerId};

/// The length of a period of weight one. It divides evenly by every weight up to 20, so that equal
/// deadlines are equal here, too.
const PERIOD: u64 = 232_792_560 * (1 << 12);

/// Deadlines of servers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Schedule {
    now: u64,
    /// By server: its deadline and the number of its insertion, which breaks ties.
    due: Vec<Option<(u64, u64)>>,
    inserted: u64,
}

impl Schedule {
    /// Everybody who is up is due one period from now, or `stagger` of it (in 1 / 65536).
    pub(super) fn restart(&mut self, pool: &PoolView, mut stagger: impl FnMut(ServerId) -> u64) {
        *self = Schedule { due: vec![None; pool.len() as usize], ..Schedule::default() };
        for id in pool.up_ids() {
            let whole = period(u64::from(pool.weight(id)), 1);
            let first = (u128::from(whole) * u128::from(stagger(id)) / 65_536) as u64;
            self.insert(id, first);
        }
    }

    /// Takes the server due first and schedules it again after what `weight` gives it now, as a
    /// fraction. A changed weight counts only from then on.
    pub(super) fn pick(&mut self, weight: impl Fn(ServerId) -> (u64, u64)) -> Option<ServerId> {
        let due = self.due.iter().enumerate().filter_map(|(at, due)| due.map(|due| (due, at)));
        let ((deadline, _), at) = due.min()?;
        let id = ServerId(at as u32);
        self.now = deadline;
        let (weight, over) = weight(id);
        self.insert(id, period(weight, over));
        Some(id)
    }

    /// Everybody's deadline, soonest first, for an order of preference.
    pub(super) fn key(&self, id: ServerId) -> (u64, u64) {
        self.due[id.index()].unwrap_or((u64::MAX, u64::MAX))
    }

    fn insert(&mut self, id: ServerId, after: u64) {
        self.inserted += 1;
        self.due[id.index()] = Some((self.now.saturating_add(after), self.inserted));
    }
}

/// The time from one turn to the next at weight `weight / over`.
fn period(weight: u64, over: u64) -> u64 {
    (u128::from(PERIOD) * u128::from(over) / u128::from(weight.max(1))) as u64
}
