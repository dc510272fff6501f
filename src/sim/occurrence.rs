//! What one event was: everything the outside may know of it, with buffers reused from event to
//! event.

use crate::kernel::{ClientId, Face, Fact, NodeId, Op, Outcome, Party, RequestId, SimTime};

use super::input::Input;
use super::network::Cause;

/// A message as the outside sees it when it is sent or ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FlightNote {
    /// Number of the flight, in order of sending, from 1.
    pub id: u64,
    /// The sender.
    pub from: Party,
    /// The receiver.
    pub to: Party,
    /// Its kind.
    pub face: Face,
    /// When it was sent.
    pub sent_at: SimTime,
    /// When it lands or landed; `SimTime::MAX` while it is held.
    pub due_at: SimTime,
    /// Why it is or will be lost.
    pub lost: Option<Cause>,
    /// An estimate of its size in bytes: every field at its own width, a variant as one byte, a
    /// length as four; without sender, receiver and whatever carries it.
    pub size: u32,
}

/// What happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Happening {
    /// All nodes booted.
    Started,
    /// A message was handled.
    Delivered(FlightNote),
    /// A message was lost on its way: it ended here.
    Lost(FlightNote),
    /// A timer went off.
    TimerFired {
        /// Whose.
        node: NodeId,
        /// Which.
        name: &'static str,
    },
    /// Something was done from outside.
    Input {
        /// Position in the recipe.
        index: u32,
        /// What.
        input: Input,
        /// The nodes it struck; empty if there was none to strike.
        struck: Vec<NodeId>,
    },
    /// A client did something by itself: invoked an operation, or asked again.
    ClientActed(ClientId),
}

/// A step of a client operation, for histories.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OpNote {
    /// The client invoked an operation.
    Invoked(RequestId, Op),
    /// It was answered.
    Completed(RequestId, Op, Outcome),
    /// The client gave up waiting; it may or may not take effect.
    GaveUp(RequestId, Op),
}

/// One event and all that came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Occurrence {
    /// Number of the event; 0 is the start.
    pub index: u64,
    /// When.
    pub at: SimTime,
    /// What.
    pub what: Happening,
    /// Facts stated, in order.
    pub facts: Vec<(NodeId, Fact)>,
    /// Rules named, in order.
    pub marks: Vec<(NodeId, &'static str)>,
    /// Messages sent, in order; also those lost at once.
    pub sent: Vec<FlightNote>,
    /// Steps of client operations.
    pub ops: Vec<OpNote>,
    /// Where the messages sent are kept, in the order of `sent`: says nothing to the outside.
    pub places: Vec<u32>,
}

impl Default for Occurrence {
    fn default() -> Self {
        Occurrence {
            index: 0,
            at: SimTime::ZERO,
            what: Happening::Started,
            facts: Vec::new(),
            marks: Vec::new(),
            sent: Vec::new(),
            ops: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl Occurrence {
    /// The node this event happened at, if it happened at one.
    pub fn node(&self) -> Option<NodeId> {
        match &self.what {
            Happening::Delivered(flight) | Happening::Lost(flight) => flight.to.node(),
            Happening::TimerFired { node, .. } => Some(*node),
            Happening::Input { struck, .. } => struck.first().copied(),
            Happening::Started | Happening::ClientActed(_) => None,
        }
    }

    pub(super) fn begin(&mut self, index: u64, at: SimTime) {
        self.index = index;
        self.at = at;
        self.facts.clear();
        self.marks.clear();
        self.sent.clear();
        self.ops.clear();
        self.places.clear();
    }
}
