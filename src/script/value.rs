//! Values as written: times, shares, speeds. Reading is exact (no floats but for shape
//! parameters), and what is printed reads back as the same value.

use crate::kernel::{KnobValue, Ratio, Span, Window};
use crate::sim::{Delay, NetworkSpec};

/// Units of time, longest name first where one ends in another.
const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("h", 3_600_000_000_000),
];

/// `digits[.digits]` times `scale`, exactly; `None` if it is not a number or not exact.
pub fn decimal(text: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut value = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let mut unit = scale;
    for digit in fraction.bytes().map(|byte| u64::from(byte - b'0')) {
        if digit > 0 && !unit.is_multiple_of(10) {
            return None;
        }
        unit /= 10;
        value = value.checked_add(digit * unit)?;
    }
    Some(value)
}

/// A length of time: `250ms`, `1.28s`, `2min`.
pub fn span(text: &str) -> Option<Span> {
    if text == "0" {
        return Some(Span::ZERO);
    }
    let letters = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(letters);
    let scale = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    decimal(number, scale).map(Span)
}

/// A signed length of time: `+40ms`, `-1s`; the plus may be left out.
pub fn signed_span(text: &str) -> Option<i64> {
    let (sign, rest) = sign(text);
    let nanos = i64::try_from(span(rest)?.0).ok()?;
    Some(sign * nanos)
}

/// A signed length as printed: `+40ms`.
pub fn show_signed_span(nanos: i64) -> String {
    let sign = if nanos < 0 { '-' } else { '+' };
    format!("{sign}{}", Span(nanos.unsigned_abs()))
}

fn sign(text: &str) -> (i64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A range `150ms..300ms`, or one length for both ends.
pub fn window(text: &str) -> Option<Window> {
    let (min, max) = text.split_once("..").unwrap_or((text, text));
    let (min, max) = (span(min)?, span(max)?);
    (min <= max).then_some(Window { min, max })
}

/// A range as printed.
pub fn show_window(window: Window) -> String {
    if window.min == window.max {
        return window.min.to_string();
    }
    format!("{}..{}", window.min, window.max)
}

/// A share: `1%`, `0.25%`, at most `100%`.
pub fn ratio(text: &str) -> Option<Ratio> {
    let ppm = percent(text)?;
    (ppm <= 1_000_000).then(|| Ratio::ppm(ppm as u32))
}

/// A percentage in parts per million; may be above `100%`.
pub fn percent(text: &str) -> Option<u64> {
    decimal(text.strip_suffix('%')?, 10_000)
}

/// A percentage as printed.
pub fn show_percent(ppm: u64) -> String {
    format!("{}%", show_decimal(ppm, 10_000))
}

/// A drift of a clock in parts per million: `+200ppm`, `-2%`.
pub fn drift(text: &str) -> Option<i32> {
    let (sign, rest) = sign(text);
    let ppm = match rest.strip_suffix("ppm") {
        Some(number) => decimal(number, 1)?,
        None => percent(rest)?,
    };
    i32::try_from(sign * i64::try_from(ppm).ok()?).ok()
}

/// A drift as printed.
pub fn show_drift(ppm: i32) -> String {
    let sign = if ppm < 0 { '-' } else { '+' };
    match ppm.unsigned_abs() {
        size if size >= 10_000 => format!("{sign}{}", show_percent(u64::from(size))),
        size => format!("{sign}{size}ppm"),
    }
}

/// A factor `x2.2` in thousandths. `×` may be written for `x`.
pub fn factor(text: &str) -> Option<u32> {
    let number = text.strip_prefix('x').or_else(|| text.strip_prefix('×'))?;
    u32::try_from(decimal(number, 1_000)?).ok()
}

/// A factor as printed.
pub fn show_factor(milli: u32) -> String {
    format!("x{}", show_decimal(u64::from(milli), 1_000))
}

/// `value` over `scale` (a power of ten) without trailing zeros.
pub fn show_decimal(value: u64, scale: u64) -> String {
    let (whole, rest) = (value / scale, value % scale);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = scale.ilog10() as usize;
    let fraction = format!("{rest:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// A whole number.
pub fn whole(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A plain number such as `1.5`, for shapes of laws. At most 22 digits behind the
/// point, and no more digits in all than a float tells apart. Prints with [`show_number`].
pub fn number(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() + fraction.len() == 0 || fraction.len() > FRACTION {
        return None;
    }
    let mut digits: u64 = 0;
    for letter in whole.bytes().chain(fraction.bytes()) {
        let digit = u64::from(letter.checked_sub(b'0').filter(|digit| *digit < 10)?);
        digits = digits.checked_mul(10)?.checked_add(digit)?;
    }
    // Both sides are exact, so the quotient is the float nearest to what is written.
    (digits <= EXACT).then(|| digits as f64 / power_of_ten(fraction.len()))
}

/// The largest number up to which a float holds every whole number.
const EXACT: u64 = 1 << 53;
/// Most digits behind the point: powers of ten up to this one are exact as floats.
const FRACTION: usize = 22;

fn power_of_ten(power: usize) -> f64 {
    (0..power).fold(1.0, |scale, _| scale * 10.0)
}

/// A number that [`number`] has read, as printed: with as few digits as read back as the same.
pub fn show_number(value: f64) -> String {
    for places in 0..=FRACTION {
        let scale = power_of_ten(places);
        let digits = libm::round(value * scale);
        if digits > EXACT as f64 {
            break;
        }
        if (digits / scale).to_bits() == value.to_bits() {
            let digits = (digits as u64).to_string();
            if places == 0 {
                return digits;
            }
            let digits = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = digits.split_at(digits.len() - places);
            return format!("{whole}.{fraction}");
        }
    }
    // No number that was read comes here.
    (value as u64).to_string()
}

/// A law of delays: `lan`, `30ms`, `20ms..30ms`, `lognormal(837ms,0.5)`, `regions(2ms)`,
/// `pareto-exp(91.22%,235us,10,602us)`.
pub fn delay(text: &str) -> Option<Delay> {
    if let Some(preset) = NetworkSpec::named(text) {
        return Some(preset.delay);
    }
    let Some((law, rest)) = text.split_once('(') else { return window(text).map(Delay::Even) };
    let parts: Vec<&str> = rest.strip_suffix(')')?.split(',').collect();
    match (law, parts.as_slice()) {
        ("lognormal", [mean, spread]) => {
            Some(Delay::LogNormal { mean: span(mean)?, spread: number(spread)? })
        }
        ("regions", [wobble]) => Some(Delay::Regions { wobble: span(wobble)? }),
        ("pareto-exp", [pareto, floor, alpha, tail]) => Some(Delay::ParetoExp {
            pareto: ratio(pareto)?,
            floor: span(floor)?,
            alpha: number(alpha).filter(|alpha| *alpha > 0.0)?,
            tail: span(tail)?,
        }),
        _ => None,
    }
}

/// A law of delays as printed: by the name of a preset if it is that of one.
pub fn show_delay(delay: &Delay) -> String {
    for name in NetworkSpec::PRESETS {
        if NetworkSpec::named(name).is_some_and(|preset| preset.delay == *delay) {
            return name.to_owned();
        }
    }
    match delay {
        Delay::Even(window) => show_window(*window),
        Delay::LogNormal { mean, spread } => {
            format!("lognormal({mean},{})", show_number(*spread))
        }
        Delay::Regions { wobble } => format!("regions({wobble})"),
        Delay::ParetoExp { pareto, floor, alpha, tail } => {
            format!("pareto-exp({pareto},{floor},{},{tail})", show_number(*alpha))
        }
    }
}

/// The value of a knob as printed.
pub fn show_knob(value: KnobValue) -> String {
    match value {
        KnobValue::Count(count) => count.to_string(),
        KnobValue::Switch(true) => "on".to_owned(),
        KnobValue::Switch(false) => "off".to_owned(),
        KnobValue::Length(span) => span.to_string(),
        KnobValue::Range(window) => show_window(window),
        KnobValue::Share(ratio) => ratio.to_string(),
        KnobValue::Choice(word) => word.to_owned(),
    }
}
