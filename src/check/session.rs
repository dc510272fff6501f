//! Promises to a single client: it reads what it wrote, and never goes back in time \[terry94\].
//!
//! Values stand for the writes that made them. A write is older than another if it had been
//! answered before the other was invoked; of writes that overlap nobody can tell, and neither can
//! one of equal values. Text that is put, read and swapped is judged, and membership of sets; other
//! objects do not show which writes they contain.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{ClientId, Op, Outcome, Property, RequestId, SimTime, Word};
use crate::sim::{Occurrence, OpNote};

use super::consistency::{key, member};
use super::history::Moment;
use super::monitor::{Monitor, Tally};
use super::verdict::{Because, Breach, Verdict};

/// A value of a key, or whether a set has a member.
type Place = (Word, Option<Word>);

/// Beyond so many writes of one value, a read of it says nothing of its age.
const CROWD: usize = 16;

#[derive(Clone, Copy, Debug)]
struct Write {
    id: Option<RequestId>,
    invoked: u64,
    /// `u64::MAX` while it is open.
    answered: u64,
}

/// Who wrote one value.
#[derive(Clone, Debug, Default)]
struct Writers {
    writes: Vec<Write>,
    open: u64,
    last_answer: u64,
}

impl Writers {
    /// True if the value may be no older than what was invoked at `floor`; nothing is older than
    /// the start.
    fn may_follow(&self, floor: u64) -> bool {
        floor == 0 || self.open > 0 || self.last_answer > floor
    }
}

/// Every write of every value.
#[derive(Clone, Debug, Default)]
struct Writes {
    values: BTreeMap<(Place, Option<Word>), Writers>,
    /// Keys whose content is more than the last value written.
    other: BTreeSet<Word>,
}

/// The place an operation writes and what it writes there.
fn written(op: Op) -> Option<(Place, Option<Word>)> {
    let key = key(op)?;
    match op {
        Op::Put(_, value) | Op::Cas(_, _, value) => Some(((key, None), Some(value))),
        Op::Include(_, member) => Some(((key, Some(member)), Word::new("yes"))),
        Op::Exclude(_, member) => Some(((key, Some(member)), Word::new("no"))),
        _ => None, // It writes no value of its own.
    }
}

/// The place an operation reads.
fn read(op: Op) -> Option<Place> {
    matches!(op, Op::Get(_) | Op::Contains(..)).then_some(())?;
    Some((key(op)?, member(op)))
}

impl Writes {
    fn writers(&mut self, place: Place, value: Option<Word>) -> &mut Writers {
        self.values.entry((place, value)).or_insert_with(|| {
            let blank = if place.1.is_some() { Word::new("no") } else { None };
            let first = Write { id: None, invoked: 0, answered: 0 };
            let writes = if value == blank { vec![first] } else { Vec::new() };
            Writers { writes, open: 0, last_answer: 0 }
        })
    }

    fn note(&mut self, event: u64, note: &OpNote) {
        match *note {
            OpNote::Invoked(id, op) => {
                if let Some((place, value)) = written(op) {
                    let writers = self.writers(place, value);
                    writers.open += 1;
                    let (id, answered) = (Some(id), u64::MAX);
                    writers.writes.push(Write { id, invoked: event, answered });
                } else if read(op).is_none() {
                    self.other.extend(key(op));
                }
            }
            OpNote::Completed(id, op, outcome) => {
                let Some((place, value)) = written(op) else { return };
                let writers = self.writers(place, value);
                let Some(at) = writers.writes.iter().rposition(|it| it.id == Some(id)) else {
                    return;
                };
                writers.open -= 1;
                if matches!(outcome, Outcome::Done(_)) {
                    writers.writes[at].answered = event;
                    writers.last_answer = event;
                } else {
                    writers.writes.remove(at);
                }
            }
            OpNote::GaveUp(..) => {} // It may take effect at any time: it stays open.
        }
    }
}

/// What a read found: a value, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Read(Option<Word>);

/// What one client did to one place.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// When the write it must see at least was invoked; and what to call it.
    floor: u64,
    wrote: Option<(Op, SimTime)>,
    /// What it read last, and the values it has seen replaced.
    last: Option<Read>,
    gone: BTreeSet<Option<Word>>,
}

/// Which promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Promise {
    OwnWrites,
    Forwards,
}

/// A promise to each client.
#[derive(Clone, Debug)]
pub(super) struct Session {
    promise: Promise,
    writes: Writes,
    invoked: BTreeMap<RequestId, u64>,
    memories: BTreeMap<(ClientId, Place), Memory>,
    reads: u64,
    breach: Breach,
}

impl Session {
    fn new(promise: Promise) -> Session {
        Session {
            promise,
            writes: Writes::default(),
            invoked: BTreeMap::new(),
            memories: BTreeMap::new(),
            reads: 0,
            breach: Breach::default(),
        }
    }

    /// A client that has written reads that or something later.
    pub(super) fn own_writes() -> Session {
        Session::new(Promise::OwnWrites)
    }

    /// A client never reads something older than it has read before.
    pub(super) fn forwards() -> Session {
        Session::new(Promise::Forwards)
    }

    fn completed(&mut self, moment: Moment, id: RequestId, op: Op, outcome: Outcome) {
        let begun = self.invoked.remove(&id).unwrap_or_default();
        let Outcome::Done(found) = outcome else { return };
        if let Some((place, _)) = written(op)
            && self.promise == Promise::OwnWrites
        {
            let memory = self.memories.entry((id.client, place)).or_default();
            (memory.floor, memory.wrote) = (begun, Some((op, moment.at)));
        }
        if let Some(place) = read(op)
            && !self.writes.other.contains(&place.0)
        {
            self.reads += 1;
            let found = Found { client: id.client, place, op, value: found };
            match self.promise {
                Promise::OwnWrites => self.own(moment, &found),
                Promise::Forwards => self.forward(moment, &found),
            }
        }
    }

    fn own(&mut self, moment: Moment, it: &Found) {
        let Some(memory) = self.memories.get(&(it.client, it.place)) else { return };
        let Some((wrote, by)) = memory.wrote else { return };
        let writers = self.writes.writers(it.place, it.value);
        if writers.writes.is_empty() || writers.may_follow(memory.floor) {
            return;
        }
        let (client, op, found, at) = (it.client, it.op, it.text(), moment.at);
        self.breach.note_at(moment.at, moment.event, || {
            Because::new(
                format!(
                    "{client} had done {wrote} by {by}, but {op} at {at} found {found}, which is \
                     older."
                ),
                format!("{client} 在 {by} 已完成 {wrote}，但 {at} 的 {op} 却读到更旧的 {found}。"),
            )
        });
    }

    fn forward(&mut self, moment: Moment, it: &Found) {
        let writers = self.writes.writers(it.place, it.value);
        let memory = self.memories.entry((it.client, it.place)).or_default();
        let sole = writers.writes.len() == 1;
        let back = sole && memory.last != Some(Read(it.value)) && memory.gone.contains(&it.value);
        if !writers.writes.is_empty() && (back || !writers.may_follow(memory.floor)) {
            let (client, op, found, at) = (it.client, it.op, it.text(), moment.at);
            let last =
                memory.last.and_then(|it| it.0).map_or_else(|| "-".to_owned(), |it| it.to_string());
            self.breach.note_at(moment.at, moment.event, || {
                Because::new(
                    format!(
                        "{client} had read {last}, but {op} at {at} found {found}, which is \
                             older."
                    ),
                    format!("{client} 读到过 {last}，但 {at} 的 {op} 却读到更旧的 {found}。"),
                )
            });
        }
        if writers.writes.len() <= CROWD {
            let floor = memory.floor;
            let may = writers.writes.iter().filter(|write| write.answered > floor);
            memory.floor = may.map(|write| write.invoked).min().unwrap_or(floor).max(floor);
        }
        if let Some(Read(last)) = memory.last
            && last != it.value
        {
            memory.gone.insert(last);
        }
        memory.last = Some(Read(it.value));
    }
}

/// A read and what it found.
struct Found {
    client: ClientId,
    place: Place,
    op: Op,
    value: Option<Word>,
}

impl Found {
    fn text(&self) -> String {
        self.value.map_or_else(|| "-".to_owned(), |word| word.to_string())
    }
}

impl Monitor for Session {
    fn property(&self) -> Property {
        match self.promise {
            Promise::OwnWrites => Property::ReadYourWrites,
            Promise::Forwards => Property::MonotonicReads,
        }
    }

    fn watch(&mut self, occurrence: &Occurrence) {
        if self.breach.found() {
            return;
        }
        let moment = Moment::of(occurrence);
        for note in &occurrence.ops {
            self.writes.note(moment.event, note);
            match *note {
                OpNote::Invoked(id, _) => {
                    self.invoked.insert(id, moment.event);
                }
                OpNote::Completed(id, op, outcome) => self.completed(moment, id, op, outcome),
                OpNote::GaveUp(id, _) => {
                    self.invoked.remove(&id);
                }
            }
        }
    }

    fn verdict(&self) -> Verdict {
        let otherwise = if self.reads > 0 {
            Verdict::Holds
        } else {
            let because = Because::new("No client has read a value.", "还没有客户端读到值。");
            Verdict::Undecided { because }
        };
        self.breach.verdict_or(otherwise)
    }

    fn tally(&self) -> Option<Tally> {
        Some(Tally::Answers(self.reads))
    }
}
