//! Clients [ongaro14 §8], [ongaro14phd §6.3].

use quorate::kernel::{Fact, Op, Outcome, Span};
use quorate::protocol::raft::{Raft, Timer};
use quorate::protocol::shared::sessions::SESSION_MEMORY;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::bench::{Bench, n, request, word};
use super::{elect, put};

fn led_by_n1(nodes: usize) -> Bench<Raft> {
    let mut bench = Bench::new(nodes, &[]);
    let everyone = bench.all();
    elect(&mut bench, n(1), &everyone);
    bench.settle(&everyone);
    bench
}

fn get(bench: &mut Bench<Raft>, serial: u64) -> Option<Outcome> {
    bench.replies.clear();
    bench.ask(n(1), request(9, serial, Op::Get(word("x"))));
    bench.settle(&bench.all());
    bench.replies.last().map(|reply| reply.2)
}

/// Reference: section 8: a server that does not lead refuses, and says who does if it knows.
#[wasm_bindgen_test(unsupported = test)]
fn s8_followers_redirect_to_the_leader() {
    let mut bench: Bench<Raft> = Bench::new(3, &[]);
    put(&mut bench, n(2), 1, "1");
    assert_eq!(bench.replies[0].2, Outcome::Redirect(None));
    bench.fire(n(2), Timer::Election);
    put(&mut bench, n(2), 1, "1");
    assert_eq!(bench.replies[1].2, Outcome::Redirect(None), "a candidate knows no leader");
    let mut bench = led_by_n1(3);
    put(&mut bench, n(2), 1, "1");
    assert_eq!(bench.replies[0].2, Outcome::Redirect(Some(n(1))));
    assert_eq!(bench.eras(n(2)).len(), 1, "nothing enters its log");
}

/// Reference: section 5.3: the leader answers when the entry is committed and applied, not before.
#[wasm_bindgen_test(unsupported = test)]
fn s5_3_a_client_is_answered_after_the_commit() {
    let mut bench = led_by_n1(3);
    put(&mut bench, n(1), 1, "1");
    assert!(bench.replies.is_empty());
    bench.deliver(|flight| flight.to == n(2));
    assert!(bench.replies.is_empty());
    bench.deliver(|flight| flight.from == n(2));
    assert_eq!(bench.replies[0].2, Outcome::Done(None));
    assert_eq!(get(&mut bench, 1), Some(Outcome::Done(Some(word("1")))));
    bench.ask(n(1), request(9, 2, Op::Get(word("nowhere"))));
    bench.settle(&bench.all());
    assert_eq!(bench.replies.last().map(|reply| reply.2), Some(Outcome::Done(None)));
}

/// Reference: section 8: a request repeated while it is on its way enters the log once.
#[wasm_bindgen_test(unsupported = test)]
fn s8_a_repetition_before_the_commit_waits_for_it() {
    let mut bench = led_by_n1(3);
    put(&mut bench, n(1), 1, "1");
    put(&mut bench, n(1), 1, "1");
    assert_eq!(bench.eras(n(1)).len(), 2);
    bench.settle(&bench.all());
    assert_eq!(bench.replies.len(), 1);
}

/// Reference: section 8: a leader crashes after the commit and before the answer; the client asks
/// the new one, and the command is not executed a second time.
#[wasm_bindgen_test(unsupported = test)]
fn s8_a_retry_at_a_new_leader_is_executed_once() {
    let mut bench = led_by_n1(3);
    put(&mut bench, n(1), 1, "first");
    bench.settle(&bench.all());
    bench.ask(n(1), request(1, 1, Op::Put(word("x"), word("second"))));
    bench.settle(&bench.all());
    bench.crash(n(1));
    bench.replies.clear();
    elect(&mut bench, n(2), &[n(3)]);
    // The new leader has not applied the entries yet, so the repetition enters its log once more.
    put(&mut bench, n(2), 1, "first");
    bench.settle(&[n(2), n(3)]);
    assert_eq!(bench.replies.len(), 1);
    assert_eq!(bench.replies[0].2, Outcome::Done(None));
    bench.ask(n(2), request(9, 1, Op::Get(word("x"))));
    bench.settle(&[n(2), n(3)]);
    let last = bench.replies.last().map(|reply| reply.2);
    assert_eq!(last, Some(Outcome::Done(Some(word("second")))));
    // Now it is in the table, and is answered without the log.
    let length = bench.eras(n(2)).len();
    put(&mut bench, n(2), 1, "first");
    assert_eq!(bench.eras(n(2)).len(), length);
    assert!(bench.marks.contains(&(n(2), "repeat-answer")));
}

/// Reference: section 8: a read goes through the log, so a deposed leader cannot answer it.
#[wasm_bindgen_test(unsupported = test)]
fn s8_a_deposed_leader_answers_no_read() {
    let mut bench = led_by_n1(3);
    put(&mut bench, n(1), 1, "old");
    bench.settle(&bench.all());
    elect(&mut bench, n(2), &[n(3)]);
    bench.settle(&[n(2), n(3)]);
    bench.replies.clear();
    // n1 has heard nothing and still believes it leads.
    bench.ask(n(1), request(9, 1, Op::Get(word("x"))));
    bench.flights.retain(|flight| flight.from == n(1));
    bench.settle(&bench.all());
    assert!(bench.replies.is_empty());
    assert_eq!(bench.role(n(1)), quorate::kernel::Role::Follower);
}

/// Reference: [ongaro14phd §6.3]: a session remembers its newest results; what it forgot it does
/// not execute.
#[wasm_bindgen_test(unsupported = test)]
fn s6_3_a_forgotten_request_is_neither_executed_nor_answered() {
    let mut bench = led_by_n1(1);
    for serial in 1..=SESSION_MEMORY + 1 {
        put(&mut bench, n(1), serial, &serial.to_string());
    }
    bench.replies.clear();
    put(&mut bench, n(1), 1, "1");
    assert!(bench.replies.is_empty());
    put(&mut bench, n(1), 2, "2");
    assert_eq!(bench.replies.len(), 1, "the oldest one it remembers");
    let newest = (SESSION_MEMORY + 1).to_string();
    assert_eq!(get(&mut bench, 1), Some(Outcome::Done(Some(word(&newest)))));
}

/// What a store does not offer is refused at any node, at once.
#[wasm_bindgen_test(unsupported = test)]
fn other_operations_are_refused() {
    let mut bench = led_by_n1(3);
    bench.ask(n(2), request(0, 1, Op::Propose(word("A"))));
    bench.ask(n(1), request(0, 2, Op::Work { key: 1, size: Span::millis(1) }));
    assert!(bench.replies.iter().all(|reply| reply.2 == Outcome::Refused));
    assert_eq!(bench.replies.len(), 2);
}

/// Entries that differ have words that differ, also if they are too long to be shown whole.
#[wasm_bindgen_test(unsupported = test)]
fn long_commands_have_words_of_their_own() {
    let mut bench = led_by_n1(1);
    for (serial, value) in
        ["a-long-value-1", "a-long-value-2", "数据一二三"].into_iter().enumerate()
    {
        let op = Op::Put(word("some-key"), word(value));
        bench.ask(n(1), request(0, serial as u64 + 1, op));
    }
    let values: Vec<_> = bench.chosen(n(1)).into_iter().skip(1).map(|(_, value)| value).collect();
    assert_eq!(values.len(), 3);
    assert!(values[0] != values[1] && values[1] != values[2]);
    assert!(values.iter().all(|value| value.as_str().starts_with("some-ke~")));
    assert!(bench.facts.contains(&(n(1), Fact::Applied { slot: 2, value: values[0] })));
}
