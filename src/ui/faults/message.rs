//! The menu of a message in flight.

use quorate::kernel::{Party, SimTime, Span};
use quorate::lab::{Deed, Handling};
use quorate::scene::text::{Label, Lang, hands};
use yew::prelude::*;

use super::super::inspector::{arrival, party};
use super::super::parts::Glyph;
use super::menu::{Content, MenuAt, MenuOf, MenuProps, button, item};
use super::slider::Slider;

/// A message can be made late in so many steps.
const STEPS: u64 = 20;
/// By the last step it takes so many times as long again.
const TIMES: u64 = 4;

pub(super) fn content(lang: Lang, props: &MenuProps, flight: u64) -> Option<Content> {
    let flights = &props.view.snapshot.as_ref()?.flights;
    let view = flights.iter().find(|view| view.note.id == flight)?;
    let note = view.note;
    let names = &props.view.names;
    let held = note.due_at == SimTime::MAX;
    let able = note.lost.is_none();
    let entry = |glyph, label: Label, key, handling| {
        item(props, (glyph, label.text(lang)), key, able, Deed::Message(flight, handling))
    };
    let link = match (note.from, note.to) {
        (Party::Node(from), Party::Node(to)) => {
            let at = MenuAt { of: MenuOf::Link(from, to), at_clock: false, ..props.at };
            let onclick = props.on_menu.reform(move |_: MouseEvent| at);
            button(Glyph::Share, lang.of(hands::LINKS).into(), "L", true, onclick)
        }
        _ => Html::default(),
    };
    let ends = format!("{} → {}", party(note.from, names), party(note.to, names));
    Some(Content {
        title: format!("{} {ends}", note.face.name),
        aside: arrival(lang, view),
        body: html! {
            <>
                {entry(Glyph::Cross, Label::DropMessage, "X", Handling::Drop)}
                {entry(Glyph::Panel, Label::DuplicateMessage, "D", Handling::Duplicate)}
                if held {
                    {entry(Glyph::Play, Label::ReleaseMessage, "O", Handling::Release)}
                } else {
                    {entry(Glyph::Pause, Label::HoldMessage, "O", Handling::Hold)}
                }
                {entry(Glyph::Forward, Label::DeliverMessage, "E", Handling::Deliver)}
                {link}
                if able && !held {
                    <hr />
                    {later(lang, props, flight, note.due_at.since(note.sent_at))}
                }
            </>
        },
    })
}

/// Makes it late. The steps follow how long it takes: there are links of a microsecond.
fn later(lang: Lang, props: &MenuProps, flight: u64, whole: Span) -> Html {
    let most = whole.0.saturating_mul(TIMES);
    let (unit, name) = if most >= 20_000_000 { (1_000_000, " ms") } else { (1_000, " µs") };
    let step = (most / STEPS / unit).max(1);
    let on_set = props.on_deed.reform(move |by: i64| {
        let by = u64::try_from(by).unwrap_or(0).saturating_mul(unit);
        Deed::Message(flight, Handling::Delay(Span(by)))
    });
    html! {
        <Slider label={lang.of(hands::ARRIVES_LATER)} glyph={Glyph::Clock} min={step as i64}
            max={(step * STEPS) as i64} step={step as i64} now={step as i64} unit={name} {on_set} />
    }
}
