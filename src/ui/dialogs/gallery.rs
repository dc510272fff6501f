//! The gallery: every scenario by shelf, with search.

use quorate::kernel::Family;
use quorate::scene::text::{Label, Lang, family};
use quorate::script::Said;
use quorate::script::gallery::{GALLERY, Item};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::parts::{Dialog, said};
use super::super::prefs::use_lang;

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
    let oninput = {
        let wanted = wanted.setter();
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            wanted.set(field.value());
        })
    };
    let all = use_memo((), |()| GALLERY.iter().map(Exhibit::of).collect::<Vec<_>>());
    let found: Vec<Exhibit> = all.iter().filter(|one| one.matches(&wanted)).cloned().collect();
    html! {
        <Dialog title={Label::GalleryTitle.text(lang)} class="gallery"
            on_close={props.on_close.clone()}>
            <input type="search" class="search" {oninput} autofocus=true
                placeholder={Label::GallerySearch.text(lang)}
                aria-label={Label::GallerySearch.text(lang)} />
            <div class="shelves">
                for shelf in SHELVES {
                    {shelf_of(lang, &ShelfProps {
                        shelf,
                        found: found.clone(),
                        on_choose: props.on_choose.clone(),
                    })}
                }
                if found.is_empty() {
                    <p class="muted" role="status">{Label::NothingFound.text(lang)}</p>
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
}

impl Exhibit {
    fn of(item: &'static Item) -> Exhibit {
        let titles = item.titles();
        let entry = quorate::catalog::find(item.entry());
        Exhibit {
            item,
            title: titles.title,
            sentence: titles.sentence,
            shelf: entry.map_or(Family::Balancing, |entry| entry.about.family),
        }
    }

    /// Every word typed occurs in the titles, the path or the text, in either language.
    fn matches(&self, wanted: &str) -> bool {
        let Exhibit { item, title, sentence, .. } = self;
        let place = [item.path, &title.en, &title.zh, &sentence.en, &sentence.zh, item.text];
        let place = place.join(" ").to_ascii_lowercase();
        wanted.to_ascii_lowercase().split_whitespace().all(|word| place.contains(word))
    }
}

struct ShelfProps {
    shelf: Family,
    found: Vec<Exhibit>,
    on_choose: Callback<&'static Item>,
}

fn shelf_of(lang: Lang, props: &ShelfProps) -> Html {
    let own: Vec<&Exhibit> =
        props.found.iter().filter(|exhibit| exhibit.shelf == props.shelf).collect();
    if own.is_empty() {
        return Html::default();
    }
    html! {
        <section class="shelf">
            <h3>{family(lang, props.shelf)}</h3>
            <ul class="exhibits" onkeydown={arrows()}>
                for exhibit in own {
                    {card(lang, exhibit, &props.on_choose)}
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
                <span class="exhibit-entry">{item.entry()}</span>
                <b>{said(lang, &exhibit.title)}</b>
                <span class="muted">{said(lang, &exhibit.sentence)}</span>
            </button>
        </li>
    }
}

/// Arrows go from card to card; tabs do as well.
fn arrows() -> Callback<KeyboardEvent> {
    use wasm_bindgen::JsCast;
    Callback::from(|event: KeyboardEvent| {
        let step: i32 = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => 1,
            "ArrowUp" | "ArrowLeft" => -1,
            _ => return,
        };
        let target: web_sys::Element = event.target_unchecked_into();
        let Ok(Some(shelves)) = target.closest(".shelves") else { return };
        let Ok(cards) = shelves.query_selector_all(".exhibit") else { return };
        event.prevent_default();
        let own: &web_sys::Node = &target;
        let count = cards.length() as i32;
        let place = (0..count).find(|at| cards.item(*at as u32).as_ref() == Some(own));
        let next = (place.unwrap_or(0) + step).clamp(0, count - 1);
        let card = cards.item(next as u32).and_then(|card| card.dyn_into().ok());
        if let Some(card) = card {
            let card: web_sys::HtmlElement = card;
            let _ = card.focus();
        }
    })
}
