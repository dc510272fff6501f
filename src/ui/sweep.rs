//! The load swept from nearly nothing to nearly all: curves with bands, and theory beside them.

use quorate::kernel::Span;
use quorate::lab::{Action, PoolView, SweepCurve, SweepPoint, SweepView};
use quorate::scene::list::List;
use quorate::scene::svg::{self, Colours};
use quorate::scene::sweep::{Line, Sample, SweepScene};
use quorate::scene::text::{Label, Lang, per_cent, span, sweep_progress};
use yew::prelude::*;

use super::parts::{Choice, SegmentedProps, button, segmented, th};
use super::prefs::use_lang;
use super::session::Same;

/// What is drawn over the load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Figure {
    Stay,
    Mean,
    P99,
}

impl Figure {
    const ALL: [Figure; 3] = [Figure::Stay, Figure::Mean, Figure::P99];

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Figure::Stay => Label::MeanStay.text(lang),
            Figure::Mean => Label::MeanResponse.text(lang),
            Figure::P99 => "p99",
        }
    }

    /// Mean, and the ends of its interval, in nanoseconds.
    fn of(self, point: &SweepPoint) -> (u64, (u64, u64)) {
        let estimate = match self {
            Figure::Stay => &point.stay,
            Figure::Mean => &point.mean,
            Figure::P99 => &point.p99,
        };
        let whole = |value: f64| value.max(0.0) as u64;
        let (low, high) = estimate.ends().unwrap_or((estimate.mean, estimate.mean));
        (whole(estimate.mean), (whole(low), whole(high)))
    }

    /// What theory expects of it.
    fn expected(self, point: &SweepPoint) -> Option<u64> {
        point.theory.map(|(_, span)| span.0).filter(|_| self == Figure::Stay)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SweepProps {
    pub(crate) pool: Same<PoolView>,
    /// Load of the text, in parts per million.
    pub(crate) here: Option<u64>,
    pub(crate) act: Callback<Action>,
}

/// The sweep: a button, how far it is, the picture, and the same in a table.
#[component]
pub(crate) fn Sweep(props: &SweepProps) -> Html {
    let lang = use_lang();
    let figure = use_state(|| 0_usize);
    let shown = Figure::ALL[*figure];
    let sweep = &props.pool.sweep;
    let busy = sweep.as_ref().is_some_and(|it| it.done < it.of && !it.stopped);
    let (label, action) = if busy {
        (Label::SweepStop, Action::Sweep(false))
    } else {
        (Label::SweepStart, Action::Sweep(true))
    };
    let onclick = props.act.reform(move |_: MouseEvent| action.clone());
    let set = figure.setter();
    let choices = Figure::ALL.iter().map(|it| Choice::named(it.name(lang))).collect();
    html! {
        <section class="sweep" aria-labelledby="sweep-title">
            <h2 id="sweep-title">{Label::SweepTitle.text(lang)}</h2>
            <div class="sweep-head">
                {button("button line small", onclick, label.text(lang))}
                if let Some(sweep) = sweep {
                    <progress max={sweep.of.to_string()} value={sweep.done.to_string()}
                        aria-label={Label::SweepTitle.text(lang)} />
                    <span class="muted num">{sweep_progress(lang, sweep.done, sweep.of)}</span>
                    {segmented(&SegmentedProps {
                        class: "sweep-figure",
                        label: Label::Show.text(lang).into(),
                        choices,
                        current: Some(*figure),
                        on_choose: Callback::from(move |at| set.set(at)),
                    })}
                } else {
                    <span class="muted">{Label::SweepHelp.text(lang)}</span>
                }
            </div>
            if let Some(sweep) = sweep.as_ref().filter(|it| it.done > 0) {
                {picture(lang, props, sweep, shown)}
                {table(lang, sweep, shown)}
            }
        </section>
    }
}

fn name(pool: &PoolView, lang: Lang, curve: &SweepCurve) -> String {
    let mut known = pool.strategies.iter();
    let one = known.find(|it| it.id == curve.strategy);
    one.map_or(curve.strategy, |it| lang.pick(&it.name.en, &it.name.zh)).to_owned()
}

fn points(curve: &SweepCurve) -> impl Iterator<Item = &SweepPoint> {
    curve.points.iter().filter(|point| point.replications > 0)
}

fn picture(lang: Lang, props: &SweepProps, sweep: &SweepView, figure: Figure) -> Html {
    let line = |curve: &SweepCurve| Line {
        name: name(&props.pool, lang, curve),
        current: props.pool.strategies.iter().any(|it| it.current && it.id == curve.strategy),
        samples: points(curve)
            .map(|point| {
                let (mean, band) = figure.of(point);
                Sample { x: point.load_ppm, mean, band, expected: figure.expected(point) }
            })
            .collect(),
    };
    let scene = SweepScene {
        lines: sweep.curves.iter().map(line).collect(),
        from: 100_000,
        to: 1_000_000,
        x_name: Label::Load.text(lang).to_owned(),
        y_name: figure.name(lang).to_owned(),
        theory: Label::TheoryTab.text(lang).to_owned(),
        here: props.here,
    };
    let size = (820.0, 320.0);
    let mut list = List::new();
    scene.draw(&mut list, size);
    let title = Label::SweepTitle.text(lang);
    let picture = svg::write(&[&list], size, title, Colours::Variables);
    html! {
        <figure class="sweep-picture" tabindex="0" role="group" aria-label={title}>
            {Html::from_html_unchecked(AttrValue::from(picture))}
        </figure>
    }
}

/// The same in figures: a row for each load, a column for each strategy.
fn table(lang: Lang, sweep: &SweepView, figure: Figure) -> Html {
    let loads = sweep.curves.first().map_or(0, |curve| curve.points.len());
    html! {
        <details>
            <summary>{Label::Figures.text(lang)}</summary>
            <table class="sweep-table">
                <caption class="unseen">{figure.name(lang)}</caption>
                <thead>
                    <tr>
                        {th("", Label::Load.text(lang))}
                        for curve in &sweep.curves {
                            <th scope="col" class="right" lang="en" key={curve.strategy}>
                                {curve.strategy}
                            </th>
                        }
                        {th("right", Label::Expected.text(lang))}
                    </tr>
                </thead>
                <tbody>
                    for place in 0..loads { {row(sweep, figure, place)} }
                </tbody>
            </table>
        </details>
    }
}

fn row(sweep: &SweepView, figure: Figure, place: usize) -> Html {
    let at = |curve: &SweepCurve| curve.points.get(place).cloned();
    let Some(first) = sweep.curves.first().and_then(at) else { return Html::default() };
    let words = |curve: &SweepCurve| {
        let point = at(curve).filter(|point| point.replications > 0);
        let Some(point) = point else { return "–".to_owned() };
        let (mean, (low, high)) = figure.of(&point);
        if low == high {
            return span(Span(mean));
        }
        format!("{} ± {}", span(Span(mean)), span(Span((high - low) / 2)))
    };
    let expected = sweep.curves.iter().filter_map(at).find_map(|it| figure.expected(&it));
    html! {
        <tr key={place}>
            <th scope="row" class="mono">{per_cent(first.load_ppm, 1_000_000)}</th>
            for curve in &sweep.curves {
                <td class="right mono">{words(curve)}</td>
            }
            <td class="right mono">{expected.map_or("–".to_owned(), |it| span(Span(it)))}</td>
        </tr>
    }
}
