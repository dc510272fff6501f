//! The scenario: its text, what is wrong with it, what can be added, what came of it.

mod adjust;
mod assist;
mod caret;
mod field;
mod insert;
mod line;
mod problems;
mod suggest;
mod summary;
mod tokens;

use std::cell::Cell;
use std::rc::Rc;

use quorate::kernel::{NodeId, SimTime};
use quorate::lab::{Action, Deed, Say, Selection, ViewModel};
use quorate::scene::text::time::undoes;
use quorate::scene::text::{Label, Lang, go_to_instant};
use quorate::script::{Fix, edit};
use yew::prelude::*;

use super::faults::interest;
use super::link::Saved;
use super::parts::{Glyph, icon, on};
use super::place;
use super::prefs::use_lang;
use super::session::Same;
use super::shrinking::{Shrink, proposal_bar};
use adjust::{AdjustProps, adjust};
use field::{Deed as FieldDeed, Field, GoTo, Typed};
use insert::{InsertProps, insert_chips};
use problems::{ProblemsProps, caution_list, problem_list};
use summary::{SummaryProps, run_summary};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EditorProps {
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
    pub(crate) on_partition: Callback<()>,
    /// What is proposed to make the text small.
    pub(crate) shrink: Shrink,
    /// Where the text is kept.
    #[prop_or_default]
    pub(crate) saved: Option<Saved>,
    /// Hears the instant of the line that the caret is on.
    #[prop_or_default]
    pub(crate) on_instant: Callback<Option<SimTime>>,
}

/// The left panel.
#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let lang = use_lang();
    let view = &props.view;
    let go_to = use_state(|| None::<GoTo>);
    let on_line = {
        let (go_to, serial) = (go_to.setter(), go_to.map_or(0, |place| place.serial));
        Callback::from(move |line| go_to.set(Some(GoTo { line, serial: serial + 1 })))
    };
    let on_typed = props.act.reform(|typed| match typed {
        Typed::Text(text) => Action::Edit(text),
        Typed::Settle => Action::Settle,
        Typed::Undo => Action::Undo,
        Typed::Redo => Action::Redo,
    });
    let now = use_memo((), |()| Cell::new(SimTime::ZERO));
    now.set(view.playhead.at);
    let deed = use_state(|| None::<(FieldDeed, u32)>);
    let on_deed = {
        let (deed, serial) = (deed.setter(), deed.as_ref().map_or(0, |(_, serial)| *serial));
        Callback::from(move |what: FieldDeed| deed.set(Some((what, serial + 1))))
    };
    let caret = use_state_eq(|| 0);
    let instant = edit::instant_of(&view.text, *caret);
    use_effect_with((instant, props.on_instant.clone()), |(instant, tell)| tell.emit(*instant));
    let go = go_to_line(props, instant);
    let digest = view.digest.as_ref().map(|digest| AttrValue::from(digest.clone()));
    html! {
        <section class="editor" aria-labelledby="editor-title">
            {head(lang, props, instant, &on_deed, &go)}
            {proposal_bar(lang, &props.shrink)}
            <Field proposal={props.shrink.proposal().map(Same::from)}
                text={Same::from(&view.text)} problems={Same::from(&view.problems)}
                expectations={Same::from(&view.expectations)} inlays={Same::from(&view.inlays)}
                current_line={view.current_line} go_to={*go_to} on_typed={on_typed}
                deed={(*deed).clone()} now={Rc::clone(&now)} on_go={go}
                on_caret={Callback::from(move |line| caret.set(line))} />
            {problem_list(lang, &ProblemsProps {
                text: Same::from(&view.text),
                problems: Same::from(&view.problems),
                on_line: on_line.clone(),
                on_fix: on_deed.reform(|fix: Fix| FieldDeed::Fix(fix)),
            })}
            {caution_list(lang, &view.cautions, &on_line)}
            {insert_chips(lang, &InsertProps {
                at: view.playhead.at,
                snapshot: view.snapshot.as_ref().map(Same::from),
                selected: selected(view),
                pool: view.pool.is_some(),
                on_deed: props.act.reform(|deed: Deed| Action::Do(deed)),
                on_partition: props.on_partition.clone(),
            })}
            {interest(lang, view, &props.act)}
            {adjust(lang, &AdjustProps {
                dials: Same::from(&view.dials),
                act: props.act.clone(),
            })}
            {run_summary(lang, &SummaryProps {
                expectations: Same::from(&view.expectations),
                run: view.run,
                digest,
                on_seed: next_seed(props),
                sought: view.seeds.map(|seeds| seeds.tried),
                on_seek: props.act.reform(Action::FailingSeed),
                on_line,
            })}
        </section>
    }
}

/// Goes to the instant of the caret's line.
fn go_to_line(props: &EditorProps, instant: Option<SimTime>) -> Callback<()> {
    let act = props.act.clone();
    Callback::from(move |()| {
        if let Some(at) = instant {
            act.emit(Action::Pause);
            act.emit(Action::Seek(at));
        }
    })
}

/// What the panel is, and what its buttons do to the text.
fn head(
    lang: Lang,
    props: &EditorProps,
    instant: Option<SimTime>,
    on_deed: &Callback<FieldDeed>,
    go: &Callback<()>,
) -> Html {
    let view = &props.view;
    html! {
        <header class="panel-head">
            <h2 id="editor-title">{Label::Scenario.text(lang)}</h2>
            {undo_buttons(lang, props)}
            {undo_button(&UndoProps {
                able: !view.text.is_empty(),
                glyph: Glyph::Tidy,
                name: Label::Format.text(lang).into(),
                title: None,
                act: on_deed.reform(|()| FieldDeed::Format),
            })}
            {undo_button(&UndoProps {
                able: instant.is_some(),
                glyph: Glyph::Clock,
                name: instant.map_or_else(
                    || Label::GoToInstant.text(lang).into(),
                    |at| go_to_instant(lang, at).into(),
                ),
                title: None,
                act: go.clone(),
            })}
            <span class="hint">{props.saved.map(|saved| saved.label().text(lang))}</span>
        </header>
    }
}

/// The node that is selected.
pub(crate) fn selected(view: &ViewModel) -> Option<NodeId> {
    match view.selection {
        Some(Selection::Node(node)) => Some(node),
        Some(Selection::Flight(_)) | None => None,
    }
}

fn undo_buttons(lang: Lang, props: &EditorProps) -> Html {
    let button = |what: &Option<Say>, glyph: Glyph, name: Label, action: Action| {
        let act = props.act.reform(move |()| action.clone());
        let name = name.text(lang);
        let title = what.as_ref().map(|it| undoes(lang, name, lang.pick(&it.en, &it.zh)).into());
        undo_button(&UndoProps { able: what.is_some(), glyph, name: name.into(), title, act })
    };
    html! {
        <span class="undo-buttons">
            {button(&props.view.undo, Glyph::Undo, Label::Undo, Action::Undo)}
            {button(&props.view.redo, Glyph::Redo, Label::Redo, Action::Redo)}
        </span>
    }
}

struct UndoProps {
    able: bool,
    glyph: Glyph,
    name: AttrValue,
    /// More than its name, on hover.
    title: Option<AttrValue>,
    act: Callback<()>,
}

fn undo_button(props: &UndoProps) -> Html {
    let name = &props.name;
    let title = props.title.clone().unwrap_or_else(|| name.clone());
    html! {
        <button type="button" class="button icon-only small" aria-label={name} {title}
            disabled={!props.able} onclick={on(&props.act)}>
            {icon(props.glyph)}
        </button>
    }
}

fn next_seed(props: &EditorProps) -> Callback<()> {
    let (act, seed) = (props.act.clone(), props.view.seed);
    Callback::from(move |()| {
        // Without entropy the next number is as good as any.
        let next = place::random_seed().unwrap_or(seed + 1);
        act.emit(Action::Seed(next));
    })
}
