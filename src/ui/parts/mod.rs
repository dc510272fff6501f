//! Small parts that several panels use.

mod dialog;
mod icon;
mod seats;
mod segmented;
mod spoken;
mod toast;

pub(crate) use dialog::Dialog;
pub(crate) use icon::{Glyph, icon};
pub(crate) use seats::{seats, shape, verdict};
pub(crate) use segmented::{Choice, SegmentedProps, segmented};
pub(crate) use spoken::named;
pub(crate) use toast::{Toast, ToastView};

use quorate::lab::Say;
use quorate::scene::text::Lang;
use yew::prelude::*;

/// A sentence made at run time, in the language of the screen.
pub(crate) fn said(lang: Lang, say: &Say) -> AttrValue {
    AttrValue::from(lang.pick(&say.en, &say.zh).to_owned())
}

/// A callback that ignores the event.
pub(crate) fn on<E: 'static>(callback: &Callback<()>) -> Callback<E> {
    callback.reform(|_| ())
}

// Elements that stand in many places are made here, once: what `html!` compiles to is large.

/// A button with a name on it.
pub(crate) fn button(
    class: &'static str,
    onclick: Callback<MouseEvent>,
    name: &'static str,
) -> Html {
    html! { <button type="button" {class} {onclick}>{name}</button> }
}

/// A button with an icon alone; `name` is heard, and seen on hover.
pub(crate) fn icon_button(
    class: &'static str,
    onclick: Callback<MouseEvent>,
    glyph: Glyph,
    name: &'static str,
) -> Html {
    html! {
        <button type="button" {class} {onclick} aria-label={name} title={name}>{icon(glyph)}</button>
    }
}

/// A button with an icon and a name.
pub(crate) fn named_button(
    class: &'static str,
    onclick: Callback<MouseEvent>,
    glyph: Glyph,
    name: &'static str,
) -> Html {
    html! { <button type="button" {class} {onclick}>{icon(glyph)}{name}</button> }
}

/// The head of a column.
pub(crate) fn th(class: &'static str, name: &'static str) -> Html {
    html! { <th scope="col" {class}>{name}</th> }
}
