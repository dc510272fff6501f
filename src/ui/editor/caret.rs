//! Places in the text field. The browser counts units of UTF-16, the language bytes, the screen
//! cells.

use js_sys::{Function, Reflect};
use quorate::script::edit;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTextAreaElement;

use super::super::dom;

/// From here on letters are two cells wide: ideographs, full forms, pictures.
const WIDE: char = '\u{2e80}';

/// The byte behind so many units.
pub(super) fn byte_of(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, letter) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(letter.len_utf16());
    }
    text.len()
}

/// The units before a byte.
pub(super) fn units_of(text: &str, byte: usize) -> u32 {
    text.get(..byte).map_or(0, |before| before.encode_utf16().count() as u32)
}

fn cells(letter: char) -> u32 {
    1 + u32::from(letter >= WIDE)
}

/// Line and cell of a byte, from 0.
pub(super) fn cell_of(text: &str, byte: usize) -> (u32, u32) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() as u32;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().map(cells).sum())
}

/// The byte of the letter that covers a cell; `None` behind the end of the line.
pub(super) fn byte_at(text: &str, (line, cell): (u32, u32)) -> Option<usize> {
    let raw = text.split('\n').nth(line as usize)?;
    let start = raw.as_ptr() as usize - text.as_ptr() as usize;
    let mut seen = 0;
    for (at, letter) in raw.char_indices() {
        seen += cells(letter);
        if seen > cell {
            return Some(start + at);
        }
    }
    None
}

/// Where the caret stands, in bytes of the field's text: the ends of what is selected.
pub(super) fn selection(field: &HtmlTextAreaElement, text: &str) -> (usize, usize) {
    let from = field.selection_start().ok().flatten().unwrap_or(0);
    let to = field.selection_end().ok().flatten().unwrap_or(from);
    (byte_of(text, from), byte_of(text, to))
}

/// Writes `word` in the place of the bytes `from..to`, as if it were typed: the browser's own undo
/// knows of it, and an event `input` follows. False if the browser cannot, and nothing is written.
pub(super) fn put(field: &HtmlTextAreaElement, (from, to): (usize, usize), word: &str) -> bool {
    let text = field.value();
    let _ = field.focus();
    let _ = field.set_selection_range(units_of(&text, from), units_of(&text, to));
    let document: JsValue = dom::document().into();
    let command = Reflect::get(&document, &"execCommand".into()).ok();
    let Some(command) = command.and_then(|it| it.dyn_into::<Function>().ok()) else {
        return false;
    };
    let name = if word.is_empty() { "delete" } else { "insertText" };
    let (name, no, word) = (name.into(), JsValue::FALSE, word.into());
    command.call3(&document, &name, &no, &word).is_ok_and(|done| done.is_truthy())
}

/// Makes `new` of the field's text by its smallest difference, as [`put`]. The caret stays.
pub(super) fn put_whole(field: &HtmlTextAreaElement, new: &str) -> bool {
    let old = field.value();
    let (caret, _) = selection(field, &old);
    let (from, to, word) = edit::difference(&old, new);
    if from == to && word.is_empty() {
        return true;
    }
    let done = put(field, (from, to), &word);
    let grown = from + word.len();
    let caret = if caret >= to { caret - to + grown } else { caret.min(grown) };
    // Between letters, also where the new text is of others.
    let caret = (0..=caret.min(new.len())).rev().find(|at| new.is_char_boundary(*at));
    let units = units_of(new, caret.unwrap_or(0));
    let _ = field.set_selection_range(units, units);
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    const TEXT: &str = "a领\u{1f980}b\n\nend";

    #[wasm_bindgen_test]
    fn units_and_bytes_agree() {
        for (byte, _) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
            assert_eq!(byte_of(TEXT, units_of(TEXT, byte)), byte);
        }
        assert_eq!((units_of(TEXT, 4), byte_of(TEXT, 4), byte_of(TEXT, 99)), (2, 8, TEXT.len()));
    }

    #[wasm_bindgen_test]
    fn cells_are_as_wide_as_letters() {
        assert_eq!(cell_of(TEXT, 8), (0, 5));
        assert_eq!(cell_of(TEXT, TEXT.len()), (2, 3));
        assert_eq!(byte_at(TEXT, (0, 2)), Some(1), "the second half of a wide letter");
        assert_eq!(byte_at(TEXT, (0, 6)), None);
        assert_eq!(byte_at(TEXT, (1, 0)), None);
        assert_eq!(byte_at(TEXT, (2, 1)), Some(TEXT.len() - 2));
    }
}
