//! What the outside may see of a world at one instant.

use crate::kernel::{ClientId, NodeCard, NodeId, Op, Outcome, Party, RequestId, Role, SimTime};

use super::cast::Cast;
use super::core::{Cargo, Core, Flight};
use super::input::{DiskMode, LinkChange, Matcher};
use super::network::{Cut, CutKind};
use super::occurrence::FlightNote;

/// Which nodes show their cards. Cards cost; the screen asks for what it draws.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cards {
    /// None.
    None,
    /// One node's.
    One(NodeId),
    /// Everybody's.
    All,
}

/// Whether a node runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It runs.
    Up,
    /// It crashed then.
    Crashed(SimTime),
    /// It stands still since then.
    Paused(SimTime),
}

/// An armed timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerView {
    /// Its name.
    pub name: &'static str,
    /// When it was armed.
    pub armed_at: SimTime,
    /// When it goes off, unless armed again before.
    pub due_at: SimTime,
}

/// A node as the outside sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct NodeView {
    /// Which.
    pub id: NodeId,
    /// The part it plays; `Follower` while crashed.
    pub role: Role,
    /// Its era; the last one known while crashed is not shown: zero.
    pub era: u64,
    /// Whether it runs.
    pub status: Status,
    /// Its armed timers, soonest first.
    pub timers: Vec<TimerView>,
    /// Nanoseconds its clock was set forward by jumps.
    pub skew: i64,
    /// Parts per million its clock runs fast.
    pub drift_ppm: i32,
    /// What its disk does with saves.
    pub disk: DiskMode,
    /// It was isolated.
    pub isolated: bool,
    /// Its card, if asked for and it runs.
    pub card: Option<NodeCard>,
    /// The card it would come back with, which tells what its disk holds: only while it is crashed,
    /// and if asked for. Pools have no disks.
    pub durable: Option<NodeCard>,
}

/// A message in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlightView {
    /// From, to, kind and times.
    pub note: FlightNote,
    /// What its label says beside the name. Empty while more than [`LABELS`] are in flight.
    pub detail: String,
}

/// A client as the outside sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientView {
    /// Which.
    pub id: ClientId,
    /// The operation outstanding: its id, what it asks, whom it asked last, and when.
    pub waiting_for: Option<(RequestId, Op, NodeId, SimTime)>,
    /// How many operations wait behind it.
    pub backlog: u32,
}

/// While more messages than this are in flight, labels are left out.
pub const LABELS: usize = 24;

/// The world at one instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// The instant of the last event.
    pub at: SimTime,
    /// Number of the last event.
    pub event: u64,
    /// Every node.
    pub nodes: Vec<NodeView>,
    /// Every message in flight, in order of sending.
    pub flights: Vec<FlightView>,
    /// Every client.
    pub clients: Vec<ClientView>,
    /// Partitions, cuts and isolations in force.
    pub cuts: Vec<Cut>,
    /// Holds in force.
    pub holds: Vec<Matcher>,
    /// Links that differ from the rest of the network, one direction each.
    pub links: Vec<(Party, Party, LinkChange)>,
}

impl Core {
    /// The world as the outside sees it now.
    pub(super) fn snapshot(&self, cast: &dyn Cast, cards: Cards) -> Snapshot {
        Snapshot {
            at: self.now,
            event: self.last.index,
            nodes: (0..self.spec.nodes).map(|id| self.node_view(cast, NodeId(id), cards)).collect(),
            flights: self.flight_views(cast),
            clients: self.client_views(),
            cuts: self.network.cuts().to_vec(),
            holds: self.network.holds().to_vec(),
            links: self.network.links().to_vec(),
        }
    }

    fn node_view(&self, cast: &dyn Cast, id: NodeId, cards: Cards) -> NodeView {
        let slot = &self.seats[id.index()];
        let wanted = match cards {
            Cards::None => false,
            Cards::One(one) => one == id,
            Cards::All => true,
        };
        let part = cast.part(id);
        let mut timers: Vec<TimerView> = slot
            .timers
            .iter()
            .filter(|timer| timer.armed)
            .map(|timer| TimerView {
                name: timer.name,
                armed_at: timer.armed_at,
                due_at: timer.due_at,
            })
            .collect();
        crate::order::sort_by_key(&mut timers, |timer| timer.due_at);
        NodeView {
            id,
            role: part.map_or(slot.post, |(role, _)| role),
            era: part.map_or(0, |(_, era)| era),
            status: match (slot.crashed_at, slot.paused_at) {
                (Some(at), _) => Status::Crashed(at),
                (None, Some(at)) => Status::Paused(at),
                (None, None) => Status::Up,
            },
            timers,
            skew: slot.clock.skew(),
            drift_ppm: slot.clock.ppm(),
            disk: slot.disk_mode,
            isolated: self
                .network
                .cuts()
                .iter()
                .any(|cut| cut.kind == CutKind::Isolation && cut.from == [id]),
            card: if wanted { cast.card(id) } else { None },
            durable: if wanted { cast.remains(self, id) } else { None },
        }
    }

    fn flight_views(&self, cast: &dyn Cast) -> Vec<FlightView> {
        let flying = self.flights.iter().flatten().count();
        let labels = flying <= LABELS;
        let mut views = Vec::with_capacity(flying);
        for (place, flight) in self.flights.iter().enumerate() {
            let Some(flight) = flight else { continue };
            let detail = if labels { detail(cast, flight, place as u32) } else { String::new() };
            views.push(FlightView { note: flight.note, detail });
        }
        crate::order::sort_by_key(&mut views, |view| view.note.id);
        views
    }

    /// What the label of a message says that the last event sent, by its position there.
    pub(super) fn sent_detail(&self, cast: &dyn Cast, sent: usize) -> String {
        let place = self.last.places.get(sent).copied().unwrap_or(u32::MAX);
        let flight = self.flights.get(place as usize).and_then(Option::as_ref);
        flight.map(|flight| detail(cast, flight, place)).unwrap_or_default()
    }

    fn client_views(&self) -> Vec<ClientView> {
        let views = self.clients.iter().enumerate().map(|(id, client)| ClientView {
            id: ClientId(id as u32),
            waiting_for: client
                .outstanding()
                .map(|(request, target, at)| (request.id, request.op, target, at)),
            backlog: client.backlog() as u32,
        });
        views.collect()
    }
}

/// What the label of the flight at `place` says beside its name.
fn detail(cast: &dyn Cast, flight: &Flight, place: u32) -> String {
    match flight.cargo {
        Cargo::Message(_) => cast.detail(place),
        Cargo::Request(request) => request.op.to_string(),
        Cargo::Reply(_, outcome) => answer(outcome),
    }
}

/// What the label of an answer to a client says.
fn answer(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(Some(value)) => value.to_string(),
        Outcome::Done(None) => "ok".to_owned(),
        Outcome::Unmet => "unmet".to_owned(),
        Outcome::Redirect(Some(leader)) => format!("ask {leader}"),
        Outcome::Refused | Outcome::Redirect(None) => String::new(),
    }
}
