//! Linearizability: small histories with known answers, an oracle that tries every order, and
//! recordings of a real cluster.

use quorate::check::linear::{Call, Linear, Spec, all_linearizable, linearizable};
use quorate::check::register::{Access, Register};
use quorate::kernel::{Choices, Word};
use quorate::sim::rng::{Concern, Stream};
use wasm_bindgen_test::wasm_bindgen_test;

fn word(text: &str) -> Word {
    Word::new(text).expect("short")
}

fn write(value: &str, invoked: u64, returned: Option<u64>) -> Call<Access> {
    Call { op: Access::Write(word(value)), invoked, returned }
}

fn read(found: &str, invoked: u64, returned: u64) -> Call<Access> {
    let found = (found != "-").then(|| word(found));
    Call { op: Access::Read(found), invoked, returned: Some(returned) }
}

fn judge(calls: &[Call<Access>]) -> Linear {
    linearizable(&Register, calls, &mut 100_000)
}

#[wasm_bindgen_test(unsupported = test)]
fn good_histories() {
    let good: &[&[Call<Access>]] = &[
        &[],
        &[read("-", 1, 2)],
        // Overlapping reads may see the write or not.
        &[write("1", 1, Some(10)), read("1", 2, 4), read("-", 1, 3)],
        // A pending write may have taken effect, or not yet, or never.
        &[write("1", 1, None), read("-", 2, 3), read("1", 4, 5)],
        &[write("1", 1, None), read("-", 2, 3), read("-", 4, 5)],
        // Concurrent writes in either order.
        &[write("1", 1, Some(5)), write("2", 2, Some(6)), read("1", 7, 8)],
    ];
    for calls in good {
        assert_eq!(judge(calls), Linear::Yes, "{calls:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_histories() {
    let bad: &[&[Call<Access>]] = &[
        // A value nobody wrote.
        &[read("1", 1, 2)],
        // A stale read.
        &[write("1", 1, Some(2)), read("-", 3, 4)],
        // New, then old again.
        &[write("1", 1, Some(2)), write("2", 3, Some(20)), read("2", 4, 5), read("1", 6, 7)],
        // A pending write seen before it was invoked.
        &[read("1", 1, 2), write("1", 3, None)],
        // Two readers disagree about the order of two writes.
        &[
            write("1", 1, Some(2)),
            write("2", 1, Some(2)),
            read("1", 3, 4),
            read("2", 5, 6),
            read("1", 7, 8),
        ],
    ];
    for calls in bad {
        assert_eq!(judge(calls), Linear::No, "{calls:?}");
    }
}

/// Every order that keeps the order of time, tried one by one. A pending call may be left out.
fn oracle(calls: &[Call<Access>]) -> bool {
    fn go(calls: &[Call<Access>], left: &mut Vec<usize>, state: Option<Word>) -> bool {
        if left.iter().all(|&it| calls[it].returned.is_none()) {
            return true;
        }
        for at in 0..left.len() {
            let next = left[at];
            let too_late = left.iter().any(|&other| {
                other != next && calls[other].returned.is_some_and(|end| end <= calls[next].invoked)
            });
            if too_late {
                continue;
            }
            if let Some(after) = Register.apply(&state, &calls[next].op) {
                left.remove(at);
                let found = go(calls, left, after);
                left.insert(at, next);
                if found {
                    return true;
                }
            }
        }
        false
    }
    go(calls, &mut (0..calls.len()).collect(), None)
}

fn random(dice: &mut Stream) -> Vec<Call<Access>> {
    let count = 1 + dice.below(6);
    let mut calls = Vec::new();
    for _ in 0..count {
        let invoked = dice.below(12);
        let returned = Some(invoked + 1 + dice.below(8));
        let value = word(["1", "2"][dice.below(2) as usize]);
        let (op, returned) = match dice.below(5) {
            0 => (Access::Read(None), returned),
            1 | 2 => (Access::Read(Some(value)), returned),
            3 => (Access::Write(value), None),
            _ => (Access::Write(value), returned),
        };
        calls.push(Call { op, invoked, returned });
    }
    calls
}

#[wasm_bindgen_test(unsupported = test)]
fn random_histories_get_the_answer_of_the_oracle() {
    let mut dice = Stream::new(3, Concern::Clients, 0);
    let mut answers = [0, 0];
    for _ in 0..4_000 {
        let calls = random(&mut dice);
        let expected = if oracle(&calls) { Linear::Yes } else { Linear::No };
        assert_eq!(judge(&calls), expected, "{calls:?}");
        answers[usize::from(expected == Linear::Yes)] += 1;
    }
    assert!(answers.iter().all(|count| *count > 500), "{answers:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_search_that_runs_out_of_steps_says_so() {
    // Many concurrent writes and a read of none of them.
    let mut calls: Vec<Call<Access>> =
        (0..40).map(|value| write(&value.to_string(), 1, Some(100))).collect();
    calls.push(read("none", 2, 99));
    let mut budget = 1_000;
    assert_eq!(linearizable(&Register, &calls, &mut budget), Linear::Unknown);
    assert_eq!(budget, 0);
    // An object that is easily refuted settles the matter all the same.
    let objects = [calls, vec![read("1", 1, 2)]];
    assert_eq!(all_linearizable(&Register, &objects, &mut 100_000), (Linear::No, Some(1)));
}

#[wasm_bindgen_test(unsupported = test)]
fn long_histories_are_quick() {
    // Three clients: writes overlap their neighbours, and every read finds the write before it.
    let calls: Vec<Call<Access>> = (0..12_000_u64)
        .map(|at| match at % 3 {
            0 => write(&at.to_string(), 10 * at, Some(10 * at + 15)),
            step => read(&(at - step).to_string(), 10 * at, 10 * at + 9),
        })
        .collect();
    let mut budget = 200_000;
    assert_eq!(linearizable(&Register, &calls, &mut budget), Linear::Yes);
}

/// Recordings of an etcd cluster under faults, with verdicts known since [horn15]. They are not
/// ours to copy: `QUORATE_HISTORIES` says where they are.
#[cfg(not(target_arch = "wasm32"))]
mod recorded {
    use quorate::check::linear::{Call, Linear, Spec, linearizable};

    struct Cas;

    #[derive(Clone, Copy, Debug)]
    enum Op {
        Read(Option<i64>),
        Write(i64),
        Swap(i64, i64, Option<bool>),
    }

    impl Spec for Cas {
        type Op = Op;
        type State = Option<i64>;

        fn initial(&self) -> Option<i64> {
            None
        }

        fn apply(&self, state: &Option<i64>, op: &Op) -> Option<Option<i64>> {
            match *op {
                Op::Read(found) => (found == *state).then_some(*state),
                Op::Write(value) => Some(Some(value)),
                Op::Swap(old, new, done) => {
                    let swaps = *state == Some(old);
                    let fits = done.is_none_or(|done| done == swaps);
                    fits.then_some(if swaps { Some(new) } else { *state })
                }
            }
        }
    }

    /// Numbers of a value such as `3`, `nil` or `[1 2]`.
    fn numbers(words: &[&str]) -> Vec<i64> {
        let text = words.join(" ").replace(['[', ']'], "");
        text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    }

    fn read_log(text: &str) -> Vec<Call<Op>> {
        let mut calls: Vec<Call<Op>> = Vec::new();
        let mut open: Vec<(&str, usize)> = Vec::new();
        let mut dropped = Vec::new();
        for (at, line) in (0_u64..).zip(text.lines()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, _, "-", process, kind, function, value @ ..] = words.as_slice() else {
                continue;
            };
            let numbers = numbers(value);
            if *kind == ":invoke" {
                let op = match (*function, numbers.as_slice()) {
                    (":read", _) => Op::Read(None),
                    (":write", [value]) => Op::Write(*value),
                    (":cas", [old, new]) => Op::Swap(*old, *new, None),
                    _ => continue,
                };
                open.push((process, calls.len()));
                calls.push(Call { op, invoked: at, returned: None });
                continue;
            }
            let Some(place) = open.iter().position(|(other, _)| other == process) else { continue };
            let (_, call) = open.remove(place);
            let op = &mut calls[call].op;
            match (*kind, *op) {
                // It may take effect later; a read without an answer says nothing.
                (":info", Op::Read(_)) | (":fail", Op::Read(_) | Op::Write(_)) => {
                    dropped.push(call);
                    continue;
                }
                (":info", _) => continue,
                (_, Op::Read(_)) => *op = Op::Read(numbers.first().copied()),
                (kind, Op::Swap(old, new, _)) => *op = Op::Swap(old, new, Some(kind == ":ok")),
                (_, Op::Write(_)) => {}
            }
            calls[call].returned = Some(at);
        }
        dropped
            .extend(open.iter().filter(|it| matches!(calls[it.1].op, Op::Read(_))).map(|it| it.1));
        dropped.sort_unstable();
        for call in dropped.into_iter().rev() {
            calls.remove(call);
        }
        calls
    }

    const LINEARIZABLE: [u32; 23] = [
        2, 5, 7, 18, 25, 31, 38, 45, 48, 49, 51, 53, 56, 67, 75, 76, 80, 87, 92, 98, 100, 101, 102,
    ];

    #[test]
    fn recordings_of_a_real_cluster_get_their_known_verdicts() {
        let Some(folder) = std::env::var_os("QUORATE_HISTORIES") else {
            eprintln!("skipped: QUORATE_HISTORIES does not say where the recordings are");
            return;
        };
        let mut judged = 0;
        for number in 0..=102 {
            let path = std::path::Path::new(&folder).join(format!("etcd_{number:03}.log"));
            // 95 is a recording of a cluster that did not start.
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            if number == 95 {
                continue;
            }
            let calls = read_log(&text);
            assert!(calls.len() > 10, "{number}");
            let found = linearizable(&Cas, &calls, &mut 20_000_000);
            let wanted = if LINEARIZABLE.contains(&number) { Linear::Yes } else { Linear::No };
            assert_eq!(found, wanted, "etcd_{number:03}.log");
            judged += 1;
        }
        assert!(judged > 0, "no recordings in {folder:?}");
    }
}
