//! One search shared by several programs that have no memory in common, such as the workers of a
//! page.
//!
//! Every member of a *company* keeps the whole table, and the frontier in the same order; but each
//! state on the frontier is held by one member only, which takes the steps out of it. States never
//! travel: what travels is a fingerprint for each state that the table did not know, with where it
//! came from and what the claims say of it. All members then enter all of that in the same order,
//! which is the order of a search that is alone; so counts, verdicts, ceilings and counterexamples
//! are those of one, for any number of members, and any member can tell them.
//!
//! A company goes in rounds. In each, every member says what its part came to
//! ([`Company::share`]), and is then told what all of them said ([`Company::join`]). While the
//! frontier is small, every member does everything. When the search is over, what the model has
//! learnt is told, for [`Model::confirm`] rests on all of it.
//!
//! The price: the table is held by each, and all enter all states. Both are small beside the steps.

use rustc_hash::FxHashSet;

use super::explorer::Explorer;
use super::model::Model;
use super::options::{End, Order};
use super::queue::Item;
use super::search::Search;
use super::share::{Batch, Fresh, Source, TOGETHER};

/// States of the frontier that are left in one round, at most: as many as threads take.
const ROUND: usize = 32 * 256;
/// Members, at most.
pub const MOST: u32 = 64;

/// A search that can be one of several which share the work.
pub trait Company {
    /// Whether there is enough to do that others could help with.
    fn is_worth_sharing(&self) -> bool;

    /// Where the search stands: how often it began anew, and how many states it has left since.
    fn stand(&self) -> (u32, u64);

    /// Goes on for about `budget` generated states, but not beyond where another one stands.
    fn catch_up(&mut self, stand: (u32, u64), budget: u64);

    /// Becomes member `me` of `of`, which all stand at the same place.
    fn accompany(&mut self, me: u32, of: u32);

    /// The member it is, and of how many; 0 of 1 if it is alone.
    fn member(&self) -> (u32, u32);

    /// Whether the company has more to do together. What is left after that, each does alone.
    fn has_rounds(&self) -> bool;

    /// Does this member's part of a round; what the others are to know of it.
    fn share(&mut self) -> Vec<u32>;

    /// Ends the round with what every member said, in their order. False if that is not
    /// understood: then the company is at its end, and the search is to begin anew.
    fn join(&mut self, said: &[Vec<u32>]) -> bool;
}

/// What a member says: that it did what all did, that it did its part, or what its model learnt.
const ALONE: u32 = 0;
const PART: u32 = 1;
const LEARNT: u32 = 2;

/// Reads words of 32 bits.
pub(crate) struct Reader<'a>(&'a [u32]);

impl<'a> Reader<'a> {
    pub(crate) fn new(words: &'a [u32]) -> Reader<'a> {
        Reader(words)
    }

    pub(crate) fn take(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn take_64(&mut self) -> Option<u64> {
        let (low, high) = (self.take()?, self.take()?);
        Some(u64::from(high) << 32 | u64::from(low))
    }

    pub(crate) fn take_128(&mut self) -> Option<u128> {
        let (low, high) = (self.take_64()?, self.take_64()?);
        Some(u128::from(high) << 64 | u128::from(low))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

pub(crate) fn put_64(words: &mut Vec<u32>, value: u64) {
    words.extend([value as u32, (value >> 32) as u32]);
}

pub(crate) fn put_128(words: &mut Vec<u32>, value: u128) {
    put_64(words, value as u64);
    put_64(words, (value >> 64) as u64);
}

/// What the members of a company hold, and would after the next growth.
#[derive(Default)]
struct Held {
    now: u64,
    soon: u64,
}

impl<M: Model> Search<M> {
    /// Goes on alone for about `budget` generated states, but not beyond so many states left.
    fn leave_up_to(&mut self, left: u64, budget: u64) {
        let began = self.generated;
        while self.end.is_none() && self.left < left && self.generated - began < budget {
            self.leave_nearest();
        }
    }

    /// Keeps one of `of` parts of the frontier.
    fn part(&mut self, me: u32, of: u32) {
        let mut gone = 0;
        for (place, item) in self.queue.items_mut().enumerate() {
            if place as u64 % u64::from(of) != u64::from(me)
                && let Some(state) = item.state.take()
            {
                gone += self.model.weight(&state);
            }
        }
        self.heap = self.heap.saturating_sub(gone);
        self.apart = true;
    }

    /// A part of a round, which goes into `own`, in words.
    fn share(&mut self, (me, of): (u32, u32), own: &mut Batch<M>) -> Vec<u32> {
        if !self.apart {
            if self.queue.len() < self.options.worth {
                self.leave_up_to(self.left + ROUND as u64, u64::MAX);
                return self.say(ALONE);
            }
            self.part(me, of);
        }
        let round: Vec<&Item<M::State>> = self.queue.items().take(ROUND).collect();
        for items in round.chunks(TOGETHER * of as usize) {
            self.expand_some(items.iter().copied(), own);
        }
        let mut words = self.say(PART);
        write(own, &mut words);
        words
    }

    fn say(&self, what: u32) -> Vec<u32> {
        let mut words = vec![what];
        put_64(&mut words, self.bytes());
        put_64(&mut words, self.bytes_soon());
        words
    }

    /// Enters the parts of a round.
    fn join(&mut self, mut parts: Vec<Batch<M>>, others: u64, soon: u64) {
        self.elsewhere = others;
        self.settle(&mut parts);
        self.close();
        self.account();
        if self.end.is_none() && soon > self.options.max_bytes {
            self.end = Some(End::Memory);
        }
    }
}

/// Writes what a batch found, each state where it was found first; the states stay.
fn write<M: Model>(batch: &Batch<M>, words: &mut Vec<u32>) {
    words.extend([batch.round, batch.sources.len() as u32]);
    let mut known = FxHashSet::default();
    let mut fresh = batch.fresh.iter().peekable();
    for (number, source) in batch.sources.iter().enumerate() {
        let count = words.len() + 2;
        words.extend([source.place, source.generated, 0]);
        while let Some(it) = fresh.next_if(|it| it.source as usize == number) {
            if it.within && !known.insert(it.print) {
                continue;
            }
            words[count] += 1;
            words.push(it.nth << 2 | u32::from(it.told != 0) << 1 | u32::from(it.within));
            put_128(words, it.print);
            if it.told != 0 {
                put_64(words, it.told);
            }
        }
    }
}

/// What another member found; `None` if it cannot be that.
fn read<M: Model>(words: &mut Reader<'_>) -> Option<Batch<M>> {
    let mut batch = Batch::new();
    batch.round = words.take()?;
    for source in 0..words.take()? {
        let (place, generated, count) = (words.take()?, words.take()?, words.take()?);
        for _ in 0..count {
            let bits = words.take()?;
            let print = words.take_128()?;
            let told = if bits & 2 == 0 { 0 } else { words.take_64()? };
            let (within, nth) = (bits & 1 == 1, bits >> 2);
            batch.fresh.push(Fresh { print, state: None, within, told, source, nth });
        }
        batch.sources.push(Source { place, generated, end: batch.fresh.len() as u32 });
    }
    words.is_empty().then_some(batch)
}

impl<M: Model> Explorer<M> {
    /// Takes the place of another search, which is given up.
    pub(crate) fn follow(&mut self, other: &Explorer<M>) {
        self.begun = other.begun + 1;
        let (me, of) = other.company;
        if of > 1 {
            self.accompany(me, of);
        }
    }

    /// Hears what all members learnt, and judges by all of it.
    fn hear(&mut self, said: Vec<Reader<'_>>) -> bool {
        let me = self.company.0 as usize;
        let mut others = said.into_iter().enumerate().filter(|(member, _)| *member != me);
        let heard = others.all(|(_, words)| self.main.model.hear(words.0));
        self.confirm();
        self.agreed = self.main.end.is_some();
        heard
    }

    /// Enters what the members did in a round.
    fn enter(&mut self, said: Vec<Reader<'_>>, (others, soon): (u64, u64)) -> bool {
        let me = self.company.0 as usize;
        let own = std::mem::replace(&mut self.own, Batch::new());
        let round = own.round;
        let mut parts = vec![own];
        for (member, mut words) in said.into_iter().enumerate() {
            if member == me {
                continue;
            }
            match read(&mut words) {
                Some(part) if part.round == round => parts.push(part),
                Some(_) | None => return false,
            }
        }
        self.main.join(parts, others, soon);
        true
    }
}

impl<M: Model> Company for Explorer<M> {
    fn is_worth_sharing(&self) -> bool {
        let Search { options, queue, end, .. } = &self.main;
        let whole = options.order == Order::Breadth && !options.exact;
        whole && end.is_none() && queue.len() >= options.worth
    }

    fn stand(&self) -> (u32, u64) {
        (self.begun, self.main.left)
    }

    fn catch_up(&mut self, (begun, left): (u32, u64), budget: u64) {
        if self.begun < begun {
            self.advance(budget);
        } else {
            self.main.leave_up_to(left, budget);
        }
    }

    fn accompany(&mut self, me: u32, of: u32) {
        self.company = (me, of.clamp(1, MOST));
        // What it learnt so far, all know.
        drop(self.main.model.learnt());
    }

    fn member(&self) -> (u32, u32) {
        self.company
    }

    fn has_rounds(&self) -> bool {
        self.company.1 > 1 && !(self.main.end.is_some() && self.agreed)
    }

    fn share(&mut self) -> Vec<u32> {
        if self.main.end.is_some() {
            let mut words = self.main.say(LEARNT);
            words.extend(self.main.model.learnt());
            return words;
        }
        self.main.share(self.company, &mut self.own)
    }

    fn join(&mut self, said: &[Vec<u32>]) -> bool {
        let (mut kinds, mut rest, mut held) = (Vec::new(), Vec::new(), Held::default());
        for words in said {
            let mut words = Reader::new(words);
            let head = (words.take(), words.take_64(), words.take_64());
            let (Some(kind), Some(now), Some(soon)) = head else { return false };
            kinds.push(kind);
            (held.now, held.soon) = (held.now + now, held.soon + soon);
            rest.push(words);
        }
        kinds.dedup();
        let others = held.now.saturating_sub(self.main.bytes());
        match kinds[..] {
            [_] if said.len() != self.company.1 as usize => false,
            [LEARNT] => self.hear(rest),
            [PART] => self.enter(rest, (others, held.soon)),
            [ALONE] => {
                self.main.join(Vec::new(), others, held.soon);
                true
            }
            _ => false,
        }
    }
}
