//! Every fault does what its documentation says.

use quorate::kernel::{Fact, NodeId, Ratio, Window};
use quorate::sim::{Cards, Cause, Delay, DiskMode, Input, LinkChange, Status, Target};
use wasm_bindgen_test::wasm_bindgen_test;

use super::echo::Echo;
use super::{
    N1, N2, N3, at, events, facts, heard, landed, ms, node, pings, run, silent, ticks, with, world,
};

fn total(world: &quorate::sim::World<Echo>, id: NodeId) -> Option<(u64, u64)> {
    world.node(id).map(|echo| (echo.total, echo.since_boot))
}

#[wasm_bindgen_test(unsupported = test)]
fn a_crash_loses_memory_and_keeps_the_disk() {
    let spec = with(vec![(55, Input::Crash(node(N2))), (105, Input::Restart(node(N2)))]);
    let mut world = world(spec);
    run(&mut world, at(54));
    assert_eq!(total(&world, N2), Some((5, 5)));
    let events = run(&mut world, at(200));
    assert_eq!(total(&world, N2), Some((14, 9)), "five ticks survived, nine came after");
    let boots = facts(&events, N2, |fact| *fact == Fact::Entered { era: 5 });
    assert_eq!(boots, [at(105).0]);
    assert_eq!(ticks(&events, N2)[0], at(115).0, "timers start anew");
}

#[wasm_bindgen_test(unsupported = test)]
fn messages_to_a_crashed_node_are_lost() {
    let events = events(with(vec![(55, Input::Crash(node(N2)))]), 200);
    let (lost, delivered) = landed(&events);
    let after = |notes: &[quorate::sim::FlightNote]| {
        notes.iter().filter(|note| note.to.node() == Some(N2) && note.sent_at >= at(55)).count()
    };
    assert_eq!(after(&delivered), 0);
    assert!(after(&lost) > 0);
    assert!(lost.iter().all(|note| note.lost == Some(Cause::Dead)));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_unsynced_disk_loses_what_was_saved_since() {
    let spec = with(vec![
        (35, Input::Disk(node(N2), DiskMode::Unsynced)),
        (65, Input::Crash(node(N2))),
        (70, Input::Restart(node(N2))),
        (95, Input::Crash(node(N2))),
        (100, Input::Restart(node(N2))),
    ]);
    let mut world = world(spec);
    run(&mut world, at(71));
    assert_eq!(total(&world, N2), Some((3, 0)));
    run(&mut world, at(101));
    assert_eq!(total(&world, N2), Some((3, 0)), "the disk stays unsynced through a restart");
}

#[wasm_bindgen_test(unsupported = test)]
fn syncing_a_disk_saves_what_is_in_memory() {
    let spec = with(vec![
        (35, Input::Disk(node(N2), DiskMode::Unsynced)),
        (65, Input::Disk(node(N2), DiskMode::Synced)),
        (66, Input::Crash(node(N2))),
        (67, Input::Restart(node(N2))),
    ]);
    let mut world = world(spec);
    run(&mut world, at(68));
    assert_eq!(total(&world, N2), Some((6, 0)));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_pause_defers_everything_and_keeps_its_order() {
    let spec = with(vec![(25, Input::Pause(node(N2))), (65, Input::Resume(node(N2)))]);
    let events = events(spec, 100);
    assert_eq!(&ticks(&events, N2)[..3], [at(10).0, at(20).0, at(65).0], "one tick waited");
    assert_eq!(ticks(&events, N2)[3], at(75).0);
    let during: Vec<u64> = pings(&events, N2);
    assert!(during.iter().all(|t| *t <= at(25).0 || *t >= at(65).0));
    // At 30 ms its own tick was due; then, every 10 ms, pings from both others arrived.
    let woken: Vec<String> = events
        .iter()
        .filter(|event| event.at == at(65))
        .flat_map(|event| event.facts.iter().filter(|(id, _)| *id == N2))
        .map(|(_, fact)| match fact {
            Fact::Committed { .. } => "tick".to_owned(),
            Fact::Voted { era, candidate } => format!("{candidate}:{era}"),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(woken, ["tick", "n1:3", "n3:3", "n1:4", "n3:4", "n1:5", "n3:5", "n1:6", "n3:6"]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_paused_node_can_crash_and_then_nothing_that_waited_arrives() {
    let spec = with(vec![
        (25, Input::Pause(node(N2))),
        (45, Input::Crash(node(N2))),
        (50, Input::Restart(node(N2))),
        (52, Input::Resume(node(N2))),
    ]);
    let events = events(spec, 59);
    let (lost, _) = landed(&events);
    assert_eq!(lost.len(), 4, "two pings each of 30 and 40 ms");
    assert!(lost.iter().all(|note| note.lost == Some(Cause::Dead)));
    assert_eq!(ticks(&events, N2), [at(10).0, at(20).0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn drift_changes_timers_by_its_ratio() {
    let spec = silent(with(vec![
        (100, Input::Drift(node(N1), 250_000)),
        (100, Input::Drift(node(N2), -500_000)),
    ]));
    let events = events(spec, 200);
    let gaps = |id| {
        let ticks = ticks(&events, id);
        let late = ticks.into_iter().filter(|t| *t >= at(100).0).collect::<Vec<_>>();
        late.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
    };
    assert!(gaps(N1).iter().all(|gap| *gap == 8_000_000), "{:?}", gaps(N1));
    assert!(gaps(N2).iter().all(|gap| *gap == 20_000_000), "{:?}", gaps(N2));
    assert!(gaps(N3).iter().all(|gap| *gap == 10_000_000));
}

#[wasm_bindgen_test(unsupported = test)]
fn drift_re_times_what_is_armed() {
    let spec = silent(with(vec![
        (4, Input::Drift(node(N1), 1_000_000)),
        (4, Input::Drift(node(N2), -500_000)),
    ]));
    let events = events(spec, 30);
    assert_eq!(ticks(&events, N1)[0], at(7).0, "six left, twice as fast");
    assert_eq!(ticks(&events, N2)[0], at(16).0, "six left, half as fast");
}

#[wasm_bindgen_test(unsupported = test)]
fn skew_moves_the_clock_and_no_timer() {
    let spec = silent(with(vec![(15, Input::Skew(node(N1), -3_000_000))]));
    let mut world = world(spec);
    let events = run(&mut world, at(30));
    assert_eq!(ticks(&events, N1), [at(10).0, at(20).0, at(30).0]);
    assert_eq!(world.snapshot(Cards::None).nodes[0].skew, -3_000_000);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_partition_stops_messages_between_groups_until_healed() {
    let spec = with(vec![(25, Input::Partition(vec![vec![N1, N2]])), (65, Input::Heal)]);
    let events = events(spec, 100);
    let until = |t: u64| events.iter().filter(|e| e.at <= at(t)).cloned().collect::<Vec<_>>();
    assert_eq!(heard(&until(64), N3, 25), []);
    assert_eq!(heard(&until(64), N1, 25), [N2]);
    assert_eq!(heard(&events, N3, 65), [N1, N2]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_partition_catches_messages_on_their_way() {
    let spec = with(vec![]);
    let mut late = spec.clone();
    let mid = quorate::kernel::SimTime(10_500_000);
    late.inputs = vec![(mid, Input::Partition(vec![vec![N1], vec![N2, N3]]))];
    let (lost, _) = landed(&events(late, 12));
    assert_eq!(lost.len(), 4, "what left at 10 ms had not landed by 10.5 ms");
    assert!(lost.iter().all(|note| note.lost == Some(Cause::Cut)));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_new_partition_replaces_the_old_one_but_not_a_cut() {
    let spec = with(vec![
        (1, Input::Cut(vec![N1], vec![N2])),
        (2, Input::Partition(vec![vec![N1, N2]])),
        (3, Input::Partition(vec![vec![N3, N2]])),
    ]);
    let events = events(spec, 100);
    assert_eq!(heard(&events, N3, 0), [N2]);
    assert_eq!(heard(&events, N1, 0), []);
    assert_eq!(heard(&events, N2, 0), [N3]);
    let spec = with(vec![
        (1, Input::Cut(vec![N1], vec![N2])),
        (2, Input::Partition(vec![vec![N1, N2], vec![N3]])),
    ]);
    assert_eq!(heard(&super::events(spec, 100), N2, 0), [], "the cut is still there");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cut_works_one_way() {
    let events = events(with(vec![(1, Input::Cut(vec![N1], vec![N2, N3]))]), 50);
    assert_eq!(heard(&events, N2, 0), [N3]);
    assert_eq!(heard(&events, N1, 0), [N2, N3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_isolated_node_reaches_nobody_and_outlives_a_partition() {
    let spec =
        with(vec![(1, Input::Isolate(node(N1))), (2, Input::Partition(vec![vec![N1, N2, N3]]))]);
    let mut world = world(spec);
    let events = run(&mut world, at(50));
    assert_eq!(heard(&events, N1, 0), []);
    assert_eq!(heard(&events, N2, 0), [N3]);
    let snapshot = world.snapshot(Cards::None);
    let isolated: Vec<bool> = snapshot.nodes.iter().map(|view| view.isolated).collect();
    assert_eq!(isolated, [true, false, false]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_changes_alone_and_keeps_earlier_changes() {
    let slow = Delay::Even(Window::exactly(ms(5)));
    let change = |loss, delay| LinkChange { loss, delay, ..LinkChange::default() };
    let link =
        |change| Input::Link { from: N1.into_party(), to: N2.into_party(), both: false, change };
    let spec = with(vec![
        (1, link(change(None, Some(slow)))),
        (35, link(change(Some(Ratio::ONE), None))),
        (65, link(change(Some(Ratio::ZERO), None))),
        (95, Input::Heal),
    ]);
    let (lost, delivered) = landed(&events(spec, 120));
    assert!(lost.iter().all(|note| (note.from.node(), note.to.node()) == (Some(N1), Some(N2))));
    // Both the pings of N1 and its answers to the pings of N2 go that way.
    assert_eq!(lost.len(), 6, "ticks at 40, 50 and 60 ms");
    for note in delivered {
        let slow =
            (note.from.node(), note.to.node()) == (Some(N1), Some(N2)) && note.sent_at < at(95);
        let took = note.due_at.since(note.sent_at);
        assert_eq!(took, if slow { ms(5) } else { ms(1) }, "{note:?}");
    }
}

trait IntoParty {
    fn into_party(self) -> quorate::kernel::Party;
}

impl IntoParty for NodeId {
    fn into_party(self) -> quorate::kernel::Party {
        quorate::kernel::Party::Node(self)
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_network_loses_and_doubles_about_as_many_as_told() {
    let change = LinkChange {
        loss: Some(Ratio::percent(20)),
        duplicate: Some(Ratio::percent(10)),
        ..LinkChange::default()
    };
    let events = events(with(vec![(0, Input::Network(change))]), 20_000);
    let (lost, delivered) = landed(&events);
    assert!(lost.iter().all(|note| note.lost == Some(Cause::Chance)));
    // Pings: 2,000 ticks of three nodes to two others. A fifth is lost, a tenth of the rest
    // doubled.
    let pings = delivered.iter().filter(|note| note.face.name == "Ping").count();
    let expected = 12_000.0 * 0.8 * 1.1;
    assert!((pings as f64 - expected).abs() < 0.03 * expected, "{pings} of {expected}");
}

#[wasm_bindgen_test(unsupported = test)]
fn reordering_lets_messages_fall_behind() {
    let order = |reorder| {
        let window = Window::between(ms(8), ms(12));
        let change =
            LinkChange { reorder, delay: Some(Delay::Even(window)), ..LinkChange::default() };
        let (_, delivered) = landed(&events(with(vec![(0, Input::Network(change))]), 2_000));
        let ours = delivered.iter().filter(|note| {
            (note.from.node(), note.to.node(), note.face.name) == (Some(N1), Some(N2), "Ping")
        });
        let ids: Vec<u64> = ours.map(|note| note.id).collect();
        ids.windows(2).filter(|pair| pair[1] < pair[0]).count()
    };
    assert_eq!(order(None), 0, "10 ms apart, at most 4 ms of difference");
    assert!(order(Some(Ratio::percent(30))) > 10);
}

#[wasm_bindgen_test(unsupported = test)]
fn targets_are_named_when_the_input_strikes() {
    let spec = silent(with(vec![
        (1, Input::Crash(Target::Any)),
        (2, Input::Crash(Target::Any)),
        (3, Input::Crash(Target::Any)),
        (4, Input::Crash(Target::Any)),
        (5, Input::Restart(Target::Any)),
        (6, Input::Restart(Target::All)),
    ]));
    let mut world = world(spec);
    let struck: Vec<Vec<NodeId>> = run(&mut world, at(6))
        .into_iter()
        .filter_map(|event| match event.what {
            quorate::sim::Happening::Input { struck, .. } => Some(struck),
            _ => None,
        })
        .collect();
    let mut down: Vec<NodeId> = struck[..3].concat();
    assert_eq!(struck[3], [], "nobody was left to crash");
    assert_eq!(struck[4], [down[0]], "the one that crashed first comes back first");
    down.sort_unstable();
    assert_eq!(down, [N1, N2, N3]);
    assert_eq!(struck[5].len(), 2);
    let up = world.snapshot(Cards::None).nodes.iter().all(|view| view.status == Status::Up);
    assert!(up);
}

#[wasm_bindgen_test(unsupported = test)]
fn inputs_for_nodes_that_do_not_exist_strike_nobody() {
    let nobody = Target::Node(NodeId(40));
    let spec = with(vec![
        (1, Input::Crash(nobody)),
        (2, Input::Restart(nobody)),
        (3, Input::Pause(nobody)),
        (4, Input::Fire(nobody, "tick".to_owned())),
        (5, Input::Isolate(nobody)),
        (6, Input::Partition(vec![vec![NodeId(40)], vec![N1]])),
        (7, Input::Heal),
    ]);
    let events = events(spec, 50);
    assert_eq!(ticks(&events, N1).len(), 5);
    assert_eq!(heard(&events, N1, 7), [N2, N3]);
}
