//! Every message of a run: kept packed while it is computed, and looked at as of the playhead.
//!
//! A run of a million messages is kept in some fifty bytes each, and is filtered and sorted in
//! time that grows with their number alone: see [`find`](Messages::find).

mod find;
mod ledger;

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use crate::kernel::{ClientId, Face, NodeId, Party, SimTime};
use crate::sim::{Cause, Snapshot};

pub use find::{Column, MessageQuery};
use ledger::Packed;
pub(super) use ledger::{Ledger, NEVER};

/// What became of a message up to the playhead.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fate {
    /// It is on its way.
    Flying,
    /// It is held until it is released.
    Held,
    /// It arrived.
    Arrived,
    /// It was lost.
    Lost,
}

impl Fate {
    /// All of them.
    pub const ALL: [Fate; 4] = [Fate::Flying, Fate::Held, Fate::Arrived, Fate::Lost];
}

/// One message as of the playhead.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageView {
    /// Number of the flight, from 1.
    pub id: u64,
    /// Its kind.
    pub face: Face,
    /// Who sent it.
    pub from: Party,
    /// To whom.
    pub to: Party,
    /// When it was sent, and by which event.
    pub sent: (SimTime, u64),
    /// When it arrived or was lost, and by which event.
    pub ended: Option<(SimTime, u64)>,
    /// What became of it.
    pub fate: Fate,
    /// Why it is lost.
    pub lost: Option<Cause>,
    /// An estimate of its size in bytes.
    pub size: u32,
    /// What it says beside its name.
    pub detail: String,
}

/// The messages of a run that were sent up to the playhead. Cheap to clone.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Messages {
    ledger: Rc<RefCell<Ledger>>,
    snapshot: Option<Rc<Snapshot>>,
    names: Rc<Vec<String>>,
    count: usize,
}

impl Messages {
    pub(super) fn new(
        ledger: &Rc<RefCell<Ledger>>,
        snapshot: &Rc<Snapshot>,
        names: &Rc<Vec<String>>,
    ) -> Messages {
        let count = ledger.borrow().sent_by(snapshot.event);
        Messages {
            ledger: Rc::clone(ledger),
            snapshot: Some(Rc::clone(snapshot)),
            names: Rc::clone(names),
            count,
        }
    }

    /// How many were sent up to the playhead.
    pub fn len(&self) -> usize {
        self.count
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The event the playhead is behind.
    pub fn event(&self) -> u64 {
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.event)
    }

    /// Changes when another run is on screen, or this one is computed further: which run it is,
    /// and how many messages of it are known.
    pub fn version(&self) -> (usize, usize) {
        (Rc::as_ptr(&self.ledger) as usize, self.ledger.borrow().rows.len())
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> u32 {
        self.names.len() as u32
    }

    /// The kinds there are in the run, in the order they were first sent.
    pub fn kinds(&self) -> Vec<Face> {
        self.ledger.borrow().faces.clone()
    }

    /// How many clients sent or got a message in the run.
    pub fn clients(&self) -> u32 {
        self.ledger.borrow().clients
    }

    /// The name of one end.
    pub fn name(&self, party: Party) -> String {
        let name = party.node().and_then(|node| self.names.get(node.index()));
        name.cloned().unwrap_or_else(|| party.to_string())
    }

    pub(super) fn ledger(&self) -> Ref<'_, Ledger> {
        self.ledger.borrow()
    }

    /// The message at a place that [`Messages::find`] gave.
    pub fn row(&self, place: u32) -> Option<MessageView> {
        let ledger = self.ledger.borrow();
        let row = ledger.rows.get(place as usize)?;
        let ended = row.ended <= self.event() as u32;
        let fate = self.fate(place, row);
        Some(MessageView {
            id: u64::from(place) + 1,
            face: ledger.faces[usize::from(row.face)],
            from: party(row.from),
            to: party(row.to),
            sent: (row.sent_at, u64::from(row.sent)),
            ended: ended.then_some((row.ended_at, u64::from(row.ended))),
            fate,
            lost: if fate == Fate::Lost { row.lost } else { None },
            size: row.size,
            detail: ledger.detail(row.detail).to_owned(),
        })
    }

    fn fate(&self, place: u32, row: &Packed) -> Fate {
        if u64::from(row.ended) <= self.event() {
            return if row.lost.is_some() { Fate::Lost } else { Fate::Arrived };
        }
        let flights = self.snapshot.as_ref().map_or(&[][..], |snapshot| &snapshot.flights);
        let id = u64::from(place) + 1;
        let flight = flights.binary_search_by_key(&id, |flight| flight.note.id);
        let held = flight.is_ok_and(|at| flights[at].note.due_at == SimTime::MAX);
        if held { Fate::Held } else { Fate::Flying }
    }
}

/// The end of a message behind its code.
fn party(code: u32) -> Party {
    match code.checked_sub(ledger::CLIENT) {
        Some(client) => Party::Client(ClientId(client)),
        None => Party::Node(NodeId(code)),
    }
}
