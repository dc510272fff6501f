//! Colours: the same on the canvas as in the style sheet, and readable.

use quorate::scene::{Ink, Theme};
use wasm_bindgen_test::wasm_bindgen_test;

fn channels(colour: &str) -> [f64; 3] {
    let part = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("two hexadecimal digits");
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
    };
    [part(1), part(3), part(5)]
}

/// Relative luminance as accessibility guidelines define it.
fn light(ink: Ink, theme: Theme) -> f64 {
    let [r, g, b] = channels(ink.colour(theme));
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: Ink, b: Ink, theme: Theme) -> f64 {
    let (a, b) = (light(a, theme), light(b, theme));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[wasm_bindgen_test(unsupported = test)]
fn every_ink_is_a_colour_in_both_themes() {
    for ink in Ink::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            let colour = ink.colour(theme);
            assert!(colour.len() == 7 && colour.starts_with('#'), "{ink:?}: {colour}");
            channels(colour);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn words_and_shapes_can_be_seen() {
    use Ink::{
        Amber, AmberText, Blue, BlueText, Canvas, Green, GreenText, Ink2, Ink3, OnAmber, OnBlue,
        OnInk, Plum, PlumText, Red, RedText, Slate, Sunken, Surface, T1, T2, T3, T4,
    };
    for theme in [Theme::Light, Theme::Dark] {
        for ground in [Canvas, Surface, Sunken, T1, T2, T3, T4] {
            for word in [Ink::Ink, Ink2, Ink3] {
                assert!(contrast(word, ground, theme) >= 4.5, "{word:?} on {ground:?}, {theme:?}");
            }
        }
        for ground in [Canvas, Surface, Sunken] {
            for word in [BlueText, AmberText, GreenText, PlumText, RedText] {
                assert!(contrast(word, ground, theme) >= 4.5, "{word:?} on {ground:?}, {theme:?}");
            }
        }
        for shape in [Blue, Amber, Green, Plum, Red, Slate] {
            assert!(contrast(shape, Canvas, theme) >= 3.0, "{shape:?}, {theme:?}");
        }
        for (word, ground) in [(OnBlue, Blue), (OnAmber, Amber), (OnInk, Ink::Ink)] {
            assert!(contrast(word, ground, theme) >= 4.5, "{word:?} on {ground:?}, {theme:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn eras_take_turns() {
    assert_eq!(Ink::of_era(1), Ink::T1);
    assert_eq!(Ink::of_era(4), Ink::T4);
    assert_eq!(Ink::of_era(5), Ink::T1);
    assert_eq!(Ink::of_era(0), Ink::T1);
}

/// The style sheet holds the same values; a token only one of them knows is not compared.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_style_sheet_agrees() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/styles/tokens.css");
    let sheet = std::fs::read_to_string(path).expect("the style sheet of tokens");
    let dark_from = sheet.find("data-theme=\"dark\"").expect("a dark theme");
    let mut known = 0;
    for ink in Ink::ALL {
        let name = format!("{}:", ink.variable());
        for (part, theme) in
            [(&sheet[..dark_from], Theme::Light), (&sheet[dark_from..], Theme::Dark)]
        {
            let mut lines = part.lines().filter_map(|line| line.trim().strip_prefix(&name));
            let Some(value) = lines.next() else { continue };
            let value = value.trim().trim_end_matches(';').to_uppercase();
            assert_eq!(value, ink.colour(theme), "{} in {theme:?}", ink.variable());
            known += 1;
        }
    }
    assert!(known > 50, "only {known} values of the sheet were found");
}
