//! Published figures, computed again: what the source says, what comes out here, and how far apart
//! they may be.

// How soon a leader is found.
pub mod elections;
// How rumours spread and die.
pub mod epidemics;
// Balls into bins, rings and tables.
#[cfg(not(target_arch = "wasm32"))]
pub mod hashes;
// Logs that differ, and how the commit index travels.
pub mod logs;
// What the owners of balancers publish.
#[cfg(not(target_arch = "wasm32"))]
pub mod owners;
// `docs/verified.md`.
#[cfg(not(target_arch = "wasm32"))]
pub mod page;
// Balancers that probe.
#[cfg(not(target_arch = "wasm32"))]
pub mod probing;
// Single and pooled queues.
#[cfg(not(target_arch = "wasm32"))]
pub mod queues;
// What surrounds strategies.
#[cfg(not(target_arch = "wasm32"))]
pub mod resilience;
// Candidates that wait for less.
pub mod rivals;
// One stream over many servers.
#[cfg(not(target_arch = "wasm32"))]
pub mod split;
// How old a read may be.
pub mod staleness;
// Leaders that stay, and nodes that come back.
pub mod stability;

/// How far a figure may be from the published one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Tolerance {
    /// A share of the published figure.
    Share(f64),
    /// The same unit as the figure.
    Absolute(f64),
    /// Nothing: it is a count.
    Exact,
    /// The source names the least it may be.
    AtLeast,
    /// The source names the most it may be.
    AtMost,
}

/// One figure.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// What the source says.
    pub expected: f64,
    /// What comes out here.
    pub ours: f64,
    /// How far apart they may be.
    pub tolerance: Tolerance,
    /// Where it was published.
    pub source: &'static str,
}

impl Row {
    /// How far apart the figures may be, in their unit; zero for counts and bounds.
    pub fn room(&self) -> f64 {
        match self.tolerance {
            Tolerance::Share(share) => share * self.expected.abs(),
            Tolerance::Absolute(most) => most,
            Tolerance::Exact | Tolerance::AtLeast | Tolerance::AtMost => 0.0,
        }
    }

    /// True if the figures agree.
    pub fn agrees(&self) -> bool {
        match self.tolerance {
            Tolerance::AtLeast => self.ours >= self.expected,
            Tolerance::AtMost => self.ours <= self.expected,
            _ => (self.ours - self.expected).abs() <= self.room(),
        }
    }
}

/// How many samples to take where `usual` do for a debug build: the variable `SAMPLES` multiplies
/// them.
pub fn samples(usual: u64) -> u64 {
    usual * times()
}

/// By how much more is sampled than usual.
fn times() -> u64 {
    // There is no environment in a browser.
    let asked = std::env::var("SAMPLES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(1).max(1)
}

/// Prints the rows and asserts that all agree.
fn assert_agree(rows: &[Row]) {
    for row in rows {
        let Row { name, expected, ours, source, .. } = row;
        println!("{name}: {ours:.5}, published {expected} ({source})");
    }
    let apart: Vec<&Row> = rows.iter().filter(|row| !row.agrees()).collect();
    assert!(apart.is_empty(), "{apart:#?}");
}

/// What many runs of one experiment gave.
struct Sample(Vec<f64>);

impl Sample {
    /// One draw for each seed.
    fn of(count: u64, one: impl FnMut(u64) -> f64) -> Sample {
        let mut drawn: Vec<f64> = (0..samples(count)).map(one).collect();
        drawn.sort_unstable_by(f64::total_cmp);
        Sample(drawn)
    }

    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// The standard error of the mean.
    fn error(&self) -> f64 {
        let (mean, count) = (self.mean(), self.0.len() as f64);
        let squares: f64 = self.0.iter().map(|x| (x - mean) * (x - mean)).sum();
        libm::sqrt(squares / count / count)
    }

    /// The smallest value that `percent` of the draws do not exceed.
    fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0[rank - 1]
    }
}
