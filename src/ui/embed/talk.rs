//! The figure and the page around it: commands in, events out, by messages that both sides check.

use std::cell::Cell;

use js_sys::{JsString, Object, Reflect};
use quorate::lab::host::{self, Order, Parts};
use quorate::lab::{Action, CheckView, Say, Status, ViewModel};
use quorate::scene::text::{Lang, property};
use wasm_bindgen::{JsCast, JsValue};
use yew::prelude::*;

use super::super::dom::{self, Listener};
use super::super::parts::said;
use super::super::prefs::{Prefs, Theme};
use super::super::session::{Same, Session};
use super::is_guided;

/// The page around; `None` if there is none.
fn parent() -> Option<web_sys::Window> {
    let window = dom::window();
    window.parent().ok().flatten().filter(|parent| !Object::is(parent, &window))
}

/// Sends `fact` with its details to the page around. It may be any page, so what is sent is only
/// what that page has brought itself, or could read off the screen.
pub(super) fn tell(fact: &str, details: &[(&str, JsValue)]) {
    let Some(parent) = parent() else { return };
    let message = Object::new();
    let set = |name: &str, value: &JsValue| {
        let _ = Reflect::set(&message, &name.into(), value);
    };
    set("quorate", &host::SCHEMA.into());
    set("tell", &fact.into());
    for (name, value) in details {
        set(name, value);
    }
    let _ = parent.post_message(&message, "*");
}

/// Hears the commands of the page around, and of nobody else.
#[hook]
pub(super) fn use_host(session: &Session, prefs: &Prefs, parts: &UseStateSetter<Parts>) {
    let (session, prefs, parts) = (session.clone(), prefs.clone(), parts.clone());
    use_effect_with((), move |()| {
        let hear = move |event: web_sys::Event| {
            let of_event = |name: &str| Reflect::get(&event, &name.into()).unwrap_or_default();
            let from_parent = parent().is_some_and(|it| Object::is(&it, &of_event("source")));
            if !from_parent {
                return;
            }
            match command(&of_event("data")) {
                Some(Ok(order)) => obey(order, &session, &prefs, &parts),
                Some(Err(why)) => refuse(prefs.lang, &why),
                None => {}
            }
        };
        let listener = parent().map(|_| Listener::new(&dom::window(), "message", hear));
        tell("hello", &[]);
        move || drop(listener)
    });
}

/// A message as a command. `None` if it is somebody else's: pages are full of messages.
fn command(data: &JsValue) -> Option<Result<Order, Say>> {
    if !data.is_object() {
        return None;
    }
    let version = Reflect::get(data, &"quorate".into()).ok()?;
    if version.is_undefined() {
        return None;
    }
    if version.as_f64() != Some(f64::from(host::SCHEMA)) {
        return Some(Err(host::unread()));
    }
    let text = |name: &str, most: usize| {
        let text = Reflect::get(data, &name.into()).ok()?.dyn_into::<JsString>().ok()?;
        // Measured before it is copied; a letter of JavaScript is at least a byte of ours.
        let long = text.length() as usize > most;
        Some(if long { "?".repeat(most + 1) } else { String::from(text) })
    };
    let Some(name) = text("do", host::NAME_BYTES) else { return Some(Err(host::unread())) };
    let value = text("value", host::longest(&name)).unwrap_or_default();
    Some(host::order(&name, &value))
}

fn obey(order: Order, session: &Session, prefs: &Prefs, parts: &UseStateSetter<Parts>) {
    match order {
        Order::Load(text) => {
            session.act(Action::Open(text));
            let view = session.view();
            match view.problems.first() {
                Some(problem) => refuse(prefs.lang, &problem.says()),
                None => tell_ready(prefs.lang, &view),
            }
        }
        Order::Play => session.act(Action::Play),
        Order::Pause => session.act(Action::Pause),
        Order::Seek(at) => session.act(Action::Seek(at)),
        Order::Theme(name) => prefs.set_theme.emit(Theme::named(name)),
        Order::Lang(tag) => prefs.set_lang.emit(Lang::from_tag(&tag)),
        Order::Views(chosen) => parts.set(chosen),
    }
}

/// Says why a message is ignored, to whoever sent it and to whoever looks for the mistake.
fn refuse(lang: Lang, why: &Say) {
    let why = said(lang, why);
    web_sys::console::warn_1(&(&*why).into());
    tell("refused", &[("says", (&*why).into())]);
}

/// Tells the page around what happens: the state whenever panels look again, and each violation
/// when the playhead first stands on it.
#[hook]
pub(super) fn use_tidings(lang: Lang, view: &Same<ViewModel>) {
    let first = use_memo((), |()| Cell::new(true));
    let violated = use_memo((), |()| Cell::new(0_usize));
    use_effect_with((view.clone(), lang), move |(view, lang)| {
        if view.about.is_none() {
            return;
        }
        if first.replace(false) && !is_guided() {
            tell_ready(*lang, view);
        }
        tell_state(*lang, view);
        let fails = |check: &&CheckView| check.status == Status::Violated;
        let failed: Vec<&CheckView> =
            view.properties.iter().chain(view.expectations.iter()).filter(fails).collect();
        let before = violated.replace(failed.len());
        if failed.len() > before
            && let Some(check) = failed.iter().max_by_key(|check| check.violated_at)
        {
            tell_violation(*lang, check);
        }
    });
}

fn tell_ready(lang: Lang, view: &ViewModel) {
    tell("ready", &[("title", (&*said(lang, &view.title)).into())]);
}

fn tell_state(lang: Lang, view: &ViewModel) {
    let playhead = &view.playhead;
    let seconds = |at: quorate::kernel::SimTime| JsValue::from(at.0 as f64 / 1e9);
    tell(
        "state",
        &[
            ("at", seconds(playhead.at)),
            ("end", seconds(playhead.end)),
            ("event", (playhead.event as f64).into()),
            ("events", (playhead.events as f64).into()),
            ("playing", playhead.playing.into()),
            ("sentence", (&*said(lang, &view.narration)).into()),
        ],
    );
}

fn tell_violation(lang: Lang, check: &CheckView) {
    let name = check.property.map_or(&*check.text, |of| property(lang, of));
    let (at, event) =
        check.violated_at.map_or((0.0, 0.0), |(at, event)| (at.0 as f64 / 1e9, event as f64));
    let because = said(lang, &check.because);
    tell(
        "violation",
        &[
            ("name", name.into()),
            ("because", (&*because).into()),
            ("at", at.into()),
            ("event", event.into()),
        ],
    );
}
