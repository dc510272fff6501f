//! Sentences of the extended Raft paper [ongaro14], one test each.

// Quorums, as etcd's library has them.
pub mod etcd_tables;
// Figures 7 and 8.
pub mod figures;
// Section 8.
pub mod clients;
// Sections 5.1, 5.2 and 5.4.1.
pub mod election;
// Section 6, and section 4 of the thesis.
pub mod membership;
// Sections 4.2.3, 6.2 and 9.6 of the thesis.
pub mod prevote;
// Section 6.4 of the thesis.
pub mod reads;
// Sections 5.3 and 5.4.2.
pub mod replication;
// Section 7.
pub mod snapshot;
// Section 9.1 of the thesis: how often votes are split.
pub mod split_votes;
// Section 3.10 of the thesis.
pub mod transfer;

use quorate::kernel::{Change, Fact, KnobValue, NodeId, Op, Payload};
use quorate::protocol::raft::{Msg, Raft, Timer};

use super::bench::{Bench, request, word};

/// A term without its empty first entry, as the figures of the paper have it.
pub const NO_NOOP: (&str, KnobValue) = ("noop", KnobValue::Switch(false));

/// Nobody starts a term that cannot win it.
pub const PREVOTE: (&str, KnobValue) = ("prevote", KnobValue::Switch(true));

/// No leader without a majority, and no election against one that is heard.
pub const CHECKQUORUM: (&str, KnobValue) = ("checkquorum", KnobValue::Switch(true));

/// One node for each log, written as in a `given` line, all in `term`.
pub fn logs(term: &str, logs: &[&str], knobs: &[(&str, KnobValue)]) -> Bench<Raft> {
    let words: Vec<[(&str, &str); 2]> =
        logs.iter().map(|log| [("term", term), ("log", *log)]).collect();
    let disks: Vec<&[(&str, &str)]> = words.iter().map(|words| &words[..]).collect();
    Bench::given(&disks, knobs)
}

/// Makes `id` campaign, and lets it win with the votes of `voters`.
pub fn elect(bench: &mut Bench<Raft>, id: NodeId, voters: &[NodeId]) {
    bench.fire(id, Timer::Election);
    bench.deliver(|flight| name(&flight.msg) == "RequestVote" && voters.contains(&flight.to));
    bench.deliver(|flight| name(&flight.msg) == "RequestVoteResponse" && flight.to == id);
    bench.flights.retain(|flight| name(&flight.msg) == "AppendEntries");
}

/// A client's write.
pub fn put(bench: &mut Bench<Raft>, node: NodeId, serial: u64, value: &str) {
    bench.ask(node, request(0, serial, Op::Put(word("x"), word(value))));
}

/// An operator's wish.
pub fn change(bench: &mut Bench<Raft>, node: NodeId, serial: u64, change: Change) {
    bench.ask(node, request(7, serial, Op::Change(change)));
}

/// The name of a message in the paper.
pub fn name(msg: &Msg) -> &'static str {
    msg.face().name
}

/// The commit index of a node.
pub fn commit(bench: &Bench<Raft>, id: NodeId) -> u64 {
    bench.field(id, "commitIndex").parse().expect("a number")
}

/// How often a node stated `fact`.
pub fn stated(bench: &Bench<Raft>, id: NodeId, fact: Fact) -> usize {
    bench.facts.iter().filter(|told| **told == (id, fact)).count()
}
