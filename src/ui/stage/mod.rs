//! The stage: two canvases and a button over every node. Its own state lives outside the tree; the
//! tree renders its elements once and their labels when these change.

mod canvas;
mod painter;
mod pointer;
mod pool;
mod watch;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use quorate::kernel::NodeId;
use quorate::lab::{Selection, ServerView, ViewModel};
use quorate::scene::text::{Label, Lang, node_spoken, server_spoken};
use quorate::scene::{Point, Pull, Target};
use web_sys::{Element, HtmlCanvasElement};
use yew::prelude::*;

use super::dom::Frames;
use super::faults::MenuAt;
use super::prefs::use_lang;
use super::session::{Same, Session};
pub(crate) use canvas::Surface;
pub(crate) use painter::theme_now;
use painter::{Look, Painter};
use watch::Watch;
pub(crate) use watch::{system_theme, watch_theme};

/// The painter, while the stage is on the page, and what wakes it.
#[derive(Default)]
pub(super) struct Backstage {
    painter: RefCell<Option<Painter>>,
    frames: RefCell<Option<Frames>>,
    /// The press that is about to end drew a line.
    dragged: Cell<bool>,
}

impl Backstage {
    /// Draws a frame now, and further ones while something moves.
    fn paint(&self) {
        let moving = self.painter.borrow_mut().as_mut().is_some_and(Painter::paint);
        if moving && let Some(frames) = &*self.frames.borrow() {
            frames.wake();
        }
    }

    /// Draws soon: several changes before the next frame are drawn at once.
    fn wake(&self) {
        if let Some(frames) = &*self.frames.borrow() {
            frames.wake();
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Painter) -> T) -> Option<T> {
        self.painter.borrow_mut().as_mut().map(work)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct StageProps {
    pub(crate) session: Session,
    pub(crate) view: Same<ViewModel>,
    /// The side picked so far, while a partition is being made.
    #[prop_or_default]
    pub(crate) side: Option<Vec<NodeId>>,
    /// Something was chosen, or nothing was.
    #[prop_or_default]
    pub(crate) on_select: Callback<Option<Selection>>,
    /// The menu of something is asked for at this place of the stage.
    #[prop_or_default]
    pub(crate) on_menu: Callback<MenuAt>,
    /// A node was picked for a side, or taken back.
    #[prop_or_default]
    pub(crate) on_toggle: Callback<NodeId>,
    /// A line was drawn that cuts these nodes off from the others.
    #[prop_or_default]
    pub(crate) on_split: Callback<Vec<NodeId>>,
    /// A message was pulled along its path and let go. Without it nothing can be done by hand.
    #[prop_or_default]
    pub(crate) on_pull: Option<Callback<(u64, Pull)>>,
}

/// The scene, as it is seen, pointed at and spoken.
#[component]
pub(crate) fn Stage(props: &StageProps) -> Html {
    let lang = use_lang();
    let backstage = use_memo((), |()| Backstage::default());
    let [root, base, live, seats] =
        [use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref()];
    let look = Look { view: Rc::clone(&props.view.0), lang, side: props.side.clone() };
    {
        let refs = [root.clone(), base.clone(), live.clone(), seats.clone()];
        let (backstage, look) = (Rc::clone(&backstage), look.clone());
        use_effect_with(props.session.clone(), move |session| {
            let watch = open(session, &refs, &backstage, look);
            move || {
                drop(watch);
                backstage.frames.take();
                backstage.painter.take();
            }
        });
    }
    {
        let backstage = Rc::clone(&backstage);
        let plays = props.view.playhead.playing;
        use_effect_with((props.view.clone(), lang, props.side.clone()), move |_| {
            backstage.with(|painter| painter.set_look(look));
            // While it plays, the next frame is painted anyhow.
            if !plays {
                backstage.wake();
            }
        });
    }
    let hands = pointer::hands(&backstage, &root, props);
    let cutting = props.side.is_some().then_some("stage-cutting");
    html! {
        <div class={classes!("stage", cutting)} ref={root} role="group"
            aria-label={Label::Scene.text(lang)}
            onpointerdown={hands.down} onpointermove={hands.moved} onpointerup={hands.up}
            onpointercancel={hands.cancel}
            onpointerleave={hands.left} onclick={hands.click} oncontextmenu={hands.menu}>
            <canvas class="stage-base" ref={base} aria-hidden="true" />
            <canvas class="stage-live" ref={live} aria-hidden="true" />
            <div class="stage-seats" ref={seats}>{seat_buttons(lang, props, &backstage)}</div>
        </div>
    }
}

/// Brings the painter to life, and everything that makes it paint.
fn open(
    session: &Session,
    refs: &[NodeRef; 4],
    backstage: &Rc<Backstage>,
    look: Look,
) -> Option<Watch> {
    let [root, base, live, seats] = refs;
    let canvases = [base.cast::<HtmlCanvasElement>()?, live.cast::<HtmlCanvasElement>()?];
    let (root, seats) = (root.cast::<Element>()?, seats.cast::<Element>()?);
    let painter = Painter::new(session.clone(), root.clone(), canvases, seats, look)?;
    backstage.painter.replace(Some(painter));
    let weak = Rc::downgrade(backstage);
    let frames = Frames::new(move |_| {
        let Some(backstage) = weak.upgrade() else { return false };
        let paint = |painter: &mut Painter| painter.is_fresh() || painter.paint();
        backstage.with(paint).unwrap_or(false)
    });
    backstage.frames.replace(Some(frames));
    backstage.paint();
    Some(Watch::new(session, &root, backstage))
}

/// A button over every node: what the eye sees as a shape, a screen reader hears and a key reaches.
fn seat_buttons(lang: Lang, props: &StageProps, backstage: &Rc<Backstage>) -> Html {
    let view = &props.view;
    let Some(snapshot) = &view.snapshot else { return Html::default() };
    let seats = snapshot.nodes.iter().map(|node| {
        let id = node.id;
        let chosen = match &props.side {
            Some(side) => side.contains(&id),
            None => view.selection == Some(Selection::Node(id)),
        };
        let focus = |focused: bool| {
            let backstage = Rc::clone(backstage);
            Callback::from(move |_: FocusEvent| {
                let target = focused.then_some(Target::Node(id));
                backstage.with(|painter| painter.focus = target);
                backstage.wake();
            })
        };
        html! {
            <button type="button" key={id.0} class="stage-seat" data-node={id.to_string()}
                aria-label={spoken(lang, view, id)} aria-pressed={chosen.to_string()}
                aria-haspopup="menu" onfocus={focus(true)} onblur={focus(false)} />
        }
    });
    seats.collect()
}

fn spoken(lang: Lang, view: &ViewModel, id: NodeId) -> String {
    let node = view.snapshot.as_ref().and_then(|snapshot| snapshot.nodes.get(id.index()));
    let Some(node) = node else { return String::new() };
    let name = view.names.get(id.index()).map_or("", String::as_str);
    let servers = view.pool.as_ref().map(|pool| &pool.servers);
    let own = |all: &Vec<ServerView>| all.binary_search_by_key(&node.id, |one| one.node).ok();
    if let Some(server) = servers.and_then(|all| all.get(own(all)?)) {
        let waiting = server.queue.length.saturating_sub(server_busy(&server.queue));
        return server_spoken(lang, name, waiting, server.busy, server.p99);
    }
    node_spoken(lang, name, node, view.about.map_or("", |about| about.era))
}

fn server_busy(queue: &quorate::kernel::Queue) -> u32 {
    queue.items.iter().filter(|item| item.served).count() as u32
}

/// The selection for a target; clients have no inspector.
fn selection(target: Target) -> Option<Selection> {
    match target {
        Target::Node(id) => Some(Selection::Node(id)),
        Target::Flight(id) => Some(Selection::Flight(id)),
        Target::Client(_) => None,
    }
}

/// The place of a pointer on the stage.
fn place_on(root: &NodeRef, x: i32, y: i32) -> Point {
    let bounds = root.cast::<Element>().map(|root| root.get_bounding_client_rect());
    let (left, top) = bounds.map_or((0.0, 0.0), |bounds| (bounds.left(), bounds.top()));
    Point { x: f64::from(x) - left, y: f64::from(y) - top }
}
