//! The futures of a run in a small list, and two of them beside each other.

use std::rc::Rc;

use quorate::kernel::{SimTime, Text};
use quorate::lab::{
    Action, Aspect, BesideView, BranchView, DifferenceView, Finding, MarkKind, Parting, Status,
    Track, ViewModel,
};
use quorate::scene::text::{Label, Lang, clock, proof, time as words};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::ui::parts::{button, said};
use crate::ui::session::Same;
use crate::ui::transport::{TrackPicture, mark_sign, percent, pressed};

/// The panel.
pub(super) fn branch_panel(lang: Lang, view: &ViewModel, act: &Callback<Action>) -> Html {
    let branches = &view.branches;
    let alone = branches.list.len() < 2 && branches.beside.is_none();
    html! {
        <div class="branches">
            if alone {
                <p class="hint">{lang.of(words::ONE_BRANCH)}</p>
            }
            <ul class="branch-list" aria-label={Label::Branches.text(lang)}>
                for branch in &branches.list {
                    {item(lang, branch, act)}
                }
            </ul>
            if let Some(beside) = &branches.beside {
                {comparison(lang, beside, view, act)}
            }
        </div>
    }
}

fn item(lang: Lang, branch: &BranchView, act: &Callback<Action>) -> Html {
    let (id, name) = (branch.id, said(lang, &branch.name));
    let rename = act.reform(move |event: Event| {
        let field: HtmlInputElement = event.target_unchecked_into();
        Action::RenameBranch(id, field.value())
    });
    let compared = branch.compared;
    let compare = act.reform(move |_: MouseEvent| Action::CompareBranch((!compared).then_some(id)));
    let delete = act.reform(move |_: MouseEvent| Action::DeleteBranch(id));
    let show = act.reform(move |_: MouseEvent| Action::Branch(id));
    html! {
        <li key={id} class="branch" aria-current={branch.current.then_some("true")}>
            <input class="branch-name" value={name} onchange={rename}
                aria-label={lang.of(words::NAME_OF_BRANCH)} />
            if let Some(at) = branch.left_at {
                <button type="button" class="plain-link hint"
                    onclick={act.reform(move |_: MouseEvent| Action::Seek(at))}>
                    {lang.of(words::LEFT_AT)}{" "}{clock(at)}
                </button>
            }
            <span class="branch-acts">
                if branch.current {
                    <strong class="branch-here">{lang.of(words::ON_SCREEN)}</strong>
                } else {
                    {button("button line small", show, lang.of(words::SWITCH))}
                    <button type="button" class="button line small" onclick={compare}
                        aria-pressed={compared.to_string()}>
                        {lang.of(words::COMPARE_WITH)}
                    </button>
                    {button("button line small", delete, lang.of(words::DELETE))}
                }
            </span>
        </li>
    }
}

fn comparison(lang: Lang, beside: &BesideView, view: &ViewModel, act: &Callback<Action>) -> Html {
    let names = [said(lang, &beside.names[0]), said(lang, &beside.names[1])];
    let at = view.playhead.at;
    html! {
        <section class="beside" aria-label={lang.of(words::COMPARE_WITH)}>
            if beside.sound {
                <p class="beside-sound"><b>{lang.of(sound_words(beside))}</b></p>
            }
            {parting(lang, beside.parting, act)}
            for (number, name) in names.iter().enumerate() {
                <div class="beside-track" key={number}>
                    <span class="beside-name">{name.clone()}</span>
                    {axis(lang, &beside.tracks[number], (beside, at), act)}
                </div>
            }
            <table class="differences">
                <thead>
                    <tr>
                        <th scope="col">{lang.of(words::DIFFERENCE)}</th>
                        for (number, name) in names.iter().enumerate() {
                            <th scope="col" key={number}>{name.clone()}</th>
                        }
                    </tr>
                </thead>
                <tbody>
                    for row in &beside.rows {
                        {difference(lang, row, view)}
                    }
                </tbody>
            </table>
        </section>
    }
}

/// What came of the protocol that keeps the rule.
pub(crate) fn sound_words(beside: &BesideView) -> Text {
    match beside.keeps {
        None => proof::SOUND_RUNS,
        Some(true) => proof::SOUND_KEEPS,
        Some(false) => proof::SOUND_BREAKS,
    }
}

fn parting(lang: Lang, parting: Parting, act: &Callback<Action>) -> Html {
    match parting {
        Parting::Searching(event) => html! {
            <p class="hint" aria-busy="true">{words::same_so_far(lang, event)}</p>
        },
        Parting::Never => html! { <p>{lang.of(words::SAME_RUN)}</p> },
        Parting::At(event, at) => {
            let seek = act.reform(move |_: MouseEvent| Action::Seek(at));
            html! {
                <p>
                    <button type="button" class="button line small" onclick={seek}>
                        {words::they_part(lang, at, event)}
                    </button>
                </p>
            }
        }
    }
}

/// The track of one run on the axis of both, with the playhead and the place where they part.
fn axis(
    lang: Lang,
    track: &Rc<Track>,
    (beside, at): (&BesideView, SimTime),
    act: &Callback<Action>,
) -> Html {
    let end = beside.end;
    let here = percent(at, end);
    let shown = track.marks.iter().filter(|mark| !matches!(mark.kind, MarkKind::Call));
    let seek = act.reform(move |event: MouseEvent| Action::Seek(pressed(&event, end)));
    html! {
        <div class="scrubber beside-axis axis" onclick={seek}>
            <TrackPicture track={Same::from(track)} {end} />
            <svg class="marks" role="img" aria-label={Label::Markers.text(lang)}>
                for (number, mark) in shown.enumerate() {
                    <g key={number}>{mark_sign(mark, end)}</g>
                }
                if let Parting::At(_, at) = beside.parting {
                    <line class="parting" x1={percent(at, end)} x2={percent(at, end)}
                        y1="2" y2="38" />
                }
                <line class="chart-here" x1={here.clone()} x2={here} y1="0" y2="38" />
            </svg>
        </div>
    }
}

fn difference(lang: Lang, row: &DifferenceView, view: &ViewModel) -> Html {
    let era = view.about.map_or("", |about| about.era);
    let name = match &row.aspect {
        Aspect::Leader => lang.of(words::LEADER).to_owned(),
        Aspect::Era => era.to_owned(),
        Aspect::Commits => lang.of(words::COMMITS).to_owned(),
        Aspect::Answers => lang.of(words::ANSWERED).to_owned(),
        Aspect::Messages => lang.of(words::SENT).to_owned(),
        Aspect::Expectation(text) => text.clone(),
    };
    if name.is_empty() {
        return Html::default();
    }
    let differs = (row.here != row.there).then_some("differs");
    html! {
        <tr key={name.clone()} class={classes!(differs)}>
            <th scope="row">
                if differs.is_some() {
                    <span aria-hidden="true">{"≠ "}</span>
                }
                {name}
            </th>
            <td>{finding(lang, &row.here)}</td>
            <td>{finding(lang, &row.there)}</td>
        </tr>
    }
}

fn finding(lang: Lang, finding: &Finding) -> Html {
    match finding {
        Finding::Text(text) => html! { <span class="mono">{text.clone()}</span> },
        Finding::Nothing => html! { <span class="muted">{"–"}</span> },
        Finding::Verdict(Status::Holds) => html! { {lang.of(words::HOLDS)} },
        Finding::Verdict(Status::Violated) => {
            html! { <strong class="t-red">{lang.of(words::VIOLATED)}</strong> }
        }
        Finding::Verdict(Status::Undecided) => html! { {lang.of(words::UNDECIDED)} },
    }
}
