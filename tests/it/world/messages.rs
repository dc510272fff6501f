//! What a visitor may do with messages in flight: hold, release, drop, duplicate, delay, deliver.

use quorate::kernel::{Party, Span};
use quorate::sim::{Cards, Cause, Delay, FlightNote, Input, Matcher, NetworkSpec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, N3, at, events, landed, ms, node, run, silent, ticks, with, world};

fn pings_to(from: quorate::kernel::NodeId, to: quorate::kernel::NodeId) -> Matcher {
    Matcher {
        name: Some("Ping".to_owned()),
        from: Some(Party::Node(from)),
        to: Some(Party::Node(to)),
        ..Matcher::default()
    }
}

/// Pings take 4 ms here, so that a visitor can catch them at 12 ms.
fn slow(inputs: Vec<(u64, Input)>) -> quorate::sim::ClusterSpec {
    let delay = Delay::Even(quorate::kernel::Window::exactly(ms(4)));
    let mut spec = with(inputs);
    spec.network = NetworkSpec { client_delay: delay.clone(), delay, ..NetworkSpec::lan() };
    spec
}

/// Of the pings from N1 to N2: when each was delivered, or lost.
fn story(spec: quorate::sim::ClusterSpec, until: u64) -> Vec<(u64, u64, Option<Cause>)> {
    let (lost, delivered) = landed(&events(spec, until));
    let mut notes: Vec<FlightNote> = lost
        .into_iter()
        .chain(delivered)
        .filter(|note| note.face.name == "Ping")
        .filter(|note| (note.from.node(), note.to.node()) == (Some(N1), Some(N2)))
        .collect();
    notes.sort_by_key(|note| (note.due_at, note.id));
    let millis = |t: quorate::kernel::SimTime| t.0 / 1_000_000;
    notes.iter().map(|note| (millis(note.sent_at), millis(note.due_at), note.lost)).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_kind_is_held_until_released_and_later_ones_too() {
    let spec =
        slow(vec![(12, Input::Hold(pings_to(N1, N2))), (35, Input::Release(pings_to(N1, N2)))]);
    assert_eq!(story(spec, 50), [(10, 35, None), (20, 35, None), (30, 35, None), (40, 44, None)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_wider_release_undoes_a_narrower_hold() {
    let spec =
        slow(vec![(12, Input::Hold(pings_to(N1, N2))), (35, Input::Release(Matcher::default()))]);
    assert_eq!(story(spec, 50).last(), Some(&(40, 44, None)));
    let other = Matcher { to: Some(Party::Node(N3)), ..Matcher::default() };
    let spec = slow(vec![(12, Input::Hold(pings_to(N1, N2))), (35, Input::Release(other))]);
    assert_eq!(story(spec, 50), []);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_chosen_flight_is_held_alone() {
    let chosen = |id| Matcher { id: Some(id), ..Matcher::default() };
    let free = story(slow(vec![]), 50);
    let mut world = world(slow(vec![]));
    run(&mut world, at(12));
    let flights = world.snapshot(Cards::None).flights;
    let ours = flights
        .iter()
        .find(|flight| (flight.note.from.node(), flight.note.to.node()) == (Some(N1), Some(N2)));
    let id = ours.expect("sent at 10 ms").note.id;
    let spec = slow(vec![(12, Input::Hold(chosen(id))), (42, Input::Release(chosen(id)))]);
    let mut expected = free.clone();
    expected.retain(|it| it.0 != 10);
    expected.push((10, 42, None));
    expected.sort_by_key(|it| it.1);
    assert_eq!(story(spec, 50), expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_dropped_message_ends_at_once() {
    let spec = slow(vec![(12, Input::Drop(pings_to(N1, N2)))]);
    assert_eq!(story(spec, 30), [(10, 12, Some(Cause::Dropped)), (20, 24, None)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_duplicated_message_arrives_twice() {
    let spec = slow(vec![(12, Input::Duplicate(pings_to(N1, N2)))]);
    assert_eq!(story(spec, 20), [(10, 14, None), (12, 14, None)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_delayed_message_arrives_later_and_only_so_many_are() {
    let spec = slow(vec![(12, Input::Delay(pings_to(N1, N2), ms(20)))]);
    assert_eq!(story(spec, 35), [(20, 24, None), (10, 34, None), (30, 34, None)]);
    let one = Matcher { name: Some("Ping".to_owned()), count: Some(1), ..Matcher::default() };
    let (_, delivered) = landed(&events(slow(vec![(12, Input::Delay(one, ms(20)))]), 15));
    assert_eq!(delivered.iter().filter(|note| note.face.name == "Ping").count(), 5);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_can_be_delivered_now() {
    let spec = slow(vec![(12, Input::Deliver(pings_to(N1, N2)))]);
    assert_eq!(story(spec, 20), [(10, 12, None)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_timer_can_be_fired_now() {
    let spec = silent(with(vec![(13, Input::Fire(node(N1), "tick".to_owned()))]));
    let events = events(spec, 40);
    assert_eq!(ticks(&events, N1), [at(10).0, at(13).0, at(23).0, at(33).0]);
    assert_eq!(ticks(&events, N2), [at(10).0, at(20).0, at(30).0, at(40).0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_waits_for_a_paused_node_can_be_dropped_without_harm_to_others() {
    // While pings wait for N2, they are dropped; their places in the world are taken by new
    // flights, which must not be hurried when N2 goes on.
    let spec = slow(vec![
        (5, Input::Pause(node(N2))),
        (15, Input::Drop(Matcher { to: Some(Party::Node(N2)), ..Matcher::default() })),
        (21, Input::Resume(node(N2))),
    ]);
    let (_, delivered) = landed(&events(spec, 60));
    for note in delivered {
        assert!(note.due_at.since(note.sent_at) >= ms(4), "{note:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_waits_for_a_paused_node_can_be_held() {
    let to_n2 = || Matcher { to: Some(Party::Node(N2)), ..Matcher::default() };
    let spec = slow(vec![
        (5, Input::Pause(node(N2))),
        (16, Input::Hold(to_n2())),
        (25, Input::Resume(node(N2))),
        (55, Input::Release(to_n2())),
    ]);
    let story = story(spec, 60);
    assert!(story.iter().all(|it| it.1 >= 55), "{story:?}");
    assert_eq!(story.len(), 5);
}

#[wasm_bindgen_test(unsupported = test)]
fn even_delays_lie_in_their_window() {
    let mut spec = with(vec![]);
    let window = quorate::kernel::Window::between(Span::micros(700), ms(3));
    spec.network.delay = Delay::Even(window);
    let (_, delivered) = landed(&events(spec, 5_000));
    let took: Vec<u64> = delivered.iter().map(|note| note.due_at.since(note.sent_at).0).collect();
    assert!(took.iter().all(|span| (window.min.0..=window.max.0).contains(span)));
    let mean = took.iter().sum::<u64>() as f64 / took.len() as f64;
    assert!((mean - 1_850_000.0).abs() < 40_000.0, "{mean}");
}

#[wasm_bindgen_test(unsupported = test)]
fn presets_have_the_means_they_cite() {
    let mean = |name: &str, from: u64| {
        let mut spec = with(vec![]);
        spec.network = NetworkSpec::named(name).expect("a preset");
        let (_, delivered) = landed(&events(spec, 20_000));
        let ours = delivered.iter().filter(|note| {
            (note.from.node(), note.to.node())
                == (Some(N1), Some(quorate::kernel::NodeId(from as u32)))
        });
        let took: Vec<f64> =
            ours.map(|note| note.due_at.since(note.sent_at).as_millis_f64()).collect();
        took.iter().sum::<f64>() / took.len() as f64
    };
    let near = |found: f64, wanted: f64| assert!((found / wanted - 1.0).abs() < 0.05, "{found}");
    // 0.9122 of a Pareto law with mean 0.235 * 10 / 9, the rest exponential with mean 0.602.
    near(mean("lan", 1), 0.9122 * 0.235 * 10.0 / 9.0 + 0.0878 * 0.602);
    near(mean("wan", 1), 35.0);
    near(mean("geo", 1), 61.5 + 2.0);
    near(mean("geo", 2), 71.0 + 2.0);
    near(mean("iot", 1), 837.0);
}
