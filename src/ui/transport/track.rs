//! The picture under the slider: who led when, which faults were in force, the hours of the clock.

use quorate::kernel::{SimTime, Span};
use quorate::lab::{SpanKind, Track, TrackSpan};
use quorate::scene::text::span;
use yew::prelude::*;

use super::super::session::Same;
use super::scrubber::percent;

/// Height of the line everything stands on.
const LINE_Y: &str = "24";
/// Ticks of the axis, at most.
const TICKS: u64 = 8;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TrackProps {
    pub(crate) track: Same<Track>,
    pub(crate) end: SimTime,
}

/// The picture. Positions are percentages, so it needs no measuring.
#[component]
pub(crate) fn TrackPicture(props: &TrackProps) -> Html {
    let spans = |kind: SpanKind| props.track.spans.iter().filter(move |span| span.kind == kind);
    html! {
        <svg class="track" aria-hidden="true">
            <defs>
                <pattern id="track-hatch" width="6" height="6" patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)">
                    <path class="hatch-line" d="M0 0V6" />
                </pattern>
            </defs>
            for stretch in spans(SpanKind::Fault) {
                {fault(stretch, props.end)}
            }
            <line class="track-base" x1="0" x2="100%" y1={LINE_Y} y2={LINE_Y} />
            for stretch in spans(SpanKind::Led).chain(spans(SpanKind::LedWithoutQuorum)) {
                {led(stretch, props.end)}
            }
            for at in ticks(props.end) {
                {tick(at, props.end)}
            }
        </svg>
    }
}

fn width(stretch: &TrackSpan, end: SimTime) -> String {
    percent(SimTime(stretch.to.0.saturating_sub(stretch.from.0)), end)
}

fn fault(stretch: &TrackSpan, end: SimTime) -> Html {
    let (x, width) = (percent(stretch.from, end), width(stretch, end));
    html! {
        <>
            <rect class="track-fault" x={x.clone()} width={width.clone()} y="16" height="16" />
            <rect {x} {width} y="16" height="16" fill="url(#track-hatch)" />
        </>
    }
}

fn led(stretch: &TrackSpan, end: SimTime) -> Html {
    let (from, to) = (percent(stretch.from, end), percent(stretch.to, end));
    let hollow = stretch.kind == SpanKind::LedWithoutQuorum;
    html! {
        <>
            <line class="track-led" x1={from.clone()} x2={to.clone()} y1={LINE_Y} y2={LINE_Y} />
            if hollow {
                <line class="track-hollow" x1={from} x2={to} y1={LINE_Y} y2={LINE_Y} />
            }
        </>
    }
}

fn tick(at: SimTime, end: SimTime) -> Html {
    let anchor = match at.0 {
        0 => "start",
        _ if at.0.saturating_mul(50) > end.0.saturating_mul(49) => "end",
        _ => "middle",
    };
    let label = if at.0 == 0 { "0 s".to_owned() } else { span(at.since(SimTime::ZERO)) };
    html! {
        <text class="track-tick num" x={percent(at, end)} y="47" text-anchor={anchor}>{label}</text>
    }
}

/// Round instants from the start to the end: steps of 1, 2 or 5 of a power of ten.
fn ticks(end: SimTime) -> Vec<SimTime> {
    let mut step = Span::millis(1).0;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut unit = step;
    while end.0 / step > TICKS {
        let factor = factors.next().unwrap_or(10);
        step = unit.saturating_mul(factor);
        if factor == 10 {
            unit = step;
        }
    }
    (0..=end.0 / step).map(|index| SimTime(index * step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn ticks_are_round_and_few() {
        let at = |ms: u64| SimTime(Span::millis(ms).0);
        let seconds = ticks(at(4_000));
        assert_eq!(seconds.len(), 9);
        assert_eq!(seconds[1], at(500));
        let minutes = ticks(at(1_000_000));
        assert_eq!(minutes[1], at(200_000));
        assert_eq!(ticks(SimTime::ZERO), [SimTime::ZERO]);
    }
}
