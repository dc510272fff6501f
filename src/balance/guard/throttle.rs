//! Throttling by the balancer itself: when a pool refuses much, most of it is not even sent.
//!
//! The rule of [sre16 §21, client-side throttling]: of the requests of late, a new one is refused
//! with probability `max(0, (requests - K · accepts) / (requests + 1))`, where `requests` counts
//! all that came, those refused here included, and `accepts` those that a server took on. With `K =
//! 2` servers see about twice what they can do, and the rest costs them nothing.
//!
//! What is of late lies in a window of ten slices.

use std::collections::VecDeque;

use crate::kernel::{Choices, Knob, KnobKind, Knobs, SimTime, Span, Text};

/// How many requests are let through per request that was accepted.
pub(in crate::balance) const THROTTLE: Knob = Knob {
    name: "throttle",
    help: Text {
        en: "How many times what servers accept a balancer lets through; it refuses more itself. \
             Google uses 2; 0 lets everything through.",
        zh: "负载均衡器最多放行服务器所接受请求数的几倍，其余由自己拒绝；Google 采用 2，0 表示全部放行。",
    },
    kind: KnobKind::Count { min: 0, max: 100, default: 0 },
};

/// What is of late.
pub(in crate::balance) const THROTTLE_WINDOW: Knob = Knob {
    name: "throttle-window",
    help: Text {
        en: "Over how long requests and acceptances are counted for `throttle`.",
        zh: "`throttle` 统计请求数与接受数的时间窗口。",
    },
    kind: KnobKind::Length { default: Span::secs(120) },
};

const SLICES: usize = 10;

/// Requests and acceptances of late.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Throttle {
    factor: u64,
    slice: Span,
    /// (requests, accepts) of each slice, oldest first, and when the newest began.
    slices: VecDeque<(u64, u64)>,
    newest: SimTime,
    /// Their sums.
    requests: u64,
    accepts: u64,
}

/// In how many of how many cases a request is refused.
pub fn refusals(requests: u64, accepts: u64, factor: u64) -> (u64, u64) {
    (requests.saturating_sub(factor.saturating_mul(accepts)), requests + 1)
}

impl Throttle {
    /// As the knobs say; `None` if everything is let through.
    pub(in crate::balance) fn new(knobs: &Knobs, now: SimTime) -> Option<Throttle> {
        let factor = knobs.count(THROTTLE.name);
        let slice = Span((knobs.length(THROTTLE_WINDOW.name).0 / SLICES as u64).max(1));
        (factor > 0).then(|| Throttle {
            factor,
            slice,
            slices: VecDeque::from(vec![(0, 0); SLICES]),
            newest: now,
            requests: 0,
            accepts: 0,
        })
    }

    fn turn(&mut self, now: SimTime) {
        let passed = now.since(self.newest).0 / self.slice.0;
        for _ in 0..passed.min(SLICES as u64) {
            let (requests, accepts) = self.slices.pop_front().unwrap_or_default();
            self.requests -= requests;
            self.accepts -= accepts;
            self.slices.push_back((0, 0));
        }
        self.newest += Span(passed * self.slice.0);
    }

    /// A request came: whether it is let through.
    pub(in crate::balance) fn admits(&mut self, now: SimTime, choices: &mut dyn Choices) -> bool {
        self.turn(now);
        let (refused, of) = refusals(self.requests, self.accepts, self.factor);
        let admitted = refused == 0 || choices.below(of) >= refused;
        self.requests += 1;
        if let Some(newest) = self.slices.back_mut() {
            newest.0 += 1;
        }
        admitted
    }

    /// A server accepted a request.
    pub(in crate::balance) fn accepted(&mut self, now: SimTime) {
        self.turn(now);
        self.accepts += 1;
        if let Some(newest) = self.slices.back_mut() {
            newest.1 += 1;
        }
    }
}
