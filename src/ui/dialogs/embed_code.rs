//! What shows this scenario inside another page: chosen, seen, copied.

use quorate::kernel::SimTime;
use quorate::lab::snippet::{Figure, Host};
use quorate::scene::text::{Label, Lang, seconds};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::super::parts::{Choice, Dialog, SegmentedProps, button, segmented};
use super::super::place;
use super::super::prefs::use_lang;
use super::super::session::Same;

/// Height of a figure, in pixels: usual, least and most.
const HEIGHT: (u32, u32, u32) = (460, 200, 1_200);

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EmbedDialogProps {
    /// The fragment that holds the scenario.
    pub(crate) fragment: AttrValue,
    pub(crate) text: Same<str>,
    pub(crate) title: AttrValue,
    /// The playhead.
    pub(crate) at: SimTime,
    /// Hears the snippet to copy.
    pub(crate) on_copy: Callback<String>,
    pub(crate) on_close: Callback<()>,
}

/// What was chosen.
#[derive(Clone, Copy, PartialEq)]
struct Chosen {
    host: Host,
    theme: usize,
    lang: usize,
    height: u32,
    plays: bool,
    from_here: bool,
}

const THEMES: [Option<&str>; 3] = [None, Some("light"), Some("dark")];
const LANGS: [Option<&str>; 3] = [None, Some("en"), Some("zh")];

/// The dialog.
#[component]
pub(crate) fn EmbedDialog(props: &EmbedDialogProps) -> Html {
    let lang = use_lang();
    let first = Chosen {
        host: Host::Frame,
        theme: 0,
        lang: 0,
        height: HEIGHT.0,
        plays: false,
        from_here: false,
    };
    let chosen = use_state_eq(|| first);
    // While it plays the playhead moves on; the figure starts where it was.
    let at = *use_memo((), |()| props.at);
    let figure = Figure {
        base: place::base(),
        fragment: props.fragment.to_string(),
        text: props.text.to_string(),
        title: props.title.to_string(),
        theme: THEMES[chosen.theme],
        lang: LANGS[chosen.lang],
        autoplay: chosen.plays,
        at: Some(at).filter(|at| chosen.from_here && *at > SimTime::ZERO),
        height: chosen.height,
    };
    let set = {
        let state = chosen.setter();
        Callback::from(move |next| state.set(next))
    };
    let code = figure.snippet(chosen.host);
    let onclick = {
        let code = code.clone();
        props.on_copy.reform(move |_: MouseEvent| code.clone())
    };
    let fenced = matches!(chosen.host, Host::MdBook | Host::Docusaurus | Host::MkDocs);
    html! {
        <Dialog title={Label::EmbedTitle.text(lang)} class="embedding"
            on_close={props.on_close.clone()}>
            <p>{Label::EmbedHelp.text(lang)}</p>
            {options(lang, *chosen, at, &set)}
            <textarea class="snippet mono" readonly=true rows="7" value={code}
                aria-label={Label::EmbedTitle.text(lang)} />
            if fenced {
                <p class="muted">{Label::EmbedOnce.text(lang)}{" "}<code>{figure.script()}</code></p>
            }
            <p class="card-ways">
                {button("button primary", onclick, Label::Copy.text(lang))}
            </p>
            <h3>{Label::EmbedPreview.text(lang)}</h3>
            <iframe class="embed-preview" key={figure.address()} src={figure.address()}
                title={Label::EmbedPreview.text(lang)} height={chosen.height.to_string()} />
        </Dialog>
    }
}

fn options(lang: Lang, chosen: Chosen, at: SimTime, set: &Callback<Chosen>) -> Html {
    let host = Callback::from({
        let set = set.clone();
        move |event: Event| {
            let place = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
            let host = Host::ALL.get(place.max(0) as usize).copied().unwrap_or_default();
            set.emit(Chosen { host, ..chosen });
        }
    });
    let height = set.reform(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        let height = value.parse().unwrap_or(HEIGHT.0).clamp(HEIGHT.1, HEIGHT.2);
        Chosen { height, ..chosen }
    });
    let around = Label::EmbedAround.text(lang);
    let themes = [around, Label::ThemeLight.text(lang), Label::ThemeDark.text(lang)];
    let langs = [around, Lang::En.own_name(), Lang::Zh.own_name()];
    let choice = |label: Label, names: [&'static str; 3], current: usize, on: Callback<usize>| {
        segmented(&SegmentedProps {
            class: "",
            label: label.text(lang).into(),
            choices: names.into_iter().map(Choice::named).collect(),
            current: Some(current),
            on_choose: on,
        })
    };
    let here = format!("{} ({} s)", Label::EmbedFromHere.text(lang), seconds(at));
    html! {
        <div class="embed-options">
            <label>
                {Label::EmbedInto.text(lang)}
                <select onchange={host}>
                    for host in Host::ALL {
                        <option selected={host == chosen.host}>{host_name(lang, host)}</option>
                    }
                </select>
            </label>
            <label>
                {Label::EmbedHeight.text(lang)}
                <input type="number" min={HEIGHT.1.to_string()} max={HEIGHT.2.to_string()}
                    step="20" value={chosen.height.to_string()} onchange={height} />
            </label>
            {choice(Label::Theme, themes, chosen.theme, set.reform(move |theme| {
                Chosen { theme, ..chosen }
            }))}
            {choice(Label::Language, langs, chosen.lang, set.reform(move |lang| {
                Chosen { lang, ..chosen }
            }))}
            {tick(Label::EmbedPlays.text(lang).to_owned(), chosen.plays, set.reform(move |plays| {
                Chosen { plays, ..chosen }
            }))}
            {tick(here, chosen.from_here, set.reform(move |from_here| {
                Chosen { from_here, ..chosen }
            }))}
        </div>
    }
}

fn host_name(lang: Lang, host: Host) -> &'static str {
    match host {
        Host::Frame => Label::EmbedFrame.text(lang),
        Host::Element => Label::EmbedElement.text(lang),
        Host::MdBook | Host::Docusaurus | Host::MkDocs | Host::Sphinx => host.name(),
    }
}

fn tick(name: String, on: bool, set: Callback<bool>) -> Html {
    let onchange =
        set.reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <label class="embed-tick">
            <input type="checkbox" checked={on} {onchange} />{name}
        </label>
    }
}
