//! The checker: one button searches every order of events within a stated scope, and the verdict is
//! a guarantee within it or the shortest counterexample, which plays.

mod outcome;
mod told;

use std::cell::RefCell;
use std::rc::Rc;

use quorate::lab::{Action, ViewModel};
use quorate::scene::text::{Label, Lang, megabytes, number, per_second, proof};
use quorate::script::ask::{SETTINGS, USUAL};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::parts::button;
use super::prefs::use_lang;
use super::session::{Same, Session};
use super::worker::{self, Change, Limits, Phase, Request, Task, Work};
use outcome::outcome;
use told::{Progress, Report};

/// Megabytes that a search in the page may hold, to choose from: wasm has 4 GiB, a phone less.
const MEMORY: [u32; 4] = [64, 250, 1_000, 2_000];
/// What it may hold if nothing is chosen.
const USUAL_MEMORY: u32 = 1_000;

type Told = worker::Told<Progress, Report>;
type Known = worker::Known<Progress, Report>;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CheckerProps {
    pub(crate) session: Session,
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
    /// Another tab is shown; the search goes on.
    pub(crate) hidden: bool,
    /// Hears how many states are found.
    pub(crate) on_count: Callback<u64>,
}

/// The panel.
#[component]
pub(crate) fn Checker(props: &CheckerProps) -> Html {
    let lang = use_lang();
    let known = use_reducer(Known::default);
    let search = use_mut_ref(|| None::<Work>);
    let memory = use_state(|| USUAL_MEMORY);
    let counts = use_state(|| USUAL.to_vec());
    let view = &props.view;
    let begin = {
        let (session, search) = (props.session.clone(), Rc::clone(&search));
        let (known, counts) = (known.dispatcher(), (*counts).clone());
        let (text, on_count) = (Rc::clone(&view.text), props.on_count.clone());
        let max_memory = *memory;
        Callback::from(move |_: MouseEvent| {
            let Some(asked) = session.look(|lab| lab.searchable(&counts)) else { return };
            known.dispatch(Change::Begin(Rc::clone(&text)));
            let (known, on_count) = (known.clone(), on_count.clone());
            let limits = Some(Limits { max_memory });
            let request = Request { task: Task::Search, text: &asked, limits };
            let began = Work::begin(&request, move |told: Told| {
                if let Some(progress) = told.progress {
                    on_count.emit(progress.unique as u64);
                }
                known.dispatch(Change::Told(told));
            });
            *search.borrow_mut() = Some(began);
        })
    };
    let busy = matches!(known.phase, Phase::Running | Phase::Paused);
    let ready = view.about.is_some() && view.problems.is_empty();
    let stale = known.about.as_ref().is_some_and(|about| **about != *view.text);
    html! {
        <div class="dock-body checker" tabindex="0" role="region" hidden={props.hidden}
            aria-label={Label::Checker.text(lang)}>
            <div class="checker-head">
                if busy {
                    {controls(lang, known.phase, &search, &known.dispatcher())}
                } else {
                    <button type="button" class="button primary small" onclick={begin}
                        disabled={!ready}>
                        {Label::SearchAll.text(lang)}
                    </button>
                }
                {scope(lang, view, &counts, busy)}
                {ceiling(lang, &memory, busy)}
            </div>
            <p class="checker-progress num" aria-live="off">{progress(lang, &known)}</p>
            if stale && known.report.is_some() {
                <p class="muted">{Label::SearchStale.text(lang)}</p>
            }
            <div role="status">
                if !known.message.is_empty() {
                    <p class="checker-failed">{known.message.clone()}</p>
                }
                if let Some(report) = &known.report {
                    {outcome(lang, report, known.cancelled, &props.act)}
                } else if known.phase == Phase::Idle {
                    <p class="muted">{Label::CheckerIntro.text(lang)}</p>
                }
            </div>
        </div>
    }
}

/// Pause or go on, and cancel.
fn controls(
    lang: Lang,
    phase: Phase,
    search: &Rc<RefCell<Option<Work>>>,
    known: &UseReducerDispatcher<Known>,
) -> Html {
    let tell = |word: &'static str, phase: Phase| {
        let (search, known) = (Rc::clone(search), known.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(search) = &*search.borrow() {
                search.tell(word);
            }
            known.dispatch(Change::Phase(phase));
        })
    };
    let (word, next, label) = match phase {
        Phase::Paused => ("resume", Phase::Running, Label::Continue),
        _ => ("pause", Phase::Paused, Label::PausePlay),
    };
    let class = "button line small";
    html! {
        <>
            {button(class, tell(word, next), label.text(lang))}
            {button(class, tell("cancel", phase), Label::Cancel.text(lang))}
        </>
    }
}

/// How much the search may hold.
fn ceiling(lang: Lang, memory: &UseStateHandle<u32>, busy: bool) -> Html {
    let setter = memory.setter();
    let onchange = Callback::from(move |event: Event| {
        let select = event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
        if let Some(chosen) = select.and_then(|it| it.value().parse().ok()) {
            setter.set(chosen);
        }
    });
    html! {
        <div class="checker-scope" title={lang.of(proof::MEMORY_HELP)}>
            <label>
                <span>{lang.of(proof::MEMORY)}</span>
                <select {onchange} disabled={busy}>
                    for mb in MEMORY {
                        <option value={mb.to_string()} selected={**memory == mb}>
                            {proof::ceiling(mb)}
                        </option>
                    }
                </select>
            </label>
        </div>
    }
}

/// The scope: the line of the text, or settings to choose from.
fn scope(lang: Lang, view: &ViewModel, counts: &UseStateHandle<Vec<u16>>, busy: bool) -> Html {
    if let Some(scope) = &view.scope {
        return html! { <code class="checker-scope">{scope.to_string()}</code> };
    }
    let choose = |place: usize| {
        let counts = counts.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
            let Some(value) = select.and_then(|it| it.value().parse().ok()) else { return };
            let mut chosen = (*counts).clone();
            if let Some(count) = chosen.get_mut(place) {
                *count = value;
            }
            counts.set(chosen);
        })
    };
    let label = [
        Label::Requests,
        Label::Timers,
        Label::Crashes,
        Label::Losses,
        Label::Duplicates,
        Label::Cuts,
    ];
    html! {
        <div class="checker-scope" role="group" aria-label={Label::SearchScope.text(lang)}>
            for (place, ((_, most), label)) in SETTINGS.iter().zip(label).enumerate() {
                <label>
                    <span>{label.text(lang)}</span>
                    <select onchange={choose(place)} disabled={busy}>
                        for count in 0..=*most {
                            <option value={count.to_string()} selected={counts[place] == count}>
                                {count}
                            </option>
                        }
                    </select>
                </label>
            }
        </div>
    }
}

/// How far it is, in figures.
fn progress(lang: Lang, known: &Known) -> String {
    if known.phase == Phase::Idle {
        return String::new();
    }
    let Progress { unique, frontier, depth, bytes, workers } = known.progress;
    let rate = if known.seconds > 0.0 { unique / known.seconds } else { 0.0 };
    let mut parts = vec![
        format!("{} {}", number(unique as u64), Label::States.text(lang)),
        format!("{} {}", number(frontier as u64), Label::Frontier.text(lang)),
        format!("{} {depth}", Label::Depth.text(lang)),
        per_second(lang, rate as u64),
        megabytes(bytes as u64),
    ];
    if workers > 1 {
        parts.push(proof::workers(lang, workers));
    }
    parts.join(" · ")
}
