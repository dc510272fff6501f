//! Samplers: laws of lengths and ranks over a seeded [`Stream`].
//!
//! They are ours, not a library's, because a recorded run must give the same draws after every
//! upgrade; golden vectors in `tests/it/sampling.rs` pin them. Transcendental functions come from
//! `libm`, whose last bit is the same natively and in WebAssembly.
//!
//! **Invariant:** a sampler keeps nothing between draws, so a fork of a stream is a fork of the
//! draws.

use super::rng::Stream;

/// One draw of the exponential law with this mean, by inversion: one number of the stream.
pub fn exponential(stream: &mut Stream, mean: f64) -> f64 {
    -libm::log(stream.unit()) * mean
}

/// One draw of the standard normal law, by the first half of the transform of Box and Muller
/// \[box58\], which takes two numbers of the stream. The second half is not kept, see the invariant
/// above.
pub fn normal(stream: &mut Stream) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(stream.unit()));
    radius * libm::cos(std::f64::consts::TAU * stream.unit())
}

/// One draw of the log-normal law with this mean and squared coefficient of variation (variance
/// over squared mean).
pub fn log_normal(stream: &mut Stream, mean: f64, scv: f64) -> f64 {
    let variance = libm::log1p(scv.max(0.0));
    mean * libm::exp(libm::sqrt(variance) * normal(stream) - variance / 2.0)
}

/// One draw of the two-phase hyper-exponential law with balanced means: each phase carries half of
/// the mean. `scv` is the squared coefficient of variation; below 1 no such law exists and 1, the
/// exponential law, is used. Two numbers of the stream.
pub fn hyper_exponential(stream: &mut Stream, mean: f64, scv: f64) -> f64 {
    let excess = (scv.max(1.0) - 1.0) / (scv.max(1.0) + 1.0);
    let often = f64::midpoint(1.0, libm::sqrt(excess));
    let share = if stream.unit() < often { often } else { 1.0 - often };
    exponential(stream, mean / (2.0 * share))
}

/// The Pareto law cut off at both ends: density in proportion to `x^(-alpha-1)` from `low` to
/// `high`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BoundedPareto {
    low: f64,
    ratio: f64,
    alpha: f64,
}

impl BoundedPareto {
    /// The law from `low` to `high`. `low` and `alpha` are positive and `high` is not below `low`.
    pub fn between(low: f64, high: f64, alpha: f64) -> BoundedPareto {
        BoundedPareto { low, ratio: (high / low).max(1.0), alpha }
    }

    /// The law of this mean whose largest value is `ratio` (at least 1) times its smallest.
    pub fn with_mean(mean: f64, alpha: f64, ratio: f64) -> BoundedPareto {
        let unit = BoundedPareto { low: 1.0, ratio: ratio.max(1.0), alpha };
        BoundedPareto { low: mean / unit.mean(), ..unit }
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.moment(1.0)
    }

    /// The squared coefficient of variation.
    pub fn scv(&self) -> f64 {
        self.moment(2.0) / (self.mean() * self.mean()) - 1.0
    }

    /// The mean of the `k`-th power.
    fn moment(&self, k: f64) -> f64 {
        if self.ratio <= 1.0 {
            return libm::pow(self.low, k);
        }
        let log_ratio = libm::log(self.ratio);
        // The integral of x^(k-alpha-1) from 1 to the ratio, also where alpha is close to k.
        let integral = log_ratio * growth((k - self.alpha) * log_ratio);
        self.alpha * libm::pow(self.low, k) * integral / self.kept()
    }

    /// The share of the uncut law that lies below the upper end.
    fn kept(&self) -> f64 {
        -libm::expm1(-self.alpha * libm::log(self.ratio))
    }

    /// One draw, by inversion: one number of the stream.
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        let tail = 1.0 - stream.unit() * self.kept();
        self.low * libm::pow(tail, -1.0 / self.alpha)
    }
}

/// `(e^x - 1) / x`, and its limit 1 at zero.
fn growth(x: f64) -> f64 {
    if x.abs() > 1e-8 { libm::expm1(x) / x } else { 1.0 + x / 2.0 }
}

/// `ln(1 + x) / x`, and its limit 1 at zero.
fn shrinkage(x: f64) -> f64 {
    if x.abs() > 1e-8 { libm::log1p(x) / x } else { 1.0 - x / 2.0 }
}

/// Zipf's law: rank `k` of `1..=n` in proportion to `k^(-exponent)`.
///
/// Drawn by rejection-inversion [hoermann96 §4], in a time that does not grow with `n`; a rejected
/// candidate costs one more number of the stream.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Zipf {
    n: u64,
    exponent: f64,
    /// The integral of the hat at the ends of the region that is inverted.
    first: f64,
    last: f64,
    /// Below this distance a candidate is accepted without looking at the hat.
    squeeze: f64,
}

impl Zipf {
    /// The law over `1..=n` (`n` is raised to 1). `exponent` is positive; 1 is the classical law.
    pub fn new(n: u64, exponent: f64) -> Zipf {
        let n = n.max(1);
        let mut law = Zipf { n, exponent, first: 0.0, last: 0.0, squeeze: 0.0 };
        law.first = law.area(1.5) - 1.0;
        law.last = law.area(n as f64 + 0.5);
        law.squeeze = 2.0 - law.area_inverse(law.area(2.5) - law.height(2.0));
        law
    }

    /// `x^(-exponent)`.
    fn height(&self, x: f64) -> f64 {
        libm::exp(-self.exponent * libm::log(x))
    }

    /// The integral of the height from 1 to `x`.
    fn area(&self, x: f64) -> f64 {
        let log_x = libm::log(x);
        log_x * growth((1.0 - self.exponent) * log_x)
    }

    /// The `x` up to which the integral is `area`.
    fn area_inverse(&self, area: f64) -> f64 {
        // Rounding may carry the product below -1, where the logarithm ends.
        let t = (area * (1.0 - self.exponent)).max(-1.0);
        libm::exp(shrinkage(t) * area)
    }

    /// One draw.
    pub fn draw(&self, stream: &mut Stream) -> u64 {
        loop {
            let area = self.last + stream.unit() * (self.first - self.last);
            let x = self.area_inverse(area);
            let rank = (libm::floor(x + 0.5) as u64).clamp(1, self.n);
            let k = rank as f64;
            if k - x <= self.squeeze || area >= self.area(k + 0.5) - self.height(k) {
                return rank;
            }
        }
    }
}
