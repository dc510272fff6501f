//! How the shrinking goes: a button, a count, and one cell for each action.

use quorate::scene::text::{Label, Lang, proof};
use yew::prelude::*;

use super::super::parts::button;
use super::super::worker::Phase;
use super::{Shrink, Wish};

/// More actions than this are counted and not drawn.
const CELLS: usize = 240;

/// The section under a story.
pub(crate) fn shrink_panel(lang: Lang, shrink: &Shrink) -> Html {
    let known = &shrink.known;
    let ours = shrink.is_about_this();
    let running = ours && known.phase == Phase::Running;
    let some = ours && known.progress.schedules > 0;
    html! {
        <section class="shrinking" aria-labelledby="shrinking-title">
            <header class="panel-head">
                <h2 id="shrinking-title">{lang.of(proof::SHRINKING)}</h2>
                if some {
                    <span class="hint num">
                        {proof::schedules(lang, known.progress.schedules, known.seconds)}
                    </span>
                }
            </header>
            <div class="shrinking-body">
                if some {
                    {meter(lang, shrink)}
                }
                <div role="status">
                    if ours && !known.message.is_empty() {
                        <p class="checker-failed">{known.message.clone()}</p>
                    } else if ours && known.report.is_some() {
                        {outcome(lang, shrink)}
                    }
                </div>
                if running {
                    {button("button line small", shrink.asks(Wish::Cancel),
                        Label::Cancel.text(lang))}
                } else if !ours || known.report.is_none() {
                    <p class="muted">{lang.of(proof::SHRINK_HELP)}</p>
                    {shrink_button(lang, shrink, "button line small")}
                }
            </div>
        </section>
    }
}

/// The button where the violation is told; nothing once it was pressed.
pub(crate) fn shrink_now(lang: Lang, shrink: &Shrink) -> Html {
    if shrink.is_about_this() {
        return Html::default();
    }
    shrink_button(lang, shrink, "button line small")
}

/// Begins.
fn shrink_button(lang: Lang, shrink: &Shrink, class: &'static str) -> Html {
    button(class, shrink.asks(Wish::Begin), lang.of(proof::SHRINK))
}

/// One cell for each action of the text: filled if it is needed, dashed if not.
fn meter(lang: Lang, shrink: &Shrink) -> Html {
    let progress = &shrink.known.progress;
    let (actions, needed) =
        (progress.actions.len(), progress.actions.iter().filter(|it| **it).count());
    html! {
        <>
            <p class="num">
                {proof::actions_needed(lang, actions, needed)}
                if let Some(steps) = progress.events {
                    <span class="muted">{"; "}{proof::steps_left(lang, steps)}</span>
                }
            </p>
            if actions <= CELLS {
                <div class="shrink-meter" aria-hidden="true">
                    for needed in &progress.actions {
                        <span class={needed.then_some("needed")} />
                    }
                </div>
            }
        </>
    }
}

/// What came of it, and what to make of it.
fn outcome(lang: Lang, shrink: &Shrink) -> Html {
    let Some(report) = &shrink.known.report else { return Html::default() };
    html! {
        <>
            if shrink.known.cancelled {
                <p class="muted">{lang.of(proof::NOT_FINISHED)}</p>
            } else if !report.changes() {
                <p>{lang.of(proof::NOTHING_TO_STRIKE)}</p>
            }
            if report.changes() || report.has_steps() {
                {super::proposal::ways(lang, shrink, report)}
            }
        </>
    }
}
