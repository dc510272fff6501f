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
//! why visiting one state of each orbit is enough). The mirrored calls are among those that a search
//! without symmetry would make, so it never calls more handlers than that.
//!
//! Nodes that are alike form classes; swaps of neighbours in a class generate all exchanges. With
//! [`super::spent`] this goes together: what is spent is so in the mirror as well.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::kernel::{NodeId, Outcome, RequestId};

use super::judges::{Bench, NOTHING, Record, Struck};
use super::memo::{Done, Memo};
use super::scope::Scope;
use super::state::{Draft, Phase, State, Used};
use super::tables::{Miss, Tables};
use super::troupe::{Call, Kind};

/// Orders of nodes that are tried for one state, at most. A state of more has several
/// representatives, which costs states and no verdict.
const MOST: usize = 720;

/// A call: of a node on a seat.
pub(super) type Called = (NodeId, u32, Call);

/// Which nodes are alike, as far as is known.
#[derive(Debug)]
pub(super) struct Alike {
    nodes: u32,
    /// Nodes that are not alike.
    unlike: Vec<(NodeId, NodeId)>,
    /// The nodes of each class, in order.
    classes: Vec<Vec<NodeId>>,
    /// Swaps of neighbours, class by class.
    swaps: Vec<Swap>,
    /// One of the swaps is no symmetry.
    refuted: bool,
    /// What a seat has in common with its mirrors, for each node that may sit there.
    ranks: FxHashMap<(NodeId, u32), u128>,
}

/// What becomes of everything when two nodes trade places. Each table is its own inverse.
#[derive(Debug)]
struct Swap {
    pair: (NodeId, NodeId),
    seats: FxHashMap<(NodeId, u32), u32>,
    messages: FxHashMap<u32, u32>,
    records: FxHashMap<u32, u32>,
    benches: FxHashMap<u32, u32>,
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
    fn node(&self, node: NodeId) -> NodeId {
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
    fn used(&self, used: Used, nodes: u32) -> Used {
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
    fn is_of_use(&self) -> bool {
        !self.refuted && !self.swaps.is_empty()
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
    fn for_swaps(&mut self, mut each: impl FnMut(&mut Tables, &mut Swap) -> bool) {
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
        self.for_swaps(|tables, swap| {
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
        self.for_swaps(|_, swap| mirror(&mut swap.records, (record, record), (record, record)));
    }

    /// Makes the mirrored calls of a call, and compares what comes of them.
    pub(super) fn mirror_call(&mut self, called: Called) {
        let mut left = vec![called];
        while let Some(called) = left.pop() {
            self.for_swaps(|tables, swap| {
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
            self.for_swaps(|tables, swap| {
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
            self.for_swaps(|tables, swap| {
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

    /// If a swap was refuted, begins without it: false.
    pub(super) fn renew(&mut self, nodes: u32) -> bool {
        let Some(alike) = self.alike.as_mut().filter(|it| it.refuted) else { return true };
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

/// The least of the states that were compared.
struct Least {
    state: State,
    compared: usize,
}

impl Tables {
    /// The representative of all states that nodes which are alike make of one by trading places;
    /// `None` if there are none, or nothing is known of the state.
    pub(super) fn canonical(&self, state: &State) -> Result<Option<State>, Miss> {
        let Some(alike) = self.alike.as_ref().filter(|it| it.is_of_use()) else { return Ok(None) };
        let mut ranks = self.ranks(alike, state)?;
        let (mut state, mut runs, mut first) = (state.clone(), Vec::new(), 0);
        for class in &alike.classes {
            for end in 1..class.len() {
                for at in (1..=end).rev() {
                    let (left, right) = (class[at - 1].index(), class[at].index());
                    if ranks[left] <= ranks[right] {
                        break;
                    }
                    let Some(traded) = self.trade(&alike.swaps[first + at - 1], &state)? else {
                        return Ok(None);
                    };
                    state = traded;
                    ranks.swap(left, right);
                }
            }
            let mut at = 0;
            for run in class.chunk_by(|a, b| ranks[a.index()] == ranks[b.index()]) {
                if run.len() > 1 {
                    runs.push((first + at, run.len()));
                }
                at += run.len();
            }
            first += class.len() - 1;
        }
        let mut least = Least { state: state.clone(), compared: 0 };
        let told = self.compare(&alike.swaps, &runs, state, &mut least)?;
        Ok(told.map(|_| least.state))
    }

    /// What nodes have in common with those that may take their place: the rank of the seat, and
    /// how many messages fly to it and from it.
    fn ranks(&self, alike: &Alike, state: &State) -> Result<Vec<(u128, u32)>, Miss> {
        let mut ranks = Vec::with_capacity(state.seats().len());
        for (place, seat) in state.seats().iter().enumerate() {
            let node = NodeId::at(place);
            let rank = alike.ranks.get(&(node, *seat)).ok_or(Miss::Rank(node, *seat))?;
            ranks.push((*rank, 0));
        }
        for message in state.flying() {
            let letter = self.letter(*message);
            ranks[letter.to.index()].1 += 1 << 16;
            ranks[letter.from.index()].1 += 1;
        }
        Ok(ranks)
    }

    /// Compares all orders of nodes within their runs; the state in the last of them. A run is its
    /// first swap, and how many nodes it has.
    fn compare(
        &self,
        swaps: &[Swap],
        runs: &[(usize, usize)],
        mut state: State,
        least: &mut Least,
    ) -> Result<Option<State>, Miss> {
        let Some(((first, len), rest)) = runs.split_first() else {
            least.compared += 1;
            if self.names(&state).lt(self.names(&least.state)) {
                least.state = state.clone();
            }
            return Ok(Some(state));
        };
        let mut changes = plain_changes(*len).into_iter();
        loop {
            let Some(ordered) = self.compare(swaps, rest, state, least)? else { return Ok(None) };
            let next = changes.next().filter(|_| least.compared < MOST);
            let Some(change) = next else { return Ok(Some(ordered)) };
            let Some(traded) = self.trade(&swaps[first + change], &ordered)? else {
                return Ok(None);
            };
            state = traded;
        }
    }

    /// What states are ordered by.
    fn names(&self, state: &State) -> impl Iterator<Item = u128> {
        let (seats, messages) = (self.actors.keys(Kind::Seat), self.actors.keys(Kind::Message));
        let seats = state.seats().iter().map(|seat| seats[*seat as usize]);
        let rest = [
            self.bench.key(state.bench()),
            self.clients.key(state.clients()),
            self.used.key(state.used()),
        ];
        seats.chain(rest).chain(state.flying().iter().map(|it| messages[*it as usize]))
    }

    /// The state in the mirror of a swap; `None` if a part of it was never seen there.
    fn trade(&self, swap: &Swap, state: &State) -> Result<Option<State>, Miss> {
        let seats = state.seats();
        let seat = |place: usize| {
            let of = swap.node(NodeId::at(place));
            swap.seats.get(&(of, seats[of.index()])).copied()
        };
        let traded: Option<Vec<u32>> = (0..seats.len()).map(seat).collect();
        let bench = swap.benches.get(&state.bench()).copied();
        let (Some(traded), Some(bench)) = (traded, bench) else { return Ok(None) };
        let used = swap.used(self.used(state), seats.len() as u32);
        let used = self.used.find(&used).ok_or(Miss::Used(used))?;
        let phase = |it: &Phase| match it {
            Phase::Open(node) => Phase::Open(swap.node(*node)),
            Phase::Not | Phase::Done => *it,
        };
        let phases: Box<[Phase]> = self.phases(state.clients()).iter().map(phase).collect();
        let clients = self.clients.find(&phases).ok_or(Miss::Clients(phases))?;
        let mut draft = Draft::new(&traded, bench, clients, used);
        for message in state.flying() {
            let Some(message) = swap.messages.get(message) else { return Ok(None) };
            self.take_off(&mut draft, *message);
        }
        Ok(Some(draft.done()))
    }
}

/// Neighbours to swap, one pair after the other, so that every order of so many things comes up
/// once [knuth4a §7.2.1.2, algorithm P]; not more than [`MOST`] of them.
fn plain_changes(things: usize) -> Vec<usize> {
    let Some(fewer) = things.checked_sub(1).filter(|fewer| *fewer > 0) else { return Vec::new() };
    let mut changes = Vec::new();
    let mut inner = plain_changes(fewer).into_iter();
    loop {
        // The last thing goes through to the left; then to the right, and so on.
        changes.extend((0..fewer).rev());
        let Some(change) = inner.next().filter(|_| changes.len() < MOST) else { return changes };
        changes.push(change + 1);
        changes.extend(0..fewer);
        let Some(change) = inner.next().filter(|_| changes.len() < MOST) else { return changes };
        changes.push(change);
    }
}
