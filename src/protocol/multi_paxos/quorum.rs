//! Quorum systems: which sets of acceptors are enough, for either phase [howard16 §3, §5].
//!
//! Safety needs one thing: every phase-1 quorum meets every phase-2 quorum. Two majorities always
//! do; so do sizes that add up to more than all, and a column and a row of a grid.

use crate::kernel::{Knobs, NodeSet, majority};

/// Which sets of acceptors are quorums.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum System {
    /// So many acceptors, whoever they are. Zero stands for what goes with the other: a majority
    /// if both are zero, else the least that meets it.
    Counts {
        /// For phase 1.
        q1: u32,
        /// For phase 2.
        q2: u32,
    },
    /// Acceptors stand in so many rows: a column prepares, a full row accepts.
    Grid {
        /// How many rows.
        rows: u32,
    },
}

impl System {
    /// The sizes in force among `n` acceptors.
    fn sizes(q1: u32, q2: u32, n: u32) -> (u32, u32) {
        let against = |other: u32| (n + 1).saturating_sub(other).max(1);
        match (q1, q2) {
            (0, 0) => (majority(n), majority(n)),
            (0, q2) => (against(q2), q2),
            (q1, 0) => (q1, against(q1)),
            both => both,
        }
    }

    /// The system that the knobs ask for.
    pub(super) fn read(knobs: &Knobs) -> System {
        let count = |name| knobs.count(name) as u32;
        match knobs.choice("quorum") {
            "grid" => System::Grid { rows: count("rows") },
            _ => System::Counts { q1: count("q1"), q2: count("q2") },
        }
    }

    /// Whether `who` is a quorum of phase 1 among `members`.
    pub(super) fn prepares(self, members: NodeSet, who: NodeSet) -> bool {
        let who = who.and(members);
        match self {
            System::Counts { q1, q2 } => {
                !members.is_empty() && who.len() >= System::sizes(q1, q2, members.len()).0
            }
            System::Grid { rows } => {
                let width = members.len().div_ceil(rows.max(1)).max(1);
                lines(members, who, |place| place % width).any(|(all, got)| got == all)
            }
        }
    }

    /// Whether `who` is a quorum of phase 2 among `members`.
    pub(super) fn accepts(self, members: NodeSet, who: NodeSet) -> bool {
        let who = who.and(members);
        match self {
            System::Counts { q1, q2 } => {
                !members.is_empty() && who.len() >= System::sizes(q1, q2, members.len()).1
            }
            System::Grid { rows } => {
                let width = members.len().div_ceil(rows.max(1)).max(1);
                // A last row that is not full does not meet every column.
                lines(members, who, |place| place / width)
                    .any(|(all, got)| all == width && got == all)
            }
        }
    }

    /// True if some quorum of phase 1 misses some quorum of phase 2 among `n` acceptors.
    pub(super) fn is_unsafe(self, n: u32) -> bool {
        match self {
            System::Counts { q1, q2 } => {
                let (q1, q2) = System::sizes(q1, q2, n);
                q1 + q2 <= n
            }
            System::Grid { .. } => false,
        }
    }

    /// The system as the card shows it.
    pub(super) fn show(self, members: NodeSet) -> String {
        let n = members.len();
        match self {
            System::Counts { q1, q2 } => {
                let (one, two) = System::sizes(q1, q2, n);
                let warning = if self.is_unsafe(n) { " unsafe" } else { "" };
                format!("{one}+{two} of {n}{warning}")
            }
            System::Grid { rows } => format!("grid {rows}x{}", n.div_ceil(rows.max(1))),
        }
    }
}

/// How many members stand on each line of the grid, and how many of those are in `who`. `line`
/// gives the line of the member at a place.
fn lines(
    members: NodeSet,
    who: NodeSet,
    line: impl Fn(u32) -> u32,
) -> impl Iterator<Item = (u32, u32)> {
    // There are no more lines than members.
    let mut counts = [(0, 0); 128];
    for (member, place) in members.iter().zip(0..) {
        let count = &mut counts[line(place) as usize];
        count.0 += 1;
        count.1 += u32::from(who.has(member));
    }
    counts.into_iter().filter(|(all, _)| *all > 0)
}
