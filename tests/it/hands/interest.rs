//! What makes a run interesting: pressed over several seeds and sizes, a button does what it says.

use quorate::kernel::{Fact, NodeId, SimTime, Span};
use quorate::lab::{Action, Deed, Turn};
use quorate::script;
use quorate::sim::{Happening, Input, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{events, ms, opened, planned, settle};

/// Presses the button at an instant; the text that comes of it, if any.
fn pressed(text: &str, at: SimTime, turn: Turn) -> Option<String> {
    let mut lab = opened(text);
    lab.update(Action::Seek(at));
    let before = lab.view().playhead.at;
    lab.update(Action::Interest(turn));
    settle(&mut lab);
    let view = lab.view();
    assert_eq!(view.looking, None);
    assert!(view.notice.is_some(), "it says what came of it");
    if *view.text == *text {
        return None;
    }
    assert!(view.playhead.at >= before, "nothing is done in the past");
    let after = view.text.to_string();
    lab.update(Action::Undo);
    assert_eq!(&*lab.view().text, text, "one press is one step back");
    planned(&after);
    Some(after)
}

fn cluster(entry: &str, nodes: u32, seed: u64, more: &str, rest: &str) -> String {
    format!("cluster {entry} nodes={nodes} seed={seed} network=wan{more}\n{rest}run 8s\n")
}

/// Facts of a text's run, with their instants and nodes.
fn facts(text: &str) -> Vec<(SimTime, NodeId, Fact)> {
    let all = events(text).into_iter();
    all.flat_map(|event| event.facts.into_iter().map(move |(node, fact)| (event.at, node, fact)))
        .collect()
}

/// When the last input that a press added struck, and whom.
fn last_strike(text: &str, wanted: fn(&Input) -> bool) -> (SimTime, Vec<NodeId>) {
    let all = events(text);
    let found = all.iter().rev().find_map(|event| match &event.what {
        Happening::Input { input, struck, .. } if wanted(input) => Some((event.at, struck.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing struck in\n{text}"))
}

#[wasm_bindgen_test(unsupported = test)]
fn a_vote_is_really_split() {
    for nodes in [2, 3, 4, 5, 7] {
        for seed in 1..=4 {
            for at in [0, 2_500] {
                let text = cluster("raft", nodes, seed, "", "");
                let after = pressed(&text, ms(at), Turn::SplitVote);
                if nodes == 2 && at > 0 {
                    assert_eq!(after, None, "who is left alone has no rival");
                    continue;
                }
                let after = after.unwrap_or_else(|| panic!("no split vote at {at}ms of\n{text}"));
                let fired = |input: &Input| matches!(input, Input::Fire(..));
                let (since, _) = last_strike(&after, fired);
                let facts = facts(&after);
                let stood = |term: u64| {
                    let own = |(at, node, fact): &&(SimTime, NodeId, Fact)| {
                        *at >= since && *fact == Fact::Voted { era: term, candidate: *node }
                    };
                    facts.iter().filter(own).count()
                };
                let term = facts.iter().find_map(|(_, _, fact)| match fact {
                    Fact::Voted { era, .. } if stood(*era) > 1 => Some(*era),
                    _ => None,
                });
                let term = term.unwrap_or_else(|| panic!("nobody rivals anybody in\n{after}"));
                let led = facts.iter().any(|(_, _, fact)| *fact == Fact::Elected { era: term });
                assert!(!led, "nodes={nodes} seed={seed}: term {term} has a leader in\n{after}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_leader_crashes_with_something_stored_and_not_committed() {
    for entry in ["raft", "multi-paxos", "zab"] {
        for (nodes, seed) in [(3, 1), (3, 2), (5, 3), (5, 7), (7, 4)] {
            for rest in ["", "clients 1 every=300ms\n"] {
                let text = cluster(entry, nodes, seed, "", rest);
                let after = pressed(&text, ms(2_500), Turn::CrashBeforeCommit)
                    .unwrap_or_else(|| panic!("nothing for\n{text}"));
                let (at, struck) = last_strike(&after, |input| matches!(input, Input::Crash(_)));
                assert_eq!(struck.len(), 1, "{after}");
                let (mut stored, mut committed) = (0, 0);
                for (_, _, fact) in facts(&after).iter().filter(|(when, ..)| *when <= at) {
                    match fact {
                        Fact::Appended { slot, .. } | Fact::Proposed { slot, .. } => {
                            stored = stored.max(*slot);
                        }
                        Fact::Committed { slot } | Fact::Chosen { slot, .. } => {
                            committed = committed.max(*slot);
                        }
                        _ => {}
                    }
                }
                assert!(
                    stored > committed,
                    "{entry} {nodes} {seed}: {stored} {committed}\n{after}"
                );
                // Without the crash it would have been committed by the very next step of it.
                let soon = facts(&text).into_iter().any(|(when, _, fact)| {
                    let in_time = when >= at && when <= at + Span::micros(1);
                    in_time && matches!(fact, Fact::Committed { .. } | Fact::Chosen { .. })
                });
                assert!(soon || rest.is_empty(), "{entry}: not just before a commit\n{after}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn beside_an_isolated_leader_another_one_is_elected() {
    for entry in ["raft", "multi-paxos", "zab", "primary-backup"] {
        for (nodes, seed) in [(3, 1), (5, 2), (5, 3), (7, 4)] {
            let text = cluster(entry, nodes, seed, "", "");
            let after = pressed(&text, ms(2_500), Turn::IsolateLeader)
                .unwrap_or_else(|| panic!("nothing for\n{text}"));
            let (at, struck) = last_strike(&after, |input| matches!(input, Input::Isolate(_)));
            let other = facts(&after).into_iter().any(|(when, node, fact)| {
                when > at && !struck.contains(&node) && matches!(fact, Fact::Elected { .. })
            });
            assert!(other && struck.len() == 1, "{entry} {nodes} {seed}\n{after}");
        }
    }
    let two = cluster("raft", 2, 1, "", "");
    assert_eq!(pressed(&two, ms(2_500), Turn::IsolateLeader), None, "one of two elects nobody");
}

#[wasm_bindgen_test(unsupported = test)]
fn proposers_outrun_each_other_and_nothing_is_chosen_meanwhile() {
    for (nodes, seed) in [(3, 1), (3, 2), (5, 3), (5, 4)] {
        for rest in ["", "at 500ms request propose A via n1\n"] {
            let text = cluster("paxos", nodes, seed, "", rest);
            let after = pressed(&text, ms(100), Turn::Duel)
                .unwrap_or_else(|| panic!("nothing for\n{text}"));
            let (at, _) = last_strike(&after, |input| matches!(input, Input::Fire(..)));
            let facts = facts(&after);
            let chosen = facts.iter().find(|(.., fact)| matches!(fact, Fact::Chosen { .. }));
            assert!(chosen.is_none_or(|(when, ..)| *when > at), "chosen too early\n{after}");
            let end = chosen.map_or(SimTime::MAX, |(when, ..)| *when);
            let mut ballots: Vec<(u64, NodeId)> = Vec::new();
            for (when, node, fact) in &facts {
                if let Fact::Voted { era, candidate } = fact
                    && candidate == node
                    && *when < end
                {
                    ballots.push((*era, *node));
                }
            }
            assert!(ballots.len() >= 4, "{ballots:?}\n{after}");
            assert!(ballots.windows(2).all(|two| two[0].1 != two[1].1), "{ballots:?}\n{after}");
        }
    }
    for seed in 1..=3 {
        let text = cluster("multi-paxos", 5, seed, "", "");
        let after = pressed(&text, ms(2_500), Turn::Duel).expect("a duel of leaders");
        assert!(after.matches(" fire ").count() >= 3, "{after}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn participants_that_said_yes_hear_no_more() {
    for (nodes, seed) in [(3, 1), (4, 2), (6, 3), (6, 4)] {
        for rest in ["", "at 300ms request propose t1 via n1\nat 1s request propose t2 via n1\n"] {
            let text = cluster("two-phase-commit", nodes, seed, "", rest);
            let after = pressed(&text, ms(200), Turn::Window)
                .unwrap_or_else(|| panic!("nothing for\n{text}"));
            let (at, struck) = last_strike(&after, |input| matches!(input, Input::Crash(_)));
            assert_eq!(struck, [NodeId(0)], "{after}");
            let facts = facts(&after);
            let yes: Vec<u64> = facts
                .iter()
                .filter_map(|(when, _, fact)| match fact {
                    Fact::Prepared { txn, yes: true } if *when <= at => Some(*txn),
                    _ => None,
                })
                .collect();
            let txn = *yes.iter().max().expect("votes");
            let all = yes.iter().filter(|one| **one == txn).count();
            assert_eq!(all as u32, nodes - 1, "everybody has voted\n{after}");
            let decided = facts.iter().any(
                |(.., fact)| matches!(fact, Fact::Resolved { txn: other, .. } if *other == txn),
            );
            assert!(!decided, "somebody knows\n{after}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_read_misses_a_write_that_was_answered() {
    let stores = [("zab", ""), ("dynamo", " r=1 w=1"), ("gossip-kv", "")];
    for (entry, more) in stores {
        for (nodes, seed) in [(3, 1), (5, 2), (5, 3)] {
            for rest in ["", "at 2s request put x=A\nat 3s request put x=B\n"] {
                let text = cluster(entry, nodes, seed, more, rest);
                let after = pressed(&text, ms(1_500), Turn::StaleRead)
                    .unwrap_or_else(|| panic!("nothing for\n{text}"));
                let judged = format!("{after}expect linearizable\n");
                let report = script::run::run(&planned(&judged));
                assert_eq!(report.checks[0].verdict, "violated", "{entry}\n{after}");
            }
        }
    }
    let strict = cluster("dynamo", 3, 1, " r=2 w=2", "at 2s request put x=A\n");
    assert_eq!(pressed(&strict, ms(1_500), Turn::StaleRead), None, "quorums that meet see it");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_write_waits_for_a_majority_that_is_gone() {
    for (nodes, seed) in [(3, 1), (5, 2), (7, 3)] {
        let text = cluster("abd", nodes, seed, "", "at 1s request put x=A via n1\n");
        let after = pressed(&text, ms(500), Turn::Starve).expect("a write that waits");
        assert_eq!(after.matches(" crash ").count() as u32, nodes.div_ceil(2), "{after}");
        let judged = format!("{after}expect commit within 3s broken\nexpect linearizable\n");
        let report = script::run::run(&planned(&judged));
        assert!(report.holds(), "{report:?}\n{after}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_search_ends_where_there_is_nothing_to_find() {
    let one = "cluster raft nodes=1 seed=1\nrun 3s\n";
    for turn in [Turn::SplitVote, Turn::CrashBeforeCommit, Turn::IsolateLeader] {
        assert_eq!(pressed(one, ms(500), turn), None);
    }
    let mut lab = opened(one);
    lab.update(Action::End);
    lab.update(Action::Interest(Turn::IsolateLeader));
    settle(&mut lab);
    assert_eq!(&*lab.view().text, one);
    let pool = opened("balance p2c servers=3\narrivals poisson load=50%\nrun 1s\n").view();
    assert!(pool.tricks.is_empty());
    lab.update(Action::Open("cluster raft\n".to_owned()));
    lab.update(Action::Interest(Turn::SplitVote));
    lab.update(Action::Do(Deed::Input(Input::Crash(Target::Leader))));
    assert_eq!(lab.view().looking, None, "another act ends the search");
}
