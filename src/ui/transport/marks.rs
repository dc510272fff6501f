//! The markers on the axis. One of them is in the order of tabs; arrows lead to the others.

use quorate::kernel::SimTime;
use quorate::lab::{Action, MarkKind, Track, TrackMark};
use quorate::scene::text::{Label, Lang, clock};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::super::dom;
use super::super::parts::said;
use super::super::prefs::use_lang;
use super::super::session::Same;
use super::scrubber::percent;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MarksProps {
    pub(crate) track: Same<Track>,
    pub(crate) end: SimTime,
    pub(crate) act: Callback<Action>,
}

/// The markers.
#[component]
pub(crate) fn Marks(props: &MarksProps) -> Html {
    let lang = use_lang();
    html! {
        <svg class="marks" role="group" aria-label={Label::Markers.text(lang)}
            onkeydown={arrows(props)}>
            for (index, mark) in props.track.marks.iter().enumerate() {
                {sign(lang, (index, mark), props)}
            }
        </svg>
    }
}

/// Puts one marker into the order of tabs: the last at or before the playhead. The tree does not
/// know, since it would look at every marker anew.
#[hook]
pub(super) fn use_stop(track: &Track, event: u64) {
    let reached = track.marks.iter().rposition(|mark| mark.event <= event).unwrap_or(0);
    use_effect_with((reached, track.marks.len()), |(reached, _)| {
        let stop = |index: usize, tabindex: &str| {
            if let Some(mark) = dom::document().get_element_by_id(&id(index)) {
                let _ = mark.set_attribute("tabindex", tabindex);
            }
        };
        let reached = *reached;
        stop(reached, "0");
        move || stop(reached, "-1")
    });
}

fn name(mark: &TrackMark, label: &str) -> AttrValue {
    AttrValue::from(format!("{}, {label}", clock(mark.at)))
}

fn id(index: usize) -> String {
    format!("mark-{index}")
}

/// Left and right go from marker to marker, taking focus and playhead along.
fn arrows(props: &MarksProps) -> Callback<KeyboardEvent> {
    let (track, act) = (props.track.clone(), props.act.clone());
    Callback::from(move |event: KeyboardEvent| {
        let target: web_sys::Element = event.target_unchecked_into();
        let index: Option<usize> =
            target.id().strip_prefix("mark-").and_then(|index| index.parse().ok());
        let Some(index) = index else { return };
        let to = match event.key().as_str() {
            "ArrowLeft" => index.saturating_sub(1),
            "ArrowRight" => (index + 1).min(track.marks.len().saturating_sub(1)),
            "Enter" | " " => index,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(mark) = track.marks.get(to) {
            act.emit(Action::SeekEvent(mark.event));
            focus(&id(to));
        }
    })
}

fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    if let Some(element) = dom::document().get_element_by_id(id) {
        // Shapes can be focused like elements of HTML; their method has the same name.
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// One marker, with the shape of its kind.
fn sign(lang: Lang, (index, mark): (usize, &TrackMark), props: &MarksProps) -> Html {
    let (class, path) = shape(mark.kind);
    let name = name(mark, &said(lang, &mark.label));
    let event = mark.event;
    html! {
        <svg x={percent(mark.at, props.end)} overflow="visible">
            <g id={id(index)} class={classes!("mark", class)} role="button" tabindex="-1"
                aria-label={name.clone()}
                onclick={props.act.reform(move |_: MouseEvent| Action::SeekEvent(event))}>
                <title>{name}</title>
                <rect class="mark-area" x="-6" y="2" width="12" height="34" />
                <path d={path} />
            </g>
        </svg>
    }
}

/// A marker to look at only.
pub(crate) fn mark_sign(mark: &TrackMark, end: SimTime) -> Html {
    let (class, path) = shape(mark.kind);
    html! {
        <svg x={percent(mark.at, end)} overflow="visible">
            <g class={classes!("mark", class)}><path d={path} /></g>
        </svg>
    }
}

/// Shapes stand around the line at 24: diamonds on it, calls and commits above it.
fn shape(kind: MarkKind) -> (&'static str, &'static str) {
    match kind {
        MarkKind::ElectionWon => ("mark-won", "M0 18.4l5.6 5.6L0 29.6 -5.6 24z"),
        MarkKind::ElectionLost => ("mark-lost", "M0 18.4l5.6 5.6L0 29.6 -5.6 24z"),
        MarkKind::Crash => ("mark-crash", "M-4 20l8 8M4 20l-8 8"),
        MarkKind::Restart => ("mark-restart", "M3.6 21.4A4.5 4.5 0 1 1 0 19.5M0 17v5l3-2.5z"),
        MarkKind::Fault => ("mark-fault", "M0 15v18"),
        MarkKind::Call => ("mark-call", "M-3.5 5.5h7v7h-7z"),
        MarkKind::Commit => ("mark-commit", "M0 5.5v9"),
        MarkKind::Violation => ("mark-violation", "M0 4.5l6.6 11.5H-6.6zM0 16v17"),
    }
}
