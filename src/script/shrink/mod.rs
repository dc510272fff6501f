//! Makes a failing scenario small: deletes what is not needed for the same verdict.
//!
//! First what is done to the world, in ever smaller pieces [zeller02 §3.2]; then every other line
//! that may be missing; then nodes; then time. A run that is driven by time is then written down
//! event by event, to be driven by hand, and events are deleted in the same way; unless what fails
//! is about time, or fails only with it. What is left is locally minimal: no line can be taken out
//! alone.
//!
//! [`Shrinking`] goes on in slices, [`shrink`] does it at once.

mod hand;
mod record;
mod rows;

use std::collections::VecDeque;
use std::fmt::Write as _;

use serde::Serialize;

use crate::check::cluster::is_judged;
use crate::check::{Expectation, Moment, Standing, Verdict, monitor};
use crate::kernel::{Property, SimTime, Span};
use crate::sim::{Drive, Input, Workload};

use super::command::expect::property_words;
use super::command::head;
use super::grammar::{Head, Script, Setting, Statement};
use super::plan::Plan;
use super::problem::Problem;
use super::run::{self, Check, Report, Running};
use super::{parse, plan};
use hand::aimed;
use record::{WAYS, by_hand};
use rows::{Rank, Row, count, rows_of, text_of, without};

/// A scenario made small.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Shrunk {
    /// What is left; driven by hand if what fails can be shown so.
    pub text: String,
    /// What is left of the lines as they were written; the same as `text` unless the run was
    /// driven by time and `text` is not.
    pub kept: String,
    /// What was struck out to get there: its line, from 1, and the line.
    pub struck: Vec<(u32, String)>,
    /// Lines that say something else in `kept`: the line, from 1, and what it says now.
    pub changed: Vec<(u32, String)>,
    /// What stays violated, as expected.
    pub check: String,
    /// Events of the run before.
    pub before: u64,
    /// Events of the run after.
    pub after: u64,
}

/// Why a scenario is not made small.
#[derive(Clone, PartialEq, Debug)]
pub enum Unshrunk {
    /// It is not understood.
    Wrong(Vec<Problem>),
    /// Nothing that it expects is violated, and nothing breaks that it expects to break.
    Unbroken,
}

/// How far it has come.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify))]
pub struct ShrinkProgress {
    /// Schedules run so far.
    pub schedules: u64,
    /// For each line of the text that does something to the world, in order: it is still there.
    pub actions: Vec<bool>,
    /// Events that are written down and left, once a run that was driven by time is driven by hand.
    pub events: Option<u32>,
    /// It is over.
    pub over: bool,
}

/// Makes a failing scenario small.
///
/// # Errors
/// If it is not understood, or does not fail.
pub fn shrink(text: &str) -> Result<Shrunk, Unshrunk> {
    let mut shrinking = Shrinking::new(text)?;
    while !shrinking.progress().over {
        shrinking.advance(u64::MAX);
    }
    shrinking.outcome()
}

/// What is tried, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Task {
    /// Lines of this rank are struck out.
    Strike(Rank),
    /// One node less, as long as that goes.
    Nodes,
    /// The run ends as soon as it has failed.
    Time,
    /// The run is written down, in the way of this place in [`WAYS`].
    ByHand(usize),
}

const BY_TIME: [Task; 6] = [
    Task::Strike(Rank::Action),
    Task::Strike(Rank::Setting),
    Task::Nodes,
    // Less may be needed by fewer.
    Task::Strike(Rank::Action),
    Task::Time,
    Task::ByHand(0),
];

const BY_HAND: [Task; 4] = [
    Task::Strike(Rank::Action),
    Task::Strike(Rank::Setting),
    Task::Nodes,
    Task::Strike(Rank::Action),
];

/// Where the striking of lines has come to: many at once and then one by one, until none can go.
/// From the end: what comes last rests on what came before.
#[derive(Clone, Copy, Debug)]
struct Pass {
    piece: usize,
    end: usize,
    /// Rows when the pass began.
    before: usize,
}

/// Rows that are being tried.
struct Trial {
    rows: Vec<Row>,
    plan: Plan,
    running: Running,
}

/// A scenario that is being made small.
pub struct Shrinking {
    script: Script,
    plan: Plan,
    rows: Vec<Row>,
    /// What fails; `None` until the text has been run as it is.
    check: Option<Check>,
    /// The run of what is left.
    report: Option<Report>,
    before: u64,
    tasks: VecDeque<Task>,
    pass: Option<Pass>,
    trial: Option<Trial>,
    /// The rows before they were driven by hand.
    timed: Option<Vec<Row>>,
    schedules: u64,
    unbroken: bool,
}

impl Shrinking {
    /// Begins; nothing has been run yet.
    ///
    /// # Errors
    /// If the text is not understood.
    pub fn new(text: &str) -> Result<Shrinking, Unshrunk> {
        let whole = plan(text).map_err(Unshrunk::Wrong)?;
        let timed = whole.spec.drive == Drive::Seeded;
        let tasks: &[Task] = if timed { &BY_TIME } else { &BY_HAND };
        let running = Running::new(&whole);
        Ok(Shrinking {
            script: parse(text),
            plan: whole.clone(),
            rows: Vec::new(),
            check: None,
            report: None,
            before: 0,
            tasks: tasks.iter().copied().collect(),
            pass: None,
            trial: Some(Trial { rows: Vec::new(), plan: whole, running }),
            timed: None,
            schedules: 0,
            unbroken: false,
        })
    }

    /// Goes on for about `events` events of runs that are tried.
    pub fn advance(&mut self, events: u64) {
        let mut left = events;
        while left > 0 && !self.is_over() {
            if self.trial.is_none() {
                self.trial = self.propose().and_then(|rows| self.try_out(rows));
                // What is not understood is not needed: the next one.
                left -= 1;
            }
            let Some(trial) = &mut self.trial else { continue };
            left = left.saturating_sub(trial.running.advance(left));
            if let Some(report) = trial.running.report()
                && let Some(trial) = self.trial.take()
            {
                self.schedules += 1;
                self.judge(trial, report);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.unbroken || (self.trial.is_none() && self.tasks.is_empty())
    }

    /// How far it has come.
    pub fn progress(&self) -> ShrinkProgress {
        let rows = self.timed.as_deref().unwrap_or(&self.rows);
        let lines = self.script.lines.iter().zip(1_u32..);
        let actions = lines
            .filter(|(it, _)| matches!(it.statement, Some(Statement::Do(_) | Statement::At(..))));
        let left = |line: u32| self.check.is_none() || rows.iter().any(|row| row.line == line);
        ShrinkProgress {
            schedules: self.schedules,
            actions: actions.map(|(_, line)| left(line)).collect(),
            events: self.timed.is_some().then(|| count(&self.rows, Rank::Action) as u32),
            over: self.is_over(),
        }
    }

    /// What came of it so far: the text as it is, and no check, until it has been run.
    ///
    /// # Errors
    /// If nothing fails.
    pub fn outcome(&self) -> Result<Shrunk, Unshrunk> {
        if self.unbroken {
            return Err(Unshrunk::Unbroken);
        }
        let Some(check) = &self.check else { return Ok(self.untouched()) };
        let kept = self.timed.as_deref().unwrap_or(&self.rows);
        let (mut struck, mut changed) = (Vec::new(), Vec::new());
        for (line, number) in self.script.lines.iter().zip(1_u32..) {
            match kept.iter().find(|row| row.line == number) {
                Some(row) if row.text != line.raw => changed.push((number, row.text.clone())),
                None if line.statement.is_some() => {
                    struck.push((number, line.raw.trim().to_owned()));
                }
                Some(_) | None => {}
            }
        }
        Ok(Shrunk {
            text: text_of(&self.rows),
            kept: text_of(kept),
            struck,
            changed,
            check: check.text.clone(),
            before: self.before,
            after: self.report.as_ref().map_or(self.before, |report| report.events),
        })
    }

    fn untouched(&self) -> Shrunk {
        let lines = self.script.lines.iter().map(|line| line.raw.as_str());
        let text = lines.collect::<Vec<_>>().join("\n") + "\n";
        let (struck, changed) = (Vec::new(), Vec::new());
        let kept = text.clone();
        Shrunk { text, kept, struck, changed, check: String::new(), before: 0, after: 0 }
    }

    // What to try next.

    /// The next rows to try; `None` if there is nothing more to try of this task.
    fn propose(&mut self) -> Option<Vec<Row>> {
        let task = *self.tasks.front()?;
        let rows = match task {
            Task::Strike(rank) => self.strike(rank),
            Task::Nodes => self.fewer_nodes(),
            Task::Time => self.shorter(),
            Task::ByHand(way) => self.written_down(way),
        };
        if rows.is_none() {
            self.next_task();
        }
        rows
    }

    fn next_task(&mut self) {
        self.pass = None;
        if let Some(Task::ByHand(way)) = self.tasks.pop_front()
            && way + 1 < WAYS.len()
            && self.timed.is_none()
        {
            self.tasks.push_front(Task::ByHand(way + 1));
        }
    }

    fn strike(&mut self, rank: Rank) -> Option<Vec<Row>> {
        let whole = count(&self.rows, rank);
        let pass =
            self.pass.get_or_insert(Pass { piece: whole, end: whole, before: self.rows.len() });
        if pass.end == 0 {
            if pass.piece > 1 {
                pass.piece /= 2;
            } else if self.rows.len() == pass.before {
                return None;
            }
            (pass.end, pass.before) = (whole, self.rows.len());
        }
        let (start, end) = (pass.end.saturating_sub(pass.piece), pass.end);
        (end > 0).then(|| without(&self.rows, rank, start, end))
    }

    fn fewer_nodes(&self) -> Option<Vec<Row>> {
        let (place, mut head) = self.head()?;
        let nodes = self.plan.spec.nodes;
        if nodes <= 1 {
            return None;
        }
        head.settings.retain(|it| !matches!(it, Setting::Nodes(_)));
        head.settings.insert(0, Setting::Nodes(nodes - 1));
        let mut rows = self.rows.clone();
        rows[place].text = head::print("cluster", &head);
        Some(rows)
    }

    /// The first line, and where it stands; `None` for a pool.
    fn head(&self) -> Option<(usize, Head)> {
        let script = parse(&text_of(&self.rows));
        script.lines.iter().enumerate().find_map(|(place, line)| match &line.statement {
            Some(Statement::Cluster(head)) => Some((place, head.clone())),
            _ => None, // Not a first line.
        })
    }

    /// Ends a run as soon as it has failed.
    fn shorter(&self) -> Option<Vec<Row>> {
        let millis = self.failed_at()?.0.0 / 1_000_000 + 1;
        if SimTime::ZERO + Span::millis(millis) >= self.plan.until {
            return None;
        }
        let text = format!("run {}", Span::millis(millis));
        let mut rows = self.rows.clone();
        let of_run = |row: &Row| row.text.split_whitespace().next() == Some("run");
        match rows.iter_mut().find(|row| of_run(row)) {
            Some(row) => row.text = text,
            None => rows.push(Row::kept(text)),
        }
        Some(rows)
    }

    /// The run driven by hand, up to the event that fails. Only promises that are kept or broken
    /// whatever the time can be shown so.
    fn written_down(&self, way: usize) -> Option<Vec<Row>> {
        if self.plan.is_pool() || !is_judged(self.property()?) {
            return None;
        }
        let (_, event) = self.failed_at()?;
        let script = parse(&text_of(&self.rows));
        by_hand((&script, &self.rows), &self.plan, event, WAYS[way])
    }

    /// The property that fails; `None` if it is a figure or a time.
    fn property(&self) -> Option<Property> {
        let check = self.check.as_ref()?;
        match self.plan.expects.iter().find(|it| it.text == check.text)?.expectation {
            Expectation::Holds(property) | Expectation::Broken(property) => Some(property),
            _ => None, // Figures and times.
        }
    }

    /// When what is left fails, and by which event.
    fn failed_at(&self) -> Option<(SimTime, u64)> {
        let failing = self.failing()?;
        if let (Some(at), Some(event)) = (failing.at_ns, failing.event) {
            return Some((SimTime(at), event));
        }
        // A promise that breaks as expected is no violation: when it breaks is seen by its monitor.
        let mut monitor = monitor(self.property()?, self.plan.entry.about.era);
        run::watch(&self.plan, |cluster| monitor.watch(cluster.last()));
        match monitor.verdict() {
            Verdict::Violated { at, event, .. } => Some((at, event)),
            Verdict::Holds | Verdict::Undecided { .. } => None,
        }
    }

    /// What fails, in the run of what is left.
    fn failing(&self) -> Option<&Check> {
        let check = self.check.as_ref()?;
        let same = |it: &&Check| it.text == check.text && it.verdict == check.verdict;
        self.report.as_ref()?.checks.iter().find(same)
    }

    // What came of it.

    /// Begins to run rows; `None` if they are not understood, and then they are not taken.
    fn try_out(&mut self, rows: Vec<Row>) -> Option<Trial> {
        let trial = aimed(rows).and_then(|rows| {
            let plan = plan(&text_of(&rows)).ok()?;
            let running = Running::new(&plan);
            Some(Trial { rows, plan, running })
        });
        if trial.is_none() {
            self.answered(false);
        }
        trial
    }

    fn judge(&mut self, trial: Trial, report: Report) {
        let Some(check) = &self.check else {
            self.begin(&trial.plan, report);
            return;
        };
        let same = |it: &Check| it.text == check.text && it.verdict == check.verdict;
        let stays = report.checks.iter().any(same) && !self.is_idle(&trial.plan);
        if stays {
            let by_hand = matches!(self.tasks.front(), Some(Task::ByHand(_)));
            let old = std::mem::replace(&mut self.rows, trial.rows);
            if by_hand {
                self.timed = Some(old);
                self.tasks.extend(BY_HAND);
            }
            (self.plan, self.report) = (trial.plan, Some(report));
        }
        self.answered(stays);
    }

    /// True if nobody asks for anything any more, and what fails is about answers: those come too
    /// late by asking nothing, and that shows nothing.
    fn is_idle(&self, plan: &Plan) -> bool {
        let asks = |plan: &Plan| {
            let request = |(_, input): &(SimTime, Input)| matches!(input, Input::Request { .. });
            plan.spec.workload != Workload::None || plan.spec.inputs.iter().any(request)
        };
        let lasting = self.property().is_some_and(|it| it != Property::Termination);
        !lasting && asks(&self.plan) && !asks(plan)
    }

    /// The text was run as it is.
    fn begin(&mut self, plan: &Plan, report: Report) {
        self.before = report.events;
        let failing = |check: &&Check| is_failing(plan, check);
        if let Some(check) = report.checks.iter().find(failing) {
            self.rows = rows_of(&self.script, plan, check.line);
            self.check = Some(check.clone());
            self.report = Some(report);
            return;
        }
        // The entry's own promises are kept or broken whether or not a line speaks of them.
        let told = own_promise(plan).and_then(|words| {
            let mut rows = rows_of(&self.script, plan, 0);
            rows.push(Row::kept(format!("expect {words}")));
            let plan = super::plan(&text_of(&rows)).ok()?;
            let report = run::run(&plan);
            let check = report.checks.iter().find(|it| it.text == words && !it.holds()).cloned()?;
            Some((rows, plan, check, report))
        });
        match told {
            Some((rows, plan, check, report)) => {
                (self.rows, self.plan) = (rows, plan);
                (self.check, self.report) = (Some(check), Some(report));
            }
            None => self.unbroken = true,
        }
    }

    /// The rows that were tried are taken, or not.
    fn answered(&mut self, taken: bool) {
        match self.tasks.front() {
            Some(Task::Strike(rank)) => {
                let left = count(&self.rows, *rank);
                if let Some(pass) = &mut self.pass {
                    pass.end = pass.end.saturating_sub(pass.piece).min(left);
                }
            }
            Some(Task::Nodes) if taken => {}
            Some(Task::Nodes | Task::Time | Task::ByHand(_)) | None => self.next_task(),
        }
    }
}

/// True if what the line is about went wrong: a property that breaks as expected, too.
fn is_failing(plan: &Plan, check: &Check) -> bool {
    let wish = plan.expects.iter().find(|it| it.line == check.line);
    let to_break =
        wish.is_some_and(|it| it.broken || matches!(it.expectation, Expectation::Broken(_)));
    match check.verdict {
        "violated" => !to_break,
        "holds" => to_break,
        _ => false, // Nothing is known.
    }
}

/// A promise of the entry that the run breaks, as a line `expect` says it.
fn own_promise(plan: &Plan) -> Option<String> {
    let standings: Vec<Standing> = run::standings(plan);
    let end = Moment { at: SimTime::MAX, event: u64::MAX };
    let broken = |it: &&Standing| it.status_at(end) == crate::check::Status::Violated;
    standings.iter().find(broken).map(|it| property_words(it.property))
}

impl Shrunk {
    /// The scenario with what was struck out as comments, and the meter.
    pub fn annotated(&self) -> String {
        let (before, after, lines) = (self.before, self.after, self.struck.len());
        let many = if lines == 1 { "line" } else { "lines" };
        let mut text = format!("# {lines} {many} struck, {before} events before, {after} after\n");
        for (line, struck) in &self.struck {
            let _ = writeln!(text, "# {line}: {struck}");
        }
        text + &self.text
    }
}
