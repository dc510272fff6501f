//! How long the work of a request takes on an idle server of speed 1.
//!
//! Drawn from a stream of their own ([`Concern::Sizes`](super::rng::Concern)), so the work is the
//! same whatever strategy distributes it.

use crate::kernel::Span;

use super::rng::Stream;
use super::sample::{BoundedPareto, exponential, hyper_exponential, log_normal, normal};

/// A law of sizes. Every law is given by its mean; `scv` is the squared coefficient of variation
/// (variance over squared mean), which is 1 for the exponential law.
#[derive(Clone, PartialEq, Debug)]
pub enum Sizes {
    /// Memoryless.
    Exponential {
        /// Mean size.
        mean: Span,
    },
    /// All alike.
    Deterministic {
        /// The size.
        mean: Span,
    },
    /// Many short and a few long: two exponential phases with balanced means.
    HyperExponential {
        /// Mean size.
        mean: Span,
        /// At least 1; less is raised to 1.
        scv: f64,
    },
    /// Heavy-tailed between two ends.
    BoundedPareto {
        /// Mean size.
        mean: Span,
        /// Exponent of the tail, positive; the smaller, the heavier.
        alpha: f64,
        /// The largest size divided by the smallest, at least 1.
        ratio: f64,
    },
    /// Around a mean, evenly to both sides. What would be negative is nothing, so the deviation
    /// should be a third of the mean at most.
    Normal {
        /// Mean size.
        mean: Span,
        /// Standard deviation.
        deviation: Span,
    },
    /// The exponential of a normal law, as response times often are.
    LogNormal {
        /// Mean size.
        mean: Span,
        /// Not negative.
        scv: f64,
    },
}

impl Sizes {
    /// One size, of at least a nanosecond.
    pub fn draw(&self, stream: &mut Stream) -> Span {
        let mean = self.mean().0 as f64;
        let size = match *self {
            Sizes::Exponential { .. } => exponential(stream, mean),
            Sizes::Deterministic { mean } => return mean.max(Span(1)),
            Sizes::HyperExponential { scv, .. } => hyper_exponential(stream, mean, scv),
            Sizes::BoundedPareto { alpha, ratio, .. } => {
                BoundedPareto::with_mean(mean, alpha, ratio).draw(stream)
            }
            Sizes::LogNormal { scv, .. } => log_normal(stream, mean, scv),
            Sizes::Normal { deviation, .. } => mean + deviation.0 as f64 * normal(stream),
        };
        Span(libm::round(size) as u64).max(Span(1))
    }

    /// The mean size.
    pub fn mean(&self) -> Span {
        match *self {
            Sizes::Exponential { mean }
            | Sizes::Deterministic { mean }
            | Sizes::HyperExponential { mean, .. }
            | Sizes::BoundedPareto { mean, .. }
            | Sizes::LogNormal { mean, .. }
            | Sizes::Normal { mean, .. } => mean,
        }
    }

    /// The squared coefficient of variation.
    pub fn scv(&self) -> f64 {
        match *self {
            Sizes::Exponential { .. } => 1.0,
            Sizes::Deterministic { .. } => 0.0,
            Sizes::HyperExponential { scv, .. } => scv.max(1.0),
            Sizes::BoundedPareto { alpha, ratio, .. } => {
                BoundedPareto::with_mean(1.0, alpha, ratio).scv()
            }
            Sizes::LogNormal { scv, .. } => scv.max(0.0),
            Sizes::Normal { mean, deviation } => {
                let ratio = deviation.0 as f64 / mean.0.max(1) as f64;
                ratio * ratio
            }
        }
    }
}
