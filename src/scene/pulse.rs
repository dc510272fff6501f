//! Motion that the snapshot does not carry: a green ring grows as a node learns of a commit.

use crate::kernel::NodeId;
use crate::sim::Snapshot;

use super::layout::Spot;
use super::list::{Fill, List, stroke};
use super::palette::Ink;

/// How long the ring of a commit is seen, in milliseconds of the wall.
const RING_MS: f64 = 480.0;

/// What was seen last, and what has just changed.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pulses {
    committed: Vec<u64>,
    /// Node and age of its pulse in milliseconds.
    rings: Vec<(NodeId, f64)>,
    still: bool,
}

impl Pulses {
    /// Compares `snapshot` with the last one seen. `wall_ms` has passed since; a `jump` (seek, step
    /// back, another run) starts no motion. `still` draws a ring for one step instead of a growing
    /// one.
    pub fn observe(&mut self, snapshot: &Snapshot, wall_ms: f64, jump: bool, still: bool) {
        self.still = still;
        if still {
            self.rings.clear();
        }
        for ring in &mut self.rings {
            ring.1 += wall_ms;
        }
        self.rings.retain(|(_, age)| *age < RING_MS);
        let known = self.committed.len() == snapshot.nodes.len() && !jump;
        if !known {
            self.rings.clear();
            self.committed.clear();
            self.committed.resize(snapshot.nodes.len(), 0);
        }
        for (seen, node) in self.committed.iter_mut().zip(&snapshot.nodes) {
            let Some(card) = &node.card else { continue };
            let last = card.log.iter().rev().find(|cell| cell.committed);
            let last = last.map_or(0, |cell| cell.slot);
            if known && last > *seen {
                self.rings.retain(|(id, _)| *id != node.id);
                self.rings.push((node.id, 0.0));
            }
            *seen = last;
        }
    }

    /// True while anything moves.
    pub fn moving(&self) -> bool {
        !self.rings.is_empty() && !self.still
    }

    /// Draws the ring of `node`, if there is one.
    pub(super) fn behind(&self, list: &mut List, node: NodeId, spot: Spot) {
        let Some((_, age)) = self.rings.iter().find(|(id, _)| *id == node) else { return };
        if self.still {
            let edge = stroke(Ink::Green, 2.0);
            return list.circle(spot.place, spot.ring() + 6.0, Fill::None, Some(edge));
        }
        let share = age / RING_MS;
        let radius = spot.ring() + 13.0 * share;
        let edge = stroke(Ink::Green, 2.5).alpha(1.0 - share);
        list.circle(spot.place, radius, Fill::None, Some(edge));
    }
}
