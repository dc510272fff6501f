//! Consistent hashing with bounded loads: the key's own server unless it has its fill, then the
//! next one on the circle \[mirrokni18\].
//!
//! HAProxy's `hash-balance-factor` [haproxy §`src/lb_chash.c`]: of `m` requests in flight, the new
//! one included, no server holds more than `⌈m · factor⌉` divided in proportion to the weights and
//! rounded up, and each may hold one.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::hashing::Ring;
use super::ring_hash::{PLACEMENT, is_haproxy, position};
use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "bounded-load",
    name: Text {
        en: "Consistent hashing with bounded loads", zh: "有界负载的一致性哈希"
    },
    summary: Text {
        en: "Sends a key to its server on the circle, but past any server that already has more \
             than its share of the requests in flight.",
        zh: "把键交给圆环上对应的服务器；若某台服务器的在途请求已超过其份额，则越过它继续查找。",
    },
    cites: &[
        Cite { key: "mirrokni18", place: "§2" },
        Cite { key: "haproxy", place: "src/lb_chash.c, hash-balance-factor" },
    ],
    ties: Text {
        en: "The first on the circle with room wins.",
        zh: "圆环上第一台有余量的服务器优先。",
    },
    knobs: &[FACTOR, PLACEMENT],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("bounded_load.rs", "hashing.rs"),
    make: |knobs| {
        Box::new(BoundedLoad {
            percent: knobs.count(FACTOR.name) as u32,
            nearest: is_haproxy(knobs),
            ring: Ring::default(),
        })
    },
};

/// How much more than the mean a server may hold.
pub(super) const FACTOR: Knob = Knob {
    name: "factor",
    help: Text {
        en: "How many per cent of the mean load a server may hold; 100 makes all loads equal.",
        zh: "一台服务器最多承担平均负载的百分之多少；100 表示负载完全相等。",
    },
    kind: KnobKind::Count { min: 100, max: 1_000, default: 125 },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct BoundedLoad {
    percent: u32,
    nearest: bool,
    ring: Ring,
}

/// Most requests a server of `weight` may hold when `in_flight`, the new one included, are spread
/// over servers whose weights sum up to `total`.
pub fn slots(in_flight: u64, percent: u64, weight: u64, total: u64) -> u64 {
    let all = (in_flight * percent).div_ceil(100);
    (all * weight).div_ceil(total.max(1)).max(1)
}

impl Strategy for BoundedLoad {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let (mut in_flight, mut total) = (1, 0);
        for id in pool.up_ids() {
            in_flight += u64::from(pool.in_flight(id));
            total += u64::from(pool.weight(id));
        }
        let has_room = |id: &ServerId| {
            let most = slots(in_flight, self.percent.into(), pool.weight(*id).into(), total);
            pool.is_up(*id) && u64::from(pool.in_flight(*id)) < most
        };
        let at = position(&self.ring, self.nearest, key);
        // Rounding up leaves room somewhere, so only an empty pool has no such server.
        if let Some(first) = self.ring.walk(at).find(has_room) {
            out.push(first);
        }
        if !out.is_full() {
            out.rest_in(pool, self.ring.walk(at));
        }
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.ring = if self.nearest { Ring::haproxy(pool) } else { Ring::nginx(pool) };
    }
}
