//! Consistency of histories: small ones with known answers, and random ones with the answers of an
//! oracle that tries every order.

use quorate::check::consistency::{
    Call, Explained, Fit, Frontier, Kind, Model, core, explain, objects as touch,
};
use quorate::kernel::{ClientId, Op, Outcome, RequestId, Word};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

use super::oracle::{explained, random_history};
use super::word;

const DONE: Outcome = Outcome::Done(None);

/// A call of client `c` from one position to another.
pub fn call(client: u32, op: Op, seen: Option<Outcome>, (invoked, returned): (u64, u64)) -> Call {
    Call { client: ClientId(client), op, seen, invoked, returned }
}

fn found(text: &str) -> Outcome {
    Outcome::Done((text != "-").then(|| word(text)))
}

fn put(client: u32, value: &str, span: (u64, u64)) -> Call {
    call(client, Op::Put(word("x"), word(value)), Some(DONE), span)
}

fn get(client: u32, value: &str, span: (u64, u64)) -> Call {
    call(client, Op::Get(word("x")), Some(found(value)), span)
}

/// A write whose end nobody saw.
fn lost(client: u32, value: &str, invoked: u64) -> Call {
    call(client, Op::Put(word("x"), word(value)), None, (invoked, u64::MAX))
}

fn judge(model: Model, calls: &[Call]) -> Option<bool> {
    match explain(Kind::Any, model, calls, &mut 100_000) {
        Explained::Order(_) => Some(true),
        Explained::Impossible(_) => Some(false),
        Explained::Unknown => None,
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn good_histories() {
    let good: &[&[Call]] = &[
        &[],
        &[get(0, "-", (1, 2))],
        // Overlapping reads may see the write or not.
        &[put(0, "1", (1, 10)), get(1, "1", (2, 4)), get(2, "-", (1, 3))],
        // A write of unknown end may have taken effect, or not yet, or never.
        &[lost(0, "1", 1), get(1, "-", (2, 3)), get(1, "1", (4, 5))],
        &[lost(0, "1", 1), get(1, "-", (2, 3)), get(1, "-", (4, 5))],
        // Concurrent writes in either order.
        &[put(0, "1", (1, 5)), put(1, "2", (2, 6)), get(0, "1", (7, 8))],
    ];
    for calls in good {
        assert_eq!(judge(Model::Linearizable, calls), Some(true), "{calls:?}");
        assert_eq!(judge(Model::Sequential, calls), Some(true), "{calls:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_histories() {
    let bad: &[(&[Call], bool)] = &[
        // A value nobody wrote.
        (&[get(0, "1", (1, 2))], false),
        // A stale read, of another client: an order of clients explains it.
        (&[put(0, "1", (1, 2)), get(1, "-", (3, 4))], true),
        // And one by the writer: it does not.
        (&[put(0, "1", (1, 2)), get(0, "-", (3, 4))], false),
        // New, then old again.
        (
            &[put(0, "1", (1, 2)), put(1, "2", (3, 20)), get(2, "2", (4, 5)), get(2, "1", (6, 7))],
            true,
        ),
        (
            &[put(0, "1", (1, 2)), put(0, "2", (3, 20)), get(2, "2", (4, 5)), get(2, "1", (6, 7))],
            false,
        ),
        // Two readers disagree about the order of two writes.
        (
            &[
                put(0, "1", (1, 2)),
                put(1, "2", (1, 2)),
                get(2, "1", (3, 4)),
                get(3, "2", (3, 4)),
                get(2, "2", (5, 6)),
                get(3, "1", (5, 6)),
            ],
            false,
        ),
    ];
    for (calls, sequential) in bad {
        assert_eq!(judge(Model::Linearizable, calls), Some(false), "{calls:?}");
        assert_eq!(judge(Model::Sequential, calls), Some(*sequential), "{calls:?}");
    }
}

/// Sequential consistency is not a matter of single objects [herlihy90 §3.3].
#[wasm_bindgen_test(unsupported = test)]
fn objects_that_are_each_sequential_need_not_be_so_together() {
    let of = |key: &str, mut call: Call| {
        call.op = match call.op {
            Op::Get(_) => Op::Get(word(key)),
            Op::Put(_, value) => Op::Put(word(key), value),
            op => op,
        };
        call
    };
    let calls = [
        of("x", put(0, "1", (1, 2))),
        of("y", get(0, "-", (3, 4))),
        of("y", put(1, "1", (1, 2))),
        of("x", get(1, "-", (3, 4))),
    ];
    let x: Vec<Call> = vec![calls[0], calls[3]];
    let y: Vec<Call> = vec![calls[1], calls[2]];
    assert_eq!(judge(Model::Sequential, &x), Some(true));
    assert_eq!(judge(Model::Sequential, &y), Some(true));
    let mut all = calls.to_vec();
    all.sort_by_key(|call| call.invoked);
    assert_eq!(judge(Model::Sequential, &all), Some(false));
}

/// Runs the answers of a history past the states that are kept while a run goes on.
fn follow(kind: Kind, calls: &[Call]) -> Fit {
    let mut frontier = Frontier::new(kind);
    // At one position returns come before invocations.
    let mut steps: Vec<(u64, bool, usize)> = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        steps.push((call.invoked, true, index));
        if call.seen.is_some() {
            steps.push((call.returned, false, index));
        }
    }
    steps.sort_unstable();
    for (_, invoked, index) in steps {
        let Call { client, op, seen, .. } = calls[index];
        let id = RequestId { client, serial: index as u64 };
        if invoked {
            frontier.invoke(id, op);
            continue;
        }
        let fit = frontier.answer(id, seen.expect("only ends are steps"));
        if fit != Fit::Fits {
            return fit;
        }
    }
    Fit::Fits
}

/// An order has every call whose end was seen, once, keeps what the model keeps, and is one that a
/// single copy could have gone through.
fn check_order(kind: Kind, model: Model, calls: &[Call], order: &[usize]) {
    let mut replayed = calls.to_vec();
    for call in &mut replayed {
        (call.invoked, call.returned) = (u64::MAX, u64::MAX);
    }
    for (place, &it) in order.iter().enumerate() {
        assert_eq!(replayed[it].invoked, u64::MAX, "twice");
        (replayed[it].invoked, replayed[it].returned) = (2 * place as u64, 2 * place as u64 + 1);
    }
    for (a, first) in calls.iter().enumerate() {
        assert!(first.seen.is_none() || replayed[a].invoked < u64::MAX, "left out");
    }
    let mut sequence: Vec<Call> = order.iter().map(|it| replayed[*it]).collect();
    assert!(explained(kind, Model::Linearizable, &sequence), "{order:?} of {calls:?}");
    sequence.clear();
    for (place, &a) in order.iter().enumerate() {
        for &b in &order[place + 1..] {
            let (first, later) = (&calls[a], &calls[b]);
            let same = touch(calls).iter().any(|its| its.contains(&a) && its.contains(&b));
            let wrong = match model {
                Model::Linearizable => {
                    same && later.seen.is_some() && later.returned <= first.invoked
                }
                Model::Sequential => later.seen.is_some() && first.client == later.client && b < a,
            };
            assert!(!wrong, "{b} before {a} in {calls:?}");
        }
    }
}

/// Nothing in a core can be spared, and a core is impossible whatever came of the rest.
fn check_core(kind: Kind, model: Model, calls: &[Call], its: &[usize]) {
    let known = |firm: &[usize]| -> Vec<Call> {
        let all = calls.iter().enumerate();
        let known =
            all.filter_map(
                |(place, call)| {
                    if firm.contains(&place) { Some(*call) } else { call.forgotten() }
                },
            );
        known.collect()
    };
    assert!(!explained(kind, model, &known(its)), "{its:?} of {calls:?}");
    for spared in its {
        let rest: Vec<usize> = its.iter().copied().filter(|it| it != spared).collect();
        assert!(explained(kind, model, &known(&rest)), "{spared} of {its:?} of {calls:?}");
    }
}

fn against_the_oracle(kind: Kind, seed: u64, count: u32, most: u64) {
    let mut dice = Stream::new(seed, Concern::Clients, 0);
    let mut answers = [[0; 2]; 2];
    for round in 0..count {
        let keys = 1 + u64::from(round) % 2;
        let calls = random_history(&mut dice, kind, keys, most);
        for (column, model) in [Model::Linearizable, Model::Sequential].into_iter().enumerate() {
            let expected = explained(kind, model, &calls);
            answers[column][usize::from(expected)] += 1;
            match explain(kind, model, &calls, &mut 1_000_000) {
                Explained::Order(order) => {
                    assert!(expected, "{model:?} {calls:?}");
                    check_order(kind, model, &calls, &order);
                }
                Explained::Impossible(object) => {
                    assert!(!expected, "{model:?} {calls:?}");
                    let its: Vec<Call> = object.iter().map(|it| calls[*it]).collect();
                    let core = core(kind, model, &its, &mut 1_000_000);
                    assert!(core.minimal);
                    check_core(kind, model, &its, &core.calls);
                }
                Explained::Unknown => panic!("a small history: {calls:?}"),
            }
        }
        if keys == 1 {
            let expected = explained(kind, Model::Linearizable, &calls);
            let wanted = if expected { Fit::Fits } else { Fit::Breaks };
            assert_eq!(follow(kind, &calls), wanted, "{calls:?}");
        }
    }
    let enough = count / 20;
    assert!(answers.iter().flatten().all(|it| *it > enough), "{kind:?} {answers:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn registers_get_the_answer_of_the_oracle() {
    against_the_oracle(Kind::Register, 1, 1_500, 7);
    against_the_oracle(Kind::CasRegister, 2, 1_500, 7);
}

#[wasm_bindgen_test(unsupported = test)]
fn text_and_counters_get_the_answer_of_the_oracle() {
    against_the_oracle(Kind::Text, 3, 1_000, 6);
    against_the_oracle(Kind::Counter, 4, 1_000, 6);
}

#[wasm_bindgen_test(unsupported = test)]
fn sets_and_queues_get_the_answer_of_the_oracle() {
    against_the_oracle(Kind::Set, 5, 1_000, 6);
    against_the_oracle(Kind::Queue, 6, 1_000, 6);
}

#[wasm_bindgen_test(unsupported = test)]
fn locks_and_keys_of_any_kind_get_the_answer_of_the_oracle() {
    against_the_oracle(Kind::Lock, 7, 1_000, 6);
    against_the_oracle(Kind::Any, 8, 1_000, 6);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_search_that_runs_out_of_steps_says_so() {
    // Many sums at once, and a read of none of them.
    let add = |by: i32| call(by as u32, Op::Add(word("x"), 1 << by), Some(DONE), (1, 100));
    let mut calls: Vec<Call> = (0..24).map(add).collect();
    calls.push(get(30, "0", (2, 99)));
    calls.push(get(30, "77777777", (101, 102)));
    let mut budget = 1_000;
    let unknown = explain(Kind::Any, Model::Linearizable, &calls, &mut budget);
    assert_eq!((unknown, budget), (Explained::Unknown, 0));
    // An object that is easily refuted settles the matter all the same.
    let thin = call(31, Op::Get(word("y")), Some(found("1")), (1, 2));
    let place = calls.len();
    calls.push(thin);
    let found = explain(Kind::Any, Model::Linearizable, &calls, &mut 100_000);
    assert_eq!(found, Explained::Impossible(vec![place]));
}

#[wasm_bindgen_test(unsupported = test)]
fn long_histories_are_quick() {
    // Three clients: writes overlap their neighbours, and every read finds the write before it.
    let calls: Vec<Call> = (0..12_000_u64)
        .map(|at| match at % 3 {
            0 => put(0, &at.to_string(), (10 * at, 10 * at + 15)),
            step => get(step as u32, &(at - step).to_string(), (10 * at, 10 * at + 9)),
        })
        .collect();
    for model in [Model::Linearizable, Model::Sequential] {
        let mut budget = 200_000;
        let answer = explain(Kind::Any, model, &calls, &mut budget);
        assert!(matches!(answer, Explained::Order(_)), "{model:?}");
    }
    assert_eq!(follow(Kind::Any, &calls), Fit::Fits);
}

/// The core of a long history is found by halves.
#[wasm_bindgen_test(unsupported = test)]
fn the_core_of_a_long_history_is_short() {
    let mut calls: Vec<Call> = (0..1_000_u64)
        .map(|at| put((at % 3) as u32, &at.to_string(), (10 * at, 10 * at + 15)))
        .collect();
    calls.push(get(4, "500", (20_000, 20_001)));
    let core = core(Kind::Any, Model::Linearizable, &calls, &mut 500_000);
    assert!(core.minimal);
    // The read, the write of what it found, and one between them.
    assert_eq!(core.calls.len(), 3, "{core:?}");
    assert!(core.calls.contains(&500) && core.calls.contains(&1_000));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_refused_operation_has_no_effect() {
    let id = |serial| RequestId { client: ClientId(serial as u32), serial };
    let mut frontier = Frontier::new(Kind::Any);
    let (write, read): (Op, Op) = (Op::Put(word("x"), word("1")), Op::Get(word("x")));
    frontier.invoke(id(1), write);
    frontier.invoke(id(2), read);
    let one: Option<Word> = Some(word("1"));
    assert_eq!(frontier.answer(id(2), Outcome::Done(one)), Fit::Fits);
    assert_eq!(frontier.answer(id(1), Outcome::Refused), Fit::Breaks);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_crowd_is_not_followed() {
    let mut frontier = Frontier::new(Kind::Any);
    let id = |serial| RequestId { client: ClientId(serial as u32), serial };
    for serial in 0..40 {
        frontier.invoke(id(serial), Op::Put(word("x"), Word::number(serial)));
    }
    assert_eq!(frontier.answer(id(3), DONE), Fit::Lost);
}
