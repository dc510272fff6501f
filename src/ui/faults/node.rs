//! The menu of a node.

use quorate::kernel::{Change, NodeId, Op, Order, Ratio, Role};
use quorate::lab::{Deed, DiskMode, Health, Input, NodeView, Target};
use quorate::scene::text::{Label, Lang, hands, role_title};
use yew::prelude::*;

use super::super::parts::Glyph;
use super::menu::{Content, MenuAt, MenuOf, MenuProps, button, item};
use super::slider::Slider;

/// How far a clock can be set off in the menu, in milliseconds.
const SKEW_MS: i64 = 200;
/// How much faster or slower a clock can be made in the menu, in hundredths.
const DRIFT_PERCENT: i64 = 50;
/// More timers are left to the text.
const TIMERS: usize = 3;

pub(super) fn content(lang: Lang, props: &MenuProps, id: NodeId) -> Option<Content> {
    let node = props.view.snapshot.as_ref()?.nodes.get(id.index())?;
    let name = props.name(id);
    let era = props.view.about.map_or("", |about| about.era);
    let role = role_title(lang, node.role, node.card.as_ref().map_or("", |card| card.title));
    let served = node.role == Role::Server;
    let sliders = if served { pace(lang, props, node) } else { clocks(lang, props, node) };
    Some(Content {
        title: format!("{name}, {role}"),
        aside: if era.is_empty() || node.era == 0 {
            String::new()
        } else {
            format!("{era} {}", node.era)
        },
        body: html! { <>{common(lang, props, node)}{own(lang, props, node)}<hr />{sliders}</> },
    })
}

/// What every node can be made to do.
fn common(lang: Lang, props: &MenuProps, node: &NodeView) -> Html {
    let id = node.id;
    let crashed = matches!(node.status, Health::Crashed(_));
    let paused = matches!(node.status, Health::Paused(_));
    let target = Target::Node(id);
    let entry = |glyph, label: Label, key, able, deed| {
        item(props, (glyph, label.text(lang)), key, able, deed)
    };
    let pause = if paused { Label::Resume } else { Label::Pause };
    let isolate = if node.isolated { Label::Rejoin } else { Label::Isolate };
    let crash = Deed::Input(Input::Crash(target));
    html! {
        <>
            if node.disk == DiskMode::Unsynced {
                {item(props, (Glyph::Power, lang.of(hands::CRASH_UNSYNCED)), "C", !crashed, crash)}
            } else {
                {entry(Glyph::Power, Label::Crash, "C", !crashed, crash)}
            }
            {entry(Glyph::Reset, Label::Restart, "R", crashed, Deed::Input(Input::Restart(target)))}
            {entry(Glyph::Pause, pause, "Z", !crashed, Deed::TogglePause(id))}
            {entry(Glyph::Isolate, isolate, "I", true, Deed::ToggleIsolate(id))}
        </>
    }
}

/// What only nodes of its kind can be made to do.
fn own(lang: Lang, props: &MenuProps, node: &NodeView) -> Html {
    let id = node.id;
    let crashed = matches!(node.status, Health::Crashed(_));
    let target = Target::Node(id);
    let entry = |glyph, label: Label, able, input: Input| {
        item(props, (glyph, label.text(lang)), "", able, Deed::Input(input))
    };
    if node.role == Role::Server {
        let tell_all = |order| Input::Order(Target::All, order);
        let fail = Input::Order(target, Order::Fail(Ratio::ONE));
        return html! {
            <>
                {entry(Glyph::Power, Label::FailRequests, !crashed, fail)}
                {entry(Glyph::Reset, Label::Recover, !crashed, Input::Pace(target, 1_000))}
                {entry(Glyph::Reset, Label::ResetProcess, !crashed,
                    Input::Order(target, Order::Reset))}
                {entry(Glyph::Down, Label::Drain, true, tell_all(Order::Drain(id)))}
                {entry(Glyph::Redo, Label::Undrain, true, tell_all(Order::Undrain(id)))}
            </>
        };
    }
    let has = |name: &str| {
        props.view.about.is_some_and(|about| about.knobs.iter().any(|knob| knob.name == name))
    };
    let change = |change| Input::Request { op: Op::Change(change), via: None, client: None };
    let (label, mode) = match node.disk {
        DiskMode::Synced => (Label::DiskUnsynced, DiskMode::Unsynced),
        DiskMode::Unsynced => (Label::DiskSynced, DiskMode::Synced),
    };
    html! {
        <>
            {item(props, (Glyph::Down, label.text(lang)), "U", true,
                Deed::Input(Input::Disk(target, mode)))}
            {timers(lang, props, node)}
            if has("members") {
                {entry(Glyph::Right, Label::LeadHere, !crashed, change(Change::Transfer(id)))}
                {entry(Glyph::Redo, Label::AddMember, true, change(Change::Add(id)))}
                {entry(Glyph::Undo, Label::RemoveMember, true, change(Change::Remove(id)))}
            }
            if has("snapshot") {
                {entry(Glyph::Down, Label::CompactLog, !crashed, Input::Compact(target))}
            }
            {links(lang, props, id)}
        </>
    }
}

/// Timers that can go off now.
fn timers(lang: Lang, props: &MenuProps, node: &NodeView) -> Html {
    let fire = |name: &'static str| {
        let input = Input::Fire(Target::Node(node.id), name.to_owned());
        let words = hands::fire_timer(lang, name);
        item(props, (Glyph::Clock, words), "", true, Deed::Input(input))
    };
    node.timers.iter().take(TIMERS).map(|timer| fire(timer.name)).collect()
}

/// The way to the menu of its links.
fn links(lang: Lang, props: &MenuProps, id: NodeId) -> Html {
    let nodes = props.view.names.len() as u32;
    let other = NodeId(if id.0 + 1 < nodes { id.0 + 1 } else { 0 });
    let at = MenuAt { of: MenuOf::Link(id, other), at_clock: false, ..props.at };
    let onclick = props.on_menu.reform(move |_: MouseEvent| at);
    button(Glyph::Share, lang.of(hands::LINKS).into(), "L", nodes > 1, onclick)
}

/// Sets its clock ahead or back, and lets it run fast or slow.
fn clocks(lang: Lang, props: &MenuProps, node: &NodeView) -> Html {
    let (now, target) = (node.skew / 1_000_000, Target::Node(node.id));
    // A jump is relative to where the clock is.
    let on_skew = props
        .on_deed
        .reform(move |wanted: i64| Deed::Input(Input::Skew(target, (wanted - now) * 1_000_000)));
    let on_drift = props.on_deed.reform(move |percent: i64| {
        let ppm = i32::try_from(percent * 10_000).unwrap_or(0);
        Deed::Input(Input::Drift(target, ppm))
    });
    html! {
        <>
            <Slider label={Label::ClockSkew.text(lang)} glyph={Glyph::Clock} min={-SKEW_MS}
                max={SKEW_MS} step=10 {now} unit=" ms" on_set={on_skew} />
            <Slider label={Label::ClockDrift.text(lang)} glyph={Glyph::Gauge} min={-DRIFT_PERCENT}
                max={DRIFT_PERCENT} step=5 now={i64::from(node.drift_ppm / 10_000)} unit="%"
                on_set={on_drift} />
        </>
    }
}

/// Slows a server down, or lets it recover.
fn pace(lang: Lang, props: &MenuProps, node: &NodeView) -> Html {
    let target = Target::Node(node.id);
    let on_set = props.on_deed.reform(move |percent: i64| {
        let milli = u32::try_from(percent * 10).unwrap_or(1_000);
        Deed::Input(Input::Pace(target, milli))
    });
    let slowed = node.card.as_ref().and_then(|card| card.queue.as_ref()).map(|q| q.slowed);
    let now = if slowed == Some(true) { 50 } else { 100 };
    html! {
        <Slider label={Label::SpeedOfServer.text(lang)} glyph={Glyph::Gauge} min=10 max=100 step=10
            {now} unit="%" {on_set} />
    }
}
