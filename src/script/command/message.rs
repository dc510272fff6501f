//! What is done to messages and timers by hand.

use std::fmt::Write;

use crate::kernel::Party;
use crate::script::cursor::Cursor;
use crate::script::names::{NameError, Names};
use crate::script::problem::{ProblemKind, What};
use crate::script::token::Token;
use crate::script::value;
use crate::script::wanted::Wanted;
use crate::sim::{Input, Matcher, REDIRECT, REFUSAL, REPLY, REQUEST};

use super::fault;

pub(super) fn hold(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    matcher(cursor).map(Input::Hold)
}

pub(super) fn release(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    matcher(cursor).map(Input::Release)
}

pub(super) fn drop(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    matcher(cursor).map(Input::Drop)
}

pub(super) fn duplicate(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    matcher(cursor).map(Input::Duplicate)
}

pub(super) fn deliver(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    matcher(cursor).map(Input::Deliver)
}

/// Reads the rest of `delay AppendEntries n1 -> n2 by 50ms`.
pub(super) fn delay(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let matcher = matcher(cursor)?;
    if !cursor.eat("by") {
        cursor.missing(Wanted::By);
        return None;
    }
    let by = cursor.value(Wanted::Time, value::span)?;
    Some(Input::Delay(matcher, by))
}

/// Reads the rest of `fire n1 election`.
pub(super) fn fire(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let target = fault::target(cursor)?;
    let timer = cursor.want(Wanted::Timer)?;
    if let Some(entry) = &cursor.scene.entry {
        let timers = entry.timers();
        if !timers.contains(&timer.text) {
            cursor.unknown(timer, What::Timer, &timers);
            return None;
        }
    }
    Some(Input::Fire(target, timer.text.to_owned()))
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for all actions of the table")]
pub(super) fn settle(_cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    Some(Input::Settle)
}

/// Reads which messages are meant: `[first 2] [Message] [#12] [n1 -> n2]`.
fn matcher(cursor: &mut Cursor<'_, '_>) -> Option<Matcher> {
    let mut matcher = Matcher::default();
    if cursor.eat("first") {
        let count = cursor.value(Wanted::Count, value::whole)?;
        matcher.count = Some(u32::try_from(count).unwrap_or(u32::MAX));
    }
    if let Some(token) = cursor.peek().filter(|token| is_name(cursor, *token)) {
        cursor.take();
        matcher.name = Some(name(cursor, token)?);
    }
    if let Some(token) = cursor.peek().filter(|token| token.text.starts_with('#')) {
        cursor.take();
        let id = cursor.value_of(token, Wanted::Count, |text| value::whole(text.get(1..)?));
        matcher.id = Some(id?);
    }
    if cursor.peek().is_some_and(|token| token.text != "by") {
        matcher.from = end(cursor)?.0;
        if !cursor.eat("->") {
            cursor.missing(Wanted::Arrow);
            return None;
        }
        matcher.to = end(cursor)?.0;
    }
    Some(matcher)
}

/// Stands for every sender or every receiver.
const ANY: &str = "any";

fn is_name(cursor: &Cursor<'_, '_>, token: Token<'_>) -> bool {
    let looks =
        token.text.starts_with(|letter: char| letter.is_ascii_alphabetic() || !letter.is_ascii());
    looks && token.text != "by" && token.text != ANY && !is_party(cursor, token)
}

fn is_party(cursor: &Cursor<'_, '_>, token: Token<'_>) -> bool {
    !matches!(cursor.scene.names.find_party(token.text), Err(NameError::Shape))
}

/// One end of a matcher: somebody, or anybody.
struct End(Option<Party>);

fn end(cursor: &mut Cursor<'_, '_>) -> Option<End> {
    if cursor.eat(ANY) {
        return Some(End(None));
    }
    party(cursor).map(|party| End(Some(party)))
}

/// Reads a node or a client.
pub(super) fn party(cursor: &mut Cursor<'_, '_>) -> Option<Party> {
    let token = cursor.want(Wanted::Party)?;
    if let Ok(party) = cursor.scene.names.find_party(token.text) {
        return Some(party);
    }
    cursor.node_of(token, Wanted::Party).map(Party::Node)
}

fn name(cursor: &mut Cursor<'_, '_>, token: Token<'_>) -> Option<String> {
    let own = cursor.scene.entry.map(|entry| entry.about.faces).unwrap_or_default();
    let stock = [REQUEST, REPLY, REFUSAL, REDIRECT];
    let mut names: Vec<&str> = own.iter().chain(&stock).map(|face| face.name).collect();
    // One name may have several faces, as an answer has that says yes or no.
    names.dedup();
    if names.contains(&token.text) || cursor.scene.entry.is_none() {
        return Some(token.text.to_owned());
    }
    cursor.unknown(token, What::Word, &names);
    None
}

/// A matcher as printed, with a blank before every word.
pub(in crate::script) fn print_matcher(matcher: &Matcher, names: Names) -> String {
    let mut text = String::new();
    if let Some(count) = matcher.count {
        let _ = write!(text, " first {count}");
    }
    if let Some(name) = &matcher.name {
        let _ = write!(text, " {name}");
    }
    if let Some(id) = matcher.id {
        let _ = write!(text, " #{id}");
    }
    if matcher.from.is_some() || matcher.to.is_some() {
        let end = |end: Option<Party>| end.map_or(ANY.to_owned(), |party| names.party(party));
        let _ = write!(text, " {} -> {}", end(matcher.from), end(matcher.to));
    }
    text
}

/// The range of a value that must not be zero.
pub(in crate::script) fn at_least_one(name: &str, found: &str, max: u64) -> ProblemKind {
    ProblemKind::Range {
        name: name.to_owned(),
        found: found.to_owned(),
        min: "1".to_owned(),
        max: max.to_string(),
    }
}
