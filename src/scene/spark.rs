//! Small charts of a line of text's height, and the rows of a long table that are in sight.

use std::fmt::Write as _;

/// The height of a chart in its own units; a point is one unit wide.
pub const HEIGHT: u64 = 24;

/// The outline of the values as steps, for the `d` of a path: from the foot where `filled`, along
/// the tops otherwise. Stretches without a value are gaps. `top` is the value at full height.
pub fn path(values: &[Option<u64>], top: u64, filled: bool) -> String {
    let mut path = String::new();
    let mut open = false;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            if open && filled {
                let _ = write!(path, "V{HEIGHT}Z");
            }
            open = false;
            continue;
        };
        let share = u128::from(*value) * u128::from(HEIGHT - 1) * 10 / u128::from(top.max(1));
        let tenths = HEIGHT * 10 - (share as u64).min(HEIGHT * 10);
        let (y, rest) = (tenths / 10, tenths % 10);
        match (open, filled) {
            (false, true) => {
                let _ = write!(path, "M{at} {HEIGHT}V{y}.{rest}H{}", at + 1);
            }
            (false, false) => {
                let _ = write!(path, "M{at} {y}.{rest}H{}", at + 1);
            }
            (true, _) => {
                let _ = write!(path, "V{y}.{rest}H{}", at + 1);
            }
        }
        open = true;
    }
    if open && filled {
        let _ = write!(path, "V{HEIGHT}Z");
    }
    path
}

/// Browsers give up on higher elements.
const TALLEST: f64 = 8_000_000.0;
/// Rows drawn above and below those in sight.
const BEYOND: usize = 8;

/// The rows of a long table that are drawn, and the room left for the others.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// The first row drawn.
    pub first: usize,
    /// How many are drawn.
    pub rows: usize,
    /// Pixels above them.
    pub above: f64,
    /// Pixels below them.
    pub below: f64,
}

/// Of `count` rows of `row` pixels each, those in sight where `scrolled` pixels are above a view
/// of `height`. Where the table would be too high for a page, a scroll moves by more.
pub fn window(count: usize, row: f64, scrolled: f64, height: f64) -> Window {
    let row = row.max(1.0);
    let seen = (height / row) as usize + 2;
    let whole = (count as f64 * row).min(TALLEST);
    let true_height = count as f64 * row;
    // The part of the way to the end that is scrolled, on an axis of rows.
    let scale = if true_height > TALLEST {
        (true_height - height) / (TALLEST - height).max(1.0)
    } else {
        1.0
    };
    let top = ((scrolled.max(0.0) * scale / row) as usize).min(count.saturating_sub(seen));
    let first = top.saturating_sub(BEYOND);
    let rows = (seen + 2 * BEYOND).min(count - first);
    let above = if scale > 1.0 {
        // Rows drawn stay under the eye.
        (scrolled - (top - first) as f64 * row).clamp(0.0, (whole - rows as f64 * row).max(0.0))
    } else {
        first as f64 * row
    };
    Window { first, rows, above, below: (whole - above - rows as f64 * row).max(0.0) }
}
