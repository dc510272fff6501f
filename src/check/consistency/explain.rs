//! Explains a history: by an order of its operations, or by the few that no order allows.

use std::collections::BTreeSet;

use crate::kernel::{Op, Outcome, Word};

use super::call::{Call, objects};
use super::order::{OfClients, OfTime};
use super::search::{Answer, search};
use super::spec::{Kind, key};

/// Which orders count as an explanation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    /// Those that keep the order of time: each operation takes effect between its call and its
    /// answer \[herlihy90\].
    Linearizable,
    /// Those that keep the order of each client \[lamport79\].
    Sequential,
}

/// What a search came to. Calls are named by their places in what was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Explained {
    /// There is an order. It has every call but those without effect whose end nobody saw. For the
    /// linearizable model it is one order for each object, one after the other.
    Order(Vec<usize>),
    /// There is none for these calls: all calls to one object, or all calls of the history.
    Impossible(Vec<usize>),
    /// The budget ran out first.
    Unknown,
}

/// Searches for an order of `calls` by `model`, and takes each step from `budget`.
pub fn explain(kind: Kind, model: Model, calls: &[Call], budget: &mut u64) -> Explained {
    match model {
        Model::Linearizable => explain_objects(kind, calls, budget),
        Model::Sequential => {
            let all: Vec<usize> = (0..calls.len()).collect();
            match ask(kind, model, calls, budget) {
                Answer::Yes(order) => Explained::Order(order),
                Answer::No => Explained::Impossible(all),
                Answer::Unknown => Explained::Unknown,
            }
        }
    }
}

/// Objects do not touch each other, so they are judged apart \[horn15\]. All get the same small
/// budget first, since one that is easily refuted settles the matter while another would search for
/// hours.
fn explain_objects(kind: Kind, calls: &[Call], budget: &mut u64) -> Explained {
    let mut open = objects(calls);
    let mut order = Vec::with_capacity(calls.len());
    let mut each = 4_096;
    while !open.is_empty() {
        let mut left = Vec::new();
        for object in open {
            if *budget == 0 {
                return Explained::Unknown;
            }
            let given = each.min(*budget);
            let mut mine = given;
            let its: Vec<Call> = object.iter().map(|call| calls[*call]).collect();
            match ask(kind, Model::Linearizable, &its, &mut mine) {
                Answer::Yes(places) => order.extend(places.into_iter().map(|call| object[call])),
                Answer::No => return Explained::Impossible(object),
                Answer::Unknown => left.push(object),
            }
            *budget -= given - mine;
        }
        open = left;
        each *= 8;
    }
    Explained::Order(order)
}

/// One search over everything given.
fn ask(kind: Kind, model: Model, calls: &[Call], budget: &mut u64) -> Answer {
    let useful = useful(calls);
    let kept: Vec<Call> = useful.iter().map(|call| calls[*call]).collect();
    let mut object = vec![0; kept.len()];
    for (number, its) in objects(&kept).into_iter().enumerate() {
        for call in its {
            object[call] = number;
        }
    }
    let answer = match model {
        Model::Linearizable => search(&kind, &kept, &object, OfTime::new(&kept), budget),
        Model::Sequential => search(&kind, &kept, &object, OfClients::new(&kept), budget),
    };
    match answer {
        Answer::Yes(order) => Answer::Yes(order.into_iter().map(|call| useful[call]).collect()),
        other => other,
    }
}

/// The calls without those of unknown end that leave a value nobody looks for.
fn useful(calls: &[Call]) -> Vec<usize> {
    // Keys that more is asked of than their value, so that any change of them may matter.
    let mut delicate: BTreeSet<Option<Word>> = BTreeSet::new();
    let mut wanted: BTreeSet<(Option<Word>, Word)> = BTreeSet::new();
    for call in calls {
        match (call.op, call.seen) {
            (Op::Get(key), Some(Outcome::Done(Some(value)))) => {
                wanted.insert((Some(key), value));
            }
            (Op::Cas(key, old, _), Some(Outcome::Done(_))) => {
                wanted.insert((Some(key), old));
            }
            (Op::Get(_), Some(Outcome::Done(None))) | (Op::Put(..), _) | (Op::Cas(..), None) => {}
            _ => {
                delicate.insert(key(call.op));
            }
        }
    }
    // Who leaves a value that is looked for looks for one itself.
    let mut known = usize::MAX;
    while known != wanted.len() {
        known = wanted.len();
        for call in calls.iter().filter(|call| call.seen.is_none()) {
            if let Op::Cas(key, old, new) = call.op
                && wanted.contains(&(Some(key), new))
            {
                wanted.insert((Some(key), old));
            }
        }
    }
    let kept = |call: &Call| match call.op {
        Op::Put(key, value) | Op::Cas(key, _, value) if call.seen.is_none() => {
            delicate.contains(&Some(key)) || wanted.contains(&(Some(key), value))
        }
        _ => true,
    };
    (0..calls.len()).filter(|call| kept(&calls[*call])).collect()
}

/// Calls that no order allows, whatever came of all others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Core {
    /// Their places in what was given.
    pub calls: Vec<usize>,
    /// True if none of them can be spared. False if the budget ran out before that was known.
    pub minimal: bool,
}

/// Looks for the fewest of `calls`, of which no order allows all, that are impossible by
/// themselves: the others are taken for operations whose end nobody saw, which may have taken
/// effect or not. They are spared by halves, quarters and so on down to single ones
/// [zeller02 §3].
pub fn core(kind: Kind, model: Model, calls: &[Call], budget: &mut u64) -> Core {
    let mut firm = beginning(kind, model, calls, budget);
    let mut size = (calls.len().next_power_of_two() / 2).max(1);
    let mut minimal = false;
    while size > 0 && *budget > 0 {
        let mut sure = true;
        let mut spared = false;
        for start in (0..calls.len()).step_by(size) {
            let end = (start + size).min(calls.len());
            if !firm[start..end].contains(&true) {
                continue;
            }
            let mut without = firm.clone();
            without[start..end].fill(false);
            match attempt(kind, model, &weaken(calls, &without), budget) {
                Answer::No => {
                    firm = without;
                    spared = true;
                }
                Answer::Yes(_) => {}
                Answer::Unknown => sure = false,
            }
        }
        // The last round is repeated until it spares nothing.
        if size == 1 && !spared {
            minimal = sure;
            break;
        }
        size = (size / 2).max(1);
    }
    let calls = (0..calls.len()).filter(|call| firm[*call]).collect();
    Core { calls, minimal }
}

/// Asks with a part of the budget: most attempts are decided at once, and one that is not should
/// not starve the rest.
fn attempt(kind: Kind, model: Model, calls: &[Call], budget: &mut u64) -> Answer {
    let given = (*budget / 32 + 1_024).min(*budget);
    let mut mine = given;
    let answer = ask(kind, model, calls, &mut mine);
    *budget -= given - mine;
    answer
}

/// The shortest beginning of the calls that is impossible, as far as that is found, and of that
/// the latest calls that are: most of what is impossible is so for a recent reason.
fn beginning(kind: Kind, model: Model, calls: &[Call], budget: &mut u64) -> Vec<bool> {
    let until = |end: u64| -> Vec<bool> {
        calls.iter().map(|call| call.seen.is_some() && call.returned <= end).collect()
    };
    let seen = calls.iter().filter(|call| call.seen.is_some());
    let mut ends: Vec<u64> = seen.map(|call| call.returned).collect();
    crate::order::sort(&mut ends);
    let first = ends.partition_point(|end| {
        attempt(kind, model, &weaken(calls, &until(*end)), budget) != Answer::No
    });
    let last = ends.get(first).copied().unwrap_or(u64::MAX);
    let mut count = 1;
    while count <= first {
        let from = ends[first - count];
        let mut firm = until(last);
        for (firm, call) in firm.iter_mut().zip(calls) {
            *firm &= call.returned > from;
        }
        if attempt(kind, model, &weaken(calls, &firm), budget) == Answer::No {
            return firm;
        }
        count *= 2;
    }
    until(last)
}

/// The calls with the ends of all but the firm ones forgotten.
fn weaken(calls: &[Call], firm: &[bool]) -> Vec<Call> {
    let both = calls.iter().zip(firm);
    both.filter_map(|(call, firm)| if *firm { Some(*call) } else { call.forgotten() }).collect()
}

/// Where each call of an order by time takes effect: at its invocation, or right behind the call
/// before it, whichever is later. Positions are those of the history.
pub fn points(calls: &[Call], order: &[usize]) -> Vec<(usize, u64)> {
    let mut points = Vec::with_capacity(order.len());
    let mut place = vec![usize::MAX; calls.len()];
    for (number, object) in objects(calls).into_iter().enumerate() {
        for call in object {
            place[call] = number;
        }
    }
    let mut at = (usize::MAX, 0);
    for &call in order {
        if at.0 != place[call] {
            at = (place[call], 0);
        }
        at.1 = at.1.max(calls[call].invoked);
        points.push((call, at.1));
    }
    points
}
