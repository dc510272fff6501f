//! Strategies beside each other, drawn.

use quorate::kernel::Span;
use quorate::scene::compare::{Axis, Curve};
use wasm_bindgen_test::wasm_bindgen_test;

/// A hump of responses around `middle`, with a second one of a tenth the size around `tail`.
fn hump(middle: u64, tail: u64) -> Vec<(Span, Span, u32)> {
    let mut buckets = Vec::new();
    for (centre, weight) in [(middle, 100), (tail, 10)] {
        for step in 0..9_u64 {
            let low = centre * (8 + step) / 12;
            let count = weight * (5 - (4_i64 - step as i64).unsigned_abs() as u32);
            buckets.push((
                Span::millis(low),
                Span(Span::millis(centre * (9 + step) / 12).0 - 1),
                count,
            ));
        }
    }
    buckets
}

fn axis() -> Axis {
    Axis { low: Span::millis(3), high: Span::secs(4), limit: Some(Span::millis(200)) }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_curve_has_the_area_of_its_responses() {
    let axis = axis();
    let sum = |buckets: &[(Span, Span, u32)]| -> f64 { Curve::of(&axis, buckets).area() };
    assert!((sum(&hump(20, 300)) - 1.0).abs() < 0.02, "{}", sum(&hump(20, 300)));
    // Ten times as many responses are the same distribution.
    let many: Vec<_> = hump(20, 300).iter().map(|&(a, b, n)| (a, b, n * 10)).collect();
    assert_eq!(Curve::of(&axis, &many), Curve::of(&axis, &hump(20, 300)));
    assert!(Curve::of(&axis, &[]).peak() < f64::EPSILON);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_axis_is_logarithmic() {
    let axis = axis();
    assert!((axis.share(axis.low)).abs() < 1e-12);
    assert!((axis.share(axis.high) - 1.0).abs() < 1e-12);
    let step = axis.share(Span::millis(100)) - axis.share(Span::millis(10));
    let next = axis.share(Span::secs(1)) - axis.share(Span::millis(100));
    assert!((step - next).abs() < 1e-12, "every tenfold is as far");
}

/// Compared with files, so native only.
#[cfg(not(target_arch = "wasm32"))]
mod pictures {
    use quorate::kernel::Span;
    use quorate::scene::Theme;
    use quorate::scene::compare::{CompareScene, Curve, RowLook, Shared};
    use quorate::scene::list::List;
    use quorate::scene::svg::{self, Colours};
    use quorate::scene::sweep::{Line, Sample, SweepScene};
    use quorate::scene::text::Lang;

    use super::super::golden::check;
    use super::{axis, hump};

    fn row(name: &str, (middle, tail): (u64, u64), current: bool) -> RowLook {
        RowLook {
            name: name.to_owned(),
            curve: Curve::of(&axis(), &hump(middle, tail)),
            p50: Some(Span::millis(middle)),
            p99: Some(Span::millis(tail)),
            shares: vec![0.3, 0.2, 0.15, 0.1, 0.15, 0.1],
            queues: vec![0, 1, 2, tail as u32 / 30, 0, 1],
            waiting: (0..40)
                .map(|at| if (15..30).contains(&at) { tail as u32 / 20 } else { 3 })
                .collect(),
            holds: Some(tail < 200),
            current,
            figures: vec![format!("{middle} ms"), format!("{tail} ms")],
        }
    }

    fn scene(lang: Lang) -> CompareScene {
        let rows = vec![
            row("Random", (40, 2_600), false),
            row("Least connections", (9, 71), false),
            row("Power of two choices", (12, 83), true),
        ];
        let shared = Shared {
            axis: axis(),
            peak: rows.iter().map(|row| row.curve.peak()).fold(0.0, f64::max),
            fair: vec![0.25, 0.17, 0.17, 0.17, 0.12, 0.12],
            struck: vec![false, false, false, true, false, false],
            longest: 86,
            most: 130,
            instants: 64,
            playhead: 0.55,
        };
        let heads = vec!["p50".to_owned(), "p99".to_owned()];
        CompareScene { title: "One slow server".to_owned(), shared, rows, heads, lang }
    }

    fn picture(lang: Lang, theme: Theme) -> String {
        let scene = scene(lang);
        let mut list = List::new();
        scene.draw(&mut list);
        svg::write(&[&list], scene.size(), &scene.title, Colours::Of(theme))
    }

    #[test]
    fn a_comparison_in_both_themes_and_languages() {
        check("comparison", &picture(Lang::En, Theme::Light));
        check("comparison-dark-zh", &picture(Lang::Zh, Theme::Dark));
    }

    fn swept(name: &str, growth: u64, current: bool) -> Line {
        let sample = |tenths: u64| {
            let mean = 10_000_000 * (10 + growth * tenths * tenths / (12 - tenths)) / 10;
            let expected = (growth == 4).then_some(mean * 98 / 100);
            Sample { x: tenths * 100_000, mean, band: (mean * 9 / 10, mean * 12 / 10), expected }
        };
        Line { name: name.to_owned(), samples: (1..=9).map(sample).collect(), current }
    }

    #[test]
    fn a_sweep_with_theory_beside_it() {
        let scene = SweepScene {
            lines: vec![swept("Random", 4, false), swept("Power of two choices", 1, true)],
            from: 100_000,
            to: 1_000_000,
            x_name: "Load".to_owned(),
            y_name: "mean time at a server".to_owned(),
            theory: "Theory".to_owned(),
            here: Some(680_000),
        };
        let mut list = List::new();
        scene.draw(&mut list, (820.0, 320.0));
        let svg = svg::write(&[&list], (820.0, 320.0), "", Colours::Of(Theme::Light));
        check("sweep", &svg);
    }
}
