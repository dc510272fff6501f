//! Pointing, choosing, asking for actions, and drawing a line that cuts the network.

use std::rc::Rc;

use quorate::kernel::NodeId;
use quorate::scene::Target;
use web_sys::Element;
use yew::prelude::*;

use super::{Backstage, StageProps, place_on, selection};

/// A shorter drag is a click.
const DRAG: f64 = 14.0;

/// What the stage does with pointers.
pub(super) struct Hands {
    pub(super) down: Callback<PointerEvent>,
    pub(super) moved: Callback<PointerEvent>,
    pub(super) up: Callback<PointerEvent>,
    pub(super) left: Callback<PointerEvent>,
    pub(super) click: Callback<MouseEvent>,
    pub(super) menu: Callback<MouseEvent>,
}

pub(super) fn hands(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Hands {
    Hands {
        down: down(backstage, root, props.side.is_some()),
        moved: moved(backstage, root),
        up: up(backstage, root, props),
        left: {
            let backstage = Rc::clone(backstage);
            Callback::from(move |_| {
                backstage.with(|painter| painter.hover = None);
                backstage.wake();
            })
        },
        click: click(backstage, root, props),
        menu: menu(backstage, root, props),
    }
}

/// A press of a mouse or pen on empty ground begins a line; a finger scrolls the page instead.
fn down(backstage: &Rc<Backstage>, root: &NodeRef, picking: bool) -> Callback<PointerEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    Callback::from(move |event: PointerEvent| {
        if event.button() != 0 || event.pointer_type() == "touch" || picking {
            return;
        }
        backstage.dragged.set(false);
        let point = place_on(&root, event.client_x(), event.client_y());
        let begun = backstage.with(|painter| {
            let free = painter.can_cut() && painter.hit(point).is_none();
            painter.cut = free.then_some((point, point));
            free
        });
        if begun == Some(true)
            && let Some(root) = root.cast::<Element>()
        {
            let _ = root.set_pointer_capture(event.pointer_id());
        }
    })
}

fn moved(backstage: &Rc<Backstage>, root: &NodeRef) -> Callback<PointerEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    Callback::from(move |event: PointerEvent| {
        let point = place_on(&root, event.client_x(), event.client_y());
        let changed = backstage.with(|painter| {
            if let Some((_, to)) = &mut painter.cut {
                *to = point;
                return true;
            }
            let over = painter.hit(point);
            let changed = painter.hover != over;
            painter.hover = over;
            if changed && let Some(root) = root.cast::<Element>() {
                let _ = root.class_list().toggle_with_force("stage-over", over.is_some());
            }
            changed
        });
        if changed == Some(true) {
            backstage.wake();
        }
    })
}

fn up(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<PointerEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let on_split = props.on_split.clone();
    Callback::from(move |event: PointerEvent| {
        let line = backstage.with(|painter| painter.cut.take()).flatten();
        let Some(line) = line else { return };
        if let Some(root) = root.cast::<Element>() {
            let _ = root.release_pointer_capture(event.pointer_id());
        }
        backstage.wake();
        if line.0.distance(line.1) < DRAG {
            return;
        }
        // The press that ends here is no click.
        backstage.dragged.set(true);
        let side = backstage.with(|painter| painter.side_of(line)).flatten();
        if let Some(side) = side {
            on_split.emit(side);
        }
    })
}

fn click(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<MouseEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let (on_select, on_toggle) = (props.on_select.clone(), props.on_toggle.clone());
    let picking = props.side.is_some();
    Callback::from(move |event: MouseEvent| {
        if backstage.dragged.take() {
            return;
        }
        // A button pressed by a key has no place; it knows its node.
        let point = place_on(&root, event.client_x(), event.client_y());
        let by_key = event.detail() == 0;
        let target = match seat_of(&event) {
            Some(node) if by_key => Some(Target::Node(node)),
            seat => {
                let hit = backstage.with(|painter| painter.hit(point)).flatten();
                hit.or(seat.map(Target::Node))
            }
        };
        match target {
            Some(Target::Node(node)) if picking => on_toggle.emit(node),
            _ if picking => {}
            target => on_select.emit(target.and_then(selection)),
        }
    })
}

fn menu(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<MouseEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let on_menu = props.on_menu.clone();
    Callback::from(move |event: MouseEvent| {
        let point = place_on(&root, event.client_x(), event.client_y());
        let hit = backstage.with(|painter| painter.hit(point)).flatten();
        let ((Some(Target::Node(node)), _) | (_, Some(node))) = (hit, seat_of(&event)) else {
            return;
        };
        event.prevent_default();
        let middle = backstage.with(|painter| painter.middle_of(node)).unwrap_or(point);
        on_menu.emit((node, middle.x, middle.y));
    })
}

/// The node whose button the event happened on.
fn seat_of(event: &MouseEvent) -> Option<NodeId> {
    let element = event.target_dyn_into::<Element>()?;
    let name = element.get_attribute("data-node")?;
    let number: u32 = name.get(1..)?.parse().ok()?;
    Some(NodeId(number.checked_sub(1)?))
}
