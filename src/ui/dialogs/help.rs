//! The sheet of shortcuts.

use quorate::scene::text::{KEYS, Label, Lang, hands};
use yew::prelude::*;

use super::super::parts::Dialog;

pub(crate) struct HelpProps {
    pub(crate) on_close: Callback<()>,
}

/// Keyboard and pointer.
pub(crate) fn help_dialog(lang: Lang, props: &HelpProps) -> Html {
    html! {
        <Dialog title={Label::HelpTitle.text(lang)} class="help" on_close={props.on_close.clone()}>
            <h3>{Label::Shortcuts.text(lang)}</h3>
            <dl class="shortcuts">
                for shortcut in KEYS {
                    <div key={shortcut.does.en}>
                        <dt>
                            for key in shortcut.keys {
                                <kbd key={*key}>{*key}</kbd>
                            }
                        </dt>
                        <dd>{lang.of(shortcut.does)}</dd>
                    </div>
                }
            </dl>
            <h3>{Label::Pointer.text(lang)}</h3>
            <ul>
                for text in hands::POINTER {
                    <li key={text.en}>{lang.of(text)}</li>
                }
            </ul>
            <p class="muted">{Label::FaultsAreText.text(lang)}</p>
            <p class="muted">{Label::HelpGrammar.text(lang)}</p>
        </Dialog>
    }
}
