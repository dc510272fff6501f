//! How a node shows itself: what the inspector and the scene draw, in neutral words.

use super::{NodeId, Span, Word};

/// The part a node plays now. The scene gives each a shape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// Follows a leader, or waits (also: acceptor).
    Follower,
    /// Asks to lead (also: a proposer in phase 1).
    Candidate,
    /// Leads (also: a proposer in phase 2).
    Leader,
    /// Distributes requests over servers.
    Balancer,
    /// Works on requests.
    Server,
}

/// One named value of a node's state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// The name as the paper writes it (`currentTerm`).
    pub name: &'static str,
    /// The value, printed.
    pub value: String,
}

/// One entry of a log, or the one accepted value of single-decree Paxos.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Position, from 1.
    pub slot: u64,
    /// Era of the entry; chooses the tint.
    pub era: u64,
    /// What the entry says.
    pub value: CellValue,
    /// Known by this node to be committed.
    pub committed: bool,
}

/// What an entry of a log says: kept unprinted, since cards are made for every frame.
pub type CellValue = Word;

/// A vote the node has collected in the era it campaigns for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vote {
    /// Who answered.
    pub from: NodeId,
    /// Whether it granted.
    pub granted: bool,
}

/// One request waiting or served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueueItem {
    /// What is left to do at speed 1.
    pub left: Span,
    /// Being served now.
    pub served: bool,
}

/// The queue of a server of a pool.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Queue {
    /// Head first; at most the first dozen.
    pub items: Vec<QueueItem>,
    /// How many there are in all, served ones included.
    pub length: u32,
    /// Speed in thousandths (1000 is speed 1), slow-downs included.
    pub speed_milli: u32,
    /// True while a slow-down is in force.
    pub slowed: bool,
    /// Time spent busy since the start of the run.
    pub busy: Span,
    /// Requests finished since the start of the run.
    pub done: u64,
}

/// What a node shows of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeCard {
    /// The part it plays.
    pub role: Role,
    /// The protocol's own word for the part, English (`Acceptor`); the screen translates roles.
    pub title: &'static str,
    /// Era it is in (term, ballot number); zero if the protocol has none.
    pub era: u64,
    /// State in the paper's words.
    pub fields: Vec<Field>,
    /// The end of its log, at most [`NodeCard::LOG_SHOWN`] entries; empty if it keeps none.
    pub log: Vec<Cell>,
    /// Votes collected so far; empty unless it campaigns.
    pub votes: Vec<Vote>,
    /// Per peer: (peer, matched slot, next slot); empty unless it replicates.
    pub peers: Vec<(NodeId, u64, u64)>,
    /// A server's queue.
    pub queue: Option<Queue>,
}

impl NodeCard {
    /// Most entries of a log a card shows: cards are made for the screen, logs grow for hours.
    pub const LOG_SHOWN: usize = 100;

    /// A card with a role and an era and nothing else.
    pub fn new(role: Role, title: &'static str, era: u64) -> NodeCard {
        NodeCard {
            role,
            title,
            era,
            fields: Vec::new(),
            log: Vec::new(),
            votes: Vec::new(),
            peers: Vec::new(),
            queue: None,
        }
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &impl ToString) -> NodeCard {
        self.fields.push(Field { name, value: value.to_string() });
        self
    }
}
