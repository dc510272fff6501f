//! Pointing, choosing, asking for menus, pulling messages, and drawing a line that cuts the
//! network.

use std::rc::Rc;

use quorate::kernel::NodeId;
use quorate::lab::Action;
use quorate::scene::{Point, Target};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::super::faults::{MenuAt, MenuOf};
use super::{Backstage, StageProps, place_on, selection};

/// A shorter drag is a click.
const DRAG: f64 = 14.0;

/// What the stage does with pointers.
pub(super) struct Hands {
    pub(super) down: Callback<PointerEvent>,
    pub(super) moved: Callback<PointerEvent>,
    pub(super) up: Callback<PointerEvent>,
    pub(super) cancel: Callback<PointerEvent>,
    pub(super) left: Callback<PointerEvent>,
    pub(super) click: Callback<MouseEvent>,
    pub(super) menu: Callback<MouseEvent>,
}

pub(super) fn hands(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Hands {
    Hands {
        down: down(backstage, root, props),
        moved: moved(backstage, root, props),
        up: up(backstage, root, props),
        cancel: {
            let backstage = Rc::clone(backstage);
            Callback::from(move |_| {
                backstage.with(|painter| (painter.cut, painter.grip) = (None, None));
                backstage.wake();
            })
        },
        left: {
            let backstage = Rc::clone(backstage);
            Callback::from(move |_| {
                backstage.with(|painter| (painter.hover, painter.link) = (None, None));
                backstage.wake();
            })
        },
        click: click(backstage, root, props),
        menu: menu(backstage, root, props),
    }
}

fn is_finger(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// A press takes hold of a message, or begins a line: on empty ground, and anywhere while a
/// partition is being made.
fn down(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<PointerEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let (picking, able) = (props.side.is_some(), props.on_pull.is_some());
    Callback::from(move |event: PointerEvent| {
        backstage.dragged.set(false);
        if event.button() != 0 || !able {
            return;
        }
        let point = place_on(&root, event.client_x(), event.client_y());
        let finger = is_finger(&event);
        let begun = backstage.with(|painter| {
            if !painter.can_cut() {
                return false;
            }
            let under = painter.hit(point, finger);
            if picking {
                painter.cut = Some((point, point));
                return under.is_none();
            }
            match under {
                Some(Target::Flight(flight)) => painter.grasp(flight, point),
                // A finger on empty ground is about to do something else.
                None if !finger => {
                    painter.cut = Some((point, point));
                    true
                }
                None | Some(Target::Node(_) | Target::Client(_)) => false,
            }
        });
        if begun == Some(true) {
            capture(&root, event.pointer_id());
        }
    })
}

/// The stage hears of the pointer also where it leaves the stage.
fn capture(root: &NodeRef, pointer: i32) {
    if let Some(root) = root.cast::<Element>() {
        let _ = root.set_pointer_capture(pointer);
    }
}

fn moved(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<PointerEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let (session, able) = (props.session.clone(), props.on_pull.is_some());
    Callback::from(move |event: PointerEvent| {
        let point = place_on(&root, event.client_x(), event.client_y());
        let mut pause = false;
        let changed = backstage.with(|painter| {
            if let Some((_, to)) = &mut painter.cut {
                *to = point;
                return true;
            }
            if let Some(grip) = &mut painter.grip {
                grip.pull(point);
                pause = true;
                return true;
            }
            let over = painter.hit(point, false);
            let free = over.is_none() && able && seat_of(&event).is_none();
            let link = if free { painter.link_at(point, false) } else { None };
            let changed = (painter.hover, painter.link) != (over, link);
            (painter.hover, painter.link) = (over, link);
            if changed && let Some(root) = root.cast::<Element>() {
                let busy = over.is_some() || link.is_some();
                let _ = root.class_list().toggle_with_force("stage-over", busy);
            }
            changed
        });
        // What is held does not run away.
        if pause && session.view().playhead.playing {
            session.act(Action::Pause);
        }
        if changed == Some(true) {
            backstage.wake();
        }
    })
}

fn up(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<PointerEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let (on_split, on_pull) = (props.on_split.clone(), props.on_pull.clone());
    Callback::from(move |event: PointerEvent| {
        let held = backstage.with(|painter| (painter.cut.take(), painter.grip.take()));
        let Some((line, grip)) = held.filter(|(line, grip)| line.is_some() || grip.is_some())
        else {
            return;
        };
        if let Some(root) = root.cast::<Element>() {
            let _ = root.release_pointer_capture(event.pointer_id());
        }
        backstage.wake();
        if let Some((grip, on_pull)) = grip.zip(on_pull.as_ref())
            && let Some(pull) = grip.meant()
        {
            // The press that ends here is no click.
            backstage.dragged.set(true);
            on_pull.emit((grip.flight(), pull));
        }
        if let Some(line) = line.filter(|(from, to)| from.distance(*to) >= DRAG) {
            backstage.dragged.set(true);
            if let Some(side) = backstage.with(|painter| painter.side_of(line)).flatten() {
                on_split.emit(side);
            }
        }
    })
}

fn click(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<MouseEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let (on_select, on_toggle) = (props.on_select.clone(), props.on_toggle.clone());
    let (on_menu, able) = (props.on_menu.clone(), props.on_pull.is_some());
    let picking = props.side.is_some();
    Callback::from(move |event: MouseEvent| {
        if backstage.dragged.take() {
            return;
        }
        let point = place_on(&root, event.client_x(), event.client_y());
        let finger = event.dyn_ref::<PointerEvent>().is_some_and(is_finger);
        let target = under(&backstage, &event, point, finger);
        match target {
            Some(Target::Node(node)) if picking => on_toggle.emit(node),
            _ if picking => {}
            Some(Target::Flight(flight)) => {
                on_select.emit(selection(Target::Flight(flight)));
                if able {
                    on_menu.emit(menu_at(MenuOf::Message(flight), point));
                }
            }
            Some(target) => on_select.emit(selection(target)),
            None => {
                let link = backstage.with(|painter| painter.link_at(point, finger)).flatten();
                match link.filter(|_| able) {
                    Some((one, two)) => on_menu.emit(menu_at(MenuOf::Link(one, two), point)),
                    None => on_select.emit(None),
                }
            }
        }
    })
}

/// What a click means. A button pressed by a key has no place; it knows its node.
fn under(
    backstage: &Rc<Backstage>,
    event: &MouseEvent,
    point: Point,
    finger: bool,
) -> Option<Target> {
    match seat_of(event) {
        Some(node) if event.detail() == 0 => Some(Target::Node(node)),
        seat => {
            let hit = backstage.with(|painter| painter.hit(point, finger)).flatten();
            hit.or(seat.map(Target::Node))
        }
    }
}

fn menu_at(of: MenuOf, place: Point) -> MenuAt {
    MenuAt { of, x: place.x + 10.0, y: place.y + 10.0, at_clock: false }
}

fn menu(backstage: &Rc<Backstage>, root: &NodeRef, props: &StageProps) -> Callback<MouseEvent> {
    let (backstage, root) = (Rc::clone(backstage), root.clone());
    let on_menu = props.on_menu.clone();
    Callback::from(move |event: MouseEvent| {
        let point = place_on(&root, event.client_x(), event.client_y());
        let hit = backstage.with(|painter| painter.hit(point, false)).flatten();
        let of = match (hit, seat_of(&event)) {
            (Some(Target::Flight(flight)), _) => MenuOf::Message(flight),
            (Some(Target::Node(node)), _) | (_, Some(node)) => MenuOf::Node(node),
            _ => return,
        };
        event.prevent_default();
        // A long press ends here: what it took hold of is let go.
        let middle = backstage.with(|painter| {
            (painter.cut, painter.grip) = (None, None);
            match of {
                MenuOf::Node(node) => painter.middle_of(node),
                MenuOf::Message(_) | MenuOf::Link(..) => point,
            }
        });
        let place = middle.unwrap_or(point);
        on_menu.emit(MenuAt { of, x: place.x, y: place.y, at_clock: false });
    })
}

/// The node whose button the event happened on.
fn seat_of(event: &MouseEvent) -> Option<NodeId> {
    let element = event.target_dyn_into::<Element>()?;
    let name = element.get_attribute("data-node")?;
    let number: u32 = name.get(1..)?.parse().ok()?;
    Some(NodeId(number.checked_sub(1)?))
}
