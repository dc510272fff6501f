//! The guided first visit: three hints, one at a time, that never come back.

use std::cell::Cell;

use quorate::scene::text::{Lang, hands};
use yew::prelude::*;

use super::dom::{self, Listener};
use super::parts::{Glyph, icon_button};
use super::place;
use super::prefs::use_lang;
use quorate::scene::text::Label;

/// Under which name it is kept that they were seen.
const KEPT: &str = "hints";

thread_local! {
    /// Seen on this page, where nothing can be kept.
    static SEEN: Cell<bool> = const { Cell::new(false) };
}

/// The hint that speaks now, in a line of its own: it covers nothing.
#[component]
pub(crate) fn Hints() -> Html {
    let lang = use_lang();
    let hint = use_state(|| fresh().then_some(0_usize));
    let shown = hint.is_some();
    let set = hint.setter();
    let end = Callback::from(move |()| {
        SEEN.set(true);
        place::keep(KEPT, "seen");
        set.set(None);
    });
    use_effect_with(shown, {
        let end = end.clone();
        move |shown| {
            let listener = shown.then(|| {
                Listener::new(&dom::document(), "keydown", move |event| {
                    let event: KeyboardEvent = wasm_bindgen::JsCast::unchecked_into(event);
                    if event.key() == "Escape" {
                        end.emit(());
                    }
                })
            });
            move || drop(listener)
        }
    });
    let Some(place) = *hint else { return Html::default() };
    let last = place + 1 == hands::HINTS.len();
    let next = {
        let (set, end) = (hint.setter(), end.clone());
        Callback::from(move |_: MouseEvent| {
            if last {
                end.emit(());
            } else {
                set.set(Some(place + 1));
            }
        })
    };
    bar(lang, place, next, end.reform(|_: MouseEvent| ()))
}

fn bar(lang: Lang, place: usize, next: Callback<MouseEvent>, end: Callback<MouseEvent>) -> Html {
    let all = hands::HINTS.len();
    let name = if place + 1 == all { hands::HINT_DONE } else { hands::HINT_NEXT };
    html! {
        <aside class={classes!("hints", format!("hint-{}", place + 1))}
            aria-label={lang.of(hands::HINT_CARD)}>
            <p role="status"><span class="muted">{hands::hint_of(lang, place + 1, all)}</span>
                {" "}{hands::HINTS.get(place).map_or("", |text| lang.of(*text))}</p>
            <button type="button" class="button line small" onclick={next}>{lang.of(name)}</button>
            {icon_button("button icon-only small", end, Glyph::Cross, Label::Close.text(lang))}
        </aside>
    }
}

/// True on a first visit, outside of frames.
fn fresh() -> bool {
    let window = dom::window();
    let framed = window.parent().ok().flatten().is_some_and(|parent| parent != window);
    !framed && !SEEN.get() && place::kept(KEPT).is_none()
}
