//! Inside another page: the scene, a little transport, and the way to the playground.

use quorate::lab::Action;
use quorate::scene::text::{Label, seconds};
use yew::prelude::*;

use super::app::Opened;
use super::dom::Sight;
use super::narration::{NarrationProps, narration};
use super::parts::{Glyph, icon, said};
use super::place;
use super::prefs::use_lang;
use super::session::{Same, Session, use_view};
use super::stage::Stage;
use super::topbar::wordmark;
use super::transport::{PlayProps, Scrubber, SpeedProps, play_buttons, speed_choice};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EmbedProps {
    pub(crate) opened: Opened,
}

/// The face of the page inside a frame. It writes nothing, and rests while it is out of sight.
#[component]
pub(crate) fn Embed(props: &EmbedProps) -> Html {
    let lang = use_lang();
    let session = &props.opened.session;
    let view = use_view(session);
    let frame = use_node_ref();
    use_effect_with((frame.clone(), session.clone()), |(frame, session)| {
        let session = session.clone();
        let frame = frame.cast::<web_sys::Element>();
        let see = move |in_sight| session.set_in_sight(in_sight);
        let sight = frame.and_then(|frame| Sight::new(&frame, see));
        move || drop(sight)
    });
    let act = {
        let session = session.clone();
        Callback::from(move |action: Action| session.act(action))
    };
    let title = said(lang, &view.title);
    html! {
        <div class="embed" ref={frame}>
            <main class="embed-main" aria-label={title}>
                <div class="caption">
                    {narration(lang, &NarrationProps {
                        sentence: said(lang, &view.narration).into(),
                        names: Same::from(&view.names),
                    })}
                </div>
                <div class="stage-area">
                    <Stage session={session.clone()} view={view.clone()}
                        on_select={act.reform(Action::Select)} />
                    if let Some(why) = &props.opened.broken_link {
                        <div class="card" role="alert">
                            <h2 class="card-title">{Label::LinkUnread.text(lang)}</h2>
                            <p>{said(lang, why)}</p>
                        </div>
                    }
                </div>
            </main>
            <section class="embed-bar" aria-label={Label::Transport.text(lang)}>
                {play_buttons(lang, &PlayProps {
                    playing: view.playhead.playing,
                    backwards: view.playhead.backwards,
                    act: act.clone(),
                })}
                <span class="clock mono">
                    {seconds(view.playhead.at)}<span class="clock-unit">{" s"}</span>
                </span>
                <Scrubber session={session.clone()} playhead={view.playhead}
                    track={Same::from(&view.track)} act={act.clone()} />
                {speed_choice(lang, &SpeedProps { speed: view.playhead.speed, act })}
                <a class="button line" target="_blank" rel="noopener"
                    href={format!("{}#{}", place::base(), place::fragment())}
                    onclick={with_position(session)}>
                    {wordmark()}<span>{Label::OpenInPlayground.text(lang)}</span>
                    {icon(Glyph::Out)}
                </a>
            </section>
        </div>
    }
}

/// The link is made when it is followed: it holds the position of that moment.
fn with_position(session: &Session) -> Callback<MouseEvent> {
    let session = session.clone();
    Callback::from(move |event: MouseEvent| {
        let link: web_sys::Element = event.target_unchecked_into();
        if let (Ok(Some(link)), Some(fragment)) = (link.closest("a"), session.link()) {
            let _ = link.set_attribute("href", &format!("{}#{fragment}", place::base()));
        }
    })
}
