//! Slow start: a server that comes back gets its share little by little.
//!
//! Envoy's ramp [envoy §slow start]: a weight is multiplied by `max(min, (t / window)^(1 / a))`
//! with the time `t` since the server came back and the aggression `a`. With aggression 1 and no
//! minimum it is the linear ramp of nginx [nginx §`slow_start`] and HAProxy [haproxy §`slowstart`].
//! As with HAProxy and nginx, servers do not warm up when the balancer starts: then all are new.
//!
//! It works through weights, so it does nothing for strategies whose picks do not follow them at
//! once: those that go by the key, round robin, plain random and the like. Weights count in
//! thousandths and are raised a hundred times during the window.

use crate::kernel::{Knob, KnobKind, Knobs, Ratio, Span, Text};

/// The window.
pub(in crate::balance) const SLOW_START: Knob = Knob {
    name: "slow-start",
    help: Text {
        en: "How long it takes until a server that comes back gets its full share; 0s at once. \
             Only for strategies that follow weights.",
        zh: "服务器恢复后多久才承担全部份额；0s 表示立即。只对按权重分配的策略有效。",
    },
    kind: KnobKind::Length { default: Span::ZERO },
};

/// The curve.
pub(in crate::balance) const AGGRESSION: Knob = Knob {
    name: "aggression",
    help: Text {
        en: "The shape of slow start: 1 grows evenly, more grows fast at first.",
        zh: "慢启动曲线的形状：1 为匀速增长，越大则开始时增长越快。",
    },
    kind: KnobKind::Count { min: 1, max: 8, default: 1 },
};

/// Where it begins.
pub(in crate::balance) const SLOW_START_MIN: Knob = Knob {
    name: "slow-start-min",
    help: Text {
        en: "The share of its weight with which slow start begins.",
        zh: "慢启动开始时占其权重的比例。",
    },
    kind: KnobKind::Share { default: Ratio::percent(10) },
};

/// Into how many steps the window is divided.
const STEPS: u64 = 100;

/// How servers warm up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) struct Ramp {
    pub(in crate::balance) window: Span,
    aggression: u32,
    min_milli: u32,
}

impl Ramp {
    /// As the knobs say; `None` if servers come back with their full share.
    pub(in crate::balance) fn new(knobs: &Knobs) -> Option<Ramp> {
        let window = knobs.length(SLOW_START.name);
        (window > Span::ZERO).then(|| Ramp {
            window,
            aggression: knobs.count(AGGRESSION.name) as u32,
            min_milli: knobs.share(SLOW_START_MIN.name).as_ppm() / 1000,
        })
    }

    /// From one step to the next.
    pub(in crate::balance) fn step(self) -> Span {
        Span((self.window.0 / STEPS).max(1))
    }

    /// The share in thousandths, so long after the server came back.
    pub(in crate::balance) fn milli(self, since: Span) -> u32 {
        ramp_milli(since, self.window, self.aggression).max(self.min_milli)
    }
}

/// `(since / window)^(1 / aggression)` in thousandths, rounded to the nearest, without the minimum.
///
/// The largest `f` whose power `f^a` is at most `since / window` is found by halving, at half a
/// thousandth, in whole numbers.
pub fn ramp_milli(since: Span, window: Span, aggression: u32) -> u32 {
    if since >= window {
        return 1000;
    }
    let a = aggression.clamp(1, 8);
    // Both sides are brought below 2^127: the window in steps of 2^-40 at most.
    let shift = (u64::BITS - window.0.leading_zeros()).saturating_sub(40);
    let (since, window) = (u128::from(since.0 >> shift), u128::from(window.0 >> shift));
    let fits = |halves: u128| halves.pow(a) * window <= since * 2000_u128.pow(a);
    let (mut low, mut high) = (0_u128, 2000_u128);
    while low < high {
        let middle = (low + high).div_ceil(2);
        (low, high) = if fits(middle) { (middle, high) } else { (low, middle - 1) };
    }
    (low as u32).div_ceil(2)
}
