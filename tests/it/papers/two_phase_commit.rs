//! Sentences about two-phase commit [bernstein87 §7], [mohan86 §3], one test each.

use std::collections::BTreeMap;
use std::rc::Rc;

use quorate::catalog;
use quorate::check::swarm::trial;
use quorate::kernel::{Fact, KnobValue, NodeId, Op, Outcome, Ratio};
use quorate::protocol::two_phase_commit::{Msg, Timer, TwoPhaseCommit};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bench::{Bench, n, request, word};

type Table = Bench<TwoPhaseCommit>;

fn propose(bench: &mut Table, serial: u64) {
    bench.ask(n(1), request(0, serial, Op::Propose(word("t"))));
}

fn is(msg: &Msg, name: &str) -> bool {
    quorate::kernel::Payload::face(msg).name == name
}

fn pass(bench: &mut Table, what: &str) -> usize {
    bench.deliver(|flight| is(&flight.msg, what))
}

fn resolved(bench: &Table, id: NodeId) -> Vec<(u64, bool)> {
    let facts = bench.facts.iter().filter(|(node, _)| *node == id);
    facts
        .filter_map(|(_, fact)| match fact {
            Fact::Resolved { txn, commit } => Some((*txn, *commit)),
            _ => None,
        })
        .collect()
}

fn outcomes(bench: &Table) -> Vec<Outcome> {
    bench.replies.iter().map(|reply| reply.2).collect()
}

const COMMITTED: fn() -> Outcome = || Outcome::Done(Some(word("t")));

/// Reference: [bernstein87 §7.3]: if all vote yes, the decision is to commit, and all processes
/// eventually reach it.
#[wasm_bindgen_test(unsupported = test)]
fn s7_3_all_yes_commits_everywhere() {
    for nodes in [1, 2, 3, 5, 9] {
        let mut bench: Table = Bench::new(nodes, &[]);
        propose(&mut bench, 1);
        bench.settle(&bench.all());
        for id in bench.all() {
            assert!(resolved(&bench, id).contains(&(1, true)), "{id} of {nodes}");
        }
        assert_eq!(outcomes(&bench), [COMMITTED()]);
        assert_eq!(bench.field(n(1), "telling"), "-", "forgotten after all acknowledgements");
        assert!(bench.armed.iter().all(BTreeMap::is_empty), "nobody waits for anything");
    }
}

/// Reference: [bernstein87 §7.3]: a decision to commit needs all votes to be yes.
#[wasm_bindgen_test(unsupported = test)]
fn s7_3_one_no_aborts() {
    let no: &[(&str, &str)] = &[("vote", "no")];
    let mut bench: Table = Bench::given(&[&[], &[], no, &[]], &[]);
    propose(&mut bench, 1);
    bench.settle(&bench.all());
    for id in bench.all() {
        assert_eq!(resolved(&bench, id), [(1, false)], "{id}");
    }
    assert_eq!(outcomes(&bench), [Outcome::Unmet]);
}

/// Reference: [bernstein87 §7.3]: the coordinator decides commit only after the last yes.
#[wasm_bindgen_test(unsupported = test)]
fn s7_3_votes_are_counted_by_participant() {
    let mut bench: Table = Bench::new(4, &[]);
    propose(&mut bench, 1);
    bench.flights.clear();
    for from in [2, 3, 2, 3] {
        bench.receive(n(from), n(1), Msg::Vote { txn: 1, yes: true });
    }
    assert!(bench.flights.is_empty() && bench.replies.is_empty());
    bench.receive(n(4), n(1), Msg::Vote { txn: 1, yes: true });
    assert_eq!(pass(&mut bench, "Commit"), 3);
}

/// Reference: [bernstein87 §7.3]: a coordinator that waits for votes in vain may decide to abort.
#[wasm_bindgen_test(unsupported = test)]
fn s7_3_silence_aborts() {
    let mut bench: Table = Bench::new(3, &[]);
    bench.crash(n(3));
    propose(&mut bench, 1);
    bench.settle(&[n(1), n(2)]);
    assert!(bench.replies.is_empty());
    bench.fire(n(1), Timer::Votes);
    bench.settle(&[n(1), n(2)]);
    assert_eq!(outcomes(&bench), [Outcome::Unmet]);
    assert_eq!(resolved(&bench, n(2)), [(1, false)]);
    // The question reaches n3 after all: it was told nothing, votes yes, and asks.
    bench.restart(n(3));
    bench.receive(n(1), n(3), Msg::Prepare { txn: 1, what: word("t") });
    bench.flights.clear();
    bench.fire(n(3), Timer::Inquire);
    bench.settle(&bench.all());
    assert_eq!(resolved(&bench, n(3)), [(1, false)]);
}

/// Reference: [bernstein87 §7.3]: a process cannot reverse its decision after it has reached one,
/// nor its vote.
#[wasm_bindgen_test(unsupported = test)]
fn s7_3_a_vote_survives_a_crash() {
    for (given, vote) in [("no", "No"), ("yes", "Yes")] {
        let mut bench: Table = Bench::given(&[&[], &[("vote", given)], &[]], &[]);
        for _ in 0..2 {
            bench.receive(n(1), n(2), Msg::Prepare { txn: 1, what: word("t") });
            assert_eq!(pass(&mut bench, vote), 1);
            bench.flights.clear();
            bench.crash(n(2));
            bench.restart(n(2));
        }
        let votes = bench.facts.iter().filter(|(_, fact)| matches!(fact, Fact::Prepared { .. }));
        assert_eq!(votes.count(), 1);
    }
}

/// Everyone has said yes, and then the coordinator crashes. Returns whether it had decided.
fn coordinator_crashes(decided: bool, cooperate: bool) -> Table {
    let mut bench: Table = Bench::new(4, &[("cooperate", KnobValue::Switch(cooperate))]);
    propose(&mut bench, 1);
    pass(&mut bench, "Prepare");
    if decided {
        pass(&mut bench, "Yes");
    }
    bench.crash(n(1));
    bench
}

/// Reference: [bernstein87 §7.3]: a participant that is uncertain while the coordinator is gone is
/// blocked, until it recovers.
#[wasm_bindgen_test(unsupported = test)]
fn s7_3_participants_in_doubt_are_blocked() {
    for (decided, cooperate) in [(false, false), (false, true), (true, false), (true, true)] {
        let mut bench = coordinator_crashes(decided, cooperate);
        bench.flights.clear();
        for _ in 0..3 {
            for id in [n(2), n(3), n(4)] {
                bench.fire(id, Timer::Inquire);
            }
            bench.settle(&[n(2), n(3), n(4)]);
        }
        for id in [n(2), n(3), n(4)] {
            assert_eq!(resolved(&bench, id), [], "nobody may guess");
            assert_eq!(bench.card(id).title, "Waiting");
        }
        // Back, it finds the commit on its disk or presumes an abort.
        bench.restart(n(1));
        for id in [n(2), n(3), n(4)] {
            bench.fire(id, Timer::Inquire);
        }
        bench.settle(&bench.all());
        for id in [n(2), n(3), n(4)] {
            assert_eq!(resolved(&bench, id), [(1, decided)]);
        }
    }
}

/// Reference: [bernstein87 §7.4]: with cooperation one participant that knows is enough.
#[wasm_bindgen_test(unsupported = test)]
fn s7_4_a_participant_that_knows_helps_the_others() {
    for cooperate in [false, true] {
        let mut bench = coordinator_crashes(true, cooperate);
        bench.deliver(|flight| is(&flight.msg, "Commit") && flight.to == n(3));
        bench.flights.clear();
        bench.fire(n(2), Timer::Inquire);
        bench.settle(&[n(2), n(3), n(4)]);
        let expected: &[(u64, bool)] = if cooperate { &[(1, true)] } else { &[] };
        assert_eq!(resolved(&bench, n(2)), expected);
    }
}

/// Reference: [bernstein87 §7.4]: one that has not voted yet can decide abort for all; and having
/// done so it must not vote yes.
#[wasm_bindgen_test(unsupported = test)]
fn s7_4_a_participant_that_has_not_voted_aborts_for_all() {
    let mut bench: Table = Bench::new(3, &[("cooperate", KnobValue::Switch(true))]);
    propose(&mut bench, 1);
    bench.deliver(|flight| flight.to == n(2));
    bench.fire(n(2), Timer::Inquire);
    bench.deliver(|flight| is(&flight.msg, "Inquire") && flight.to == n(3));
    bench.deliver(|flight| is(&flight.msg, "Abort"));
    assert_eq!(resolved(&bench, n(2)), [(1, false)]);
    assert_eq!(resolved(&bench, n(3)), [(1, false)]);
    // The coordinator, which lives and collects votes, is told no.
    bench.settle(&bench.all());
    assert_eq!(resolved(&bench, n(1)), [(1, false)]);
    assert_eq!(outcomes(&bench), [Outcome::Unmet]);
}

/// Reference: [mohan86 §3.1]: the coordinator forgets a commit after all acknowledgements; until
/// then it tells it again, also after a crash.
#[wasm_bindgen_test(unsupported = test)]
fn s3_1_a_commit_is_told_until_it_is_acknowledged() {
    let mut bench: Table = Bench::new(3, &[]);
    propose(&mut bench, 1);
    pass(&mut bench, "Prepare");
    pass(&mut bench, "Yes");
    bench.flights.clear();
    bench.crash(n(1));
    bench.restart(n(1));
    assert_eq!(pass(&mut bench, "Commit"), 2);
    bench.deliver(|flight| is(&flight.msg, "Ack") && flight.from == n(2));
    bench.flights.clear();
    bench.fire(n(1), Timer::Tell);
    assert_eq!(bench.flights.len(), 1, "n2 is not told again");
    bench.settle(&bench.all());
    assert_eq!(bench.field(n(1), "telling"), "-");
    // An answer to an old question, given after it was forgotten, changes nothing.
    bench.receive(n(2), n(1), Msg::Inquire { txn: 1 });
    assert_eq!(pass(&mut bench, "Abort"), 1);
    assert_eq!(resolved(&bench, n(2)), [(1, true)]);
}

/// A transaction asked for again is not run again if it committed, also after a crash.
#[wasm_bindgen_test(unsupported = test)]
fn a_committed_transaction_is_run_once() {
    let mut bench: Table = Bench::new(3, &[]);
    propose(&mut bench, 1);
    propose(&mut bench, 1);
    assert_eq!(bench.flights.len(), 2);
    bench.settle(&bench.all());
    bench.crash(n(1));
    bench.restart(n(1));
    propose(&mut bench, 1);
    bench.settle(&bench.all());
    assert_eq!(outcomes(&bench), [COMMITTED(), COMMITTED()]);
    assert_eq!(bench.field(n(1), "last"), "1");
    bench.ask(n(2), request(0, 2, Op::Propose(word("t"))));
    assert_eq!(outcomes(&bench)[2], Outcome::Redirect(Some(n(1))));
}

/// Whatever is lost, doubled, late or crashed: a transaction ends alike everywhere, and commits
/// only if everyone voted yes.
#[wasm_bindgen_test(unsupported = test)]
fn transactions_end_alike_in_any_weather() {
    let entry = catalog::find("two-phase-commit").expect("an entry");
    let (mut commits, mut aborts) = (0, 0);
    for seed in 0..80 {
        let mut spec = trial(entry.about, seed).spec;
        spec.knobs.set("refusals", KnobValue::Share(Ratio::percent(seed as u32 % 3 * 15)));
        spec.knobs.set("cooperate", KnobValue::Switch(seed % 2 == 0));
        let voters = (spec.nodes - 1).max(1) as usize;
        let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
        let mut ends: BTreeMap<u64, bool> = BTreeMap::new();
        let mut votes: BTreeMap<(u64, NodeId), bool> = BTreeMap::new();
        for _ in 0..6_000 {
            for (node, fact) in &cluster.last().facts {
                match *fact {
                    Fact::Prepared { txn, yes } => {
                        assert_eq!(*votes.entry((txn, *node)).or_insert(yes), yes, "seed {seed}");
                    }
                    Fact::Resolved { txn, commit } => {
                        assert_eq!(*ends.entry(txn).or_insert(commit), commit, "seed {seed}");
                    }
                    _ => {}
                }
            }
            if !cluster.step() {
                break;
            }
        }
        for (txn, commit) in ends {
            let yes = votes.iter().filter(|((of, _), yes)| *of == txn && **yes).count();
            assert!(!commit || yes == voters, "seed {seed}: {txn} with {yes} of {voters}");
            *(if commit { &mut commits } else { &mut aborts }) += 1;
        }
    }
    assert!(commits > 500 && aborts > 500, "{commits} commits, {aborts} aborts");
}
