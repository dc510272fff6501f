//! The rows: names, pictures and figures, in any order.

use quorate::lab::{Action, CompareRow, CompareView, PoolView};
use quorate::scene::compare::{RowLook, Shared, distribution, queues, shares, waiting};
use quorate::scene::text::{
    Label, Lang, distribution_spoken, number, per_cent, percent, queues_spoken, shares_spoken,
    span, waiting_spoken,
};
use yew::prelude::*;

use super::super::parts::{said, verdict};
use super::pictures::{self, cell};

/// What a column shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Column {
    Strategy,
    Distribution,
    Shares,
    Queues,
    Waiting,
    Answered,
    Mean,
    P50,
    P90,
    P99,
    P999,
    Worst,
    OverLimit,
    Failed,
    Busy,
    OnlyHere,
}

/// How much room the table has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Room {
    Wide,
    Middle,
    Narrow,
}

/// Beside pictures there is room for a few figures.
const PICTURES: [Column; 10] = [
    Column::Strategy,
    Column::Distribution,
    Column::Shares,
    Column::Queues,
    Column::Waiting,
    Column::P50,
    Column::P99,
    Column::Worst,
    Column::OverLimit,
    Column::Failed,
];

const FIGURES: [Column; 12] = [
    Column::Strategy,
    Column::Answered,
    Column::Mean,
    Column::P50,
    Column::P90,
    Column::P99,
    Column::P999,
    Column::Worst,
    Column::OverLimit,
    Column::Failed,
    Column::Busy,
    Column::OnlyHere,
];

impl Column {
    /// The columns shown. Without a limit nothing can be over it; where there is less room, fewer
    /// pictures of queues stand between the curves and their figures.
    fn all(figures: bool, limit: bool, room: Room) -> Vec<Column> {
        let all: &[Column] = if figures { &FIGURES } else { &PICTURES };
        let shown = |it: &Column| match it {
            Column::OverLimit => limit,
            Column::Failed => figures || !limit,
            Column::Waiting => room == Room::Wide,
            Column::Queues => room != Room::Narrow,
            _ => true, // Every other column always says something.
        };
        all.iter().copied().filter(shown).collect()
    }

    fn name(self, lang: Lang) -> &'static str {
        let label = match self {
            Column::Strategy => Label::Strategy,
            Column::Distribution => Label::Distribution,
            Column::Shares => Label::ShareOfRequests,
            Column::Queues => Label::QueuesNow,
            Column::Waiting => Label::QueuesOverTime,
            Column::Answered => Label::AnsweredCount,
            Column::Mean => Label::Mean,
            Column::P50 => return "p50",
            Column::P90 => return "p90",
            Column::P99 => return "p99",
            Column::P999 => return "p99.9",
            Column::Worst => Label::Worst,
            Column::OverLimit => Label::OverLimit,
            Column::Failed => Label::Failed,
            Column::Busy => Label::Busy,
            Column::OnlyHere => Label::OnlyHere,
        };
        label.text(lang)
    }

    /// Pictures have no order; names stand in the order of the text.
    fn sorts(self) -> bool {
        !matches!(
            self,
            Column::Strategy
                | Column::Distribution
                | Column::Shares
                | Column::Queues
                | Column::Waiting
        )
    }

    fn value(self, row: &CompareRow) -> f64 {
        let part = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        match self {
            Column::Answered => row.completed as f64,
            Column::Mean => row.spread.mean.0 as f64,
            Column::P50 => row.spread.p50.0 as f64,
            Column::P90 => row.spread.p90.0 as f64,
            Column::P99 => row.spread.p99.0 as f64,
            Column::P999 => row.spread.p999.0 as f64,
            Column::Worst => row.spread.max.0 as f64,
            Column::OverLimit => part(row.over, row.completed),
            Column::Failed => part(row.failed, row.failed + row.completed),
            Column::Busy => row.utilisation,
            Column::OnlyHere => row.only as f64,
            Column::Strategy
            | Column::Distribution
            | Column::Shares
            | Column::Queues
            | Column::Waiting => 0.0,
        }
    }

    fn words(self, row: &CompareRow) -> String {
        let time = |value| if row.completed > 0 { span(value) } else { "–".to_owned() };
        match self {
            Column::Answered => number(row.completed),
            Column::Mean => time(row.spread.mean),
            Column::P50 => time(row.spread.p50),
            Column::P90 => time(row.spread.p90),
            Column::P99 => time(row.spread.p99),
            Column::P999 => time(row.spread.p999),
            Column::Worst => time(row.spread.max),
            Column::OverLimit => per_cent(row.over, row.completed),
            Column::Failed => per_cent(row.failed, row.failed + row.completed),
            Column::Busy => percent(row.utilisation),
            Column::OnlyHere => number(row.only),
            Column::Strategy
            | Column::Distribution
            | Column::Shares
            | Column::Queues
            | Column::Waiting => String::new(),
        }
    }
}

/// By which column the rows stand, and whether the largest comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Order {
    pub(super) by: Column,
    pub(super) falling: bool,
}

impl Order {
    /// After a press on the head of `column`: rising, then falling, then the order of the text.
    pub(super) fn next(now: Option<Order>, column: Column) -> Option<Order> {
        match now {
            Some(order) if order.by == column && order.falling => None,
            Some(order) if order.by == column => Some(Order { falling: true, ..order }),
            _ => Some(Order { by: column, falling: false }),
        }
    }
}

pub(super) struct TableProps<'a> {
    pub(super) pool: &'a PoolView,
    pub(super) compare: &'a CompareView,
    pub(super) figures: bool,
    pub(super) order: Option<Order>,
    /// Width of the distributions in pixels.
    pub(super) wide: f64,
    pub(super) room: Room,
    pub(super) caption: String,
    pub(super) on_order: Callback<Column>,
    pub(super) act: Callback<Action>,
}

/// Height of the pictures in pixels.
const HIGH: f64 = 58.0;

/// All rows.
pub(super) fn table(lang: Lang, props: &TableProps<'_>) -> Html {
    let compare = props.compare;
    let columns = Column::all(props.figures, compare.limit.is_some(), props.room);
    let (shared, looks) = pictures::looks(lang, props.pool, compare);
    let mut rows: Vec<(&CompareRow, &RowLook)> = compare.rows.iter().zip(&looks).collect();
    if let Some(order) = props.order {
        quorate::order::sort_by(&mut rows, |a, b| {
            let by = order.by.value(a.0).total_cmp(&order.by.value(b.0));
            if order.falling { by.reverse() } else { by }
        });
    }
    html! {
        <table class="compare-table">
            <caption>{props.caption.clone()}</caption>
            <thead>
                <tr>
                    for column in columns.iter().copied() {
                        {head(lang, column, props, &shared)}
                    }
                </tr>
            </thead>
            <tbody>
                for (row, look) in rows {
                    {line(lang, &columns, (row, look), (props, &shared))}
                }
            </tbody>
        </table>
    }
}

fn head(lang: Lang, column: Column, props: &TableProps<'_>, shared: &Shared) -> Html {
    let name = column.name(lang);
    if !column.sorts() {
        let axis = (column == Column::Distribution)
            .then(|| pictures::axis(lang, shared, (props.wide, 18.0)));
        let hidden = axis.is_some().then_some("unseen");
        return html! { <th scope="col"><span class={classes!(hidden)}>{name}</span>{axis}</th> };
    }
    let order = props.order.filter(|order| order.by == column);
    let (sort, arrow) = match order {
        None => ("none", ""),
        Some(order) if order.falling => ("descending", "↓"),
        Some(_) => ("ascending", "↑"),
    };
    let onclick = props.on_order.reform(move |_: MouseEvent| column);
    html! {
        <th scope="col" class="right" aria-sort={sort}>
            <button type="button" class="sort" {onclick}>
                <span class="sort-arrow" aria-hidden="true">{arrow}</span>{name}
            </button>
        </th>
    }
}

fn line(
    lang: Lang,
    columns: &[Column],
    (row, look): (&CompareRow, &RowLook),
    (props, shared): (&TableProps<'_>, &Shared),
) -> Html {
    let current = row.strategy.current;
    let drawn = (shared, look);
    let servers = &props.compare.servers;
    html! {
        <tr key={row.strategy.id.clone()} class={classes!(current.then_some("compare-current"))}>
            for column in columns.iter().copied() {
                {match column {
                    Column::Strategy => name(lang, row, &props.act),
                    Column::Distribution => {
                        let says = distribution_spoken(lang, look.p50, look.p99);
                        html! { <td>{cell(distribution, drawn, (props.wide, HIGH), &says)}</td> }
                    }
                    Column::Shares => {
                        let says = shares_spoken(lang, servers, &row.shares);
                        html! { <td>{cell(shares, drawn, (118.0, HIGH), &says)}</td> }
                    }
                    Column::Queues => {
                        let says = queues_spoken(lang, servers, &row.queues);
                        html! { <td>{cell(queues, drawn, (92.0, HIGH), &says)}</td> }
                    }
                    Column::Waiting => {
                        let most = row.waiting.iter().copied().max().unwrap_or(0);
                        let says = waiting_spoken(lang, row.queues.iter().sum(), most);
                        html! { <td>{cell(waiting, drawn, (104.0, HIGH), &says)}</td> }
                    }
                    figure => {
                        let bad = figure == Column::P99
                            && props.compare.limit.is_some_and(|(_, it)| row.spread.p99 >= it);
                        let class = classes!("right", "num", bad.then_some("over"));
                        html! { <td {class}>{figure.words(row)}</td> }
                    }
                }}
            }
        </tr>
    }
}

fn name(lang: Lang, row: &CompareRow, act: &Callback<Action>) -> Html {
    let id = row.strategy.id.clone();
    let onclick = act.reform(move |_: MouseEvent| Action::Strategy(id.clone()));
    let current = row.strategy.current.then_some("true");
    html! {
        <th scope="row">
            <span class="compare-name">
                {verdict(lang, row.verdict)}
                <button type="button" class="plain-link" aria-current={current} {onclick}
                    title={said(lang, &row.strategy.summary)}>
                    {said(lang, &row.strategy.name)}
                </button>
            </span>
            if row.limited {
                <span class="hint">{Label::StoppedEarly.text(lang)}</span>
            }
        </th>
    }
}
