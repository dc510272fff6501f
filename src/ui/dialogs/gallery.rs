//! The gallery: every scenario with a picture of it, by topic or by section, with search.

use quorate::kernel::{Family, Text};
use quorate::scene::text::{Label, Lang, family, hands};
use quorate::script::Said;
use quorate::script::gallery::{GALLERY, Item, SECTIONS};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::super::parts::{Choice, Dialog, SegmentedProps, said, segmented};
use super::super::prefs::use_lang;
use super::thumbs::{self, Thumbs};

/// Shelves in their order.
const SHELVES: [Family; 4] = [Family::Consensus, Family::Storage, Family::Balancing, Family::Naive];

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct GalleryProps {
    /// Hears the scenario chosen.
    pub(crate) on_choose: Callback<&'static Item>,
    pub(crate) on_close: Callback<()>,
}

/// The dialog.
#[component]
pub(crate) fn Gallery(props: &GalleryProps) -> Html {
    let lang = use_lang();
    let wanted = use_state(String::new);
    let by_section = use_state(|| false);
    let thumbs = use_memo(lang, |lang| Thumbs::new(*lang));
    let oninput = {
        let wanted = wanted.setter();
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            wanted.set(field.value());
        })
    };
    let all = use_memo((), |()| GALLERY.iter().map(Exhibit::of).collect::<Vec<_>>());
    let found: Vec<&Exhibit> = all.iter().filter(|one| one.matches(&wanted)).collect();
    use_effect_with((lang, (*wanted).clone(), *by_section), move |_| thumbs.wake());
    let choices = [hands::BY_TOPIC, hands::BY_SECTION];
    let on_choose = by_section.setter();
    let shelves: Vec<(String, Vec<&Exhibit>)> = if *by_section {
        let of = |section: &quorate::script::gallery::Section| {
            let name = format!("{} {}", section.number, lang.of(section.title));
            (name, found.iter().copied().filter(|one| section.has(one.item)).collect())
        };
        SECTIONS.iter().map(of).collect()
    } else {
        let of = |shelf: Family| {
            let own = found.iter().copied().filter(|one| one.shelf == shelf).collect();
            (family(lang, shelf).to_owned(), own)
        };
        SHELVES.map(of).into()
    };
    html! {
        <Dialog title={Label::GalleryTitle.text(lang)} class="gallery"
            on_close={props.on_close.clone()}>
            <div class="gallery-head" onkeydown={from_search()}>
                <input type="search" class="search" {oninput} autofocus=true
                    placeholder={Label::GallerySearch.text(lang)}
                    aria-label={Label::GallerySearch.text(lang)} />
                {segmented(&SegmentedProps {
                    class: "gallery-order",
                    label: Label::Gallery.text(lang).into(),
                    choices: choices.map(|one: Text| Choice::named(lang.of(one))).into(),
                    current: Some(usize::from(*by_section)),
                    on_choose: Callback::from(move |place| on_choose.set(place == 1)),
                })}
                <span class="muted" role="status">
                    {hands::scenarios_found(lang, found.len())}
                </span>
            </div>
            <div class="shelves" onkeydown={arrows()}>
                for (name, own) in shelves {
                    {shelf_of(lang, name, &own, &props.on_choose)}
                }
                if found.is_empty() {
                    <p class="muted">{lang.of(hands::NO_SCENARIO)}</p>
                }
            </div>
        </Dialog>
    }
}

/// A scenario with what its card says.
#[derive(Clone, PartialEq)]
struct Exhibit {
    item: &'static Item,
    title: Said,
    sentence: Said,
    shelf: Family,
    /// What is searched, in small letters.
    words: String,
}

impl Exhibit {
    fn of(item: &'static Item) -> Exhibit {
        let titles = item.titles();
        let entry = quorate::catalog::find(item.entry());
        let (title, sentence) = (titles.title, titles.sentence);
        let sections = SECTIONS.iter().filter(|section| section.has(item));
        let sections = sections.map(|one| format!("{} {}", one.title.en, one.title.zh));
        let name = entry.map_or("", |entry| entry.about.name);
        let said = [&title.en, &title.zh, &sentence.en, &sentence.zh].map(String::as_str);
        let sections = sections.collect::<Vec<_>>().join(" ");
        let words = [&[item.path, item.text, name, &sections], &said[..]].concat().join(" ");
        Exhibit {
            item,
            title,
            sentence,
            shelf: entry.map_or(Family::Balancing, |entry| entry.about.family),
            words: words.to_ascii_lowercase(),
        }
    }

    /// Every word typed occurs in the titles, the path, the text or a section, in either language.
    fn matches(&self, wanted: &str) -> bool {
        let wanted = wanted.to_ascii_lowercase();
        wanted.split_whitespace().all(|word| self.words.contains(word))
    }
}

fn shelf_of(
    lang: Lang,
    name: String,
    own: &[&Exhibit],
    on_choose: &Callback<&'static Item>,
) -> Html {
    if own.is_empty() {
        return Html::default();
    }
    html! {
        <section class="shelf" key={name.clone()}>
            <h3>{name}</h3>
            <ul class="exhibits">
                for exhibit in own {
                    {card(lang, exhibit, on_choose)}
                }
            </ul>
        </section>
    }
}

fn card(lang: Lang, exhibit: &Exhibit, on_choose: &Callback<&'static Item>) -> Html {
    let item = exhibit.item;
    html! {
        <li key={item.path}>
            <button type="button" class="exhibit"
                onclick={on_choose.reform(move |_: MouseEvent| item)}>
                <img class="exhibit-picture" alt="" width="240" height="150"
                    data-thumb={item.path} src={thumbs::known(item.path, lang)} />
                <span class="exhibit-entry">{item.entry()}</span>
                <b>{said(lang, &exhibit.title)}</b>
                <span class="muted">{said(lang, &exhibit.sentence)}</span>
            </button>
        </li>
    }
}

/// All cards on screen, in order.
fn cards(inside: &Element) -> Vec<HtmlElement> {
    let Ok(Some(dialog)) = inside.closest("dialog") else { return Vec::new() };
    let Ok(cards) = dialog.query_selector_all(".exhibit") else { return Vec::new() };
    (0..cards.length()).filter_map(|at| cards.item(at)?.dyn_into().ok()).collect()
}

/// Down from the search goes to the first card.
fn from_search() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        let target: Element = event.target_unchecked_into();
        if event.key() == "ArrowDown"
            && let Some(card) = cards(&target).first()
        {
            event.prevent_default();
            let _ = card.focus();
        }
    })
}

/// Arrows go from card to card, as they stand on the screen; tabs go through all of them.
fn arrows() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        let target: Element = event.target_unchecked_into();
        let cards = cards(&target);
        let own: &web_sys::Node = &target;
        let Some(place) = cards.iter().position(|card| own == card.as_ref()) else { return };
        let next = match event.key().as_str() {
            "ArrowRight" => Some(place + 1),
            "ArrowLeft" => place.checked_sub(1),
            "ArrowDown" => row(&cards, place, true),
            "ArrowUp" => row(&cards, place, false),
            "Home" => Some(0),
            "End" => cards.len().checked_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(card) = next.and_then(|next| cards.get(next)) {
            let _ = card.focus();
        }
    })
}

/// The card in the next row, or the one before, that stands nearest.
fn row(cards: &[HtmlElement], place: usize, down: bool) -> Option<usize> {
    let spot = |card: &HtmlElement| {
        let bounds = card.get_bounding_client_rect();
        (bounds.left(), bounds.top())
    };
    let (x, y) = spot(&cards[place]);
    let there = cards
        .iter()
        .map(spot)
        .enumerate()
        .filter(|(_, (_, top))| if down { *top > y + 8.0 } else { *top < y - 8.0 });
    let far = |(left, top): (f64, f64)| (top - y).abs() * 100.0 + (left - x).abs();
    there.min_by(|a, b| far(a.1).total_cmp(&far(b.1))).map(|(index, _)| index)
}
