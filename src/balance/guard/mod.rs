//! Everything a balancer does around its strategy: time-outs, retries and their budgets, second
//! copies, throttling, circuit breakers, health and slow start.
//!
//! A strategy knows nothing of it: it orders the servers that are up, and this decides which are,
//! whether the request is sent at all, and what happens if it ends badly. The way of a request is
//! told in `guarded.rs`; here is what is remembered, one file per concern. A balancer of which
//! nothing here is asked for has no guard and pays nothing.

pub(super) mod agenda;
pub(super) mod breaker;
pub(super) mod calls;
pub(super) mod health;
pub mod hedge;
pub mod outlier;
pub mod retry;
pub mod slow_start;
pub mod throttle;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::kernel::{Choices, Knob, KnobKind, Knobs, SimTime, Span, Text};

use super::view::{Ending, ServerId};
use agenda::Agenda;
use breaker::Limits;
use calls::Calls;
use health::Health;
use hedge::Hedge;
use retry::{Budget, Failures};
use slow_start::Ramp;
use throttle::Throttle;

/// How long one try may take.
pub(super) const TRY_TIMEOUT: Knob = Knob {
    name: "try-timeout",
    help: Text {
        en: "After how long without an answer a balancer gives up one try of a request; 0s never.",
        zh: "一次尝试多久没有答复后负载均衡器放弃它；0s 表示从不放弃。",
    },
    kind: KnobKind::Length { default: Span::ZERO },
};

/// Whether servers are told.
pub(super) const CANCEL: Knob = Knob {
    name: "cancel",
    help: Text {
        en: "Whether a server is told to drop a request whose answer nobody waits for any more. \
             Otherwise it goes on working for nothing.",
        zh: "当不再有人等待某个请求的答复时，是否通知服务器放弃它；否则服务器会白白继续处理。",
    },
    kind: KnobKind::Switch { default: false },
};

/// All knobs of what is around strategies, but for `max-fails`.
pub(super) const KNOBS: [Knob; 35] = [
    TRY_TIMEOUT,
    retry::RETRIES,
    retry::RETRY_ON,
    retry::RETRY_TO,
    retry::BACKOFF,
    retry::BUDGET,
    retry::BUDGET_SHARE,
    retry::BUDGET_MIN,
    hedge::HEDGE_AFTER,
    hedge::HEDGE_AT,
    CANCEL,
    throttle::THROTTLE,
    throttle::THROTTLE_WINDOW,
    breaker::MAX_REQUESTS,
    breaker::MAX_CONNS,
    breaker::MAX_PENDING,
    health::PASSIVE,
    health::FAIL_TIMEOUT,
    health::ERROR_LIMIT,
    health::ON_ERROR,
    outlier::CONSECUTIVE,
    outlier::SWEEP,
    outlier::EJECT_TIME,
    outlier::EJECT_TIME_MAX,
    outlier::EJECT_MOST,
    outlier::OUTLIER_FACTOR,
    outlier::OUTLIER_HOSTS,
    outlier::OUTLIER_VOLUME,
    health::CHECK,
    health::RISE,
    health::FALL,
    health::CHECK_DEPTH,
    slow_start::SLOW_START,
    slow_start::AGGRESSION,
    slow_start::SLOW_START_MIN,
];

/// How often something happened, for the card.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Counts {
    pub(super) retries: u64,
    pub(super) hedges: u64,
    pub(super) expired: u64,
    pub(super) turned_away: u64,
}

/// What a balancer remembers around its strategy.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Guard {
    /// After how long a try is given up.
    pub(super) patience: Span,
    pub(super) cancel: bool,
    pub(super) deep: bool,
    pub(super) retries: u32,
    pub(super) failures: Failures,
    pub(super) elsewhere: bool,
    backoff: Span,
    pub(super) budget: Budget,
    pub(super) limits: Limits,
    pub(super) calls: Calls,
    pub(super) agenda: Agenda,
    pub(super) hedge: Option<Hedge>,
    pub(super) throttle: Option<Throttle>,
    /// Calls that wait for room at a server, in order.
    pub(super) pending: VecDeque<u64>,
    pub(super) health: Health,
    pub(super) ramp: Option<Ramp>,
    /// Servers that warm up, and since when.
    pub(super) warming: Vec<(ServerId, SimTime)>,
    /// Tries that are out, and retries under way.
    pub(super) out: u64,
    pub(super) retrying: u64,
    pub(super) counts: Counts,
}

impl Guard {
    /// As the knobs say; `None` if they ask for nothing. `own_conns` bounds what single servers
    /// have in flight, `forget` is when a try is given up in any case.
    pub(super) fn new(
        knobs: &Knobs,
        (servers, own_conns): (u32, Arc<[u32]>),
        forget: Span,
        now: SimTime,
    ) -> Option<Box<Guard>> {
        let timeout = knobs.length(TRY_TIMEOUT.name);
        let guard = Guard {
            patience: if timeout > Span::ZERO { timeout.min(forget) } else { forget },
            cancel: knobs.is_on(CANCEL.name),
            deep: knobs.choice(health::CHECK_DEPTH.name) == "deep",
            retries: knobs.count(retry::RETRIES.name) as u32,
            failures: Failures::new(knobs),
            elsewhere: knobs.choice(retry::RETRY_TO.name) == "other",
            backoff: knobs.length(retry::BACKOFF.name),
            budget: Budget::new(knobs),
            limits: Limits::new(knobs, own_conns),
            calls: Calls::default(),
            agenda: Agenda::default(),
            hedge: Hedge::new(knobs),
            throttle: Throttle::new(knobs, now),
            pending: VecDeque::new(),
            health: Health::new(knobs, servers),
            ramp: Ramp::new(knobs),
            warming: Vec::new(),
            out: 0,
            retrying: 0,
            counts: Counts::default(),
        };
        let asked = timeout > Span::ZERO
            || guard.retries > 0
            || guard.limits.any()
            || guard.hedge.is_some()
            || guard.throttle.is_some()
            || guard.health.any()
            || guard.ramp.is_some();
        asked.then(|| Box::new(guard))
    }

    /// Whether the call may be tried again after `ending`; if so, it is counted and paid for. The
    /// time to wait before.
    pub(super) fn retry(
        &mut self,
        number: u64,
        ending: Ending,
        (now, choices): (SimTime, &mut dyn Choices),
    ) -> Retry {
        let (most, failures) = (self.retries, self.failures);
        let Some(call) = self.calls.get(number) else { return Retry::No };
        if call.retries >= most || !failures.count(ending) {
            return Retry::No;
        }
        // Its own earlier retry has just ended.
        self.retrying -= u64::from(std::mem::take(&mut call.retrying));
        let active = self.out + self.pending.len() as u64;
        if !self.budget.withdraw(self.retrying, active, now) {
            return Retry::Broke;
        }
        self.retrying += 1;
        self.counts.retries += 1;
        call.retrying = true;
        call.retries += 1;
        Retry::After(retry::wait(self.backoff, call.retries, choices))
    }

    /// Whether the call may be sent a second time; if so, it is paid for like a retry.
    pub(super) fn may_hedge(&mut self, number: u64, now: SimTime) -> bool {
        let active = self.out + self.pending.len() as u64;
        let Some(call) = self.calls.get(number) else { return false };
        if call.waits || call.out == 0 || !self.budget.withdraw(self.retrying, active, now) {
            return false;
        }
        self.retrying += u64::from(!std::mem::replace(&mut call.retrying, true));
        self.counts.hedges += 1;
        true
    }
}

/// Whether a call is tried again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Retry {
    /// No.
    No,
    /// It would be, but the budget is spent.
    Broke,
    /// Yes, after so long.
    After(Span),
}
