//! A trace is long work: done in slices between frames, with a word on how far it is.

use std::cell::RefCell;

use quorate::lab::Action;
use quorate::scene::text::{go_to_event, trace_agrees, trace_progress, trace_until};
use quorate::script::trail::{Check, Verdict, Writer};
use yew::prelude::*;

use super::super::dom::Timeout;
use super::super::parts::{Toast, said};
use super::super::screen::Turn;
use super::super::workbench::Desk;

/// A slice of the work, in milliseconds.
const SLICE_MS: f64 = 8.0;
/// Events between two looks at the clock.
const EVENTS: u64 = 64;
/// A word on how far it is, every so many slices.
const TOLD: u32 = 60;

thread_local! {
    /// The next slice. Other work takes its place.
    static NEXT: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Does `step` over and over until it says that all is done, and says how far it is.
fn work(desk: Desk, slices: u32, mut step: impl FnMut() -> (bool, u64) + 'static) {
    let slice = Timeout::new(0, move || {
        let start = js_sys::Date::now();
        loop {
            let (done, events) = step();
            if done {
                return;
            }
            if js_sys::Date::now() - start >= SLICE_MS {
                if slices % TOLD == TOLD / 4 {
                    desk.say(trace_progress(desk.lang, events));
                }
                break;
            }
        }
        work(desk, slices + 1, step);
    });
    NEXT.with(|next| next.replace(Some(slice)));
}

/// Runs the recipe of a trace again and says where it differs.
pub(super) fn check(desk: &Desk, trail: String) {
    let mut check = match Check::new(trail) {
        Ok(check) => check,
        Err(problem) => return desk.say(said(desk.lang, &problem.says())),
    };
    desk.perform(Action::Open(check.text().to_owned()));
    desk.perform(Action::Pause);
    let again = desk.clone();
    work(desk.clone(), 0, move || {
        let verdict = check.advance(EVENTS).clone();
        let done = verdict != Verdict::Running;
        if done {
            tell(&again, &verdict, check.events());
        }
        (done, check.events())
    });
}

fn tell(desk: &Desk, verdict: &Verdict, events: u64) {
    let lang = desk.lang;
    match verdict {
        Verdict::Running => {}
        Verdict::Same => desk.say(trace_agrees(lang, events)),
        Verdict::Broken(problem) => {
            desk.say(trace_until(lang, events, &said(lang, &problem.says())));
        }
        Verdict::Differs(difference) => {
            let event = difference.event;
            let again = desk.clone();
            let go = Callback::from(move |()| again.perform(Action::SeekEvent(event)));
            desk.turn.dispatch(Turn::Say(Toast {
                text: said(lang, &difference.says()),
                copy: None,
                offer: Some((go_to_event(lang, event).into(), go)),
                serial: 0,
            }));
        }
    }
}

/// Writes the trace of the run on screen, and gives it to `done`.
pub(super) fn write(desk: &Desk, done: impl FnOnce(&Desk, String) + 'static) {
    let text = desk.session.view().text.to_string();
    let writer = quorate::script::plan(&text).ok().and_then(|plan| Writer::new(&text, &plan).ok());
    let Some(writer) = writer else {
        desk.say(quorate::scene::text::Label::NothingToExport.text(desk.lang));
        return;
    };
    let (mut writer, mut done) = (Some(writer), Some(done));
    let again = desk.clone();
    work(desk.clone(), 0, move || {
        let Some(own) = &mut writer else { return (true, 0) };
        if !own.advance(EVENTS) {
            return (false, own.events());
        }
        if let (Some(own), Some(done)) = (writer.take(), done.take()) {
            done(&again, own.text());
        }
        (true, 0)
    });
}
