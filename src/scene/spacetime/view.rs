//! Which part of the run is seen.

use crate::kernel::SimTime;

/// Nothing shorter than this is looked at, in nanoseconds.
const LEAST: u64 = 20_000;
/// Where the playhead stands when the window goes along with it.
const AHEAD: f64 = 0.7;

/// A window on a run.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct View {
    /// Its first instant.
    pub from: SimTime,
    /// Its last instant.
    pub to: SimTime,
    /// How far the lanes are scrolled down, in pixels.
    pub top: f64,
}

impl View {
    /// From one instant to another.
    pub fn new(from: SimTime, to: SimTime) -> View {
        View { from, to: SimTime(to.0.max(from.0 + LEAST)), top: 0.0 }
    }

    /// How long it is, in nanoseconds.
    pub fn width(&self) -> u64 {
        self.to.0.saturating_sub(self.from.0).max(LEAST)
    }

    /// The same window at another place, inside a run that ends at `end`.
    #[must_use]
    fn put(self, from: f64, width: f64, end: SimTime) -> View {
        let width = (width.max(LEAST as f64) as u64).min(end.0.max(LEAST));
        let from = (from.max(0.0) as u64).min(end.0.saturating_sub(width));
        View { from: SimTime(from), to: SimTime(from + width), ..self }
    }

    /// So many times as long (less than one: nearer), the instant at `share` of the width staying
    /// where it is.
    #[must_use]
    pub fn zoomed(self, times: f64, share: f64, end: SimTime) -> View {
        let width = self.width() as f64;
        let wanted = (width * times).clamp(LEAST as f64, end.0.max(LEAST) as f64);
        self.put(self.from.0 as f64 + (width - wanted) * share, wanted, end)
    }

    /// Moved by a share of its width.
    #[must_use]
    pub fn moved(self, share: f64, end: SimTime) -> View {
        let width = self.width() as f64;
        self.put(self.from.0 as f64 + width * share, width, end)
    }

    /// The whole run.
    #[must_use]
    pub fn whole(self, end: SimTime) -> View {
        self.put(0.0, end.0 as f64, end)
    }

    /// Moved so that `at` is in it. While playing the playhead stays where the window goes along.
    #[must_use]
    pub fn following(self, at: SimTime, end: SimTime) -> View {
        let width = self.width() as f64;
        let place = (at.0 as f64 - self.from.0 as f64) / width;
        if (0.02..=AHEAD).contains(&place) {
            return self;
        }
        // A step beyond the edge goes along with it; a leap shows what led there.
        let share = if (AHEAD..1.2).contains(&place) { AHEAD } else { 0.5 };
        self.put(at.0 as f64 - width * share, width, end)
    }

    /// The instant is in the window.
    pub fn has(&self, at: SimTime) -> bool {
        (self.from..=self.to).contains(&at)
    }
}
