//! A crowded scene made for timing: as many nodes and messages as asked for, without a world.

use crate::kernel::{Face, Manner, NodeCard, NodeId, Party, Phase, Role, SimTime, Span};
use crate::sim::{DiskMode, FlightNote, FlightView, NodeView, Snapshot, Status, TimerView};

use super::cluster::{ClusterScene, Frame};
use super::layout::Layout;
use super::text::Lang;

/// A scene of `nodes` nodes and `flights` messages, drawn frame by frame.
pub struct Crowd {
    snapshot: Snapshot,
    names: Vec<String>,
    layout: Layout,
    /// The frame drawn last.
    pub frame: Frame,
}

/// Every message is under way for this long.
const TRANSIT: u64 = 1_000_000_000;

impl Crowd {
    /// A crowd on a stage of 1280 by 720 pixels.
    pub fn new(nodes: u32, flights: u32) -> Crowd {
        let snapshot = Snapshot {
            at: SimTime(TRANSIT),
            event: 1,
            nodes: (0..nodes).map(node).collect(),
            flights: (0..flights).map(|id| flight(id, nodes.max(2))).collect(),
            clients: Vec::new(),
            cuts: Vec::new(),
            holds: Vec::new(),
            links: Vec::new(),
        };
        let names = (1..=nodes).map(|node| format!("n{node}")).collect();
        let layout = Layout::of((1_280.0, 720.0), &snapshot);
        Crowd { snapshot, names, layout, frame: Frame::default() }
    }

    /// Draws the frame at `share` of the messages' way. Returns how many shapes it has.
    pub fn draw(&mut self, share: f64) -> usize {
        let at = SimTime(TRANSIT + (TRANSIT as f64 * share.clamp(0.0, 1.0) * 0.5) as u64);
        let scene = ClusterScene::new(&self.snapshot, at, &self.names, None, Lang::En);
        let scene = ClusterScene { flow: Span::secs(1), playing: true, ..scene };
        self.frame.draw(&scene, &self.layout);
        self.frame.base.shapes().len() + self.frame.live.shapes().len()
    }
}

/// Builds one frame of so many nodes and messages. Returns how many shapes it has.
pub fn bench_frame(nodes: u32, flights: u32) -> usize {
    Crowd::new(nodes, flights).draw(0.5)
}

fn node(id: u32) -> NodeView {
    let role = match id % 7 {
        0 => Role::Leader,
        1 => Role::Candidate,
        _ => Role::Follower,
    };
    NodeView {
        id: NodeId(id),
        role,
        era: u64::from(id % 4),
        status: Status::Up,
        timers: vec![TimerView {
            name: "election",
            armed_at: SimTime::ZERO,
            due_at: SimTime(3 * TRANSIT),
        }],
        skew: 0,
        drift_ppm: 0,
        disk: DiskMode::Synced,
        isolated: false,
        card: Some(NodeCard::new(role, "", 1)),
        durable: None,
    }
}

fn flight(id: u32, nodes: u32) -> FlightView {
    let manner = [Manner::Ask, Manner::Grant, Manner::Beat, Manner::Refuse][id as usize % 4];
    let phase = if id.is_multiple_of(3) { Phase::Election } else { Phase::Replication };
    let from = id % nodes;
    let to = (from + 1 + id / nodes % (nodes - 1)) % nodes;
    let sent_at = SimTime(TRANSIT / 2 + TRANSIT / 2 * u64::from(id % 97) / 97);
    FlightView {
        note: FlightNote {
            id: u64::from(id) + 1,
            from: Party::Node(NodeId(from)),
            to: Party::Node(NodeId(to)),
            face: Face { name: "AppendEntries", phase, manner },
            sent_at,
            due_at: SimTime(sent_at.0 + TRANSIT),
            lost: None,
            size: 9,
        },
        detail: String::new(),
    }
}
