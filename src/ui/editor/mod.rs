//! The scenario: its text, what is wrong with it, what can be added, what came of it.

mod adjust;
mod field;
mod insert;
mod line;
mod problems;
mod summary;
mod tokens;

use quorate::kernel::NodeId;
use quorate::lab::{Action, Deed, Selection, ViewModel};
use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

use super::faults::interest;
use super::parts::{Glyph, icon, on};
use super::place;
use super::prefs::use_lang;
use super::session::Same;
use adjust::{AdjustProps, adjust};
use field::{Field, GoTo, Typed};
use insert::{InsertProps, insert_chips};
use problems::{ProblemsProps, caution_list, problem_list};
use summary::{SummaryProps, run_summary};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EditorProps {
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
    pub(crate) on_partition: Callback<()>,
    /// The text is too long for a link.
    #[prop_or_default]
    pub(crate) long: bool,
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
        Typed::Undo => Action::Undo,
        Typed::Redo => Action::Redo,
    });
    let saved = if props.long { Label::LinkTooLong } else { Label::SavedInTheLink };
    let digest = view.digest.as_ref().map(|digest| AttrValue::from(digest.clone()));
    html! {
        <section class="editor" aria-labelledby="editor-title">
            <header class="panel-head">
                <h2 id="editor-title">{Label::Scenario.text(lang)}</h2>
                {undo_buttons(lang, props)}
                <span class="hint">{saved.text(lang)}</span>
            </header>
            <Field text={Same::from(&view.text)} problems={Same::from(&view.problems)}
                expectations={Same::from(&view.expectations)} inlays={Same::from(&view.inlays)}
                current_line={view.current_line} go_to={*go_to} on_typed={on_typed} />
            {problem_list(lang, &ProblemsProps {
                problems: Same::from(&view.problems),
                on_line: on_line.clone(),
                on_fix: fix(props),
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
                on_line,
            })}
        </section>
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
    let button = |able: bool, glyph: Glyph, name: Label, action: Action| {
        let act = props.act.reform(move |()| action.clone());
        undo_button(lang, &UndoProps { able, glyph, name, act })
    };
    html! {
        <span class="undo-buttons">
            {button(props.view.can_undo, Glyph::Undo, Label::Undo, Action::Undo)}
            {button(props.view.can_redo, Glyph::Redo, Label::Redo, Action::Redo)}
        </span>
    }
}

struct UndoProps {
    able: bool,
    glyph: Glyph,
    name: Label,
    act: Callback<()>,
}

fn undo_button(lang: Lang, props: &UndoProps) -> Html {
    let name = props.name.text(lang);
    html! {
        <button type="button" class="button icon-only small" aria-label={name} title={name}
            disabled={!props.able} onclick={on(&props.act)}>
            {icon(props.glyph)}
        </button>
    }
}

fn fix(props: &EditorProps) -> Callback<usize> {
    let (view, act) = (props.view.clone(), props.act.clone());
    Callback::from(move |index: usize| {
        if let Some(fix) = view.problems.get(index).and_then(|problem| problem.fix.as_ref()) {
            act.emit(Action::Edit(fix.apply(&view.text)));
        }
    })
}

fn next_seed(props: &EditorProps) -> Callback<()> {
    let (act, seed) = (props.act.clone(), props.view.seed);
    Callback::from(move |()| {
        // Without entropy the next number is as good as any.
        let next = place::random_seed().unwrap_or(seed + 1);
        act.emit(Action::Seed(next));
    })
}
