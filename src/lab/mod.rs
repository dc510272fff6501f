//! The playground without pixels: what a visitor may do, and what the screen shows.
//!
//! [`Lab::update`] takes an [`Action`]; [`Lab::view`] gives plain data. Sixty times a second the
//! screen calls [`Lab::frame`] and draws [`Lab::stage`]; everything else it reads from the view
//! model, at most ten times a second.

mod action;
mod checks;
mod compare;
mod coverage;
mod hands;
mod history;
pub mod host;
mod interest;
mod json;
pub mod link;
mod meter;
mod narrate;
mod playback;
mod replay;
mod run;
mod sweeping;
mod telling;
mod track;
mod undo;
mod view;
mod view_model;
mod why;

pub use action::{Action, Deed, Handling, Speed};
pub use compare::{SLOW_FACTOR, SlowRequest};
pub use hands::{LinkState, link_state, lossy_link, slow_link};
pub use interest::{TRICKS, Trick, Turn};
pub use replay::{Replay, Violation};
pub use telling::telling;
pub use view_model::{
    CandidateView, CheckView, CompareRow, CompareView, HistoryView, InlayView, MarkKind, OpView,
    PickView, PlayheadView, PoolView, RuleView, RunView, Say, Selection, ServerView, SpanKind,
    StageView, Status, StrategyView, SweepView, Track, TrackMark, TrackSpan, ViewModel, WhyView,
};

// What view models and deeds are made of, for rooms that do not know `sim`.
pub use crate::check::chronicle::Chronicle;
pub use crate::check::theory::{Kind as TheoryKind, Subject as TheorySubject, Theory};
pub use crate::sim::{
    ClientView, Cut, DiskMode, FlightNote, FlightView, Input, NodeView, Snapshot, Status as Health,
    Target, TimerView,
};

use std::rc::Rc;

use crate::kernel::{SimTime, Span};
pub use crate::script::dial::Dial;
pub use crate::script::sweep::{Curve as SweepCurve, Point as SweepPoint};
use crate::script::{self, Problem};
use crate::sim::Progress;

use compare::Rivals;
use interest::Search;
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
    /// A search for what would make the run interesting.
    search: Option<(&'static Trick, Search)>,
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
            search: None,
            view: None,
        }
    }

    /// Does what the visitor asks for.
    pub fn update(&mut self, action: Action) {
        self.view = None;
        self.notice = None;
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

    // The text.

    fn open(&mut self, text: String) {
        if !self.text.is_empty() && *self.text != *text {
            self.undo.note(&self.text, false);
        }
        self.selection = None;
        self.set_text(text);
        self.start();
    }

    fn edit(&mut self, text: String) {
        if *self.text == *text {
            return;
        }
        self.undo.note(&self.text, true);
        if text.len() > self.text.len() + 1 || text.ends_with([' ', '\n']) {
            self.undo.settle();
        }
        self.set_text(text);
    }

    fn undo(&mut self) {
        if let Some(text) = self.undo.undo(&self.text) {
            self.set_text(text);
        }
    }

    fn redo(&mut self) {
        if let Some(text) = self.undo.redo(&self.text) {
            self.set_text(text);
        }
    }

    /// Replaces the text. If it is understood its run is computed, and takes the screen as soon as
    /// it has come as far as the playhead; if not, the last good run stays.
    fn set_text(&mut self, text: String) {
        self.text = Rc::from(text);
        self.search = None;
        match script::plan(&self.text) {
            Ok(plan) => {
                self.problems = Rc::from([]);
                self.dials = Rc::new(script::dial::dials(&self.text, &plan));
                self.compared = Rc::new(compare::compared(&plan));
                match Run::new(plan) {
                    Ok(run) => {
                        self.coming = Some(run);
                        self.bring_in(FIRST_SLICE);
                    }
                    Err(error) => self.notice = Some(Say::new(&error.message, &error.message)),
                }
            }
            Err(problems) => self.problems = Rc::from(problems),
        }
    }

    /// Computes the coming run, and puts it on screen if it reaches the playhead.
    fn bring_in(&mut self, events: u64) {
        let Some(coming) = &mut self.coming else { return };
        coming.compute(events);
        if self.run.is_some() && !coming.reaches(self.playback.at) {
            return;
        }
        self.run = self.coming.take();
        self.stopped_at = None;
        if let Some(run) = &mut self.run {
            let end = run.timeline.end();
            self.playback.at = self.playback.at.min(end);
            self.playback.pace = Playback::pace_for(run.typical_delay(), run.plan.until);
            if let Some(Selection::Node(node)) = self.selection
                && node.0 >= run.plan.spec.nodes
            {
                self.selection = None;
            }
        }
        self.meet();
        self.arrive();
    }

    fn start(&mut self) {
        if let Some(coming) = self.coming.take() {
            self.run = Some(coming);
            self.meet();
        }
        self.playback.at = SimTime::ZERO;
        self.playback.playing = self.run.is_some();
        self.stopped_at = None;
        if let Some(run) = &mut self.run {
            self.playback.pace = Playback::pace_for(run.typical_delay(), run.plan.until);
        }
        self.arrive();
    }

    fn set_word(&mut self, key: &str, value: &str) {
        let Some(run) = &self.run else { return };
        let line = run.plan.head_line;
        let text = script::edit::set_word(&self.text, line, key, value);
        self.rewrite(text);
    }

    /// Replaces the text by one that the page has written.
    fn rewrite(&mut self, text: String) {
        if *self.text != *text {
            self.undo.note(&self.text, false);
            self.set_text(text);
        }
    }

    fn sweep(&mut self, wanted: bool) {
        if !wanted {
            if let Some(sweep) = &mut self.sweep {
                sweep.stop();
            }
            return;
        }
        let Some(run) = &self.run else { return };
        match Sweeping::new(&run.plan) {
            Ok(sweep) => self.sweep = Some(sweep),
            Err(why) => self.notice = Some(why),
        }
    }

    fn turn(&mut self, id: &str, stop: usize) {
        let Some(dial) = self.dials.iter().find(|dial| dial.id == id) else { return };
        let text = dial.turned(&self.text, stop);
        // A value that the rest of the text forbids is not written.
        if *self.text == *text || !self.problems.is_empty() || script::plan(&text).is_err() {
            return;
        }
        self.undo.turned(&self.text, id);
        self.set_text(text);
    }

    /// The strategies of the run on screen are to be compared.
    fn meet(&mut self) {
        let plan = self.run.as_ref().map(|run| &*run.plan);
        self.rivals.meet(plan);
        self.sweep.take_if(|sweep| plan.is_none_or(|plan| !sweep.is_of(plan)));
    }

    // The playhead.

    fn shift_speed(&mut self, by: isize) {
        let place = Speed::ALL.iter().position(|speed| *speed == self.playback.speed);
        let place = place.unwrap_or(1).saturating_add_signed(by).min(Speed::ALL.len() - 1);
        self.playback.speed = Speed::ALL[place];
    }

    fn move_playhead(&mut self, action: &Action) {
        let Some(run) = &mut self.run else { return };
        let event = run.timeline.event();
        match action {
            Action::TogglePlay if self.playback.playing => self.playback.playing = false,
            Action::TogglePlay | Action::Play => {
                if self.playback.at >= run.timeline.end() {
                    self.playback.at = SimTime::ZERO;
                    self.stopped_at = None;
                    run.seek(0);
                    self.arrive();
                }
                self.playback.playing = true;
            }
            Action::Pause => self.playback.playing = false,
            Action::Reset | Action::Home => self.jump(SimTime::ZERO),
            Action::End => {
                let end = run.timeline.end();
                self.jump(end);
            }
            Action::StepForward => self.jump_behind(event + 1),
            Action::StepBack => self.jump_behind(event.saturating_sub(1)),
            Action::SeekEvent(event) => self.jump_behind(*event),
            Action::Seek(at) => {
                let at = (*at).min(run.timeline.end());
                self.seek(at);
            }
            Action::NextMark => self.jump_to_mark(|mark| mark.event > event, false, |_| true),
            Action::PreviousMark => self.jump_to_mark(|mark| mark.event < event, true, |_| true),
            Action::NextViolation => self.next_violation(event),
            Action::LastElection => self.jump_to_mark(
                |mark| mark.event < event,
                true,
                |kind| kind == MarkKind::ElectionWon,
            ),
            // The others are done by `update`.
            _ => {}
        }
    }

    fn next_violation(&mut self, event: u64) {
        let Some(run) = &self.run else { return };
        let marks = &run.track().marks;
        let mut violations = marks.iter().filter(|mark| mark.kind == MarkKind::Violation);
        let later = violations.clone().find(|mark| mark.event > event);
        if let Some(event) = later.or_else(|| violations.next()).map(|mark| mark.event) {
            self.jump_behind(event);
        }
    }

    fn jump_to_mark(
        &mut self,
        wanted: impl Fn(&TrackMark) -> bool,
        backwards: bool,
        kind: impl Fn(MarkKind) -> bool,
    ) {
        let Some(run) = &self.run else { return };
        let mut marks = run.track().marks.iter().filter(|mark| wanted(mark) && kind(mark.kind));
        let mark = if backwards { marks.next_back() } else { marks.next() };
        if let Some(event) = mark.map(|mark| mark.event) {
            self.jump_behind(event);
        }
    }

    fn jump_behind(&mut self, event: u64) {
        let Some(run) = &mut self.run else { return };
        self.playback.playing = false;
        let event = event.min(run.timeline.last_event());
        run.seek(event);
        self.playback.at = run.timeline.time_of(event);
        self.arrive_exactly();
    }

    fn jump(&mut self, at: SimTime) {
        self.playback.playing = false;
        self.seek(at);
    }

    fn seek(&mut self, at: SimTime) {
        self.playback.at = at;
        self.stopped_at = None;
        self.arrive();
    }

    /// Moves the run to the playhead.
    fn arrive(&mut self) {
        if let Some(run) = &mut self.run {
            run.seek_time(self.playback.at);
        }
        self.arrive_exactly();
    }

    fn arrive_exactly(&mut self) {
        self.refresh_snapshot();
        self.view = None;
    }

    fn refresh_snapshot(&mut self) {
        let selected = match self.selection {
            Some(Selection::Node(node)) => Some(node),
            _ => None,
        };
        self.snapshot = self
            .run
            .as_ref()
            .map(|run| Rc::new(run.timeline.cursor().snapshot(run.cards(selected))));
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
        let Some(run) = &mut self.run else { return changed };
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

    fn advance(&mut self, elapsed_ms: f64) {
        let Some(run) = &mut self.run else { return };
        let mut target = self.playback.after(elapsed_ms);
        let running = run.timeline.progress() == Progress::Running;
        let edge = if running {
            run.timeline.time_of(run.timeline.last_event())
        } else {
            run.timeline.end()
        };
        target = target.min(edge);
        let before = run.timeline.event();
        let after = run.timeline.event_at(target);
        if let Some((event, at)) = run.checks.first_violation(before, after)
            && self.stopped_at != Some(event)
            && at < run.timeline.end()
        {
            // The violation is the product: stop there and explain.
            self.stopped_at = Some(event);
            self.playback.playing = false;
            self.playback.at = at.min(target).max(self.playback.at);
            run.seek(event);
            self.arrive_exactly();
            return;
        }
        self.playback.at = target;
        if !running && target >= run.timeline.end() {
            self.playback.playing = false;
        }
        if before != after {
            run.seek(after);
            self.refresh_snapshot();
        }
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
            || self.coming.is_some()
            || self.search.is_some()
            || self.run.as_ref().is_some_and(computing)
    }
}
