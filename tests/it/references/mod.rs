//! Published figures, computed again: what the source says, what comes out here, and how far apart
//! they may be.

// How rumours spread and die.
pub mod epidemics;
// How old a read may be.
pub mod staleness;

/// How far a figure may be from the published one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Tolerance {
    /// A share of the published figure.
    Share(f64),
    /// The same unit as the figure.
    Absolute(f64),
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
    /// True if the figures agree.
    pub fn agrees(&self) -> bool {
        let most = match self.tolerance {
            Tolerance::Share(share) => share * self.expected.abs(),
            Tolerance::Absolute(most) => most,
        };
        (self.ours - self.expected).abs() <= most
    }
}

/// Every row, for a page that shows them.
pub fn rows() -> Vec<Row> {
    let mut rows = epidemics::rows();
    rows.extend(staleness::rows());
    rows
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
