//! Weighted round robin by bursts: five in a row to a server of weight five.
//!
//! The naive way, shipped on purpose: shares are right over a whole round and wrong within it, so
//! a heavy server gets its requests all at once. Smooth weighted round robin and earliest deadline
//! first are the cures.

use crate::kernel::{Choices, Cite, Text};

use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "burst",
    name: Text { en: "Weighted round robin by bursts", zh: "成批加权轮询" },
    summary: Text {
        en: "Sends each server as many requests in a row as its weight says: fair in the long run, \
             lumpy at every moment.",
        zh: "按权重连续向每台服务器发送相应数量的请求：长期公平，短期却一阵一阵。",
    },
    cites: &[Cite { key: "envoy", place: "issue 3284" }],
    ties: Text { en: "List order.", zh: "按列表顺序。" },
    knobs: &[],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("burst.rs"),
    make: |_| Box::new(Burst::default()),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Burst {
    /// Whose turn it is.
    at: u32,
    /// How many it got in this turn.
    sent: u32,
}

impl Strategy for Burst {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let n = pool.len();
        // Twice round at most: once to end this turn, once to find who is up.
        for _ in 0..2 * n {
            let id = ServerId(self.at % n);
            if pool.is_up(id) && self.sent < pool.weight(id) {
                self.sent += 1;
                out.push(id);
                break;
            }
            (self.at, self.sent) = ((self.at + 1) % n, 0);
        }
        let next = self.at;
        out.rest_in(pool, (next..n).chain(0..next.min(n)).map(ServerId));
    }
}
