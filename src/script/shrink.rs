//! Makes a failing scenario small: deletes what is not needed for the same verdict.
//!
//! First what is done to the world, in ever smaller pieces [zeller02 §3.2]; then every other line
//! that may be missing; then nodes; then time. What is left is locally minimal: no line can be
//! taken out alone.

use std::fmt::Write as _;

use crate::check::Expectation;
use crate::kernel::{NodeId, SimTime, Span};
use crate::sim::{Cluster, Happening, Input};

use super::command::head;
use super::grammar::{Head, Script, Setting, Statement};
use super::plan::Plan;
use super::print::print_input;
use super::problem::Problem;
use super::run::{self, Check};
use super::{names::Names, parse, plan};

/// A scenario made small.
#[derive(Clone, PartialEq, Debug)]
pub struct Shrunk {
    /// What is left.
    pub text: String,
    /// What was struck out: its line, from 1, and the line.
    pub struck: Vec<(u32, String)>,
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

/// A line that is still there.
#[derive(Clone, Debug)]
struct Row {
    /// From 1, in the text as it was.
    line: u32,
    text: String,
    /// What it does, driven by hand, and whom it means if it means one message.
    does: Option<(Input, Option<Key>)>,
    /// What is done to the world goes first; what cannot be missing stays.
    rank: Rank,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rank {
    Action,
    Setting,
    Kept,
}

/// A message, whatever its number: from, to, name, and how many like it were sent before.
type Key = (NodeId, NodeId, &'static str, u32);

/// Makes a failing scenario small.
///
/// # Errors
/// If it is not understood, or does not fail.
pub fn shrink(text: &str) -> Result<Shrunk, Unshrunk> {
    let whole = plan(text).map_err(Unshrunk::Wrong)?;
    let report = run::run(&whole);
    let failing = |check: &&Check| is_failing(&whole, check);
    let Some(check) = report.checks.iter().find(failing) else { return Err(Unshrunk::Unbroken) };
    let script = parse(text);
    let mut shrinker = Shrinker { rows: Vec::new(), plan: whole.clone(), check: check.clone() };
    shrinker.rows = shrinker.rows_of(&script);
    shrinker.strike_rank(Rank::Action);
    shrinker.strike_rank(Rank::Setting);
    shrinker.fewer_nodes();
    // Less may be needed by fewer.
    shrinker.strike_rank(Rank::Action);
    shrinker.shorter();
    let text = shrinker.text();
    let after = plan(&text).map(|plan| run::run(&plan).events).unwrap_or_default();
    let left: Vec<u32> = shrinker.rows.iter().map(|row| row.line).collect();
    let struck = script.lines.iter().zip(1_u32..);
    let struck = struck.filter(|(it, line)| it.statement.is_some() && !left.contains(line));
    let struck = struck.map(|(it, line)| (line, it.raw.trim().to_owned())).collect();
    Ok(Shrunk { text, struck, check: check.text.clone(), before: report.events, after })
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

struct Shrinker {
    rows: Vec<Row>,
    plan: Plan,
    check: Check,
}

impl Shrinker {
    fn rows_of(&self, script: &Script) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut hand = Hand::new(&self.plan);
        for (line, number) in script.lines.iter().zip(1_u32..) {
            let (mut does, mut rank) = (None, Rank::Setting);
            match &line.statement {
                Some(Statement::Do(input)) => {
                    rank = Rank::Action;
                    if let Some(hand) = &mut hand {
                        does = Some((input.clone(), hand.key(input)));
                        hand.act(input.clone());
                    }
                }
                Some(Statement::At(..)) => rank = Rank::Action,
                Some(Statement::Expect(_)) if number == self.check.line => rank = Rank::Kept,
                // Rows belong to the line before them.
                Some(
                    Statement::Cluster(_)
                    | Statement::Balance(_)
                    | Statement::Run(_)
                    | Statement::Trace
                    | Statement::Row(_)
                    | Statement::Compare { .. },
                )
                | None => rank = Rank::Kept,
                Some(_) => {}
            }
            rows.push(Row { line: number, text: line.raw.clone(), does, rank });
        }
        rows
    }

    fn text(&self) -> String {
        text_of(&self.rows)
    }

    /// Takes these rows if the verdict stays.
    fn accept(&mut self, rows: Vec<Row>) -> bool {
        let Some(rows) = aimed(rows) else { return false };
        let Ok(plan) = plan(&text_of(&rows)) else { return false };
        let report = run::run(&plan);
        let same =
            |check: &Check| check.text == self.check.text && check.verdict == self.check.verdict;
        let stays = report.checks.iter().any(same);
        if stays {
            self.rows = rows;
            self.plan = plan;
        }
        stays
    }

    /// Strikes lines of one rank out, many at once and then one by one, until none can go.
    fn strike_rank(&mut self, rank: Rank) {
        let count = |rows: &[Row]| rows.iter().filter(|row| row.rank == rank).count();
        let mut piece = count(&self.rows);
        while piece > 0 {
            let before = self.rows.len();
            // From the end: what comes last rests on what came before.
            let mut end = count(&self.rows);
            while end > 0 {
                let start = end.saturating_sub(piece);
                let mut place = 0;
                let mut rows = self.rows.clone();
                rows.retain(|row| {
                    let own = row.rank == rank;
                    place += usize::from(own);
                    !own || place <= start || place > end
                });
                self.accept(rows);
                end = start.min(count(&self.rows));
            }
            if piece > 1 {
                piece /= 2;
            } else if self.rows.len() == before {
                return;
            }
        }
    }

    /// The first line, and where it stands.
    fn head(&self) -> Option<(usize, Head, bool)> {
        let script = parse(&self.text());
        let heads = script.lines.iter().enumerate().filter_map(|(place, line)| {
            match &line.statement {
                Some(Statement::Cluster(head)) => Some((place, head.clone(), false)),
                Some(Statement::Balance(head)) => Some((place, head.clone(), true)),
                _ => None, // Not a first line.
            }
        });
        heads.into_iter().next()
    }

    fn fewer_nodes(&mut self) {
        while let Some((place, mut head, false)) = self.head() {
            let nodes = self.plan.spec.nodes;
            if nodes <= 1 {
                return;
            }
            head.settings.retain(|it| !matches!(it, Setting::Nodes(_)));
            head.settings.insert(0, Setting::Nodes(nodes - 1));
            let mut rows = self.rows.clone();
            rows[place].text = head::print("cluster", &head);
            if !self.accept(rows) {
                return;
            }
        }
    }

    /// Ends a run that is driven by time as soon as it has failed.
    fn shorter(&mut self) {
        if Hand::new(&self.plan).is_some() {
            return;
        }
        let report = run::run(&self.plan);
        let found = report.checks.iter().find(|check| check.text == self.check.text);
        let Some(at) = found.and_then(|check| check.at_ns) else { return };
        let millis = at / 1_000_000 + 1;
        if SimTime::ZERO + Span::millis(millis) >= self.plan.until {
            return;
        }
        let text = format!("run {}", Span::millis(millis));
        let mut rows = self.rows.clone();
        let of_run = |row: &Row| row.text.split_whitespace().next() == Some("run");
        match rows.iter_mut().find(|row| of_run(row)) {
            Some(row) => row.text = text,
            None => rows.push(Row { line: 0, text, does: None, rank: Rank::Kept }),
        }
        self.accept(rows);
    }
}

fn text_of(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let _ = writeln!(text, "{}", row.text);
    }
    text
}

/// The rows with the numbers of the messages they mean, which are others once lines are missing. A
/// line that means a message which is not there any more goes. `None` if the rows are not
/// understood.
fn aimed(mut rows: Vec<Row>) -> Option<Vec<Row>> {
    if rows.iter().all(|row| row.does.is_none()) {
        return Some(rows);
    }
    let settings: Vec<Row> = rows.iter().filter(|row| row.does.is_none()).cloned().collect();
    let plan = plan(&text_of(&settings)).ok()?;
    let mut hand = Hand::new(&plan)?;
    rows.retain_mut(|row| {
        let Some((input, key)) = &mut row.does else { return true };
        if let Some(key) = key {
            let Some(id) = hand.find(*key) else { return false };
            if aim(input) != Some(id) {
                set_aim(input, id);
                row.text = rewritten(&row.text, input, plan.names);
            }
        }
        hand.act(input.clone());
        true
    });
    Some(rows)
}

/// The line with another input and the same comment.
fn rewritten(line: &str, input: &Input, names: Names) -> String {
    let comment = super::token::cut(line).comment_at;
    let comment = line.get(comment..).unwrap_or_default();
    let blank = if comment.is_empty() { "" } else { "  " };
    format!("{}{blank}{comment}", print_input(input, names))
}

/// The number of the message an input means.
fn aim(input: &Input) -> Option<u64> {
    match input {
        Input::Hold(it)
        | Input::Release(it)
        | Input::Drop(it)
        | Input::Duplicate(it)
        | Input::Delay(it, _)
        | Input::Deliver(it) => it.id,
        _ => None, // Nothing else means a message.
    }
}

fn set_aim(input: &mut Input, id: u64) {
    match input {
        Input::Hold(it)
        | Input::Release(it)
        | Input::Drop(it)
        | Input::Duplicate(it)
        | Input::Delay(it, _)
        | Input::Deliver(it) => it.id = Some(id),
        _ => {} // Nothing else means a message.
    }
}

/// A world driven by hand, and the messages between its nodes that were sent.
struct Hand {
    world: Box<dyn Cluster>,
    sent: Vec<(u64, Key)>,
    gone: Vec<u64>,
}

impl Hand {
    /// The world of a plan that is driven by hand, before anything is done.
    fn new(plan: &Plan) -> Option<Hand> {
        if plan.spec.drive != crate::sim::Drive::Hand {
            return None;
        }
        let mut plan = plan.clone();
        std::rc::Rc::make_mut(&mut plan.spec).inputs.clear();
        let world = plan.build().ok()?;
        let mut hand = Hand { world, sent: Vec::new(), gone: Vec::new() };
        hand.note();
        Some(hand)
    }

    fn note(&mut self) {
        let last = self.world.last();
        if let Happening::Delivered(note) | Happening::Lost(note) = &last.what {
            self.gone.push(note.id);
        }
        for note in &last.sent {
            let (Some(from), Some(to)) = (note.from.node(), note.to.node()) else { continue };
            let like = |(_, key): &&(u64, Key)| (key.0, key.1, key.2) == (from, to, note.face.name);
            let before = self.sent.iter().filter(like).count() as u32;
            self.sent.push((note.id, (from, to, note.face.name, before)));
        }
    }

    fn act(&mut self, input: Input) {
        self.world.inject(input);
        while self.world.next_at().is_some() && self.world.step() {
            self.note();
        }
    }

    /// What an input means, if it means one message between nodes.
    fn key(&self, input: &Input) -> Option<Key> {
        let id = aim(input)?;
        self.sent.iter().find(|(it, _)| *it == id).map(|(_, key)| *key)
    }

    /// The message in flight that a key means: the one, or the nearest like it.
    fn find(&self, key: Key) -> Option<u64> {
        let like = |it: &&(u64, Key)| {
            (it.1.0, it.1.1, it.1.2) == (key.0, key.1, key.2) && !self.gone.contains(&it.0)
        };
        let near = self.sent.iter().filter(like).min_by_key(|it| it.1.3.abs_diff(key.3));
        near.map(|(id, _)| *id)
    }
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
