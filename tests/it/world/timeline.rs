//! Going back in time equals never having left.

use quorate::kernel::{KnobValue, SimTime, Window};
use quorate::sim::{Cards, Cluster, ClusterSpec, Input, NetworkSpec, Progress, Snapshot, Timeline};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{N1, N2, at, cluster, ms, node, with};

fn lively() -> ClusterSpec {
    let mut spec = with(vec![
        (300, Input::Pause(node(N1))),
        (340, Input::Resume(node(N1))),
        (500, Input::Crash(node(N2))),
        (800, Input::Restart(node(N2))),
    ]);
    spec.knobs.set("tick", KnobValue::Range(Window::between(ms(2), ms(6))));
    spec.network = NetworkSpec::lan();
    spec
}

fn computed(until: u64) -> Timeline {
    let mut timeline = Timeline::new(cluster(lively()), at(until), 1_000_000);
    while timeline.extend(100, |_| {}) == Progress::Running {}
    timeline
}

type State = (u64, u64, Snapshot);

fn state(cluster: &dyn Cluster) -> State {
    (cluster.digest(), cluster.state_digest(), cluster.snapshot(Cards::All))
}

/// The states of a plain run, event by event.
fn plain(until: u64) -> Vec<State> {
    let mut cluster = cluster(lively());
    let mut states = vec![state(&*cluster)];
    while cluster.next_at().is_some_and(|next| next <= at(until)) && cluster.step() {
        states.push(state(&*cluster));
    }
    states
}

#[wasm_bindgen_test(unsupported = test)]
fn seek_equals_replay() {
    let mut timeline = computed(1_200);
    let states = plain(1_200);
    assert_eq!(timeline.last_event(), states.len() as u64 - 1);
    assert!(states.len() > 2_000);
    let mut event = 1;
    for _ in 0..60 {
        event = (event * 7_919 + 13) % states.len() as u64;
        timeline.seek(event, |_| {});
        assert_eq!(timeline.event(), event);
        assert_eq!(state(timeline.cursor()), states[event as usize], "event {event}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn steps_back_and_forth_and_rewinds() {
    let mut timeline = computed(400);
    let states = plain(400);
    for event in [0, 1, 2, 1, 0, 1, 511, 512, 513, 512, 511, 512, u64::MAX] {
        let event = event.min(states.len() as u64 - 1);
        timeline.seek(event, |_| {});
        assert_eq!(state(timeline.cursor()), states[event as usize], "event {event}");
    }
    timeline.rewind();
    assert_eq!(state(timeline.cursor()), states[0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn time_and_event_agree() {
    let mut timeline = computed(300);
    for event in 1..=timeline.last_event() {
        let time = timeline.time_of(event);
        assert!(time >= timeline.time_of(event - 1));
        assert!(timeline.event_at(time) >= event);
        assert!(timeline.event_at(SimTime(time.0 - 1)) < event);
    }
    timeline.seek_time(at(150), |_| {});
    assert!(timeline.cursor().now() <= at(150));
    assert!(timeline.time_of(timeline.event() + 1) > at(150));
}

#[wasm_bindgen_test(unsupported = test)]
fn replay_shows_every_event_on_the_way() {
    let mut timeline = computed(300);
    timeline.seek(100, |_| {});
    let mut shown = Vec::new();
    timeline.seek(120, |occurrence| shown.push(occurrence.index));
    assert_eq!(shown, (101..=120).collect::<Vec<u64>>());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_limited_run_can_go_on() {
    let mut timeline = Timeline::new(cluster(lively()), at(1_000), 100);
    while timeline.extend(64, |_| {}) == Progress::Running {}
    assert_eq!((timeline.progress(), timeline.last_event()), (Progress::Limited, 100));
    assert_eq!(timeline.end(), timeline.time_of(100));
    timeline.raise_limit(1_000_000);
    while timeline.extend(64, |_| {}) == Progress::Running {}
    assert_eq!(timeline.progress(), Progress::Complete);
    assert_eq!(timeline.last_event(), plain(1_000).len() as u64 - 1);
    assert_eq!(timeline.end(), at(1_000));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_digest_of_a_run_covers_the_run_and_nothing_after() {
    // Some of these ends fall before a timer that was armed again, where the look-ahead is too
    // early.
    for until in 77..97 {
        let mut timeline = computed(until);
        let last = timeline.last_event();
        timeline.seek(last, |_| {});
        assert_eq!(timeline.head_digest(), timeline.cursor().digest(), "{until} ms");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn key_frames_thin_out_on_long_runs() {
    let mut spec = super::silent(with(vec![]));
    spec.nodes = 2;
    spec.doors = 2;
    let until = at(3_000_000);
    let mut timeline = Timeline::new(cluster(spec), until, 10_000_000);
    while timeline.extend(100_000, |_| {}) == Progress::Running {}
    assert_eq!(timeline.last_event(), 600_000);
    assert!(timeline.key_frames() <= 512, "{}", timeline.key_frames());
    assert!(timeline.key_frames() >= 256);
    let mut replayed = 0;
    for event in [599_999, 123_456, 300_001, 7] {
        timeline.seek(event, |_| replayed += 1);
        assert_eq!(timeline.event(), event);
    }
    assert!(replayed < 4 * 4_096, "{replayed}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fork_of_the_cursor_goes_its_own_way() {
    let mut timeline = computed(400);
    timeline.seek(200, |_| {});
    let before = state(timeline.cursor());
    let mut fork = timeline.fork(Input::Crash(node(N1)));
    assert!(fork.step());
    assert_eq!(fork.now(), timeline.cursor().now());
    for _ in 0..100 {
        fork.step();
    }
    assert_eq!(state(timeline.cursor()), before);
}

#[cfg(not(target_arch = "wasm32"))]
mod random {
    use proptest::prelude::*;

    use super::{at, computed, plain, state};

    #[derive(Clone, Copy, Debug)]
    enum Jump {
        Event(u64),
        Time(u64),
        Back,
        Forth,
        Rewind,
    }

    fn jump() -> impl Strategy<Value = Jump> {
        prop_oneof![
            (0..2_000_u64).prop_map(Jump::Event),
            (0..700_u64).prop_map(Jump::Time),
            Just(Jump::Back),
            Just(Jump::Forth),
            Just(Jump::Rewind),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_jumps_end_where_a_replay_would(jumps in prop::collection::vec(jump(), 1..12)) {
            let mut timeline = computed(600);
            let states = plain(600);
            for jump in jumps {
                let wanted = match jump {
                    Jump::Event(event) => event,
                    Jump::Time(millis) => timeline.event_at(at(millis)),
                    Jump::Back => timeline.event().saturating_sub(1),
                    Jump::Forth => timeline.event() + 1,
                    Jump::Rewind => 0,
                };
                let wanted = wanted.min(states.len() as u64 - 1);
                match jump {
                    Jump::Time(millis) => timeline.seek_time(at(millis), |_| {}),
                    Jump::Rewind => timeline.rewind(),
                    Jump::Event(_) | Jump::Back | Jump::Forth => timeline.seek(wanted, |_| {}),
                }
                prop_assert_eq!(timeline.event(), wanted);
                prop_assert_eq!(&state(timeline.cursor()), &states[wanted as usize]);
            }
        }
    }
}
