//! The address bar, the storage and the clipboard: each may be forbidden, none may fail loudly.

use wasm_bindgen_futures::JsFuture;
use web_sys::{Storage, UrlSearchParams};

use super::dom;

/// Links longer than this are cut by some programs; the text is then kept in this browser as well.
pub(crate) const LONG_LINK: usize = 8_000;

const PREFIX: &str = "quorate.";

/// A parameter of the address (`?embed&theme=dark`); empty if it has no value.
pub(crate) fn parameter(name: &str) -> Option<String> {
    let search = dom::window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// What follows `#` in the address, without it.
pub(crate) fn fragment() -> String {
    let hash = dom::window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// The address of this page without parameters and fragment.
pub(crate) fn base() -> String {
    let location = dom::window().location();
    let origin = location.origin().unwrap_or_default();
    let path = location.pathname().unwrap_or_default();
    format!("{origin}{path}")
}

/// Writes the fragment without a step in the history.
pub(crate) fn set_fragment(fragment: &str) {
    let Ok(history) = dom::window().history() else { return };
    let search = dom::window().location().search().unwrap_or_default();
    let path = dom::window().location().pathname().unwrap_or_default();
    let url = format!("{path}{search}#{fragment}");
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&url));
}

fn storage() -> Option<Storage> {
    dom::window().local_storage().ok().flatten()
}

/// Keeps a value in this browser. False if it does not allow that.
pub(crate) fn keep(name: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(&format!("{PREFIX}{name}"), value).is_ok())
}

/// A value kept earlier.
pub(crate) fn kept(name: &str) -> Option<String> {
    storage()?.get_item(&format!("{PREFIX}{name}")).ok().flatten()
}

/// Puts text on the clipboard and says whether that worked.
pub(crate) fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    // Browsers leave the clipboard out where the page is not trusted.
    let navigator = dom::window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        done(false);
        return;
    }
    let promise = navigator.clipboard().write_text(text);
    wasm_bindgen_futures::spawn_local(async move {
        done(JsFuture::from(promise).await.is_ok());
    });
}

/// A seed nobody chose: 32 bits, so that it is quick to read out.
pub(crate) fn random_seed() -> Option<u64> {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).ok()?;
    Some(u64::from(u32::from_le_bytes(bytes)))
}
