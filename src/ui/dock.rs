//! Under the scene: the same in tables. Messages in flight now, every node, and what clients saw.

use quorate::lab::{Action, FlightView, Selection, Snapshot, ViewModel};
use quorate::scene::text::{Label, Lang, clock, more_in_flight};
use yew::prelude::*;

use super::compare::ComparePanel;
use super::history::history_picture;
use super::inspector::{
    NodeTableProps, PoolTableProps, arrival, node_table, party, phase_class, pool_table,
};
use super::listing::Listing;
use super::prefs::use_lang;
use super::session::Same;

/// More rows would only be scrolled past.
const ROWS: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Tab {
    Compare,
    #[default]
    Messages,
    Nodes,
    History,
    Listing,
}

impl Tab {
    const ALL: [Tab; 5] = [Tab::Compare, Tab::Messages, Tab::Nodes, Tab::History, Tab::Listing];

    fn label(self, pool: bool) -> Label {
        match self {
            Tab::Compare => Label::Compare,
            Tab::Messages => Label::Messages,
            Tab::Nodes if pool => Label::Servers,
            Tab::Nodes => Label::AllNodes,
            Tab::History => Label::History,
            Tab::Listing => Label::Listing,
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DockProps {
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
}

/// The tables, one at a time.
#[component]
pub(crate) fn Dock(props: &DockProps) -> Html {
    let lang = use_lang();
    let tab = use_state(|| None::<Tab>);
    let view = &props.view;
    // The tab chosen before may be none of this run's.
    let shown = tabs(view.pool.is_some()).find(|one| Some(*one) == *tab);
    let shown = shown.or_else(|| tabs(view.pool.is_some()).next()).unwrap_or_default();
    let Some(snapshot) = view.snapshot.as_ref().map(Same::from) else {
        return html! { <section class="dock" aria-label={Label::Tables.text(lang)} /> };
    };
    let count = |of: Tab| match of {
        Tab::Messages => Some(snapshot.flights.len()),
        Tab::Nodes => Some(view.pool.as_ref().map_or(snapshot.nodes.len(), |p| p.servers.len())),
        Tab::History => Some(view.history.total as usize),
        Tab::Compare => {
            let compare = view.pool.as_ref().and_then(|pool| pool.compare.as_ref());
            compare.map(|compare| compare.rows.len())
        }
        Tab::Listing => None,
    };
    html! {
        <section class="dock" aria-label={Label::Tables.text(lang)}>
            <div class="dock-tabs" role="group" aria-label={Label::Tables.text(lang)}>
                for (index, one) in tabs(view.pool.is_some()).enumerate() {
                    <button type="button" key={index} class="dock-tab"
                        aria-pressed={(shown == one).to_string()}
                        onclick={let tab = tab.setter(); move |_: MouseEvent| tab.set(Some(one))}>
                        <span>{one.label(view.pool.is_some()).text(lang)}</span>
                        <span class="aside num">{for count(one)}</span>
                    </button>
                }
            </div>
            <div class="dock-body" tabindex="0" role="region"
                aria-label={shown.label(view.pool.is_some()).text(lang)}>
                {body(lang, shown, props, snapshot.clone())}
            </div>
        </section>
    }
}

/// A pool's work has no meaning to judge, so it has no history; a cluster has no strategies.
fn tabs(pool: bool) -> impl Iterator<Item = Tab> {
    Tab::ALL.into_iter().filter(move |tab| match tab {
        Tab::History => !pool,
        Tab::Compare => pool,
        Tab::Messages | Tab::Nodes | Tab::Listing => true,
    })
}

/// Whose code is shown: the strategy's, where one chooses; its pool's rules are not in it.
fn code_of(view: &ViewModel) -> AttrValue {
    let strategy = view.pool.as_ref().and_then(|pool| pool.strategies.iter().find(|it| it.current));
    let id = strategy.map_or_else(|| view.about.map_or("", |about| about.id), |it| it.id.as_str());
    AttrValue::from(id.to_owned())
}

fn body(lang: Lang, tab: Tab, props: &DockProps, snapshot: Same<Snapshot>) -> Html {
    let (view, act) = (&props.view, props.act.clone());
    let names = Same::from(&view.names);
    match (tab, &view.pool) {
        (Tab::Compare, _) => html! { <ComparePanel view={view.clone()} {act} /> },
        (Tab::History, _) => history_picture(lang, &view.history),
        (Tab::Listing, _) => html! { <Listing id={code_of(view)} rule={view.rule} /> },
        (Tab::Messages, _) => message_table(lang, &MessageTableProps { snapshot, names, act }),
        (Tab::Nodes, Some(pool)) => {
            pool_table(lang, &PoolTableProps { pool: Same::from(pool), act })
        }
        (Tab::Nodes, None) => {
            let era = view.about.map_or("", |about| about.era);
            node_table(lang, &NodeTableProps { snapshot, names, era: era.into(), act })
        }
    }
}

struct MessageTableProps {
    snapshot: Same<Snapshot>,
    names: Same<Vec<String>>,
    act: Callback<Action>,
}

/// Every message in flight.
fn message_table(lang: Lang, props: &MessageTableProps) -> Html {
    let flights = &props.snapshot.flights;
    if flights.is_empty() {
        return html! { <p class="muted">{Label::NothingInFlight.text(lang)}</p> };
    }
    let heads =
        [Label::Message, Label::From, Label::To, Label::SentAt, Label::ArrivesAt, Label::Detail];
    html! {
        <>
            <table class="message-table">
                <thead>
                    <tr>
                        for head in heads {
                            <th scope="col" key={head.text(lang)}>{head.text(lang)}</th>
                        }
                    </tr>
                </thead>
                <tbody>
                    for flight in flights.iter().take(ROWS) {
                        {row(lang, flight, props)}
                    }
                </tbody>
            </table>
            if flights.len() > ROWS {
                <p class="muted">{more_in_flight(lang, flights.len() - ROWS)}</p>
            }
        </>
    }
}

fn row(lang: Lang, flight: &FlightView, props: &MessageTableProps) -> Html {
    let note = &flight.note;
    let id = note.id;
    let select = props.act.reform(move |_: MouseEvent| Action::Select(Some(Selection::Flight(id))));
    html! {
        <tr>
            <td>
                <button type="button" lang="en" onclick={select}
                    class={classes!("plain-link", phase_class(note.face.phase))}>
                    {note.face.name}
                </button>
            </td>
            <td class="mono">{party(note.from, &props.names)}</td>
            <td class="mono">{party(note.to, &props.names)}</td>
            <td class="mono">{clock(note.sent_at)}</td>
            <td class="mono">{arrival(lang, flight)}</td>
            <td class="mono">{flight.detail.clone()}</td>
        </tr>
    }
}
