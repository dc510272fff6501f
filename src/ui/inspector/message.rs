//! A message on its way.

use quorate::kernel::{Party, Phase, SimTime};
use quorate::lab::{Action, FlightView, Snapshot};
use quorate::scene::text::{Label, Lang, cause, clock, manner, phase};
use yew::prelude::*;

use super::super::faults::MenuOf;
use super::super::parts::{Glyph, icon_button};
use super::super::session::Same;

pub(crate) struct MessageProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) names: Same<Vec<String>>,
    /// Number of the flight.
    pub(crate) flight: u64,
    pub(crate) act: Callback<Action>,
    /// Hears whose menu is wanted.
    pub(crate) on_menu: Callback<MenuOf>,
}

/// The message, or that it is no longer there.
pub(crate) fn message_card(lang: Lang, props: &MessageProps) -> Html {
    let mut flights = props.snapshot.flights.iter();
    let flight = flights.find(|flight| flight.note.id == props.flight);
    html! {
        <article class="pane" aria-labelledby="message-title">
            <header class="node-head">
                <div class="node-names">
                    <h2 id="message-title" lang="en">
                        {flight.map_or("–", |flight| flight.note.face.name)}
                    </h2>
                    if let Some(flight) = flight {
                        <p class={phase_class(flight.note.face.phase)}>
                            {phase(lang, flight.note.face.phase)}{" · "}
                            {manner(lang, flight.note.face.manner)}
                        </p>
                    }
                </div>
                {icon_button(
                    "button icon-only",
                    props.on_menu.reform({
                        let flight = props.flight;
                        move |_: MouseEvent| MenuOf::Message(flight)
                    }),
                    Glyph::Dots,
                    Label::MessageMenu.text(lang),
                )}
                {icon_button(
                    "button icon-only",
                    props.act.reform(|_: MouseEvent| Action::Select(None)),
                    Glyph::Cross,
                    Label::ClearSelection.text(lang),
                )}
            </header>
            if let Some(flight) = flight {
                <dl class="fields">
                    for (name, value) in rows(lang, flight, &props.names) {
                        <div key={name}><dt>{name}</dt><dd class="mono">{value}</dd></div>
                    }
                </dl>
            } else {
                <p class="muted">{Label::Arrived.text(lang)}</p>
            }
        </article>
    }
}

fn rows(lang: Lang, flight: &FlightView, names: &[String]) -> Vec<(&'static str, String)> {
    let note = &flight.note;
    let mut rows = vec![
        (Label::From.text(lang), party(note.from, names)),
        (Label::To.text(lang), party(note.to, names)),
        (Label::SentAt.text(lang), clock(note.sent_at)),
        (Label::ArrivesAt.text(lang), arrival(lang, flight)),
    ];
    if !flight.detail.is_empty() {
        rows.push((Label::Detail.text(lang), flight.detail.clone()));
    }
    rows
}

/// When it lands, that it is held, or why it will be lost.
pub(crate) fn arrival(lang: Lang, flight: &FlightView) -> String {
    match flight.note.lost {
        Some(why) => cause(lang, why).to_owned(),
        None if flight.note.due_at == SimTime::MAX => Label::Held.text(lang).to_owned(),
        None => clock(flight.note.due_at),
    }
}

/// The name of one end of a message.
pub(crate) fn party(party: Party, names: &[String]) -> String {
    let name = party.node().and_then(|node| names.get(node.index()));
    name.cloned().unwrap_or_else(|| party.to_string())
}

/// The hue of a phase, for words.
pub(crate) fn phase_class(phase: Phase) -> &'static str {
    match phase {
        Phase::Election => "t-candidate",
        Phase::Replication => "t-leader",
        Phase::Client => "t-client",
    }
}
