//! Everybody's log side by side; for protocols without one, everybody's card.

use quorate::lab::{Action, EntryState, EntryView, LogView, LogsView, Selection, ViewModel};
use quorate::scene::text::{Label, Lang, role_title, time as words};
use yew::prelude::*;

use crate::ui::parts::button;
use crate::ui::prefs::use_lang;
use crate::ui::session::Same;

/// Entries drawn at once, over all nodes: more would not be followed by any eye.
const CELLS: usize = 720;
/// Most and fewest positions side by side.
const COLUMNS: (usize, usize) = (24, 6);

#[derive(Clone, PartialEq, Properties)]
pub(super) struct LogPanelProps {
    pub(super) view: Same<ViewModel>,
    pub(super) act: Callback<Action>,
}

/// The panel. It asks for the logs while it is there.
#[component]
pub(super) fn LogPanel(props: &LogPanelProps) -> Html {
    let lang = use_lang();
    // How many positions before the last ones are shown.
    let back = use_state(|| 0_usize);
    use_effect_with(props.act.clone(), |act| {
        let act = act.clone();
        act.emit(Action::Logs(true));
        move || act.emit(Action::Logs(false))
    });
    let Some(logs) = &props.view.logs else {
        return html! { <p class="muted" aria-busy="true">{Label::Computing.text(lang)}</p> };
    };
    let Some((first, last)) = logs.span else { return cards(lang, logs, props) };
    let wide = (CELLS / logs.rows.len().max(1)).clamp(COLUMNS.1, COLUMNS.0);
    let all = (last - first + 1) as usize;
    let most = all.saturating_sub(wide);
    let behind = (*back).min(most);
    let to = last - behind as u64;
    let from = to.saturating_sub(wide as u64 - 1).max(first);
    let go = |name, target: usize, able: bool| {
        let setter = back.setter();
        let onclick = Callback::from(move |_: MouseEvent| setter.set(target));
        html! {
            if able {
                {button("button line small", onclick, name)}
            }
        }
    };
    let half = (wide / 2).max(1);
    html! {
        <>
            <div class="log-head">
                {go(lang.of(words::EARLIER), (behind + half).min(most), behind < most)}
                {go(lang.of(words::LATER), behind.saturating_sub(half), behind > 0)}
                {legend(lang, logs)}
            </div>
            {grid(lang, logs, (from, to), props)}
        </>
    }
}

fn state_name(lang: Lang, state: EntryState) -> &'static str {
    match state {
        EntryState::Committed => Label::Committed.text(lang),
        EntryState::Pending => Label::Pending.text(lang),
        EntryState::Conflicting => lang.of(words::CONFLICTING),
    }
}

fn state_class(state: EntryState) -> &'static str {
    match state {
        EntryState::Committed => "entry-committed",
        EntryState::Pending => "entry-pending",
        EntryState::Conflicting => "entry-conflicting",
    }
}

fn legend(lang: Lang, logs: &LogsView) -> Html {
    const STATES: [EntryState; 3] =
        [EntryState::Committed, EntryState::Pending, EntryState::Conflicting];
    html! {
        <span class="log-legend hint">
            for state in STATES {
                <span key={state_class(state)}>
                    <span class={classes!("entry", "era-1", state_class(state))}
                        aria-hidden="true">{"1"}</span>
                    {state_name(lang, state)}
                </span>
            }
            if logs.conflicts > 0 {
                <strong class="t-red">{words::conflicts(lang, logs.conflicts)}</strong>
            }
        </span>
    }
}

fn grid(lang: Lang, logs: &LogsView, (from, to): (u64, u64), props: &LogPanelProps) -> Html {
    html! {
        <table class="log-grid">
            <thead>
                <tr>
                    <th scope="col">{Label::Node.text(lang)}</th>
                    for slot in from..=to {
                        <th scope="col" class="num" key={slot}>{slot}</th>
                    }
                </tr>
            </thead>
            <tbody>
                for row in &logs.rows {
                    {log_row(lang, row, (from, to), props)}
                }
            </tbody>
        </table>
    }
}

fn log_row(lang: Lang, row: &LogView, (from, to): (u64, u64), props: &LogPanelProps) -> Html {
    let era = props.view.about.map_or("", |about| about.era);
    let spoken = words::log_bounds(lang, row.commit, row.snapshot);
    let cell = |slot: u64| {
        let entry = row.entries.iter().find(|entry| entry.slot == slot);
        let folded = row.snapshot.is_some_and(|last| slot <= last);
        let class = classes!(
            (slot == row.commit).then_some("log-commit"),
            (row.snapshot == Some(slot)).then_some("log-snapshot"),
        );
        html! {
            <td key={slot} {class}>
                {match entry {
                    Some(entry) => entry_cell(lang, entry, era),
                    None if folded => html! { <span class="entry-folded">{"≡"}</span> },
                    None => Html::default(),
                }}
            </td>
        }
    };
    html! {
        <tr key={row.node.0}>
            {node_head(lang, row, spoken, props)}
            for slot in from..=to {
                {cell(slot)}
            }
        </tr>
    }
}

fn entry_cell(lang: Lang, entry: &EntryView, era: &str) -> Html {
    let value = entry.value.to_string();
    let value = if value.is_empty() { Label::NoNoOp.text(lang).to_owned() } else { value };
    let term = format!("{era} {}", entry.era);
    let title = words::entry_spoken(lang, entry.slot, &term, &value, state_name(lang, entry.state));
    let tint = format!("era-{}", entry.era.saturating_sub(1) % 4 + 1);
    html! {
        <span class={classes!("entry", tint, state_class(entry.state))} title={title.clone()}>
            <span class="unseen">{title}</span>
            <span aria-hidden="true">{entry.era}</span>
            <small aria-hidden="true">{value}</small>
        </span>
    }
}

fn node_head(lang: Lang, row: &LogView, spoken: String, props: &LogPanelProps) -> Html {
    let node = row.node;
    let select = props.act.reform(move |_: MouseEvent| Action::Select(Some(Selection::Node(node))));
    let name = props.view.names.get(node.index()).cloned().unwrap_or_default();
    html! {
        <th scope="row">
            <button type="button" class="plain-link mono" onclick={select}>{name}</button>
            <span class="hint">
                if row.crashed {
                    {Label::CrashedDisk.text(lang)}
                } else {
                    {spoken}
                }
            </span>
        </th>
    }
}

fn title(lang: Lang, row: &LogView) -> String {
    role_title(lang, row.role, row.title).to_owned()
}

/// What everybody's card says, a column for each word.
fn cards(lang: Lang, logs: &LogsView, props: &LogPanelProps) -> Html {
    let mut names: Vec<&'static str> = Vec::new();
    for (name, _) in logs.rows.iter().flat_map(|row| &row.fields) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return html! { <p class="muted">{lang.of(words::NO_CARDS)}</p> };
    }
    html! {
        <>
            <p class="hint">{lang.of(words::NO_LOGS)}</p>
            <table class="card-grid">
                <thead>
                    <tr>
                        <th scope="col">{Label::Node.text(lang)}</th>
                        for name in &names {
                            <th scope="col" lang="en" key={*name}>{*name}</th>
                        }
                    </tr>
                </thead>
                <tbody>
                    for row in &logs.rows {
                        <tr key={row.node.0}>
                            {node_head(lang, row, title(lang, row), props)}
                            for name in &names {
                                <td class="mono" key={*name}>
                                    for (_, value) in row.fields.iter().filter(|it| it.0 == *name) {
                                        {value.clone()}
                                    }
                                </td>
                            }
                        </tr>
                    }
                </tbody>
            </table>
        </>
    }
}
