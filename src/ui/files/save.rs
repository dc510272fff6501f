//! Saves what is on screen.

use quorate::kernel::SimTime;
use quorate::lab::file::{png_with, svg_with};
use quorate::scene::text::Label;
use quorate::still;
use wasm_bindgen_futures::spawn_local;

use super::super::compare::save::{file_name, save as save_text, save_bytes};
use super::super::film;
use super::super::stage::theme_now;
use super::super::workbench::Desk;
use super::{picture, trail};

/// What is saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    Svg,
    Png,
    /// Recorded while it plays.
    Film,
    Scenario,
    Trail,
}

/// Width and height of a picture of the scene.
const SIZE: (f64, f64) = (960.0, 600.0);

/// A picture on its way into a file.
pub(crate) struct Picture {
    /// What it shows, as a part of the name of its file.
    pub(crate) holds: &'static str,
    pub(crate) svg: String,
    pub(crate) size: (f64, f64),
}

/// Offers it as a file.
pub(crate) fn save(desk: &Desk, wanted: Wanted) {
    let view = desk.session.view();
    let name = |holds: &str, ending: &str| file_name(&view.title.en, holds, ending);
    match wanted {
        Wanted::Scenario => {
            save_text(&name("scenario", "quorate"), "text/plain;charset=utf-8", &view.text);
        }
        Wanted::Trail => {
            let name = name("trace", "json");
            trail::write(desk, move |_, text| save_text(&name, "application/json", &text));
        }
        Wanted::Film => film::begin(desk, &name("film", "")),
        Wanted::Svg | Wanted::Png => {
            let made = desk.session.stage().map(|stage| Picture {
                holds: "scene",
                svg: still::scene(&view, &stage, SIZE, (desk.lang, theme_now())),
                size: SIZE,
            });
            save_picture(desk, made, wanted == Wanted::Png);
        }
    }
}

/// Offers a picture as a file, of points or of lines. It carries the scenario and the instant.
pub(crate) fn save_picture(desk: &Desk, picture: Option<Picture>, points: bool) {
    let Some(Picture { holds, svg, size }) = picture else {
        return desk.say(Label::NothingToExport.text(desk.lang));
    };
    let view = desk.session.view();
    let at = Some(view.playhead.at).filter(|at| *at > SimTime::ZERO);
    let name = file_name(&view.title.en, holds, if points { "png" } else { "svg" });
    if !points {
        return save_text(&name, "image/svg+xml", &svg_with(&svg, &view.text, at));
    }
    let desk = desk.clone();
    spawn_local(async move {
        let png = picture::png(&svg, size).await.ok();
        match png.and_then(|png| png_with(&png, &view.text, at)) {
            Some(png) => save_bytes(&name, "image/png", &png),
            None => desk.say(Label::NoPicture.text(desk.lang)),
        }
    });
}
