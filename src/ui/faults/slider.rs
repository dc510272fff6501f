//! A slider that speaks when it is let go: every step on the way would be a fault of its own.

use quorate::scene::text::{Lang, hands};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::parts::{Glyph, icon};
use super::super::prefs::use_lang;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SliderProps {
    pub(super) label: &'static str,
    pub(super) glyph: Glyph,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) step: i64,
    pub(super) now: i64,
    pub(super) unit: &'static str,
    /// Hears the value when it is let go, or at Enter where keys moved it.
    pub(super) on_set: Callback<i64>,
}

/// The slider.
#[component]
pub(super) fn Slider(props: &SliderProps) -> Html {
    let lang = use_lang();
    let drawn = use_state(|| props.now);
    let keyed = use_mut_ref(|| false);
    let oninput = {
        let drawn = drawn.setter();
        Callback::from(move |event: InputEvent| drawn.set(value(&event)))
    };
    // A browser speaks of a change at every press of an arrow.
    let onchange = {
        let (keyed, on_set) = (keyed.clone(), props.on_set.clone());
        Callback::from(move |event: Event| {
            if !*keyed.borrow() {
                on_set.emit(value(&event));
            }
        })
    };
    let onkeydown = {
        let (keyed, on_set) = (keyed.clone(), props.on_set.clone());
        Callback::from(move |event: KeyboardEvent| {
            *keyed.borrow_mut() = true;
            if event.key() == "Enter" {
                event.prevent_default();
                on_set.emit(value(&event));
            }
        })
    };
    let onpointerdown = Callback::from(move |_: PointerEvent| *keyed.borrow_mut() = false);
    // No label element: it would name the output, which comes first.
    html! {
        <div class="menu-slider">
            <span>{icon(props.glyph)}{props.label}
                <output class="mono">{format!("{}{}", *drawn, props.unit)}</output></span>
            <input type="range" aria-label={props.label} min={props.min.to_string()}
                max={props.max.to_string()} step={props.step.to_string()}
                value={drawn.to_string()} {oninput} {onchange} {onkeydown} {onpointerdown}
                aria-valuetext={format!("{}{}", *drawn, props.unit)} />
            <small class="hint">{hint(lang)}</small>
        </div>
    }
}

fn hint(lang: Lang) -> &'static str {
    lang.of(hands::ENTER_SETS)
}

fn value(event: &Event) -> i64 {
    let input: HtmlInputElement = event.target_unchecked_into();
    input.value_as_number() as i64
}
