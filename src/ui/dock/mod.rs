//! Under the scene: the same in tables, each tab of this room in a file of its own.

mod branches;
mod logs;
mod messages;
mod metrics;

use std::rc::Rc;

use quorate::lab::{Action, Snapshot, ViewModel};
use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

use super::checker::Checker;
use super::compare::ComparePanel;
use super::history::history_picture;
use super::inspector::{NodeTableProps, PoolTableProps, node_table, pool_table};
use super::listing::Listing;
use super::prefs::use_lang;
use super::screen::{Pin, Turn};
use super::session::Same;
use super::spacetime::SpaceTime;
use super::sweep::Sweep;
use super::theory::theory_lines;
use super::why::why_panel;
use super::workbench::Desk;
use branches::branch_panel;
pub(crate) use branches::sound_words;
use logs::LogPanel;
use messages::MessagePanel;
use metrics::MetricsPanel;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Tab {
    Compare,
    Why,
    Checker,
    Theory,
    #[default]
    SpaceTime,
    Messages,
    Logs,
    Nodes,
    Metrics,
    Branches,
    History,
    Listing,
}

impl Tab {
    const ALL: [Tab; 12] = [
        Tab::Compare,
        Tab::Why,
        Tab::Theory,
        Tab::SpaceTime,
        Tab::Messages,
        Tab::Logs,
        Tab::Metrics,
        Tab::Nodes,
        Tab::History,
        Tab::Checker,
        Tab::Branches,
        Tab::Listing,
    ];

    fn label(self, pool: bool) -> Label {
        match self {
            Tab::Compare => Label::Compare,
            Tab::Why => Label::WhyThisServer,
            Tab::Checker => Label::Checker,
            Tab::Theory => Label::TheoryTab,
            Tab::SpaceTime => Label::SpaceTime,
            Tab::Messages => Label::Messages,
            Tab::Logs => Label::Logs,
            Tab::Metrics => Label::Metrics,
            Tab::Branches => Label::Branches,
            Tab::Nodes if pool => Label::Servers,
            Tab::Nodes => Label::AllNodes,
            Tab::History => Label::History,
            Tab::Listing => Label::Listing,
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DockProps {
    pub(crate) desk: Desk,
    pub(crate) view: Same<ViewModel>,
    pub(crate) act: Callback<Action>,
    /// The table chosen last.
    pub(crate) tab: Option<Tab>,
    /// The place of a listing that is looked at.
    pub(crate) pin: Option<Pin>,
}

/// The tables, one at a time.
#[component]
pub(crate) fn Dock(props: &DockProps) -> Html {
    let lang = use_lang();
    let found = use_state(|| None::<usize>);
    let view = &props.view;
    // The tab chosen before may be none of this run's.
    let shown = tabs(view.pool.is_some()).find(|one| Some(*one) == props.tab);
    let shown = shown.or_else(|| tabs(view.pool.is_some()).next()).unwrap_or_default();
    let Some(snapshot) = view.snapshot.as_ref().map(Same::from) else {
        return html! { <section class="dock" aria-label={Label::Tables.text(lang)} /> };
    };
    let count = |of: Tab| match of {
        Tab::Messages => Some(view.messages.len()),
        Tab::Logs => Some(snapshot.nodes.len()),
        Tab::Branches => Some(view.branches.list.len()),
        Tab::Nodes => Some(view.pool.as_ref().map_or(snapshot.nodes.len(), |p| p.servers.len())),
        Tab::History => Some(view.history.total as usize),
        Tab::Compare => {
            let compare = view.pool.as_ref().and_then(|pool| pool.compare.as_ref());
            compare.map(|compare| compare.rows.len())
        }
        Tab::Checker => *found,
        Tab::Why | Tab::Theory | Tab::SpaceTime | Tab::Metrics | Tab::Listing => None,
    };
    html! {
        <section class={classes!("dock", (shown == Tab::SpaceTime).then_some("dock-spacetime"))}
            aria-label={Label::Tables.text(lang)}>
            <div class="dock-tabs" role="group" aria-label={Label::Tables.text(lang)}>
                for (index, one) in tabs(view.pool.is_some()).enumerate() {
                    <button type="button" key={index} class="dock-tab"
                        aria-pressed={(shown == one).to_string()}
                        onclick={let turn = props.desk.turn.clone();
                            move |_: MouseEvent| turn.dispatch(Turn::Tab(one))}>
                        <span>{one.label(view.pool.is_some()).text(lang)}</span>
                        <span class="aside num">{for count(one)}</span>
                    </button>
                }
            </div>
            if shown == Tab::SpaceTime {
                <SpaceTime desk={props.desk.clone()} view={view.clone()}
                    act={props.act.clone()} />
            } else if shown != Tab::Checker {
                <div class="dock-body" tabindex="0" role="region"
                    aria-label={shown.label(view.pool.is_some()).text(lang)}>
                    {body(lang, shown, props, snapshot.clone())}
                </div>
            }
            if view.pool.is_none() {
                <Checker session={props.desk.session.clone()} view={view.clone()}
                    act={props.act.clone()} hidden={shown != Tab::Checker}
                    on_count={let found = found.setter();
                        move |count: u64| found.set(Some(count as usize))} />
            }
        </section>
    }
}

/// A pool's work has no meaning to judge, so it has no history; a cluster has no strategies.
fn tabs(pool: bool) -> impl Iterator<Item = Tab> {
    Tab::ALL.into_iter().filter(move |tab| match tab {
        Tab::History | Tab::Logs | Tab::Checker => !pool,
        Tab::Compare | Tab::Why | Tab::Theory => pool,
        Tab::SpaceTime
        | Tab::Messages
        | Tab::Metrics
        | Tab::Nodes
        | Tab::Branches
        | Tab::Listing => true,
    })
}

/// Whose code is shown: the strategy's, where one chooses; its pool's rules are not in it.
fn code_of(view: &ViewModel) -> AttrValue {
    let strategy = view.pool.as_ref().and_then(|pool| pool.strategies.iter().find(|it| it.current));
    let id = strategy.map_or_else(|| view.about.map_or("", |about| about.id), |it| it.id.as_str());
    AttrValue::from(id.to_owned())
}

fn body(lang: Lang, tab: Tab, props: &DockProps, snapshot: Same<Snapshot>) -> Html {
    let (view, act) = (&props.view, props.act.clone());
    let names = Same::from(&view.names);
    match (tab, &view.pool) {
        (Tab::Compare, _) => html! { <ComparePanel view={view.clone()} {act} /> },
        (Tab::Why, Some(pool)) => why_panel(lang, pool, &act),
        (Tab::Theory, Some(pool)) => html! {
            <>
                {theory_lines(lang, pool)}
                <Sweep pool={Same::from(pool)} here={pool.load_ppm} {act} />
            </>
        },
        // The diagram is not in the frame of the tables.
        (Tab::Why | Tab::Theory, None) | (Tab::SpaceTime | Tab::Checker, _) => Html::default(),
        (Tab::History, _) => history_picture(lang, &view.history),
        (Tab::Messages, _) => html! { <MessagePanel view={view.clone()} {act} /> },
        (Tab::Logs, _) => html! { <LogPanel view={view.clone()} {act} /> },
        (Tab::Metrics, _) => html! { <MetricsPanel view={view.clone()} {act} /> },
        (Tab::Branches, _) => branch_panel(lang, view, &act),
        (Tab::Listing, _) => {
            let here = |pin: &Pin| pin.event.is_none_or(|at| at == view.playhead.event);
            let pin = props.pin.filter(here);
            let own = code_of(view);
            let id = pin.map_or_else(|| own.clone(), |pin| pin.code.into());
            let rule = pin.and_then(|pin| pin.rule).or(view.rule);
            // How often rules were applied is known of the code that runs.
            let rules = if id == own { view.rules.clone() } else { Rc::default() };
            html! { <Listing {id} {rule} {rules} {act} /> }
        }
        (Tab::Nodes, Some(pool)) => {
            pool_table(lang, &PoolTableProps { pool: Same::from(pool), act })
        }
        (Tab::Nodes, None) => {
            let era = view.about.map_or("", |about| about.era);
            node_table(lang, &NodeTableProps { snapshot, names, era: era.into(), act })
        }
    }
}
