//! Playing, stepping, jumping, and the scrubber.

mod marks;
mod scrubber;
mod track;

use quorate::kernel::SimTime;
use quorate::lab::{Action, MarkKind, PlayheadView, Speed, Track};
use quorate::scene::text::time::PLAY_BACK;
use quorate::scene::text::{Label, Lang, event_of, request_of, seconds};
use yew::prelude::*;

use super::parts::{Choice, Glyph, SegmentedProps, icon, icon_button, named_button, segmented};
use super::session::{Same, Session};
pub(crate) use marks::mark_sign;
pub(crate) use scrubber::{Scrubber, percent, pressed};
pub(crate) use track::TrackPicture;

pub(crate) struct TransportProps {
    pub(crate) session: Session,
    pub(crate) playhead: PlayheadView,
    pub(crate) track: Same<Track>,
    /// Requests so far and in the whole run, in a pool.
    pub(crate) requests: Option<(u64, u64)>,
    /// The instant of the line that the caret is on.
    pub(crate) instant: Option<SimTime>,
    pub(crate) act: Callback<Action>,
}

/// The bar under the scene.
pub(crate) fn transport_bar(lang: Lang, props: &TransportProps) -> Html {
    html! {
        <section class="transport" aria-label={Label::Transport.text(lang)}>
            <div class="transport-row">
                {play_buttons(lang, &PlayProps {
                    playing: props.playhead.playing,
                    backwards: props.playhead.backwards,
                    act: props.act.clone(),
                })}
                {clock(lang, props)}
                {jumps(lang, props)}
                {speed_choice(lang, &SpeedProps {
                    speed: props.playhead.speed,
                    act: props.act.clone(),
                })}
            </div>
            <Scrubber session={props.session.clone()} playhead={props.playhead}
                instant={props.instant}
                track={props.track.clone()} act={props.act.clone()} />
        </section>
    }
}

fn clock(lang: Lang, props: &TransportProps) -> Html {
    let playhead = &props.playhead;
    let count = match props.requests {
        Some((so_far, all)) => request_of(lang, so_far, all),
        None => event_of(lang, playhead.event, playhead.events),
    };
    html! {
        <>
            <span class="clock mono">
                {seconds(playhead.at)}<span class="clock-unit">{" s"}</span>
            </span>
            <span class="counter num">{count}</span>
        </>
    }
}

fn jumps(lang: Lang, props: &TransportProps) -> Html {
    let has = |kind| props.track.marks.iter().any(|mark| mark.kind == kind);
    let jump = |action: Action| props.act.reform(move |_: MouseEvent| action.clone());
    html! {
        <span class="jumps">
            if has(MarkKind::ElectionWon) {
                {named_button(
                    "button small",
                    jump(Action::LastElection),
                    Glyph::Back,
                    Label::LastElection.text(lang),
                )}
            }
            if has(MarkKind::Violation) {
                <button type="button" class="button small button-red"
                    onclick={jump(Action::NextViolation)}>
                    {Label::NextViolation.text(lang)}{icon(Glyph::Forward)}
                </button>
            }
        </span>
    }
}

pub(crate) struct PlayProps {
    pub(crate) playing: bool,
    pub(crate) backwards: bool,
    pub(crate) act: Callback<Action>,
}

/// Back, play or pause, forward.
pub(crate) fn play_buttons(lang: Lang, props: &PlayProps) -> Html {
    let (glyph, name) =
        if props.playing { (Glyph::Pause, Label::PausePlay) } else { (Glyph::Play, Label::Play) };
    let back = lang.of(PLAY_BACK);
    let does = |action: Action| props.act.reform(move |_: MouseEvent| action.clone());
    html! {
        <span class="play-buttons">
            <button type="button" class="button icon-only play-back"
                onclick={does(Action::TogglePlayBack)} aria-label={back} title={back}
                aria-pressed={(props.playing && props.backwards).to_string()}>
                {icon(Glyph::Play)}
            </button>
            {icon_button(
                "button icon-only",
                does(Action::StepBack),
                Glyph::Back,
                Label::Back.text(lang),
            )}
            {icon_button("play", does(Action::TogglePlay), glyph, name.text(lang))}
            {icon_button(
                "button icon-only",
                does(Action::StepForward),
                Glyph::Forward,
                Label::Forward.text(lang),
            )}
        </span>
    }
}

pub(crate) struct SpeedProps {
    pub(crate) speed: Speed,
    pub(crate) act: Callback<Action>,
}

/// A quarter, one, four times, or as fast as it goes. One button that goes round where it is
/// narrow.
pub(crate) fn speed_choice(lang: Lang, props: &SpeedProps) -> Html {
    let name = |speed: Speed| match speed {
        Speed::Max => Label::SpeedMax.text(lang),
        other => other.label(),
    };
    let choices: Vec<Choice> = Speed::ALL.iter().map(|s| Choice::named(name(*s))).collect();
    let place = Speed::ALL.iter().position(|speed| *speed == props.speed);
    let next = Speed::ALL[place.map_or(0, |place| (place + 1) % Speed::ALL.len())];
    html! {
        <>
            {segmented(&SegmentedProps {
                class: "speeds",
                label: Label::Speed.text(lang).into(),
                choices,
                current: place,
                on_choose: props.act.reform(|place: usize| Action::Speed(Speed::ALL[place])),
            })}
            <button type="button" class="button line speed-round"
                aria-label={format!("{}: {}", Label::Speed.text(lang), name(props.speed))}
                onclick={props.act.reform(move |_: MouseEvent| Action::Speed(next))}>
                {name(props.speed)}
            </button>
        </>
    }
}
