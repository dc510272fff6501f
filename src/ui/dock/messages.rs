//! The messages of a run in a table.

use quorate::lab::{Action, FlightView, Selection, Snapshot};
use quorate::scene::text::{Label, Lang, clock, more_in_flight};
use yew::prelude::*;

use crate::ui::inspector::{arrival, party, phase_class};
use crate::ui::session::Same;

/// More rows would only be scrolled past.
const ROWS: usize = 60;

pub(super) struct MessageTableProps {
    pub(super) snapshot: Same<Snapshot>,
    pub(super) names: Same<Vec<String>>,
    pub(super) act: Callback<Action>,
}

/// Every message in flight.
pub(super) fn message_table(lang: Lang, props: &MessageTableProps) -> Html {
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
