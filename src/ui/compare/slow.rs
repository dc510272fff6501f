//! Requests that are slow under one strategy only, each with the way to it.

use quorate::lab::{Action, CompareRow, CompareView, SLOW_FACTOR, SlowRequest};
use quorate::scene::text::{Label, Lang, clock, number, slow_only, slow_rule, span};
use yew::prelude::*;

use super::super::parts::th;

/// The requests, strategy by strategy; that on stage is open.
pub(super) fn slow_requests(lang: Lang, compare: &CompareView, act: &Callback<Action>) -> Html {
    if compare.rows.len() < 2 || !compare.common {
        return Html::default();
    }
    let any = compare.rows.iter().any(|row| row.only > 0);
    html! {
        <section class="slow" aria-labelledby="slow-title">
            <h3 id="slow-title">{Label::SlowOnlyTitle.text(lang)}</h3>
            <p class="muted">
                if any { {slow_rule(lang, SLOW_FACTOR)} }
                else { {Label::SlowOnlyNone.text(lang)} }
            </p>
            for row in compare.rows.iter().filter(|row| row.only > 0) {
                {of_strategy(lang, row, act)}
            }
        </section>
    }
}

fn of_strategy(lang: Lang, row: &CompareRow, act: &Callback<Action>) -> Html {
    let name = lang.pick(&row.strategy.name.en, &row.strategy.name.zh);
    let heads = [Label::ArrivedAt, Label::WorkSize, Label::Response, Label::OthersAtMost];
    html! {
        <details key={row.strategy.id.clone()} open={row.strategy.current}>
            <summary>{slow_only(lang, row.only, name)}</summary>
            <table class="slow-table">
                <caption class="unseen">{slow_only(lang, row.only, name)}</caption>
                <thead>
                    <tr>
                        {th("", Label::Request.text(lang))}
                        for head in heads { {th("right", head.text(lang))} }
                    </tr>
                </thead>
                <tbody>
                    for request in &row.slowest {
                        {line(lang, &row.strategy.id, request, act)}
                    }
                </tbody>
            </table>
        </details>
    }
}

fn line(lang: Lang, strategy: &str, request: &SlowRequest, act: &Callback<Action>) -> Html {
    let (act, strategy, at) = (act.clone(), strategy.to_owned(), request.arrived);
    // The stage shows the strategy it is slow under, at the instant it arrives.
    let go = move |_: MouseEvent| {
        act.emit(Action::Strategy(strategy.clone()));
        act.emit(Action::Pause);
        act.emit(Action::Seek(at));
    };
    let response = request.response.map_or(Label::Failed.text(lang).to_owned(), span);
    html! {
        <tr key={request.serial}>
            <td>
                <button type="button" class="plain-link num" onclick={go}>
                    {number(request.serial)}
                </button>
            </td>
            <td class="right mono">{clock(request.arrived)}</td>
            <td class="right mono">{span(request.size)}</td>
            <td class="right mono">{response}</td>
            <td class="right mono">{span(request.others)}</td>
        </tr>
    }
}
