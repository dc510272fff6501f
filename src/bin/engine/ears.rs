//! Who listens to a scene.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::{Closure, JsValue};

macro_rules! topics {
    ($($name:ident $word:literal)*) => {
        /// What can be listened to.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Topic { $($name,)* }

        impl Topic {
            /// Every topic with its name.
            const ALL: &'static [(Topic, &'static str)] = &[$((Topic::$name, $word),)*];
        }
    };
}

topics! {
    Event "event"
    Sent "sent"
    Delivered "delivered"
    Lost "lost"
    Fact "fact"
    Operation "operation"
    Input "input"
    Violation "violation"
    End "end"
}

impl Topic {
    /// The topic of this name, or a sentence that lists all.
    pub(crate) fn named(word: &str) -> Result<Topic, String> {
        let found = Topic::ALL.iter().find(|(_, name)| *name == word);
        found.map(|(topic, _)| *topic).ok_or_else(|| {
            let all: Vec<&str> = Topic::ALL.iter().map(|(_, name)| *name).collect();
            format!("a scene tells no \"{word}\"; it tells {}", all.join(", "))
        })
    }
}

/// What is told, and to whom.
pub(crate) type Told = (Topic, JsValue);

/// One listener: its number, what it wants to hear, and what to call.
type Ear = (u32, Topic, Function);

/// Everybody who listens.
#[derive(Default)]
pub(crate) struct Ears {
    all: RefCell<Vec<Ear>>,
    serial: Cell<u32>,
}

impl Ears {
    /// Adds a listener; the function returned takes it away again.
    pub(crate) fn add(self: &Rc<Ears>, topic: Topic, callback: Function) -> JsValue {
        let id = self.serial.get().wrapping_add(1);
        self.serial.set(id);
        self.all.borrow_mut().push((id, topic, callback));
        let ears = Rc::downgrade(self);
        let end = move || {
            if let Some(ears) = ears.upgrade() {
                ears.all.borrow_mut().retain(|(other, ..)| *other != id);
            }
        };
        Closure::<dyn Fn()>::new(end).into_js_value()
    }

    /// Whether anybody wants to hear of this.
    pub(crate) fn want(&self, topic: Topic) -> bool {
        self.all.borrow().iter().any(|(_, wanted, _)| *wanted == topic)
    }

    /// Tells everybody, in order. A listener may add and remove listeners, and move the scene.
    ///
    /// # Errors
    /// What a listener has thrown first; the others have heard everything nevertheless.
    pub(crate) fn tell(&self, told: &[Told]) -> Result<(), JsValue> {
        let mut thrown = Ok(());
        for (topic, value) in told {
            let wanted = |(id, own, _): &&Ear| {
                own == topic && self.all.borrow().iter().any(|it| it.0 == *id)
            };
            let now: Vec<Ear> = self.all.borrow().clone();
            for (.., callback) in now.iter().filter(wanted) {
                let heard = callback.call1(&JsValue::UNDEFINED, value).map(drop);
                if thrown.is_ok() {
                    thrown = heard;
                }
            }
        }
        thrown
    }
}
