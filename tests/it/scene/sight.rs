//! Hues as people see them who see fewer of them.

use quorate::scene::{Ink, Theme};
use wasm_bindgen_test::wasm_bindgen_test;

/// What the three rarer kinds of eyes make of linear red, green and blue, where the missing cone is
/// missing wholly: table 1 of [machado09].
const EYES: [(&str, [[f64; 3]; 3]); 3] = [
    (
        "protan",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deutan",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritan",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// The hues that mean something.
const HUES: [Ink; 6] = [Ink::Blue, Ink::Amber, Ink::Plum, Ink::Green, Ink::Red, Ink::Slate];

/// The nearest two hues have to stay this far apart, in units of CIELAB. Everybody tells 2.3 of
/// them apart side by side; the nearest pair, green and slate, measures 15.6 for deutan eyes in the
/// light theme. Shapes tell all of them anyway.
const APART: f64 = 15.0;

fn linear(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("two hexadecimal digits");
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    })
}

fn product(matrix: &[[f64; 3]; 3], [r, g, b]: [f64; 3]) -> [f64; 3] {
    matrix.map(|[x, y, z]| x * r + y * g + z * b)
}

/// Linear sRGB in CIELAB, white D65.
fn lab(rgb: [f64; 3]) -> [f64; 3] {
    const XYZ: [[f64; 3]; 3] = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];
    let xyz = product(&XYZ, rgb.map(|part| part.clamp(0.0, 1.0)));
    let [x, y, z] = [0, 1, 2].map(|at| {
        let share = xyz[at] / WHITE[at];
        let linear = share * 24_389.0 / 27.0;
        if share > 216.0 / 24_389.0 { libm::cbrt(share) } else { (linear + 16.0) / 116.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    libm::sqrt([0, 1, 2].iter().map(|&at| (a[at] - b[at]) * (a[at] - b[at])).sum())
}

#[wasm_bindgen_test(unsupported = test)]
pub fn every_hue_is_told_from_every_other_by_every_eye() {
    let mut nearest = f64::MAX;
    for theme in [Theme::Light, Theme::Dark] {
        for (eye, matrix) in &EYES {
            let seen = HUES.map(|ink| (ink, lab(product(matrix, linear(ink.colour(theme))))));
            for (place, (one, here)) in seen.iter().enumerate() {
                for (other, there) in &seen[place + 1..] {
                    let apart = distance(*here, *there);
                    assert!(apart >= APART, "{one:?}, {other:?}: {apart:.1} ({eye}, {theme:?})");
                    nearest = nearest.min(apart);
                }
            }
        }
    }
    assert!(nearest < APART + 1.0, "the limit is not what was measured: {nearest:.1}");
}

#[wasm_bindgen_test(unsupported = test)]
pub fn the_simulation_is_one() {
    // Red and green of equal lightness are one colour to deutan eyes, and two to others.
    let (red, green) = (linear("#C05050"), linear("#5F8A00"));
    let plain = distance(lab(red), lab(green));
    let deutan = distance(lab(product(&EYES[1].1, red)), lab(product(&EYES[1].1, green)));
    assert!(plain > 60.0 && deutan < plain / 2.0, "{plain} {deutan}");
    // Grey stays grey.
    for (eye, matrix) in &EYES {
        let grey = lab(product(matrix, linear("#808080")));
        assert!(distance(grey, lab(linear("#808080"))) < 0.5, "{eye}");
    }
}
