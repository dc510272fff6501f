//! A menu over the scene: of a node, of a message, of a link.

use quorate::kernel::NodeId;
use quorate::lab::{Deed, ViewModel};
use quorate::scene::text::Label;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::super::dom::{self, Listener};
use super::super::parts::{Glyph, icon};
use super::super::prefs::use_lang;
use super::super::session::Same;
use super::{link, message, node};

/// What a menu is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MenuOf {
    Node(NodeId),
    /// A message, by number of its flight.
    Message(u64),
    /// The link between two nodes.
    Link(NodeId, NodeId),
}

/// Where a menu is open, and whose.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct MenuAt {
    pub(crate) of: MenuOf,
    /// Position in the scene area, in pixels.
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// The slider has the focus at first, not the first item.
    pub(crate) at_clock: bool,
}

impl MenuAt {
    /// The menu where no pointer says where: in the upper left of the scene.
    pub(crate) fn corner(of: MenuOf) -> MenuAt {
        MenuAt { of, x: 24.0, y: 24.0, at_clock: false }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MenuProps {
    pub(crate) at: MenuAt,
    pub(crate) view: Same<ViewModel>,
    pub(crate) on_deed: Callback<Deed>,
    /// Another menu is wanted in its place.
    pub(crate) on_menu: Callback<MenuAt>,
    pub(crate) on_close: Callback<()>,
}

impl MenuProps {
    /// The name of a node.
    pub(super) fn name(&self, node: NodeId) -> String {
        self.view.names.get(node.index()).cloned().unwrap_or_default()
    }
}

/// What a menu shows: its name, what stands beside that, and the rest.
pub(super) struct Content {
    pub(super) title: String,
    pub(super) aside: String,
    pub(super) body: Html,
}

/// The menu. It takes the focus, gives it back, and closes on Escape or a press elsewhere.
#[component]
pub(crate) fn Menu(props: &MenuProps) -> Html {
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
    let (content, kind) = match props.at.of {
        MenuOf::Node(id) => (node::content(lang, props, id), "node"),
        MenuOf::Message(id) => (message::content(lang, props, id), "message"),
        MenuOf::Link(one, two) => (link::content(lang, props, (one, two)), "link"),
    };
    let content = content.unwrap_or_else(|| Content {
        title: Label::Message.text(lang).to_owned(),
        aside: String::new(),
        body: html! { <p class="menu-gone">{Label::Arrived.text(lang)}</p> },
    });
    html! {
        <div ref={element} class="menu" role="dialog" data-menu={kind} tabindex="-1"
            aria-label={content.title.clone()} onkeydown={menu_keys(&props.on_close)}>
            <p class="menu-head"><span>{content.title}</span><span>{content.aside}</span></p>
            {content.body}
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
        let wanted = match at.of {
            _ if at.at_clock => "input",
            MenuOf::Link(..) => "select",
            MenuOf::Node(_) | MenuOf::Message(_) => "button:not(:disabled)",
        };
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
        if matches!(target.tag_name().as_str(), "INPUT" | "SELECT") {
            return;
        }
        event.prevent_default();
        let Ok(Some(menu)) = target.closest("[data-menu]") else { return };
        let Ok(items) = menu.query_selector_all("button:not(:disabled), input, select") else {
            return;
        };
        let count = items.length() as i32;
        let own: &web_sys::Node = &target;
        let place = (0..count).find(|at| items.item(*at as u32).as_ref() == Some(own));
        let next = (place.unwrap_or(0) + step).rem_euclid(count.max(1));
        focus(items.item(next as u32).and_then(|item| item.dyn_into().ok()));
    })
}

/// An item that does something and closes the menu.
pub(super) fn item(
    props: &MenuProps,
    (glyph, name): (Glyph, impl Into<AttrValue>),
    key: &'static str,
    able: bool,
    deed: Deed,
) -> Html {
    let (on_deed, on_close) = (props.on_deed.clone(), props.on_close.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        on_deed.emit(deed.clone());
        on_close.emit(());
    });
    button(glyph, name.into(), key, able, onclick)
}

/// A line of a menu.
pub(super) fn button(
    glyph: Glyph,
    name: AttrValue,
    key: &'static str,
    able: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button type="button" class="menu-item" disabled={!able} {onclick}>
            {icon(glyph)}<span>{name}</span>
            if !key.is_empty() {
                <kbd aria-hidden="true">{key}</kbd>
            }
        </button>
    }
}
