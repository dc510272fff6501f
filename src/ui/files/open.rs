//! Opens a file: a scenario, a picture that carries one, or a trace.

use quorate::lab::Action;
use quorate::lab::file::{FileProblem, Held, open};
use quorate::scene::text::{Label, opened_file};
use quorate::script::trail::BYTES;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File};
use yew::prelude::*;

use super::super::dom::{self, Listener};
use super::super::parts::Toast;
use super::super::screen::Turn;
use super::super::workbench::Desk;
use super::trail;

/// Whatever is dropped on the page is opened.
#[hook]
pub(crate) fn use_drop(desk: &Desk) {
    use_effect_with(desk.clone(), |desk| {
        let kinds = ["dragover", "dragleave", "drop"];
        let listeners = kinds.map(|kind| {
            let desk = desk.clone();
            Listener::new(&dom::document(), kind, move |event| {
                hear(&desk, kind, &event.unchecked_into());
            })
        });
        move || drop(listeners)
    });
}

fn hear(desk: &Desk, kind: &'static str, event: &DragEvent) {
    let Some(data) = event.data_transfer() else { return };
    // Text that is moved within the page is none of our business.
    if !data.types().iter().any(|kind| kind == "Files") {
        return;
    }
    event.prevent_default();
    mark(kind == "dragover");
    let file = data.files().and_then(|files| files.get(0)).filter(|_| kind == "drop");
    if let Some(file) = file {
        open_file(desk, file);
    }
}

/// Shows that a file may be let go here.
fn mark(over: bool) {
    if let Some(root) = dom::document().document_element() {
        let _ = root.class_list().toggle_with_force("dropping", over);
    }
}

/// Reads a file and opens what it holds. If it holds nothing, everything stays as it is.
pub(crate) fn open_file(desk: &Desk, file: File) {
    let desk = desk.clone();
    if file.size() > BYTES as f64 {
        return say_problem(&desk, &file, FileProblem::TooLong(BYTES / 1024));
    }
    spawn_local(async move {
        let Ok(buffer) = JsFuture::from(file.array_buffer()).await else {
            desk.say(Label::FileUnread.text(desk.lang));
            return;
        };
        let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
        match open(&bytes) {
            Ok(Held::Scenario { text, at }) => {
                // The field knows one kind of line end.
                desk.perform(Action::Open(text.replace("\r\n", "\n")));
                if let Some(at) = at {
                    desk.perform(Action::Pause);
                    desk.perform(Action::Seek(at));
                }
                say_opened(&desk, &opened_file(desk.lang, &file.name()));
            }
            Ok(Held::Trail(trail)) => trail::check(&desk, trail),
            Err(problem) => say_problem(&desk, &file, problem),
        }
    });
}

fn say_problem(desk: &Desk, file: &File, problem: FileProblem) {
    let says = problem.says();
    desk.say(format!("{}: {}", file.name(), desk.lang.pick(&says.en, &says.zh)));
}

/// Says that the text was replaced, and offers it back.
fn say_opened(desk: &Desk, text: &str) {
    let again = desk.clone();
    let undo = Callback::from(move |()| {
        again.turn.dispatch(Turn::DoneSaying);
        again.perform(Action::Undo);
    });
    desk.turn.dispatch(Turn::Say(Toast {
        text: text.to_owned().into(),
        copy: None,
        offer: Some((Label::Undo.text(desk.lang).into(), undo)),
        serial: 0,
    }));
}
