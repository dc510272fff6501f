//! What a visitor sees of a film while it is recorded.

use quorate::scene::text::{Label, minutes};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::super::dom;
use super::super::parts::on;
use super::super::prefs::use_lang;
use super::reel::{MOST_MS, Reel};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FilmBarProps {
    pub(crate) reel: Reel,
}

/// A bar over the scene, as long as a film is recorded.
#[component]
pub(crate) fn FilmBar(props: &FilmBarProps) -> Html {
    let lang = use_lang();
    let reel = &props.reel;
    let stop = use_node_ref();
    // How long it is, and whether it waits; a live region says only what changes in it.
    let state = use_state(|| None::<(u32, bool)>);
    use_effect_with(reel.clone(), {
        let (stop, setter) = (stop.clone(), state.setter());
        move |reel| {
            let button = stop.cast::<HtmlElement>();
            if let Some(button) = &button {
                let _ = button.focus();
            }
            reel.on_tick(move |ms, waits| setter.set(Some(((ms / 1_000.0) as u32, waits))));
            move || give_focus_back(button.as_ref())
        }
    });
    use_effect_with((reel.clone(), lang), |(reel, lang)| reel.set_lang(*lang));
    let (seconds, waits) = state.unwrap_or_default();
    let on_stop = {
        let reel = reel.clone();
        Callback::from(move |()| reel.stop())
    };
    let says = if waits { Label::FilmWaits } else { Label::FilmRolls };
    html! {
        <div class={classes!("film-bar", waits.then_some("film-waits"))} role="group"
            aria-label={Label::SaveFilm.text(lang)}>
            <span class="film-sign" aria-hidden="true" />
            <span role="status">{state.map(|_| says.text(lang))}</span>
            <span class="film-time num" role="timer">
                {minutes(f64::from(seconds) * 1_000.0)}{" / "}{minutes(MOST_MS)}
            </span>
            <button type="button" class="button line small" ref={stop} onclick={on(&on_stop)}>
                {Label::StopFilm.text(lang)}
            </button>
        </div>
    }
}

/// A button that goes away leaves the keyboard with the scene.
fn give_focus_back(button: Option<&HtmlElement>) {
    let document = dom::document();
    let here = document.active_element();
    let lost = here.is_none_or(|here| {
        here.tag_name() == "BODY" || button.is_some_and(|button| **button == here)
    });
    let scene = document.get_element_by_id("scene").filter(|_| lost);
    if let Some(scene) = scene.and_then(|it| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(it).ok())
    {
        let _ = scene.focus();
    }
}
