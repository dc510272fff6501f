//! A run that a program moves, by events or by time, and listens to: no playback, no selection.

use std::rc::Rc;

use crate::kernel::SimTime;
use crate::script::Plan;
use crate::sim::{Cards, Occurrence, Progress, Snapshot, SpecError};

use super::run::Run;
use super::view_model::{CheckView, PoolView, Say};

/// A run that is computed, and a place in it.
pub struct Replay {
    run: Run,
    at: SimTime,
}

/// A check that an event has violated.
#[derive(Clone, PartialEq, Debug)]
pub struct Violation {
    /// The event.
    pub event: u64,
    /// Its instant.
    pub at: SimTime,
    /// The check, as it stands then.
    pub check: CheckView,
}

impl Replay {
    /// Computes the run of a plan, as long as it is, and stands at its start.
    ///
    /// # Errors
    /// Never for a plan that was compiled.
    pub fn new(plan: Plan) -> Result<Replay, SpecError> {
        let mut run = Run::new(plan, &Rc::from(""))?;
        while run.compute(u64::MAX) == Progress::Running {}
        Ok(Replay { run, at: SimTime::ZERO })
    }

    /// The plan that runs.
    pub fn plan(&self) -> &Plan {
        &self.run.plan
    }

    /// The plan that runs, to be kept while the replay moves.
    pub fn plan_shared(&self) -> Rc<Plan> {
        Rc::clone(&self.run.plan)
    }

    /// The instant it stands at.
    pub fn at(&self) -> SimTime {
        self.at
    }

    /// Number of the last event at or before that.
    pub fn event(&self) -> u64 {
        self.run.timeline.event()
    }

    /// How many events the run has.
    pub fn events(&self) -> u64 {
        self.run.timeline.last_event()
    }

    /// The end of the run.
    pub fn end(&self) -> SimTime {
        self.run.timeline.end()
    }

    /// False if the limit of events was met before the end.
    pub fn is_complete(&self) -> bool {
        self.run.timeline.progress() == Progress::Complete
    }

    /// The digest of every event so far.
    pub fn digest(&self) -> u64 {
        self.run.timeline.cursor().digest()
    }

    /// True at the end of the run.
    pub fn is_over(&self) -> bool {
        self.at >= self.end()
    }

    /// Goes `by` events on, or back if that is negative, and says how many it went. Each event on
    /// the way forward is shown to `hear`. Where fewer are left, it goes to the end of the run.
    pub fn step(&mut self, by: i32, hear: &mut dyn FnMut(&Occurrence)) -> u32 {
        let from = self.event();
        let goal = from.saturating_add_signed(i64::from(by));
        self.go(goal, hear);
        let past = goal > self.events();
        self.at = if past { self.end() } else { self.run.timeline.time_of(goal) };
        self.event().abs_diff(from) as u32
    }

    /// Goes to an instant, or to the end of the run if that is earlier. Each event on the way
    /// forward is shown to `hear`.
    pub fn seek(&mut self, at: SimTime, hear: &mut dyn FnMut(&Occurrence)) {
        self.at = at.min(self.end());
        self.go(self.run.timeline.event_at(self.at), hear);
    }

    fn go(&mut self, event: u64, hear: &mut dyn FnMut(&Occurrence)) {
        // One by one: a jump to a key frame shows nothing on the way.
        let event = event.min(self.events());
        while self.event() < event {
            self.run.seek(self.event() + 1);
            hear(self.run.timeline.cursor().last());
        }
        self.run.seek(event);
    }

    /// What was violated behind the event `after`, up to the one it stands behind.
    pub fn violations(&self, after: u64) -> Vec<Violation> {
        let here = self.event();
        let checks = self.checks().into_iter();
        let fresh = checks.filter_map(|check| {
            let (at, event) = check.violated_at?;
            (event > after && event <= here).then_some(Violation { event, at, check })
        });
        let mut all: Vec<Violation> = fresh.collect();
        crate::order::sort_by_key(&mut all, |violation| violation.event);
        all
    }

    /// What the text expects, then what the entry is always judged by, as it stands here.
    pub fn checks(&self) -> Vec<CheckView> {
        let mut all = self.run.checks.expectations(self.at, self.event());
        all.extend(self.run.checks.properties(self.at, self.event()));
        all
    }

    /// The world, with everybody's card.
    pub fn snapshot(&self) -> Snapshot {
        self.run.timeline.cursor().snapshot(Cards::All)
    }

    /// Names of the nodes, by index.
    pub fn names(&self) -> &Rc<Vec<String>> {
        &self.run.names
    }

    /// One plain sentence: what is happening at `snapshot`, which is the world here.
    pub fn narration(&self, snapshot: &Snapshot) -> Say {
        let event = self.event();
        let why = self.run.checks.explanation(event);
        why.unwrap_or_else(|| self.run.narration(event, snapshot))
    }

    /// The pool at `snapshot`, if the scenario is one.
    pub fn pool(&self, snapshot: &Snapshot) -> Option<PoolView> {
        self.run.pool(snapshot)
    }
}
