//! Envoy's outlier detection: servers that do much worse than the others are left out for a while
//! [envoy §outlier detection].
//!
//! - **Consecutive errors.** A server that answers `consecutive` requests in a row badly is an
//!   outlier at once.
//! - **Success rate.** At every sweep, the servers with at least `outlier-volume` requests since
//!   the last one are compared, if there are at least `outlier-hosts` of them: an outlier is whose
//!   success rate lies below the mean less `outlier-factor` thousandths of the standard deviation
//!   of them all.
//! - An outlier is **ejected** if nobody is, or if the share of servers ejected is below
//!   `eject-most`.
//! - It comes back at the first sweep after `eject-time` times its count of ejections, at most
//!   `eject-time-max`. The count rises with every ejection and falls by one with every sweep that
//!   finds the server in service.
//!
//! Rates are integers, in parts per million, and the standard deviation is rounded down. Envoy
//! computes in floating point, and adds a random jitter to the time if it is told to.

use crate::kernel::{Knob, KnobKind, Knobs, Ratio, SimTime, Span, Text};

/// Errors in a row.
pub(in crate::balance) const CONSECUTIVE: Knob = Knob {
    name: "consecutive",
    help: Text {
        en: "passive=envoy: how many errors in a row make a server an outlier; 0 ignores them.",
        zh: "passive=envoy：连续多少次出错会使服务器成为异常点；0 表示不看连续出错。",
    },
    kind: KnobKind::Count { min: 0, max: 1_000_000, default: 5 },
};

/// From one sweep to the next.
pub(in crate::balance) const SWEEP: Knob = Knob {
    name: "sweep",
    help: Text {
        en: "passive=envoy: how often success rates are compared and servers let back in.",
        zh: "passive=envoy：每隔多久比较一次成功率并重新接纳服务器。",
    },
    kind: KnobKind::Length { default: Span::secs(10) },
};

/// The first ejection.
pub(in crate::balance) const EJECT_TIME: Knob = Knob {
    name: "eject-time",
    help: Text {
        en: "passive=envoy: how long a server is ejected the first time; the second time twice as \
             long, and so on.",
        zh: "passive=envoy：服务器首次被剔除多久；第二次加倍，依此类推。",
    },
    kind: KnobKind::Length { default: Span::secs(30) },
};

/// The longest ejection.
pub(in crate::balance) const EJECT_TIME_MAX: Knob = Knob {
    name: "eject-time-max",
    help: Text {
        en: "passive=envoy: how long a server is ejected at most.",
        zh: "passive=envoy：服务器最多被剔除多久。",
    },
    kind: KnobKind::Length { default: Span::secs(300) },
};

/// Most servers ejected.
pub(in crate::balance) const EJECT_MOST: Knob = Knob {
    name: "eject-most",
    help: Text {
        en: "passive=envoy: no more servers are ejected once this share of them is; one always may \
             be.",
        zh: "passive=envoy：被剔除的服务器达到这一比例后不再继续剔除；但总允许剔除一台。",
    },
    kind: KnobKind::Share { default: Ratio::percent(10) },
};

/// Thousandths of a standard deviation.
pub(in crate::balance) const OUTLIER_FACTOR: Knob = Knob {
    name: "outlier-factor",
    help: Text {
        en: "passive=envoy: how many thousandths of a standard deviation below the mean success \
             rate an outlier lies; 0 ignores success rates.",
        zh: "passive=envoy：成功率比平均值低多少（以千分之一个标准差计）算作异常点；0 表示不看成功率。",
    },
    kind: KnobKind::Count { min: 0, max: 1_000_000, default: 1900 },
};

/// Fewest servers to compare.
pub(in crate::balance) const OUTLIER_HOSTS: Knob = Knob {
    name: "outlier-hosts",
    help: Text {
        en: "passive=envoy: how many servers must have had enough requests for success rates to be \
             compared.",
        zh: "passive=envoy：至少有多少台服务器的请求数足够，才比较成功率。",
    },
    kind: KnobKind::Count { min: 1, max: 1000, default: 5 },
};

/// Fewest requests to compare a server.
pub(in crate::balance) const OUTLIER_VOLUME: Knob = Knob {
    name: "outlier-volume",
    help: Text {
        en: "passive=envoy: how many requests between two sweeps are enough to judge a server.",
        zh: "passive=envoy：两次比较之间有多少个请求才足以评判一台服务器。",
    },
    kind: KnobKind::Count { min: 1, max: 1_000_000, default: 100 },
};

/// The rule.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) struct Rule {
    consecutive: u64,
    pub(in crate::balance) sweep: Span,
    time: Span,
    time_max: Span,
    most: Ratio,
    factor: u64,
    hosts: u64,
    volume: u64,
}

impl Rule {
    pub(in crate::balance) fn new(knobs: &Knobs) -> Rule {
        Rule {
            consecutive: knobs.count(CONSECUTIVE.name),
            sweep: knobs.length(SWEEP.name).max(Span::millis(1)),
            time: knobs.length(EJECT_TIME.name),
            time_max: knobs.length(EJECT_TIME_MAX.name),
            most: knobs.share(EJECT_MOST.name),
            factor: knobs.count(OUTLIER_FACTOR.name),
            hosts: knobs.count(OUTLIER_HOSTS.name),
            volume: knobs.count(OUTLIER_VOLUME.name),
        }
    }

    /// Whether one more server may be ejected while `ejected` of `servers` are.
    pub(in crate::balance) fn may_eject(&self, ejected: u64, servers: u64) -> bool {
        ejected == 0 || ejected * 1_000_000 < servers * u64::from(self.most.as_ppm())
    }

    /// How long a server stays out that is ejected for the `count`-th time.
    pub(in crate::balance) fn sentence(&self, count: u32) -> Span {
        let grown = Span(self.time.0.saturating_mul(u64::from(count)));
        grown.min(self.time_max.max(self.time))
    }
}

/// What is kept of one server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::balance) struct Host {
    in_a_row: u64,
    good: u64,
    total: u64,
    /// When it was ejected, while it is.
    pub(in crate::balance) ejected: Option<SimTime>,
    /// By how much the ejection time is multiplied.
    pub(in crate::balance) count: u32,
}

impl Host {
    /// A request ended. True if the server is an outlier by its errors in a row.
    pub(in crate::balance) fn note(&mut self, good: bool, rule: &Rule) -> bool {
        self.total += 1;
        if good {
            self.good += 1;
            self.in_a_row = 0;
            return false;
        }
        self.in_a_row += 1;
        // At every multiple: a server that could not be ejected is looked at again later.
        let strikes = rule.consecutive > 0 && self.in_a_row >= rule.consecutive;
        if strikes {
            self.in_a_row = 0;
        }
        strikes
    }

    /// The server is ejected.
    pub(in crate::balance) fn eject(&mut self, rule: &Rule, now: SimTime) {
        self.ejected = Some(now);
        // Once the time cannot grow any more the count does not either.
        let most = rule.time_max.max(rule.time) + rule.time;
        if rule.time.0.saturating_mul(u64::from(self.count)) < most.0 {
            self.count += 1;
        }
    }

    /// A sweep passes. True if the server comes back.
    pub(in crate::balance) fn sweep(&mut self, rule: &Rule, now: SimTime) -> bool {
        let Some(since) = self.ejected else {
            self.count = self.count.saturating_sub(1);
            return false;
        };
        let over = now.since(since) >= rule.sentence(self.count);
        if over {
            self.ejected = None;
            self.in_a_row = 0;
        }
        over
    }

    /// The success rate since the last sweep in parts per million, if it counts; forgets it.
    pub(in crate::balance) fn take_rate(&mut self, rule: &Rule) -> Option<u64> {
        let (good, total) = (self.good, self.total);
        (self.good, self.total) = (0, 0);
        let counts = self.ejected.is_none() && total >= rule.volume;
        counts.then(|| good * 1_000_000 / total)
    }
}

/// Below which success rate, in the unit of `rates`, a server is an outlier: the mean less `factor`
/// thousandths of the standard deviation. `None` without rates.
pub fn threshold(rates: &[u64], factor: u64) -> Option<u64> {
    let n = rates.len() as u128;
    if n == 0 {
        return None;
    }
    let mean = rates.iter().map(|rate| u128::from(*rate)).sum::<u128>() / n;
    let square = |rate: &u64| u128::from(*rate).abs_diff(mean).pow(2);
    let deviation = (rates.iter().map(square).sum::<u128>() / n).isqrt();
    let below = deviation * u128::from(factor) / 1000;
    Some(mean.saturating_sub(below) as u64)
}

impl Rule {
    /// The threshold for these rates, if there are enough of them to be compared.
    pub(in crate::balance) fn threshold(&self, rates: &[u64]) -> Option<u64> {
        let enough = self.factor > 0 && rates.len() as u64 >= self.hosts;
        if enough { threshold(rates, self.factor) } else { None }
    }
}
