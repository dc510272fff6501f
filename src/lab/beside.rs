//! A branch beside the one on screen: two runs on one axis, and where they part.

use std::rc::Rc;

use crate::kernel::{Role, SimTime};
use crate::script::property_words;
use crate::sim::{Cards, Cluster, Happening, Occurrence, Progress, Snapshot, Status as Health};

use super::run::Run;
use super::view_model::{CheckView, Say, Status, Track};

/// What two runs are compared by.
#[derive(Clone, PartialEq, Debug)]
pub enum Aspect {
    /// Who leads.
    Leader,
    /// The latest era anybody is in.
    Era,
    /// The highest slot committed.
    Commits,
    /// How many operations of clients were answered.
    Answers,
    /// How many messages were sent.
    Messages,
    /// An expectation, as written, when the run is over.
    Expectation(String),
}

/// What an aspect is in one of the runs.
#[derive(Clone, PartialEq, Debug)]
pub enum Finding {
    /// A name or a number.
    Text(String),
    /// Nothing to be said.
    Nothing,
    /// How an expectation stands.
    Verdict(Status),
}

/// A row of the table of differences.
#[derive(Clone, PartialEq, Debug)]
pub struct DifferenceView {
    /// By what.
    pub aspect: Aspect,
    /// In the run on screen.
    pub here: Finding,
    /// In the other.
    pub there: Finding,
}

/// Where two runs part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parting {
    /// They agree as far as they have been compared, up to this event.
    Searching(u64),
    /// They agree to their ends.
    Never,
    /// At this event they differ first, the earlier one at this instant.
    At(u64, SimTime),
}

/// Two branches beside each other.
#[derive(Clone, PartialEq, Debug)]
pub struct BesideView {
    /// The names: here, there.
    pub names: [Say; 2],
    /// Their tracks.
    pub tracks: [Rc<Track>; 2],
    /// The end of the longer run: both tracks are drawn to it.
    pub end: SimTime,
    /// Where they part.
    pub parting: Parting,
    /// At the playhead, what differs and what does not.
    pub rows: Vec<DifferenceView>,
    /// The other run is computed to its end.
    pub complete: bool,
    /// The other one is the same scenario with the missing rule kept.
    pub sound: bool,
    /// Nothing is violated in the other run; known once it is complete.
    pub keeps: Option<bool>,
}

/// What stands beside the run on screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Other {
    /// The branch of this number.
    Branch(u32),
    /// The protocol that keeps the missing rule, driven by the same lines.
    Sound,
}

/// The other run, and two worlds that step side by side.
pub(super) struct Beside {
    pub(super) of: Other,
    run: Run,
    worlds: Option<[Box<dyn Cluster>; 2]>,
    /// The recipe of the run on screen that `worlds` began with.
    with: Rc<crate::script::Plan>,
    parting: Parting,
}

impl Beside {
    pub(super) fn new(of: Other, run: Run, here: &Run) -> Beside {
        let with = Rc::clone(&here.plan);
        let mut beside = Beside { of, run, worlds: None, with, parting: Parting::Never };
        beside.meet(here);
        beside
    }

    /// The branch that stands beside, if one does.
    pub(super) fn branch(&self) -> Option<u32> {
        match self.of {
            Other::Branch(id) => Some(id),
            Other::Sound => None,
        }
    }

    fn meet(&mut self, here: &Run) {
        self.with = Rc::clone(&here.plan);
        self.worlds = Some([here.timeline.before(0), self.run.timeline.before(0)]);
        self.parting = Parting::Searching(0);
    }

    /// Goes on computing. True if anything has changed.
    pub(super) fn frame(&mut self, here: &Run, events: u64, at: SimTime) -> bool {
        if !Rc::ptr_eq(&self.with, &here.plan) {
            self.meet(here);
        }
        let computing = self.run.timeline.progress() == Progress::Running;
        if computing {
            self.run.compute(events);
        }
        let searching = self.worlds.is_some();
        if searching {
            self.search(here, events);
        }
        let at = at.min(self.run.timeline.end());
        let event = self.run.timeline.event_at(at);
        let moved = event != self.run.timeline.event();
        self.run.seek(event);
        computing || searching || moved
    }

    pub(super) fn is_busy(&self) -> bool {
        self.worlds.is_some() || self.run.timeline.progress() == Progress::Running
    }

    /// Steps both worlds until they differ or are over.
    fn search(&mut self, here: &Run, events: u64) {
        let untils = [here.plan.until, self.run.plan.until];
        let limits = [here.plan.events_max, self.run.plan.events_max];
        let Some(worlds) = &mut self.worlds else { return };
        for _ in 0..events {
            let mut went = [false; 2];
            for (place, world) in worlds.iter_mut().enumerate() {
                let due = world.next_at().is_some_and(|at| at <= untils[place]);
                went[place] = due
                    && world.last().index < limits[place]
                    && world.step()
                    && world.now() <= untils[place];
            }
            let [a, b] = [worlds[0].last(), worlds[1].last()];
            self.parting = match went {
                [false, false] => Parting::Never,
                [true, false] => Parting::At(a.index, a.at),
                [false, true] => Parting::At(b.index, b.at),
                [true, true] if same(a, b) => Parting::Searching(a.index),
                [true, true] => Parting::At(a.index, a.at.min(b.at)),
            };
            if !matches!(self.parting, Parting::Searching(_)) {
                self.worlds = None;
                return;
            }
        }
    }

    pub(super) fn view(&self, here: &Run, names: [Say; 2]) -> BesideView {
        let runs = [here, &self.run];
        let snapshots = runs.map(|run| run.timeline.cursor().snapshot(Cards::None));
        BesideView {
            names,
            tracks: runs.map(|run| Rc::clone(run.track())),
            end: here.timeline.end().max(self.run.timeline.end()),
            parting: self.parting,
            rows: rows(runs, &snapshots, self.of == Other::Sound),
            complete: self.run.timeline.progress() != Progress::Running,
            sound: self.of == Other::Sound,
            keeps: (self.run.timeline.progress() != Progress::Running)
                .then(|| self.run.checks.marks().is_empty()),
        }
    }
}

/// True if two events are the same to whoever looks on. The place of an input in its text is not
/// looked at.
fn same(a: &Occurrence, b: &Occurrence) -> bool {
    let what = match (&a.what, &b.what) {
        (
            Happening::Input { input, struck, .. },
            Happening::Input { input: other, struck: others, .. },
        ) => input == other && struck == others,
        (a, b) => a == b,
    };
    what && a.at == b.at && a.facts == b.facts && a.sent == b.sent && a.ops == b.ops
}

fn rows(runs: [&Run; 2], snapshots: &[Snapshot; 2], sound: bool) -> Vec<DifferenceView> {
    let mut rows = Vec::new();
    let mut row = |aspect: Aspect, here: Finding, there: Finding| {
        rows.push(DifferenceView { aspect, here, there });
    };
    let number = |number: usize| Finding::Text(number.to_string());
    let pool = runs[0].meter.is_some();
    if !pool {
        let [a, b] = [0, 1].map(|at| leader(runs[at], &snapshots[at]));
        row(Aspect::Leader, a, b);
        let era = |at: usize| snapshots[at].nodes.iter().map(|node| node.era).max();
        let [a, b] = [0, 1].map(|at| number(era(at).unwrap_or_default() as usize));
        row(Aspect::Era, a, b);
        let [a, b] = [0, 1]
            .map(|at| number(runs[at].ledger.borrow().commits_by(snapshots[at].event) as usize));
        row(Aspect::Commits, a, b);
    }
    let [a, b] = [0, 1].map(|at| number(runs[at].ledger.borrow().answers_by(snapshots[at].at)));
    row(Aspect::Answers, a, b);
    let [a, b] = [0, 1].map(|at| number(runs[at].ledger.borrow().sent_by(snapshots[at].event)));
    row(Aspect::Messages, a, b);
    let [here, there] = runs.map(|run| judged(run, sound));
    for check in &here {
        let other = there.iter().find(|other| other.text == check.text);
        let verdict = |status: Status| Finding::Verdict(status);
        let other = other.map_or(Finding::Nothing, |it| verdict(it.final_status));
        row(Aspect::Expectation(check.text.clone()), verdict(check.final_status), other);
    }
    for check in there.iter().filter(|it| here.iter().all(|own| own.text != it.text)) {
        let verdict = Finding::Verdict(check.final_status);
        row(Aspect::Expectation(check.text.clone()), Finding::Nothing, verdict);
    }
    rows
}

/// How a run is judged when it is over: by what its text expects; beside a sound protocol, which is
/// expected to keep what the other one breaks, by what both promise.
fn judged(run: &Run, sound: bool) -> Vec<CheckView> {
    let (at, event) = (run.timeline.end(), run.timeline.last_event());
    if !sound {
        return run.checks.expectations(at, event);
    }
    let mut checks = run.checks.properties(at, event);
    for check in &mut checks {
        check.text = check.property.map(property_words).unwrap_or_default();
    }
    checks
}

/// The leader of the latest era.
fn leader(run: &Run, snapshot: &Snapshot) -> Finding {
    let leads =
        snapshot.nodes.iter().filter(|it| it.role == Role::Leader && it.status == Health::Up);
    let latest = leads.max_by_key(|node| node.era);
    let name = latest.and_then(|node| run.names.get(node.id.index()));
    name.map_or(Finding::Nothing, |name| Finding::Text(name.clone()))
}
