//! Sentences on Zab, one test each: the paper [junqueira11 §IV], the protocol as ZooKeeper has it
//! \[zab10\], and the three readings of its formal specification \[zab-tla\].

use std::sync::Arc;

use quorate::kernel::{Fact, KnobValue, NodeId, Op, Outcome, Role, Word};
use quorate::protocol::zab::{Command, Msg, State, Sync, Timer, Txn, Vote, Zab, Zxid};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, Flight, n, request, word};

type Disk<'a> = &'a [(&'a str, &'a str)];

fn bench(nodes: usize) -> Bench<Zab> {
    Bench::new(nodes, &[])
}

fn kind(flight: &Flight<Zab>) -> &'static str {
    quorate::kernel::Payload::face(&flight.msg).name
}

fn kinds(bench: &Bench<Zab>) -> Vec<&'static str> {
    bench.flights.iter().map(kind).collect()
}

/// Votes are exchanged among `among` until nobody says anything new.
fn vote(bench: &mut Bench<Zab>, among: &[NodeId]) {
    bench.settle(among);
    for &id in among {
        bench.fire(id, Timer::Settle);
    }
}

/// An election among `among`, up to a leader that broadcasts.
fn elect(bench: &mut Bench<Zab>, among: &[NodeId]) -> NodeId {
    for &id in among {
        bench.fire(id, Timer::Tick);
    }
    vote(bench, among);
    bench.settle(among);
    let leader = among.iter().find(|id| bench.role(**id) == Role::Leader);
    *leader.expect("somebody leads")
}

fn put(bench: &mut Bench<Zab>, id: NodeId, serial: u64, value: &str) {
    bench.ask(id, request(0, serial, Op::Put(word("x"), word(value))));
}

fn get(bench: &mut Bench<Zab>, id: NodeId, client: u32, serial: u64) {
    bench.ask(id, request(client, serial, Op::Get(word("x"))));
}

fn answer(bench: &Bench<Zab>) -> Option<(NodeId, Outcome)> {
    bench.replies.last().map(|(node, _, outcome)| (*node, *outcome))
}

fn applied(bench: &Bench<Zab>, id: NodeId) -> Vec<(u64, Word)> {
    let facts = bench.facts.iter().filter(|(node, _)| *node == id);
    facts
        .filter_map(|(_, fact)| match fact {
            Fact::Applied { slot, value } => Some((*slot, *value)),
            _ => None,
        })
        .collect()
}

fn zxid(epoch: u64, counter: u64) -> Zxid {
    Zxid { epoch, counter }
}

fn txn(epoch: u64, counter: u64, value: &str) -> Txn {
    Txn { zxid: zxid(epoch, counter), command: Command::Given(word(value)) }
}

/// Reference: \[zab10\], leader election: votes are compared by current epoch, then by zxid, then
/// by the id of the server.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_votes_are_compared_by_epoch_then_zxid_then_id() {
    for (disks, winner) in [
        ([&[("log", "1.1")][..], &[("log", "1")], &[("log", "1")]], n(1)),
        ([&[("log", "1.1")], &[("log", "1.1")], &[("log", "1")]], n(2)),
        ([&[("log", "1.1.1")], &[("log", "2")], &[("log", "1.1.1")]], n(2)),
        ([&[("log", "1"), ("current", "3")], &[("log", "2.2")], &[("log", "1")]], n(1)),
        ([&[("log", "1")], &[("log", "1")], &[("log", "1")]], n(3)),
    ] {
        let disks: [Disk<'_>; 3] = disks;
        let mut bench: Bench<Zab> = Bench::given(&disks, &[]);
        let all = bench.all();
        assert_eq!(elect(&mut bench, &all), winner, "{disks:?}");
    }
}

/// Reference: \[zab10\]: a vote of a later round opens that round, one of an earlier round is not
/// counted.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_votes_count_in_their_round() {
    let mut bench = bench(3);
    bench.flights.clear();
    let vote = Vote { epoch: 0, zxid: zxid(0, 0), leader: n(3) };
    let looking = |round| Msg::Notification { round, vote, state: State::Looking };
    bench.receive(n(2), n(1), looking(0));
    assert_eq!(bench.field(n(1), "vote"), "n1", "an earlier round");
    bench.receive(n(2), n(1), looking(7));
    assert_eq!(bench.field(n(1), "vote"), "n3");
    let told = bench.flights.iter().rfind(|flight| flight.to == n(3)).expect("a vote");
    assert!(matches!(told.msg, Msg::Notification { round: 7, .. }));
}

/// Reference: \[zab10\]: whoever looks while a quorum follows a leader joins it.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_a_latecomer_follows_the_leader_there_is() {
    let mut bench = bench(3);
    bench.flights.clear();
    assert_eq!(elect(&mut bench, &[n(1), n(2)]), n(2));
    bench.fire(n(3), Timer::Tick);
    bench.settle(&bench.all());
    assert_eq!(bench.role(n(3)), Role::Follower);
    assert_eq!(bench.field(n(3), "phase"), "broadcast");
}

/// Reference: [junqueira11 §V], discovery: the new epoch is later than every one that a quorum
/// accepted, and it is on disk before anyone hears that it is accepted.
#[wasm_bindgen_test(unsupported = test)]
fn junqueira11_s5_the_new_epoch_is_later_than_all_accepted() {
    let disks: [Disk<'_>; 3] = [&[("accepted", "4")], &[("accepted", "7")], &[("accepted", "2")]];
    let mut bench: Bench<Zab> = Bench::given(&disks, &[]);
    let all = bench.all();
    vote(&mut bench, &all);
    bench.deliver(|flight| kind(flight) == "FOLLOWERINFO" && flight.from == n(2));
    let info = bench.between(n(3), n(2));
    assert!(matches!(info[..], [Msg::LeaderInfo { epoch: 8 }]), "{info:?}");
    bench.deliver(|flight| kind(flight) == "LEADERINFO");
    assert_eq!(bench.field(n(2), "acceptedEpoch"), "8");
    bench.crash(n(2));
    bench.restart(n(2));
    assert_eq!(bench.field(n(2), "acceptedEpoch"), "8");
    // It accepted, and has no part in the epoch yet.
    assert_eq!(bench.field(n(2), "currentEpoch"), "0");
}

/// Reference: \[zab10\]: a follower that had accepted the epoch before passes -1 for its current
/// epoch, and is not counted again.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_an_epoch_is_accepted_once() {
    let mut bench = bench(3);
    let all = bench.all();
    vote(&mut bench, &all);
    bench.flights.clear();
    bench.receive(n(3), n(1), Msg::LeaderInfo { epoch: 1 });
    let fresh = Msg::AckEpoch { epoch: 1, current: Some(0), last: zxid(0, 0) };
    assert_eq!(bench.between(n(1), n(3)), [&fresh]);
    bench.crash(n(1));
    bench.restart(n(1));
    bench.flights.clear();
    let leading = Vote { epoch: 0, zxid: zxid(0, 0), leader: n(3) };
    for (from, state) in [(n(2), State::Following), (n(3), State::Leading)] {
        bench.receive(from, n(1), Msg::Notification { round: 1, vote: leading, state });
    }
    bench.flights.clear();
    bench.receive(n(3), n(1), Msg::LeaderInfo { epoch: 1 });
    let again = Msg::AckEpoch { epoch: 1, current: None, last: zxid(0, 0) };
    assert_eq!(bench.between(n(1), n(3)), [&again]);
    // An earlier one is no choice at all.
    bench.receive(n(3), n(1), Msg::LeaderInfo { epoch: 0 });
    assert_eq!(bench.role(n(1)), Role::Candidate);
}

/// Reference: \[zab10\]: a leader that hears of a follower with a later (currentEpoch, lastZxid)
/// gives up, since its own history is not the one to have.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_a_leader_gives_way_to_a_better_history() {
    let mut bench = bench(3);
    let all = bench.all();
    vote(&mut bench, &all);
    bench.deliver(|flight| kind(flight) == "FOLLOWERINFO");
    assert_eq!(bench.field(n(3), "acceptedEpoch"), "1");
    bench.receive(n(1), n(3), Msg::AckEpoch { epoch: 1, current: Some(0), last: zxid(0, 1) });
    assert!(bench.marks.contains(&(n(3), "give-way")));
    assert_eq!(bench.field(n(3), "phase"), "election");
}

/// The histories that a leader sends to n1 and n2 after an election won by n3.
fn synced(disks: &[Disk<'_>; 3], diff: u64) -> (Bench<Zab>, Vec<Msg>) {
    let mut bench: Bench<Zab> = Bench::given(disks, &[("diff", KnobValue::Count(diff))]);
    let all = bench.all();
    vote(&mut bench, &all);
    let mut sent = Vec::new();
    for _ in 0..20 {
        sent.extend(bench.flights.iter().filter(|f| kind(f) == "NEWLEADER").map(|f| f.msg.clone()));
        bench.deliver(|_| true);
    }
    (bench, sent)
}

/// Reference: \[zab10\], synchronisation: DIFF for a history that only lacks something, TRUNC for
/// one that has too much, SNAP for one that is too far away.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_histories_are_made_equal_by_diff_trunc_or_snap() {
    let leader: Disk<'_> = &[("log", "1.1.2.2")];
    for (follower, diff, wanted) in [
        ("1.1", 500, "DIFF"),
        ("1.1.2.2", 500, "DIFF"),
        ("-", 500, "DIFF"),
        ("1.1.1.1", 500, "TRUNC"),
        // Transactions of an epoch that the leader knows nothing of.
        ("1", 2, "SNAP"),
    ] {
        let (bench, sent) = synced(&[&[("log", follower)], &[("log", "1.1")], leader], diff);
        assert!(
            sent.iter().any(|msg| quorate::kernel::Payload::detail(msg).contains(wanted)),
            "{follower}: {sent:?}"
        );
        for id in [n(1), n(2)] {
            assert_eq!(bench.eras(id), bench.eras(n(3)), "{follower}");
            assert_eq!(applied(&bench, id), applied(&bench, n(3)));
        }
    }
}

/// Reference: \[zab10\]: a history that went another way under a leader of its own cannot be cut
/// at a zxid it does not have; it is replaced.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_a_history_that_went_another_way_is_replaced() {
    let disks: [Disk<'_>; 3] =
        [&[("log", "1.2.2")], &[("log", "1")], &[("log", "1.3"), ("current", "3")]];
    let (bench, sent) = synced(&disks, 500);
    let snap = |msg: &Msg| matches!(msg, Msg::NewLeader { sync: Sync::Snap(_), .. });
    assert!(sent.iter().any(snap), "{sent:?}");
    assert_eq!(bench.eras(n(1)), [1, 3]);
    let cut = Fact::Truncated { from: 2 };
    assert!(bench.facts.contains(&(n(1), cut)), "only what differs is given up");
}

/// Reference: [junqueira11 §IV]: a leader has delivered its initial history before it broadcasts,
/// and a quorum has it before.
#[wasm_bindgen_test(unsupported = test)]
fn junqueira11_s4_the_initial_history_is_committed_first() {
    let disks: [Disk<'_>; 3] = [&[], &[], &[("log", "1.1")]];
    let mut bench: Bench<Zab> = Bench::given(&disks, &[]);
    let all = bench.all();
    vote(&mut bench, &all);
    for name in ["FOLLOWERINFO", "LEADERINFO", "ACKEPOCH"] {
        bench.deliver(|flight| kind(flight) == name);
    }
    put(&mut bench, n(3), 1, "new");
    assert_eq!(answer(&bench), Some((n(3), Outcome::Redirect(None))), "it does not lead yet");
    assert_eq!(applied(&bench, n(3)), []);
    bench.deliver(|flight| kind(flight) == "NEWLEADER" && flight.to == n(1));
    bench.deliver(|flight| kind(flight) == "ACK-NEWLEADER");
    assert_eq!(bench.role(n(3)), Role::Leader);
    assert_eq!(applied(&bench, n(3)).len(), 2);
    let elected = bench.facts.iter().position(|it| *it == (n(3), Fact::Elected { era: 2 }));
    put(&mut bench, n(3), 1, "new");
    let proposed = Fact::Proposed { slot: 3, value: word("x=new") };
    let proposed = bench.facts.iter().position(|it| *it == (n(3), proposed));
    assert!(elected.is_some() && elected < proposed);
}

/// Reference: \[zab10\]: the current epoch and the history it speaks for become durable together,
/// before NEWLEADER is acknowledged.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_the_current_epoch_is_on_disk_with_its_history() {
    let disks: [Disk<'_>; 3] = [&[], &[], &[("log", "1.1")]];
    let mut bench: Bench<Zab> = Bench::given(&disks, &[]);
    let all = bench.all();
    vote(&mut bench, &all);
    for name in ["FOLLOWERINFO", "LEADERINFO", "ACKEPOCH", "NEWLEADER"] {
        bench.deliver(|flight| kind(flight) == name);
    }
    assert!(kinds(&bench).contains(&"ACK-NEWLEADER"));
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(bench.field(n(1), "currentEpoch"), "2");
    assert_eq!(bench.eras(n(1)), [1, 1]);
}

/// n3 leads n2; n1 has accepted the epoch and was sent the history, which is under way.
fn joining() -> Bench<Zab> {
    let mut bench = bench(3);
    bench.flights.clear();
    assert_eq!(elect(&mut bench, &[n(2), n(3)]), n(3));
    bench.fire(n(1), Timer::Tick);
    for _ in 0..10 {
        bench.deliver(|flight| kind(flight) != "NEWLEADER");
    }
    assert_eq!(kinds(&bench), ["NEWLEADER"]);
    bench
}

/// Reference: \[zab-tla\], protocol-spec, issue 3: a proposal goes to all who accepted the epoch.
/// Sent only to those who acknowledged NEWLEADER, it would be missing in the history of a follower
/// that is told to commit it.
#[wasm_bindgen_test(unsupported = test)]
fn zab_tla_proposals_go_to_all_who_accepted_the_epoch() {
    let mut bench = joining();
    put(&mut bench, n(3), 1, "a");
    assert!(!bench.between(n(3), n(1)).is_empty());
    assert!(bench.flights.iter().any(|f| f.to == n(1) && kind(f) == "PROPOSAL"));
    bench.settle(&bench.all());
    assert_eq!(applied(&bench, n(1)), [(1, word("x=a"))]);
}

/// Reference: \[zab-tla\], protocol-spec, issue 3: UPTODATE commits up to the latest transaction
/// committed, not up to the one of NEWLEADER.
#[wasm_bindgen_test(unsupported = test)]
fn zab_tla_uptodate_carries_the_latest_commit() {
    let mut bench = joining();
    put(&mut bench, n(3), 1, "a");
    bench.deliver(|flight| kind(flight) == "NEWLEADER");
    bench.deliver(|flight| kind(flight) == "PROPOSAL");
    bench.deliver(|flight| kind(flight) == "ACK" && flight.from == n(2));
    assert_eq!(bench.field(n(3), "committed"), "1");
    bench.flights.retain(|flight| kind(flight) != "COMMIT" || flight.to != n(1));
    bench.deliver(|flight| kind(flight) == "ACK-NEWLEADER");
    let told = bench.between(n(3), n(1));
    assert!(matches!(told[..], [Msg::UpToDate { epoch: 1, commit: 1 }]), "{told:?}");
}

/// Reference: \[zab-tla\], protocol-spec, issue 4: a proposal that is in the history already is
/// acknowledged and not taken twice.
#[wasm_bindgen_test(unsupported = test)]
fn zab_tla_a_proposal_may_be_in_the_history_already() {
    let mut bench = bench(3);
    let all = bench.all();
    let leader = elect(&mut bench, &all);
    put(&mut bench, leader, 1, "a");
    let again: Vec<_> = bench.flights.iter().filter(|f| f.to == n(1)).cloned().collect();
    bench.settle(&all);
    bench.flights = again;
    bench.settle(&all);
    assert_eq!(bench.eras(n(1)), [1]);
    assert_eq!(applied(&bench, n(1)), [(1, word("x=a"))]);
}

/// Reference: [junqueira11 §IV]: a follower logs in order: what comes before its predecessor is not
/// taken.
#[wasm_bindgen_test(unsupported = test)]
fn junqueira11_s4_followers_log_in_order() {
    let mut bench = bench(3);
    let all = bench.all();
    elect(&mut bench, &all);
    let propose = |after, txns: &[Txn]| Msg::Propose { epoch: 1, after, txns: Arc::from(txns) };
    bench.receive(n(3), n(1), propose(1, &[txn(1, 2, "b")]));
    assert!(bench.eras(n(1)).is_empty());
    assert!(bench.flights.is_empty(), "nothing is acknowledged");
    bench.receive(n(3), n(1), propose(0, &[txn(1, 1, "a")]));
    bench.receive(n(3), n(1), propose(1, &[txn(1, 2, "b")]));
    let acks = bench.between(n(1), n(3));
    let ack = |upto| Msg::Ack { epoch: 1, upto };
    assert_eq!(acks, [&ack(1), &ack(2)]);
    // And nothing of an epoch it is not in.
    bench.receive(n(3), n(1), Msg::Propose { epoch: 2, after: 2, txns: Arc::new([]) });
    assert_eq!(bench.between(n(1), n(3)).len(), 2);
}

/// Reference: [junqueira11 §IV]: a quorum of acknowledgements commits, and COMMIT makes followers
/// deliver.
#[wasm_bindgen_test(unsupported = test)]
fn junqueira11_s4_a_quorum_of_acknowledgements_commits() {
    let mut bench = bench(5);
    let all = bench.all();
    let leader = elect(&mut bench, &all);
    put(&mut bench, leader, 1, "a");
    bench.deliver(|flight| flight.to == n(1));
    bench.deliver(|flight| kind(flight) == "ACK");
    assert_eq!(applied(&bench, leader), [], "two of five");
    bench.deliver(|flight| flight.to == n(2));
    bench.deliver(|flight| kind(flight) == "ACK");
    assert_eq!(applied(&bench, leader), [(1, word("x=a"))]);
    assert_eq!(answer(&bench), Some((leader, Outcome::Done(None))));
    bench.deliver(|flight| kind(flight) == "COMMIT");
    assert_eq!(applied(&bench, n(1)), [(1, word("x=a"))]);
    assert_eq!(applied(&bench, n(3)), [], "it has not logged it");
}

/// Reference: [hunt10 §2.3]: reads are answered by any server from its own copy, so they may be
/// old; writes go to the leader.
#[wasm_bindgen_test(unsupported = test)]
fn hunt10_s2_3_any_server_reads_its_own_copy() {
    let mut bench = bench(3);
    let all = bench.all();
    elect(&mut bench, &all);
    put(&mut bench, n(2), 1, "a");
    assert_eq!(kinds(&bench), ["REQUEST"]);
    bench.settle(&[n(2), n(3)]);
    assert_eq!(answer(&bench), Some((n(2), Outcome::Done(None))));
    get(&mut bench, n(1), 1, 1);
    assert_eq!(answer(&bench), Some((n(1), Outcome::Done(None))), "old");
    get(&mut bench, n(2), 1, 1);
    assert_eq!(answer(&bench), Some((n(2), Outcome::Done(Some(word("a"))))));
    assert!(bench.flights.is_empty());
}

/// Reference: [hunt10 §2.3]: a client that comes from another server sees nothing older there.
#[wasm_bindgen_test(unsupported = test)]
fn hunt10_s2_3_a_client_that_moves_sees_nothing_older() {
    let mut bench = bench(3);
    let all = bench.all();
    elect(&mut bench, &all);
    put(&mut bench, n(2), 1, "a");
    bench.settle(&[n(2), n(3)]);
    let before = bench.replies.len();
    get(&mut bench, n(1), 0, 2);
    assert_eq!(bench.replies.len(), before, "n1 has not heard of the write");
    assert_eq!(kinds(&bench), ["REQUEST"]);
    for _ in 0..3 {
        bench.settle(&all);
        bench.fire(n(3), Timer::Tick);
    }
    bench.settle(&all);
    assert_eq!(answer(&bench), Some((n(1), Outcome::Done(Some(word("a"))))));
    // From now on it is at home there.
    bench.flights.clear();
    get(&mut bench, n(1), 0, 3);
    assert!(bench.flights.is_empty());
}

/// Reference: [hunt10 §2.3]: a read after sync is not old. Here it is broadcast itself.
#[wasm_bindgen_test(unsupported = test)]
fn hunt10_s2_3_a_read_with_sync_is_broadcast() {
    let mut bench: Bench<Zab> = Bench::new(3, &[("sync", KnobValue::Switch(true))]);
    let all = bench.all();
    elect(&mut bench, &all);
    get(&mut bench, n(1), 0, 1);
    assert_eq!(bench.replies, []);
    assert_eq!(kinds(&bench), ["REQUEST"]);
    bench.settle(&all);
    assert_eq!(answer(&bench), Some((n(1), Outcome::Done(None))));
}

/// Reference: \[zab10\]: a leader that hears of no quorum, and a follower that hears of no leader,
/// look again.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_whoever_loses_touch_looks_again() {
    let mut bench = bench(3);
    let all = bench.all();
    let leader = elect(&mut bench, &all);
    bench.fire(leader, Timer::Timeout);
    assert_eq!(bench.role(leader), Role::Leader, "it has heard of all of them");
    bench.fire(leader, Timer::Tick);
    bench.deliver(|flight| flight.to == n(1));
    bench.deliver(|flight| flight.from == n(1));
    bench.fire(leader, Timer::Timeout);
    assert_eq!(bench.role(leader), Role::Leader, "of one, which makes two");
    bench.fire(leader, Timer::Timeout);
    assert_eq!(bench.role(leader), Role::Candidate);
    bench.fire(n(1), Timer::Timeout);
    assert_eq!(bench.field(n(1), "phase"), "election");
}

/// Two leaders of one epoch cannot be: the second quorum has accepted it from the first.
#[wasm_bindgen_test(unsupported = test)]
fn junqueira11_s5_an_epoch_has_one_leader() {
    let mut bench = bench(3);
    bench.flights.clear();
    assert_eq!(elect(&mut bench, &[n(2), n(3)]), n(3));
    for id in [n(2), n(3)] {
        bench.crash(id);
        bench.restart(id);
    }
    bench.flights.clear();
    assert_eq!(elect(&mut bench, &[n(1), n(2)]), n(2));
    let led = |node, era| bench.facts.contains(&(node, Fact::Elected { era }));
    assert!(led(n(3), 1) && led(n(2), 2) && !led(n(2), 1));
}

/// One server is its own quorum.
#[wasm_bindgen_test(unsupported = test)]
fn zab10_one_server_serves_alone() {
    let mut bench = bench(1);
    bench.fire(n(1), Timer::Settle);
    put(&mut bench, n(1), 1, "a");
    assert!(bench.flights.is_empty());
    assert_eq!(answer(&bench), Some((n(1), Outcome::Done(None))));
}
