//! The trail of a run: its recipe, and every event it led to, as JSON that other programs can read
//! and that this one can check. `docs/trace.md` describes the form.
//!
//! A trail is written and checked in slices, since a run may have millions of events. Checking is
//! running again: the text in the trail is the recipe, and each row is compared with what happens.

use crate::kernel::SimTime;
use crate::sim::{Cluster, Happening, Progress, SpecError, Timeline};

use super::names::Names;
use super::plan::Plan;
use super::problem::{Problem, Said};
use super::{json, limit, tell};

/// The version of the form.
pub const VERSION: u64 = 1;
/// Longest trail that is read, in bytes.
pub const BYTES: usize = 256 * 1024 * 1024;

/// One event of a trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its number, from 1.
    pub event: u64,
    /// Nanoseconds since the start.
    pub at: u64,
    /// Where it happened: a node or a client; empty if nowhere.
    pub node: String,
    /// `deliver`, `lose`, `timer`, `input` or `client`.
    pub kind: String,
    /// What happened, in one sentence.
    pub what: String,
    /// The digest of everything up to it, sixteen hexadecimal digits.
    pub digest: String,
}

impl Row {
    fn of(cluster: &dyn Cluster, names: Names) -> Row {
        let last = cluster.last();
        let (kind, party) = match &last.what {
            Happening::Started => ("start", None),
            Happening::Delivered(note) => ("deliver", Some(names.party(note.to))),
            Happening::Lost(note) => ("lose", Some(names.party(note.to))),
            Happening::TimerFired { node, .. } => ("timer", Some(names.node(*node))),
            Happening::Input { struck, .. } => {
                ("input", struck.first().map(|node| names.node(*node)))
            }
            Happening::ClientActed(client) => ("client", Some(client.to_string())),
        };
        Row {
            event: last.index,
            at: last.at.0,
            node: party.unwrap_or_default(),
            kind: kind.to_owned(),
            what: tell::what(&last.what, names),
            digest: format!("{:016x}", cluster.digest()),
        }
    }

    fn write(&self, out: &mut String) {
        out.push('[');
        out.push_str(&self.event.to_string());
        out.push(',');
        out.push_str(&self.at.to_string());
        for text in [&self.node, &self.kind, &self.what, &self.digest] {
            out.push(',');
            json::write(out, text);
        }
        out.push(']');
    }

    fn read(reader: &mut json::Reader<'_>) -> Option<Row> {
        reader.sign('[')?;
        let event = reader.number()?;
        reader.sign(',')?;
        let at = reader.number()?;
        let mut next = || {
            reader.sign(',')?;
            reader.string()
        };
        let (node, kind, what, digest) = (next()?, next()?, next()?, next()?);
        reader.sign(']')?;
        Some(Row { event, at, node, kind, what, digest })
    }
}

/// A run of a plan, event by event.
struct Steps {
    timeline: Timeline,
    names: Names,
}

impl Steps {
    fn new(plan: &Plan) -> Result<Steps, SpecError> {
        let timeline = Timeline::new(plan.build()?, plan.until, plan.events_max);
        Ok(Steps { timeline, names: plan.names })
    }

    /// The next event, if there is one.
    fn next(&mut self) -> Option<Row> {
        let (mut row, names) = (None, self.names);
        self.timeline.extend(1, |cluster| row = Some(Row::of(cluster, names)));
        row
    }
}

/// Writes the trail of a run.
pub struct Writer {
    steps: Steps,
    out: String,
    done: bool,
}

impl Writer {
    /// A trail of `plan`, which was compiled from `text`.
    ///
    /// # Errors
    /// Never for a plan that was compiled.
    pub fn new(text: &str, plan: &Plan) -> Result<Writer, SpecError> {
        let mut out = String::from("{\n\"quorate\":\"trace\",\n\"version\":1,\n\"made\":");
        json::write(&mut out, env!("CARGO_PKG_VERSION"));
        out.push_str(",\n\"text\":");
        json::write(&mut out, text);
        out.push_str(",\n\"rows\":[");
        Ok(Writer { steps: Steps::new(plan)?, out, done: false })
    }

    /// Writes at most `events` more. True once all is written.
    pub fn advance(&mut self, events: u64) -> bool {
        for _ in 0..events {
            if self.done {
                break;
            }
            let Some(row) = self.steps.next() else {
                self.close();
                break;
            };
            self.out.push_str(if row.event == 1 { "\n" } else { ",\n" });
            row.write(&mut self.out);
        }
        self.done
    }

    fn close(&mut self) {
        let timeline = &self.steps.timeline;
        let complete = timeline.progress() == Progress::Complete;
        let (events, digest) = (timeline.last_event(), timeline.head_digest());
        self.out += &format!(
            "\n],\n\"events\":{events},\n\"complete\":\"{complete}\",\n\
             \"digest\":\"{digest:016x}\"\n}}\n"
        );
        self.done = true;
    }

    /// Events written so far.
    pub fn events(&self) -> u64 {
        self.steps.timeline.last_event()
    }

    /// The trail, as far as it is written.
    pub fn text(self) -> String {
        self.out
    }
}

/// Where a trail and the run of its recipe part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The first event that differs.
    pub event: u64,
    /// When it happened, or should have.
    pub at: SimTime,
    /// What the trail says; `None` if it is over.
    pub expected: Option<Row>,
    /// What happened; `None` if nothing did.
    pub found: Option<Row>,
}

impl Difference {
    /// The difference in one sentence.
    pub fn says(&self) -> Said {
        let (expected, found) = (self.told(self.expected.as_ref()), self.told(self.found.as_ref()));
        let (event, at) = (self.event, self.at);
        Said::new(
            format!(
                "Event {event} at {at} differs. The trace says: {}. What happened: {}.",
                expected.en, found.en
            ),
            format!(
                "第 {event} 个事件（{at}）不同。记录为：{}；实际为：{}。",
                expected.zh, found.zh
            ),
        )
    }

    /// A row in words, with the digest where only that tells the two apart.
    fn told(&self, row: Option<&Row>) -> Said {
        let Some(row) = row else { return Said::new("nothing more", "到此为止") };
        let alike = match (&self.expected, &self.found) {
            (Some(a), Some(b)) => (&a.what, a.at) == (&b.what, b.at),
            _ => false,
        };
        let at = SimTime(row.at);
        let digest = if alike { format!(" ({})", row.digest) } else { String::new() };
        let text = format!("{}{digest}, {at}", row.what);
        Said::new(text.clone(), text)
    }
}

/// Why a trail cannot be checked, or not to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TrailProblem {
    /// It is longer than the limit.
    TooLong,
    /// Something else stands there than should.
    Garbled {
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// It ends in the middle.
    Cut {
        /// Its last line.
        line: u32,
    },
    /// It was made by a later version.
    Version,
    /// The scenario in it is not understood.
    Scenario(Box<Problem>),
    /// The scenario in it cannot be run; the entry's own words.
    Unable(String),
}

impl TrailProblem {
    /// The problem in both languages.
    pub fn says(&self) -> Said {
        match self {
            TrailProblem::TooLong => {
                let most = BYTES / 1024 / 1024;
                Said::new(
                    format!("This trace is longer than {most} MB."),
                    format!("这份记录超过 {most} MB。"),
                )
            }
            TrailProblem::Garbled { line, column } => Said::new(
                format!("This trace is damaged at line {line}, column {column}."),
                format!("这份记录在第 {line} 行第 {column} 列损坏。"),
            ),
            TrailProblem::Cut { line } => Said::new(
                format!("This trace is cut off at line {line}."),
                format!("这份记录在第 {line} 行中断。"),
            ),
            TrailProblem::Version => Said::new(
                "This trace was made by a newer version of Quorate.",
                "这份记录由更新版本的 Quorate 生成。",
            ),
            TrailProblem::Scenario(problem) => {
                let (line, says) = (problem.line, problem.says());
                Said::new(
                    format!("Line {line} of the scenario in this trace: {}", says.en),
                    format!("这份记录中的场景第 {line} 行：{}", says.zh),
                )
            }
            TrailProblem::Unable(message) => {
                let text = format!("{message}.");
                Said::new(text.clone(), text)
            }
        }
    }
}

/// How a check goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Not at the end yet.
    Running,
    /// Every event is as the trail says.
    Same,
    /// One is not.
    Differs(Box<Difference>),
    /// The trail cannot be read on; everything before is as it says.
    Broken(TrailProblem),
}

/// Runs the recipe of a trail again and compares every event.
pub struct Check {
    trail: String,
    /// Byte offset of what is not read yet.
    place: usize,
    /// The scenario in it.
    text: String,
    steps: Steps,
    /// Events that were compared.
    events: u64,
    verdict: Verdict,
}

impl Check {
    /// A check of `trail`.
    ///
    /// # Errors
    /// If it is not a trail, or its scenario cannot be run.
    pub fn new(trail: String) -> Result<Check, TrailProblem> {
        if trail.len() > BYTES {
            return Err(TrailProblem::TooLong);
        }
        let mut reader = json::Reader::new(&trail);
        let head = head(&mut reader);
        let place = trail.len() - reader.left();
        let (version, text) = match head {
            Some(head) => head,
            None => return Err(broken(&trail, place)),
        };
        if version > VERSION {
            return Err(TrailProblem::Version);
        }
        let Some(text) = text else { return Err(broken(&trail, place)) };
        if text.len() > limit::BYTES {
            return Err(TrailProblem::TooLong);
        }
        let plan = super::plan(&text).map_err(|problems| {
            let first = problems.into_iter().next();
            first.map_or(broken(&trail, place), |it| TrailProblem::Scenario(Box::new(it)))
        })?;
        let steps = Steps::new(&plan).map_err(|error| TrailProblem::Unable(error.message))?;
        Ok(Check { trail, place, text, steps, events: 0, verdict: Verdict::Running })
    }

    /// The scenario in the trail.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Events compared so far, all of them alike.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How much of the trail is read, in percent.
    pub fn percent(&self) -> u32 {
        (self.place as u64 * 100 / self.trail.len().max(1) as u64) as u32
    }

    /// Compares at most `events` more.
    pub fn advance(&mut self, events: u64) -> &Verdict {
        for _ in 0..events {
            if self.verdict != Verdict::Running {
                break;
            }
            self.verdict = self.step();
        }
        &self.verdict
    }

    fn step(&mut self) -> Verdict {
        let mut reader = json::Reader::new(&self.trail[self.place..]);
        let expected = if reader.sign(']').is_some() {
            None
        } else {
            let first = self.events == 0;
            let row = if first { Some(()) } else { reader.sign(',') };
            match row.and_then(|()| Row::read(&mut reader)) {
                Some(row) => Some(row),
                None => {
                    let place = self.trail.len() - reader.left();
                    return Verdict::Broken(broken(&self.trail, place));
                }
            }
        };
        self.place = self.trail.len() - reader.left();
        let found = self.steps.next();
        match (expected, found) {
            (Some(a), Some(b)) if a == b => {
                self.events += 1;
                Verdict::Running
            }
            (None, None) => self.close(),
            (expected, found) => {
                let row = found.as_ref().or(expected.as_ref());
                let at = row.map_or(SimTime::ZERO, |row| SimTime(row.at));
                let event = self.events + 1;
                Verdict::Differs(Box::new(Difference { event, at, expected, found }))
            }
        }
    }

    /// What stands behind the rows.
    fn close(&mut self) -> Verdict {
        let mut reader = json::Reader::new(&self.trail[self.place..]);
        let read = (|| {
            let mut name = |wanted: &str| {
                reader.sign(',')?;
                let name = reader.string()?;
                reader.sign(':')?;
                (name == wanted).then_some(())
            };
            name("events")?;
            let events = reader.number()?;
            let mut text = |wanted: &str| {
                reader.sign(',')?;
                let name = reader.string()?;
                reader.sign(':')?;
                let value = reader.string()?;
                (name == wanted).then_some(value)
            };
            text("complete")?;
            let digest = text("digest")?;
            reader.sign('}')?;
            reader.end()?;
            Some((events, digest))
        })();
        let place = self.trail.len() - reader.left();
        let digest = format!("{:016x}", self.steps.timeline.head_digest());
        match read {
            Some((events, own)) if events == self.events && own == digest => Verdict::Same,
            _ => Verdict::Broken(broken(&self.trail, place)),
        }
    }
}

/// Everything before the rows: the version, and the scenario, which a later version may lack.
fn head(reader: &mut json::Reader<'_>) -> Option<(u64, Option<String>)> {
    let name = |reader: &mut json::Reader<'_>, wanted: &str| {
        let found = reader.string()?;
        reader.sign(':')?;
        (found == wanted).then_some(())
    };
    reader.sign('{')?;
    name(reader, "quorate")?;
    reader.string().filter(|kind| kind == "trace")?;
    reader.sign(',')?;
    name(reader, "version")?;
    let version = reader.number()?;
    if version > VERSION {
        return Some((version, None));
    }
    reader.sign(',')?;
    name(reader, "made")?;
    reader.string()?;
    reader.sign(',')?;
    name(reader, "text")?;
    let text = reader.string()?;
    reader.sign(',')?;
    name(reader, "rows")?;
    reader.sign('[')?;
    Some((version, Some(text)))
}

/// What is wrong at byte `place`.
fn broken(trail: &str, place: usize) -> TrailProblem {
    let before = &trail[..place];
    let line = before.matches('\n').count() as u32 + 1;
    // A string or a row that never ends is not read at all, so the last line counts as its end.
    let rest = trail[place..].trim();
    if rest.is_empty() || !rest.contains('\n') && !trail.trim_end().ends_with('}') {
        return TrailProblem::Cut { line: trail.trim_end().matches('\n').count() as u32 + 1 };
    }
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) as u32 + 1;
    TrailProblem::Garbled { line, column }
}
