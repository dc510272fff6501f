//! A failing scenario made small: asked for in the story of what breaks, proposed in the text.

mod panel;
mod proposal;

use std::cell::RefCell;
use std::rc::Rc;

use quorate::lab::{Action, ViewModel};
use serde::Deserialize;
use yew::prelude::*;

use super::session::Same;
use super::worker::{self, Change, Request, Task, Told, Work};
pub(crate) use panel::{shrink_now, shrink_panel};
pub(crate) use proposal::proposal_bar;

/// How far it has come.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Progress {
    schedules: u64,
    actions: Vec<bool>,
    events: Option<u32>,
}

/// What came of it.
#[derive(Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Report {
    text: String,
    kept: String,
    struck: Vec<(u32, String)>,
    changed: Vec<(u32, String)>,
}

impl Report {
    /// A line of the text is not needed.
    pub(crate) fn strikes(&self, line: u32) -> bool {
        self.struck.iter().any(|(own, _)| *own == line)
    }

    /// What a line of the text says from then on, if that is something else.
    pub(crate) fn rewrites(&self, line: u32) -> Option<&str> {
        self.changed.iter().find(|(own, _)| *own == line).map(|(_, text)| text.as_str())
    }

    fn changes(&self) -> bool {
        !self.struck.is_empty() || !self.changed.is_empty()
    }

    /// The steps by hand are something else than the lines that are left.
    fn has_steps(&self) -> bool {
        self.text != self.kept
    }
}

type Heard = Told<Progress, Report>;
type Known = worker::Known<Progress, Report>;

/// What the panels know of it, and what they may ask for.
#[derive(Clone, PartialEq)]
pub(crate) struct Shrink {
    known: Rc<Known>,
    /// The text on screen.
    text: Same<str>,
    turn: Callback<Wish>,
}

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Begin,
    Cancel,
    /// The lines that are left are written.
    TakeLines,
    /// The steps by hand are written.
    TakeSteps,
    Forget,
}

impl Shrink {
    /// What is proposed for the text on screen.
    pub(crate) fn proposal(&self) -> Option<&Rc<Report>> {
        self.known.report.as_ref().filter(|report| self.is_about_this() && report.changes())
    }

    fn is_about_this(&self) -> bool {
        self.known.about.as_deref() == Some(&*self.text)
    }

    fn asks(&self, wish: Wish) -> Callback<MouseEvent> {
        self.turn.reform(move |_: MouseEvent| wish)
    }

    /// Nothing is known and nobody can be asked, for a panel that stands alone.
    #[cfg(test)]
    pub(crate) fn none(view: &ViewModel) -> Shrink {
        Shrink { known: Rc::default(), text: Same::from(&view.text), turn: Callback::noop() }
    }
}

/// One shrinking at a time.
#[hook]
pub(crate) fn use_shrink(view: &ViewModel, act: &Callback<Action>) -> Shrink {
    let known = use_reducer(Known::default);
    let work = use_mut_ref(|| None::<Work>);
    let text = Same::from(&view.text);
    let heard = (known.clone(), text.clone(), act.clone());
    let turn = use_callback(heard, move |wish, (known, text, act)| match wish {
        Wish::Begin => begin(&text.0, &known.dispatcher(), &work),
        Wish::Cancel => {
            if let Some(work) = &*work.borrow() {
                work.tell("cancel");
            }
        }
        Wish::TakeLines | Wish::TakeSteps => {
            if let Some(report) = &known.report {
                let lines = wish == Wish::TakeLines;
                let text = if lines { &report.kept } else { &report.text };
                act.emit(Action::Write(text.clone()));
            }
        }
        Wish::Forget => {
            work.borrow_mut().take();
            known.dispatch(Change::Forget);
        }
    });
    Shrink { known: Rc::new((*known).clone()), text, turn }
}

fn begin(text: &Rc<str>, known: &UseReducerDispatcher<Known>, work: &Rc<RefCell<Option<Work>>>) {
    known.dispatch(Change::Begin(Rc::clone(text)));
    let known = known.clone();
    let request = Request { task: Task::Shrink, text, limits: None };
    let began = Work::begin(&request, move |told: Heard| known.dispatch(Change::Told(told)));
    *work.borrow_mut() = Some(began);
}
