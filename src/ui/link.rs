//! The address follows the scenario; a changed address is followed.

use std::cell::RefCell;
use std::rc::Rc;

use quorate::kernel::SimTime;
use quorate::lab::link::{Link, Shared, decode, encode};
use quorate::lab::{Action, Lab, Say, ViewModel};
use quorate::scene::text::Label;
use quorate::script::gallery::{self, GALLERY};
use yew::prelude::*;

use super::dom::{self, Listener, Timeout};
use super::place;
use super::screen::{Screen, Turn};
use super::session::Session;
use super::workbench::Desk;

/// The address is written this long after the last change; what moves does not put off a text.
const SETTLE_MS: i32 = 400;

/// The fragment that holds what `view` shows, and where; `None` if the text is too long for a link.
pub(crate) fn fragment_of(view: &ViewModel) -> Option<String> {
    fragment_at(view, Some(view.playhead.at).filter(|at| *at > SimTime::ZERO))
}

/// The fragment that holds the text, and an instant. A scenario of the gallery that nobody changed
/// is named, not spelt out.
pub(crate) fn fragment_at(view: &ViewModel, at: Option<SimTime>) -> Option<String> {
    let link = match GALLERY.iter().find(|item| item.text == &*view.text) {
        Some(item) => Link::Gallery { path: item.path.to_owned(), at },
        None => Link::Shared(Shared { text: view.text.to_string(), at, ..Shared::default() }),
    };
    encode(&link).ok().map(|link| link.trim_start_matches('#').to_owned())
}

/// Opens what a fragment holds: playing, or standing where the link says.
pub(crate) fn open_link(lab: &mut Lab, fragment: &str) -> Result<(), Say> {
    let (text, at) = match decode(fragment).map_err(quorate::lab::link::LinkProblem::says)? {
        Link::Shared(shared) => (shared.text, shared.at),
        Link::Gallery { path, at } => {
            let item = gallery::find(&path);
            (item.map_or_else(String::new, |item| item.text.to_owned()), at)
        }
    };
    lab.update(Action::Open(text));
    if let Some(at) = at {
        lab.update(Action::Pause);
        lab.update(Action::Seek(at));
    }
    Ok(())
}

/// Where the text on screen is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Saved {
    /// In the address, and in this browser.
    Link,
    /// In this browser: the address cannot hold it.
    Browser,
    /// In the address alone: the browser keeps nothing.
    LinkAlone,
}

impl Saved {
    /// In words.
    pub(crate) fn label(self) -> Label {
        match self {
            Saved::Link => Label::SavedInTheLink,
            Saved::Browser => Label::LinkTooLong,
            Saved::LinkAlone => Label::KeptNowhere,
        }
    }
}

/// What was written last, so that one's own change is not followed.
struct Written {
    fragment: String,
    text: Rc<str>,
    /// The text that is to be written when the timer ends.
    due: Rc<str>,
    timer: Option<Timeout>,
}

impl Written {
    /// True if a timer is to be set: what `view` shows is not written, and none is set for it that
    /// may not be put off.
    fn wants(&mut self, view: &ViewModel) -> bool {
        let known = self.due == view.text;
        // While it plays, only a changed text is worth writing.
        if known && (self.owes() || view.playhead.playing) {
            return false;
        }
        self.due = Rc::clone(&view.text);
        true
    }

    /// A text waits for its timer.
    fn owes(&self) -> bool {
        self.due != self.text
    }
}

/// Keeps address and scenario together, and says where the text is once it is written.
#[hook]
pub(crate) fn use_link(session: &Session, turn: &UseReducerDispatcher<Screen>) -> Option<Saved> {
    let long = use_state_eq(|| None);
    let written = use_memo((), |()| {
        // What was opened is no change: it would only push out what this browser keeps.
        let text = Rc::clone(&session.view().text);
        let (fragment, due) = (String::new(), Rc::clone(&text));
        RefCell::new(Written { fragment, text, due, timer: None })
    });
    use_effect_with(session.clone(), {
        let (written, long) = (Rc::clone(&written), long.setter());
        move |session| {
            let write: Rc<dyn Fn()> = {
                let (session, written) = (session.clone(), Rc::clone(&written));
                Rc::new(move || write(&session, &written, &long))
            };
            // Nobody knows whether a page that is left or hidden comes back.
            let leaving = ["pagehide", "visibilitychange"].map(|kind| {
                let (written, write) = (Rc::clone(&written), Rc::clone(&write));
                Listener::new(&dom::window(), kind, move |_| {
                    let owes = written.borrow().owes();
                    if owes {
                        write();
                    }
                })
            });
            let again = session.clone();
            let hearing = session.on_view(move || {
                let mut written = written.borrow_mut();
                if written.wants(&again.view()) {
                    let write = Rc::clone(&write);
                    written.timer = Some(Timeout::new(SETTLE_MS, move || write()));
                }
            });
            move || drop((leaving, hearing))
        }
    });
    use_effect_with((session.clone(), turn.clone()), move |(session, turn)| {
        let (session, turn) = (session.clone(), turn.clone());
        let listener = Listener::new(&dom::window(), "hashchange", move |_| {
            let fragment = place::fragment();
            if fragment.is_empty() || fragment == written.borrow().fragment {
                return;
            }
            let opened = session.with(|lab| open_link(lab, &fragment));
            turn.dispatch(Turn::BrokenLink(opened.err()));
        });
        move || drop(listener)
    });
    *long
}

fn write(session: &Session, written: &RefCell<Written>, saved: &UseStateSetter<Option<Saved>>) {
    let view = session.view();
    let kept = view.text.is_empty() || place::keep("text", &view.text);
    // A link that holds an instant opens standing still.
    let playing = view.playhead.playing;
    let fragment = if playing { fragment_at(&view, None) } else { session.link() };
    let long = fragment.as_ref().is_none_or(|fragment| fragment.len() > place::LONG_LINK);
    saved.set(Some(match (kept, long) {
        (false, _) => Saved::LinkAlone,
        (true, true) => Saved::Browser,
        (true, false) => Saved::Link,
    }));
    let mut written = written.borrow_mut();
    written.text = Rc::clone(&view.text);
    if let Some(fragment) = fragment.filter(|fragment| *fragment != written.fragment) {
        place::set_fragment(&fragment);
        written.fragment = fragment;
    }
}

/// Copies the link of this very moment.
pub(crate) fn share(desk: &Desk) {
    match desk.session.link() {
        Some(fragment) => {
            copier(desk, Label::LinkCopied).emit(format!("{}#{fragment}", place::base()));
        }
        None => desk.say(Label::LinkTooLong.text(desk.lang)),
    }
}

/// Copies, and says so; or offers the text where the clipboard is closed.
pub(crate) fn copier(desk: &Desk, success: Label) -> Callback<String> {
    let desk = desk.clone();
    Callback::from(move |text: String| {
        let (desk, kept) = (desk.clone(), text.clone());
        place::copy(&text, move |copied| {
            if copied {
                desk.say(success.text(desk.lang));
            } else {
                desk.say_copy(kept);
            }
        });
    })
}
