//! Why this server: the choice made again on a copy, with everything it rested on.

use crate::kernel::{Candidate, Choices, NodeId, SimTime, Weighing};

use super::super::{Ranking, ServerId};
use super::Balancer;

/// Answers as given before, from the first on; new ones come from the source behind.
struct Again<'a> {
    source: &'a mut dyn Choices,
    given: Vec<(u64, u64)>,
    next: usize,
}

impl Choices for Again<'_> {
    fn below(&mut self, n: u64) -> u64 {
        let known = self.given.get(self.next).filter(|(bound, _)| *bound == n);
        let answer = if let Some((_, answer)) = known {
            *answer
        } else {
            self.given.truncate(self.next);
            let answer = self.source.below(n);
            self.given.push((n, answer));
            answer
        };
        self.next += 1;
        answer
    }
}

impl Balancer {
    /// What it would choose at `now` for a request with this key, and what it sees of every server.
    pub(in crate::balance) fn weigh(
        &self,
        now: SimTime,
        key: u64,
        choices: &mut dyn Choices,
    ) -> Weighing {
        let mut then = self.clone();
        // With a guard, tries end by a time-out of their own.
        if then.guard.is_none() {
            then.forget_before(now);
        }
        then.pool.refresh(now);
        let node = |id: ServerId| NodeId(self.first + id.0);
        let mut again = Again { source: choices, given: Vec::new(), next: 0 };
        let mut looked = Vec::new();
        then.strategy.looks_at(key, &then.pool, &mut again, &mut looked);
        let pool = then.pool.clone();
        let strategy = &then.strategy;
        let candidate = |id: ServerId| Candidate {
            node: node(id),
            up: pool.is_up(id),
            looked_at: looked.contains(&id),
            weight: pool.weight(id),
            in_flight: pool.in_flight(id),
            latency: pool.latency(id),
            utilisation_milli: pool.utilisation_milli(id),
            score: strategy.score(id, &pool),
        };
        let candidates = pool.ids().map(candidate).collect();
        again.next = 0;
        let mut ranking = Ranking::new(pool.len());
        then.strategy.rank(key, &pool, &mut again, &mut ranking);
        Weighing { candidates, order: ranking.order().iter().map(|id| node(*id)).collect() }
    }
}
