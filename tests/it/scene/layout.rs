//! Places: nothing overlaps, nothing leaves the stage, what is pointed at is found.

use std::rc::Rc;

use quorate::catalog;
use quorate::kernel::{ClientId, Knobs, NodeId};
use quorate::scene::balance::PoolLayout;
use quorate::scene::list::at;
use quorate::scene::text::Lang;
use quorate::scene::{ClusterScene, Frame, Layout, Target, bench_frame};
use quorate::script::limit;
use quorate::sim::{Cards, ClusterSpec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::sample;

/// A phone, an embed, the workbench, a wide window.
const SIZES: [(f64, f64); 4] = [(390.0, 353.0), (720.0, 324.0), (792.0, 500.0), (1_900.0, 900.0)];

#[wasm_bindgen_test(unsupported = test)]
fn nodes_stand_apart_and_inside() {
    for size in SIZES {
        for count in 1..=99 {
            let layout = Layout::new(size, count, count % 5, &[]);
            assert_eq!(layout.nodes.len(), count);
            for (index, a) in layout.nodes.iter().enumerate() {
                let (x, y, reach) = (a.place.x, a.place.y, a.ring());
                let inside = x >= reach && y >= reach && x + reach <= size.0 && y + reach <= size.1;
                assert!(inside, "{size:?}: node {index} of {count} at {:?}", a.place);
                for (other, b) in layout.nodes.iter().enumerate().skip(index + 1) {
                    let apart = a.place.distance(b.place) - a.ring() - b.ring();
                    assert!(apart > 0.0, "{size:?}: nodes {index}, {other} of {count}: {apart}");
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn many_nodes_stay_inside() {
    for size in SIZES {
        let layout = Layout::new(size, 400, 0, &[]);
        for spot in &layout.nodes {
            assert!(spot.place.x > 0.0 && spot.place.x < size.0, "{:?}", spot.place);
            assert!(spot.place.y > 0.0 && spot.place.y < size.1, "{:?}", spot.place);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn five_nodes_are_as_large_as_drawn() {
    let radius = |size| Layout::new(size, 5, 1, &[]).nodes[0].radius as u32;
    assert_eq!(radius((792.0, 500.0)), 32);
    assert_eq!(radius((720.0, 324.0)), 26);
    assert_eq!(radius((390.0, 353.0)), 22);
}

#[wasm_bindgen_test(unsupported = test)]
fn clients_stand_clear_of_nodes() {
    for size in SIZES {
        for clients in 1..=8 {
            let layout = Layout::new(size, 5, clients, &[]);
            for door in &layout.clients {
                for spot in &layout.nodes {
                    let apart = spot.place.distance(door.place) - spot.ring() - door.half;
                    assert!(apart > 0.0, "{size:?}, {clients} clients: {door:?} {spot:?}");
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_split_drifts_apart_and_separates() {
    let cuts = sample::split(&[0, 1], &[2, 3, 4], sample::ms(900));
    let whole = Layout::new((792.0, 500.0), 5, 0, &[]);
    let split = Layout::new((792.0, 500.0), 5, 0, &cuts);
    let divide = split.divide.as_ref().expect("the cluster is split");
    assert_eq!(divide.lines.len(), 1);
    for (node, spot) in split.nodes.iter().enumerate() {
        let moved = spot.place.distance(whole.nodes[node].place);
        assert!((moved - 9.0).abs() < 1e-6, "node {node} moved {moved}");
        let group = split.groups.group_of(node) as usize;
        assert!(divide.has(group, spot.place) && !divide.has(1 - group, spot.place));
    }
    let crossing = divide.crosses(split.nodes[0].place, split.nodes[4].place);
    let within = divide.crosses(split.nodes[2].place, split.nodes[4].place);
    assert!(crossing && !within);
}

#[wasm_bindgen_test(unsupported = test)]
fn groups_that_are_mixed_on_the_ring_move_together() {
    let cuts = sample::split(&[0, 2], &[1, 3, 4], sample::ms(900));
    let split = Layout::new((792.0, 500.0), 5, 0, &cuts);
    let divide = split.divide.as_ref().expect("the cluster is split");
    for (node, spot) in split.nodes.iter().enumerate() {
        assert!(divide.has(split.groups.group_of(node) as usize, spot.place), "node {node}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn three_groups_have_three_parts() {
    let mut cuts = sample::split(&[0, 1], &[2, 3, 4, 5], sample::ms(1));
    cuts.extend(sample::split(&[2, 3], &[0, 1, 4, 5], sample::ms(1)));
    let split = Layout::new((792.0, 500.0), 6, 0, &cuts);
    let divide = split.divide.as_ref().expect("the cluster is split");
    assert_eq!((split.groups.count(), divide.lines.len()), (3, 3));
    for (node, spot) in split.nodes.iter().enumerate() {
        let own = split.groups.group_of(node) as usize;
        for part in 0..3 {
            assert_eq!(divide.has(part, spot.place), part == own, "node {node}, part {part}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cut_in_one_direction_splits_nothing() {
    let layout = Layout::of((900.0, 620.0), &sample::menagerie());
    assert_eq!(layout.groups.one_way(), &[(NodeId(0), NodeId(4))]);
    assert!(layout.divide.is_none());
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_pointed_at_is_found() {
    let (snapshot, _) = sample::two_halves();
    let names = sample::names(5);
    let layout = Layout::of((792.0, 500.0), &snapshot);
    let mut frame = Frame::default();
    let scene = ClusterScene::new(&snapshot, snapshot.at, &names, None, Lang::En);
    frame.draw(&scene, &layout);
    for (node, spot) in layout.nodes.iter().enumerate() {
        let hit = frame.hit(&layout, spot.place.by(8.0, -8.0));
        assert_eq!(hit, Some(Target::Node(NodeId(node as u32))));
    }
    assert_eq!(frame.flights.len(), snapshot.flights.len());
    for (id, place) in &frame.flights {
        assert_eq!(frame.hit(&layout, place.by(3.0, 2.0)), Some(Target::Flight(*id)));
    }
    let door = layout.clients[0].place;
    assert_eq!(frame.hit(&layout, door), Some(Target::Client(ClientId(0))));
    assert_eq!(frame.hit(&layout, at(780.0, 60.0)), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_moves_evenly_in_virtual_time() {
    let (mut snapshot, _) = sample::two_halves();
    snapshot.cuts.clear();
    snapshot.flights.truncate(3);
    snapshot.flights.remove(0);
    let names = sample::names(5);
    let layout = Layout::of((792.0, 500.0), &snapshot);
    let note = snapshot.flights[1].note;
    let whole = note.due_at.0 - note.sent_at.0;
    let mut frame = Frame::default();
    let mut places = Vec::new();
    for quarter in 0..=4 {
        let now = quorate::kernel::SimTime(note.sent_at.0 + whole * quarter / 4);
        let scene = ClusterScene::new(&snapshot, now, &names, None, Lang::En);
        frame.draw(&scene, &layout);
        let place = frame.flights.iter().find(|(id, _)| *id == note.id);
        places.push(place.expect("it is drawn").1);
    }
    // A quadratic curve at even shares: second differences are one constant vector.
    let second = |i: usize| {
        let (a, b, c) = (places[i], places[i + 1], places[i + 2]);
        (a.x - 2.0 * b.x + c.x, a.y - 2.0 * b.y + c.y)
    };
    for index in 1..3 {
        assert!((second(index).0 - second(0).0).abs() < 1e-6);
        assert!((second(index).1 - second(0).1).abs() < 1e-6);
    }
    assert!(places[0].distance(places[4]) > 50.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn servers_stand_in_rows() {
    let (snapshot, servers) = sample::pool();
    for size in [(390.0, 353.0), (1_124.0, 312.0), (1_800.0, 700.0)] {
        let layout = PoolLayout::of(size, &snapshot);
        assert_eq!(layout.servers.len(), servers.len());
        for pair in layout.servers.windows(2) {
            assert!((pair[1].1.y - pair[0].1.y - layout.step).abs() < 1e-6);
        }
        let last = layout.servers.last().expect("there are servers").1;
        assert!(last.y + layout.step / 2.0 <= size.1, "{size:?}: {last:?}");
        let frame = Frame::default();
        let hit = layout.hit(&frame, layout.servers[2].1.by(6.0, 0.0));
        assert_eq!(hit, Some(Target::Node(layout.servers[2].0)));
        let hit = layout.hit(&frame, layout.balancers[0].1);
        assert_eq!(hit, Some(Target::Node(NodeId(0))));
    }
}

/// The largest cluster there is: everybody has a place inside, and a frame has few enough shapes to
/// be drawn sixty times a second.
#[wasm_bindgen_test(unsupported = test)]
fn a_thousand_gossiping_nodes_have_a_picture() {
    let entry = catalog::find("gossip-kv").expect("an entry");
    let count = limit::nodes(entry.about);
    let spec = ClusterSpec::new(count, Knobs::defaults(entry.about.knobs), 1);
    let mut cluster = entry.build(Rc::new(spec)).expect("there are no given lines");
    for _ in 0..3_000 {
        assert!(cluster.step());
    }
    let snapshot = cluster.snapshot(Cards::None);
    let names = sample::names(count as usize);
    for size in SIZES {
        let layout = Layout::of(size, &snapshot);
        let mut frame = Frame::default();
        let scene = ClusterScene::new(&snapshot, snapshot.at, &names, None, Lang::En);
        frame.draw(&scene, &layout);
        assert!(
            layout.nodes.len() == 1_000
                && frame.base.shapes().len() + frame.live.shapes().len() < 5_000,
            "{size:?}"
        );
        for spot in &layout.nodes {
            let (x, y) = (spot.place.x, spot.place.y);
            assert!(x > 0.0 && x < size.0 && y > 0.0 && y < size.1, "{size:?}: {:?}", spot.place);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn crowds_are_drawn_in_few_shapes() {
    assert!(bench_frame(5, 20) > 20);
    let crowd = bench_frame(200, 2_000);
    assert!(crowd > 200 && crowd < 2_000, "{crowd} shapes");
    assert!(bench_frame(1_000, 100_000) < 5_000);
}

/// What is down is still what it was: the pool keeps its rows and its balancers.
#[wasm_bindgen_test(unsupported = test)]
fn a_crashed_server_keeps_its_row_and_a_crashed_balancer_its_place() {
    for (balancers, servers) in [(1, 6), (3, 4)] {
        let text = format!(
            "balance p2c servers={servers} balancers={balancers} seed=3\nat 1s crash s2\n\
             at 1s crash s{servers}\nat 2s crash b1\nat 3s restart s2\nrun 4s\n"
        );
        let plan = quorate::script::plan(&text).expect("it is understood");
        let mut world = plan.build().expect("it is built");
        while world.next_at().is_some_and(|at| at <= plan.until) && world.step() {
            for cards in [Cards::None, Cards::All] {
                let layout = PoolLayout::of((960.0, 600.0), &world.snapshot(cards));
                let rows: Vec<u32> = layout.servers.iter().map(|(id, _)| id.0).collect();
                let all: Vec<u32> = (balancers..balancers + servers).collect();
                assert_eq!((rows, layout.balancers.len()), (all, balancers as usize));
            }
        }
    }
}
