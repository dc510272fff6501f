//! What a run costs and how fast it is, over its time: for small charts.
//!
//! The axis is cut into [`BUCKETS`] stretches of the same length. A message counts where it was
//! sent, and its latency where it arrived; an operation counts where it was answered.

use crate::kernel::{Face, SimTime, Span};

use super::messages::{Ledger, Messages, NEVER};
use super::view_model::{MarkKind, Track};

/// Stretches of the axis.
const BUCKETS: usize = 96;

/// What a chart shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChartKind {
    /// Messages sent.
    Messages,
    /// Messages of one kind.
    Kind(Face),
    /// Messages lost, where they were lost.
    Lost,
    /// Estimated bytes sent.
    Bytes,
    /// How long messages take: median and 99th percentile.
    Latency,
    /// How long operations of clients take until they are answered: median and 99th percentile.
    Answers,
    /// Elections: won, lost.
    Elections,
}

/// What its figures are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// So many per second.
    PerSecond,
    /// Bytes per second.
    BytesPerSecond,
    /// Nanoseconds.
    Time,
    /// So many in the stretch.
    Count,
}

/// A chart.
#[derive(Clone, PartialEq, Debug)]
pub struct ChartView {
    /// What it shows.
    pub kind: ChartKind,
    /// In which unit.
    pub unit: Unit,
    /// One or two lines: a value for each stretch, if there is one.
    pub lines: Vec<Vec<Option<u64>>>,
    /// The same of the whole run: a mean rate, a percentile of all, a sum.
    pub whole: Vec<Option<u64>>,
}

impl ChartView {
    /// The largest value and its stretch.
    pub fn peak(&self) -> Option<(usize, u64)> {
        let points = self.lines.iter().flat_map(|line| line.iter().enumerate());
        let known = points.filter_map(|(at, value)| value.map(|value| (at, value)));
        // The first of equals.
        known.fold(None, |best, it| if best.is_none_or(|b| it.1 > b.1) { Some(it) } else { best })
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.peak().is_none_or(|(_, peak)| peak == 0)
    }
}

/// The charts of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct MetricsView {
    /// The end of the axis.
    pub end: SimTime,
    /// The length of a stretch.
    pub stretch: Span,
    /// In the order in which they are shown.
    pub charts: Vec<ChartView>,
}

impl MetricsView {
    /// The stretch an instant lies in.
    pub fn stretch_of(&self, at: SimTime) -> usize {
        ((at.0 / self.stretch.0.max(1)) as usize).min(BUCKETS - 1)
    }

    /// Where a stretch begins.
    pub fn start_of(&self, stretch: usize) -> SimTime {
        SimTime(self.stretch.0 * stretch as u64)
    }
}

/// A count for each stretch.
type Counts = [u64; BUCKETS];

impl Messages {
    /// The charts of the whole run as far as it is computed, up to `end`. `track` has the elections.
    pub fn metrics(&self, end: SimTime, track: &Track) -> MetricsView {
        let stretch = Span(end.0.div_ceil(BUCKETS as u64).max(1));
        let mut metrics = MetricsView { end, stretch, charts: Vec::new() };
        let ledger = self.ledger();
        let last = ledger.last().min(end);
        let charts = [
            traffic(&metrics, &ledger, last),
            vec![latency(&metrics, &ledger), answers(&metrics, &ledger)],
            vec![elections(&metrics, track, last)],
        ];
        metrics.charts = charts.into_iter().flatten().filter(|chart| !chart.is_empty()).collect();
        metrics
    }
}

/// Messages and bytes.
fn traffic(metrics: &MetricsView, ledger: &Ledger, last: SimTime) -> Vec<ChartView> {
    let mut all: Counts = [0; BUCKETS];
    let (mut lost, mut bytes) = (all, all);
    let mut kinds = vec![all; ledger.faces.len()];
    for row in &ledger.rows {
        let at = metrics.stretch_of(row.sent_at);
        all[at] += 1;
        bytes[at] += u64::from(row.size);
        kinds[usize::from(row.face)][at] += 1;
        if row.lost.is_some() && row.ended != NEVER {
            lost[metrics.stretch_of(row.ended_at)] += 1;
        }
    }
    let rate = |kind: ChartKind, unit: Unit, counts: &Counts| {
        let per = |count: u64, span: Span| {
            (u128::from(count) * 1_000_000_000 / u128::from(span.0.max(1))) as u64
        };
        let line = known(metrics, counts, last, |count| per(count, metrics.stretch));
        let sum: u64 = counts.iter().sum();
        let whole = vec![Some(per(sum, Span(last.0)))];
        ChartView { kind, unit, lines: vec![line], whole }
    };
    let mut charts = vec![rate(ChartKind::Messages, Unit::PerSecond, &all)];
    for (face, counts) in ledger.faces.iter().zip(&kinds) {
        charts.push(rate(ChartKind::Kind(*face), Unit::PerSecond, counts));
    }
    charts.push(rate(ChartKind::Lost, Unit::PerSecond, &lost));
    charts.push(rate(ChartKind::Bytes, Unit::BytesPerSecond, &bytes));
    charts
}

/// Counts as far as the run is computed.
fn known(
    metrics: &MetricsView,
    counts: &Counts,
    last: SimTime,
    value: impl Fn(u64) -> u64,
) -> Vec<Option<u64>> {
    let edge = metrics.stretch_of(last);
    counts.iter().enumerate().map(|(at, n)| (at <= edge).then(|| value(*n))).collect()
}

fn latency(metrics: &MetricsView, ledger: &Ledger) -> ChartView {
    let arrived = ledger.rows.iter().filter(|row| row.ended != NEVER && row.lost.is_none());
    let spans = arrived.map(|row| (row.ended_at, row.ended_at.since(row.sent_at)));
    percentiles(metrics, ChartKind::Latency, spans.collect())
}

fn answers(metrics: &MetricsView, ledger: &Ledger) -> ChartView {
    percentiles(metrics, ChartKind::Answers, ledger.answers.clone())
}

/// Median and 99th percentile of each stretch, by nearest rank.
fn percentiles(metrics: &MetricsView, kind: ChartKind, spans: Vec<(SimTime, Span)>) -> ChartView {
    let mut by_stretch: Vec<Vec<u64>> = vec![Vec::new(); BUCKETS];
    let mut all = Vec::with_capacity(spans.len());
    for (at, span) in spans {
        by_stretch[metrics.stretch_of(at)].push(span.0);
        all.push(span.0);
    }
    let rank = |values: &mut Vec<u64>, percent: usize| {
        let rank = (values.len() * percent).div_ceil(100).max(1) - 1;
        (rank < values.len()).then(|| *values.select_nth_unstable(rank).1)
    };
    let of = |percent: usize, by_stretch: &mut [Vec<u64>]| {
        by_stretch.iter_mut().map(|values| rank(values, percent)).collect()
    };
    let lines = vec![of(50, &mut by_stretch), of(99, &mut by_stretch)];
    let whole = vec![rank(&mut all, 50), rank(&mut all, 99)];
    ChartView { kind, unit: Unit::Time, lines, whole }
}

fn elections(metrics: &MetricsView, track: &Track, last: SimTime) -> ChartView {
    let count = |kind: MarkKind| {
        let mut counts: Counts = [0; BUCKETS];
        for mark in track.marks.iter().filter(|mark| mark.kind == kind) {
            counts[metrics.stretch_of(mark.at)] += 1;
        }
        counts
    };
    let both = [count(MarkKind::ElectionWon), count(MarkKind::ElectionLost)];
    let lines = both.iter().map(|counts| known(metrics, counts, last, |n| n)).collect();
    let whole = both.iter().map(|counts| Some(counts.iter().sum())).collect();
    ChartView { kind: ChartKind::Elections, unit: Unit::Count, lines, whole }
}
