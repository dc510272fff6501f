//! All that the states of a search are made of.
//!
//! A walk only reads these tables, so that threads may share them. Where it comes to something that
//! is not in them yet it gives up with a [`Miss`]; whoever sent it lets [`Tables::fill`] add that,
//! and the walk is made again. Numbers are given in the order of misses, which threads may change;
//! nothing that is visible depends on them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::kernel::{NodeId, Property, Request, RequestId};
use crate::sim::OpNote;

use super::alike::{Alike, Called};
use super::intern::Interner;
use super::judges::{Bench, Record, Struck};
use super::memo::{Done, Memo};
use super::news::News;
use super::scope::{Ask, Order, Scope};
use super::state::{Draft, Phase, State, Used};
use super::troupe::{Actors, Call, Letter};
use super::walk::Telling;

/// All that the states of a search are made of.
pub(super) struct Tables {
    pub(super) actors: Box<dyn Actors>,
    pub(super) memo: Memo,
    pub(super) bench: Bench,
    pub(super) clients: Interner<Box<[Phase]>>,
    pub(super) used: Interner<Used>,
    pub(super) scope: Scope,
    /// Which nodes are alike; `None` if nobody asks.
    pub(super) alike: Option<Alike>,
    /// What becomes of the seat of a node by a crash.
    pub(super) crashed: FxHashMap<(NodeId, u32), u32>,
    /// Whether a message, to the node on a seat, is spent: see [`super::spent`].
    pub(super) spent: FxHashMap<(u32, u32), bool>,
    /// For each ask its number within its client's session, from 1.
    serials: Vec<u64>,
    /// A handler asked what time it is.
    pub(super) told_time: bool,
    /// What is new for others who search the same; `None` while nobody asks.
    pub(super) news: Option<Vec<News>>,
}

/// What a walk did not find.
#[derive(Debug)]
pub(super) enum Miss {
    Call(NodeId, u32, Call),
    Crash(NodeId, u32),
    Record(Record),
    Watch(u32, u32),
    Clients(Box<[Phase]>),
    Used(Used),
    /// Whether this message is spent, to the node on this seat.
    Spent(u32, u32),
    /// What the seat of a node has in common with those of nodes that are alike.
    Rank(NodeId, u32),
}

impl Tables {
    /// Tables for a scope, with nothing in them.
    pub(super) fn new(
        actors: Box<dyn Actors>,
        (scope, alike): (Scope, Option<Alike>),
        (properties, era): (&[Property], &'static str),
    ) -> Tables {
        let mut serials = Vec::new();
        for (place, ask) in scope.asks.iter().enumerate() {
            let before = scope.asks[..place].iter().filter(|it| it.client == ask.client);
            serials.push(before.count() as u64 + 1);
        }
        Tables {
            actors,
            memo: Memo::default(),
            bench: Bench::new(properties, era),
            clients: Interner::default(),
            used: Interner::default(),
            scope,
            alike,
            crashed: FxHashMap::default(),
            spent: FxHashMap::default(),
            serials,
            told_time: false,
            news: None,
        }
    }

    /// The state in which all nodes have booted, and what happened.
    pub(super) fn boot(&mut self, nodes: u32) -> (State, Telling) {
        let mut telling = Telling { full: true, ..Telling::default() };
        self.actors.unsync(false);
        let mut seats: Vec<u32> = (0..nodes).map(|id| self.actors.first(NodeId(id))).collect();
        self.mirror_first(&seats);
        let (mut facts, mut sent) = (Vec::new(), Vec::new());
        for (index, seat) in seats.iter_mut().enumerate() {
            let node = NodeId::at(index);
            self.fill(Miss::Call(node, *seat, Call::Boot));
            // The world draws what a node chooses while it boots; the first choice stands here.
            let Some([done, ..]) = self.memo.get((node, *seat, Call::Boot)) else { continue };
            *seat = done.seat;
            facts.extend(self.bench.told(done.record).facts.clone());
            sent.extend(done.sends.iter());
        }
        let record = self.bench.record(Record { facts, ..Record::default() });
        telling.records.push(record);
        self.mirror_boot(record);
        let mut bench = self.watch(Bench::FIRST, record);
        if self.scope.unsynced {
            self.actors.unsync(true);
            let struck = Struck::Unsynced(nodes);
            let record = self.bench.record(Record { struck, ..Record::default() });
            bench = self.watch(bench, record);
        }
        let clients = self.clients.number(vec![Phase::Not; self.scope.asks.len()].into());
        let used = self.used.number(Used::default());
        let mut draft = Draft::new(&seats, bench, clients, used);
        for message in &sent {
            self.take_off(&mut draft, *message);
        }
        telling.sent = sent;
        (draft.done(), telling)
    }

    /// Adds what a walk did not find.
    pub(super) fn fill(&mut self, miss: Miss) {
        match miss {
            Miss::Call(node, seat, call) => self.learn(node, seat, call),
            Miss::Crash(node, seat) => {
                self.note_news(News::Crash(node, seat));
                self.crash(node, seat);
            }
            Miss::Record(record) => {
                self.bench.record(record);
            }
            Miss::Watch(bench, record) => {
                self.watch(bench, record);
            }
            Miss::Clients(phases) => {
                self.clients.number(phases);
            }
            Miss::Used(used) => {
                self.used.number(used);
            }
            Miss::Spent(seat, message) => {
                let to = self.letter(message).to;
                self.learn(to, seat, Call::Message(message));
                let idle = self.is_idle(to, seat, message);
                self.note_news(News::Spent(seat, message));
                self.spent.entry((seat, message)).or_insert(idle);
            }
            Miss::Rank(node, seat) => self.rank(node, seat),
        }
    }

    /// Calls a handler, and remembers what comes of it.
    fn learn(&mut self, node: NodeId, seat: u32, call: Call) {
        // Another thread may have been here.
        if self.memo.get((node, seat, call)).is_some() {
            return;
        }
        self.note_news(News::Call(node, seat, call));
        self.call_once((node, seat, call));
        self.mirror_call((node, seat, call));
    }

    /// The same, without its mirrors.
    pub(super) fn call_once(&mut self, (node, seat, call): Called) {
        let mut outcomes = Vec::new();
        for ran in self.actors.call(node, seat, call) {
            self.told_time |= ran.told_time;
            let struck = if call == Call::Boot { Struck::Restarted(node) } else { Struck::Nobody };
            outcomes.push(Done {
                seat: ran.seat,
                sends: ran.sends.into(),
                record: self.bench.record(Record { struck, facts: ran.facts, ops: Vec::new() }),
                replies: ran.replies.into(),
            });
        }
        self.memo.put((node, seat, call), outcomes);
    }

    /// What comes of a call.
    pub(super) fn call(&self, node: NodeId, seat: u32, call: Call) -> Result<&[Done], Miss> {
        self.memo.get((node, seat, call)).ok_or(Miss::Call(node, seat, call))
    }

    pub(super) fn used(&self, state: &State) -> Used {
        **self.used.get(state.used())
    }

    pub(super) fn phases(&self, clients: u32) -> &Arc<Box<[Phase]>> {
        self.clients.get(clients)
    }

    pub(super) fn letter(&self, message: u32) -> Letter {
        self.actors.letter(message)
    }

    /// What an ask of the scope is to the node that hears it.
    pub(super) fn request(&self, place: usize) -> Request {
        let Ask { client, op, .. } = self.scope.asks[place];
        Request { id: RequestId { client, serial: self.serials[place] }, op }
    }

    /// The ask of that name.
    pub(super) fn ask(&self, id: RequestId) -> Option<usize> {
        let asks = self.scope.asks.iter().zip(&self.serials);
        asks.into_iter().position(|(ask, serial)| ask.client == id.client && *serial == id.serial)
    }

    /// A message joins those in flight.
    pub(super) fn take_off(&self, draft: &mut Draft, message: u32) {
        let letter = self.letter(message);
        let flying = draft.flying();
        let place = match self.scope.order {
            Order::Unordered => {
                let key = (letter.key, message);
                flying.partition_point(|it| (self.letter(*it).key, *it) < key)
            }
            Order::Ordered => {
                let link = (letter.from, letter.to);
                flying.partition_point(|it| {
                    let Letter { from, to, .. } = self.letter(*it);
                    (from, to) <= link
                })
            }
        };
        draft.insert(place, message);
    }

    /// True unless an equal message, or an earlier one of the same connection, stands before it.
    pub(super) fn is_next(&self, flying: &[u32], place: usize) -> bool {
        let Some(before) = place.checked_sub(1) else { return true };
        if self.scope.order == Order::Unordered {
            return flying[before] != flying[place];
        }
        let (one, two) = (self.letter(flying[before]), self.letter(flying[place]));
        (one.from, one.to) != (two.from, two.to)
    }

    /// True if a client waits, nothing is under way or will go off, and nothing has been done to
    /// the cluster that would excuse it: then nobody is ever answered.
    pub(super) fn is_stuck(&self, state: &State, termination: usize) -> bool {
        state.flying().is_empty()
            && self.used(state).is_faultless()
            && state.seats().iter().all(|seat| self.actors.armed(*seat).is_empty())
            && self.phases(state.clients()).iter().any(|it| *it != Phase::Not)
            && !self.bench.holds(state.bench(), termination)
    }

    /// The number of a note of what clients ask and are answered.
    pub(super) fn note(&self, note: OpNote) -> Result<u32, Miss> {
        let record = Record { ops: vec![note], ..Record::default() };
        self.bench.find(&record).ok_or(Miss::Record(record))
    }

    /// How many parts of states have a key.
    pub(super) fn keyed(&self) -> usize {
        self.actors.keyed() + self.bench.keyed() + self.clients.len() + self.used.len()
    }

    /// How many entries there are, for an estimate of what they take.
    pub(super) fn len(&self) -> usize {
        let (locals, messages) = self.actors.sizes();
        let spent = self.spent.len().div_ceil(8);
        let alike = self.alike.as_ref().map_or(0, Alike::len);
        locals + messages + self.bench.len() + self.memo.len() + spent + alike
    }
}
