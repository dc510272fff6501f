//! The nodes that are animated, as a model to search.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::check::explore::{Claimed, Model, When};
use crate::kernel::{NodeId, Property};

use super::alike::Alike;
use super::scope::Scope;
use super::state::{State, Step};
use super::tables::{Miss, Tables};
use super::troupe::Actors;
use super::walk::Telling;

/// Bytes that a part of states takes, with what it holds on the heap: as measured of the entries of
/// the gallery, where it is 200 to 600.
const PART: u64 = 400;

/// The nodes that are animated, as a model to search.
pub struct ClusterModel {
    tables: RwLock<Tables>,
    /// Whether messages that are spent are taken out.
    reduced: bool,
    /// Whether nodes that are alike trade places.
    symmetric: bool,
    start: (State, Telling),
    claims: Vec<Claimed>,
    /// The place of termination among the claims: its judge only knows whether it was reached.
    termination: Option<usize>,
}

impl ClusterModel {
    /// A model of `nodes` nodes.
    pub(super) fn new(
        actors: Box<dyn Actors>,
        nodes: u32,
        (scope, reduced): (Scope, bool),
        judged: (&[Property], &'static str),
        word: &dyn Fn(Property) -> String,
    ) -> ClusterModel {
        let symmetric = scope.symmetry;
        let alike = symmetric.then(|| Alike::new(nodes, &scope));
        let mut tables = Tables::new(actors, (scope, alike), judged);
        let judged = tables.bench.properties();
        let claimed = |it: &Property| Claimed { name: word(*it), when: When::Always };
        let claims: Vec<Claimed> = judged.iter().map(claimed).collect();
        let termination = judged.iter().position(|it| *it == Property::Termination);
        let start = tables.boot(nodes);
        let tables = RwLock::new(tables);
        ClusterModel { tables, reduced, symmetric, start, claims, termination }
    }

    /// What the search rests on.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        // Nobody panics while tables are changed, and if so, there is nothing to be saved.
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the tables until they have the answer, adding what they lack.
    fn ask<T>(&self, mut question: impl FnMut(&Tables) -> Result<T, Miss>) -> T {
        loop {
            let answer = question(&self.read());
            match answer {
                Ok(answer) => return answer,
                Err(miss) => self.fill(miss),
            }
        }
    }

    /// Adds what the tables lack.
    fn fill(&self, miss: Miss) {
        self.write().fill(miss);
    }

    /// Whether messages that are spent are taken out.
    pub fn is_reduced(&self) -> bool {
        self.reduced
    }

    /// The nodes that were found to be alike, class by class; `None` if nobody asked.
    pub fn alike(&self) -> Option<Vec<Vec<NodeId>>> {
        self.read().alike.as_ref().map(|alike| alike.classes().cloned().collect())
    }

    /// What happened when the nodes booted.
    pub(super) fn start(&self) -> &Telling {
        &self.start.1
    }

    /// The state in which all nodes have booted.
    pub(super) fn start_state(&self) -> &State {
        &self.start.0
    }

    /// The state that a search begins in.
    pub(super) fn first_state(&self) -> State {
        if !self.reduced {
            return self.start.0.clone();
        }
        self.ask(|tables| tables.spared(&self.start.0))
    }

    /// What is judged, in the order of the claims.
    pub fn properties(&self) -> Vec<Property> {
        self.read().bench.properties().to_vec()
    }

    /// True if the claim is about how everything ends.
    pub(super) fn is_termination(&self, claim: usize) -> bool {
        self.termination == Some(claim)
    }

    /// True once a handler has asked what time it is: then what is found holds for no other time.
    pub fn told_time(&self) -> bool {
        self.read().told_time
    }

    /// Different states of nodes and different messages: what was found of each.
    pub fn parts(&self) -> (usize, usize) {
        self.read().actors.sizes()
    }

    /// What comes of a step. Where `spare`, messages that are spent are taken out.
    pub(super) fn step(&self, state: &State, step: &Step, spare: bool) -> Option<State> {
        self.ask(|tables| tables.walk(state, step, spare, &mut Telling::default()))
    }

    /// A step, told; nothing is taken out.
    pub(super) fn tell(&self, state: &State, step: &Step) -> Option<(State, Telling)> {
        self.ask(|tables| {
            let mut telling = Telling { full: true, ..Telling::default() };
            let after = tables.walk(state, step, false, &mut telling)?;
            Ok(after.map(|after| (after, telling)))
        })
    }
}

impl Model for ClusterModel {
    type State = State;
    type Step = Step;

    fn initial(&self) -> Vec<State> {
        vec![self.first_state()]
    }

    fn steps(&self, state: &State, out: &mut Vec<Step>) {
        let from = out.len();
        self.ask(|tables| {
            out.truncate(from);
            tables.steps(state, out)
        });
    }

    fn next(&self, state: &State, step: &Step) -> Option<State> {
        self.step(state, step, self.reduced).filter(|after| after != state)
    }

    fn leave(&self, state: &State, steps: &mut Vec<Step>, out: &mut dyn FnMut(State)) {
        steps.clear();
        // The tables are taken once for all steps, as long as they lack nothing.
        let mut tables = self.read();
        while let Err(miss) = tables.steps(state, steps) {
            drop(tables);
            steps.clear();
            self.fill(miss);
            tables = self.read();
        }
        // With symmetry, whoever is told asks the tables.
        let mut later = Vec::new();
        for step in steps.iter() {
            let after = loop {
                match tables.walk(state, step, self.reduced, &mut Telling::default()) {
                    Ok(after) => break after,
                    Err(miss) => {
                        drop(tables);
                        self.fill(miss);
                        tables = self.read();
                    }
                }
            };
            let after = after.filter(|after| after != state).into_iter();
            if self.symmetric {
                later.extend(after);
            } else {
                after.for_each(&mut *out);
            }
        }
        drop(tables);
        later.into_iter().for_each(out);
    }

    fn canonical(&self, state: &State) -> Option<State> {
        if !self.symmetric {
            return None;
        }
        self.ask(|tables| tables.canonical(state))
    }

    fn held(&self) -> u64 {
        self.read().len() as u64 * PART
    }

    fn is_refuted(&self) -> bool {
        self.symmetric && self.read().alike.as_ref().is_some_and(Alike::is_refuted)
    }

    fn print(&self, state: &State) -> u128 {
        self.read().print(state)
    }

    fn prints(&self, states: &mut dyn Iterator<Item = &State>, out: &mut Vec<u128>) {
        let tables = self.read();
        out.extend(states.map(|state| tables.print(state)));
    }

    fn keyed(&self) -> u64 {
        self.read().keyed() as u64
    }

    fn learnt(&self) -> Vec<u32> {
        self.write().tell_news()
    }

    fn hear(&self, learnt: &[u32]) -> bool {
        self.write().hear_news(learnt).is_some()
    }

    fn weight(&self, state: &State) -> u64 {
        4 * state.0.len() as u64
    }

    fn claims(&self) -> &[Claimed] {
        &self.claims
    }

    fn judge(&self, claim: usize, state: &State) -> bool {
        self.truths(1 << claim, state) != 0
    }

    fn truths(&self, claims: u64, state: &State) -> u64 {
        let tables = self.read();
        let stuck = self.termination.filter(|claim| tables.is_stuck(state, *claim));
        claims & !tables.bench.broken(state.bench()) & !stuck.map_or(0, |claim| 1 << claim)
    }

    fn confirm(&self) -> bool {
        let mut tables = self.write();
        tables.renew(self.start.0.seats().len() as u32) && (!self.reduced || tables.confirm())
    }
}
