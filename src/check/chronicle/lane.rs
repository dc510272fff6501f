//! One line of the diagram: what a node was, and what a client waited for.

use crate::kernel::{NodeId, Role};
use crate::sim::{Cards, Cluster, Status};

use super::{Chronicle, NEVER};

/// Whether a node runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum State {
    /// It runs.
    #[default]
    Up,
    /// It is crashed.
    Crashed,
    /// It stands still.
    Paused,
}

/// What a node is from an event on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// From which event on.
    pub event: u32,
    /// Whether it runs.
    pub state: State,
    /// The part it plays; the last one while it is crashed.
    pub role: Role,
    /// Its era.
    pub era: u64,
}

/// An operation a client waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// The event that asked.
    pub from: u32,
    /// The event that answered, or gave up; [`NEVER`] if neither happened.
    pub to: u32,
    pub(super) op: u32,
    serial: u64,
}

impl Wait {
    pub(super) fn new(from: u32, serial: u64, op: u32) -> Wait {
        Wait { from, to: NEVER, op, serial }
    }
}

/// One line of the diagram.
#[derive(Clone, Default, Debug)]
pub struct Lane {
    pub(super) events: Vec<u32>,
    pub(super) changes: Vec<Change>,
    pub(super) waits: Vec<Wait>,
}

impl Lane {
    /// Its events, in order.
    pub fn events(&self) -> &[u32] {
        &self.events
    }

    /// What it was from when on, in order; empty for clients.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What it waited for, by the asking; empty for nodes.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// What it was behind an event.
    pub fn at(&self, event: u32) -> Option<Change> {
        let known = self.changes.partition_point(|change| change.event <= event);
        known.checked_sub(1).map(|place| self.changes[place])
    }

    /// Its event before `event`.
    pub fn before(&self, event: u32) -> Option<u32> {
        let known = self.events.partition_point(|own| *own < event);
        known.checked_sub(1).map(|place| self.events[place])
    }

    /// Its event after `event`.
    pub fn after(&self, event: u32) -> Option<u32> {
        self.events.get(self.events.partition_point(|own| *own <= event)).copied()
    }

    /// The node is this now; `None` for a state means that it has not changed. True if it was
    /// anything else.
    pub(super) fn turn(&mut self, event: u32, role: Role, era: u64, state: Option<State>) -> bool {
        let last = self.changes.last();
        let state = state.or(last.map(|last| last.state)).unwrap_or_default();
        if last.is_some_and(|last| (last.state, last.role, last.era) == (state, role, era)) {
            return false;
        }
        self.changes.push(Change { event, state, role, era });
        true
    }

    pub(super) fn end_wait(&mut self, serial: u64, event: u32) {
        // The last ones asked are the ones that are open.
        let wait = self.waits.iter_mut().rev().take(64).find(|wait| wait.serial == serial);
        if let Some(wait) = wait.filter(|wait| wait.to == NEVER) {
            wait.to = event;
        }
    }
}

/// For some time a node and the next one could not hear each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The first of the two lanes.
    pub above: u16,
    /// Neither heard the other; if not, one of them still did.
    pub both: bool,
    /// The event it began with.
    pub from: u32,
    /// The event that ended it; [`NEVER`] if none did.
    pub to: u32,
}

impl Chronicle {
    /// Looks at every node and at the network, after something was done from outside.
    pub(super) fn survey(&mut self, cluster: &dyn Cluster, event: u32) {
        let snapshot = cluster.snapshot(Cards::None);
        for node in snapshot.nodes.iter().take(usize::from(self.nodes)) {
            let lane = node.id.index();
            let state = match node.status {
                Status::Up => State::Up,
                Status::Crashed(_) => State::Crashed,
                Status::Paused(_) => State::Paused,
            };
            let before = self.lanes[lane].changes.last().copied();
            let (role, era) = match (state, before) {
                (State::Crashed, Some(before)) => (before.role, before.era),
                _ => (node.role, node.era),
            };
            self.plays(lane as u16, event, (role, era, Some(state)));
        }
        for above in 0..self.nodes.saturating_sub(1) {
            let (a, b) = (NodeId(above.into()), NodeId(u32::from(above) + 1));
            let severed = |from: NodeId, to: NodeId| {
                snapshot.cuts.iter().any(|cut| cut.from.contains(&from) && cut.to.contains(&to))
            };
            let ways = usize::from(severed(a, b)) + usize::from(severed(b, a));
            self.gap(above, ways, event);
        }
    }

    fn gap(&mut self, above: u16, ways: usize, event: u32) {
        let open = self.gaps.iter_mut().rev().find(|gap| gap.above == above);
        if let Some(open) = open.filter(|gap| gap.to == NEVER) {
            if ways > 0 && open.both == (ways == 2) {
                return;
            }
            open.to = event;
        }
        if ways > 0 {
            self.gaps.push(Gap { above, both: ways == 2, from: event, to: NEVER });
        }
    }
}
