//! The time axis of the whole run: what happened when, and a playhead to drag.

use quorate::kernel::SimTime;
use quorate::lab::{Action, PlayheadView, Track};
use quorate::scene::text::{Label, event_of, playhead_spoken};
use web_sys::Element;
use yew::prelude::*;

use super::super::prefs::use_lang;
use super::super::session::{Same, Session};
use super::marks::{Marks, use_stop};
use super::track::TrackPicture;

/// A page of the slider: a tenth of the run.
const PAGE: u64 = 10;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ScrubberProps {
    pub(crate) session: Session,
    pub(crate) playhead: PlayheadView,
    pub(crate) track: Same<Track>,
    /// The instant of the line that the caret is on.
    #[prop_or_default]
    pub(crate) instant: Option<SimTime>,
    pub(crate) act: Callback<Action>,
}

/// The scrubber: a picture, a slider over it, and markers one can visit.
#[component]
pub(crate) fn Scrubber(props: &ScrubberProps) -> Html {
    let lang = use_lang();
    let playhead = &props.playhead;
    let spoken = format!(
        "{}, {}",
        playhead_spoken(lang, playhead.at, playhead.end),
        event_of(lang, playhead.event, playhead.events)
    );
    let millis = |at: SimTime| (at.0 / 1_000_000).to_string();
    let drag = use_drag(props);
    use_stop(&props.track, playhead.event);
    html! {
        <div class="scrubber">
            <TrackPicture track={props.track.clone()} end={playhead.end} />
            <div class="slider-area" role="slider" tabindex="0"
                aria-label={Label::Timeline.text(lang)} aria-valuemin="0"
                aria-valuemax={millis(playhead.end)} aria-valuenow={millis(playhead.at)}
                aria-valuetext={spoken} onpointerdown={drag.down} onpointermove={drag.moved}
                onpointerup={drag.up.clone()} onpointercancel={drag.up}
                onkeydown={page_keys(props)} />
            <Marks track={props.track.clone()} end={playhead.end}
                act={props.act.clone()} />
            if let Some(at) = props.instant.filter(|at| *at <= playhead.end) {
                <svg class="playhead-layer" aria-hidden="true">
                    <svg x={percent(at, playhead.end)} overflow="visible">
                        <path class="caret-mark" d="M0 33l5 8h-10z" />
                    </svg>
                </svg>
            }
            <Playhead session={props.session.clone()} end={playhead.end} at={playhead.at} />
        </div>
    }
}

fn page_keys(props: &ScrubberProps) -> Callback<KeyboardEvent> {
    let (playhead, act) = (props.playhead, props.act.clone());
    Callback::from(move |event: KeyboardEvent| {
        let page = playhead.end.0 / PAGE;
        let to = match event.key().as_str() {
            "PageUp" => playhead.at.0.saturating_add(page).min(playhead.end.0),
            "PageDown" => playhead.at.0.saturating_sub(page),
            _ => return,
        };
        event.prevent_default();
        act.emit(Action::Seek(SimTime(to)));
    })
}

struct Drag {
    down: Callback<PointerEvent>,
    moved: Callback<PointerEvent>,
    up: Callback<PointerEvent>,
}

/// Dragging seeks; a run that played goes on playing afterwards.
#[hook]
fn use_drag(props: &ScrubberProps) -> Drag {
    // Whether a drag is on, and whether it interrupted playing.
    let held = use_mut_ref(|| None::<bool>);
    let end = props.playhead.end;
    let down = {
        let (held, act, playing) = (held.clone(), props.act.clone(), props.playhead.playing);
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 {
                return;
            }
            let area: Element = event.target_unchecked_into();
            let _ = area.set_pointer_capture(event.pointer_id());
            held.replace(Some(playing));
            act.emit(Action::Pause);
            act.emit(Action::Seek(instant(&event, &area, end)));
        })
    };
    let moved = {
        let (held, act) = (held.clone(), props.act.clone());
        Callback::from(move |event: PointerEvent| {
            if held.borrow().is_some() {
                let area: Element = event.target_unchecked_into();
                act.emit(Action::Seek(instant(&event, &area, end)));
            }
        })
    };
    let up = {
        let act = props.act.clone();
        Callback::from(move |_: PointerEvent| {
            if held.take() == Some(true) {
                act.emit(Action::Play);
            }
        })
    };
    Drag { down, moved, up }
}

/// The instant under the pointer.
fn instant(event: &PointerEvent, area: &Element, end: SimTime) -> SimTime {
    let bounds = area.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
    SimTime((share.clamp(0.0, 1.0) * end.0 as f64) as u64)
}

/// The instant under a press on a picture of the axis: an element of the class `axis`.
pub(crate) fn pressed(event: &MouseEvent, end: SimTime) -> SimTime {
    let target: Element = event.target_unchecked_into();
    let area = target.closest(".axis").ok().flatten().unwrap_or(target);
    let bounds = area.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
    SimTime((share.clamp(0.0, 1.0) * end.0 as f64) as u64)
}

/// A position on the axis as a percentage.
pub(crate) fn percent(at: SimTime, end: SimTime) -> String {
    let share = if end.0 == 0 { 0.0 } else { at.0 as f64 / end.0 as f64 };
    let thousandths = (share.clamp(0.0, 1.0) * 100_000.0).round() as u32;
    format!("{}.{:03}%", thousandths / 1_000, thousandths % 1_000)
}

#[derive(Clone, PartialEq, Properties)]
struct PlayheadProps {
    session: Session,
    end: SimTime,
    at: SimTime,
}

/// The playhead, moved outside the tree as often as the stage is drawn.
#[component]
fn Playhead(props: &PlayheadProps) -> Html {
    let head = use_node_ref();
    use_effect_with((props.session.clone(), props.end), {
        let head = head.clone();
        move |(session, end)| {
            let (lab, end) = (session.clone(), *end);
            let hearing = session.on_painted(move || {
                if let (Some(head), Some(stage)) = (head.cast::<Element>(), lab.stage()) {
                    let _ = head.set_attribute("x", &percent(stage.at, end));
                }
            });
            move || drop(hearing)
        }
    });
    html! {
        <svg class="playhead-layer" aria-hidden="true">
            <svg ref={head} x={percent(props.at, props.end)} overflow="visible">
                <path class="playhead-line" d="M0 4V35" />
                <path class="playhead-head" d="M-5.5 1h11v6.5L0 13l-5.5-5.5z" />
            </svg>
        </svg>
    }
}
