//! Small charts, and windows on long tables.

use quorate::scene::spark::{HEIGHT, path, window};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_chart_steps_from_value_to_value_and_leaves_gaps() {
    let values = [Some(0), Some(10), None, Some(5)];
    assert_eq!(path(&values, 10, false), "M0 24.0H1V1.0H2M3 12.5H4");
    assert_eq!(path(&values, 10, true), "M0 24V24.0H1V1.0H2V24ZM3 24V12.5H4V24Z");
    assert_eq!(path(&[], 10, true), "");
    assert_eq!(path(&[Some(u64::MAX)], u64::MAX, false), format!("M0 {}.0H1", HEIGHT - 23));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_window_draws_what_is_in_sight_and_keeps_the_height() {
    for (count, scrolled) in [(10, 0.0), (1_000, 0.0), (1_000, 14_000.0), (1_000, 27_000.0)] {
        let seen = window(count, 28.0, scrolled, 200.0);
        assert!(seen.rows <= 26, "{seen:?}");
        let whole = seen.above + seen.below + seen.rows as f64 * 28.0;
        assert!((whole - count as f64 * 28.0).abs() < 0.5, "{seen:?}");
        let (top, foot) = (seen.above, seen.above + seen.rows as f64 * 28.0);
        assert!(top <= scrolled && (foot >= scrolled + 200.0 || foot >= count as f64 * 28.0));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_million_rows_are_reached_from_the_first_to_the_last() {
    let count = 1_000_000;
    let first = window(count, 44.0, 0.0, 300.0);
    assert_eq!(first.first, 0);
    let height = first.above + first.below + first.rows as f64 * 44.0;
    assert!(height < 9_000_000.0, "a page can be that high");
    let last = window(count, 44.0, height - 300.0, 300.0);
    assert_eq!(last.first + last.rows, count);
    let middle = window(count, 44.0, (height - 300.0) / 2.0, 300.0);
    assert!((480_000..520_000).contains(&middle.first), "{middle:?}");
    assert!(middle.above <= (height - 300.0) / 2.0);
    assert!(middle.above + middle.rows as f64 * 44.0 >= (height - 300.0) / 2.0 + 300.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_empty_table_has_an_empty_window() {
    let none = window(0, 28.0, 0.0, 200.0);
    assert_eq!((none.first, none.rows), (0, 0));
}
