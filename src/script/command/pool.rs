//! Lines of a pool: `servers`, `compare`, and what may happen to a server: `slow`, `recover`,
//! `speed`, `fail`, `reset`, `drain`, `undrain`.

use std::ops::RangeInclusive;

use crate::kernel::{NodeId, Order, Ratio};
use crate::script::cursor::Cursor;
use crate::script::grammar::{ServerGroup, Statement};
use crate::script::names::Names;
use crate::script::problem::{ProblemKind, What};
use crate::script::token::Token;
use crate::script::wanted::Wanted;
use crate::script::{saying, value};
use crate::sim::{Input, Target};

use super::{elsewhere, fault, head};

/// A server of speed 1, in thousandths.
pub(in crate::script) const SPEED_ONE: u32 = 1_000;
/// Fastest server, in thousandths.
const SPEED_MAX: u32 = 1_000_000;
/// Largest weight.
const WEIGHT_MAX: u64 = 1_000;
/// The bound of what is in flight at a server, of one or of all.
pub(in crate::script) const MAX_CONNS: &str = "max-conns";
/// Largest bound of what is in flight at a server.
const CONNS_MAX: u64 = 1_000_000;

/// Reads the rest of a `servers` line.
pub(super) fn servers(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let token = cursor.want(Wanted::Servers)?;
    if elsewhere(cursor, token, "servers", true) {
        return None;
    }
    let mut groups: Vec<ServerGroup> = Vec::new();
    let mut next = Some(token);
    while let Some(token) = next {
        let group = group(cursor, token)?;
        if let Some(twice) = groups.iter().find(|other| overlap(other, &group)) {
            let place = twice.first.max(group.first);
            let name = cursor.scene.names.node(cursor.scene.names.server(place));
            cursor.problem(token, ProblemKind::Twice { name });
            return None;
        }
        groups.push(group);
        next = cursor.take();
    }
    Some(Statement::Servers(groups))
}

fn overlap(a: &ServerGroup, b: &ServerGroup) -> bool {
    a.first <= b.last && b.first <= a.last
}

fn group(cursor: &mut Cursor<'_, '_>, token: Token<'_>) -> Option<ServerGroup> {
    let (first, last) = token.text.split_once("..").unwrap_or((token.text, token.text));
    let first_token = Token { text: first, at: token.at };
    let last_token = Token { text: last, at: token.end() - last.len() };
    let first = server(cursor, first_token)?;
    let last = server(cursor, last_token)?;
    if first > last {
        cursor.bad(token, Wanted::Servers);
        return None;
    }
    let mut group =
        ServerGroup { first, last, speed_milli: SPEED_ONE, weight: None, max_conns: None };
    if let Some(token) = cursor.peek().filter(|token| value::factor(token.text).is_some()) {
        cursor.take();
        group.speed_milli = pace(cursor, token, 1, SPEED_MAX)?;
    }
    while let Some((name, text)) = cursor.peek().and_then(Token::setting) {
        cursor.take();
        let conns = cursor.one_of(name, What::Setting, &[("weight", false), (MAX_CONNS, true)])?;
        let range = if conns { 0..=CONNS_MAX } else { 1..=WEIGHT_MAX };
        let value = count(cursor, (name.text, text), range)?;
        let slot = if conns { &mut group.max_conns } else { &mut group.weight };
        if slot.replace(value).is_some() {
            cursor.problem(name, ProblemKind::Twice { name: name.text.to_owned() });
            return None;
        }
    }
    Some(group)
}

/// A whole number in `range`.
fn count(
    cursor: &mut Cursor<'_, '_>,
    (name, text): (&str, Token<'_>),
    range: RangeInclusive<u64>,
) -> Option<u32> {
    let value = cursor.value_of(text, Wanted::Count, value::whole)?;
    if range.contains(&value) {
        return Some(value as u32);
    }
    let kind = ProblemKind::Range {
        name: name.to_owned(),
        found: value.to_string(),
        min: range.start().to_string(),
        max: range.end().to_string(),
    };
    cursor.problem(text, kind);
    None
}

fn server(cursor: &mut Cursor<'_, '_>, token: Token<'_>) -> Option<u32> {
    let id = cursor.node_of(token, Wanted::Servers)?;
    let place = id.0.checked_sub(cursor.scene.names.balancers());
    if place.is_none() {
        cursor.bad(token, Wanted::Servers);
    }
    place
}

fn pace(cursor: &mut Cursor<'_, '_>, token: Token<'_>, min: u32, max: u32) -> Option<u32> {
    let factor = cursor.value_of(token, Wanted::Factor, value::factor)?;
    if (min..=max).contains(&factor) {
        return Some(factor);
    }
    cursor.problem(token, saying::factor_range(factor, min, max));
    None
}

/// Reads the rest of a `compare` line.
pub(super) fn compare(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let token = cursor.peek();
    if token.is_none() {
        cursor.missing(Wanted::Strategy);
        return None;
    }
    strategies(cursor, false)
}

/// Reads a line that goes on with a `compare` line.
pub(in crate::script) fn compare_more(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    strategies(cursor, true)
}

fn strategies(cursor: &mut Cursor<'_, '_>, more: bool) -> Option<Statement> {
    let first = cursor.peek()?;
    if elsewhere(cursor, first, "compare", true) {
        while cursor.take().is_some() {}
        return None;
    }
    let known = cursor.scene.entry.map_or(&[] as &[&str], |entry| head::strategies(&entry));
    let known: Vec<(&str, &'static str)> = known.iter().map(|word| (*word, *word)).collect();
    let mut strategies = Vec::new();
    while let Some(token) = cursor.take() {
        strategies.extend(cursor.one_of(token, What::Strategy, &known));
    }
    Some(Statement::Compare { strategies, more })
}

/// Reads the rest of `slow s4 x2.2`.
pub(super) fn slow(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = paced(cursor, "slow")?;
    let token = cursor.want(Wanted::Factor)?;
    let factor = pace(cursor, token, 1, SPEED_MAX)?;
    Some(Input::Pace(target, slowed(factor)))
}

/// Reads the rest of `recover s4`.
pub(super) fn recover(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    paced(cursor, "recover").map(|target| Input::Pace(target, SPEED_ONE))
}

/// Reads the rest of `speed s4 x1.5`.
pub(super) fn speed(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = paced(cursor, "speed")?;
    let token = cursor.want(Wanted::Factor)?;
    pace(cursor, token, 0, u32::MAX).map(|speed| Input::Pace(target, speed))
}

/// Reads the rest of `fail s4 50%`; without a share every request.
pub(super) fn fail(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = paced(cursor, "fail")?;
    let share = match cursor.take() {
        Some(token) => cursor.value_of(token, Wanted::Share, value::ratio)?,
        None => Ratio::ONE,
    };
    Some(Input::Order(target, Order::Fail(share)))
}

/// Reads the rest of `reset s4`.
pub(super) fn reset(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    paced(cursor, "reset").map(|target| Input::Order(target, Order::Reset))
}

/// Reads the rest of `drain s4`.
pub(super) fn drain(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    one(cursor, "drain").map(|server| Input::Order(Target::All, Order::Drain(server)))
}

/// Reads the rest of `undrain s4`.
pub(super) fn undrain(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    one(cursor, "undrain").map(|server| Input::Order(Target::All, Order::Undrain(server)))
}

/// Reads which server.
fn one(cursor: &mut Cursor<'_, '_>, command: &'static str) -> Option<NodeId> {
    let token = cursor.want(Wanted::Servers)?;
    if elsewhere(cursor, token, command, true) {
        return None;
    }
    let place = server(cursor, token)?;
    Some(cursor.scene.names.server(place))
}

/// An order as printed. Whom `drain` strikes goes without saying.
pub(in crate::script) fn print_order(target: &str, order: Order, names: Names) -> String {
    match order {
        Order::Fail(Ratio::ONE) => format!("fail {target}"),
        Order::Fail(share) => format!("fail {target} {share}"),
        Order::Reset => format!("reset {target}"),
        Order::Drain(server) => format!("drain {}", names.node(server)),
        Order::Undrain(server) => format!("undrain {}", names.node(server)),
    }
}

fn paced(cursor: &mut Cursor<'_, '_>, command: &'static str) -> Option<Target> {
    let Some(token) = cursor.peek() else {
        cursor.missing(Wanted::Servers);
        return None;
    };
    if elsewhere(cursor, token, command, true) {
        return None;
    }
    fault::target(cursor)
}

/// The speed of a server that takes `factor` thousandths as long.
fn slowed(factor: u32) -> u32 {
    let (one, factor) = (u64::from(SPEED_ONE), u64::from(factor));
    ((one * one + factor / 2) / factor) as u32
}

/// The shortest factor that slows to `speed`.
fn slowing(speed: u32) -> Option<u32> {
    if speed == 0 || speed >= SPEED_ONE {
        return None;
    }
    let exact = 1e6 / f64::from(speed);
    [1_000.0, 100.0, 10.0, 1.0]
        .into_iter()
        .map(|step| (libm::round(exact / step) * step) as u32)
        .find(|factor| (1..=SPEED_MAX).contains(factor) && slowed(*factor) == speed)
}

/// A change of pace as printed.
pub(in crate::script) fn print_pace(target: &str, speed: u32) -> String {
    match (speed, slowing(speed)) {
        (SPEED_ONE, _) => format!("recover {target}"),
        (_, Some(factor)) => format!("slow {target} {}", value::show_factor(factor)),
        (_, None) => format!("speed {target} {}", value::show_factor(speed)),
    }
}

/// A `servers` line as printed.
pub(in crate::script) fn print_servers(groups: &[ServerGroup], names: Names) -> String {
    let groups: Vec<String> = groups.iter().map(|group| print_group(group, names)).collect();
    format!("servers {}", groups.join(", "))
}

fn print_group(group: &ServerGroup, names: Names) -> String {
    let name = |place: u32| names.node(NodeId(names.balancers() + place));
    let mut text = name(group.first);
    if group.last > group.first {
        text = format!("{text}..{}", name(group.last));
    }
    text = format!("{text} {}", value::show_factor(group.speed_milli));
    for (name, value) in [("weight", group.weight), (MAX_CONNS, group.max_conns)] {
        if let Some(value) = value {
            text = format!("{text} {name}={value}");
        }
    }
    text
}

/// The speed of each server, in thousandths.
pub(in crate::script) fn speeds(groups: &[ServerGroup], servers: u32) -> Vec<u32> {
    let mut speeds = vec![SPEED_ONE; servers as usize];
    for group in groups {
        for place in group.first..=group.last {
            if let Some(speed) = speeds.get_mut(place as usize) {
                *speed = group.speed_milli;
            }
        }
    }
    speeds
}

/// The weight of each server, if any is given; the others have the weight of their speed, rounded
/// to at least 1.
pub(in crate::script) fn weights(groups: &[ServerGroup], servers: u32) -> Option<Vec<u32>> {
    groups.iter().find(|group| group.weight.is_some())?;
    let mut weights: Vec<u32> = speeds(groups, servers)
        .into_iter()
        .map(|speed| ((speed + SPEED_ONE / 2) / SPEED_ONE).clamp(1, WEIGHT_MAX as u32))
        .collect();
    for group in groups {
        for place in group.first..=group.last {
            if let (Some(slot), Some(weight)) = (weights.get_mut(place as usize), group.weight) {
                *slot = weight;
            }
        }
    }
    Some(weights)
}

/// How many requests are in flight at each server at most, if a bound of one's own is given; the
/// others have the one of `all`.
pub(in crate::script) fn max_conns(
    groups: &[ServerGroup],
    servers: u32,
    all: u32,
) -> Option<Vec<u32>> {
    groups.iter().find(|group| group.max_conns.is_some())?;
    let mut bounds = vec![all; servers as usize];
    for group in groups {
        for place in group.first..=group.last {
            if let (Some(slot), Some(bound)) = (bounds.get_mut(place as usize), group.max_conns) {
                *slot = bound;
            }
        }
    }
    Some(bounds)
}
