//! Looking for a seed with which something that is judged fails.

use crate::check::{Examiner, Moment, Questions, Ruling, Status as Judged};
use crate::kernel::SimTime;
use crate::script::Plan;
use crate::sim::Cluster;

use super::view_model::{Say, SeedsView};

/// Seeds tried before the search gives up.
const SEEDS: u64 = 5_000;
/// Events looked at before it gives up.
const PATIENCE: u64 = 50_000_000;
/// How often a run that goes on is asked whether something has failed, in events.
const ASK: u64 = 1_000;

/// What has come of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sought {
    /// It goes on.
    Looking,
    /// With this seed something fails.
    Fails(u64),
    /// With none of those tried.
    Nothing,
}

/// A search over seeds, one run after the other, by slices.
pub(super) struct Seeds {
    plan: Plan,
    seed: u64,
    tried: u64,
    left: u64,
    run: Option<Trial>,
}

struct Trial {
    plan: Plan,
    world: Box<dyn Cluster>,
    examiner: Examiner,
    events: u64,
}

impl Trial {
    fn new(plan: Plan) -> Option<Trial> {
        let world = plan.build().ok()?;
        let about = plan.entry.about;
        let mut examiner = Examiner::new(&Questions {
            expectations: plan.expects.iter().map(|expected| expected.expectation).collect(),
            claims: about.claims,
            era: about.era,
            warmup: SimTime::ZERO + plan.warmup,
        });
        if let Some(shape) = plan.pool_shape() {
            examiner = examiner.with_pool(shape);
        }
        examiner.watch(world.last());
        Some(Trial { plan, world, examiner, events: 0 })
    }

    /// Up to `events` more events, and how many there were; fewer at the end of the run.
    fn advance(&mut self, events: u64) -> u64 {
        for done in 0..events {
            let over = self.world.next_at().is_none_or(|at| at > self.plan.until);
            if over || self.events >= self.plan.events_max || !self.world.step() {
                return done;
            }
            self.events += 1;
            self.examiner.watch(self.world.last());
        }
        events
    }

    /// Something that is judged fails.
    fn fails(&self, over: Option<Moment>) -> bool {
        let settled = self.plan.expects.iter().zip(self.examiner.rulings());
        let mut rulings = settled.map(|(expected, ruling)| expected.settle(ruling, over));
        rulings.any(|ruling: Ruling| ruling.verdict.is_violated())
            || self.examiner.standings().iter().any(|standing| {
                standing.status_at(Moment { at: SimTime::MAX, event: u64::MAX }) == Judged::Violated
            })
    }
}

impl Seeds {
    /// A search among the seeds behind that of `plan`.
    pub(super) fn new(plan: &Plan) -> Seeds {
        let plan = plan.clone();
        let seed = plan.spec.seed;
        Seeds { plan, seed, tried: 0, left: PATIENCE, run: None }
    }

    /// Looks at about `events` more events.
    pub(super) fn advance(&mut self, events: u64) -> Sought {
        let mut budget = events;
        while budget > 0 {
            let Some(run) = &mut self.run else {
                if self.tried >= SEEDS || self.left == 0 {
                    return Sought::Nothing;
                }
                self.seed = self.seed.checked_add(1).unwrap_or_default();
                self.run = Trial::new(self.plan.with_seed(self.seed));
                if self.run.is_none() {
                    return Sought::Nothing;
                }
                self.tried += 1;
                budget = budget.saturating_sub(ASK / 10);
                continue;
            };
            let slice = budget.min(ASK);
            let done = run.advance(slice);
            (budget, self.left) = (budget - slice.min(budget), self.left.saturating_sub(done + 1));
            let over = (done < slice).then(|| {
                let at = run.plan.until;
                let stopped = run.events >= run.plan.events_max;
                if !stopped {
                    run.examiner.finish(at);
                }
                (!stopped).then_some(Moment { at, event: run.events })
            });
            if run.fails(over.flatten()) {
                return Sought::Fails(self.seed);
            }
            if over.is_some() {
                self.run = None;
            }
        }
        Sought::Looking
    }

    /// How far it is.
    pub(super) fn view(&self) -> SeedsView {
        SeedsView { tried: self.tried }
    }

    /// What to say when it has ended without a find.
    pub(super) fn nothing(&self) -> Say {
        Say::new(
            format!("Nothing failed with the {} seeds after this one.", self.tried),
            format!("此后 {} 个种子都没有出现失败。", self.tried),
        )
    }
}
