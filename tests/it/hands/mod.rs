//! What is done by hand: every act is a line of the text, and the same run comes of it again.

use quorate::kernel::{NodeId, Party, Ratio, SimTime, Span};
use quorate::lab::{Action, Deed, FlightNote, Handling, Lab, link_state, lossy_link, slow_link};
use quorate::script::{self, Plan};
use quorate::sim::{Happening, Input, Occurrence};
use wasm_bindgen_test::wasm_bindgen_test;

mod interest;

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
    let vote = |note: &FlightNote| note.face.name == "RequestVote";
    let delivered =
        |event: &Occurrence| matches!(&event.what, Happening::Delivered(other) if vote(other));
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

// What the code's rules did, and the gallery.

#[wasm_bindgen_test(unsupported = test)]
fn rules_are_counted_up_to_the_playhead_and_lead_to_their_next_application() {
    let mut lab = opened(RAFT);
    lab.update(Action::Home);
    let rules = |lab: &mut Lab| lab.view().rules.clone();
    let of = |lab: &mut Lab, id: &str| {
        *rules(lab).iter().find(|rule| rule.id == id).expect("a rule of raft")
    };
    assert!(rules(&mut lab).iter().all(|rule| rule.times == 0), "nothing has happened");
    let all = events(RAFT);
    let wins: Vec<u64> = all
        .iter()
        .filter(|event| event.marks.iter().any(|(_, mark)| *mark == "win"))
        .map(|event| event.index)
        .collect();
    assert_eq!(of(&mut lab, "win").next, wins.first().copied());
    lab.update(Action::SeekEvent(wins[0]));
    assert_eq!(of(&mut lab, "win").times, 1);
    lab.update(Action::End);
    assert_eq!(of(&mut lab, "win").times, wins.len() as u64);
    assert_eq!(of(&mut lab, "win").next, Some(wins[0]), "behind the last one comes the first");
    let unseen = rules(&mut lab).iter().filter(|rule| rule.times == 0).count();
    assert!(unseen > 0 && unseen < rules(&mut lab).len(), "snapshots were never sent");
    assert!(!of(&mut lab, "win").more);
}

#[wasm_bindgen_test(unsupported = test)]
fn every_section_has_its_scenarios_and_every_scenario_its_section() {
    use quorate::script::gallery::{GALLERY, SECTIONS};
    for section in SECTIONS {
        for path in section.paths {
            let named = |item: &quorate::script::gallery::Item| {
                item.path == *path || path.strip_suffix('/') == Some(item.entry())
            };
            let found = GALLERY.iter().find(|item| named(item));
            let found = found.unwrap_or_else(|| panic!("{}: no {path}", section.number));
            assert!(section.has(found), "{path}");
        }
    }
    let shelved = |path: &str| {
        let item = GALLERY.iter().find(|item| item.path == path).expect("in the gallery");
        SECTIONS.iter().any(|section| section.has(item))
    };
    let missing: Vec<&str> =
        GALLERY.iter().map(|item| item.path).filter(|path| !shelved(path)).collect();
    assert!(missing.is_empty(), "in no section: {missing:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_picture_tells_the_fault_or_the_violation() {
    use quorate::lab::{MarkKind, telling};
    let crash = "cluster raft nodes=3 seed=7 network=wan\nat 2s crash leader\nrun 4s\n";
    let view = opened(crash).view();
    let at = telling(&view);
    assert!(at > ms(2_000) && at < ms(3_000), "{at}");
    let bad = quorate::script::gallery::find("paxos-article/two-values").expect("in the gallery");
    let view = opened(bad.text).view();
    let mark = view.track.marks.iter().find(|mark| mark.kind == MarkKind::Violation);
    assert_eq!(Some(telling(&view)), mark.map(|mark| mark.at));
    let mut still = opened("cluster raft nodes=3 seed=7\nrun 4s\n");
    let (view, stage) = (still.view(), still.stage().expect("a stage"));
    let words = (quorate::scene::text::Lang::En, quorate::scene::Theme::Light);
    let svg = quorate::still::thumbnail(&view, &stage, (400.0, 250.0), words);
    assert!(svg.starts_with("<svg ") && svg.contains("n3"), "{svg}");
}

// A message under the hand, and links that are pointed at.

#[wasm_bindgen_test(unsupported = test)]
fn a_message_is_pulled_along_its_own_path() {
    use quorate::scene::text::Lang;
    use quorate::scene::{ClusterScene, Frame, Grip, Layout, Pull, link_at};
    let mut lab = opened(RAFT);
    let note = until_flying(&mut lab, "RequestVote");
    let half = SimTime(u64::midpoint(note.sent_at.0, note.due_at.0));
    lab.update(Action::Seek(half));
    let (view, stage) = (lab.view(), lab.stage().expect("a stage"));
    let layout = Layout::of((900.0, 600.0), &stage.snapshot);
    let scene = ClusterScene::new(&stage.snapshot, stage.at, &view.names, view.about, Lang::En);
    let mut frame = Frame::default();
    frame.draw(&scene, &layout);
    let place = frame.flights.iter().find(|(id, _)| *id == note.id).expect("drawn").1;
    let mut grip = Grip::take(&scene, &layout, note.id, place).expect("in flight");
    assert_eq!(grip.meant(), None, "a click is no pull");
    let from = layout.end(note.from).expect("on the stage").0;
    let to = layout.end(note.to).expect("on the stage").0;
    grip.pull(place.towards(from, 0.5));
    let Some(Pull::Later(by)) = grip.meant() else { panic!("{grip:?}") };
    let whole = note.due_at.since(note.sent_at);
    assert!(by.0 > whole.0 / 4 && by.0 < whole.0 * 4, "{by} for a way of {whole}");
    assert_eq!(by.0 % 100_000, 0, "{by} is easy to read");
    grip.pull(from);
    let Some(Pull::Later(most)) = grip.meant() else { panic!("{grip:?}") };
    assert!(most > by, "farther back is later");
    grip.pull(to);
    assert_eq!(grip.meant(), Some(Pull::Now));
    assert_eq!(Grip::take(&scene, &layout, u64::MAX, place), None);
    let (a, b) = (layout.nodes[0].place, layout.nodes[1].place);
    assert_eq!(link_at(&layout, a.towards(b, 0.5), 6.0), Some((NodeId(0), NodeId(1))));
    assert_eq!(link_at(&layout, quorate::scene::Point { x: 2.0, y: 2.0 }, 6.0), None);
}
