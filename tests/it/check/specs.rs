//! What single copies do: each kind of object in both directions, and the store that protocols use.

use quorate::check::consistency::{Kind, Spec};
use quorate::kernel::{Choices, ClientId, Op, Outcome, Word};
use quorate::protocol::shared::store::Store;
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::oracle::random_op;
use super::word;

const ONE: ClientId = ClientId(0);
const TWO: ClientId = ClientId(1);
const DONE: Outcome = Outcome::Done(None);
const UNMET: Outcome = Outcome::Unmet;

fn told(text: &str) -> Outcome {
    Outcome::Done(Word::new(text))
}

fn x() -> Word {
    word("x")
}

/// Each step is told what follows it, and nothing else.
fn runs(kind: Kind, steps: &[(ClientId, Op, Outcome)]) {
    let mut state = kind.initial();
    for (client, op, expected) in steps {
        let (after, outcome) = kind.step(&state, *client, *op);
        assert_eq!(outcome, *expected, "{kind:?} {op}");
        if *expected == UNMET {
            assert_eq!(after, state, "{kind:?} {op}: what is unmet changes nothing");
        }
        state = after;
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn registers() {
    let (get, put) = (Op::Get(x()), |value| Op::Put(x(), word(value)));
    let steps = [(ONE, get, DONE), (ONE, put("1"), DONE), (TWO, get, told("1"))];
    for kind in [Kind::Register, Kind::CasRegister, Kind::Text, Kind::Any] {
        runs(kind, &steps);
    }
    let cas = |old, new| Op::Cas(x(), word(old), word(new));
    runs(
        Kind::CasRegister,
        &[
            (ONE, cas("1", "2"), UNMET),
            (ONE, put("1"), DONE),
            (TWO, cas("2", "3"), UNMET),
            (TWO, get, told("1")),
            (TWO, cas("1", "3"), DONE),
            (ONE, get, told("3")),
        ],
    );
    runs(Kind::Register, &[(ONE, cas("1", "2"), Outcome::Refused), (ONE, get, DONE)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn text() {
    let append = |value| Op::Append(x(), word(value));
    runs(
        Kind::Text,
        &[
            (ONE, append("ab"), DONE),
            (TWO, append("cd"), DONE),
            (ONE, Op::Get(x()), told("abcd")),
            (ONE, append("0123456789ab"), UNMET),
            (ONE, append("0123456789a"), DONE),
            (TWO, Op::Get(x()), told("abcd0123456789a")),
            (TWO, append("e"), UNMET),
        ],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn counters() {
    let steps = [
        (ONE, Op::Get(x()), DONE),
        (ONE, Op::Add(x(), 5), DONE),
        (TWO, Op::Add(x(), -7), DONE),
        (ONE, Op::Get(x()), told("-2")),
    ];
    runs(Kind::Counter, &steps);
    runs(Kind::Any, &steps);
    runs(Kind::Any, &[(ONE, Op::Add(x(), 1), DONE), (ONE, Op::Append(x(), word("a")), UNMET)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn sets() {
    let member = word("m");
    let has = Op::Contains(x(), member);
    let steps = [
        (ONE, has, told("no")),
        (ONE, Op::Include(x(), member), DONE),
        (TWO, Op::Include(x(), member), DONE),
        (TWO, has, told("yes")),
        (ONE, Op::Contains(x(), word("other")), told("no")),
        (ONE, Op::Exclude(x(), member), DONE),
        (TWO, has, told("no")),
        (TWO, Op::Exclude(x(), member), DONE),
    ];
    runs(Kind::Set, &steps);
    runs(Kind::Any, &steps);
    runs(Kind::Any, &[(ONE, Op::Include(x(), member), DONE), (ONE, Op::Get(x()), UNMET)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn queues() {
    let push = |value| Op::Push(x(), word(value));
    let steps = [
        (ONE, Op::Pop(x()), UNMET),
        (ONE, push("a"), DONE),
        (TWO, push("b"), DONE),
        (ONE, Op::Pop(x()), told("a")),
        (ONE, push("c"), DONE),
        (TWO, Op::Pop(x()), told("b")),
        (TWO, Op::Pop(x()), told("c")),
        (TWO, Op::Pop(x()), UNMET),
    ];
    runs(Kind::Queue, &steps);
    runs(Kind::Any, &steps);
}

#[wasm_bindgen_test(unsupported = test)]
fn locks() {
    let (lock, unlock) = (Op::Lock(x()), Op::Unlock(x()));
    let steps = [
        (ONE, unlock, UNMET),
        (ONE, lock, DONE),
        (ONE, lock, UNMET),
        (TWO, lock, UNMET),
        (TWO, unlock, UNMET),
        (ONE, unlock, DONE),
        (TWO, lock, DONE),
    ];
    runs(Kind::Lock, &steps);
    runs(Kind::Any, &steps);
}

/// Two hands wrote the store and its specification; they agree about every operation.
#[wasm_bindgen_test(unsupported = test)]
fn the_store_does_what_its_specification_says() {
    let mut dice = Stream::new(11, Concern::Clients, 0);
    for _ in 0..400 {
        let mut store = Store::default();
        let mut copies = [Kind::Any.initial(), Kind::Any.initial()];
        for _ in 0..30 {
            let client = ClientId(dice.below(2) as u32);
            let op = random_op(&mut dice, Kind::Any, 2);
            let at = usize::from(quorate::check::consistency::key(op) == Some(word("y")));
            let (after, expected) = Kind::Any.step(&copies[at], client, op);
            assert_eq!(store.apply(client, op), expected, "{op} of {client} on {:?}", copies[at]);
            copies[at] = after;
        }
    }
}
