//! What came of this run, and another one at the press of a button.

use quorate::lab::{CheckView, RunView, Status};
use quorate::scene::text::{
    Label, Lang, at_line, checks_hold, checks_open, checks_violated, run_stopped, seeds_tried,
};
use yew::prelude::*;

use super::super::parts::{Glyph, named_button, on, said, verdict};
use super::super::session::Same;

pub(crate) struct SummaryProps {
    pub(crate) expectations: Same<Vec<CheckView>>,
    pub(crate) run: RunView,
    pub(crate) digest: Option<AttrValue>,
    pub(crate) on_seed: Callback<()>,
    /// How many seeds a search for one that fails has tried, while it goes on.
    pub(crate) sought: Option<u64>,
    /// Hears whether to look for a seed that fails.
    pub(crate) on_seek: Callback<bool>,
    /// Hears the line to go to.
    pub(crate) on_line: Callback<u32>,
}

/// The summary under the editor.
pub(crate) fn run_summary(lang: Lang, props: &SummaryProps) -> Html {
    let count = |status| props.expectations.iter().filter(|c| c.final_status == status).count();
    let (holds, open) = (count(Status::Holds), count(Status::Undecided));
    html! {
        <section class="summary" aria-labelledby="summary-title">
            <header class="panel-head">
                <h2 id="summary-title">{Label::ThisRun.text(lang)}</h2>
                {named_button(
                    "button small",
                    on(&props.on_seed),
                    Glyph::Dice,
                    Label::NextSeed.text(lang),
                )}
            </header>
            <p class="summary-seek">
                <button type="button" class="plain-link"
                    onclick={let on = props.on_seek.clone(); let looking = props.sought.is_some();
                        move |_: MouseEvent| on.emit(!looking)}>
                    if props.sought.is_some() {
                        {Label::StopLooking.text(lang)}
                    } else {
                        {Label::FailingSeed.text(lang)}
                    }
                </button>
                if let Some(tried) = props.sought {
                    <span class="aside num" role="status">{seeds_tried(lang, tried)}</span>
                }
            </p>
            <ul class="summary-lines">
                if props.expectations.is_empty() {
                    <li class="muted">{Label::NoExpectations.text(lang)}</li>
                }
                if holds > 0 {
                    <li>{verdict(lang, Status::Holds)}{checks_hold(lang, holds)}</li>
                }
                {failures(props, lang)}
                if open > 0 {
                    <li>{verdict(lang, Status::Undecided)}{checks_open(lang, open)}</li>
                }
                <li>
                    {verdict(lang, Status::Undecided)}
                    if let Some(digest) = &props.digest {
                        <span>{Label::SameTextSameRun.text(lang)}</span>
                        <span class="aside mono" title={digest.clone()}>{short(digest)}</span>
                    } else {
                        <span class="muted">{progress(lang, props.run)}</span>
                    }
                </li>
            </ul>
        </section>
    }
}

fn progress(lang: Lang, run: RunView) -> String {
    match run {
        RunView::Empty => Label::NoClusterYet.text(lang).to_owned(),
        RunView::Limited(events) => run_stopped(lang, events),
        RunView::Computing | RunView::Complete => Label::Computing.text(lang).to_owned(),
    }
}

/// `8f3a 2c91`: the first half is enough to compare at a glance.
fn short(digest: &str) -> String {
    format!("{} {}", digest.get(..4).unwrap_or(digest), digest.get(4..8).unwrap_or_default())
}

fn failures(props: &SummaryProps, lang: Lang) -> Html {
    let failing: Vec<&CheckView> =
        props.expectations.iter().filter(|c| c.final_status == Status::Violated).collect();
    let Some(first) = failing.first() else { return Html::default() };
    let line = first.line.unwrap_or(1);
    html! {
        <li>
            {verdict(lang, Status::Violated)}
            <span>
                <b>{checks_violated(lang, failing.len())}</b>{" "}
                <button type="button" class="plain-link"
                    onclick={props.on_line.reform(move |_: MouseEvent| line)}>
                    {at_line(lang, line)}
                </button>
            </span>
            <span class="aside">{said(lang, &first.note)}</span>
        </li>
    }
}
