//! Sessions of clients: one operation at a time, retries, redirects, serial numbers.

use quorate::kernel::{
    ClientId, Fact, NodeId, Op, Outcome, Party, Ratio, RequestId, SimTime, Word,
};
use quorate::sim::{
    ClusterSpec, Happening, Input, Occurrence, OpNote, REQUEST, Sessions, Target, Workload,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, at, events, ms, node, silent, with};

fn say(text: &str) -> Word {
    Word::new(text).expect("short")
}

fn ask(op: Op, via: Option<NodeId>, client: u32) -> Input {
    Input::Request { op, via: via.map(Target::Node), client: Some(ClientId(client)) }
}

fn put(via: NodeId) -> Input {
    ask(Op::Put(say("x"), say("1")), Some(via), 0)
}

fn notes(events: &[Occurrence]) -> Vec<(u64, OpNote)> {
    let ops = events.iter().flat_map(|event| event.ops.iter().map(|op| (event.at.0, *op)));
    ops.collect()
}

/// Requests sent: when, and to whom.
fn asked(events: &[Occurrence]) -> Vec<(u64, Party)> {
    let sent = events.iter().flat_map(|event| &event.sent);
    let requests = sent.filter(|note| note.face == REQUEST);
    requests.map(|note| (note.sent_at.0 / 1_000_000, note.to)).collect()
}

fn id(client: u32, serial: u64) -> RequestId {
    RequestId { client: ClientId(client), serial }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_answer_closes_the_operation() {
    let events = events(silent(with(vec![(5, put(N1))])), 20);
    let op = Op::Put(say("x"), say("1"));
    assert_eq!(
        notes(&events),
        [
            (at(5).0, OpNote::Invoked(id(0, 1), op)),
            (at(7).0, OpNote::Completed(id(0, 1), op, Outcome::Done(None))),
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_redirect_is_followed_at_once_and_remembered() {
    let events =
        events(silent(with(vec![(5, put(N2)), (20, ask(Op::Get(say("x")), None, 0))])), 40);
    let (n1, n2) = (Party::Node(N1), Party::Node(N2));
    assert_eq!(asked(&events), [(5, n2), (7, n1), (20, n1)]);
    let done: Vec<u64> = completions(&events);
    assert_eq!(done, [at(9).0, at(22).0]);
}

fn completions(events: &[Occurrence]) -> Vec<u64> {
    let notes = notes(events);
    let done = notes.iter().filter(|(_, op)| matches!(op, OpNote::Completed(..)));
    done.map(|(at, _)| *at).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_client_without_an_answer_asks_the_next_node_with_the_same_serial() {
    let mut spec = silent(with(vec![(1, Input::Crash(node(NodeId(2)))), (5, put(NodeId(2)))]));
    spec.patience = Some(ms(50));
    let events = events(spec, 300);
    assert_eq!(asked(&events), [(5, Party::Node(NodeId(2))), (55, Party::Node(N1))]);
    let serials: Vec<u64> = events
        .iter()
        .flat_map(|event| &event.facts)
        .filter_map(|(_, fact)| match fact {
            Fact::Elected { era } => Some(*era),
            _ => None,
        })
        .collect();
    assert_eq!(serials, [1]);
    assert_eq!(completions(&events), [at(57).0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_client_asks_for_ever() {
    let mut spec = silent(with(vec![(5, ask(Op::Propose(say("silence")), Some(N1), 0))]));
    spec.patience = Some(ms(50));
    let asked = asked(&events(spec, 1_000));
    assert_eq!(asked.len(), 20);
    let turns: Vec<Party> = asked.iter().map(|(_, to)| *to).take(4).collect();
    assert_eq!(turns, [0, 1, 2, 0].map(|id| Party::Node(NodeId(id))));
}

#[wasm_bindgen_test(unsupported = test)]
fn one_operation_is_outstanding_and_the_others_wait_in_order() {
    let mut spec = silent(with(vec![
        (5, ask(Op::Propose(say("silence")), Some(N1), 0)),
        (6, put(N1)),
        (7, ask(Op::Get(say("x")), Some(N1), 0)),
        (8, ask(Op::Get(say("y")), Some(N1), 1)),
    ]));
    spec.patience = Some(ms(50));
    let invoked: Vec<(u64, OpNote)> =
        notes(&events(spec.clone(), 200)).into_iter().filter(is_invocation).collect();
    assert_eq!(invoked.len(), 2, "client 1 waits for ever, client 2 is free: {invoked:?}");
    spec.inputs[0].1 = ask(Op::Propose(say("no")), Some(N1), 0);
    let all = notes(&events(spec, 200));
    let ours: Vec<(u64, u64)> = all
        .iter()
        .filter_map(|(at, op)| match op {
            OpNote::Invoked(id, _) if id.client == ClientId(0) => {
                Some((*at / 1_000_000, id.serial))
            }
            _ => None,
        })
        .collect();
    assert_eq!(ours, [(5, 1), (7, 2), (9, 3)], "each begins when the one before is answered");
    let refused = all
        .iter()
        .any(|(_, op)| matches!(op, OpNote::Completed(_, Op::Propose(_), Outcome::Refused)));
    assert!(refused);
}

fn is_invocation(note: &(u64, OpNote)) -> bool {
    matches!(note.1, OpNote::Invoked(..))
}

fn sessions() -> ClusterSpec {
    let sessions = Sessions { clients: 3, every: ms(30), keys: 4, reads: Ratio::percent(50) };
    ClusterSpec { workload: Workload::Sessions(sessions), ..silent(with(vec![])) }
}

#[wasm_bindgen_test(unsupported = test)]
fn sessions_invoke_in_their_rhythm() {
    let events = events(sessions(), 3_000);
    for client in 0..3 {
        let invoked: Vec<u64> = notes(&events)
            .into_iter()
            .filter_map(|(at, op)| match op {
                OpNote::Invoked(id, _) if id.client == ClientId(client) => Some(at),
                _ => None,
            })
            .collect();
        assert_eq!(invoked[0], at(30 + 10 * u64::from(client)).0, "not in step");
        assert!(invoked.windows(2).all(|pair| pair[1] - pair[0] == ms(30).0));
        assert!(invoked.len() > 95);
    }
    let values: Vec<Word> = notes(&events)
        .into_iter()
        .filter_map(|(_, op)| match op {
            OpNote::Invoked(_, Op::Put(_, value)) => Some(value),
            _ => None,
        })
        .collect();
    let mut different = values.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), values.len(), "every write writes another value");
    let share = values.len() as f64 / 297.0;
    assert!((0.4..0.6).contains(&share), "{share}");
}

#[wasm_bindgen_test(unsupported = test)]
fn an_answer_to_nobody_wakes_nobody() {
    // The client gives up on N3, which was only paused; both answer in the end.
    let mut spec = silent(with(vec![
        (1, Input::Pause(node(N1))),
        (5, put(N1)),
        (200, Input::Resume(node(N1))),
    ]));
    spec.patience = Some(ms(50));
    let events = events(spec, 400);
    assert_eq!(completions(&events).len(), 1, "a second answer is of no interest");
    let last = events.iter().rfind(|event| matches!(event.what, Happening::ClientActed(_)));
    assert!(last.is_none_or(|event| event.at <= SimTime(201_000_000)));
}
