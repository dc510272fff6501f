//! The nodes of a world: the one part of it that knows their kind.
//!
//! Everything else of a world ([`Core`]) is the same code for every entry, and reaches the nodes
//! through [`Cast`]: so an entry adds to the page little more than its own handlers.

use crate::kernel::{
    Choices, Ctx, Effect, Family, Node, NodeCard, NodeId, Order, Outcome, Party, Payload, Request,
    Role, Tag,
};

use super::core::{Cargo, Core, REDIRECT, REFUSAL, REPLY};
use super::input::DiskMode;

/// Nodes of one kind, with the kind forgotten. Messages are known by the place of their flight,
/// timers by a number that counts up at each seat.
pub(super) trait Cast {
    /// The node boots from its disk.
    fn boot(&mut self, core: &mut Core, id: NodeId);
    /// The message in flight at `place` arrives at a node that is up.
    fn message(&mut self, core: &mut Core, id: NodeId, from: NodeId, place: u32);
    /// A timer of a node that is up goes off.
    fn timer(&mut self, core: &mut Core, id: NodeId, slot: u32);
    /// A request arrives; nothing happens if the node is crashed.
    fn request(&mut self, core: &mut Core, id: NodeId, request: Request);
    /// The pace changes; nothing happens if the node is crashed.
    fn pace(&mut self, core: &mut Core, id: NodeId, speed_milli: u32);
    /// The node is told something; nothing happens if it is crashed.
    fn order(&mut self, core: &mut Core, id: NodeId, order: Order);
    /// An operator wants a snapshot. False if the node is crashed.
    fn compact(&mut self, core: &mut Core, id: NodeId) -> bool;
    /// The node stops and loses all but its disk.
    fn crash(&mut self, id: NodeId);
    /// What is in the memory of the disk becomes durable.
    fn sync(&mut self, id: NodeId);
    /// The message at `from` is also in flight at `to`.
    fn copy(&mut self, from: u32, to: u32);
    /// The message at `place` is lost.
    fn forget(&mut self, place: u32);
    /// The part the node plays and its era; `None` while it is crashed.
    fn part(&self, id: NodeId) -> Option<(Role, u64)>;
    /// What the inspector shows of the node; `None` while it is crashed.
    fn card(&self, id: NodeId) -> Option<NodeCard>;
    /// The card that a crashed node would come back with; `None` while it is up.
    fn remains(&self, core: &Core, id: NodeId) -> Option<NodeCard>;
    /// What the label of the message at `place` says beside its name.
    fn detail(&self, place: u32) -> String;
}

/// One node with what survives it.
#[derive(Clone, Debug)]
struct Member<N: Node> {
    /// `None` while crashed.
    node: Option<N>,
    disk: N::Disk,
    /// What the node believes to be on disk, while the disk is unsynced.
    unsynced: Option<N::Disk>,
    /// The timers by their numbers.
    timers: Vec<N::Timer>,
}

/// What a handler is called for.
enum Call<N: Node> {
    Message(NodeId, N::Msg),
    Timer(N::Timer),
    Request(Request),
    Pace(u32),
    Order(Order),
    Compact,
}

/// All nodes of a world, and their messages in flight.
#[derive(Clone)]
pub(super) struct Troupe<N: Node> {
    members: Vec<Member<N>>,
    /// By place of the flight; `None` where a client's leg or nothing flies.
    messages: Vec<Option<N::Msg>>,
    effects: Vec<Effect<N>>,
}

impl<N: Node> Troupe<N> {
    pub(super) fn new(disks: Vec<N::Disk>) -> Self {
        let member = |disk| Member { node: None, disk, unsynced: None, timers: Vec::new() };
        let members = disks.into_iter().map(member).collect();
        Troupe { members, messages: Vec::new(), effects: Vec::new() }
    }

    pub(super) fn node(&self, id: NodeId) -> Option<&N> {
        self.members.get(id.index()).and_then(|member| member.node.as_ref())
    }

    /// Nodes and disks in order.
    pub(super) fn states(&self) -> impl Iterator<Item = (&Option<N>, &N::Disk)> {
        self.members.iter().map(|member| (&member.node, &member.disk))
    }

    fn call(&mut self, core: &mut Core, id: NodeId, call: Call<N>) {
        let now = core.now;
        let nodes = core.spec.nodes;
        let Some(seat) = core.seats.get_mut(id.index()) else { return };
        let Some(node) = &mut self.members[id.index()].node else { return };
        let clock = seat.clock.local(now);
        let choices: &mut dyn Choices = &mut seat.choices;
        let mut ctx = Ctx::new(id, nodes, clock, choices, &mut self.effects);
        match call {
            Call::Message(from, msg) => node.on_message(&mut ctx, from, msg),
            Call::Timer(timer) => node.on_timer(&mut ctx, timer),
            Call::Request(request) => node.on_request(&mut ctx, request),
            Call::Pace(speed_milli) => node.on_pace(&mut ctx, speed_milli),
            Call::Order(order) => node.on_order(&mut ctx, order),
            Call::Compact => node.on_compact(&mut ctx),
        }
        self.perform(core, id);
    }

    fn perform(&mut self, core: &mut Core, id: NodeId) {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(to, msg) => self.send(core, id, to, msg),
                Effect::Arm(timer, window) => {
                    let name = timer.name();
                    core.arm(id, self.number(id, timer), name, window);
                }
                Effect::Disarm(timer) => {
                    let timers = &self.members[id.index()].timers;
                    if let Some(slot) = timers.iter().position(|it| *it == timer) {
                        core.seats[id.index()].timers[slot].disarm();
                    }
                }
                Effect::Save(disk) => {
                    let member = &mut self.members[id.index()];
                    match core.seats[id.index()].disk_mode {
                        DiskMode::Synced => member.disk = disk,
                        DiskMode::Unsynced => member.unsynced = Some(disk),
                    }
                }
                Effect::Reply(request, outcome) => {
                    core.digest.add(&(request, outcome));
                    let face = match outcome {
                        Outcome::Done(_) | Outcome::Unmet => REPLY,
                        Outcome::Refused => REFUSAL,
                        Outcome::Redirect(_) => REDIRECT,
                    };
                    let (from, to) = (Party::Node(id), Party::Client(request.client));
                    core.launch(from, to, face, Cargo::Reply(request, outcome));
                }
                Effect::Learn(fact) => core.last.facts.push((id, fact)),
                Effect::Mark(rule) => core.last.marks.push((id, rule)),
            }
        }
        self.effects = effects;
    }

    fn send(&mut self, core: &mut Core, id: NodeId, to: NodeId, msg: N::Msg) {
        let before = core.digest.bytes();
        core.digest.add(&msg);
        let size = core.digest.bytes().wrapping_sub(before);
        let (place, copy) =
            core.launch(Party::Node(id), Party::Node(to), msg.face(), Cargo::Message(size));
        if let Some(copy) = copy {
            self.put(copy, msg.clone());
        }
        self.put(place, msg);
    }

    fn put(&mut self, place: u32, msg: N::Msg) {
        let place = place as usize;
        if place >= self.messages.len() {
            self.messages.resize_with(place + 1, || None);
        }
        self.messages[place] = Some(msg);
    }

    /// The number of a timer; a new one gets the next.
    fn number(&mut self, id: NodeId, timer: N::Timer) -> u32 {
        let timers = &mut self.members[id.index()].timers;
        let found = timers.iter().position(|it| *it == timer);
        let number = found.unwrap_or_else(|| {
            timers.push(timer);
            timers.len() - 1
        });
        number as u32
    }
}

impl<N: Node> Cast for Troupe<N> {
    fn boot(&mut self, core: &mut Core, id: NodeId) {
        let spec = std::rc::Rc::clone(&core.spec);
        let seat = &mut core.seats[id.index()];
        let clock = seat.clock.local(core.now);
        let mut ctx = Ctx::new(id, spec.nodes, clock, &mut seat.choices, &mut self.effects);
        let member = &mut self.members[id.index()];
        member.node = Some(N::boot(&mut ctx, &spec.knobs, &member.disk));
        self.perform(core, id);
    }

    fn message(&mut self, core: &mut Core, id: NodeId, from: NodeId, place: u32) {
        if let Some(msg) = self.messages.get_mut(place as usize).and_then(Option::take) {
            self.call(core, id, Call::Message(from, msg));
        }
    }

    fn timer(&mut self, core: &mut Core, id: NodeId, slot: u32) {
        let timer = self.members[id.index()].timers[slot as usize].clone();
        self.call(core, id, Call::Timer(timer));
    }

    fn request(&mut self, core: &mut Core, id: NodeId, request: Request) {
        self.call(core, id, Call::Request(request));
    }

    fn pace(&mut self, core: &mut Core, id: NodeId, speed_milli: u32) {
        self.call(core, id, Call::Pace(speed_milli));
    }

    fn order(&mut self, core: &mut Core, id: NodeId, order: Order) {
        self.call(core, id, Call::Order(order));
    }

    fn compact(&mut self, core: &mut Core, id: NodeId) -> bool {
        self.call(core, id, Call::Compact);
        self.node(id).is_some()
    }

    fn crash(&mut self, id: NodeId) {
        let member = &mut self.members[id.index()];
        member.node = None;
        member.unsynced = None;
    }

    fn sync(&mut self, id: NodeId) {
        let member = &mut self.members[id.index()];
        if let Some(disk) = member.unsynced.take() {
            member.disk = disk;
        }
    }

    fn copy(&mut self, from: u32, to: u32) {
        if let Some(Some(msg)) = self.messages.get(from as usize).cloned() {
            self.put(to, msg);
        }
    }

    fn forget(&mut self, place: u32) {
        if let Some(message) = self.messages.get_mut(place as usize) {
            *message = None;
        }
    }

    fn part(&self, id: NodeId) -> Option<(Role, u64)> {
        self.node(id).map(|node| (node.role(), node.era()))
    }

    fn card(&self, id: NodeId) -> Option<NodeCard> {
        self.node(id).map(Node::card)
    }

    fn remains(&self, core: &Core, id: NodeId) -> Option<NodeCard> {
        let member = self.members.get(id.index()).filter(|member| member.node.is_none())?;
        // A pool keeps nothing on disk.
        if N::ABOUT.family == Family::Balancing {
            return None;
        }
        let clock = core.seats[id.index()].clock.local(core.now);
        // What it would do and draw on its way up is not done: the world goes on as if nobody
        // had looked.
        let (mut choices, mut effects) = (Least, Vec::new());
        let mut ctx = Ctx::new(id, core.spec.nodes, clock, &mut choices, &mut effects);
        Some(N::boot(&mut ctx, &core.spec.knobs, &member.disk).card())
    }

    fn detail(&self, place: u32) -> String {
        let message = self.messages.get(place as usize).and_then(Option::as_ref);
        message.map(Payload::detail).unwrap_or_default()
    }
}

/// Draws nothing: every choice is its least.
struct Least;

impl Choices for Least {
    fn below(&mut self, _: u64) -> u64 {
        0
    }
}
