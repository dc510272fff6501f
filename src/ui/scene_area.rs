//! The scene and what lies over it: narration above, menu, bar of a partition, cards.

use quorate::kernel::NodeId;
use quorate::lab::{Action, Deed, Handling, Say, ViewModel};
use quorate::scene::Pull;
use quorate::scene::text::{Label, Lang, hands};
use yew::prelude::*;

use super::cards::{CardsProps, stage_cards};
use super::dom;
use super::faults::{Menu, MenuAt, PartitionProps, partition_bar};
use super::film::{FilmBar, Reel};
use super::hints::Hints;
use super::narration::{NarrationProps, narration};
use super::parts::{Choice, Glyph, SegmentedProps, icon, icon_button, on, said, segmented};
use super::session::{Same, Session};
use super::shrinking::{Shrink, shrink_now};
use super::stage::Stage;

/// More strategies than this go into a list.
const SEGMENTS: usize = 6;

/// What is going on over the scene.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Over {
    pub(crate) menu: Option<MenuAt>,
    /// The side picked so far, while a partition is being made.
    pub(crate) side: Option<Vec<NodeId>>,
}

/// What is asked for over the scene.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Ask {
    Menu(MenuAt),
    CloseMenu,
    /// Begins to draw a partition.
    Partition,
    Toggle(NodeId),
    /// Parts the side picked from the others.
    Split,
    /// Parts these nodes from the others.
    SplitOff(Vec<NodeId>),
    Cancel,
}

pub(crate) struct SceneAreaProps {
    pub(crate) session: Session,
    pub(crate) view: Same<ViewModel>,
    pub(crate) over: Over,
    /// A film that is being recorded.
    pub(crate) film: Option<Reel>,
    pub(crate) broken_link: Option<Say>,
    pub(crate) shrink: Shrink,
    pub(crate) act: Callback<Action>,
    pub(crate) on_ask: Callback<Ask>,
    pub(crate) on_gallery: Callback<()>,
    pub(crate) on_first: Callback<()>,
    /// Shows or hides the inspector where it is a drawer.
    pub(crate) on_drawer: Callback<()>,
}

/// The middle of the page.
pub(crate) fn scene(lang: Lang, props: &SceneAreaProps) -> Html {
    let view = &props.view;
    let broken = view.story.last().is_some_and(|step| step.event == view.playhead.event);
    html! {
        <main class="centre" id="scene" tabindex="-1" aria-label={Label::Scene.text(lang)}>
            <div class={classes!("caption", broken.then_some("caption-broken"))}>
                {narration(lang, &NarrationProps {
                    sentence: said(lang, &view.narration).into(),
                    names: Same::from(&view.names),
                })}
                if broken {
                    {shrink_now(lang, &props.shrink)}
                }
                {strategies(lang, props)}
                if props.view.pool.is_none() && props.view.names.len() > 1 {
                    {cut_button(lang, props)}
                }
                // Telephones and some frames have no full screen.
                if dom::document().fullscreen_enabled() {
                    {icon_button(
                        "button icon-only full-button",
                        full_screen(),
                        Glyph::Fullscreen,
                        Label::Fullscreen.text(lang),
                    )}
                }
                {icon_button(
                    "button icon-only drawer-button",
                    on(&props.on_drawer),
                    Glyph::Panel,
                    Label::Inspector.text(lang),
                )}
            </div>
            // They speak of nodes and leaders.
            if view.pool.is_none() {
                <Hints />
            }
            {partition(lang, props)}
            if let Some(reel) = &props.film {
                <FilmBar reel={reel.clone()} />
            }
            <div class="stage-area">
                <Stage session={props.session.clone()} view={view.clone()}
                    side={props.over.side.clone()} on_toggle={props.on_ask.reform(Ask::Toggle)}
                    on_select={props.act.reform(Action::Select)}
                    on_menu={props.on_ask.reform(Ask::Menu)}
                    on_split={props.on_ask.reform(Ask::SplitOff)}
                    on_pull={props.act.reform(pulled)} />
                {menu(props)}
                {stage_cards(lang, &CardsProps {
                    view: view.clone(),
                    broken_link: props.broken_link.clone(),
                    act: props.act.clone(),
                    on_gallery: props.on_gallery.clone(),
                    on_first: props.on_first.clone(),
                })}
            </div>
        </main>
    }
}

/// Begins to draw a partition, or no longer does.
fn cut_button(lang: Lang, props: &SceneAreaProps) -> Html {
    let picking = props.over.side.is_some();
    let name = lang.of(hands::DRAW_PARTITION);
    let onclick = props.on_ask.reform(
        move |_: MouseEvent| {
            if picking { Ask::Cancel } else { Ask::Partition }
        },
    );
    html! {
        <button type="button" class="button icon-only cut-button" aria-label={name} title={name}
            aria-pressed={picking.to_string()} {onclick}>
            {icon(Glyph::Split)}
        </button>
    }
}

/// The scene fills the screen, or no longer does.
fn full_screen() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        let document = dom::document();
        if document.fullscreen_element().is_some() {
            document.exit_fullscreen();
            return;
        }
        let button: web_sys::Element = event.target_unchecked_into();
        if let Ok(Some(scene)) = button.closest(".centre") {
            // Refused where no hand has asked for it: then nothing happens.
            let _ = scene.request_fullscreen();
        }
    })
}

/// One strategy at a time, on the same arrivals.
fn strategies(lang: Lang, props: &SceneAreaProps) -> Html {
    let Some(pool) = &props.view.pool else { return Html::default() };
    let ids: Vec<String> = pool.strategies.iter().map(|one| one.id.clone()).collect();
    let place = pool.strategies.iter().position(|one| one.current);
    let on_choose = props.act.reform(move |at: usize| Action::Strategy(ids[at].clone()));
    let label = Label::Strategies.text(lang);
    if pool.strategies.len() <= SEGMENTS {
        let choice = |one: &quorate::lab::StrategyView| Choice {
            name: said(lang, &one.name),
            title: said(lang, &one.summary),
            lang: None,
        };
        let choices: Vec<Choice> = pool.strategies.iter().map(choice).collect();
        return segmented(&SegmentedProps {
            class: "strategies",
            label: label.into(),
            choices,
            current: place,
            on_choose,
        });
    }
    let onchange = on_choose.reform(|event: Event| {
        let select: web_sys::HtmlSelectElement = event.target_unchecked_into();
        usize::try_from(select.selected_index()).unwrap_or(0)
    });
    html! {
        <select class="strategy-list" aria-label={label} {onchange}>
            for (index, one) in pool.strategies.iter().enumerate() {
                <option key={index} selected={one.current} title={said(lang, &one.summary)}>
                    {said(lang, &one.name)}
                </option>
            }
        </select>
    }
}

/// What a message is made to do by pulling it.
fn pulled((flight, pull): (u64, Pull)) -> Action {
    let handling = match pull {
        Pull::Later(by) => Handling::Delay(by),
        Pull::Now => Handling::Deliver,
    };
    Action::Do(Deed::Message(flight, handling))
}

fn menu(props: &SceneAreaProps) -> Html {
    let Some(at) = props.over.menu else { return Html::default() };
    html! {
        <Menu key={format!("{:?}", at.of)} {at} view={props.view.clone()}
            on_deed={props.act.reform(Action::Do)} on_menu={props.on_ask.reform(Ask::Menu)}
            on_close={props.on_ask.reform(|()| Ask::CloseMenu)} />
    }
}

fn partition(lang: Lang, props: &SceneAreaProps) -> Html {
    let Some(side) = props.over.side.clone() else { return Html::default() };
    partition_bar(
        lang,
        &PartitionProps {
            names: Same::from(&props.view.names),
            side,
            on_toggle: props.on_ask.reform(Ask::Toggle),
            on_split: props.on_ask.reform(|()| Ask::Split),
            on_cancel: props.on_ask.reform(|()| Ask::Cancel),
        },
    )
}
