//! Every message of the run so far in a table: found, sorted, and gone to.

use std::rc::Rc;

use quorate::kernel::{ClientId, NodeId, Party};
use quorate::lab::{
    Action, Column, Fate, MessageQuery, MessageView, Messages, Selection, ViewModel,
};
use quorate::scene::spark::window;
use quorate::scene::text::{Label, Lang, cause, clock, time as words};
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::ui::inspector::phase_class;
use crate::ui::prefs::use_lang;
use crate::ui::session::Same;

/// More clients than this are found by typing.
const CLIENTS: u32 = 16;
/// A row in pixels until one has been seen.
const ROW: f64 = 28.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct MessagePanelProps {
    pub(super) view: Same<ViewModel>,
    pub(super) act: Callback<Action>,
}

/// How far the table is scrolled: pixels above, height in sight, height of a row.
type Scroll = (f64, f64, f64);

/// The panel.
#[component]
pub(super) fn MessagePanel(props: &MessagePanelProps) -> Html {
    let lang = use_lang();
    // The latest first, as they come.
    let query = use_state(|| MessageQuery { descending: true, ..MessageQuery::default() });
    let scroll = use_state(|| (0.0, 400.0, ROW));
    let messages = &props.view.messages;
    let places: Rc<Vec<u32>> = use_memo(
        ((*query).clone(), messages.version(), messages.len(), messages.event()),
        |(query, ..)| messages.find(query),
    );
    let onscroll = {
        let setter = scroll.setter();
        Callback::from(move |event: Event| {
            setter.set(measure(&event.target_unchecked_into::<Element>()));
        })
    };
    if messages.is_empty() {
        return html! { <p class="muted">{lang.of(words::NO_MESSAGES)}</p> };
    }
    let set = {
        let setter = query.setter();
        Callback::from(move |query: MessageQuery| setter.set(query))
    };
    html! {
        <div class="messages">
            {filters(lang, (&query, &set), messages, places.len())}
            <div class="messages-scroll" tabindex="0" role="group" {onscroll}
                aria-label={Label::Messages.text(lang)}>
                {table(lang, (&query, &set), (&places, *scroll), props)}
            </div>
        </div>
    }
}

fn measure(area: &Element) -> Scroll {
    let row = area.query_selector("tbody tr[aria-rowindex]").ok().flatten();
    let row = row.map_or(ROW, |row| row.get_bounding_client_rect().height());
    (f64::from(area.scroll_top()), f64::from(area.client_height()), row)
}

type Asking<'a> = (&'a MessageQuery, &'a Callback<MessageQuery>);

fn filters(lang: Lang, (query, set): Asking, messages: &Messages, found: usize) -> Html {
    let oninput = {
        let (query, set) = (query.clone(), set.clone());
        Callback::from(move |event: InputEvent| {
            let text = event.target_unchecked_into::<HtmlInputElement>().value();
            set.emit(MessageQuery { text, ..query.clone() });
        })
    };
    let find = lang.of(words::FIND_MESSAGES);
    let faces = messages.kinds();
    let ends = ends(messages);
    let kinds = faces.iter().map(|face| face.name.to_owned()).collect();
    let names = ends.iter().map(|end| messages.name(*end)).collect();
    let fates = Fate::ALL.iter().map(|fate| fate_name(lang, *fate).to_owned()).collect();
    let at = [
        query.kind.and_then(|kind| faces.iter().position(|face| face.name == kind)),
        query.end.and_then(|end| ends.iter().position(|it| *it == end)),
        query.fate.and_then(|fate| Fate::ALL.iter().position(|it| *it == fate)),
    ];
    let choose = |change: &dyn Fn(&mut MessageQuery, usize)| -> Vec<MessageQuery> {
        let count = faces.len().max(ends.len()).max(Fate::ALL.len());
        let changed = (0..=count).map(|place| {
            let mut query = query.clone();
            change(&mut query, place);
            query
        });
        changed.collect()
    };
    let before = |place: usize| place.checked_sub(1);
    let by_kind = choose(&|query, place| {
        query.kind = before(place).and_then(|at| faces.get(at)).map(|face| face.name);
    });
    let by_end =
        choose(&|query, place| query.end = before(place).and_then(|at| ends.get(at)).copied());
    let by_fate = choose(&|query, place| {
        query.fate = before(place).and_then(|at| Fate::ALL.get(at)).copied();
    });
    html! {
        <div class="filters">
            <input type="search" class="find" value={query.text.clone()} {oninput}
                placeholder={find} aria-label={find} />
            {choice(lang.of(words::ANY_KIND), kinds, at[0], (by_kind, set))}
            {choice(lang.of(words::ANY_END), names, at[1], (by_end, set))}
            {choice(lang.of(words::ANY_FATE), fates, at[2], (by_fate, set))}
            <span class="hint num" role="status">
                {words::messages_found(lang, found, messages.len())}
            </span>
        </div>
    }
}

/// All nodes, and the clients if they are few.
fn ends(messages: &Messages) -> Vec<Party> {
    let nodes = (0..messages.nodes()).map(|id| Party::Node(NodeId(id)));
    let clients = (0..messages.clients().min(CLIENTS)).map(|id| Party::Client(ClientId(id)));
    nodes.chain(clients).collect()
}

/// A list of which one is chosen; `any` is none of them.
fn choice(
    any: &'static str,
    names: Vec<String>,
    at: Option<usize>,
    (queries, set): (Vec<MessageQuery>, &Callback<MessageQuery>),
) -> Html {
    let set = set.clone();
    let onchange = Callback::from(move |event: Event| {
        let place = event.target_unchecked_into::<HtmlSelectElement>().selected_index();
        if let Some(query) = usize::try_from(place).ok().and_then(|place| queries.get(place)) {
            set.emit(query.clone());
        }
    });
    html! {
        <select class="filter" aria-label={any} {onchange}>
            <option selected={at.is_none()}>{any}</option>
            for (place, name) in names.into_iter().enumerate() {
                <option key={place} selected={at == Some(place)}>{name}</option>
            }
        </select>
    }
}

fn fate_name(lang: Lang, fate: Fate) -> &'static str {
    match fate {
        Fate::Flying => lang.of(words::FLYING),
        Fate::Held => Label::Held.text(lang),
        Fate::Arrived => lang.of(words::ARRIVED),
        Fate::Lost => lang.of(words::LOST),
    }
}

fn column_name(lang: Lang, column: Column) -> &'static str {
    match column {
        Column::Kind => Label::Message.text(lang),
        Column::From => Label::From.text(lang),
        Column::To => Label::To.text(lang),
        Column::Sent => Label::SentAt.text(lang),
        Column::Ended => lang.of(words::ARRIVED),
        Column::Fate => lang.of(words::FATE),
        Column::Detail => Label::Detail.text(lang),
    }
}

fn table(
    lang: Lang,
    asking: Asking,
    (places, (scrolled, height, row)): (&[u32], Scroll),
    props: &MessagePanelProps,
) -> Html {
    if places.is_empty() {
        return html! { <p class="muted">{lang.of(words::NONE_FOUND)}</p> };
    }
    let seen = window(places.len(), row, scrolled, height);
    let drawn = places.iter().enumerate().skip(seen.first).take(seen.rows);
    html! {
        <table class="message-table" aria-rowcount={(places.len() + 1).to_string()}>
            <thead>
                <tr aria-rowindex="1">
                    for column in Column::ALL {
                        {head(lang, column, asking)}
                    }
                </tr>
            </thead>
            <tbody>
                {room(seen.above)}
                for (index, place) in drawn {
                    {props.view.messages.row(*place).map(|row| line(lang, index, &row, props))}
                }
                {room(seen.below)}
            </tbody>
        </table>
    }
}

/// The place of rows that are not drawn.
fn room(pixels: f64) -> Html {
    if pixels < 1.0 {
        return Html::default();
    }
    let height = (pixels as u64).to_string();
    html! { <tr aria-hidden="true"><td class="room" colspan="7" {height}></td></tr> }
}

fn head(lang: Lang, column: Column, (query, set): Asking) -> Html {
    let (sort, arrow) = match (query.sort == column, query.descending) {
        (false, _) => ("none", ""),
        (true, true) => ("descending", "↓"),
        (true, false) => ("ascending", "↑"),
    };
    let next = MessageQuery {
        sort: column,
        descending: query.sort == column && !query.descending,
        ..query.clone()
    };
    let onclick = set.reform(move |_: MouseEvent| next.clone());
    html! {
        <th scope="col" aria-sort={sort}>
            <button type="button" class="sort" {onclick}>
                {column_name(lang, column)}
                <span class="sort-arrow" aria-hidden="true">{arrow}</span>
            </button>
        </th>
    }
}

fn line(lang: Lang, index: usize, row: &MessageView, props: &MessagePanelProps) -> Html {
    let messages = &props.view.messages;
    let (id, sent) = (row.id, row.sent.1);
    let show = {
        let act = props.act.clone();
        Callback::from(move |_: MouseEvent| {
            act.emit(Action::SeekEvent(sent));
            act.emit(Action::Select(Some(Selection::Flight(id))));
        })
    };
    let here = props.view.selection == Some(Selection::Flight(id));
    let fate = row.lost.map_or(fate_name(lang, row.fate), |why| cause(lang, why));
    html! {
        <tr key={id} aria-rowindex={(index + 2).to_string()}
            class={classes!(here.then_some("message-here"))}>
            <td>
                <button type="button" lang="en" onclick={show}
                    class={classes!("plain-link", phase_class(row.face.phase))}>
                    {row.face.name}
                </button>
            </td>
            <td class="mono">{messages.name(row.from)}</td>
            <td class="mono">{messages.name(row.to)}</td>
            <td>{jump(lang.of(words::GO_TO_SENDING), Some(row.sent), &props.act)}</td>
            <td>{jump(lang.of(words::GO_TO_END), row.ended, &props.act)}</td>
            <td><span class={fate_class(row.fate)} aria-hidden="true"></span>{fate}</td>
            <td class="mono message-detail">{row.detail.clone()}</td>
        </tr>
    }
}

/// A shape for each fate, beside its word.
fn fate_class(fate: Fate) -> &'static str {
    match fate {
        Fate::Flying => "fate fate-flying",
        Fate::Held => "fate fate-held",
        Fate::Arrived => "fate fate-arrived",
        Fate::Lost => "fate fate-lost",
    }
}

/// An instant that one can go to.
fn jump(
    title: &'static str,
    at: Option<(quorate::kernel::SimTime, u64)>,
    act: &Callback<Action>,
) -> Html {
    let Some((at, event)) = at else { return html! { <span class="muted">{"–"}</span> } };
    let onclick = act.reform(move |_: MouseEvent| Action::SeekEvent(event));
    html! {
        <button type="button" class="plain-link mono" {title} {onclick}>{clock(at)}</button>
    }
}
