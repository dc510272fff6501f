//! Messages, bytes, latencies and elections over the time of the run: a row and a chart for each.

use std::rc::Rc;

use quorate::lab::{Action, ChartKind, ChartView, MetricsView, RunView, Unit, ViewModel};
use quorate::scene::spark::{HEIGHT, path};
use quorate::scene::text::{Lang, clock, number, time as words};
use yew::prelude::*;

use crate::ui::inspector::phase_class;
use crate::ui::prefs::use_lang;
use crate::ui::session::Same;
use crate::ui::transport::{percent, pressed};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct MetricsPanelProps {
    pub(super) view: Same<ViewModel>,
    pub(super) act: Callback<Action>,
}

/// The panel.
#[component]
pub(super) fn MetricsPanel(props: &MetricsPanelProps) -> Html {
    let lang = use_lang();
    let view = &props.view;
    let (run, rows) = view.messages.version();
    // While it is being computed, a run is measured whenever it has grown by an eighth.
    let grown = match view.run {
        RunView::Computing => {
            rows.max(1).ilog2() * 8 + (rows >> rows.max(8).ilog2().saturating_sub(3)) as u32
        }
        RunView::Empty | RunView::Complete | RunView::Limited(_) => u32::MAX,
    };
    let metrics: Rc<MetricsView> = use_memo((run, grown, view.playhead.end), |(.., end)| {
        view.messages.metrics(*end, &view.track)
    });
    let at = metrics.stretch_of(view.playhead.at);
    html! {
        <>
            <table class="metrics">
                <thead>
                    <tr>
                        <th scope="col">{lang.of(words::METRIC)}</th>
                        <th scope="col">{lang.of(words::OVER_TIME)}</th>
                        <th scope="col" class="right">{lang.of(words::HERE)}</th>
                        <th scope="col" class="right">{lang.of(words::WHOLE_RUN)}</th>
                        <th scope="col" class="right">{lang.of(words::PEAK)}</th>
                    </tr>
                </thead>
                <tbody>
                    for (index, chart) in metrics.charts.iter().enumerate() {
                        {row(lang, (index, chart), (&metrics, at), props)}
                    }
                </tbody>
            </table>
            if metrics.charts.is_empty() {
                <p class="muted">{lang.of(words::NO_MESSAGES)}</p>
            }
            <p class="hint">{lang.of(words::SIZE_NOTE)}</p>
        </>
    }
}

fn row(
    lang: Lang,
    (index, chart): (usize, &ChartView),
    (metrics, at): (&MetricsView, usize),
    props: &MetricsPanelProps,
) -> Html {
    let pool = props.view.pool.is_some();
    let (name, class) = match chart.kind {
        ChartKind::Messages => (lang.of(words::ALL_MESSAGES), "spark"),
        ChartKind::Kind(face) => (face.name, phase_class(face.phase)),
        ChartKind::Lost => (lang.of(words::LOST), "t-red"),
        ChartKind::Bytes => (lang.of(words::BYTES), "spark"),
        ChartKind::Latency => (lang.of(words::LATENCY), "spark"),
        ChartKind::Answers if pool => (lang.of(words::RESPONSES), "t-client"),
        ChartKind::Answers => (lang.of(words::ANSWERS), "t-client"),
        ChartKind::Elections => (lang.of(words::ELECTIONS), "t-candidate"),
    };
    let native = matches!(chart.kind, ChartKind::Kind(_));
    let here: Vec<Option<u64>> = chart.lines.iter().map(|line| line[at]).collect();
    let (stretch, peak) = chart.peak().unwrap_or_default();
    let start = metrics.start_of(stretch);
    let peak = figure(chart.unit, peak);
    let to_peak = props.act.reform(move |_: MouseEvent| Action::Seek(start));
    let spoken = words::chart_spoken(lang, name, &peak, start);
    html! {
        <tr key={index} class={classes!(native.then_some("metric-kind"))}>
            <th scope="row" lang={native.then_some("en")}>{name}</th>
            <td class={classes!("metric-chart", class)}>
                {picture(chart, spoken, metrics, props)}
            </td>
            <td class="right num">{figures(chart.unit, &here)}</td>
            <td class="right num">{figures(chart.unit, &chart.whole)}</td>
            <td class="right num">
                <button type="button" class="plain-link" onclick={to_peak} title={clock(start)}>
                    {peak}
                </button>
            </td>
        </tr>
    }
}

/// The chart; a press seeks.
fn picture(
    chart: &ChartView,
    spoken: String,
    metrics: &MetricsView,
    props: &MetricsPanelProps,
) -> Html {
    let top = chart.peak().map_or(1, |(_, peak)| peak);
    let end = metrics.end;
    let onclick = props.act.reform(move |event: MouseEvent| Action::Seek(pressed(&event, end)));
    let wide = chart.lines.first().map_or(1, Vec::len);
    let here = percent(props.view.playhead.at, end);
    html! {
        <svg class="chart axis" role="img" aria-label={spoken} {onclick}>
            <svg viewBox={format!("0 0 {wide} {HEIGHT}")} preserveAspectRatio="none"
                width="100%" height="100%">
                for (number, line) in chart.lines.iter().enumerate() {
                    if number == 0 {
                        <path class="chart-fill" d={path(line, top, true)} />
                        <path class="chart-line" d={path(line, top, false)} />
                    } else {
                        <path class="chart-line chart-second" d={path(line, top, false)} />
                    }
                }
            </svg>
            <line class="chart-here" x1={here.clone()} x2={here} y1="0" y2="100%" />
        </svg>
    }
}

fn figure(unit: Unit, value: u64) -> String {
    match unit {
        Unit::PerSecond => words::per_second(value),
        Unit::BytesPerSecond => words::bytes_per_second(value),
        Unit::Time => words::nanos(value),
        Unit::Count => number(value),
    }
}

/// One figure, or two beside each other.
fn figures(unit: Unit, values: &[Option<u64>]) -> String {
    let known = values.iter().map(|it| it.map_or("–".to_owned(), |it| figure(unit, it)));
    known.collect::<Vec<_>>().join(" / ")
}
