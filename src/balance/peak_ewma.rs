//! Peak EWMA: of two servers drawn, the one with the lower estimated time for one request more.
//!
//! The estimate jumps up to a worse time at once and forgives slowly: it decays towards better ones
//! with `e^(-Δt/τ)`. The cost of a server is its estimate times one more than what is in flight.
//!
//! Three owners, three ways with a server nobody has measured:
//! - Finagle [finagle §`PeakEwma`]: reading a cost counts as seeing a time of zero, so a server
//!   that is left alone gets cheaper until it is tried again. With nothing measured and something
//!   in flight it costs a huge penalty, so that one probe goes out and no more.
//! - tower [tower §`load/peak_ewma`]: as Finagle, but a server starts from a default time.
//! - Envoy [envoy §peak EWMA]: estimate times one more than in flight; without an estimate one
//!   million more than in flight, or the default time if nothing is in flight either. Reading
//!   changes nothing.

use crate::kernel::{Choices, Cite, Knob, KnobKind, SimTime, Span, Text};

use super::p2c::two_distinct;
use super::{Ending, Feedback, PoolView, Ranking, ServerId, Strategy, StrategyAbout, Telling};

pub(super) const ABOUT: StrategyAbout = StrategyAbout {
    id: "peak-ewma",
    name: Text { en: "Peak EWMA", zh: "峰值加权平均延迟" },
    summary: Text {
        en: "Draws two servers and takes the one whose recent times, quick to rise and slow to \
             fall, promise the sooner answer.",
        zh: "随机抽取两台服务器，按“上升快、下降慢”的近期延迟估计选出预期更快的一台。",
    },
    cites: &[
        Cite { key: "finagle", place: "PeakEwma.scala" },
        Cite { key: "tower", place: "load/peak_ewma.rs" },
        Cite { key: "envoy", place: "peak EWMA extension" },
    ],
    ties: Text { en: "The first one drawn wins.", zh: "先抽到的服务器优先。" },
    knobs: &[FLAVOUR, DECAY, DEFAULT_TIME],
    telling: Telling::Nothing,
    source: crate::kernel::listing!("peak_ewma.rs", "p2c.rs"),
    make: |knobs| {
        Box::new(PeakEwma {
            flavour: match knobs.choice(FLAVOUR.name) {
                "tower" => Flavour::Tower,
                "envoy" => Flavour::Envoy,
                _ => Flavour::Finagle,
            },
            decay: knobs.length(DECAY.name),
            start: knobs.length(DEFAULT_TIME.name),
            estimates: Vec::new(),
        })
    },
};

/// Whose rules.
pub(super) const FLAVOUR: Knob = Knob {
    name: "flavour",
    help: Text {
        en: "Whose peak EWMA: finagle, tower or envoy; they differ in how they treat a server \
             without a measurement.",
        zh: "采用谁的峰值加权平均：finagle、tower 或 envoy；区别在于如何对待尚无测量值的服务器。",
    },
    kind: KnobKind::Choice(&["finagle", "tower", "envoy"]),
};

/// How long a peak is remembered.
pub(super) const DECAY: Knob = Knob {
    name: "decay",
    help: Text {
        en: "The time after which an old peak counts for 37 % of what it was.",
        zh: "旧的峰值经过多久后只剩原来的 37%。",
    },
    kind: KnobKind::Length { default: Span::secs(10) },
};

/// The time assumed of a server without a measurement.
pub(super) const DEFAULT_TIME: Knob = Knob {
    name: "default-time",
    help: Text {
        en: "The time assumed of a server nobody has measured (tower and envoy).",
        zh: "对尚无测量值的服务器假定的延迟（tower 与 envoy）。",
    },
    kind: KnobKind::Length { default: Span::millis(30) },
};

/// What a server costs in Finagle while its first answer is awaited.
const PENALTY: u128 = i64::MAX as u128 / 2;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Flavour {
    Finagle,
    Tower,
    Envoy,
}

/// An estimate and when it was last brought up to date; zero if nothing was measured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Estimate {
    /// In nanoseconds.
    pub nanos: u64,
    /// When.
    pub at: SimTime,
}

impl Estimate {
    /// Sees a time of `sample` at `now`: at once if worse, with weight `1 - e^(-Δt/τ)` if better.
    #[must_use]
    pub fn observe(self, sample: Span, now: SimTime, decay: Span) -> Estimate {
        if sample.0 > self.nanos {
            return Estimate { nanos: sample.0, at: now };
        }
        let passed = now.since(self.at).0 as f64 / decay.0.max(1) as f64;
        let kept = libm::exp(-passed);
        let nanos = self.nanos as f64 * kept + sample.0 as f64 * (1.0 - kept);
        Estimate { nanos: nanos as u64, at: now.max(self.at) }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct PeakEwma {
    flavour: Flavour,
    decay: Span,
    start: Span,
    estimates: Vec<Estimate>,
}

/// Envoy's cost of a server in nanoseconds, or more than a million if it is yet to be measured.
pub fn envoy_cost(estimate: u64, pending: u32, default: u64) -> u64 {
    match (estimate, pending) {
        (0, 0) => default,
        (0, pending) => 1_000_000 + u64::from(pending),
        (nanos, pending) => nanos.saturating_mul(u64::from(pending) + 1),
    }
}

impl PeakEwma {
    fn cost(&self, id: ServerId, pool: &PoolView) -> u128 {
        let pending = pool.in_flight(id);
        let estimate = self.estimates[id.index()];
        if self.flavour == Flavour::Envoy {
            return u128::from(envoy_cost(estimate.nanos, pending, self.start.0));
        }
        let nanos = estimate.observe(Span::ZERO, pool.now(), self.decay).nanos;
        match (nanos, pending) {
            (0, 1..) => PENALTY + u128::from(pending),
            (nanos, pending) => u128::from(nanos) * (u128::from(pending) + 1),
        }
    }
}

impl Strategy for PeakEwma {
    fn rank(&mut self, _key: u64, pool: &PoolView, choices: &mut dyn Choices, out: &mut Ranking) {
        let Some((a, b)) = two_distinct(pool, choices) else { return };
        out.push(if self.cost(a, pool) <= self.cost(b, pool) { a } else { b });
        out.rest_by(pool, |x, y| self.cost(x, pool).cmp(&self.cost(y, pool)));
    }

    fn on_done(&mut self, to: ServerId, feedback: Feedback) {
        // A refusal comes fast and would make the server look quick; it says nothing of its time.
        if feedback.ending == Ending::Done || feedback.ending == Ending::Forgotten {
            let estimate = &mut self.estimates[to.index()];
            *estimate = estimate.observe(feedback.latency, feedback.at, self.decay);
        }
    }

    fn on_pool(&mut self, pool: &PoolView) {
        let nanos = if self.flavour == Flavour::Tower { self.start.0 } else { 0 };
        let fresh = Estimate { nanos, at: pool.now() };
        self.estimates.resize(pool.len() as usize, fresh);
    }

    /// The cost in nanoseconds, negated: the cheaper, the sooner.
    fn score(&self, id: ServerId, pool: &PoolView) -> Option<i64> {
        Some(-(self.cost(id, pool).min(i64::MAX as u128) as i64))
    }
    fn looks_at(
        &self,
        _key: u64,
        pool: &PoolView,
        choices: &mut dyn Choices,
        out: &mut Vec<ServerId>,
    ) {
        out.extend(two_distinct(pool, choices).map(<[ServerId; 2]>::from).into_iter().flatten());
    }
}
