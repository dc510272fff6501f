//! The playground without pixels: actions in, view models out.

use std::rc::Rc;

use quorate::kernel::{NodeId, SimTime, Span};
use quorate::lab::{Action, Deed, Lab, RunView, Selection, Speed, Status};
use quorate::sim::{Input, Status as NodeStatus, Target};
use wasm_bindgen_test::wasm_bindgen_test;

const RAFT: &str = "# Five nodes\n# One of them will lead.\n\
                    cluster raft nodes=5 seed=7 network=wan\n\
                    clients 1 every=200ms\nat 2s crash leader\nrun 4s\nexpect agreement\n";

fn opened(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    let mut lab = settled(lab);
    lab.update(Action::Pause);
    lab
}

/// Computes everything that is coming, without moving the playhead.
fn settled(mut lab: Lab) -> Lab {
    let playing = lab.view().playhead.playing;
    lab.update(Action::Pause);
    for _ in 0..10_000 {
        if !lab.is_busy() {
            break;
        }
        lab.frame(16.0);
    }
    if playing {
        lab.update(Action::Play);
    }
    lab
}

fn crashed(lab: &mut Lab, node: u32) -> bool {
    let view = lab.view();
    let snapshot = view.snapshot.as_ref().expect("a run");
    matches!(snapshot.nodes[node as usize].status, NodeStatus::Crashed(_))
}

#[wasm_bindgen_test(unsupported = test)]
fn an_opened_text_plays_at_once() {
    let mut lab = Lab::new();
    assert_eq!(lab.view().run, RunView::Empty);
    lab.update(Action::Open(RAFT.to_owned()));
    assert!(lab.view().playhead.playing);
    assert_eq!(lab.view().title.en, "Five nodes");
    let before = lab.view().playhead.at;
    assert!(lab.frame(16.0));
    assert!(lab.view().playhead.at > before);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_view_is_the_same_pointer_until_something_changes() {
    let mut lab = opened(RAFT);
    let view = lab.view();
    assert!(Rc::ptr_eq(&view, &lab.view()));
    lab.update(Action::StepForward);
    assert!(!Rc::ptr_eq(&view, &lab.view()));
}

#[wasm_bindgen_test(unsupported = test)]
fn stepping_forward_and_back_comes_to_the_same_world() {
    let mut lab = opened(RAFT);
    lab.update(Action::SeekEvent(40));
    let there = lab.view();
    lab.update(Action::StepForward);
    assert_eq!(lab.view().playhead.event, 41);
    lab.update(Action::StepBack);
    assert_eq!(lab.view().snapshot, there.snapshot);
    assert_eq!(lab.view().playhead.at, there.playhead.at);
}

#[wasm_bindgen_test(unsupported = test)]
fn playing_and_seeking_show_the_same_world() {
    let mut played = opened(RAFT);
    played.update(Action::Play);
    for _ in 0..200 {
        played.frame(16.0);
    }
    played.update(Action::Pause);
    let at = played.view().playhead.at;
    let mut sought = opened(RAFT);
    sought.update(Action::End);
    sought.update(Action::Seek(at));
    assert_eq!(sought.view().snapshot, played.view().snapshot);
    assert_eq!(sought.view().narration, played.view().narration);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fault_made_by_hand_is_written_into_the_text_and_undone() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime(1_200_000_000)));
    assert!(!crashed(&mut lab, 1));
    lab.update(Action::Do(Deed::ToggleCrash(NodeId(1))));
    let mut lab = settled(lab);
    assert!(lab.view().text.contains("at 1.200001s crash n2"), "{}", lab.view().text);
    assert!(crashed(&mut lab, 1));
    assert!(lab.view().playhead.at >= SimTime(1_200_000_000));
    lab.update(Action::Undo);
    let mut lab = settled(lab);
    assert_eq!(&*lab.view().text, RAFT);
    assert!(!crashed(&mut lab, 1));
    lab.update(Action::Redo);
    assert!(lab.view().text.contains("crash n2"));
}

#[wasm_bindgen_test(unsupported = test)]
fn going_back_before_a_crash_undoes_it_on_screen() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime(2_100_000_000)));
    let down = (0..5).filter(|node| crashed(&mut lab, *node)).count();
    assert_eq!(down, 1);
    assert_eq!(lab.view().current_line, Some(5));
    lab.update(Action::Seek(SimTime(1_900_000_000)));
    assert_eq!((0..5).filter(|node| crashed(&mut lab, *node)).count(), 0);
    assert_eq!(lab.view().inlays.len(), 1, "whom `leader` meant is known for the whole run");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_text_that_is_not_understood_leaves_the_last_good_run() {
    let mut lab = opened(RAFT);
    lab.update(Action::Seek(SimTime(900_000_000)));
    let before = lab.view();
    lab.update(Action::Edit(RAFT.replace("raft", "rafd")));
    let view = lab.view();
    assert!(!view.problems.is_empty());
    assert_eq!(view.problems[0].line, 3);
    assert_eq!(view.snapshot, before.snapshot);
    lab.update(Action::Do(Deed::Input(Input::Crash(Target::Node(NodeId(0))))));
    assert!(lab.view().notice.is_some(), "a fault has nowhere to be written");
    lab.update(Action::Edit(RAFT.to_owned()));
    assert!(lab.view().problems.is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_text_gives_the_same_digest() {
    let digest = |text: &str| opened(text).view().digest.clone().expect("a whole run");
    assert_eq!(digest(RAFT), digest(RAFT));
    assert_ne!(digest(RAFT), digest(&RAFT.replace("seed=7", "seed=8")));
    let plan = quorate::script::plan(RAFT).expect("a good text");
    let mut cluster = plan.build().expect("a good plan");
    while cluster.next_at().is_some_and(|at| at <= plan.until) && cluster.step() {}
    assert_eq!(digest(RAFT), format!("{:016x}", cluster.digest()));
}

#[wasm_bindgen_test(unsupported = test)]
fn playback_stops_at_a_violation_and_explains_it() {
    let text = "cluster paxos-article nodes=3 seed=1 vote=always\n\
                at 10ms request propose A via n1\n\
                at 12ms request propose B via n3 from c2\nrun 2s\n";
    let mut lab = opened(text);
    lab.update(Action::Speed(Speed::Max));
    lab.update(Action::Play);
    for _ in 0..5_000 {
        lab.frame(16.0);
        if !lab.view().playhead.playing {
            break;
        }
    }
    let view = lab.view();
    let broken = view.properties.iter().find(|check| check.status == Status::Violated);
    let broken = broken.expect("the listing breaks agreement");
    assert_eq!(broken.violated_at.map(|(_, event)| event), Some(view.playhead.event));
    assert_eq!(view.narration, broken.because);
    assert!(view.playhead.at < view.playhead.end);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_selection_that_no_longer_exists_is_cleared() {
    let mut lab = opened(RAFT);
    lab.update(Action::Select(Some(Selection::Node(NodeId(4)))));
    lab.update(Action::Edit(RAFT.replace("nodes=5", "nodes=3")));
    let mut lab = settled(lab);
    assert_eq!(lab.view().selection, None);
}

#[wasm_bindgen_test(unsupported = test)]
fn another_strategy_is_written_into_the_text_and_runs_on_the_same_requests() {
    let text = "balance random servers=4 seed=3\narrivals poisson load=70%\n\
                service exp mean=10ms\nrun 2s\n";
    let mut lab = opened(text);
    lab.update(Action::End);
    let before = lab.view();
    let requests = before.pool.as_ref().expect("a pool").requests;
    lab.update(Action::Strategy("round-robin".to_owned()));
    let mut lab = settled(lab);
    let after = lab.view();
    assert!(after.text.starts_with("balance round-robin"), "{}", after.text);
    assert_eq!(after.pool.as_ref().expect("a pool").requests, requests);
    assert_ne!(after.digest, before.digest);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_run_stopped_by_its_limit_can_go_on() {
    let text = format!("{RAFT}limit 300 events\n");
    let mut lab = opened(&text);
    assert_eq!(lab.view().run, RunView::Limited(300));
    lab.update(Action::End);
    assert_eq!(lab.view().playhead.event, 300);
    lab.update(Action::RaiseLimit);
    let mut lab = settled(lab);
    assert!(lab.view().playhead.events > 300);
}

#[wasm_bindgen_test(unsupported = test)]
fn servers_are_shown_with_their_own_names_and_speeds() {
    let text = "balance random servers=3 seed=3\nservers s1 x3, s2 x2\n\
                arrivals poisson load=50%\nservice exp mean=10ms\nrun 1s\n";
    let mut lab = opened(text);
    lab.update(Action::End);
    let view = lab.view();
    let servers = &view.pool.as_ref().expect("a pool").servers;
    let shown: Vec<(&str, u32)> =
        servers.iter().map(|server| (server.name.as_str(), server.capacity_milli)).collect();
    assert_eq!(shown, [("s1", 3000), ("s2", 2000), ("s3", 1000)]);
    let picked: u64 = servers.iter().map(|server| server.picked).sum();
    assert!(picked > 0 && servers.iter().all(|server| server.busy > 0.0));
}

/// The history shows what had happened at the playhead, and not what came later.
#[wasm_bindgen_test(unsupported = test)]
fn the_history_is_that_of_the_playhead() {
    let mut lab = opened(
        "cluster raft nodes=3 seed=4\nat 1s request put x=1\n\
         at 1.5s request get x from c2\nrun 3s\n",
    );
    let at = |lab: &mut Lab, time: u64| {
        lab.update(Action::Seek(SimTime::ZERO + Span::millis(time)));
        lab.view().history.clone()
    };
    assert_eq!(at(&mut lab, 500).total, 0);
    let asked = at(&mut lab, 1_000);
    assert_eq!((asked.total, asked.operations[0].told.as_str()), (1, "?"));
    assert_eq!(asked.operations[0].point, None, "nobody knows yet where it takes effect");
    let done = at(&mut lab, 3_000);
    let told: Vec<&str> = done.operations.iter().map(|it| it.told.as_str()).collect();
    assert_eq!(told, ["ok", "1"]);
    let places: Vec<_> = done.operations.iter().filter_map(|it| it.point).map(|it| it.1).collect();
    assert_eq!(places, [1, 2]);
    assert!(done.operations.iter().all(|it| !it.core));
}
