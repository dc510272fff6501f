//! The nodes that are animated, searched by brute force and carried out in the ordinary world.

mod dice;
mod mates;
mod model;
mod reduction;
mod search;
mod shrink;
mod symmetry;

use std::collections::VecDeque;

use quorate::catalog::{self, Entry};
use quorate::check::cluster::{Ask, ClusterModel, Question, Scope, State, Step};
use quorate::check::explore::Model;
use quorate::kernel::{ClientId, Knobs, NodeId, Op, Property, Word};
use quorate::script::property_words;
use quorate::sim::ClusterSpec;
use rustc_hash::FxHashMap;

/// A value.
fn word(text: &str) -> Word {
    Word::new(text).expect("it is short")
}

/// A client of its own puts `x=value` through a node, or any.
fn put(client: u32, value: &str, via: Option<u32>) -> Ask {
    let op = Op::Put(word("x"), word(value));
    Ask { client: ClientId(client), op, via: via.map(NodeId) }
}

/// The recipe of an entry with its defaults but for some settings.
fn recipe(text: &str) -> (Entry, ClusterSpec) {
    let plan = quorate::script::plan(text).expect("it is understood");
    (plan.entry, (*plan.spec).clone())
}

fn model(text: &str, scope: Scope, properties: &[Property]) -> (ClusterModel, ClusterSpec) {
    let (entry, spec) = recipe(text);
    let word = &property_words;
    let question = Question { spec: &spec, scope, properties, word, reduced: false };
    let model = catalog::model(entry.about.id, question).expect("it is a protocol");
    (model.unwrap_or_else(|error| panic!("{}", error.message)), spec)
}

/// What a brute force finds.
#[derive(Debug, Default)]
struct Found {
    unique: usize,
    depth: u32,
    /// Per claim the shortest path to a violation.
    broken: Vec<Option<Vec<Step>>>,
}

/// Breadth first, with every state in full.
fn brute_force(model: &ClusterModel, most: u32) -> Found {
    let mut found = Found { broken: vec![None; model.claims().len()], ..Found::default() };
    let mut known: FxHashMap<State, Option<(State, Step)>> = FxHashMap::default();
    let mut queue = VecDeque::new();
    for state in model.initial() {
        known.insert(state.clone(), None);
        queue.push_back((state, 0));
    }
    let mut steps = Vec::new();
    while let Some((state, depth)) = queue.pop_front() {
        found.depth = found.depth.max(depth);
        for claim in 0..model.claims().len() {
            if !model.judge(claim, &state) {
                found.broken[claim].get_or_insert_with(|| path(&known, &state));
            }
        }
        if depth == most || !model.within(&state) {
            continue;
        }
        steps.clear();
        model.steps(&state, &mut steps);
        for step in &steps {
            let Some(next) = model.next(&state, step) else { continue };
            if !known.contains_key(&next) {
                known.insert(next.clone(), Some((state.clone(), *step)));
                queue.push_back((next, depth + 1));
            }
        }
    }
    found.unique = known.len();
    found
}

fn path(known: &FxHashMap<State, Option<(State, Step)>>, state: &State) -> Vec<Step> {
    let (mut path, mut at) = (Vec::new(), state);
    while let Some(Some((before, step))) = known.get(at) {
        path.push(*step);
        at = before;
    }
    path.reverse();
    path
}

/// All that is judged of an entry.
fn judged(entry: &Entry) -> Vec<Property> {
    let claims = entry.about.claims.iter().map(|claim| claim.property);
    claims.chain([Property::Termination]).collect()
}

/// Settings of an entry as it comes.
fn defaults(entry: &Entry, nodes: u32) -> ClusterSpec {
    ClusterSpec::new(nodes, Knobs::defaults(entry.about.knobs), 1)
}
