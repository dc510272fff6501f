//! Modulo hashing: the hash of the key modulo the number of servers that are up.
//!
//! As even as the hash, and as brittle as can be: from `n` to `n + 1` servers, `n` of `n + 1` keys
//! move. What consistent hashing was made to avoid [karger97 §1].

use crate::kernel::{Choices, Cite, Text};

use super::hashing::scramble;
use super::{PoolView, Ranking, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "modulo",
    name: Text { en: "Modulo hashing", zh: "取模哈希" },
    summary: Text {
        en: "Sends a key to its hash modulo the number of servers: nearly every key moves when a \
             server comes or goes.",
        zh: "把键的哈希对服务器数取模来选择服务器；服务器增减时几乎所有键都会迁移。",
    },
    cites: &[Cite { key: "karger97", place: "§1" }],
    ties: Text { en: "There are none.", zh: "不存在并列。" },
    knobs: &[],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("modulo.rs", "hashing.rs"),
    make: |_| Box::new(Modulo),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Modulo;

impl Strategy for Modulo {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        let place = scramble(key) % u64::from(pool.up());
        if let Some(id) = pool.nth_up(place as u32) {
            out.push(id);
        }
        out.rest_in(pool, pool.ids());
    }
}
