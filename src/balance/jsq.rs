//! Join the shortest queue: the oracle that others are measured against [harchol13 §24.1].
//!
//! Every server tells every balancer each change of its queue, so a balancer knows the truth as
//! fast as the network carries it: at once where the network takes no time. Nobody ships this: it
//! costs a message to everyone per request, and balancers that hear late rush at the same server.

use crate::kernel::{Choices, Cite, SimTime, Text};

use super::{News, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "jsq",
    name: Text { en: "Join the shortest queue (oracle)", zh: "加入最短队列（先知）" },
    summary: Text {
        en: "Knows every server's queue as fast as the network carries it and joins the shortest.",
        zh: "以网络所允许的最快速度得知每台服务器的队列长度，并加入最短的一个。",
    },
    cites: &[Cite { key: "harchol13", place: "§24.1" }],
    ties: Text { en: "By lot among the tied.", zh: "在并列者中随机抽取。" },
    knobs: &[],
    telling: Telling::Lengths,
    source: crate::kernel::listing!("jsq.rs"),
    make: |_| Box::new(JoinShortest::default()),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct JoinShortest {
    /// What each server last told.
    told: Vec<u32>,
}

impl JoinShortest {
    /// What is told, or what this balancer itself has there if that is more: its own last requests
    /// may still be on their way.
    fn length(&self, id: ServerId, pool: &PoolView) -> u32 {
        self.told[id.index()].max(pool.in_flight(id))
    }
}

impl Strategy for JoinShortest {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        let Some(shortest) = pool.up_ids().map(|id| self.length(id, pool)).min() else { return };
        let tied = || pool.up_ids().filter(|id| self.length(*id, pool) == shortest);
        let place = choices.below(tied().count() as u64);
        let Some(winner) = tied().nth(place as usize) else { return };
        out.push(winner);
        out.rest_by(pool, |a, b| self.length(a, pool).cmp(&self.length(b, pool)));
    }

    fn on_news(&mut self, from: ServerId, news: News, _now: SimTime) {
        if let News::Length(length) = news {
            self.told[from.index()] = length;
        }
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.told.resize(pool.len() as usize, 0);
    }

    fn score(&self, id: ServerId, pool: &PoolView) -> Option<i64> {
        Some(-i64::from(self.length(id, pool)))
    }
}
