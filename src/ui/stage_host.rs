//! Hands the stage what it draws, and the session what was done on it.

use quorate::kernel::NodeId;
use quorate::lab::{Action, Deed, Input, Selection, ViewModel};
use yew::prelude::*;

use super::faults::MenuAt;
use super::scene_area::Ask;
use super::session::{Same, Session};
use super::stage::Stage;

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
    let on_menu = props.on_ask.reform(|(node, x, y): (NodeId, f64, f64)| {
        Ask::Menu(MenuAt { node, x, y, at_clock: false })
    });
    let on_split = {
        let (act, session) = (props.act.clone(), props.session.clone());
        Callback::from(move |side: Vec<NodeId>| {
            let all = session.view().snapshot.as_ref().map_or(0, |snapshot| snapshot.nodes.len());
            let rest = (0..all).map(NodeId::at).filter(|id| !side.contains(id)).collect();
            act.emit(Action::Do(Deed::Input(Input::Partition(vec![side, rest]))));
        })
    };
    html! {
        <Stage session={props.session.clone()} view={props.view.clone()}
            side={props.side.clone()} {on_menu} {on_split}
            on_select={props.act.reform(|chosen: Option<Selection>| Action::Select(chosen))}
            on_toggle={props.on_ask.reform(Ask::Toggle)} />
    }
}
