//! The pictures of a row, from what the laboratory knows.

use quorate::lab::{CompareRow, CompareView, PoolView, Status, ViewModel};
use quorate::scene::compare::{self, Axis, CompareScene, Curve, Room, RowLook, Shared};
use quorate::scene::list::List;
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::{Label, Lang, number, per_cent, span};
use quorate::scene::{Point, Theme};
use yew::prelude::*;

/// What is drawn into a room.
pub(super) type Draw = fn(&mut List, &Shared, &RowLook, Room);

/// All rows as they are drawn, with what they share.
pub(super) fn looks(lang: Lang, pool: &PoolView, compare: &CompareView) -> (Shared, Vec<RowLook>) {
    let (low, high) = compare.axis;
    let axis = Axis { low, high, limit: compare.limit.map(|(_, bound)| bound) };
    let rows: Vec<RowLook> = compare.rows.iter().map(|row| look(lang, &axis, row)).collect();
    let struck = pool.servers.iter().map(|server| server.crashed || server.queue.slowed);
    let instants = compare.rows.iter().map(|row| row.waiting.len()).max().unwrap_or(0);
    let share = |part: u64| part as f64 / compare.until.0.max(1) as f64;
    // What is not computed yet is left free on the axis of time.
    let whole = (instants as f64 / share(compare.computed.0).max(0.01)) as usize;
    let shared = Shared {
        axis,
        peak: rows.iter().map(|row| row.curve.peak()).fold(0.0, f64::max),
        fair: compare.servers.iter().map(|(_, fair)| *fair).collect(),
        struck: struck.collect(),
        longest: rows.iter().flat_map(|row| row.queues.iter().copied()).max().unwrap_or(0),
        most: rows.iter().flat_map(|row| row.waiting.iter().copied()).max().unwrap_or(0),
        instants: whole.max(instants),
        playhead: share(compare.at.0),
    };
    (shared, rows)
}

fn look(lang: Lang, axis: &Axis, row: &CompareRow) -> RowLook {
    let some = |value| (row.completed > 0).then_some(value);
    RowLook {
        name: lang.pick(&row.strategy.name.en, &row.strategy.name.zh).to_owned(),
        curve: Curve::of(axis, &row.buckets),
        p50: some(row.spread.p50),
        p99: some(row.spread.p99),
        shares: row.shares.clone(),
        queues: row.queues.clone(),
        waiting: row.waiting.clone(),
        holds: match row.verdict {
            Status::Holds => Some(true),
            Status::Violated => Some(false),
            Status::Undecided => None,
        },
        current: row.strategy.current,
        figures: vec![
            number(row.completed),
            span(row.spread.mean),
            span(row.spread.p50),
            span(row.spread.p99),
            span(row.spread.max),
            per_cent(row.failed, row.failed + row.completed),
        ],
    }
}

/// One picture of a row, for a cell of this size; `says` is what it shows, in words.
pub(super) fn cell(
    draw: Draw,
    (shared, row): (&Shared, &RowLook),
    (width, height): (f64, f64),
    says: &str,
) -> Html {
    let mut list = List::new();
    draw(&mut list, shared, row, (Point { x: 0.0, y: 0.0 }, width, height));
    let picture = svg::write(&[&list], (width, height), says, Colours::Variables);
    Html::from_html_unchecked(AttrValue::from(picture))
}

/// The words over the axis. They stand in the head of the column, which has a name of its own.
pub(super) fn axis(lang: Lang, shared: &Shared, (width, height): (f64, f64)) -> Html {
    let mut list = List::new();
    compare::axis(&mut list, lang, shared, (Point { x: 0.0, y: 0.0 }, width, height));
    let picture = svg::write(&[&list], (width, height), "", Colours::Variables);
    let picture = AttrValue::from(picture);
    html! { <span aria-hidden="true">{Html::from_html_unchecked(picture)}</span> }
}

/// The whole comparison as a file that stands alone.
pub(super) fn whole(lang: Lang, view: &ViewModel, theme: Theme) -> Option<String> {
    let pool = view.pool.as_ref()?;
    let compared = pool.compare.as_ref()?;
    let (shared, rows) = looks(lang, pool, compared);
    let title = lang.pick(&view.title.en, &view.title.zh).to_owned();
    let heads = [
        Label::AnsweredCount.text(lang),
        Label::Mean.text(lang),
        "p50",
        "p99",
        Label::Worst.text(lang),
        Label::Failed.text(lang),
    ];
    let heads = heads.map(str::to_owned).to_vec();
    let scene = CompareScene { title, shared, rows, heads, lang };
    let mut list = List::new();
    scene.draw(&mut list);
    Some(svg::write(&[&list], scene.size(), &scene.title, Colours::Of(theme)))
}
