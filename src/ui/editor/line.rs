//! One line of the scenario behind the text field: number, sign, colours, chip.

use quorate::lab::Status;
use yew::prelude::*;

use super::super::parts::verdict;
use super::super::prefs::use_lang;
use super::tokens::{marked, pieces};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LineProps {
    /// From 1.
    pub(crate) number: u32,
    pub(crate) text: AttrValue,
    /// The input that struck last is written here.
    pub(crate) current: bool,
    /// How the expectation of this line stands.
    pub(crate) status: Option<Status>,
    /// It is proposed to strike it out.
    pub(crate) struck: bool,
    /// What is underlined: from and to, in characters from 0.
    pub(crate) marks: Vec<(u32, u32)>,
    /// Shown behind the line.
    pub(crate) inlay: Option<AttrValue>,
}

/// One line of the scenario.
#[component]
pub(crate) fn Line(props: &LineProps) -> Html {
    let lang = use_lang();
    let broken = !props.marks.is_empty();
    let status = if broken { Some(Status::Violated) } else { props.status };
    let pieces = pieces(&props.text);
    let violated = props.status == Some(Status::Violated);
    html! {
        <div class={classes!("code-line", props.current.then_some("line-current"),
            props.struck.then_some("line-struck"))}>
            <span class="line-number">{props.number}</span>
            <span class="line-sign">
                if let Some(status) = status {
                    {verdict(lang, status)}
                }
            </span>
            <span class={classes!("line-text", violated.then_some("line-violated"))}>
                for (piece, wrong) in marked(&pieces, &props.marks) {
                    <span class={classes!(piece.class.css(), wrong.then_some("w-wrong"))}>
                        {piece.text.to_owned()}
                    </span>
                }
                if let Some(inlay) = &props.inlay {
                    <span class="inlay">{inlay.clone()}</span>
                }
            </span>
        </div>
    }
}
