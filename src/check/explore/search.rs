//! One search over one model, in any order.

use std::sync::Arc;

use super::finding::{Path, tell};
use super::model::{Model, When};
use super::options::{End, Options, Order, Progress};
use super::queue::{Item, Queue};
use super::seen::{NONE, Place, SOON, Seen};
use super::share::Batch;
use super::walk::Walker;

/// A search: the table, the frontier, and what was found of the claims.
pub(super) struct Search<M: Model> {
    pub(super) model: Arc<M>,
    pub(super) options: Options,
    pub(super) seen: Seen<M::State>,
    pub(super) queue: Queue<M::State>,
    pub(super) stack: Vec<Item<M::State>>,
    pub(super) walker: Walker<M::State>,
    /// Of each claim, the fingerprints of the way to what was found.
    chains: Vec<Option<Vec<u128>>>,
    /// Claims still to be judged, one bit each.
    pub(super) open: u64,
    /// Claims of which it is news that they are false, one bit each.
    broken: u64,
    pub(super) generated: u64,
    /// States left, of a search that goes level by level.
    pub(super) left: u64,
    /// Whether others hold a part of the frontier.
    pub(super) apart: bool,
    /// Bytes held by others.
    pub(super) elsewhere: u64,
    pub(super) deepest: u32,
    /// Bytes that states on the frontier hold elsewhere.
    pub(super) heap: u64,
    /// Bytes that the model held when it was last asked.
    pub(super) held: u64,
    peak: u64,
    pub(super) cut: bool,
    /// How deep a round of deepening goes.
    pub(super) bound: u32,
    pub(super) end: Option<End>,
    pub(super) choices: Vec<M::Step>,
    pub(super) scratch: Batch<M>,
}

/// What became of a state that was reached.
pub(super) enum Reached {
    New,
    /// Known, or outside the scope.
    Old,
    /// New, but there is no room.
    Full,
}

impl<M: Model> Search<M> {
    pub(super) fn new(model: Arc<M>, options: Options) -> Search<M> {
        let claims = model.claims();
        debug_assert!(claims.len() <= 64, "claims are bits");
        let judged = claims.iter().enumerate().filter(|(_, it)| it.when != When::Eventually);
        let open = judged.fold(0, |open, (index, _)| open | 1 << index);
        let always = claims.iter().enumerate().filter(|(_, it)| it.when == When::Always);
        let broken = always.fold(0, |broken, (index, _)| broken | 1 << index);
        let depths = matches!(options.order, Order::Depth | Order::Deepening);
        let mut search = Search {
            seen: Seen::new(depths, options.exact),
            queue: Queue::new(),
            stack: Vec::new(),
            walker: Walker::new(options.seed),
            chains: vec![None; claims.len()],
            open,
            broken,
            generated: 0,
            left: 0,
            apart: false,
            elsewhere: 0,
            deepest: 0,
            heap: 0,
            held: 0,
            peak: 0,
            cut: false,
            bound: if options.order == Order::Deepening { 0 } else { options.max_depth },
            end: None,
            choices: Vec::new(),
            scratch: Batch::new(),
            model,
            options,
        };
        search.begin();
        search
    }

    /// Enters the initial states.
    pub(super) fn begin(&mut self) {
        let model = Arc::clone(&self.model);
        for state in model.initial() {
            self.generated += 1;
            if self.options.order == Order::Random {
                self.walker.starts.push(state);
            } else if matches!(self.reach(NONE, 0, state), Reached::Full) {
                break;
            }
        }
        // The first of them is left first.
        self.stack.reverse();
        self.account();
    }

    /// The state a search goes by: the representative, if there are such.
    pub(super) fn named(&self, state: M::State) -> M::State {
        if !self.options.symmetry {
            return state;
        }
        self.model.canonical(&state).unwrap_or(state)
    }

    /// Claims about which `state` says something new, one bit each.
    pub(super) fn telling(&self, state: &M::State) -> u64 {
        (self.model.truths(self.open, state) ^ self.broken) & self.open
    }

    /// A state was generated: judges it, enters it if it is new, puts it on the frontier.
    pub(super) fn reach(&mut self, parent: u32, depth: u32, state: M::State) -> Reached {
        if !self.model.within(&state) {
            let told = self.telling(&state);
            if told != 0 {
                let print = self.model.print(&self.named(state));
                self.note(told, parent, print);
            }
            return Reached::Old;
        }
        let state = self.named(state);
        let print = self.model.print(&state);
        let place = self.seen.find(print, Some(&state));
        if let Place::At(id) = place {
            if self.bound != u32::MAX && self.seen.depth(id) > depth {
                // Known from a longer way, whose end may have been cut off.
                self.seen.shorten(id, parent, depth);
                self.heap += self.model.weight(&state);
                self.stack.push(Item { id, depth, state: Some(state) });
            }
            return Reached::Old;
        }
        let told = self.telling(&state);
        self.enter(&place, print, parent, depth, Some(state), told)
    }

    /// Enters a new state that has been judged.
    pub(super) fn enter(
        &mut self,
        place: &Place,
        print: u128,
        parent: u32,
        depth: u32,
        state: Option<M::State>,
        told: u64,
    ) -> Reached {
        let Place::Free(slot) = *place else { return Reached::Old };
        if self.seen.len() >= self.options.max_states {
            self.end = Some(End::States);
            return Reached::Full;
        }
        let id = self.seen.enter(slot, print, state.as_ref(), parent, depth);
        self.deepest = self.deepest.max(depth + 1);
        if told != 0 {
            self.note(told, parent, print);
        }
        if self.options.order == Order::Random {
            return Reached::New;
        }
        self.heap += self.weight(state.as_ref());
        let item = Item { id, depth, state };
        match self.options.order {
            Order::Breadth => self.queue.push(item),
            Order::Depth | Order::Deepening | Order::Random => self.stack.push(item),
        }
        Reached::New
    }

    /// Remembers the way to a state that decides claims.
    pub(super) fn note(&mut self, told: u64, parent: u32, print: u128) {
        let mut chain = match self.options.order {
            Order::Random => self.walker.chain.clone(),
            Order::Breadth | Order::Depth | Order::Deepening => self.seen.chain(parent),
        };
        chain.push(print);
        for claim in 0..self.chains.len() {
            if told & self.open & 1 << claim != 0 {
                self.open &= !(1 << claim);
                self.chains[claim] = Some(chain.clone());
                let bad = self.model.claims()[claim].when == When::Always;
                let over = bad && self.options.stop || self.options.enough && self.is_decided();
                if over && self.end.is_none() {
                    self.end = Some(End::Found);
                }
            }
        }
    }

    /// Whether any claim is decided.
    pub(super) fn has_found(&self) -> bool {
        self.chains.iter().any(Option::is_some)
    }

    /// Whether every claim is decided.
    fn is_decided(&self) -> bool {
        self.open == 0 && self.chains.iter().all(Option::is_some)
    }

    /// Goes on for about `budget` generated states.
    pub(super) fn advance(&mut self, budget: u64) {
        let mut left = budget;
        while left > 0 && self.end.is_none() {
            let before = self.generated;
            match self.options.order {
                Order::Breadth => self.leave_nearest(),
                Order::Depth | Order::Deepening => self.leave_newest(),
                Order::Random => self.walk(),
            }
            left = left.saturating_sub((self.generated - before).max(1));
        }
    }

    /// Bytes that a state holds elsewhere; none if somebody else holds it.
    pub(super) fn weight(&self, state: Option<&M::State>) -> u64 {
        state.map_or(0, |state| self.model.weight(state))
    }

    /// Takes every step out of a state.
    pub(super) fn leave(&mut self, item: &Item<M::State>) {
        let Some(state) = &item.state else { return };
        let model = Arc::clone(&self.model);
        self.held = model.held();
        let mut choices = std::mem::take(&mut self.choices);
        choices.clear();
        model.steps(state, &mut choices);
        for step in &choices {
            let Some(next) = model.next(state, step) else { continue };
            self.generated += 1;
            if matches!(self.reach(item.id, item.depth + 1, next), Reached::Full) {
                break;
            }
        }
        self.choices = choices;
    }

    /// Books what is held, and ends the search before the next growth would break the ceiling.
    pub(super) fn account(&mut self) {
        self.peak = self.peak.max(self.bytes() + self.elsewhere);
        // Members of a company end together, by what all of them hold.
        if self.options.max_bytes == u64::MAX || self.end.is_some() || self.apart {
            return;
        }
        if self.bytes_soon() > self.options.max_bytes {
            self.end = Some(End::Memory);
        }
    }

    /// Bytes held after the next growth.
    pub(super) fn bytes_soon(&self) -> u64 {
        let crowded = self.stack.capacity() - self.stack.len() < SOON;
        let stack = if crowded { self.stack_bytes().max(1 << 12) } else { 0 };
        let soon = self.seen.bytes_soon() + self.queue.bytes() + Queue::<M::State>::BLOCK_BYTES;
        soon + self.heap + self.held + self.stack_bytes() + stack
    }

    fn stack_bytes(&self) -> u64 {
        (self.stack.capacity() * size_of::<Item<M::State>>()) as u64
    }

    /// Bytes held here.
    pub(super) fn bytes(&self) -> u64 {
        self.seen.bytes() + self.queue.bytes() + self.heap + self.held + self.stack_bytes()
    }

    pub(super) fn progress(&self) -> Progress {
        Progress {
            unique: u64::from(self.seen.len()),
            generated: self.generated,
            depth: self.deepest,
            frontier: self.queue.len() + self.stack.len() as u64,
            bytes: self.bytes() + self.elsewhere,
            peak: self.peak,
            cut: self.cut,
            end: self.end,
        }
    }

    /// Steps to what was found of a claim.
    pub(super) fn found(&self, claim: usize) -> Option<u32> {
        let chain = self.chains.get(claim)?.as_ref()?;
        Some(chain.len() as u32 - 1)
    }

    /// The way to what was found of a claim.
    pub(super) fn path(&self, claim: usize) -> Option<Path<M::State, M::Step>> {
        let chain = self.chains.get(claim)?.as_ref()?;
        tell(&*self.model, |state| self.model.print(&self.named(state.clone())), chain)
    }
}
