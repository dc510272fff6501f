//! Round robin: each server in its turn.
//!
//! Knows neither weights nor load. Between equal servers it is far better than chance, because the
//! gaps between the requests of one server are sums of `n` gaps and so more even; with unequal
//! servers the slowest one sets the limit of the whole pool.

use crate::kernel::{Choices, Cite, Text};

use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "round-robin",
    name: Text { en: "Round robin", zh: "轮询" },
    summary: Text {
        en: "Sends each request to the next server in the list, and starts over at the end.",
        zh: "按列表顺序把请求依次发给下一台服务器，到末尾后从头开始。",
    },
    cites: &[Cite { key: "nginx", place: "ngx_http_upstream_round_robin.c" }],
    ties: Text {
        en: "There are none: the turn decides. Servers that are down are skipped.",
        zh: "不存在平局：由次序决定。不可用的服务器会被跳过。",
    },
    knobs: &[],
    telling: super::Telling::Nothing,
    source: crate::kernel::listing!("round_robin.rs"),
    make: |_| Box::new(RoundRobin::default()),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct RoundRobin {
    /// Whose turn it is.
    next: u32,
}

impl Strategy for RoundRobin {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let n = pool.len();
        let start = self.next;
        for id in (start..n).chain(0..start.min(n)).map(ServerId) {
            if out.is_full() {
                break;
            }
            if pool.is_up(id) {
                out.push(id);
            }
        }
        if let Some(first) = out.first() {
            self.next = (first.0 + 1) % n;
        }
    }
}
