//! A modal dialog. The browser's own element traps the focus and gives it back.

use quorate::scene::text::Label;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::super::prefs::use_lang;
use super::{Glyph, icon_button, on};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DialogProps {
    pub(crate) title: AttrValue,
    /// Hears that the dialog is closed, by whatever means.
    pub(crate) on_close: Callback<()>,
    #[prop_or_default]
    pub(crate) class: Classes,
    #[prop_or_default]
    pub(crate) children: Html,
}

/// A modal dialog with a title and a button to close it. It is open as long as it is rendered.
#[component]
pub(crate) fn Dialog(props: &DialogProps) -> Html {
    let lang = use_lang();
    let element = use_node_ref();
    use_effect_with(element.clone(), |element| {
        let dialog = element.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            let _ = dialog.show_modal();
        }
        // Closing gives the focus back; an element that is gone cannot.
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
        }
    });
    let on_outside = {
        let (element, on_close) = (element.clone(), props.on_close.clone());
        Callback::from(move |event: MouseEvent| {
            let on_backdrop = event.target() == element.get().map(Into::into);
            if on_backdrop {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog ref={element} class={classes!("dialog", props.class.clone())}
            aria-labelledby="dialog-title" oncancel={on(&props.on_close)}
            onclose={on(&props.on_close)} onmousedown={on_outside}>
            <div class="dialog-frame">
                <div class="dialog-head">
                    <h2 id="dialog-title">{props.title.clone()}</h2>
                    {icon_button(
                        "button icon-only",
                        on(&props.on_close),
                        Glyph::Cross,
                        Label::Close.text(lang),
                    )}
                </div>
                {props.children.clone()}
            </div>
        </dialog>
    }
}
