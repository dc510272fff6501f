//! The part of a world that does not know what its nodes are: clients, network, queue, time.
//! `step` handles exactly one event.

use std::rc::Rc;

use crate::kernel::{
    ClientId, Face, Manner, NodeId, Outcome, Party, Phase, Request, RequestId, SimTime, Span,
    Window,
};

use super::cast::Cast;
use super::clients::{Client, Wish};
use super::digest::Digest;
use super::input::Input;
use super::network::{Cause, Fate, Network, Packet};
use super::occurrence::{FlightNote, Happening, Occurrence};
use super::queue::{Due, Queue};
use super::rng::{Concern, Stream};
use super::seat::{Seat, Waiting};
use super::spec::{ClusterSpec, Drive, Workload};
use super::stream::Pour;

/// How a request of a client looks.
pub const REQUEST: Face = Face { name: "Request", phase: Phase::Client, manner: Manner::Ask };
/// How an answer to a client looks.
pub const REPLY: Face = Face { name: "Reply", phase: Phase::Client, manner: Manner::Grant };
/// How a refusal to a client looks.
pub const REFUSAL: Face = Face { name: "Refusal", phase: Phase::Client, manner: Manner::Refuse };
/// How a redirection of a client looks.
pub const REDIRECT: Face = Face { name: "Redirect", phase: Phase::Client, manner: Manner::Refuse };

/// Driven by hand: how long a delivered message takes.
pub const HAND_TRANSIT: Span = Span::millis(15);
/// Driven by hand: the pause before the next input.
pub const HAND_PAUSE: Span = Span::millis(5);

/// What a flight carries.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cargo {
    /// A message between nodes of so many bytes, which the [`Cast`] keeps by the place of the
    /// flight.
    Message(u32),
    Request(Request),
    Reply(RequestId, Outcome),
}

impl Cargo {
    /// How many bytes it would take: see [`FlightNote::size`].
    fn size(self) -> u32 {
        let mut digest = Digest::default();
        match self {
            Cargo::Message(size) => return size,
            Cargo::Request(request) => digest.add(&request),
            Cargo::Reply(id, outcome) => digest.add(&(id, outcome)),
        }
        digest.bytes()
    }
}

/// A message in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) note: FlightNote,
    pub(super) cargo: Cargo,
}

/// Driven by hand: how far it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Hand {
    pub(super) next: usize,
    pub(super) settling: bool,
}

/// A world without its nodes.
#[derive(Clone)]
pub(super) struct Core {
    pub(super) spec: Rc<ClusterSpec>,
    pub(super) seats: Vec<Seat>,
    pub(super) flights: Vec<Option<Flight>>,
    free: Vec<u32>,
    pub(super) network: Network,
    pub(super) queue: Queue,
    pub(super) clients: Vec<Client>,
    client_network: Vec<Stream>,
    pub(super) pour: Option<Pour>,
    pub(super) hand: Option<Hand>,
    pub(super) faults: Stream,
    pub(super) now: SimTime,
    index: u64,
    flown: u64,
    pub(super) digest: Digest,
    pub(super) last: Box<Occurrence>,
    /// What `last` goes back to if nothing happens. Only its buffers matter between events.
    spare: Box<Occurrence>,
    pub(super) wishes: Vec<Wish>,
}

impl Core {
    /// Everything in its place, and nothing started.
    pub(super) fn new(spec: Rc<ClusterSpec>) -> Self {
        let seed = spec.seed;
        let hand = (spec.drive == Drive::Hand).then(Hand::default);
        Core {
            network: Network::new(spec.network.clone()),
            seats: (0..spec.nodes).map(|id| Seat::new(id, seed)).collect(),
            flights: Vec::new(),
            free: Vec::new(),
            queue: Queue::default(),
            clients: Vec::new(),
            client_network: Vec::new(),
            pour: None,
            hand,
            faults: Stream::new(seed, Concern::Faults, 0),
            now: SimTime::ZERO,
            index: 0,
            flown: 0,
            digest: Digest::seeded(seed),
            last: Box::default(),
            spare: Box::default(),
            wishes: Vec::new(),
            spec,
        }
    }

    /// Boots every node, as event 0.
    pub(super) fn start(&mut self, cast: &mut dyn Cast) {
        self.schedule_inputs();
        for id in 0..self.spec.nodes {
            self.boot(cast, NodeId(id));
        }
        self.start_workload();
        self.seal();
    }

    fn schedule_inputs(&mut self) {
        if self.hand.is_some() {
            return;
        }
        for (index, (at, _)) in self.spec.inputs.iter().enumerate() {
            self.queue.push(*at, Due::Input(index as u32));
        }
    }

    fn start_workload(&mut self) {
        let spec = Rc::clone(&self.spec);
        match &spec.workload {
            Workload::Sessions(sessions) if self.hand.is_none() => {
                for id in 0..sessions.clients {
                    self.client(ClientId(id));
                    let client = &mut self.clients[id as usize];
                    let at = client.follow(sessions, spec.seed);
                    self.wake(ClientId(id), at);
                }
            }
            // By hand, clients do nothing by themselves either.
            Workload::None | Workload::Sessions(_) => {}
            Workload::Stream(stream) => {
                for id in 0..stream.clients {
                    self.client(ClientId(id));
                }
                let mut pour = Pour::new(stream, spec.seed);
                for (at, user) in pour.first_arrivals() {
                    self.queue.push(at, Due::Arrival { user });
                }
                self.pour = Some(pour);
            }
        }
    }

    /// Makes sure client `id` and all before it exist.
    pub(super) fn client(&mut self, id: ClientId) {
        while self.clients.len() <= id.index() {
            let next = ClientId(self.clients.len() as u32);
            let patience = if self.hand.is_some() { None } else { self.spec.patience };
            let known = (self.spec.doors, self.spec.nodes);
            self.clients.push(Client::new(next, known, patience, self.spec.seed));
            // Clients draw from streams of their own, far from those of nodes.
            let owner = u32::MAX - next.0;
            self.client_network.push(Stream::new(self.spec.seed, Concern::Network, owner));
        }
    }

    /// The instant of the next event, if one is scheduled.
    ///
    /// May name an instant at which nothing happens (a timer armed again since).
    pub(super) fn next_at(&self) -> Option<SimTime> {
        match (self.queue.peek(), &self.hand) {
            (Some((at, _)), _) => Some(at),
            (None, Some(hand)) if hand.next < self.spec.inputs.len() => Some(self.now + HAND_PAUSE),
            (None, _) => None,
        }
    }

    /// Handles one event. False if nothing is left to happen.
    pub(super) fn step(&mut self, cast: &mut dyn Cast) -> bool {
        while let Some((at, due)) = self.queue.pop() {
            std::mem::swap(&mut self.last, &mut self.spare);
            self.last.begin(self.index + 1, at);
            let before = std::mem::replace(&mut self.now, at);
            if self.handle(cast, due) {
                self.index += 1;
                self.seal();
                return true;
            }
            // Nothing happened at that instant, so time has not moved either.
            self.now = before;
            std::mem::swap(&mut self.last, &mut self.spare);
        }
        self.step_by_hand(cast)
    }

    fn step_by_hand(&mut self, cast: &mut dyn Cast) -> bool {
        let Some(hand) = &mut self.hand else { return false };
        hand.settling = false;
        let index = hand.next;
        if index >= self.spec.inputs.len() {
            return false;
        }
        hand.next += 1;
        self.now += HAND_PAUSE;
        self.index += 1;
        self.last.begin(self.index, self.now);
        self.apply(cast, index as u32);
        self.seal();
        true
    }

    /// Adds an input that strikes now, after everything that already happened at this instant.
    ///
    /// The recipe of this world changes with it; copies made before keep theirs.
    pub(super) fn inject(&mut self, input: Input) {
        let spec = Rc::make_mut(&mut self.spec);
        if let Some(hand) = &self.hand {
            spec.inputs.insert(hand.next, (self.now, input));
            return;
        }
        spec.inputs.push((self.now, input));
        let index = spec.inputs.len() as u32 - 1;
        self.queue.push(self.now, Due::Input(index));
    }

    /// Folds the event into the digest.
    fn seal(&mut self) {
        let last = &self.last;
        let kind = match &last.what {
            Happening::Started => 0,
            Happening::Delivered(note) => note.id << 3 | 1,
            Happening::Lost(note) => note.id << 3 | 2,
            Happening::TimerFired { node, .. } => u64::from(node.0) << 3 | 3,
            Happening::Input { index, .. } => u64::from(*index) << 3 | 4,
            Happening::ClientActed(client) => u64::from(client.0) << 3 | 5,
        };
        self.digest.add(&kind);
        self.digest.add(&last.at.0);
        for (node, fact) in &last.facts {
            self.digest.add(node);
            self.digest.add(fact);
        }
    }

    fn handle(&mut self, cast: &mut dyn Cast, due: Due) -> bool {
        match due {
            Due::Flight { place, id } => self.land(cast, place, id),
            Due::Timer { node, slot, generation } => {
                self.ring(cast, NodeId(node), slot, generation)
            }
            Due::Input(index) => {
                self.apply(cast, index);
                true
            }
            Due::Client { client, wake } => self.wake_up(ClientId(client), wake),
            Due::Arrival { user } => self.arrive(user),
            Due::GiveUp { serial } => self.give_up(serial),
        }
    }

    // Nodes.

    pub(super) fn boot(&mut self, cast: &mut dyn Cast, id: NodeId) {
        let seat = &mut self.seats[id.index()];
        seat.crashed_at = None;
        seat.up = true;
        cast.boot(self, id);
    }

    pub(super) fn arm(&mut self, id: NodeId, place: u32, name: &'static str, window: Window) {
        let seat = &mut self.seats[id.index()];
        let length = if self.hand.is_some() { window.max } else { window.draw(&mut seat.timing) };
        let (generation, due_at) = seat.arm(place, name, length, self.now);
        if self.hand.is_none() {
            self.queue.push(due_at, Due::Timer { node: id.0, slot: place, generation });
        }
    }

    fn ring(&mut self, cast: &mut dyn Cast, id: NodeId, place: u32, generation: u32) -> bool {
        let seat = &mut self.seats[id.index()];
        let timer = &mut seat.timers[place as usize];
        if !timer.armed || timer.generation != generation {
            return false;
        }
        if seat.paused_at.is_some() {
            seat.waiting.push(Waiting::Timer { slot: place, generation });
            return false;
        }
        timer.armed = false;
        self.last.what = Happening::TimerFired { node: id, name: timer.name };
        cast.timer(self, id, place);
        true
    }

    // Flights.

    /// Sends a message on its way: the place of its flight, and of its copy if the network makes
    /// one.
    pub(super) fn launch(
        &mut self,
        from: Party,
        to: Party,
        face: Face,
        cargo: Cargo,
    ) -> (u32, Option<u32>) {
        self.flown += 1;
        let packet = Packet { id: self.flown, from, to, face, at: self.now };
        let client_leg = from.node().is_none() || to.node().is_none();
        let (first, doubled) = match &self.hand {
            Some(hand) if client_leg || hand.settling => (Fate::Deliver(HAND_TRANSIT), None),
            Some(_) => (Fate::Hold, None),
            None => {
                let stream = match from {
                    Party::Node(id) => &mut self.seats[id.index()].network,
                    Party::Client(id) => &mut self.client_network[id.index()],
                };
                self.network.judge(&packet, stream)
            }
        };
        let copy = doubled.map(|fate| {
            let place = self.take_off(packet, fate, cargo);
            self.flown += 1;
            place
        });
        let packet = Packet { id: self.flown, ..packet };
        (self.take_off(packet, first, cargo), copy)
    }

    fn take_off(&mut self, packet: Packet, fate: Fate, cargo: Cargo) -> u32 {
        let (due_at, lost) = match fate {
            Fate::Deliver(span) => (packet.at + span, None),
            // What is lost is seen to go half the way.
            Fate::Drop(cause) => {
                (packet.at + Span(self.spec.network.delay.typical().0 / 2), Some(cause))
            }
            Fate::Hold | Fate::Pass | Fate::Duplicate => (SimTime::MAX, None),
        };
        let Packet { id, from, to, face, at } = packet;
        let size = cargo.size();
        let note = FlightNote { id, from, to, face, sent_at: at, due_at, lost, size };
        self.put_in_flight(Flight { note, cargo })
    }

    /// Puts a copy of a flight beside it.
    pub(super) fn copy_flight(&mut self, mut flight: Flight, due_at: SimTime) -> u32 {
        self.flown += 1;
        flight.note = FlightNote { id: self.flown, sent_at: self.now, due_at, ..flight.note };
        self.put_in_flight(flight)
    }

    fn put_in_flight(&mut self, flight: Flight) -> u32 {
        let FlightNote { id, due_at, .. } = flight.note;
        self.last.sent.push(flight.note);
        let flight = Some(flight);
        let place = if let Some(place) = self.free.pop() {
            self.flights[place as usize] = flight;
            place
        } else {
            self.flights.push(flight);
            self.flights.len() as u32 - 1
        };
        self.last.places.push(place);
        if due_at != SimTime::MAX {
            self.queue.push(due_at, Due::Flight { place, id });
        }
        place
    }

    /// Schedules a flight to land at `at`; an earlier schedule is void.
    pub(super) fn reschedule(&mut self, place: usize, at: SimTime) {
        if let Some(flight) = &mut self.flights[place] {
            flight.note.due_at = at;
            let id = flight.note.id;
            self.queue.push(at, Due::Flight { place: place as u32, id });
        }
    }

    fn land(&mut self, cast: &mut dyn Cast, place: u32, id: u64) -> bool {
        let now = self.now;
        let Some(flight) = &mut self.flights[place as usize] else { return false };
        if flight.note.id != id || flight.note.due_at != now {
            return false;
        }
        let (from, to) = (flight.note.from, flight.note.to);
        if flight.note.lost.is_none() {
            if let Party::Node(node) = to {
                let seat = &mut self.seats[node.index()];
                if !seat.up {
                    flight.note.lost = Some(Cause::Dead);
                } else if seat.paused_at.is_some() {
                    seat.waiting.push(Waiting::Flight { place, id });
                    return false;
                }
            }
            if self.network.severs(from, to) {
                flight.note.lost = Some(Cause::Cut);
            }
        }
        self.free.push(place);
        let Some(flight) = self.flights[place as usize].take() else { return false };
        if flight.note.lost.is_some() {
            if matches!(flight.cargo, Cargo::Message(_)) {
                cast.forget(place);
            }
            self.last.what = Happening::Lost(flight.note);
            return true;
        }
        self.last.what = Happening::Delivered(flight.note);
        self.hand_over(cast, flight, place);
        true
    }

    fn hand_over(&mut self, cast: &mut dyn Cast, flight: Flight, place: u32) {
        let Flight { note, cargo } = flight;
        match (note.from, note.to, cargo) {
            (Party::Node(from), Party::Node(to), Cargo::Message(_)) => {
                cast.message(self, to, from, place);
            }
            (_, Party::Node(to), Cargo::Request(request)) => cast.request(self, to, request),
            (Party::Node(from), Party::Client(to), Cargo::Reply(id, outcome)) => {
                self.answer(to, id, outcome, from);
            }
            // Clients receive replies only, and nodes nothing but the two above.
            (_, Party::Node(_), Cargo::Reply(..))
            | (Party::Client(_), _, Cargo::Message(_) | Cargo::Reply(..))
            | (_, Party::Client(_), Cargo::Message(_) | Cargo::Request(_)) => {}
        }
    }
}
