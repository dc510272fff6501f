//! The menu of the link between two nodes.

use quorate::kernel::{NodeId, Party, Ratio, Span};
use quorate::lab::{Deed, Input, LinkState, link_state, lossy_link, slow_link};
use quorate::scene::text::{Lang, hands};
use yew::prelude::*;

use super::super::parts::Glyph;
use super::menu::{Content, MenuAt, MenuOf, MenuProps, item};
use super::slider::Slider;

/// The longest delay in the menu, in milliseconds.
const DELAY_MS: i64 = 1_000;

pub(super) fn content(
    lang: Lang,
    props: &MenuProps,
    (one, two): (NodeId, NodeId),
) -> Option<Content> {
    let snapshot = props.view.snapshot.as_ref()?;
    let states = [link_state(snapshot, one, two), link_state(snapshot, two, one)];
    let names = [props.name(one), props.name(two)];
    let differs = states.iter().any(LinkState::differs);
    let aside = if states.iter().any(|state| state.severed) {
        hands::LINK_SEVERED
    } else if differs {
        hands::LINK_CHANGED
    } else {
        hands::LINK_PLAIN
    };
    let (from, to) = (Party::Node(one), Party::Node(two));
    let heal = Deed::Input(Input::Mend { from, to, both: true });
    Some(Content {
        title: format!("{} ↔ {}", names[0], names[1]),
        aside: lang.of(aside).to_owned(),
        body: html! {
            <>
                {other_end(lang, props, (one, two))}
                {way(lang, props, (one, two), states[0])}
                {way(lang, props, (two, one), states[1])}
                {item(props, (Glyph::Reset, lang.of(hands::LINK_HEAL)), "", differs, heal)}
                <hr />
                {sliders(lang, props, (one, two), states[0])}
            </>
        },
    })
}

/// Which link of the node it is.
fn other_end(lang: Lang, props: &MenuProps, (one, two): (NodeId, NodeId)) -> Html {
    let others: Vec<NodeId> =
        (0..props.view.names.len()).map(NodeId::at).filter(|node| *node != one).collect();
    let (at, peers) = (props.at, others.clone());
    let onchange = props.on_menu.reform(move |event: Event| {
        let select: web_sys::HtmlSelectElement = event.target_unchecked_into();
        let place = usize::try_from(select.selected_index()).unwrap_or(0);
        let other = peers.get(place).copied().unwrap_or(two);
        MenuAt { of: MenuOf::Link(one, other), ..at }
    });
    html! {
        <label class="menu-choice">
            <span>{lang.of(hands::OTHER_END)}</span>
            <select class="mono" {onchange}>
                for other in others {
                    <option key={other.0} selected={other == two}>{props.name(other)}</option>
                }
            </select>
        </label>
    }
}

/// One direction: cut it, or restore it.
fn way(lang: Lang, props: &MenuProps, (a, b): (NodeId, NodeId), state: LinkState) -> Html {
    let (from, to) = (props.name(a), props.name(b));
    if state.cut {
        let (sender, receiver) = (Party::Node(a), Party::Node(b));
        let mend = Input::Mend { from: sender, to: receiver, both: false };
        let words = hands::mend_way(lang, &from, &to);
        return item(props, (Glyph::Redo, words), "", true, Deed::Input(mend));
    }
    let words = hands::cut_way(lang, &from, &to);
    let cut = Deed::Input(Input::Cut(vec![a], vec![b]));
    item(props, (Glyph::Cross, words), "", true, cut)
}

fn sliders(lang: Lang, props: &MenuProps, (a, b): (NodeId, NodeId), state: LinkState) -> Html {
    let on_loss = props.on_deed.reform(move |percent: i64| {
        let loss = Ratio::percent(u32::try_from(percent).unwrap_or(0));
        Deed::Input(lossy_link(a, b, loss))
    });
    let on_delay = props.on_deed.reform(move |ms: i64| {
        Deed::Input(slow_link(a, b, Span::millis(u64::try_from(ms).unwrap_or(1))))
    });
    let loss = state.loss.map_or(0, |loss| i64::from(loss.as_ppm() / 10_000));
    let delay = state.delay.map_or(0, |delay| (delay.0 / 1_000_000) as i64);
    html! {
        <>
            <Slider label={lang.of(hands::LINK_LOSS)} glyph={Glyph::Gauge} min=0 max=100 step=5
                now={loss} unit="%" on_set={on_loss} />
            <Slider label={lang.of(hands::LINK_DELAY)} glyph={Glyph::Clock} min=10 max={DELAY_MS}
                step=10 now={delay.clamp(10, DELAY_MS)} unit=" ms" on_set={on_delay} />
        </>
    }
}
