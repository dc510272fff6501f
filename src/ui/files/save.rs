//! Saves what is on screen.

use quorate::kernel::SimTime;
use quorate::lab::file::{png_with, svg_with};
use quorate::scene::text::Label;
use wasm_bindgen_futures::spawn_local;

use super::super::compare::save::{file_name, save as save_text, save_bytes};
use super::super::stage::theme_now;
use super::super::workbench::Desk;
use super::{picture, trail};

/// What is saved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    Svg,
    Png,
    Scenario,
    Trail,
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
        Wanted::Svg | Wanted::Png => match picture_of(desk) {
            None => desk.say(Label::NothingToExport.text(desk.lang)),
            Some(svg) if wanted == Wanted::Svg => {
                let svg = svg_with(&svg, &view.text, at(desk));
                save_text(&name("scene", "svg"), "image/svg+xml", &svg);
            }
            Some(svg) => save_png(desk, svg, name("scene", "png")),
        },
    }
}

/// The instant that a picture is opened at again.
fn at(desk: &Desk) -> Option<SimTime> {
    Some(desk.session.view().playhead.at).filter(|at| *at > SimTime::ZERO)
}

fn picture_of(desk: &Desk) -> Option<String> {
    let stage = desk.session.stage()?;
    Some(picture::svg(&desk.session.view(), &stage, desk.lang, theme_now()))
}

fn save_png(desk: &Desk, svg: String, name: String) {
    let (desk, at, text) = (desk.clone(), at(desk), desk.session.view().text.to_string());
    spawn_local(async move {
        let png = picture::png(&svg).await.ok();
        match png.and_then(|png| png_with(&png, &text, at)) {
            Some(png) => save_bytes(&name, "image/png", &png),
            None => desk.say(Label::NoPicture.text(desk.lang)),
        }
    });
}
