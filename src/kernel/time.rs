//! Simulated time: integer nanoseconds, and nothing else.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use super::Choices;

/// An instant of the simulated world, in nanoseconds since the start of the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SimTime(pub u64);

/// A length of simulated time, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Span(pub u64);

impl SimTime {
    /// The start of a run.
    pub const ZERO: SimTime = SimTime(0);
    /// Later than any instant a run can reach.
    pub const MAX: SimTime = SimTime(u64::MAX);

    /// The length from `earlier` to here; zero if `earlier` is later.
    pub fn since(self, earlier: SimTime) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// `count` microseconds.
    pub const fn micros(count: u64) -> Span {
        Span(count * 1_000)
    }

    /// `count` milliseconds.
    pub const fn millis(count: u64) -> Span {
        Span(count * 1_000_000)
    }

    /// `count` seconds.
    pub const fn secs(count: u64) -> Span {
        Span(count * 1_000_000_000)
    }

    /// The length in seconds, for presentation and statistics.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The length in milliseconds, for presentation.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Add<Span> for SimTime {
    type Output = SimTime;
    fn add(self, span: Span) -> SimTime {
        SimTime(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for SimTime {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Span;
    /// Saturates at zero.
    fn sub(self, other: Span) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Span {
    /// The shortest exact form in one unit: `250ms`, `1.28s`, `40us`, `7ns`, `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            0 => (1_000_000_000, "s"),
            n if n >= 1_000_000_000 => (1_000_000_000, "s"),
            n if n >= 1_000_000 => (1_000_000, "ms"),
            n if n >= 1_000 => (1_000, "us"),
            _ => (1, "ns"),
        };
        let (whole, rest) = (self.0 / unit, self.0 % unit);
        if rest == 0 {
            return write!(f, "{whole}{name}");
        }
        let digits = unit.ilog10() as usize;
        let fraction = format!("{rest:0digits$}");
        write!(f, "{whole}.{}{name}", fraction.trim_end_matches('0'))
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Span(self.0).fmt(f)
    }
}

/// A closed range of lengths. The simulator samples it evenly; the explorer ignores it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// The shortest length that may be drawn.
    pub min: Span,
    /// The longest length that may be drawn; at least `min`.
    pub max: Span,
}

impl Window {
    /// Exactly `span`: draws nothing from the choices.
    pub const fn exactly(span: Span) -> Window {
        Window { min: span, max: span }
    }

    /// Anything from `min` to `max`, both included. The ends are swapped if they come in reverse.
    pub fn between(min: Span, max: Span) -> Window {
        Window { min: min.min(max), max: min.max(max) }
    }

    /// One length of the window, evenly drawn.
    pub fn draw(self, choices: &mut dyn Choices) -> Span {
        if self.min == self.max {
            return self.min;
        }
        Span(self.min.0 + choices.below(self.max.0 - self.min.0 + 1))
    }
}
