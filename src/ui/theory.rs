//! Theory beside the run: what a formula expects, what was measured, and whether they agree.

use quorate::lab::{PoolView, Status, Theory};
use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

use super::parts::verdict;

/// One line for each formula that applies, or why none does.
pub(crate) fn theory_lines(lang: Lang, pool: &PoolView) -> Html {
    html! {
        <section class="theory" aria-labelledby="theory-title">
            <h3 id="theory-title">{Label::TheoryTitle.text(lang)}</h3>
            for (place, theory) in pool.theory.iter().enumerate() {
                <article key={place}>{line(lang, theory)}</article>
            }
        </section>
    }
}

fn line(lang: Lang, theory: &Theory) -> Html {
    let none = theory.name.en.is_empty();
    let status = match theory.inside {
        Some(true) => Status::Holds,
        Some(false) => Status::Violated,
        None => Status::Undecided,
    };
    let show = |value: Option<u64>| value.map_or("–".to_owned(), |it| theory.subject.show(it));
    let interval = theory.interval.map_or(String::new(), |(low, high)| {
        format!("{} – {}", theory.subject.show(low), theory.subject.show(high))
    });
    html! {
        <>
            <p class="theory-name">
                if none {
                    <span>{lang.of(theory.why)}</span>
                } else {
                    {verdict(lang, status)}
                    <b>{lang.of(theory.name)}</b>
                    <span class="mono" lang="en">{theory.formula}</span>
                    <span class="muted">{lang.of(theory.kind.text())}</span>
                }
                if theory.unstable { <b class="theory-unstable">{Label::Unstable.text(lang)}</b> }
            </p>
            <dl class="theory-figures">
                <div><dt>{lang.of(theory.subject.text())}</dt></div>
                if !none {
                    <div>
                        <dt>{Label::Expected.text(lang)}</dt>
                        <dd class="mono">{show(theory.expected)}</dd>
                    </div>
                }
                <div>
                    <dt>{Label::Measured.text(lang)}</dt>
                    <dd class="mono">{show(theory.measured)}</dd>
                </div>
                if !interval.is_empty() {
                    <div>
                        <dt>{Label::Interval99.text(lang)}</dt>
                        <dd class="mono">{interval}</dd>
                    </div>
                }
                if !theory.source.is_empty() {
                    <div>
                        <dt>{Label::SourceOf.text(lang)}</dt>
                        <dd class="mono" lang="en">{theory.source}</dd>
                    </div>
                }
            </dl>
        </>
    }
}
