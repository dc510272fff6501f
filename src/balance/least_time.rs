//! Least time: the lowest average time, times one more than what is in flight
//! [nginx §`least_time`].
//!
//! A new time moves the average by a twentieth. Averages are compared in steps of 20 ms and only up
//! to 5 s: beyond that everything is as slow, and least connections is left. A server that nobody
//! asks for `idle` has its average halved for each such time, so that it is tried again. Costs are
//! divided by the weights; ties go to smooth weighted round robin.

use crate::kernel::{Choices, Cite, Knob, KnobKind, SimTime, Span, Text};

use super::weighted::{MAX_FAILS, Scores};
use super::{Ending, Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "least-time",
    name: Text { en: "Least time", zh: "最短时间" },
    summary: Text {
        en: "Sends to the server whose average time, times one more than what is in flight there, \
             is lowest for its weight.",
        zh: "发给“平均响应时间 ×（在途请求数 + 1）÷ 权重”最小的服务器。",
    },
    cites: &[Cite { key: "nginx", place: "least_time" }],
    ties: Text {
        en: "Smooth weighted round robin among the tied servers.",
        zh: "在并列的服务器之间进行平滑加权轮询。",
    },
    knobs: &[IDLE, MAX_FAILS],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("least_time.rs"),
    make: |knobs| {
        Box::new(LeastTime {
            idle: knobs.length(IDLE.name),
            times: Vec::new(),
            scores: Scores::new(knobs),
        })
    },
};

/// After how long without a request an average is halved.
pub(super) const IDLE: Knob = Knob {
    name: "idle",
    help: Text {
        en: "After how long without a request a server's average time is halved.",
        zh: "服务器多久没有收到请求后，其平均时间减半。",
    },
    kind: KnobKind::Length { default: Span::secs(10) },
};

/// Averages that lie in one step of this count as equal.
const STEP: u64 = 20_000_000;
/// Averages beyond this count as equal.
const MOST: u64 = 5_000_000_000;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Time {
    /// Average in nanoseconds.
    average: u64,
    /// When it was last asked or heard of.
    at: SimTime,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct LeastTime {
    idle: Span,
    times: Vec<Time>,
    scores: Scores,
}

impl LeastTime {
    /// The cost of a server, to be divided by its weight.
    fn cost(&self, id: ServerId, pool: &PoolView) -> u64 {
        let Time { average, at } = self.times[id.index()];
        let idle = match pool.in_flight(id) {
            0 => pool.now().since(at).0 / self.idle.0.max(1),
            _ => 0,
        };
        let average = average.checked_shr(idle.min(63) as u32).unwrap_or(0).min(MOST);
        (average / STEP + 1) * (u64::from(pool.in_flight(id)) + 1)
    }

    fn cmp(&self, a: ServerId, b: ServerId, pool: &PoolView) -> std::cmp::Ordering {
        let side = |x, y| u128::from(self.cost(x, pool)) * u128::from(pool.weight(y));
        side(a, b).cmp(&side(b, a))
    }
}

impl Strategy for LeastTime {
    fn rank(&mut self, _key: u64, pool: &PoolView, _: &mut dyn Choices, out: &mut Ranking) {
        let least = pool
            .up_ids()
            .reduce(|best, id| if self.cmp(id, best, pool).is_lt() { id } else { best });
        let Some(least) = least else { return };
        let tied: Vec<ServerId> =
            pool.up_ids().filter(|id| self.cmp(*id, least, pool).is_eq()).collect();
        let winner = self.scores.pick(tied.into_iter()).unwrap_or(least);
        self.times[winner.index()].at = pool.now();
        out.push(winner);
        out.rest_by(pool, |a, b| self.cmp(a, b, pool));
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        self.scores.on_done(to, feedback);
        if matches!(feedback.ending, Ending::Refused | Ending::Cancelled) {
            return;
        }
        let time = &mut self.times[to.index()];
        let sample = feedback.latency.0;
        time.average =
            if time.average == 0 { sample } else { time.average - time.average / 20 + sample / 20 };
        time.at = feedback.at;
    }

    fn on_weights(&mut self, pool: &PoolView) {
        self.scores.on_pool(pool);
    }

    fn follows_weights(&self) -> bool {
        true
    }

    fn on_pool(&mut self, pool: &PoolView) {
        let fresh = Time { average: 0, at: pool.now() };
        self.times.resize(pool.len() as usize, fresh);
        self.scores.on_pool(pool);
    }

    fn score(&self, id: ServerId, pool: &PoolView) -> Option<i64> {
        Some(-(self.cost(id, pool) as i64))
    }
}
