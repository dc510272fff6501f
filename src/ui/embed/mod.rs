//! Inside another page: the scene, a little transport, and the way to the playground.

mod talk;

use quorate::lab::host::{Part, Parts};
use quorate::lab::{Action, Say, ViewModel};
use quorate::scene::text::{Label, Lang, at_line, seconds};
use yew::prelude::*;

use super::app::Opened;
use super::dom::{self, Listener, Sight};
use super::narration::{NarrationProps, narration};
use super::parts::{Glyph, icon, icon_button, said};
use super::place;
use super::prefs::Prefs;
use super::session::{Same, Session, use_view};
use super::stage::Stage;
use super::topbar::wordmark;
use super::transport::{PlayProps, Scrubber, SpeedProps, play_buttons, speed_choice};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EmbedProps {
    pub(crate) opened: Opened,
    pub(crate) prefs: Prefs,
}

/// True if the page around brings the scenario: a figure of `quorate-embed.js`.
pub(crate) fn is_guided() -> bool {
    place::parameter("embed").is_some_and(|value| value == "live")
}

/// The face of the page inside a frame. It writes nothing, and rests while it is out of sight.
#[component]
pub(crate) fn Embed(props: &EmbedProps) -> Html {
    let lang = props.prefs.lang;
    let session = &props.opened.session;
    let view = use_view(session);
    let frame = use_node_ref();
    let parts = use_state(|| {
        let asked = place::parameter("views").as_deref().and_then(Parts::named);
        asked.unwrap_or_default()
    });
    use_effect_with((frame.clone(), session.clone()), |(frame, session)| {
        let session = session.clone();
        let frame = frame.cast::<web_sys::Element>();
        let see = move |in_sight| session.set_in_sight(in_sight);
        let sight = frame.and_then(|frame| Sight::new(&frame, see));
        move || drop(sight)
    });
    talk::use_host(session, &props.prefs, &parts.setter());
    talk::use_tidings(lang, &view);
    use_height(&frame, &view, *parts);
    let act = {
        let session = session.clone();
        Callback::from(move |action: Action| session.act(action))
    };
    let toggle = {
        let parts = parts.clone();
        Callback::from(move |_: MouseEvent| parts.set(parts.toggled(Part::Text)))
    };
    html! {
        <div class="embed" ref={frame}>
            <main class="embed-main" aria-label={said(lang, &view.title)}>
                if parts.show(Part::Sentence) {
                    <div class="caption">
                        {narration(lang, &NarrationProps {
                            sentence: said(lang, &view.narration).into(),
                            names: Same::from(&view.names),
                        })}
                        {icon_button("button icon-only", toggle, Glyph::Dots,
                            Label::ScenarioText.text(lang))}
                    </div>
                }
                <div class="stage-area">
                    if parts.show(Part::Scene) {
                        <Stage session={session.clone()} view={view.clone()}
                            on_select={act.reform(Action::Select)} />
                    }
                    if parts.show(Part::Text) {
                        {scenario_text(lang, &view)}
                    }
                    {trouble(lang, &view, props.opened.broken_link.as_ref())}
                </div>
            </main>
            {bar(lang, session, &view, *parts, &act)}
        </div>
    }
}

/// What is under the scene.
fn bar(
    lang: Lang,
    session: &Session,
    view: &Same<ViewModel>,
    parts: Parts,
    act: &Callback<Action>,
) -> Html {
    let (transport, open) = (parts.show(Part::Transport), parts.show(Part::Open));
    if !transport && !open {
        return Html::default();
    }
    html! {
        <section class="embed-bar" aria-label={Label::Transport.text(lang)}>
            if transport {
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
                {speed_choice(lang, &SpeedProps {
                    speed: view.playhead.speed,
                    act: act.clone(),
                })}
            }
            if open {
                <a class="button line" target="_blank" rel="noopener"
                    aria-label={Label::OpenInPlayground.text(lang)}
                    href={format!("{}#{}", place::base(), place::fragment())}
                    onclick={with_position(session)}
                    onpointerdown={with_position(session).reform(Into::into)}>
                    {wordmark()}<span>{Label::OpenInPlayground.text(lang)}</span>
                    {icon(Glyph::Out)}
                </a>
            }
        </section>
    }
}

/// The scenario, with the line that struck last.
fn scenario_text(lang: Lang, view: &ViewModel) -> Html {
    let lines = view.text.lines().zip(1..).map(|(line, number)| {
        let current = view.current_line == Some(number);
        html! { <span class={current.then_some("current")}>{line.to_owned()}{"\n"}</span> }
    });
    html! {
        <pre class="embed-text mono" tabindex="0" aria-label={Label::ScenarioText.text(lang)}>
            {for lines}
        </pre>
    }
}

/// Why there is no run, or not the one that was asked for.
fn trouble(lang: Lang, view: &ViewModel, broken_link: Option<&Say>) -> Html {
    if let Some(why) = broken_link {
        return html! {
            <div class="card" role="alert">
                <h2 class="card-title">{Label::LinkUnread.text(lang)}</h2>
                <p>{said(lang, why)}</p>
            </div>
        };
    }
    let Some(first) = view.problems.first() else { return Html::default() };
    html! {
        <div class="card" role="alert">
            <h2 class="card-title">{at_line(lang, first.line)}</h2>
            <p>{said(lang, &first.says())}</p>
            <pre class="mono">{view.text.lines().nth(first.line as usize - 1).map(str::to_owned)}</pre>
        </div>
    }
}

/// Tells the page around how high the figure wants to be. It depends on the width and on what is
/// shown, never on the height it was given, or the two would chase each other.
#[hook]
fn use_height(frame: &NodeRef, view: &Same<ViewModel>, parts: Parts) {
    let servers = view.pool.as_ref().map_or(0, |pool| pool.servers.len());
    use_effect_with((frame.clone(), servers, parts), move |(frame, servers, parts)| {
        let (frame, servers, parts) = (frame.clone(), *servers, *parts);
        let tell = move || {
            let Some(frame) = frame.cast::<web_sys::Element>() else { return };
            let width = f64::from(frame.client_width());
            let around: i32 = [".caption", ".embed-bar"]
                .iter()
                .filter_map(|part| frame.query_selector(part).ok().flatten())
                .map(|part| part.scroll_height().min(part.client_height()) + 1)
                .sum();
            let stage = parts.show(Part::Scene) || parts.show(Part::Text);
            let stage = if stage { quorate::scene::figure_height(width, servers) } else { 0.0 };
            talk::tell("height", &[("height", (f64::from(around + 2) + stage).into())]);
        };
        tell();
        let listener = Listener::new(&dom::window(), "resize", move |_| tell());
        move || drop(listener)
    });
}

/// The link is made when it is reached for: it holds the position of that moment.
fn with_position(session: &Session) -> Callback<MouseEvent> {
    let session = session.clone();
    Callback::from(move |event: MouseEvent| {
        let link: web_sys::Element = event.target_unchecked_into();
        if let (Ok(Some(link)), Some(fragment)) = (link.closest("a"), session.link()) {
            let _ = link.set_attribute("href", &format!("{}#{fragment}", place::base()));
        }
    })
}
