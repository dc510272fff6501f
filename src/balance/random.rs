//! Random: every server with the same probability, whatever happened before.
//!
//! Splitting a Poisson stream this way makes every server an M/M/1 queue of its own: the servers do
//! not help each other out, and luck alone overloads one while another idles.

use crate::kernel::{Choices, Cite, Text};

use super::{PoolView, Ranking, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "random",
    name: Text { en: "Random", zh: "随机" },
    summary: Text {
        en: "Sends each request to a server drawn by lot, all with the same probability.",
        zh: "每个请求都以相同概率随机选择一台服务器。",
    },
    cites: &[Cite { key: "envoy", place: "load balancing, supported load balancers, random" }],
    ties: Text { en: "The draw decides.", zh: "由抽签决定。" },
    knobs: &[],
    telling: super::Telling::Nothing,
    source: crate::kernel::listing!("random.rs"),
    make: |_| Box::new(Random),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Random;

impl Strategy for Random {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        if let Some(id) = pool.nth_up(choices.below(u64::from(pool.up())) as u32) {
            out.push(id);
        }
        out.rest_shuffled(pool, choices);
    }
}
