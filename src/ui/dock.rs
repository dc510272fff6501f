//! Under the scene: the same in tables. Messages in flight now, and every node.

use quorate::lab::{Action, FlightView, Selection, Snapshot, ViewModel};
use quorate::scene::text::{Label, Lang, clock, more_in_flight};
use yew::prelude::*;

use super::inspector::{
    NodeTableProps, PoolTableProps, arrival, node_table, party, phase_class, pool_table,
};
use super::prefs::use_lang;
use super::session::Same;

/// More rows would only be scrolled past.
const ROWS: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Tab {
    #[default]
    Messages,
    Nodes,
}

impl Tab {
    const ALL: [Tab; 2] = [Tab::Messages, Tab::Nodes];

    fn label(self, pool: bool) -> Label {
        match self {
            Tab::Messages => Label::Messages,
            Tab::Nodes if pool => Label::Servers,
            Tab::Nodes => Label::AllNodes,
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
    let tab = use_state(Tab::default);
    let view = &props.view;
    let Some(snapshot) = view.snapshot.as_ref().map(Same::from) else {
        return html! { <section class="dock" aria-label={Label::Tables.text(lang)} /> };
    };
    let count = |of: Tab| match of {
        Tab::Messages => snapshot.flights.len(),
        Tab::Nodes => view.pool.as_ref().map_or(snapshot.nodes.len(), |p| p.servers.len()),
    };
    html! {
        <section class="dock" aria-label={Label::Tables.text(lang)}>
            <div class="dock-tabs" role="group" aria-label={Label::Tables.text(lang)}>
                for (index, one) in Tab::ALL.into_iter().enumerate() {
                    <button type="button" key={index} class="dock-tab"
                        aria-pressed={(*tab == one).to_string()}
                        onclick={let tab = tab.setter(); move |_: MouseEvent| tab.set(one)}>
                        <span>{one.label(view.pool.is_some()).text(lang)}</span>
                        <span class="aside num">{count(one)}</span>
                    </button>
                }
            </div>
            <div class="dock-body" tabindex="0" role="region"
                aria-label={tab.label(view.pool.is_some()).text(lang)}>
                {body(lang, *tab, props, snapshot.clone())}
            </div>
        </section>
    }
}

fn body(lang: Lang, tab: Tab, props: &DockProps, snapshot: Same<Snapshot>) -> Html {
    let (view, act) = (&props.view, props.act.clone());
    let names = Same::from(&view.names);
    match (tab, &view.pool) {
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
