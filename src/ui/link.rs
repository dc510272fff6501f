//! The address follows the scenario; a changed address is followed.

use std::cell::RefCell;
use std::rc::Rc;

use quorate::scene::text::Label;
use yew::prelude::*;

use super::dom::{self, Listener, Timeout};
use super::exhibits::Links as _;
use super::place;
use super::screen::{Screen, Turn};
use super::session::Session;
use super::workbench::Desk;

/// The address is written this long after the last change.
const SETTLE_MS: i32 = 400;

/// What was written last, so that one's own change is not followed.
#[derive(Default)]
struct Written {
    fragment: String,
    text: Option<Rc<str>>,
    timer: Option<Timeout>,
}

/// Keeps address and scenario together. True if the link is too long to be passed on.
#[hook]
pub(crate) fn use_link(session: &Session, turn: &UseReducerDispatcher<Screen>) -> bool {
    let long = use_state(|| false);
    let written = use_memo((), |()| RefCell::new(Written::default()));
    use_effect_with(session.clone(), {
        let (written, long) = (Rc::clone(&written), long.setter());
        move |session| {
            let lab = session.clone();
            let hearing = session.on_view(move || {
                let (lab, again, long) = (lab.clone(), Rc::clone(&written), long.clone());
                let view = lab.view();
                let same_text = written.borrow().text.as_ref().is_some_and(|t| *t == view.text);
                // While it plays, only a changed text is worth writing.
                if view.playhead.playing && same_text {
                    return;
                }
                let write = move || write(&lab, &again, &long);
                written.borrow_mut().timer = Some(Timeout::new(SETTLE_MS, write));
            });
            move || drop(hearing)
        }
    });
    use_effect_with((session.clone(), turn.clone()), move |(session, turn)| {
        let (session, turn) = (session.clone(), turn.clone());
        let listener = Listener::new(&dom::window(), "hashchange", move |_| {
            let fragment = place::fragment();
            if fragment.is_empty() || fragment == written.borrow().fragment {
                return;
            }
            let opened = session.with(|lab| lab.open_link(&fragment));
            turn.dispatch(Turn::BrokenLink(opened.err()));
        });
        move || drop(listener)
    });
    *long
}

fn write(session: &Session, written: &RefCell<Written>, long: &UseStateSetter<bool>) {
    let fragment = session.link();
    let view = session.view();
    if !view.text.is_empty() {
        place::keep("text", &view.text);
    }
    long.set(fragment.len() > place::LONG_LINK);
    let mut written = written.borrow_mut();
    written.text = Some(Rc::clone(&view.text));
    if fragment != written.fragment {
        place::set_fragment(&fragment);
        written.fragment = fragment;
    }
}

/// Copies the link of this very moment.
pub(crate) fn share(desk: &Desk) {
    let link = format!("{}#{}", place::base(), desk.session.link());
    copier(desk, Label::LinkCopied).emit(link);
}

/// Copies, and says so; or offers the text where the clipboard is closed.
pub(crate) fn copier(desk: &Desk, success: Label) -> Callback<String> {
    let desk = desk.clone();
    Callback::from(move |text: String| {
        let (desk, kept) = (desk.clone(), text.clone());
        place::copy(text, move |copied| {
            if copied {
                desk.say(success.text(desk.lang));
            } else {
                desk.say_copy(kept);
            }
        });
    })
}
