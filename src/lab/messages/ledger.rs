//! The messages of a run, packed, and how long operations of clients took.

use crate::kernel::{Face, Fact, Outcome, Party, RequestId, SimTime, Span};
use crate::sim::{Cause, Cluster, FlightNote, Happening, OpNote};

/// Codes of clients start here, those of nodes at zero.
pub(super) const CLIENT: u32 = 1 << 31;
/// An event no run has.
pub(in crate::lab) const NEVER: u32 = u32::MAX;
/// Details seen lately, by their digest: most are said again and again.
const LATELY: usize = 1024;
/// Most bytes of details kept.
const DETAILS_MAX: usize = 48 << 20;

/// One message.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::lab) struct Packed {
    /// The event that sent it.
    pub(in crate::lab) sent: u32,
    /// The event that ended it; [`NEVER`] if none has.
    pub(in crate::lab) ended: u32,
    pub(in crate::lab) from: u32,
    pub(in crate::lab) to: u32,
    pub(in crate::lab) detail: u32,
    pub(in crate::lab) size: u32,
    pub(in crate::lab) face: u16,
    pub(in crate::lab) lost: Option<Cause>,
    pub(in crate::lab) sent_at: SimTime,
    pub(in crate::lab) ended_at: SimTime,
}

/// All of them, in order of sending.
#[derive(PartialEq, Debug, Default)]
pub(in crate::lab) struct Ledger {
    pub(in crate::lab) faces: Vec<Face>,
    pub(in crate::lab) rows: Vec<Packed>,
    pub(super) clients: u32,
    details: String,
    /// Where each different detail ends in `details`.
    ends: Vec<u32>,
    lately: Vec<u32>,
    open: Vec<(RequestId, SimTime)>,
    /// When operations were answered, in order, and how long that took.
    pub(in crate::lab) answers: Vec<(SimTime, Span)>,
    /// The highest slot committed, and the events that raised it.
    highest: u64,
    commits: Vec<(u64, u64)>,
    last: SimTime,
}

impl Ledger {
    /// Looks at the event that just happened.
    pub(in crate::lab) fn watch(&mut self, cluster: &dyn Cluster) {
        let last = cluster.last();
        let event = last.index as u32;
        self.last = last.at;
        if let Happening::Delivered(note) | Happening::Lost(note) = &last.what
            && let Some(row) = self.rows.get_mut((note.id as usize).wrapping_sub(1))
        {
            (row.ended, row.ended_at, row.lost) = (event, last.at, note.lost);
        }
        for (place, note) in last.sent.iter().enumerate() {
            let detail = self.intern(&cluster.sent_detail(place));
            self.push(note, event, detail);
        }
        for (_, fact) in &last.facts {
            if let Fact::Committed { slot } | Fact::Chosen { slot, .. } = fact
                && *slot > self.highest
            {
                self.highest = *slot;
                self.commits.push((last.index, *slot));
            }
        }
        for op in &last.ops {
            match op {
                OpNote::Invoked(id, _) => self.open.push((*id, last.at)),
                OpNote::Completed(id, _, outcome) => {
                    let answered = matches!(outcome, Outcome::Done(_) | Outcome::Unmet);
                    self.close(*id, answered.then_some(last.at));
                }
                OpNote::GaveUp(id, _) => self.close(*id, None),
            }
        }
    }

    fn close(&mut self, id: RequestId, answered: Option<SimTime>) {
        // The oldest are answered first, more often than not.
        let Some(place) = self.open.iter().position(|(open, _)| *open == id) else { return };
        let (_, since) = self.open.remove(place);
        self.answers.extend(answered.map(|at| (at, at.since(since))));
    }

    fn push(&mut self, note: &FlightNote, sent: u32, detail: u32) {
        let known = self.faces.iter().position(|face| *face == note.face);
        let face = known.unwrap_or_else(|| {
            self.faces.push(note.face);
            self.faces.len() - 1
        });
        for party in [note.from, note.to] {
            if let Party::Client(client) = party {
                self.clients = self.clients.max(client.0 + 1);
            }
        }
        self.rows.push(Packed {
            sent,
            ended: NEVER,
            from: end_code(note.from),
            to: end_code(note.to),
            detail,
            size: note.size,
            face: face as u16,
            lost: None,
            sent_at: note.sent_at,
            ended_at: note.due_at,
        });
    }

    /// The number of a detail; 0 is none.
    fn intern(&mut self, detail: &str) -> u32 {
        if detail.is_empty() || self.details.len() + detail.len() > DETAILS_MAX {
            return 0;
        }
        self.lately.resize(LATELY, 0);
        let digest = detail.bytes().fold(0_u32, |sum, byte| {
            (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193).rotate_left(5)
        });
        let slot = digest as usize % LATELY;
        let seen = self.lately[slot];
        if seen > 0 && self.detail(seen) == detail {
            return seen;
        }
        self.details.push_str(detail);
        self.ends.push(self.details.len() as u32);
        self.lately[slot] = self.ends.len() as u32;
        self.lately[slot]
    }

    /// The detail of a number.
    pub(super) fn detail(&self, number: u32) -> &str {
        let end = |number: u32| match number.checked_sub(1) {
            Some(at) => self.ends[at as usize] as usize,
            None => 0,
        };
        if number == 0 { "" } else { &self.details[end(number - 1)..end(number)] }
    }

    /// How many different details there are, none included.
    pub(super) fn details(&self) -> u32 {
        self.ends.len() as u32 + 1
    }

    /// The instant of the last event seen.
    pub(in crate::lab) fn last(&self) -> SimTime {
        self.last
    }

    /// The highest slot committed up to `event`; zero for none.
    pub(in crate::lab) fn commits_by(&self, event: u64) -> u64 {
        let known = self.commits.partition_point(|(at, _)| *at <= event);
        known.checked_sub(1).map_or(0, |last| self.commits[last].1)
    }

    /// How many operations were answered up to `at`.
    pub(in crate::lab) fn answers_by(&self, at: SimTime) -> usize {
        self.answers.partition_point(|(answered, _)| *answered <= at)
    }

    /// How many messages were sent up to `event`.
    pub(in crate::lab) fn sent_by(&self, event: u64) -> usize {
        self.rows.partition_point(|row| u64::from(row.sent) <= event)
    }
}

/// The code of one end: nodes in order, then clients.
pub(in crate::lab) fn end_code(party: Party) -> u32 {
    match party {
        Party::Node(node) => node.0,
        Party::Client(client) => CLIENT | client.0,
    }
}
