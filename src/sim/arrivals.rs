//! When requests arrive: open streams driven by a clock, and closed groups of users who wait for an
//! answer before they ask again.
//!
//! The gaps are drawn from a stream of their own ([`Concern::Arrivals`](super::rng::Concern)), so
//! the instants are the same whatever strategy distributes the requests.

use crate::kernel::{Choices, Span};

use super::rng::Stream;
use super::sample::exponential;

/// How requests arrive. Rates are in requests per second; a rate that is not positive never fires.
#[derive(Clone, PartialEq, Debug)]
pub enum Arrivals {
    /// Independent of each other: exponential gaps.
    Poisson {
        /// Requests per second.
        rate: f64,
    },
    /// Evenly spaced.
    Deterministic {
        /// Requests per second.
        rate: f64,
    },
    /// A Poisson stream whose rate alternates between a quiet and a busy phase (two-state
    /// Markov-modulated, \[fischer93\]). Phases last equally long on average.
    Mmpp {
        /// Requests per second in the long run.
        rate: f64,
        /// The rate of the busy phase divided by that of the quiet one, at least 1.
        burst: f64,
        /// Mean time in a phase, exponentially distributed.
        dwell: Span,
    },
    /// So many users, each of whom thinks, asks, and waits for the answer.
    Closed {
        /// How many users.
        users: u32,
        /// Mean time a user thinks before the next request.
        think: Span,
    },
}

impl Arrivals {
    /// Requests per second in the long run; `None` for a closed group, whose rate depends on the
    /// answers.
    pub fn rate(&self) -> Option<f64> {
        match *self {
            Arrivals::Poisson { rate }
            | Arrivals::Deterministic { rate }
            | Arrivals::Mmpp { rate, .. } => Some(rate),
            Arrivals::Closed { .. } => None,
        }
    }

    /// How many users a closed group has; zero for an open stream.
    pub fn users(&self) -> u32 {
        match *self {
            Arrivals::Closed { users, .. } => users,
            Arrivals::Poisson { .. } | Arrivals::Deterministic { .. } | Arrivals::Mmpp { .. } => 0,
        }
    }

    /// How long a user of a closed group thinks before the next request: exponential around the
    /// mean. An open stream has no users and answers zero without a draw.
    pub fn think(&self, stream: &mut Stream) -> Span {
        match *self {
            Arrivals::Closed { think, .. } if think > Span::ZERO => {
                nanos(exponential(stream, think.0 as f64))
            }
            Arrivals::Closed { .. }
            | Arrivals::Poisson { .. }
            | Arrivals::Deterministic { .. }
            | Arrivals::Mmpp { .. } => Span::ZERO,
        }
    }
}

/// The running state of [`Arrivals`].
#[derive(Clone, PartialEq, Debug)]
pub struct ArrivalClock {
    arrivals: Arrivals,
    /// The phase of a modulated stream: busy or not, and how much of it is left. Drawn at first
    /// use.
    phase: Option<(bool, Span)>,
}

impl ArrivalClock {
    /// A clock at the start of a run.
    pub fn new(arrivals: Arrivals) -> ArrivalClock {
        ArrivalClock { arrivals, phase: None }
    }

    /// What drives it.
    pub fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// The gap from the last arrival (or the start of the run) to the next one. The longest span
    /// there is means never: a closed group is driven by [`Arrivals::think`].
    pub fn next_gap(&mut self, stream: &mut Stream) -> Span {
        match self.arrivals {
            Arrivals::Poisson { rate } if rate > 0.0 => nanos(exponential(stream, 1e9 / rate)),
            Arrivals::Deterministic { rate } if rate > 0.0 => nanos(1e9 / rate),
            Arrivals::Mmpp { rate, burst, dwell } if rate > 0.0 => {
                self.modulated(stream, rate, burst.max(1.0), dwell)
            }
            Arrivals::Poisson { .. }
            | Arrivals::Deterministic { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Closed { .. } => NEVER,
        }
    }

    /// Exponential gaps have no memory, so a gap that outlasts its phase is drawn anew in the next.
    fn modulated(&mut self, stream: &mut Stream, rate: f64, burst: f64, dwell: Span) -> Span {
        let dwell = dwell.max(Span(1)).0 as f64;
        let quiet = 2.0 * rate / (1.0 + burst);
        let (mut busy, mut left) =
            self.phase.unwrap_or_else(|| (stream.below(2) == 1, nanos(exponential(stream, dwell))));
        let mut passed = Span::ZERO;
        loop {
            let rate = if busy { quiet * burst } else { quiet };
            let gap = nanos(exponential(stream, 1e9 / rate));
            if gap <= left {
                self.phase = Some((busy, left - gap));
                return passed + gap;
            }
            passed = passed + left;
            busy = !busy;
            left = nanos(exponential(stream, dwell));
        }
    }
}

/// A gap longer than any run.
const NEVER: Span = Span(u64::MAX);

/// The nearest whole number of nanoseconds.
fn nanos(value: f64) -> Span {
    Span(libm::round(value) as u64)
}
