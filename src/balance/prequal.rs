//! Prequal: probes in advance, and picks by requests in flight and latency together
//! \[wydrowski24\].
//!
//! Each request sends a few probes to servers drawn by lot. Answers, at most sixteen and each at
//! most a second old, are the candidates of later requests. A candidate is *hot* if the requests it
//! had in flight lie above a quantile of all candidates'. Among cold ones the lowest latency wins,
//! if all are hot the fewest in flight. With fewer than two candidates the choice is by lot.
//!
//! It shines where servers differ and many balancers see little of them each. One balancer before
//! a few equal servers does better with [`p2c`](super::p2c): differences of measured latency are
//! chance there, and everybody rushes at the luckiest.
//!
//! A candidate is used up after `b` picks (rounded by lot), counts one more in flight after each,
//! and after every request one is thrown out, in turn the oldest and the worst [wydrowski24 §4].

use crate::kernel::{Choices, Cite, Knob, KnobKind, SimTime, Span, Text};

use super::{News, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "prequal",
    name: Text { en: "Prequal", zh: "Prequal 探测" },
    summary: Text {
        en: "Keeps a small pool of recent probes; avoids servers with many requests in flight and \
             takes the fastest of the rest.",
        zh: "维护一小批最近的探测结果：避开在途请求多的服务器，在其余服务器中选延迟最低的一台。",
    },
    cites: &[Cite { key: "wydrowski24", place: "§4" }],
    ties: Text { en: "The oldest probe wins.", zh: "最早的探测结果优先。" },
    knobs: &[PROBES, HOT],
    telling: Telling::Probes,
    source: crate::kernel::listing!("prequal.rs"),
    make: |knobs| {
        Box::new(Prequal {
            rate: knobs.count(PROBES.name) as u32,
            hot_percent: knobs.count(HOT.name),
            candidates: Vec::new(),
            oldest_next: true,
        })
    },
};

/// How many probes go out with each request.
pub(super) const PROBES: Knob = Knob {
    name: "probes",
    help: Text {
        en: "How many servers, drawn by lot, are probed with each request.",
        zh: "每个请求随机探测多少台服务器。",
    },
    kind: KnobKind::Count { min: 1, max: 16, default: 3 },
};

/// Above which quantile of requests in flight a candidate is hot.
pub(super) const HOT: Knob = Knob {
    name: "hot",
    help: Text {
        en: "Above which percentile of requests in flight a candidate counts as hot; 0 picks by \
             requests in flight alone.",
        zh: "在途请求数高于哪个百分位的候选者算作繁忙；0 表示只按在途请求数选择。",
    },
    kind: KnobKind::Count { min: 0, max: 100, default: 84 },
};

/// Most candidates kept.
const MOST: usize = 16;
/// Oldest candidate used.
const AGE: Span = Span::secs(1);

/// The answer to a probe.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Candidate {
    server: ServerId,
    in_flight: u32,
    latency: Span,
    at: SimTime,
    /// How often it was used.
    used: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Prequal {
    rate: u32,
    hot_percent: u64,
    /// Oldest first.
    candidates: Vec<Candidate>,
    oldest_next: bool,
}

impl Prequal {
    /// In flight above this is hot.
    fn threshold(&self) -> u32 {
        let mut all: Vec<u32> = self.candidates.iter().map(|it| it.in_flight).collect();
        crate::order::sort(&mut all);
        let place = (all.len() as u64 * self.hot_percent / 100) as usize;
        all.get(place.min(all.len().saturating_sub(1))).copied().unwrap_or(0)
    }

    /// The order of candidates: cold before hot, cold by latency, hot by requests in flight.
    fn key(&self, it: &Candidate, threshold: u32) -> (bool, u64) {
        let hot = self.hot_percent == 0 || it.in_flight > threshold;
        (hot, if hot { u64::from(it.in_flight) } else { it.latency.0 })
    }

    /// The position of the best candidate.
    fn best(&self, pool: &PoolView) -> Option<usize> {
        let threshold = self.threshold();
        let up = self.candidates.iter().enumerate().filter(|(_, it)| pool.is_up(it.server));
        up.min_by_key(|(_, it)| self.key(it, threshold)).map(|(at, _)| at)
    }

    /// How often one candidate may be used, in 1 / 1024: enough that probes keep up with what is
    /// removed [wydrowski24 §4, δ = 1].
    fn budget(&self, servers: u32) -> u64 {
        let kept = 1024 - 1024 * MOST.min(servers as usize) as u64 / u64::from(servers.max(1));
        let gained = (kept * u64::from(self.rate)).saturating_sub(1024);
        (2_u64 << 20).checked_div(gained).map_or(8 * 1024, |uses| uses.clamp(1024, 8 * 1024))
    }

    /// Throws one out: the oldest and the worst in turn.
    fn remove_one(&mut self) {
        if self.candidates.len() < 2 {
            return;
        }
        let threshold = self.threshold();
        let worst = (0..self.candidates.len())
            .max_by_key(|at| self.key(&self.candidates[*at], threshold))
            .unwrap_or(0);
        let at = if self.oldest_next { 0 } else { worst };
        self.oldest_next = !self.oldest_next;
        self.candidates.remove(at);
    }
}

impl Strategy for Prequal {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        self.candidates.retain(|it| pool.now().since(it.at) <= AGE);
        let best = if self.candidates.len() < 2 { None } else { self.best(pool) };
        if let Some(at) = best {
            let budget = self.budget(pool.len());
            let whole = budget / 1024 + u64::from(choices.below(1024) < budget % 1024);
            let candidate = &mut self.candidates[at];
            out.push(candidate.server);
            candidate.in_flight += 1;
            candidate.used += 1;
            if u64::from(candidate.used) >= whole {
                self.candidates.remove(at);
            }
            self.remove_one();
        } else if let Some(id) = pool.nth_up(choices.below(u64::from(pool.up())) as u32) {
            out.push(id);
        }
        out.rest_shuffled(pool, choices);
    }

    fn probes(&mut self, pool: &PoolView, choices: &mut dyn Choices, out: &mut Vec<ServerId>) {
        for _ in 0..self.rate.min(pool.up()) {
            let drawn = pool.nth_up(choices.below(u64::from(pool.up().max(1))) as u32);
            out.extend(drawn.filter(|id| !out.contains(id)));
        }
    }

    fn on_news(&mut self, from: ServerId, news: News, now: SimTime) {
        if let News::Probe { in_flight, latency } = news {
            self.candidates.retain(|it| it.server != from);
            if self.candidates.len() == MOST {
                self.candidates.remove(0);
            }
            let (server, used) = (from, 0);
            self.candidates.push(Candidate { server, in_flight, latency, at: now, used });
        }
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.candidates.retain(|it| it.server.0 < pool.len());
    }
    fn looks_at(
        &self,
        _key: u64,
        pool: &PoolView,
        _choices: &mut dyn Choices,
        out: &mut Vec<ServerId>,
    ) {
        let fresh = |it: &&Candidate| pool.now().since(it.at) <= AGE && pool.is_up(it.server);
        out.extend(self.candidates.iter().filter(fresh).map(|it| it.server));
    }
}
