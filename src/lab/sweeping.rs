//! A sweep over the load, computed between frames once nothing else is to be computed.

use std::rc::Rc;

use crate::script::Plan;
use crate::script::sweep::{LOADS, REPLICATIONS, Sweep};

use super::compare::{Slice, same_world};
use super::view_model::{Say, SweepView};

/// The sweep of a scenario.
pub(super) struct Sweeping {
    plan: Plan,
    sweep: Sweep,
    slice: Slice,
    stopped: bool,
    view: Rc<SweepView>,
}

impl Sweeping {
    /// Begins to sweep.
    ///
    /// # Errors
    /// Why this scenario cannot be swept.
    pub(super) fn new(plan: &Plan) -> Result<Sweeping, Say> {
        let sweep = Sweep::new(plan, &LOADS, REPLICATIONS)?;
        let view = Rc::new(view(&sweep, false));
        Ok(Sweeping { plan: plan.clone(), sweep, slice: Slice::default(), stopped: false, view })
    }

    /// True if it is about this scenario, under whatever strategy.
    pub(super) fn is_of(&self, plan: &Plan) -> bool {
        same_world(&self.plan, plan)
    }

    /// Computes what a frame has room for. True if there is something new to see.
    pub(super) fn frame(&mut self, elapsed_ms: f64) -> bool {
        if !self.is_busy() {
            return false;
        }
        let before = self.sweep.progress();
        let now = self.sweep.advance(self.slice.after(elapsed_ms));
        if now != before {
            self.view = Rc::new(view(&self.sweep, false));
        }
        now != before
    }

    /// What has been found stays; nothing more is computed.
    pub(super) fn stop(&mut self) {
        self.stopped = true;
        self.view = Rc::new(view(&self.sweep, true));
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.stopped && !self.sweep.progress().is_over()
    }

    pub(super) fn view(&self) -> Rc<SweepView> {
        Rc::clone(&self.view)
    }
}

fn view(sweep: &Sweep, stopped: bool) -> SweepView {
    let progress = sweep.progress();
    SweepView { curves: sweep.curves(), done: progress.done, of: progress.of, stopped }
}
