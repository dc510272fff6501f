//! Parameters of a pool that can be turned by hand: where each stands in the text, and which values
//! it can take. What is turned is written back into the text and nowhere else.

use crate::catalog;
use crate::kernel::{Knob, KnobKind, Span, Text};

use super::command::head;
use super::plan::Plan;
use super::read::lines;
use super::token::{Cut, Token, cut};
use super::value;

/// In what a dial counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Whole numbers.
    Count,
    /// Parts per million, written as a percentage.
    Percent,
    /// Thousandths, written as a factor.
    Factor,
    /// Nanoseconds.
    Time,
    /// Thousandths, written as a plain number.
    Number,
}

impl Unit {
    fn read(self, text: &str) -> Option<u64> {
        match self {
            Unit::Count => value::whole(text),
            Unit::Percent => value::percent(text),
            Unit::Factor => value::factor(text).map(u64::from),
            Unit::Time => value::span(text).map(|span| span.0),
            Unit::Number => value::decimal(text, 1_000),
        }
    }

    /// A value as written in the text.
    pub fn show(self, value: u64) -> String {
        match self {
            Unit::Count => value.to_string(),
            Unit::Percent => value::show_percent(value),
            Unit::Factor => value::show_factor(u32::try_from(value).unwrap_or(u32::MAX)),
            Unit::Time => Span(value).to_string(),
            Unit::Number => value::show_decimal(value, 1_000),
        }
    }
}

/// A parameter that can be turned.
#[derive(Clone, PartialEq, Debug)]
pub struct Dial {
    /// Tells it from the others, also when the text has changed.
    pub id: String,
    /// What it is called.
    pub name: Text,
    /// What it does; may be empty.
    pub help: Text,
    /// In what it counts.
    pub unit: Unit,
    /// The values it can take, in order; the present one is among them.
    pub stops: Vec<u64>,
    /// The position of the present value among them.
    pub at: usize,
    /// The bytes of the text that hold the value; empty where it has to be written first.
    place: (usize, usize),
    /// Written before the value where it does not stand yet.
    lead: String,
}

impl Dial {
    /// The text with the value at this stop.
    pub fn turned(&self, text: &str, stop: usize) -> String {
        let Some(value) = self.stops.get(stop) else { return text.to_owned() };
        let (from, to) = self.place;
        let value = self.unit.show(*value);
        format!("{}{}{value}{}", &text[..from], self.lead, &text[to..])
    }

    /// The present value, as written.
    pub fn shown(&self) -> String {
        self.stops.get(self.at).map_or_else(String::new, |value| self.unit.show(*value))
    }
}

/// A line of the text, cut.
struct Row<'a> {
    start: usize,
    cut: Cut<'a>,
}

impl<'a> Row<'a> {
    fn is(&self, word: &str) -> bool {
        self.cut.tokens.first().is_some_and(|token| token.text == word)
    }

    fn setting(&self, name: &str) -> Option<Token<'a>> {
        let mut settings = self.cut.tokens.iter().filter_map(|token| token.setting());
        settings.find(|(key, _)| key.text == name).map(|(_, value)| value)
    }

    /// A dial for `name=value` of this line. Without `default` it has to stand there.
    fn dial(&self, (id, name, help): (&str, Text, Text), unit: Unit, range: Range) -> Option<Dial> {
        let written = self.setting(id);
        let value = match written {
            Some(token) => unit.read(token.text)?,
            None => range.default?,
        };
        let (place, lead) = if let Some(token) = written {
            ((self.start + token.at, self.start + token.end()), String::new())
        } else {
            let end = self.start + self.cut.tokens.last()?.end();
            ((end, end), format!(" {id}="))
        };
        let (stops, at) = range.stops(value);
        Some(Dial { id: id.to_owned(), name, help, unit, stops, at, place, lead })
    }
}

/// From where to where a dial goes.
#[derive(Clone, Copy)]
struct Range {
    min: u64,
    max: u64,
    /// Even steps of this size; zero for values that grow by ratio.
    step: u64,
    /// The value when the text is silent; `None` if the text has to say it.
    default: Option<u64>,
}

/// Leading digits of values that grow by ratio.
const LEADS: [u64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

impl Range {
    fn even(min: u64, max: u64, step: u64) -> Range {
        Range { min, max, step, default: None }
    }

    fn ratio(min: u64, max: u64) -> Range {
        Range { min, max, step: 0, default: None }
    }

    fn or(self, default: u64) -> Range {
        Range { default: Some(default), ..self }
    }

    /// The values, with `value` among them, and its position.
    fn stops(self, value: u64) -> (Vec<u64>, usize) {
        let mut stops: Vec<u64> = Vec::new();
        if self.step > 0 {
            stops.extend((self.min..=self.max).step_by(self.step as usize));
        } else {
            if self.min == 0 {
                stops.push(0);
            }
            let mut power = 1_u64;
            while power <= self.max {
                let scaled = LEADS.iter().map(|lead| lead.saturating_mul(power) / 10);
                stops.extend(scaled.filter(|it| (self.min.max(1)..=self.max).contains(it)));
                let Some(next) = power.checked_mul(10) else { break };
                power = next;
            }
            stops.dedup();
        }
        let at = stops.partition_point(|stop| *stop < value);
        if stops.get(at) != Some(&value) {
            stops.insert(at, value);
        }
        (stops, at)
    }
}

const NO_HELP: Text = Text { en: "", zh: "" };

/// What can be turned in the text of `plan`, the most telling first; empty for a cluster.
pub fn dials(text: &str, plan: &Plan) -> Vec<Dial> {
    if !plan.is_pool() {
        return Vec::new();
    }
    let rows: Vec<Row<'_>> =
        lines(text).into_iter().map(|(start, raw)| Row { start, cut: cut(raw) }).collect();
    let mut dials = Vec::new();
    let line = |word: &str| rows.iter().find(|row| row.is(word));
    let head = line("balance");
    dials.extend(line("arrivals").map(arrivals).unwrap_or_default());
    if let Some(head) = head {
        let range = Range::even(named(&rows).max(1), 32.max(plan.names.servers().into()), 1);
        let name = Text { en: "Servers", zh: "服务器数" };
        let now = u64::from(plan.names.servers());
        dials.extend(head.dial(("servers", name, NO_HELP), Unit::Count, range.or(now)));
    }
    dials.extend(rows.iter().filter_map(slow));
    dials.extend(line("service").map(service).unwrap_or_default());
    if let Some(head) = head {
        dials.extend(knobs(plan).iter().filter_map(|knob| knob_dial(head, knob, plan)));
    }
    dials
}

/// The highest number of a server that lines behind the first name: fewer there cannot be.
fn named(rows: &[Row<'_>]) -> u64 {
    let tokens = rows.iter().flat_map(|row| &row.cut.tokens);
    let names = tokens.flat_map(|token| token.text.split(['.', ',']));
    names.filter_map(|name| value::whole(name.strip_prefix('s')?)).max().unwrap_or(0)
}

fn arrivals(row: &Row<'_>) -> Vec<Dial> {
    let law = row.cut.tokens.get(1).map_or("", |token| token.text);
    let load = Range::even(50_000, 1_200_000, 10_000);
    // A rate is an absolute load; the line has one or the other.
    let silent = row.setting("rate").is_none();
    let usual = match law {
        "poisson" | "deterministic" | "mmpp" if silent => load.or(700_000),
        _ => load, // The other processes have no load of their own.
    };
    let burst = Range::ratio(1_000, 100_000);
    let burst = if law == "mmpp" { burst.or(4_000) } else { burst };
    let think = Range::ratio(1_000_000, 10_000_000_000);
    let mut dials = Vec::new();
    let mut add = |id: &str, name: Text, unit: Unit, range: Range| {
        dials.extend(row.dial((id, name, NO_HELP), unit, range));
    };
    add("load", Text { en: "Load", zh: "负载" }, Unit::Percent, usual);
    add("from", Text { en: "Load at first", zh: "起始负载" }, Unit::Percent, load);
    add("to", Text { en: "Load then", zh: "之后负载" }, Unit::Percent, load);
    add("users", Text { en: "Users", zh: "用户数" }, Unit::Count, Range::ratio(1, 10_000));
    add("think", Text { en: "Thinking time", zh: "思考时间" }, Unit::Time, think);
    add("burst", Text { en: "Burstiness", zh: "突发程度" }, Unit::Number, burst);
    dials
}

fn service(row: &Row<'_>) -> Vec<Dial> {
    let mean = Text { en: "Mean size", zh: "平均工作量" };
    let scv = Text { en: "Variability of sizes", zh: "工作量波动" };
    let law = row.cut.tokens.get(1).map_or("", |token| token.text);
    let spread = Range::ratio(if law == "hyper" { 1_000 } else { 100 }, 100_000);
    let spread = match law {
        "hyper" => spread.or(4_000),
        "lognormal" => spread.or(1_000),
        _ => spread, // Other laws have no such setting.
    };
    [
        row.dial(("mean", mean, NO_HELP), Unit::Time, Range::ratio(100_000, 10_000_000_000)),
        row.dial(("scv", scv, NO_HELP), Unit::Number, spread),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The factor of a line `at 4s slow s4 x2.2`.
fn slow(row: &Row<'_>) -> Option<Dial> {
    let tokens = &row.cut.tokens;
    let place = tokens.iter().position(|token| token.text == "slow")?;
    let (whom, token) = (tokens.get(place + 1)?, tokens.get(place + 2)?);
    let value = Unit::Factor.read(token.text)?;
    let (stops, at) = Range::ratio(1_000, 100_000).stops(value);
    Some(Dial {
        // A second line about the same server at another instant is another dial.
        id: format!("slow {} {}", whom.text, tokens.get(1)?.text),
        name: Text { en: "Slow server", zh: "慢服务器" },
        help: NO_HELP,
        unit: Unit::Factor,
        stops,
        at,
        place: (row.start + token.at, row.start + token.end()),
        lead: String::new(),
    })
}

/// Knobs of the strategies in play, and of the pool.
fn knobs(plan: &Plan) -> Vec<&'static Knob> {
    let own = plan.strategy().into_iter();
    let ids: Vec<&str> = own.chain(plan.compare.iter().map(|(_, id)| *id)).collect();
    let all = catalog::strategies();
    let mut knobs: Vec<&'static Knob> = Vec::new();
    for id in ids {
        let Some(about) = all.iter().find(|about| about.id == id) else { continue };
        for knob in about.knobs {
            if !knobs.iter().any(|known| known.name == knob.name) {
                knobs.push(knob);
            }
        }
    }
    let pool = ["concurrency", "capacity", head::BALANCERS];
    let of_pool = plan.entry.about.knobs.iter().filter(|knob| pool.contains(&knob.name));
    knobs.extend(of_pool);
    knobs
}

/// Beyond so many values a dial grows by ratio.
const FINE: u64 = 60;

fn knob_dial(head: &Row<'_>, knob: &'static Knob, plan: &Plan) -> Option<Dial> {
    let servers = u64::from(plan.names.servers());
    let (unit, range) = match knob.kind {
        KnobKind::Count { min, max, default } => {
            // More draws than servers change nothing.
            let max = if knob.name == "choices" { max.min(servers.max(2)) } else { max };
            let step = u64::from(max - min <= FINE);
            (Unit::Count, Range { min, max, step, default: Some(default) })
        }
        KnobKind::Length { default } => {
            let (min, max) = (default.0 / 100, default.0.saturating_mul(100));
            (Unit::Time, Range::ratio(min.max(1), max).or(default.0))
        }
        KnobKind::Share { default } => {
            let default = u64::from(default.as_ppm());
            (Unit::Percent, Range::even(0, 1_000_000, 10_000).or(default))
        }
        // Nothing to turn.
        KnobKind::Switch { .. } | KnobKind::Range { .. } | KnobKind::Choice(_) => return None,
    };
    let name = Text { en: knob.name, zh: knob.name };
    head.dial((knob.name, name, knob.help), unit, range)
}
