//! What is done by hand: every act is a line of the text, and the same run comes of it again.

use quorate::kernel::{Fact, NodeId, Party, Ratio, SimTime, Span};
use quorate::lab::{
    Action, Deed, FlightNote, Handling, Lab, Turn, link_state, lossy_link, slow_link,
};
use quorate::script::{self, Plan};
use quorate::sim::{Happening, Input, Occurrence, Target};
use wasm_bindgen_test::wasm_bindgen_test;

const RAFT: &str = "cluster raft nodes=5 seed=7 network=wan\nrun 4s\n";

fn opened(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    settle(&mut lab);
    lab
}

fn settle(lab: &mut Lab) {
    for _ in 0..100_000 {
        if !lab.is_busy() {
            return;
        }
        lab.frame(16.0);
    }
    panic!("it is busy for ever");
}

fn ms(ms: u64) -> SimTime {
    SimTime(ms * 1_000_000)
}

/// Messages of that name under way at the playhead.
fn flying(lab: &mut Lab, name: &str) -> Vec<FlightNote> {
    let view = lab.view();
    let flights = &view.snapshot.as_ref().expect("a run").flights;
    flights.iter().map(|flight| flight.note).filter(|note| note.face.name == name).collect()
}

/// Goes on event by event until a message of that name is under way.
fn until_flying(lab: &mut Lab, name: &str) -> FlightNote {
    for _ in 0..500 {
        if let Some(note) = flying(lab, name).first() {
            return *note;
        }
        lab.update(Action::StepForward);
    }
    panic!("no {name} in sight");
}

/// How the message of that number ended in a fresh run of the text.
fn end_of(text: &str, id: u64) -> Option<Occurrence> {
    events(text).into_iter().find(|event| match &event.what {
        Happening::Delivered(note) | Happening::Lost(note) => note.id == id,
        _ => false,
    })
}

fn planned(text: &str) -> Plan {
    script::plan(text).unwrap_or_else(|problems| panic!("{text}\n{problems:?}"))
}

/// Every event of a run, from the text alone.
fn events(text: &str) -> Vec<Occurrence> {
    let plan = planned(text);
    let mut world = plan.build().expect("a world");
    let mut events = Vec::new();
    while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
        events.push(world.last().clone());
    }
    events
}

/// The only line that `after` has more than `before`.
fn added(before: &str, after: &str) -> String {
    let mut known: Vec<&str> = before.lines().collect();
    let new = after.lines().filter(|line| match known.iter().position(|old| old == line) {
        Some(place) => {
            known.remove(place);
            false
        }
        None => !line.is_empty(),
    });
    let new: Vec<&str> = new.collect();
    assert_eq!(new.len(), 1, "one act, one line: {new:?}");
    new[0].to_owned()
}

/// Takes hold of the first message of a name, does something to it, and gives the text.
fn handled(name: &str, handling: Handling) -> (Lab, FlightNote, String, String) {
    let mut lab = opened(RAFT);
    let note = until_flying(&mut lab, name);
    lab.update(Action::Do(Deed::Message(note.id, handling)));
    settle(&mut lab);
    let view = lab.view();
    assert_eq!(view.notice, None);
    let line = added(RAFT, &view.text);
    let text = view.text.to_string();
    (lab, note, line, text)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_pulled_back_arrives_later_by_as_much() {
    let (mut lab, note, line, text) = handled("RequestVote", Handling::Delay(Span::millis(120)));
    assert!(line.ends_with(" by 120ms") && line.contains(" delay RequestVote "), "{line}");
    let end = end_of(&text, note.id).expect("it arrives");
    assert_eq!(end.at, note.due_at + Span::millis(120));
    // The same message under the hand still, on its way still.
    assert!(flying(&mut lab, "RequestVote").iter().any(|other| other.id == note.id));
    lab.update(Action::Undo);
    settle(&mut lab);
    assert_eq!(&*lab.view().text, RAFT, "one act is one step back");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_dropped_is_lost_and_the_same_one_after_every_change_behind_it() {
    let (_, note, line, text) = handled("RequestVote", Handling::Drop);
    let (from, to) = (note.from, note.to);
    assert!(line.ends_with(&format!("drop RequestVote {from} -> {to}")), "{line}");
    let end = end_of(&text, note.id).expect("it ends");
    assert!(matches!(&end.what, Happening::Lost(lost) if (lost.from, lost.to) == (from, to)));
    let later = text.replace("run 4s", "at 3s crash n1\nrun 4s");
    assert_eq!(end_of(&later, note.id), Some(end));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_is_delivered_now_or_twice() {
    let (_, note, line, text) = handled("RequestVote", Handling::Deliver);
    let end = end_of(&text, note.id).expect("it arrives");
    assert!(end.at < note.due_at && matches!(end.what, Happening::Delivered(_)), "{line}");
    let (mut lab, note, _, text) = handled("RequestVote", Handling::Duplicate);
    lab.update(Action::StepForward);
    let same = |event: &&Occurrence| {
        matches!(&event.what, Happening::Delivered(other)
            if (other.face, other.from, other.to) == (note.face, note.from, note.to)
                && other.due_at.since(note.due_at) <= Span::micros(1))
    };
    assert_eq!(events(&text).iter().filter(same).count(), 2, "{text}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_held_message_waits_until_it_is_released_and_holds_nobody_else() {
    let (mut lab, note, line, text) = handled("RequestVote", Handling::Hold);
    assert!(line.contains(&format!(" hold RequestVote #{} ", note.id)), "{line}");
    assert_eq!(end_of(&text, note.id), None);
    let others = events(&text);
    let delivered = |event: &Occurrence| matches!(&event.what, Happening::Delivered(other) if other.face.name == "RequestVote");
    assert!(others.iter().any(delivered), "its sisters arrive");
    lab.update(Action::Seek(ms(2_000)));
    lab.update(Action::Do(Deed::Message(note.id, Handling::Delay(Span::millis(5)))));
    assert!(lab.view().notice.is_some(), "what is held cannot be late");
    lab.update(Action::Do(Deed::Message(note.id, Handling::Release)));
    settle(&mut lab);
    let end = end_of(&lab.view().text, note.id).expect("it arrives at last");
    assert!(end.at >= ms(2_000) && matches!(end.what, Happening::Delivered(_)));
}

#[wasm_bindgen_test(unsupported = test)]
fn one_of_two_alike_is_told_by_its_number() {
    let (mut lab, note, ..) = handled("RequestVote", Handling::Duplicate);
    let mut alike = Vec::new();
    for _ in 0..20 {
        alike = flying(&mut lab, "RequestVote");
        alike.retain(|other| (other.from, other.to) == (note.from, note.to));
        if alike.len() == 2 {
            break;
        }
        lab.update(Action::StepForward);
    }
    let [_, copy] = alike[..] else { panic!("no two: {alike:?}") };
    let before = lab.view().text.to_string();
    lab.update(Action::Do(Deed::Message(copy.id, Handling::Drop)));
    settle(&mut lab);
    let line = added(&before, &lab.view().text);
    assert!(line.contains(&format!("drop RequestVote #{} ", copy.id)), "{line}");
    let text = lab.view().text.to_string();
    assert!(matches!(end_of(&text, copy.id).map(|it| it.what), Some(Happening::Lost(_))));
    assert!(matches!(end_of(&text, note.id).map(|it| it.what), Some(Happening::Delivered(_))));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_has_arrived_is_out_of_reach_and_nothing_is_written() {
    let mut lab = opened(RAFT);
    let note = until_flying(&mut lab, "RequestVote");
    lab.update(Action::Seek(note.due_at + Span::millis(1)));
    lab.update(Action::Do(Deed::Message(note.id, Handling::Drop)));
    assert!(lab.view().notice.is_some());
    assert_eq!(&*lab.view().text, RAFT);
    lab.update(Action::Do(Deed::Message(u64::MAX, Handling::Deliver)));
    assert!(lab.view().notice.is_some());
}

#[wasm_bindgen_test(unsupported = test)]
fn where_messages_move_by_hand_an_act_has_no_time_and_comes_next() {
    const BY_HAND: &str = "cluster raft nodes=3 drive=hand\n\nfire n1 election\ndeliver n1 -> n2\n\
                           deliver n2 -> n1\n\nexpect one leader per term\n";
    let mut lab = opened(BY_HAND);
    lab.update(Action::Home);
    let note = until_flying(&mut lab, "RequestVote");
    lab.update(Action::Do(Deed::Message(note.id, Handling::Drop)));
    settle(&mut lab);
    let view = lab.view();
    assert!(view.problems.is_empty(), "{}", view.text);
    let line = added(BY_HAND, &view.text);
    assert!(line.starts_with("drop RequestVote "), "{line}");
    let place = |text: &str| view.text.lines().position(|line| line.starts_with(text));
    assert!(place("fire") < place("drop") && place("drop") < place("deliver n1"), "{}", view.text);
    assert_eq!(view.current_line, place("drop").map(|index| index as u32 + 1));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_is_cut_made_lossy_slow_and_healed() {
    let (one, two) = (NodeId(0), NodeId(1));
    let mut lab = opened(RAFT);
    let at = |lab: &mut Lab| {
        settle(lab);
        let view = lab.view();
        let snapshot = view.snapshot.clone().expect("a run");
        (link_state(&snapshot, one, two), link_state(&snapshot, two, one))
    };
    lab.update(Action::Seek(ms(1_000)));
    assert!(!at(&mut lab).0.differs());
    lab.update(Action::Do(Deed::Input(Input::Cut(vec![one], vec![two, NodeId(2)]))));
    assert!(at(&mut lab).0.cut && !at(&mut lab).1.cut);
    lab.update(Action::Do(Deed::Input(lossy_link(one, two, Ratio::percent(20)))));
    lab.update(Action::Do(Deed::Input(slow_link(one, two, Span::millis(80)))));
    let (there, back) = at(&mut lab);
    assert_eq!((there.loss, back.loss), (Some(Ratio::percent(20)), Some(Ratio::percent(20))));
    assert_eq!(back.delay, Some(Span::millis(80)));
    assert!(lab.view().text.contains(" link n1 <-> n2 loss=20%\n"), "{}", lab.view().text);
    let (from, to) = (Party::Node(one), Party::Node(two));
    lab.update(Action::Do(Deed::Input(Input::Mend { from, to, both: true })));
    let (there, back) = at(&mut lab);
    assert!(!there.differs() && !back.differs());
    assert!(lab.view().text.contains(" heal n1 <-> n2\n"), "{}", lab.view().text);
    let snapshot = lab.view().snapshot.clone().expect("a run");
    assert!(link_state(&snapshot, one, NodeId(2)).cut, "the rest of the cut stays");
}

#[wasm_bindgen_test(unsupported = test)]
fn healing_a_link_leaves_a_partition_whole() {
    let (one, two) = (NodeId(0), NodeId(1));
    let text = "cluster raft nodes=3 seed=1\nat 1s partition n1 | n2 n3\nat 1.5s heal n1 <-> n2\n\
                run 2s\n";
    let mut lab = opened(text);
    lab.update(Action::Seek(ms(1_800)));
    let snapshot = lab.view().snapshot.clone().expect("a run");
    assert!(link_state(&snapshot, one, two).severed && link_state(&snapshot, two, one).severed);
}

// What makes a run interesting.

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
