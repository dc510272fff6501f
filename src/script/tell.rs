//! What happened in a world, as lines of text: for conversations and traces.

use crate::kernel::{Fact, NodeId, Outcome};
use crate::sim::{Cards, Cluster, Happening, Occurrence, OpNote, Snapshot, Status};

use super::names::Names;
use super::print::print_input;

/// One event: a line for what it was, and indented lines for what came of it. `era` is the
/// protocol's word for an era.
pub fn occurrence(occurrence: &Occurrence, names: Names, era: &str) -> Vec<String> {
    let mut lines = vec![what(&occurrence.what, names)];
    for (node, fact) in &occurrence.facts {
        lines.push(format!("  {} {}", names.node(*node), self::fact(*fact, names, era)));
    }
    for note in &occurrence.sent {
        let (from, to) = (names.party(note.from), names.party(note.to));
        let lost = if note.lost.is_some() { ", lost" } else { "" };
        lines.push(format!("  {from} sends {} to {to} #{}{lost}", note.face.name, note.id));
    }
    lines.extend(occurrence.ops.iter().map(|op| format!("  {}", self::op(*op))));
    lines
}

pub(super) fn what(happening: &Happening, names: Names) -> String {
    match happening {
        Happening::Started => "all nodes start".to_owned(),
        Happening::Delivered(note) => {
            let (from, to) = (names.party(note.from), names.party(note.to));
            format!("{to} receives {} from {from} #{}", note.face.name, note.id)
        }
        Happening::Lost(note) => {
            let (from, to) = (names.party(note.from), names.party(note.to));
            format!("{} from {from} to {to} is lost #{}", note.face.name, note.id)
        }
        Happening::TimerFired { node, name } => format!("{} timer {name}", names.node(*node)),
        Happening::Input { input, struck, .. } => {
            let text = print_input(input, names);
            let struck: Vec<String> = struck.iter().map(|node| names.node(*node)).collect();
            let drawn = struck.iter().any(|node| !text.split(' ').any(|word| word == node));
            if drawn { format!("{text} ({})", struck.join(" ")) } else { text }
        }
        Happening::ClientActed(client) => format!("{client} acts"),
    }
}

/// A fact as a clause whose subject is the node.
pub fn fact(fact: Fact, names: Names, era: &str) -> String {
    let word = if era.is_empty() { "era" } else { era };
    match fact {
        Fact::Entered { era } => format!("enters {word} {era}"),
        Fact::Voted { era, candidate } => {
            format!("votes for {} in {word} {era}", names.node(candidate))
        }
        Fact::Elected { era } => format!("leads {word} {era}"),
        Fact::SteppedDown { era } => format!("leads {word} {era} no longer"),
        Fact::Proposed { slot, value } => format!("proposes {value} for {slot}"),
        Fact::Appended { slot, era, value } => format!("stores {slot}: {value} ({word} {era})"),
        Fact::Truncated { from } => format!("deletes from {from} on"),
        Fact::Installed { slot, era } => {
            format!("takes over a snapshot up to {slot} ({word} {era})")
        }
        Fact::Committed { slot } => format!("commits up to {slot}"),
        Fact::Chosen { slot, value } => format!("learns that {value} is chosen for {slot}"),
        Fact::Applied { slot, value } => format!("applies {slot}: {value}"),
        Fact::Prepared { txn, yes } => {
            format!("votes {} on transaction {txn}", if yes { "yes" } else { "no" })
        }
        Fact::Resolved { txn, commit } => {
            format!("{} transaction {txn}", if commit { "commits" } else { "aborts" })
        }
        Fact::Replica { digest } => format!("holds content {:08x}", digest >> 32),
        Fact::Load { length, served } => format!("holds {length}, works on {served}"),
        Fact::Served { request, waited, served } => {
            format!("has finished {request} after {waited} and {served}")
        }
        Fact::Picked { request, server } => format!("sends {request} to {}", names.node(server)),
        Fact::Allowed { server, allowed } => {
            let what = if allowed { "picks" } else { "no longer picks" };
            format!("{what} {}", names.node(server))
        }
    }
}

fn op(op: OpNote) -> String {
    match op {
        OpNote::Invoked(id, op) => format!("{} asks {op}", id.client),
        OpNote::Completed(id, op, outcome) => {
            format!("{} is answered {op}: {}", id.client, self::outcome(outcome))
        }
        OpNote::GaveUp(id, op) => format!("{} gives up {op}", id.client),
    }
}

fn outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Done(Some(value)) => value.to_string(),
        Outcome::Done(None) => "ok".to_owned(),
        Outcome::Unmet => "unmet".to_owned(),
        Outcome::Refused => "refused".to_owned(),
        Outcome::Redirect(Some(node)) => format!("ask {node}"),
        Outcome::Redirect(None) => "ask another".to_owned(),
    }
}

/// The state of one node, or of every node, in one line each.
pub fn state(cluster: &dyn Cluster, names: Names, node: Option<NodeId>) -> Vec<String> {
    let snapshot = cluster.snapshot(Cards::All);
    let views = snapshot.nodes.iter().filter(|view| node.is_none_or(|node| view.id == node));
    let lines = views.map(|view| {
        let name = names.node(view.id);
        let status = match view.status {
            Status::Up => "",
            Status::Crashed(_) => " crashed",
            Status::Paused(_) => " paused",
        };
        let Some(card) = &view.card else { return format!("{name}{status}") };
        let fields = card.fields.iter().map(|field| format!(" {}={}", field.name, field.value));
        format!("{name} {}{status}{}", card.title.to_ascii_lowercase(), fields.collect::<String>())
    });
    lines.collect()
}

/// The log of one node, or of every node, in one line each: `n1 1:x=1 2:y=3*`; committed entries
/// have a star.
pub fn log(cluster: &dyn Cluster, names: Names, node: Option<NodeId>) -> Vec<String> {
    let snapshot = cluster.snapshot(Cards::All);
    let views = snapshot.nodes.iter().filter(|view| node.is_none_or(|node| view.id == node));
    let lines = views.map(|view| {
        let cells = view.card.iter().flat_map(|card| &card.log);
        let cells = cells.map(|cell| {
            let star = if cell.committed { "*" } else { "" };
            format!(" {}:{}@{}{star}", cell.slot, cell.value, cell.era)
        });
        let cells = cells.collect::<String>();
        format!("{}{}", names.node(view.id), if cells.is_empty() { " -" } else { &cells })
    });
    lines.collect()
}

/// Messages in flight, in one line each.
pub fn flights(snapshot: &Snapshot, names: Names) -> Vec<String> {
    let lines = snapshot.flights.iter().map(|flight| {
        let note = &flight.note;
        let detail = if flight.detail.is_empty() { "" } else { " " };
        let (from, to) = (names.party(note.from), names.party(note.to));
        format!("#{} {} {from} -> {to}{detail}{}", note.id, note.face.name, flight.detail)
    });
    lines.collect()
}
