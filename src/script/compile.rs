//! From what is written to what is run.

use std::rc::Rc;

use crate::catalog::{self, Entry};
use crate::check::Expectation;
use crate::kernel::{KnobValue, Knobs, Ratio, SimTime, Span};
use crate::sim::arrivals::{Arrivals, Recorded};
use crate::sim::sizes::Sizes;
use crate::sim::{ClusterSpec, Drive, Given, Input, Keys, NetworkSpec, Sessions, Stream, Workload};

use super::caution::{Places, cautions};
use super::command::{expect, explore, head, members, pool, work};
use super::grammar::{
    ArrivalsLine, ClientsLine, ExploreLine, Head, Intensity, NetworkLine, Script, ServerGroup,
    Setting, Statement, Titles,
};
use super::limit;
use super::plan::{Expected, Plan};
use super::problem::{Problem, ProblemKind};
use super::read::is_head;
use super::scope::{Exploring, scope};
use super::trace;

/// Makes a plan of a script.
///
/// # Errors
/// All that is wrong with it, in the order of the text.
pub fn compile(script: &Script) -> Result<Plan, Vec<Problem>> {
    let mut compiler = Compiler::new(script);
    for (index, line) in script.lines.iter().enumerate() {
        if let Some(statement) = &line.statement {
            compiler.statement(index, statement);
        }
    }
    compiler.finish()
}

/// What was gathered so far, with the lines it came from, counted from 0.
struct Compiler<'a> {
    script: &'a Script,
    problems: Vec<Problem>,
    head: Option<(usize, &'a Head, bool)>,
    servers: &'a [ServerGroup],
    network: Option<&'a NetworkLine>,
    clients: Option<&'a ClientsLine>,
    #[expect(clippy::option_option, reason = "a line that says `off` is not a missing line")]
    patience: Option<Option<Span>>,
    given: Vec<(usize, Given)>,
    arrivals: Option<&'a ArrivalsLine>,
    sizes: Option<&'a Sizes>,
    /// The line `trace`, and its rows with their lines.
    trace: Option<usize>,
    rows: Vec<(usize, Recorded)>,
    warmup: Option<(usize, Span)>,
    run: Option<Span>,
    limit: Option<u64>,
    compare: Vec<(u32, &'static str)>,
    explore: Option<(usize, &'a ExploreLine)>,
    expects: Vec<Expected>,
    inputs: Vec<(SimTime, Input)>,
    input_lines: Vec<u32>,
    /// Commands that may stand once, and where they stand.
    once: Vec<(&'static str, usize)>,
}

impl<'a> Compiler<'a> {
    fn new(script: &'a Script) -> Self {
        Compiler {
            script,
            problems: script.problems.clone(),
            head: None,
            servers: &[],
            network: None,
            clients: None,
            patience: None,
            given: Vec::new(),
            arrivals: None,
            sizes: None,
            trace: None,
            rows: Vec::new(),
            warmup: None,
            run: None,
            limit: None,
            compare: Vec::new(),
            explore: None,
            expects: Vec::new(),
            inputs: Vec::new(),
            input_lines: Vec::new(),
            once: Vec::new(),
        }
    }

    fn statement(&mut self, index: usize, statement: &'a Statement) {
        if let Some(command) = once(statement)
            && let Some((_, first)) = self.once.iter().find(|(other, _)| *other == command)
        {
            let first = *first as u32 + 1;
            self.problem(index, ProblemKind::Again { command, first });
            return;
        }
        self.once.extend(once(statement).map(|command| (command, index)));
        match statement {
            Statement::Cluster(line) => self.head = Some((index, line, false)),
            Statement::Balance(line) => self.head = Some((index, line, true)),
            Statement::Servers(groups) => self.servers = groups,
            Statement::Network(line) => self.network = Some(line),
            Statement::Clients(line) => self.clients = Some(line),
            Statement::Patience(patience) => self.patience = Some(*patience),
            Statement::Given(given) => self.given.push((index, given.clone())),
            Statement::Arrivals(line) => self.arrivals = Some(line),
            Statement::Service(sizes) => self.sizes = Some(sizes),
            Statement::Trace => self.trace = Some(index),
            Statement::Row(row) => self.rows.push((index, *row)),
            Statement::Warmup(span) => self.warmup = Some((index, *span)),
            Statement::Run(span) => self.run = Some(*span),
            Statement::Limit(events) => self.limit = Some(*events),
            Statement::Compare { strategies, .. } => self.compare(index, strategies),
            Statement::Explore(line) => self.explore = Some((index, line)),
            Statement::Expect(wish) => self.expect(index, *wish),
            Statement::At(at, input) => self.input(index, *at, input),
            Statement::Do(input) => self.input(index, SimTime::ZERO, input),
        }
    }

    fn problem(&mut self, index: usize, kind: ProblemKind) {
        if self.problems.len() < limit::PROBLEMS {
            self.problems.push(problem_of_line(self.script, index, kind));
        }
    }

    fn compare(&mut self, index: usize, strategies: &[&'static str]) {
        for strategy in strategies {
            if self.compare.iter().any(|(_, other)| other == strategy) {
                self.problem(index, ProblemKind::Twice { name: (*strategy).to_owned() });
                continue;
            }
            self.compare.push((index as u32 + 1, strategy));
        }
    }

    fn expect(&mut self, index: usize, wish: expect::Wish) {
        let text = expect::print(&wish);
        let pool = self.script.names.is_pool();
        let of_pool = match wish.expectation {
            Expectation::Response(..) | Expectation::Failures(_) | Expectation::Utilisation(_) => {
                true
            }
            Expectation::Holds(_)
            | Expectation::Broken(_)
            | Expectation::LeaderWithin(_)
            | Expectation::CommitWithin(_)
            | Expectation::ChosenWithin(_)
            | Expectation::ChosenValue(_)
            | Expectation::ConvergesWithin(_) => false,
        };
        if of_pool != pool {
            let command = format!("expect {text}");
            self.problem(index, ProblemKind::Elsewhere { command, pool: of_pool });
        }
        let expect::Wish { expectation, broken, strategy } = wish;
        let line = index as u32 + 1;
        self.expects.push(Expected { line, expectation, broken, strategy, text });
    }

    fn input(&mut self, index: usize, at: SimTime, input: &Input) {
        self.inputs.push((at, input.clone()));
        self.input_lines.push(index as u32 + 1);
    }

    fn finish(mut self) -> Result<Plan, Vec<Problem>> {
        let Some((index, head, pool)) = self.head else {
            // A text that is too long has not been read at all.
            let unread = self.script.lines.is_empty() && !self.problems.is_empty();
            let head = self.script.lines.iter().any(|line| is_head(&line.raw));
            if !head && !unread {
                self.problem(0, ProblemKind::NoHead);
            }
            return Err(sorted(self.problems));
        };
        let entry = if pool { Some(head::POOL) } else { head.word }.and_then(catalog::find);
        let Some(entry) = entry else { return Err(sorted(self.problems)) };
        self.check_bounds();
        self.check_trace();
        let (spec, load_ppm) = self.spec(&entry, head, pool);
        self.check_given(&entry, &spec);
        let exploring = self.exploring(&entry, &spec);
        if !self.problems.is_empty() {
            return Err(sorted(self.problems));
        }
        let until = match spec.drive {
            Drive::Seeded => self.length(),
            Drive::Hand => limit::TIME,
        };
        let arrivals = self.once.iter().find(|(command, _)| *command == "arrivals");
        let places = Places {
            head: index as u32 + 1,
            arrivals: arrivals.map(|(_, index)| *index as u32 + 1),
            inputs: &self.input_lines,
        };
        let cautions = cautions(&entry, &spec, load_ppm, &places).into();
        let mut plan = Plan {
            entry,
            until: SimTime::ZERO + until,
            events_max: self.limit.unwrap_or(limit::EVENTS),
            warmup: self.warmup.map_or(Span::ZERO, |(_, span)| span),
            expects: Vec::new(),
            expects_of_all: self.expects,
            compare: self.compare,
            exploring,
            input_lines: self.input_lines,
            head_line: index as u32 + 1,
            titles: titles(self.script),
            names: self.script.names,
            load_ppm,
            cautions,
            run_written: self.run.is_some(),
            spec: Rc::new(spec),
        };
        plan.choose_expects();
        Ok(plan)
    }

    /// The search that the text asks for.
    fn exploring(&mut self, entry: &Entry, spec: &ClusterSpec) -> Option<Exploring> {
        let (index, line) = self.explore?;
        match scope(line, entry, spec, self.script.names) {
            Ok(scope) => {
                let text = explore::print(line);
                Some(Exploring { line: index as u32 + 1, scope, text })
            }
            Err(kind) => {
                self.problem(index, kind);
                None
            }
        }
    }

    /// Nothing may be planned for after the end, and nothing may be larger than allowed.
    fn check_bounds(&mut self) {
        let end = SimTime::ZERO + self.length();
        for place in 0..self.inputs.len() {
            let at = self.inputs[place].0;
            if at > end {
                let (at, end) = (at.to_string(), end.to_string());
                let index = self.input_lines[place] as usize - 1;
                self.problem(index, ProblemKind::AfterEnd { at, end });
            }
        }
        if let Some((index, warmup)) = self.warmup
            && SimTime::ZERO + warmup >= end
        {
            let kind = ProblemKind::Range {
                name: "warmup".to_owned(),
                found: warmup.to_string(),
                min: "0s".to_owned(),
                max: end.to_string(),
            };
            self.problem(index, kind);
        }
        if let Some((index, _)) = self.warmup
            && !self.script.names.is_pool()
        {
            let command = "warmup".to_owned();
            self.problem(index, ProblemKind::Elsewhere { command, pool: true });
        }
        let nodes = self.script.names.nodes();
        if let Some((index, _, true)) = self.head
            && nodes > limit::POOL
        {
            let kind = ProblemKind::Range {
                name: "servers + balancers".to_owned(),
                found: nodes.to_string(),
                min: "2".to_owned(),
                max: limit::POOL.to_string(),
            };
            self.problem(index, kind);
        }
    }

    /// How long the run is.
    fn length(&self) -> Span {
        let last = self.rows.last().map(|(_, row)| Span(row.at.0));
        self.run.unwrap_or_else(|| last.map_or(limit::RUN, |last| last + limit::BEHIND))
    }

    /// A trace has rows, all of one shape and in order, and says by itself when requests arrive.
    fn check_trace(&mut self) {
        let Some(index) = self.trace else { return };
        if self.rows.is_empty() && self.problems.is_empty() {
            self.problem(index, ProblemKind::NoRows);
        }
        let end = SimTime::ZERO + self.length();
        let rows = std::mem::take(&mut self.rows);
        for (place, (index, row)) in rows.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| &rows[place].1);
            if let Some(kind) = trace::wrong(row, before, &rows[0].1, end) {
                self.problem(*index, kind);
            }
        }
        let sized = rows.first().is_some_and(|(_, row)| row.size.is_some());
        self.rows = rows;
        for (line, told) in [("arrivals", true), ("service", sized)] {
            let found = self.once.iter().find(|(command, _)| *command == line).map(|(_, at)| *at);
            if let Some(index) = found.filter(|_| told) {
                self.problem(index, ProblemKind::Twice { name: line.to_owned() });
            }
        }
    }

    fn spec(&mut self, entry: &Entry, head: &Head, pool: bool) -> (ClusterSpec, Option<u64>) {
        let names = self.script.names;
        let mut spec = ClusterSpec::new(names.nodes(), Knobs::defaults(entry.about.knobs), 1);
        for setting in &head.settings {
            match setting {
                Setting::Nodes(_) | Setting::Servers(_) => {} // Told by the names.
                Setting::Seed(seed) => spec.seed = *seed,
                Setting::Network(preset) => {
                    spec.network = NetworkSpec::named(preset).unwrap_or_default();
                }
                Setting::Drive(drive) => spec.drive = drive.clone(),
                Setting::Knob(name, value) => spec.knobs.set(name, *value),
            }
        }
        if let Some(line) = self.network {
            if let Some(preset) = line.preset.and_then(NetworkSpec::named) {
                spec.network = preset;
            }
            spec.network.change(&line.change);
        }
        if !pool {
            self.members(entry, head, &mut spec);
        }
        spec.inputs.clone_from(&self.inputs);
        let mut load_ppm = None;
        if pool {
            spec.doors = names.balancers();
            spec.patience = None;
            let strategy = head.word.or(self.compare.first().map(|(_, word)| *word));
            if let Some(strategy) = strategy {
                spec.knobs.set(head::STRATEGY, KnobValue::Choice(strategy));
            }
            load_ppm = self.pour(&mut spec);
        } else if let Some(line) = self.clients {
            spec.workload = Workload::Sessions(sessions(line));
        }
        if let Some(patience) = self.patience {
            spec.patience = patience;
        }
        spec.given = self.merged_given(pool, &spec.knobs);
        (spec, load_ppm)
    }

    /// Nodes that some line makes members later are there from the start, as spares; clients know
    /// the members.
    fn members(&mut self, entry: &Entry, head: &Head, spec: &mut ClusterSpec) {
        let declared = head::names(head, entry, false).nodes();
        let Some(KnobValue::Count(first)) = spec.knobs.get(members::MEMBERS) else { return };
        if first > u64::from(declared) {
            let kind = ProblemKind::Range {
                name: members::MEMBERS.to_owned(),
                found: first.to_string(),
                min: "0".to_owned(),
                max: declared.to_string(),
            };
            let index = self.head.map_or(0, |(index, ..)| index);
            self.problem(index, kind);
            return;
        }
        let first = if first == 0 { u64::from(declared) } else { first };
        if first < u64::from(spec.nodes) {
            spec.knobs.set(members::MEMBERS, KnobValue::Count(first));
            spec.doors = first as u32;
        }
    }

    /// Sets the stream of a pool; returns its load.
    fn pour(&self, spec: &mut ClusterSpec) -> Option<u64> {
        let rows: Rc<[Recorded]> = self.rows.iter().map(|(_, row)| *row).collect();
        let sizes = self.sizes.cloned().unwrap_or(Sizes::Exponential { mean: work::MEAN });
        let sizes = trace::mean(&rows).map_or(sizes, |mean| Sizes::Deterministic { mean });
        let capacity = capacity(self.servers, self.script.names.servers(), &spec.knobs);
        // Requests per second that the servers can do.
        let most = capacity / sizes.mean().as_secs_f64();
        let silent = ArrivalsLine::Poisson(Intensity::Load(work::LOAD_PPM));
        let line = self.arrivals.unwrap_or(&silent);
        let arrivals =
            if rows.is_empty() { arrivals(line, most) } else { Arrivals::Recorded(rows) };
        let load = arrivals.rate().map(|rate| libm::round(rate / most * 1e6) as u64);
        spec.workload = Workload::Stream(Stream {
            clients: self.clients.map_or(CLIENTS, |line| line.count),
            arrivals,
            sizes,
            keys: keys(self.clients),
        });
        if spec.drive == Drive::Hand && self.arrivals.is_none() && self.trace.is_none() {
            spec.workload = Workload::None;
        }
        load
    }

    /// One `given` per node: a world takes the last one it finds, so lines are put together here.
    fn merged_given(&self, pool: bool, knobs: &Knobs) -> Vec<Given> {
        let names = self.script.names;
        if pool {
            let mut settings = Vec::new();
            if !self.servers.is_empty() {
                let join = |values: Vec<u32>| {
                    values.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
                };
                settings
                    .push(("speeds".to_owned(), join(pool::speeds(self.servers, names.servers()))));
                if let Some(weights) = pool::weights(self.servers, names.servers()) {
                    settings.push(("weights".to_owned(), join(weights)));
                }
                let all = knobs.count(pool::MAX_CONNS) as u32;
                if let Some(bounds) = pool::max_conns(self.servers, names.servers(), all) {
                    settings.push((pool::MAX_CONNS.to_owned(), join(bounds)));
                }
            }
            let own = self.given.iter().flat_map(|(_, given)| given.settings.clone());
            settings.extend(own);
            let all = Given { node: None, settings };
            return if all.settings.is_empty() { Vec::new() } else { vec![all] };
        }
        let mut merged: Vec<Given> = Vec::new();
        let all: Vec<&Given> =
            self.given.iter().map(|(_, given)| given).filter(|it| it.node.is_none()).collect();
        let shared: Vec<(String, String)> =
            all.iter().flat_map(|given| given.settings.clone()).collect();
        if !shared.is_empty() {
            merged.push(Given { node: None, settings: shared.clone() });
        }
        for (_, given) in self.given.iter().filter(|(_, given)| given.node.is_some()) {
            match merged.iter_mut().find(|other| other.node == given.node) {
                Some(other) => other.settings.extend(given.settings.clone()),
                None => merged.push(Given {
                    node: given.node,
                    settings: shared.iter().chain(&given.settings).cloned().collect(),
                }),
            }
        }
        merged
    }

    /// Lets the entry read every `given` line, and then all of them together.
    fn check_given(&mut self, entry: &Entry, spec: &ClusterSpec) {
        let mut given = self.given.clone();
        let mut small = spec.clone();
        small.workload = Workload::None;
        let mut wrong = 0;
        while wrong < GIVEN_PROBLEMS {
            small.given = given.iter().map(|(_, given)| given.clone()).collect();
            let Err(error) = entry.build(Rc::new(small.clone())) else { break };
            if error.given >= given.len() {
                break;
            }
            let (index, _) = given.remove(error.given);
            self.problem(index, ProblemKind::Given { message: error.message });
            wrong += 1;
        }
        small.given.clone_from(&spec.given);
        if wrong == 0
            && let Err(error) = entry.build(Rc::new(small))
        {
            let index = self.given.last().map_or(0, |(index, _)| *index);
            self.problem(index, ProblemKind::Given { message: error.message });
        }
    }
}

/// Most `given` lines reported at once.
const GIVEN_PROBLEMS: usize = 20;
/// Clients of a pool when the scenario is silent.
const CLIENTS: u32 = 3;
/// Keys of the requests of a pool when the scenario is silent.
const KEYS: u64 = 1_000;
/// From one operation of a client to its next when the scenario is silent.
const EVERY: Span = Span::millis(200);

/// The command of a statement that may stand once.
fn once(statement: &Statement) -> Option<&'static str> {
    match statement {
        Statement::Cluster(_) | Statement::Balance(_) => Some("cluster or balance"),
        Statement::Servers(_) => Some("servers"),
        Statement::Network(_) => Some("network"),
        Statement::Clients(_) => Some("clients"),
        Statement::Patience(_) => Some("patience"),
        Statement::Arrivals(_) => Some("arrivals"),
        Statement::Service(_) => Some("service"),
        Statement::Trace => Some("trace"),
        Statement::Warmup(_) => Some("warmup"),
        Statement::Run(_) => Some("run"),
        Statement::Limit(_) => Some("limit"),
        Statement::Compare { more: false, .. } => Some("compare"),
        Statement::Explore(_) => Some("explore"),
        Statement::Compare { more: true, .. }
        | Statement::Given(_)
        | Statement::Row(_)
        | Statement::Expect(_)
        | Statement::At(..)
        | Statement::Do(_) => None,
    }
}

fn keys(line: Option<&ClientsLine>) -> Keys {
    let count = line.and_then(|line| line.keys).unwrap_or(KEYS);
    match line.and_then(|line| line.zipf) {
        Some(exponent) => Keys::Zipf { count, exponent },
        None => Keys::Even(count),
    }
}

fn sessions(line: &ClientsLine) -> Sessions {
    Sessions {
        clients: line.count,
        every: line.every.unwrap_or(EVERY),
        keys: line.keys.unwrap_or(1) as u32,
        reads: line.reads.unwrap_or(Ratio::percent(50)),
    }
}

/// How many servers of speed 1 the servers are worth.
fn capacity(groups: &[ServerGroup], servers: u32, knobs: &Knobs) -> f64 {
    let speeds = pool::speeds(groups, servers);
    let sum: u64 = speeds.iter().map(|speed| u64::from(*speed)).sum();
    let slots = match (knobs.get("queue"), knobs.get("concurrency")) {
        // A server that shares its speed has no slots.
        (Some(KnobValue::Choice("ps")), _) => 1,
        (_, Some(KnobValue::Count(slots))) => slots,
        _ => 1,
    };
    sum as f64 / f64::from(pool::SPEED_ONE) * slots as f64
}

fn arrivals(line: &ArrivalsLine, most: f64) -> Arrivals {
    let rate = |intensity: Intensity| match intensity {
        Intensity::Rate(rate) => rate,
        Intensity::Load(ppm) => most * ppm as f64 / 1e6,
    };
    match *line {
        ArrivalsLine::Poisson(intensity) => Arrivals::Poisson { rate: rate(intensity) },
        ArrivalsLine::Deterministic(intensity) => Arrivals::Deterministic { rate: rate(intensity) },
        ArrivalsLine::Mmpp { intensity, burst, dwell } => {
            Arrivals::Mmpp { rate: rate(intensity), burst, dwell }
        }
        ArrivalsLine::Ramp { from, to, over } => {
            Arrivals::Ramp { from: rate(from), to: rate(to), over }
        }
        ArrivalsLine::Step { from, to, at, until } => {
            Arrivals::Step { from: rate(from), to: rate(to), at, until }
        }
        ArrivalsLine::Closed { users, think } => Arrivals::Closed { users, think },
    }
}

/// Title and sentence: the comment lines before the first statement.
pub(super) fn titles(script: &Script) -> Titles {
    let mut titles = Titles::default();
    let top = script.lines.iter().take_while(|line| line.statement.is_none());
    for comment in top.filter_map(|line| line.comment.as_deref()).filter(|text| !text.is_empty()) {
        let chinese = comment.strip_prefix("zh:").map(str::trim);
        let places = match chinese {
            Some(_) => [&mut titles.title.zh, &mut titles.sentence.zh],
            None => [&mut titles.title.en, &mut titles.sentence.en],
        };
        if let Some(place) = places.into_iter().find(|place| place.is_empty()) {
            chinese.unwrap_or(comment).clone_into(place);
        }
    }
    for said in [&mut titles.title, &mut titles.sentence] {
        if said.zh.is_empty() {
            said.zh = said.en.clone();
        }
    }
    titles
}

/// A problem of a whole line.
fn problem_of_line(script: &Script, index: usize, kind: ProblemKind) -> Problem {
    let raw = script.lines.get(index).map_or("", |line| line.raw.as_str());
    let cut = super::token::cut(raw);
    let (at, end) = match (cut.tokens.first(), cut.tokens.last()) {
        (Some(first), Some(last)) => (first.at, last.end()),
        _ => (0, 0),
    };
    let column = raw[..at].chars().count() as u32 + 1;
    let length = raw[at..end].chars().count().max(1) as u32;
    Problem { line: index as u32 + 1, column, length, kind, fix: None }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    crate::order::sort_by_key(&mut problems, |problem| (problem.line, problem.column));
    problems
}
