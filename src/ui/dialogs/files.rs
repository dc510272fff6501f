//! Saves what is on screen, and opens files.

use quorate::scene::text::{Label, Lang};
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::super::files::Wanted;
use super::super::parts::{Dialog, button};

pub(crate) struct FilesProps {
    pub(crate) save: Callback<Wanted>,
    pub(crate) open: Callback<File>,
    pub(crate) on_close: Callback<()>,
}

/// The dialog.
pub(crate) fn files_dialog(lang: Lang, props: &FilesProps) -> Html {
    let ways = [
        (Wanted::Svg, Label::SavePicture),
        (Wanted::Png, Label::SaveSharp),
        (Wanted::Film, Label::SaveFilm),
        (Wanted::Scenario, Label::SaveScenario),
        (Wanted::Trail, Label::SaveTrace),
    ];
    let onchange = props.open.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            onchange.emit(file);
        }
    });
    html! {
        <Dialog title={Label::FilesTitle.text(lang)} class="files"
            on_close={props.on_close.clone()}>
            <h3>{Label::Export.text(lang)}</h3>
            <p class="files-ways">
                for (wanted, label) in ways {
                    {button(
                        "button line",
                        props.save.reform(move |_: MouseEvent| wanted),
                        label.text(lang),
                    )}
                }
            </p>
            <p class="muted">{Label::PicturesCarry.text(lang)}</p>
            <p class="muted">{Label::FilmHelp.text(lang)}</p>
            <h3>{Label::OpenFile.text(lang)}</h3>
            <input type="file" class="file-choice" aria-label={Label::OpenFile.text(lang)}
                accept=".quorate,.txt,.svg,.png,.json" {onchange} />
            <p class="muted">{Label::OpenHelp.text(lang)}</p>
        </Dialog>
    }
}
