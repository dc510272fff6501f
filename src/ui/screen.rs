//! What is open on the page beside the playground itself.

use std::rc::Rc;

use quorate::kernel::{NodeId, SimTime};
use quorate::lab::Say;
use yew::prelude::*;

use super::dock::Tab;
use super::faults::MenuAt;
use super::film::Reel;
use super::parts::Toast;
use super::scene_area::{Ask, Over};

/// A dialog.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Open {
    Gallery,
    /// With the fragment that holds the scenario.
    Embed(String),
    /// Files in and out.
    Files,
    Help,
}

/// Which panel shows where there is room for one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Pane {
    Scenario,
    Node,
    #[default]
    Checks,
    /// The tables; for pools, whose strategies are compared there.
    Tables,
}

/// What is open.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Screen {
    pub(crate) open: Option<Open>,
    pub(crate) over: Over,
    pub(crate) toast: Option<Toast>,
    pub(crate) broken_link: Option<Say>,
    pub(crate) drawer: bool,
    pub(crate) pane: Pane,
    /// The instant of the line that the caret is on.
    pub(crate) instant: Option<SimTime>,
    /// Number of the last toast.
    pub(crate) serial: u32,
    /// The table that was chosen last.
    pub(crate) tab: Option<Tab>,
    /// The place of a listing that is looked at.
    pub(crate) pin: Option<Pin>,
    /// A film that is being recorded.
    pub(crate) film: Option<Reel>,
}

/// A place of a listing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pin {
    /// Whose code.
    pub(crate) code: &'static str,
    /// Which rule; the one applied last if it has none of its own.
    pub(crate) rule: Option<&'static str>,
    /// It is looked at as long as the playhead stays behind this event.
    pub(crate) event: Option<u64>,
}

/// What becomes of it.
pub(crate) enum Turn {
    Open(Open),
    CloseDialog,
    Menu(MenuAt),
    CloseMenu,
    /// Begins to pick the sides of a partition.
    Partition,
    Toggle(NodeId),
    EndPartition,
    Say(Toast),
    DoneSaying,
    BrokenLink(Option<Say>),
    Drawer,
    /// A node was selected: its panel comes forward.
    Selected,
    Pane(Pane),
    /// The caret is on a line of this instant.
    Instant(Option<SimTime>),
    /// A table comes forward.
    Tab(Tab),
    /// A place of a listing comes forward.
    Pin(Pin),
    /// A film is begun, or is over.
    Film(Option<Reel>),
    /// What stands beside the run on screen comes forward.
    Beside,
    /// Everything that is open closes.
    Escape,
}

impl From<Ask> for Turn {
    fn from(ask: Ask) -> Turn {
        match ask {
            Ask::Menu(at) => Turn::Menu(at),
            Ask::CloseMenu => Turn::CloseMenu,
            Ask::Partition => Turn::Partition,
            Ask::Toggle(node) => Turn::Toggle(node),
            Ask::Split | Ask::SplitOff(_) | Ask::Cancel => Turn::EndPartition,
        }
    }
}

impl Reducible for Screen {
    type Action = Turn;

    fn reduce(self: Rc<Self>, turn: Turn) -> Rc<Self> {
        let mut screen = (*self).clone();
        match turn {
            Turn::Open(open) => {
                screen.open = Some(open);
                screen.over = Over::default();
            }
            Turn::CloseDialog => screen.open = None,
            Turn::Menu(at) => screen.over.menu = Some(at),
            Turn::CloseMenu => screen.over.menu = None,
            Turn::Partition => {
                screen.over = Over { menu: None, side: Some(Vec::new()) };
                screen.drawer = false;
            }
            Turn::Toggle(node) => toggle(screen.over.side.get_or_insert_default(), node),
            Turn::EndPartition => screen.over.side = None,
            Turn::Say(toast) => {
                screen.serial += 1;
                screen.toast = Some(Toast { serial: screen.serial, ..toast });
            }
            Turn::DoneSaying => screen.toast = None,
            Turn::BrokenLink(why) => screen.broken_link = why,
            Turn::Drawer => screen.drawer = !screen.drawer,
            Turn::Selected => {
                screen.drawer = true;
                screen.pane = Pane::Node;
            }
            Turn::Pane(pane) => screen.pane = pane,
            Turn::Instant(instant) => screen.instant = instant,
            Turn::Tab(tab) => (screen.tab, screen.pin) = (Some(tab), None),
            Turn::Pin(pin) => {
                (screen.tab, screen.pin) = (Some(Tab::Listing), Some(pin));
                (screen.pane, screen.drawer) = (Pane::Tables, false);
            }
            Turn::Film(film) => screen.film = film,
            Turn::Beside => {
                screen.tab = Some(Tab::Branches);
                (screen.pane, screen.drawer) = (Pane::Tables, false);
            }
            Turn::Escape => {
                screen.over = Over::default();
                screen.drawer = false;
            }
        }
        if screen == *self { self } else { Rc::new(screen) }
    }
}

fn toggle(side: &mut Vec<NodeId>, node: NodeId) {
    if let Some(place) = side.iter().position(|other| *other == node) {
        side.remove(place);
    } else {
        side.push(node);
        quorate::order::sort(side);
    }
}
