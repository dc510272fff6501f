//! The time axis: where instants are, and which marker is pointed at.

use quorate::kernel::SimTime;
use quorate::scene::List;
use quorate::scene::list::at;
use quorate::scene::scrubber::{Axis, AxisScene, MarkLook, SpanLook};
use wasm_bindgen_test::wasm_bindgen_test;

use super::sample::ms;

const MARKS: &[(u64, MarkLook)] = &[
    (162, MarkLook::ElectionWon),
    (250, MarkLook::Call),
    (290, MarkLook::Commit),
    (400, MarkLook::Crash),
    (604, MarkLook::ElectionWon),
    (1_068, MarkLook::ElectionLost),
    (2_190, MarkLook::ElectionLost),
    (2_200, MarkLook::Violation),
    (3_000, MarkLook::Fault),
];

fn marks() -> Vec<(SimTime, MarkLook)> {
    MARKS.iter().map(|(when, look)| (ms(*when), *look)).collect()
}

fn spans() -> Vec<(SimTime, SimTime, SpanLook)> {
    vec![
        (ms(900), ms(3_000), SpanLook::Fault),
        (ms(224), ms(400), SpanLook::Led),
        (ms(668), ms(900), SpanLook::Led),
        (ms(900), ms(3_020), SpanLook::LedWithoutQuorum),
        (ms(3_300), ms(4_000), SpanLook::Led),
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn instants_and_places_agree() {
    let axis = Axis::new(792.0);
    let end = ms(4_000);
    for when in [0, 1, 1_280, 3_999, 4_000] {
        let back = axis.time(axis.x(ms(when), end), end);
        assert!(back.0.abs_diff(ms(when).0) < 1_000, "{when} ms came back as {back:?}");
    }
    assert_eq!(axis.time(-50.0, end), ms(0));
    assert_eq!(axis.time(5_000.0, end), end);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_violation_comes_before_its_neighbours() {
    let (marks, spans) = (marks(), spans());
    let scene = AxisScene { marks: &marks, spans: &spans, end: ms(4_000), at: ms(1_280) };
    let axis = Axis::new(792.0);
    let over = |when: u64| axis.hit(&scene, at(axis.x(ms(when), ms(4_000)), 20.0));
    assert_eq!(over(2_190), Some(7));
    assert_eq!(over(604), Some(4));
    assert_eq!(over(1_700), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn thousands_of_marks_are_thinned() {
    let marks: Vec<_> = (0..20_000).map(|when| (ms(when), MarkLook::Commit)).collect();
    let scene = AxisScene { marks: &marks, spans: &[], end: ms(20_000), at: ms(0) };
    let mut list = List::new();
    Axis::new(792.0).draw(&mut list, &scene);
    assert!(list.shapes().len() < 420, "{} shapes", list.shapes().len());
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_axis_of_the_workbench() {
    use quorate::scene::Theme;
    use quorate::scene::svg::{self, Colours};

    let (marks, spans) = (marks(), spans());
    let scene = AxisScene { marks: &marks, spans: &spans, end: ms(4_000), at: ms(1_280) };
    let mut list = List::new();
    Axis::new(792.0).draw(&mut list, &scene);
    let picture = svg::write(&[&list], (792.0, 52.0), "", Colours::Of(Theme::Light));
    super::golden::check("axis", &picture);
}
