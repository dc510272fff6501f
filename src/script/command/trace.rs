//! `trace`: requests as they were recorded, one indented row each.

use std::fmt::Write as _;

use crate::kernel::SimTime;
use crate::script::cursor::Cursor;
use crate::script::grammar::Statement;
use crate::script::token::Token;
use crate::script::trace::fields;
use crate::script::wanted::Wanted;
use crate::script::{limit, saying, trace, value};
use crate::sim::arrivals::Recorded;

use super::elsewhere;

/// Reads the rest of `trace`: nothing.
pub(super) fn read(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    if !cursor.scene.names.is_pool() {
        let here = cursor.peek().unwrap_or(Token { text: "trace", at: 0 });
        elsewhere(cursor, here, "trace", true);
        return None;
    }
    Some(Statement::Trace)
}

/// Reads a row: `12ms 8ms 4`, with blanks or commas between.
pub(in crate::script) fn row(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let mut words: Vec<Token<'_>> = Vec::new();
    while let Some(token) = cursor.take() {
        // A comma may stand between words that blanks separate.
        let parts = fields(token.text.strip_suffix(',').unwrap_or(token.text));
        words.extend(parts.map(|(at, text)| Token { text, at: token.at + at }));
    }
    if let Some(token) = words.get(3) {
        let found = token.text.to_owned();
        cursor.problem(*token, crate::script::ProblemKind::Unexpected { found });
        return None;
    }
    let Some(at) = words.first() else {
        cursor.missing(Wanted::Time);
        return None;
    };
    let at = cursor.value_of(*at, Wanted::Time, trace::time)?;
    if at > limit::TIME {
        cursor.problem(words[0], saying::time_limit("trace", at));
        return None;
    }
    let size = match words.get(1) {
        Some(size) => Some(cursor.value_of(*size, Wanted::Time, trace::time)?),
        None => None,
    };
    let key = match words.get(2) {
        Some(key) => Some(cursor.value_of(*key, Wanted::Count, value::whole)?),
        None => None,
    };
    Some(Statement::Row(Recorded { at: SimTime::ZERO + at, size, key }))
}

/// A row as printed.
pub(in crate::script) fn print_row(row: &Recorded) -> String {
    let mut text = format!("      {}", row.at);
    if let Some(size) = row.size {
        let _ = write!(text, " {size}");
    }
    if let Some(key) = row.key {
        let _ = write!(text, " {key}");
    }
    text
}
