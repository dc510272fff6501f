//! What searches of the same nodes tell each other: by keys, for numbers are of one search only.
//!
//! A handler that one of them called, another calls again: nodes and messages have no other form
//! that could be told. What a search learnt is told in the order it was learnt, so that whatever is
//! named in it is known by then.

use rustc_hash::FxHashMap;

use crate::check::explore::{Reader, put_128};
use crate::kernel::NodeId;

use super::state::State;
use super::tables::{Miss, Tables};
use super::troupe::{Call, Kind};

/// One thing that was learnt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum News {
    /// What comes of a call of a node on a seat.
    Call(NodeId, u32, Call),
    /// What becomes of a seat by a crash.
    Crash(u32),
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

/// An odd number of 128 bits without a pattern: the first digits of the golden ratio.
const MIX: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

/// Numbers by key, as far as they have been looked up.
#[derive(Default)]
struct Known(FxHashMap<u128, u32>);

impl Known {
    fn number(&mut self, tables: &Tables, kind: Kind, key: u128) -> Option<u32> {
        let keys = tables.actors.keys(kind);
        for (number, key) in keys.iter().enumerate().skip(self.0.len()) {
            self.0.insert(*key, number as u32);
        }
        self.0.get(&key).copied()
    }
}

impl Tables {
    /// The fingerprint of a state, made of the keys of its parts: a polynomial in them, so that two
    /// different states have the same with a chance of 2⁻¹²⁸, keys being as good as drawn by dice.
    pub(super) fn print(&self, state: &State) -> u128 {
        let (seats, messages) = (self.actors.keys(Kind::Seat), self.actors.keys(Kind::Message));
        let mut print = self.bench.key(state.bench());
        let mut add = |key: u128| print = print.wrapping_mul(MIX).wrapping_add(key);
        add(self.clients.key(state.clients()));
        add(self.used.key(state.used()));
        state.seats().iter().for_each(|seat| add(seats[*seat as usize]));
        state.flying().iter().for_each(|message| add(messages[*message as usize]));
        print
    }

    /// Remembers something new, if anybody asks for it.
    pub(super) fn note_news(&mut self, news: News) {
        if let Some(all) = &mut self.news {
            all.push(news);
        }
    }

    /// What was learnt since this was last asked, in words; from the first time on.
    pub(super) fn tell_news(&mut self) -> Vec<u32> {
        let mut words = vec![u32::from(self.told_time)];
        let (seats, messages) = (self.actors.keys(Kind::Seat), self.actors.keys(Kind::Message));
        for news in self.news.replace(Vec::new()).into_iter().flatten() {
            match news {
                News::Call(node, seat, call) => {
                    words.extend([CALL, node.0]);
                    put_128(&mut words, seats[seat as usize]);
                    self.put_call(&mut words, call);
                }
                News::Crash(seat) => {
                    words.push(CRASH);
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
        let mut words = Reader::new(words);
        self.told_time |= words.take()? != 0;
        let news = self.news.take();
        let (mut seats, mut messages, mut timers) =
            (Known::default(), Known::default(), Known::default());
        while !words.is_empty() {
            let kind = words.take()?;
            let node = if kind == CALL { NodeId(words.take()?) } else { NodeId(0) };
            let seat = seats.number(self, Kind::Seat, words.take_128()?)?;
            match kind {
                CALL => {
                    let call = match words.take()? {
                        BOOT => Call::Boot,
                        MESSAGE => {
                            let key = words.take_128()?;
                            Call::Message(messages.number(self, Kind::Message, key)?)
                        }
                        TIMER => {
                            let key = words.take_128()?;
                            Call::Timer(timers.number(self, Kind::Timer, key)?)
                        }
                        REQUEST => {
                            let place = words.take()? as usize;
                            self.scope.asks.get(place)?;
                            Call::Request(self.request(place))
                        }
                        _ => return None,
                    };
                    self.fill(Miss::Call(node, seat, call));
                }
                CRASH => self.fill(Miss::Crash(seat)),
                SPENT => {
                    let message = messages.number(self, Kind::Message, words.take_128()?)?;
                    self.fill(Miss::Spent(seat, message));
                }
                _ => return None,
            }
        }
        self.news = news;
        Some(())
    }
}
