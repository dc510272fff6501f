//! Join the idle queue: idle servers come forward, so that nobody has to ask \[lu11\].
//!
//! A server that runs empty enters itself in the list of one balancer, drawn by lot. A balancer
//! sends a request to the first on its list; with an empty list, anywhere by lot. No message is on
//! the way of a request.

use std::collections::VecDeque;

use crate::kernel::{Choices, Cite, SimTime, Text};

use super::{News, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "jiq",
    name: Text { en: "Join the idle queue", zh: "加入空闲队列" },
    summary: Text {
        en: "Keeps a list of servers that have said they are idle and uses the first; with none \
             left, draws any server by lot.",
        zh: "维护一份主动报告空闲的服务器名单并依次使用；名单为空时随机选择任意一台。",
    },
    cites: &[Cite { key: "lu11", place: "§2" }],
    ties: Text { en: "Whoever came forward first.", zh: "先报告空闲者优先。" },
    knobs: &[],
    telling: Telling::Idle,
    source: crate::kernel::listing!("jiq.rs"),
    make: |_| Box::new(JoinIdle::default()),
};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct JoinIdle {
    idle: VecDeque<ServerId>,
}

impl Strategy for JoinIdle {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        if pool.up() == 0 {
            return;
        }
        let mut chosen = None;
        while let Some(id) = self.idle.pop_front() {
            if pool.is_up(id) {
                chosen = Some(id);
                break;
            }
        }
        let by_lot =
            |choices: &mut dyn Choices| pool.nth_up(choices.below(u64::from(pool.up())) as u32);
        let Some(first) = chosen.or_else(|| by_lot(choices)) else { return };
        out.push(first);
        out.rest_shuffled(pool, choices);
    }

    fn on_news(&mut self, from: ServerId, news: News, _now: SimTime) {
        if news == News::Length(0) && !self.idle.contains(&from) {
            self.idle.push_back(from);
        }
    }

    fn on_pool(&mut self, pool: &PoolView) {
        self.idle.retain(|id| id.0 < pool.len());
    }
    fn looks_at(
        &self,
        _key: u64,
        pool: &PoolView,
        _choices: &mut dyn Choices,
        out: &mut Vec<ServerId>,
    ) {
        out.extend(self.idle.iter().copied().filter(|id| pool.is_up(*id)));
    }
}
