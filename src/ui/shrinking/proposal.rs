//! What is proposed, beside the text it is proposed for.

use quorate::scene::text::{Lang, proof};
use yew::prelude::*;

use super::super::parts::button;
use super::{Report, Shrink, Wish};

/// The bar over the text: how much shorter it would be, and what to do about it.
pub(crate) fn proposal_bar(lang: Lang, shrink: &Shrink) -> Html {
    let Some(report) = shrink.proposal() else { return Html::default() };
    let struck: Vec<u32> = report.struck.iter().map(|(line, _)| *line).collect();
    let before = lines(&shrink.text);
    html! {
        <div class="proposal" role="group" aria-label={lang.of(proof::SHRINKING)}>
            <span class="proposal-chip">{lang.of(proof::SHRUNK)}</span>
            <span class="num">{proof::lines_to(lang, before, lines(&report.kept))}</span>
            <span class="unseen">{proof::struck_spoken(lang, &struck)}</span>
            {ways(lang, shrink, report)}
        </div>
    }
}

/// Take the lines, take the steps, keep what is there.
pub(super) fn ways(lang: Lang, shrink: &Shrink, report: &Report) -> Html {
    html! {
        <span class="proposal-ways">
            if report.changes() {
                {button("button primary small", shrink.asks(Wish::TakeLines),
                    lang.of(proof::TAKE_IT))}
            }
            if report.has_steps() {
                <button type="button" class="button line small"
                    title={lang.of(proof::STEPS_BY_HAND)}
                    onclick={shrink.asks(Wish::TakeSteps)}>
                    {lang.of(proof::TAKE_STEPS)}
                </button>
            }
            {button("button small", shrink.asks(Wish::Forget), lang.of(proof::KEEP_MINE))}
        </span>
    }
}

/// Lines that say something: neither empty nor comments.
fn lines(text: &str) -> usize {
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    text.lines().filter(says).count()
}
