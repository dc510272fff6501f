//! Orders found by trying all of them: what the searches are compared with.

use quorate::check::consistency::{Call, Kind, Model, Object, Spec, key, member, objects};
use quorate::kernel::{Choices, ClientId, Op, Outcome, Word};
use quorate::sim::rng::Stream;

use super::word;

/// True if some order explains the calls: every order that keeps what the model keeps, one by one.
/// A call of unknown end may be left out.
pub fn explained(kind: Kind, model: Model, calls: &[Call]) -> bool {
    let count = objects(calls).len();
    let mut object = vec![0; calls.len()];
    for (number, its) in objects(calls).into_iter().enumerate() {
        for call in its {
            object[call] = number;
        }
    }
    let states = vec![kind.initial(); count];
    let left: Vec<usize> = (0..calls.len()).collect();
    Oracle { kind, model, calls, object }.go(&left, &states)
}

struct Oracle<'a> {
    kind: Kind,
    model: Model,
    calls: &'a [Call],
    object: Vec<usize>,
}

impl Oracle<'_> {
    /// True if `a` has to come before `b`.
    fn before(&self, a: usize, b: usize) -> bool {
        let (first, second) = (&self.calls[a], &self.calls[b]);
        let ended = first.seen.is_some();
        match self.model {
            Model::Linearizable => ended && first.returned <= second.invoked,
            Model::Sequential => ended && first.client == second.client && a < b,
        }
    }

    fn go(&self, left: &[usize], states: &[Object]) -> bool {
        if left.iter().all(|it| self.calls[*it].seen.is_none()) {
            return true;
        }
        left.iter().any(|&next| {
            if left.iter().any(|&other| other != next && self.before(other, next)) {
                return false;
            }
            let (call, object) = (&self.calls[next], self.object[next]);
            let (after, told) = self.kind.step(&states[object], call.client, call.op);
            if call.seen.is_some_and(|seen| seen != told) {
                return false;
            }
            let mut states = states.to_vec();
            states[object] = after;
            let rest: Vec<usize> = left.iter().copied().filter(|it| *it != next).collect();
            self.go(&rest, &states)
        })
    }
}

/// A random operation on an object of this kind under one of `keys` keys.
pub fn random_op(dice: &mut Stream, kind: Kind, keys: u64) -> Op {
    let key = word(["x", "y"][dice.below(keys) as usize]);
    let mut value = || word(["1", "2", "3"][dice.below(3) as usize]);
    let (a, b) = (value(), value());
    let all = [
        Op::Get(key),
        Op::Put(key, a),
        Op::Cas(key, a, b),
        Op::Append(key, a),
        Op::Add(key, dice.below(3) as i32 - 1),
        Op::Include(key, a),
        Op::Exclude(key, a),
        Op::Contains(key, a),
        Op::Push(key, a),
        Op::Pop(key),
        Op::Lock(key),
        Op::Unlock(key),
    ];
    let known: Vec<Op> = all.into_iter().filter(|op| kind.knows(*op)).collect();
    known[dice.below(known.len() as u64) as usize]
}

/// What a client might be told.
fn random_end(dice: &mut Stream, op: Op) -> Outcome {
    let found = match op {
        Op::Get(_) if dice.below(4) == 0 => None,
        Op::Get(_) | Op::Pop(_) => Some(word(["1", "2", "3", "12"][dice.below(4) as usize])),
        Op::Contains(..) => Some(word(["yes", "no"][dice.below(2) as usize])),
        _ => None,
    };
    let conditional =
        matches!(op, Op::Cas(..) | Op::Pop(_) | Op::Lock(_) | Op::Unlock(_) | Op::Append(..));
    if conditional && dice.below(3) == 0 { Outcome::Unmet } else { Outcome::Done(found) }
}

/// A small random history of a few clients, each of which does one thing at a time. Half of the
/// answers are those of a single copy that the operations reach in some order, so that histories
/// with an explanation are not rare.
pub fn random_history(dice: &mut Stream, kind: Kind, keys: u64, most: u64) -> Vec<Call> {
    let clients = 2 + dice.below(2);
    let mut free = vec![0; clients as usize];
    let mut calls: Vec<Call> = Vec::new();
    let mut copies: Vec<((Word, Option<Word>), Object)> = Vec::new();
    for _ in 0..=dice.below(most) {
        let client = dice.below(clients) as usize;
        let op = random_op(dice, kind, keys);
        let invoked = free[client] + dice.below(3);
        let returned = invoked + 1 + dice.below(6);
        free[client] = returned;
        let name = (key(op).expect("about a key"), member(op).filter(|_| kind == Kind::Set));
        if copies.iter().all(|it| it.0 != name) {
            copies.push((name, kind.initial()));
        }
        let copy = copies.iter_mut().find(|it| it.0 == name).expect("just added");
        let (after, told) = kind.step(&copy.1, ClientId(client as u32), op);
        copy.1 = after;
        let told = if dice.below(6) == 0 { random_end(dice, op) } else { told };
        let seen = (dice.below(7) > 0).then_some(told);
        if seen.is_none() && matches!(op, Op::Get(_) | Op::Contains(..)) {
            continue;
        }
        calls.push(Call { client: ClientId(client as u32), op, seen, invoked, returned });
    }
    calls.sort_by_key(|call| call.invoked);
    calls
}
