//! What clients saw, as a picture: the same that `quorate check-history --svg` draws.

use quorate::lab::HistoryView;
use quorate::scene::history::{Bar, HistoryScene, label};
use quorate::scene::list::List;
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

/// Operations as bars, a row for each client, and the proof in them; in words for who cannot see
/// it.
pub(crate) fn history_picture(lang: Lang, history: &HistoryView) -> Html {
    if history.operations.is_empty() {
        return html! { <p class="muted">{Label::EmptyHistory.text(lang)}</p> };
    }
    let scene = scene(history, Label::History.text(lang));
    let size = (scene.width(), scene.height());
    let mut list = List::new();
    scene.draw(&mut list, size.0);
    let picture = svg::write(&[&list], size, &scene.title, Colours::Variables);
    html! {
        <figure class="history">
            {Html::from_html_unchecked(AttrValue::from(picture))}
            <figcaption>{scene.describe(lang)}</figcaption>
        </figure>
    }
}

fn scene(history: &HistoryView, title: &str) -> HistoryScene {
    let mut clients: Vec<_> = history.operations.iter().map(|it| it.client).collect();
    quorate::order::sort(&mut clients);
    clients.dedup();
    let bars = history.operations.iter().map(|it| Bar {
        row: clients.binary_search(&it.client).unwrap_or_default(),
        label: label(&it.op, &it.told),
        from: it.from.0 as f64,
        to: it.to.map(|at| at.0 as f64),
        point: it.point.map(|(at, place)| (at.0 as f64, place)),
        core: it.core,
    });
    let bars = bars.collect();
    let clients = clients.iter().map(ToString::to_string).collect();
    HistoryScene { clients, bars, title: title.to_owned() }
}
