//! What is known of values that are read and written whole: who still has to see one, and who may
//! still write it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::kernel::{ClientId, Op, Outcome, Word};

use super::call::Call;

/// What a call does to a register. Values are numbered.
#[derive(Clone, Copy, Default)]
struct Deal {
    /// The call fits only while this is there.
    needs: Option<usize>,
    /// This is there afterwards, if the call takes effect.
    gives: Option<usize>,
    /// It fits only while something else than this is there.
    lacks: bool,
}

/// The values of all objects that are registers; of other objects it knows nothing.
pub(super) struct Values {
    object: Vec<usize>,
    deals: Vec<Deal>,
    /// Calls whose end somebody saw.
    seen: Vec<bool>,
    /// An equal call that goes first.
    twin: Vec<Option<usize>>,
    placed: Vec<bool>,
    /// Per value the calls not placed that have to see it, and those that may write it.
    readers: Vec<u32>,
    writers: Vec<u32>,
    /// Per value the unseen calls not placed that would see it.
    hopes: Vec<u32>,
    /// Per object the calls not placed that have to see something else than they name.
    lacks: Vec<u32>,
    /// Per object what is there, the latest last. Empty if the object is no register.
    there: Vec<Vec<usize>>,
}

impl Values {
    /// `of_clients` says that only the order of each client counts, not that of time.
    pub(super) fn new(
        calls: &[Call],
        object: &[usize],
        objects: usize,
        of_clients: bool,
    ) -> Values {
        let mut registers = vec![true; objects];
        for (call, place) in calls.iter().zip(object) {
            registers[*place] &= matches!(call.op, Op::Get(_) | Op::Put(..) | Op::Cas(..));
        }
        let mut names: BTreeMap<(usize, Option<Word>), usize> = BTreeMap::new();
        let mut name = |object: usize, value: Option<Word>| {
            let next = names.len();
            *names.entry((object, value)).or_insert(next)
        };
        let there = registers.iter().enumerate();
        let there = there.map(|(it, register)| register.then(|| name(it, None)));
        let there: Vec<Vec<usize>> = there.map(|value| value.into_iter().collect()).collect();
        let deals: Vec<Deal> =
            calls
                .iter()
                .zip(object)
                .map(|(call, &it)| {
                    if registers[it] {
                        deal(call, |value| name(it, value))
                    } else {
                        Deal::default()
                    }
                })
                .collect();
        let count = names.len();
        let mut values = Values {
            object: object.to_vec(),
            seen: calls.iter().map(|call| call.seen.is_some()).collect(),
            twin: twins(calls, of_clients),
            placed: vec![false; calls.len()],
            readers: vec![0; count],
            writers: vec![0; count],
            hopes: vec![0; count],
            lacks: vec![0; objects],
            there,
            deals,
        };
        (0..calls.len()).for_each(|call| values.count(call, 1));
        values
    }

    /// False if nothing can come of placing the call now.
    pub(super) fn allows(&self, call: usize) -> bool {
        if self.twin[call].is_some_and(|twin| !self.placed[twin]) {
            return false;
        }
        let Some(&there) = self.there[self.object[call]].last() else { return true };
        let Some(gives) = self.deals[call].gives else { return true };
        let mine = u32::from(self.seen[call] && self.deals[call].needs == Some(there));
        let lost = there != gives && self.readers[there] > mine && self.writers[there] == 0;
        let wanted = self.readers[gives] > 0
            || self.hopes[gives] > 0
            || self.lacks[self.object[call]] > 0
            || self.seen[call];
        wanted && !lost
    }

    /// True if the call writes what nobody will look for over what nobody will look for.
    pub(super) fn silent(&self, call: usize) -> bool {
        let object = self.object[call];
        let Some(&there) = self.there[object].last() else { return false };
        let Deal { needs: None, gives: Some(gives), .. } = self.deals[call] else { return false };
        let looked_for = |value: usize| self.readers[value] > 0 || self.hopes[value] > 0;
        !looked_for(there) && !looked_for(gives) && self.lacks[object] == 0
    }

    pub(super) fn place(&mut self, call: usize) {
        self.placed[call] = true;
        self.count(call, u32::MAX);
        let there = &mut self.there[self.object[call]];
        if let Some(&last) = there.last() {
            there.push(self.deals[call].gives.unwrap_or(last));
        }
    }

    pub(super) fn put_back(&mut self, call: usize) {
        self.placed[call] = false;
        self.count(call, 1);
        self.there[self.object[call]].pop();
    }

    /// Counts a call that is not placed; `u32::MAX` is one less.
    fn count(&mut self, call: usize, by: u32) {
        let add = |count: &mut u32| *count = count.wrapping_add(by);
        let Deal { needs, gives, lacks } = self.deals[call];
        if let Some(value) = needs {
            add(if self.seen[call] { &mut self.readers[value] } else { &mut self.hopes[value] });
        }
        if let Some(value) = gives {
            add(&mut self.writers[value]);
        }
        if lacks {
            add(&mut self.lacks[self.object[call]]);
        }
    }
}

fn deal(call: &Call, mut name: impl FnMut(Option<Word>) -> usize) -> Deal {
    match (call.op, call.seen) {
        (Op::Get(_), Some(Outcome::Done(found))) => {
            Deal { needs: Some(name(found)), ..Deal::default() }
        }
        (Op::Put(_, value), _) => Deal { gives: Some(name(Some(value))), ..Deal::default() },
        (Op::Cas(..), Some(Outcome::Unmet)) => Deal { lacks: true, ..Deal::default() },
        (Op::Cas(_, old, new), _) => {
            let (needs, gives) = (Some(name(Some(old))), Some(name(Some(new))));
            Deal { needs, gives, lacks: false }
        }
        _ => Deal::default(), // It fits nowhere, and says nothing of values.
    }
}

/// For each call with an unknown end the equal one before it, which may always take its place: what
/// can come now could have come later. Where only the order of each client counts, that is so for
/// calls of one client.
fn twins(calls: &[Call], of_clients: bool) -> Vec<Option<usize>> {
    let mut unseen: Vec<usize> = (0..calls.len()).collect();
    unseen.retain(|&call| calls[call].seen.is_none());
    crate::order::sort_by_key(&mut unseen, |&call| calls[call].invoked);
    let mut twin = vec![None; calls.len()];
    let mut latest: FxHashMap<(Op, Option<ClientId>), usize> = FxHashMap::default();
    for call in unseen {
        let Call { client, op, .. } = calls[call];
        let owned = of_clients || matches!(op, Op::Lock(_) | Op::Unlock(_));
        twin[call] = latest.insert((op, owned.then_some(client)), call);
    }
    twin
}
