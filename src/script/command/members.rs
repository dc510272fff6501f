//! What an operator asks: `add`, `learner`, `remove`, `transfer`, `members`, `compact`.

use crate::catalog::{self, Entry};
use crate::kernel::{Change, ClientId, NodeId, NodeSet, Op};
use crate::script::cursor::Cursor;
use crate::script::names::Names;
use crate::script::problem::ProblemKind;
use crate::script::token;
use crate::script::wanted::Wanted;
use crate::sim::{Input, Target};

use super::{elsewhere, fault, request};

/// The knob of entries whose members can change.
pub(in crate::script) const MEMBERS: &str = "members";
/// The knob of entries whose nodes can replace what they applied by a snapshot.
const SNAPSHOT: &str = "snapshot";

pub(super) fn add(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    one(cursor, "add", Change::Add)
}

pub(super) fn learner(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    one(cursor, "learner", Change::Learner)
}

pub(super) fn remove(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    one(cursor, "remove", Change::Remove)
}

pub(super) fn transfer(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    one(cursor, "transfer", Change::Transfer)
}

fn one(
    cursor: &mut Cursor<'_, '_>,
    command: &'static str,
    change: fn(NodeId) -> Change,
) -> Option<Input> {
    let token = cursor.want(Wanted::Node)?;
    if !able(cursor, command, MEMBERS) {
        return None;
    }
    let node = cursor.node_of(token, Wanted::Node)?;
    finish(cursor, change(node))
}

/// Reads the rest of `members n1 n2 n6`.
pub(super) fn members(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    if !able(cursor, "members", MEMBERS) {
        return None;
    }
    let nodes: NodeSet = fault::nodes_before(cursor, &["via", "from"])?.into_iter().collect();
    finish(cursor, Change::Members(nodes))
}

fn finish(cursor: &mut Cursor<'_, '_>, change: Change) -> Option<Input> {
    let (via, client) = request::whom(cursor)?;
    Some(Input::Request { op: Op::Change(change), via, client })
}

/// Reads the rest of `compact n1`; everybody if nobody is named.
pub(super) fn compact(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    if !able(cursor, "compact", SNAPSHOT) {
        return None;
    }
    let target = if cursor.peek().is_some() { fault::target(cursor)? } else { Target::All };
    Some(Input::Compact(target))
}

/// True if the entry takes part in this; says so if not.
fn able(cursor: &mut Cursor<'_, '_>, command: &'static str, knob: &'static str) -> bool {
    let token = cursor.taken();
    if elsewhere(cursor, token, command, false) {
        return false;
    }
    let Some(entry) = cursor.scene.entry else { return true };
    if has(&entry, knob) {
        return true;
    }
    let able = catalog::entries().into_iter().filter(|entry| has(entry, knob));
    let able = able.map(|entry| entry.about.id).collect();
    cursor.problem(token, ProblemKind::Unable { command, entry: entry.about.id, able });
    false
}

/// True if the entry declares the knob.
pub(in crate::script) fn has(entry: &Entry, knob: &str) -> bool {
    entry.about.knobs.iter().any(|it| it.name == knob)
}

/// A wish of an operator as printed.
pub(in crate::script) fn print(
    change: Change,
    via: Option<Target>,
    client: Option<ClientId>,
    names: Names,
) -> String {
    let mut text = change.to_string();
    let _ = request::print_whom(&mut text, via, client, names);
    text
}

/// `compact` as printed.
pub(in crate::script) fn print_compact(target: Target, names: Names) -> String {
    match target {
        Target::All => "compact".to_owned(),
        target => format!("compact {}", fault::print_target(target, names)),
    }
}

/// How many nodes there are if every new one is counted that some line makes a member: the next
/// after the `nodes` of the head, and the next after that, up to `most`.
pub(in crate::script) fn with_spares<'a>(
    nodes: u32,
    most: u32,
    lines: impl Iterator<Item = &'a str>,
) -> u32 {
    let mut named: Vec<u32> = lines.flat_map(new_members).collect();
    crate::order::sort(&mut named);
    let next = |nodes: u32, number: u32| if number == nodes + 1 { number } else { nodes };
    named.into_iter().fold(nodes, next).min(most.max(nodes))
}

/// Numbers of the nodes that a line makes members, if it does.
fn new_members(raw: &str) -> Vec<u32> {
    let cut = token::cut(raw);
    let mut words = cut.tokens.iter().map(|token| token.text).peekable();
    if words.next_if(|word| *word == "at").is_some() {
        words.next();
    }
    if !words.next().is_some_and(|word| ["add", "learner", "members"].contains(&word)) {
        return Vec::new();
    }
    let words = words.take_while(|word| !["via", "from"].contains(word));
    let number = |word: &str| word.strip_prefix('n').and_then(|digits| digits.parse().ok());
    words
        .flat_map(|word| match word.split_once("..") {
            None => number(word).into_iter().collect::<Vec<u32>>(),
            Some((first, last)) => match (number(first), number(last)) {
                (Some(first), Some(last)) if last <= NodeSet::ROOM => (first..=last).collect(),
                _ => Vec::new(),
            },
        })
        .collect()
}
