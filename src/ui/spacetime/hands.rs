//! Pointers, the wheel and keys on the diagram.

use std::cell::RefCell;
use std::rc::Rc;

use quorate::lab::Action;
use quorate::scene::Point;
use quorate::scene::spacetime::View;
use wasm_bindgen::JsCast;
use web_sys::{Element, WheelEvent};
use yew::prelude::*;

use super::super::dom::Listener;
use super::Shared;

/// A shorter drag is a press.
const DRAG: f64 = 5.0;
/// How much nearer a key or a button leads.
pub(super) const STEP: f64 = 0.6;
/// How much of the window Page Up and Page Down move.
const PAGE: f64 = 0.8;

/// Fingers on the diagram, and where it was when they came.
#[derive(Default)]
pub(super) struct Held {
    fingers: Vec<(i32, Point)>,
    start: Option<(Point, View)>,
    spread: Option<(f64, View)>,
    dragged: bool,
}

pub(super) struct Hands {
    pub(super) down: Callback<PointerEvent>,
    pub(super) moved: Callback<PointerEvent>,
    pub(super) up: Callback<PointerEvent>,
    pub(super) left: Callback<PointerEvent>,
    pub(super) double: Callback<MouseEvent>,
    pub(super) keys: Callback<KeyboardEvent>,
}

fn place(event: &MouseEvent) -> Option<(Element, Point)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let root = target.closest(".st-board").ok()??;
    let bounds = root.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    Some((root, Point { x: x - bounds.left(), y: y - bounds.top() }))
}

pub(super) fn hands(shared: &Rc<Shared>, act: &Callback<Action>) -> Hands {
    let with = |work: fn(&Shared, &PointerEvent)| {
        let shared = Rc::clone(shared);
        Callback::from(move |event: PointerEvent| work(&shared, &event))
    };
    let double = {
        let (shared, act) = (Rc::clone(shared), act.clone());
        Callback::from(move |event: MouseEvent| {
            let Some((_, point)) = place(&event) else { return };
            if let Some(at) = shared.with(|board| board.instant(point.x)) {
                act.emit(Action::Seek(at));
            }
        })
    };
    let keys = {
        let (shared, act) = (Rc::clone(shared), act.clone());
        Callback::from(move |event: KeyboardEvent| press(&shared, &act, &event))
    };
    Hands { down: with(down), moved: with(moved), up: with(up), left: with(left), double, keys }
}

fn down(shared: &Shared, event: &PointerEvent) {
    let Some((root, point)) = place(event) else { return };
    if event.button() != 0 {
        return;
    }
    let _ = root.set_pointer_capture(event.pointer_id());
    let view = shared.with(|board| board.view()).unwrap_or_default();
    let mut held = shared.held.borrow_mut();
    held.fingers.retain(|(id, _)| *id != event.pointer_id());
    held.fingers.push((event.pointer_id(), point));
    match held.fingers[..] {
        [(_, only)] => {
            (held.start, held.dragged) = (Some((only, view)), false);
        }
        [(_, one), (_, two), ..] => {
            (held.start, held.dragged) = (None, true);
            held.spread = Some((one.distance(two).max(1.0), view));
        }
        [] => {}
    }
}

fn moved(shared: &Shared, event: &PointerEvent) {
    let Some((root, point)) = place(event) else { return };
    let mut held = shared.held.borrow_mut();
    if let Some(finger) = held.fingers.iter_mut().find(|(id, _)| *id == event.pointer_id()) {
        finger.1 = point;
    }
    match (&held.fingers[..], held.start, held.spread) {
        ([(_, one), (_, two), ..], _, Some((spread, view))) => {
            let times = spread / one.distance(*two).max(1.0);
            let middle = one.towards(*two, 0.5);
            shared.with(|board| {
                let share = board.share(middle.x);
                board.set_view(view);
                board.zoom(times, share);
            });
        }
        ([_], Some((start, view)), _) => {
            if !held.dragged && start.distance(point) < DRAG {
                return;
            }
            held.dragged = true;
            shared.with(|board| board.drag(view, point.x - start.x, point.y - start.y));
        }
        ([], ..) => {
            let over = shared.with(|board| (board.point(Some(point)), board.points()));
            let Some((true, over)) = over else { return };
            let _ = root.class_list().toggle_with_force("st-over", over);
        }
        _ => return,
    }
    drop(held);
    shared.wake();
}

fn up(shared: &Shared, event: &PointerEvent) {
    let Some((_, point)) = place(event) else { return };
    let mut held = shared.held.borrow_mut();
    let pressed = held.fingers.len() == 1 && !held.dragged;
    held.fingers.retain(|(id, _)| *id != event.pointer_id());
    if held.fingers.is_empty() {
        *held = Held::default();
    }
    drop(held);
    if pressed && event.type_() == "pointerup" {
        shared.with(|board| board.press(point));
    }
    shared.changed();
}

fn left(shared: &Shared, _: &PointerEvent) {
    if shared.with(|board| board.point(None)) == Some(true) {
        shared.wake();
    }
}

/// The wheel zooms around the pointer; across, or with Shift, it moves. The tree's own listeners
/// could not keep the page from zooming.
pub(super) fn wheel(root: &Element, shared: &Rc<Shared>) -> Listener {
    let shared = Rc::downgrade(shared);
    Listener::new(root, "wheel", move |event| {
        let (Some(shared), Ok(event)) = (shared.upgrade(), event.dyn_into::<WheelEvent>()) else {
            return;
        };
        event.prevent_default();
        let Some((_, point)) = place(&event) else { return };
        let line = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE { 16.0 } else { 1.0 };
        let (dx, dy) = (event.delta_x() * line, event.delta_y() * line);
        shared.with(|board| {
            if event.shift_key() || dx.abs() > dy.abs() {
                let by = if dx.abs() > dy.abs() { dx } else { dy };
                board.pan(by / 600.0);
            } else {
                // A notch of a mouse is about a hundred pixels; a pinch on a pad comes in tenths.
                let by = if event.ctrl_key() { dy * 3.0 } else { dy };
                let times = libm::exp2(by.clamp(-300.0, 300.0) / 300.0);
                board.zoom(times, board.share(point.x));
            }
        });
        shared.changed();
    })
}

fn press(shared: &Shared, act: &Callback<Action>, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let done = shared.with(|board| {
        match (event.key().as_str(), event.shift_key()) {
            ("+" | "=", _) => board.zoom_here(STEP),
            ("-" | "_", _) => board.zoom_here(1.0 / STEP),
            ("0", _) => board.fit(),
            ("PageUp", _) => board.pan(-PAGE),
            ("PageDown", _) => board.pan(PAGE),
            ("ArrowLeft", false) => board.step(-1, 0),
            ("ArrowRight", false) => board.step(1, 0),
            ("ArrowUp", false) => board.step(0, -1),
            ("ArrowDown", false) => board.step(0, 1),
            ("Escape", _) if board.asked().is_some() => board.ask(None),
            ("Enter", _) => return board.asked().map(|event| Some(u64::from(event))),
            _ => return None,
        }
        Some(None)
    });
    let Some(Some(goal)) = done else { return };
    event.prevent_default();
    event.stop_propagation();
    if let Some(goal) = goal {
        act.emit(Action::SeekEvent(goal));
    }
    shared.changed();
}

/// The state of the fingers, in a cell.
pub(super) type HeldCell = RefCell<Held>;
