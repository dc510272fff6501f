//! Integer probability. Decisions of the world never touch a float.

use std::fmt;

use super::Choices;

/// A probability in parts per million.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ratio(u32);

impl Ratio {
    /// Never.
    pub const ZERO: Ratio = Ratio(0);
    /// Always.
    pub const ONE: Ratio = Ratio(1_000_000);

    /// `ppm` parts per million, at most [`Ratio::ONE`].
    pub const fn ppm(ppm: u32) -> Ratio {
        Ratio(if ppm > 1_000_000 { 1_000_000 } else { ppm })
    }

    /// `percent` hundredths, at most [`Ratio::ONE`].
    pub const fn percent(percent: u32) -> Ratio {
        Ratio::ppm(percent.saturating_mul(10_000))
    }

    /// Parts per million.
    pub fn as_ppm(self) -> u32 {
        self.0
    }

    /// The fraction as a float, for presentation and statistics.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1e6
    }

    /// Draws once: true with this probability. Zero draws nothing.
    pub fn strikes(self, choices: &mut dyn Choices) -> bool {
        self.0 > 0 && choices.below(1_000_000) < u64::from(self.0)
    }
}

impl fmt::Display for Ratio {
    /// As a percentage with as many digits as needed: `1%`, `0.25%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        if rest == 0 {
            return write!(f, "{whole}%");
        }
        write!(f, "{whole}.{}%", format!("{rest:04}").trim_end_matches('0'))
    }
}
