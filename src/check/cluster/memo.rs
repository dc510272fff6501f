//! What came of calls, remembered: each handler runs once in each situation.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::kernel::{NodeId, Outcome, RequestId};

use super::troupe::Call;

/// What came of a call, in numbers.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) seat: u32,
    /// Messages sent, in order.
    pub(super) sends: Arc<[u32]>,
    /// What the judges are told.
    pub(super) record: u32,
    pub(super) replies: Arc<[(RequestId, Outcome)]>,
}

/// What came of calls.
#[derive(Debug, Default)]
pub(super) struct Memo {
    found: FxHashMap<(NodeId, u32, Call), (u32, u32)>,
    outcomes: Vec<Done>,
}

impl Memo {
    /// What came of a call, if it is known: one outcome for each way its choices may fall.
    pub(super) fn get(&self, key: (NodeId, u32, Call)) -> Option<&[Done]> {
        let (place, count) = *self.found.get(&key)?;
        self.outcomes.get(place as usize..(place + count) as usize)
    }

    /// Remembers what came of a call.
    pub(super) fn put(&mut self, key: (NodeId, u32, Call), outcomes: Vec<Done>) {
        let place = (self.outcomes.len() as u32, outcomes.len() as u32);
        self.outcomes.extend(outcomes);
        self.found.insert(key, place);
    }

    /// How many outcomes are remembered.
    pub(super) fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// True once a call has had more than one outcome.
    pub(super) fn has_choices(&self) -> bool {
        self.found.len() < self.outcomes.len()
    }

    /// Each step that a node was seen to take, from seat to seat, in no order.
    pub(super) fn moves(&self) -> impl Iterator<Item = (NodeId, u32, u32)> + '_ {
        self.found.iter().flat_map(|((node, seat, _), (place, count))| {
            let outcomes = &self.outcomes[*place as usize..(place + count) as usize];
            outcomes.iter().map(|done| (*node, *seat, done.seat))
        })
    }
}
