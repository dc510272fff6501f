//! Rendezvous hashing: every server bids for the key with a hash of both, and the highest bid wins
//! \[thaler98\]. A server that leaves gives up exactly its own keys.
//!
//! With weights the bid is `-weight / ln(u)`, where `u` in (0, 1) is the hash: then each wins in
//! proportion to its weight \[schindelhauer05\].

use crate::kernel::{Choices, Cite, Text};

use super::hashing::scramble;
use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "rendezvous",
    name: Text { en: "Rendezvous hashing", zh: "最高随机权重哈希" },
    summary: Text {
        en: "Lets every server bid for a key with a hash of both; the highest bid gets it.",
        zh: "每台服务器以“键与自身的哈希”出价，出价最高者得到该键。",
    },
    cites: &[
        Cite { key: "thaler98", place: "§3" },
        Cite { key: "schindelhauer05", place: "logarithmic method" },
    ],
    ties: Text { en: "The first in list order wins.", zh: "列表中靠前的服务器优先。" },
    knobs: &[],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("rendezvous.rs", "hashing.rs"),
    make: |_| Box::new(Rendezvous),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Rendezvous;

/// What a server of this weight bids for a key.
fn bid(key: u64, id: ServerId, weight: u32) -> f64 {
    let hash = scramble(scramble(key) ^ scramble(u64::from(id.0) + 1));
    // 53 bits in the middle of their cells: never 0 or 1.
    let u = ((hash >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
    -f64::from(weight) / libm::log(u)
}

impl Strategy for Rendezvous {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let mut best: Option<(ServerId, f64)> = None;
        for id in pool.up_ids() {
            let bid = bid(key, id, pool.weight(id));
            if best.is_none_or(|(_, highest)| bid > highest) {
                best = Some((id, bid));
            }
        }
        let Some((winner, _)) = best else { return };
        out.push(winner);
        out.rest_by(pool, |a, b| {
            bid(key, b, pool.weight(b)).total_cmp(&bid(key, a, pool.weight(a)))
        });
    }
}
