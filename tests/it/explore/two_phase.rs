//! Two-phase commit against published and closed figures.

use quorate::check::explore::{Explorer, Options, Progress};
use quorate::check::model::two_phase::TwoPhase;
use wasm_bindgen_test::wasm_bindgen_test;

fn count(rms: u32, symmetry: bool) -> Progress {
    let model = TwoPhase::new(rms, symmetry).expect("a number within the limits");
    let mut explorer = Explorer::new(model, Options::default());
    while explorer.advance(1_000).end.is_none() {}
    explorer.progress()
}

/// \[gray06\] as distributed with the TLA+ examples: 288 / 1,146 / 11 for three.
#[wasm_bindgen_test(unsupported = test)]
fn counts_are_the_published_ones() {
    for (rms, unique, generated, depth) in [
        (1, 12, 20, 5),
        (2, 56, 154, 8),
        (3, 288, 1_146, 11),
        (4, 1_568, 8_258, 14),
        (5, 8_832, 58_146, 17),
    ] {
        let found = count(rms, false);
        println!("{} {:?}", rms, count(rms, true));
        assert_eq!(
            (found.unique, found.generated, found.depth),
            (unique, generated, depth),
            "{rms}"
        );
        assert!(found.complete());
    }
}
