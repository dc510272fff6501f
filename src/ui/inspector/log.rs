//! The log of a node: every entry with its era, and where else it is stored.

use quorate::kernel::{Cell, NodeId};
use quorate::lab::Snapshot;
use quorate::scene::text::{Label, Lang, seats_spoken};
use yew::prelude::*;

use super::super::parts::{seats, th};
use super::super::session::Same;

/// Entries shown, latest first counted: more would be scrolled past.
const SHOWN: usize = 12;
/// More nodes than this have no row of seats.
const SEATS: usize = 9;

pub(crate) struct LogProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) node: NodeId,
    /// The protocol's word for an era.
    pub(crate) era: AttrValue,
}

/// The table.
pub(crate) fn log_table(lang: Lang, props: &LogProps) -> Html {
    let node = &props.snapshot.nodes[props.node.index()];
    let card = node.card.as_ref().or(node.durable.as_ref());
    let log = card.map_or(&[][..], |card| &card.log);
    let title = if node.card.is_some() { Label::Log } else { Label::LogOnDisk };
    let hidden = log.len().saturating_sub(SHOWN);
    html! {
        <section class="pane-section" aria-labelledby="log-title">
            <header class="section-head">
                <h3 id="log-title">{title.text(lang)}</h3>
                if hidden > 0 {
                    <span class="hint num">{format!("+{hidden}")}</span>
                }
            </header>
            if log.is_empty() {
                <p class="muted">{Label::EmptyLog.text(lang)}</p>
            } else {
                <table>
                    <thead>{heads(lang, &props.era)}</thead>
                    <tbody>
                        for cell in &log[hidden..] {
                            {row(lang, cell, &props.snapshot)}
                        }
                    </tbody>
                </table>
            }
        </section>
    }
}

fn heads(lang: Lang, era: &str) -> Html {
    html! {
        <tr>
            {th("", Label::Index.text(lang))}
            <th scope="col" lang="en">{era.to_owned()}</th>
            {th("", Label::Command.text(lang))}
            {th("right", Label::StoredOn.text(lang))}
        </tr>
    }
}

fn row(lang: Lang, cell: &Cell, snapshot: &Snapshot) -> Html {
    let all = snapshot.nodes.len();
    let stored = stored_on(cell, snapshot);
    let state = if cell.committed { Label::Committed } else { Label::Pending };
    let tint = format!("era-{}", cell.era.saturating_sub(1) % 4 + 1);
    let value = cell.value.to_string();
    let value = if value.is_empty() { Label::NoNoOp.text(lang).to_owned() } else { value };
    let name = seats_spoken(lang, stored, all);
    html! {
        <tr key={cell.slot}>
            <td class="mono">{cell.slot}</td>
            <td>
                <span class={classes!("era", tint, (!cell.committed).then_some("era-open"))}>
                    {cell.era}
                </span>
            </td>
            <td class="mono">{value}</td>
            <td class="right">
                <span class={if cell.committed { "" } else { "muted" }}>{state.text(lang)}</span>
                if all <= SEATS {
                    {seats(stored, all, name)}
                } else {
                    <span class="num" aria-label={name}>{format!(" {stored}/{all}")}</span>
                }
            </td>
        </tr>
    }
}

/// How many nodes are seen to store this entry. Crashed nodes show no log and are not counted.
fn stored_on(cell: &Cell, snapshot: &Snapshot) -> usize {
    let holds = |log: &[Cell]| {
        let same = |own: &&Cell| own.slot == cell.slot;
        log.iter().find(same).is_some_and(|own| own.era == cell.era && own.value == cell.value)
    };
    let cards = snapshot.nodes.iter().filter_map(|node| node.card.as_ref());
    cards.filter(|card| holds(&card.log)).count()
}
