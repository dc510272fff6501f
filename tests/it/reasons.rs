//! Why this server: what is told of a choice is what the choice rested on.

use quorate::catalog;
use quorate::kernel::{Fact, NodeId, Op, SimTime, Span};
use quorate::lab::{Action, Lab, Selection};
use quorate::script;
use quorate::sim::{OpNote, Timeline};
use wasm_bindgen_test::wasm_bindgen_test;

fn text(strategy: &str) -> String {
    format!(
        "balance {strategy} servers=5 seed=9 balancers=2\nservers s1 x3, s2..s5 x1\n\
         clients 3 keys=50\narrivals poisson load=80%\nat 600ms slow s2 x4\nrun 1500ms\n"
    )
}

/// A choice: event, instant, balancer, server, key.
type Choice = (u64, SimTime, NodeId, NodeId, u64);

/// A run of `strategy` and every choice made in it.
fn run(strategy: &str) -> (Timeline, Vec<Choice>) {
    let plan = script::plan(&text(strategy)).expect("a good text");
    let mut timeline =
        Timeline::new(plan.build().expect("a good plan"), plan.until, plan.events_max);
    let (mut keys, mut choices) = (Vec::new(), Vec::new());
    timeline.extend(100_000, |cluster| {
        let last = cluster.last();
        for op in &last.ops {
            if let OpNote::Invoked(_, Op::Work { key, .. }) = op {
                keys.push(*key);
            }
        }
        for (by, fact) in &last.facts {
            if let Fact::Picked { request, server } = fact {
                let key = keys[request.serial as usize - 1];
                choices.push((last.index, last.at, *by, *server, key));
            }
        }
    });
    (timeline, choices)
}

#[wasm_bindgen_test(unsupported = test)]
fn every_choice_of_every_strategy_comes_out_again() {
    for about in catalog::strategies() {
        let (timeline, choices) = run(about.id);
        assert!(choices.len() > 300, "{}: {}", about.id, choices.len());
        for (event, at, by, server, key) in choices.iter().step_by(17) {
            let before = timeline.before(*event);
            assert_eq!(before.last().index, event - 1);
            let weighing = before.weigh(*by, *at, *key).expect("a balancer");
            assert_eq!(weighing.order.first(), Some(server), "{} at {event}", about.id);
            assert_eq!(weighing.candidates.len(), 5);
            let up = weighing.candidates.iter().filter(|it| it.up).count();
            let mut order = weighing.order.clone();
            order.sort_unstable();
            order.dedup();
            assert_eq!(order.len(), up, "{}: each that is up has a place", about.id);
            assert_eq!(before.weigh(NodeId(4), *at, *key), None, "a server sends nobody anywhere");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn two_choices_look_at_two_servers_and_take_the_less_loaded() {
    let (timeline, choices) = run("p2c");
    for (event, at, by, server, key) in choices.iter().step_by(11) {
        let weighing = timeline.before(*event).weigh(*by, *at, *key).expect("a balancer");
        let looked: Vec<_> = weighing.candidates.iter().filter(|it| it.looked_at).collect();
        assert_eq!(looked.len(), 2);
        let load = |it: &quorate::kernel::Candidate| f64::from(it.in_flight) / f64::from(it.weight);
        let taken = looked.iter().find(|it| it.node == *server).expect("one of the two");
        assert!(looked.iter().all(|it| load(it) >= load(taken)));
    }
}

/// In flight is counted as of the choice: without the request that it sent.
#[wasm_bindgen_test(unsupported = test)]
fn what_is_shown_is_what_was_in_flight_before_the_request() {
    let (timeline, choices) = run("least-connections");
    let (first, at, by, _, key) = choices[0];
    let weighing = timeline.before(first).weigh(by, at, key).expect("a balancer");
    assert!(weighing.candidates.iter().all(|it| it.in_flight == 0));
    let own = choices.iter().filter(|choice| choice.2 == by).nth(1).expect("a second one");
    let weighing = timeline.before(own.0).weigh(by, own.1, own.4).expect("a balancer");
    let flying: u32 = weighing.candidates.iter().map(|it| it.in_flight).sum();
    assert!(flying <= 1, "at most the one it sent before: {flying}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_laboratory_explains_the_last_choice_once_it_stands_still() {
    let mut lab = Lab::new();
    lab.update(Action::Open(text("peak-ewma")));
    lab.update(Action::Seek(SimTime::ZERO + Span::millis(900)));
    let playing = lab.view().pool.clone().expect("a pool");
    assert!(playing.why.is_none() && !playing.picks.is_empty());
    lab.update(Action::Pause);
    let pool = lab.view().pool.clone().expect("a pool");
    let why = pool.why.as_ref().expect("it stands still");
    assert_eq!(why.pick, pool.picks[0]);
    assert!(why.sure && why.some);
    assert!(why.candidates.iter().all(|it| it.seen.score.is_some()));
    assert_eq!(why.candidates.iter().filter(|it| it.chosen).count(), 1);
    let chosen = why.candidates.iter().find(|it| it.chosen).expect("one");
    assert_eq!((chosen.place, &chosen.name), (Some(1), &why.pick.server));
    // An earlier one, by its event.
    let earlier = pool.picks[5].clone();
    lab.update(Action::SeekEvent(earlier.event));
    let pool = lab.view().pool.clone().expect("a pool");
    assert_eq!(pool.why.as_ref().map(|why| &why.pick), Some(&earlier));
    // One that is still on its way, by its message.
    let snapshot = lab.view().snapshot.clone().expect("a run");
    let work = snapshot.flights.iter().find(|it| it.note.face.name == "Work").expect("one");
    lab.update(Action::Select(Some(Selection::Flight(work.note.id))));
    let pool = lab.view().pool.clone().expect("a pool");
    assert_eq!(pool.why.as_ref().map(|why| why.pick.at), Some(work.note.sent_at));
}
