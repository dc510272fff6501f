//! Smooth weighted round robin: in proportion to the weights, and spread as evenly as they allow.
//!
//! nginx's rule [nginx §commit 21ad7d043]. Every pick raises the score of each server that is up by
//! its *effective* weight; the highest score wins and pays the sum of what was added. Weights 5, 1,
//! 1 give a a b a c a a, where the naive way would send five in a row to `a`.
//!
//! The effective weight is the configured one until a request fails (here: is forgotten; a refusal
//! is an answer, as nginx counts a 503 by default). It then drops by `weight / max-fails`, not
//! below zero, and every pick gives one back.
//!
//! # Simplifications
//!
//! nginx also leaves out a server for `fail_timeout` after `max_fails` failures. That is health
//! checking, which belongs to the view, not to the strategy.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Knobs, Text};

use super::{Ending, Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "weighted",
    name: Text { en: "Smooth weighted round robin", zh: "平滑加权轮询" },
    summary: Text {
        en: "Gives each server turns in proportion to its weight, as evenly interleaved as can be.",
        zh: "按权重比例给每台服务器分配轮次，并尽可能均匀地交错排列。",
    },
    cites: &[Cite { key: "nginx", place: "ngx_http_upstream_round_robin.c, commit 21ad7d043" }],
    ties: Text {
        en: "The first in list order wins.", zh: "得分相同时，列表中靠前的服务器优先。"
    },
    knobs: &[MAX_FAILS],
    telling: super::Telling::Nothing,
    source: crate::kernel::listing!("weighted.rs"),
    make: |knobs| Box::new(Weighted { scores: Scores::new(knobs) }),
};

/// Failures that bring the effective weight of a server to zero.
pub(super) const MAX_FAILS: Knob = Knob {
    name: "max-fails",
    help: Text {
        en: "How many failures bring a server's effective weight to zero; 0 ignores failures.",
        zh: "多少次失败会使服务器的有效权重降为零；0 表示忽略失败。",
    },
    kind: KnobKind::Count { min: 0, max: 100, default: 1 },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Weighted {
    scores: Scores,
}

impl Strategy for Weighted {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let Some(winner) = self.scores.pick(pool.up_ids()) else { return };
        out.push(winner);
        // nginx would rescore before a second try; the scores as they stand give nearly its order.
        out.rest_by(pool, |a, b| self.scores.get(b).cmp(&self.scores.get(a)));
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
    }

    fn on_weights(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }

    fn follows_weights(&self) -> bool {
        true
    }

    fn score(&self, id: ServerId, _pool: &PoolView) -> Option<i64> {
        Some(self.scores.get(id))
    }
}

/// The running scores, shared with least connections, which breaks its ties by them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Scores {
    max_fails: i64,
    servers: Vec<Score>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Score {
    weight: i64,
    effective: i64,
    current: i64,
}

impl Scores {
    /// No servers yet.
    pub(super) fn new(knobs: &Knobs) -> Scores {
        Scores { max_fails: knobs.count(MAX_FAILS.name) as i64, servers: Vec::new() }
    }

    /// The running score of a server.
    pub(super) fn get(&self, id: ServerId) -> i64 {
        self.servers[id.index()].current
    }

    /// One turn among `open`: the winner, or `None` if there is nobody.
    pub(super) fn pick(&mut self, open: impl Iterator<Item = ServerId>) -> Option<ServerId> {
        let (mut total, mut best) = (0, None);
        for id in open {
            let score = &mut self.servers[id.index()];
            score.current += score.effective;
            total += score.effective;
            score.effective = (score.effective + 1).min(score.weight);
            let current = score.current;
            if best.is_none_or(|(_, highest)| current > highest) {
                best = Some((id, current));
            }
        }
        let (winner, _) = best?;
        self.servers[winner.index()].current -= total;
        Some(winner)
    }

    /// Takes weight from a server that failed.
    pub(super) fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        match feedback.ending {
            Ending::Forgotten if self.max_fails > 0 => {
                let score = &mut self.servers[to.index()];
                score.effective = (score.effective - score.weight / self.max_fails).max(0);
            }
            // An answer, good or bad, is not a failure of the server.
            Ending::Done
            | Ending::Refused
            | Ending::Forgotten
            | Ending::Failed
            | Ending::Cancelled => {}
        }
    }

    /// Takes new weights over; running scores stay, so that a weight that grows by small steps
    /// does not cost the server its turns.
    pub(super) fn on_pool(&mut self, pool: &PoolView) {
        self.servers.truncate(pool.len() as usize);
        for id in pool.ids() {
            let weight = i64::from(pool.weight(id));
            let fresh = Score { weight, effective: weight, current: 0 };
            match self.servers.get_mut(id.index()) {
                Some(score) if score.weight == weight => {}
                Some(score) => *score = Score { current: score.current, ..fresh },
                None => self.servers.push(fresh),
            }
        }
    }
}
