//! Least connections: to the server with the fewest requests in flight per unit of weight.
//!
//! Loads are compared by cross-multiplication. What happens among equals matters most when there
//! is little to do:
//! - `nginx`: smooth weighted round robin among the tied, so that an idle pool still shares the
//!   work by weight [nginx];
//! - `haproxy`: the key is one more than what is in flight over the weight, but zero if nothing is,
//!   so an idle slow server beats a busy fast one; equals take turns [haproxy §`src/lb_fwlc.c`];
//! - `random`: by lot;
//! - `lowest`: the first in the list, which then takes nearly all light traffic.
//!
//! What counts is what *this* balancer has in flight. A server that fails fast looks idle and draws
//! all requests to itself: the black hole that a pool of real servers knows.

use std::cmp::Ordering;

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::weighted::{MAX_FAILS, Scores};
use super::{Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "least-connections",
    name: Text { en: "Least connections", zh: "最少连接" },
    summary: Text {
        en: "Sends each request to the server with the fewest requests in flight for its weight.",
        zh: "把请求发给相对其权重而言在途请求最少的服务器。",
    },
    cites: &[
        Cite { key: "nginx", place: "ngx_http_upstream_least_conn_module.c" },
        Cite { key: "haproxy", place: "src/lb_fwlc.c" },
    ],
    ties: Text {
        en: "As `ties` says: by default smooth weighted round robin among the tied servers.",
        zh: "由 ties 决定：默认在并列的服务器之间进行平滑加权轮询。",
    },
    knobs: &[TIES, MAX_FAILS],
    telling: super::Telling::Nothing,
    source: crate::kernel::listing!("least_connections.rs"),
    make: |knobs| {
        Box::new(LeastConnections {
            ties: match knobs.choice(TIES.name) {
                "haproxy" => Ties::HaProxy,
                "random" => Ties::Random,
                "lowest" => Ties::Lowest,
                _ => Ties::Nginx,
            },
            scores: Scores::new(knobs),
            next: 0,
        })
    },
};

/// What happens among servers that are equally good.
pub(super) const TIES: Knob = Knob {
    name: "ties",
    help: Text {
        en: "Who wins among equals: nginx takes turns by weight, haproxy takes turns and prefers \
             any idle server, random draws, lowest takes the first in the list.",
        zh: "并列时谁优先：nginx 按权重轮转，haproxy 轮转且空闲者总优先，random 随机，lowest 取列表中第一台。",
    },
    kind: KnobKind::Choice(&["nginx", "haproxy", "random", "lowest"]),
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Ties {
    Nginx,
    HaProxy,
    Random,
    Lowest,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct LeastConnections {
    ties: Ties,
    scores: Scores,
    /// Where HAProxy's turns go on.
    next: u32,
}

impl LeastConnections {
    fn cmp(&self, a: ServerId, b: ServerId, pool: &PoolView) -> Ordering {
        if self.ties != Ties::HaProxy {
            return pool.cmp_load(a, b);
        }
        let busy = |id| match pool.in_flight(id) {
            0 => 0,
            active => u64::from(active) + 1,
        };
        let side = |x, y| busy(x) * u64::from(pool.weight(y));
        side(a, b).cmp(&side(b, a))
    }

    /// One of the servers that are as little loaded as `least`.
    fn among(
        &mut self,
        least: ServerId,
        pool: &PoolView,
        choices: &mut dyn Choices,
    ) -> Option<ServerId> {
        let tied: Vec<ServerId> =
            pool.up_ids().filter(|id| self.cmp(*id, least, pool).is_eq()).collect();
        // A single least loaded server is taken without touching the scores, as nginx does.
        if tied.len() < 2 {
            return Some(least);
        }
        match self.ties {
            Ties::Nginx => self.scores.pick(tied.into_iter()),
            Ties::HaProxy => {
                let later = tied.iter().find(|id| id.0 >= self.next).or(tied.first()).copied();
                self.next = later.map_or(0, |id| id.0 + 1);
                later
            }
            Ties::Random => tied.get(choices.below(tied.len() as u64) as usize).copied(),
            Ties::Lowest => tied.first().copied(),
        }
    }
}

impl Strategy for LeastConnections {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        let Some(least) = pool
            .up_ids()
            .reduce(|best, id| if self.cmp(id, best, pool).is_lt() { id } else { best })
        else {
            return;
        };
        let Some(winner) = self.among(least, pool, choices) else { return };
        out.push(winner);
        out.rest_by(pool, |a, b| {
            self.cmp(a, b, pool).then(self.scores.get(b).cmp(&self.scores.get(a)))
        });
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
    }

    fn on_weights(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }

    fn follows_weights(&self) -> bool {
        true
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }
}
