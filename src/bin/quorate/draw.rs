//! Stills: one moment of a scenario as SVG, so that a documentation build needs no browser.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use quorate::kernel::SimTime;
use quorate::scene::FIGURE_WIDTH;
use quorate::scene::text::Lang;
use quorate::script::{render, value};
use quorate::still::{self, Asked, NoStill, Shade};

use super::{Outcome, explain, read};

/// Colours of a still.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Theme {
    Light,
    Dark,
    /// As the page around says, else as the reader's system.
    Auto,
}

impl From<Theme> for Shade {
    fn from(theme: Theme) -> Shade {
        match theme {
            Theme::Light => Shade::Light,
            Theme::Dark => Shade::Dark,
            Theme::Auto => Shade::Auto,
        }
    }
}

/// What `draw` is asked for.
#[derive(Args)]
pub(crate) struct Draw {
    /// The scenario; `-` reads standard input.
    file: PathBuf,
    /// The moment: `1.2s`.
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = moment)]
    at: SimTime,
    /// Its colours.
    #[arg(long, value_enum, default_value_t = Theme::Auto)]
    theme: Theme,
    /// Its width in pixels.
    #[arg(long, default_value_t = FIGURE_WIDTH as u32)]
    #[arg(value_parser = clap::value_parser!(u32).range(240..=4000))]
    width: u32,
    /// Write this file instead of printing.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A time as scenarios write it.
pub(crate) fn moment(text: &str) -> Result<SimTime, String> {
    let span = value::span(text).ok_or_else(|| "not a time such as 1.2s or 350ms".to_owned())?;
    Ok(SimTime::ZERO + span)
}

/// The language of the screen for a language of messages.
pub(crate) fn lang(language: render::Language) -> Lang {
    match language {
        render::Language::En => Lang::En,
        render::Language::Zh => Lang::Zh,
    }
}

/// Draws.
pub(crate) fn draw(args: &Draw, language: render::Language) -> Outcome {
    let text = read(&args.file)?;
    let lang = lang(language);
    let width = f64::from(args.width);
    let asked = Asked { at: args.at, shade: args.theme.into(), lang, width };
    let picture = still::draw(&text, &asked).map_err(|error| match error {
        NoStill::Problems(problems) => explain(&problems, &args.file, &text, language),
        NoStill::Said(said) => {
            format!("error: {}: {}\n", args.file.display(), lang.pick(&said.en, &said.zh))
        }
    })?;
    let Some(out) = &args.out else { return Ok((picture, true)) };
    let written = std::fs::write(out, picture);
    written.map_err(|error| format!("error: {}: {error}\n", out.display()))?;
    Ok((String::new(), true))
}
