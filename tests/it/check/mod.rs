//! Monitors, expectations and histories, on runs told by hand and on real ones.

pub mod chronicle;
pub mod clients;
pub mod conduct;
pub mod converge;
pub mod expectations;
pub mod linear;
pub mod monitors;
pub mod oracle;
pub mod real;
pub mod recordings;
pub mod specs;

use quorate::kernel::{Fact, NodeId, SimTime, Span, Word};
use quorate::sim::{DiskMode, Happening, Input, Occurrence, OpNote, Target};

pub const N1: NodeId = NodeId(0);
pub const N2: NodeId = NodeId(1);
pub const N3: NodeId = NodeId(2);

pub fn word(text: &str) -> Word {
    Word::new(text).expect("short")
}

pub fn ms(count: u64) -> SimTime {
    SimTime::ZERO + Span::millis(count)
}

/// A run told by hand: one event a millisecond.
#[derive(Default)]
pub struct Tale(Vec<Occurrence>);

impl Tale {
    pub fn new() -> Tale {
        Tale(vec![Occurrence::default()])
    }

    fn event(mut self, change: impl FnOnce(&mut Occurrence)) -> Tale {
        let index = self.0.len() as u64;
        let what = Happening::TimerFired { node: N1, name: "tale" };
        let mut event = Occurrence { index, at: ms(index), what, ..Occurrence::default() };
        change(&mut event);
        self.0.push(event);
        self
    }

    /// One event in which a node states these facts.
    #[must_use]
    pub fn says(self, node: NodeId, facts: &[Fact]) -> Tale {
        self.event(|event| event.facts = facts.iter().map(|fact| (node, *fact)).collect())
    }

    /// One event in which this is done to a node.
    #[must_use]
    pub fn done(self, node: NodeId, input: Input) -> Tale {
        self.event(|event| event.what = Happening::Input { index: 0, input, struck: vec![node] })
    }

    #[must_use]
    pub fn crash(self, node: NodeId) -> Tale {
        self.done(node, Input::Crash(Target::Node(node)))
    }

    /// A restart, during which the node states these facts.
    #[must_use]
    pub fn restart(self, node: NodeId, facts: &[Fact]) -> Tale {
        let mut tale = self.done(node, Input::Restart(Target::Node(node)));
        if let Some(event) = tale.0.last_mut() {
            event.facts = facts.iter().map(|fact| (node, *fact)).collect();
        }
        tale
    }

    #[must_use]
    pub fn disk(self, node: NodeId, mode: DiskMode) -> Tale {
        self.done(node, Input::Disk(Target::Node(node), mode))
    }

    /// One event with steps of client operations.
    #[must_use]
    pub fn ops(self, ops: &[OpNote]) -> Tale {
        self.event(|event| event.ops = ops.to_vec())
    }

    /// Lets so many milliseconds pass without an event.
    #[must_use]
    pub fn wait(mut self, millis: u64) -> Tale {
        // Events are numbered by their millisecond here; a quiet time is told by quiet events.
        for _ in 0..millis {
            self = self.event(|_| {});
        }
        self
    }

    pub fn events(&self) -> &[Occurrence] {
        &self.0
    }
}

pub fn appended(slot: u64, era: u64, value: &str) -> Fact {
    Fact::Appended { slot, era, value: word(value) }
}

pub fn chosen(slot: u64, value: &str) -> Fact {
    Fact::Chosen { slot, value: word(value) }
}
