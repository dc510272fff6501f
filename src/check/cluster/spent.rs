//! Partial-order reduction: messages that are spent are delivered at once.
//!
//! A message is *spent* if whenever it is delivered from now on, nothing comes of it: the node
//! stays what it is, sends nothing, states nothing, answers nobody. The sixth vote of five that
//! elect a leader is one, or the answer to a round that is over. Unreduced, a search tells every
//! state with such a message in flight from the same state without it. Here it is taken out as soon
//! as it is spent, as if it were delivered at once. A message to a node that is crashed and has no
//! restart left is taken out as well, for it is never delivered.
//!
//! Such a delivery is an ample set of one step, in the sense of \[clarke99 §10.4\]:
//!
//! - C0: it is a step, so the set is not empty where steps are possible.
//! - C1: whatever happens before it is independent of it: every other step finds the same nodes,
//!   judges and clients, whether the message flies or not, and leaves it without effect. Nobody can
//!   see this from one state, so it is assumed and then checked; see below.
//! - C2: it is invisible: no judge and no client learns of it, and no node changes.
//! - C3: there is no circle of such steps, for each leaves fewer messages in flight.
//!
//! Steps that lose the message or copy it do not commute with it, but lead to states that have the
//! same with more of the scope used up. From those nothing can happen that cannot without.
//! On an ordered link only the next message is taken out: behind others, it is not delivered yet.
//!
//! # Assume, then check
//!
//! When a message is first seen at a node on a seat and nothing comes of it there, it is taken for
//! spent. When the search is over, every seat that this node was seen to come to from there is
//! tried, a crash and a restart among the ways to come to one. If something comes of the message on
//! any of them, it was not spent: that is remembered, and the search begins anew. What the ways on
//! record are, is not cut short by taking spent messages out, as long as all of them are: let a run
//! without reduction be given. Leaving out its deliveries of messages that were taken out, it is a
//! run of the reduced search, step by step, for by the check these deliveries change nothing on any
//! seat that the reduced search met. So the search reaches all that can be reached but for what is
//! in flight and spent, and its verdicts are those of the search without reduction.
//!
//! # Shortest
//!
//! On an unordered network a run to a violation can leave spent messages in flight, and so is as
//! long as the path that was found: a shortest one. On an ordered link they are in the way, and
//! "termination" asks that nothing flies. Where their deliveries make a path longer, the search is
//! made again without reduction; see [`ClusterModel::lift`].

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::kernel::NodeId;

use super::judges::NOTHING;
use super::model::ClusterModel;
use super::scope::Order;
use super::state::{Draft, Event, State, Step};
use super::tables::{Miss, Tables};
use super::troupe::Call;
use super::walk::{Walk, bit};

/// From each seat of one node, those that it was seen to come to next.
type Ways = FxHashMap<u32, Vec<u32>>;

impl Tables {
    /// Takes out the messages that are spent, of those whose receivers were touched.
    pub(super) fn drop_spent(&self, walk: &mut Walk) -> Result<(), Miss> {
        let mut place = 0;
        while walk.touched != 0 && place < walk.draft.flying().len() {
            let message = walk.draft.flying()[place];
            let to = self.letter(message).to;
            let waits =
                self.scope.order == Order::Ordered && !self.is_next(walk.draft.flying(), place);
            if !waits && walk.touched & bit(to) != 0 && self.is_spent(walk, to, message)? {
                walk.draft.remove(place);
            } else {
                place += 1;
            }
        }
        Ok(())
    }

    fn is_spent(&self, walk: &Walk, to: NodeId, message: u32) -> Result<bool, Miss> {
        let seat = walk.draft.seat(to);
        if !self.actors.is_up(seat) {
            return Ok(walk.used.restarts >= self.scope.restarts);
        }
        self.spent.get(&(seat, message)).copied().ok_or(Miss::Spent(seat, message))
    }

    /// True if nothing comes of a message on a seat, as far as its call is known.
    pub(super) fn is_idle(&self, to: NodeId, seat: u32, message: u32) -> bool {
        let Some([done]) = self.memo.get((to, seat, Call::Message(message))) else { return false };
        done.seat == seat
            && done.sends.is_empty()
            && done.record == NOTHING
            && done.replies.is_empty()
    }

    /// The same, for a call that nobody has to have made.
    fn would_idle(&mut self, to: NodeId, seat: u32, message: u32) -> bool {
        if self.memo.get((to, seat, Call::Message(message))).is_some() {
            return self.is_idle(to, seat, message);
        }
        // Nothing of it is remembered: it may be a call that no run makes.
        let outcomes = self.actors.call(to, seat, Call::Message(message));
        let [ran] = outcomes.as_slice() else { return false };
        ran.seat == seat
            && ran.sends.is_empty()
            && ran.facts.is_empty()
            && ran.replies.is_empty()
            && !ran.told_time
    }

    /// Checks everything that was taken for spent on every seat that its receiver was seen to come
    /// to. False if something was not: that is known from then on.
    pub(super) fn confirm(&mut self) -> bool {
        let spent = self.spent.iter().filter(|(_, spent)| **spent);
        let spent: Vec<(u32, u32)> = spent.map(|(place, _)| *place).collect();
        let mut assumed: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (seat, message) in spent {
            assumed.entry(message).or_default().push(seat);
        }
        let ways = self.ways();
        let none = Ways::default();
        let mut sound = true;
        for (message, seats) in assumed {
            let to = self.letter(message).to;
            sound &= self.check(to, message, seats, ways.get(&to).unwrap_or(&none));
        }
        sound
    }

    /// For each node, from each seat those that come next, crashes among them.
    fn ways(&self) -> FxHashMap<NodeId, Ways> {
        let mut ways: FxHashMap<NodeId, Ways> = FxHashMap::default();
        let mut seen: FxHashSet<(NodeId, u32, u32)> = FxHashSet::default();
        for (node, seat, after) in self.memo.moves() {
            let to = ways.entry(node).or_default();
            for (seat, after) in
                [(seat, Some(after)), (after, self.crashed.get(&(node, after)).copied())]
            {
                let Some(after) = after.filter(|it| *it != seat) else { continue };
                if seen.insert((node, seat, after)) {
                    to.entry(seat).or_default().push(after);
                }
            }
        }
        ways
    }

    /// Checks one message, which was taken for spent on these seats of its receiver.
    fn check(&mut self, to: NodeId, message: u32, seats: Vec<u32>, ways: &Ways) -> bool {
        let (mut known, mut left) = (FxHashSet::default(), seats);
        let (mut back, mut wrong): (Ways, Vec<u32>) = (Ways::default(), Vec::new());
        known.extend(left.iter().copied());
        while let Some(seat) = left.pop() {
            if self.actors.is_up(seat) {
                let idle = match self.spent.get(&(seat, message)) {
                    Some(spent) => *spent,
                    None => self.would_idle(to, seat, message),
                };
                self.spent.insert((seat, message), idle);
                if !idle {
                    self.not_spent(to, seat, message);
                    wrong.push(seat);
                    continue;
                }
            }
            for after in ways.get(&seat).into_iter().flatten() {
                back.entry(*after).or_default().push(seat);
                if known.insert(*after) {
                    left.push(*after);
                }
            }
        }
        let sound = wrong.is_empty();
        while let Some(seat) = wrong.pop() {
            for before in back.remove(&seat).into_iter().flatten() {
                self.not_spent(to, before, message);
                wrong.push(before);
            }
        }
        sound
    }
}

impl ClusterModel {
    /// A path of the search as one without reduction: with the deliveries of spent messages that it
    /// needs. For a claim about how it ends, nothing is left in flight.
    pub fn lift(&self, path: &[Step], claim: usize) -> Vec<Step> {
        if !self.is_reduced() {
            return path.to_vec();
        }
        let ordered = self.read().scope.order == Order::Ordered;
        let (mut full, mut lean) = (self.start_state().clone(), self.first_state());
        let mut lifted = Vec::new();
        if ordered {
            self.catch_up(&mut full, &lean, &mut lifted);
        }
        for step in path {
            let Some(next) = self.step(&full, step, false) else { break };
            full = next;
            lifted.push(*step);
            if ordered {
                lean = self.step(&lean, step, true).unwrap_or(lean);
                self.catch_up(&mut full, &lean, &mut lifted);
            }
        }
        if self.is_termination(claim) {
            let nothing = full.draft();
            self.catch_up(&mut full, &without_letters(nothing), &mut lifted);
        }
        lifted
    }

    /// Delivers what flies in `full` and not in `lean`, link by link.
    fn catch_up(&self, full: &mut State, lean: &State, lifted: &mut Vec<Step>) {
        while let Some(message) = self.missing(full, lean) {
            let step = Step { event: Event::Deliver(message), picks: 0 };
            let Some(next) = self.step(full, &step, false) else { return };
            *full = next;
            lifted.push(step);
        }
    }

    /// The next message of a link on which less flies in `lean` than in `full`.
    fn missing(&self, full: &State, lean: &State) -> Option<u32> {
        let tables = self.read();
        let link = |message: u32| {
            let letter = tables.letter(message);
            (letter.from, letter.to)
        };
        let many = |state: &State, on| state.flying().iter().filter(|it| link(**it) == on).count();
        let mut flying = full.flying().iter().copied();
        flying.find(|it| {
            let (on, to) = (link(*it), link(*it).1);
            tables.actors.is_up(full.seats()[to.index()]) && many(full, on) > many(lean, on)
        })
    }
}

fn without_letters(mut draft: Draft) -> State {
    draft.retain(|_| false);
    draft.done()
}
