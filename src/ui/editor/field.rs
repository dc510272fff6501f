//! The text field: a transparent `textarea` over a coloured picture of its text.

use std::cell::Cell;
use std::rc::Rc;

use quorate::kernel::SimTime;
use quorate::lab::{CheckView, InlayView, Status};
use quorate::scene::text::Label;
use quorate::script::{Fix, Problem, limit};
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::super::dom::Listener;
use super::super::prefs::use_lang;
use super::super::session::Same;
use super::super::shrinking::Report;
use super::assist::Assist;
use super::line::Line;
use super::suggest::use_overlays;

/// Height of a line; the style sheet says the same.
pub(super) const LINE_PX: i32 = 22;

/// A place of the text to show and select.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct GoTo {
    /// Line, from 1.
    pub(crate) line: u32,
    /// Distinguishes two visits of the same line.
    pub(crate) serial: u32,
}

/// Something a button beside the field does to its text, as if it were typed.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Deed {
    Format,
    Fix(Fix),
}

/// What a key or an edit in the field asks for.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Typed {
    Text(String),
    /// What was typed before and what follows are taken back apart.
    Settle,
    Undo,
    Redo,
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FieldProps {
    pub(crate) text: Same<str>,
    pub(crate) problems: Same<[Problem]>,
    pub(crate) expectations: Same<Vec<CheckView>>,
    pub(crate) inlays: Same<Vec<InlayView>>,
    pub(crate) current_line: Option<u32>,
    /// What is proposed to make the text small.
    pub(crate) proposal: Option<Same<Report>>,
    pub(crate) go_to: Option<GoTo>,
    /// What a button asked for last, and its number.
    pub(crate) deed: Option<(Deed, u32)>,
    /// The playhead. It moves too often to be looked at anew.
    pub(crate) now: Rc<Cell<SimTime>>,
    pub(crate) on_typed: Callback<Typed>,
    /// Hears the line of the caret, from 1.
    pub(crate) on_caret: Callback<u32>,
    /// Goes to the instant of that line.
    pub(crate) on_go: Callback<()>,
}

/// The text field with its colours, signs and chips.
#[component]
pub(crate) fn Field(props: &FieldProps) -> Html {
    let lang = use_lang();
    let field = use_node_ref();
    let scroller = use_node_ref();
    // What an input method is composing: on screen, but not yet text.
    let draft = use_state(|| None::<String>);
    use_effect_with((field.clone(), props.text.clone()), |(field, text)| {
        if let Some(field) = field.cast::<HtmlTextAreaElement>() {
            replace(&field, text);
        }
    });
    use_effect_with(props.go_to, {
        let (field, scroller, text) = (field.clone(), scroller.clone(), props.text.clone());
        move |go_to| {
            let field = field.cast::<HtmlTextAreaElement>();
            if let (Some(go_to), Some(field)) = (go_to, field) {
                show_line(&field, scroller.cast::<HtmlElement>().as_ref(), &text, go_to.line);
            }
        }
    });
    let assist = use_assist(props, &field);
    let overlays = use_overlays(&assist);
    use_effect_with(props.deed.clone(), {
        let assist = assist.clone();
        move |deed| match deed {
            Some((Deed::Format, _)) => assist.format(),
            Some((Deed::Fix(fix), _)) => assist.fix(fix),
            None => {}
        }
    });
    let on_input = input(props, &draft, &assist);
    use_effect_with((field.clone(), props.on_typed.clone()), {
        let draft = draft.setter();
        move |(field, on_typed)| {
            let (field, on_typed) = (field.cast::<HtmlTextAreaElement>(), on_typed.clone());
            let listener = field.map(|field| {
                let own = field.clone();
                Listener::new(&field, "compositionend", move |_| {
                    draft.set(None);
                    on_typed.emit(Typed::Text(own.value()));
                })
            });
            move || drop(listener)
        }
    });
    let text = draft.as_deref().unwrap_or(&props.text);
    html! {
        <div class="code-frame"><div class="code" ref={scroller}>
            <div class={sheet(text)}>
                <div class="code-lines" aria-hidden="true">{lines(text, props)}</div>
                <div class="code-ruler" ref={assist.ruler.clone()} aria-hidden="true" />
                <textarea ref={field} class="code-field" spellcheck="false" autocomplete="off"
                    autocapitalize="off" wrap="off" data-keys="typing"
                    aria-label={Label::ScenarioText.text(lang)}
                    aria-invalid={(!props.problems.is_empty()).to_string()}
                    aria-describedby="problems" aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-controls={assist.active_id().map(|_| "offers")}
                    aria-activedescendant={assist.active_id()}
                    oninput={on_input}
                    onkeydown={keys(&props.on_typed, &assist)}
                    onkeyup={tell(&assist)} onclick={tell(&assist)}
                    onmousemove={hover(&assist)} onmouseleave={leave(&assist)}
                    onblur={blur(&assist)} />
            </div>
        </div>{overlays}</div>
    }
}

fn input(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    assist: &Assist,
) -> Callback<InputEvent> {
    let (on_typed, draft, assist) = (props.on_typed.clone(), draft.setter(), assist.clone());
    Callback::from(move |event: InputEvent| {
        let field: HtmlTextAreaElement = event.target_unchecked_into();
        if event.is_composing() {
            draft.set(Some(field.value()));
            return;
        }
        draft.set(None);
        on_typed.emit(Typed::Text(field.value()));
        assist.tell_caret();
        // What is taken away is not begun.
        if event.input_type() == "insertText" {
            assist.look(false);
        } else {
            assist.close();
        }
    })
}

/// The help of this field, over its state.
#[hook]
fn use_assist(props: &FieldProps, field: &NodeRef) -> Assist {
    Assist {
        lang: use_lang(),
        field: field.clone(),
        ruler: use_node_ref(),
        popup: use_state_eq(|| None),
        tip: use_state_eq(|| None),
        rest: use_mut_ref(|| None),
        problems: props.problems.clone(),
        now: Rc::clone(&props.now),
        on_typed: props.on_typed.clone(),
        on_caret: props.on_caret.clone(),
        on_go: props.on_go.clone(),
    }
}

fn tell<E: 'static>(assist: &Assist) -> Callback<E> {
    let assist = assist.clone();
    Callback::from(move |_| assist.tell_caret())
}

fn hover(assist: &Assist) -> Callback<MouseEvent> {
    let assist = assist.clone();
    Callback::from(move |event: MouseEvent| assist.point(event.offset_x(), event.offset_y()))
}

fn leave(assist: &Assist) -> Callback<MouseEvent> {
    let assist = assist.clone();
    Callback::from(move |_| assist.leave())
}

fn blur(assist: &Assist) -> Callback<FocusEvent> {
    let assist = assist.clone();
    Callback::from(move |_| assist.close())
}

/// A text above all limits is not understood anyway, and so many coloured lines are more than a
/// page can bear.
fn sheet(text: &str) -> Classes {
    classes!("code-sheet", limit::is_passed_by(text).then_some("plain"))
}

/// The lines behind the field.
fn lines(text: &str, props: &FieldProps) -> Html {
    if limit::is_passed_by(text) {
        return html! {};
    }
    let mut number = 0;
    text.split('\n')
        .map(|line| {
            number += 1;
            let inlay = props.inlays.iter().find(|inlay| inlay.line == number);
            let inlay = inlay.map(|inlay| AttrValue::from(inlay.text.clone()));
            let proposal = props.proposal.as_ref();
            let instead = proposal.and_then(|it| it.rewrites(number)).map(|it| format!("→ {it}"));
            html! {
                <Line key={number} {number} text={line.to_owned()}
                    current={props.current_line == Some(number)}
                    status={status_of(&props.expectations, number)}
                    marks={marks_of(&props.problems, number)}
                    struck={proposal.is_some_and(|it| it.strikes(number))}
                    inlay={instead.map(AttrValue::from).or(inlay)} />
            }
        })
        .collect()
}

/// A violation of this run shows before the playhead comes to it.
fn status_of(expectations: &[CheckView], line: u32) -> Option<Status> {
    let check = expectations.iter().find(|check| check.line == Some(line))?;
    let fails = check.final_status == Status::Violated;
    Some(if fails { Status::Violated } else { check.status })
}

fn marks_of(problems: &[Problem], line: u32) -> Vec<(u32, u32)> {
    problems
        .iter()
        .filter(|problem| problem.line == line)
        .map(|problem| {
            let from = problem.column.saturating_sub(1);
            (from, from + problem.length.max(1))
        })
        .collect()
}

/// Undo belongs to the playground: it knows of faults as well. Tab moves on, unless an offer is
/// there to be taken.
fn keys(on_typed: &Callback<Typed>, assist: &Assist) -> Callback<KeyboardEvent> {
    let (on_typed, assist) = (on_typed.clone(), assist.clone());
    Callback::from(move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        if assist.key(&event) {
            event.prevent_default();
            event.stop_propagation();
            return;
        }
        if !(event.ctrl_key() || event.meta_key()) {
            return;
        }
        let typed = match event.key().as_str() {
            "z" | "Z" if event.shift_key() => Typed::Redo,
            "z" | "Z" => Typed::Undo,
            "y" => Typed::Redo,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        on_typed.emit(typed);
    })
}

/// Puts `text` into the field, the caret where it was as nearly as can be.
fn replace(field: &HtmlTextAreaElement, text: &str) {
    let old = field.value();
    if old == text {
        return;
    }
    let caret = field.selection_start().ok().flatten().unwrap_or(0);
    let at_end = caret as usize >= old.encode_utf16().count();
    field.set_value(text);
    let last = text.encode_utf16().count() as u32;
    let caret = if at_end { last } else { caret.min(last) };
    let _ = field.set_selection_range(caret, caret);
}

/// Selects a line and brings it into view.
fn show_line(field: &HtmlTextAreaElement, scroller: Option<&HtmlElement>, text: &str, line: u32) {
    let units = |part: &str| part.encode_utf16().count() as u32;
    let before: u32 = text.split('\n').take(line as usize - 1).map(|l| units(l) + 1).sum();
    let length = text.split('\n').nth(line as usize - 1).map_or(0, units);
    let _ = field.focus();
    let _ = field.set_selection_range(before, before + length);
    if let Some(scroller) = scroller {
        let top = (line as i32 - 1) * LINE_PX;
        scroller.set_scroll_top((top - scroller.client_height() / 2).max(0));
    }
}
