//! Consistent hashing: a key goes to the next point on a circle, so a server that leaves takes only
//! its own keys along \[karger97\].
//!
//! Two placements, as their owners ship them. nginx puts 160 points for each unit of weight and
//! takes the first at or after the key's hash [nginx §`ngx_http_upstream_hash_module.c`]; of a
//! point whose server is down it goes on to the next, and after twenty it gives up hashing for a
//! turn of smooth weighted round robin. HAProxy puts 16 and takes the *nearer* of the two
//! neighbours [haproxy §`src/lb_chash.c`], which evens the shares by about √2.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Knobs, Text};

use super::hashing::{Ring, crc_of_key, full_avalanche, sdbm};
use super::weighted::{MAX_FAILS, Scores};
use super::{Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "ring-hash",
    name: Text { en: "Consistent hashing", zh: "一致性哈希" },
    summary: Text {
        en: "Puts servers and keys on a circle and sends each key to the next server, so that few \
             keys move when a server comes or goes.",
        zh: "把服务器和键放到同一个圆环上，每个键交给环上的下一台服务器；服务器增减时只有少量键会迁移。",
    },
    cites: &[
        Cite { key: "karger97", place: "§4" },
        Cite { key: "nginx", place: "ngx_http_upstream_hash_module.c" },
        Cite { key: "haproxy", place: "src/lb_chash.c" },
    ],
    ties: Text {
        en: "Of two points at one place the server first in the list keeps it.",
        zh: "两个点落在同一位置时，列表中靠前的服务器保留该点。",
    },
    knobs: &[PLACEMENT, MAX_FAILS],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("ring_hash.rs", "hashing.rs"),
    make: |knobs| {
        Box::new(RingHash {
            nearest: is_haproxy(knobs),
            ring: Ring::default(),
            scores: Scores::new(knobs),
        })
    },
};

/// Whose circle it is.
pub(super) const PLACEMENT: Knob = Knob {
    name: "placement",
    help: Text {
        en: "Whose circle is used: nginx puts 160 points per unit of weight and goes clockwise, \
             haproxy puts 16 and takes the nearer neighbour.",
        zh: "使用哪家的圆环：nginx 每单位权重放 160 个点并顺时针查找，haproxy 放 16 个点并取较近的一侧。",
    },
    kind: KnobKind::Choice(&["nginx", "haproxy"]),
};

/// Points of servers that are down that nginx passes before it gives up.
const TRIES: usize = 20;

/// Whether HAProxy's circle is asked for.
pub(super) fn is_haproxy(knobs: &Knobs) -> bool {
    knobs.choice(PLACEMENT.name) == "haproxy"
}

/// The circle, and the position on it at which the search for `key` begins.
pub(super) fn position(ring: &Ring, nearest: bool, key: u64) -> usize {
    if nearest {
        ring.nearest(full_avalanche(sdbm(key.to_string().as_bytes())))
    } else {
        ring.at_or_after(crc_of_key(key))
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct RingHash {
    nearest: bool,
    ring: Ring,
    scores: Scores,
}

impl Strategy for RingHash {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let at = position(&self.ring, self.nearest, key);
        let tries = if self.nearest { usize::MAX } else { TRIES };
        let mut up = self.ring.walk(at).take(tries).filter(|id| pool.is_up(*id));
        let Some(first) = up.next().or_else(|| self.scores.pick(pool.up_ids())) else { return };
        out.push(first);
        if !out.is_full() {
            out.rest_in(pool, self.ring.walk(at));
        }
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.ring = if self.nearest { Ring::haproxy(pool) } else { Ring::nginx(pool) };
        self.scores.on_pool(pool);
    }
}
