//! Symmetry: nodes that are alike trade places.
//!
//! Two nodes are *alike* if exchanging their names everywhere turns every run into a run. Then one
//! state stands for all that come of it by such exchanges, and a search visits that one only. The
//! verdicts stay what they are, and shortest ways as short.
//!
//! No protocol says of itself whether its nodes are alike: names lie deep in its logs, votes and
//! messages, and one that is forgotten would make a search overlook states. It is **found out**.
//! A swap of two nodes is assumed to be a symmetry. Of every call of a handler the mirrored call is
//! made as well, the other node on the mirrored seat with the mirrored message, and what comes of
//! one has to be the mirror of what comes of the other: as many outcomes, and of each the same
//! timers, answers and messages to mirrored receivers. What the mirror of a seat, a message or a
//! record is, follows from where it first occurred; wherever it occurs again it has to be the same
//! one. Where that fails (ballots that are compared by node, somebody who coordinates), the two are
//! not alike: that is remembered, and the search begins anew without the swap.
//!
//! So when a search is over, each swap is an automorphism of all that it met: one to one, carrying
//! every step to a step, and judges to judges that are of the same opinion (\[clarke99 §14\] says
//! why visiting one state of each orbit is enough). The mirrored calls are among those that a
//! search without symmetry makes, so that handlers run no more often than there.
//!
//! Nodes that are alike form classes; swaps of neighbours in a class generate all exchanges. With
//! [`super::spent`] this goes together: what is spent is so in the mirror as well.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::kernel::{NodeId, Outcome, RequestId};

use super::judges::{Bench, NOTHING, Record, Struck};
use super::memo::{Done, Memo};
use super::scope::Scope;
use super::state::Used;
use super::tables::Tables;
use super::troupe::{Call, Kind};

/// A call: of a node on a seat.
pub(super) type Called = (NodeId, u32, Call);

/// Which nodes are alike, as far as is known.
#[derive(Debug)]
pub(super) struct Alike {
    nodes: u32,
    /// Nodes that are not alike.
    unlike: Vec<(NodeId, NodeId)>,
    /// The nodes of each class, in order.
    pub(super) classes: Vec<Vec<NodeId>>,
    /// Swaps of neighbours, class by class.
    pub(super) swaps: Vec<Swap>,
    /// One of the swaps is no symmetry.
    refuted: bool,
    /// What a seat has in common with its mirrors, for each node that may sit there.
    pub(super) ranks: FxHashMap<(NodeId, u32), u128>,
}

/// What becomes of everything when two nodes trade places. Each table is its own inverse.
#[derive(Debug)]
pub(super) struct Swap {
    pair: (NodeId, NodeId),
    pub(super) seats: FxHashMap<(NodeId, u32), u32>,
    pub(super) messages: FxHashMap<u32, u32>,
    records: FxHashMap<u32, u32>,
    pub(super) benches: FxHashMap<u32, u32>,
}

/// Two mirror each other. False if one of them mirrors something else.
fn mirror<K: Eq + Hash + Copy, V: Eq + Copy>(
    table: &mut FxHashMap<K, V>,
    (one, of_one): (K, V),
    (two, of_two): (K, V),
) -> bool {
    *table.entry(one).or_insert(of_two) == of_two && *table.entry(two).or_insert(of_one) == of_one
}

impl Swap {
    fn new(one: NodeId, two: NodeId) -> Swap {
        Swap {
            pair: (one, two),
            seats: FxHashMap::default(),
            messages: FxHashMap::default(),
            records: FxHashMap::from_iter([(NOTHING, NOTHING)]),
            benches: FxHashMap::default(),
        }
    }

    /// The name of a node in the mirror.
    pub(super) fn node(&self, node: NodeId) -> NodeId {
        match node {
            it if it == self.pair.0 => self.pair.1,
            it if it == self.pair.1 => self.pair.0,
            it => it,
        }
    }

    fn struck(&self, struck: Struck) -> Struck {
        match struck {
            Struck::Crashed(node) => Struck::Crashed(self.node(node)),
            Struck::Restarted(node) => Struck::Restarted(self.node(node)),
            Struck::Nobody | Struck::Unsynced(_) => struck,
        }
    }

    fn call(&self, (node, seat, call): Called, tables: &Tables) -> Option<Called> {
        let there = (self.node(node), *self.seats.get(&(node, seat))?);
        let call = match call {
            Call::Boot | Call::Request(_) => call,
            Call::Message(message) => Call::Message(*self.messages.get(&message)?),
            Call::Timer(timer) => {
                let name = tables.actors.timer(timer);
                let mut armed = tables.actors.armed(there.1).iter();
                Call::Timer(*armed.find(|it| tables.actors.timer(**it) == name)?)
            }
        };
        Some((there.0, there.1, call))
    }

    fn replies(&self, one: &[(RequestId, Outcome)], two: &[(RequestId, Outcome)]) -> bool {
        let mirrored = |outcome| match outcome {
            Outcome::Redirect(hint) => Outcome::Redirect(hint.map(|it| self.node(it))),
            Outcome::Done(_) | Outcome::Refused | Outcome::Unmet => outcome,
        };
        one.iter().map(|(id, outcome)| (*id, mirrored(*outcome))).eq(two.iter().copied())
    }

    /// Which nodes are cut off, in the mirror; the first node is always on the other side.
    pub(super) fn used(&self, used: Used, nodes: u32) -> Used {
        let (one, two) = (self.pair.0.0, self.pair.1.0);
        let differ = (used.cut >> one ^ used.cut >> two) & 1;
        let cut = used.cut ^ (differ << one | differ << two);
        let all = u64::MAX >> (64 - nodes.clamp(1, 64));
        Used { cut: if cut & 1 == 1 { all & !cut } else { cut }, ..used }
    }
}

impl Alike {
    /// Nodes that are taken to be alike, but for those that the scope names.
    pub(super) fn new(nodes: u32, scope: &Scope) -> Alike {
        let named = scope.asks.iter().filter_map(|ask| ask.via);
        let all = || (0..nodes).map(NodeId);
        let unlike = named.flat_map(|it| all().filter(move |of| *of != it).map(move |of| (it, of)));
        let (unlike, classes, swaps) = (unlike.collect(), Vec::new(), Vec::new());
        let ranks = FxHashMap::default();
        let mut alike = Alike { nodes, unlike, classes, swaps, refuted: false, ranks };
        alike.classify();
        alike
    }

    /// Puts each node into the first class of which nobody is known to differ from it.
    fn classify(&mut self) {
        let mut classes: Vec<Vec<NodeId>> = Vec::new();
        for node in (0..self.nodes).map(NodeId) {
            let known = |it: &NodeId| {
                self.unlike.contains(&(*it, node)) || self.unlike.contains(&(node, *it))
            };
            match classes.iter_mut().find(|class| !class.iter().any(known)) {
                Some(class) => class.push(node),
                None => classes.push(vec![node]),
            }
        }
        let pairs = classes.iter().flat_map(|class| class.windows(2));
        self.swaps = pairs.map(|pair| Swap::new(pair[0], pair[1])).collect();
        self.classes = classes;
        self.ranks.clear();
        self.refuted = false;
    }

    fn refute(&mut self, swap: usize) {
        self.unlike.push(self.swaps[swap].pair);
        self.refuted = true;
    }

    /// True if some nodes trade places.
    pub(super) fn is_of_use(&self) -> bool {
        !self.refuted && !self.swaps.is_empty()
    }

    /// Whatever was found out, a swap is no symmetry: others say so.
    pub(super) fn refute_all(&mut self) {
        let all = || (0..self.nodes).map(NodeId);
        self.unlike = all().flat_map(|it| all().map(move |of| (it, of))).collect();
        self.refuted = true;
    }

    pub(super) fn is_refuted(&self) -> bool {
        self.refuted
    }

    /// The nodes that are alike, those that are like no other left out.
    pub(super) fn classes(&self) -> impl Iterator<Item = &Vec<NodeId>> {
        self.classes.iter().filter(|class| class.len() > 1)
    }

    /// How many entries there are, for an estimate of what they take.
    pub(super) fn len(&self) -> usize {
        let each =
            |it: &Swap| it.seats.len() + it.messages.len() + it.records.len() + it.benches.len();
        (self.swaps.iter().map(each).sum::<usize>() + self.ranks.len()).div_ceil(8)
    }
}

impl Tables {
    /// Does something for every swap, until one of them turns out to be no symmetry.
    fn for_swaps(&mut self, each: &mut dyn FnMut(&mut Tables, &mut Swap) -> bool) {
        let Some(mut alike) = self.alike.take() else { return };
        for place in 0..alike.swaps.len() {
            if !alike.refuted && !each(self, &mut alike.swaps[place]) {
                alike.refute(place);
            }
        }
        self.alike = Some(alike);
    }

    /// Before anything has happened: the nodes with their seats, and the judges.
    pub(super) fn mirror_first(&mut self, seats: &[u32]) {
        self.for_swaps(&mut |tables, swap| {
            let all = seats.iter().enumerate().all(|(place, seat)| {
                let node = NodeId::at(place);
                let there = seats[swap.node(node).index()];
                tables.mirror_seats(swap, node, *seat, there)
            });
            all && mirror(
                &mut swap.benches,
                (Bench::FIRST, Bench::FIRST),
                (Bench::FIRST, Bench::FIRST),
            )
        });
    }

    /// What all nodes stated while they booted is told at once, in the order of the nodes.
    pub(super) fn mirror_boot(&mut self, record: u32) {
        self.for_swaps(&mut |_, swap| {
            mirror(&mut swap.records, (record, record), (record, record))
        });
    }

    /// Makes the mirrored calls of a call, and compares what comes of them.
    pub(super) fn mirror_call(&mut self, called: Called) {
        let mut left = vec![called];
        while let Some(called) = left.pop() {
            self.for_swaps(&mut |tables, swap| {
                let Some(there) = swap.call(called, tables) else { return false };
                if tables.memo.get(there).is_none() {
                    tables.call_once(there);
                    left.push(there);
                }
                tables.mirror_outcomes(swap, called, there)
            });
        }
    }

    fn mirror_outcomes(&self, swap: &mut Swap, called: Called, there: Called) -> bool {
        let (Some(ours), Some(theirs)) = (self.memo.get(called), self.memo.get(there)) else {
            return false;
        };
        let mut both = ours.iter().zip(theirs);
        ours.len() == theirs.len()
            && both.all(|(one, two)| {
                self.mirror_seats(swap, called.0, one.seat, two.seat)
                    && self.mirror_sends(swap, one, two)
                    && self.mirror_records(swap, one.record, two.record)
                    && swap.replies(&one.replies, &two.replies)
            })
    }

    fn mirror_seats(&self, swap: &mut Swap, node: NodeId, one: u32, two: u32) -> bool {
        let names = |seat| {
            let timers = self.actors.armed(seat).iter().map(|it| self.actors.timer(*it));
            let mut names: Vec<&str> = timers.collect();
            crate::order::sort(&mut names);
            names
        };
        let there = swap.node(node);
        if swap.seats.get(&(node, one)) != Some(&two) {
            let armed = names(one);
            // Two timers of one name would not be told apart.
            let distinct = armed.windows(2).all(|pair| pair[0] != pair[1]);
            if !distinct || armed != names(two) || self.actors.is_up(one) != self.actors.is_up(two)
            {
                return false;
            }
        }
        mirror(&mut swap.seats, ((node, one), one), ((there, two), two))
    }

    /// Messages mirror each other in the order in which they go to one receiver.
    fn mirror_sends(&self, swap: &mut Swap, one: &Done, two: &Done) -> bool {
        let by_receiver = |sends: &[u32], name: &dyn Fn(NodeId) -> NodeId| {
            let mut sends: Vec<(NodeId, u32)> =
                sends.iter().map(|it| (name(self.letter(*it).to), *it)).collect();
            crate::order::sort_by(&mut sends, |a, b| a.0.cmp(&b.0));
            sends
        };
        let ours = by_receiver(&one.sends, &|node| swap.node(node));
        let theirs = by_receiver(&two.sends, &|node| node);
        ours.len() == theirs.len()
            && ours.iter().zip(&theirs).all(|((to, one), (of, two))| {
                let (face, other) = (self.letter(*one).face, self.letter(*two).face);
                to == of && face == other && mirror(&mut swap.messages, (*one, *one), (*two, *two))
            })
    }

    fn mirror_records(&self, swap: &mut Swap, one: u32, two: u32) -> bool {
        let (ours, theirs) = (self.bench.told(one), self.bench.told(two));
        swap.struck(ours.struck) == theirs.struck
            && ours.facts.len() == theirs.facts.len()
            && mirror(&mut swap.records, (one, one), (two, two))
    }

    /// The mirror of a record; of one in which nobody states anything it is known at once.
    fn mirrored_record(&mut self, swap: &mut Swap, record: u32) -> Option<u32> {
        if let Some(known) = swap.records.get(&record) {
            return Some(*known);
        }
        let told = self.bench.told(record);
        if !told.facts.is_empty() {
            return None;
        }
        let there = Record { struck: swap.struck(told.struck), ..told.clone() };
        let there = self.bench.record(there);
        mirror(&mut swap.records, (record, record), (there, there)).then_some(there)
    }

    /// Lets the judges watch an event, and its mirrors.
    pub(super) fn watch(&mut self, bench: u32, record: u32) -> u32 {
        let mut left = vec![(bench, record)];
        while let Some((bench, record)) = left.pop() {
            let after = self.bench.watch(bench, record);
            self.for_swaps(&mut |tables, swap| {
                let seen = swap.benches.get(&bench).copied();
                let told = tables.mirrored_record(swap, record);
                let (Some(seen), Some(told)) = (seen, told) else { return false };
                if tables.bench.after(seen, told).is_none() {
                    left.push((seen, told));
                }
                let then = tables.bench.watch(seen, told);
                tables.bench.agree(after, then)
                    && mirror(&mut swap.benches, (after, after), (then, then))
            });
        }
        self.bench.watch(bench, record)
    }

    /// Crashes a node, and its mirrors.
    pub(super) fn crash(&mut self, node: NodeId, seat: u32) -> u32 {
        let mut left = vec![(node, seat)];
        while let Some((node, seat)) = left.pop() {
            let after = self.crash_once(node, seat);
            self.for_swaps(&mut |tables, swap| {
                let Some(there) = swap.seats.get(&(node, seat)).copied() else { return false };
                let of = swap.node(node);
                if !tables.crashed.contains_key(&(of, there)) {
                    left.push((of, there));
                }
                let then = tables.crash_once(of, there);
                tables.mirror_seats(swap, node, after, then)
            });
        }
        self.crash_once(node, seat)
    }

    fn crash_once(&mut self, node: NodeId, seat: u32) -> u32 {
        if let Some(after) = self.crashed.get(&(node, seat)) {
            return *after;
        }
        let after = self.actors.crash(seat);
        self.crashed.insert((node, seat), after);
        after
    }

    /// Finds what the seat of a node has in common with its mirrors.
    pub(super) fn rank(&mut self, node: NodeId, seat: u32) {
        let Some(mut alike) = self.alike.take() else { return };
        let mut orbit = vec![(node, seat)];
        let mut place = 0;
        while let Some((node, seat)) = orbit.get(place).copied() {
            place += 1;
            for swap in &alike.swaps {
                if let Some(there) = swap.seats.get(&(node, seat)) {
                    let there = (swap.node(node), *there);
                    if !orbit.contains(&there) {
                        orbit.push(there);
                    }
                }
            }
        }
        let keys = self.actors.keys(Kind::Seat);
        let rank = orbit.iter().map(|(_, seat)| keys[*seat as usize]).min().unwrap_or_default();
        alike.ranks.extend(orbit.into_iter().map(|it| (it, rank)));
        self.alike = Some(alike);
    }

    /// A message is not spent, to a node on a seat, nor is it in the mirrors: else a state and its
    /// mirror would not be left by the same steps, and a way could not be told again.
    pub(super) fn not_spent(&mut self, to: NodeId, seat: u32, message: u32) {
        let mut left = vec![(to, seat, message)];
        let mut known = left.clone();
        while let Some((to, seat, message)) = left.pop() {
            self.spent.insert((seat, message), false);
            for swap in self.alike.iter().flat_map(|alike| &alike.swaps) {
                let there = (swap.seats.get(&(to, seat)), swap.messages.get(&message));
                let (Some(seat), Some(message)) = there else { continue };
                let there = (swap.node(to), *seat, *message);
                if !known.contains(&there) {
                    known.push(there);
                    left.push(there);
                }
            }
        }
    }

    /// If a swap was refuted, begins without it: false.
    ///
    /// Searches in company begin without any, for each may have come upon another one first, and
    /// all have to go by the same.
    pub(super) fn renew(&mut self, nodes: u32) -> bool {
        let Some(alike) = self.alike.as_mut().filter(|it| it.refuted) else { return true };
        if self.news.is_some() {
            alike.refute_all();
        }
        alike.classify();
        if !alike.swaps.is_empty() {
            // All calls are made again, for their mirrors are others.
            self.memo = Memo::default();
            self.crashed.clear();
            self.bench.forget();
            self.boot(nodes);
        }
        false
    }
}
