//! Every message, the metrics, the logs, the ways through time, and the branches of a run.

use quorate::kernel::{NodeId, Party, SimTime, Span};
use quorate::lab::{
    Action, Aspect, ChartKind, Column, Deed, Fate, Finding, Input, Lab, MarkKind, MessageQuery,
    Parting, Selection, Status, Target,
};
use wasm_bindgen_test::wasm_bindgen_test;

const RAFT: &str = "# Five nodes\n\
                    cluster raft nodes=5 seed=7 network=wan\n\
                    clients 1 every=200ms\nat 2s crash leader\nrun 4s\nexpect agreement\n";

pub(crate) fn opened(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    settled(lab)
}

fn settled(mut lab: Lab) -> Lab {
    for _ in 0..10_000 {
        if !lab.is_busy() {
            break;
        }
        lab.frame(16.0);
    }
    lab
}

fn query(sort: Column, descending: bool) -> MessageQuery {
    MessageQuery { sort, descending, ..MessageQuery::default() }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_message_is_told_once_with_what_became_of_it() {
    let mut lab = opened(RAFT);
    lab.update(Action::End);
    let view = lab.view();
    let messages = &view.messages;
    let places = messages.find(&MessageQuery::default());
    assert_eq!(places.len(), messages.len());
    assert!(messages.len() > 300, "{}", messages.len());
    let rows: Vec<_> = places.iter().filter_map(|place| messages.row(*place)).collect();
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row.id, number as u64 + 1);
        assert!(row.size > 0, "{row:?}");
        let over = matches!(row.fate, Fate::Arrived | Fate::Lost);
        assert_eq!(row.ended.is_some(), over, "{row:?}");
    }
    let flying = rows.iter().filter(|row| row.ended.is_none()).count();
    assert_eq!(flying, view.snapshot.as_ref().map_or(0, |it| it.flights.len()));
    // A crashed node loses what is sent to it.
    assert!(rows.iter().any(|row| row.fate == Fate::Lost));
    // What is in flight is told as the scene tells it.
    for flight in &view.snapshot.as_ref().expect("a run").flights {
        let row = messages.row(flight.note.id as u32 - 1).expect("a row");
        assert_eq!(
            (row.from, row.to, row.face),
            (flight.note.from, flight.note.to, flight.note.face)
        );
        assert_eq!(row.detail, flight.detail);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_past_does_not_know_the_future_of_a_message() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    let view = lab.view();
    let all = view.messages.find(&MessageQuery::default());
    let flying = MessageQuery { fate: Some(Fate::Flying), ..MessageQuery::default() };
    let flying = view.messages.find(&flying);
    assert_eq!(flying.len(), view.snapshot.as_ref().expect("a run").flights.len());
    lab.update(Action::End);
    assert!(lab.view().messages.len() > all.len());
}

#[wasm_bindgen_test(unsupported = test)]
fn messages_are_filtered_by_words_kind_end_and_fate() {
    let mut lab = opened(RAFT);
    lab.update(Action::End);
    let view = lab.view();
    let messages = &view.messages;
    let all: Vec<_> = messages
        .find(&MessageQuery::default())
        .into_iter()
        .filter_map(|place| messages.row(place))
        .collect();
    let count = |query: MessageQuery, is: &dyn Fn(&quorate::lab::MessageView) -> bool| {
        let found: Vec<u64> =
            messages.find(&query).iter().map(|place| u64::from(*place) + 1).collect();
        let wanted: Vec<u64> = all.iter().filter(|row| is(row)).map(|row| row.id).collect();
        assert!(!wanted.is_empty(), "{query:?} asks for something that is there");
        assert_eq!(found, wanted, "{query:?}");
    };
    let third = Party::Node(NodeId(2));
    count(MessageQuery { kind: Some("RequestVote"), ..MessageQuery::default() }, &|row| {
        row.face.name == "RequestVote"
    });
    count(MessageQuery { end: Some(third), ..MessageQuery::default() }, &|row| {
        row.from == third || row.to == third
    });
    count(MessageQuery { fate: Some(Fate::Lost), ..MessageQuery::default() }, &|row| {
        row.fate == Fate::Lost
    });
    count(MessageQuery { text: "VOTE n3".to_owned(), ..MessageQuery::default() }, &|row| {
        row.face.name.contains("Vote") && (row.from == third || row.to == third)
    });
    let nothing = MessageQuery { text: "no such word".to_owned(), ..MessageQuery::default() };
    assert!(messages.find(&nothing).is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn messages_are_sorted_by_every_column_both_ways() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(2_500)));
    let view = lab.view();
    let messages = &view.messages;
    for column in Column::ALL {
        let up = messages.find(&query(column, false));
        let mut down = messages.find(&query(column, true));
        down.reverse();
        assert_eq!(up, down, "{column:?}");
        let rows: Vec<_> = up.iter().filter_map(|place| messages.row(*place)).collect();
        assert_eq!(rows.len(), messages.len());
        for pair in rows.windows(2) {
            let [a, b] = pair else { continue };
            let order = match column {
                Column::Kind => a.face.name.cmp(b.face.name),
                Column::From => a.from.cmp(&b.from),
                Column::To => a.to.cmp(&b.to),
                Column::Sent => a.id.cmp(&b.id),
                Column::Ended => {
                    let ended =
                        |row: &quorate::lab::MessageView| row.ended.map_or(u64::MAX, |it| it.1);
                    ended(a).cmp(&ended(b))
                }
                Column::Fate => a.fate.cmp(&b.fate),
                Column::Detail => a.detail.cmp(&b.detail),
            };
            assert!(order.then(a.id.cmp(&b.id)).is_lt(), "{column:?}: {a:?} before {b:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_by_message_stop_where_the_selected_node_sends_or_receives() {
    let mut lab = opened(RAFT);
    let node = NodeId(2);
    lab.update(Action::Select(Some(Selection::Node(node))));
    let mut events = Vec::new();
    for _ in 0..12 {
        lab.update(Action::NextMessage);
        let view = lab.view();
        let event = view.playhead.event;
        let party = Party::Node(node);
        let touches =
            view.messages.find(&MessageQuery { end: Some(party), ..MessageQuery::default() });
        let here = touches.iter().filter_map(|place| view.messages.row(*place)).any(|row| {
            (row.from == party && row.sent.1 == event)
                || (row.to == party && row.ended.is_some_and(|(_, at)| at == event))
        });
        assert!(here, "event {event} is one of a message of n3");
        events.push(event);
    }
    assert!(events.windows(2).all(|pair| pair[0] < pair[1]));
    for event in events.iter().rev().skip(1) {
        lab.update(Action::PreviousMessage);
        assert_eq!(lab.view().playhead.event, *event);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn it_plays_backwards_to_the_start_and_forwards_again() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(200)));
    lab.update(Action::TogglePlayBack);
    let mut at = lab.view().playhead.at;
    assert!(lab.view().playhead.backwards);
    let mut frames = 0;
    while lab.view().playhead.playing && frames < 5_000 {
        lab.frame(16.0);
        let now = lab.view().playhead.at;
        assert!(now < at || now == SimTime::ZERO);
        // The world shown is the one that was there the first time.
        assert_eq!(lab.stage().expect("a stage").snapshot.event, lab.view().playhead.event);
        at = now;
        frames += 1;
    }
    assert_eq!(lab.view().playhead.at, SimTime::ZERO);
    lab.update(Action::TogglePlay);
    lab.frame(16.0);
    assert!(lab.view().playhead.at > SimTime::ZERO);
    assert!(!lab.view().playhead.backwards);
    // From the start it goes back from the end, as playing from the end starts over.
    lab.update(Action::Home);
    lab.update(Action::TogglePlayBack);
    lab.frame(16.0);
    let playhead = lab.view().playhead;
    assert!(playhead.at < playhead.end && playhead.at > SimTime::ZERO + Span::secs(3));
    lab.update(Action::TogglePlayBack);
    assert!(!lab.view().playhead.playing);
}

#[wasm_bindgen_test(unsupported = test)]
fn metrics_add_up_to_the_run() {
    let mut lab = opened(RAFT);
    lab.update(Action::End);
    let view = lab.view();
    let metrics = view.messages.metrics(view.playhead.end, &view.track);
    let chart = |kind: ChartKind| metrics.charts.iter().find(|it| it.kind == kind);
    let rate = chart(ChartKind::Messages).expect("messages");
    let seconds = metrics.stretch.as_secs_f64();
    let sum: f64 = rate.lines[0].iter().flatten().map(|rate| *rate as f64 * seconds).sum();
    let sent = view.messages.len() as f64;
    assert!((sum - sent).abs() < 96.0 * seconds + 1.0, "{sum} of {sent}");
    let latency = chart(ChartKind::Latency).expect("latency");
    let rows =
        view.messages.find(&MessageQuery { fate: Some(Fate::Arrived), ..Default::default() });
    let mut spans: Vec<u64> = rows
        .iter()
        .filter_map(|place| view.messages.row(*place))
        .filter_map(|row| row.ended.map(|(at, _)| at.since(row.sent.0).0))
        .collect();
    spans.sort_unstable();
    assert_eq!(latency.whole[0], Some(spans[spans.len().div_ceil(2) - 1]));
    assert_eq!(latency.whole[1], Some(spans[(spans.len() * 99).div_ceil(100) - 1]));
    let elections = chart(ChartKind::Elections).expect("elections");
    let won = view.track.marks.iter().filter(|mark| mark.kind == MarkKind::ElectionWon).count();
    assert_eq!(elections.whole[0], Some(won as u64));
    assert!(won >= 2, "the first leader crashes");
    assert!(chart(ChartKind::Answers).is_some());
    assert!(chart(ChartKind::Bytes).is_some_and(|it| it.whole[0] > rate.whole[0]));
}

fn crash(node: u32) -> Action {
    Action::Do(Deed::Input(Input::Crash(Target::Node(NodeId(node)))))
}

fn names(lab: &mut Lab) -> Vec<String> {
    lab.view().branches.list.iter().map(|it| it.name.en.clone()).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fault_in_the_past_keeps_the_old_future_as_a_branch() {
    let mut lab = opened(RAFT);
    let old = lab.view().text.to_string();
    let digest = lab.view().digest.clone();
    assert_eq!(names(&mut lab), ["first run"]);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_200)));
    lab.update(crash(2));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab), ["crash n3 at 1.2s", "before: crash n3 at 1.2s"]);
    assert!(lab.view().branches.list[0].current);
    assert_eq!(lab.view().undo.clone().map(|it| it.en).as_deref(), Some("crash n3 at 1.2s"));
    let new = lab.view().text.to_string();
    let there = lab.view().branches.list[1].id;
    lab.update(Action::Branch(there));
    let mut lab = settled(lab);
    assert_eq!(*lab.view().text, *old);
    assert_eq!(lab.view().digest, digest, "the old future is the same to the last event");
    // Taking back the switch brings the new future back, and doing it again the old.
    lab.update(Action::Undo);
    assert_eq!(*lab.view().text, *new);
    assert!(lab.view().branches.list[0].current);
    lab.update(Action::Redo);
    assert_eq!(*lab.view().text, *old);
    assert!(lab.view().branches.list[1].current);
}

#[wasm_bindgen_test(unsupported = test)]
fn at_the_end_there_is_no_future_to_keep() {
    let mut lab = opened(RAFT);
    lab.update(Action::End);
    lab.update(Action::Edit(format!("{RAFT}expect one leader per term\n")));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab).len(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn words_that_change_nothing_make_no_branch_and_typing_on_makes_one() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    lab.update(Action::Edit(format!("# A remark\n{RAFT}")));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab).len(), 1, "a remark is no other run");
    for typed in ["run 4s", "run 4.s", "run 4.5s", "run 4.55s"] {
        lab.update(Action::Edit(RAFT.replace("run 4s", typed)));
        lab = settled(lab);
    }
    assert_eq!(names(&mut lab), ["run 4.55s", "before: run 4.55s"]);
    // Something else, then typing again: another branch.
    lab.update(Action::StepForward);
    lab.update(Action::Edit(RAFT.replace("run 4s", "run 5s")));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab), ["run 5s", "before: run 4.55s", "before: run 5s"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_was_taken_back_is_kept_when_something_else_is_done() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    lab.update(crash(0));
    lab.update(Action::Undo);
    lab.update(crash(1));
    let mut lab = settled(lab);
    let kept = lab.view().branches.list.iter().any(|it| it.name.en == "undone: crash n1 at 1s");
    assert!(kept, "{:?}", names(&mut lab));
}

#[wasm_bindgen_test(unsupported = test)]
fn branches_are_renamed_and_that_can_be_undone() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    lab.update(crash(0));
    let id = lab.view().branches.list[1].id;
    lab.update(Action::RenameBranch(id, "  calm weather ".to_owned()));
    assert_eq!(names(&mut lab)[1], "calm weather");
    lab.update(Action::RenameBranch(id, "   ".to_owned()));
    assert_eq!(names(&mut lab)[1], "calm weather", "no name is no name");
    lab.update(Action::Undo);
    assert_eq!(names(&mut lab)[1], "before: crash n1 at 1s");
    lab.update(Action::Redo);
    assert_eq!(names(&mut lab)[1], "calm weather");
}

#[wasm_bindgen_test(unsupported = test)]
fn another_scenario_has_branches_of_its_own() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    lab.update(crash(0));
    assert_eq!(names(&mut lab).len(), 2);
    lab.update(Action::Open("cluster paxos nodes=3 seed=1\nrun 1s\n".to_owned()));
    assert_eq!(names(&mut lab), ["first run"]);
    lab.update(Action::Undo);
    assert_eq!(names(&mut lab).len(), 2, "nothing is lost");
}

/// Three lines and more, of another matter under the same protocol.
const OTHER: &str = "# One node\ncluster raft nodes=1 seed=1\nat 1s request put y=1\nrun 2s\n";

#[wasm_bindgen_test(unsupported = test)]
fn a_text_written_over_the_old_one_is_no_branch_of_it() {
    let pool = "balance p2c servers=3 seed=1\narrivals poisson load=50%\nrun 1s\n".to_owned();
    let paxos = RAFT.replace("raft", "multi-paxos");
    let untitled = OTHER.replace("# One node\n", "");
    for (what, text) in [
        ("a title", OTHER.to_owned()),
        ("a pool", pool),
        ("a protocol", paxos),
        ("lines", untitled),
    ] {
        for at in [1_000, 4_000] {
            let mut lab = opened(RAFT);
            lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_000)));
            lab.update(crash(0));
            let mut lab = settled(lab);
            lab.update(Action::Seek(SimTime::ZERO + Span::millis(at)));
            let old = lab.view().text.to_string();
            lab.update(Action::Edit(text.clone()));
            let mut lab = settled(lab);
            assert_eq!(names(&mut lab), ["first run"], "another {what} at {at} ms");
            lab.update(Action::Undo);
            let mut lab = settled(lab);
            assert_eq!(*lab.view().text, *old);
            assert_eq!(names(&mut lab), ["crash n1 at 1s", "before: crash n1 at 1s"]);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_text_typed_from_nothing_is_no_branch_letter_by_letter() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_000)));
    lab.update(Action::Edit(String::new()));
    let untitled = OTHER.replace("# One node\n", "");
    for end in 1..=untitled.len() {
        lab.update(Action::Edit(untitled[..end].to_owned()));
        lab = settled(lab);
    }
    assert_eq!(names(&mut lab), ["first run"]);
    // Whoever goes on with it has a past to change again.
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(500)));
    lab.update(crash(0));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab), ["crash n1 at 500ms", "before: crash n1 at 500ms"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_cut_and_put_back_or_only_called_otherwise_is_the_same_scenario() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_000)));
    lab.update(crash(0));
    let mut lab = settled(lab);
    let text = lab.view().text.to_string();
    lab.update(Action::Edit(String::new()));
    lab.update(Action::Edit(text.replace("# Five", "# All five")));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab).len(), 2);
    lab.update(Action::Edit(text.replace("nodes=5", "nodes=7")));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab).len(), 3, "a branch with two nodes more");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_branch_is_deleted_and_that_can_be_undone() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    lab.update(crash(0));
    let mut lab = settled(lab);
    let (here, there) = (lab.view().branches.list[0].id, lab.view().branches.list[1].id);
    lab.update(Action::CompareBranch(Some(there)));
    lab.update(Action::DeleteBranch(here));
    assert_eq!(names(&mut lab).len(), 2, "the one on screen stays");
    lab.update(Action::DeleteBranch(there));
    let mut lab = settled(lab);
    assert_eq!(names(&mut lab), ["crash n1 at 1s"]);
    assert!(lab.view().branches.beside.is_none(), "what is gone stands beside nothing");
    lab.update(Action::Branch(there));
    lab.update(Action::CompareBranch(Some(there)));
    assert!(lab.view().branches.list[0].current && lab.view().branches.beside.is_none());
    assert_eq!(lab.view().undo.clone().map(|it| it.en).as_deref(), Some("deleting a branch"));
    lab.update(Action::Undo);
    assert_eq!(names(&mut lab).len(), 2);
    lab.update(Action::Redo);
    assert_eq!(names(&mut lab).len(), 1);
    // What is deleted is in nobody's way: the same future can be kept anew.
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(2)));
    for node in 1..3 {
        lab.update(crash(node));
        lab = settled(lab);
    }
    assert_eq!(names(&mut lab).len(), 3);
}

#[wasm_bindgen_test(unsupported = test)]
fn two_branches_stand_beside_each_other_and_part_where_the_fault_struck() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_200)));
    let leader = lab
        .view()
        .snapshot
        .as_ref()
        .expect("a run")
        .nodes
        .iter()
        .position(|node| node.role == quorate::kernel::Role::Leader);
    lab.update(crash(leader.expect("somebody leads by then") as u32));
    let other = lab.view().branches.list[1].id;
    lab.update(Action::CompareBranch(Some(other)));
    let mut lab = settled(lab);
    let beside = lab.view().branches.beside.clone().expect("beside");
    let Parting::At(event, at) = beside.parting else { panic!("{:?}", beside.parting) };
    assert!(at >= SimTime::ZERO + Span::millis(1_200) && at < SimTime::ZERO + Span::millis(1_201));
    assert!(event > 0 && beside.complete);
    let find = |lab: &mut Lab, aspect: &Aspect| {
        let beside = lab.view().branches.beside.clone().expect("beside");
        let row = beside.rows.iter().find(|row| row.aspect == *aspect).cloned();
        row.expect("a row")
    };
    let same = find(&mut lab, &Aspect::Messages);
    assert!(same.here == same.there || event > 0);
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(1_300)));
    lab.frame(16.0);
    let row = find(&mut lab, &Aspect::Leader);
    assert_eq!(row.here, Finding::Nothing, "it has just crashed");
    assert!(matches!(row.there, Finding::Text(_)), "there it still leads");
    let verdict = find(&mut lab, &Aspect::Expectation("agreement".to_owned()));
    assert_eq!(verdict.here, Finding::Verdict(Status::Holds));
    // Switching swaps them.
    lab.update(Action::Branch(other));
    let mut lab = settled(lab);
    let row = find(&mut lab, &Aspect::Leader);
    assert!(matches!(row.here, Finding::Text(_)));
    let beside = lab.view().branches.beside.clone().expect("still beside");
    assert_eq!(beside.parting, Parting::At(event, at));
    lab.update(Action::CompareBranch(None));
    assert!(lab.view().branches.beside.is_none());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_branch_beside_itself_parts_never() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime::ZERO + Span::secs(1)));
    lab.update(crash(0));
    // Back to the old text: the branch kept before is the same run.
    lab.update(Action::Undo);
    let other = lab.view().branches.list[1].id;
    lab.update(Action::CompareBranch(Some(other)));
    let mut lab = settled(lab);
    let beside = lab.view().branches.beside.clone().expect("beside");
    assert_eq!(beside.parting, Parting::Never);
    assert!(beside.rows.iter().all(|row| row.here == row.there));
}

#[wasm_bindgen_test(unsupported = test)]
fn violations_are_found_in_both_directions_and_around() {
    let text = "cluster raft nodes=3 seed=7 network=wan\nat 2s request put x=1\n\
                run 4s\nexpect leader within 1ms\nexpect commit within 1ms\n";
    let mut lab = opened(text);
    let marks = &lab.view().track.marks;
    let violations = marks.iter().filter(|mark| mark.kind == MarkKind::Violation);
    let mut events: Vec<u64> = violations.map(|mark| mark.event).collect();
    events.sort_unstable();
    assert_eq!(events.len(), 2, "both lines fail, each at an event of its own");
    lab.update(Action::End);
    let seen: Vec<u64> = (0..3)
        .map(|_| {
            lab.update(Action::PreviousViolation);
            lab.view().playhead.event
        })
        .collect();
    assert_eq!(seen, [events[1], events[0], events[1]]);
    lab.update(Action::NextViolation);
    assert_eq!(lab.view().playhead.event, events[0], "around the end");
}
