//! The right panel: the selected node or message, or the whole cluster, and what is judged.

mod fields;
mod log;
mod message;
mod overview;
mod peers;
mod pool;

use quorate::kernel::NodeId;
use quorate::lab::{Action, Health, Selection, Snapshot, ViewModel};
use quorate::scene::text::{Label, Lang, role_title};
use yew::prelude::*;

use super::checks::{ChecksProps, check_list};
use super::faults::MenuOf;
use super::parts::{Glyph, icon, icon_button, shape};
use super::screen::Turn;
use super::session::Same;
use super::shrinking::Shrink;
use super::story::story_panel;
use fields::{FieldsProps, field_grid};
use log::{LogProps, log_table};
use message::{MessageProps, message_card};
pub(crate) use message::{arrival, party, phase_class};
pub(crate) use overview::{NodeTableProps, node_table};
use overview::{OverviewProps, overview};
use peers::{PeersProps, peer_table};
pub(crate) use pool::{PoolTableProps, pool_table};
use pool::{QueueProps, ResponseProps, queue_list, response_table};

pub(crate) struct InspectorProps {
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
    /// Hears whose menu is wanted.
    pub(crate) on_menu: Callback<MenuOf>,
    pub(crate) shrink: Shrink,
    /// Hears what is to come forward on the page.
    pub(crate) on_show: Callback<Turn>,
}

/// The panel.
pub(crate) fn inspector_panel(lang: Lang, props: &InspectorProps) -> Html {
    let view = &props.view;
    let body = match (&view.snapshot, view.selection) {
        (Some(snapshot), Some(Selection::Node(node))) if node.index() < snapshot.nodes.len() => {
            node_pane(
                lang,
                &NodePaneProps {
                    snapshot: Same::from(snapshot),
                    node,
                    view: props.view.clone(),
                    act: props.act.clone(),
                    on_menu: props.on_menu.clone(),
                },
            )
        }
        (Some(snapshot), Some(Selection::Flight(flight))) => message_card(
            lang,
            &MessageProps {
                snapshot: Same::from(snapshot),
                names: Same::from(&view.names),
                flight,
                act: props.act.clone(),
                on_menu: props.on_menu.clone(),
            },
        ),
        (Some(snapshot), _) => overview(
            lang,
            &OverviewProps {
                snapshot: Same::from(snapshot),
                names: Same::from(&view.names),
                pool: view.pool.as_ref().map(Same::from),
                about: view.about,
                act: props.act.clone(),
            },
        ),
        (None, _) => html! { <p class="muted pane">{Label::NoClusterYet.text(lang)}</p> },
    };
    html! {
        <>
            <div class="pane-node">
                if view.selection.is_none() {
                    {story_panel(lang, props)}
                }
                {body}
            </div>
            <div class="pane-checks">
                {check_list(lang, &ChecksProps {
                    expectations: Same::from(&view.expectations),
                    properties: Same::from(&view.properties),
                    act: props.act.clone(),
                })}
            </div>
        </>
    }
}

struct NodePaneProps {
    snapshot: Same<Snapshot>,
    node: NodeId,
    view: Same<ViewModel>,
    act: Callback<Action>,
    on_menu: Callback<MenuOf>,
}

/// Everything a node shows of itself.
fn node_pane(lang: Lang, props: &NodePaneProps) -> Html {
    let view = &props.view;
    let node = &props.snapshot.nodes[props.node.index()];
    let card = node.card.as_ref();
    let era = view.about.map_or("", |about| about.era);
    html! {
        <article class="pane" aria-labelledby="node-title">
            {node_head(lang, props)}
            if node.durable.is_some() {
                <p class="muted">{Label::AsItWouldReturn.text(lang)}</p>
            }
            {field_grid(lang, &FieldsProps {
                snapshot: props.snapshot.clone(),
                node: props.node,
                at: view.playhead.at,
            })}
            if card.is_some_and(|card| card.queue.is_some()) {
                {queue_list(lang, &QueueProps {
                    snapshot: props.snapshot.clone(),
                    node: props.node,
                })}
            } else if card.is_some() || node.durable.is_some() {
                {log_table(lang, &LogProps {
                    snapshot: props.snapshot.clone(),
                    node: props.node,
                    era: era.into(),
                })}
            }
            if card.is_some_and(|card| !card.peers.is_empty()) {
                {peer_table(lang, &PeersProps {
                    snapshot: props.snapshot.clone(),
                    node: props.node,
                    names: Same::from(&view.names),
                })}
            }
            if let Some(pool) = &view.pool {
                {response_table(lang, &ResponseProps { pool: Same::from(pool) })}
            }
        </article>
    }
}

fn node_head(lang: Lang, props: &NodePaneProps) -> Html {
    let node = &props.snapshot.nodes[props.node.index()];
    let crashed = matches!(node.status, Health::Crashed(_));
    let name = props.view.names.get(props.node.index()).cloned().unwrap_or_default();
    let title = node.card.as_ref().map_or("", |card| card.title);
    let era = props.view.about.map_or("", |about| about.era);
    let role = match node.status {
        Health::Crashed(_) => Label::Crashed.text(lang).to_owned(),
        _ if era.is_empty() => role_title(lang, node.role, title).to_owned(),
        _ => format!(
            "{}{}{era} {}",
            role_title(lang, node.role, title),
            lang.pick(", ", "，"),
            node.era
        ),
    };
    let id = props.node;
    html! {
        <header class="node-head">
            {shape(node.role, crashed)}
            <div class="node-names">
                <h2 id="node-title">{name}</h2>
                <p class={role_class(node.role, crashed)}>{role}</p>
            </div>
            <button type="button" class="button icon-only" aria-haspopup="dialog"
                aria-label={Label::NodeMenu.text(lang)} title={Label::NodeMenu.text(lang)}
                onclick={props.on_menu.reform(move |_: MouseEvent| MenuOf::Node(id))}>
                {icon(Glyph::Dots)}
            </button>
            {icon_button(
                "button icon-only",
                props.act.reform(|_: MouseEvent| Action::Select(None)),
                Glyph::Cross,
                Label::ClearSelection.text(lang),
            )}
        </header>
    }
}

/// The hue of a role, for words.
pub(crate) fn role_class(role: quorate::kernel::Role, crashed: bool) -> &'static str {
    use quorate::kernel::Role;
    match role {
        _ if crashed => "muted",
        Role::Leader => "t-leader",
        Role::Candidate => "t-candidate",
        Role::Follower | Role::Balancer | Role::Server => "t-follower",
    }
}
