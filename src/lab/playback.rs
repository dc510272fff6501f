//! Maps real time to simulated time. Presentation only: nothing here reaches the world.

use crate::kernel::{SimTime, Span};

use super::action::Speed;

/// The longest real time one frame may account for, in milliseconds: a hidden tab comes back
/// calmly.
const FRAME_MAX_MS: f64 = 100.0;
/// At 1×, a typical message is on the screen for at least this long, in seconds.
const FLIGHT_SECONDS: f64 = 0.4;
/// At 1×, a run takes at most this long, in seconds.
const RUN_SECONDS: f64 = 240.0;
/// How many times 1× "Max" is.
const MAX_FACTOR: f64 = 40.0;

/// Where the playhead is and how it moves.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Playback {
    pub(super) at: SimTime,
    pub(super) playing: bool,
    /// It moves towards the start.
    pub(super) backwards: bool,
    pub(super) speed: Speed,
    /// Simulated time per real second at 1×.
    pub(super) pace: Span,
}

impl Default for Playback {
    fn default() -> Self {
        let pace = Span::millis(100);
        Playback { at: SimTime::ZERO, playing: false, backwards: false, speed: Speed::One, pace }
    }
}

impl Playback {
    /// The pace at which messages can be followed and the run still ends.
    pub(super) fn pace_for(typical_delay: Span, until: SimTime) -> Span {
        let by_flight = typical_delay.as_secs_f64() / FLIGHT_SECONDS;
        let by_run = Span(until.0).as_secs_f64() / RUN_SECONDS;
        Span((by_flight.max(by_run).min(1.0) * 1e9) as u64).max(Span::micros(1))
    }

    /// Simulated time per real second now.
    pub(super) fn flow(&self) -> Span {
        let factor = match self.speed {
            Speed::Quarter => 0.25,
            Speed::One => 1.0,
            Speed::Four => 4.0,
            Speed::Max => MAX_FACTOR,
        };
        Span((self.pace.0 as f64 * factor) as u64)
    }

    /// Where the playhead would be after `elapsed_ms` of real time, played backwards.
    pub(super) fn before(&self, elapsed_ms: f64) -> SimTime {
        let way = self.after(elapsed_ms).since(self.at);
        SimTime(self.at.0.saturating_sub(way.0))
    }

    /// Where the playhead would be after `elapsed_ms` of real time.
    pub(super) fn after(&self, elapsed_ms: f64) -> SimTime {
        let elapsed = elapsed_ms.clamp(0.0, FRAME_MAX_MS) / 1e3;
        self.at + Span((self.flow().0 as f64 * elapsed) as u64)
    }
}
