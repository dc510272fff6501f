//! A run is its recipe: forks, inputs added while it runs, and what a finished world says.

use quorate::kernel::{KnobValue, Window};
use quorate::sim::{Cards, DiskMode, Given, Input, NetworkSpec};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, N3, at, cluster, ms, node, run, spec, with, world};

fn lively() -> quorate::sim::ClusterSpec {
    let mut spec = with(vec![(55, Input::Crash(node(N2))), (90, Input::Restart(node(N2)))]);
    spec.knobs.set("tick", KnobValue::Range(Window::between(ms(5), ms(15))));
    spec.network = NetworkSpec::lan();
    spec
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fork_leaves_its_parent_untouched() {
    let mut parent = cluster(lively());
    for _ in 0..60 {
        parent.step();
    }
    let before = (parent.digest(), parent.state_digest(), parent.snapshot(Cards::All));
    let mut fork = parent.fork();
    fork.inject(Input::Crash(node(N1)));
    for _ in 0..200 {
        fork.step();
    }
    assert_eq!((parent.digest(), parent.state_digest(), parent.snapshot(Cards::All)), before);
    assert_eq!(parent.spec().inputs.len() + 1, fork.spec().inputs.len());
    let mut alone = cluster(lively());
    for _ in 0..260 {
        alone.step();
    }
    for _ in 0..200 {
        parent.step();
    }
    assert_eq!(parent.digest(), alone.digest(), "and goes on as if there were no fork");
}

#[wasm_bindgen_test(unsupported = test)]
fn an_injected_input_is_part_of_the_recipe() {
    for event in [0, 1, 17, 60, 61, 62, 63, 100] {
        let mut original = cluster(lively());
        for _ in 0..event {
            original.step();
        }
        original.inject(Input::Pause(node(N1)));
        original.inject(Input::Disk(node(N3), DiskMode::Unsynced));
        for _ in 0..150 {
            original.step();
        }
        original.inject(Input::Resume(node(N1)));
        for _ in 0..150 {
            original.step();
        }
        let mut again = cluster((**original.spec()).clone());
        while again.last().index < original.last().index && again.step() {}
        assert_eq!(again.digest(), original.digest(), "injected after event {event}");
        assert_eq!(again.state_digest(), original.state_digest());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn inputs_come_after_what_happens_at_their_instant() {
    // N1 ticks at 20 ms sharp, and is crashed at 20 ms sharp: it has ticked.
    let mut world = world(with(vec![(20, Input::Crash(node(N1)))]));
    let events = run(&mut world, at(40));
    assert_eq!(super::ticks(&events, N1), [at(10).0, at(20).0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_finished_world_still_says_what_was_last() {
    let mut spec = spec();
    spec.nodes = 1;
    spec.doors = 1;
    spec.inputs = vec![(at(15), Input::Crash(node(N1)))];
    let mut world = world(spec);
    while world.step() {}
    assert_eq!((world.last().index, world.last().at), (2, at(15)), "a tick and the crash");
    let last = world.last().clone();
    assert!(!world.step());
    assert_eq!(*world.last(), last);
    assert_eq!(world.snapshot(Cards::None).event, 2);
}

#[wasm_bindgen_test(unsupported = test)]
fn given_disks_are_booted_from() {
    let mut spec = spec();
    let given =
        |node, total: &str| Given { node, settings: vec![("total".to_owned(), total.to_owned())] };
    spec.given = vec![given(None, "3"), given(Some(N2), "40")];
    let world = world(spec.clone());
    let totals = [N1, N2, N3].map(|id| world.node(id).map(|echo| echo.total));
    assert_eq!(totals, [Some(3), Some(40), Some(3)]);
    spec.given.push(given(None, "many"));
    let error = quorate::sim::World::<super::echo::Echo>::new(std::rc::Rc::new(spec)).err();
    let error = error.expect("`many` is not a number");
    assert_eq!((error.given, error.message.as_str()), (2, "`many` is not a number"));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_world_of_one_node_runs() {
    let mut spec = spec();
    spec.nodes = 1;
    spec.doors = 1;
    let mut world = world(spec);
    assert_eq!(run(&mut world, at(100)).len(), 10);
}
