//! The space-time diagram: a picture on two canvases, the kinds of messages beside it, and the same
//! in words.

mod board;
mod funnel;
mod hands;

use std::cell::RefCell;
use std::rc::Rc;

use quorate::lab::{Action, ViewModel};
use quorate::scene::list::{List, at};
use quorate::scene::spacetime::{ConeWords, Line};
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::{Label, Lang, clock, manner, number};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, HtmlInputElement, MutationObserver, ResizeObserver};
use yew::prelude::*;

use super::dom::{Frames, Listener};
use super::files::save_picture;
use super::parts::{Glyph, icon_button};
use super::prefs::use_lang;
use super::session::{Hearing, Same, Session};
use super::stage::{system_theme, watch_theme};
use super::workbench::Desk;
use board::{Board, Twin};
use funnel::Funnel;
use hands::{HeldCell, STEP, hands, wheel};

/// The board, while the diagram is on the page, and who renders its words.
#[derive(Default)]
pub(super) struct Shared {
    board: RefCell<Option<Board>>,
    frames: RefCell<Option<Frames>>,
    held: HeldCell,
    tell: RefCell<Option<Callback<()>>>,
}

impl Shared {
    fn with<T>(&self, work: impl FnOnce(&mut Board) -> T) -> Option<T> {
        self.board.borrow_mut().as_mut().map(work)
    }

    fn paint(&self) {
        self.with(Board::paint);
    }

    /// Paints soon.
    fn wake(&self) {
        if let Some(frames) = &*self.frames.borrow() {
            frames.wake();
        }
    }

    /// Paints soon, and renders the words.
    fn changed(&self) {
        self.wake();
        let tell = self.tell.borrow().clone();
        if let Some(tell) = tell {
            tell.emit(());
        }
    }
}

/// What makes the board paint; ends with this value.
struct Watch {
    _hearing: Hearing,
    resize: Option<ResizeObserver>,
    theme: Option<MutationObserver>,
    _listeners: (Option<Listener>, Listener),
    _closures: [Closure<dyn FnMut()>; 2],
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(resize) = &self.resize {
            resize.disconnect();
        }
        if let Some(theme) = &self.theme {
            theme.disconnect();
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SpaceTimeProps {
    pub(crate) desk: Desk,
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
}

/// The tab.
#[component]
pub(crate) fn SpaceTime(props: &SpaceTimeProps) -> Html {
    let lang = use_lang();
    let shared = use_memo((), |()| Shared::default());
    let again = use_force_update();
    let (list, tall) = (use_state(|| false), use_state(|| false));
    let refs = [use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref()];
    {
        let (shared, refs, view) = (Rc::clone(&shared), refs.clone(), Rc::clone(&props.view.0));
        use_effect_with(props.desk.session.clone(), move |session| {
            shared.tell.replace(Some(Callback::from(move |()| again.force_update())));
            let watch = open(session, &refs, &shared, (view, lang));
            shared.changed();
            move || {
                drop(watch);
                shared.frames.take();
                shared.board.take();
                shared.tell.take();
            }
        });
    }
    {
        let shared = Rc::clone(&shared);
        use_effect_with((props.view.clone(), lang), move |(view, lang)| {
            shared.with(|board| board.set_model(&view.0, *lang));
            shared.wake();
        });
    }
    let hands = hands(&shared, &props.act);
    let words = shared.with(|board| board.cone_words()).flatten();
    let twin = shared.with(|board| board.twin()).flatten();
    let says = twin.as_ref().map_or(String::new(), |(says, ..)| says.clone());
    let [root, base, live, bracket, funnel] = refs;
    html! {
        <>
            {legend(lang, props, &shared, (&list, &tall))}
            <div class={classes!("st", (*tall).then_some("st-tall"))}>
                <svg class="st-funnel" aria-hidden="true">
                    <path ref={funnel} class="st-funnel-area" />
                    <path ref={bracket} class="st-bracket" />
                </svg>
                <div class="st-board" ref={root} tabindex="0" role="group" aria-label={says}
                    aria-describedby="st-help" aria-roledescription={Label::SpaceTime.text(lang)}
                    onpointerdown={hands.down} onpointermove={hands.moved}
                    onpointerup={hands.up.clone()} onpointercancel={hands.up}
                    onpointerleave={hands.left} ondblclick={hands.double} onkeydown={hands.keys}>
                    <canvas ref={base} aria-hidden="true" />
                    <canvas ref={live} aria-hidden="true" />
                </div>
                <p id="st-help" hidden=true>{Label::DiagramHelp.text(lang)}</p>
                {aside(lang, props, &shared, (words, twin, *list))}
            </div>
        </>
    }
}

/// Brings the board to life.
fn open(
    session: &Session,
    refs: &[NodeRef; 5],
    shared: &Rc<Shared>,
    seen: (Rc<ViewModel>, Lang),
) -> Option<Watch> {
    let [root, base, live, bracket, funnel] = refs;
    let canvases = [base.cast::<HtmlCanvasElement>()?, live.cast::<HtmlCanvasElement>()?];
    let root = root.cast::<Element>()?;
    let funnel = Funnel::new(bracket.cast()?, funnel.cast()?);
    let board = Board::new(session.clone(), root.clone(), canvases, funnel, seen)?;
    shared.board.replace(Some(board));
    let frames = {
        let shared = Rc::downgrade(shared);
        Frames::new(move |_| {
            if let Some(shared) = shared.upgrade() {
                shared.paint();
            }
            false
        })
    };
    shared.frames.replace(Some(frames));
    let soon = |work: fn(&Shared)| {
        let shared = Rc::downgrade(shared);
        move || {
            if let Some(shared) = shared.upgrade() {
                work(&shared);
            }
        }
    };
    let resized = Closure::<dyn FnMut()>::new(soon(|shared| {
        shared.with(Board::resize);
        // At once: an emptied canvas must not be seen.
        shared.paint();
    }));
    let recoloured = Closure::<dyn FnMut()>::new(soon(Shared::wake));
    let resize = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
    if let Some(resize) = &resize {
        resize.observe(&root);
    }
    Some(Watch {
        _hearing: session.on_painted(soon(Shared::paint)),
        resize,
        theme: watch_theme(&recoloured),
        _listeners: (system_theme(soon(Shared::wake)), wheel(&root, shared)),
        _closures: [resized, recoloured],
    })
}

/// Kinds of messages with their counts, which can be hidden; search; zoom.
fn legend(
    lang: Lang,
    props: &SpaceTimeProps,
    shared: &Rc<Shared>,
    (list, tall): (&UseStateHandle<bool>, &UseStateHandle<bool>),
) -> Html {
    let hidden = shared.with(|board| board.hidden).unwrap_or(0);
    let kinds = props.desk.session.look(|lab| lab.chronicle().map(|it| it.kinds().to_vec()));
    let does = |work: fn(&mut Board)| {
        let shared = Rc::clone(shared);
        Callback::from(move |_: MouseEvent| {
            shared.with(work);
            shared.changed();
        })
    };
    let toggle = |state: &UseStateHandle<bool>| {
        let state = state.clone();
        Callback::from(move |_: MouseEvent| state.set(!*state))
    };
    let press = |state: &UseStateHandle<bool>, name: Label| {
        html! {
            <button type="button" class="chip-button" aria-pressed={state.to_string()}
                onclick={toggle(state)}>{name.text(lang)}</button>
        }
    };
    html! {
        <div class="st-legend" role="group" aria-label={Label::Legend.text(lang)}>
            {search(lang, props, shared)}
            <div class="st-tools">
                <button type="button" class="button" aria-label={Label::ZoomIn.text(lang)}
                    title={Label::ZoomIn.text(lang)}
                    onclick={does(|board| board.zoom_here(STEP))}>{"+"}</button>
                <button type="button" class="button" aria-label={Label::ZoomOut.text(lang)}
                    title={Label::ZoomOut.text(lang)}
                    onclick={does(|board| board.zoom_here(1.0 / STEP))}>{"−"}</button>
                <button type="button" class="chip-button" onclick={does(Board::fit)}>
                    {Label::ZoomFit.text(lang)}</button>
                {press(tall, Label::Taller)}
                {press(list, Label::AsList)}
                {file(lang, props, shared, ("SVG", Label::DiagramSvg))}
                {file(lang, props, shared, ("PNG", Label::DiagramPng))}
            </div>
            <ul class="st-kinds">
                for (place, kind) in kinds.unwrap_or_default().iter().enumerate() {
                    <li key={place}>
                        <button type="button" class="st-kind" title={kind_title(lang, kind.face)}
                            aria-pressed={(hidden >> place.min(63) & 1 == 0).to_string()}
                            onclick={{
                                let shared = Rc::clone(shared);
                                move |_: MouseEvent| {
                                    shared.with(|board| board.hide(place));
                                    shared.changed();
                                }
                            }}>
                            {sign(kind.face)}
                            <span class="st-name" lang="en">{kind.face.name}</span>
                            <span class="aside num">{number(kind.count)}</span>
                        </button>
                    </li>
                }
            </ul>
        </div>
    }
}

/// Takes the diagram home as it is seen.
fn file(
    lang: Lang,
    props: &SpaceTimeProps,
    shared: &Rc<Shared>,
    (word, name): (&'static str, Label),
) -> Html {
    let (shared, desk) = (Rc::clone(shared), props.desk.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        let picture = shared.with(|board| board.picture()).flatten();
        save_picture(&desk, picture, word == "PNG");
    });
    html! {
        <button type="button" class="chip-button" aria-label={name.text(lang)}
            title={name.text(lang)} {onclick}>{word}</button>
    }
}

/// A kind in full: several answers of one name differ in what they say.
fn kind_title(lang: Lang, face: quorate::kernel::Face) -> String {
    format!("{} ({})", face.name, manner(lang, face.manner))
}

/// The sign of a kind. Its name stands beside it.
fn sign(face: quorate::kernel::Face) -> Html {
    let mut list = List::new();
    quorate::scene::glyph::message(&mut list, at(10.0, 9.0), 0.8, face);
    let picture = AttrValue::from(svg::write(&[&list], (20.0, 18.0), "", Colours::Variables));
    html! { <span aria-hidden="true">{Html::from_html_unchecked(picture)}</span> }
}

/// A field, and a way to the next and the previous match.
fn search(lang: Lang, props: &SpaceTimeProps, shared: &Rc<Shared>) -> Html {
    let jump = |back: bool| {
        let (shared, act) = (Rc::clone(shared), props.act.clone());
        move || {
            if let Some(event) = shared.with(|board| board.find(back)).flatten() {
                act.emit(Action::SeekEvent(event.into()));
            }
            shared.changed();
        }
    };
    let oninput = {
        let shared = Rc::clone(shared);
        Callback::from(move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            shared.with(|board| board.set_search(field.value()));
            shared.changed();
        })
    };
    let onkeydown = {
        let (next, back) = (jump(false), jump(true));
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                if event.shift_key() { back() } else { next() }
            }
        })
    };
    let text = shared.with(|board| board.search.clone()).unwrap_or_default();
    let nothing = shared.with(|board| board.nothing) == Some(true);
    let step = |glyph: Glyph, name: Label, back: bool| {
        let jump = jump(back);
        let does = Callback::from(move |_: MouseEvent| jump());
        icon_button("button icon-only small", does, glyph, name.text(lang))
    };
    html! {
        <div class="st-search">
            <input type="search" value={text.clone()} {oninput} {onkeydown}
                aria-label={Label::SearchRun.text(lang)}
                placeholder={Label::SearchHint.text(lang)} />
            if !text.is_empty() {
                {step(Glyph::Back, Label::PreviousMatch, true)}
                {step(Glyph::Forward, Label::NextMatch, false)}
            }
            if nothing {
                <p class="muted" role="status">{Label::NothingFound.text(lang)}</p>
            }
        </div>
    }
}

/// Why it happened and what came of it, or the window as a list. Unseen, the list is still read.
fn aside(
    lang: Lang,
    props: &SpaceTimeProps,
    shared: &Rc<Shared>,
    (words, twin, list): (Option<ConeWords>, Option<Twin>, bool),
) -> Html {
    if let Some(words) = words {
        return cone(lang, props, shared, &words);
    }
    let Some((_, lines, of)) = twin else { return Html::default() };
    let class = if list { "st-aside" } else { "st-unseen" };
    html! {
        <section {class} aria-label={Label::EventsInWindow.text(lang)}
            tabindex={list.then_some("0")}>
            <h2>
                {Label::EventsInWindow.text(lang)}
                <span class="aside num">{number(of as u64)}</span>
            </h2>
            <ol>
                for line in lines {
                    if list {
                        {event(&line, ask(shared, line.event))}
                    } else {
                        <li key={line.event}>{clock(line.at)}{" "}{line.text}</li>
                    }
                }
            </ol>
        </section>
    }
}

/// Asks about an event.
fn ask(shared: &Rc<Shared>, event: u32) -> Callback<MouseEvent> {
    let shared = Rc::clone(shared);
    Callback::from(move |_| {
        shared.with(|board| board.ask_event(event));
        shared.changed();
    })
}

fn event(line: &Line, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <li key={line.event}>
            <button type="button" class="plain-link" {onclick}>
                <span class="mono st-at">{clock(line.at)}</span>{" "}{line.text.clone()}
            </button>
        </li>
    }
}

fn cone(lang: Lang, props: &SpaceTimeProps, shared: &Rc<Shared>, words: &ConeWords) -> Html {
    let close = {
        let shared = Rc::clone(shared);
        Callback::from(move |_: MouseEvent| {
            shared.with(|board| board.ask(None));
            shared.changed();
        })
    };
    let goal = u64::from(words.event);
    let part = |head: Label, lines: &[Line], size: &str| {
        html! {
            <>
                <h3>{head.text(lang)}</h3>
                <ol>for line in lines { {event(line, ask(shared, line.event))} }</ol>
                <p class="muted">{size.to_owned()}</p>
            </>
        }
    };
    html! {
        <section class="st-aside" aria-label={Label::WhyDidThis.text(lang)} tabindex="0">
            <h2 role="status">
                <span>{words.title.clone()}</span>
                {icon_button(
                    "button icon-only small",
                    close,
                    Glyph::Cross,
                    Label::ClearSelection.text(lang),
                )}
            </h2>
            {part(Label::WhyDidThis, &words.why, &words.past)}
            {part(Label::WhatDidThis, &words.next, &words.future)}
            <button type="button" class="button line"
                onclick={props.act.reform(move |_: MouseEvent| Action::SeekEvent(goal))}>
                {Label::GoThere.text(lang)}
            </button>
        </section>
    }
}
