//! The root: which of the two faces of the page, in which language, over which scenario.

use std::rc::Rc;

use quorate::kernel::SimTime;
use quorate::lab::{Action, Lab, Say};
use quorate::scene::text::Lang;
use quorate::script::gallery::GALLERY;
use quorate::script::value;
use yew::prelude::*;

use super::dom;
use super::embed::{Embed, is_guided};
use super::link::open_link;
use super::place;
use super::prefs::use_prefs;
use super::session::Session;
use super::workbench::Workbench;

/// What the address asked for, and what came of it.
#[derive(Clone, PartialEq)]
pub(crate) struct Opened {
    pub(crate) session: Session,
    /// The link could not be read.
    pub(crate) broken_link: Option<Say>,
    /// A text kept in this browser that is not the one on screen.
    pub(crate) kept: Option<Rc<str>>,
    /// It is the text under which the page failed last time.
    pub(crate) crashed: bool,
}

/// The whole page.
#[component]
pub(crate) fn App() -> Html {
    let embed = *use_memo((), |()| place::parameter("embed").is_some());
    let opened = use_memo((), |()| open(embed));
    let prefs = use_prefs(embed);
    html! {
        <ContextProvider<Lang> context={prefs.lang}>
            if embed {
                <Embed opened={(*opened).clone()} {prefs} />
            } else {
                <Workbench opened={(*opened).clone()} {prefs} />
            }
        </ContextProvider<Lang>>
    }
}

/// Opens what the address holds: a scenario, one of the gallery, or else the first.
fn open(embed: bool) -> Opened {
    let mut lab = Lab::new();
    // A frame shows one strategy; the page shows them beside each other.
    lab.update(Action::Compare(!embed));
    let crashed = if embed { None } else { place::kept("crash").filter(|text| !text.is_empty()) };
    if crashed.is_some() {
        // Offered once: if it fails again it is kept again.
        place::keep("crash", "");
    }
    let fragment = place::fragment();
    let mut broken_link = None;
    if embed && is_guided() {
        // The page around brings the scenario.
    } else if fragment.is_empty() || crashed.is_some() {
        lab.update(Action::Open(first_text()));
    } else if let Err(why) = open_link(&mut lab, &fragment) {
        broken_link = Some(why);
    }
    if let Some(at) = place::parameter("at").as_deref().and_then(value::span) {
        lab.update(Action::Pause);
        lab.update(Action::Seek(SimTime::ZERO + at));
    }
    let still = dom::media("(prefers-reduced-motion: reduce)");
    let waits = place::parameter("autoplay").is_some_and(|value| value == "0");
    if still || (embed && waits) {
        lab.update(Action::Pause);
    }
    let kept = if embed { None } else { place::kept("text") };
    let on_screen = lab.view().text.clone();
    let kept = kept.filter(|text| fragment.is_empty() && !text.is_empty() && **text != *on_screen);
    let (kept, crashed) = (crashed.clone().or(kept).map(Rc::from), crashed.is_some());
    Opened { session: Session::new(lab, still), broken_link, kept, crashed }
}

/// The scenario of a page without a link.
pub(crate) fn first_text() -> String {
    GALLERY.first().map_or_else(String::new, |item| item.text.to_owned())
}
