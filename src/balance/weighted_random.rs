//! Weighted random: by lot, in proportion to the configured weights.
//!
//! The shares are right in the long run only; over a few requests they are as uneven as any draw.

use crate::kernel::{Choices, Cite, Text};

use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "weighted-random",
    name: Text { en: "Weighted random", zh: "加权随机" },
    summary: Text {
        en: "Sends each request to a server drawn by lot, in proportion to the configured weights.",
        zh: "每个请求按配置的权重比例随机选择一台服务器。",
    },
    cites: &[Cite { key: "nginx", place: "ngx_http_upstream_random_module.c" }],
    ties: Text { en: "The draw decides.", zh: "由抽签决定。" },
    knobs: &[],
    telling: super::Telling::Nothing,
    source: crate::kernel::listing!("weighted_random.rs"),
    make: |_| Box::new(WeightedRandom),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct WeightedRandom;

impl Strategy for WeightedRandom {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        while !out.is_full() {
            match draw(pool, choices, out.order()) {
                Some(id) => out.push(id),
                None => break,
            }
        }
    }

    fn follows_weights(&self) -> bool {
        true
    }
}

/// A server that is up and not among the `drawn`, in proportion to its weight.
fn draw(pool: &PoolView, choices: &mut dyn Choices, drawn: &[ServerId]) -> Option<ServerId> {
    let open = || pool.up_ids().filter(|id| !drawn.contains(id));
    let total: u64 = open().map(|id| u64::from(pool.weight(id))).sum();
    if total == 0 {
        return None;
    }
    let mut ticket = choices.below(total);
    for id in open() {
        let weight = u64::from(pool.weight(id));
        if ticket < weight {
            return Some(id);
        }
        ticket -= weight;
    }
    None
}
