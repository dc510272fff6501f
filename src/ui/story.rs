//! How a violation came about, in the inspector: numbered steps that lead to their moments, the
//! rule that is missing, and the way to a smaller scenario.

use quorate::lab::{Action, RemedyView, StoryStep, ViewModel};
use quorate::scene::text::{Label, Lang, clock, proof};
use yew::prelude::*;

use super::inspector::InspectorProps;
use super::parts::{Glyph, button, icon, said};
use super::screen::{Pin, Turn};
use super::shrinking::shrink_panel;

/// The steps of the first violation; nothing while there is none.
pub(crate) fn story_panel(lang: Lang, props: &InspectorProps) -> Html {
    let view = &props.view;
    let Some(first) = view.story.first() else { return Html::default() };
    let start = first.event;
    let play = props.act.reform(move |_: MouseEvent| Action::PlayFrom(start));
    let here = view.story.iter().rposition(|step| step.event <= view.playhead.event);
    html! {
        <>
            <section class="story" aria-labelledby="story-title">
                <header class="panel-head">
                    <h2 id="story-title">{Label::HowItHappened.text(lang)}</h2>
                    <button type="button" class="plain-link" onclick={play}>
                        {icon(Glyph::Play)}{Label::PlayPath.text(lang)}
                    </button>
                </header>
                <ol>
                    for (index, step) in view.story.iter().enumerate() {
                        {row(lang, step, here == Some(index), props)}
                    }
                </ol>
            </section>
            if let Some(remedy) = &view.remedy {
                {missing_rule(lang, remedy, props)}
            }
            {shrink_panel(lang, &props.shrink)}
        </>
    }
}

/// A step. Pressed, the playhead goes there.
fn row(lang: Lang, step: &StoryStep, here: bool, props: &InspectorProps) -> Html {
    let event = step.event;
    let class =
        classes!(step.breaks.then_some("story-breaks"), step.misses.then_some("story-misses"));
    let onclick = props.act.reform(move |_: MouseEvent| Action::SeekEvent(event));
    html! {
        <li key={event} {class} aria-current={here.then_some("step")}>
            <button type="button" class="story-step" {onclick}>
                <span>{said(lang, &step.say)}</span>
                <span class="muted num">{clock(step.at)}</span>
            </button>
            if let Some(about) = props.view.about.filter(|_| !step.rules.is_empty()) {
                <span class="story-rules">
                    for rule in &step.rules { {rule_chip(lang, (about.id, rule), event, props)} }
                </span>
            }
        </li>
    }
}

/// A rule that the handler passed: leads to the listing.
fn rule_chip(
    lang: Lang,
    (code, rule): (&'static str, &'static str),
    event: u64,
    props: &InspectorProps,
) -> Html {
    let (act, show) = (props.act.clone(), props.on_show.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        act.emit(Action::SeekEvent(event));
        show.emit(Turn::Pin(Pin { code, rule: Some(rule), event: Some(event) }));
    });
    let spoken = proof::rule_spoken(lang, rule);
    html! {
        <button type="button" class="rule-chip" key={rule} {onclick}
            aria-label={spoken.clone()} title={spoken}>
            <span lang="en">{rule}</span>
        </button>
    }
}

/// Which rule is missing, where it stands, and what the protocol does that keeps it.
fn missing_rule(lang: Lang, remedy: &RemedyView, props: &InspectorProps) -> Html {
    let pin = Pin { code: remedy.code, rule: remedy.mark, event: None };
    let show = props.on_show.reform(move |_: MouseEvent| Turn::Pin(pin));
    html! {
        <section class="remedy" aria-labelledby="remedy-title">
            <header class="panel-head">
                <h2 id="remedy-title">{lang.of(proof::MISSING_RULE)}</h2>
                <code class="hint">{remedy.written.clone()}</code>
            </header>
            <div class="shrinking-body">
                <p>{said(lang, &remedy.rule)}</p>
                if remedy.fixed.is_none() {
                    <p class="muted">{proof::other_messages(lang, remedy.sound)}</p>
                }
                {sound_verdict(lang, &props.view)}
                <p class="proposal-ways">
                    {button("button line small", show, lang.of(proof::SHOW_RULE))}
                    if let Some(fixed) = &remedy.fixed {
                        {run_fixed(lang, fixed, props)}
                        {beside(lang, props)}
                    }
                </p>
            </div>
        </section>
    }
}

fn run_fixed(lang: Lang, fixed: &std::rc::Rc<str>, props: &InspectorProps) -> Html {
    let fixed = fixed.to_string();
    let run = props.act.reform(move |_: MouseEvent| Action::Write(fixed.clone()));
    button("button small", run, lang.of(proof::RUN_FIXED))
}

/// Puts the sound protocol beside, or takes it away.
fn beside(lang: Lang, props: &InspectorProps) -> Html {
    let on = props.view.branches.beside.as_ref().is_some_and(|beside| beside.sound);
    let (act, show) = (props.act.clone(), props.on_show.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        act.emit(Action::CompareSound(!on));
        if !on {
            show.emit(Turn::Beside);
        }
    });
    html! {
        <button type="button" class="button small" aria-pressed={on.to_string()} {onclick}>
            {lang.of(proof::PUT_BESIDE)}
        </button>
    }
}

/// What came of the sound protocol, while it stands beside.
fn sound_verdict(lang: Lang, view: &ViewModel) -> Html {
    let beside = view.branches.beside.as_ref().filter(|beside| beside.sound);
    html! {
        <p role="status" class="remedy-verdict">
            if let Some(beside) = beside {
                {lang.of(super::dock::sound_words(beside))}
            }
        </p>
    }
}
