//! The world: nodes, clients, network and queue. `step` handles exactly one event.

use std::rc::Rc;

use crate::kernel::{
    ClientId, Ctx, Effect, Face, Manner, Node, NodeId, Outcome, Party, Payload, Phase, Request,
    RequestId, SimTime, Span, Tag,
};

use super::clients::{Client, Wish};
use super::digest::Digest;
use super::input::Input;
use super::network::{Cause, Fate, Network, Packet};
use super::occurrence::{FlightNote, Happening, Occurrence};
use super::queue::{Due, Queue};
use super::rng::{Concern, Stream};
use super::slot::{Slot, Waiting};
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
#[derive(Clone, Debug)]
pub(super) enum Cargo<M> {
    Message(M),
    Request(Request),
    Reply(RequestId, Outcome),
}

/// A message in flight.
#[derive(Clone, Debug)]
pub(super) struct Flight<M> {
    pub(super) note: FlightNote,
    pub(super) cargo: Cargo<M>,
}

impl<M: Payload> Cargo<M> {
    pub(super) fn detail(&self) -> String {
        match self {
            Cargo::Message(msg) => msg.detail(),
            Cargo::Request(request) => request.op.to_string(),
            Cargo::Reply(_, Outcome::Done(Some(value))) => value.to_string(),
            Cargo::Reply(_, Outcome::Done(None)) => "ok".to_owned(),
            Cargo::Reply(_, Outcome::Redirect(Some(leader))) => format!("ask {leader}"),
            Cargo::Reply(_, Outcome::Unmet) => "unmet".to_owned(),
            Cargo::Reply(_, Outcome::Refused | Outcome::Redirect(None)) => String::new(),
        }
    }
}

/// Driven by hand: how far it has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Hand {
    pub(super) next: usize,
    pub(super) settling: bool,
}

/// A deterministic world of nodes of one kind.
#[derive(Clone)]
pub struct World<N: Node> {
    pub(super) spec: Rc<ClusterSpec>,
    pub(super) slots: Vec<Slot<N>>,
    pub(super) flights: Vec<Option<Flight<N::Msg>>>,
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
    digest: Digest,
    pub(super) last: Occurrence,
    /// What `last` goes back to if nothing happens. Only its buffers matter between events.
    spare: Occurrence,
    effects: Vec<Effect<N>>,
    pub(super) wishes: Vec<Wish>,
}

/// A recipe that cannot be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpecError {
    /// Position in `ClusterSpec::given` of the line that is not understood.
    pub given: usize,
    /// What is wrong with it.
    pub message: String,
}

impl<N: Node> World<N> {
    /// Builds the world and boots every node, as event 0.
    ///
    /// # Errors
    /// If a `given` line is not understood by the protocol.
    pub fn new(spec: Rc<ClusterSpec>) -> Result<Self, SpecError> {
        let seed = spec.seed;
        let mut disks = vec![N::Disk::default(); spec.nodes as usize];
        for (index, given) in spec.given.iter().enumerate() {
            let words: Vec<(&str, &str)> =
                given.settings.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let disk = N::given(&words).map_err(|message| SpecError { given: index, message })?;
            match given.node {
                Some(node) if node.index() < disks.len() => disks[node.index()] = disk,
                Some(_) => {}
                None => disks.fill(disk),
            }
        }
        let slots = disks.into_iter().enumerate();
        let slots = slots.map(|(id, disk)| Slot::new(id as u32, seed, disk)).collect();
        let hand = (spec.drive == Drive::Hand).then(Hand::default);
        let mut world = World {
            network: Network::new(spec.network.clone()),
            slots,
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
            last: Occurrence::default(),
            spare: Occurrence::default(),
            effects: Vec::new(),
            wishes: Vec::new(),
            spec,
        };
        world.schedule_inputs();
        for id in 0..world.spec.nodes {
            world.boot(NodeId(id));
        }
        world.start_workload();
        world.seal();
        Ok(world)
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
            self.clients.push(Client::new(next, self.spec.doors, patience, self.spec.seed));
            // Clients draw from streams of their own, far from those of nodes.
            let owner = u32::MAX - next.0;
            self.client_network.push(Stream::new(self.spec.seed, Concern::Network, owner));
        }
    }

    /// The instant of the next event, if one is scheduled.
    ///
    /// May name an instant at which nothing happens (a timer armed again since).
    pub fn next_at(&self) -> Option<SimTime> {
        match (self.queue.peek(), &self.hand) {
            (Some((at, _)), _) => Some(at),
            (None, Some(hand)) if hand.next < self.spec.inputs.len() => Some(self.now + HAND_PAUSE),
            (None, _) => None,
        }
    }

    /// Handles one event. False if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        while let Some((at, due)) = self.queue.pop() {
            std::mem::swap(&mut self.last, &mut self.spare);
            self.last.begin(self.index + 1, at);
            let before = std::mem::replace(&mut self.now, at);
            if self.handle(due) {
                self.index += 1;
                self.seal();
                return true;
            }
            // Nothing happened at that instant, so time has not moved either.
            self.now = before;
            std::mem::swap(&mut self.last, &mut self.spare);
        }
        self.step_by_hand()
    }

    fn step_by_hand(&mut self) -> bool {
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
        self.apply(index as u32);
        self.seal();
        true
    }

    /// What the last event was.
    pub fn last(&self) -> &Occurrence {
        &self.last
    }

    /// The instant of the last event.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The digest of every event so far.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// The digest of what the nodes are now, whatever brought them here.
    pub fn state_digest(&self) -> u64 {
        let mut digest = Digest::default();
        for slot in &self.slots {
            digest.add(&slot.node);
            digest.add(&slot.disk);
        }
        digest.value()
    }

    /// Adds an input that strikes now, after everything that already happened at this instant.
    ///
    /// The recipe of this world changes with it; copies made before keep theirs.
    pub fn inject(&mut self, input: Input) {
        let spec = Rc::make_mut(&mut self.spec);
        if let Some(hand) = &self.hand {
            spec.inputs.insert(hand.next, (self.now, input));
            return;
        }
        spec.inputs.push((self.now, input));
        let index = spec.inputs.len() as u32 - 1;
        self.queue.push(self.now, Due::Input(index));
    }

    /// The recipe.
    pub fn spec(&self) -> &Rc<ClusterSpec> {
        &self.spec
    }

    /// The node `id`, unless it is crashed or does not exist. For tests; the screen reads
    /// snapshots.
    pub fn node(&self, id: NodeId) -> Option<&N> {
        self.slots.get(id.index()).and_then(|slot| slot.node.as_ref())
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

    fn handle(&mut self, due: Due) -> bool {
        match due {
            Due::Flight { place, id } => self.land(place, id),
            Due::Timer { node, slot, generation } => self.ring(NodeId(node), slot, generation),
            Due::Input(index) => {
                self.apply(index);
                true
            }
            Due::Client { client, wake } => self.wake_up(ClientId(client), wake),
            Due::Arrival { user } => self.arrive(user),
            Due::GiveUp { serial } => self.give_up(serial),
        }
    }

    // Nodes.

    /// Runs a handler of `id` and performs its effects. Nothing happens if the node is crashed.
    pub(super) fn with_node(&mut self, id: NodeId, handler: impl FnOnce(&mut N, &mut Ctx<'_, N>)) {
        let now = self.now;
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        let clock = slot.clock.local(now);
        let Some(node) = &mut slot.node else { return };
        let mut ctx = Ctx::new(id, self.spec.nodes, clock, &mut slot.choices, &mut self.effects);
        handler(node, &mut ctx);
        self.perform(id);
    }

    pub(super) fn boot(&mut self, id: NodeId) {
        let spec = Rc::clone(&self.spec);
        let slot = &mut self.slots[id.index()];
        slot.crashed_at = None;
        let clock = slot.clock.local(self.now);
        let mut ctx = Ctx::new(id, spec.nodes, clock, &mut slot.choices, &mut self.effects);
        slot.node = Some(N::boot(&mut ctx, &spec.knobs, &slot.disk));
        self.perform(id);
    }

    fn perform(&mut self, id: NodeId) {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(to, msg) => {
                    self.digest.add(&msg);
                    let face = msg.face();
                    self.launch(Party::Node(id), Party::Node(to), face, Cargo::Message(msg));
                }
                Effect::Arm(timer, window) => self.arm(id, timer, window),
                Effect::Disarm(timer) => self.slots[id.index()].disarm(&timer),
                Effect::Save(disk) => self.slots[id.index()].save(disk),
                Effect::Reply(request, outcome) => {
                    self.digest.add(&(request, outcome));
                    let face = match outcome {
                        Outcome::Done(_) | Outcome::Unmet => REPLY,
                        Outcome::Refused => REFUSAL,
                        Outcome::Redirect(_) => REDIRECT,
                    };
                    let to = Party::Client(request.client);
                    self.launch(Party::Node(id), to, face, Cargo::Reply(request, outcome));
                }
                Effect::Learn(fact) => self.last.facts.push((id, fact)),
                Effect::Mark(rule) => self.last.marks.push((id, rule)),
            }
        }
        self.effects = effects;
    }

    fn arm(&mut self, id: NodeId, timer: N::Timer, window: crate::kernel::Window) {
        let slot = &mut self.slots[id.index()];
        let length = if self.hand.is_some() { window.max } else { window.draw(&mut slot.timing) };
        let (place, generation, due_at) = slot.arm(timer, length, self.now);
        if self.hand.is_none() {
            self.queue.push(due_at, Due::Timer { node: id.0, slot: place, generation });
        }
    }

    fn ring(&mut self, id: NodeId, place: u32, generation: u32) -> bool {
        let slot = &mut self.slots[id.index()];
        let paused = slot.paused_at.is_some();
        let timer_slot = &mut slot.timers[place as usize];
        if !timer_slot.armed || timer_slot.generation != generation {
            return false;
        }
        if paused {
            slot.waiting.push(Waiting::Timer { slot: place, generation });
            return false;
        }
        timer_slot.armed = false;
        let timer = timer_slot.timer.clone();
        self.last.what = Happening::TimerFired { node: id, name: timer.name() };
        self.with_node(id, |node, ctx| node.on_timer(ctx, timer));
        true
    }

    // Flights.

    /// Sends a message on its way.
    pub(super) fn launch(&mut self, from: Party, to: Party, face: Face, cargo: Cargo<N::Msg>) {
        self.flown += 1;
        let packet = Packet { id: self.flown, from, to, face, at: self.now };
        let client_leg = from.node().is_none() || to.node().is_none();
        let (first, doubled) = match &self.hand {
            Some(hand) if client_leg || hand.settling => (Fate::Deliver(HAND_TRANSIT), None),
            Some(_) => (Fate::Hold, None),
            None => {
                let stream = match from {
                    Party::Node(id) => &mut self.slots[id.index()].network,
                    Party::Client(id) => &mut self.client_network[id.index()],
                };
                self.network.judge(&packet, stream)
            }
        };
        if let Some(copy) = doubled {
            self.take_off(packet, copy, cargo.clone());
            self.flown += 1;
        }
        let packet = Packet { id: self.flown, ..packet };
        self.take_off(packet, first, cargo);
    }

    fn take_off(&mut self, packet: Packet, fate: Fate, cargo: Cargo<N::Msg>) {
        let (due_at, lost) = match fate {
            Fate::Deliver(span) => (packet.at + span, None),
            // What is lost is seen to go half the way.
            Fate::Drop(cause) => {
                (packet.at + Span(self.spec.network.delay.typical().0 / 2), Some(cause))
            }
            Fate::Hold | Fate::Pass | Fate::Duplicate => (SimTime::MAX, None),
        };
        let Packet { id, from, to, face, at } = packet;
        let note = FlightNote { id, from, to, face, sent_at: at, due_at, lost };
        self.put_in_flight(Flight { note, cargo });
    }

    /// Puts a copy of a flight beside it.
    pub(super) fn copy_flight(&mut self, mut flight: Flight<N::Msg>, due_at: SimTime) {
        self.flown += 1;
        flight.note = FlightNote { id: self.flown, sent_at: self.now, due_at, ..flight.note };
        self.put_in_flight(flight);
    }

    fn put_in_flight(&mut self, flight: Flight<N::Msg>) {
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
        if due_at != SimTime::MAX {
            self.queue.push(due_at, Due::Flight { place, id });
        }
    }

    /// Schedules a flight to land at `at`; an earlier schedule is void.
    pub(super) fn reschedule(&mut self, place: usize, at: SimTime) {
        if let Some(flight) = &mut self.flights[place] {
            flight.note.due_at = at;
            let id = flight.note.id;
            self.queue.push(at, Due::Flight { place: place as u32, id });
        }
    }

    fn land(&mut self, place: u32, id: u64) -> bool {
        let now = self.now;
        let Some(flight) = &mut self.flights[place as usize] else { return false };
        if flight.note.id != id || flight.note.due_at != now {
            return false;
        }
        let (from, to) = (flight.note.from, flight.note.to);
        if flight.note.lost.is_none() {
            if let Party::Node(node) = to {
                let slot = &mut self.slots[node.index()];
                if slot.node.is_none() {
                    flight.note.lost = Some(Cause::Dead);
                } else if slot.paused_at.is_some() {
                    slot.waiting.push(Waiting::Flight { place, id });
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
            self.last.what = Happening::Lost(flight.note);
            return true;
        }
        self.last.what = Happening::Delivered(flight.note);
        self.hand_over(flight);
        true
    }

    fn hand_over(&mut self, flight: Flight<N::Msg>) {
        let Flight { note, cargo } = flight;
        match (note.to, cargo) {
            (Party::Node(to), Cargo::Message(msg)) => {
                if let Party::Node(from) = note.from {
                    self.with_node(to, |node, ctx| node.on_message(ctx, from, msg));
                }
            }
            (Party::Node(to), Cargo::Request(request)) => {
                self.with_node(to, |node, ctx| node.on_request(ctx, request));
            }
            (Party::Client(to), Cargo::Reply(id, outcome)) => {
                if let Party::Node(from) = note.from {
                    self.answer(to, id, outcome, from);
                }
            }
            // Clients receive replies only, and nodes nothing but the two above.
            (Party::Node(_), Cargo::Reply(..))
            | (Party::Client(_), Cargo::Message(_) | Cargo::Request(_)) => {}
        }
    }
}
