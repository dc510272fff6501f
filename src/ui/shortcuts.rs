//! Hears the keyboard of the whole page, and does what keys mean.

use quorate::kernel::NodeId;
use quorate::lab::{Action, Selection};
use web_sys::Element;
use yew::prelude::*;

use super::dom::{self, Listener};
use super::faults::{MenuAt, MenuOf};
use super::keys::{Focus, Meaning, Press, Way, meaning};
use super::screen::{Open, Turn};
use super::workbench::Desk;

/// Listens as long as the component lives. `side` is the side of a partition picked so far.
#[hook]
pub(crate) fn use_shortcuts(desk: &Desk, side: Option<Vec<NodeId>>) {
    use_effect_with((desk.clone(), side), |(desk, side)| {
        let (desk, side) = (desk.clone(), side.clone());
        let listener = Listener::new(&dom::document(), "keydown", move |event| {
            let event: KeyboardEvent = wasm_bindgen::JsCast::unchecked_into(event);
            if event.default_prevented() || event.is_composing() {
                return;
            }
            hear(&desk, side.as_deref(), &event);
        });
        move || drop(listener)
    });
}

fn hear(desk: &Desk, side: Option<&[NodeId]>, event: &KeyboardEvent) {
    let target = event.target_dyn_into::<Element>();
    let within = |what: &str| {
        target.as_ref().is_some_and(|target| target.closest(what).ok().flatten().is_some())
    };
    if within("dialog") {
        return;
    }
    let press = press(event, target.as_ref());
    if let Some(side) = side
        && press.key == "Enter"
        && press.focus == Focus::Page
    {
        event.prevent_default();
        desk.split(Vec::from(side));
        desk.turn.dispatch(Turn::EndPartition);
        return;
    }
    let view = desk.session.view();
    let Some(meaning) = meaning(&press, view.selection, view.names.len() as u32) else { return };
    event.prevent_default();
    obey(desk, side.is_some(), meaning);
}

fn press(event: &KeyboardEvent, target: Option<&Element>) -> Press {
    let tag = target.map(Element::tag_name).unwrap_or_default();
    let role = target.and_then(|target| target.get_attribute("role"));
    let focus = match tag.as_str() {
        "INPUT" | "TEXTAREA" | "SELECT" => Focus::Field,
        "BUTTON" | "A" | "SUMMARY" => Focus::Control,
        _ if role.as_deref() == Some("button") => Focus::Control,
        _ => Focus::Page,
    };
    Press {
        key: event.key(),
        shift: event.shift_key(),
        command: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        focus,
    }
}

fn obey(desk: &Desk, picking: bool, meaning: Meaning) {
    match meaning {
        Meaning::Do(Action::Select(Some(Selection::Node(node)))) if picking => {
            desk.turn.dispatch(Turn::Toggle(node));
        }
        Meaning::Do(action) => desk.perform(action),
        Meaning::Skew(node) => {
            let at = MenuAt { at_clock: true, ..MenuAt::corner(MenuOf::Node(node)) };
            desk.turn.dispatch(Turn::Menu(at));
        }
        Meaning::Menu(of) => desk.turn.dispatch(Turn::Menu(MenuAt::corner(of))),
        Meaning::Message(way) => select_message(desk, way),
        Meaning::Partition => desk.turn.dispatch(Turn::Partition),
        Meaning::Escape => {
            desk.turn.dispatch(Turn::Escape);
            desk.perform(Action::Select(None));
        }
        Meaning::Help => desk.turn.dispatch(Turn::Open(Open::Help)),
        Meaning::Search => desk.turn.dispatch(Turn::Open(Open::Gallery)),
    }
}

/// Selects the message behind the selected one, or the one before it, and around the end.
fn select_message(desk: &Desk, way: Way) {
    let view = desk.session.view();
    let Some(snapshot) = &view.snapshot else { return };
    let ids: Vec<u64> = snapshot.flights.iter().map(|flight| flight.note.id).collect();
    let place = match view.selection {
        Some(Selection::Flight(id)) => ids.iter().position(|other| *other == id),
        Some(Selection::Node(_)) | None => None,
    };
    let last = ids.len().saturating_sub(1);
    let next = match (way, place) {
        (Way::Next, Some(place)) if place < last => place + 1,
        (Way::Next, _) | (Way::Previous, None) => 0,
        (Way::Previous, Some(0)) => last,
        (Way::Previous, Some(place)) => place - 1,
    };
    if let Some(id) = ids.get(next) {
        desk.perform(Action::Pause);
        desk.perform(Action::Select(Some(Selection::Flight(*id))));
    }
}
