//! What clients saw up to the playhead, and what proves the verdict on it.

use crate::check::consistency::{Explained, Kind, Model, calls, core, explain, points};
use crate::check::{End, History, Operation};
use crate::kernel::{Op, Outcome, SimTime};

use super::view_model::{HistoryView, OpView};

/// Most operations shown at once, beside those that are impossible together.
const SHOWN: usize = 24;
/// Most steps of a search for a proof: the page must not stand still.
const STEPS: u64 = 200_000;

/// Where operations of a run take effect, or which are impossible together. By their places in the
/// history.
#[derive(Default)]
pub(super) struct Proof {
    /// Operations there must be before the next search.
    due: usize,
    points: Vec<Option<(SimTime, usize)>>,
    core: Vec<usize>,
}

impl Proof {
    /// The history may have grown. It is searched whenever it has doubled, and when it is complete,
    /// so that a run costs no more than twice its end.
    pub(super) fn refresh(&mut self, history: &History, complete: bool) {
        let operations = history.operations();
        if operations.is_empty() || (!complete && operations.len() < self.due) {
            return;
        }
        self.due = 2 * operations.len();
        let known = calls(operations, u64::MAX);
        let its: Vec<_> = known.iter().map(|(_, call)| *call).collect();
        match explain(Kind::Any, Model::Linearizable, &its, &mut STEPS.clone()) {
            Explained::Order(order) => {
                self.points = vec![None; operations.len()];
                let mut placed = points(&its, &order);
                crate::order::sort_by_key(&mut placed, |(_, event)| *event);
                for (number, (call, event)) in placed.into_iter().enumerate() {
                    // An operation takes effect when one is invoked.
                    let at = operations.partition_point(|it| it.invoked.event < event);
                    let at = operations.get(at).map_or(SimTime::ZERO, |it| it.invoked.at);
                    self.points[known[call].0] = Some((at, number + 1));
                }
            }
            Explained::Impossible(object) if self.core.is_empty() => {
                let of: Vec<_> = object.iter().map(|call| its[*call]).collect();
                let found = core(Kind::Any, Model::Linearizable, &of, &mut STEPS.clone());
                self.core = found.calls.into_iter().map(|it| known[object[it]].0).collect();
                self.points.clear();
            }
            Explained::Impossible(_) | Explained::Unknown => {}
        }
    }

    /// What is shown when the last event was `event`: the latest operations, and those that are
    /// impossible together once all of them have ended.
    pub(super) fn view(&self, history: &History, event: u64) -> HistoryView {
        let operations = history.operations();
        let begun = operations.partition_point(|it| it.invoked.event <= event);
        let ended = |place: &usize| match operations[*place].end {
            End::Answered(moment, _) | End::GivenUp(moment) => moment.event <= event,
            End::Pending => false,
        };
        let core: &[usize] = if self.core.iter().all(ended) { &self.core } else { &[] };
        let mut places: Vec<usize> = (begun.saturating_sub(SHOWN)..begun).collect();
        places.extend(core);
        crate::order::sort(&mut places);
        places.dedup();
        let shown = places.into_iter().map(|place| {
            let point = self.points.get(place).copied().flatten();
            op_view(&operations[place], event, point, core.contains(&place))
        });
        HistoryView { operations: shown.collect(), total: begun as u64 }
    }
}

fn op_view(
    operation: &Operation,
    event: u64,
    point: Option<(SimTime, usize)>,
    core: bool,
) -> OpView {
    let end = match operation.end {
        End::Answered(moment, outcome) if moment.event <= event => Some((moment.at, outcome)),
        End::Answered(..) | End::GivenUp(_) | End::Pending => None,
    };
    let told = match (end, operation.op) {
        (Some((_, Outcome::Done(Some(value)))), _) => value.to_string(),
        (Some((_, Outcome::Done(None))), Op::Get(_)) => "-".to_owned(),
        (Some((_, Outcome::Done(None))), _) => "ok".to_owned(),
        (Some((_, Outcome::Unmet)), _) => "unmet".to_owned(),
        (Some((_, Outcome::Refused | Outcome::Redirect(_))), _) => "refused".to_owned(),
        (None, _) => "?".to_owned(),
    };
    OpView {
        client: operation.id.client,
        op: operation.op.to_string(),
        told,
        from: operation.invoked.at,
        to: end.map(|(at, _)| at),
        // Where an open operation takes effect is not known yet.
        point: point.filter(|_| end.is_some()),
        core,
    }
}
