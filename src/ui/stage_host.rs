//! Hands the stage what it draws, and the session what was done on it.

use quorate::kernel::NodeId;
use quorate::lab::{Action, ViewModel};
use yew::prelude::*;

use super::scene_area::Ask;
use super::session::{Same, Session};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct StageHostProps {
    pub(crate) session: Session,
    pub(crate) view: Same<ViewModel>,
    /// The side picked so far, while a partition is being made.
    #[prop_or_default]
    pub(crate) side: Option<Vec<NodeId>>,
    pub(crate) act: Callback<Action>,
    #[prop_or_default]
    pub(crate) on_ask: Callback<Ask>,
}

/// The scene itself.
#[component]
pub(crate) fn StageHost(props: &StageHostProps) -> Html {
    let _ = props;
    html! { <div class="stage-blank" /> }
}
