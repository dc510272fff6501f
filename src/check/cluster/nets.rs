//! Messages in flight, as numbers.

use rustc_hash::FxHashMap;

use super::intern::Interner;
use super::scope::Order;
use super::troupe::Letter;

/// Nothing is taken out.
pub(super) const NONE: u32 = u32::MAX;
/// The list of nothing, and the network in which nothing flies.
pub(super) const EMPTY: u32 = 0;

/// Lists of messages: what flies, and what is sent at once. Both are known by number.
pub(super) struct Nets {
    order: Order,
    lists: Interner<Box<[u32]>>,
    known: FxHashMap<(u32, u32, u32), u32>,
}

impl Nets {
    pub(super) fn new(order: Order) -> Nets {
        let mut lists = Interner::default();
        lists.number(Box::default());
        Nets { order, lists, known: FxHashMap::default() }
    }

    /// The number of a list of messages as they were sent.
    pub(super) fn list(&mut self, messages: Vec<u32>) -> u32 {
        self.lists.number(messages.into())
    }

    /// The messages of that number. What flies is in a canonical order: of an unordered network by
    /// content, of an ordered one by link, and there as sent.
    pub(super) fn get(&self, number: u32) -> std::rc::Rc<Box<[u32]>> {
        std::rc::Rc::clone(self.lists.get(number))
    }

    /// Takes one message out of what flies, and puts a list in.
    pub(super) fn step(
        &mut self,
        net: u32,
        gone: u32,
        sends: u32,
        letter: &dyn Fn(u32) -> Letter,
    ) -> u32 {
        if gone == NONE && sends == EMPTY {
            return net;
        }
        if let Some(after) = self.known.get(&(net, gone, sends)) {
            return *after;
        }
        let mut flying = self.lists.get(net).to_vec();
        if let Some(place) = flying.iter().position(|it| *it == gone) {
            flying.remove(place);
        }
        flying.extend(self.lists.get(sends).iter());
        let after = self.settle(flying, letter);
        self.known.insert((net, gone, sends), after);
        after
    }

    /// The number of what flies.
    pub(super) fn settle(&mut self, mut flying: Vec<u32>, letter: &dyn Fn(u32) -> Letter) -> u32 {
        match self.order {
            Order::Unordered => crate::order::sort_by_key(&mut flying, |it| (letter(*it).key, *it)),
            Order::Ordered => crate::order::sort_by_key(&mut flying, |it| {
                let Letter { from, to, .. } = letter(*it);
                (from, to)
            }),
        }
        self.lists.number(flying.into())
    }

    /// How many different lists there are so far.
    pub(super) fn len(&self) -> usize {
        self.lists.len()
    }
}
