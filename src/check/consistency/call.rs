//! Histories as a search sees them.

use std::collections::BTreeMap;

use crate::kernel::{ClientId, Op, Outcome, Word};

use super::super::history::{End, Operation};
use super::spec::{key, member, observes};

/// An operation as its client saw it. Positions order all invocations and returns of a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    /// Who asked.
    pub client: ClientId,
    /// What was asked.
    pub op: Op,
    /// What came of it; `None` if nobody knows: it took effect somewhere after its invocation, or
    /// never will.
    pub seen: Option<Outcome>,
    /// Where it was invoked.
    pub invoked: u64,
    /// Where it returned. Means nothing while nobody knows what came of it.
    pub returned: u64,
}

impl Call {
    /// True if it can have changed something, as far as anybody knows.
    pub fn writes(&self) -> bool {
        !observes(self.op) && self.seen != Some(Outcome::Unmet)
    }

    /// The same operation, had nobody seen what came of it; `None` if it then says nothing.
    pub fn forgotten(self) -> Option<Call> {
        self.writes().then_some(Call { seen: None, ..self })
    }
}

/// What the operations of a run were up to the end of event `until`, each with its place in
/// `history`. Left out is what cannot matter: refused operations, reads without an answer, and
/// operations of anything but the store.
pub fn calls(history: &[Operation], until: u64) -> Vec<(usize, Call)> {
    let begun = history.partition_point(|it| it.invoked.event <= until);
    let calls = history[..begun].iter().enumerate().filter_map(|(place, it)| {
        key(it.op)?;
        let end = match it.end {
            End::Answered(moment, outcome) if moment.event <= until => Some((moment, outcome)),
            End::Answered(..) | End::GivenUp(_) | End::Pending => None,
        };
        let seen = end.map(|(_, outcome)| outcome);
        let known = !matches!(seen, Some(Outcome::Refused | Outcome::Redirect(_)));
        let told = seen.is_some() || !observes(it.op);
        let returned = end.map_or(u64::MAX, |(moment, _)| moment.event);
        let (client, op, invoked) = (it.id.client, it.op, it.invoked.event);
        (known && told).then_some((place, Call { client, op, seen, invoked, returned }))
    });
    calls.collect()
}

/// The places of the calls to each object. A key is one object, but the members of a set do not
/// touch each other.
pub fn objects(calls: &[Call]) -> Vec<Vec<usize>> {
    let mut mixed: BTreeMap<Word, bool> = BTreeMap::new();
    for call in calls {
        if let Some(key) = key(call.op) {
            *mixed.entry(key).or_default() |= member(call.op).is_none();
        }
    }
    let mut objects: BTreeMap<(Word, Option<Word>), Vec<usize>> = BTreeMap::new();
    for (place, call) in calls.iter().enumerate() {
        let Some(key) = key(call.op) else { continue };
        let part = member(call.op).filter(|_| mixed.get(&key) == Some(&false));
        objects.entry((key, part)).or_default().push(place);
    }
    objects.into_values().collect()
}
