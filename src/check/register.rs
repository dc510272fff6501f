//! The key-value store as clients should see it: one register per key.

use std::collections::BTreeMap;

use crate::kernel::{Op, Outcome, SimTime, Word};

use super::history::{End, History, Moment, Operation};
use super::linear::{Call, Linear, Spec, all_linearizable, linearizable};
use super::verdict::{Because, Verdict};

/// A register: empty at first, and then what was put last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Register;

/// What was done to a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// It was read, and this was found.
    Read(Option<Word>),
    /// This was put.
    Write(Word),
}

impl Spec for Register {
    type Op = Access;
    type State = Option<Word>;

    fn initial(&self) -> Option<Word> {
        None
    }

    fn apply(&self, state: &Option<Word>, op: &Access) -> Option<Option<Word>> {
        match *op {
            Access::Read(found) => (found == *state).then_some(found),
            Access::Write(value) => Some(Some(value)),
        }
    }
}

/// Most steps the search may take before it gives up.
const BUDGET: u64 = 4_000_000;

/// The calls to each key, of those that may have had an effect by the end of `until`.
fn calls(history: &[Operation], until: u64) -> BTreeMap<Word, Vec<Call<Access>>> {
    let mut keys: BTreeMap<Word, Vec<Call<Access>>> = BTreeMap::new();
    for operation in history.iter().filter(|it| it.invoked.event <= until) {
        let end = match operation.end {
            End::Answered(moment, outcome) if moment.event <= until => Some((moment, outcome)),
            End::Answered(..) | End::GivenUp(_) | End::Pending => None,
        };
        let (key, op) = match (operation.op, end) {
            (Op::Put(key, value), None | Some((_, Outcome::Done(_)))) => {
                (key, Access::Write(value))
            }
            (Op::Get(key), Some((_, Outcome::Done(found)))) => (key, Access::Read(found)),
            // A read without an answer found nothing out; what was refused had no effect; and the
            // store knows no other operations.
            _ => continue,
        };
        let returned = end.map(|(moment, _)| moment.event);
        let invoked = operation.invoked.event;
        keys.entry(key).or_default().push(Call { op, invoked, returned });
    }
    keys
}

/// Judges a history of gets and puts.
pub(super) fn judge(history: &History) -> (Verdict, Option<Moment>) {
    let operations = history.operations();
    let keys = calls(operations, u64::MAX);
    if keys.is_empty() {
        let because = Because::new("No client has read or written.", "还没有客户端读写。");
        return (Verdict::Undecided { because }, None);
    }
    let (names, objects): (Vec<Word>, Vec<_>) = keys.into_iter().unzip();
    match all_linearizable(&Register, &objects, &mut BUDGET.clone()) {
        (Linear::No, Some(object)) => refuted(operations, names[object]),
        (Linear::Yes | Linear::No, _) => (Verdict::Holds, None),
        (Linear::Unknown, _) => {
            let because = Because::new(
                format!("The search gave up after {BUDGET} steps."),
                format!("搜索 {BUDGET} 步后仍无结论。"),
            );
            (Verdict::Undecided { because }, None)
        }
    }
}

/// Finds the answer that made the history of `key` impossible: what no order explains stays so.
fn refuted(operations: &[Operation], key: Word) -> (Verdict, Option<Moment>) {
    let mut answers: Vec<(Moment, &Operation)> = operations
        .iter()
        .filter(|it| matches!(it.op, Op::Get(k) | Op::Put(k, _) if k == key))
        .filter_map(|it| match it.end {
            End::Answered(moment, _) => Some((moment, it)),
            End::GivenUp(_) | End::Pending => None,
        })
        .collect();
    answers.sort_by_key(|(moment, _)| *moment);
    let possible = |(moment, _): &(Moment, &Operation)| {
        let calls = calls(operations, moment.event).remove(&key).unwrap_or_default();
        linearizable(&Register, &calls, &mut BUDGET.clone()) != Linear::No
    };
    let first = answers.partition_point(possible).min(answers.len().saturating_sub(1));
    let Some((moment, operation)) = answers.get(first).copied() else {
        return (Verdict::Holds, None);
    };
    (violation(moment, operation), Some(moment))
}

fn violation(moment: Moment, operation: &Operation) -> Verdict {
    let (client, op, asked): (_, _, SimTime) =
        (operation.id.client, operation.op, operation.invoked.at);
    let found = match operation.end {
        End::Answered(_, Outcome::Done(Some(value))) => value.to_string(),
        End::Answered(..) | End::GivenUp(_) | End::Pending => "-".to_owned(),
    };
    let because = Because::new(
        format!(
            "{client} asked {op} at {asked} and got {found}: no order of all operations allows it."
        ),
        format!("{client} 在 {asked} 执行 {op}，得到 {found}：不存在能解释这一结果的操作顺序。"),
    );
    Verdict::Violated { at: moment.at, event: moment.event, because }
}
