//! What came of a search: the verdict in one sentence, each property, and the counterexample.

use quorate::lab::{Action, Status};
use quorate::scene::text::{Label, Lang, proof, search_sentence};
use yew::prelude::*;

use super::super::parts::{Glyph, named_button, verdict};
use super::super::place;
use super::told::{Check, Report};

/// The outcome.
pub(super) fn outcome(
    lang: Lang,
    report: &Report,
    cancelled: bool,
    act: &Callback<Action>,
) -> Html {
    // What was expected to break and does holds; there is a counterexample all the same.
    let broken = report.checks.iter().any(|check| check.verdict == "violated");
    let found = (report.steps, report.unique as u64);
    let covered = (report.complete, cancelled);
    html! {
        <>
            <p class={classes!("checker-says", broken.then_some("checker-broken"))}>
                {search_sentence(lang, &report.scope, found, covered)}
            </p>
            <p class="muted num">{proof::alike(lang, report.collision)}</p>
            if let Some(defect) = &report.defect {
                <p class="checker-failed">{defect.clone()}</p>
            }
            <div class="checker-found">
                <ul class="checker-checks">
                    for check in &report.checks { {row(lang, check)} }
                </ul>
                if let Some(text) = &report.counterexample {
                    {counterexample(lang, text, act)}
                }
            </div>
        </>
    }
}

fn row(lang: Lang, check: &Check) -> Html {
    let status = match check.verdict.as_str() {
        "holds" => Status::Holds,
        "violated" => Status::Violated,
        _ => Status::Undecided,
    };
    html! {
        <li>
            {verdict(lang, status)}
            <span>
                <b>{check.text.clone()}</b>{" "}
                <span class="muted">
                    {lang.pick(check.because.as_str(), check.because_zh.as_str()).to_owned()}
                </span>
            </span>
        </li>
    }
}

/// A scenario that shows the violation.
fn counterexample(lang: Lang, text: &str, act: &Callback<Action>) -> Html {
    let (play, copied) = (text.to_owned(), text.to_owned());
    let play = act.reform(move |_: MouseEvent| Action::Open(play.clone()));
    let copy = Callback::from(move |_: MouseEvent| place::copy(&copied, |_| ()));
    html! {
        <section class="checker-counter" aria-labelledby="counter-title">
            <header class="panel-head">
                <h2 id="counter-title">{Label::Counterexample.text(lang)}</h2>
                {named_button("button primary small", play, Glyph::Play,
                    Label::PlayCounterexample.text(lang))}
                {super::button("button line small", copy, Label::Copy.text(lang))}
            </header>
            <pre tabindex="0" aria-labelledby="counter-title">{text.to_owned()}</pre>
        </section>
    }
}
