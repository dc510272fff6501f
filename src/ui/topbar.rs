//! The bar at the top: which scenario, run and reset, share and embed, language, theme, help.

use quorate::lab::{Action, ViewModel};
use quorate::scene::text::{Label, Lang};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::parts::{Choice, Glyph, SegmentedProps, icon, named_button, on, said, segmented};
use super::prefs::{Prefs, Theme, use_lang};
use super::session::Same;

/// What the bar opens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wish {
    Gallery,
    Share,
    Embed,
    Files,
    Help,
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TopBarProps {
    pub(crate) view: Same<ViewModel>,
    pub(crate) prefs: Prefs,
    pub(crate) act: Callback<Action>,
    pub(crate) on_wish: Callback<Wish>,
}

/// The bar.
#[component]
pub(crate) fn TopBar(props: &TopBarProps) -> Html {
    let lang = use_lang();
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let more = use_node_ref();
    let on_wish = {
        let (open, more, wish) = (open.clone(), more.clone(), props.on_wish.clone());
        Callback::from(move |what: Wish| {
            if *open {
                // What was unfolded folds away, and the keyboard has a place to come back to.
                if let Some(more) = more.cast::<web_sys::HtmlElement>() {
                    let _ = more.focus();
                }
                open.set(false);
            }
            wish.emit(what);
        })
    };
    html! {
        <header class="top">
            <a class="skip" href="#scene" onclick={skip()}>{Label::SkipToScene.text(lang)}</a>
            <h1 class="brand">{wordmark()}<span>{"Quorate"}</span></h1>
            {picker(lang, &PickerProps {
                view: props.view.clone(),
                on_open: props.on_wish.reform(|()| Wish::Gallery),
            })}
            <span class="grow" />
            <div class="top-run">
                <button type="button" class="button primary"
                    onclick={props.act.reform(|_: MouseEvent| Action::Run)}>
                    {icon(Glyph::Play)}{Label::Run.text(lang)}<kbd>{run_keys()}</kbd>
                </button>
                {named_button(
                    "button line",
                    props.act.reform(|_: MouseEvent| Action::Reset),
                    Glyph::Reset,
                    Label::Reset.text(lang),
                )}
            </div>
            <button type="button" class="button icon-only top-more" ref={more} onclick={toggle}
                aria-expanded={open.to_string()} aria-label={Label::More.text(lang)}>
                {icon(Glyph::Dots)}
            </button>
            <div class={classes!("top-extra", open.then_some("top-extra-open"))}>
                {wishes(lang, &on_wish)}
                <span class="rule" />
                {screen_choice(&ScreenProps { prefs: props.prefs.clone() })}
                <button type="button" class="button icon-only" title={Label::Help.text(lang)}
                    aria-label={Label::Help.text(lang)}
                    onclick={on_wish.reform(|_: MouseEvent| Wish::Help)}>
                    {icon(Glyph::Help)}
                    <span class="narrow-name">{Label::Help.text(lang)}</span>
                </button>
            </div>
        </header>
    }
}

/// The address bar belongs to the scenario, so the link does not write it.
fn skip() -> Callback<MouseEvent> {
    Callback::from(|event: MouseEvent| {
        event.prevent_default();
        let scene = super::dom::document().get_element_by_id("scene");
        if let Some(scene) = scene.and_then(|scene| scene.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = scene.focus();
        }
    })
}

fn wishes(lang: Lang, on_wish: &Callback<Wish>) -> Html {
    let button = |wish: Wish, glyph: Glyph, name: Label| {
        let onclick = on_wish.reform(move |_: MouseEvent| wish);
        html! {
            {named_button("button", onclick, glyph, name.text(lang))}
        }
    };
    html! {
        <>
            {button(Wish::Share, Glyph::Share, Label::Share)}
            {button(Wish::Embed, Glyph::Embed, Label::Embed)}
            {button(Wish::Files, Glyph::Out, Label::Export)}
        </>
    }
}

/// `⌘↵` on a Mac, `Ctrl ↵` elsewhere.
fn run_keys() -> &'static str {
    let agent = super::dom::window().navigator().user_agent().unwrap_or_default();
    if agent.contains("Mac") { "⌘↵" } else { "Ctrl ↵" }
}

struct PickerProps {
    view: Same<ViewModel>,
    on_open: Callback<()>,
}

/// Entry and title of the scenario; opens the gallery.
fn picker(lang: Lang, props: &PickerProps) -> Html {
    let view = &props.view;
    let title = said(lang, &view.title);
    let title = if title.is_empty() { Label::Untitled.text(lang).into() } else { title };
    html! {
        <button type="button" class="picker" aria-haspopup="dialog"
            title={Label::OpenTheGallery.text(lang)} onclick={on(&props.on_open)}>
            if let Some(about) = view.about {
                <span class="picker-entry">{about.name}<span class="slash">{"/"}</span></span>
            }
            <span class="picker-title">{title}</span>
            {icon(Glyph::Down)}
            <span class="unseen">{Label::OpenTheGallery.text(lang)}</span>
        </button>
    }
}

struct ScreenProps {
    prefs: Prefs,
}

/// Language and theme.
fn screen_choice(props: &ScreenProps) -> Html {
    let prefs = &props.prefs;
    let lang = prefs.lang;
    let name = |lang: Lang| Choice { lang: Some(lang.tag()), ..Choice::named(lang.own_name()) };
    let choices: Vec<Choice> = Lang::ALL.into_iter().map(name).collect();
    let place = Lang::ALL.iter().position(|other| *other == lang);
    let (glyph, named) = match prefs.theme {
        Theme::System => (Glyph::Auto, Label::ThemeSystem),
        Theme::Light => (Glyph::Sun, Label::ThemeLight),
        Theme::Dark => (Glyph::Moon, Label::ThemeDark),
    };
    let label = format!("{}: {}", Label::Theme.text(lang), named.text(lang));
    let next = prefs.theme.next();
    html! {
        <>
            {segmented(&SegmentedProps {
                class: "",
                label: Label::Language.text(lang).into(),
                choices,
                current: place,
                on_choose: prefs.set_lang.reform(|place: usize| Lang::ALL[place]),
            })}
            <button type="button" class="button icon-only" aria-label={label.clone()}
                title={label.clone()}
                onclick={prefs.set_theme.reform(move |_: MouseEvent| next)}>
                {icon(glyph)}<span class="narrow-name">{label}</span>
            </button>
        </>
    }
}

/// A ring of five seats, three of them taken: the smallest majority. The tail makes it a Q.
pub(crate) fn wordmark() -> Html {
    html! {
        <svg class="wordmark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
            for (index, arc) in SEATS.iter().enumerate() {
                <path key={index} d={*arc}
                    class={if TAKEN.contains(&index) { "seat-arc-taken" } else { "seat-arc" }} />
            }
            <path class="wordmark-tail" d="M14 14l7 7" />
        </svg>
    }
}

/// Which of [`SEATS`] are taken.
const TAKEN: [usize; 3] = [1, 2, 3];

/// Five arcs of 52 degrees on a circle of radius 9 around (12, 12), clockwise from twelve o'clock.
const SEATS: [&str; 5] = [
    "M13.57 3.14A9 9 0 0 1 19.95 7.78",
    "M20.92 10.77A9 9 0 0 1 18.48 18.26",
    "M15.94 20.09A9 9 0 0 1 8.06 20.09",
    "M5.52 18.26A9 9 0 0 1 3.08 10.77",
    "M4.05 7.78A9 9 0 0 1 10.43 3.14",
];
