//! One file per command or small group: how it is read and how it is printed.

pub(super) mod expect;
pub(super) mod explore;
pub(super) mod fault;
pub(super) mod given;
pub(super) mod head;
pub(super) mod length;
pub(super) mod members;
pub(super) mod message;
pub(super) mod network;
pub(super) mod pool;
pub(super) mod request;
pub(super) mod trace;
pub(super) mod work;

use crate::sim::Input;

use super::cursor::Cursor;
use super::grammar::Statement;
use super::problem::{Fix, ProblemKind, What};
use super::token::Token;
use super::wanted::Wanted;
use super::{limit, saying, value};

type ReadLine = fn(&mut Cursor<'_, '_>) -> Option<Statement>;
type ReadAction = fn(&mut Cursor<'_, '_>) -> Option<Input>;

/// Lines that set a run up.
const SETUP: [(&str, ReadLine); 17] = [
    ("arrivals", work::arrivals),
    ("balance", head::balance),
    ("clients", work::clients),
    ("cluster", head::cluster),
    ("compare", pool::compare),
    ("expect", expect::read),
    ("explore", explore::read),
    ("given", given::read),
    ("limit", length::limit),
    ("network", network::setup),
    ("patience", work::patience),
    ("run", length::run),
    ("servers", pool::servers),
    ("service", work::service),
    ("timeout", work::timeout),
    ("trace", trace::read),
    ("warmup", length::warmup),
];

/// What can be done to the world; behind `at TIME`, or alone when driven by hand.
const ACTIONS: [(&str, ReadAction); 38] = [
    ("add", members::add),
    ("client", request::read),
    ("compact", members::compact),
    ("crash", fault::crash),
    ("cut", fault::cut),
    ("delay", message::delay),
    ("deliver", message::deliver),
    ("disk", fault::disk),
    ("drain", pool::drain),
    ("drift", fault::drift),
    ("drop", message::drop),
    ("duplicate", message::duplicate),
    ("fail", pool::fail),
    ("fire", message::fire),
    ("flap", fault::flap),
    ("heal", fault::heal),
    ("hold", message::hold),
    ("isolate", fault::isolate),
    ("learner", members::learner),
    ("link", network::link),
    ("members", members::members),
    ("network", network::change),
    ("partition", fault::partition),
    ("pause", fault::pause),
    ("read", request::read_key),
    ("recover", pool::recover),
    ("release", message::release),
    ("remove", members::remove),
    ("request", request::read),
    ("reset", pool::reset),
    ("restart", fault::restart),
    ("resume", fault::resume),
    ("settle", message::settle),
    ("skew", fault::skew),
    ("slow", pool::slow),
    ("speed", pool::speed),
    ("transfer", members::transfer),
    ("undrain", pool::undrain),
];

/// Reads one line that is not empty.
pub(super) fn statement(cursor: &mut Cursor<'_, '_>) -> Option<Statement> {
    let first = cursor.take()?;
    if first.text == "at" {
        return at(cursor, first);
    }
    if let Some((_, read)) = SETUP.iter().find(|(name, _)| *name == first.text) {
        return read(cursor);
    }
    let Some((name, read)) = ACTIONS.iter().find(|(name, _)| *name == first.text) else {
        let names = SETUP.iter().map(|(name, _)| *name);
        let names: Vec<&str> =
            names.chain(ACTIONS.iter().map(|(name, _)| *name)).chain(["at"]).collect();
        cursor.unknown(first, What::Command, &names);
        return None;
    };
    // A link is a fact of the place as much as a fault: it may stand before the run.
    if !cursor.scene.by_hand && *name != "link" {
        let mut fix = cursor.replace(first, "at 1s ");
        fix.end = fix.start;
        cursor.push(first, ProblemKind::When { command: name }, Some(fix));
        return None;
    }
    read(cursor).map(Statement::Do)
}

fn at(cursor: &mut Cursor<'_, '_>, first: Token<'_>) -> Option<Statement> {
    let token = cursor.want(Wanted::Time)?;
    let time = cursor.value_of(token, Wanted::Time, value::span);
    if let Some(time) = time.filter(|time| *time > limit::TIME) {
        cursor.problem(token, saying::time_limit("at", time));
    }
    let action = cursor.want(Wanted::Action)?;
    if cursor.scene.by_hand {
        let Fix { start, .. } = cursor.replace(first, "");
        let Fix { start: end, .. } = cursor.replace(action, "");
        let fix = Fix { start, end, text: String::new() };
        cursor.push(first, ProblemKind::ByHand, Some(fix));
    }
    let names: Vec<(&str, ReadAction)> = ACTIONS.to_vec();
    let read = cursor.one_of(action, What::Command, &names)?;
    let input = read(cursor)?;
    time.map(|time| Statement::At(crate::kernel::SimTime::ZERO + time, input))
}

/// True if a line that begins with `word` does something to the world.
pub(super) fn is_action(word: &str) -> bool {
    let setup = SETUP.iter().any(|(name, _)| *name == word);
    !setup && ACTIONS.iter().any(|(name, _)| *name == word)
}

/// Reads an action on its own, as in a conversation.
pub(super) fn action(cursor: &mut Cursor<'_, '_>) -> Option<Input> {
    let token = cursor.want(Wanted::Action)?;
    let read = cursor.one_of(token, What::Command, ACTIONS.as_slice())?;
    read(cursor)
}

/// Notes that a line belongs to the other kind of scenario. True if so.
fn elsewhere(
    cursor: &mut Cursor<'_, '_>,
    token: Token<'_>,
    command: &'static str,
    pool: bool,
) -> bool {
    let wrong = cursor.scene.names.is_pool() != pool;
    if wrong {
        cursor.problem(token, ProblemKind::Elsewhere { command: command.to_owned(), pool });
    }
    wrong
}
