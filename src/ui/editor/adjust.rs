//! Sliders that write into the text.

use quorate::lab::{Action, Dial};
use quorate::scene::text::{Label, Lang};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::session::Same;

pub(crate) struct AdjustProps {
    pub(crate) dials: Same<Vec<Dial>>,
    pub(crate) act: Callback<Action>,
}

/// More sliders than this wait behind a word.
const SHOWN: usize = 5;

/// The sliders, those that tell most in sight.
pub(crate) fn adjust(lang: Lang, props: &AdjustProps) -> Html {
    let dials = &props.dials;
    if dials.is_empty() {
        return Html::default();
    }
    let few = &dials[..dials.len().min(SHOWN)];
    html! {
        <section class="adjust" aria-labelledby="adjust-title">
            <header class="panel-head">
                <h2 id="adjust-title">{Label::Adjust.text(lang)}</h2>
                <span class="hint">{Label::EditsTheText.text(lang)}</span>
            </header>
            for dial in few { {slider(lang, dial, &props.act)} }
            if dials.len() > SHOWN {
                <details>
                    <summary class="muted">{Label::MoreSettings.text(lang)}</summary>
                    for dial in &dials[SHOWN..] { {slider(lang, dial, &props.act)} }
                </details>
            }
        </section>
    }
}

fn slider(lang: Lang, dial: &Dial, act: &Callback<Action>) -> Html {
    let id = dial.id.clone();
    let oninput = act.reform(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let stop = input.value().parse().unwrap_or(0);
        Action::Turn(id.clone(), stop)
    });
    let onchange = act.reform(|_: Event| Action::Settle);
    let shown = dial.shown();
    let last = dial.stops.len().saturating_sub(1);
    html! {
        <label class="dial" key={dial.id.clone()} title={lang.of(dial.help)}>
            <span class="dial-name">{lang.of(dial.name)}</span>
            <output class="dial-value num">{shown.clone()}</output>
            <input type="range" min="0" max={last.to_string()} step="1"
                value={dial.at.to_string()} aria-label={lang.of(dial.name)}
                aria-valuetext={shown} {oninput} {onchange} />
        </label>
    }
}
