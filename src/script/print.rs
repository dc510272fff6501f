//! Canonical text: what is printed reads back as the same script.

use crate::kernel::{Op, SimTime};
use crate::sim::{DiskMode, Input};

use super::command::{
    expect, explore, fault, given, head, members, message, network, pool, request, trace, work,
};
use super::grammar::{Line, Script, Statement};
use super::names::Names;
use super::value;

/// The script in canonical form: one blank between words, times of neighbouring `at` lines aligned,
/// comments and single blank lines kept. Lines that are not understood stay as they are.
pub fn script(script: &Script) -> String {
    let widths = widths(&script.lines);
    let mut text = String::new();
    for (line, width) in script.lines.iter().zip(widths) {
        let body = body(line, width, script.names);
        text.push_str(body.trim_end());
        text.push('\n');
    }
    collapse(&text)
}

/// At most one blank line in a row, none at either end.
fn collapse(text: &str) -> String {
    let mut out = String::new();
    let mut blank = true;
    for line in text.lines() {
        if line.is_empty() && blank {
            continue;
        }
        blank = line.is_empty();
        out.push_str(line);
        out.push('\n');
    }
    if blank { out.trim_end().to_owned() + "\n" } else { out }
}

fn body(line: &Line, width: usize, names: Names) -> String {
    let comment = line.comment.as_deref();
    match (&line.statement, comment) {
        (Some(statement), None) => print_statement(statement, width, names),
        (Some(statement), Some(comment)) => {
            format!("{}  {}", print_statement(statement, width, names), hash(comment))
        }
        (None, Some(comment)) if line.raw.trim_start().starts_with('#') => hash(comment),
        (None, _) => line.raw.clone(),
    }
}

fn hash(comment: &str) -> String {
    if comment.is_empty() { "#".to_owned() } else { format!("# {comment}") }
}

/// For each line how wide times are printed there: as wide as the widest of its neighbours.
fn widths(lines: &[Line]) -> Vec<usize> {
    let own = |line: &Line| match &line.statement {
        Some(Statement::At(at, _)) => Some(at.to_string().len()),
        _ => None,
    };
    let mut widths = vec![0; lines.len()];
    let mut start = 0;
    while start < lines.len() {
        let block = lines[start..].iter().map(own).take_while(Option::is_some);
        let block: Vec<usize> = block.flatten().collect();
        let width = block.iter().max().copied().unwrap_or(0);
        widths[start..start + block.len()].fill(width);
        start += block.len().max(1);
    }
    widths
}

fn print_statement(statement: &Statement, width: usize, names: Names) -> String {
    match statement {
        Statement::Cluster(line) => head::print("cluster", line),
        Statement::Balance(line) => head::print("balance", line),
        Statement::Servers(groups) => pool::print_servers(groups, names),
        Statement::Network(line) => network::print_line(line),
        Statement::Clients(line) => work::print_clients(line),
        Statement::Patience(patience) => work::print_patience(*patience, names.is_pool()),
        Statement::Given(given) => given::print(given, names),
        Statement::Arrivals(line) => work::print_arrivals(line),
        Statement::Service(sizes) => work::print_service(sizes),
        Statement::Trace => "trace".to_owned(),
        Statement::Row(row) => trace::print_row(row),
        Statement::Warmup(span) => format!("warmup {span}"),
        Statement::Run(span) => format!("run {span}"),
        Statement::Limit(events) => format!("limit {events} events"),
        Statement::Compare { strategies, more: false } => {
            format!("compare {}", strategies.join(" "))
        }
        Statement::Compare { strategies, more: true } => {
            format!("        {}", strategies.join(" "))
        }
        Statement::Explore(line) => explore::print(line),
        Statement::Expect(wish) => format!("expect {}", expect::print(wish)),
        Statement::At(at, input) => print_at(*at, width, &print_input(input, names)),
        Statement::Do(input) => print_input(input, names),
    }
}

/// A timed line, its time at least `width` wide.
pub(super) fn print_at(at: SimTime, width: usize, command: &str) -> String {
    format!("at {:width$} {command}", at.to_string())
}

/// An input as it is written in a scenario, without its time.
pub fn print_input(input: &Input, names: Names) -> String {
    let target = |target| fault::print_target(target, names);
    let matcher = |matcher| message::print_matcher(matcher, names);
    match input {
        Input::Crash(whom) => format!("crash {}", target(*whom)),
        Input::Restart(whom) => format!("restart {}", target(*whom)),
        Input::Pause(whom) => format!("pause {}", target(*whom)),
        Input::Resume(whom) => format!("resume {}", target(*whom)),
        Input::Skew(whom, by) => format!("skew {} {}", target(*whom), value::show_signed_span(*by)),
        Input::Drift(whom, ppm) => format!("drift {} {}", target(*whom), value::show_drift(*ppm)),
        Input::Disk(whom, DiskMode::Synced) => format!("disk {} synced", target(*whom)),
        Input::Disk(whom, DiskMode::Unsynced) => format!("disk {} unsynced", target(*whom)),
        Input::Partition(groups) => fault::print_partition(groups, names),
        Input::Cut(from, to) => {
            let (from, to) = (fault::print_nodes(from, names), fault::print_nodes(to, names));
            format!("cut {from} -> {to}")
        }
        Input::Isolate(whom) => format!("isolate {}", target(*whom)),
        Input::Heal => "heal".to_owned(),
        Input::Mend { from, to, both } => {
            network::print_ends("heal", &(names.party(*from), names.party(*to)), *both)
        }
        Input::Link { from, to, both, change } => {
            network::print_link(&(names.party(*from), names.party(*to)), *both, change)
        }
        Input::Network(change) => network::print_network(change),
        Input::Hold(which) => format!("hold{}", matcher(which)),
        Input::Release(which) => format!("release{}", matcher(which)),
        Input::Drop(which) => format!("drop{}", matcher(which)),
        Input::Duplicate(which) => format!("duplicate{}", matcher(which)),
        Input::Delay(which, by) => format!("delay{} by {by}", matcher(which)),
        Input::Deliver(which) => format!("deliver{}", matcher(which)),
        Input::Fire(whom, timer) => format!("fire {} {timer}", target(*whom)),
        Input::Settle => "settle".to_owned(),
        Input::Request { op: Op::Change(change), via, client } => {
            members::print(*change, *via, *client, names)
        }
        Input::Request { op, via, client } => request::print(*op, *via, *client, names),
        Input::Compact(whom) => members::print_compact(*whom, names),
        Input::Pace(whom, speed) => pool::print_pace(&target(*whom), *speed),
        Input::Order(whom, order) => pool::print_order(&target(*whom), *order, names),
        Input::Flap { node, every, lasting } => {
            fault::print_flap(&names.node(*node), *every, *lasting)
        }
    }
}
