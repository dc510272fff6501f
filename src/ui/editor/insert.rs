//! Chips that write a fault into the text at the playhead.

use quorate::kernel::{NodeId, Op, Order, Ratio, Role, SimTime, Word};
use quorate::lab::{Deed, Health, Input, Snapshot, Target};
use quorate::scene::text::{Lang, insert_at};
use yew::prelude::*;

use super::super::session::Same;

/// How slow a slowed server is, in thousandths.
const SLOW_MILLI: u32 = 400;
const FULL_MILLI: u32 = 1_000;

pub(crate) struct InsertProps {
    /// The playhead.
    pub(crate) at: SimTime,
    pub(crate) snapshot: Option<Same<Snapshot>>,
    pub(crate) selected: Option<NodeId>,
    /// The scenario is a pool.
    pub(crate) pool: bool,
    pub(crate) on_deed: Callback<Deed>,
    pub(crate) on_partition: Callback<()>,
}

/// The chips of this scenario; one without anybody to strike is disabled.
pub(crate) fn insert_chips(lang: Lang, props: &InsertProps) -> Html {
    let snapshot = props.snapshot.as_deref();
    let chips = if props.pool { pool_chips(props) } else { cluster_chips(props) };
    html! {
        <section class="insert" aria-labelledby="insert-title">
            <h3 id="insert-title" class="hint num">{insert_at(lang, props.at)}</h3>
            <div class="chips">
                for (name, input) in chips {
                    {chip(props, name, input)}
                }
                if !props.pool && snapshot.is_some_and(|snapshot| snapshot.nodes.len() > 1) {
                    <button type="button" class="chip-button" lang="en"
                        onclick={props.on_partition.reform(|_: MouseEvent| ())}>
                        {"partition"}
                    </button>
                }
            </div>
        </section>
    }
}

fn chip(props: &InsertProps, name: &'static str, input: Option<Input>) -> Html {
    let disabled = input.is_none();
    let on_deed = props.on_deed.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(input) = &input {
            on_deed.emit(Deed::Input(input.clone()));
        }
    });
    html! {
        <button type="button" key={name} class="chip-button" lang="en" {disabled} {onclick}>
            {name}
        </button>
    }
}

type Chip = (&'static str, Option<Input>);

/// Words of the language: they are what will stand in the text.
fn cluster_chips(props: &InsertProps) -> Vec<Chip> {
    let Some(snapshot) = props.snapshot.as_deref() else { return Vec::new() };
    let here = |wanted: fn(&Health) -> bool| {
        let of = |id: &NodeId| snapshot.nodes.get(id.index()).filter(|n| wanted(&n.status));
        let selected = props.selected.as_ref().and_then(of);
        selected.or_else(|| snapshot.nodes.iter().find(|node| wanted(&node.status)))
    };
    let leads = snapshot.nodes.iter().any(|node| node.role == Role::Leader);
    let up = props.selected.map(Target::Node).or(leads.then_some(Target::Leader));
    let up = up.unwrap_or(Target::Any);
    let crashed = here(|status| matches!(status, Health::Crashed(_)));
    let paused = here(|status| matches!(status, Health::Paused(_)));
    let written = Word::new("x").zip(Word::new("1")).map(|(key, value)| Op::Put(key, value));
    vec![
        ("crash", Some(Input::Crash(up))),
        ("restart", crashed.map(|node| Input::Restart(Target::Node(node.id)))),
        ("pause", Some(Input::Pause(up))),
        ("resume", paused.map(|node| Input::Resume(Target::Node(node.id)))),
        ("isolate", Some(Input::Isolate(up))),
        ("heal", (!snapshot.cuts.is_empty()).then_some(Input::Heal)),
        ("skew", Some(Input::Skew(up, 40_000_000))),
        ("request", written.map(|op| Input::Request { op, via: None, client: None })),
    ]
}

/// What all balancers are told of a server.
fn order(server: Target, order: fn(NodeId) -> Order) -> Option<Input> {
    let Target::Node(node) = server else { return None };
    Some(Input::Order(Target::All, order(node)))
}

fn pool_chips(props: &InsertProps) -> Vec<Chip> {
    let Some(snapshot) = props.snapshot.as_deref() else { return Vec::new() };
    let server = |wanted: fn(&Health) -> bool| {
        let of = |id: &NodeId| snapshot.nodes.get(id.index());
        let selected = props.selected.as_ref().and_then(of);
        let mut all = selected.into_iter().chain(&snapshot.nodes);
        all.find(|node| node.role == Role::Server && wanted(&node.status))
            .map(|node| Target::Node(node.id))
    };
    let up = server(|status| matches!(status, Health::Up));
    let down = server(|status| matches!(status, Health::Crashed(_)));
    vec![
        ("slow", up.map(|target| Input::Pace(target, SLOW_MILLI))),
        ("fail", up.map(|target| Input::Order(target, Order::Fail(Ratio::ONE)))),
        ("recover", up.map(|target| Input::Pace(target, FULL_MILLI))),
        ("crash", up.map(Input::Crash)),
        ("restart", down.map(Input::Restart)),
        ("drain", up.and_then(|target| order(target, Order::Drain))),
        ("undrain", up.and_then(|target| order(target, Order::Undrain))),
    ]
}
