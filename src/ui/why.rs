//! Why this server: one choice with everything it rested on, and the choices before it.

use quorate::lab::{Action, CandidateView, PickView, PoolView, WhyView};
use quorate::scene::text::{
    Label, Lang, clock, number, per_weight, permille, pick_of, span, why_sentence,
};
use yew::prelude::*;

use super::parts::{said, th};

/// The panel.
pub(crate) fn why_panel(lang: Lang, pool: &PoolView, act: &Callback<Action>) -> Html {
    if pool.picks.is_empty() {
        return html! { <p class="muted">{Label::NoChoiceYet.text(lang)}</p> };
    }
    let shown = pool.why.as_ref().map(|why| why.pick.event);
    html! {
        <div class="why">
            <div class="why-choice">
                if let Some(why) = &pool.why {
                    {choice(lang, why)}
                } else {
                    <p class="muted">{Label::PauseForWhy.text(lang)}</p>
                }
            </div>
            <section class="why-last" aria-labelledby="picks-title">
                <h3 id="picks-title">{Label::LastChoices.text(lang)}</h3>
                <ol reversed=true>
                    for pick in &pool.picks {
                        {entry(lang, pick, shown == Some(pick.event), act)}
                    }
                </ol>
            </section>
        </div>
    }
}

fn entry(lang: Lang, pick: &PickView, shown: bool, act: &Callback<Action>) -> Html {
    let event = pick.event;
    let onclick = act.reform(move |_: MouseEvent| Action::SeekEvent(event));
    html! {
        <li key={pick.serial}>
            <button type="button" class="plain-link" {onclick}
                aria-current={shown.then_some("true")}>
                {pick_of(lang, pick.serial, &pick.server)}
            </button>
            <span class="muted mono">{clock(pick.at)}</span>
        </li>
    }
}

fn choice(lang: Lang, why: &WhyView) -> Html {
    let looked: Vec<(&str, u32)> = why
        .candidates
        .iter()
        .filter(|it| it.seen.looked_at)
        .map(|it| (it.name.as_str(), it.seen.in_flight))
        .collect();
    let pick = &why.pick;
    let sentence = why_sentence(
        lang,
        (&pick.balancer, pick.serial, &pick.server),
        (why.some, &looked, why.candidates.len()),
    );
    html! {
        <>
            <p class="why-says"><b>{sentence}</b></p>
            <dl class="why-rule">
                <dt>{said(lang, &why.name)}</dt>
                <dd>{said(lang, &why.summary)}</dd>
                <dt>{Label::WhenEqual.text(lang)}</dt>
                <dd>{said(lang, &why.ties)}</dd>
                <dt>{Label::Client.text(lang)}</dt>
                <dd class="mono">{pick.client.to_string()}{" · key "}{number(pick.key)}</dd>
            </dl>
            if !why.sure {
                <p class="muted">{Label::WhyUnsure.text(lang)}</p>
            }
            {candidates(lang, why)}
        </>
    }
}

fn candidates(lang: Lang, why: &WhyView) -> Html {
    let scored = why.candidates.iter().any(|it| it.seen.score.is_some());
    html! {
        <table class="why-table">
            <caption class="unseen">{Label::WhatWasSeen.text(lang)}</caption>
            <thead>
                <tr>
                    {th("", Label::Server.text(lang))}
                    {th("right", Label::Weight.text(lang))}
                    {th("right", Label::InFlight.text(lang))}
                    {th("right", Label::PerWeight.text(lang))}
                    {th("right", Label::Latency.text(lang))}
                    {th("right", Label::Busy.text(lang))}
                    if scored { {th("right", Label::Score.text(lang))} }
                    {th("right", Label::Preference.text(lang))}
                </tr>
            </thead>
            <tbody>
                for it in &why.candidates {
                    {row(lang, it, why.some, scored)}
                }
            </tbody>
        </table>
    }
}

fn row(lang: Lang, it: &CandidateView, some: bool, scored: bool) -> Html {
    let seen = &it.seen;
    let state = match (it.chosen, seen.up, some && seen.looked_at) {
        (true, ..) => Some(Label::Chosen),
        (_, false, _) => Some(Label::SeenDown),
        (_, _, true) => Some(Label::LookedAt),
        _ => None,
    };
    let faint = some && !seen.looked_at && !it.chosen;
    let class = classes!(it.chosen.then_some("why-chosen"), faint.then_some("why-faint"));
    html! {
        <tr key={seen.node.0} {class}>
            <th scope="row">
                <span class="mono">{it.name.clone()}</span>
                if let Some(state) = state {
                    <span class="why-state">{state.text(lang)}</span>
                }
            </th>
            <td class="right mono">{seen.weight}</td>
            <td class="right mono">{seen.in_flight}</td>
            <td class="right mono">{per_weight(seen.in_flight, seen.weight)}</td>
            <td class="right mono">{seen.latency.map_or("–".to_owned(), span)}</td>
            <td class="right mono">{permille(seen.utilisation_milli)}</td>
            if scored {
                <td class="right mono">{seen.score.map_or("–".to_owned(), |it| it.to_string())}</td>
            }
            <td class="right mono">{it.place.map_or("–".to_owned(), |it| it.to_string())}</td>
        </tr>
    }
}
