//! Jump consistent hash: no table at all, a few steps of arithmetic \[lamping14\].
//!
//! Growing from `n` to `n + 1` servers moves one key in `n + 1`, all of them to the new one. But
//! servers can only be added and removed at the end of the list: for one that is down in the
//! middle, the key is hashed again until it meets one that is up.

use crate::kernel::{Choices, Cite, Text};

use super::hashing::scramble;
use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "jump",
    name: Text { en: "Jump consistent hash", zh: "跳跃一致性哈希" },
    summary: Text {
        en: "Computes a key's server with a few jumps, without memory or weights; only the last \
             server can come or go cheaply.",
        zh: "通过几次跳跃算出键所属的服务器，不占内存；忽略权重，只有末尾的服务器能低代价增减。",
    },
    cites: &[Cite { key: "lamping14", place: "Figure 1" }],
    ties: Text { en: "There are none.", zh: "不存在并列。" },
    knobs: &[],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("jump.rs", "hashing.rs"),
    make: |_| Box::new(Jump),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Jump;

/// Hashes of one key that are tried before the first server that is up is taken.
const TRIES: u32 = 20;

/// The bucket of `key` among `buckets`, at least one [lamping14 §Figure 1].
pub fn bucket(mut key: u64, buckets: u32) -> u32 {
    const SPAN: u64 = 1 << 31;
    let (mut at, mut next) = (0, 0_u64);
    while next < u64::from(buckets) {
        at = next;
        key = key.wrapping_mul(2_862_933_555_777_941_757).wrapping_add(1);
        // The paper divides in floating point; one division of whole numbers below 2^53 each is
        // rounded the same way on every machine.
        let stretch = SPAN as f64 / ((key >> 33) + 1) as f64;
        next = ((at + 1) as f64 * stretch) as u64;
    }
    at as u32
}

impl Strategy for Jump {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        let mut hash = scramble(key);
        let mut found = None;
        for _ in 0..TRIES {
            let id = ServerId(bucket(hash, pool.len()));
            if pool.is_up(id) {
                found = Some(id);
                break;
            }
            hash = scramble(hash);
        }
        let Some(first) = found.or_else(|| pool.nth_up(0)) else { return };
        out.push(first);
        out.rest_in(pool, pool.ids());
    }
}
