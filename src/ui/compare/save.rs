//! Files made in the page: nothing is uploaded to be downloaded again.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::super::dom;

/// Offers `text` as a file. Nothing happens where the browser forbids it.
pub(crate) fn save(name: &str, kind: &str, text: &str) {
    let _ = try_save(name, kind, &JsValue::from_str(text));
}

/// Offers `bytes` as a file.
pub(crate) fn save_bytes(name: &str, kind: &str, bytes: &[u8]) {
    let _ = try_save(name, kind, &js_sys::Uint8Array::from(bytes));
}

fn try_save(name: &str, kind: &str, part: &JsValue) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(part);
    let blob = Blob::new_with_buffer_source_sequence_and_options(&parts, &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = dom::document().create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address)
}

/// A name for a file: the words of `title` in small letters, what it holds, and its ending.
pub(crate) fn file_name(title: &str, holds: &str, ending: &str) -> String {
    let mut name = String::new();
    for letter in title.chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    let name = if name.is_empty() { "quorate" } else { name };
    format!("{name}-{holds}.{ending}")
}
