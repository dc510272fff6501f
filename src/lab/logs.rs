//! Everybody's log side by side, as the cards tell it.

use crate::kernel::{Cell, CellValue, NodeId, Role};
use crate::sim::{NodeView, Snapshot, Status};

/// How an entry stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryState {
    /// Its node knows it to be committed.
    Committed,
    /// It may yet be overwritten.
    Pending,
    /// Another node has another entry there that is committed or of a later era: it will be
    /// overwritten, or something is wrong.
    Conflicting,
}

/// One entry.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EntryView {
    /// Position, from 1.
    pub slot: u64,
    /// Its era.
    pub era: u64,
    /// What it says.
    pub value: CellValue,
    /// How it stands.
    pub state: EntryState,
}

/// The log of a node.
#[derive(Clone, PartialEq, Debug)]
pub struct LogView {
    /// Whose.
    pub node: NodeId,
    /// The part it plays.
    pub role: Role,
    /// The protocol's own word for that part; empty without a card.
    pub title: &'static str,
    /// It is crashed: what is told is what it would come back with from its disk.
    pub crashed: bool,
    /// The highest position it knows to be committed; zero if none.
    pub commit: u64,
    /// The last position that its snapshot stands for.
    pub snapshot: Option<u64>,
    /// Its entries, in order.
    pub entries: Vec<EntryView>,
    /// The words of its card, for those that keep no log.
    pub fields: Vec<(&'static str, String)>,
}

/// Everybody's.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LogsView {
    /// By node.
    pub rows: Vec<LogView>,
    /// The first and the last position anybody holds; `None` if there is no log.
    pub span: Option<(u64, u64)>,
    /// Entries that conflict.
    pub conflicts: usize,
}

/// Of a snapshot with cards.
pub(super) fn logs(snapshot: &Snapshot) -> LogsView {
    let all: Vec<&Cell> =
        snapshot.nodes.iter().filter_map(|it| it.card.as_ref()).flat_map(|it| &it.log).collect();
    // By position: the entry that stands if any two differ.
    let mut best: Vec<&Cell> = Vec::new();
    // Disks of crashed nodes are told beside it, and have no say in what stands.
    let disks = snapshot.nodes.iter().filter_map(|it| it.durable.as_ref()).flat_map(|it| &it.log);
    let slots = || all.iter().copied().chain(disks.clone()).map(|cell| cell.slot);
    let span = slots().min().zip(slots().max());
    let mut sorted = all;
    crate::order::sort_by_key(&mut sorted, |cell| {
        (cell.slot, !cell.committed, u64::MAX - cell.era)
    });
    for cell in sorted {
        if best.last().is_none_or(|last| last.slot != cell.slot) {
            best.push(cell);
        }
    }
    let state = |cell: &Cell| {
        let place = best.binary_search_by_key(&cell.slot, |best| best.slot);
        let stands = place.ok().map(|place| best[place]);
        let other = stands.is_some_and(|it| it.era != cell.era || it.value != cell.value);
        match (other, cell.committed) {
            (true, _) => EntryState::Conflicting,
            (false, true) => EntryState::Committed,
            (false, false) => EntryState::Pending,
        }
    };
    let rows: Vec<LogView> = snapshot.nodes.iter().map(|node| log_of(node, &state)).collect();
    let entries = rows.iter().flat_map(|row| &row.entries);
    let conflicts = entries.filter(|it| it.state == EntryState::Conflicting).count();
    LogsView { rows, span, conflicts }
}

/// The log of a node; `state` says how an entry stands.
fn log_of(node: &NodeView, state: &dyn Fn(&Cell) -> EntryState) -> LogView {
    let card = node.card.as_ref().or(node.durable.as_ref());
    let log = card.map_or(&[][..], |card| &card.log);
    let field = |name: &str| {
        let found = card?.fields.iter().find(|field| field.name == name)?;
        found.value.parse::<u64>().ok()
    };
    let seen = log.iter().filter(|cell| cell.committed).map(|cell| cell.slot).max();
    let fields = card.map_or(&[][..], |card| &card.fields);
    let entry = |cell: &Cell| EntryView {
        slot: cell.slot,
        era: cell.era,
        value: cell.value,
        state: state(cell),
    };
    LogView {
        node: node.id,
        role: node.role,
        title: card.map_or("", |card| card.title),
        crashed: matches!(node.status, Status::Crashed(_)),
        commit: field("commitIndex").or(seen).unwrap_or_default(),
        snapshot: field("lastIncludedIndex").filter(|slot| *slot > 0),
        entries: log.iter().map(entry).collect(),
        fields: fields.iter().map(|it| (it.name, it.value.clone())).collect(),
    }
}
