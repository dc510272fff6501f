//! Changing the text, and what becomes of the run and of its old future.

use std::rc::Rc;

use crate::kernel::SimTime;
use crate::script;

use super::action::Action;
use super::beside::{Beside, Other};
use super::compare;
use super::playback::Playback;
use super::run::Run;
use super::sweeping::Sweeping;
use super::undo::Version;
use super::view_model::{Say, Selection};
use super::{FIRST_SLICE, Lab};

impl Lab {
    pub(super) fn open(&mut self, text: String) {
        if !self.text.is_empty() && *self.text != *text {
            let what = Say::new("opening another scenario", "打开另一个剧本");
            self.changing(what, false);
            self.branches.opened(&self.text);
            self.beside = None;
        }
        self.selection = None;
        self.set_text(text);
        self.start();
    }

    pub(super) fn edit(&mut self, text: String) {
        if *self.text == *text {
            return;
        }
        self.changing(Say::default(), true);
        if text.len() > self.text.len() + 1 || text.ends_with([' ', '\n']) {
            self.undo.settle();
        }
        self.set_text(text);
    }

    pub(super) fn undo(&mut self) {
        let current = self.branches.version(&self.text, Say::default());
        if let Some(version) = self.undo.undo(current) {
            self.go_back_to(&version);
        }
    }

    pub(super) fn redo(&mut self) {
        let current = self.branches.version(&self.text, Say::default());
        if let Some(version) = self.undo.redo(current) {
            self.go_back_to(&version);
        }
    }

    /// Replaces the text. If it is understood its run is computed, and takes the screen as soon as
    /// it has come as far as the playhead; if not, the last good run stays.
    pub(super) fn set_text(&mut self, text: String) {
        self.branches.is_now(&text);
        self.text = Rc::from(text);
        self.search = None;
        self.seeds = None;
        match script::plan(&self.text) {
            Ok(plan) => {
                self.problems = Rc::from([]);
                self.dials = Rc::new(script::dial::dials(&self.text, &plan));
                self.compared = Rc::new(compare::compared(&plan));
                match Run::new(plan, &self.text) {
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
    pub(super) fn bring_in(&mut self, events: u64) {
        let Some(coming) = &mut self.coming else { return };
        coming.compute(events);
        if self.run.is_some() && !coming.reaches(self.playback.at) {
            return;
        }
        let old = std::mem::replace(&mut self.run, self.coming.take());
        // What is kept there is a rule of the old run.
        self.beside.take_if(|beside| beside.of == Other::Sound);
        if let (Some(old), Some(new)) = (old, &self.run) {
            let texts = (&*old.text, &*new.text);
            if self.branches.is_another((&old.plan, &new.plan), texts) {
                self.branches.rewritten(&old.text);
                self.beside = None;
            } else if old.plan.until != new.plan.until || old.plan.spec != new.plan.spec {
                self.branches.part(&old.text, &new.text, self.playback.at);
            }
        }
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

    pub(super) fn start(&mut self) {
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

    pub(super) fn set_word(&mut self, key: &str, value: &str) {
        let Some(run) = &self.run else { return };
        let line = run.plan.head_line;
        let text = script::edit::set_word(&self.text, line, key, value);
        self.rewrite(text);
    }

    /// Writes a text that the page has made, and runs it from the start.
    pub(super) fn put_text(&mut self, text: String) {
        self.rewrite(text);
        self.start();
    }

    /// Replaces the text by one that the page has written.
    pub(super) fn rewrite(&mut self, text: String) {
        if *self.text != *text {
            self.changing(Say::default(), false);
            self.set_text(text);
        }
    }

    pub(super) fn sweep(&mut self, wanted: bool) {
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

    pub(super) fn turn(&mut self, id: &str, stop: usize) {
        let Some(dial) = self.dials.iter().find(|dial| dial.id == id) else { return };
        let text = dial.turned(&self.text, stop);
        // A value that the rest of the text forbids is not written.
        if *self.text == *text || !self.problems.is_empty() || script::plan(&text).is_err() {
            return;
        }
        let old = self.branches.version(&self.text, Say::default());
        let given_up = self.undo.turned(old, id);
        self.parting(given_up, Say::default());
        self.set_text(text);
    }

    /// The strategies of the run on screen are to be compared.
    pub(super) fn meet(&mut self) {
        let plan = self.run.as_ref().map(|run| &*run.plan);
        self.rivals.meet(plan);
        self.sweep.take_if(|sweep| plan.is_none_or(|plan| !sweep.is_of(plan)));
    }

    // Branches.

    /// The text is about to be changed: undo keeps it, and if the change is one of the past the old
    /// future becomes a branch.
    pub(super) fn changing(&mut self, what: Say, typed: bool) {
        let old = self.branches.version(&self.text, what.clone());
        let given_up = self.undo.note(old, typed);
        self.parting(given_up, what);
    }

    fn parting(&mut self, given_up: Option<Version>, what: Say) {
        if let Some(undone) = given_up {
            self.branches.keep_undone(&undone, self.playback.at);
        }
        let past = self.run.as_ref().is_some_and(|run| self.playback.at < run.timeline.end());
        self.branches.writing(past.then_some(what));
    }

    /// A stretch of edits is over when something else is done.
    pub(super) fn end_stretch(&mut self, action: &Action) {
        let edits = matches!(
            action,
            Action::Edit(_)
                | Action::Turn(..)
                | Action::Settle
                | Action::Strategy(_)
                | Action::Strategies(_)
                | Action::Compare(_)
                | Action::Logs(_)
                | Action::Seed(_)
        );
        // What comes of the last edit may still be on its way.
        if !edits && self.coming.is_none() {
            self.branches.settle();
        }
    }

    fn go_back_to(&mut self, version: &Version) {
        self.branches.restore(version, &self.text);
        self.set_text(version.text.clone());
        self.stay_beside();
    }

    pub(super) fn switch(&mut self, id: u32) {
        let left = self.branches.current();
        if self.branches.text(id).is_none() {
            return;
        }
        self.changing(Say::new("switching to another branch", "切换到另一条分支"), false);
        let Some(text) = self.branches.switch(id, &self.text) else { return };
        let swap = self.beside.as_ref().and_then(Beside::branch) == Some(id);
        self.set_text(text.to_string());
        if swap {
            self.put_beside(Some(left));
        }
    }

    pub(super) fn rename(&mut self, id: u32, name: &str) {
        if name.trim().is_empty() {
            return;
        }
        self.changing(Say::new("the new name of a branch", "分支改名"), false);
        self.branches.settle();
        self.branches.rename(id, name);
    }

    pub(super) fn delete(&mut self, id: u32) {
        if self.branches.text(id).is_none() {
            return;
        }
        self.changing(Say::new("deleting a branch", "删除分支"), false);
        self.branches.settle();
        self.branches.delete(id);
        self.stay_beside();
    }

    /// Puts a branch beside the one on screen.
    pub(super) fn put_beside(&mut self, id: Option<u32>) {
        self.beside = None;
        let Some(id) = id else { return };
        let (Some(text), Some(here)) = (self.branches.text(id), &self.run) else { return };
        let run = script::plan(text).ok().and_then(|plan| Run::new(plan, text).ok());
        match run {
            Some(run) => self.beside = Some(Beside::new(Other::Branch(id), run, here)),
            None => {
                self.notice = Some(Say::new(
                    "This branch has a problem in its text; switch to it to mend it.",
                    "这条分支的文本有错误；请切换过去修正。",
                ));
            }
        }
    }

    /// Puts the same lines with the missing rule kept beside the run on screen, or takes them away.
    pub(super) fn put_sound_beside(&mut self, wanted: bool) {
        self.beside = None;
        let Some(here) = self.run.as_ref().filter(|_| wanted) else { return };
        let Some(text) = here.remedy().and_then(|remedy| remedy.fixed.as_ref()) else { return };
        let run = script::plan(text).ok().and_then(|plan| Run::new(plan, text).ok());
        self.beside = run.map(|run| Beside::new(Other::Sound, run, here));
    }

    /// What stands beside may have come on screen.
    fn stay_beside(&mut self) {
        let id = self.beside.as_ref().and_then(Beside::branch);
        if id.is_some_and(|id| self.branches.text(id).is_none()) {
            self.beside = None;
        }
    }
}
