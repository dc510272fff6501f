//! What clients do by themselves: `clients`, `patience`, `arrivals`, `service`.

use std::fmt::Write;

use crate::kernel::Span;
use crate::script::cursor::Cursor;
use crate::script::grammar::{ArrivalsLine, ClientsLine, Intensity, Statement};
use crate::script::problem::{ProblemKind, What};
use crate::script::token::Token;
use crate::script::wanted::Wanted;
use crate::script::{limit, saying, value};
use crate::sim::sizes::Sizes;

use super::{elsewhere, message};

/// Settings `name=value` of a line, each taken once.
struct Settings<'a>(Vec<(Token<'a>, Token<'a>)>);

#[expect(clippy::option_option, reason = "a wrong value is not a missing one")]
impl<'a> Settings<'a> {
    /// Reads the rest of the line.
    fn read(cursor: &mut Cursor<'a, '_>, allowed: &[&str]) -> Settings<'a> {
        let mut settings: Vec<(Token<'a>, Token<'a>)> = Vec::new();
        while let Some(token) = cursor.take() {
            let Some((name, text)) = token.setting() else {
                cursor.bad(token, Wanted::Setting);
                continue;
            };
            if !allowed.contains(&name.text) {
                cursor.unknown(name, What::Setting, allowed);
            } else if settings.iter().any(|(other, _)| other.text == name.text) {
                cursor.problem(name, ProblemKind::Twice { name: name.text.to_owned() });
            } else {
                settings.push((name, text));
            }
        }
        Settings(settings)
    }

    /// The value of one setting, if it is there. The outer `None` is a value that is not
    /// understood.
    fn get<T>(
        &self,
        cursor: &mut Cursor<'_, '_>,
        name: &str,
        wanted: Wanted,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.0.iter().find(|(other, _)| other.text == name) {
            Some((_, text)) => cursor.value_of(*text, wanted, read).map(Some),
            None => Some(None),
        }
    }

    fn count(&self, cursor: &mut Cursor<'_, '_>, name: &str, max: u64) -> Option<Option<u64>> {
        let Some(count) = self.get(cursor, name, Wanted::Count, value::whole)? else {
            return Some(None);
        };
        if (1..=max).contains(&count) {
            return Some(Some(count));
        }
        let token = self.0.iter().find(|(other, _)| other.text == name)?.1;
        cursor.problem(token, message::at_least_one(name, token.text, max));
        None
    }

    fn time(&self, cursor: &mut Cursor<'_, '_>, name: &str) -> Option<Option<Span>> {
        let Some(span) = self.get(cursor, name, Wanted::Time, value::span)? else {
            return Some(None);
        };
        if span > Span::ZERO && span <= limit::TIME {
            return Some(Some(span));
        }
        let token = self.0.iter().find(|(other, _)| other.text == name)?.1;
        cursor.problem(token, saying::positive_time(name, span));
        None
    }

    /// A load or a rate that has to be there; may be nothing.
    fn intensity(&self, cursor: &mut Cursor<'_, '_>, name: &'static str) -> Option<Intensity> {
        let found = self.get(cursor, name, Wanted::Intensity, |text| match text {
            "0" => Some(Intensity::Load(0)),
            _ if text.ends_with("/s") => {
                let rate = value::number(text.strip_suffix("/s")?)?;
                (rate <= limit::RATE).then_some(Intensity::Rate(rate))
            }
            _ => value::percent(text).filter(|ppm| *ppm <= LOAD_MAX).map(Intensity::Load),
        });
        let example = if name == "from" { "from=20%" } else { "to=120%" };
        needed(cursor, found?, example)
    }

    /// A number in `min..=max`.
    fn number(
        &self,
        cursor: &mut Cursor<'_, '_>,
        name: &str,
        (min, max): (f64, f64),
    ) -> Option<Option<f64>> {
        let Some(number) = self.get(cursor, name, Wanted::Number, value::number)? else {
            return Some(None);
        };
        if (min..=max).contains(&number) {
            return Some(Some(number));
        }
        let token = self.0.iter().find(|(other, _)| other.text == name)?.1;
        let kind = ProblemKind::Range {
            name: name.to_owned(),
            found: value::show_number(number),
            min: value::show_number(min),
            max: value::show_number(max),
        };
        cursor.problem(token, kind);
        None
    }
}

/// What has to be there.
fn needed<T>(cursor: &mut Cursor<'_, '_>, found: Option<T>, example: &'static str) -> Option<T> {
    if found.is_none() {
        cursor.missing(Wanted::SettingOf(example));
    }
    found
}

/// Reads the rest of `clients 2 every=50ms keys=3 reads=50%`.
pub(super) fn clients(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let token = cursor.want(Wanted::Count)?;
    let count = cursor.value_of(token, Wanted::Count, value::whole)?;
    if !(1..=u64::from(limit::CLIENTS)).contains(&count) {
        let kind = message::at_least_one("clients", token.text, u64::from(limit::CLIENTS));
        cursor.problem(token, kind);
    }
    let pool = cursor.scene.names.is_pool();
    let allowed: &[&str] = if pool { &["keys", "zipf"] } else { &["every", "keys", "reads"] };
    let settings = Settings::read(cursor, allowed);
    let most = if pool { u64::from(u32::MAX) } else { KEYS };
    Some(Statement::Clients(ClientsLine {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        every: settings.time(cursor, "every")?,
        keys: settings.count(cursor, "keys", most)?,
        reads: settings.get(cursor, "reads", Wanted::Share, value::ratio)?,
        zipf: settings.number(cursor, "zipf", (0.01, 10.0))?,
    }))
}

/// Most keys of a store.
const KEYS: u64 = 10_000;

/// Reads the rest of `patience 500ms`.
pub(super) fn patience(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    waiting(cursor, "patience", false)
}

/// Reads the rest of `timeout 500ms`.
pub(super) fn timeout(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    waiting(cursor, "timeout", true)
}

fn waiting(cursor: &mut Cursor<'_, '_>, command: &'static str, pool: bool) -> Option<Statement> {
    let token = cursor.want(Wanted::TimeOrOff)?;
    if elsewhere(cursor, token, command, pool) {
        return None;
    }
    if token.text == "off" {
        return Some(Statement::Patience(None));
    }
    let span = cursor.value_of(token, Wanted::TimeOrOff, value::span)?;
    if span == Span::ZERO || span > limit::TIME {
        cursor.problem(token, saying::positive_time(command, span));
        return None;
    }
    Some(Statement::Patience(Some(span)))
}

#[derive(Clone, Copy)]
enum Process {
    Poisson,
    Deterministic,
    Mmpp,
    Ramp,
    Step,
    Closed,
}

const PROCESSES: [(&str, Process); 6] = [
    ("poisson", Process::Poisson),
    ("deterministic", Process::Deterministic),
    ("mmpp", Process::Mmpp),
    ("ramp", Process::Ramp),
    ("step", Process::Step),
    ("closed", Process::Closed),
];

/// Reads the rest of `arrivals poisson load=68%`.
pub(super) fn arrivals(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let token = cursor.want(Wanted::Law)?;
    if elsewhere(cursor, token, "arrivals", true) {
        return None;
    }
    let process = cursor.one_of(token, What::Law, &PROCESSES)?;
    let line = match process {
        Process::Poisson => ArrivalsLine::Poisson(intensity(cursor, &[])?.0),
        Process::Deterministic => ArrivalsLine::Deterministic(intensity(cursor, &[])?.0),
        Process::Mmpp => {
            let (intensity, settings) = intensity(cursor, &["burst", "dwell"])?;
            let burst = settings.number(cursor, "burst", (1.0, 1e6))?.unwrap_or(BURST);
            let dwell = settings.time(cursor, "dwell")?.unwrap_or(DWELL);
            ArrivalsLine::Mmpp { intensity, burst, dwell }
        }
        Process::Ramp => ramp(cursor)?,
        Process::Step => step(cursor)?,
        Process::Closed => {
            let settings = Settings::read(cursor, &["users", "think"]);
            let most = u64::from(limit::USERS);
            let users = settings.count(cursor, "users", most)?;
            let Some(users) = users else {
                cursor.missing(Wanted::Users);
                return None;
            };
            let think = settings.get(cursor, "think", Wanted::Time, value::span)?;
            ArrivalsLine::Closed { users: users as u32, think: think.unwrap_or(Span::ZERO) }
        }
    };
    Some(Statement::Arrivals(line))
}

/// Reads the rest of `arrivals ramp from=20% to=120% over=20s`.
fn ramp(cursor: &mut Cursor<'_, '_>) -> Option<ArrivalsLine> {
    let settings = Settings::read(cursor, &["from", "to", "over"]);
    let (from, to) = (settings.intensity(cursor, "from")?, settings.intensity(cursor, "to")?);
    let over = settings.time(cursor, "over")?;
    let over = needed(cursor, over, "over=20s")?;
    Some(ArrivalsLine::Ramp { from, to, over })
}

/// Reads the rest of `arrivals step from=50% to=120% at=10s until=20s`.
fn step(cursor: &mut Cursor<'_, '_>) -> Option<ArrivalsLine> {
    let settings = Settings::read(cursor, &["from", "to", "at", "until"]);
    let (from, to) = (settings.intensity(cursor, "from")?, settings.intensity(cursor, "to")?);
    let at = settings.time(cursor, "at")?;
    let at = needed(cursor, at, "at=10s")?;
    let until = settings.time(cursor, "until")?;
    if let Some(until) = until.filter(|until| *until < at) {
        let token = settings.0.iter().find(|(name, _)| name.text == "until")?.1;
        let kind = ProblemKind::Range {
            name: "until".to_owned(),
            found: until.to_string(),
            min: at.to_string(),
            max: limit::TIME.to_string(),
        };
        cursor.problem(token, kind);
        return None;
    }
    Some(ArrivalsLine::Step { from, to, at, until })
}

/// Busy rate over quiet rate when the scenario is silent.
const BURST: f64 = 4.0;
/// Mean length of a phase when the scenario is silent.
const DWELL: Span = Span::secs(1);
/// Load when the scenario is silent.
pub(in crate::script) const LOAD_PPM: u64 = 700_000;
/// Most load in parts per million: ten times what the servers can do.
const LOAD_MAX: u64 = 10_000_000;

fn intensity<'a>(cursor: &mut Cursor<'a, '_>, more: &[&str]) -> Option<(Intensity, Settings<'a>)> {
    let allowed: Vec<&str> = ["load", "rate"].iter().chain(more).copied().collect();
    let settings = Settings::read(cursor, &allowed);
    let load = settings.get(cursor, "load", Wanted::Percent, value::percent)?;
    let rate = settings.get(cursor, "rate", Wanted::Rate, rate)?;
    let token = |name: &str| settings.0.iter().find(|(other, _)| other.text == name);
    if let (Some(_), Some(_), Some((name, _))) = (load, rate, token("rate")) {
        cursor.problem(*name, ProblemKind::Twice { name: "load".to_owned() });
    }
    if let (Some(load), Some((_, text))) = (load, token("load"))
        && !(1..=LOAD_MAX).contains(&load)
    {
        let kind = ProblemKind::Range {
            name: "load".to_owned(),
            found: text.text.to_owned(),
            min: value::show_percent(1),
            max: value::show_percent(LOAD_MAX),
        };
        cursor.problem(*text, kind);
        return None;
    }
    let intensity = match (load, rate) {
        (_, Some(rate)) => Intensity::Rate(rate),
        (load, None) => Intensity::Load(load.unwrap_or(LOAD_PPM)),
    };
    Some((intensity, settings))
}

fn rate(text: &str) -> Option<f64> {
    let rate = value::number(text.strip_suffix("/s")?)?;
    (rate > 0.0 && rate <= limit::RATE).then_some(rate)
}

#[derive(Clone, Copy)]
enum Law {
    Exp,
    Fixed,
    Hyper,
    Pareto,
    LogNormal,
    Normal,
}

const LAWS: [(&str, Law); 6] = [
    ("exp", Law::Exp),
    ("fixed", Law::Fixed),
    ("hyper", Law::Hyper),
    ("pareto", Law::Pareto),
    ("lognormal", Law::LogNormal),
    ("normal", Law::Normal),
];

/// Mean size of a request when the scenario is silent.
pub(in crate::script) const MEAN: Span = Span::millis(10);

/// Reads the rest of `service exp mean=10ms`.
pub(super) fn service(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let token = cursor.want(Wanted::Law)?;
    if elsewhere(cursor, token, "service", true) {
        return None;
    }
    let law = cursor.one_of(token, What::Law, &LAWS)?;
    let allowed: &[&str] = match law {
        Law::Exp | Law::Fixed => &["mean"],
        Law::Hyper | Law::LogNormal => &["mean", "scv"],
        Law::Pareto => &["mean", "alpha", "ratio"],
        Law::Normal => &["mean", "sd"],
    };
    let settings = Settings::read(cursor, allowed);
    let mean = settings.time(cursor, "mean")?.unwrap_or(MEAN);
    Some(Statement::Service(match law {
        Law::Exp => Sizes::Exponential { mean },
        Law::Fixed => Sizes::Deterministic { mean },
        Law::Hyper => {
            let scv = settings.number(cursor, "scv", (1.0, 1e3))?.unwrap_or(4.0);
            Sizes::HyperExponential { mean, scv }
        }
        Law::LogNormal => {
            let scv = settings.number(cursor, "scv", (0.0, 1e3))?.unwrap_or(1.0);
            Sizes::LogNormal { mean, scv }
        }
        Law::Normal => {
            let deviation = settings.time(cursor, "sd")?.unwrap_or(Span(mean.0 / 10));
            if deviation.0 > mean.0 / 3 {
                let token = settings.0.iter().find(|(name, _)| name.text == "sd");
                if let Some((_, token)) = token {
                    let (found, max) = (deviation.to_string(), Span(mean.0 / 3).to_string());
                    let (name, min) = ("sd".to_owned(), "1ns".to_owned());
                    cursor.problem(*token, ProblemKind::Range { name, found, min, max });
                }
                return None;
            }
            Sizes::Normal { mean, deviation }
        }
        Law::Pareto => {
            let alpha = settings.number(cursor, "alpha", (0.1, 10.0))?.unwrap_or(1.5);
            let ratio = settings.number(cursor, "ratio", (1.0, 1e6))?.unwrap_or(1e3);
            Sizes::BoundedPareto { mean, alpha, ratio }
        }
    }))
}

/// A `clients` line as printed.
pub(in crate::script) fn print_clients(line: &ClientsLine) -> String {
    let mut text = format!("clients {}", line.count);
    if let Some(every) = line.every {
        let _ = write!(text, " every={every}");
    }
    if let Some(keys) = line.keys {
        let _ = write!(text, " keys={keys}");
    }
    if let Some(reads) = line.reads {
        let _ = write!(text, " reads={reads}");
    }
    if let Some(zipf) = line.zipf {
        let _ = write!(text, " zipf={}", value::show_number(zipf));
    }
    text
}

/// A `patience` or `timeout` line as printed.
pub(in crate::script) fn print_patience(patience: Option<Span>, pool: bool) -> String {
    let command = if pool { "timeout" } else { "patience" };
    patience.map_or_else(|| format!("{command} off"), |span| format!("{command} {span}"))
}

/// An `arrivals` line as printed.
pub(in crate::script) fn print_arrivals(line: &ArrivalsLine) -> String {
    match line {
        ArrivalsLine::Poisson(intensity) => format!("arrivals poisson {}", print_work(*intensity)),
        ArrivalsLine::Deterministic(intensity) => {
            format!("arrivals deterministic {}", print_work(*intensity))
        }
        ArrivalsLine::Mmpp { intensity, burst, dwell } => {
            let burst = value::show_number(*burst);
            format!("arrivals mmpp {} burst={burst} dwell={dwell}", print_work(*intensity))
        }
        ArrivalsLine::Ramp { from, to, over } => {
            let (from, to) = (print_intensity(*from), print_intensity(*to));
            format!("arrivals ramp from={from} to={to} over={over}")
        }
        ArrivalsLine::Step { from, to, at, until } => {
            let (from, to) = (print_intensity(*from), print_intensity(*to));
            let until = until.map_or(String::new(), |until| format!(" until={until}"));
            format!("arrivals step from={from} to={to} at={at}{until}")
        }
        ArrivalsLine::Closed { users, think } => {
            format!("arrivals closed users={users} think={think}")
        }
    }
}

fn print_work(intensity: Intensity) -> String {
    let name = if matches!(intensity, Intensity::Load(_)) { "load" } else { "rate" };
    format!("{name}={}", print_intensity(intensity))
}

fn print_intensity(intensity: Intensity) -> String {
    match intensity {
        Intensity::Load(ppm) => value::show_percent(ppm),
        Intensity::Rate(rate) => format!("{}/s", value::show_number(rate)),
    }
}

/// A `service` line as printed.
pub(in crate::script) fn print_service(sizes: &Sizes) -> String {
    let show = |number: &f64| value::show_number(*number);
    match sizes {
        Sizes::Exponential { mean } => format!("service exp mean={mean}"),
        Sizes::Deterministic { mean } => format!("service fixed mean={mean}"),
        Sizes::HyperExponential { mean, scv } => {
            format!("service hyper mean={mean} scv={}", show(scv))
        }
        Sizes::BoundedPareto { mean, alpha, ratio } => {
            format!("service pareto mean={mean} alpha={} ratio={}", show(alpha), show(ratio))
        }
        Sizes::LogNormal { mean, scv } => {
            format!("service lognormal mean={mean} scv={}", show(scv))
        }
        Sizes::Normal { mean, deviation } => format!("service normal mean={mean} sd={deviation}"),
    }
}
