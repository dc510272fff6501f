//! Moving the playhead: by a step, to a place, by itself in both directions.

use std::rc::Rc;

use crate::kernel::SimTime;
use crate::sim::Progress;

use super::Lab;
use super::action::{Action, Speed};
use super::messages::Messages;
use super::view_model::{MarkKind, Selection, TrackMark};

impl Lab {
    pub(super) fn shift_speed(&mut self, by: isize) {
        let place = Speed::ALL.iter().position(|speed| *speed == self.playback.speed);
        let place = place.unwrap_or(1).saturating_add_signed(by).min(Speed::ALL.len() - 1);
        self.playback.speed = Speed::ALL[place];
    }

    pub(super) fn move_playhead(&mut self, action: &Action) {
        let Some(run) = &mut self.run else { return };
        let event = run.timeline.event();
        match action {
            Action::TogglePlay if self.playback.playing => self.playback.playing = false,
            Action::TogglePlayBack if self.playback.playing && self.playback.backwards => {
                self.playback.playing = false;
            }
            Action::TogglePlayBack => {
                if self.playback.at == SimTime::ZERO {
                    let end = run.timeline.end();
                    self.seek(end);
                }
                (self.playback.playing, self.playback.backwards) = (true, true);
            }
            Action::TogglePlay | Action::Play => {
                self.playback.backwards = false;
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
            Action::PlayFrom(event) => {
                self.jump_behind(*event);
                self.stopped_at = None;
                (self.playback.playing, self.playback.backwards) = (true, false);
            }
            Action::Seek(at) => {
                let at = (*at).min(run.timeline.end());
                self.seek(at);
            }
            Action::NextMark => self.jump_to_mark(|mark| mark.event > event, false, |_| true),
            Action::PreviousMark => self.jump_to_mark(|mark| mark.event < event, true, |_| true),
            Action::NextViolation => self.jump_to_violation(event, false),
            Action::PreviousViolation => self.jump_to_violation(event, true),
            Action::NextMessage => self.jump_to_message(false),
            Action::PreviousMessage => self.jump_to_message(true),
            Action::LastElection => self.jump_to_mark(
                |mark| mark.event < event,
                true,
                |kind| kind == MarkKind::ElectionWon,
            ),
            // The others are done by `update`.
            _ => {}
        }
    }

    /// To the violation beside an event, and around the end to the one at the other side.
    fn jump_to_violation(&mut self, event: u64, backwards: bool) {
        let Some(run) = &self.run else { return };
        let violations = run.track().marks.iter().filter(|it| it.kind == MarkKind::Violation);
        let all = violations.map(|mark| mark.event);
        let (beside, around) = if backwards {
            (all.clone().filter(|at| *at < event).max(), all.max())
        } else {
            (all.clone().filter(|at| *at > event).min(), all.min())
        };
        if let Some(event) = beside.or(around) {
            self.jump_behind(event);
        }
    }

    /// To the message beside the playhead that the selected node sent or received; that anybody did
    /// without one.
    fn jump_to_message(&mut self, backwards: bool) {
        let (Some(run), Some(snapshot)) = (&self.run, &self.snapshot) else { return };
        let node = match self.selection {
            Some(Selection::Node(node)) => Some(node),
            Some(Selection::Flight(_)) | None => None,
        };
        let messages = Messages::new(&run.ledger, snapshot, &run.names);
        if let Some(event) = messages.beside(node, backwards) {
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

    pub(super) fn jump_behind(&mut self, event: u64) {
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

    pub(super) fn seek(&mut self, at: SimTime) {
        self.playback.at = at;
        self.stopped_at = None;
        self.arrive();
    }

    /// Moves the run to the playhead.
    pub(super) fn arrive(&mut self) {
        if let Some(run) = &mut self.run {
            run.seek_time(self.playback.at);
        }
        self.arrive_exactly();
    }

    pub(super) fn arrive_exactly(&mut self) {
        self.refresh_snapshot();
        self.view = None;
    }

    pub(super) fn refresh_snapshot(&mut self) {
        let selected = match self.selection {
            Some(Selection::Node(node)) => Some(node),
            _ => None,
        };
        self.snapshot = self
            .run
            .as_ref()
            .map(|run| Rc::new(run.timeline.cursor().snapshot(run.cards(selected))));
    }

    pub(super) fn advance(&mut self, elapsed_ms: f64) {
        if self.playback.backwards {
            self.retreat(elapsed_ms);
            return;
        }
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

    /// Plays backwards: to the start, whatever is violated on the way.
    fn retreat(&mut self, elapsed_ms: f64) {
        let Some(run) = &mut self.run else { return };
        let target = self.playback.before(elapsed_ms);
        self.playback.at = target;
        self.playback.playing = target > SimTime::ZERO;
        // Going forward again, it stops at the violation again.
        self.stopped_at = None;
        let event = run.timeline.event_at(target);
        if event != run.timeline.event() {
            run.seek(event);
            self.refresh_snapshot();
        }
    }
}
