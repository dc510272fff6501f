//! How often each rule of the protocol was applied, and where it is applied next.

use std::rc::Rc;

use crate::kernel::About;
use crate::sim::Occurrence;

use super::view_model::RuleView;

/// Applications of a rule beyond so many are counted no more: runs may have millions.
const KEPT: usize = 50_000;

/// Where each rule was applied, in the order of the entry's description.
pub(super) struct Coverage(Vec<(&'static str, Vec<u64>)>);

impl Coverage {
    pub(super) fn new(about: &About) -> Coverage {
        Coverage(about.marks.iter().map(|mark| (mark.id, Vec::new())).collect())
    }

    /// Looks at the event that just happened.
    pub(super) fn watch(&mut self, event: &Occurrence) {
        for (_, mark) in &event.marks {
            let own = self.0.iter_mut().find(|(id, _)| id == mark);
            if let Some((_, events)) = own.filter(|(_, events)| events.len() < KEPT) {
                events.push(event.index);
            }
        }
    }

    /// The rules that were applied by one event, in the order of the entry's description.
    pub(super) fn of(&self, event: u64) -> Vec<&'static str> {
        let applied = |events: &[u64]| events.binary_search(&event).is_ok();
        self.0.iter().filter(|(_, events)| applied(events)).map(|(id, _)| *id).collect()
    }

    /// The rules at `event`.
    pub(super) fn at(&self, event: u64) -> Rc<Vec<RuleView>> {
        let view = |(id, events): &(&'static str, Vec<u64>)| {
            let known = events.partition_point(|other| *other <= event);
            RuleView {
                id,
                times: known as u64,
                more: known == KEPT,
                next: events.get(known).or_else(|| events.first()).copied(),
            }
        };
        Rc::new(self.0.iter().map(view).collect())
    }
}
