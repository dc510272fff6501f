//! `network` and `link`: delay, loss, duplication, reordering.

use std::fmt::Write;

use crate::kernel::{Party, Span};
use crate::script::cursor::Cursor;
use crate::script::grammar::{NetworkLine, Statement};
use crate::script::problem::{ProblemKind, What};
use crate::script::token::Token;
use crate::script::wanted::Wanted;
use crate::script::{limit, saying, value};
use crate::sim::{Delay, Input, LinkChange, NetworkSpec};

use super::message;

/// Reads the rest of a `network` line that stands before the run.
pub(super) fn setup(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    line(cursor).map(Statement::Network)
}

/// Reads the rest of `network` behind a time.
pub(super) fn change(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let NetworkLine { preset, change: own } = line(cursor)?;
    let mut whole = LinkChange::default();
    if let Some(preset) = preset.and_then(NetworkSpec::named) {
        whole = of_preset(preset);
    }
    let change = LinkChange {
        loss: own.loss.or(whole.loss),
        duplicate: own.duplicate.or(whole.duplicate),
        reorder: own.reorder.or(whole.reorder),
        delay: own.delay.or(whole.delay),
    };
    Some(Input::Network(change))
}

fn of_preset(preset: NetworkSpec) -> LinkChange {
    LinkChange {
        loss: Some(preset.loss),
        duplicate: Some(preset.duplicate),
        reorder: Some(preset.reorder),
        delay: Some(preset.delay),
    }
}

fn line(cursor: &mut Cursor<'_, '_>) -> Option<NetworkLine> {
    let mut line = NetworkLine::default();
    if let Some(token) = cursor.peek().filter(|token| token.setting().is_none()) {
        cursor.take();
        let presets = NetworkSpec::PRESETS.map(|preset| (preset, preset));
        line.preset = Some(cursor.one_of(token, What::Network, &presets)?);
    } else if cursor.peek().is_none() {
        cursor.missing(Wanted::Network);
        return None;
    }
    line.change = settings(cursor)?;
    Some(line)
}

fn settings(cursor: &mut Cursor<'_, '_>) -> Option<LinkChange> {
    let mut change = LinkChange::default();
    let mut complete = true;
    while let Some(token) = cursor.take() {
        let Some((name, text)) = token.setting() else {
            cursor.bad(token, Wanted::Setting);
            complete = false;
            continue;
        };
        complete &= setting(cursor, &mut change, (name, text)).is_some();
    }
    complete.then_some(change)
}

fn setting(
    cursor: &mut Cursor<'_, '_>,
    change: &mut LinkChange,
    (name, text): (Token<'_>, Token<'_>),
) -> Option<()> {
    let share = |cursor: &mut Cursor<'_, '_>| cursor.value_of(text, Wanted::Share, value::ratio);
    let twice = match name.text {
        "loss" => change.loss.replace(share(cursor)?).is_some(),
        "duplicate" => change.duplicate.replace(share(cursor)?).is_some(),
        "reorder" => change.reorder.replace(share(cursor)?).is_some(),
        "delay" => {
            let delay = cursor.value_of(text, Wanted::Delay, value::delay)?;
            if longest(&delay) > limit::TIME {
                cursor.problem(text, saying::time_limit("delay", longest(&delay)));
            }
            change.delay.replace(delay).is_some()
        }
        _ => {
            cursor.unknown(name, What::Setting, &["loss", "delay", "duplicate", "reorder"]);
            return None;
        }
    };
    if twice {
        cursor.problem(name, ProblemKind::Twice { name: name.text.to_owned() });
    }
    Some(())
}

fn longest(delay: &Delay) -> Span {
    match *delay {
        Delay::Even(window) => window.max,
        Delay::ParetoExp { floor, tail, .. } => floor.max(tail),
        Delay::Regions { wobble } => wobble,
        Delay::LogNormal { mean, .. } => mean,
    }
}

/// Reads a link: `n1 -> n2`, or `n1 <-> n2` for both directions.
pub(super) fn ends(cursor: &mut Cursor<'_, '_>) -> Option<(Party, bool, Party)> {
    let from = message::party(cursor)?;
    let both = cursor.eat("<->");
    if !both && !cursor.eat("->") {
        cursor.missing(Wanted::Arrow);
        return None;
    }
    Some((from, both, message::party(cursor)?))
}

/// Reads the rest of `link n1 -> n2 loss=10%`.
pub(super) fn link(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let (from, both, to) = ends(cursor)?;
    if cursor.peek().is_none() {
        cursor.missing(Wanted::Setting);
        return None;
    }
    let change = settings(cursor)?;
    Some(Input::Link { from, to, both, change })
}

/// A `network` line as printed.
pub(in crate::script) fn print_line(line: &NetworkLine) -> String {
    let preset = line.preset.map(|preset| format!(" {preset}")).unwrap_or_default();
    format!("network{preset}{}", print_change(&line.change))
}

/// A change of the whole network as printed: by the preset it is nearest to, if it says everything.
pub(in crate::script) fn print_network(change: &LinkChange) -> String {
    let whole = change.loss.is_some() && change.duplicate.is_some() && change.reorder.is_some();
    let preset = NetworkSpec::PRESETS
        .into_iter()
        .find(|name| whole && NetworkSpec::named(name).map(|preset| preset.delay) == change.delay);
    let Some((name, preset)) = preset.and_then(|name| Some((name, NetworkSpec::named(name)?)))
    else {
        return format!("network{}", print_change(change));
    };
    let own = LinkChange {
        loss: change.loss.filter(|loss| *loss != preset.loss),
        duplicate: change.duplicate.filter(|share| *share != preset.duplicate),
        reorder: change.reorder.filter(|share| *share != preset.reorder),
        delay: None,
    };
    format!("network {name}{}", print_change(&own))
}

/// A link's change as printed.
pub(in crate::script) fn print_link(
    ends: &(String, String),
    both: bool,
    change: &LinkChange,
) -> String {
    format!("{}{}", print_ends("link", ends, both), print_change(change))
}

/// A command about a link, as far as its ends.
pub(in crate::script) fn print_ends(command: &str, ends: &(String, String), both: bool) -> String {
    let arrow = if both { "<->" } else { "->" };
    format!("{command} {} {arrow} {}", ends.0, ends.1)
}

fn print_change(change: &LinkChange) -> String {
    let mut text = String::new();
    if let Some(delay) = &change.delay {
        let _ = write!(text, " delay={}", value::show_delay(delay));
    }
    let shares =
        [("loss", change.loss), ("duplicate", change.duplicate), ("reorder", change.reorder)];
    for (name, share) in shares {
        if let Some(share) = share {
            let _ = write!(text, " {name}={share}");
        }
    }
    text
}
