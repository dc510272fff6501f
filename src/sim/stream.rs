//! The stream of work poured over a pool: arrivals, sizes and keys from streams of their own, so
//! that every request is the same whatever the strategy does with it.

use std::collections::VecDeque;

use crate::kernel::{Choices, ClientId, Op, Request, RequestId, SimTime, Span};

use super::arrivals::{ArrivalClock, Arrivals};
use super::rng::{Concern, Stream as Rng};
use super::sample::Zipf;
use super::sizes::Sizes;
use super::spec::{Keys, Stream};

/// Somebody of a closed stream who will ask again, and when.
type Again = Option<(SimTime, u32)>;

/// So many requests that are over do not matter.
const FEW: usize = 64;

#[derive(Clone, Debug)]
struct OpenWork {
    id: RequestId,
    op: Op,
    user: u32,
}

/// A running stream.
#[derive(Clone, Debug)]
pub(super) struct Pour {
    clients: u32,
    arrivals: Arrivals,
    clock: ArrivalClock,
    sizes: Sizes,
    keys: Keys,
    zipf: Option<Zipf>,
    arrival_rng: Rng,
    size_rng: Rng,
    key_rng: Rng,
    /// Serial of the next request.
    next: u64,
    /// Requests in order of serial. What is over leaves at the front, and from the middle when it
    /// is the larger part: one request without an answer does not keep all later ones.
    open: VecDeque<(u64, Option<OpenWork>)>,
    over: usize,
}

impl Pour {
    pub(super) fn new(stream: &Stream, seed: u64) -> Pour {
        Pour {
            clients: stream.clients.max(1),
            arrivals: stream.arrivals.clone(),
            clock: ArrivalClock::new(stream.arrivals.clone()),
            sizes: stream.sizes.clone(),
            keys: stream.keys,
            zipf: match stream.keys {
                Keys::Even(_) => None,
                Keys::Zipf { count, exponent } => Some(Zipf::new(count, exponent)),
            },
            arrival_rng: Rng::new(seed, Concern::Arrivals, 0),
            size_rng: Rng::new(seed, Concern::Sizes, 0),
            key_rng: Rng::new(seed, Concern::Keys, 0),
            next: 1,
            open: VecDeque::new(),
            over: 0,
        }
    }

    /// The first arrival of an open stream; the first of each user of a closed one.
    pub(super) fn first_arrivals(&mut self) -> Vec<(SimTime, u32)> {
        if let Arrivals::Closed { users, .. } = self.arrivals {
            return (0..users).map(|user| (self.after_thinking(SimTime::ZERO), user)).collect();
        }
        vec![(SimTime::ZERO + self.clock.next_gap(&mut self.arrival_rng), 0)]
    }

    fn after_thinking(&mut self, now: SimTime) -> SimTime {
        now + self.arrivals.think(&mut self.arrival_rng)
    }

    /// The request that arrives now, and the arrival after it if the stream is open.
    pub(super) fn arrive(&mut self, user: u32, now: SimTime) -> (Request, Again) {
        let serial = self.next;
        self.next += 1;
        let client = ClientId((serial % u64::from(self.clients)) as u32);
        let id = RequestId { client, serial };
        let op = self.work(serial);
        self.open.push_back((serial, Some(OpenWork { id, op, user })));
        let next = match self.arrivals {
            Arrivals::Closed { .. } => None,
            _ => Some((now + self.clock.next_gap(&mut self.arrival_rng), 0)),
        };
        (Request { id, op }, next)
    }

    /// The work of the request of that serial: as recorded, or drawn.
    fn work(&mut self, serial: u64) -> Op {
        let row = match &self.arrivals {
            Arrivals::Recorded(rows) => rows.get(serial as usize - 1).copied(),
            _ => None,
        };
        let (key, size) = row.map_or((None, None), |row| (row.key, row.size));
        let key = key.unwrap_or_else(|| match &self.zipf {
            // Ranks count from one.
            Some(law) => law.draw(&mut self.key_rng) - 1,
            None => self.key_rng.below(self.keys.count().max(1)),
        });
        let size = size.unwrap_or_else(|| self.sizes.draw(&mut self.size_rng));
        Op::Work { key, size: size.max(Span(1)) }
    }

    /// The request has been answered: what it was, and when its user of a closed stream asks again.
    /// `None` if it was given up before.
    pub(super) fn answered(&mut self, id: RequestId, now: SimTime) -> Option<(Op, Again)> {
        let work = self.close(id.serial)?;
        Some((work.op, self.again(work.user, now)))
    }

    /// The client's patience is at an end. `None` if the request has been answered.
    pub(super) fn give_up(&mut self, serial: u64, now: SimTime) -> Option<(RequestId, Op, Again)> {
        let work = self.close(serial)?;
        Some((work.id, work.op, self.again(work.user, now)))
    }

    fn again(&mut self, user: u32, now: SimTime) -> Again {
        match self.arrivals {
            Arrivals::Closed { .. } => Some((self.after_thinking(now), user)),
            _ => None,
        }
    }

    fn close(&mut self, serial: u64) -> Option<OpenWork> {
        let place = self.open.binary_search_by_key(&serial, |(serial, _)| *serial).ok()?;
        let work = self.open[place].1.take()?;
        self.over += 1;
        while self.open.pop_front_if(|(_, work)| work.is_none()).is_some() {
            self.over -= 1;
        }
        if self.over > FEW && self.over > self.open.len() / 2 {
            self.open.retain(|(_, work)| work.is_some());
            self.over = 0;
        }
        Some(work)
    }

    /// How many requests it remembers: those that are open, and at most as many that are over.
    #[cfg(test)]
    fn kept(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_forgotten_behind_a_request_without_an_answer() {
        let stream = Stream {
            clients: 3,
            arrivals: Arrivals::Deterministic { rate: 1000.0 },
            sizes: Sizes::Deterministic { mean: Span::millis(1) },
            keys: Keys::Even(10),
        };
        let mut pour = Pour::new(&stream, 1);
        let mut open = VecDeque::new();
        for at in 0..10_000_u64 {
            let (request, _) = pour.arrive(0, SimTime(at));
            // The first one is never answered, the others after ten more.
            if at > 0 {
                open.push_back(request.id);
            }
            if open.len() > 10
                && let Some(id) = open.pop_front()
            {
                assert!(pour.answered(id, SimTime(at)).is_some());
                assert!(pour.answered(id, SimTime(at)).is_none(), "once");
            }
        }
        assert!(pour.kept() < 200, "{} of 10,000", pour.kept());
        assert!(pour.give_up(1, SimTime(10_000)).is_some());
        assert!(pour.give_up(2, SimTime(10_000)).is_none());
    }
}
