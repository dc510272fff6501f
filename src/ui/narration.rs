//! One plain sentence above the scene, and the same at a calmer pace for screen readers.

use std::cell::Cell;
use std::rc::Rc;

use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

use super::dom::Timeout;
use super::parts::named;
use super::session::Same;

/// A screen reader hears a sentence at most this often.
const SPOKEN_MS: i32 = 1_000;

pub(crate) struct NarrationProps {
    pub(crate) sentence: AttrValue,
    pub(crate) names: Same<Vec<String>>,
}

/// The sentence.
pub(crate) fn narration(lang: Lang, props: &NarrationProps) -> Html {
    html! {
        <div class="narration">
            <p role="note" aria-label={Label::Narration.text(lang)}>
                {named(&props.sentence, &props.names)}
            </p>
            <Spoken sentence={props.sentence.clone()} />
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct SpokenProps {
    sentence: AttrValue,
}

/// A polite live region that changes at most once a second, always to the latest sentence.
#[component]
fn Spoken(props: &SpokenProps) -> Html {
    let spoken = use_state(AttrValue::default);
    let latest = use_mut_ref(AttrValue::default);
    let timer = use_mut_ref(|| None::<Timeout>);
    let waiting = use_memo((), |()| Rc::new(Cell::new(false)));
    use_effect_with(props.sentence.clone(), {
        let setter = spoken.setter();
        move |sentence: &AttrValue| {
            latest.replace(sentence.clone());
            if waiting.replace(true) {
                return;
            }
            let waiting = Rc::clone(&waiting);
            let speak = move || {
                waiting.set(false);
                setter.set(latest.borrow().clone());
            };
            timer.replace(Some(Timeout::new(SPOKEN_MS, speak)));
        }
    });
    html! { <p class="unseen" role="status" aria-live="polite">{(*spoken).clone()}</p> }
}
