//! How long a run is: `run`, `warmup`, `limit`.

use crate::kernel::Span;
use crate::script::cursor::Cursor;
use crate::script::grammar::Statement;
use crate::script::wanted::Wanted;
use crate::script::{limit, saying, value};

use super::message;

/// Reads the rest of `run 10s`.
pub(super) fn run(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    time(cursor, "run").map(Statement::Run)
}

/// Reads the rest of `warmup 1s`.
pub(super) fn warmup(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    time(cursor, "warmup").map(Statement::Warmup)
}

fn time(cursor: &mut Cursor<'_, '_>, name: &str) -> Option<Span> {
    let token = cursor.want(Wanted::Time)?;
    let span = cursor.value_of(token, Wanted::Time, value::span)?;
    if span <= limit::TIME {
        return Some(span);
    }
    cursor.problem(token, saying::time_limit(name, span));
    None
}

/// Reads the rest of `limit 500000 events`.
pub(super) fn limit(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let token = cursor.want(Wanted::Count)?;
    let events = cursor.value_of(token, Wanted::Count, value::whole)?;
    if !(1..=limit::EVENTS_MAX).contains(&events) {
        cursor.problem(token, message::at_least_one("limit", token.text, limit::EVENTS_MAX));
        return None;
    }
    if !cursor.eat("events") {
        cursor.missing(Wanted::Events);
        return None;
    }
    Some(Statement::Limit(events))
}
