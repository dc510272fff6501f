//! The page at its full depth: every panel around one session.

use std::rc::Rc;

use quorate::kernel::NodeId;
use quorate::lab::{Action, Deed, Input, Selection, ViewModel};
use quorate::scene::text::{Label, Lang, node_tab};
use quorate::script::gallery::Item;
use yew::prelude::*;

use super::app::{Opened, first_text};
use super::dialogs::{EmbedDialog, FilesProps, Gallery, HelpProps, files_dialog, help_dialog};
use super::dock::Dock;
use super::editor::{Editor, selected};
use super::faults::{MenuAt, MenuOf};
use super::files::{Wanted, open_file, save, use_drop};
use super::inspector::{InspectorProps, inspector_panel};
use super::link::{fragment_at, share, use_link};
use super::parts::{Choice, SegmentedProps, Toast, ToastView, said, segmented};
use super::prefs::{Prefs, use_lang};
use super::scene_area::{Ask, SceneAreaProps, scene};
use super::screen::{Open, Pane, Screen, Turn};
use super::session::{Same, Session, use_view};
use super::shortcuts::use_shortcuts;
use super::shrinking::use_shrink;
use super::topbar::{TopBar, Wish};
use super::transport::{TransportProps, transport_bar};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WorkbenchProps {
    pub(crate) opened: Opened,
    pub(crate) prefs: Prefs,
}

/// The page.
#[component]
pub(crate) fn Workbench(props: &WorkbenchProps) -> Html {
    let lang = use_lang();
    let session = &props.opened.session;
    let view = use_view(session);
    let screen = use_reducer(|| Screen {
        broken_link: props.opened.broken_link.clone(),
        ..Screen::default()
    });
    let desk = Desk { session: session.clone(), turn: screen.dispatcher(), lang };
    let saved = use_link(session, &screen.dispatcher());
    use_drop(&desk);
    use_shortcuts(&desk, screen.over.side.clone());
    use_offer(&desk, props.opened.kept.clone(), props.opened.crashed);
    use_notice(&desk, &view);
    use_title(said(lang, &view.title), view.about.map_or("", |about| about.name));
    // The same as long as nothing it reaches changes, so that what only acts is not made anew.
    let act = (*use_memo(desk.clone(), Desk::act)).clone();
    let on_instant = use_memo(desk.clone(), |desk| desk.turn(Turn::Instant));
    let shrink = use_shrink(&view, &act);
    let requests = view.pool.as_ref().map(|pool| pool.requests);
    html! {
        <div class={app_class(&screen, &view)}>
            <TopBar view={view.clone()} prefs={props.prefs.clone()} act={act.clone()}
                on_wish={desk.on_wish()} />
            <Editor view={view.clone()} act={act.clone()} {saved} shrink={shrink.clone()}
                on_instant={(*on_instant).clone()}
                on_partition={desk.turn(|()| Turn::Partition)} />
            {scene(lang, &SceneAreaProps {
                session: session.clone(),
                view: view.clone(),
                over: screen.over.clone(),
                film: screen.film.clone(),
                broken_link: screen.broken_link.clone(),
                shrink: shrink.clone(),
                act: act.clone(),
                on_ask: desk.on_ask(screen.over.side.clone()),
                on_gallery: desk.turn(|()| Turn::Open(Open::Gallery)),
                on_first: desk.open_text().reform(|()| first_text()),
                on_drawer: desk.turn(|()| Turn::Drawer),
            })}
            {transport_bar(lang, &TransportProps {
                session: session.clone(),
                playhead: view.playhead,
                track: Same::from(&view.track),
                requests,
                instant: screen.instant,
                act: act.clone(),
            })}
            <Dock desk={desk.clone()} view={view.clone()} act={act.clone()}
                tab={screen.tab} pin={screen.pin} />
            {pane_tabs(lang, &PaneTabsProps {
                pane: screen.pane,
                node: node_name(&view),
                pool: view.pool.is_some(),
                on_choose: desk.turn(Turn::Pane),
            })}
            <aside class="inspector" tabindex="0" aria-label={Label::Inspector.text(lang)}>
                {inspector_panel(lang, &InspectorProps {
                    view: view.clone(),
                    act,
                    on_menu: desk.on_menu(),
                    shrink,
                    on_show: desk.turn(|turn: Turn| turn),
                })}
            </aside>
            {dialog(&desk, &screen, &view)}
            <ToastView toast={screen.toast.clone()} on_done={desk.turn(|()| Turn::DoneSaying)} />
        </div>
    }
}

fn app_class(screen: &Screen, view: &ViewModel) -> Classes {
    classes!(
        "app",
        pane_class(screen.pane),
        screen.drawer.then_some("drawer-open"),
        view.pool.is_some().then_some("app-pool")
    )
}

fn pane_class(pane: Pane) -> &'static str {
    match pane {
        Pane::Scenario => "show-scenario",
        Pane::Node => "show-node",
        Pane::Checks => "show-checks",
        Pane::Tables => "show-tables",
    }
}

fn node_name(view: &ViewModel) -> Option<AttrValue> {
    let node = selected(view)?;
    view.names.get(node.index()).map(|name| AttrValue::from(name.clone()))
}

/// Everything a panel may reach: the session, and what is open on the page.
#[derive(Clone, PartialEq)]
pub(crate) struct Desk {
    pub(crate) session: Session,
    pub(crate) turn: UseReducerDispatcher<Screen>,
    pub(crate) lang: Lang,
}

impl Desk {
    /// Does an action, and brings forward what it is about.
    pub(crate) fn perform(&self, action: Action) {
        match &action {
            Action::Select(Some(Selection::Node(_))) => self.turn.dispatch(Turn::Selected),
            Action::Open(_) => self.turn.dispatch(Turn::BrokenLink(None)),
            _ => {}
        }
        self.session.act(action);
    }

    fn act(&self) -> Callback<Action> {
        let desk = self.clone();
        Callback::from(move |action| desk.perform(action))
    }

    fn turn<T: 'static>(&self, make: impl Fn(T) -> Turn + 'static) -> Callback<T> {
        let turn = self.turn.clone();
        Callback::from(move |value| turn.dispatch(make(value)))
    }

    /// Replaces the whole text.
    fn open_text(&self) -> Callback<String> {
        self.act().reform(Action::Open)
    }

    fn on_wish(&self) -> Callback<Wish> {
        let desk = self.clone();
        Callback::from(move |wish| match wish {
            Wish::Gallery => desk.turn.dispatch(Turn::Open(Open::Gallery)),
            Wish::Help => desk.turn.dispatch(Turn::Open(Open::Help)),
            Wish::Embed => match fragment_at(&desk.session.view(), None) {
                Some(fragment) => desk.turn.dispatch(Turn::Open(Open::Embed(fragment))),
                None => desk.say(Label::LinkTooLong.text(desk.lang)),
            },
            Wish::Files => desk.turn.dispatch(Turn::Open(Open::Files)),
            Wish::Share => share(&desk),
        })
    }

    fn on_ask(&self, side: Option<Vec<NodeId>>) -> Callback<Ask> {
        let desk = self.clone();
        Callback::from(move |ask| {
            match &ask {
                Ask::Split => desk.split(side.clone().unwrap_or_default()),
                Ask::SplitOff(side) => desk.split(side.clone()),
                Ask::Menu(_) | Ask::CloseMenu | Ask::Partition | Ask::Toggle(_) | Ask::Cancel => {}
            }
            desk.turn.dispatch(Turn::from(ask));
        })
    }

    /// Parts `side` from the other nodes.
    pub(crate) fn split(&self, side: Vec<NodeId>) {
        let nodes = self.session.view().names.len();
        let rest: Vec<NodeId> =
            (0..nodes).map(NodeId::at).filter(|node| !side.contains(node)).collect();
        if !side.is_empty() && !rest.is_empty() {
            self.perform(Action::Do(Deed::Input(Input::Partition(vec![side, rest]))));
        }
    }

    /// A menu, where no pointer says where: in the upper left of the scene.
    fn on_menu(&self) -> Callback<MenuOf> {
        self.turn(|of| Turn::Menu(MenuAt::corner(of)))
    }

    /// Says something at the foot of the page.
    pub(crate) fn say(&self, text: impl Into<AttrValue>) {
        let toast = Toast { text: text.into(), copy: None, offer: None, serial: 0 };
        self.turn.dispatch(Turn::Say(toast));
    }

    /// The clipboard is closed: the text is there to be selected.
    pub(crate) fn say_copy(&self, text: String) {
        let why = Label::CopyFailed.text(self.lang);
        let toast = Toast { text: why.into(), copy: Some(text.into()), offer: None, serial: 0 };
        self.turn.dispatch(Turn::Say(toast));
    }
}

fn dialog(desk: &Desk, screen: &Screen, view: &Same<ViewModel>) -> Html {
    let on_close = desk.turn(|()| Turn::CloseDialog);
    match &screen.open {
        None => Html::default(),
        Some(Open::Help) => help_dialog(desk.lang, &HelpProps { on_close }),
        Some(Open::Gallery) => {
            let (open, close) = (desk.open_text(), on_close.clone());
            let on_choose = Callback::from(move |item: &'static Item| {
                close.emit(());
                open.emit(item.text.to_owned());
            });
            html! { <Gallery {on_choose} {on_close} /> }
        }
        Some(Open::Files) => {
            let (saver, opener, close) = (desk.clone(), desk.clone(), on_close.clone());
            let away = on_close.clone();
            let save = Callback::from(move |wanted| {
                // What is filmed is behind the dialog.
                if wanted == Wanted::Film {
                    away.emit(());
                }
                save(&saver, wanted);
            });
            let open = Callback::from(move |file| {
                close.emit(());
                open_file(&opener, file);
            });
            files_dialog(desk.lang, &FilesProps { save, open, on_close })
        }
        Some(Open::Embed(fragment)) => {
            let on_copy = super::link::copier(desk, Label::Copied);
            html! {
                <EmbedDialog fragment={fragment.clone()} text={Same::from(&view.text)}
                    title={said(desk.lang, &view.title)} at={view.playhead.at}
                    {on_copy} {on_close} />
            }
        }
    }
}

/// Offers a text kept in this browser, once.
#[hook]
fn use_offer(desk: &Desk, kept: Option<Rc<str>>, crashed: bool) {
    let desk = desk.clone();
    use_effect_with((), move |()| {
        let Some(kept) = kept else { return };
        let why = if crashed { Label::CrashedText } else { Label::KeptText };
        let (act, turn) = (desk.act(), desk.turn.clone());
        let restore = Callback::from(move |()| {
            turn.dispatch(Turn::DoneSaying);
            act.emit(Action::Open(kept.to_string()));
        });
        desk.turn.dispatch(Turn::Say(Toast {
            text: why.text(desk.lang).into(),
            copy: None,
            offer: Some((Label::Restore.text(desk.lang).into(), restore)),
            serial: 0,
        }));
    });
}

/// The scenario names the page, also in tabs and bookmarks.
#[hook]
fn use_title(title: AttrValue, entry: &'static str) {
    use_effect_with((title, entry), |(title, entry)| {
        let name = if title.is_empty() { *entry } else { &**title };
        let dot = if name.is_empty() { "" } else { " · " };
        super::dom::document().set_title(&format!("{name}{dot}Quorate"));
    });
}

/// Why a fault could not be written.
#[hook]
fn use_notice(desk: &Desk, view: &Same<ViewModel>) {
    let desk = desk.clone();
    use_effect_with(view.notice.clone(), move |notice| {
        if let Some(notice) = notice {
            desk.say(said(desk.lang, notice));
        }
    });
}

struct PaneTabsProps {
    pane: Pane,
    /// Name of the selected node.
    node: Option<AttrValue>,
    /// There are strategies to compare.
    pool: bool,
    on_choose: Callback<Pane>,
}

/// Where there is room for one panel: which.
fn pane_tabs(lang: Lang, props: &PaneTabsProps) -> Html {
    const PANES: [Pane; 4] = [Pane::Scenario, Pane::Node, Pane::Checks, Pane::Tables];
    let node = match &props.node {
        Some(name) => AttrValue::from(node_tab(lang, name)),
        None => Label::Node.text(lang).into(),
    };
    let names = [Label::Scenario.text(lang).into(), node, Label::Checks.text(lang).into()];
    let mut choices: Vec<Choice> = names.into_iter().map(Choice::named).collect();
    let tables = if props.pool { Label::Compare } else { Label::Tables };
    choices.push(Choice::named(tables.text(lang)));
    let current = PANES.iter().position(|pane| *pane == props.pane);
    html! {
        <nav class="pane-tabs" aria-label={Label::Sheet.text(lang)}>
            {segmented(&SegmentedProps {
                class: "pane-choice",
                label: Label::Sheet.text(lang).into(),
                choices,
                current,
                on_choose: props.on_choose.reform(|place: usize| PANES[place]),
            })}
        </nav>
    }
}
