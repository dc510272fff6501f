//! What is not understood in the text, and the way out.

use quorate::lab::Status;
use quorate::scene::text::{Label, Lang, at_line, line_not_understood};
use quorate::script::{Caution, Fix, Problem, mend};
use yew::prelude::*;

use super::super::parts::{said, verdict};
use super::super::session::Same;

/// More are hidden behind the first: mending one often mends others.
const SHOWN: usize = 5;

pub(crate) struct ProblemsProps {
    pub(crate) text: Same<str>,
    pub(crate) problems: Same<[Problem]>,
    /// Hears the line to go to.
    pub(crate) on_line: Callback<u32>,
    /// Hears what is to be made of the text.
    pub(crate) on_fix: Callback<Fix>,
}

/// The list of problems. It is there when empty, since the text field is described by it.
pub(crate) fn problem_list(lang: Lang, props: &ProblemsProps) -> Html {
    html! {
        <div id="problems" class="problems" aria-live="polite">
            if !props.problems.is_empty() {
                <ul>
                    for (index, problem) in props.problems.iter().enumerate().take(SHOWN) {
                        <li key={index} class="problem">
                            {verdict(lang, Status::Violated)}
                            <div>
                                <b>{line_not_understood(lang, problem.line)}</b>
                                <p>{said(lang, &problem.says())}</p>
                                if let Some(hint) = problem.hint() {
                                    <p class="muted">{said(lang, &hint)}</p>
                                }
                                <p class="problem-ways">
                                    {go_to(props, problem.line, Label::GoToLine.text(lang))}
                                    for way in mend::fixes(&props.text, problem) {
                                        {fix(lang, props, way)}
                                    }
                                </p>
                            </div>
                        </li>
                    }
                </ul>
                <p class="muted">{Label::LastGoodRunStays.text(lang)}</p>
            }
        </div>
    }
}

/// What is allowed in the text and unsafe.
pub(crate) fn caution_list(lang: Lang, cautions: &[Caution], on_line: &Callback<u32>) -> Html {
    if cautions.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="cautions" aria-label={Label::Cautions.text(lang)}>
            for (index, caution) in cautions.iter().enumerate().take(SHOWN) {
                <li key={index}>
                    {said(lang, &caution.says)}{" "}
                    <button type="button" class="plain-link"
                        onclick={line_of(on_line, caution.line)}>
                        {at_line(lang, caution.line)}
                    </button>
                </li>
            }
        </ul>
    }
}

fn line_of(on_line: &Callback<u32>, line: u32) -> Callback<MouseEvent> {
    on_line.reform(move |_| line)
}

fn go_to(props: &ProblemsProps, line: u32, name: &'static str) -> Html {
    let onclick = line_of(&props.on_line, line);
    html! { <button type="button" class="button line small" {onclick}>{name}</button> }
}

fn fix(lang: Lang, props: &ProblemsProps, fix: Fix) -> Html {
    let name = match (fix.text.trim(), fix.start == fix.end) {
        ("", _) => Label::FixRemove,
        (_, true) => Label::FixInsert,
        (_, false) => Label::QuickFix,
    };
    let old = props.text.get(fix.start..fix.end).unwrap_or_default();
    let text = if fix.text.trim().is_empty() { old } else { &fix.text }.trim().to_owned();
    let onclick = props.on_fix.reform(move |_: MouseEvent| fix.clone());
    html! {
        <button type="button" class="button line small" {onclick}>
            {name.text(lang)}{": "}<code>{text}</code>
        </button>
    }
}
