//! The state of a node in the words of its paper, and what is about to go off.

use quorate::kernel::{NodeId, SimTime};
use quorate::lab::{Health, NodeView, Snapshot};
use quorate::scene::text::{Label, Lang, at_time, span};
use yew::prelude::*;

use super::super::session::Same;

pub(crate) struct FieldsProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) node: NodeId,
    /// The playhead.
    pub(crate) at: SimTime,
}

/// The grid of names and values.
pub(crate) fn field_grid(lang: Lang, props: &FieldsProps) -> Html {
    let node = &props.snapshot.nodes[props.node.index()];
    html! {
        <dl class="fields">
            for (name, value, native) in rows(lang, node, props) {
                <div key={name.clone()}>
                    <dt lang={native.then_some("en")}>{name.clone()}</dt>
                    <dd class="mono">{value}</dd>
                </div>
            }
        </dl>
    }
}

/// Name, value, and whether the name is the protocol's own.
type Row = (String, String, bool);

fn rows(lang: Lang, node: &NodeView, props: &FieldsProps) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    match node.status {
        Health::Crashed(at) => {
            rows.push((Label::Crashed.text(lang).to_owned(), at_time(lang, at), false));
        }
        Health::Paused(at) => {
            rows.push((Label::Paused.text(lang).to_owned(), at_time(lang, at), false));
        }
        Health::Up => {}
    }
    if let Some(card) = node.card.as_ref().or(node.durable.as_ref()) {
        let own = card.fields.iter();
        rows.extend(own.map(|field| (field.name.to_owned(), field.value.clone(), true)));
    }
    for timer in &node.timers {
        rows.push((timer.name.to_owned(), span(timer.due_at.since(props.at)), true));
    }
    let skew = format!("{:+} ms", node.skew / 1_000_000).replace("+0 ", "0 ");
    rows.push((Label::ClockSkew.text(lang).to_owned(), skew, false));
    if node.drift_ppm != 0 {
        let drift = format!("{:+} ppm", node.drift_ppm);
        rows.push((Label::ClockDrift.text(lang).to_owned(), drift, false));
    }
    if node.isolated {
        let isolated = Label::Isolated.text(lang).to_owned();
        rows.push((isolated, Label::LinkCut.text(lang).to_owned(), false));
    }
    rows
}
