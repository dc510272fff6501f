//! The page's own objects, owned: a listener, a timer or an observer ends with the value that
//! holds it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    AddEventListenerOptions, Document, Element, Event, EventTarget, IntersectionObserver,
    IntersectionObserverEntry, Window,
};

/// The window this page lives in.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// Its document.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// What the media query says now; false where the browser does not know it.
pub(crate) fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// A length of the style sheet, to a tenth of a pixel.
pub(crate) fn pixels(length: f64) -> String {
    let tenths = (length * 10.0).round() as i32;
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}px", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

/// An event listener, taken away when dropped.
pub(crate) struct Listener {
    target: EventTarget,
    kind: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens to events of that kind.
    pub(crate) fn new(
        target: &EventTarget,
        kind: &'static str,
        hear: impl FnMut(Event) + 'static,
    ) -> Listener {
        let closure = Closure::<dyn FnMut(Event)>::new(hear);
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let function = closure.as_ref().unchecked_ref();
        let added = target.add_event_listener_with_callback_and_add_event_listener_options(
            kind, function, &options,
        );
        debug_assert!(added.is_ok(), "a listener can be added to any target");
        Listener { target: target.clone(), kind, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        // A target that is gone has no listeners either.
        let _ = self.target.remove_event_listener_with_callback(self.kind, function);
    }
}

/// A call in the future, cancelled when dropped.
pub(crate) struct Timeout {
    id: Option<i32>,
    _closure: Closure<dyn FnMut()>,
}

impl Timeout {
    /// Calls back once after so many milliseconds.
    pub(crate) fn new(ms: i32, call: impl FnOnce() + 'static) -> Timeout {
        let mut call = Some(call);
        let closure = Closure::<dyn FnMut()>::new(move || {
            if let Some(call) = call.take() {
                call();
            }
        });
        let function = closure.as_ref().unchecked_ref();
        let id = window().set_timeout_with_callback_and_timeout_and_arguments_0(function, ms).ok();
        Timeout { id, _closure: closure }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            window().clear_timeout_with_handle(id);
        }
    }
}

type OnFrame = Box<dyn Fn(f64) -> bool>;
type FrameClosure = Closure<dyn FnMut(f64)>;

/// An animation loop that sleeps when its callback says that nothing moves.
pub(crate) struct Frames(Rc<Loop>);

struct Loop {
    pending: Cell<Option<i32>>,
    on_frame: OnFrame,
    closure: RefCell<Option<FrameClosure>>,
}

impl Frames {
    /// A loop that calls back with the time of the frame in milliseconds until it hears false. It
    /// starts asleep.
    pub(crate) fn new(on_frame: impl Fn(f64) -> bool + 'static) -> Frames {
        let shared = Rc::new_cyclic(|weak: &Weak<Loop>| {
            let weak = weak.clone();
            let closure = FrameClosure::new(move |now| {
                if let Some(shared) = weak.upgrade() {
                    shared.pending.set(None);
                    if (shared.on_frame)(now) {
                        shared.request();
                    }
                }
            });
            Loop {
                pending: Cell::new(None),
                on_frame: Box::new(on_frame),
                closure: RefCell::new(Some(closure)),
            }
        });
        Frames(shared)
    }

    /// Asks for a frame, unless one is coming.
    pub(crate) fn wake(&self) {
        self.0.request();
    }
}

impl Loop {
    fn request(&self) {
        if self.pending.get().is_some() {
            return;
        }
        if let Some(closure) = &*self.closure.borrow() {
            let function = closure.as_ref().unchecked_ref();
            self.pending.set(window().request_animation_frame(function).ok());
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let Some(id) = self.0.pending.take() {
            let _ = window().cancel_animation_frame(id);
        }
        // Not while the loop is inside its own callback: then the closure goes with the Rc.
        if let Ok(mut closure) = self.0.closure.try_borrow_mut() {
            closure.take();
        }
    }
}

/// Tells when an element comes into view and leaves it.
pub(crate) struct Sight {
    observer: IntersectionObserver,
    _closure: Closure<dyn FnMut(js_sys::Array)>,
}

impl Sight {
    /// Watches the element; `None` where the browser cannot.
    pub(crate) fn new(element: &Element, see: impl Fn(bool) + 'static) -> Option<Sight> {
        let closure = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last = entries.get(entries.length().saturating_sub(1));
            if let Ok(entry) = last.dyn_into::<IntersectionObserverEntry>() {
                see(entry.is_intersecting());
            }
        });
        let observer = IntersectionObserver::new(closure.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Sight { observer, _closure: closure })
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
