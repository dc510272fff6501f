//! The search as its callers see it.

use std::sync::Arc;

use super::finding::{Finding, Path, conclude};
use super::fingerprint::collision_chance;
use super::model::{Claimed, Model, When};
use super::options::{End, Options, Order, Progress};
use super::search::Search;
use super::share::Batch;

/// A bounded search over a [`Model`].
///
/// It works in slices and never waits. When everything within the scope was visited, every claim
/// about what happens eventually gets a search of its own, over the states in which it has not
/// happened yet: a path that ends among them breaks the claim.
///
/// ```
/// use quorate::check::explore::{Explorer, Options};
/// use quorate::check::model::two_phase::TwoPhase;
///
/// let model = TwoPhase::new(3, false).expect("three resource managers are few enough");
/// let mut explorer = Explorer::new(model, Options::default());
/// while explorer.advance(10_000).end.is_none() {}
/// assert_eq!(explorer.progress().unique, 288);
/// assert_eq!(explorer.progress().depth, 11);
/// ```
pub struct Explorer<M: Model> {
    pub(super) main: Search<M>,
    /// The model left out nothing that it may not.
    confirmed: bool,
    /// How often it began anew.
    pub(super) begun: u32,
    /// The member of a company that it is, and of how many.
    pub(super) company: (u32, u32),
    /// What this member did in the round that is under way.
    pub(super) own: Batch<M>,
    /// The company knows all that was learnt, and the search is over.
    pub(super) agreed: bool,
    /// Claims that wait for a search of their own, the last first.
    waiting: Vec<usize>,
    /// The searches for claims about what happens eventually, with the claim.
    later: Vec<(usize, Search<Avoiding<M>>)>,
}

impl<M: Model> Explorer<M> {
    /// A search that has entered the initial states.
    pub fn new(model: M, options: Options) -> Explorer<M> {
        let eventually = |(index, claim): (usize, &Claimed)| {
            (claim.when == When::Eventually && options.order != Order::Random).then_some(index)
        };
        let waiting = model.claims().iter().enumerate().rev().filter_map(eventually).collect();
        let main = Search::new(Arc::new(model), options);
        Explorer {
            main,
            confirmed: false,
            begun: 0,
            company: (0, 1),
            own: Batch::new(),
            agreed: false,
            waiting,
            later: Vec::new(),
        }
    }

    /// The model.
    pub fn model(&self) -> &M {
        &self.main.model
    }

    /// How it searches.
    pub fn options(&self) -> &Options {
        &self.main.options
    }

    /// Goes on for about `budget` generated states, and says how far it came. It is over when
    /// [`Progress::end`] says why.
    pub fn advance(&mut self, budget: u64) -> Progress {
        let before = self.main.generated;
        self.main.advance(budget);
        let mut left = budget.saturating_sub(self.main.generated - before);
        self.confirm();
        while left > 0 && self.main.end.is_some() {
            let Some((_, search)) = self.open_later() else { break };
            let before = search.generated;
            search.advance(left);
            left = left.saturating_sub((search.generated - before).max(1));
        }
        self.progress()
    }

    /// Begins anew if the model left something out that it may not leave out.
    pub(super) fn confirm(&mut self) {
        let over = match self.main.end {
            Some(End::Covered | End::Found) => true,
            // What was found has to be nearest; nothing else is stated.
            Some(End::States | End::Memory) => self.main.has_found(),
            Some(End::Walked) | None => false,
        };
        // Members of a company begin anew together, when all know.
        let over = over || self.company.1 == 1 && self.main.model.is_refuted();
        if over && !self.confirmed {
            self.confirmed = self.main.model.confirm();
            if !self.confirmed {
                let (model, options) = (Arc::clone(&self.main.model), self.main.options.clone());
                self.main = Search::new(model, options);
                self.begun += 1;
            }
        }
    }

    /// The search for a claim about what happens eventually that is not over.
    fn open_later(&mut self) -> Option<&mut (usize, Search<Avoiding<M>>)> {
        let over = self.later.last().is_none_or(|(_, search)| search.end.is_some());
        if over {
            if self.main.end != Some(End::Covered) {
                self.waiting.clear();
            }
            let claim = self.waiting.pop()?;
            let model = Avoiding::new(Arc::clone(&self.main.model), claim);
            let options = Options {
                // A shortest path, whatever the order of the main search.
                order: Order::Breadth,
                stop: true,
                ..self.main.options.clone()
            };
            self.later.push((claim, Search::new(Arc::new(model), options)));
        }
        self.later.last_mut()
    }

    /// Levels of the whole graph: known of a search level by level that is complete.
    pub fn diameter(&self) -> Option<u32> {
        let level_by_level = matches!(self.options().order, Order::Breadth | Order::Deepening);
        let progress = self.progress();
        (level_by_level && progress.complete()).then_some(progress.depth)
    }

    /// How likely it is, at most, that two states were taken for one, or two of their parts.
    pub fn collision(&self) -> f64 {
        if self.options().exact {
            return 0.0;
        }
        collision_chance(self.progress().unique) + collision_chance(self.model().keyed())
    }

    /// How far it has come. Unique and generated states, depth and frontier are those of the main
    /// search; searches for what happens eventually go over the same states again.
    pub fn progress(&self) -> Progress {
        let mut progress = self.main.progress();
        for (_, search) in &self.later {
            let held = search.progress();
            progress.bytes += held.bytes;
            progress.peak =
                progress.peak.max(progress.bytes).max(held.peak + self.main.seen.bytes());
        }
        let open = self.later.iter().any(|(_, search)| search.end.is_none());
        let more = progress.end == Some(End::Covered) && !self.waiting.is_empty();
        if open || more {
            progress.end = None;
        }
        progress
    }

    /// What is known of each claim, in the order of the model's.
    pub fn verdicts(&self) -> Vec<Finding> {
        let judge = |(index, claim): (usize, &Claimed)| match claim.when {
            When::Always | When::Sometimes => {
                conclude(claim, self.main.found(index), &self.main.progress())
            }
            When::Eventually => self.judge_eventually(index, claim),
        };
        self.main.model.claims().iter().enumerate().map(judge).collect()
    }

    fn judge_eventually(&self, index: usize, claim: &Claimed) -> Finding {
        let main = self.main.progress();
        let Some((_, search)) = self.later.iter().find(|(claim, _)| *claim == index) else {
            let going = self.waiting.contains(&index) && main.end == Some(End::Covered);
            let at = if going { Progress { end: None, ..main } } else { main };
            return conclude(claim, None, &at);
        };
        let at = search.progress();
        // What it did not visit, the claim is true of; so what is stated is the whole scope.
        let at = Progress { unique: main.unique, depth: main.depth, ..at };
        conclude(claim, search.found(0), &at)
    }

    /// The way to what was found of a claim: a counterexample, or an example. Shortest if the
    /// search went breadth first or deepening.
    pub fn path(&self, claim: usize) -> Option<Path<M::State, M::Step>> {
        let later = self.later.iter().find(|(index, _)| *index == claim);
        match later {
            Some((_, search)) => search.path(0),
            None => self.main.path(claim),
        }
    }

    /// Blocks of the frontier that threads may take; 0 where only [`Explorer::advance`] goes on.
    pub fn blocks(&self) -> usize {
        self.main.blocks()
    }

    /// Takes every step out of the states of one block, the foremost being 0.
    pub fn expand(&self, block: usize) -> Batch<M> {
        self.main.expand(block)
    }

    /// Enters what the foremost blocks led to, which are given in their order.
    pub fn merge(&mut self, batches: Vec<Batch<M>>) -> Progress {
        self.main.merge(batches);
        self.confirm();
        self.progress()
    }
}

/// A model without the states of which a claim is true. What is left at an end of it is a path
/// that ends without the claim ever having been true.
struct Avoiding<M> {
    model: Arc<M>,
    claim: usize,
    claims: [Claimed; 1],
}

impl<M: Model> Avoiding<M> {
    fn new(model: Arc<M>, claim: usize) -> Avoiding<M> {
        let claims = [Claimed { name: String::new(), when: When::Always }];
        Avoiding { model, claim, claims }
    }

    /// Whether nothing but itself follows a state.
    fn ends(&self, state: &M::State) -> bool {
        let mut steps = Vec::new();
        self.model.steps(state, &mut steps);
        steps.iter().all(|step| self.model.next(state, step).is_none_or(|next| next == *state))
    }
}

impl<M: Model> Model for Avoiding<M> {
    type State = M::State;
    type Step = M::Step;

    fn initial(&self) -> Vec<M::State> {
        let mut states = self.model.initial();
        states.retain(|state| !self.model.judge(self.claim, state));
        states
    }

    fn steps(&self, state: &M::State, out: &mut Vec<M::Step>) {
        self.model.steps(state, out);
    }

    fn next(&self, state: &M::State, step: &M::Step) -> Option<M::State> {
        let next = self.model.next(state, step)?;
        (!self.model.judge(self.claim, &next)).then_some(next)
    }

    fn within(&self, state: &M::State) -> bool {
        self.model.within(state)
    }

    fn canonical(&self, state: &M::State) -> Option<M::State> {
        self.model.canonical(state)
    }

    fn print(&self, state: &M::State) -> u128 {
        self.model.print(state)
    }

    fn prints(&self, states: &mut dyn Iterator<Item = &M::State>, out: &mut Vec<u128>) {
        self.model.prints(states, out);
    }

    fn weight(&self, state: &M::State) -> u64 {
        self.model.weight(state)
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, _claim: usize, state: &M::State) -> bool {
        // Beyond the scope nobody knows what follows.
        !self.model.within(state) || !self.ends(state)
    }
}
