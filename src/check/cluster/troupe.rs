//! The nodes of a search: the one part of it that knows their kind.
//!
//! States, disks, messages and timers are known to the rest by their numbers, so that an entry adds
//! to the page little more than its own handlers once more.

use std::hash::Hash;
use std::rc::Rc;
use std::sync::Arc;

use crate::check::explore::fingerprint_all;
use crate::kernel::{
    Choices, Ctx, Effect, Face, Fact, Knobs, Node, NodeId, Outcome, Payload, Request, RequestId,
    SimTime, Tag,
};
use crate::sim::digest::Digest;
use crate::sim::{Cluster, ClusterSpec, SpecError, World, disks};

use super::intern::Interner;

/// What a handler is called for. Messages and timers by number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Call {
    Boot,
    Message(u32),
    Timer(u32),
    Request(Request),
}

/// What came of a call of a handler, under one sequence of choices.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ran {
    /// The seat afterwards.
    pub(super) seat: u32,
    /// Messages sent, by number, in order.
    pub(super) sends: Vec<u32>,
    pub(super) facts: Vec<(NodeId, Fact)>,
    pub(super) replies: Vec<(RequestId, Outcome)>,
    /// It asked what time it is.
    pub(super) told_time: bool,
}

/// A message as everybody may see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Letter {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) face: Face,
    /// A digest of all of it, the same in every search.
    pub(super) key: u64,
}

/// Nodes of one kind, with the kind forgotten. A *seat* is what one node is: its state, its disk
/// and its armed timers.
pub(super) trait Actors: Send + Sync {
    /// The seat of a node before it first boots.
    fn first(&mut self, node: NodeId) -> u32;
    /// The seat after a crash.
    fn crash(&mut self, seat: u32) -> u32;
    /// Whether saves stay in the memory of the disks from now on.
    fn unsync(&mut self, unsynced: bool);
    /// True unless the node is crashed.
    fn is_up(&self, seat: u32) -> bool;
    /// The armed timers, in their order.
    fn armed(&self, seat: u32) -> &[u32];
    /// The name of a timer.
    fn timer(&self, timer: u32) -> &'static str;
    /// A message from outside.
    fn letter(&self, message: u32) -> Letter;
    /// What seats, messages and timers are known by in every search, in the order of their numbers
    /// in this one.
    fn keys(&self, of: Kind) -> &[u128];
    /// Calls a handler: what comes of it, for every sequence of choices it may be given.
    fn call(&mut self, node: NodeId, seat: u32, call: Call) -> Vec<Ran>;
    /// A world of such nodes.
    fn world(&self, spec: Rc<ClusterSpec>) -> Result<Box<dyn Cluster>, SpecError>;
    /// How many different states of nodes there are so far, and how many different messages.
    fn sizes(&self) -> (usize, usize);
    /// How many different parts of all kinds.
    fn keyed(&self) -> usize;
}

/// What has numbers, and is told to other searches by its key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Kind {
    Seat,
    Message,
    Timer,
}

/// What one node is, in numbers. `local` counts from 1; 0 is crashed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Seat {
    local: u32,
    disk: u32,
    /// What the node believes to be on disk, plus 1; 0 if that is there.
    unsynced: u32,
    timers: Arc<[u32]>,
}

type Message<N> = (NodeId, NodeId, <N as Node>::Msg);

/// Nodes of one kind.
pub(super) struct Troupe<N: Node> {
    nodes: u32,
    knobs: Knobs,
    unsynced: bool,
    given: Vec<N::Disk>,
    locals: Interner<N>,
    disks: Interner<N::Disk>,
    timers: Interner<N::Timer>,
    messages: Interner<Message<N>>,
    letters: Vec<Letter>,
    seats: Interner<Seat>,
    effects: Vec<Effect<N>>,
}

impl<N: Node> Troupe<N> {
    /// The nodes of a recipe.
    ///
    /// # Errors
    /// If a `given` line is not understood.
    pub(super) fn new(spec: &ClusterSpec) -> Result<Self, SpecError> {
        Ok(Troupe {
            nodes: spec.nodes,
            knobs: spec.knobs.clone(),
            unsynced: false,
            given: disks::<N>(spec)?,
            locals: Interner::default(),
            disks: Interner::default(),
            timers: Interner::default(),
            messages: Interner::default(),
            letters: Vec::new(),
            seats: Interner::default(),
            effects: Vec::new(),
        })
    }

    fn seat(&mut self, seat: Seat) -> u32 {
        let Troupe { locals, disks, timers, seats, .. } = self;
        let key = |seat: &Seat| {
            let rest = [
                seat.local.checked_sub(1).map(|local| locals.key(local)),
                Some(disks.key(seat.disk)),
                seat.unsynced.checked_sub(1).map(|disk| disks.key(disk)),
            ];
            let armed = seat.timers.iter().map(|timer| Some(timers.key(*timer)));
            fingerprint_all(rest.into_iter().chain(armed))
        };
        seats.number_by(seat, key)
    }

    fn message(&mut self, from: NodeId, to: NodeId, msg: N::Msg) -> u32 {
        let number = self.messages.number((from, to, msg));
        if number as usize == self.letters.len() {
            let (_, _, msg) = &**self.messages.get(number);
            let mut digest = Digest::default();
            (from, to, msg).hash(&mut digest);
            let key = digest.value();
            self.letters.push(Letter { from, to, face: msg.face(), key });
        }
        number
    }

    /// One call under one sequence of choices.
    fn run(&mut self, node: NodeId, seat: &Seat, call: Call, choices: &mut Scripted) -> Ran {
        let mut effects = std::mem::take(&mut self.effects);
        let mut ctx = Ctx::new(node, self.nodes, SimTime::ZERO, choices, &mut effects);
        let mut armed: Vec<u32> = seat.timers.to_vec();
        let local = if call == Call::Boot {
            N::boot(&mut ctx, &self.knobs, self.disks.get(seat.disk))
        } else {
            let mut local = N::clone(self.locals.get(seat.local - 1));
            match call {
                Call::Message(message) => {
                    let (from, _, msg) = Message::<N>::clone(self.messages.get(message));
                    local.on_message(&mut ctx, from, msg);
                }
                Call::Timer(timer) => {
                    armed.retain(|it| *it != timer);
                    local.on_timer(&mut ctx, N::Timer::clone(self.timers.get(timer)));
                }
                Call::Request(request) => local.on_request(&mut ctx, request),
                Call::Boot => {} // Done above.
            }
            local
        };
        let told_time = ctx.told_time();
        let mut seat = Seat { local: self.locals.number(local) + 1, ..seat.clone() };
        let mut ran =
            Ran { seat: 0, sends: Vec::new(), facts: Vec::new(), replies: Vec::new(), told_time };
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(to, msg) => ran.sends.push(self.message(node, to, msg)),
                Effect::Arm(timer, _) => {
                    let timer = self.timers.number(timer);
                    armed.retain(|it| *it != timer);
                    armed.push(timer);
                }
                Effect::Disarm(timer) => {
                    let timer = self.timers.number(timer);
                    armed.retain(|it| *it != timer);
                }
                Effect::Save(disk) => {
                    let disk = self.disks.number(disk);
                    if self.unsynced {
                        seat.unsynced = disk + 1;
                    } else {
                        seat.disk = disk;
                    }
                }
                Effect::Reply(id, outcome) => ran.replies.push((id, outcome)),
                Effect::Learn(fact) => ran.facts.push((node, fact)),
                Effect::Mark(_) => {}
            }
        }
        self.effects = effects;
        let timers = &self.timers;
        crate::order::sort_by(&mut armed, |a, b| timers.get(*a).cmp(timers.get(*b)));
        seat.timers = armed.into();
        ran.seat = self.seat(seat);
        ran
    }
}

impl<N: Node> Actors for Troupe<N> {
    fn first(&mut self, node: NodeId) -> u32 {
        let disk = self.disks.number(self.given[node.index()].clone());
        self.seat(Seat { local: 0, disk, unsynced: 0, timers: Arc::new([]) })
    }

    fn crash(&mut self, seat: u32) -> u32 {
        let disk = self.seats.get(seat).disk;
        self.seat(Seat { local: 0, disk, unsynced: 0, timers: Arc::new([]) })
    }

    fn unsync(&mut self, unsynced: bool) {
        self.unsynced = unsynced;
    }

    fn is_up(&self, seat: u32) -> bool {
        self.seats.get(seat).local > 0
    }

    fn armed(&self, seat: u32) -> &[u32] {
        &self.seats.get(seat).timers
    }

    fn timer(&self, timer: u32) -> &'static str {
        self.timers.get(timer).name()
    }

    fn letter(&self, message: u32) -> Letter {
        self.letters[message as usize]
    }

    fn keys(&self, of: Kind) -> &[u128] {
        match of {
            Kind::Seat => self.seats.keys(),
            Kind::Message => self.messages.keys(),
            Kind::Timer => self.timers.keys(),
        }
    }

    fn call(&mut self, node: NodeId, seat: u32, call: Call) -> Vec<Ran> {
        let seat = Arc::clone(self.seats.get(seat));
        let (mut all, mut choices) = (Vec::new(), Scripted::default());
        loop {
            let ran = self.run(node, &seat, call, &mut choices);
            // Different draws that come to the same are one choice.
            if !all.contains(&ran) {
                all.push(ran);
            }
            if all.len() == CHOICES || !choices.advance() {
                return all;
            }
        }
    }

    fn world(&self, spec: Rc<ClusterSpec>) -> Result<Box<dyn Cluster>, SpecError> {
        Ok(Box::new(World::<N>::new(spec)?))
    }

    fn sizes(&self) -> (usize, usize) {
        (self.locals.len(), self.messages.len())
    }

    fn keyed(&self) -> usize {
        let Troupe { locals, disks, timers, messages, seats, .. } = self;
        locals.len() + disks.len() + timers.len() + messages.len() + seats.len()
    }
}

/// Most different outcomes of one call.
pub(super) const CHOICES: usize = 255;
/// A draw from more numbers than this is tried at both ends.
const WIDE: u64 = 64;

/// Choices by script: the next sequence each time, like the digits of a counter.
#[derive(Debug, Default)]
struct Scripted {
    /// What was drawn, and out of how many.
    digits: Vec<(u64, u64)>,
    next: usize,
}

impl Scripted {
    /// Goes on to the next sequence. False if there is none.
    fn advance(&mut self) -> bool {
        self.next = 0;
        while let Some((drawn, of)) = self.digits.pop() {
            let after = if of > WIDE && drawn == 0 { of - 1 } else { drawn + 1 };
            if after < of {
                self.digits.push((after, of));
                return true;
            }
        }
        false
    }
}

impl Choices for Scripted {
    fn below(&mut self, n: u64) -> u64 {
        if n <= 1 {
            return 0;
        }
        if self.next == self.digits.len() {
            self.digits.push((0, n));
        }
        let (drawn, _) = self.digits[self.next];
        self.next += 1;
        drawn
    }
}
