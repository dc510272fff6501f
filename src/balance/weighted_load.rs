//! Weighted by performance and load: weights that nobody configures.
//!
//! The weight of a server is its measured performance, divided by one more than the requests this
//! balancer has in flight there; the heaviest server takes the request.
//!
//! 1. *Performance* is what gRPC's weighted round robin uses [grpc-a58 §weight calculation]:
//!    requests per second over utilisation, both as reported by the server, which is requests per
//!    second of busy time. Here it is one quotient over the recent past: every `memory` the sums
//!    lose half of their weight, and all quotients are recomputed every 100 ms
//!    ([`UPDATE`](super::view::UPDATE)).
//! 2. *Load* enters as in Envoy's least request with unequal weights, `weight / (active + 1)`
//!    [envoy]. Taking the largest instead of sharing by weight is the shortest expected delay rule
//!    of Linux virtual server [lvs §shortest expected delay]: the inverse of the weight is the time
//!    the request will take.
//! 3. *Nothing known.* Each server counts as if it had done one more request at the pace that its
//!    configured weight promises relative to the pool. So the start follows the configured weights,
//!    and a server that was slow once and is not heard of any more drifts back to the average, gets
//!    a request, and can show that it has recovered.
//!
//! # Differences
//!
//! gRPC waits out a blackout of 10 s, drops weights older than 3 min, penalises errors and spreads
//! picks by an earliest-deadline schedule; point 3 stands for the first two, the load for the
//! others.

use crate::kernel::{Choices, Cite, Knob, KnobKind, Span, Text};

use super::view::UNIT;
use super::{PoolView, Ranking, ServerId, Strategy, StrategyAbout};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "weighted-load",
    name: Text { en: "Weighted by performance and load", zh: "按性能与负载加权" },
    summary: Text {
        en: "Weighs each server by its measured performance over its current load, and sends the \
             request to the heaviest.",
        zh: "以测得的性能除以当前负载作为每台服务器的权重，把请求发给权重最大的一台。",
    },
    cites: &[
        Cite { key: "grpc-a58", place: "weight calculation" },
        Cite { key: "envoy", place: "load balancing, weighted least request" },
        Cite { key: "lvs", place: "shortest expected delay" },
    ],
    ties: Text {
        en: "The next in the list after the server that was picked last wins.",
        zh: "权重相同时，从上次选中的服务器之后按列表顺序取第一台。",
    },
    knobs: &[MEMORY],
    telling: super::Telling::Nothing,
    source: crate::kernel::listing!("weighted_load.rs"),
    make: |_| Box::new(WeightedLoad::default()),
};

/// How fast the measures of the pool forget.
pub(super) const MEMORY: Knob = Knob {
    name: "memory",
    help: Text {
        en: "After how long a measurement of a server's performance counts half.",
        zh: "对服务器性能的测量值经过多久后权重减半。",
    },
    kind: KnobKind::Length { default: Span::secs(5) },
};

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct WeightedLoad {
    /// Where the search starts: after the last pick.
    next: u32,
}

impl Strategy for WeightedLoad {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let n = pool.len();
        let turn = (self.next..n).chain(0..self.next.min(n)).map(ServerId);
        let Some(heaviest) = turn
            .filter(|&id| pool.is_up(id))
            .reduce(|best, id| if is_heavier(pool, id, best) { id } else { best })
        else {
            return;
        };
        self.next = (heaviest.0 + 1) % n;
        out.push(heaviest);
        out.rest_by(pool, |a, b| is_heavier(pool, b, a).cmp(&is_heavier(pool, a, b)));
    }

    /// The weight, in thousandths of a request per second.
    fn score(&self, id: ServerId, pool: &PoolView) -> Option<i64> {
        let weight = u128::from(pool.rate(id)) * 1000 / u128::from(UNIT);
        Some((weight / (u128::from(pool.in_flight(id)) + 1)) as i64)
    }
}

/// Compares `rate / (in flight + 1)` by cross-multiplication.
fn is_heavier(pool: &PoolView, a: ServerId, b: ServerId) -> bool {
    let side = |x, y| u128::from(pool.rate(x)) * (u128::from(pool.in_flight(y)) + 1);
    side(a, b) > side(b, a)
}
