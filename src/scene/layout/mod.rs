//! Where everything stands, for any size of the stage.

mod divide;
mod groups;
mod ring;

use crate::kernel::{NodeId, Party};
use crate::sim::{Cut, Snapshot};

use super::list::{Point, at};

pub use divide::Divide;
pub use groups::Groups;

/// On which side of a node its label stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// Over it.
    Above,
    /// Under it.
    Below,
    /// Before it.
    Left,
    /// Behind it.
    Right,
    /// It has none: too many nodes.
    Hidden,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spot {
    /// The centre.
    pub place: Point,
    /// Radius of its shape in pixels.
    pub radius: f64,
    /// Where its label stands.
    pub label: Side,
}

impl Spot {
    /// Radius of the timer ring.
    pub fn ring(&self) -> f64 {
        self.radius + ring_gap(self.radius)
    }

    /// Radius of the selection ring, and of the place links keep free.
    pub fn rim(&self) -> f64 {
        self.ring() + 3.0
    }
}

/// From the edge of a node to its timer ring: eleven pixels, less around small ones.
pub(super) fn ring_gap(radius: f64) -> f64 {
    if radius >= 20.0 { 11.0 } else { radius * 0.45 }
}

/// Where a client stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Door {
    /// The centre.
    pub place: Point,
    /// Half the side of its square in pixels.
    pub half: f64,
    /// What it waits for is written under it.
    pub labelled: bool,
}

/// How much of a node is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Depth {
    /// A coloured dot.
    Dot,
    /// The shape and its ring; no words but the name.
    Shape,
    /// Shape, ring, role and era.
    Label,
    /// All of it, with the end of the log.
    Log,
}

/// The places of one arrangement.
#[derive(Clone, PartialEq, Debug)]
pub struct Layout {
    /// Width of the stage in pixels.
    pub width: f64,
    /// Height of the stage in pixels.
    pub height: f64,
    /// Nodes, by id.
    pub nodes: Vec<Spot>,
    /// Clients, by id.
    pub clients: Vec<Door>,
    /// The middle of the ring.
    pub centre: Point,
    /// How much of a node is drawn.
    pub depth: Depth,
    /// The split between the groups of a partition.
    pub divide: Option<Divide>,
    /// Who can reach whom.
    pub groups: Groups,
    cuts: Vec<Cut>,
}

/// How far the halves of a partition drift apart from where they stood, in pixels.
pub const DRIFT: f64 = 9.0;

/// Below this width the stage is a phone's.
const PHONE: f64 = 560.0;
/// Below this height labels stand beside the nodes, if there is width for them.
const LOW: f64 = 400.0;

impl Layout {
    /// Places for `nodes` and `clients` on a stage of this size in pixels, split as `cuts` split
    /// it.
    pub fn new((width, height): (f64, f64), nodes: usize, clients: usize, cuts: &[Cut]) -> Layout {
        let groups = Groups::of(nodes, cuts);
        let frame = Frame::of(width, height, nodes, clients);
        let ring = ring::place(&frame, nodes);
        let order = groups.order();
        let mut spots = ring.spots.clone();
        for (slot, node) in order.iter().enumerate() {
            spots[*node as usize] = ring.spots[slot];
        }
        let mut layout = Layout {
            width,
            height,
            nodes: spots,
            clients: doors(&frame, clients),
            centre: ring.centre,
            depth: ring.depth,
            divide: None,
            groups,
            cuts: cuts.to_vec(),
        };
        layout.divide = Divide::between(&layout, ring.rings == 1);
        layout.drift();
        layout
    }

    /// Places for what `snapshot` shows.
    pub fn of(size: (f64, f64), snapshot: &Snapshot) -> Layout {
        Layout::new(size, snapshot.nodes.len(), snapshot.clients.len(), &snapshot.cuts)
    }

    /// True if these places still serve `snapshot` on a stage of this size.
    pub fn serves(&self, size: (f64, f64), snapshot: &Snapshot) -> bool {
        (self.width, self.height) == size
            && self.nodes.len() == snapshot.nodes.len()
            && self.clients.len() == snapshot.clients.len()
            && self.cuts == snapshot.cuts
    }

    /// True on a stage as small as a phone's.
    pub fn phone(&self) -> bool {
        self.width < PHONE
    }

    /// Moves every node `share` of the way from where `before` has it: the halves of a partition
    /// drift apart in a fraction of a second instead of jumping.
    #[must_use]
    pub fn blended(&self, before: &Layout, share: f64) -> Layout {
        let mut layout = self.clone();
        if before.nodes.len() == self.nodes.len() {
            for (spot, from) in layout.nodes.iter_mut().zip(&before.nodes) {
                spot.place = from.place.towards(spot.place, share);
            }
        }
        layout
    }

    /// The centre of a party and the radius that links keep free around it.
    pub fn end(&self, party: Party) -> Option<(Point, f64)> {
        match party {
            Party::Node(id) => self.nodes.get(id.index()).map(|spot| (spot.place, spot.rim())),
            Party::Client(id) => {
                self.clients.get(id.index()).map(|door| (door.place, door.half + 7.0))
            }
        }
    }

    /// The node whose shape or ring covers this point.
    pub fn node_at(&self, point: Point) -> Option<NodeId> {
        let near =
            self.nodes.iter().position(|spot| spot.place.distance(point) <= spot.ring().max(14.0));
        near.map(NodeId::at)
    }

    fn drift(&mut self) {
        let Some(divide) = &self.divide else { return };
        let far = if self.phone() { DRIFT * 0.78 } else { DRIFT };
        for (node, spot) in self.nodes.iter_mut().enumerate() {
            let (dx, dy) = divide.away(self.groups.group_of(node), spot.place);
            spot.place = spot.place.by(dx * far, dy * far);
        }
    }
}

/// The room that the ring of nodes may take, and what stands around it.
pub(super) struct Frame {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Pixels kept free for clients: left, right.
    pub(super) left: f64,
    pub(super) right: f64,
    /// Labels stand left and right of the nodes.
    pub(super) sides: bool,
    /// Radius of a node if there is room.
    pub(super) radius: f64,
    /// The end of the log is drawn if there is room.
    pub(super) logs: bool,
}

impl Frame {
    fn of(width: f64, height: f64, nodes: usize, clients: usize) -> Frame {
        let phone = width < PHONE;
        let low = height < LOW;
        let radius = match (phone, low) {
            (true, _) => 22.0,
            (false, true) => 26.0,
            (false, false) => 32.0,
        };
        let column = if phone { 0.0 } else { 104.0 };
        let rows = rows(height);
        let left = if clients > 0 { column } else { 0.0 };
        let right = if clients > rows { column } else { 0.0 };
        let logs = !phone && nodes <= 9;
        Frame { width, height, left, right, sides: low && !phone, radius, logs }
    }
}

/// How many clients with their words stand in one column.
fn rows(height: f64) -> usize {
    ((height - 60.0) / 96.0).max(1.0) as usize
}

fn doors(frame: &Frame, count: usize) -> Vec<Door> {
    let Frame { width, height, .. } = *frame;
    if width < PHONE {
        return corner_doors(width, height, count);
    }
    let rows = rows(height);
    let columns = if count > rows { 2 } else { 1 };
    let per_column = count.div_ceil(columns);
    let labelled = per_column <= rows;
    let half = if labelled { 19.0 } else { (height / per_column as f64 * 0.35).min(13.0) };
    let spots = (0..count).map(|index| {
        let (column, row) = (index / per_column, index % per_column);
        let x = if column == 0 { 64.0 } else { width - 64.0 };
        let y = if labelled {
            height - 104.0 - row as f64 * (height - 150.0).max(60.0) / rows.max(1) as f64
        } else {
            (row as f64 + 0.5) * height / per_column as f64
        };
        Door { place: at(x, y), half, labelled }
    });
    spots.collect()
}

/// On a phone clients stand in the corners that the ring leaves free; many stand along the foot.
fn corner_doors(width: f64, height: f64, count: usize) -> Vec<Door> {
    let (left, right, foot) = (24.0, width - 24.0, height - 26.0);
    let corners = [at(left, foot), at(right, foot), at(left, 26.0), at(right, 26.0)];
    if count <= corners.len() {
        let doors = corners.iter().take(count);
        return doors.map(|&place| Door { place, half: 13.0, labelled: false }).collect();
    }
    let step = (width - 16.0) / count as f64;
    let half = (step * 0.4).min(9.0);
    let doors = (0..count).map(|index| Door {
        place: at(8.0 + (index as f64 + 0.5) * step, height - half - 4.0),
        half,
        labelled: false,
    });
    doors.collect()
}
