//! The scene of a cluster: nodes on a ring, messages between them, clients outside.

use crate::kernel::{About, CellValue, ClientId, NodeId, SimTime, Span};
use crate::sim::{FlightNote, Snapshot};

use super::client;
use super::flight::FlightPen;
use super::layout::{Depth, Layout};
use super::list::{Fill, List, Point, Segment, at, stroke};
use super::node::NodePen;
use super::palette::Ink;
use super::partition;
use super::pulse::Pulses;
use super::text::{self, Lang};

/// Something on the stage that can be pointed at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// A message, by number of its flight.
    Flight(u64),
    /// A client.
    Client(ClientId),
}

/// How fast the playback runs, as far as the drawing cares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Pace {
    /// Everything is drawn.
    #[default]
    Calm,
    /// Above four times the pace: no labels, no rings on arrival.
    Fast,
    /// As fast as it goes: links and states only.
    Max,
}

/// What the visitor wants to see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// No travel: messages stand in the middle of their link.
    pub reduced_motion: bool,
    /// Messages carry labels.
    pub labels: bool,
    /// Heartbeats are drawn.
    pub heartbeats: bool,
    /// How fast the playback runs.
    pub pace: Pace,
}

impl Default for Options {
    fn default() -> Options {
        Options { reduced_motion: false, labels: true, heartbeats: true, pace: Pace::Calm }
    }
}

/// What is drawn: the state of the world and of the screen at one instant.
#[derive(Clone, Copy)]
pub struct ClusterScene<'a> {
    /// The world behind the last event at or before `at`.
    pub snapshot: &'a Snapshot,
    /// The instant shown.
    pub at: SimTime,
    /// Messages that ended a moment ago, latest last.
    pub ended: &'a [FlightNote],
    /// How much of the cluster's time passes in a second of playback, also while paused; zero if
    /// that is not known.
    pub flow: Span,
    /// It moves by itself.
    pub playing: bool,
    /// Names of the nodes, by index.
    pub names: &'a [String],
    /// What follows an era's word under a node (`T`).
    pub era_letter: &'static str,
    /// Nodes agree on one value; it is shown at the node instead of a log.
    pub single_decree: bool,
    /// The value drawn as a filled circle; any other is an outlined square.
    pub first_value: Option<CellValue>,
    /// The language of the words.
    pub lang: Lang,
    /// What is selected.
    pub selection: Option<Target>,
    /// What the pointer is over.
    pub hover: Option<Target>,
    /// What has the keyboard.
    pub focus: Option<Target>,
    /// Words are short: the stage is a phone's.
    pub brief: bool,
    /// What the visitor wants to see.
    pub options: Options,
    /// The nodes picked for one side, while a partition is being made.
    pub side: Option<&'a [NodeId]>,
    /// Motion that is not in the snapshot: commits as they are learned.
    pub pulses: Option<&'a Pulses>,
}

impl<'a> ClusterScene<'a> {
    /// A scene of `snapshot` at `at`, paused, nothing selected.
    pub fn new(
        snapshot: &'a Snapshot,
        at: SimTime,
        names: &'a [String],
        about: Option<&About>,
        lang: Lang,
    ) -> ClusterScene<'a> {
        let era = about.map_or("", |about| about.era);
        let mut logs = snapshot.nodes.iter().filter_map(|node| node.card.as_ref());
        let one = |card: &crate::kernel::NodeCard| card.log.len() <= 1;
        ClusterScene {
            snapshot,
            at,
            ended: &[],
            flow: Span::ZERO,
            playing: false,
            names,
            era_letter: text::era_short(era),
            single_decree: era != "term" && logs.all(one),
            first_value: first_value(snapshot),
            lang,
            selection: None,
            hover: None,
            focus: None,
            brief: false,
            options: Options::default(),
            side: None,
            pulses: None,
        }
    }

    /// The name of a node.
    pub fn name(&self, id: NodeId) -> &str {
        self.names.get(id.index()).map_or("", String::as_str)
    }

    /// True if `target` is selected, pointed at or has the keyboard.
    pub fn marked(&self, target: Target) -> bool {
        [self.selection, self.hover, self.focus].contains(&Some(target))
    }

    /// Milliseconds of playback between `then` and now; `None` if the pace is not known.
    pub fn wall_since(&self, then: SimTime) -> Option<f64> {
        if self.flow == Span::ZERO {
            return None;
        }
        Some(self.at.since(then).0 as f64 / self.flow.0 as f64 * 1000.0)
    }
}

/// The smallest value any node has accepted: which of two is A must not change from frame to frame.
fn first_value(snapshot: &Snapshot) -> Option<CellValue> {
    let cards = snapshot.nodes.iter().filter_map(|node| node.card.as_ref());
    cards.filter_map(|card| card.log.first()).map(|cell| cell.value).min()
}

/// A drawn scene: what rarely changes, what moves, and where things can be pointed at.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Frame {
    /// Ground, split and links; equal to the last frame's most of the time.
    pub base: List,
    /// Messages, clients and nodes.
    pub live: List,
    /// Places of messages that can be pointed at.
    pub flights: Vec<(u64, Point)>,
    /// Boxes taken by labels, kept to reuse the memory.
    pub(super) taken: Vec<(Point, Point)>,
}

/// How near a pointer has to come to a message, in pixels.
const REACH: f64 = 14.0;

impl Frame {
    /// Draws `scene` into this frame, whose memory is reused.
    pub fn draw(&mut self, scene: &ClusterScene<'_>, layout: &Layout) {
        self.base.clear();
        self.live.clear();
        self.flights.clear();
        self.taken.clear();
        ground(&mut self.base, layout);
        partition::behind(&mut self.base, layout);
        mesh(&mut self.base, layout);
        partition::label(&mut self.base, scene, layout);
        super::grip::changed(&mut self.base, scene, layout);
        client::links(&mut self.base, scene, layout);
        partition::one_way(&mut self.base, scene, layout);
        self.taken.extend(pens(scene, layout).filter_map(|pen| pen.label_box()));
        FlightPen::new(scene, layout).draw(self);
        client::draw(&mut self.live, scene, layout);
        nodes(&mut self.live, scene, layout);
        partition::quorums(&mut self.live, scene, layout);
    }

    /// What is at this point of the stage: a node, else the nearest message, else a client.
    pub fn hit(&self, layout: &Layout, point: Point) -> Option<Target> {
        self.hit_within(layout, point, REACH)
    }

    /// The same, with messages within `reach` pixels: a finger is wider than a pointer.
    pub fn hit_within(&self, layout: &Layout, point: Point, reach: f64) -> Option<Target> {
        if let Some(node) = layout.node_at(point) {
            return Some(Target::Node(node));
        }
        let near = self.flights.iter().map(|(id, place)| (place.distance(point), *id));
        let best = near.filter(|(far, _)| *far <= reach).min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, id)) = best {
            return Some(Target::Flight(id));
        }
        let door = layout.clients.iter().position(|door| {
            let reach = door.half + 3.0;
            libm::fabs(door.place.x - point.x) <= reach
                && libm::fabs(door.place.y - point.y) <= reach
        });
        door.map(|index| Target::Client(ClientId(index as u32)))
    }
}

/// The ground with its grid of dots.
pub(super) fn ground(list: &mut List, layout: &Layout) {
    let size = (layout.width, layout.height);
    list.rect(at(0.0, 0.0), size, 0.0, Fill::Solid(Ink::Canvas), None);
    list.rect(at(0.0, 0.0), size, 0.0, Fill::Dots(Ink::Dot), None);
}

/// Above so many nodes links are drawn fainter; above twice as many, not at all.
pub(super) const MESHED: usize = 16;

fn mesh(list: &mut List, layout: &Layout) {
    let nodes = &layout.nodes;
    if nodes.len() < 2 || nodes.len() > 2 * MESHED {
        return;
    }
    let alpha = if nodes.len() > MESHED { 0.3 } else { 0.8 };
    let pairs = nodes.iter().enumerate().flat_map(|(index, a)| {
        nodes[index + 1..].iter().flat_map(|b| [Segment::Move(a.place), Segment::Line(b.place)])
    });
    list.path(pairs, Fill::None, Some(stroke(Ink::Line2, 1.0).alpha(alpha)));
}

/// A pen for every node.
fn pens<'a, 'b>(
    scene: &'b ClusterScene<'a>,
    layout: &'b Layout,
) -> impl Iterator<Item = NodePen<'a, 'b>> {
    let depth = if layout.phone() { layout.depth.min(Depth::Label) } else { layout.depth };
    scene.snapshot.nodes.iter().zip(&layout.nodes).map(move |(node, spot)| {
        let target = Target::Node(node.id);
        let selected = match scene.side {
            Some(side) => side.contains(&node.id),
            None => scene.selection == Some(target),
        };
        let near = scene.hover == Some(target);
        NodePen { scene, node, spot: *spot, depth, selected, near }
    })
}

fn nodes(list: &mut List, scene: &ClusterScene<'_>, layout: &Layout) {
    for pen in pens(scene, layout) {
        if let Some(pulses) = scene.pulses {
            pulses.behind(list, pen.node.id, pen.spot);
        }
        pen.draw(list);
    }
}
