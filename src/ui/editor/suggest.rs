//! What stands over the text while it is written: the list of offers, and what a word means.

use quorate::scene::text::{Label, offers_spoken};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::super::dom;
use super::assist::{Assist, Popup, said};
use super::field::LINE_PX;

/// Offers in sight at once.
const SHOWN: usize = 8;

/// The list of offers and the meaning of a word; both are there when they are empty, since the
/// field speaks of them and changes in them are read out.
#[hook]
pub(super) fn use_overlays(assist: &Assist) -> Html {
    let (list, tip) = (use_node_ref(), use_node_ref());
    let place = assist.popup.as_ref().map(|popup| popup.place);
    use_effect_with(place, {
        let (assist, list) = (assist.clone(), list.clone());
        move |place| put(&assist, &list, *place)
    });
    use_effect_with(assist.tip.as_ref().map(|tip| tip.place), {
        let (assist, tip) = (assist.clone(), tip.clone());
        move |place| put(&assist, &tip, *place)
    });
    html! {
        <>
            <div class="offers" ref={list} hidden={assist.popup.is_none()}>
                if let Some(popup) = &*assist.popup {
                    {offer_list(assist, popup)}
                }
            </div>
            <div class="word-help" ref={tip} role="status" hidden={assist.tip.is_none()}>
                if let Some(tip) = &*assist.tip {
                    if !tip.form.is_empty() {
                        <code>{tip.form.clone()}</code>
                    }
                    <p>{tip.says.clone()}</p>
                }
            </div>
        </>
    }
}

/// Puts a box below a cell of the text, or above it where there is no room.
fn put(assist: &Assist, element: &NodeRef, place: Option<(u32, u32)>) {
    let Some(element) = element.cast::<HtmlElement>() else { return };
    let Some((left, top, below)) = place.and_then(|place| assist.place(place)) else { return };
    // Through the object model, which a strict policy of style allows.
    let style = element.style();
    let width = f64::from(element.offset_width());
    let most = dom::window().inner_width().ok().and_then(|it| it.as_f64()).unwrap_or(width);
    let _ = style.set_property("left", &dom::pixels(left.min(most - width - 8.0).max(8.0)));
    let whole = dom::window().inner_height().ok().and_then(|it| it.as_f64()).unwrap_or(top);
    let (top, bottom) = if below {
        (dom::pixels(top + f64::from(LINE_PX) + 2.0), "auto".to_owned())
    } else {
        ("auto".to_owned(), dom::pixels(whole - top + 2.0))
    };
    let _ = style.set_property("top", &top);
    let _ = style.set_property("bottom", &bottom);
}

fn offer_list(assist: &Assist, popup: &Popup) -> Html {
    let lang = assist.lang;
    let all = &popup.offers.list;
    let from = (popup.active + 1).saturating_sub(SHOWN);
    let active = all.get(popup.active);
    let says = active.map(|offer| said(lang, &offer.says, offer.property)).unwrap_or_default();
    let wanted = popup.offers.wanted.as_ref();
    html! {
        <>
            if !all.is_empty() {
                <ul id="offers" role="listbox" aria-label={Label::Suggestions.text(lang)}>
                    for (place, offer) in all.iter().enumerate().skip(from).take(SHOWN) {
                        <li key={place} id={format!("offer-{place}")} role="option"
                            aria-selected={(place == popup.active).to_string()}
                            aria-setsize={all.len().to_string()}
                            aria-posinset={(place + 1).to_string()}
                            onmousedown={accept(assist, place)}>
                            <b>{offer.word.clone()}</b>
                            <span>{said(lang, &offer.says, offer.property)}</span>
                        </li>
                    }
                </ul>
            }
            <div class="offer-help">
                if !popup.offers.form.is_empty() {
                    <code>{popup.offers.form}</code>
                }
                if !says.is_empty() {
                    <p>{says}</p>
                } else if let Some(wanted) = wanted {
                    <p>{lang.pick(&wanted.en, &wanted.zh).to_owned()}</p>
                }
            </div>
            <span class="unseen" role="status">{offers_spoken(lang, all.len())}</span>
        </>
    }
}

/// The field keeps the focus.
fn accept(assist: &Assist, place: usize) -> Callback<MouseEvent> {
    let assist = assist.clone();
    Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        assist.accept(place);
    })
}
