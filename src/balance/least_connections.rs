//! Least connections: to the server with the fewest requests in flight per unit of weight.
//!
//! nginx's rule [nginx]: loads are compared by cross-multiplication, and ties are broken by smooth
//! weighted round robin among the tied, so that an idle pool still shares the work by weight.
//!
//! What counts is what *this* balancer has in flight. A server that fails fast looks idle and draws
//! all requests to itself: the black hole that a pool of real servers knows.

use crate::kernel::{Choices, Cite, Text};

use super::weighted::{MAX_FAILS, Scores};
use super::{Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "least-connections",
    name: Text { en: "Least connections", zh: "最少连接" },
    summary: Text {
        en: "Sends each request to the server with the fewest requests in flight for its weight.",
        zh: "把请求发给相对其权重而言在途请求最少的服务器。",
    },
    cites: &[Cite { key: "nginx", place: "ngx_http_upstream_least_conn_module.c" }],
    ties: Text {
        en: "Smooth weighted round robin among the tied servers.",
        zh: "在并列的服务器之间进行平滑加权轮询。",
    },
    knobs: &[MAX_FAILS],
    source: crate::kernel::listing!("least_connections.rs"),
    make: |knobs| Box::new(LeastConnections { scores: Scores::new(knobs) }),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct LeastConnections {
    scores: Scores,
}

impl Strategy for LeastConnections {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let Some(least) = pool
            .up_ids()
            .reduce(|best, id| if pool.cmp_load(id, best).is_lt() { id } else { best })
        else {
            return;
        };
        let tied = |id: &ServerId| pool.cmp_load(*id, least).is_eq();
        // A single least loaded server is taken without touching the scores, as nginx does.
        let winner = if pool.up_ids().filter(tied).nth(1).is_some() {
            self.scores.pick(pool.up_ids().filter(tied)).unwrap_or(least)
        } else {
            least
        };
        out.push(winner);
        out.rest_by(pool, |a, b| {
            pool.cmp_load(a, b).then(self.scores.get(b).cmp(&self.scores.get(a)))
        });
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }
}
