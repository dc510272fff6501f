//! A short notice at the foot of the page, gone after a while or when dismissed.

use quorate::scene::text::Label;
use yew::prelude::*;

use super::super::dom::Timeout;
use super::super::prefs::use_lang;
use super::{Glyph, icon_button, on};

/// Time to read a notice.
const SHOWN_MS: i32 = 6_000;

/// What a toast says.
#[derive(Clone, PartialEq)]
pub(crate) struct Toast {
    pub(crate) text: AttrValue,
    /// Text to select by hand.
    pub(crate) copy: Option<AttrValue>,
    /// A button: its name and what it does.
    pub(crate) offer: Option<(AttrValue, Callback<()>)>,
    /// Distinguishes two toasts that say the same.
    pub(crate) serial: u32,
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ToastProps {
    pub(crate) toast: Option<Toast>,
    pub(crate) on_done: Callback<()>,
}

/// The notice, in a live region that is always there.
#[component]
pub(crate) fn ToastView(props: &ToastProps) -> Html {
    let lang = use_lang();
    let timed = props.toast.as_ref().filter(|toast| toast.copy.is_none() && toast.offer.is_none());
    use_effect_with(timed.map(|toast| toast.serial), {
        let on_done = props.on_done.clone();
        move |serial| {
            let timeout = serial.map(|_| Timeout::new(SHOWN_MS, move || on_done.emit(())));
            move || drop(timeout)
        }
    });
    html! {
        <div class="toasts" role="status">
            if let Some(toast) = &props.toast {
                <div class="toast">
                    <span>{toast.text.clone()}</span>
                    if let Some(copy) = &toast.copy {
                        <input class="mono" readonly=true value={copy.clone()}
                            aria-label={Label::Copy.text(lang)} />
                    }
                    if let Some((name, act)) = &toast.offer {
                        <button type="button" class="button line small" onclick={on(act)}>
                            {name.clone()}
                        </button>
                    }
                    {icon_button("button icon-only small", on(&props.on_done), Glyph::Cross, Label::Close.text(lang))}
                </div>
            }
        </div>
    }
}
