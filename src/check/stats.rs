//! Intervals of confidence: from independent replications, and from the batches of one long run.
//!
//! **Definitions.** With `k` independent values of mean `m` and standard deviation `s`, the mean
//! they are drawn from lies in `m ± t · s / √k`, where `t` is the quantile of Student's law with
//! `k - 1` degrees of freedom [student08 §III]. Values of one run depend on each other; means of
//! long batches of them hardly do, so they are treated as `k` replications [law15 §9.5.3].

use crate::kernel::Span;

/// How sure an interval is of what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// One interval in twenty misses what it is about.
    P95,
    /// One in a hundred.
    P99,
}

impl Level {
    /// The share of intervals that miss.
    fn miss(self) -> f64 {
        match self {
            Level::P95 => 0.05,
            Level::P99 => 0.01,
        }
    }

    /// The quantile of the normal law that leaves half of the misses above it.
    pub fn normal(self) -> f64 {
        match self {
            Level::P95 => 1.959_963_984_540_054,
            Level::P99 => 2.575_829_303_548_901,
        }
    }

    /// The quantile of Student's law with `dof` degrees of freedom (none count as one) that leaves
    /// half of the misses above it, to three digits behind the point [hill70 §algorithm 396].
    pub fn student(self, dof: u32) -> f64 {
        let (p, n) = (self.miss(), f64::from(dof.max(1)));
        if dof <= 1 {
            let angle = p * std::f64::consts::FRAC_PI_2;
            return libm::cos(angle) / libm::sin(angle);
        }
        if dof == 2 {
            return libm::sqrt(2.0 / (p * (2.0 - p)) - 2.0);
        }
        let a = 1.0 / (n - 0.5);
        let b = 48.0 / (a * a);
        let c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
        let d =
            ((94.5 / (b + c) - 3.0) / b + 1.0) * libm::sqrt(a * std::f64::consts::FRAC_PI_2) * n;
        let y = libm::pow(d * p, 2.0 / n);
        let y = if y > 0.05 + a { self.far(n, (a, b, c, d)) } else { near(n, d, y) };
        libm::sqrt(n * y)
    }

    /// The branch of the algorithm that starts from the normal law.
    fn far(self, n: f64, (a, b, c, d): (f64, f64, f64, f64)) -> f64 {
        let x = -self.normal();
        let y = x * x;
        let c = if n < 5.0 { c + 0.3 * (n - 4.5) * (x + 0.6) } else { c };
        let c = (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b + c;
        let y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
        libm::expm1(a * y * y)
    }
}

/// The branch for few degrees of freedom.
fn near(n: f64, d: f64, y: f64) -> f64 {
    let inner = 1.0 / (((n + 6.0) / (n * y) - 0.089 * d - 0.822) * (n + 2.0) * 3.0);
    ((inner + 0.5 / (n + 4.0)) * y - 1.0) * (n + 1.0) / (n + 2.0) + 1.0 / y
}

/// A mean, and how far the true one may be from it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Estimate {
    /// The mean of what was seen.
    pub mean: f64,
    /// Half the width of the interval around it; `None` if there is too little to tell.
    pub half: Option<f64>,
}

impl Estimate {
    /// From independent values.
    pub fn of(values: &[f64], level: Level) -> Estimate {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count.max(1.0);
        if values.len() < 2 {
            return Estimate { mean, half: None };
        }
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let error = libm::sqrt(squares / (count - 1.0) / count);
        let half = level.student(values.len() as u32 - 1) * error;
        Estimate { mean, half: Some(half) }
    }

    /// The lower and the upper end, if there are any.
    pub fn ends(&self) -> Option<(f64, f64)> {
        self.half.map(|half| (self.mean - half, self.mean + half))
    }
}

/// Fewest batches an interval is made of.
const FEW: usize = 16;

/// Means of consecutive batches of one run, as many as sixteen to twice that: when there are more,
/// neighbours are joined, so the memory does not grow with the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batches {
    /// Values in a full batch.
    size: u64,
    /// Sums of the full batches.
    full: Vec<u128>,
    /// How many values the one being filled has, and their sum.
    filling: (u64, u128),
}

impl Default for Batches {
    fn default() -> Self {
        Batches { size: 1, full: Vec::with_capacity(2 * FEW), filling: (0, 0) }
    }
}

impl Batches {
    /// Adds the next value.
    pub fn record(&mut self, value: u64) {
        self.filling.0 += 1;
        self.filling.1 += u128::from(value);
        if self.filling.0 < self.size {
            return;
        }
        self.full.push(self.filling.1);
        self.filling = (0, 0);
        if self.full.len() == 2 * FEW {
            for place in 0..FEW {
                self.full[place] = self.full[2 * place] + self.full[2 * place + 1];
            }
            self.full.truncate(FEW);
            self.size *= 2;
        }
    }

    /// Adds the next span, in nanoseconds.
    pub fn record_span(&mut self, span: Span) {
        self.record(span.0);
    }

    /// The mean of all values, and the interval that the batches give. Too few values for
    /// sixteen batches of at least as many values give none.
    pub fn estimate(&self, level: Level) -> Estimate {
        let count = self.size * self.full.len() as u64 + self.filling.0;
        let sum = self.full.iter().sum::<u128>() + self.filling.1;
        let mean = sum as f64 / count.max(1) as f64;
        if self.size < FEW as u64 {
            return Estimate { mean, half: None };
        }
        let means: Vec<f64> = self.full.iter().map(|sum| *sum as f64 / self.size as f64).collect();
        Estimate { mean, half: Estimate::of(&means, level).half }
    }
}
