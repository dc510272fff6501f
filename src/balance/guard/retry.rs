//! Retries: after which endings, how often, how soon, and how many at once.
//!
//! Retries without a bound keep a pool down that was overloaded for a moment: what is retried is
//! load, too \[bronson21\].
//!
//! **Back-off** as in Envoy [envoy §router, x-envoy-max-retries]: before retry `n` a time drawn
//! evenly from zero up to `(2^n - 1)` times the base, but at most ten times the base.
//!
//! **Budgets** bound what retries add when much fails at once:
//! - `envoy`: at most `max(min, share of the requests in flight)` retries are under way at a time,
//!   a retry being under way from the decision to the end of its request [envoy §retry budgets,
//!   pull request 9069]. Of the requests in flight the retries are a part, so a share `b` lets
//!   tries grow to `1 / (1 - b)` times the requests, and not to `1 + b`.
//! - `finagle`: a bucket into which every request puts one token, and from which a retry takes
//!   `1 / share`; besides, `min` retries per second are free. Tokens last ten seconds, counted in
//!   ten slices [finagle §`RetryBudget.scala`]. Tries grow to `1 + b` times the requests.
//! - `static`: at most `min` retries are under way [envoy §circuit breakers, max retries].

use std::collections::VecDeque;

use crate::balance::view::Ending;
use crate::kernel::{Choices, Knob, KnobKind, Knobs, Ratio, SimTime, Span, Text};

/// How often a request that failed is sent again.
pub(in crate::balance) const RETRIES: Knob = Knob {
    name: "retries",
    help: Text {
        en: "How often a balancer sends a request again that was not answered well.",
        zh: "请求没有得到成功答复时，负载均衡器最多重新发送几次。",
    },
    kind: KnobKind::Count { min: 0, max: 100, default: 0 },
};

/// After which endings.
pub(in crate::balance) const RETRY_ON: Knob = Knob {
    name: "retry-on",
    help: Text {
        en: "Which endings count as a failed try, for retries and for nginx's passive checks: any, \
             a refusal, an error, or a time-out.",
        zh: "哪些结果算作失败的尝试（用于重试和 nginx 的被动健康检查）：任何一种、被拒绝、报错或超时。",
    },
    kind: KnobKind::Choice(&["any", "refusal", "error", "timeout"]),
};

/// Whether a retry goes elsewhere.
pub(in crate::balance) const RETRY_TO: Knob = Knob {
    name: "retry-to",
    help: Text {
        en: "Where a request is sent again: other prefers servers it has not been sent to, any \
             leaves it to the strategy.",
        zh: "重试发往何处：other 优先选择尚未发送过的服务器，any 完全交给策略决定。",
    },
    kind: KnobKind::Choice(&["other", "any"]),
};

/// The base of the back-off.
pub(in crate::balance) const BACKOFF: Knob = Knob {
    name: "backoff",
    help: Text {
        en: "The base of the random wait before a retry, which doubles with every retry; 0s sends \
             again at once.",
        zh: "重试前随机等待时间的基数，每次重试翻倍；0s 表示立即重试。",
    },
    kind: KnobKind::Length { default: Span::ZERO },
};

/// The kind of budget.
pub(in crate::balance) const BUDGET: Knob = Knob {
    name: "budget",
    help: Text {
        en: "What bounds retries and second copies: nothing, a share of what is in flight (envoy), \
             tokens that requests leave behind (finagle), or a fixed number at once (static).",
        zh: "用什么限制重试和备份请求：off 不限，envoy 按在途请求的比例，finagle 按请求积攒的令牌，static 固定的并发数。",
    },
    kind: KnobKind::Choice(&["off", "envoy", "finagle", "static"]),
};

/// The share of the budget.
pub(in crate::balance) const BUDGET_SHARE: Knob = Knob {
    name: "budget-share",
    help: Text {
        en: "How many retries the budget allows per request, or per request in flight.",
        zh: "预算允许的重试数与请求数（或在途请求数）之比。",
    },
    kind: KnobKind::Share { default: Ratio::percent(20) },
};

/// What the budget allows always.
pub(in crate::balance) const BUDGET_MIN: Knob = Knob {
    name: "budget-min",
    help: Text {
        en: "How many retries are allowed in any case: at once (envoy, static), or per second \
             (finagle, which ships 10).",
        zh: "无论如何都允许的重试数：envoy 与 static 指同时进行的个数，finagle 指每秒的个数（其默认值为 10）。",
    },
    kind: KnobKind::Count { min: 0, max: 1_000_000, default: 3 },
};

/// What counts as a failure.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) struct Failures {
    refusal: bool,
    error: bool,
    timeout: bool,
}

impl Failures {
    pub(in crate::balance) fn new(knobs: &Knobs) -> Failures {
        let word = knobs.choice(RETRY_ON.name);
        let names = |own: &str| word == "any" || word == own;
        Failures { refusal: names("refusal"), error: names("error"), timeout: names("timeout") }
    }

    pub(in crate::balance) fn count(self, ending: Ending) -> bool {
        match ending {
            Ending::Done | Ending::Cancelled => false,
            Ending::Refused => self.refusal,
            Ending::Failed => self.error,
            Ending::Forgotten => self.timeout,
        }
    }
}

/// The longest wait before retry `n`, counted from one.
pub fn longest_wait(base: Span, n: u32) -> Span {
    let grown = 1_u64.checked_shl(n).unwrap_or(u64::MAX) - 1;
    Span(base.0.saturating_mul(grown.min(10)))
}

/// The wait before retry `n`.
pub(in crate::balance) fn wait(base: Span, n: u32, choices: &mut dyn Choices) -> Span {
    match longest_wait(base, n) {
        Span::ZERO => Span::ZERO,
        longest => Span(choices.below(longest.0.saturating_add(1).max(1))),
    }
}

/// How many retries Envoy lets be under way while so many requests are in flight.
pub fn envoy_limit(active: u64, share: Ratio, min: u64) -> u64 {
    let part = u128::from(active) * u128::from(share.as_ppm()) / 1_000_000;
    (part as u64).max(min)
}

/// A budget of retries.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) enum Budget {
    Off,
    Envoy { share: Ratio, min: u64 },
    Static { most: u64 },
    Finagle(Bucket),
}

impl Budget {
    pub(in crate::balance) fn new(knobs: &Knobs) -> Budget {
        let (share, min) = (knobs.share(BUDGET_SHARE.name), knobs.count(BUDGET_MIN.name));
        match knobs.choice(BUDGET.name) {
            "envoy" => Budget::Envoy { share, min },
            "static" => Budget::Static { most: min },
            "finagle" => Budget::Finagle(Bucket::new(share, min)),
            _ => Budget::Off,
        }
    }

    /// A request came for the first time.
    pub(in crate::balance) fn deposit(&mut self, now: SimTime) {
        if let Budget::Finagle(bucket) = self {
            bucket.deposit(now);
        }
    }

    /// Whether one more retry may begin, while `retrying` are under way and `active` requests are
    /// in flight. If so, it is paid for.
    pub(in crate::balance) fn withdraw(
        &mut self,
        retrying: u64,
        active: u64,
        now: SimTime,
    ) -> bool {
        match self {
            Budget::Off => true,
            Budget::Envoy { share, min } => retrying < envoy_limit(active, *share, *min),
            Budget::Static { most } => retrying < *most,
            Budget::Finagle(bucket) => bucket.withdraw(now),
        }
    }
}

/// Finagle's bucket: tokens that last ten seconds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bucket {
    /// What a request puts in, and a retry takes out; a millionth of a token is the unit.
    deposit: i64,
    price: i64,
    /// There from the start and for ever: what is free.
    reserve: i64,
    /// The balance of each of the last slices, oldest first, and when the newest began.
    slices: VecDeque<i64>,
    newest: SimTime,
}

/// How long a slice of the bucket lasts, and how many there are.
const SLICE: Span = Span::secs(1);
const SLICES: usize = 10;

impl Bucket {
    /// An empty bucket that lets `share` retries per request through and `min` per second besides.
    pub fn new(share: Ratio, min: u64) -> Bucket {
        let ppm = i64::from(share.as_ppm());
        // Without a share nothing is put in, and a retry costs one of the free ones.
        let (deposit, price) = if ppm == 0 { (0, 1) } else { (ppm, 1_000_000) };
        let free = (min.min(1_000_000) as i64) * SLICES as i64;
        let slices = VecDeque::from(vec![0; SLICES]);
        Bucket { deposit, price, reserve: free * price, slices, newest: SimTime::ZERO }
    }

    fn turn(&mut self, now: SimTime) {
        let passed = (now.since(self.newest).0 / SLICE.0).min(SLICES as u64 * 2);
        if passed as usize >= SLICES {
            self.slices.iter_mut().for_each(|slice| *slice = 0);
            self.newest = now;
            return;
        }
        for _ in 0..passed {
            self.slices.pop_front();
            self.slices.push_back(0);
            self.newest += SLICE;
        }
    }

    /// A request came.
    pub fn deposit(&mut self, now: SimTime) {
        self.turn(now);
        if let Some(newest) = self.slices.back_mut() {
            *newest += self.deposit;
        }
    }

    /// Takes the price of a retry out, if it is there.
    pub fn withdraw(&mut self, now: SimTime) -> bool {
        self.turn(now);
        let balance: i64 = self.reserve + self.slices.iter().sum::<i64>();
        if balance < self.price {
            return false;
        }
        if let Some(newest) = self.slices.back_mut() {
            *newest -= self.price;
        }
        true
    }
}
