//! How properties and expectations stand, and why one fails.

use quorate::check::Expectation;
use quorate::lab::{Action, CheckView, Status};
use quorate::scene::text::{Label, Lang, expected, property, property_help, violated_at};
use yew::prelude::*;

use super::parts::{Glyph, icon, said, verdict};
use super::session::Same;

pub(crate) struct ChecksProps {
    pub(crate) expectations: Same<Vec<CheckView>>,
    pub(crate) properties: Same<Vec<CheckView>>,
    pub(crate) act: Callback<Action>,
}

/// The list of everything that is judged.
pub(crate) fn check_list(lang: Lang, props: &ChecksProps) -> Html {
    // What is expected just as it is always judged stands there once.
    let twice = |one: &&CheckView| {
        let same = |of| one.wish.is_some_and(|it| it.expectation == Expectation::Holds(of));
        props.properties.iter().filter_map(|check| check.property).any(same)
    };
    let own = props.expectations.iter().filter(|one| !twice(one));
    let all = props.properties.iter().chain(own);
    let empty = props.properties.is_empty() && props.expectations.is_empty();
    html! {
        <section class="checks" aria-labelledby="checks-title">
            <header class="panel-head">
                if props.properties.is_empty() {
                    <h2 id="checks-title">{Label::Expectations.text(lang)}</h2>
                } else {
                    <h2 id="checks-title">{Label::Invariants.text(lang)}</h2>
                    <span class="hint">{Label::CheckedAtEveryEvent.text(lang)}</span>
                }
            </header>
            if empty {
                <p class="muted">{Label::NothingJudged.text(lang)}</p>
            }
            <ul>
                for check in all {
                    {check_row(lang, &CheckProps { check: check.clone(), act: props.act.clone() })}
                }
            </ul>
        </section>
    }
}

struct CheckProps {
    check: CheckView,
    act: Callback<Action>,
}

/// One judgement. A failure says why and leads there.
fn check_row(lang: Lang, props: &CheckProps) -> Html {
    let check = &props.check;
    let fails = check.final_status == Status::Violated;
    let status = if fails { Status::Violated } else { check.status };
    let name = match check.property {
        Some(of) => property(lang, of).to_owned(),
        None => check.wish.map_or_else(String::new, |wish| expected(lang, &wish, &check.text)),
    };
    let body = html! {
        <>
            {verdict(lang, status)}
            <span class="check-text">{name}</span>
        </>
    };
    let because = said(lang, &check.because);
    let help = check.property.map_or(because.clone(), |of| property_help(lang, of).into());
    html! {
        <li class={classes!("check", fails.then_some("check-fails"))}>
            if let Some((at, event)) = check.violated_at.filter(|_| fails) {
                <details open=true>
                    <summary>
                        {body}
                        <span class="aside num">{violated_at(lang, at)}</span>
                    </summary>
                    <p>{because}</p>
                    <button type="button" class="plain-link"
                        onclick={props.act.reform(move |_: MouseEvent| Action::SeekEvent(event))}>
                        {Label::GoThere.text(lang)}{icon(Glyph::Right)}
                    </button>
                </details>
            } else {
                <div class="check-row" title={help}>
                    {body}
                    <span class="aside">{said(lang, &check.note)}</span>
                </div>
            }
        </li>
    }
}
