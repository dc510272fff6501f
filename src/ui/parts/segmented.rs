//! One of a few, side by side.

use yew::prelude::*;

/// One choice.
#[derive(Clone, PartialEq)]
pub(crate) struct Choice {
    /// What it is called.
    pub(crate) name: AttrValue,
    /// More about it, on hover.
    pub(crate) title: AttrValue,
    /// Language of the name, where it is not that of the page.
    pub(crate) lang: Option<&'static str>,
}

impl Choice {
    /// A choice with a name and nothing else.
    pub(crate) fn named(name: impl Into<AttrValue>) -> Choice {
        Choice { name: name.into(), title: AttrValue::default(), lang: None }
    }
}

pub(crate) struct SegmentedProps {
    /// What is chosen.
    pub(crate) label: AttrValue,
    pub(crate) choices: Vec<Choice>,
    /// Position of the one in force.
    pub(crate) current: Option<usize>,
    /// Hears the position of the one chosen.
    pub(crate) on_choose: Callback<usize>,
    pub(crate) class: &'static str,
}

/// A group of buttons of which one is pressed.
pub(crate) fn segmented(props: &SegmentedProps) -> Html {
    html! {
        <div class={classes!("segmented", props.class)} role="group"
            aria-label={props.label.clone()}>
            for (index, choice) in props.choices.iter().enumerate() {
                <button type="button" key={index} title={choice.title.clone()} lang={choice.lang}
                    aria-pressed={(props.current == Some(index)).to_string()}
                    onclick={props.on_choose.reform(move |_: MouseEvent| index)}>
                    {choice.name.clone()}
                </button>
            }
        </div>
    }
}
