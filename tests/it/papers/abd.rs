//! Sentences about the shared register [attiya95], [lynch97], one test each.

use quorate::kernel::{KnobValue, NodeId, Op, Outcome, RequestId};
use quorate::protocol::abd::{Abd, Msg, Tag, Timer, Version};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, n, request, word};

fn bench(nodes: usize) -> Bench<Abd> {
    Bench::new(nodes, &[])
}

fn name(msg: &Msg) -> &'static str {
    quorate::kernel::Payload::face(msg).name
}

/// The client of that number belongs to the node of that number.
fn write(bench: &mut Bench<Abd>, node: u32, serial: u64, value: &str) {
    bench.ask(n(node), request(node - 1, serial, Op::Put(word("x"), word(value))));
}

fn read(bench: &mut Bench<Abd>, node: u32, serial: u64) {
    bench.ask(n(node), request(100 + node, serial, Op::Get(word("x"))));
}

/// Everything of that name from one node to another arrives.
fn pass(bench: &mut Bench<Abd>, what: &str, from: NodeId, to: NodeId) {
    let count =
        bench.deliver(|flight| name(&flight.msg) == what && flight.from == from && flight.to == to);
    assert!(count > 0, "no {what} from {from} to {to}");
}

fn answers(bench: &Bench<Abd>) -> Vec<Outcome> {
    bench.replies.iter().map(|reply| reply.2).collect()
}

fn version(counter: u64, client: u32, value: &str) -> Version {
    let writer = RequestId { client: quorate::kernel::ClientId(client), serial: 1 };
    Version { tag: Tag { counter, writer: Some(writer) }, value: Some(word(value)) }
}

/// Reference: [attiya95 §3]: an operation ends when a majority has answered, whoever that is.
#[wasm_bindgen_test(unsupported = test)]
fn s3_a_majority_is_enough_whichever_it_is() {
    for (one, other) in [(2, 3), (4, 5), (2, 5)] {
        let mut bench = bench(5);
        for id in bench.all() {
            if ![n(1), n(one), n(other)].contains(&id) {
                bench.crash(id);
            }
        }
        write(&mut bench, 1, 1, "A");
        bench.settle(&[n(1), n(one), n(other)]);
        read(&mut bench, 1, 1);
        bench.settle(&[n(1), n(one), n(other)]);
        assert_eq!(answers(&bench), [Outcome::Done(None), Outcome::Done(Some(word("A")))]);
    }
}

/// Reference: [attiya95 §3]: with half of the processes gone no operation ends, and none is wrong.
#[wasm_bindgen_test(unsupported = test)]
fn s3_without_a_majority_nothing_ends() {
    let mut bench = bench(4);
    bench.crash(n(3));
    bench.crash(n(4));
    write(&mut bench, 1, 1, "A");
    read(&mut bench, 2, 1);
    bench.settle(&[n(1), n(2)]);
    assert!(bench.replies.is_empty());
    // One comes back; the phase is asked again and ends.
    bench.restart(n(3));
    for _ in 0..2 {
        bench.fire(n(1), Timer::Retry);
        bench.fire(n(2), Timer::Retry);
        bench.settle(&[n(1), n(2), n(3)]);
    }
    assert_eq!(bench.replies.len(), 2);
}

/// Reference: [lynch97 §3]: a process alone is its own majority.
#[wasm_bindgen_test(unsupported = test)]
fn one_node_answers_without_a_message() {
    let mut bench = bench(1);
    write(&mut bench, 1, 1, "A");
    read(&mut bench, 1, 1);
    assert!(bench.flights.is_empty());
    assert_eq!(answers(&bench), [Outcome::Done(None), Outcome::Done(Some(word("A")))]);
}

/// Reference: [lynch97 §3]: a replica adopts a version only if its tag is larger: counters first,
/// then writers.
#[wasm_bindgen_test(unsupported = test)]
fn s3_a_replica_keeps_the_largest_tag() {
    let mut bench = bench(3);
    let of = RequestId { client: quorate::kernel::ClientId(7), serial: 1 };
    let key = word("x");
    for (sent, kept) in [
        (version(4, 1, "A"), "x=A@4.c2"),
        (version(3, 9, "B"), "x=A@4.c2"),
        (version(4, 0, "C"), "x=A@4.c2"),
        (version(4, 2, "D"), "x=D@4.c3"),
        (version(5, 0, "E"), "x=E@5.c1"),
        (version(4, 2, "D"), "x=E@5.c1"),
    ] {
        bench.receive(n(2), n(1), Msg::Propagate { of, key, version: sent });
        assert_eq!(bench.field(n(1), "copies"), kept);
        // It acknowledges either way: it has that or something newer.
        let last = bench.flights.pop().expect("an answer");
        assert_eq!(last.msg, Msg::PropagateAck { of, tag: sent.tag });
    }
}

/// Reference: [lynch97 §3]: a writer takes a counter above the largest it was told, and its own
/// name.
#[wasm_bindgen_test(unsupported = test)]
fn s3_a_writer_goes_above_the_largest_tag_of_a_majority() {
    let mut bench = bench(5);
    write(&mut bench, 2, 1, "mine");
    bench.flights.clear();
    let of = RequestId { client: quorate::kernel::ClientId(1), serial: 1 };
    bench.receive(n(3), n(2), Msg::QueryAck { of, version: version(6, 0, "A") });
    // The same answer twice is one node.
    bench.receive(n(3), n(2), Msg::QueryAck { of, version: version(6, 0, "A") });
    assert!(bench.flights.is_empty());
    bench.receive(n(4), n(2), Msg::QueryAck { of, version: version(2, 3, "B") });
    let Msg::Propagate { version, .. } = bench.flights[0].msg else { panic!("no Propagate") };
    assert_eq!(version.tag, Tag { counter: 7, writer: Some(of) });
    // An answer that comes late changes nothing.
    bench.receive(n(5), n(2), Msg::QueryAck { of, version: self::version(9, 0, "C") });
    assert_eq!(bench.flights.len(), 4);
}

/// Reference: [attiya95 §3]: a reader stores what it found at a majority before it answers.
#[wasm_bindgen_test(unsupported = test)]
fn s3_a_reader_writes_back_before_it_answers() {
    let mut bench = Bench::given(&[&[], &[], &[("x", "4:A")]], &[]);
    read(&mut bench, 1, 1);
    pass(&mut bench, "Query", n(1), n(3));
    pass(&mut bench, "QueryAck", n(3), n(1));
    assert!(bench.replies.is_empty(), "only n3 and the reader have it, and n3 has not said so");
    assert!(bench.marks.contains(&(n(1), "write-back")));
    pass(&mut bench, "Propagate", n(1), n(2));
    pass(&mut bench, "PropagateAck", n(2), n(1));
    assert_eq!(answers(&bench), [Outcome::Done(Some(word("A")))]);
    assert_eq!(bench.field(n(2), "copies"), "x=A@4");
}

/// Two readers, one after the other, while a write has reached its own node only.
fn inversion(write_back: bool) -> Vec<Option<quorate::kernel::Word>> {
    let mut bench: Bench<Abd> = Bench::new(3, &[("write-back", KnobValue::Switch(write_back))]);
    write(&mut bench, 1, 1, "A");
    bench.settle(&bench.all());
    bench.replies.clear();
    write(&mut bench, 1, 2, "B");
    pass(&mut bench, "Query", n(1), n(2));
    pass(&mut bench, "QueryAck", n(2), n(1));
    bench.flights.clear();
    read(&mut bench, 1, 1);
    pass(&mut bench, "Query", n(1), n(2));
    pass(&mut bench, "QueryAck", n(2), n(1));
    if write_back {
        pass(&mut bench, "Propagate", n(1), n(2));
        pass(&mut bench, "PropagateAck", n(2), n(1));
    }
    bench.flights.clear();
    read(&mut bench, 3, 2);
    bench.settle(&[n(2), n(3)]);
    let found = |outcome: Outcome| match outcome {
        Outcome::Done(found) => found,
        other => panic!("{other:?}"),
    };
    let reads = bench.replies.iter().filter(|reply| reply.1.client.0 > 100);
    reads.map(|reply| found(reply.2)).collect()
}

/// Reference: [attiya95 §3]: without the second phase of a read a later one may find an older
/// value.
#[wasm_bindgen_test(unsupported = test)]
fn s3_without_the_write_back_new_is_followed_by_old() {
    let (a, b) = (Some(word("A")), Some(word("B")));
    assert_eq!(inversion(false), [b, a]);
    assert_eq!(inversion(true), [b, b]);
}

/// A write asked for again, of a node that crashed in the middle of it, keeps its tag.
#[wasm_bindgen_test(unsupported = test)]
fn a_write_goes_on_under_its_tag_after_a_crash() {
    let mut bench = bench(3);
    write(&mut bench, 1, 1, "A");
    pass(&mut bench, "Query", n(1), n(2));
    pass(&mut bench, "QueryAck", n(2), n(1));
    bench.crash(n(1));
    bench.flights.clear();
    write(&mut bench, 2, 1, "B");
    bench.settle(&[n(2), n(3)]);
    // B has the same counter and the greater writer.
    bench.restart(n(1));
    write(&mut bench, 1, 1, "A");
    bench.settle(&bench.all());
    assert_eq!(bench.replies.len(), 2);
    for id in [n(2), n(3)] {
        assert_eq!(bench.field(id, "copies"), "x=B@1.c2");
    }
}

/// The writes of a client are run by one node; any other sends it there. Anyone runs reads.
#[wasm_bindgen_test(unsupported = test)]
fn writes_have_a_home_and_reads_have_none() {
    let mut bench = bench(3);
    bench.ask(n(1), request(4, 1, Op::Put(word("x"), word("A"))));
    assert_eq!(answers(&bench), [Outcome::Redirect(Some(n(2)))]);
    bench.ask(n(3), request(4, 2, Op::Get(word("x"))));
    bench.settle(&bench.all());
    assert_eq!(answers(&bench)[1], Outcome::Done(None));
    assert!(bench.marks.contains(&(n(3), "nothing-written")));
}
