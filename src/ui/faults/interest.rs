//! Buttons that look for the place where something interesting can be made to happen.

use quorate::lab::{Action, ViewModel};
use quorate::scene::text::{Lang, hands};
use yew::prelude::*;

/// The buttons of this entry; nothing where it has none.
pub(crate) fn interest(lang: Lang, view: &ViewModel, act: &Callback<Action>) -> Html {
    if view.tricks.is_empty() {
        return Html::default();
    }
    let busy = view.looking.is_some();
    let buttons = view.tricks.iter().map(|trick| {
        let turn = trick.turn;
        html! {
            <button type="button" class="chip-button" disabled={busy} title={lang.of(trick.help)}
                onclick={act.reform(move |_: MouseEvent| Action::Interest(turn))}>
                {lang.of(trick.name)}
            </button>
        }
    });
    html! {
        <section class="insert interest" aria-labelledby="interest-title"
            aria-busy={busy.to_string()}>
            <h3 id="interest-title" class="hint">{lang.of(hands::INTEREST)}</h3>
            <div class="chips">{buttons.collect::<Html>()}</div>
            if busy {
                <p class="muted" role="status">{lang.of(hands::LOOKING)}</p>
            }
        </section>
    }
}
