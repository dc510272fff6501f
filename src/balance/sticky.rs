//! Sticky sessions: the first request of a key is balanced, the others follow it
//! [nginx §sticky].
//!
//! The balancer remembers where each key went, as a cookie does. A server that is down loses its
//! keys to a new turn. Weights are kept for new keys only: an old imbalance stays.

use std::collections::BTreeMap;

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::weighted::{MAX_FAILS, Scores};
use super::{Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "sticky",
    name: Text { en: "Sticky sessions", zh: "会话保持" },
    summary: Text {
        en: "Sends the first request of a key by smooth weighted round robin and all later ones \
             to the same server.",
        zh: "键的第一个请求按平滑加权轮询分配，之后的请求都发往同一台服务器。",
    },
    cites: &[Cite { key: "nginx", place: "ngx_http_upstream_module, sticky" }],
    ties: Text {
        en: "As smooth weighted round robin, for a new key.",
        zh: "新键的并列处理与平滑加权轮询相同。",
    },
    knobs: &[SESSIONS, MAX_FAILS],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("sticky.rs"),
    make: |knobs| {
        Box::new(Sticky {
            most: knobs.count(SESSIONS.name),
            homes: BTreeMap::new(),
            scores: Scores::new(knobs),
        })
    },
};

/// How many keys are remembered.
pub(super) const SESSIONS: Knob = Knob {
    name: "sessions",
    help: Text {
        en: "How many keys a balancer remembers; beyond that it forgets all and starts anew.",
        zh: "负载均衡器最多记住多少个键；超出后全部遗忘，重新开始。",
    },
    kind: KnobKind::Count { min: 1, max: 1_000_000, default: 100_000 },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Sticky {
    most: u64,
    homes: BTreeMap<u64, ServerId>,
    scores: Scores,
}

impl Strategy for Sticky {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let known = self.homes.get(&key).copied().filter(|id| pool.is_up(*id));
        let Some(home) = known.or_else(|| self.scores.pick(pool.up_ids())) else { return };
        if known.is_none() {
            if self.homes.len() as u64 >= self.most {
                self.homes.clear();
            }
            self.homes.insert(key, home);
        }
        out.push(home);
        out.rest_by(pool, |a, b| self.scores.get(b).cmp(&self.scores.get(a)));
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.homes.retain(|_, id| id.0 < pool.len());
        self.scores.on_pool(pool);
    }
}
