//! Envoy's weighted least request [envoy §least request].
//!
//! With equal weights: two servers drawn *with* replacement, the one with fewer requests in flight
//! goes. With unequal weights Envoy silently does something else: earliest deadline first with
//! weights `weight / (active + 1)^bias`, read when a server is scheduled again. Bias 0 is plain
//! weighted round robin; a larger one leans harder on what is in flight.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Text};

use super::schedule::Schedule;
use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "least-request",
    name: Text { en: "Weighted least request", zh: "加权最少请求" },
    summary: Text {
        en: "As Envoy does it: two draws with replacement if all weights are equal, else weighted \
             turns whose weights shrink with what is in flight.",
        zh: "Envoy 的做法：权重都相同时有放回地抽取两台并取较闲者，否则按随在途请求数缩小的权重轮转。",
    },
    cites: &[Cite { key: "envoy", place: "load balancing, weighted least request" }],
    ties: Text {
        en: "Equal weights: the first one drawn. Unequal: whoever was scheduled first.",
        zh: "权重相同时先抽到的优先；权重不同时先进入调度的优先。",
    },
    knobs: &[BIAS],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("least_request.rs", "schedule.rs"),
    make: |knobs| {
        Box::new(LeastRequest {
            bias: knobs.count(BIAS.name) as u32,
            equal: true,
            schedule: Schedule::default(),
        })
    },
};

/// How hard requests in flight count.
pub(super) const BIAS: Knob = Knob {
    name: "bias",
    help: Text {
        en: "The power to which requests in flight divide a weight; 0 ignores them.",
        zh: "在途请求数以几次方去除权重；0 表示忽略在途请求。",
    },
    kind: KnobKind::Count { min: 0, max: 4, default: 1 },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct LeastRequest {
    bias: u32,
    equal: bool,
    schedule: Schedule,
}

/// The weight of a server as a fraction: `weight` over `(active + 1)^bias`.
pub fn effective(weight: u32, active: u32, bias: u32) -> (u64, u64) {
    (u64::from(weight), (u64::from(active) + 1).saturating_pow(bias))
}

impl Strategy for LeastRequest {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        if self.equal {
            let Some([a, b]) = two(pool, choices) else { return };
            out.push(if pool.in_flight(b) < pool.in_flight(a) { b } else { a });
            out.rest_by(pool, |x, y| pool.in_flight(x).cmp(&pool.in_flight(y)));
            return;
        }
        let bias = self.bias;
        let weight = |id: ServerId| effective(pool.weight(id), pool.in_flight(id), bias);
        let Some(first) = self.schedule.pick(weight) else { return };
        out.push(first);
        out.rest_by(pool, |a, b| self.schedule.key(a).cmp(&self.schedule.key(b)));
    }

    fn follows_weights(&self) -> bool {
        true
    }

    fn on_pool(&mut self, pool: &PoolView) {
        let mut weights = pool.up_ids().map(|id| pool.weight(id));
        let first = weights.next();
        self.equal = weights.all(|weight| Some(weight) == first);
        if !self.equal {
            self.schedule.restart(pool, |_| 65_536);
        }
    }
    fn looks_at(
        &self,
        _key: u64,
        pool: &PoolView,
        choices: &mut dyn Choices,
        out: &mut Vec<ServerId>,
    ) {
        if self.equal {
            out.extend(two(pool, choices).into_iter().flatten());
        } else {
            out.extend(pool.up_ids());
        }
    }
}

/// Two servers that are up; the draws may meet.
fn two(pool: &PoolView, choices: &mut dyn Choices) -> Option<[ServerId; 2]> {
    let up = u64::from(pool.up());
    if up == 0 {
        return None;
    }
    let mut draw = || pool.nth_up(choices.below(up) as u32);
    Some([draw()?, draw()?])
}
