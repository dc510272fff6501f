//! The menu of a node.

use quorate::kernel::{Change, NodeId, Op, Order, Ratio, Role};
use quorate::lab::{Deed, Health, Input, NodeView, Target};
use quorate::scene::text::{Label, Lang, role_title};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::super::dom::{self, Listener};
use super::super::parts::{Glyph, icon};
use super::super::prefs::use_lang;

/// How far a clock can be set off in the menu, in milliseconds.
const SKEW_MS: i64 = 200;

/// Where the menu of which node is open.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct MenuAt {
    pub(crate) node: NodeId,
    /// Position in the scene area, in pixels.
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// The slider has the focus at first, not the first item.
    pub(crate) at_clock: bool,
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct NodeMenuProps {
    pub(crate) at: MenuAt,
    pub(crate) node: NodeView,
    pub(crate) name: AttrValue,
    /// The protocol's word for an era.
    pub(crate) era: AttrValue,
    /// Members of the cluster can change.
    pub(crate) operated: bool,
    /// Logs can be compacted.
    pub(crate) compacts: bool,
    pub(crate) on_deed: Callback<Deed>,
    pub(crate) on_close: Callback<()>,
}

/// The menu. It takes the focus, gives it back, and closes on Escape or a press elsewhere.
#[component]
pub(crate) fn NodeMenu(props: &NodeMenuProps) -> Html {
    let lang = use_lang();
    let element = use_node_ref();
    use_effect_with((element.clone(), props.at), |(element, at)| open(element, *at));
    use_effect_with(element.clone(), {
        let on_close = props.on_close.clone();
        move |element| {
            let element = element.clone();
            let listener = Listener::new(&dom::document(), "pointerdown", move |event| {
                let target = event.target().map(JsCast::unchecked_into);
                let inside = element.get().is_some_and(|own| own.contains(target.as_ref()));
                if !inside {
                    on_close.emit(());
                }
            });
            move || drop(listener)
        }
    });
    let node = &props.node;
    let era = if props.era.is_empty() || node.era == 0 {
        String::new()
    } else {
        format!("{} {}", props.era, node.era)
    };
    let role = role_title(lang, node.role, node.card.as_ref().map_or("", |card| card.title));
    html! {
        <div ref={element} class="menu" role="dialog" data-menu="node"
            aria-label={format!("{}, {role}", props.name)} onkeydown={menu_keys(&props.on_close)}>
            <p class="menu-head"><span>{format!("{}, {role}", props.name)}</span>
                <span lang="en">{era}</span></p>
            {items(lang, props)}
            <hr />
            if node.role == Role::Server {
                {pace_slider(&PaceProps {
                    node: node.id,
                    milli: speed(node),
                    on_deed: props.on_deed.clone(),
                })}
            } else {
                {skew_slider(&SkewProps {
                    node: node.id,
                    skew: node.skew,
                    on_deed: props.on_deed.clone(),
                })}
            }
        </div>
    }
}

/// Puts the menu where it belongs and the focus into it; gives the focus back at the end.
fn open(element: &NodeRef, at: MenuAt) -> impl FnOnce() + use<> {
    let before = dom::document().active_element();
    if let Some(menu) = element.cast::<HtmlElement>() {
        let style = menu.style();
        // Through the object model, which a strict policy of style allows.
        let _ = style.set_property("--menu-x", &dom::pixels(at.x));
        let _ = style.set_property("--menu-y", &dom::pixels(at.y));
        let wanted = if at.at_clock { "input" } else { "button:not(:disabled)" };
        let first = menu.query_selector(wanted).ok().flatten();
        focus(first);
    }
    move || {
        let lost = dom::document().active_element().is_none_or(|now| now.tag_name() == "BODY");
        if lost {
            focus(before);
        }
    }
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Escape closes; up and down go from item to item.
fn menu_keys(on_close: &Callback<()>) -> Callback<KeyboardEvent> {
    let on_close = on_close.clone();
    Callback::from(move |event: KeyboardEvent| {
        let target: web_sys::Element = event.target_unchecked_into();
        let step = match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                on_close.emit(());
                return;
            }
            "ArrowDown" => 1_i32,
            "ArrowUp" => -1,
            _ => return,
        };
        if target.tag_name() == "INPUT" {
            return;
        }
        event.prevent_default();
        let Ok(Some(menu)) = target.closest("[data-menu]") else { return };
        let Ok(items) = menu.query_selector_all("button:not(:disabled), input") else { return };
        let count = items.length() as i32;
        let own: &web_sys::Node = &target;
        let place = (0..count).find(|at| items.item(*at as u32).as_ref() == Some(own));
        let next = (place.unwrap_or(0) + step).rem_euclid(count.max(1));
        focus(items.item(next as u32).and_then(|item| item.dyn_into().ok()));
    })
}

fn items(lang: Lang, props: &NodeMenuProps) -> Html {
    let node = props.node.id;
    let crashed = matches!(props.node.status, Health::Crashed(_));
    let paused = matches!(props.node.status, Health::Paused(_));
    let item = |glyph, label: Label, key: &'static str, able: bool, deed: Deed| {
        let (on_deed, on_close) = (props.on_deed.clone(), props.on_close.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            on_deed.emit(deed.clone());
            on_close.emit(());
        });
        html! {
            <button type="button" class="menu-item" disabled={!able} {onclick}>
                {icon(glyph)}<span>{label.text(lang)}</span><kbd aria-hidden="true">{key}</kbd>
            </button>
        }
    };
    let target = Target::Node(node);
    let pause = if paused { Label::Resume } else { Label::Pause };
    let isolate = if props.node.isolated { Label::Rejoin } else { Label::Isolate };
    let crash = Deed::Input(Input::Crash(target));
    let restart = Deed::Input(Input::Restart(target));
    html! {
        <>
            {item(Glyph::Power, Label::Crash, "C", !crashed, crash)}
            {item(Glyph::Reset, Label::Restart, "R", crashed, restart)}
            {item(Glyph::Pause, pause, "Z", !crashed, Deed::TogglePause(node))}
            {item(Glyph::Isolate, isolate, "I", true, Deed::ToggleIsolate(node))}
            if props.node.role == Role::Server {
                {item(Glyph::Power, Label::FailRequests, "", !crashed, fail(node))}
                {item(Glyph::Reset, Label::Recover, "", !crashed,
                    Deed::Input(Input::Pace(target, 1_000)))}
                {item(Glyph::Reset, Label::ResetProcess, "", !crashed,
                    Deed::Input(Input::Order(target, Order::Reset)))}
                {item(Glyph::Down, Label::Drain, "", true, tell_all(Order::Drain(node)))}
                {item(Glyph::Redo, Label::Undrain, "", true, tell_all(Order::Undrain(node)))}
            }
            if props.operated {
                {item(Glyph::Right, Label::LeadHere, "", !crashed, change(Change::Transfer(node)))}
                {item(Glyph::Redo, Label::AddMember, "", true, change(Change::Add(node)))}
                {item(Glyph::Undo, Label::RemoveMember, "", true, change(Change::Remove(node)))}
            }
            if props.compacts {
                {item(Glyph::Down, Label::CompactLog, "", !crashed,
                    Deed::Input(Input::Compact(target)))}
            }
        </>
    }
}

/// A server answers everything with an error.
fn fail(node: NodeId) -> Deed {
    Deed::Input(Input::Order(Target::Node(node), Order::Fail(Ratio::ONE)))
}

/// What all balancers are told.
fn tell_all(order: Order) -> Deed {
    Deed::Input(Input::Order(Target::All, order))
}

/// What an operator asks of the leader.
fn change(change: Change) -> Deed {
    Deed::Input(Input::Request { op: Op::Change(change), via: None, client: None })
}

struct SkewProps {
    node: NodeId,
    /// Nanoseconds the clock is ahead.
    skew: i64,
    on_deed: Callback<Deed>,
}

/// Sets the clock of a node ahead or back.
fn skew_slider(props: &SkewProps) -> Html {
    let now = props.skew / 1_000_000;
    let node = props.node;
    // A jump is relative to where the clock is.
    let on_set = props.on_deed.reform(move |wanted: i64| {
        Deed::Input(Input::Skew(Target::Node(node), (wanted - now) * 1_000_000))
    });
    html! {
        <Slider label={Label::ClockSkew} glyph={Glyph::Clock} min={-SKEW_MS} max={SKEW_MS} step=10
            {now} unit=" ms" {on_set} />
    }
}

struct PaceProps {
    node: NodeId,
    /// Speed in thousandths of its own.
    milli: u32,
    on_deed: Callback<Deed>,
}

/// Slows a server down, or lets it recover.
fn pace_slider(props: &PaceProps) -> Html {
    let node = props.node;
    let on_set = props.on_deed.reform(move |percent: i64| {
        let milli = u32::try_from(percent * 10).unwrap_or(1_000);
        Deed::Input(Input::Pace(Target::Node(node), milli))
    });
    html! {
        <Slider label={Label::SpeedOfServer} glyph={Glyph::Gauge} min=10 max=100 step=10
            now={i64::from(props.milli / 10)} unit="%" {on_set} />
    }
}

/// Its speed as a share of its own, where the card tells.
fn speed(node: &NodeView) -> u32 {
    let slowed = node.card.as_ref().and_then(|card| card.queue.as_ref()).map(|q| q.slowed);
    if slowed == Some(true) { 500 } else { 1_000 }
}

#[derive(Clone, PartialEq, Properties)]
struct SliderProps {
    label: Label,
    glyph: Glyph,
    min: i64,
    max: i64,
    step: i64,
    now: i64,
    unit: &'static str,
    /// Hears the value when it is let go.
    on_set: Callback<i64>,
}

/// A slider that speaks when it is let go: every step on the way would be a fault of its own.
#[component]
fn Slider(props: &SliderProps) -> Html {
    let lang = use_lang();
    let drawn = use_state(|| props.now);
    let value = |event: &Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.value_as_number() as i64
    };
    let oninput = {
        let drawn = drawn.setter();
        Callback::from(move |event: InputEvent| drawn.set(value(&event)))
    };
    let onchange = props.on_set.reform(move |event: Event| value(&event));
    html! {
        <label class="menu-slider">
            <span>{icon(props.glyph)}{props.label.text(lang)}
                <output class="mono">{format!("{}{}", *drawn, props.unit)}</output></span>
            <input type="range" min={props.min.to_string()} max={props.max.to_string()}
                step={props.step.to_string()} value={drawn.to_string()} {oninput} {onchange}
                aria-valuetext={format!("{}{}", *drawn, props.unit)} />
        </label>
    }
}
