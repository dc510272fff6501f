//! A scenario under many loads.

use quorate::check::theory::Kind;
use quorate::kernel::Span;
use quorate::script;
use quorate::script::sweep::{Curve, Sweep};
use wasm_bindgen_test::wasm_bindgen_test;

const POOL: &str =
    "balance random servers=2 seed=3\nwarmup 1s\nrun 15s\ncompare random round-robin\n";

fn sweep(text: &str, loads: &[u64], replications: u32) -> Sweep {
    let plan = script::plan(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    Sweep::new(&plan, loads, replications).unwrap_or_else(|said| panic!("{}", said.en))
}

fn finished(mut sweep: Sweep, slice: u64) -> Vec<Curve> {
    while !sweep.advance(slice).is_over() {}
    sweep.curves()
}

#[wasm_bindgen_test(unsupported = test)]
fn slices_of_any_length_find_the_same() {
    let loads = [300_000, 600_000];
    let found = finished(sweep(POOL, &loads, 2), u64::MAX);
    assert_eq!(finished(sweep(POOL, &loads, 2), 777), found);
    let names: Vec<(&str, &str)> = found.iter().map(|it| (it.strategy, it.theory)).collect();
    assert_eq!(names, [("random", "M/M/1"), ("round-robin", "Eₙ/M/1")]);
    assert!(found.iter().all(|curve| curve.points.iter().all(|it| it.replications == 2)));
}

#[wasm_bindgen_test(unsupported = test)]
fn it_can_be_looked_at_on_the_way() {
    let mut sweep = sweep(POOL, &[300_000, 600_000], 2);
    assert_eq!((sweep.progress().done, sweep.progress().of), (0, 8));
    assert!(sweep.curves()[0].points[0].mean.half.is_none());
    let progress = sweep.advance(1_000);
    assert!(!progress.is_over() && progress.done <= 1, "{progress:?}");
    while sweep.progress().done < 4 {
        sweep.advance(500);
    }
    // One replication of everything: values, and no interval yet.
    let point = &sweep.curves()[1].points[1];
    assert_eq!((point.replications, point.mean.half), (1, None));
    assert!(point.mean.mean > 1e7);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_curve_of_theory_lies_in_the_band() {
    let curves = finished(sweep(POOL, &[500_000, 800_000, 1_200_000], 5), u64::MAX);
    for (curve, expected) in curves.iter().zip([[20.0, 50.0], [16.180, 38.440]]) {
        for (point, expected) in curve.points.iter().zip(expected) {
            let (kind, theory) = point.theory.expect("a formula");
            assert_eq!(kind, Kind::Exact);
            assert!((theory.as_millis_f64() - expected).abs() < 1e-3, "{theory}");
            // Twice the 95 % interval: what is left out once in thousands.
            let half = 2.0 * point.stay.half.expect("five replications");
            assert!((point.stay.mean - theory.0 as f64).abs() < half, "{point:?}");
            assert!(point.p50.mean < point.p99.mean && point.p99.mean <= point.p999.mean);
            assert!(point.mean.mean > point.stay.mean, "the network takes its time too");
        }
        let over = &curve.points[2];
        assert!(over.unstable && over.theory.is_none());
        assert!(over.mean.mean > Span::millis(500).0 as f64);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_swept_is_told() {
    let refused = |text: &str, loads: &[u64], replications| {
        let plan = script::plan(text).unwrap_or_else(|problems| panic!("{problems:?}"));
        let said = Sweep::new(&plan, loads, replications).err().expect("refused");
        assert!(said.zh.chars().any(|letter| letter > '\u{4e00}'));
        said.en
    };
    assert!(refused("cluster raft nodes=3\n", &[500_000], 1).contains("cluster"));
    let closed = "balance random\narrivals closed users=3\n";
    assert!(refused(closed, &[500_000], 1).contains("load can be set"));
    assert!(refused("balance random\n", &[], 1).contains("0."));
    assert!(refused("balance random\n", &[0], 1).contains("1000%"));
    assert!(refused("balance random\n", &[500_000], 100_000).contains("100000."));
}
