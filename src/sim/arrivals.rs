//! When requests arrive: open streams driven by a clock, recorded ones, and closed groups of users
//! who wait for an answer before they ask again.
//!
//! The gaps are drawn from a stream of their own ([`Concern::Arrivals`](super::rng::Concern)), so
//! the instants are the same whatever strategy distributes the requests.

use std::rc::Rc;

use crate::kernel::{Choices, SimTime, Span};

use super::rng::Stream;
use super::sample::exponential;

/// One request of a recorded stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// When it arrives; not before the one recorded before it.
    pub at: SimTime,
    /// The work it brings; drawn by the law of sizes if it was not recorded.
    pub size: Option<Span>,
    /// Its key; drawn if it was not recorded.
    pub key: Option<u64>,
}

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
    /// A Poisson stream whose rate changes evenly, and then stays.
    Ramp {
        /// Requests per second at the start.
        from: f64,
        /// Requests per second at the end of the ramp, and from then on.
        to: f64,
        /// How long the ramp is.
        over: Span,
    },
    /// A Poisson stream whose rate changes at once, and perhaps back again.
    Step {
        /// Requests per second before, and behind.
        from: f64,
        /// Requests per second between.
        to: f64,
        /// When it changes.
        at: Span,
        /// When it changes back, if it does; not before `at`.
        until: Option<Span>,
    },
    /// As recorded.
    Recorded(Rc<[Recorded]>),
    /// So many users, each of whom thinks, asks, and waits for the answer.
    Closed {
        /// How many users.
        users: u32,
        /// Mean time a user thinks before the next request.
        think: Span,
    },
}

impl Arrivals {
    /// Requests per second in the long run, or over the whole record; `None` for a closed group,
    /// whose rate depends on the answers.
    pub fn rate(&self) -> Option<f64> {
        match self {
            Arrivals::Poisson { rate }
            | Arrivals::Deterministic { rate }
            | Arrivals::Mmpp { rate, .. }
            | Arrivals::Ramp { to: rate, .. }
            | Arrivals::Step { to: rate, until: None, .. }
            | Arrivals::Step { from: rate, until: Some(_), .. } => Some(*rate),
            Arrivals::Recorded(rows) => {
                let seconds = rows.last().map_or(0.0, |row| Span(row.at.0.max(1)).as_secs_f64());
                Some(if rows.is_empty() { 0.0 } else { rows.len() as f64 / seconds })
            }
            Arrivals::Closed { .. } => None,
        }
    }

    /// The stream with all rates multiplied by `factor`; a record is played that much faster, and a
    /// closed group stays as it is.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Arrivals {
        let mut scaled = self.clone();
        match &mut scaled {
            Arrivals::Poisson { rate }
            | Arrivals::Deterministic { rate }
            | Arrivals::Mmpp { rate, .. } => *rate *= factor,
            Arrivals::Ramp { from, to, .. } | Arrivals::Step { from, to, .. } => {
                *from *= factor;
                *to *= factor;
            }
            Arrivals::Recorded(rows) => {
                let at = |at: SimTime| SimTime(libm::round(at.0 as f64 / factor) as u64);
                *rows = rows.iter().map(|row| Recorded { at: at(row.at), ..*row }).collect();
            }
            Arrivals::Closed { .. } => {}
        }
        scaled
    }

    /// How many users a closed group has; zero for an open stream.
    pub fn users(&self) -> u32 {
        match *self {
            Arrivals::Closed { users, .. } => users,
            _ => 0, // Every other stream is open.
        }
    }

    /// How long a user of a closed group thinks before the next request: exponential around the
    /// mean. An open stream has no users and answers zero without a draw.
    pub fn think(&self, stream: &mut Stream) -> Span {
        match *self {
            Arrivals::Closed { think, .. } if think > Span::ZERO => {
                nanos(exponential(stream, think.0 as f64))
            }
            _ => Span::ZERO, // Nobody thinks, or not at all.
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
    /// The instant of the last arrival, and how many there were.
    at: Span,
    count: usize,
}

impl ArrivalClock {
    /// A clock at the start of a run.
    pub fn new(arrivals: Arrivals) -> ArrivalClock {
        ArrivalClock { arrivals, phase: None, at: Span::ZERO, count: 0 }
    }

    /// What drives it.
    pub fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// The gap from the last arrival (or the start of the run) to the next one. The longest span
    /// there is means never: a closed group is driven by [`Arrivals::think`].
    pub fn next_gap(&mut self, stream: &mut Stream) -> Span {
        let gap = match self.arrivals {
            Arrivals::Poisson { rate } if rate > 0.0 => nanos(exponential(stream, 1e9 / rate)),
            Arrivals::Deterministic { rate } if rate > 0.0 => nanos(1e9 / rate),
            Arrivals::Mmpp { rate, burst, dwell } if rate > 0.0 => {
                self.modulated(stream, rate, burst.max(1.0), dwell)
            }
            Arrivals::Ramp { from, to, over } => {
                self.changing(&[(over, from, to), (NEVER, to, to)], stream)
            }
            Arrivals::Step { from, to, at, until } => {
                let back = until.unwrap_or(NEVER).max(at);
                self.changing(&[(at, from, from), (back, to, to), (NEVER, from, from)], stream)
            }
            Arrivals::Recorded(ref rows) => match rows.get(self.count) {
                Some(row) => row.at.since(SimTime(self.at.0)),
                None => NEVER,
            },
            Arrivals::Poisson { .. }
            | Arrivals::Deterministic { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Closed { .. } => NEVER,
        };
        (self.at, self.count) = (self.at + gap, self.count + 1);
        gap
    }

    /// The gap of a Poisson stream whose rate is linear in pieces: where each ends, and its rates
    /// at both ends. The expected number of arrivals up to the next one is exponential with mean
    /// 1, so each gap takes one draw, whatever the rates are.
    fn changing(&self, pieces: &[(Span, f64, f64)], stream: &mut Stream) -> Span {
        let mut left = exponential(stream, 1.0);
        let (mut start, mut now) = (Span::ZERO, self.at);
        for &(end, from, to) in pieces {
            if now < end {
                let (whole, rest) = ((end - start).0 as f64 / 1e9, (end - now).0 as f64 / 1e9);
                let slope = (to - from) / whole;
                let rate = from + slope * (now - start).0 as f64 / 1e9;
                let area = f64::midpoint(rate, to) * rest;
                if left <= area {
                    // The root of rate x + slope x²/2 = left, without a difference of near equals.
                    let root = libm::sqrt((rate * rate + 2.0 * slope * left).max(0.0));
                    return nanos((2.0 * left / (rate + root)).min(rest) * 1e9) + (now - self.at);
                }
                left -= area;
                now = end;
            }
            start = end;
        }
        NEVER
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
