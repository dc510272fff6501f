//! What stands over the scene when there is none, or no more of it.

use quorate::lab::{Action, RunView, Say, Status, ViewModel};
use quorate::scene::text::{Label, Lang, run_stopped, stopped_detail};
use yew::prelude::*;

use super::parts::{button, on, said, verdict};
use super::session::Same;

pub(crate) struct CardsProps {
    pub(crate) view: Same<ViewModel>,
    /// The link that was opened could not be read.
    pub(crate) broken_link: Option<Say>,
    pub(crate) act: Callback<Action>,
    pub(crate) on_gallery: Callback<()>,
    /// Plays the first scenario of the gallery.
    pub(crate) on_first: Callback<()>,
}

/// At most one card.
pub(crate) fn stage_cards(lang: Lang, props: &CardsProps) -> Html {
    let view = &props.view;
    if let Some(why) = &props.broken_link {
        return broken_link(
            lang,
            &BrokenProps {
                why: why.clone(),
                on_gallery: props.on_gallery.clone(),
                on_first: props.on_first.clone(),
            },
        );
    }
    match view.run {
        RunView::Empty => {
            no_cluster(lang, &NoClusterProps { on_gallery: props.on_gallery.clone() })
        }
        RunView::Limited(events) if view.playhead.event >= events => {
            stopped(lang, &StoppedProps { events, end: view.playhead.end, act: props.act.clone() })
        }
        RunView::Limited(_) | RunView::Computing | RunView::Complete => Html::default(),
    }
}

struct BrokenProps {
    why: Say,
    on_gallery: Callback<()>,
    on_first: Callback<()>,
}

fn broken_link(lang: Lang, props: &BrokenProps) -> Html {
    html! {
        <div class="card" role="alert">
            {verdict(lang, Status::Violated)}
            <h2 class="card-title">{Label::LinkUnread.text(lang)}</h2>
            <p>{said(lang, &props.why)}</p>
            <p class="card-ways">
                {button("button line", on(&props.on_gallery), Label::OpenTheGallery.text(lang))}
                {button("button", on(&props.on_first), Label::PlayTheFirst.text(lang))}
            </p>
        </div>
    }
}

struct NoClusterProps {
    on_gallery: Callback<()>,
}

fn no_cluster(lang: Lang, props: &NoClusterProps) -> Html {
    html! {
        <div class="card">
            <svg class="empty-seats" viewBox="0 0 60 16" width="60" height="16" aria-hidden="true">
                for index in 0..3 {
                    <circle cx={(index * 20 + 10).to_string()} cy="8" r="6.5" />
                }
            </svg>
            <h2 class="card-title">{Label::NoClusterYet.text(lang)}</h2>
            <p>{Label::StartWithALine.text(lang)}</p>
            <p><code>{"cluster raft nodes=5"}</code></p>
            {button("button line", on(&props.on_gallery), Label::OpenTheGallery.text(lang))}
        </div>
    }
}

struct StoppedProps {
    events: u64,
    end: quorate::kernel::SimTime,
    act: Callback<Action>,
}

fn stopped(lang: Lang, props: &StoppedProps) -> Html {
    html! {
        <div class="card" role="status">
            {verdict(lang, Status::Undecided)}
            <h2 class="card-title">{run_stopped(lang, props.events)}</h2>
            <p>{stopped_detail(lang, props.end)}</p>
            <p class="card-ways">
                {button("button line", props.act.reform(|_: MouseEvent| Action::RaiseLimit), Label::RaiseTheLimit.text(lang))}
                {button("button", props.act.reform(|_: MouseEvent| Action::Home), Label::Start.text(lang))}
            </p>
        </div>
    }
}
