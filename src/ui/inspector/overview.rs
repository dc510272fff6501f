//! The whole cluster as a table: what is shown while nothing is selected, and the scene in text.

use quorate::kernel::{About, NodeId};
use quorate::lab::{Action, Health, NodeView, PoolView, Selection, Snapshot};
use quorate::scene::text::{Label, Lang, role_title};
use yew::prelude::*;

use super::super::parts::th;
use super::super::session::Same;
use super::role_class;
use super::{PoolTableProps, ResponseProps, pool_table, response_table};

/// More rows would only be scrolled past.
const ROWS: usize = 64;

pub(crate) struct OverviewProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) names: Same<Vec<String>>,
    pub(crate) pool: Option<Same<PoolView>>,
    pub(crate) about: Option<&'static About>,
    pub(crate) act: Callback<Action>,
}

/// The overview.
pub(crate) fn overview(lang: Lang, props: &OverviewProps) -> Html {
    let name = props.about.map_or("", |about| about.name);
    html! {
        <article class="pane" aria-labelledby="overview-title">
            <header class="overview-head">
                <h2 id="overview-title">{name}</h2>
                if let Some(about) = props.about {
                    <p class="muted">{lang.of(about.summary)}</p>
                }
            </header>
            if let Some(pool) = &props.pool {
                {pool_table(lang, &PoolTableProps { pool: pool.clone(), act: props.act.clone() })}
                {response_table(lang, &ResponseProps { pool: pool.clone() })}
            } else {
                {node_table(lang, &NodeTableProps {
                    snapshot: props.snapshot.clone(),
                    names: props.names.clone(),
                    era: props.about.map_or("", |about| about.era).into(),
                    act: props.act.clone(),
                })}
            }
            <p class="hint">{Label::NothingSelected.text(lang)}</p>
        </article>
    }
}

pub(crate) struct NodeTableProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) names: Same<Vec<String>>,
    /// The protocol's word for an era.
    pub(crate) era: AttrValue,
    pub(crate) act: Callback<Action>,
}

/// Every node with role, era and state.
pub(crate) fn node_table(lang: Lang, props: &NodeTableProps) -> Html {
    html! {
        <table class="node-table">
            <thead>
                <tr>
                    {th("", Label::Node.text(lang))}
                    {th("", Label::State.text(lang))}
                    if !props.era.is_empty() {
                        <th scope="col" class="right" lang="en">{props.era.clone()}</th>
                    }
                    {th("right", Label::Log.text(lang))}
                </tr>
            </thead>
            <tbody>
                for node in props.snapshot.nodes.iter().take(ROWS) {
                    {row(lang, node, props)}
                }
            </tbody>
        </table>
    }
}

fn row(lang: Lang, node: &NodeView, props: &NodeTableProps) -> Html {
    let id: NodeId = node.id;
    let crashed = matches!(node.status, Health::Crashed(_));
    let select = props.act.reform(move |_: MouseEvent| Action::Select(Some(Selection::Node(id))));
    let last = node.card.as_ref().and_then(|card| card.log.last());
    let era = if crashed { "–".to_owned() } else { node.era.to_string() };
    html! {
        <tr key={id.0}>
            <td>
                <button type="button" class="plain-link mono" onclick={select}>
                    {props.names.get(id.index()).cloned()}
                </button>
            </td>
            <td class={role_class(node.role, crashed)}>{state(lang, node)}</td>
            <td class="right mono">{era}</td>
            <td class="right mono">{last.map_or("–".to_owned(), |cell| cell.slot.to_string())}</td>
        </tr>
    }
}

/// Role, and what is wrong with it.
fn state(lang: Lang, node: &NodeView) -> String {
    let title = node.card.as_ref().map_or("", |card| card.title);
    let mut text = match node.status {
        Health::Crashed(_) => Label::Crashed.text(lang).to_owned(),
        Health::Paused(_) => Label::Paused.text(lang).to_owned(),
        Health::Up => role_title(lang, node.role, title).to_owned(),
    };
    if node.isolated {
        text.push_str(lang.pick(", ", "，"));
        text.push_str(Label::Isolated.text(lang).to_ascii_lowercase().as_str());
    }
    text
}
