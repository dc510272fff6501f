//! The last resort: if the page itself fails, say so, keep the text, offer a way out.

use std::cell::RefCell;
use std::rc::Rc;

use quorate::scene::text::{Label, Lang};
use web_sys::Element;

use super::dom::{self, Listener};

thread_local! {
    static TEXT: RefCell<Rc<str>> = RefCell::new(Rc::from(""));
    static RELOAD: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Remembers the text, outside everything that may be in use when the page fails.
pub(crate) fn remember(text: &Rc<str>) {
    TEXT.with(|kept| {
        if let Ok(mut kept) = kept.try_borrow_mut() {
            *kept = Rc::clone(text);
        }
    });
}

/// From now on a failure of the page is explained on the page.
pub(crate) fn install() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let message = message(info);
        web_sys::console::error_1(&message.as_str().into());
        // Nothing to be done about a failure of the failure card.
        let _ = show(&message);
    }));
}

/// What failed and where; of the path only what follows the folder of the sources.
fn message(info: &std::panic::PanicHookInfo<'_>) -> String {
    let text = info.payload_as_str().unwrap_or("panic");
    match info.location() {
        Some(place) => {
            let file = place.file();
            let file = file.rsplit_once("/src/").map_or(file, |(_, file)| file);
            format!("{text} ({file}:{})", place.line())
        }
        None => text.to_owned(),
    }
}

fn show(message: &str) -> Option<()> {
    let document = dom::document();
    if document.get_element_by_id("panic").is_some() {
        return None;
    }
    let tag = document.document_element()?.get_attribute("lang").unwrap_or_default();
    let lang = Lang::from_tag(&tag);
    let card = document.create_element("div").ok()?;
    card.set_id("panic");
    card.set_class_name("overlay");
    let _ = card.set_attribute("role", "alertdialog");
    let _ = card.set_attribute("aria-labelledby", "panic-title");
    let inner = child(&card, "div", "card")?;
    let title = child(&inner, "h2", "card-title")?;
    title.set_id("panic-title");
    title.set_text_content(Some(Label::EngineStopped.text(lang)));
    child(&inner, "p", "")?.set_text_content(Some(Label::EngineStoppedWhy.text(lang)));
    let text = child(&inner, "textarea", "panic-text mono")?;
    let _ = text.set_attribute("readonly", "");
    let _ = text.set_attribute("aria-label", Label::ScenarioText.text(lang));
    let kept = TEXT.with(|kept| kept.try_borrow().map(|kept| kept.to_string()));
    let kept = kept.unwrap_or_default();
    text.set_text_content(Some(&kept));
    // For the next visit, unless this is another page's frame.
    if super::place::parameter("embed").is_none() {
        super::place::keep("crash", &kept);
    }
    child(&inner, "p", "hint mono")?.set_text_content(Some(message));
    let button = child(&inner, "button", "button line")?;
    button.set_text_content(Some(Label::Reload.text(lang)));
    let listener = Listener::new(&button, "click", |_| {
        let _ = dom::window().location().reload();
    });
    RELOAD.with(|kept| kept.replace(Some(listener)));
    document.body()?.append_child(&card).ok()?;
    Some(())
}

fn child(parent: &Element, kind: &str, class: &str) -> Option<Element> {
    let element = dom::document().create_element(kind).ok()?;
    element.set_class_name(class);
    parent.append_child(&element).ok()?;
    Some(element)
}
