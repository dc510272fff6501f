//! Pictures of scenarios, made one in a frame while the gallery is open, and kept.

use std::cell::RefCell;

use quorate::lab::{Action, Lab, telling};
use quorate::scene::Theme;
use quorate::scene::text::Lang;
use quorate::script::gallery;
use quorate::still;
use yew::AttrValue;

use super::super::dom::{self, Frames};
use super::super::stage::theme_now;

/// Size of a picture in pixels: of a stage as small as this, words are short.
const SIZE: (f64, f64) = (400.0, 250.0);

type Key = (&'static str, Lang, Theme);

thread_local! {
    static KNOWN: RefCell<Vec<(Key, AttrValue)>> = const { RefCell::new(Vec::new()) };
}

/// The picture of a scenario, if it was made before.
pub(super) fn known(path: &'static str, lang: Lang) -> Option<AttrValue> {
    let key = (path, lang, theme_now());
    KNOWN.with_borrow(|all| all.iter().find(|(own, _)| *own == key).map(|(_, it)| it.clone()))
}

/// Makes pictures as long as it lives and some are missing.
pub(super) struct Thumbs(Frames);

impl Thumbs {
    pub(super) fn new(lang: Lang) -> Thumbs {
        Thumbs(Frames::new(move |_| make_one(lang)))
    }

    /// Looks again for pictures that are missing.
    pub(super) fn wake(&self) {
        self.0.wake();
    }
}

/// Makes the first picture on the page that is missing. True if there was one.
fn make_one(lang: Lang) -> bool {
    let missing = dom::document().query_selector("img[data-thumb]:not([src])");
    let Ok(Some(image)) = missing else { return false };
    let path = image.get_attribute("data-thumb").unwrap_or_default();
    let address = gallery::find(&path).map(|item| {
        known(item.path, lang).unwrap_or_else(|| {
            let made = AttrValue::from(picture(item.text, lang));
            let key = (item.path, lang, theme_now());
            KNOWN.with_borrow_mut(|all| all.push((key, made.clone())));
            made
        })
    });
    // One that cannot be drawn is not asked for again.
    let _ = image.set_attribute("src", &address.unwrap_or_default());
    true
}

/// A picture of the run at a telling moment, as the address of an image.
fn picture(text: &str, lang: Lang) -> String {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    let at = telling(&lab.view());
    lab.update(Action::Seek(at));
    let view = lab.view();
    let Some(stage) = lab.stage() else { return String::new() };
    let svg = still::thumbnail(&view, &stage, SIZE, (lang, theme_now()));
    format!("data:image/svg+xml,{}", js_sys::encode_uri_component(&svg))
}
