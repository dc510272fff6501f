//! Sentences in which the names of nodes stand out.

use quorate::scene::text::words;
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
