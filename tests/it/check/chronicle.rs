//! What happened in a run, and what caused what.

use quorate::check::chronicle::{Chronicle, Cone, Focus, NEVER, NOBODY, Query, Spot, State, What};
use quorate::kernel::{Role, SimTime, Span};
use quorate::script;
use quorate::sim::Happening;
use wasm_bindgen_test::wasm_bindgen_test;

/// The chronicle of the first events of a scenario.
pub fn chronicle(text: &str, events: u32) -> Chronicle {
    let plan = script::plan(text).expect("the text is understood");
    let mut world = plan.build().expect("the world can be built");
    let mut chronicle = Chronicle::new();
    chronicle.watch(&*world);
    while chronicle.events() < events && world.next_at().is_some_and(|at| at <= plan.until) {
        if !world.step() {
            break;
        }
        chronicle.watch(&*world);
    }
    chronicle
}

const CRASH: &str = "cluster raft nodes=5 seed=7 network=wan\nclients 2 every=300ms\n\
                     at 1.5s crash leader\nat 2s partition n1 n2 | n3 n4 n5\n\
                     at 3s heal\nat 3.2s restart all\nat 3.5s pause n2\nat 4s resume n2\nrun 6s\n";

#[wasm_bindgen_test(unsupported = test)]
fn it_agrees_with_the_world_event_by_event() {
    let plan = script::plan(CRASH).expect("the text is understood");
    let mut world = plan.build().expect("the world can be built");
    let mut chronicle = Chronicle::new();
    chronicle.watch(&*world);
    while world.now() < plan.until && world.step() {
        chronicle.watch(&*world);
        let (event, last) = (chronicle.events() - 1, world.last());
        assert_eq!(u64::from(event), last.index);
        assert_eq!(chronicle.time(event), last.at);
        assert_eq!(chronicle.sent_by(event).len(), last.sent.len());
        match (&last.what, chronicle.what(event)) {
            (Happening::Delivered(note), What::Delivered(id))
            | (Happening::Lost(note), What::Lost(id)) => {
                assert_eq!(u64::from(id) + 1, note.id);
                let message = chronicle.message(id).expect("it was sent");
                assert_eq!(chronicle.time(message.sent), note.sent_at);
                assert_eq!((message.ended, message.lost), (event, note.lost));
                let face = chronicle.kinds()[usize::from(message.kind)].face;
                assert_eq!(face, note.face);
            }
            (Happening::TimerFired { name, .. }, What::Timer(known)) => assert_eq!(*name, known),
            (Happening::Input { index, .. }, What::Input(known)) => assert_eq!(*index, known),
            (Happening::ClientActed(_), What::Client) => {}
            other => panic!("{other:?}"),
        }
        for (node, lane) in chronicle.lanes().iter().take(5).enumerate() {
            let now = lane.at(event).expect("every node is something from the start");
            match world.part(quorate::kernel::NodeId::at(node)) {
                Some((role, era)) => assert_eq!((now.role, now.era), (role, era)),
                None => assert_eq!(now.state, State::Crashed),
            }
        }
    }
    assert!(chronicle.events() > 500);
    assert!(chronicle.lanes()[1].changes().iter().any(|it| it.state == State::Paused));
    assert!(chronicle.eras().iter().any(|mark| mark.won));
    let leads = |lane: &quorate::check::chronicle::Lane| {
        lane.changes().iter().any(|it| it.role == Role::Leader)
    };
    assert!(chronicle.lanes().iter().filter(|lane| leads(lane)).count() >= 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_partition_lies_between_the_nodes_it_parts() {
    let chronicle = chronicle(CRASH, NEVER);
    let second = |s: u64| SimTime::ZERO + Span::secs(s);
    let gaps = chronicle.gaps();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!((gaps[0].above, gaps[0].both), (1, true));
    assert_eq!(chronicle.time(gaps[0].from), second(2));
    assert_eq!(chronicle.time(gaps[0].to), second(3));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_window_holds_what_was_on_its_way_when_it_began() {
    let chronicle = chronicle(CRASH, NEVER);
    for start in (0..chronicle.events()).step_by(37) {
        let window = start..(start + 20).min(chronicle.events());
        let (sent, mut before) = chronicle.on_the_way(&window, usize::MAX);
        before.reverse();
        let naive = (0..chronicle.messages()).filter(|id| {
            let message = chronicle.message(*id).expect("it was sent");
            message.sent < window.start && message.ended >= window.start
        });
        assert_eq!(before, naive.collect::<Vec<_>>());
        for id in sent {
            let message = chronicle.message(id).expect("it was sent");
            assert!(window.contains(&message.sent));
        }
    }
}

/// Happens-before by definition: every event at a lane is a point, with an edge from the point
/// before at the same lane and one from the sending of what it handled. What can be reached
/// forwards or backwards.
fn naive(chronicle: &Chronicle, from: Spot, forwards: bool) -> Vec<Spot> {
    let mut points = Vec::new();
    for (lane, line) in chronicle.lanes().iter().enumerate() {
        points.extend(line.events().iter().map(|event| Spot { event: *event, lane: lane as u16 }));
    }
    let mut edges = Vec::new();
    for (a, b) in points.iter().zip(points.iter().skip(1)) {
        if a.lane == b.lane {
            edges.push((*a, *b));
        }
    }
    for id in 0..chronicle.messages() {
        let message = chronicle.message(id).expect("it was sent");
        if message.lost.is_none() && message.ended != NEVER {
            let sent = Spot { event: message.sent, lane: message.from };
            edges.push((sent, Spot { event: message.ended, lane: message.to }));
        }
    }
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(here) = reached.get(next).copied() {
        next += 1;
        for (a, b) in &edges {
            let (a, b) = if forwards { (a, b) } else { (b, a) };
            if *a == here && !reached.contains(b) {
                reached.push(*b);
            }
        }
    }
    reached
}

fn agrees_with_the_definition(text: &str, events: u32, pick: u32) {
    let chronicle = chronicle(text, events);
    let event = pick % chronicle.events();
    let lanes = chronicle.lanes().iter().enumerate();
    let here = lanes.filter(|(_, line)| line.events().contains(&event));
    for lane in here.map(|(lane, _)| lane as u16).collect::<Vec<_>>() {
        let spot = Spot { event, lane };
        let cone = Cone::of(&chronicle, Focus::Event(spot)).expect("it happened");
        let (past, future) = (naive(&chronicle, spot, false), naive(&chronicle, spot, true));
        for (lane, line) in chronicle.lanes().iter().enumerate() {
            for event in line.events() {
                let other = Spot { event: *event, lane: lane as u16 };
                assert_eq!(cone.led_here(other), past.contains(&other), "{spot:?} after {other:?}");
                assert_eq!(cone.comes_of(other), future.contains(&other), "{other:?} of {spot:?}");
            }
        }
        assert_eq!(cone.past(&chronicle).0, past.len() - 1);
        assert_eq!(cone.future(&chronicle).0, future.len() - 1);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cone_is_happens_before() {
    for pick in [0, 1, 7, 60, 133, 150, 251] {
        agrees_with_the_definition(CRASH, 300, pick);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod random {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_cone_is_happens_before(
            entry in prop::sample::select(vec!["raft", "paxos", "multi-paxos", "zab", "abd"]),
            seed in 0u64..1_000_000,
            nodes in 1u32..6,
            fault in prop::sample::select(vec![
                "at 300ms crash any", "at 300ms partition n1 | n2 n3", "at 200ms isolate any",
                "at 400ms pause any", "network loss=20% duplicate=10%",
            ]),
            pick in any::<u32>(),
        ) {
            let text = format!(
                "cluster {entry} nodes={} seed={seed}\nclients 2 every=100ms\n{fault}\nrun 2s\n",
                nodes.max(3)
            );
            super::agrees_with_the_definition(&text, 220, pick);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_chain_of_triggers_leads_from_message_to_message() {
    let chronicle = chronicle(CRASH, NEVER);
    let won = chronicle.eras().iter().find(|mark| mark.won).expect("somebody leads");
    let cone = Cone::of(&chronicle, Focus::Event(Spot { event: won.event, lane: won.lane }));
    let cone = cone.expect("it happened");
    let why: Vec<What> = cone.why().iter().map(|spot| chronicle.what(spot.event)).collect();
    // A vote was granted because it was asked for, because a timer went off.
    assert!(matches!(why[..], [What::Delivered(_), What::Delivered(_), What::Timer(_)]), "{why:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_comes_of_a_lost_message() {
    let chronicle = chronicle(CRASH, NEVER);
    let lost =
        (0..chronicle.events()).find(|event| matches!(chronicle.what(*event), What::Lost(_)));
    let focus = chronicle.focus(lost.expect("some are lost")).expect("it is about a message");
    assert!(matches!(focus, Focus::Message(_)));
    let cone = Cone::of(&chronicle, focus).expect("it was sent");
    assert_eq!(cone.future(&chronicle).0, 0);
    assert!(cone.past(&chronicle).0 > 0);
    assert!(Cone::of(&chronicle, Focus::Message(NEVER)).is_none());
    let nowhere = Spot { event: NEVER, lane: NOBODY };
    assert!(Cone::of(&chronicle, Focus::Event(nowhere)).is_none());
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_searched_for_is_found_around_the_ends() {
    let text = "cluster raft nodes=3 seed=7\nat 1s request put colour=blue\nrun 2s\n";
    let chronicle = chronicle(text, NEVER);
    let names: Vec<String> = (1..=3).map(|node| format!("n{node}")).collect();
    let query = |text: &str| Query::new(&chronicle, text, &names).expect("there are words");
    assert!(Query::new(&chronicle, "  ", &names).is_none());
    let all = |query: &Query| {
        (0..chronicle.events()).filter(|event| query.event(&chronicle, *event)).collect::<Vec<_>>()
    };
    let votes = all(&query("requestvote"));
    assert!(!votes.is_empty());
    for event in &votes {
        let What::Delivered(id) = chronicle.what(*event) else { panic!("no message") };
        let kind = chronicle.message(id).expect("it was sent").kind;
        assert!(chronicle.kinds()[usize::from(kind)].face.name.contains("RequestVote"));
    }
    let both = all(&query("RequestVote n1"));
    assert!(both.len() < votes.len() && both.iter().all(|event| votes.contains(event)));
    let value = all(&query("blue"));
    assert!(!value.is_empty(), "the value is spoken of");
    let second = SimTime::ZERO + Span::secs(1);
    assert!(value.iter().all(|event| chronicle.time(*event) >= second));
    let found = query("blue").next(&chronicle, chronicle.events() - 1, false);
    assert_eq!(found, value.first().copied());
    let last = query("blue").next(&chronicle, 0, true);
    assert_eq!(last, value.last().copied());
    assert_eq!(query("unheard-of").next(&chronicle, 0, false), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn clients_wait_from_asking_to_answer() {
    let chronicle = chronicle(CRASH, NEVER);
    let waits = chronicle.lanes()[5].waits();
    assert!(waits.len() > 5);
    let ended = waits.iter().filter(|wait| wait.to != NEVER);
    assert!(ended.clone().count() > 3);
    assert!(ended.clone().all(|wait| wait.from < wait.to));
    assert!(waits.iter().all(|wait| chronicle.op(wait).is_some()));
}
