//! What clients saw: every operation with its invocation and completion.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use crate::kernel::{Op, Outcome, RequestId, SimTime};
use crate::sim::{Occurrence, OpNote};

/// A moment of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment {
    /// When.
    pub at: SimTime,
    /// After which event.
    pub event: u64,
}

impl Moment {
    /// The start of a run.
    pub const START: Moment = Moment { at: SimTime::ZERO, event: 0 };

    pub(super) fn of(occurrence: &Occurrence) -> Moment {
        Moment { at: occurrence.at, event: occurrence.index }
    }
}

/// How an operation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It has not: it may take effect at any later moment, or never.
    Pending,
    /// It was answered.
    Answered(Moment, Outcome),
    /// The client stopped waiting. To everybody else it is pending.
    GivenUp(Moment),
}

/// One operation of a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Session and serial number.
    pub id: RequestId,
    /// What was asked.
    pub op: Op,
    /// When it was invoked.
    pub invoked: Moment,
    /// How it ended.
    pub end: End,
}

/// Every operation of a run, in order of invocation. The work of a pool is not kept: it has no
/// meaning to judge, and there may be millions.
#[derive(Clone, Debug, Default)]
pub struct History {
    operations: Vec<Operation>,
    open: BTreeMap<RequestId, usize>,
}

impl History {
    /// Sees one event.
    pub fn watch(&mut self, occurrence: &Occurrence) {
        let moment = Moment::of(occurrence);
        for note in &occurrence.ops {
            match *note {
                OpNote::Invoked(_, Op::Work { .. }) => {}
                OpNote::Invoked(id, op) => {
                    self.open.insert(id, self.operations.len());
                    let end = End::Pending;
                    self.operations.push(Operation { id, op, invoked: moment, end });
                }
                OpNote::Completed(id, _, outcome) => self.close(id, End::Answered(moment, outcome)),
                OpNote::GaveUp(id, _) => self.close(id, End::GivenUp(moment)),
            }
        }
    }

    fn close(&mut self, id: RequestId, end: End) {
        if let Some(place) = self.open.remove(&id) {
            self.operations[place].end = end;
        }
    }

    /// What it tells but for times.
    pub(super) fn essence(&self, mut out: &mut dyn Hasher) {
        for it in &self.operations {
            let end = match it.end {
                End::Pending | End::GivenUp(_) => None,
                End::Answered(moment, outcome) => Some((moment.event, outcome)),
            };
            (it.id, it.op, it.invoked.event, end).hash(&mut out);
        }
    }

    /// Every operation, in order of invocation.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// How many operations are open.
    pub fn open(&self) -> u64 {
        self.open.len() as u64
    }

    /// How many operations were open right after `event`.
    pub fn open_at(&self, event: u64) -> u64 {
        let begun = self.operations.partition_point(|it| it.invoked.event <= event);
        let open = self.operations[..begun].iter().filter(|it| match it.end {
            End::Pending => true,
            End::Answered(moment, _) | End::GivenUp(moment) => moment.event > event,
        });
        open.count() as u64
    }
}
