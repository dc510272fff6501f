//! nginx's `ip_hash`: clients of one /24 network go to one server
//! [nginx §`ngx_http_upstream_ip_hash_module.c`].
//!
//! Only the first three octets of an IPv4 address count: `h = (h · 113 + octet) mod 6271` from 89
//! on, then modulo the sum of weights. A server that is down makes it go round again, at most
//! twenty times, and then take a turn of smooth weighted round robin. So a company behind one
//! network is one key, which surprises many.
//!
//! Here a request's key is the client's address: key 0 is 10.0.0.0, key 256 is 10.0.1.0.

use crate::kernel::{Choices, Cite, Text};

use super::weighted::{MAX_FAILS, Scores};
use super::{Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "ip-hash",
    name: Text { en: "IP hash", zh: "IP 哈希" },
    summary: Text {
        en: "Hashes the first three octets of the client's address: all clients of a /24 network \
             share a server.",
        zh: "对客户端地址的前三个字节取哈希：同一个 /24 网段的客户端都落在同一台服务器上。",
    },
    cites: &[Cite { key: "nginx", place: "ngx_http_upstream_ip_hash_module.c" }],
    ties: Text { en: "There are none.", zh: "不存在并列。" },
    knobs: &[MAX_FAILS],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("ip_hash.rs"),
    make: |knobs| Box::new(IpHash { scores: Scores::new(knobs) }),
};

/// The network that keys count up from.
const FIRST: u32 = 0x0a00_0000;
/// How often the hash goes round.
const TRIES: u32 = 20;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct IpHash {
    scores: Scores,
}

/// One more round of the hash over the first three octets of an address.
pub fn round(hash: u32, address: u32) -> u32 {
    let octets = address.to_be_bytes();
    octets[..3].iter().fold(hash, |hash, &octet| (hash * 113 + u32::from(octet)) % 6271)
}

impl Strategy for IpHash {
    fn rank(&mut self, key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let total: u32 = pool.ids().map(|id| pool.weight(id)).sum();
        let address = FIRST.wrapping_add(key as u32);
        let mut hash = 89;
        let mut found = None;
        for _ in 0..TRIES {
            hash = round(hash, address);
            let mut left = hash % total.max(1);
            let place = pool.ids().find(|id| {
                let here = left < pool.weight(*id);
                left = left.wrapping_sub(pool.weight(*id));
                here
            });
            if let Some(id) = place.filter(|id| pool.is_up(*id)) {
                found = Some(id);
                break;
            }
        }
        let Some(first) = found.or_else(|| self.scores.pick(pool.up_ids())) else { return };
        out.push(first);
        out.rest_in(pool, pool.ids());
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }
}
