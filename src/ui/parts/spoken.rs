//! Sentences in which the names of nodes stand out.

use yew::prelude::*;

/// The sentence with every word that is one of `names` in bold.
pub(crate) fn named(sentence: &str, names: &[String]) -> Html {
    let mut parts: Vec<Html> = Vec::new();
    let mut plain = String::new();
    for word in words(sentence) {
        if names.iter().any(|name| name == word) {
            if !plain.is_empty() {
                parts.push(html! { {std::mem::take(&mut plain)} });
            }
            parts.push(html! { <b>{word.to_owned()}</b> });
        } else {
            plain.push_str(word);
        }
    }
    if !plain.is_empty() {
        parts.push(html! { {plain} });
    }
    parts.into_iter().collect()
}

/// Runs of ASCII letters and digits, and what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let kind = first.is_ascii_alphanumeric();
        let end = rest.find(|c: char| c.is_ascii_alphanumeric() != kind).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::words;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn words_are_parted_also_in_chinese() {
        let parts: Vec<&str> = words("n4忽略n1的请求").collect();
        assert_eq!(parts, ["n4", "忽略", "n1", "的请求"]);
    }
}
