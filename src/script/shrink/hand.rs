//! A world driven by hand, and which message a line means once lines before it are missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::NodeId;
use crate::script::names::Names;
use crate::script::plan::Plan;
use crate::script::print::print_input;
use crate::script::{plan, token};
use crate::sim::{Cluster, Drive, FlightNote, Happening, Input};

use super::rows::{Row, text_of};

/// A message, whatever its number: from, to, name, and how many like it were sent before.
pub(super) type Key = (NodeId, NodeId, &'static str, u32);

/// Counts messages alike.
#[derive(Default)]
pub(super) struct Sent(BTreeMap<(NodeId, NodeId, &'static str), u32>);

impl Sent {
    /// The key of a message that is sent now; `None` unless it is between nodes.
    pub(super) fn key(&mut self, note: &FlightNote) -> Option<Key> {
        let (from, to) = (note.from.node()?, note.to.node()?);
        let count = self.0.entry((from, to, note.face.name)).or_default();
        *count += 1;
        Some((from, to, note.face.name, *count - 1))
    }
}

/// A world driven by hand, and the messages between its nodes that were sent.
pub(super) struct Hand {
    world: Box<dyn Cluster>,
    sent: Sent,
    keys: BTreeMap<u64, Key>,
    /// Those in flight; a message that was handed over is kept in `keys`.
    flying: BTreeSet<(Key, u64)>,
}

impl Hand {
    /// The world of a plan that is driven by hand, before anything is done.
    pub(super) fn new(plan: &Plan) -> Option<Hand> {
        if plan.spec.drive != Drive::Hand {
            return None;
        }
        let mut plan = plan.clone();
        std::rc::Rc::make_mut(&mut plan.spec).inputs.clear();
        let world = plan.build().ok()?;
        let (sent, keys, flying) = (Sent::default(), BTreeMap::new(), BTreeSet::new());
        let mut hand = Hand { world, sent, keys, flying };
        hand.note();
        Some(hand)
    }

    fn note(&mut self) {
        let last = self.world.last();
        if let Happening::Delivered(note) | Happening::Lost(note) = &last.what
            && let Some(key) = self.keys.get(&note.id)
        {
            self.flying.remove(&(*key, note.id));
        }
        for note in &last.sent {
            if let Some(key) = self.sent.key(note) {
                self.keys.insert(note.id, key);
                self.flying.insert((key, note.id));
            }
        }
    }

    pub(super) fn act(&mut self, input: Input) {
        self.world.inject(input);
        while self.world.next_at().is_some() && self.world.step() {
            self.note();
        }
    }

    /// What an input means, if it means one message between nodes.
    pub(super) fn key(&self, input: &Input) -> Option<Key> {
        self.keys.get(&aim(input)?).copied()
    }

    /// The message in flight that a key means: the one, or the nearest like it, the earlier of two.
    fn find(&self, key: Key) -> Option<u64> {
        let (from, to, name, place) = key;
        let mut before = self.flying.range(((from, to, name, 0), 0)..((from, to, name, place), 0));
        let from_here = self
            .flying
            .range(((from, to, name, place), 0)..=((from, to, name, u32::MAX), u64::MAX));
        let near = before.next_back().into_iter().chain(from_here.take(1));
        near.min_by_key(|(key, _)| key.3.abs_diff(place)).map(|(_, id)| *id)
    }
}

/// The rows with the numbers of the messages they mean, which are others once lines are missing. A
/// line that means a message which is not there any more goes. `None` if the rows are not
/// understood.
pub(super) fn aimed(mut rows: Vec<Row>) -> Option<Vec<Row>> {
    if rows.iter().all(|row| row.does.is_none()) {
        return Some(rows);
    }
    let settings: Vec<Row> = rows.iter().filter(|row| row.does.is_none()).cloned().collect();
    let plan = plan(&text_of(&settings)).ok()?;
    let mut hand = Hand::new(&plan)?;
    rows.retain_mut(|row| {
        let Some((input, key)) = &mut row.does else { return true };
        if let Some(key) = key {
            let Some(id) = hand.find(*key) else { return false };
            if aim(input) != Some(id) {
                set_aim(input, id);
                row.text = rewritten(&row.text, input, plan.names);
            }
        }
        hand.act(input.clone());
        true
    });
    Some(rows)
}

/// The line with another input and the same comment.
fn rewritten(line: &str, input: &Input, names: Names) -> String {
    let comment = token::cut(line).comment_at;
    let comment = line.get(comment..).unwrap_or_default();
    let blank = if comment.is_empty() { "" } else { "  " };
    format!("{}{blank}{comment}", print_input(input, names))
}

/// The number of the message an input means.
fn aim(input: &Input) -> Option<u64> {
    match input {
        Input::Hold(it)
        | Input::Release(it)
        | Input::Drop(it)
        | Input::Duplicate(it)
        | Input::Delay(it, _)
        | Input::Deliver(it) => it.id,
        _ => None, // Nothing else means a message.
    }
}

fn set_aim(input: &mut Input, id: u64) {
    match input {
        Input::Hold(it)
        | Input::Release(it)
        | Input::Drop(it)
        | Input::Duplicate(it)
        | Input::Delay(it, _)
        | Input::Deliver(it) => it.id = Some(id),
        _ => {} // Nothing else means a message.
    }
}
