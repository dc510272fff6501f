//! Recorded traces: when requests arrived, how much work each brought, and its key.
//!
//! A trace is text of three columns (the last one or two may be missing), separated by commas,
//! semicolons or tabs, in order of time. A number without a unit is in seconds. Blank lines, lines
//! that begin with `#`, and a line of headings at the top are passed over. Nothing else is: a row
//! that is not understood is a problem with its line and column, and then there is no trace.

use std::rc::Rc;

use crate::kernel::{SimTime, Span};
use crate::sim::arrivals::{Arrivals, Recorded};
use crate::sim::sizes::Sizes;
use crate::sim::{Drive, Workload};

use super::plan::Plan;
use super::problem::{Problem, ProblemKind};
use super::wanted::Wanted;
use super::{limit, saying, value};

/// A length of time as it stands in a trace: `12ms`, or seconds without a unit (`0.012`).
pub(super) fn time(text: &str) -> Option<Span> {
    let seconds = || value::decimal(text, 1_000_000_000).map(Span);
    value::span(text).or_else(seconds)
}

/// The fields of a row with their byte offsets; a field may be empty.
pub(super) fn fields(row: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = row.as_ptr() as usize;
    let fields = row.split([',', ';', '\t']);
    fields.map(move |field| (field.trim_start().as_ptr() as usize - start, field.trim()))
}

/// What is wrong with a row behind `before`, in a trace that begins with `first` and a run that
/// ends at `end`.
pub(super) fn wrong(
    row: &Recorded,
    before: Option<&Recorded>,
    first: &Recorded,
    end: SimTime,
) -> Option<ProblemKind> {
    let columns =
        |row: &Recorded| 1 + usize::from(row.size.is_some()) + usize::from(row.key.is_some());
    let (found, wanted) = (columns(row), columns(first));
    if found != wanted {
        return Some(ProblemKind::Columns { found, wanted });
    }
    if let Some(before) = before.filter(|before| row.at < before.at) {
        let (at, before) = (row.at.to_string(), before.at.to_string());
        return Some(ProblemKind::Disorder { at, before });
    }
    let (at, end_text) = (row.at.to_string(), end.to_string());
    (row.at > end).then_some(ProblemKind::AfterEnd { at, end: end_text })
}

/// The mean of the sizes recorded; `None` if none were.
pub(super) fn mean(rows: &[Recorded]) -> Option<Span> {
    let sizes: u128 =
        rows.iter().filter_map(|row| row.size).map(|Span(size)| u128::from(size)).sum();
    let count = rows.iter().filter(|row| row.size.is_some()).count() as u128;
    (count > 0).then(|| Span((sizes / count) as u64).max(Span(1)))
}

/// Reads a trace.
///
/// # Errors
/// All that is wrong with it, up to [`limit::PROBLEMS`], in the order of the text.
pub fn read(text: &str) -> Result<Vec<Recorded>, Vec<Problem>> {
    read_at_most(text, limit::ROWS)
}

/// Reads a trace where there is room for `most` rows.
///
/// # Errors
/// As [`read`].
pub fn read_at_most(text: &str, most: usize) -> Result<Vec<Recorded>, Vec<Problem>> {
    let end = SimTime::ZERO + limit::TIME;
    let mut reader = Reader { rows: Vec::new(), problems: Vec::new(), end };
    for (index, line) in text.lines().enumerate() {
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        let number = index as u32 + 1;
        let plain = line.trim();
        if plain.is_empty() || plain.starts_with('#') {
            continue;
        }
        if reader.rows.is_empty() && reader.problems.is_empty() && is_heading(plain) {
            continue;
        }
        if reader.rows.len() == most {
            reader.problem((line, number), (0, line), ProblemKind::TooManyRows { most });
            break;
        }
        if reader.problems.len() >= limit::PROBLEMS {
            break;
        }
        reader.row(line, number);
    }
    if reader.rows.is_empty() && reader.problems.is_empty() {
        reader.problem(("", 1), (0, ""), ProblemKind::NoRows);
    }
    if reader.problems.is_empty() { Ok(reader.rows) } else { Err(reader.problems) }
}

/// A line whose first field begins with a letter.
fn is_heading(line: &str) -> bool {
    let first = fields(line).next().map_or("", |(_, text)| text);
    first.trim_start_matches('"').starts_with(|letter: char| letter.is_alphabetic())
}

struct Reader {
    rows: Vec<Recorded>,
    problems: Vec<Problem>,
    end: SimTime,
}

impl Reader {
    fn row(&mut self, line: &str, number: u32) {
        let place = (line, number);
        let mut words = fields(line);
        let Some(first) = words.next() else { return };
        let Some(at) = self.value(place, first, Wanted::Time, time) else { return };
        if at > limit::TIME {
            return self.problem(place, first, saying::time_limit("trace", at));
        }
        let mut row = Recorded { at: SimTime::ZERO + at, size: None, key: None };
        if let Some(word) = words.next() {
            row.size = self.value(place, word, Wanted::Time, time);
            if row.size.is_none() {
                return;
            }
        }
        if let Some(word) = words.next() {
            row.key = self.value(place, word, Wanted::Count, value::whole);
            if row.key.is_none() {
                return;
            }
        }
        if let Some(word) = words.next() {
            let found = word.1.to_owned();
            return self.problem(place, word, ProblemKind::Unexpected { found });
        }
        let first_row = self.rows.first().copied().unwrap_or(row);
        match wrong(&row, self.rows.last(), &first_row, self.end) {
            Some(kind) => self.problem(place, first, kind),
            None => self.rows.push(row),
        }
    }

    fn value<T>(
        &mut self,
        place: (&str, u32),
        word: (usize, &str),
        wanted: Wanted,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(word.1);
        if value.is_none() {
            let found = word.1.to_owned();
            let kind = if found.is_empty() {
                ProblemKind::Missing { wanted }
            } else {
                ProblemKind::Bad { found, wanted }
            };
            self.problem(place, word, kind);
        }
        value
    }

    fn problem(&mut self, (line, number): (&str, u32), word: (usize, &str), kind: ProblemKind) {
        let column = line.get(..word.0).map_or(0, |before| before.chars().count()) as u32 + 1;
        let length = word.1.chars().count().max(1) as u32;
        self.problems.push(Problem { line: number, column, length, kind, fix: None });
    }
}

impl Plan {
    /// The same pool under recorded requests instead of the scenario's own. If the text does not
    /// say how long the run is, it ends some time after the last row, and it may take as many
    /// events as the rows need.
    ///
    /// # Errors
    /// If the scenario has no pool, or its run ends before the trace does; with the line of the
    /// first row beyond, counted over the rows.
    pub fn with_trace(&self, rows: Vec<Recorded>) -> Result<Plan, ProblemKind> {
        if !self.is_pool() || self.spec.drive == Drive::Hand {
            let command = "trace".to_owned();
            return Err(ProblemKind::Elsewhere { command, pool: true });
        }
        let Some(last) = rows.last().copied() else { return Err(ProblemKind::NoRows) };
        let mut plan = self.clone();
        if !self.run_written {
            plan.until = last.at + limit::BEHIND;
        } else if last.at > self.until {
            let (at, end) = (last.at.to_string(), self.until.to_string());
            return Err(ProblemKind::AfterEnd { at, end });
        }
        let needed = (rows.len() as u64).saturating_mul(EVENTS_PER_ROW);
        plan.events_max = plan.events_max.max(needed.min(limit::EVENTS_MAX));
        let spec = Rc::make_mut(&mut plan.spec);
        if let Workload::Stream(stream) = &mut spec.workload {
            let rate = stream.arrivals.rate();
            let capacity = rate
                .zip(self.load_ppm)
                .map(|(rate, load)| rate / (load as f64 / 1e6) * stream.sizes.mean().as_secs_f64());
            if let Some(mean) = mean(&rows) {
                stream.sizes = Sizes::Deterministic { mean };
            }
            stream.arrivals = Arrivals::Recorded(rows.into());
            let work = stream.arrivals.rate().map(|rate| rate * stream.sizes.mean().as_secs_f64());
            let load = work.zip(capacity).map(|(work, capacity)| work / capacity * 1e6);
            plan.load_ppm = load.map(|load| libm::round(load) as u64);
        }
        Ok(plan)
    }
}

/// Events that a request takes, with some to spare for what servers tell balancers.
const EVENTS_PER_ROW: u64 = 40;
