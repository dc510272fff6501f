//! How a violation came about, in the inspector: numbered steps that lead to their moments.

use quorate::lab::{Action, StoryStep, ViewModel};
use quorate::scene::text::{Label, Lang, clock};
use yew::prelude::*;

use super::parts::{Glyph, icon, said};

/// The steps of the first violation; nothing while there is none.
pub(crate) fn story_panel(lang: Lang, view: &ViewModel, act: &Callback<Action>) -> Html {
    let Some(first) = view.story.first() else { return Html::default() };
    let start = first.event;
    let play = act.reform(move |_: MouseEvent| Action::PlayFrom(start));
    let here = view.story.iter().rposition(|step| step.event <= view.playhead.event);
    html! {
        <section class="story" aria-labelledby="story-title">
            <header class="panel-head">
                <h2 id="story-title">{Label::HowItHappened.text(lang)}</h2>
                <button type="button" class="plain-link" onclick={play}>
                    {icon(Glyph::Play)}{Label::PlayPath.text(lang)}
                </button>
            </header>
            <ol>
                for (index, step) in view.story.iter().enumerate() {
                    {row(lang, step, here == Some(index), act)}
                }
            </ol>
        </section>
    }
}

/// A step. Pressed, the playhead goes there.
fn row(lang: Lang, step: &StoryStep, here: bool, act: &Callback<Action>) -> Html {
    let event = step.event;
    let class = classes!(step.breaks.then_some("story-breaks"));
    let onclick = act.reform(move |_: MouseEvent| Action::SeekEvent(event));
    html! {
        <li key={event} {class} aria-current={here.then_some("step")}>
            <button type="button" {onclick}>
                <span>{said(lang, &step.say)}</span>
                <span class="muted num">{clock(step.at)}</span>
            </button>
        </li>
    }
}
