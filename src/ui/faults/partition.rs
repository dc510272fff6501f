//! Picking one side of a partition, by key, click or touch.

use quorate::kernel::NodeId;
use quorate::scene::text::{Label, Lang, hands};
use yew::prelude::*;

use super::super::parts::{button, on};
use super::super::session::Same;

pub(crate) struct PartitionProps {
    pub(crate) names: Same<Vec<String>>,
    /// The nodes picked so far.
    pub(crate) side: Vec<NodeId>,
    pub(crate) on_toggle: Callback<NodeId>,
    pub(crate) on_split: Callback<()>,
    pub(crate) on_cancel: Callback<()>,
}

/// A bar over the scene, as long as a side is being picked.
pub(crate) fn partition_bar(lang: Lang, props: &PartitionProps) -> Html {
    let all = props.names.len();
    let able = !props.side.is_empty() && props.side.len() < all;
    html! {
        <div class="partition-bar" role="group" aria-label={Label::Partition.text(lang)}>
            <span role="status">{lang.of(hands::PARTITION_HOW)}</span>
            <span class="chips">
                for (index, name) in props.names.iter().enumerate() {
                    {seat(props, NodeId::at(index), name)}
                }
            </span>
            <button type="button" class="button primary small" disabled={!able}
                onclick={on(&props.on_split)}>
                {Label::Split.text(lang)}
            </button>
            {button("button line small", on(&props.on_cancel), Label::Cancel.text(lang))}
        </div>
    }
}

fn seat(props: &PartitionProps, node: NodeId, name: &str) -> Html {
    let picked = props.side.contains(&node);
    html! {
        <button type="button" key={node.0} class="chip-button mono"
            aria-pressed={picked.to_string()}
            onclick={props.on_toggle.reform(move |_: MouseEvent| node)}>
            {name.to_owned()}
        </button>
    }
}
