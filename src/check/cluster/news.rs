//! What searches of the same nodes tell each other: by keys, for numbers are of one search only.
//!
//! A handler that one of them called, another calls again: nodes and messages have no other form
//! that could be told. What a search learnt is told in the order it was learnt, so that whatever is
//! named in it is known by then.

use rustc_hash::FxHashMap;

use crate::check::explore::{Reader, fingerprint_all, put_128};
use crate::kernel::NodeId;

use super::alike::Alike;
use super::state::State;
use super::tables::{Miss, Tables};
use super::troupe::{Call, Kind};

/// One thing that was learnt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum News {
    /// What comes of a call of a node on a seat.
    Call(NodeId, u32, Call),
    /// What becomes of a seat by a crash.
    Crash(NodeId, u32),
    /// Whether a message, to the node on a seat, may be spent.
    Spent(u32, u32),
}

const CALL: u32 = 0;
const CRASH: u32 = 1;
const SPENT: u32 = 2;

const BOOT: u32 = 0;
const MESSAGE: u32 = 1;
const TIMER: u32 = 2;
const REQUEST: u32 = 3;

/// Numbers by key, of each kind as far as they have been looked up.
#[derive(Default)]
struct Known([FxHashMap<u128, u32>; 3]);

impl Known {
    fn number(&mut self, tables: &Tables, kind: Kind, key: u128) -> Option<u32> {
        let numbers = &mut self.0[kind as usize];
        for (number, key) in tables.actors.keys(kind).iter().enumerate().skip(numbers.len()) {
            numbers.insert(*key, number as u32);
        }
        numbers.get(&key).copied()
    }
}

impl Tables {
    /// The fingerprint of a state: that of the keys of its parts, the nodes before the messages.
    pub(super) fn print(&self, state: &State) -> u128 {
        let (seats, messages) = (self.actors.keys(Kind::Seat), self.actors.keys(Kind::Message));
        let rest = [
            self.bench.key(state.bench()),
            self.clients.key(state.clients()),
            self.used.key(state.used()),
        ];
        let seats = state.seats().iter().map(|seat| seats[*seat as usize]);
        let messages = state.flying().iter().map(|message| messages[*message as usize]);
        fingerprint_all(rest.into_iter().chain(seats).chain(messages))
    }

    /// Remembers something new, if anybody asks for it.
    pub(super) fn note_news(&mut self, news: News) {
        if let Some(all) = &mut self.news {
            all.push(news);
        }
    }

    /// What was learnt since this was last asked, in words; from the first time on.
    pub(super) fn tell_news(&mut self) -> Vec<u32> {
        let refuted = self.alike.as_ref().is_some_and(Alike::is_refuted);
        let mut words = vec![u32::from(self.told_time) | u32::from(refuted) << 1];
        let (seats, messages) = (self.actors.keys(Kind::Seat), self.actors.keys(Kind::Message));
        for news in self.news.replace(Vec::new()).into_iter().flatten() {
            match news {
                News::Call(node, seat, call) => {
                    words.extend([CALL, node.0]);
                    put_128(&mut words, seats[seat as usize]);
                    self.put_call(&mut words, call);
                }
                News::Crash(node, seat) => {
                    words.extend([CRASH, node.0]);
                    put_128(&mut words, seats[seat as usize]);
                }
                News::Spent(seat, message) => {
                    words.push(SPENT);
                    put_128(&mut words, seats[seat as usize]);
                    put_128(&mut words, messages[message as usize]);
                }
            }
        }
        words
    }

    fn put_call(&self, words: &mut Vec<u32>, call: Call) {
        match call {
            Call::Boot => words.push(BOOT),
            Call::Message(message) => {
                words.push(MESSAGE);
                put_128(words, self.actors.keys(Kind::Message)[message as usize]);
            }
            Call::Timer(timer) => {
                words.push(TIMER);
                put_128(words, self.actors.keys(Kind::Timer)[timer as usize]);
            }
            Call::Request(request) => {
                words.push(REQUEST);
                words.push(self.ask(request.id).map_or(u32::MAX, |place| place as u32));
            }
        }
    }

    /// Learns what another search has learnt; `None` if that is of some other nodes.
    pub(super) fn hear_news(&mut self, words: &[u32]) -> Option<()> {
        // Nobody who told it has to hear it again.
        let news = self.news.take();
        let heard = self.learn_all(Reader::new(words));
        self.news = news;
        heard
    }

    fn learn_all(&mut self, mut words: Reader<'_>) -> Option<()> {
        let head = words.take()?;
        self.told_time |= head & 1 != 0;
        if let Some(alike) = self.alike.as_mut().filter(|_| head & 2 != 0) {
            alike.refute_all();
        }
        let mut known = Known::default();
        while !words.is_empty() {
            let kind = words.take()?;
            let node = if kind == SPENT { NodeId(0) } else { NodeId(words.take()?) };
            let seat = known.number(self, Kind::Seat, words.take_128()?)?;
            let miss = match kind {
                CALL => Miss::Call(node, seat, self.take_call(&mut words, &mut known)?),
                CRASH => Miss::Crash(node, seat),
                SPENT => Miss::Spent(seat, known.number(self, Kind::Message, words.take_128()?)?),
                _ => return None,
            };
            self.fill(miss);
        }
        Some(())
    }

    fn take_call(&self, words: &mut Reader<'_>, known: &mut Known) -> Option<Call> {
        Some(match words.take()? {
            BOOT => Call::Boot,
            MESSAGE => Call::Message(known.number(self, Kind::Message, words.take_128()?)?),
            TIMER => Call::Timer(known.number(self, Kind::Timer, words.take_128()?)?),
            REQUEST => {
                let place = words.take()? as usize;
                self.scope.asks.get(place)?;
                Call::Request(self.request(place))
            }
            _ => return None,
        })
    }
}
