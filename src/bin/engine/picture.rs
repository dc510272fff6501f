//! Still pictures of scenarios.

use quorate::kernel::SimTime;
use quorate::scene::text::Lang;
use quorate::script::value;
use quorate::still::{self, Asked, NoStill, Shade};
use serde::Deserialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

use super::refusal::refusal;

/// An instant.
#[derive(Deserialize, Tsify)]
#[serde(untagged)]
pub enum Instant {
    /// Milliseconds.
    Ms(f64),
    /// As in a scenario: `1.2s`, `350ms`.
    Written(String),
}

/// Which colours a picture has: those of one theme, or (`auto`) both, as the page around it or the
/// reader's system says.
#[derive(Clone, Copy, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum PictureTheme {
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
    /// As around it.
    Auto,
}

/// The language of a picture's words.
#[derive(Clone, Copy, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum PictureLang {
    /// English.
    En,
    /// 中文.
    Zh,
}

/// How a picture is wanted.
#[derive(Default, Deserialize, Tsify)]
pub struct PictureOptions {
    /// The instant; the start, if it is left out. A scene draws where it stands.
    #[tsify(optional)]
    at: Option<Instant>,
    /// Its colours; `auto`, if that is left out.
    #[tsify(optional)]
    theme: Option<PictureTheme>,
    /// Its language; `en`, if that is left out.
    #[tsify(optional)]
    lang: Option<PictureLang>,
    /// Its width in pixels, 320 to 2000; 720, if that is left out.
    #[tsify(optional)]
    width: Option<f64>,
}

/// The picture of one instant of a scenario as an SVG document: without scripts, with its text
/// alternative. Throws a `ScenarioError` if the text is not understood.
///
/// # Errors
/// If the text or an option is not understood, or the run is over before that instant.
#[wasm_bindgen]
pub fn draw(text: &str, options: Option<Ts<PictureOptions>>) -> Result<String, JsValue> {
    picture(text, options, None)
}

/// The picture of a text at `here`, or at the instant of the options.
pub(crate) fn picture(
    text: &str,
    options: Option<Ts<PictureOptions>>,
    here: Option<SimTime>,
) -> Result<String, JsValue> {
    let options = options.map(|options| options.to_rust()).transpose().map_err(JsError::from)?;
    let options = options.unwrap_or_default();
    let usual = Asked::default();
    let asked = Asked {
        at: match here {
            Some(here) => here,
            None => options.at.as_ref().map_or(Ok(usual.at), instant)?,
        },
        shade: match options.theme {
            Some(PictureTheme::Light) => Shade::Light,
            Some(PictureTheme::Dark) => Shade::Dark,
            Some(PictureTheme::Auto) | None => Shade::Auto,
        },
        lang: match options.lang {
            Some(PictureLang::Zh) => Lang::Zh,
            Some(PictureLang::En) | None => Lang::En,
        },
        width: match options.width {
            None => usual.width,
            Some(width) if (320.0..=2000.0).contains(&width) => width,
            Some(_) => return Err(JsError::new("width may be 320 to 2000 pixels").into()),
        },
    };
    still::draw(text, &asked).map_err(|why| match why {
        NoStill::Problems(problems) => refusal(&problems),
        NoStill::Said(said) => JsError::new(&said.en).into(),
    })
}

fn instant(at: &Instant) -> Result<SimTime, JsError> {
    let found = match at {
        Instant::Ms(ms) if *ms >= 0.0 => Some(SimTime(libm::round(ms * 1e6) as u64)),
        Instant::Ms(_) => None,
        Instant::Written(text) => value::span(text).map(|span| SimTime::ZERO + span),
    };
    found.ok_or_else(|| JsError::new("at needs milliseconds, or a time such as \"1.2s\""))
}
