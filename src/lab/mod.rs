//! The playground without pixels: what a visitor may do, and what the screen shows.
//!
//! [`Lab::update`] takes an [`Action`]; [`Lab::view`] gives plain data. Sixty times a second the
//! screen calls [`Lab::frame`] and draws [`Lab::stage`]; everything else it reads from the view
//! model, at most ten times a second.

mod action;
mod beside;
mod branch;
mod change;
mod checks;
mod compare;
mod history;
mod json;
pub mod link;
mod logs;
mod messages;
mod meter;
mod metrics;
mod moves;
mod narrate;
mod playback;
mod run;
mod sweeping;
mod track;
mod undo;
mod view;
mod view_model;
mod why;

pub use action::{Action, Deed, Speed};
pub use beside::{Aspect, BesideView, DifferenceView, Finding, Parting};
pub use branch::{BranchView, BranchesView};
pub use compare::{SLOW_FACTOR, SlowRequest};
pub use logs::{EntryState, EntryView, LogView, LogsView};
pub use messages::{Column, Fate, MessageQuery, MessageView, Messages};
pub use metrics::{ChartKind, ChartView, MetricsView, Unit};
pub use view_model::{
    CandidateView, CheckView, CompareRow, CompareView, HistoryView, InlayView, MarkKind, OpView,
    PickView, PlayheadView, PoolView, RunView, Say, Selection, ServerView, SpanKind, StageView,
    Status, StrategyView, SweepView, Track, TrackMark, TrackSpan, ViewModel, WhyView,
};

// What view models and deeds are made of, for rooms that do not know `sim`.
pub use crate::check::theory::{Kind as TheoryKind, Subject as TheorySubject, Theory};
pub use crate::sim::{
    ClientView, Cut, FlightNote, FlightView, Input, NodeView, Snapshot, Status as Health, Target,
    TimerView,
};

use std::rc::Rc;

use crate::kernel::{NodeId, SimTime, Span};
pub use crate::script::dial::Dial;
pub use crate::script::sweep::{Curve as SweepCurve, Point as SweepPoint};
use crate::script::{self, Problem};
use crate::sim::{Progress, Status as NodeStatus};

use beside::Beside;
use branch::Branches;
use compare::Rivals;
use playback::Playback;
use run::Run;
use sweeping::Sweeping;
use undo::Undo;

/// Events computed at once when a text is opened: most scenarios are whole by then.
const FIRST_SLICE: u64 = 6_000;
/// Events computed ahead in one frame.
const FRAME_SLICE: u64 = 1_500;

/// The playground.
pub struct Lab {
    text: Rc<str>,
    problems: Rc<[Problem]>,
    undo: Undo,
    /// What can be turned in the text, where it is understood.
    dials: Rc<Vec<Dial>>,
    /// What is compared, as the text says.
    compared: Rc<Vec<&'static str>>,
    /// The run on screen: the last good one.
    run: Option<Run>,
    /// The run of a changed text, until it is computed as far as the playhead.
    coming: Option<Run>,
    playback: Playback,
    selection: Option<Selection>,
    notice: Option<Say>,
    /// The violation the playback has stopped at; it does not stop there again.
    stopped_at: Option<u64>,
    snapshot: Option<Rc<Snapshot>>,
    /// All strategies beside each other, and those of a changed text until they reach the playhead.
    rivals: Rivals,
    /// The sweep asked for last, if it is about the run on screen.
    sweep: Option<Sweeping>,
    branches: Branches,
    /// A branch beside the one on screen.
    beside: Option<Beside>,
    /// Everybody's log is wanted.
    logs: bool,
    view: Option<Rc<ViewModel>>,
}

impl Default for Lab {
    fn default() -> Self {
        Lab::new()
    }
}

impl Lab {
    /// A playground with an empty text.
    pub fn new() -> Lab {
        Lab {
            text: Rc::from(""),
            problems: Rc::from([]),
            undo: Undo::default(),
            dials: Rc::default(),
            compared: Rc::default(),
            run: None,
            coming: None,
            playback: Playback::default(),
            selection: None,
            notice: None,
            stopped_at: None,
            snapshot: None,
            rivals: Rivals::default(),
            sweep: None,
            branches: Branches::default(),
            beside: None,
            logs: false,
            view: None,
        }
    }

    /// Does what the visitor asks for.
    pub fn update(&mut self, action: Action) {
        self.view = None;
        self.notice = None;
        self.end_stretch(&action);
        match action {
            Action::Open(text) => self.open(text),
            Action::Edit(text) => self.edit(text),
            Action::Run => self.start(),
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::Select(selection) => {
                self.selection = selection;
                self.undo.settle();
                self.refresh_snapshot();
            }
            Action::Do(deed) => self.do_by_hand(deed),
            Action::Strategy(id) => self.set_word("strategy", &id),
            Action::Compare(wanted) => {
                self.rivals.wanted = wanted;
                self.meet();
            }
            Action::Strategies(ids) => {
                let text = script::edit::set_compare(&self.text, &ids);
                self.rewrite(text);
            }
            Action::Sweep(wanted) => self.sweep(wanted),
            Action::Turn(dial, stop) => self.turn(&dial, stop),
            Action::Branch(id) => self.switch(id),
            Action::RenameBranch(id, name) => self.rename(id, &name),
            Action::CompareBranch(id) => self.put_beside(id),
            Action::Logs(wanted) => self.logs = wanted,
            Action::Settle => self.undo.settle(),
            Action::Seed(seed) => self.set_word("seed", &seed.to_string()),
            Action::RaiseLimit => {
                if let Some(run) = &mut self.run {
                    run.raise_limit();
                }
            }
            Action::Speed(speed) => self.playback.speed = speed,
            Action::Faster => self.shift_speed(1),
            Action::Slower => self.shift_speed(-1),
            playback => self.move_playhead(&playback),
        }
    }

    // Deeds.

    fn do_by_hand(&mut self, deed: Deed) {
        self.playback.playing = false;
        let Some(run) = &self.run else { return };
        if !self.problems.is_empty() {
            self.notice = Some(Say::new(
                "The text has a problem; mend it first, then a fault can be written into it.",
                "文本中还有错误；请先修正，才能把故障写入文本。",
            ));
            return;
        }
        let input = self.input_of(deed);
        let command = script::print_input(&input, run.plan.names);
        // Later than everything that happened up to the playhead, and readable: whole microseconds.
        let at = SimTime((self.playback.at.0 / 1_000 + 1) * 1_000);
        if at > run.plan.until {
            self.notice = Some(Say::new(
                "The run is over here; go back to do something to the cluster.",
                "运行已在此结束；请先回到更早的时刻再操作集群。",
            ));
            return;
        }
        let (text, _) = script::edit::insert_timed(&self.text, at, &command);
        let when = Span::millis(at.0 / 1_000_000);
        let what = Say::new(format!("{command} at {when}"), format!("{when} 时 {command}"));
        self.changing(what, false);
        self.playback.at = at;
        self.set_text(text);
    }

    fn input_of(&self, deed: Deed) -> Input {
        let status = |node: NodeId| {
            let snapshot = self.snapshot.as_ref();
            snapshot.and_then(|snapshot| snapshot.nodes.get(node.index()).cloned())
        };
        match deed {
            Deed::Input(input) => input,
            Deed::ToggleCrash(node) => {
                let crashed =
                    status(node).is_some_and(|view| matches!(view.status, NodeStatus::Crashed(_)));
                let target = Target::Node(node);
                if crashed { Input::Restart(target) } else { Input::Crash(target) }
            }
            Deed::TogglePause(node) => {
                let paused =
                    status(node).is_some_and(|view| matches!(view.status, NodeStatus::Paused(_)));
                let target = Target::Node(node);
                if paused { Input::Resume(target) } else { Input::Pause(target) }
            }
            Deed::ToggleIsolate(node) => {
                let isolated = status(node).is_some_and(|view| view.isolated);
                if isolated { Input::Heal } else { Input::Isolate(Target::Node(node)) }
            }
        }
    }

    // Frames.

    /// Accounts for `elapsed_ms` of real time: computes ahead and moves the playhead. True if the
    /// stage has changed.
    pub fn frame(&mut self, elapsed_ms: f64) -> bool {
        let mut changed = false;
        if self.coming.is_some() {
            self.view = None;
            self.bring_in(FRAME_SLICE);
            changed = true;
        }
        if self.rivals.frame(elapsed_ms, self.playback.at) {
            self.view = None;
            changed = true;
        } else if let Some(sweep) = &mut self.sweep
            && sweep.frame(elapsed_ms)
        {
            self.view = None;
            changed = true;
        }
        let Some(run) = &mut self.run else { return changed };
        if let Some(beside) = &mut self.beside
            && beside.frame(run, FRAME_SLICE, self.playback.at)
        {
            self.view = None;
            changed = true;
        }
        if run.timeline.progress() == Progress::Running {
            run.compute(FRAME_SLICE);
            self.view = None;
            if !self.playback.playing
                && run.timeline.event_at(self.playback.at) != run.timeline.event()
            {
                // A link led further than was computed then.
                self.arrive();
                changed = true;
            }
        }
        if !self.playback.playing {
            return changed;
        }
        self.advance(elapsed_ms);
        self.view = None;
        true
    }

    /// What the stage draws; `None` while there is no run.
    pub fn stage(&self) -> Option<StageView> {
        let run = self.run.as_ref()?;
        Some(StageView {
            snapshot: Rc::clone(self.snapshot.as_ref()?),
            at: self.playback.at,
            ended: Rc::clone(&run.ended),
            flow: if self.playback.playing { self.playback.flow() } else { Span::ZERO },
        })
    }

    /// True while frames are needed: the playhead moves, or a run is being computed.
    pub fn is_busy(&self) -> bool {
        let computing = |run: &Run| run.timeline.progress() == Progress::Running;
        let sweeping = self.sweep.as_ref().is_some_and(Sweeping::is_busy);
        let comparing = self.rivals.is_busy() || sweeping;
        self.playback.playing
            || comparing
            || self.beside.as_ref().is_some_and(Beside::is_busy)
            || self.coming.is_some()
            || self.run.as_ref().is_some_and(computing)
    }
}
