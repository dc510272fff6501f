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
