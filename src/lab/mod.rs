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
mod coverage;
pub mod file;
mod hands;
mod history;
pub mod host;
mod interest;
pub mod link;
mod logs;
mod messages;
mod meter;
mod metrics;
mod moves;
mod narrate;
mod playback;
mod remedy;
mod replay;
mod run;
mod seeds;
pub mod snippet;
mod story;
mod sweeping;
mod telling;
mod track;
mod undo;
mod view;
mod view_model;
mod why;

pub use action::{Action, Deed, Handling, Speed};
pub use beside::{Aspect, BesideView, DifferenceView, Finding, Parting};
pub use branch::{BranchView, BranchesView};
pub use compare::{SLOW_FACTOR, SlowRequest};
pub use hands::{LinkState, link_state, lossy_link, slow_link};
pub use interest::{TRICKS, Trick, Turn};
pub use logs::{EntryState, EntryView, LogView, LogsView};
pub use messages::{Column, Fate, MessageQuery, MessageView, Messages};
pub use metrics::{ChartKind, ChartView, MetricsView, Unit};
pub use remedy::RemedyView;
pub use replay::{Replay, Violation};
pub use story::StoryStep;
pub use telling::telling;
pub use view_model::{
    CandidateView, CheckView, CompareRow, CompareView, HistoryView, InlayView, MarkKind, OpView,
    PickView, PlayheadView, PoolView, RuleView, RunView, Say, SeedsView, Selection, ServerView,
    SpanKind, StageView, Status, StrategyView, SweepView, Track, TrackMark, TrackSpan, ViewModel,
    WhyView,
};

// What view models and deeds are made of, for rooms that do not know `sim`.
pub use crate::check::chronicle::Chronicle;
pub use crate::check::theory::{Kind as TheoryKind, Subject as TheorySubject, Theory};
pub use crate::sim::{
    ClientView, Cut, DiskMode, FlightNote, FlightView, Input, NodeView, Snapshot, Status as Health,
    Target, TimerView,
};

use std::rc::Rc;

use crate::kernel::Span;
pub use crate::script::dial::Dial;
pub use crate::script::sweep::{Curve as SweepCurve, Point as SweepPoint};
use crate::script::{self, Problem};
use crate::sim::Progress;

use beside::Beside;
use branch::Branches;
use compare::Rivals;
use interest::Search;
use playback::Playback;
use run::Run;
use seeds::Seeds;
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
    /// A search for what would make the run interesting.
    search: Option<(&'static Trick, Search)>,
    /// A search for a seed with which something fails.
    seeds: Option<Seeds>,
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
            search: None,
            seeds: None,
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
            Action::Interest(turn) => self.make_interesting(turn),
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
            Action::DeleteBranch(id) => self.delete(id),
            Action::CompareBranch(id) => self.put_beside(id),
            Action::CompareSound(wanted) => self.put_sound_beside(wanted),
            Action::Write(text) => self.put_text(text),
            Action::Logs(wanted) => self.logs = wanted,
            Action::Settle => self.undo.settle(),
            Action::Seed(seed) => self.set_word("seed", &seed.to_string()),
            Action::FailingSeed(wanted) => self.seek_failure(wanted),
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
        if self.search.is_some() {
            self.view = None;
            self.look_further(FRAME_SLICE);
            changed = true;
        }
        if self.seeds.is_some() {
            self.view = None;
            self.seek_on(FRAME_SLICE);
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

    /// What happened in the run on screen, as far as it is computed; for the space-time diagram.
    pub fn chronicle(&self) -> Option<&Chronicle> {
        self.run.as_ref().map(|run| &run.chronicle)
    }

    /// The scenario to search for the run on screen, with these counts where it does not say its
    /// scope itself; see [`script::ask::searchable`].
    pub fn searchable(&self, counts: &[u16]) -> Option<String> {
        let run = self.run.as_ref()?;
        Some(script::ask::searchable(&run.plan, &run.text, counts))
    }

    /// What was done from outside, in the words of a scenario, by its place in the recipe.
    pub fn deed(&self, index: u32) -> Option<String> {
        self.run.as_ref()?.deed(index)
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
            || self.search.is_some()
            || self.seeds.is_some()
            || self.run.as_ref().is_some_and(computing)
    }
}
