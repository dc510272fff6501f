//! A film of the scene: drawn on a canvas of its own while the page plays, recorded by the browser.

mod bar;
mod reel;

use quorate::scene::text::{Label, film_saved};

use super::files::{Wanted, save};
use super::parts::Toast;
use super::screen::Turn;
use super::workbench::Desk;
pub(crate) use bar::FilmBar;
use reel::End;
pub(crate) use reel::Reel;
use yew::prelude::*;

/// Begins a film that will be saved under `name`, to which the browser adds the ending of its kind.
pub(crate) fn begin(desk: &Desk, name: &str) {
    if desk.session.stage().is_none() {
        return desk.say(Label::NothingToExport.text(desk.lang));
    }
    let ear = desk.clone();
    let reel = Reel::begin(&desk.session, desk.lang, name, move |lang, end| {
        let desk = Desk { lang, ..ear.clone() };
        desk.turn.dispatch(Turn::Film(None));
        match end {
            End::Saved { name, seconds, full } => {
                desk.say(film_saved(lang, &name, seconds, full));
            }
            End::Failed => offer_picture(&desk),
        }
    });
    match reel {
        Some(reel) => desk.turn.dispatch(Turn::Film(Some(reel))),
        None => offer_picture(desk),
    }
}

/// Says that there is no film, and what there is.
fn offer_picture(desk: &Desk) {
    let again = desk.clone();
    let take = Callback::from(move |()| {
        again.turn.dispatch(Turn::DoneSaying);
        save(&again, Wanted::Svg);
    });
    desk.turn.dispatch(Turn::Say(Toast {
        text: Label::NoFilm.text(desk.lang).into(),
        copy: None,
        offer: Some((Label::SavePicture.text(desk.lang).into(), take)),
        serial: 0,
    }));
}
