//! Figures: numbers with thin spaces, durations with their unit.

use std::fmt::Write as _;

use crate::kernel::{SimTime, Span};

/// Stands between a group of three digits and the next (U+2009).
const THIN: char = '\u{2009}';

/// `number` with a thin space between groups of three: `2 941`; four digits are grouped too.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * THIN.len_utf8());
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// The reading of the clock without its unit, to the millisecond: `1.280`.
pub fn seconds(at: SimTime) -> String {
    let millis = at.0 / 1_000_000;
    format!("{}.{:03}", number(millis / 1000), millis % 1000)
}

/// The reading of the clock: `1.280 s`.
pub fn clock(at: SimTime) -> String {
    let mut text = seconds(at);
    text.push_str(" s");
    text
}

/// A duration as figure and unit, to about three digits: `("80", "ms")`, `("1.28", "s")`.
pub fn span_parts(span: Span) -> (String, &'static str) {
    let (unit, name) = match span.0 {
        0 => return ("0".to_owned(), "ms"),
        1..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    (significant(span.0, unit), name)
}

/// A duration with its unit: `80 ms`, `1.28 s`, `235 µs`.
pub fn span(span: Span) -> String {
    let (mut text, unit) = span_parts(span);
    text.push(' ');
    text.push_str(unit);
    text
}

/// `value / unit` cut to three digits, without trailing zeros.
fn significant(value: u64, unit: u64) -> String {
    let whole = value / unit;
    let places = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => return number(whole),
    };
    let scale = 10_u64.pow(places);
    let part = value % unit / (unit / scale).max(1);
    let mut text = number(whole);
    if unit > 1 && part > 0 {
        let digits = places as usize;
        let _ = write!(text, ".{part:0digits$}");
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

/// A share from 0 to 1 as a whole percentage: `71%`.
pub fn percent(share: f64) -> String {
    format!("{}%", libm::round(share * 100.0) as u64)
}

/// A part of a whole as a percentage with one place below ten: `0.1%`, `16.7%`, `97.0%`.
pub fn per_cent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Thousandths as a factor: `×1.5`.
pub fn factor(milli: u32) -> String {
    let (whole, part) = (milli / 1000, milli % 1000);
    if part == 0 {
        return format!("×{whole}");
    }
    let mut text = format!("×{whole}.{part:03}");
    text.truncate(text.trim_end_matches('0').len());
    text
}
