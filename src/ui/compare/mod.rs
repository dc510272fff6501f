//! The strategies of a pool beside each other.

mod pictures;
pub(crate) mod save;
mod slow;
mod table;

use quorate::lab::{Action, CompareView, ViewModel};
use quorate::scene::Theme;
use quorate::scene::text::{Label, Lang, approximate, compare_progress, same_requests, warming_up};
use yew::prelude::*;

use super::dom;
use super::parts::{Choice, SegmentedProps, button, segmented};
use super::prefs::use_lang;
use super::session::Same;
use save::{file_name, save};
use slow::slow_requests;
use table::{Column, Order, Room, TableProps, table};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ComparePanelProps {
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
}

/// The panel.
#[component]
pub(crate) fn ComparePanel(props: &ComparePanelProps) -> Html {
    let lang = use_lang();
    let order = use_state(|| None::<Order>);
    let figures = use_state(|| false);
    let view = &props.view;
    let Some(pool) = &view.pool else { return Html::default() };
    let Some(compare) = &pool.compare else {
        return html! { <p class="muted" aria-busy="true">{Label::Computing.text(lang)}</p> };
    };
    let on_order = {
        let (order, setter) = (*order, order.setter());
        Callback::from(move |column: Column| setter.set(Order::next(order, column)))
    };
    let (wide, room) = room();
    let on_kind = {
        let set = figures.setter();
        Callback::from(move |place| set.set(place == 1))
    };
    html! {
        <div class="compare">
            <div class="compare-head">
                {segmented(&SegmentedProps {
                    class: "compare-kind",
                    label: Label::Show.text(lang).into(),
                    choices: vec![
                        Choice::named(Label::Pictures.text(lang)),
                        Choice::named(Label::Figures.text(lang)),
                    ],
                    current: Some(usize::from(*figures)),
                    on_choose: on_kind,
                })}
                {chooser(lang, props)}
                {downloads(lang, props)}
            </div>
            <div class="compare-scroll">
                {table(lang, &TableProps {
                    pool,
                    compare,
                    figures: *figures,
                    order: *order,
                    wide,
                    room,
                    caption: caption(lang, compare),
                    on_order,
                    act: props.act.clone(),
                })}
            </div>
            <p class="hint">{notes(lang, compare)}</p>
            {slow_requests(lang, compare, &props.act)}
        </div>
    }
}

/// What the table is of.
fn caption(lang: Lang, compare: &CompareView) -> String {
    if compare.common {
        same_requests(lang, compare.arrived, compare.rows.len())
    } else {
        Label::OwnTraces.text(lang).to_owned()
    }
}

/// What has to be known of the figures.
fn notes(lang: Lang, compare: &CompareView) -> String {
    let mut notes = vec![Label::FairShareNote.text(lang).to_owned()];
    if compare.at.0 < compare.warmup.0 {
        notes.push(warming_up(lang, compare.warmup));
    }
    if !compare.exact {
        notes.push(approximate(lang, compare.at));
    }
    if !compare.complete {
        notes.push(compare_progress(lang, compare.computed, compare.until));
    }
    notes.join(" ")
}

/// Distributions get what the other columns leave; a phone scrolls sideways through all of them.
fn room() -> (f64, Room) {
    let page = dom::window().inner_width().ok().and_then(|width| width.as_f64());
    let page = page.unwrap_or(1_440.0);
    // The editor stands beside the table.
    let (panel, columns, room) = match page {
        1_360.0.. => (page - 332.0, 846.0, Room::Wide),
        1_100.0.. => (page - 332.0, 730.0, Room::Middle),
        720.0.. => (page - 300.0, 626.0, Room::Narrow),
        _ => return (230.0, Room::Wide),
    };
    ((panel - columns).clamp(190.0, 520.0), room)
}

/// Boxes to tick: which strategies are compared.
fn chooser(lang: Lang, props: &ComparePanelProps) -> Html {
    // Those of the text: what is on screen may still be computed anew.
    let chosen = &props.view.compared;
    html! {
        <details class="chooser">
            <summary class="button small">{Label::ChooseStrategies.text(lang)}</summary>
            <fieldset>
                <legend class="unseen">{Label::ChooseStrategies.text(lang)}</legend>
                for about in quorate::catalog::strategies() {
                    {choice(
                        (about.id, lang.of(about.name), lang.of(about.summary)),
                        chosen,
                        &props.act,
                    )}
                }
            </fieldset>
        </details>
    }
}

fn choice(
    (id, name, summary): (&'static str, &'static str, &'static str),
    chosen: &[&str],
    act: &Callback<Action>,
) -> Html {
    let on = chosen.contains(&id);
    // The last one stays: an empty comparison says nothing.
    let disabled = on && chosen.len() == 1;
    let others = chosen.iter().filter(|one| **one != id);
    let mut next: Vec<String> = others.map(|one| (*one).to_owned()).collect();
    if !on {
        next.push(id.to_owned());
    }
    let onchange = act.reform(move |_: Event| Action::Strategies(next.clone()));
    html! {
        <label key={id} title={summary}>
            <input type="checkbox" checked={on} {disabled} {onchange} />{name}
        </label>
    }
}

/// What is on screen, as files.
fn downloads(lang: Lang, props: &ComparePanelProps) -> Html {
    let (view, holds) = (props.view.clone(), "comparison");
    let csv = Callback::from(move |_: MouseEvent| {
        if let Some(compare) = view.pool.as_ref().and_then(|pool| pool.compare.as_ref()) {
            save(&file_name(&view.title.en, holds, "csv"), "text/csv", &compare.csv());
        }
    });
    let view = props.view.clone();
    let json = Callback::from(move |_: MouseEvent| {
        if let Some(compare) = view.pool.as_ref().and_then(|pool| pool.compare.as_ref()) {
            let text = compare.json(&view.text);
            save(&file_name(&view.title.en, holds, "json"), "application/json", &text);
        }
    });
    let view = props.view.clone();
    let svg = Callback::from(move |_: MouseEvent| {
        if let Some(picture) = pictures::whole(lang, &view, Theme::Light) {
            save(&file_name(&view.title.en, holds, "svg"), "image/svg+xml", &picture);
        }
    });
    html! {
        <span class="downloads" role="group" aria-label={Label::Download.text(lang)}>
            {button("button small", csv, "CSV")}
            {button("button small", json, "JSON")}
            {button("button small", svg, "SVG")}
        </span>
    }
}
