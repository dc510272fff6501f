//! The snippet that shows this scenario inside another page.

use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

use super::super::parts::{Dialog, button};
use super::super::place;

pub(crate) struct EmbedCodeProps {
    /// The fragment that holds the scenario.
    pub(crate) fragment: AttrValue,
    pub(crate) title: AttrValue,
    /// Hears the snippet to copy.
    pub(crate) on_copy: Callback<String>,
    pub(crate) on_close: Callback<()>,
}

/// The dialog.
pub(crate) fn embed_dialog(lang: Lang, props: &EmbedCodeProps) -> Html {
    let code = snippet(&place::base(), lang.tag(), &props.fragment, &props.title);
    let onclick = {
        let code = code.clone();
        props.on_copy.reform(move |_: MouseEvent| code.clone())
    };
    html! {
        <Dialog title={Label::EmbedTitle.text(lang)} on_close={props.on_close.clone()}>
            <p>{Label::EmbedHelp.text(lang)}</p>
            <textarea class="snippet mono" readonly=true rows="6" value={code}
                aria-label={Label::EmbedFrame.text(lang)} />
            <p class="card-ways">
                {button("button primary", onclick, Label::Copy.text(lang))}
            </p>
        </Dialog>
    }
}

/// An inline frame: it works wherever HTML can be pasted.
fn snippet(base: &str, lang: &str, fragment: &str, title: &str) -> String {
    let title = title.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    format!(
        "<iframe src=\"{base}?embed&amp;lang={lang}#{fragment}\"\n  title=\"{title}\" \
         width=\"100%\" height=\"460\" loading=\"lazy\"\n  \
         allow=\"fullscreen; clipboard-write\"\n  \
         style=\"border: 0; border-radius: 10px\"></iframe>"
    )
}

#[cfg(test)]
mod tests {
    use super::snippet;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn a_title_cannot_leave_its_attribute() {
        let code = snippet("https://q.test/", "en", "s=1", "a \"quoted\" <title>");
        assert!(code.contains("title=\"a &quot;quoted&quot; &lt;title>\""), "{code}");
    }
}
