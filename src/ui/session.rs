//! The one playground of the page, outside the tree: frames, and who wants to hear of changes.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::{Rc, Weak};

use quorate::lab::{Action, Lab, StageView, ViewModel};
use yew::prelude::*;

use super::dom::{self, Frames};
use super::link;

/// Panels look again at most this often while it plays.
const PUBLISH_MS: f64 = 100.0;
/// With more nodes than this nobody follows their figures ten times a second.
const CROWD: usize = 64;
/// How often panels then look again.
const CROWD_MS: f64 = 250.0;
/// Longest time one frame may stand for: a tab that slept does not leap.
const FRAME_MS: f64 = 100.0;
/// One event each so often, where motion is not wanted.
const STEP_MS: f64 = 500.0;

/// A shared value compared by pointer, for props.
pub(crate) struct Same<T: ?Sized>(pub(crate) Rc<T>);

impl<T: ?Sized> Clone for Same<T> {
    fn clone(&self) -> Self {
        Same(Rc::clone(&self.0))
    }
}

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Deref for Same<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> From<&Rc<T>> for Same<T> {
    fn from(shared: &Rc<T>) -> Self {
        Same(Rc::clone(shared))
    }
}

type Hear = Rc<dyn Fn()>;

/// A list of who wants to hear.
#[derive(Default)]
struct Ears(RefCell<Vec<(u64, Hear)>>);

impl Ears {
    fn tell(&self) {
        // A listener may add or drop listeners.
        let all: Vec<Hear> = self.0.borrow().iter().map(|(_, hear)| Rc::clone(hear)).collect();
        for hear in all {
            hear();
        }
    }
}

struct Inner {
    lab: RefCell<Lab>,
    shown: RefCell<Rc<ViewModel>>,
    panels: Ears,
    painters: Ears,
    followers: Ears,
    serial: Cell<u64>,
    frames: RefCell<Option<Frames>>,
    last_frame: Cell<Option<f64>>,
    published_at: Cell<f64>,
    stale: Cell<bool>,
    in_sight: Cell<bool>,
    still: bool,
    stepping: Cell<bool>,
    stepped_at: Cell<f64>,
}

/// A handle on the playground. Cheap to clone; equal to its clones.
#[derive(Clone)]
pub(crate) struct Session(Rc<Inner>);

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Ends the hearing when dropped.
pub(crate) struct Hearing {
    session: Weak<Inner>,
    id: u64,
}

impl Drop for Hearing {
    fn drop(&mut self) {
        if let Some(inner) = self.session.upgrade() {
            for ears in [&inner.panels, &inner.painters, &inner.followers] {
                ears.0.borrow_mut().retain(|(id, _)| *id != self.id);
            }
        }
    }
}

impl Session {
    /// A session over `lab`. With `still`, nothing moves by itself: play goes event by event.
    pub(crate) fn new(mut lab: Lab, still: bool) -> Session {
        let shown = lab.view();
        let session = Session(Rc::new(Inner {
            lab: RefCell::new(lab),
            shown: RefCell::new(shown),
            panels: Ears::default(),
            painters: Ears::default(),
            followers: Ears::default(),
            serial: Cell::new(0),
            frames: RefCell::new(None),
            last_frame: Cell::new(None),
            published_at: Cell::new(0.0),
            stale: Cell::new(false),
            in_sight: Cell::new(true),
            still,
            stepping: Cell::new(false),
            stepped_at: Cell::new(0.0),
        }));
        let weak = Rc::downgrade(&session.0);
        let frames =
            Frames::new(move |now| weak.upgrade().is_some_and(|inner| Session(inner).frame(now)));
        frames.wake();
        session.0.frames.replace(Some(frames));
        session
    }

    /// Does what the visitor asks for; panels and stage see it at once.
    pub(crate) fn act(&self, action: Action) {
        let plays = matches!(
            action,
            Action::Play | Action::TogglePlay | Action::TogglePlayBack | Action::Run
        );
        let was_stepping = self.0.stepping.replace(false);
        {
            let mut lab = self.0.lab.borrow_mut();
            if self.0.still && was_stepping && action == Action::TogglePlay {
                lab.update(Action::Pause);
            } else {
                lab.update(action);
                if self.0.still && lab.view().playhead.playing {
                    lab.update(Action::Pause);
                    self.0.stepping.set(plays);
                }
            }
        }
        self.changed();
    }

    /// Works on the lab itself, for what is no action: links.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Lab) -> T) -> T {
        let result = work(&mut self.0.lab.borrow_mut());
        if self.0.still {
            self.0.lab.borrow_mut().update(Action::Pause);
        }
        self.changed();
        result
    }

    /// The share fragment of what is on screen now; `None` if the text is too long for a link.
    pub(crate) fn link(&self) -> Option<String> {
        link::fragment_of(&self.0.lab.borrow_mut().view())
    }

    /// What panels show.
    pub(crate) fn view(&self) -> Rc<ViewModel> {
        Rc::clone(&self.0.shown.borrow())
    }

    /// What the stage draws.
    pub(crate) fn stage(&self) -> Option<StageView> {
        self.0.lab.borrow().stage()
    }

    /// Looks at the lab itself, for what is too large for a view: the chronicle of the run.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Lab) -> T) -> T {
        look(&self.0.lab.borrow())
    }

    /// Motion is not wanted.
    pub(crate) fn is_still(&self) -> bool {
        self.0.still
    }

    /// Calls back when panels should look again.
    pub(crate) fn on_view(&self, hear: impl Fn() + 'static) -> Hearing {
        self.hearing(&self.0.panels, Rc::new(hear))
    }

    /// Calls back when what moves has moved.
    pub(crate) fn on_paint(&self, hear: impl Fn() + 'static) -> Hearing {
        self.hearing(&self.0.painters, Rc::new(hear))
    }

    /// Calls back after the painters: a canvas that is told a font asks for the styles of a page
    /// that changed before, and that costs.
    pub(crate) fn on_painted(&self, hear: impl Fn() + 'static) -> Hearing {
        self.hearing(&self.0.followers, Rc::new(hear))
    }

    fn moved(&self) {
        self.0.painters.tell();
        self.0.followers.tell();
    }

    fn hearing(&self, ears: &Ears, hear: Hear) -> Hearing {
        let id = self.0.serial.get() + 1;
        self.0.serial.set(id);
        ears.0.borrow_mut().push((id, hear));
        Hearing { session: Rc::downgrade(&self.0), id }
    }

    /// The stage came into view or left it; nothing runs unseen.
    pub(crate) fn set_in_sight(&self, in_sight: bool) {
        self.0.in_sight.set(in_sight);
        if in_sight {
            self.wake();
        }
    }

    fn changed(&self) {
        self.publish();
        self.moved();
        self.wake();
    }

    fn wake(&self) {
        if let Some(frames) = &*self.0.frames.borrow() {
            frames.wake();
        }
    }

    fn publish(&self) {
        let mut view = self.0.lab.borrow_mut().view();
        if self.0.stepping.get() {
            Rc::make_mut(&mut view).playhead.playing = true;
        }
        super::panic::remember(&view.text);
        self.0.stale.set(false);
        self.0.shown.replace(view);
        self.0.panels.tell();
    }

    /// One frame at `now` milliseconds. True if another is needed.
    fn frame(&self, now: f64) -> bool {
        let elapsed = self.0.last_frame.get().map_or(0.0, |last| (now - last).clamp(0.0, FRAME_MS));
        if !self.0.in_sight.get() || dom::document().hidden() {
            self.0.last_frame.set(None);
            return false;
        }
        self.0.last_frame.set(Some(now));
        self.step_if_due(now);
        let (moved, busy) = {
            let mut lab = self.0.lab.borrow_mut();
            let was_busy = lab.is_busy();
            let moved = lab.frame(elapsed);
            (moved || was_busy, lab.is_busy())
        };
        if moved {
            self.0.stale.set(true);
            self.moved();
        }
        let crowd = self.0.shown.borrow().names.len() > CROWD;
        let period = if crowd { CROWD_MS } else { PUBLISH_MS };
        let due = now - self.0.published_at.get() >= period;
        if self.0.stale.get() && (due || !busy) {
            self.0.published_at.set(now);
            self.publish();
        }
        let goes_on = busy || self.0.stale.get() || self.0.stepping.get();
        if !goes_on {
            self.0.last_frame.set(None);
        }
        goes_on
    }

    fn step_if_due(&self, now: f64) {
        if !self.0.stepping.get() || now - self.0.stepped_at.get() < STEP_MS {
            return;
        }
        self.0.stepped_at.set(now);
        let mut lab = self.0.lab.borrow_mut();
        let before = lab.view().playhead.event;
        let back = lab.view().playhead.backwards;
        lab.update(if back { Action::StepBack } else { Action::StepForward });
        if lab.view().playhead.event == before {
            self.0.stepping.set(false);
        }
        self.0.stale.set(true);
        drop(lab);
        self.moved();
    }
}

/// What panels show, looked at again when the session says so.
#[hook]
pub(crate) fn use_view(session: &Session) -> Same<ViewModel> {
    let shown = use_state(|| Same(session.view()));
    let setter = shown.setter();
    use_effect_with(session.clone(), move |session| {
        // What was published between the first render and this effect.
        setter.set(Same(session.view()));
        let again = session.clone();
        let hearing = session.on_view(move || setter.set(Same(again.view())));
        move || drop(hearing)
    });
    // The state is compared by pointer, so an unchanged view renders nothing.
    (*shown).clone()
}
